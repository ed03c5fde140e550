/* SPDX-License-Identifier: EUPL-1.2 */
/* The reader: questions that memory cannot answer (pages of history, a past moment, one row of the
 * log, the ledger itself), one at a time from a bounded queue. A read lost with its connection is
 * sent again until its time is up. */
#ifndef SYNC_READER_H
#define SYNC_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/statement.h"
#include "sync/sql.h"

#define READER_FULL 1 /* the queue is full */

struct reader; /* starts with its struct sync_machine */

enum read_end {
    READ_DONE,        /* rows are there */
    READ_FAILED,      /* the database refused it: sqlstate and message say why */
    READ_UNAVAILABLE, /* no answer in time */
};

struct read_answer {
    uint64_t ticket;
    enum query query;
    enum read_end end;
    struct rows rows;     /* when DONE; borrowed for the call; n_rows 0 otherwise */
    const char *sqlstate; /* when FAILED */
    const char *message;  /* when FAILED */
};

/* Called once for each accepted read, from within the machine's result or tick. It may submit. */
typedef void (*reader_answer)(void *ctx, const struct read_answer *answer);

struct reader_limits { /* 0 takes the default */
    size_t queue;      /* reads accepted and not yet answered; 256 */
    usec_t timeout;    /* from submission to the answer, µs; 10 s */
};

struct reader_counters {
    uint64_t submitted, refused_full, done, failed, unavailable, resent, late;
};

/* limits NULL: all defaults. ctx is borrowed. 0 or -ENOMEM. */
int reader_new(const struct reader_limits *limits, reader_answer answer, void *ctx,
               struct reader **ret) MUST_USE;
void reader_free(struct reader *r); /* NULL allowed; reads not yet answered are dropped silently */

struct sync_machine *reader_machine(struct reader *r);

/* Asks query with its params (text or NULL each, copied; as many as the query has, see sql.h). 0;
 * READER_FULL; -ENOMEM. Ask the pump to go on afterwards. */
int reader_submit(struct reader *r, usec_t now, uint64_t ticket, enum query query,
                  const char *const *params) MUST_USE;

size_t reader_waiting(const struct reader *r);
const struct reader_counters *reader_counters(const struct reader *r);

#endif
