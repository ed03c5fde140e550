/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/import_csv.h"

void csv_open(struct csv *c, span text)
{
    *c = (struct csv){.rest = text};
}

void csv_close(struct csv *c)
{
    buf_free(&c->row);
}

static span take_line(struct csv *c)
{
    const char *end = memchr(c->rest.p, '\n', c->rest.n);
    span line = {c->rest.p, end != NULL ? (size_t)(end - c->rest.p) : c->rest.n};
    size_t taken = line.n + (end != NULL);

    c->rest = (span){c->rest.p + taken, c->rest.n - taken};
    c->line++;
    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

/* Copies the field at *at into the row and moves *at behind it, onto its separator or the end. */
static int take_field(struct csv *c, span line, size_t *at)
{
    size_t i = *at;
    size_t before = c->row.n;

    if (i < line.n && line.p[i] == '"') {
        for (i++;; i++) {
            if (i >= line.n)
                return CSV_UNCLOSED_QUOTE;
            if (line.p[i] == '"') {
                if (i + 1 >= line.n || line.p[i + 1] != '"')
                    break;
                i++;
            }
            buf_char(&c->row, line.p[i]);
        }
        i++;
        if (i < line.n && line.p[i] != ';')
            return CSV_UNCLOSED_QUOTE;
    } else {
        size_t n = 0;

        while (i + n < line.n && line.p[i + n] != ';')
            n++;
        buf_add(&c->row, (span){line.p + i, n});
        i += n;
    }
    *at = i;
    return c->row.n - before > CSV_FIELD_LENGTH_MAX ? CSV_FIELD_TOO_LONG : 0;
}

static int take_fields(struct csv *c, span line)
{
    size_t at = 0;

    buf_reset(&c->row);
    c->n_fields = 0;
    for (;;) {
        int r = take_field(c, line, &at);

        if (r != 0)
            return r;
        c->start[++c->n_fields] = c->row.n;
        if (at >= line.n)
            return buf_check(&c->row);
        if (c->n_fields == CSV_FIELDS_MAX)
            return CSV_TOO_MANY_FIELDS;
        at++; /* the separator; a field follows it, be it empty */
    }
}

int csv_next(struct csv *c)
{
    while (c->rest.n > 0) {
        span line = take_line(c);
        bool blank = true;

        for (size_t i = 0; i < line.n && blank; i++)
            blank = line.p[i] == ' ' || line.p[i] == '\t';
        if (!blank)
            return take_fields(c, line);
    }
    return CSV_END;
}

span csv_field(const struct csv *c, int i)
{
    span f;

    if (i < 0 || i >= c->n_fields || c->row.p == NULL)
        return (span){"", 0};
    f = (span){c->row.p + c->start[i], c->start[i + 1] - c->start[i]};
    while (f.n > 0 && (*f.p == ' ' || *f.p == '\t')) {
        f.p++;
        f.n--;
    }
    while (f.n > 0 && (f.p[f.n - 1] == ' ' || f.p[f.n - 1] == '\t'))
        f.n--;
    return f;
}

static span plain_name(const char *name, bool *ret_required)
{
    size_t n = strlen(name);

    *ret_required = n > 0 && name[n - 1] == '*';
    return (span){name, n - *ret_required};
}

int csv_header(struct csv *c, const char *const *names, int n, int *column, span *ret_name)
{
    int r = csv_next(c);

    if (r != 0)
        return r;
    for (int i = 0; i < n; i++)
        column[i] = -1;
    for (int f = 0; f < c->n_fields; f++) {
        span field = csv_field(c, f);
        int found = -1;
        bool required;

        for (int i = 0; i < n && found < 0; i++)
            if (span_equals(field, plain_name(names[i], &required)))
                found = i;
        *ret_name = field;
        if (found < 0)
            return CSV_HEADER_UNKNOWN;
        if (column[found] >= 0)
            return CSV_HEADER_DOUBLED;
        column[found] = f;
    }
    for (int i = 0; i < n; i++) {
        bool required;
        span name = plain_name(names[i], &required);

        if (required && column[i] < 0) {
            *ret_name = name;
            return CSV_HEADER_MISSING;
        }
    }
    return 0;
}
