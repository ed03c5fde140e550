/* SPDX-License-Identifier: EUPL-1.2 */
/* request.list, the waiting list with its clock and its order; request.get. */
#include <stdlib.h>

#include "api/answer.h"
#include "api/operation.h"
#include "core/encode.h"
#include "proto/format.h"
#include "proto/limits.h"

static const struct shape state_element = {NULL, SHAPE_CODE, .one_of = request_state_codes,
                                           .n_one_of = REQUEST_STATE_COUNT};

const struct shape request_list_params[] = {
    {"state", SHAPE_ARRAY, .min = 1, .max = REQUEST_STATE_COUNT, .element = &state_element},
    {"limit", SHAPE_INT, .min = 1, .max = LIMIT_PAGE},
    {"cursor", SHAPE_TEXT, .format = format_cursor},
    MEMBER_AFTER,
    {0},
};

const struct shape request_get_params[] = {
    {"request", SHAPE_TEXT, .required = true, .format = format_request_id},
    MEMBER_AFTER,
    {0},
};

#define WAITING (1u << REQUEST_OPEN | 1u << REQUEST_PLACED)

/* "emergency.decided_at.youngest.id", the place of the last one shown. The id stays the text's. */
static bool cursor_read(const char *cursor, struct request_order *ret)
{
    int64_t numbers[3];
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        char *end;
        errno = 0;
        numbers[i] = strtoll(cursor, &end, 10);
        if (end == cursor || *end != '.' || errno != 0)
            return false;
        cursor = end + 1;
    }
    if (numbers[0] < 0 || numbers[0] > 1 || numbers[2] < UNKNOWN || numbers[2] > INT16_MAX)
        return false;
    *ret = (struct request_order){numbers[0] == 1, numbers[1], (int)numbers[2], cursor};
    return format_request_id(span_of(cursor));
}

static void cursor_write(const struct request_order *o, struct buf *out)
{
    buf_printf(out, "\"%d.%lld.%d.%s\"", o->emergency, (long long)o->decided_at, o->youngest,
               o->id);
}

static int by_order(const void *a, const void *b)
{
    struct request_order x = request_order((*(struct entry *const *)a)->version.request);
    struct request_order y = request_order((*(struct entry *const *)b)->version.request);
    return request_order_compare(&x, &y);
}

/* The requests in these states after the cursor (NULL: all) that the viewer sees, in their order.
 * *ret is the caller's. */
static int collect(const struct desk *d, const struct call *c, const struct request_order *after,
                   struct entry ***ret, size_t *ret_n)
{
    const struct map *all = &d->replica->live->records[RECORD_REQUEST];
    const json_t *given = shape_member(c->params, "state");
    unsigned states = given ? codes_read(given, request_state_codes, REQUEST_STATE_COUNT) : WAITING;
    struct entry **requests = calloc(all->count + 1, sizeof(struct entry *));
    if (requests == NULL)
        return -ENOMEM;
    size_t n = 0;
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(all, &cursor)) != NULL;) {
        struct entry *e = slot->value;
        struct request_order order = request_order(e->version.request);
        if (states & 1u << e->version.request->state &&
            (after == NULL || request_order_compare(&order, after) > 0) &&
            viewer_sees(c->viewer, version_scope(&e->version)))
            requests[n++] = e;
    }
    qsort(requests, n, sizeof(struct entry *), by_order);
    *ret = requests;
    *ret_n = n;
    return 0;
}

struct entry *offer_to(const struct desk *d, const char *request)
{
    size_t cursor = 0;
    const struct map *offers = &d->replica->live->records[RECORD_OFFER];
    for (struct map_slot *slot; (slot = map_next(offers, &cursor)) != NULL;) {
        struct entry *e = slot->value;
        const struct offer *o = e->version.offer;
        if (o->state == OFFER_OFFERED && strcmp(o->request, request) == 0)
            return e;
    }
    return NULL;
}

/* ,"offer": the record, or null. */
static void write_offer(const struct desk *d, const char *request, struct buf *out)
{
    struct entry *offer = offer_to(d, request);
    buf_text(out, ",\"offer\":");
    if (offer != NULL)
        entry_add_json(offer, VIEW_PRECISE, out);
    else
        buf_text(out, "null");
}

static int write_item(const struct desk *d, usec_t now, const struct call *c, struct entry *e,
                      struct buf *out)
{
    const struct request *q = e->version.request;
    struct request_order order = request_order(q);
    buf_text(out, "{\"request\":");
    entry_add_json(e, VIEW_PRECISE, out);
    buf_text(out, ",\"waiting_s\":");
    buf_int(out, request_waited(q, replica_now(d->replica, now)) / USEC_S);
    buf_printf(out,
               ",\"order\":{\"emergency\":%s,\"decided_at\":", order.emergency ? "true" : "false");
    buf_json_instant(out, order.decided_at);
    if (order.youngest == UNKNOWN)
        buf_text(out, ",\"youngest_months\":null}");
    else
        buf_printf(out, ",\"youngest_months\":%d}", order.youngest);
    int r = write_holds_of(d, now, c, q->id, false, out);
    write_offer(d, q->id, out);
    buf_char(out, '}');
    return r;
}

static int write_page(const struct desk *d, usec_t now, struct call *c, struct entry **requests,
                      size_t n)
{
    CLEANUP(buf_free) struct buf item = {0};
    size_t limit = (size_t)shape_int(c->params, "limit", LIMIT_PAGE_DEFAULT);
    size_t shown = 0;
    buf_text(&c->result, "{\"requests\":[");
    for (; shown < n && shown < limit; shown++) {
        buf_reset(&item);
        int r = write_item(d, now, c, requests[shown], &item);
        if (r < 0)
            return r;
        if (shown > 0 && c->result.n + item.n > LIMIT_ANSWER - 1024)
            break;
        buf_text(&c->result, shown ? "," : "");
        buf_add(&c->result, buf_span(&item));
        c->result.failed |= item.failed;
    }
    buf_text(&c->result, "],\"next\":");
    if (shown < n) {
        struct request_order last = request_order(requests[shown - 1]->version.request);
        cursor_write(&last, &c->result);
    } else {
        buf_text(&c->result, "null");
    }
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}

int run_request_list(struct desk *d, usec_t now, struct call *c)
{
    const char *cursor = shape_text(c->params, "cursor");
    struct request_order after = {0};
    if (cursor != NULL && !cursor_read(cursor, &after)) {
        struct shape_errors errors = {0};
        shape_refuse(&errors, "/cursor", "bad_cursor");
        call_refuse_params(c, &errors);
        return 0;
    }
    struct entry **requests = NULL;
    size_t n = 0;
    int r = collect(d, c, cursor ? &after : NULL, &requests, &n);
    r = r < 0 ? r : write_page(d, now, c, requests, n);
    free(requests);
    return r;
}

int run_request_get(struct desk *d, usec_t now, struct call *c)
{
    const char *id = shape_text(c->params, "request");
    struct entry *e = replica_find(d->replica, RECORD_REQUEST, span_of(id));
    /* The same answer whether it does not exist or is not for this reader. */
    if (e == NULL || !viewer_sees(c->viewer, version_scope(&e->version))) {
        call_refuse(c, ERROR_NOT_FOUND, NULL);
        return 0;
    }
    buf_text(&c->result, "{\"request\":");
    entry_add_json(e, VIEW_PRECISE, &c->result);
    int r = write_holds_of(d, now, c, id, true, &c->result);
    write_offer(d, id, &c->result);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return r;
}
