/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the watch: whether a unit's free places can be offered to a waiting request. */
#ifndef CORE_WATCH_FIT_H
#define CORE_WATCH_FIT_H

#include "core/replica.h"
#include "core/search.h"

/* An open request made ready to be tried against units. */
struct waiting {
    const struct entry *entry;
    const struct request *request;
    struct search_request
        search; /* for the children who have no place; near is found when needed */
    uint8_t index[HOUSEHOLD_CHILDREN_MAX]; /* of these children in the request */
    bool near_found;
    bool later; /* wanted on other days than today alone: these */
    struct days days;
    usec_t offices_since; /* in an emergency of today: since when the offices are open; else 0 */
};

void waiting_make(const struct replica *r, const struct entry *request, struct waiting *ret);

/* The unit with `places` of them (`urgent` for emergencies) as if they were held. */
struct unit unit_less(const struct unit *u, int places, int urgent);

/* Which of the request's children the unit can be offered for, and how many places that takes.
 * left: the unit without what is offered already. False: it does not fit, by the rule of search
 * (core/admit.h), or has no room. */
bool waiting_fits(struct waiting *w, const struct replica *r, const struct unit *left,
                  struct child_set *ret_children, int *ret_places);

/* Whether what was between the two already speaks against an offer: one that was declined or has
 * lapsed; a hold that is active; one that ended after the unit last declared, or was refused for
 * another reason than that there was no place. */
bool waiting_was_there(const struct waiting *w, const struct replica *r, const struct unit *u);

/* Whether it has an active offer. */
bool request_has_offer(const struct replica *r, const char *request);

/* The last revision that an offer of the one to the other depends on: what has the same is the same
 * offer. */
int64_t offer_grounds(const struct replica *r, const struct entry *unit,
                      const struct entry *request);

#endif
