/* SPDX-License-Identifier: EUPL-1.2 */
/* Cells of a result read as what they should be. */
#ifndef SYNC_CELL_H
#define SYNC_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/statement.h"

/* A whole decimal int64. False when it is anything else; *ret is then untouched. */
bool cell_int(const struct rows *rows, int row, int col, int64_t *ret);

/* A copy of a text that must fit with its terminator. False when NULL or too long. */
bool cell_text(const struct rows *rows, int row, int col, char *ret, size_t room);

/* The decimal text of value, for a parameter; room of 24 always suffices. */
void cell_print(int64_t value, char *ret, size_t room);

#endif
