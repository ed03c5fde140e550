/* SPDX-License-Identifier: EUPL-1.2 */
/* A standing filter: which records a subscription or a list is about. Absent members admit
 * everything. No criterion that time alone changes: staleness never admits or removes. */
#ifndef CORE_FILTER_H
#define CORE_FILTER_H

#include "core/replica.h"

struct search_request;

struct texts {
    char **p; /* owned, each owned */
    size_t n;
};

struct filter {
    unsigned kinds;           /* bit per enum record_kind; 0: all */
    unsigned modality;        /* bit per enum modality; 0: all */
    struct texts territories; /* codes: the subtree of any of them */
    struct texts units;       /* ids; of holds and offers, whose places they are of */
    struct texts requests;    /* ids; of holds and offers, what they are for */
    struct texts establishments;
    struct texts establishment_kinds;
    struct search_request *search; /* NULL: none; a unit must be able to be a result */
    struct texts search_kinds;     /* owns search->kinds */
};

void filter_destroy(struct filter *f); /* NULL allowed */

bool filter_admits(const struct filter *f, const struct replica *r, const char *id,
                   const struct version *v);

#endif
