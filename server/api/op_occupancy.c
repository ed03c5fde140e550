/* SPDX-License-Identifier: EUPL-1.2 */
/* occupancy: now from memory; at a past moment from the history, with the same sums. */
#include <stdlib.h>

#include "api/operation.h"
#include "base/statement.h"
#include "core/occupancy.h"
#include "proto/format.h"
#include "proto/limits.h"

static const struct shape territory_element = {NULL, SHAPE_TEXT, .format = format_territory};

const struct shape occupancy_params[] = {
    {"at", SHAPE_TEXT, .format = format_instant},
    {"territories", SHAPE_ARRAY, .min = 1, .max = LIMIT_FILTER_ITEMS,
     .element = &territory_element},
    {"limit", SHAPE_INT, .min = 1, .max = LIMIT_PAGE},
    {"cursor", SHAPE_TEXT, .format = format_cursor},
    MEMBER_AFTER,
    {0},
};

/* Whether the caller asked for, and may know, the figures of this record. */
static bool wanted(const struct desk *d, const struct call *c, struct scope_members scope)
{
    if (!viewer_covers(c->viewer, scope))
        return false;
    const json_t *territories = shape_member(c->params, "territories");
    for (size_t i = 0; i < json_array_size(territories); i++) {
        const char *code = json_string_value(json_array_get(territories, i));
        const struct territory *root = replica_territory(d->replica, span_of(code));
        if (root != NULL && territory_within(scope.territory, root))
            return true;
    }
    return territories == NULL;
}

static int answer(struct desk *d, usec_t now, struct call *c, const struct occupancy *o, usec_t at)
{
    struct occupancy_row **rows = NULL;
    size_t n = 0;
    int r = occupancy_rows(o, shape_text(c->params, "cursor"), &rows, &n);
    if (r < 0)
        return r;
    size_t limit = c->whole ? n : (size_t)shape_int(c->params, "limit", LIMIT_PAGE_DEFAULT);
    size_t shown = 0;
    buf_text(&c->result, "{\"at\":");
    buf_json_instant(&c->result, at);
    buf_text(&c->result, ",\"rows\":[");
    for (; shown < n && shown < limit; shown++) {
        buf_text(&c->result, shown ? "," : "");
        occupancy_row_encode(rows[shown], &c->result);
    }
    buf_text(&c->result, "],\"total\":{");
    occupancy_counts_encode(&o->total, &c->result);
    buf_text(&c->result, "},\"next\":");
    buf_json_text(&c->result, shown < n ? rows[shown - 1]->key : NULL);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    free(rows);
    call_answer(c);
    return 0;
}

static int occupancy_now(struct desk *d, usec_t now, struct call *c)
{
    const struct holdings *h = d->replica->live;
    usec_t at = replica_now(d->replica, now);
    struct occupancy o = {0};
    int r = 0;
    for (unsigned slot = 0; r == 0 && slot < h->n_slots; slot++) {
        const struct entry *e = h->slots[slot];
        if (e != NULL && wanted(d, c, version_scope(&e->version)))
            r = occupancy_add(&o, e->version.unit, e->version.territory, at);
    }
    r = r < 0 ? r : answer(d, now, c, &o, at);
    occupancy_free(&o);
    return r;
}

int run_occupancy(struct desk *d, usec_t now, struct call *c)
{
    struct shape_errors errors = {0};
    const json_t *territories = shape_member(c->params, "territories");
    for (size_t i = 0; i < json_array_size(territories); i++) {
        const char *code = json_string_value(json_array_get(territories, i));
        char pointer[40];
        snprintf(pointer, sizeof pointer, "/territories/%zu", i);
        if (replica_territory(d->replica, span_of(code)) == NULL)
            shape_refuse(&errors, pointer, "unknown_reference");
    }
    usec_t at = shape_instant(c->params, "at", 0);
    if (at > replica_now(d->replica, now))
        shape_refuse(&errors, "/at", "in_the_future");
    if (errors.n > 0) {
        call_refuse_params(c, &errors);
        return 0;
    }
    if (!shape_has(c->params, "at"))
        return occupancy_now(d, now, c);
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)at);
    return desk_ask(d, now, c, DESK_UNITS_AT, (const char *const[]){text}, 1);
}

/* Rows: id, revision, state. One row of NULLs says that the history does not reach so far back. */
int rows_occupancy(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    usec_t at = shape_instant(c->params, "at", 0);
    if (rows->n_rows == 1 && rows_cell(rows, 0, 0) == NULL) {
        struct shape_errors errors = {0};
        shape_refuse(&errors, "/at", "before_history");
        call_refuse_params(c, &errors);
        return 0;
    }
    struct occupancy o = {0};
    int r = 0;
    for (int row = 0; r == 0 && row < rows->n_rows; row++) {
        struct version v = {0};
        int decoded = unit_decode(rows_cell(rows, row, 0), rows_cell(rows, row, 2), &v.unit);
        if (decoded == -ENOMEM)
            r = decoded;
        if (decoded != 0)
            continue;
        if (v.unit->territory != NULL)
            v.territory = replica_territory(d->replica, span_of(v.unit->territory));
        if (wanted(d, c, version_scope(&v)))
            r = occupancy_add(&o, v.unit, v.territory, at);
        version_clear(&v);
    }
    r = r < 0 ? r : answer(d, now, c, &o, at);
    occupancy_free(&o);
    return r;
}
