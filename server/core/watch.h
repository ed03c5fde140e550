/* SPDX-License-Identifier: EUPL-1.2 */
/* The watch: every open request stays subscribed by itself. When places come free that fit, whoever
 * waits longest is offered them (domain.md, "Subscription"). Replica in, commands out:
 *
 * - A unit has gained when its free places grew (those for emergencies, those for anybody), when
 *   other children came to fit, when it is no longer reported wrong, when an offer of it ended; for
 *   a later day also by what is planned, for an emergency when offices open that it waited for.
 * - Such a unit is offered to the requests in their order (core/request.h), one after the other, as
 *   long as it has places. Of several units a request gets the one that a search shows first.
 * - A request is tried with what was gained since it was opened: what was free before, its search
 *   has shown. It has one offer at a time; whatever it declined or let lapse is passed over.
 * - A place is offered for the day wanted: it is free now and, as far as is planned, still free
 * then (core/expected.h). In an emergency of today it is none of office hours while offices are
 * closed.
 *
 * Every worker watches; the database makes one offer of what they say (schema/README.md, Offers),
 * for they say it with the same key. After a start, what was gained is read from the times of
 * declarations, of holds and offers that ended, and of movements. */
#ifndef CORE_WATCH_H
#define CORE_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

struct replica;
struct request_watch;

/* What became of a command. */
enum watch_end {
    WATCH_OFFERED, /* revision: of the offer */
    WATCH_REFUSED, /* revision: of the ledger by which it was; the same pair waits for a change */
    WATCH_FAILED,  /* nobody knows, or nothing was done: tried again */
};

/* replica is borrowed; its index is written to within a turn, and as it was after it. 0 or -ENOMEM.
 */
int request_watch_new(struct replica *replica, struct request_watch **ret) MUST_USE;
void request_watch_free(struct request_watch *w); /* NULL allowed */

/* Sees what this turn of the loop has changed and decides. To be called once a turn, before
 * replica_turn_end. 0 or -ENOMEM. */
int request_watch_turn(struct request_watch *w) MUST_USE;

/* The next command for apply_batch: json is the caller's, ticket comes back with its end. */
bool request_watch_take(struct request_watch *w, uint64_t *ret_ticket, char **ret_json,
                        size_t *ret_n);

/* Tickets have this bit; others are not the watch's. */
#define WATCH_TICKET (UINT64_C(1) << 63)

void request_watch_answered(struct request_watch *w, uint64_t ticket, enum watch_end end,
                            int64_t revision);

#endif
