/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the split: the units that can take at least one of the children, and their groups. */
#ifndef CORE_SPLIT_CANDIDATES_H
#define CORE_SPLIT_CANDIDATES_H

#include "core/search_plan.h"

struct split_candidate {
    struct vector at; /* when located */
    bool located;
    bool mixed;       /* takes girls and boys together, or it is to be asked */
    uint8_t most;     /* children at once */
    uint8_t siblings; /* children at once, were all places free */
    uint16_t fits;    /* bit per child that it takes, by age and sex */
    uint16_t fits_age;
    uint32_t slot;
    uint32_t home;                   /* steps from home; 0 when nobody asked; STEPS_UNKNOWN */
    uint64_t establishment, commune; /* hashes; 0: the same as no other */
};

/* All candidates, in the order of (home, hash of the id): their number there is what everything
 * else calls them by. */
struct split_candidates {
    const struct split_candidate *c; /* lives in the index, until the next search */
    uint32_t n;
    const uint32_t *along; /* the candidates in the order of one coordinate, located ones first */
    int axis;              /* which coordinate */
};

/* The candidates of one establishment after the other, or of one commune. */
struct split_groups {
    uint32_t n;
    const uint32_t *starts;  /* n + 1 of them, into the next two */
    const uint32_t *members; /* ascending */
    const uint32_t *along;   /* the same ones, as in split_candidates.along */
};

/* p is of a request whose children may be apart. The order of candidates does not depend on slots.
 */
void split_collect(struct search_index *ix, const struct search_plan *p,
                   struct split_candidates *ret);

/* Groups them: all in one, by establishment, by commune. Those of hash 0 are in no group. */
enum split_grouping { GROUP_ALL, GROUP_ESTABLISHMENTS, GROUP_COMMUNES };
void split_group(struct search_index *ix, const struct split_candidates *all,
                 enum split_grouping grouping, struct split_groups *ret);

#endif
