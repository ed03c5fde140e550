/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the split: the units of the group at hand, as bits in the order of cost. */
#ifndef CORE_SPLIT_TRIAL_H
#define CORE_SPLIT_TRIAL_H

#include "core/split_search.h"

enum trial_plane {
    TRIAL_FITS,                                    /* + child */
    TRIAL_MOST = TRIAL_FITS + SEARCH_CHILDREN_MAX, /* + k: takes at least k at once */
    TRIAL_MIXED = TRIAL_MOST + SEARCH_CHILDREN_MAX + 1,
    TRIAL_THINNED,
    TRIAL_BALL,
    TRIAL_LISTS, /* + depth * children + group */
    TRIAL_COUNT = TRIAL_LISTS + (SEARCH_CHILDREN_MAX + 1) * SEARCH_CHILDREN_MAX,
};

_Static_assert((int)TRIAL_COUNT <= SPLIT_PLANES, "room for the planes");

static inline uint64_t *trial_plane(const struct split_search *s, unsigned number)
{
    return s->ix->split.planes + (size_t)number * s->words;
}

static inline uint64_t *trial_list(const struct split_search *s, unsigned depth, unsigned group)
{
    return trial_plane(s, TRIAL_LISTS + depth * SEARCH_CHILDREN_MAX + group);
}

static inline const struct split_candidate *trial_unit(const struct split_search *s, uint32_t bit)
{
    return &s->all->c[s->ix->split.units[bit]];
}

/* Numbers the units, places them along the line and writes the planes of what they take. */
void trial_begin(struct split_search *s, const struct split_members *m);

/* TRIAL_THINNED: all of them, with and without a point, and no limit. */
void trial_all(struct split_search *s);

#endif
