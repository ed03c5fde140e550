/* SPDX-License-Identifier: EUPL-1.2 */
/* When no unit takes all the children: the best way to place them apart.
 *
 * Best means, in this order: fewest separate units; smallest distance between the two of them that
 * are furthest apart; smallest sum, over the children, of the distance from home (request.near).
 * Distances are in steps of 10 m and from the points that the reader may see; an unknown distance
 * is greater than any known one. Units must pass everything of the request but together, have been
 * declared, and each group of children must fit its unit: free places, siblings_max, mixed. */
#ifndef CORE_SPLIT_H
#define CORE_SPLIT_H

#include "core/search.h"

struct split {
    unsigned n_children;
    unsigned slot[SEARCH_CHILDREN_MAX];   /* the unit of each child */
    uint16_t to_ask[SEARCH_CHILDREN_MAX]; /* 1 << enum criterion, as in search_result */
    unsigned units;                       /* separate units, at least 2 */
    double km_apart;                      /* of the two furthest; KM_UNKNOWN */
    double km_home; /* sum over the children; KM_UNKNOWN without near or when one is unknown */
    bool exact;     /* proven best; false: the bound on work ended the search with this one */
};

/* Outcomes. */
#define SPLIT_NONE 1       /* fewer than two children, or proven that there is no way */
#define SPLIT_NONE_FOUND 2 /* the bound on work was reached before any way was found */

/* 0 or an outcome. One unit for all is never an answer. Exact for up to 4 children in practice (see
 * split.exact); beyond, the best found within the bound. Never allocates. */
int search_split(struct search_index *ix, const struct search_request *q,
                 struct split *ret) MUST_USE;

#endif
