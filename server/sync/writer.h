/* SPDX-License-Identifier: EUPL-1.2 */
/* The writer: commands in, outcomes out, one batch in flight. A batch is whatever queued meanwhile,
 * sent as one simple statement with no delay timer.
 *
 * A lost connection leaves the batch in flight unknown: its commands are sent again, first and in
 * the same order, with the same idempotency keys, so the database answers what it answered then. A
 * command older than command_wait fails: `unavailable` when it certainly had no effect,
 * `unknown_outcome` when it may have had one; it is then not sent again, and a late answer is
 * dropped and counted.
 *
 * When the writer lock is not to be had (lock_timeout), sessions of our own role that hold it while
 * waiting for a stalled client are ended before the next try. */
#ifndef SYNC_WRITER_H
#define SYNC_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/statement.h"

#define WRITER_FULL 1 /* the queue is full: answer too_many_requests or unavailable */

struct writer; /* starts with its struct sync_machine */

struct writer_limits {   /* 0 takes the default */
    size_t queue;        /* commands accepted and not yet answered; 4096 */
    size_t batch;        /* commands a batch; 64 */
    size_t batch_bytes;  /* a batch ends past it; 1 MiB */
    size_t spare;        /* journal entries not yet written; 4096 */
    size_t batch_spare;  /* of these in a batch; 2: what a command may have to wait for, */
    usec_t spare_gap;    /* … and how rarely, µs; 10 ms */
    usec_t command_wait; /* µs; 10 s */
};

struct writer_counters {
    uint64_t submitted, refused_full;
    uint64_t batches, heartbeats;
    uint64_t batch_commands;                  /* commands sent in batches, repetitions counted */
    uint64_t resent;                          /* commands sent again after a loss */
    uint64_t answered;                        /* outcomes that the database gave */
    uint64_t lost, unsure, failed, transient; /* statements that ended so */
    uint64_t singled;                         /* commands run one by one after a failed batch */
    uint64_t unavailable, unknown_outcome, internal;
    uint64_t late;      /* answers to commands already given up */
    uint64_t unblocked; /* sessions ended that held the writer lock and did nothing */
    uint64_t spare_submitted, spare_written;
    uint64_t spare_dropped; /* no room for them, or refused by the database */
    uint64_t unusable;      /* results of apply_batch that are not what the schema promises */
};

/* What became of a command. Texts are borrowed until the next writer_outcome. */
struct outcome {
    uint64_t ticket;
    const char *type;   /* "ok", or an error type of the protocol */
    int64_t revision;   /* that the command made or was answered from; -1 none */
    int64_t ledger;     /* revision of the ledger after the batch; -1 when it did not answer */
    const char *epoch;  /* of the ledger when answered; NULL when the database did not answer */
    const char *errors; /* JSON array [{"pointer","detail"}], or NULL */
    const char *detail; /* a code that says more of the type, or NULL */
    const char *answer; /* JSON object: what the command made, or what it could not; NULL none */
    const char *reply;  /* the database's whole reply, JSON object, or NULL */
    usec_t now;         /* logical time: of the reply when it says one, else of its batch; 0 none */
    bool replayed;      /* an earlier answer to the same idempotency key */
    const char *sqlstate; /* of the refusal behind an `internal` (or, after a loss, behind an
                             `unknown_outcome`); NULL otherwise */
};

/* limits NULL: all defaults. 0 or -ENOMEM. */
int writer_new(const struct writer_limits *limits, struct writer **ret) MUST_USE;
void writer_free(struct writer *w); /* NULL allowed; outcomes not yet popped are dropped */

struct sync_machine *writer_machine(struct writer *w);

/* Takes one command, a JSON object as apply_batch expects it (n bytes from malloc; key included).
 * The ticket comes back with its outcome; the writer gives it no meaning. 0; WRITER_FULL; -ENOMEM.
 * command_json is taken on 0 only. Ask the pump to go on afterwards. */
int writer_submit(struct writer *w, usec_t now, uint64_t ticket, char *command_json,
                  size_t n) MUST_USE;

/* Takes one command whose outcome nobody waits for (an entry of the journal). It goes with a batch
 * that has room behind its commands, or a few by themselves when nothing else is to be sent; it
 * waits as long as the database is away, and is sent again when that is not known, with its key. 0;
 * WRITER_FULL: not taken, counted as dropped. Ask the pump to go on afterwards. */
int writer_submit_spare(struct writer *w, char *command_json, size_t n) MUST_USE;

/* Pops the next outcome: false when there is none. Outcomes come in the order the database ran the
 * commands, those that failed by time between them. */
bool writer_outcome(struct writer *w, struct outcome *ret);

/* Sends an empty batch, which moves the ledger's time, unless a batch is in flight, waiting or just
 * answered, or the connection is down (all of which make it needless or impossible). True when one
 * will be sent; ask the pump to go on then. */
bool writer_heartbeat(struct writer *w, usec_t now);

size_t writer_waiting(const struct writer *w); /* commands not yet answered */
size_t writer_spare(const struct writer *w);   /* entries not yet written */
bool writer_connected(const struct writer *w);
const struct writer_counters *writer_counters(const struct writer *w);

/* SQLSTATE and message of the last statement that failed, for the log; "" when none did. */
const char *writer_last_sqlstate(const struct writer *w);
const char *writer_last_message(const struct writer *w);

#endif
