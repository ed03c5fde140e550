/* SPDX-License-Identifier: EUPL-1.2 */
/* alert.put, alert.delete, alert.list: thresholds of occupancy. A rule is kept by the database;
 * whether it is crossed follows from the units, so that nothing can be forgotten when a server
 * starts again, and nobody is told twice. */
#include <stdlib.h>

#include "api/answer.h"
#include "api/operation.h"
#include "base/statement.h"
#include "proto/format.h"
#include "proto/limits.h"

#define LOOK_BACK (7 * 24 * USEC_HOUR)
#define PERCENT_MOST 999

/* ^a-[0-9a-z][0-9a-z-]{0,60}$: that of a unit with another letter. */
static bool format_alert_id(span text)
{
    char copy[64];
    if (text.n >= sizeof copy || text.n == 0 || text.p[0] != 'a')
        return false;
    memcpy(copy, text.p, text.n);
    copy[0] = 'u';
    return format_unit_id((span){copy, text.n});
}

const struct shape alert_put_params[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_alert_id},
    {"territory", SHAPE_TEXT, .required = true, .format = format_territory},
    {"establishment_kind", SHAPE_TEXT, .format = format_code},
    {"modality", SHAPE_CODE, .one_of = modality_codes, .n_one_of = MODALITY_COUNT},
    {"min_months", SHAPE_INT, .min = 0, .max = LIMIT_MONTHS},
    {"max_months", SHAPE_INT, .min = 1, .max = LIMIT_MONTHS},
    {"percent", SHAPE_INT, .required = true, .min = 1, .max = PERCENT_MOST},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape alert_delete_params[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_alert_id},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape alert_list_params[] = {
    MEMBER_AFTER,
    {0},
};

static void number_or_null(struct buf *out, const char *name, int64_t n, bool known)
{
    buf_printf(out, "\"%s\":", name);
    if (known)
        buf_int(out, n);
    else
        buf_text(out, "null");
}

/* The rule is no record that is held: it is what was said. */
int answer_alert_put(struct desk *d, usec_t now, struct call *c)
{
    const json_t *p = c->params;
    struct buf *out = &c->result;
    (void)now;
    buf_text(out, "{\"alert\":{\"id\":");
    buf_json_text(out, shape_text(p, "id"));
    buf_text(out, ",\"territory\":");
    buf_json_text(out, shape_text(p, "territory"));
    buf_text(out, ",\"establishment_kind\":");
    buf_json_text(out, shape_text(p, "establishment_kind"));
    buf_text(out, ",\"modality\":");
    buf_json_text(out, shape_text(p, "modality"));
    buf_text(out, ",\"ages\":{");
    number_or_null(out, "min_months", shape_int(p, "min_months", 0), shape_has(p, "min_months"));
    buf_char(out, ',');
    number_or_null(out, "max_months", shape_int(p, "max_months", 0), shape_has(p, "max_months"));
    buf_text(out, "},\"percent\":");
    buf_int(out, shape_int(p, "percent", 0));
    buf_char(out, '}');
    answer_end(d, c);
    return 0;
}

int answer_alert_delete(struct desk *d, usec_t now, struct call *c)
{
    (void)now;
    buf_text(&c->result, "{\"id\":");
    buf_json_text(&c->result, shape_text(c->params, "id"));
    answer_end(d, c);
    return 0;
}

/* The rules for the territories that the caller's figures are about. */
int run_alert_list(struct desk *d, usec_t now, struct call *c)
{
    CLEANUP(buf_free) struct buf codes = {0};
    char moment[24], back[24];
    size_t cursor = 0;
    buf_char(&codes, '{'); /* codes need no quotes */
    for (struct map_slot *at;
         (at = map_next(&d->replica->live->territories.by_code, &cursor)) != NULL;) {
        const struct territory *t = at->value;
        struct scope_members scope = {.kind = RECORD_UNIT, .establishment = "", .territory = t};
        if (viewer_covers(c->viewer, scope))
            buf_printf(&codes, "%s%s", codes.n > 1 ? "," : "", t->code);
    }
    buf_add(&codes, (span){"}", 2}); /* with its terminator */
    if (codes.failed)
        return -ENOMEM;
    snprintf(moment, sizeof moment, "%lld", (long long)replica_now(d->replica, now));
    snprintf(back, sizeof back, "%lld", (long long)LOOK_BACK);
    return desk_ask(d, now, c, DESK_ALERTS, (const char *const[]){codes.p, moment, back}, 3);
}

enum {
    ALERT_ID,
    ALERT_TERRITORY,
    ALERT_KIND,
    ALERT_MODALITY,
    ALERT_MIN,
    ALERT_MAX,
    ALERT_PERCENT,
    ALERT_UNITS,
    ALERT_OPEN,
    ALERT_OCCUPIED,
    ALERT_SINCE,
    ALERT_FROM
};

static void cell_number(struct buf *out, const char *name, const char *cell)
{
    buf_printf(out, "\"%s\":%s", name, cell != NULL ? cell : "null");
}

static void cell_text(struct buf *out, const char *name, const char *cell)
{
    buf_printf(out, "\"%s\":", name);
    buf_json_text(out, cell);
}

static void alert_write(const struct rows *rows, int row, struct buf *out)
{
    const char *since = rows_cell(rows, row, ALERT_SINCE);
    cell_text(out, "id", rows_cell(rows, row, ALERT_ID));
    buf_char(out, ',');
    cell_text(out, "territory", rows_cell(rows, row, ALERT_TERRITORY));
    buf_char(out, ',');
    cell_text(out, "establishment_kind", rows_cell(rows, row, ALERT_KIND));
    buf_char(out, ',');
    cell_text(out, "modality", rows_cell(rows, row, ALERT_MODALITY));
    buf_text(out, ",\"ages\":{");
    cell_number(out, "min_months", rows_cell(rows, row, ALERT_MIN));
    buf_char(out, ',');
    cell_number(out, "max_months", rows_cell(rows, row, ALERT_MAX));
    buf_text(out, "},");
    cell_number(out, "percent", rows_cell(rows, row, ALERT_PERCENT));
    buf_char(out, ',');
    cell_number(out, "units", rows_cell(rows, row, ALERT_UNITS));
    buf_char(out, ',');
    cell_number(out, "open", rows_cell(rows, row, ALERT_OPEN));
    buf_char(out, ',');
    cell_number(out, "occupied", rows_cell(rows, row, ALERT_OCCUPIED));
    buf_printf(out, ",\"active\":%s,\"active_since\":", since != NULL ? "true" : "false");
    if (since != NULL)
        buf_json_instant(out, strtoll(since, NULL, 10));
    else
        buf_text(out, "null");
    buf_printf(out, ",\"or_earlier\":%s",
               since != NULL && strcmp(since, rows_cell(rows, row, ALERT_FROM)) == 0 ? "true"
                                                                                     : "false");
}

int rows_alert_list(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    buf_text(&c->result, "{\"alerts\":[");
    for (int row = 0; row < rows->n_rows && c->result.n < LIMIT_ANSWER - 2048; row++) {
        buf_text(&c->result, row ? ",{" : "{");
        alert_write(rows, row, &c->result);
        buf_char(&c->result, '}');
    }
    buf_char(&c->result, ']');
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
