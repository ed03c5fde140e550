/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the split: the best way among the units of one group (all, one establishment, one
 * commune), for a given number of units. */
#ifndef CORE_SPLIT_SEARCH_H
#define CORE_SPLIT_SEARCH_H

#include "core/split_candidates.h"
#include "core/split_reach.h"

__extension__ typedef unsigned __int128 split_order;

/* What ways of the same distance apart are compared by: see split.h, 4 and 5. */
struct split_cost {
    uint64_t home;     /* steps, SPLIT_FAR_HOME for each unknown */
    split_order order; /* the number of each child's candidate, the first child's on top */
};

#define SPLIT_FAR_HOME ((uint64_t)1 << 40)

struct split_way {
    bool found;
    uint32_t apart; /* steps; STEPS_UNKNOWN */
    struct split_cost cost;
    unsigned n_groups;
    uint16_t groups[SEARCH_CHILDREN_MAX]; /* bit per child */
    uint32_t chosen[SEARCH_CHILDREN_MAX]; /* candidate of each group */
};

struct split_search {
    struct search_index *ix; /* its scratch */
    const struct split_candidates *all;
    struct split_children children;
    int64_t work;          /* what is left of it, see split.c */
    struct split_way best; /* of the groups searched so far */
    /* The group at hand: its units, but for twins beyond use, as bits in the order of candidates.
     */
    uint32_t n, words, n_located;
    /* The question at hand */
    unsigned n_groups;
    uint16_t groups[SEARCH_CHILDREN_MAX];
    split_order weights[SEARCH_CHILDREN_MAX]; /* of each group, in the order of cost */
    uint16_t same[SEARCH_CHILDREN_MAX];       /* groups of the same size and units: bit per group */
    uint32_t chosen[SEARCH_CHILDREN_MAX];     /* bit of each group */
    uint32_t counts[SEARCH_CHILDREN_MAX + 1][SEARCH_CHILDREN_MAX]; /* of lists, by depth, group */
    uint32_t limit; /* steps that two may be apart; STEPS_UNKNOWN: any, and units without a point */
    uint64_t budget; /* the most that the ways may cost, home only */
    enum split_question {
        ANY_WAY,
        CHEAPEST_WAY,  /* each way found lowers the budget */
        FIRST_IN_ORDER /* of those within the budget */
    } question;
    bool found;                              /* a way */
    uint32_t apart;                          /* of the way found last */
    uint8_t taken[1 << SEARCH_CHILDREN_MAX]; /* whether some unit takes the set: see some_take */
};

/* Improves s->best by the ways of the `n` members (and the same in the order along) with exactly
 * `units` units, which must be the fewest that do; located: so many do among those with a point. */
struct split_members {
    const uint32_t *members, *along;
    uint32_t n;
    unsigned units;
    bool located;
};
void split_improve(struct split_search *s, const struct split_members *m);

bool cost_less(struct split_cost a, struct split_cost b);
struct split_cost split_cost_of(const struct split_search *s, uint32_t candidate, uint16_t group);
static inline struct split_type split_type_of(const struct split_candidate *c)
{
    return (struct split_type){c->fits, c->most, c->mixed};
}

#endif
