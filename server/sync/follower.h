/* SPDX-License-Identifier: EUPL-1.2 */
/* The follower: keeps a replica equal to the database's history. LISTEN, one REPEATABLE READ load,
 * then the changes, a whole revision at a time: the next one, or everything again.
 *
 * NOTIFY only wakes, at once when it names a revision that the replica lacks, else soon: it was a
 * heartbeat, or news known already. The history is asked every second anyway. When the ledger's
 * epoch changes the list of epochs says whether the replica's revision survived; if not, the
 * replica is loaded again. A replica ahead of the ledger within one epoch holds what the database
 * has forgotten: the follower says so (follower_ahead), applies nothing more, and only a new epoch
 * helps. */
#ifndef SYNC_FOLLOWER_H
#define SYNC_FOLLOWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/statement.h"

#define FOLLOWER_POLL USEC_S               /* between questions when nothing wakes */
#define FOLLOWER_SOON (100 * USEC_MS)      /* after a NOTIFY that names no revision we lack */
#define FOLLOWER_STALE (3 * USEC_S)        /* without a new ledger time: stale */
#define FOLLOWER_HEARTBEAT (800 * USEC_MS) /* without a new ledger time: somebody must beat */

#define FOLLOWER_PROMPT USEC_S /* an answer that took longer proves no freshness */

struct follower; /* starts with its struct sync_machine */

/* A row of the history. Texts are borrowed for the call. */
struct change_row {
    int64_t revision;
    int part, parts; /* 1..parts */
    usec_t at;       /* logical time */
    const char *actor, *operation;
    const char *kind, *id;
    const char *state; /* JSON; NULL: the record is gone */
};

/* Where the rows go: the replica. Results: 0 done; negative: fatal, the follower stops and
 * follower_error says it; positive (apply_row, apply_end, new_epoch only): load everything again.
 *
 * A load is load_begin, load_epoch oldest first, load_record by revision, load_departed by
 * (revision, part), load_end. A load that breaks starts over with load_begin; what the sink showed
 * before must stay as it was until load_end. */
struct follower_sink {
    int (*load_begin)(void *ctx, const char *epoch, int64_t revision, usec_t ledger_at,
                      int64_t floor);
    int (*load_epoch)(void *ctx, const char *epoch, int64_t fork_revision);
    int (*load_record)(void *ctx, const char *kind, const char *id, int64_t revision,
                       const char *state);
    int (*load_departed)(void *ctx, int64_t revision, int part, const char *kind, const char *id,
                         const char *scope_json);
    int (*load_end)(void *ctx);
    int (*apply_row)(void *ctx, const struct change_row *row); /* all parts are known to be there */
    int (*apply_end)(void *ctx, int64_t revision, usec_t at);  /* a whole revision is in */
    /* The ledger was read and the replica holds all of it. at: its latest time; received: when that
     * was first read, monotonic. Both repeat when nothing later was committed, and then prove no
     * freshness. Also called after load_end. */
    void (*ledger_at)(void *ctx, usec_t at, usec_t received);
    /* An epoch opened at fork_revision: revisions of older epochs above it are lost. Only called
     * when the replica's own revision is not above it, or before a reload. 0 continue, 1 reload. */
    int (*new_epoch)(void *ctx, const char *epoch, int64_t fork_revision);
};

struct follower_counters {
    uint64_t loads, load_failures;
    uint64_t polls, notified;
    uint64_t revisions, rows;
    uint64_t epochs;       /* epoch changes seen while following */
    uint64_t gaps;         /* rows that were not the next whole revision: reloaded */
    uint64_t reloads;      /* for any reason */
    uint64_t ahead;        /* times the replica was found ahead of the ledger */
    uint64_t failed, lost; /* statements that ended so */
};

/* sink and ctx are borrowed for the follower's life. 0 or -ENOMEM. */
int follower_new(const struct follower_sink *sink, void *ctx, struct follower **ret) MUST_USE;
void follower_free(struct follower *f); /* NULL allowed */

struct sync_machine *follower_machine(struct follower *f);

/* Asks at once, whatever the ledger may hold. */
void follower_wake(struct follower *f);

/* The ledger holds this revision, as a NOTIFY would say: asks at once unless the replica has it. */
void follower_announce(struct follower *f, int64_t revision);

bool follower_loaded(const struct follower *f);       /* a load has ended at least once */
bool follower_ahead(const struct follower *f);        /* stop serving */
int follower_error(const struct follower *f);         /* the sink's fatal result, or 0 */
int64_t follower_revision(const struct follower *f);  /* applied; -1 before the first load */
const char *follower_epoch(const struct follower *f); /* "" before the first load */

/* The revision the ledger had when last read: what the replica is behind of. */
int64_t follower_ledger_revision(const struct follower *f);

/* No new ledger time for FOLLOWER_STALE, by receipt; also before the first load. */
bool follower_stale(const struct follower *f, usec_t now);

/* No new ledger time for FOLLOWER_HEARTBEAT, by receipt: send one (any worker may). */
bool follower_needs_heartbeat(const struct follower *f, usec_t now);

/* When the above will become true, if nothing comes; for a timer. */
usec_t follower_heartbeat_due(const struct follower *f);

const struct follower_counters *follower_counters(const struct follower *f);

/* SQLSTATE and message of the last statement that failed, for the log; "" when none did. */
const char *follower_last_sqlstate(const struct follower *f);
const char *follower_last_message(const struct follower *f);

#endif
