/* SPDX-License-Identifier: EUPL-1.2 */
/* unit.list and unit.get: what the replica holds. */
#include <stdlib.h>

#include "api/filter_read.h"
#include "api/operation.h"
#include "core/encode.h"
#include "proto/format.h"
#include "proto/limits.h"

const struct shape unit_list_params[] = {
    {"filter", SHAPE_OBJECT, .members = filter_members},
    {"limit", SHAPE_INT, .min = 1, .max = LIMIT_PAGE},
    {"cursor", SHAPE_TEXT, .format = format_cursor},
    MEMBER_AFTER,
    {0},
};

const struct shape unit_get_params[] = {
    {"unit", SHAPE_TEXT, .required = true, .format = format_unit_id},
    MEMBER_AFTER,
    {0},
};

static int by_id(const void *a, const void *b)
{
    return strcmp((*(struct entry *const *)a)->id, (*(struct entry *const *)b)->id);
}

/* The units after the cursor that viewer and filter admit, by id. *ret_units is the caller's. */
static int collect(const struct desk *d, const struct call *c, const struct filter *f,
                   struct entry ***ret_units, size_t *ret_n)
{
    const struct holdings *h = d->replica->live;
    const char *cursor = shape_text(c->params, "cursor");
    struct entry **units = calloc(h->n_slots + 1, sizeof(struct entry *));
    if (units == NULL)
        return -ENOMEM;
    size_t n = 0;
    for (unsigned slot = 0; slot < h->n_slots; slot++) {
        struct entry *e = h->slots[slot];
        if (e != NULL && (cursor == NULL || strcmp(e->id, cursor) > 0) &&
            viewer_sees(c->viewer, version_scope(&e->version)) &&
            filter_admits(f, d->replica, e->id, &e->version))
            units[n++] = e;
    }
    qsort(units, n, sizeof(struct entry *), by_id);
    *ret_units = units;
    *ret_n = n;
    return 0;
}

int run_unit_list(struct desk *d, usec_t now, struct call *c)
{
    const char *cursor = shape_text(c->params, "cursor");
    if (cursor != NULL && !format_unit_id(span_of(cursor))) {
        struct shape_errors errors = {0};
        shape_refuse(&errors, "/cursor", "bad_cursor");
        call_refuse_params(c, &errors);
        return 0;
    }
    struct filter *f = NULL;
    int r = filter_read(shape_member(c->params, "filter"), d->replica, c->viewer, &f);
    if (r < 0)
        return r;
    struct entry **units = NULL;
    size_t n = 0;
    r = collect(d, c, f, &units, &n);
    filter_destroy(f);
    if (r < 0)
        return r;
    size_t limit = (size_t)shape_int(c->params, "limit", LIMIT_PAGE_DEFAULT);
    size_t shown = 0;
    buf_text(&c->result, "{\"units\":[");
    for (; shown < n && shown < limit; shown++) {
        span json =
            entry_json(units[shown], viewer_view(c->viewer, version_scope(&units[shown]->version)));
        if (shown > 0 && c->result.n + json.n > LIMIT_ANSWER - 1024)
            break;
        if (json.n == 0)
            c->result.failed = true;
        buf_text(&c->result, shown ? "," : "");
        buf_add(&c->result, json);
    }
    buf_text(&c->result, "],\"next\":");
    buf_json_text(&c->result, shown < n ? units[shown - 1]->id : NULL);
    free(units);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}

int run_unit_get(struct desk *d, usec_t now, struct call *c)
{
    struct entry *e = replica_find(d->replica, RECORD_UNIT, span_of(shape_text(c->params, "unit")));
    bool visited = e != NULL && viewer_visits(c->viewer, d->replica, e->id);
    /* The same answer whether it does not exist or is not for this reader. */
    if (e == NULL || !(visited || viewer_sees(c->viewer, version_scope(&e->version)))) {
        call_refuse(c, ERROR_NOT_FOUND, NULL);
        return 0;
    }
    buf_text(&c->result, "{\"unit\":");
    entry_add_json(e, visited ? VIEW_PRECISE : viewer_view(c->viewer, version_scope(&e->version)),
                   &c->result);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
