/* SPDX-License-Identifier: EUPL-1.2 */
/* occupancy.history, place_days: what the counts of units were over a time, read and summed by the
 * database, for the territories that the caller's figures are about. */
#include <stdlib.h>

#include "api/filter_read.h"
#include "api/operation.h"
#include "base/statement.h"
#include "core/day.h"
#include "proto/format.h"
#include "proto/limits.h"

static const char *const steps[] = {"hour", "day", "week", "month"};
static const char *const keys[] = {"territory", "establishment_kind", "modality", "establishment"};
static const struct shape key_element = {NULL, SHAPE_CODE, .one_of = keys,
                                         .n_one_of = ARRAY_LENGTH(keys)};

/* Of which units. */
#define MEMBERS_OF_UNITS                                                                           \
    {"territory", SHAPE_TEXT, .format = format_territory},                                         \
        {"establishment_kind", SHAPE_TEXT, .format = format_code},                                 \
    {                                                                                              \
        "modality", SHAPE_CODE, .one_of = modality_codes, .n_one_of = MODALITY_COUNT               \
    }

const struct shape occupancy_history_params[] = {
    {"from", SHAPE_TEXT, .required = true, .format = format_instant},
    {"to", SHAPE_TEXT, .format = format_instant},
    {"step", SHAPE_CODE, .required = true, .one_of = steps, .n_one_of = ARRAY_LENGTH(steps)},
    MEMBERS_OF_UNITS,
    MEMBER_AFTER,
    {0},
};

const struct shape place_days_params[] = {
    {"from", SHAPE_TEXT, .required = true, .format = format_date},
    {"to", SHAPE_TEXT, .required = true, .format = format_date},
    {"by", SHAPE_ARRAY, .min = 1, .max = ARRAY_LENGTH(keys), .element = &key_element},
    MEMBERS_OF_UNITS,
    {"cursor", SHAPE_TEXT, .format = format_cursor},
    MEMBER_AFTER,
    {0},
};

/* The points of a series are at most POINTS_MOST; the clocks may make a day an hour longer, which
 * changes nothing, as there is a point at each end. */
#define POINTS_MOST 400
static const usec_t step_least[] = {USEC_HOUR, 24 * USEC_HOUR, 7 * 24 * USEC_HOUR,
                                    28 * 24 * USEC_HOUR};

/* What both ask of the database first: the root whose calendar counts (NULL: any that all agree
 * on), and the codes of the territories, as an array. */
struct about {
    const char *root;
    struct buf codes;
};

static void about_clear(struct about *a)
{
    buf_free(&a->codes);
}

/* Checks the territory; refuses others in errors. 0 or -ENOMEM. */
static int about_read(struct desk *d, const struct call *c, struct shape_errors *errors,
                      struct about *ret)
{
    const char *code = shape_text(c->params, "territory");
    const struct territory *within = NULL;
    if (code != NULL && (within = replica_territory(d->replica, span_of(code))) == NULL)
        shape_refuse(errors, "/territory", "unknown_reference");
    if (within != NULL)
        ret->root = within->root->code;
    else if (c->viewer->n_territories > 0)
        ret->root = c->viewer->roots[0]->code;
    size_t cursor = 0;
    buf_char(&ret->codes, '{'); /* codes need no quotes */
    for (struct map_slot *at;
         (at = map_next(&d->replica->live->territories.by_code, &cursor)) != NULL;) {
        const struct territory *t = at->value;
        struct scope_members scope = {.kind = RECORD_UNIT, .establishment = "", .territory = t};
        if (viewer_covers(c->viewer, scope) && (within == NULL || territory_within(t, within)))
            buf_printf(&ret->codes, "%s%s", ret->codes.n > 1 ? "," : "", t->code);
    }
    buf_add(&ret->codes, (span){"}", 2}); /* with its terminator */
    return buf_check(&ret->codes);
}

/* A row of NULLs says that the history does not reach so far back. */
static bool refused_before_history(struct call *c, const struct rows *rows, int column)
{
    struct shape_errors errors = {0};
    if (rows->n_rows != 1 || rows_cell(rows, 0, column) != NULL)
        return false;
    shape_refuse(&errors, "/from", "before_history");
    call_refuse_params(c, &errors);
    return true;
}

static void cells_write(const struct rows *rows, int row, int first, const char *const *names,
                        size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s\"%s\":%s", i ? "," : "", names[i],
                   rows_cell(rows, row, first + (int)i));
}

static int step_of(const struct call *c)
{
    const char *step = shape_text(c->params, "step");
    for (size_t i = 0; i < ARRAY_LENGTH(steps); i++)
        if (strcmp(step, steps[i]) == 0)
            return (int)i;
    return 0;
}

int run_occupancy_history(struct desk *d, usec_t now, struct call *c)
{
    struct shape_errors errors = {0};
    CLEANUP(about_clear) struct about about = {0};
    usec_t at = replica_now(d->replica, now);
    usec_t from = shape_instant(c->params, "from", 0), to = shape_instant(c->params, "to", at);
    int step = step_of(c);
    int r = about_read(d, c, &errors, &about);
    if (r < 0)
        return r;
    if (from > at)
        shape_refuse(&errors, "/from", "in_the_future");
    else if (to < from)
        shape_refuse(&errors, "/to", "before_from");
    to = to < at ? to : at;
    if (errors.n == 0 && (to - from) / step_least[step] >= POINTS_MOST)
        shape_refuse(&errors, "/step", "too_fine");
    if (errors.n > 0) {
        call_refuse_params(c, &errors);
        return 0;
    }
    char first[24], last[24];
    snprintf(first, sizeof first, "%lld", (long long)from);
    snprintf(last, sizeof last, "%lld", (long long)to);
    return desk_ask(d, now, c, DESK_OCCUPANCY_HISTORY,
                    (const char *const[]){
                        about.root, about.codes.p, shape_text(c->params, "establishment_kind"),
                        shape_text(c->params, "modality"), first, last, steps[step]},
                    7);
}

/* Rows: zone, at, and the counts. */
int rows_occupancy_history(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    static const char *const names[] = {"units", "fresh", "open", "occupied", "held", "free"};
    if (refused_before_history(c, rows, 1))
        return 0;
    buf_printf(&c->result, "{\"step\":\"%s\",\"time_zone\":", steps[step_of(c)]);
    buf_json_text(&c->result, rows->n_rows > 0 ? rows_cell(rows, 0, 0) : NULL);
    buf_text(&c->result, ",\"series\":[");
    for (int row = 0; row < rows->n_rows; row++) {
        buf_text(&c->result, row ? ",{\"at\":" : "{\"at\":");
        buf_json_instant(&c->result, strtoll(rows_cell(rows, row, 1), NULL, 10));
        buf_char(&c->result, ',');
        cells_write(rows, row, 2, names, ARRAY_LENGTH(names), &c->result);
        buf_char(&c->result, '}');
    }
    buf_char(&c->result, ']');
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}

/* Row of place_days to go on with. 0: a cursor that is none, as the first row is the total. */
static int row_of_cursor(const char *cursor)
{
    char *end;
    long row = cursor != NULL ? strtol(cursor, &end, 10) : 1;
    return cursor != NULL && (*end != '\0' || row < 1 || row > INT32_MAX) ? 0 : (int)row;
}

static void by_write(const struct call *c, struct buf *out)
{
    const json_t *by = shape_member(c->params, "by");
    buf_char(out, '{');
    for (size_t i = 0; i < json_array_size(by); i++)
        buf_printf(out, "%s%s", i ? "," : "", json_string_value(json_array_get(by, i)));
    buf_add(out, (span){"}", 2}); /* with its terminator */
}

int run_place_days(struct desk *d, usec_t now, struct call *c)
{
    struct shape_errors errors = {0};
    CLEANUP(about_clear) struct about about = {0};
    CLEANUP(buf_free) struct buf by = {0};
    const char *from = shape_text(c->params, "from"), *to = shape_text(c->params, "to");
    int64_t days = day_read(to) - day_read(from);
    int r = about_read(d, c, &errors, &about);
    by_write(c, &by);
    if (r < 0 || by.failed)
        return -ENOMEM;
    if (days < 0)
        shape_refuse(&errors, "/to", "before_from");
    else if (days >= DAYS_MOST)
        shape_refuse(&errors, "/to", "out_of_range");
    if (row_of_cursor(shape_text(c->params, "cursor")) == 0)
        shape_refuse(&errors, "/cursor", "bad_cursor");
    if (errors.n > 0) {
        call_refuse_params(c, &errors);
        return 0;
    }
    char at_most[24];
    snprintf(at_most, sizeof at_most, "%lld", (long long)replica_now(d->replica, now));
    return desk_ask(d, now, c, DESK_PLACE_DAYS,
                    (const char *const[]){
                        about.root, about.codes.p, shape_text(c->params, "establishment_kind"),
                        shape_text(c->params, "modality"), from, to, at_most, by.p},
                    8);
}

enum { DAYS_ZONE, DAYS_UNTIL, DAYS_DAYS, DAYS_KEY, DAYS_NAME = DAYS_KEY + 4, DAYS_COUNTS };

static void sums_write(const struct rows *rows, int row, struct buf *out)
{
    static const char *const names[] = {"units",    "never_declared", "authorised", "open",
                                        "occupied", "vacant",         "over",       "closed"};
    cells_write(rows, row, DAYS_COUNTS, names, ARRAY_LENGTH(names), out);
}

/* A row with the keys that were asked for. */
static void row_write(const struct call *c, const struct rows *rows, int row, struct buf *out)
{
    const json_t *by = shape_member(c->params, "by");
    buf_char(out, '{');
    for (size_t key = 0; key < ARRAY_LENGTH(keys); key++) {
        bool asked = false;
        for (size_t i = 0; i < json_array_size(by); i++)
            asked = asked || strcmp(json_string_value(json_array_get(by, i)), keys[key]) == 0;
        if (!asked)
            continue;
        buf_printf(out, "\"%s\":", keys[key]);
        buf_json_text(out, rows_cell(rows, row, DAYS_KEY + (int)key));
        buf_char(out, ',');
        if (strcmp(keys[key], "establishment") != 0)
            continue;
        buf_text(out, "\"establishment_name\":");
        buf_json_text(out, rows_cell(rows, row, DAYS_NAME));
        buf_char(out, ',');
    }
    sums_write(rows, row, out);
    buf_char(out, '}');
}

/* The first row is the total. */
int rows_place_days(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    if (rows->n_rows == 0)
        return -EBADMSG;
    if (refused_before_history(c, rows, DAYS_UNTIL))
        return 0;
    CLEANUP(buf_free) struct buf entry = {0};
    bool keyed = shape_has(c->params, "by");
    int first = row_of_cursor(shape_text(c->params, "cursor")), row = first;
    buf_text(&c->result, "{\"time_zone\":");
    buf_json_text(&c->result, rows_cell(rows, 0, DAYS_ZONE));
    buf_text(&c->result, ",\"until\":");
    buf_json_instant(&c->result, strtoll(rows_cell(rows, 0, DAYS_UNTIL), NULL, 10));
    buf_printf(&c->result, ",\"days\":%s,\"total\":{", rows_cell(rows, 0, DAYS_DAYS));
    sums_write(rows, 0, &c->result);
    buf_text(&c->result, "},\"rows\":[");
    for (; keyed && row < rows->n_rows; row++) {
        buf_reset(&entry);
        row_write(c, rows, row, &entry);
        if (entry.failed)
            return -ENOMEM;
        if (!c->whole && row > first && c->result.n + entry.n > LIMIT_ANSWER - 1024)
            break;
        buf_text(&c->result, row > first ? "," : "");
        buf_add(&c->result, buf_span(&entry));
    }
    buf_text(&c->result, "],\"next\":");
    if (keyed && row < rows->n_rows)
        buf_printf(&c->result, "\"%d\"", row);
    else
        buf_text(&c->result, "null");
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
