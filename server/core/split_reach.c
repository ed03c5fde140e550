/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/split_reach.h"

#include <string.h>

#define WORD_CHILDREN 6 /* whose sets are the bits of one word */

/* The sets of six children that have none of the group's. */
static uint64_t without(unsigned group)
{
    static const uint64_t without_child[WORD_CHILDREN] = {
        0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F,
        0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF, 0x00000000FFFFFFFF,
    };
    uint64_t sets = UINT64_MAX;

    for (unsigned i = 0; i < WORD_CHILDREN; i++)
        if (group >> i & 1)
            sets &= without_child[i];
    return sets;
}

void reach_begin(struct split_reach *r, struct split_children all)
{
    r->all = all;
    r->words = all.n <= WORD_CHILDREN ? 1 : 1u << (all.n - WORD_CHILDREN);
    r->fewest = r->most = 0;
    for (unsigned k = 0; k <= all.n; k++)
        memset(r->sets[k], 0, r->words * sizeof(uint64_t));
    r->sets[0][0] = 1; /* no unit takes no child */
}

/* to |= each set of from with the group added, if it has none of the group yet. */
static void join(const struct split_reach *r, const uint64_t *from, uint64_t *to, unsigned group)
{
    unsigned low = group & ((1 << WORD_CHILDREN) - 1), high = group >> WORD_CHILDREN;
    uint64_t disjoint = without(low);

    for (unsigned word = 0; word < r->words; word++)
        if (!(word & high))
            to[word | high] |= (from[word] & disjoint) << low;
}

void reach_add(struct split_reach *r, struct split_type t)
{
    unsigned full = (1u << r->all.n) - 1;
    unsigned top = r->fewest > 0 ? r->fewest - 2 : r->all.n - 1; /* more are no use */

    if (r->fewest == 1)
        return;
    top = top < r->most ? top : r->most;
    for (unsigned k = top + 1; k-- > 0;)
        for (unsigned group = t.fits; group != 0; group = (group - 1) & t.fits)
            if (type_takes(t, r->all, group))
                join(r, r->sets[k], r->sets[k + 1], group);
    r->most = top + 1 > r->most ? top + 1 : r->most;
    for (unsigned k = 1; k <= r->most; k++)
        if (r->sets[k][full >> WORD_CHILDREN] >> (full & 63) & 1) {
            r->fewest = k;
            return;
        }
}
