/* SPDX-License-Identifier: EUPL-1.2 */
#include "sync/history_rows.h"

#include "sync/cell.h"

bool ledger_read(const struct rows *rows, usec_t received, struct ledger_row *ret)
{
    struct ledger_row l = {.received = received};
    if (rows->n_rows < 1 || rows->n_cols < 3 || !cell_text(rows, 0, 0, l.epoch, sizeof l.epoch) ||
        !cell_int(rows, 0, 1, &l.revision) || !cell_int(rows, 0, 2, &l.at))
        return false;
    *ret = l;
    return true;
}

bool change_read(const struct rows *rows, int row, struct change_row *ret)
{
    int64_t part, parts;
    struct change_row c = {
        .actor = rows_cell(rows, row, 7),
        .operation = rows_cell(rows, row, 8),
        .kind = rows_cell(rows, row, 9),
        .id = rows_cell(rows, row, 10),
        .state = rows_cell(rows, row, 11),
    };
    if (!cell_int(rows, row, 3, &c.revision) || !cell_int(rows, row, 4, &part) ||
        !cell_int(rows, row, 5, &parts) || !cell_int(rows, row, 6, &c.at) || c.actor == NULL ||
        c.operation == NULL || c.kind == NULL || c.id == NULL || parts < 1 || parts > INT32_MAX)
        return false;
    c.part = (int)part;
    c.parts = (int)parts;
    *ret = c;
    return true;
}

int revision_rows(const struct rows *rows, int row, int64_t revision)
{
    struct change_row c;
    int parts = 0;
    do {
        if (row + parts >= rows->n_rows || !change_read(rows, row + parts, &c) ||
            c.revision != revision || c.part != parts + 1)
            return 0;
        parts++;
    } while (parts < c.parts);
    return parts;
}
