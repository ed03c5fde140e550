/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of the ledger and of the history as the statements of sync/sql.h give them. */
#ifndef SYNC_HISTORY_ROWS_H
#define SYNC_HISTORY_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/statement.h"
#include "sync/follower.h"

#define EPOCH_ROOM 65

/* A position of the ledger, and when (monotonic) it was read. */
struct ledger_row {
    char epoch[EPOCH_ROOM];
    int64_t revision;
    usec_t at, received;
};

/* The first columns of QUERY_LEDGER and QUERY_FOLLOW: epoch, revision, at. False: not such a row.
 */
bool ledger_read(const struct rows *rows, usec_t received, struct ledger_row *ret);

/* One row of QUERY_FOLLOW, its texts borrowed. False: not such a row (NULLs: no change). */
bool change_read(const struct rows *rows, int row, struct change_row *ret);

/* How many rows from `row` on are the whole of `revision`; 0 when it is not there or not whole. */
int revision_rows(const struct rows *rows, int row, int64_t revision);

#endif
