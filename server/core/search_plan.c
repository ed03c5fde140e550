/* SPDX-License-Identifier: EUPL-1.2 */
/* Each criterion as planes. Where one plane of the index says it all, that plane itself is given;
 * else it is put together in scratch. NULL means that nobody fails. */
#include "core/search_plan.h"

#include <string.h>

/* The request made ready */

static void count_children(struct search_plan *p)
{
    p->youngest = p->oldest = UNKNOWN;
    for (unsigned i = 0; i < p->n; i++) {
        struct search_child *c = &p->children[i];

        c->age_months = c->age_months < 0 ? UNKNOWN : c->age_months;
        c->age_months = c->age_months > SEARCH_AGE_MAX ? SEARCH_AGE_MAX : c->age_months;
        p->girls += c->sex == 'F';
        p->boys += c->sex == 'M';
        if (c->age_months == UNKNOWN)
            continue;
        if (p->youngest == UNKNOWN || c->age_months < p->youngest)
            p->youngest = c->age_months;
        if (c->age_months > p->oldest)
            p->oldest = c->age_months;
    }
}

static uint16_t asked_of(const struct search_plan *p)
{
    const struct search_request *q = p->q;

    bool child = !q->parent || q->n_children > 0;

    return (uint16_t)(1 << CRITERION_CLOSED | child << CRITERION_AGE | child << CRITERION_SEX |
                      q->parent << CRITERION_PARENT | p->together << CRITERION_SIBLINGS |
                      (q->needs != 0) << CRITERION_NEEDS |
                      (q->modalities != 0) << CRITERION_MODALITY |
                      (q->n_kinds > 0) << CRITERION_KIND | q->tonight << CRITERION_NIGHT |
                      (p->located && q->max_km > 0) << CRITERION_DISTANCE | 1 << CRITERION_FULL);
}

void plan_make(const struct search_request *q, struct search_plan *ret)
{
    struct search_plan p = {.q = q, .n = q->n_children};
    unsigned others;

    p.n = p.n < SEARCH_CHILDREN_MAX ? p.n : SEARCH_CHILDREN_MAX;
    memcpy(p.children, q->children, p.n * sizeof p.children[0]);
    if (p.n == 0)
        p.children[p.n++] = (struct search_child){UNKNOWN, 0};
    count_children(&p);
    others = p.n - p.girls - p.boys;
    p.together = p.n > 1 && q->together;
    p.apart = p.n > 1 && !q->together;
    p.surely_mixed = p.girls > 0 && p.boys > 0;
    p.perhaps_mixed = !p.surely_mixed && p.n > 1 && others > 0;
    p.most_same_sex = (p.girls > p.boys ? p.girls : p.boys) + others;
    p.places = p.together ? p.n : 1;
    p.limit = q->limit == 0 ? SEARCH_LIMIT_DEFAULT : q->limit;
    p.limit = p.limit < SEARCH_LIMIT_MAX ? p.limit : SEARCH_LIMIT_MAX;
    p.located = vector_of(q->near, &p.from);
    p.asked = asked_of(&p);
    p.most = p.asked & 1 << CRITERION_DISTANCE ? steps_of_km(q->max_km) : 0;
    *ret = p;
}

struct grid *plan_grid(struct search_index *ix, const struct search_plan *p)
{
    return p->q->precise ? &ix->true_places : &ix->public_places;
}

/* Planes */

/* dst = a | b, where NULL is nobody; the result may be a or b themselves. */
static const uint64_t *either(const struct search_index *ix, uint64_t *dst, const uint64_t *a,
                              const uint64_t *b)
{
    if (a == NULL || b == NULL)
        return a == NULL ? b : a;
    bits_or(dst, a, b, ix->n_words);
    return dst;
}

static const uint64_t *too_young_or_old(const struct search_index *ix, uint64_t *dst, int youngest,
                                        int oldest)
{
    if (youngest == UNKNOWN)
        return NULL;
    return either(ix, dst, index_plane(ix, PLANE_FIRST_ABOVE + (unsigned)youngest),
                  index_plane(ix, PLANE_FIRST_UNDER + (unsigned)oldest));
}

static const uint64_t *wrong_sex(const struct search_index *ix, uint64_t *dst, bool girls,
                                 bool boys)
{
    return either(ix, dst, girls ? index_plane(ix, PLANE_BOYS_ONLY) : NULL,
                  boys ? index_plane(ix, PLANE_GIRLS_ONLY) : NULL);
}

static const uint64_t *child_wrong_sex(const struct search_index *ix, struct search_child c)
{
    return wrong_sex(ix, NULL, c.sex == 'F', c.sex == 'M');
}

/* Apart: a unit fails by age when it refuses every child by age. */
static const uint64_t *no_age(const struct search_index *ix, const struct search_plan *p,
                              uint64_t *dst)
{
    uint64_t *one = index_scratch(ix, SCRATCH_SPARE);

    if (p->youngest == UNKNOWN)
        return NULL;
    for (unsigned i = 0; i < p->n; i++) {
        int age = p->children[i].age_months;

        if (age == UNKNOWN)
            return NULL;
        too_young_or_old(ix, i == 0 ? dst : one, age, age);
        if (i > 0)
            bits_and(dst, dst, one, ix->n_words);
    }
    return dst;
}

/* Apart: who refuses every child, by age or by sex. */
static const uint64_t *no_child(const struct search_index *ix, const struct search_plan *p,
                                uint64_t *dst)
{
    uint64_t *one = index_scratch(ix, SCRATCH_SPARE);

    for (unsigned i = 0; i < p->n; i++) {
        int age = p->children[i].age_months;
        const uint64_t *refused = either(ix, one, too_young_or_old(ix, one, age, age),
                                         child_wrong_sex(ix, p->children[i]));

        if (refused == NULL)
            return NULL;
        bits_and(dst, i == 0 ? refused : dst, refused, ix->n_words);
    }
    return dst;
}

/* Apart: who fails by sex. Where some child's age fits: none of those that fit fits by sex too.
 * Where none does: every child's sex is refused. */
static const uint64_t *no_sex(const struct search_index *ix, const struct search_plan *p,
                              const uint64_t *no_age_fits, uint64_t *dst)
{
    bool one_sex = p->girls == p->n || p->boys == p->n;
    const uint64_t *all = no_child(ix, p, dst);
    uint64_t *also = index_scratch(ix, SCRATCH_SPARE);

    if (all == NULL || no_age_fits == NULL)
        return all;
    bits_and_not(dst, all, no_age_fits, ix->n_words);
    if (one_sex) {
        bits_and(also, no_age_fits, child_wrong_sex(ix, p->children[0]), ix->n_words);
        bits_or(dst, dst, also, ix->n_words);
    }
    return dst;
}

static const uint64_t *too_many_siblings(const struct search_index *ix, const struct search_plan *p,
                                         uint64_t *dst)
{
    return either(ix, dst, index_plane(ix, PLANE_FIRST_FEWER + p->n),
                  p->surely_mixed ? index_plane(ix, PLANE_MIXED_NO) : NULL);
}

static const uint64_t *needs_refused(const struct search_index *ix, uint32_t needs, uint64_t *dst)
{
    const uint64_t *refused = NULL;

    for (unsigned need = 0; need < NEED_COUNT; need++)
        if (needs & 1u << need)
            refused = either(ix, dst, refused, index_plane(ix, PLANE_FIRST_REFUSED + need));
    return refused;
}

static const uint64_t *other_modality(const struct search_index *ix, uint32_t modalities,
                                      uint64_t *dst)
{
    const uint64_t *other = NULL;

    for (unsigned m = 0; m < MODALITY_COUNT; m++)
        if (!(modalities & 1u << m))
            other = either(ix, dst, other, index_plane(ix, PLANE_FIRST_MODALITY + m));
    return other;
}

static const uint64_t *other_kind(const struct search_index *ix, const struct search_request *q,
                                  uint64_t *dst)
{
    memcpy(dst, index_plane(ix, PLANE_USED), ix->n_words * sizeof *dst);
    for (size_t i = 0; i < q->n_kinds; i++) {
        const uint64_t *kind = index_kind(ix, q->kinds[i]);

        if (kind != NULL)
            bits_and_not(dst, dst, kind, ix->n_words);
    }
    return dst;
}

const uint64_t *plan_far(struct search_index *ix, const struct search_plan *p)
{
    uint64_t *dst = index_scratch(ix, SCRATCH_FAILED + CRITERION_DISTANCE);

    grid_far(plan_grid(ix, p), p->most, dst, ix->n_words);
    return dst;
}

static void visible(struct search_index *ix, const struct bitmap *allowed)
{
    uint64_t *dst = index_scratch(ix, SCRATCH_VISIBLE);
    const uint64_t *used = index_plane(ix, PLANE_USED);
    size_t n = allowed == NULL || allowed->n_words > ix->n_words ? ix->n_words : allowed->n_words;

    if (allowed == NULL)
        memcpy(dst, used, n * sizeof *dst);
    else
        bits_and(dst, used, allowed->words, n);
    memset(dst + n, 0, (ix->n_words - n) * sizeof *dst);
}

void plan_failures(struct search_index *ix, const struct search_plan *p,
                   const uint64_t *ret_failed[CRITERION_COUNT])
{
    const struct search_request *q = p->q;
    unsigned shortage = q->emergency ? PLANE_FIRST_SHORT : PLANE_FIRST_SHORT_PLANNED;
    uint64_t *room[CRITERION_COUNT];

    for (unsigned c = 0; c < CRITERION_COUNT; c++) {
        room[c] = index_scratch(ix, SCRATCH_FAILED + c);
        ret_failed[c] = NULL;
    }
    visible(ix, q->allowed);
    ret_failed[CRITERION_CLOSED] = index_plane(ix, PLANE_CLOSED);
    ret_failed[CRITERION_AGE] =
        p->apart ? no_age(ix, p, room[CRITERION_AGE])
                 : too_young_or_old(ix, room[CRITERION_AGE], p->youngest, p->oldest);
    ret_failed[CRITERION_SEX] = p->apart
                                    ? no_sex(ix, p, ret_failed[CRITERION_AGE], room[CRITERION_SEX])
                                    : wrong_sex(ix, room[CRITERION_SEX], p->girls > 0, p->boys > 0);
    if (p->together)
        ret_failed[CRITERION_SIBLINGS] = too_many_siblings(ix, p, room[CRITERION_SIBLINGS]);
    ret_failed[CRITERION_PARENT] =
        needs_refused(ix, search_parent_needs(q), room[CRITERION_PARENT]);
    ret_failed[CRITERION_NEEDS] = needs_refused(ix, q->needs, room[CRITERION_NEEDS]);
    if (q->modalities != 0)
        ret_failed[CRITERION_MODALITY] =
            other_modality(ix, q->modalities, room[CRITERION_MODALITY]);
    if (q->n_kinds > 0)
        ret_failed[CRITERION_KIND] = other_kind(ix, q, room[CRITERION_KIND]);
    if (q->tonight && !q->office_open)
        ret_failed[CRITERION_NIGHT] = index_plane(ix, PLANE_OFFICE_HOURS);
    if (p->asked & 1 << CRITERION_DISTANCE)
        ret_failed[CRITERION_DISTANCE] = plan_far(ix, p);
    ret_failed[CRITERION_FULL] = index_plane(ix, shortage + p->places);
}

static void add(const struct search_index *ix, uint64_t *dst, const uint64_t *more)
{
    if (more != NULL)
        bits_or(dst, dst, more, ix->n_words);
}

void plan_siblings(struct search_index *ix, const struct search_plan *p)
{
    uint64_t *some = index_scratch(ix, SCRATCH_SOME), *ask = index_scratch(ix, SCRATCH_ASK);
    uint64_t *spare = index_scratch(ix, SCRATCH_SPARE);
    unsigned shortage = p->q->emergency ? PLANE_FIRST_SHORT : PLANE_FIRST_SHORT_PLANNED;

    memcpy(ask, index_plane(ix, PLANE_SIBLINGS_UNKNOWN), ix->n_words * sizeof *ask);
    add(ix, ask, p->surely_mixed || p->perhaps_mixed ? index_plane(ix, PLANE_MIXED_UNKNOWN) : NULL);
    add(ix, ask, p->perhaps_mixed ? index_plane(ix, PLANE_MIXED_NO) : NULL);
    if (!p->apart)
        return;
    memcpy(some, index_plane(ix, shortage + p->n), ix->n_words * sizeof *some);
    add(ix, some, too_young_or_old(ix, spare, p->youngest, p->oldest));
    add(ix, some, wrong_sex(ix, spare, p->girls > 0, p->boys > 0));
    add(ix, some, too_many_siblings(ix, p, spare));
}

size_t plan_age_close(struct search_index *ix, const struct search_plan *p, int months,
                      uint64_t *set)
{
    uint64_t *one = index_scratch(ix, SCRATCH_SPARE), *dst = index_scratch(ix, SCRATCH_SPARE + 1);
    unsigned n = p->apart ? p->n : 1;

    memset(dst, 0, ix->n_words * sizeof *dst);
    for (unsigned i = 0; i < n; i++) {
        int above = (p->apart ? p->children[i].age_months : p->youngest) + months;
        int under = (p->apart ? p->children[i].age_months : p->oldest) - months;
        const uint64_t *refused = either(
            ix, one,
            above > SEARCH_AGE_MAX ? NULL : index_plane(ix, PLANE_FIRST_ABOVE + (unsigned)above),
            under < 0 ? NULL : index_plane(ix, PLANE_FIRST_UNDER + (unsigned)under));

        if (refused == NULL)
            bits_or(dst, dst, set, ix->n_words);
        else
            bits_or_and_not(dst, set, refused, ix->n_words);
    }
    return bits_and_count(set, set, dst, ix->n_words);
}

/* One unit */

int plan_age_gap(const struct search_row *row, int age_months, int *ret_bound)
{
    int young = row->min_months - age_months, old = age_months - row->max_months + 1;
    int gap = young > old ? young : old;

    if (age_months == UNKNOWN || gap <= 0)
        return 0;
    *ret_bound = young > old ? row->min_months : row->max_months;
    return gap;
}

struct child_fits plan_children(const struct search_plan *p, const struct search_row *row)
{
    struct child_fits fits = {0};

    for (unsigned i = 0; i < p->n; i++) {
        struct search_child c = p->children[i];
        uint16_t bit = (uint16_t)(1 << i);
        int bound;
        bool one_sex = row->sex == UNIT_SEX_GIRLS || row->sex == UNIT_SEX_BOYS;

        if (plan_age_gap(row, c.age_months, &bound) > 0)
            fits.age_refused |= bit;
        if (c.age_months == UNKNOWN || row->age_unknown)
            fits.age_unknown |= bit;
        if ((c.sex == 'F' && row->sex == UNIT_SEX_BOYS) ||
            (c.sex == 'M' && row->sex == UNIT_SEX_GIRLS))
            fits.sex_refused |= bit;
        if (row->sex == UNIT_SEX_UNKNOWN || (one_sex && c.sex != 'F' && c.sex != 'M'))
            fits.sex_unknown |= bit;
    }
    return fits;
}

unsigned plan_siblings_taken(const struct search_plan *p, const struct search_row *row)
{
    unsigned taken = p->n;

    if (row->siblings_max != UNKNOWN && (unsigned)row->siblings_max < taken)
        taken = (unsigned)row->siblings_max;
    if (row->mixed == TRI_NO && p->surely_mixed && p->most_same_sex < taken)
        taken = p->most_same_sex;
    return taken;
}
