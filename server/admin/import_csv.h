/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of a text separated by semicolons. A field may stand in double quotes, a quote inside it is
 * doubled; a field ends on its own line, so that one lost quote cannot swallow the rest of a file.
 * Pure. */
#ifndef ADMIN_IMPORT_CSV_H
#define ADMIN_IMPORT_CSV_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

#define CSV_FIELDS_MAX 64
#define CSV_FIELD_LENGTH_MAX 8192 /* bytes */

enum csv_outcome {
    CSV_END = 1,
    CSV_UNCLOSED_QUOTE,
    CSV_TOO_MANY_FIELDS,
    CSV_FIELD_TOO_LONG,
};

struct csv {
    span rest;
    int line;       /* of the row last read, from 1 */
    struct buf row; /* its fields, one after another */
    int n_fields;
    size_t start[CSV_FIELDS_MAX + 1];
};

void csv_open(struct csv *c, span text);
void csv_close(struct csv *c);

/* Reads the next row that is not blank. 0, -ENOMEM, or one of enum csv_outcome. */
int csv_next(struct csv *c) MUST_USE;

/* Field i of the row last read, without surrounding blanks; empty when i is negative or beyond. */
span csv_field(const struct csv *c, int i);

/* Reads a header row into column: column[i] is where names[i] stands, or -1. A name ending in "*"
 * must be there. 0; -ENOMEM; CSV_END on an empty text; CSV_HEADER_* with *ret_name (borrowed from
 * names, or from the row for an unknown or doubled column). */
enum {
    CSV_HEADER_MISSING = 16, /* a required column is absent */
    CSV_HEADER_DOUBLED,      /* the same column twice */
    CSV_HEADER_UNKNOWN,      /* a column that this format does not have */
};
int csv_header(struct csv *c, const char *const *names, int n, int *column,
               span *ret_name) MUST_USE;

#endif
