/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/csv.h"

#include <jansson.h>

#include "http/field.h"

#define LISTED(...)                                                                                \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }
#define OCCUPANCY_COUNTS                                                                           \
    "units", "stale", "never_declared", "authorised", "open", "occupied", "held", "closed",        \
        "emergency_reserved", "free", "free_planned"
#define DAY_COUNTS                                                                                 \
    "units", "never_declared", "authorised", "open", "occupied", "vacant", "over", "closed"

/* The first of an operation is the one that is meant when none is named. */
static const struct csv_table tables[] = {
    {"occupancy", "rows", "rows",
     LISTED("territory", "establishment_kind", "modality", "ages.min_months", "ages.max_months",
            OCCUPANCY_COUNTS)},
    {"occupancy", "total", "total", LISTED(OCCUPANCY_COUNTS)},
    {"occupancy.history", "series", "series",
     LISTED("at", "units", "fresh", "open", "occupied", "held", "free")},
    {"place_days", "rows", "rows",
     LISTED("territory", "establishment_kind", "modality", "establishment", "establishment_name",
            DAY_COUNTS)},
    {"place_days", "total", "total", LISTED(DAY_COUNTS)},
    {"equipment", "rows", "rows",
     LISTED("territory", "population", "units", "authorised", "open", "authorised_rate",
            "open_rate")},
    {"alert.list", "alerts", "alerts",
     LISTED("id", "territory", "establishment_kind", "modality", "ages.min_months",
            "ages.max_months", "percent", "units", "open", "occupied", "active", "active_since",
            "or_earlier")},
    {"journal.statistics", "unmet", "unmet",
     LISTED("territory", "profile.age", "profile.sex", "profile.siblings", "profile.emergency",
            "needs")},
    {"journal.statistics", "refusals", "refusals", LISTED("unit", "code", "age", "n")},
    {"journal.statistics", "delays", "delays",
     LISTED("decision_to_arrival_s.p50", "decision_to_arrival_s.p90", "decision_to_arrival_s.n")},
};

const struct csv_table *csv_table_at(size_t i)
{
    return i < ARRAY_LENGTH(tables) ? &tables[i] : NULL;
}

bool csv_is_accepted(span accept)
{
    span element;
    while (accept.p != NULL && field_next(&accept, &element)) {
        const char *end = memchr(element.p, ';', element.n);
        size_t n = end != NULL ? (size_t)(end - element.p) : element.n;
        if (field_is(field_trim((span){element.p, n}), "text/csv"))
            return true;
    }
    return false;
}

/* name NULL: the first. */
static const struct csv_table *find(const char *operation, span name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(tables); i++)
        if (strcmp(tables[i].operation, operation) == 0 &&
            (name.p == NULL || span_is(name, tables[i].name)))
            return &tables[i];
    return NULL;
}

/* The value of name=value; p NULL: another name. */
static span value_of(span part, const char *name)
{
    size_t n = strlen(name);
    bool is = part.n > n && memcmp(part.p, name, n) == 0 && part.p[n] == '=';
    return is ? (span){part.p + n + 1, part.n - n - 1} : (span){0};
}

static char separator_of(span name)
{
    static const struct {
        const char *name;
        char separator;
    } separators[] = {{"semicolon", ';'}, {"comma", ','}, {"tab", '\t'}};
    for (size_t i = 0; i < ARRAY_LENGTH(separators); i++)
        if (span_is(name, separators[i].name))
            return separators[i].separator;
    return '\0';
}

int csv_read_query(span query, const char *operation, struct buf *rest, struct csv *ret,
                   struct shape_errors *errors)
{
    struct csv csv = {find(operation, (span){0}), ';'};
    for (span left = query; csv.table != NULL && left.n > 0;) {
        const char *end = memchr(left.p, '&', left.n);
        span part = {left.p, end != NULL ? (size_t)(end - left.p) : left.n};
        span separator = value_of(part, "separator"), table = value_of(part, "table");
        left = end != NULL ? (span){end + 1, left.n - part.n - 1} : (span){0};
        if (separator.p != NULL && (csv.separator = separator_of(separator)) == '\0')
            shape_refuse(errors, "/separator", SHAPE_NOT_ONE_OF);
        if (table.p != NULL && find(operation, table) == NULL)
            shape_refuse(errors, "/table", SHAPE_NOT_ONE_OF);
        else if (table.p != NULL)
            csv.table = find(operation, table);
        if (separator.p != NULL || table.p != NULL)
            continue;
        buf_text(rest, rest->n > 0 ? "&" : "");
        buf_add(rest, part);
    }
    if (rest->failed)
        return -ENOMEM;
    *ret = csv;
    return errors->n > 0 ? CSV_REFUSED : 0;
}

/* NULL: it is not there. */
static const json_t *member_at(const json_t *row, const char *path)
{
    char name[64];
    const char *dot = strchr(path, '.');
    if (dot == NULL)
        return json_object_get(row, path);
    snprintf(name, sizeof name, "%.*s", (int)(dot - path), path);
    return json_object_get(json_object_get(row, name), dot + 1);
}

/* Quoted where it must be. A formula would be computed where the table is opened: what begins like
 * one becomes a text. */
static void write_text(const struct csv *csv, const char *text, struct buf *out)
{
    const char special[] = {csv->separator, '"', '\r', '\n', '\0'};
    bool formula = *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
    bool quoted = strpbrk(text, special) != NULL;
    buf_text(out, quoted ? "\"" : "");
    buf_text(out, formula ? "'" : "");
    for (; *text != '\0'; text++) {
        if (*text == '"')
            buf_char(out, '"');
        buf_char(out, *text);
    }
    buf_text(out, quoted ? "\"" : "");
}

static void write_number(const struct csv *csv, const json_t *number, struct buf *out)
{
    char text[32];
    if (json_is_integer(number)) {
        buf_int(out, json_integer_value(number));
        return;
    }
    snprintf(text, sizeof text, "%.12g", json_real_value(number));
    for (char *c = text; *c != '\0'; c++)
        buf_char(out, *c == '.' && csv->separator == ';' ? ',' : *c);
}

static void write_cell(const struct csv *csv, const json_t *value, struct buf *out)
{
    if (json_is_string(value))
        write_text(csv, json_string_value(value), out);
    else if (json_is_number(value))
        write_number(csv, value, out);
    else if (json_is_boolean(value))
        buf_text(out, json_is_true(value) ? "true" : "false");
    /* null is an empty cell */
}

/* row NULL: the header. Columns that `first` has not are left out. */
static void write_line(const struct csv *csv, const json_t *row, const json_t *first,
                       struct buf *out)
{
    bool any = false;
    for (const char *const *column = csv->table->columns; *column != NULL; column++) {
        if (first != NULL && member_at(first, *column) == NULL)
            continue;
        if (any)
            buf_char(out, csv->separator);
        if (row == NULL)
            buf_text(out, *column);
        else
            write_cell(csv, member_at(row, *column), out);
        any = true;
    }
    buf_text(out, "\r\n");
}

int csv_write(const struct csv *csv, span answer, struct buf *out)
{
    json_t *json = json_loadb(answer.p, answer.n, 0, NULL);
    const json_t *rows = json_object_get(json, csv->table->at), *row;
    size_t i;
    if (!json_is_array(rows) && !json_is_object(rows)) {
        json_decref(json);
        return -EBADMSG;
    }
    const json_t *first = json_is_array(rows) ? json_array_get(rows, 0) : rows;
    buf_text(out, "\xef\xbb\xbf");
    write_line(csv, NULL, first, out);
    if (json_is_object(rows))
        write_line(csv, rows, first, out);
    else
        json_array_foreach (rows, i, row)
            write_line(csv, row, first, out);
    json_decref(json);
    return buf_check(out);
}
