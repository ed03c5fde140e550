/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the search: a request made ready, and what each criterion means, for a whole index as
 * planes and for one unit. */
#ifndef CORE_SEARCH_PLAN_H
#define CORE_SEARCH_PLAN_H

#include "core/search_index.h"

struct search_plan {
    const struct search_request *q;
    struct search_child children[SEARCH_CHILDREN_MAX]; /* ages UNKNOWN or 0..SEARCH_AGE_MAX */
    unsigned n;                                        /* at least 1 */
    bool together;                                     /* several, in one unit */
    bool apart;                                        /* several, not necessarily in one */
    int youngest, oldest;                              /* of the known ages; UNKNOWN */
    unsigned girls, boys;                              /* of known sex */
    bool surely_mixed;                                 /* at least one of each */
    bool perhaps_mixed;     /* not surely, but an unknown sex may make it so */
    unsigned most_same_sex; /* how many could be of one sex */
    unsigned places;        /* free places that a unit must have */
    unsigned limit;
    uint16_t asked;     /* 1 << enum criterion */
    bool located;       /* near is known */
    struct vector from; /* near */
    uint32_t most;      /* steps; when DISTANCE is asked */
};

/* Which children a unit refuses by age, by sex: bit per child. */
struct child_fits {
    uint16_t age_refused, sex_refused;
    uint16_t age_unknown, sex_unknown; /* to ask */
};

void plan_make(const struct search_request *q, struct search_plan *ret);

struct grid *plan_grid(struct search_index *ix, const struct search_plan *p);

/* Writes SCRATCH_VISIBLE, and who fails each criterion: a plane or NULL (nobody). */
void plan_failures(struct search_index *ix, const struct search_plan *p,
                   const uint64_t *ret_failed[CRITERION_COUNT]);
/* Of plan_failures, for DISTANCE alone. */
const uint64_t *plan_far(struct search_index *ix, const struct search_plan *p);

/* Writes SCRATCH_SOME and SCRATCH_ASK (several children only). */
void plan_siblings(struct search_index *ix, const struct search_plan *p);

/* Keeps of the set who misses the ages by at most `months`. How many are left. */
size_t plan_age_close(struct search_index *ix, const struct search_plan *p, int months,
                      uint64_t *set);

struct child_fits plan_children(const struct search_plan *p, const struct search_row *row);

/* Months that the child is short of (or beyond) the unit's range, and the bound it misses; 0:
 * within or unknown, and *ret_bound untouched. */
int plan_age_gap(const struct search_row *row, int age_months, int *ret_bound);

/* How many of the children the unit would take together, by siblings_max and mixed; unknown: all.
 */
unsigned plan_siblings_taken(const struct search_plan *p, const struct search_row *row);

#endif
