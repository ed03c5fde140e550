/* SPDX-License-Identifier: EUPL-1.2 */
#include "sync/cell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cell_int(const struct rows *rows, int row, int col, int64_t *ret)
{
    if (row >= rows->n_rows || col >= rows->n_cols)
        return false;
    const char *text = rows_cell(rows, row, col);
    if (text == NULL || !(*text == '-' || (*text >= '0' && *text <= '9')))
        return false;
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0' || end == text)
        return false;
    *ret = value;
    return true;
}

bool cell_text(const struct rows *rows, int row, int col, char *ret, size_t room)
{
    const char *text = row < rows->n_rows && col < rows->n_cols ? rows_cell(rows, row, col) : NULL;
    size_t n = text != NULL ? strlen(text) : room;
    if (n >= room)
        return false;
    memcpy(ret, text, n + 1);
    return true;
}

void cell_print(int64_t value, char *ret, size_t room)
{
    snprintf(ret, room, "%" PRId64, value);
}
