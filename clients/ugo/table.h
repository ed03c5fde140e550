/* SPDX-License-Identifier: EUPL-1.2 */
/* A table that fits the terminal: columns that may be cut are cut, then the least important are
 * left out. What must be copied (an id) is never cut. */
#ifndef UGO_TABLE_H
#define UGO_TABLE_H

#include "clients/ugo/screen.h"

struct column {
    const char *head;
    bool right; /* aligned: numbers */
    int least;  /* 0: never cut; else it may be cut down to this many columns */
    int drop;   /* 0: never left out; else the highest goes first, and 1 only for want of room */
};

#define TABLE_COLUMNS_MAX 12

struct table {
    struct screen *screen;
    const struct column *columns;
    size_t n_columns;
    const char **cells; /* in the screen's words */
    size_t n_rows, room;
};

void table_begin(struct table *t, struct screen *s, const struct column *columns, size_t n);
/* A line of its own among the rows, from the second column on. */
void table_heading(struct table *t, const char *text);
/* Texts must live as long as the screen's words; NULL is empty. */
void table_row(struct table *t, const char *const *cells);
void table_print(const struct table *t);

#endif
