/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the search: what is said about a unit that was picked. */
#ifndef CORE_SEARCH_EXPLAIN_H
#define CORE_SEARCH_EXPLAIN_H

#include "core/search_plan.h"
#include "core/top.h"

/* Which class of the ranking, counted over all levels: 0 is the best. */
struct band {
    unsigned number, count;
    unsigned siblings_classes; /* of the last level */
};

void explain_result(const struct search_index *ix, const struct search_plan *p,
                    struct top_item item, struct band band, struct search_result *ret);

void explain_near_miss(const struct search_index *ix, const struct search_plan *p,
                       struct top_item item, enum criterion criterion,
                       struct search_near_miss *ret);

/* Fills fits, to_ask, needs_fit, needs_ask and children of a unit that passes; km is given. */
void explain_fit(const struct search_plan *p, const struct search_row *row,
                 struct search_result *ret);

#endif
