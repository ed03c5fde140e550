/* SPDX-License-Identifier: EUPL-1.2 */
/* A model of the database: schema/ in memory, so that the machines of server/sync run against it
 * with a virtual clock. It interprets every statement of sync/sql.h and answers as PostgreSQL does:
 * same replies, same changes, same states (tests/sim/compare.c holds it to that). What it leaves
 * out is the hash chain.
 *
 * It executes at once and never loses anything by itself: faults are the caller's. To lose a reply,
 * execute and tell the machine STATEMENT_LOST; to lose a statement, only tell; to let a stalled
 * server run it late, execute later. What the caller cannot do from outside is below under faults.
 */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/statement.h"

struct model;
struct model_session;
struct json_t;

/* A result and the memory of its rows. */
struct model_result {
    struct statement_result result;
    char **cells; /* owned */
    int n_cells, n_cols;
    char message[80];
};

/* A database as the migrations leave it: the first epoch, the establishment kinds. now: the clock's
 * first value. Ends the program when memory is out, as all of the model does. */
struct model *model_new(const char *epoch, usec_t now);
void model_free(struct model *m); /* sessions first; NULL allowed */

/* What ugo.clock_us() gives from now on; may go back, as clocks do. */
void model_set_clock(struct model *m, usec_t now);

/* A connection. owner: of a role that may use the account `system`. */
struct model_session *model_connect(struct model *m, bool owner);
void model_disconnect(struct model_session *s); /* NULL allowed */

/* Executes a statement to its end. ret is cleared by the caller. */
void model_execute(struct model_session *s, const struct statement *statement,
                   struct model_result *ret);
void model_result_clear(struct model_result *r);

/* A NOTIFY has come since the last call (the session listens): of several the last one's payload.
 */
#define MODEL_PAYLOAD 24
bool model_take_notified(struct model_session *s, char ret_payload[static MODEL_PAYLOAD]);

/* faults */

/* As a failover to a server that lacks the last batches: they never happened, and the next batch
 * opens a new epoch. 0 batches: a failover without loss. */
void model_fail_over(struct model *m, int lost_batches);

/* The name of the epoch that the next batch would open after a failover. */
void model_next_epoch(const struct model *m, char ret_name[static 17]);

/* As retention: the log and the departures up to the floor go. */
void model_compact(struct model *m, int64_t floor);

/* The next apply_batch fails with this SQLSTATE, once; nothing is changed by it. */
void model_fail_next(struct model *m, const char *sqlstate);

/* What a database that was written carelessly does wrong with holds: checkers must see each. From
 * the start on; a failover keeps it. */
enum model_fault {
    FAULT_NONE,
    FAULT_NO_LOCK,        /* counts as they were before others held: two holds on one place */
    FAULT_KEY_UNLOCKED,   /* a key that was used just now is not seen */
    FAULT_ACCEPT_EXPIRED, /* an expired hold can be accepted */
    FAULT_ARRIVE_EXPIRED, /* and is honoured on arrival */
    FAULT_DRIFT,          /* an expired hold still counts in its unit */
    FAULT_DOUBLE_RELEASE, /* what was released is released again */
    FAULT_LOST_ROW,       /* now and then a part is not in the log */
    FAULT_LOSERS,         /* an acceptance leaves the other holds */
    FAULT_LATE,           /* holds end five seconds after their end */
    FAULT_ARRIVE_TWICE,   /* an arrival takes its places twice */
    FAULT_FORGETFUL,      /* a withdrawn hold leaves its children placed */
    FAULT_OFFER_TWICE,    /* what is offered to one is held for another */
    FAULT_OFFER_LATE,     /* offers stay a day after their end */
    FAULT_MISSION_ALONE,  /* a mission is handed over, its hold stays accepted */
    FAULT_MISSION_DAY,    /* an acceptance makes a mission in office hours too */
    FAULT_MISSION_NIGHT,  /* and none at night */
    FAULT_MOVE_TWICE,     /* a movement that is done moves its places twice */
    FAULT_MOVE_AGAIN,     /* what was done is done again */
    FAULT_NO_LIMIT,       /* nothing ends a limited stay */
    FAULT_COUNT
};
void model_plant(struct model *m, enum model_fault fault);

/* looking inside, for checkers */

const char *model_epoch(const struct model *m);
int64_t model_revision(const struct model *m);
usec_t model_ledger_at(const struct model *m);

/* New reference: array of [kind, id, revision, state] by (revision, kind, id), as ugo.record. */
struct json_t *model_records(const struct model *m);

/* Borrowed: array of {revision, part, parts, at, actor, operation, kind, id, establishment,
 * territory, state}, and of {revision, part, kind, id, scope}. */
const struct json_t *model_changes(const struct model *m);
const struct json_t *model_departed(const struct model *m);

#endif
