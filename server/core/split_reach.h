/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the split: how few units can take all the children, wherever they are.
 *
 * A set of children is a number of n bits, and a set of such sets a bitmap of 2^n bits: one word
 * for six children. reach->sets[k] holds the sets that k of the units added so far take, each of
 * them a group of its own; adding a unit shifts the words by each group that it takes. */
#ifndef CORE_SPLIT_REACH_H
#define CORE_SPLIT_REACH_H

#include "core/search.h"

struct split_children {
    unsigned n;
    uint16_t girls, boys;
};

/* What decides which groups of children a unit takes. */
struct split_type {
    uint16_t fits; /* bit per child */
    uint8_t most;  /* at once */
    bool mixed;
};

static inline bool type_takes(struct split_type t, struct split_children all, unsigned group)
{
    return (group & ~t.fits) == 0 && __builtin_popcount(group) <= t.most &&
           (t.mixed || !(group & all.girls) || !(group & all.boys));
}

/* A number below SPLIT_TYPES; the same number: the same groups. */
#define SPLIT_TYPES (1 << (SEARCH_CHILDREN_MAX + 5))
static inline unsigned type_number(struct split_type t)
{
    return (unsigned)t.fits << 5 | (unsigned)t.most << 1 | t.mixed;
}

struct split_reach {
    struct split_children all;
    unsigned words;
    unsigned fewest; /* units that take all the children; 0: no way yet */
    unsigned most;   /* highest k of which there are sets */
    uint64_t sets[SEARCH_CHILDREN_MAX + 1][1 << (SEARCH_CHILDREN_MAX - 6)];
};

void reach_begin(struct split_reach *r, struct split_children all);
void reach_add(struct split_reach *r, struct split_type t);

#endif
