/* SPDX-License-Identifier: EUPL-1.2 */
/* What units are expected to have on days to come: today's counts, the movements planned up to then
 * and the places that are shared in time. For several days a unit has what it has on the tightest
 * of them. It is laid over the search index for one search and lifted again. Late movements count
 * too, until they are done or cancelled. Of a unit never declared nothing can be expected. */
#ifndef CORE_EXPECTED_H
#define CORE_EXPECTED_H

#include "core/bitmap.h"
#include "core/replica.h"

/* A unit whose places will be others. */
struct expectation {
    unsigned slot;
    int open, occupied;
    int free, free_planned;
    int64_t day; /* the first on which it has these */
};

struct expected {
    struct influence *plans; /* owned; by slot */
    size_t n_plans;
    struct expectation *units; /* owned; by slot */
    size_t n;
};

/* What is planned, of the units whose slots are allowed (NULL: all); of all days. now: a sequence
 * moves the counts of days to come by what it takes then and not today. 0: *ret is to be freed;
 * -ENOMEM. */
int expected_read(const struct replica *r, usec_t now, const struct bitmap *allowed,
                  struct expected *ret) MUST_USE;

/* Lays what units will have on these days, of which there is one at least. 0: to be lifted before
 * anything else happens to the replica; -ENOMEM: the index is as it was. */
int expected_lay(struct replica *r, const struct days *days, struct expected *x) MUST_USE;

/* The index is as it was before; *x can still be asked. 0 or -ENOMEM (then it is not). */
int expected_lift(struct replica *r, const struct expected *x) MUST_USE;

/* NULL: what it has now. */
const struct expectation *expected_of(const struct expected *x, unsigned slot);

/* The first of these days on which a unit will have fewer than so many places free, as an emergency
 * or a planned admission counts them; DAY_NEVER: none of them, or nothing is planned there. */
int64_t expected_short(const struct replica *r, const struct expected *x, unsigned slot,
                       const struct days *days, int places, bool emergency);

void expected_free(struct expected *x);

#endif
