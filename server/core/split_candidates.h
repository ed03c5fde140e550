/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the split: the units that can take at least one of the children. */
#ifndef CORE_SPLIT_CANDIDATES_H
#define CORE_SPLIT_CANDIDATES_H

#include "core/search_plan.h"

/* More than this are thinned out: those far from home first. */
#define SPLIT_CANDIDATES_MAX 8192

#define NOBODY UINT32_MAX

struct split_candidate {
    struct vector at; /* when located */
    float along;      /* one coordinate of it: candidates are in the order of this one */
    bool located;     /* these come first */
    bool mixed;       /* takes girls and boys together, or it is to be asked */
    uint8_t most;     /* children at once */
    uint16_t fits;    /* bit per child that it takes, by age and sex */
    uint32_t slot;
    uint32_t home; /* steps from home; 0 when nobody asked; STEPS_UNKNOWN */
    uint32_t twin; /* the candidate before it that differs in nothing above but the slot; NOBODY */
};

struct split_candidates {
    const struct split_candidate *c; /* lives in the index, until the next search */
    unsigned n, n_located;
    bool complete; /* none was left out */
};

/* p is of a request whose children may be apart. The order of candidates does not depend on slots.
 */
void split_collect(struct search_index *ix, const struct search_plan *p,
                   struct split_candidates *ret);

#endif
