/* SPDX-License-Identifier: EUPL-1.2 */
/* Tables of answers as text/csv (RFC 4180), for spreadsheets: UTF-8 with its mark, lines ended by
 * CRLF, one header line of member names. Between semicolons numbers have a decimal comma, between
 * commas and tabs a point. A text that a spreadsheet would take for a formula is led by an
 * apostrophe. */
#ifndef HTTP_CSV_H
#define HTTP_CSV_H

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"
#include "proto/shape.h"

#define CSV_TYPE "text/csv; charset=utf-8"

/* One table of an operation's answer. */
struct csv_table {
    const char *operation, *name;
    const char *at;             /* the member of the answer with its rows, or its one row */
    const char *const *columns; /* paths within a row, "ages.min_months"; ended by NULL */
};

/* How a table was asked for. */
struct csv {
    const struct csv_table *table; /* NULL: it was not */
    char separator;
};

const struct csv_table *csv_table_at(size_t i); /* NULL past the end */

/* Whether an Accept names text/csv. */
bool csv_is_accepted(span accept);

#define CSV_REFUSED 1

/* Reads what the door itself takes of the query, `separator` (semicolon, comma, tab) and `table`,
 * and leaves the rest of it in *rest. *ret.table is NULL when the operation has no table. 0;
 * -ENOMEM; CSV_REFUSED with errors. */
int csv_read_query(span query, const char *operation, struct buf *rest, struct csv *ret,
                   struct shape_errors *errors) MUST_USE;

/* Writes the table of an answer (a JSON object). Columns that its first row has not are left out.
 * 0; -ENOMEM; -EBADMSG: no such answer. */
int csv_write(const struct csv *csv, span answer, struct buf *out) MUST_USE;

#endif
