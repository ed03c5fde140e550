/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the watch: what was said to the database and is not in the replica yet, counted as
 * offered. What it refused stays until one of the two records changes, so that nothing is said
 * twice. */
#ifndef CORE_WATCH_TRY_H
#define CORE_WATCH_TRY_H

#include "core/replica.h"
#include "core/watch.h"

enum try_state { TRY_TO_SEND, TRY_SENT, TRY_DONE, TRY_REFUSED };

struct watch_try {
    struct watch_try *next;
    uint64_t ticket;
    enum try_state state;
    int64_t revision;     /* done, refused: seen when the replica is there */
    char *unit, *request; /* ids */
    int64_t unit_revision, request_revision;
    int places;
    bool emergency;
    char *json; /* to be sent */
    size_t n;
};

/* All zero is none. */
struct watch_tries {
    struct watch_try *first; /* owned; in the order in which they are said */
    uint64_t last_ticket;
};

void watch_tries_free(struct watch_tries *all);

/* The offer of a unit to a request, to be sent; json becomes its own. 0; -ENOMEM: as before. */
int watch_tries_add(struct watch_tries *all, const struct entry *unit, const struct entry *request,
                    int places, struct buf *json) MUST_USE;

/* The next to be sent, now sent; NULL: none. */
struct watch_try *watch_tries_take(struct watch_tries *all);

struct watch_try *watch_tries_find(struct watch_tries *all, uint64_t ticket); /* NULL: none */

/* What became of it: one that failed is gone. */
void watch_tries_end(struct watch_tries *all, struct watch_try *t, enum watch_end end,
                     int64_t revision);

/* Forgets what the replica shows by now: it is counted from there. */
void watch_tries_seen(struct watch_tries *all, const struct replica *r);

/* What was refused may be said again: of this unit or this request; where a record is another. */
void watch_tries_forget(struct watch_tries *all, const char *unit, const char *request);
void watch_tries_forget_changed(struct watch_tries *all, const struct replica *r);

/* Whether an offer to the request is under way; whether that of this unit was refused. */
bool watch_tries_has(const struct watch_tries *all, const char *request);
bool watch_tries_refused(const struct watch_tries *all, const char *unit, const char *request);

/* Adds what is about to be offered of a unit. */
void watch_tries_places(const struct watch_tries *all, const char *unit, int *places, int *urgent);

#endif
