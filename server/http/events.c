/* SPDX-License-Identifier: EUPL-1.2 */
/* GET /v1/events: a feed as Server-Sent Events (HTML, "Server-sent events"). A record's JSON has no
 * line break, so an event is one line of data. The id of a mark is its position: what a browser
 * sends back as Last-Event-ID. */
#include "api/filter_read.h"
#include "api/operation.h"
#include "base/spread.h"
#include "http/exchange.h"
#include "http/query.h"
#include "proto/format.h"

#define RETRY_MS 1000 /* after a connection that broke; a bye says its own */

static void begin(struct buf *out, enum feed_event event, const char *name, const char *token)
{
    static const char *const names[] = {
        [FEED_START] = "start", [FEED_DELTA] = "delta", [FEED_MARK] = "mark"};
    (void)name;
    buf_text(out, "event: ");
    buf_text(out, names[event]);
    if (token != NULL) {
        buf_text(out, "\nid: ");
        buf_text(out, token);
    }
    buf_text(out, "\ndata: {");
}

static const struct feed_frame frame = {.begin = begin, .end = "}\n\n"};

static const struct shape events_params[] = {
    {"filter", SHAPE_OBJECT, .members = filter_members},
    {"since", SHAPE_TEXT, .nullable = true, .format = format_since},
    MEMBER_AFTER,
    {0},
};

/* What a browser that comes back has seen is newer than what its address says. */
static int resume(const struct http_request *q, json_t *params)
{
    span seen = q->field[FIELD_LAST_EVENT_ID];
    if (seen.n == 0)
        return 0;
    return json_object_set_new(params, "since", json_stringn(seen.p, seen.n)) < 0 ? -ENOMEM : 0;
}

/* 0: *ret is one that feed_check found right, or NULL after a refusal. */
static int read_params(struct exchange *x, const struct http_request *q, json_t **ret)
{
    struct shape_errors errors = {0};
    json_t *params = NULL;
    *ret = NULL;
    int r = query_params(q->query, events_params, &params, &errors);
    if (r == QUERY_MALFORMED) {
        exchange_refuse(x, ERROR_INVALID_REQUEST, QUERY_DETAIL_MALFORMED);
        return 0;
    }
    if (r == 0)
        r = resume(q, params);
    if (r == 0 && shape_check(events_params, params, &errors) == 0)
        feed_check(x->service->feeds, params, &errors);
    if (r >= 0 && errors.n == 0) {
        *ret = params;
        return 0;
    }
    json_decref(params);
    if (r >= 0)
        exchange_refuse_params(x, &errors);
    return r < 0 ? r : 0;
}

int events_ask(struct exchange *x, usec_t now, const struct http_request *q)
{
    json_t *params;
    int r = read_params(x, q, &params);
    if (r < 0 || params == NULL)
        return r;
    r = feed_init(&x->feed, x->service->feeds, &frame, "", &x->viewer, now, params);
    json_decref(params);
    if (r < 0)
        return r;
    x->has_feed = true;
    exchange_asks(x);
    events_settle(x, now);
    return 0;
}

static void start(struct exchange *x, const struct feed_answer *a)
{
    struct http_head head = exchange_head(x, 200);
    head.type = HTTP_TYPE_EVENTS;
    http_stream_write(&head, &x->out);
    buf_printf(&x->out, "retry: %d\nevent: start\ndata: {\"resumed\":%s,\"why\":", RETRY_MS,
               a->resumed ? "true" : "false");
    buf_json_text(&x->out, a->why);
    buf_text(&x->out, "}\n\n");
    http_reader_next_request(&x->reader);
    x->stage = EXCHANGE_STREAMS;
    x->service->counts.answered[2]++;
    x->service->counts.streams++;
    x->service->counts.streaming++;
}

void events_settle(struct exchange *x, usec_t now)
{
    struct feed_answer a;
    enum feed_settle settled = x->feed.waiting ? feed_settle(&x->feed, now, &a) : FEED_WAITS;
    if (settled == FEED_STARTED)
        start(x, &a);
    else if (settled == FEED_REFUSED)
        exchange_refuse(x, a.error, a.detail);
}

void events_end(struct exchange *x)
{
    if (x->stage == EXCHANGE_STREAMS)
        x->service->counts.streaming--;
    x->stage = EXCHANGE_CLOSING;
}

void events_bye(struct exchange *x, const char *code, bool retry)
{
    if (x->stage != EXCHANGE_STREAMS)
        return;
    events_end(x);
    x->service->counts.byes++;
    if (retry) {
        unsigned ms = spread_ms(&x->service->seed, 500, 3000);
        buf_printf(&x->out, "retry: %u\nevent: bye\ndata: {\"code\":\"%s\",\"retry_ms\":%u}\n\n",
                   ms, code, ms);
    } else {
        buf_printf(&x->out, "event: bye\ndata: {\"code\":\"%s\",\"retry_ms\":null}\n\n", code);
    }
}
