/* SPDX-License-Identifier: EUPL-1.2 */
/* What is kept for others: places offered to waiting requests, which nobody else can hold until
 * they are taken, declined or lapse (schema/README.md, Offers). A child in an emergency goes before
 * what is offered to planned requests. For one search they are laid over the index as if they were
 * held, but where that would leave too few: such a unit stays a result, and is no certain one. */
#ifndef CORE_KEPT_H
#define CORE_KEPT_H

#include "core/expected.h"

/* Places of one unit. */
struct kept_unit {
    unsigned slot;
    int places, urgent; /* offered to others; of these, to emergencies */
    usec_t until;       /* when the last of these offers ends */
    bool all;           /* too few are left; see kept_lay */
};

struct kept {
    struct kept_unit *units; /* owned; by slot */
    size_t n;
    struct bitmap all; /* slots of those that leave too few */
};

/* What is offered, as of `now`, to others than this request (NULL: to any), and is not free for an
 * emergency or a planned admission. 0: *ret is to be freed; -ENOMEM. */
int kept_read(const struct replica *r, const char *request, bool emergency, usec_t now,
              struct kept *ret) MUST_USE;

/* Lays them over the index, which may have expectations laid, where they leave `needed` places. 0:
 * to be lifted before anything else happens to the replica, and before expectations are; -ENOMEM:
 * likewise. */
int kept_lay(struct replica *r, const struct expected *x, int needed, bool emergency,
             struct kept *k) MUST_USE;

/* The others too. */
int kept_lay_all(struct replica *r, const struct expected *x, const struct kept *k) MUST_USE;

/* The index says of these units what their records say. 0 or -ENOMEM (then it does not). */
int kept_lift(struct replica *r, const struct kept *k) MUST_USE;

/* NULL: nothing of the unit is kept for others. */
const struct kept_unit *kept_of(const struct kept *k, unsigned slot);

void kept_free(struct kept *k);

#endif
