/* SPDX-License-Identifier: EUPL-1.2 */
/* The obvious search: every unit, every criterion, one sort. What the index must answer is what
 * this answers; tests compare them and the benchmark puts them side by side. Written from search.h
 * alone, it shares nothing with the index but the distance in steps. */
#ifndef CORE_SEARCH_MODEL_H
#define CORE_SEARCH_MODEL_H

#include <stdlib.h>
#include <string.h>

#include "core/grid.h"
#include "core/search.h"

struct model_unit {
    const struct unit *unit; /* NULL: empty slot */
    unsigned group;
};

struct model_candidate {
    unsigned slot;
    int others;    /* than what is offered */
    int certainty; /* freshness, or kept for others, which is before what was never declared */
    int freshness, emergency, siblings;
    int criterion; /* of a near miss, its place in the order of near misses */
    uint32_t steps;
    int64_t load;
    uint64_t hash;
};

struct model {
    const struct model_unit *units;
    size_t n;
    struct model_candidate *candidates, *misses; /* room for n each */
};

static inline bool model_age_ok(const struct unit *u, int age)
{
    age = age > SEARCH_AGE_MAX ? SEARCH_AGE_MAX : age;
    return age < 0 || ((u->min_months == UNKNOWN || u->min_months <= age) &&
                       (u->max_months == UNKNOWN || age < u->max_months));
}

static inline bool model_sex_ok(const struct unit *u, char sex)
{
    return !(sex == 'F' && u->sex == UNIT_SEX_BOYS) && !(sex == 'M' && u->sex == UNIT_SEX_GIRLS);
}

static inline unsigned model_count_sex(const struct search_request *q, char sex)
{
    unsigned n = 0;
    for (unsigned i = 0; i < q->n_children; i++)
        n += q->children[i].sex == sex;
    return n;
}

static inline bool model_siblings_ok(const struct search_request *q, const struct unit *u)
{
    if (u->siblings_max != UNKNOWN && u->siblings_max < (int)q->n_children)
        return false;
    return !(u->siblings_mixed == TRI_NO && model_count_sex(q, 'F') && model_count_sex(q, 'M'));
}

/* Nothing about siblings is unknown. */
static inline bool model_siblings_known(const struct search_request *q, const struct unit *u)
{
    unsigned girls = model_count_sex(q, 'F'), boys = model_count_sex(q, 'M');
    if (u->siblings_max == UNKNOWN)
        return false;
    if (girls == q->n_children || boys == q->n_children)
        return true;
    return u->siblings_mixed == TRI_YES ||
           (u->siblings_mixed == TRI_NO && girls > 0 && boys > 0 /* refused anyway */);
}

static inline uint32_t model_steps(const struct search_request *q, const struct unit *u)
{
    struct vector from, at;
    if (!vector_of(q->near, &from) || !vector_of(q->precise ? u->point : u->public_point, &at))
        return STEPS_UNKNOWN;
    return vector_steps(at, from);
}

static inline int model_places(const struct search_request *q, const struct unit *u)
{
    return q->emergency ? unit_free(u) : unit_free_planned(u);
}

/* Ages and sexes, when one child is enough: the first criterion that leaves no child. */
static inline void model_apart(const struct search_request *q, const struct unit *u, bool *failed)
{
    bool any_age = false, any_sex = false, any = false;
    for (unsigned i = 0; i < q->n_children; i++) {
        bool age = model_age_ok(u, q->children[i].age_months);
        bool sex = model_sex_ok(u, q->children[i].sex);
        any_age |= age;
        any_sex |= sex;
        any |= age && sex;
    }
    failed[CRITERION_AGE] = !any_age;
    failed[CRITERION_SEX] = any_age ? !any : !any_sex;
}

static inline bool model_kind_ok(const struct search_request *q, const struct unit *u)
{
    for (size_t i = 0; i < q->n_kinds; i++)
        if (strcmp(q->kinds[i], u->establishment_kind) == 0)
            return true;
    return q->n_kinds == 0;
}

/* Which criteria the unit fails. */
static inline void model_failures(const struct search_request *q, const struct unit *u,
                                  bool failed[CRITERION_COUNT])
{
    bool together = q->together && q->n_children > 1, closed = u->open == 0;
    int needed = together ? (int)q->n_children : 1;
    uint32_t steps = model_steps(q, u);

    memset(failed, 0, CRITERION_COUNT * sizeof *failed);
    failed[CRITERION_CLOSED] = closed;
    if (q->n_children > 1 && !together)
        model_apart(q, u, failed);
    else
        for (unsigned i = 0; i < q->n_children; i++) {
            failed[CRITERION_AGE] |= !model_age_ok(u, q->children[i].age_months);
            failed[CRITERION_SEX] |= !model_sex_ok(u, q->children[i].sex);
        }
    failed[CRITERION_SIBLINGS] = together && !model_siblings_ok(q, u);
    for (int need = 0; need < NEED_COUNT; need++)
        failed[CRITERION_NEEDS] |= (q->needs & 1u << need) && u->accepts[need] == TRI_NO;
    if (q->parent && q->pregnant)
        failed[CRITERION_PARENT] = u->accepts[NEED_PREGNANT] == TRI_NO;
    if (q->parent && (!q->pregnant || q->n_children > 0))
        failed[CRITERION_PARENT] |= u->accepts[NEED_MOTHER_CHILD] == TRI_NO;
    failed[CRITERION_MODALITY] = q->modalities != 0 && !(q->modalities & 1u << u->modality);
    failed[CRITERION_KIND] = !model_kind_ok(q, u);
    failed[CRITERION_NIGHT] =
        q->tonight && !q->office_open && u->admission == ADMISSION_OFFICE_HOURS;
    failed[CRITERION_DISTANCE] =
        q->max_km > 0 && steps != STEPS_UNKNOWN && steps > steps_of_km(q->max_km);
    failed[CRITERION_FULL] = !closed && unit_free(u) != UNKNOWN && model_places(q, u) < needed;
}

static inline int model_freshness(const struct search_request *q, const struct unit *u)
{
    if (u->open == UNKNOWN)
        return FRESHNESS_NEVER_DECLARED;
    return unit_fresh_until(u) > q->now ? FRESHNESS_FRESH : FRESHNESS_STALE;
}

static inline bool model_takes_all(const struct search_request *q, const struct unit *u)
{
    bool ok =
        model_siblings_ok(q, u) && (u->open == UNKNOWN || model_places(q, u) >= (int)q->n_children);
    for (unsigned i = 0; i < q->n_children; i++)
        ok =
            ok && model_age_ok(u, q->children[i].age_months) && model_sex_ok(u, q->children[i].sex);
    return ok;
}

static inline uint64_t model_hash(const char *id)
{
    uint64_t h = 0xcbf29ce484222325u;
    while (*id)
        h = (h ^ (unsigned char)*id++) * 0x100000001b3u;
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdu;
    h ^= h >> 33;
    h *= 0xc4ceb9fe1a85ec53u;
    return (h ^ h >> 33) >> 11;
}

static inline bool model_kept(const struct search_request *q, const struct unit *u, unsigned slot)
{
    return q->kept != NULL && bitmap_has(q->kept, slot) && u->open != UNKNOWN;
}

static inline struct model_candidate model_candidate(const struct search_request *q,
                                                     const struct unit *u, unsigned slot)
{
    bool place =
        u->modality == MODALITY_URGENCE ||
        (u->open != UNKNOWN && u->emergency_reserved > u->emergency_used + u->held_emergency);
    struct model_candidate c = {
        .slot = slot,
        .certainty = 2 * model_freshness(q, u),
        .others = q->offered > 0 && q->offered != slot + 1,
        .freshness = model_freshness(q, u),
        .emergency = q->emergency ? 2 - place - (u->admission == ADMISSION_ALWAYS) : 0,
        .steps = model_steps(q, u),
        .hash = model_hash(u->id),
    };

    if (model_kept(q, u, slot))
        c.certainty = 2 * FRESHNESS_NEVER_DECLARED - 1;
    if (u->open > 0)
        c.load = (u->occupied + u->held) * (int64_t)1000 / u->open;
    else if (u->open == 0)
        c.load = u->occupied + u->held > 0 ? 1023 : 0;
    c.load = c.load > 1023 ? 1023 : c.load;
    if (q->n_children > 1)
        c.siblings = !model_takes_all(q, u) && !q->together ? 2 : !model_siblings_known(q, u);
    return c;
}

#define MODEL_COMPARE(field)                                                                       \
    if (a->field != b->field)                                                                      \
    return a->field < b->field ? -1 : 1

static inline int model_compare(const void *left, const void *right)
{
    const struct model_candidate *a = left, *b = right;
    MODEL_COMPARE(criterion);
    MODEL_COMPARE(others);
    MODEL_COMPARE(certainty);
    MODEL_COMPARE(emergency);
    MODEL_COMPARE(siblings);
    MODEL_COMPARE(steps);
    MODEL_COMPARE(load);
    MODEL_COMPARE(hash);
    MODEL_COMPARE(slot);
    return 0;
}

/* How many months the ages are missed by. */
static inline int model_age_gap(const struct search_request *q, const struct unit *u)
{
    bool apart = q->n_children > 1 && !q->together;
    int best = apart ? INT16_MAX : 0;
    for (unsigned i = 0; i < q->n_children; i++) {
        int age =
            q->children[i].age_months > SEARCH_AGE_MAX ? SEARCH_AGE_MAX : q->children[i].age_months;
        int gap = 0;
        if (age >= 0 && u->min_months != UNKNOWN && u->min_months - age > gap)
            gap = (u->min_months > SEARCH_AGE_MAX + 1 ? SEARCH_AGE_MAX + 1 : u->min_months) - age;
        if (age >= 0 && u->max_months != UNKNOWN && age - u->max_months + 1 > gap)
            gap = age - u->max_months + 1;
        best = apart ? (gap < best ? gap : best) : (gap > best ? gap : best);
    }
    return best;
}

static inline int model_miss_order(enum criterion c)
{
    static const enum criterion order[] = {CRITERION_DISTANCE, CRITERION_AGE,   CRITERION_SIBLINGS,
                                           CRITERION_FULL,     CRITERION_NIGHT, CRITERION_MODALITY,
                                           CRITERION_KIND,     CRITERION_NEEDS, CRITERION_PARENT,
                                           CRITERION_CLOSED,   CRITERION_SEX};
    int i = 0;
    while (order[i] != c)
        i++;
    return i;
}

/* Slots of results and near misses, and all counts; explanations are left out. Returns how many
 * near misses there are before the bounds. */
static inline void model_run(struct model *m, const struct search_request *request,
                             struct search_answer *ret)
{
    struct search_request q = *request;
    unsigned limit = q.limit ? q.limit : SEARCH_LIMIT_DEFAULT;
    size_t n = 0, n_misses = 0;

    q.limit = limit > SEARCH_LIMIT_MAX ? SEARCH_LIMIT_MAX : limit;
    q.n_children = q.n_children > SEARCH_CHILDREN_MAX ? SEARCH_CHILDREN_MAX : q.n_children;
    memset(ret, 0, sizeof *ret);
    ret->takes_all = q.n_children < 2;
    for (unsigned slot = 0; slot < m->n; slot++) {
        const struct unit *u = m->units[slot].unit;
        bool failed[CRITERION_COUNT];
        int first = CRITERION_COUNT, times = 0;

        if (u == NULL || (q.allowed != NULL && !bitmap_has(q.allowed, slot)))
            continue;
        ret->allowed++;
        model_failures(&q, u, failed);
        for (int c = CRITERION_COUNT - 1; c >= 0; c--) {
            first = failed[c] ? c : first;
            times += failed[c];
        }
        if (times == 0) {
            ret->total++;
            ret->never_declared += u->open == UNKNOWN;
            ret->takes_all |=
                u->open != UNKNOWN && !model_kept(&q, u, slot) && model_takes_all(&q, u);
            m->candidates[n++] = model_candidate(&q, u, slot);
            continue;
        }
        ret->rejected[first]++;
        if (times == 1 && !(first == CRITERION_AGE && model_age_gap(&q, u) > 12)) {
            m->misses[n_misses] = model_candidate(&q, u, slot);
            m->misses[n_misses].criterion = model_miss_order((enum criterion)first);
            m->misses[n_misses].others = 0;
            m->misses[n_misses].certainty = m->misses[n_misses].freshness;
            m->misses[n_misses].emergency = m->misses[n_misses].siblings = 0;
            n_misses++;
        }
    }
    qsort(m->candidates, n, sizeof *m->candidates, model_compare);
    qsort(m->misses, n_misses, sizeof *m->misses, model_compare);
    for (size_t i = 0; i < n && i < q.limit; i++) {
        struct search_result *r = &ret->results[ret->n_results++];
        r->slot = m->candidates[i].slot;
        r->freshness = (enum freshness)m->candidates[i].freshness;
        r->km =
            m->candidates[i].steps == STEPS_UNKNOWN ? KM_UNKNOWN : steps_km(m->candidates[i].steps);
    }
    for (size_t i = 0; i < n_misses && ret->n_near_misses < SEARCH_NEAR_MISS_MAX; i++)
        if (i < 2 || m->misses[i].criterion != m->misses[i - 2].criterion)
            ret->near_misses[ret->n_near_misses++] =
                (struct search_near_miss){.slot = m->misses[i].slot};
}

#endif
