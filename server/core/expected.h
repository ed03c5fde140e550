/* SPDX-License-Identifier: EUPL-1.2 */
/* What units are expected to have on a day: today's counts and the movements planned up to then,
 * laid over the search index for one search and lifted again. Late movements count too, until they
 * are done or cancelled. Of a unit never declared nothing can be expected. */
#ifndef CORE_EXPECTED_H
#define CORE_EXPECTED_H

#include "core/bitmap.h"
#include "core/replica.h"

/* A unit whose places will be others. */
struct expectation {
    unsigned slot;
    int open, occupied;
    int free, free_planned;
};

struct expected {
    struct expectation *units; /* owned; by slot */
    size_t n;
};

/* day: YYYY-MM-DD. Only units of the slots allowed (NULL: all). 0: *ret is to be lifted before
 * anything else happens to the replica, and freed; -ENOMEM: the index is as it was. */
int expected_lay(struct replica *r, const char *day, const struct bitmap *allowed,
                 struct expected *ret) MUST_USE;

/* The index is as it was before; *x can still be asked. 0 or -ENOMEM (then it is not). */
int expected_lift(struct replica *r, const struct expected *x) MUST_USE;

/* NULL: what it has now. */
const struct expectation *expected_of(const struct expected *x, unsigned slot);

void expected_free(struct expected *x);

#endif
