/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/import_table.h"

#include "admin/import_text.h"

int import_table_read(const struct import_table *t, span file, struct import *im, void *owner)
{
    struct buf mended CLEANUP(buf_free) = {0};
    struct csv c CLEANUP(csv_close);
    int at[CSV_FIELDS_MAX], line = 0, width, r;
    span name = {"", 0};

    csv_open(&c, (span){"", 0});
    r = text_check(file, &line);
    if (r != 0)
        return import_refuse_text(im, r, line);
    r = text_mend(text_without_mark(file), &mended, &c.rest);
    if (r != 0)
        return r;
    r = csv_header(&c, t->columns, t->n, at, &name);
    if (r != 0)
        return import_refuse_csv(im, r, c.line, name);
    width = c.n_fields;
    while ((r = csv_next(&c)) == 0) {
        if (c.n_fields != width)
            return import_refuse(im, c.line, "wrong_column_count", (span){"", 0});
        import_count(im, "lines", 1);
        r = t->row(owner, &c, at);
        if (r != 0)
            return r;
    }
    return r == CSV_END ? 0 : import_refuse_csv(im, r, c.line, (span){"", 0});
}
