/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the search: the best few of a set of slots, by distance, load and hash. */
#ifndef CORE_SEARCH_PICK_H
#define CORE_SEARCH_PICK_H

#include "core/search_plan.h"
#include "core/top.h"

/* Fills top (its k is given) from the set of `count` slots, after grid_look at p->from. */
void search_pick(struct search_index *ix, const struct search_plan *p, const uint64_t *set,
                 size_t count, struct top *top);

#endif
