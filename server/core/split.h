/* SPDX-License-Identifier: EUPL-1.2 */
/* When no unit takes all the children: the best way to place them apart, and why none is better.
 *
 * Of two ways the better one is, at the first difference:
 * 1. the level: all in one establishment, before all in one commune, before anywhere;
 * 2. the number of separate units: fewer;
 * 3. the greatest distance between two of them: smaller; an unknown one is greater than any other;
 * 4. the sum, over the children, of the distance from home (request.near): smaller, with fewer
 *    unknown ones before; nothing without near;
 * 5. child by child, in the order of the request, the unit: nearer to home, then the lower hash of
 *    its id (as in a search).
 *
 * Distances are in steps of 10 m and from the points that the reader may see. A unit must pass
 * everything of the request but together, have been declared, and take its group of children: free
 * places (as emergency or planned), siblings_max, mixed. What is not known (siblings_max, mixed, an
 * age) does not refuse, it is to ask. A commune that is unknown, or that the reader may not know,
 * is the same as no other. */
#ifndef CORE_SPLIT_H
#define CORE_SPLIT_H

#include "core/search.h"

/* enumerator, code; best first. The first is never an answer of search_split, only why not. */
#define SPLIT_LEVELS(X)                                                                            \
    X(SPLIT_ONE_UNIT, "one_unit")                                                                  \
    X(SPLIT_ONE_ESTABLISHMENT, "one_establishment")                                                \
    X(SPLIT_ONE_COMMUNE, "one_commune")                                                            \
    X(SPLIT_ANYWHERE, "anywhere")

#define SPLIT_LEVEL_ENUMERATOR(name, code) name,
enum split_level { SPLIT_LEVELS(SPLIT_LEVEL_ENUMERATOR) SPLIT_LEVEL_COUNT };

extern const char *const split_level_codes[SPLIT_LEVEL_COUNT];

/* Up to so many children the answer is always the proven best. */
#define SPLIT_EXACT_CHILDREN 6

/* Why a level has no way. Of all units (establishments, communes) with a unit that takes at least
 * one of the children, each counts once, under the first criterion of these for which it has none:
 *   AGE       a child that no unit there takes by age
 *   SEX       a child that no unit there takes by age and sex
 *   SIBLINGS  not with siblings_max and mixed, even were all places free
 *   FULL      not with the places that are free
 * so the sum of rejected is considered. */
struct split_why_not {
    size_t considered;
    size_t rejected[CRITERION_COUNT];
};

struct split {
    unsigned n_children;
    unsigned slot[SEARCH_CHILDREN_MAX];   /* the unit of each child */
    uint16_t to_ask[SEARCH_CHILDREN_MAX]; /* 1 << enum criterion, as in search_result */
    enum split_level level;
    unsigned units;  /* separate units, at least 2 */
    double km_apart; /* of the two furthest; KM_UNKNOWN */
    double km_home;  /* sum over the children; KM_UNKNOWN without near or when one is unknown */
    bool exact;      /* proven best; false, for more than SPLIT_EXACT_CHILDREN only: the bound on
                        work ended the search with this one */
    struct split_why_not why_not[SPLIT_LEVEL_COUNT]; /* of the levels before this one */
};

/* Outcomes. */
#define SPLIT_NONE 1       /* one child, a parent (who is not parted from them), or no way at all */
#define SPLIT_NONE_FOUND 2 /* the bound on work was reached before any way was found */
#define SPLIT_TOGETHER 3   /* one unit takes all: search_run says which */

/* 0 or an outcome. Never allocates. */
int search_split(struct search_index *ix, const struct search_request *q,
                 struct split *ret) MUST_USE;

#endif
