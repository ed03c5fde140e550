/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/search_explain.h"

#define HALF_SCORE_KM 25 /* as far as this, the place in the band is one half */

static enum freshness freshness_of(const struct search_index *ix, uint32_t slot)
{
    if (!ix->rows[slot].declared)
        return FRESHNESS_NEVER_DECLARED;
    return bits_test(index_plane(ix, PLANE_FRESH), slot) ? FRESHNESS_FRESH : FRESHNESS_STALE;
}

static double km_of(struct top_item item)
{
    return item.steps == STEPS_UNKNOWN ? KM_UNKNOWN : steps_km(item.steps);
}

static void judge(struct search_result *r, enum criterion criterion, bool known)
{
    if (known)
        r->fits |= (uint16_t)(1 << criterion);
    else
        r->to_ask |= (uint16_t)(1 << criterion);
}

static bool siblings_known(const struct search_plan *p, const struct search_row *row)
{
    if (row->siblings_max == UNKNOWN)
        return false;
    if (p->surely_mixed)
        return row->mixed != TRI_UNKNOWN;
    return !p->perhaps_mixed || row->mixed == TRI_YES;
}

/* The unit does not refuse; whether it says that it takes the parent. */
static bool parent_known(const struct search_request *q, const struct search_row *row)
{
    uint32_t said = row->need_yes;

    if (row->modality == MODALITY_PARENTAL)
        said |= 1u << NEED_MOTHER_CHILD;
    return (search_parent_needs(q) & ~said) == 0;
}

/* Fills what fits and what is to be asked. The unit passes: what is not unknown fits. */
void explain_fit(const struct search_plan *p, const struct search_row *row, struct search_result *r)
{
    struct child_fits fits = plan_children(p, row);
    uint16_t all = (uint16_t)((1 << p->n) - 1);

    r->children = (uint16_t)(all & ~fits.age_refused & ~fits.sex_refused);
    if (!(p->asked & 1 << CRITERION_AGE)) {
        ;                  /* a parent alone */
    } else if (p->apart) { /* one child known to fit will do */
        judge(r, CRITERION_AGE, r->children & ~fits.age_unknown);
        judge(r, CRITERION_SEX, r->children & ~fits.sex_unknown);
    } else {
        judge(r, CRITERION_AGE, fits.age_unknown == 0);
        judge(r, CRITERION_SEX, fits.sex_unknown == 0);
    }
    if (p->together)
        judge(r, CRITERION_SIBLINGS, siblings_known(p, row));
    if (p->asked & 1 << CRITERION_PARENT)
        judge(r, CRITERION_PARENT, parent_known(p->q, row));
    r->needs_fit = (uint16_t)(p->q->needs & row->need_yes);
    r->needs_ask = (uint16_t)(p->q->needs & ((1u << NEED_COUNT) - 1) & ~row->need_yes);
    if (p->asked & 1 << CRITERION_NEEDS)
        judge(r, CRITERION_NEEDS, r->needs_ask == 0);
    if (p->asked & 1 << CRITERION_NIGHT)
        judge(r, CRITERION_NIGHT,
              row->admission == ADMISSION_ALWAYS ||
                  (p->q->office_open && row->admission == ADMISSION_OFFICE_HOURS));
    if (p->asked & 1 << CRITERION_DISTANCE)
        judge(r, CRITERION_DISTANCE, r->km >= 0);
    r->fits |= p->asked & (1 << CRITERION_MODALITY | 1 << CRITERION_KIND);
    if (!row->declared)
        judge(r, CRITERION_FULL, false);
}

static uint16_t why_of(const struct search_plan *p, const struct search_row *row,
                       const struct search_result *r, bool siblings)
{
    bool always = row->admission == ADMISSION_ALWAYS;
    uint16_t why = 0;

    why |= (uint16_t)((r->freshness == FRESHNESS_FRESH) << WHY_FRESH);
    why |= (uint16_t)((r->freshness == FRESHNESS_STALE) << WHY_STALE);
    why |= (uint16_t)((r->freshness == FRESHNESS_NEVER_DECLARED) << WHY_NEVER_DECLARED);
    why |= (uint16_t)(row->contested << WHY_REPORTED_WRONG);
    why |= (uint16_t)((p->q->emergency && row->emergency_place) << WHY_EMERGENCY_PLACE);
    why |= (uint16_t)(((p->q->emergency || p->q->tonight) && always) << WHY_ADMITS_ANY_HOUR);
    why |= (uint16_t)(siblings << WHY_SIBLINGS_TOGETHER);
    why |=
        (uint16_t)((p->q->near_group != 0 && p->q->near_group == row->group) << WHY_SAME_TERRITORY);
    why |= (uint16_t)((r->km >= 0 && r->km <= SEARCH_NEAR_KM) << WHY_NEAR);
    why |= (uint16_t)((p->q->offered == r->slot + 1) << WHY_OFFERED);
    return why;
}

static double place_in_band(const struct search_plan *p, const struct search_row *row, double km)
{
    if (!p->located)
        return 1 - row->load / (double)LOAD_MAX;
    return km < 0 ? 0 : 1 / (1 + km / HALF_SCORE_KM);
}

void explain_result(const struct search_index *ix, const struct search_plan *p,
                    struct top_item item, struct band band, struct search_result *ret)
{
    const struct search_row *row = &ix->rows[item.slot];
    bool together = p->n > 1 && row->declared && band.number % band.siblings_classes == 0;

    *ret = (struct search_result){
        .slot = item.slot, .km = km_of(item), .freshness = freshness_of(ix, item.slot)};
    explain_fit(p, row, ret);
    ret->why = why_of(p, row, ret, together);
    ret->score = (band.count - 1 - band.number + place_in_band(p, row, ret->km)) / band.count;
}

/* Near misses: what was asked, what the unit has */

static void miss_age(const struct search_plan *p, const struct search_row *row,
                     struct search_near_miss *ret)
{
    int chosen = 0;

    for (unsigned i = 0; i < p->n; i++) {
        int bound = 0, gap = plan_age_gap(row, p->children[i].age_months, &bound);

        /* Together the worst of them counts, apart the one that misses least. */
        if (gap == 0 || (chosen != 0 && (p->apart ? gap >= chosen : gap <= chosen)))
            continue;
        chosen = gap;
        ret->need = p->children[i].age_months;
        ret->has = bound;
    }
}

static void miss_sex(const struct search_plan *p, const struct search_row *row,
                     struct search_near_miss *ret)
{
    struct child_fits fits = plan_children(p, row);
    unsigned refused = fits.sex_refused & ~fits.age_refused & ((1u << p->n) - 1);

    ret->need = p->children[__builtin_ctz(refused | 1u << (p->n - 1))].sex;
    ret->has = row->sex;
}

static void miss(const struct search_plan *p, const struct search_row *row, double *need,
                 double *has, enum criterion criterion)
{
    const struct search_request *q = p->q;

    switch (criterion) {
    case CRITERION_SIBLINGS:
        *need = p->n;
        *has = plan_siblings_taken(p, row);
        break;
    case CRITERION_PARENT:
        *need = search_parent_needs(q);
        *has = search_parent_needs(q) & row->need_no;
        break;
    case CRITERION_NEEDS:
        *need = q->needs;
        *has = q->needs & row->need_no;
        break;
    case CRITERION_MODALITY:
        *need = q->modalities;
        *has = row->modality;
        break;
    case CRITERION_KIND:
        *need = (double)q->n_kinds;
        break;
    case CRITERION_NIGHT:
        *need = ADMISSION_ALWAYS;
        *has = row->admission;
        break;
    case CRITERION_FULL:
    case CRITERION_CLOSED:
        *need = p->places;
        *has = row_places(row, q->emergency);
        break;
    default: /* AGE, SEX, DISTANCE: see explain_near_miss */
        break;
    }
}

void explain_near_miss(const struct search_index *ix, const struct search_plan *p,
                       struct top_item item, enum criterion criterion, struct search_near_miss *ret)
{
    const struct search_row *row = &ix->rows[item.slot];

    *ret = (struct search_near_miss){.slot = item.slot,
                                     .criterion = criterion,
                                     .km = km_of(item),
                                     .freshness = freshness_of(ix, item.slot)};
    if (criterion == CRITERION_AGE) {
        miss_age(p, row, ret);
    } else if (criterion == CRITERION_SEX) {
        miss_sex(p, row, ret);
    } else if (criterion == CRITERION_DISTANCE) {
        ret->need = p->q->max_km;
        ret->has = ret->km;
    } else {
        miss(p, row, &ret->need, &ret->has, criterion);
    }
}
