/* SPDX-License-Identifier: EUPL-1.2 */
/* Tests of the machines: a scripted pump. Rows are tables of texts; time is a number. */
#ifndef SYNC_SCRIPT_FIXTURE_H
#define SYNC_SCRIPT_FIXTURE_H

#include <stddef.h>

#include "base/statement.h"
#include "sync/sql.h"

struct script_rows {
    int n_rows, n_cols;
    const char *const *cells; /* row by row */
};

static inline const char *script_cell(const void *source, int row, int col)
{
    const struct script_rows *s = source;
    return s->cells[row * s->n_cols + col];
}

static inline struct rows script_as_rows(const struct script_rows *s)
{
    return (struct rows){s->n_rows, s->n_cols, s, script_cell};
}

/* The statement the machine wants to send: its query, or -1. */
static inline int script_next(struct sync_machine *m, usec_t now, struct statement *ret)
{
    struct statement s = {0};
    if (m->ops->next(m, now, &s) == 0)
        return -1;
    *ret = s;
    return s.query;
}

static inline void script_done(struct sync_machine *m, usec_t now, int n_cols, int n_rows,
                               const char *const *cells)
{
    struct script_rows s = {n_rows, n_cols, cells};
    struct statement_result r = {.end = STATEMENT_DONE, .rows = script_as_rows(&s)};
    m->ops->result(m, now, &r);
}

static inline void script_end(struct sync_machine *m, usec_t now, enum statement_end end,
                              const char *sqlstate)
{
    struct statement_result r = {.end = end, .sqlstate = sqlstate, .message = "scripted"};
    m->ops->result(m, now, &r);
}

/* As a pump does when the connection goes while a statement is in flight. */
static inline void script_cut(struct sync_machine *m, usec_t now)
{
    script_end(m, now, STATEMENT_LOST, NULL);
    m->ops->lost(m, now);
}

#endif
