/* SPDX-License-Identifier: EUPL-1.2 */
/* A table with a header, read row by row: what all our CSV formats share. Pure. */
#ifndef ADMIN_IMPORT_TABLE_H
#define ADMIN_IMPORT_TABLE_H

#include "admin/import.h"
#include "admin/import_csv.h"

struct import_table {
    const char *const *columns; /* as csv_header takes them */
    int n;                      /* at most CSV_FIELDS_MAX */
    /* One row; at[i] is the field of columns[i]. 0, -ENOMEM or IMPORT_REFUSED. */
    int (*row)(void *owner, const struct csv *c, const int *at);
};

/* Checks the encoding, the header and each row's width, and calls row for each. Same results as
 * row. Counts "lines"; the caller ends with import_end. */
int import_table_read(const struct import_table *t, span file, struct import *im,
                      void *owner) MUST_USE;

#endif
