/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of changes as the database gives them (DESK_HISTORY), written as their readers may see them.
 */
#ifndef API_CHANGE_ROW_H
#define API_CHANGE_ROW_H

#include "api/desk.h"
#include "base/statement.h"

/* Their columns. */
enum {
    CHANGE_REVISION,
    CHANGE_PART,
    CHANGE_AT,
    CHANGE_ACTOR,
    CHANGE_OPERATION,
    CHANGE_KIND,
    CHANGE_ID,
    CHANGE_STATE,
    CHANGE_ESTABLISHMENT,
    CHANGE_TERRITORY
};

/* {"revision":…,"record":…} of a kind of record. 0 written; 1: not for this viewer, and what was
 * written is to be dropped; -ENOMEM. */
int change_write(struct desk *d, struct call *c, const struct rows *rows, int row,
                 struct buf *out) MUST_USE;

/* The same up to `"record":`. */
void change_head(const struct rows *rows, int row, struct buf *out);

/* A cursor "revision.part". */
bool change_cursor(const char *cursor, int64_t *ret_revision, int64_t *ret_part);

#endif
