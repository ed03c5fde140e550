/* SPDX-License-Identifier: EUPL-1.2 */
/* outlines, equipment: what is known of territories beside their names. */
#include <stdlib.h>

#include "api/operation.h"
#include "base/statement.h"
#include "proto/format.h"
#include "proto/limits.h"

const struct shape outlines_params[] = {
    {"territory", SHAPE_TEXT, .format = format_territory},
    {"cursor", SHAPE_TEXT, .format = format_cursor},
    MEMBER_AFTER,
    {0},
};

const struct shape equipment_params[] = {
    {"territory", SHAPE_TEXT, .format = format_territory},
    MEMBER_AFTER,
    {0},
};

/* Whether it is of the caller's départements; who names no territory is shown all. */
static bool is_near(const struct viewer *v, const struct territory *t)
{
    for (size_t i = 0; i < v->n_territories; i++)
        if (v->roots[i] == t->root)
            return true;
    return v->n_territories == 0;
}

static bool admits_outline(const struct viewer *v, const struct territory *t)
{
    return is_near(v, t);
}

static bool admits_figures(const struct viewer *v, const struct territory *t)
{
    return viewer_covers(
        v, (struct scope_members){.kind = RECORD_UNIT, .establishment = "", .territory = t});
}

/* Asks about the territories at and below the one that was named which are admitted. */
static int ask(struct desk *d, usec_t now, struct call *c, enum desk_question question,
               bool (*admits)(const struct viewer *v, const struct territory *t))
{
    CLEANUP(buf_free) struct buf codes = {0};
    struct shape_errors errors = {0};
    const char *code = shape_text(c->params, "territory");
    const struct territory *within = code ? replica_territory(d->replica, span_of(code)) : NULL;
    size_t cursor = 0;
    if (code != NULL && within == NULL) {
        shape_refuse(&errors, "/territory", "unknown_reference");
        call_refuse_params(c, &errors);
        return 0;
    }
    buf_char(&codes, '{'); /* codes need no quotes */
    for (struct map_slot *at;
         (at = map_next(&d->replica->live->territories.by_code, &cursor)) != NULL;) {
        const struct territory *t = at->value;
        if (admits(c->viewer, t) && (within == NULL || territory_within(t, within)))
            buf_printf(&codes, "%s%s", codes.n > 1 ? "," : "", t->code);
    }
    buf_add(&codes, (span){"}", 2}); /* with its terminator */
    if (codes.failed)
        return -ENOMEM;
    return desk_ask(d, now, c, question,
                    (const char *const[]){codes.p, shape_text(c->params, "cursor")},
                    question == DESK_OUTLINES ? 2 : 1);
}

int run_outlines(struct desk *d, usec_t now, struct call *c)
{
    return ask(d, now, c, DESK_OUTLINES, admits_outline);
}

enum {
    OUTLINE_VERSION,
    OUTLINE_OF,
    OUTLINE_PATH,
    OUTLINE_LAT,
    OUTLINE_LON,
    OUTLINE_X,
    OUTLINE_Y,
    OUTLINE_BOX
};

static void outline_write(const struct desk *d, const struct rows *rows, int row, struct buf *out)
{
    const char *code = rows_cell(rows, row, OUTLINE_OF), *box = rows_cell(rows, row, OUTLINE_BOX);
    const struct territory *t = replica_territory(d->replica, span_of(code));
    buf_text(out, "{\"territory\":");
    buf_json_text(out, code);
    buf_text(out, ",\"name\":");
    buf_json_text(out, t ? t->name : NULL);
    buf_text(out, ",\"level\":");
    buf_json_text(out, t ? t->level : NULL);
    buf_text(out, ",\"parent\":");
    buf_json_text(out, t ? t->parent : NULL);
    buf_printf(out, ",\"origin\":[%s,%s],\"x_scale\":%s,\"y_scale\":%s,\"box\":[%.*s],\"path\":",
               rows_cell(rows, row, OUTLINE_LAT), rows_cell(rows, row, OUTLINE_LON),
               rows_cell(rows, row, OUTLINE_X), rows_cell(rows, row, OUTLINE_Y),
               (int)strlen(box) - 2, box + 1); /* {…} */
    buf_json_text(out, rows_cell(rows, row, OUTLINE_PATH));
    buf_char(out, '}');
}

/* There is always a row; without any outline it has the version only. */
int rows_outlines(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    CLEANUP(buf_free) struct buf entry = {0};
    int row = 0, n = rows->n_rows;
    if (n == 0)
        return -EBADMSG;
    buf_text(&c->result, "{\"version\":");
    buf_json_text(&c->result, rows_cell(rows, 0, OUTLINE_VERSION));
    buf_text(&c->result, ",\"outlines\":[");
    n = rows_cell(rows, 0, OUTLINE_OF) == NULL ? 0 : n;
    for (; row < n; row++) {
        buf_reset(&entry);
        outline_write(d, rows, row, &entry);
        if (entry.failed)
            return -ENOMEM;
        if (row > 0 && c->result.n + entry.n > LIMIT_ANSWER - 1024)
            break;
        buf_text(&c->result, row > 0 ? "," : "");
        buf_add(&c->result, buf_span(&entry));
    }
    buf_text(&c->result, "],\"next\":");
    buf_json_text(&c->result,
                  row < n || n >= LIMIT_PAGE ? rows_cell(rows, row - 1, OUTLINE_OF) : NULL);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}

int run_equipment(struct desk *d, usec_t now, struct call *c)
{
    return ask(d, now, c, DESK_EQUIPMENT, admits_figures);
}

/* Of `count` places for so many inhabitants, per thousand, to the tenth; null when none are known.
 */
static void per_thousand(struct buf *out, const char *name, const char *count, const char *people)
{
    double n = people ? strtod(people, NULL) : 0;
    if (n > 0)
        buf_printf(out, ",\"%s\":%.1f", name, strtod(count, NULL) * 1000 / n);
    else
        buf_printf(out, ",\"%s\":null", name);
}

/* Rows: territory, population, units, authorised, open. */
int rows_equipment(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    buf_text(&c->result, "{\"rows\":[");
    for (int row = 0; row < rows->n_rows; row++) {
        const char *people = rows_cell(rows, row, 1);
        buf_text(&c->result, row ? ",{\"territory\":" : "{\"territory\":");
        buf_json_text(&c->result, rows_cell(rows, row, 0));
        buf_printf(&c->result, ",\"population\":%s,\"units\":%s,\"authorised\":%s,\"open\":%s",
                   people ? people : "null", rows_cell(rows, row, 2), rows_cell(rows, row, 3),
                   rows_cell(rows, row, 4));
        per_thousand(&c->result, "authorised_rate", rows_cell(rows, row, 3), people);
        per_thousand(&c->result, "open_rate", rows_cell(rows, row, 4), people);
        buf_char(&c->result, '}');
    }
    buf_char(&c->result, ']');
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
