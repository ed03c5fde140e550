/* SPDX-License-Identifier: EUPL-1.2 */
/* What a sync machine is to the database pump: statements out, rows in. The pump owns the
 * connection; the machine never sees it. */
#ifndef BASE_STATEMENT_H
#define BASE_STATEMENT_H

#include <stdbool.h>

#include "base/instant.h"
#include "base/result.h"

#define STATEMENT_PARAMS_MAX 8

struct statement {
    int query;       /* which of sync/sql.h; a model of the database dispatches on it */
    const char *sql; /* static text */
    /* true: one simple-protocol message, $1 replaced by the literal that libpq escapes (see
     * findings: a stalled client must not keep the writer lock). Only $1 is allowed then. */
    bool simple;
    int n_params;
    const char
        *param[STATEMENT_PARAMS_MAX]; /* text format, borrowed until sent; NULL is SQL NULL */
};

/* A result set, borrowed from whoever read it. */
struct rows {
    int n_rows;
    int n_cols;
    const void *source;
    const char *(*cell)(const void *source, int row, int col); /* text; NULL for SQL NULL */
};

static inline const char *rows_cell(const struct rows *r, int row, int col)
{
    return r->cell(r->source, row, col);
}

/* How a statement ended. */
enum statement_end {
    STATEMENT_DONE,   /* rows are there */
    STATEMENT_FAILED, /* the server refused it: sqlstate and message say why */
    STATEMENT_UNSURE, /* executed, but its durability is not certain (cancelled synchronous wait) */
    STATEMENT_LOST,   /* the connection ended before the answer: outcome unknown */
};

struct statement_result {
    enum statement_end end;
    struct rows rows;     /* when DONE or UNSURE */
    const char *sqlstate; /* when FAILED, five characters */
    const char *message;  /* when FAILED or LOST, for the log */
};

/* A machine that talks on one connection. All `now` are monotonic µs. */
struct sync_machine;

struct sync_machine_ops {
    void (*ready)(struct sync_machine *m, usec_t now); /* connection is up, nothing in flight */
    void (*lost)(struct sync_machine *m, usec_t now);  /* connection is gone */
    /* The next statement to send, only asked while none is in flight: 1 filled, 0 none now. */
    int (*next)(struct sync_machine *m, usec_t now, struct statement *ret);
    void (*result)(struct sync_machine *m, usec_t now, const struct statement_result *result);
    /* A NOTIFY arrived, payload "" when it had none; borrowed. May be NULL. */
    void (*notified)(struct sync_machine *m, usec_t now, const char *payload);
    void (*tick)(struct sync_machine *m, usec_t now);
    usec_t (*deadline)(const struct sync_machine *m);
};

struct sync_machine {
    const struct sync_machine_ops *ops;
};

#endif
