/* SPDX-License-Identifier: EUPL-1.2 */
/* hold.list, soonest end first; hold.get. */
#include <stdlib.h>

#include "api/answer.h"
#include "api/operation.h"
#include "core/encode.h"
#include "proto/format.h"
#include "proto/limits.h"

static const struct shape state_element = {NULL, SHAPE_CODE, .one_of = hold_state_codes,
                                           .n_one_of = HOLD_STATE_COUNT};

const struct shape hold_list_params[] = {
    {"state", SHAPE_ARRAY, .min = 1, .max = HOLD_STATE_COUNT, .element = &state_element},
    {"request", SHAPE_TEXT, .format = format_request_id},
    {"unit", SHAPE_TEXT, .format = format_unit_id},
    {"limit", SHAPE_INT, .min = 1, .max = LIMIT_PAGE},
    {"cursor", SHAPE_TEXT, .format = format_cursor},
    MEMBER_AFTER,
    {0},
};

const struct shape hold_get_params[] = {
    {"hold", SHAPE_TEXT, .required = true, .format = format_hold_id},
    MEMBER_AFTER,
    {0},
};

#define ACTIVE (1u << HOLD_HELD | 1u << HOLD_ACCEPTED)
#define ANY_STATE ((1u << HOLD_STATE_COUNT) - 1)

/* Where a hold stands in the list. */
struct order {
    usec_t held_until;
    const char *id;
};

static int compare(struct order a, struct order b)
{
    if (a.held_until != b.held_until)
        return a.held_until < b.held_until ? -1 : 1;
    return strcmp(a.id, b.id);
}

static struct order order_of(const struct entry *e)
{
    return (struct order){e->version.hold->held_until, e->id};
}

static int by_order(const void *a, const void *b)
{
    return compare(order_of(*(struct entry *const *)a), order_of(*(struct entry *const *)b));
}

/* "held_until.id", the place of the last one shown. The id stays the text's. */
static bool cursor_read(const char *cursor, struct order *ret)
{
    char *end;
    errno = 0;
    ret->held_until = strtoll(cursor, &end, 10);
    ret->id = end + 1;
    return end != cursor && *end == '.' && errno == 0 && format_hold_id(span_of(ret->id));
}

/* Which holds are wanted; texts NULL: any. */
struct wanted {
    unsigned states;
    const char *unit, *request;
    const struct order *after;
};

static bool is_wanted(const struct wanted *w, const struct entry *e)
{
    const struct hold *h = e->version.hold;
    return w->states & 1u << h->state && (w->unit == NULL || strcmp(w->unit, h->unit) == 0) &&
           (w->request == NULL || (h->request != NULL && strcmp(w->request, h->request) == 0)) &&
           (w->after == NULL || compare(order_of(e), *w->after) > 0);
}

/* Those that the viewer sees, in their order. *ret is the caller's. */
static int collect(const struct desk *d, const struct call *c, const struct wanted *w,
                   struct entry ***ret, size_t *ret_n)
{
    const struct map *all = &d->replica->live->records[RECORD_HOLD];
    struct entry **holds = calloc(all->count + 1, sizeof(struct entry *));
    if (holds == NULL)
        return -ENOMEM;
    size_t n = 0;
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(all, &cursor)) != NULL;) {
        struct entry *e = slot->value;
        if (is_wanted(w, e) && viewer_sees(c->viewer, version_scope(&e->version)))
            holds[n++] = e;
    }
    qsort(holds, n, sizeof(struct entry *), by_order);
    *ret = holds;
    *ret_n = n;
    return 0;
}

/* "holds":[…], as many as an answer has room for; how many. */
static size_t write_items(const struct desk *d, usec_t now, struct entry **holds, size_t n,
                          struct buf *out)
{
    size_t shown = 0;
    buf_text(out, "\"holds\":[");
    for (; shown < n; shown++) {
        span json = entry_json(holds[shown], VIEW_PRECISE);
        if (shown > 0 && out->n + json.n > LIMIT_ANSWER - 1024)
            break;
        buf_text(out, shown ? "," : "");
        hold_item(d, now, json, hold_due_at(holds[shown]->version.hold), out);
        buf_char(out, '}');
        out->failed |= json.n == 0;
    }
    buf_char(out, ']');
    return shown;
}

int refuse_for_holds(const struct desk *d, struct call *c, const char *unit, const char *request)
{
    const struct wanted wanted = {.states = ACTIVE, .unit = unit, .request = request};
    struct entry **holds = NULL;
    size_t n = 0;
    int r = collect(d, c, &wanted, &holds, &n);
    if (r < 0)
        return r;
    buf_text(&c->data, ",\"detail\":\"answer_or_release_first\",\"holds\":[");
    for (size_t i = 0; i < n && c->data.n < LIMIT_ANSWER / 2; i++) {
        buf_text(&c->data, i ? "," : "");
        entry_add_json(holds[i], VIEW_PRECISE, &c->data);
    }
    buf_char(&c->data, ']');
    free(holds);
    return 0;
}

int write_holds_of(const struct desk *d, usec_t now, const struct call *c, const char *request,
                   bool all, struct buf *out)
{
    const struct wanted wanted = {.states = all ? ANY_STATE : ACTIVE, .request = request};
    struct entry **holds = NULL;
    size_t n = 0;
    int r = collect(d, c, &wanted, &holds, &n);
    if (r < 0)
        return r;
    buf_char(out, ',');
    write_items(d, now, holds, n, out);
    free(holds);
    return 0;
}

int run_hold_list(struct desk *d, usec_t now, struct call *c)
{
    const char *cursor = shape_text(c->params, "cursor");
    const json_t *states = shape_member(c->params, "state");
    struct order after = {0};
    if (cursor != NULL && !cursor_read(cursor, &after)) {
        struct shape_errors errors = {0};
        shape_refuse(&errors, "/cursor", "bad_cursor");
        call_refuse_params(c, &errors);
        return 0;
    }
    const struct wanted wanted = {
        .states = states ? codes_read(states, hold_state_codes, HOLD_STATE_COUNT) : ACTIVE,
        .unit = shape_text(c->params, "unit"),
        .request = shape_text(c->params, "request"),
        .after = cursor ? &after : NULL,
    };
    struct entry **holds = NULL;
    size_t n = 0;
    int r = collect(d, c, &wanted, &holds, &n);
    if (r < 0)
        return r;
    size_t limit = (size_t)shape_int(c->params, "limit", LIMIT_PAGE_DEFAULT);
    buf_char(&c->result, '{');
    size_t shown = write_items(d, now, holds, n < limit ? n : limit, &c->result);
    buf_text(&c->result, ",\"next\":");
    if (shown < n)
        buf_printf(&c->result, "\"%lld.%s\"", (long long)order_of(holds[shown - 1]).held_until,
                   holds[shown - 1]->id);
    else
        buf_text(&c->result, "null");
    free(holds);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}

int run_hold_get(struct desk *d, usec_t now, struct call *c)
{
    struct entry *e = replica_find(d->replica, RECORD_HOLD, span_of(shape_text(c->params, "hold")));
    /* The same answer whether it does not exist or is not for this reader. */
    if (e == NULL || !viewer_sees(c->viewer, version_scope(&e->version))) {
        call_refuse(c, ERROR_NOT_FOUND, NULL);
        return 0;
    }
    span json = entry_json(e, VIEW_PRECISE);
    c->result.failed |= json.n == 0;
    hold_item(d, now, json, hold_due_at(e->version.hold), &c->result);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
