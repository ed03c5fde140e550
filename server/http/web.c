/* SPDX-License-Identifier: EUPL-1.2 */
/* The life of one connection: reads a request, asks or answers at once, and reads the next; or
 * streams until it ends. Bytes that come before the answer was taken whole are a second request on
 * top of the first: this is not served, and the connection ends with the answer. */
#include "http/web.h"

#include <stdlib.h>

#include "http/exchange.h"

static const struct door_ops exchange_ops;

void web_init(struct web_service *w, struct feeds *feeds, const struct web_limits *limits,
              void (*random)(unsigned char *ret, size_t n), uint64_t seed)
{
    *w = (struct web_service){.feeds = feeds,
                              .desk = feeds->desk,
                              .limits = *limits,
                              .random = random,
                              .seed = seed,
                              .delays = {.seed = seed}};
}

void web_clear(struct web_service *w)
{
    delays_free(&w->delays);
    for (size_t i = 0; i < VIEWERS_KEPT; i++)
        viewer_clear(&w->viewers[i]);
    buf_free(&w->touches);
}

static struct exchange *exchange_of(const struct door *d)
{
    return (struct exchange *)(uintptr_t)d; /* the door is its first member */
}

struct door *web_open(struct web_service *w, usec_t now, const char *address)
{
    struct exchange *x = calloc(1, sizeof *x);
    if (x == NULL)
        return NULL;
    x->door.ops = &exchange_ops;
    x->service = w;
    network_of(address, x->network);
    x->reader = http_reader(w->hosts);
    x->idle_at = x->taken_at = now;
    LIST_INSERT_HEAD(&w->all, x, all);
    w->counts.opened++;
    return &x->door;
}

/* Whose exchange it was, and what it asked. */
static void forget(struct exchange *x)
{
    desk_close(x->service->desk, x->call);
    x->call = NULL;
    login_destroy(x);
    if (x->has_feed)
        feed_clear(&x->feed);
    x->has_feed = false;
    caller_forget(x);
    free(x->seen_tag);
    x->seen_tag = NULL;
    x->csv = (struct csv){0};
    x->allow = 0;
}

static void exchange_free(struct door *door)
{
    struct exchange *x = exchange_of(door);
    events_end(x);
    forget(x);
    LIST_REMOVE(x, all);
    if (x->is_asking)
        LIST_REMOVE(x, asking);
    http_reader_clear(&x->reader);
    buf_free(&x->out);
    buf_free(&x->body);
    free(x);
}

/* Answers */

struct http_head exchange_head(const struct exchange *x, int status)
{
    const struct replica *r = x->service->desk->replica;
    return (struct http_head){
        .status = status, .date = r->live != NULL ? r->ledger_at : 0, .close = x->close};
}

/* What is in out is the answer. */
static void answered(struct exchange *x, int status)
{
    x->service->counts.answered[status / 100]++;
    x->stage = EXCHANGE_ANSWERS;
    forget(x);
    if (http_reader_has_given(&x->reader)) /* else nothing could be read: this is the end */
        http_reader_next_request(&x->reader);
}

void exchange_answer(struct exchange *x, const struct http_head *head, span body)
{
    http_answer_write(head, body, x->is_head, &x->out);
    answered(x, head->status);
}

void exchange_file(struct exchange *x, const struct http_head *head, span body)
{
    http_head_write(head, body.n, &x->out);
    x->rest = x->is_head ? (span){0} : body;
    answered(x, head->status);
}

void exchange_answer_text(struct exchange *x, const struct http_head *head, struct buf *body)
{
    x->out.failed |= body->failed;
    x->body = *body;
    *body = (struct buf){0};
    exchange_file(x, head, buf_span(&x->body));
}

void exchange_problem(struct exchange *x, const struct http_problem *problem)
{
    struct http_problem p = *problem;
    struct http_head head = exchange_head(x, 0);
    p.is_head = x->is_head;
    head.allow = x->allow;
    http_problem_write(&p, head, &x->out);
    answered(x, p.status != 0 ? p.status : error_rows[p.error].status);
}

void exchange_refuse(struct exchange *x, enum error_type error, const char *detail)
{
    exchange_problem(x, &(struct http_problem){.error = error, .detail = detail});
}

void exchange_refuse_params(struct exchange *x, const struct shape_errors *errors)
{
    struct buf members = {0};
    http_errors_write(errors, &members);
    x->out.failed |= members.failed;
    exchange_problem(
        x, &(struct http_problem){.error = ERROR_INVALID_PARAMS, .members = buf_span(&members)});
    buf_free(&members);
}

/* What could not be read: the answer, and the end. */
static void refuse_bytes(struct exchange *x, int status, const char *detail)
{
    struct http_problem p = http_problem_of(status, detail);
    x->service->counts.malformed++;
    x->close = true;
    exchange_problem(x, &p);
}

/* Door */

static int outcome(struct exchange *x, int r)
{
    if (r < 0 || x->out.failed)
        return r < 0 ? r : -ENOMEM;
    return x->stage == EXCHANGE_CLOSING;
}

/* Whoever has nothing to take is not slow. To be called before anything is written. */
static void note_empty(struct exchange *x, usec_t now)
{
    if (x->out.n == 0 && x->rest.n == 0)
        x->taken_at = now;
}

/* The deadlines of a request that is being read. */
static void note_progress(struct exchange *x, usec_t now, bool was_idle)
{
    bool in_body = http_reader_in_body(&x->reader);
    if (was_idle || (in_body && !x->in_body))
        x->began_at = now;
    x->in_body = in_body;
}

static int exchange_feed(struct door *door, usec_t now, span in)
{
    struct exchange *x = exchange_of(door);
    struct http_request q;
    int status;
    const char *detail;
    if (x->stage != EXCHANGE_READS) {
        x->close = true;
        return outcome(x, 0);
    }
    note_empty(x, now);
    bool was_idle = http_reader_idle(&x->reader);
    int r = http_reader_feed(&x->reader, &in, &q, &status, &detail);
    if (r < 0)
        return r;
    if (r == HTTP_MORE) {
        note_progress(x, now, was_idle);
        return 0;
    }
    x->is_head = false;
    if (r == HTTP_BAD) {
        refuse_bytes(x, status, detail);
        return outcome(x, 0);
    }
    x->service->counts.requests++;
    x->is_head = q.method == HTTP_HEAD;
    x->close |= q.close || in.n > 0;
    return outcome(x, exchange_ask(x, now, &q));
}

static int exchange_finish(struct door *door, usec_t now)
{
    struct exchange *x = exchange_of(door);
    (void)now;
    x->close = true;
    if (x->stage == EXCHANGE_READS || x->has_feed) /* a stream begins for nobody */
        events_end(x);
    return outcome(x, 0);
}

static usec_t reading_deadline(const struct exchange *x)
{
    const struct web_limits *l = &x->service->limits;
    if (http_reader_idle(&x->reader))
        return x->idle_at + l->idle;
    return x->began_at + (x->in_body ? l->body : l->head);
}

static void tick_reading(struct exchange *x, usec_t now)
{
    if (now < reading_deadline(x))
        return;
    if (http_reader_idle(&x->reader))
        x->stage = EXCHANGE_CLOSING;
    else
        refuse_bytes(x, 408, x->in_body ? "late_body" : "late_head");
}

static void tick_stream(struct exchange *x, usec_t now)
{
    const char *trouble = caller_end(x) <= now ? caller_trouble(x, now) : NULL;
    if (feed_is_slow(&x->feed, now))
        events_bye(x, "slow", true);
    else if (trouble != NULL)
        events_bye(x, trouble, false);
}

static int exchange_tick(struct door *door, usec_t now)
{
    struct exchange *x = exchange_of(door);
    note_empty(x, now);
    if (x->stage == EXCHANGE_READS)
        tick_reading(x, now);
    else if (now - x->taken_at >= x->service->limits.unread)
        events_end(x); /* what it does not read is not worth a word more */
    else if (x->stage == EXCHANGE_STREAMS)
        tick_stream(x, now);
    else if (x->stage == EXCHANGE_ASKS && x->has_feed)
        events_settle(x, now);
    else if (x->stage == EXCHANGE_ASKS && x->login != NULL)
        return outcome(x, login_settle(x, now));
    else if (caller_waits(x))
        return outcome(x, caller_settle(x, now));
    return outcome(x, 0);
}

/* All was taken: the next request may come. */
static void next(struct exchange *x, usec_t now)
{
    buf_free(&x->out); /* an idle connection keeps no memory */
    buf_free(&x->body);
    if (x->stage != EXCHANGE_ANSWERS)
        return;
    x->stage = x->close ? EXCHANGE_CLOSING : EXCHANGE_READS;
    x->idle_at = now;
}

static size_t pull_rest(struct exchange *x, char *out, size_t room)
{
    size_t n = x->rest.n < room ? x->rest.n : room;
    if (n == 0)
        return 0;
    memcpy(out, x->rest.p, n);
    x->rest = (span){x->rest.p + n, x->rest.n - n};
    return n;
}

static size_t exchange_pull(struct door *door, usec_t now, char *out, size_t room)
{
    struct exchange *x = exchange_of(door);
    note_empty(x, now);
    if (x->stage == EXCHANGE_STREAMS && x->out.n < room)
        feed_send(&x->feed, &x->viewer, now, &x->out);
    else if (x->stage == EXCHANGE_ASKS && x->login == NULL && x->call != NULL &&
             x->call->state == CALL_ANSWERED)
        exchange_tell(x, now);
    if (x->out.failed)
        return 0;
    size_t n = x->out.n < room ? x->out.n : room;
    if (n > 0) {
        memcpy(out, x->out.p, n);
        buf_drop(&x->out, n);
    }
    if (x->out.n == 0)
        n += pull_rest(x, out + n, room - n);
    if (n > 0)
        x->taken_at = now;
    if (x->out.n == 0 && x->rest.n == 0)
        next(x, now);
    return n;
}

static usec_t exchange_deadline(const struct door *door)
{
    const struct exchange *x = exchange_of(door);
    usec_t end;
    switch (x->stage) {
    case EXCHANGE_READS:
        return reading_deadline(x);
    case EXCHANGE_ASKS:
        if (caller_waits(x))
            return x->late->until;
        return x->has_feed ? feed_deadline(&x->feed, false) : login_deadline(x);
    case EXCHANGE_ANSWERS:
        return x->taken_at + x->service->limits.unread;
    case EXCHANGE_STREAMS:
        end = feed_deadline(&x->feed, x->out.n > 0);
        end = caller_end(x) < end ? caller_end(x) : end;
        return x->out.n > 0 && x->taken_at + x->service->limits.unread < end
                   ? x->taken_at + x->service->limits.unread
                   : end;
    case EXCHANGE_CLOSING:
        break;
    }
    return USEC_NEVER; /* the pump's own bound */
}

static void exchange_drain(struct door *door, usec_t now)
{
    struct exchange *x = exchange_of(door);
    note_empty(x, now);
    x->close = true;
    if (x->stage == EXCHANGE_STREAMS)
        events_bye(x, "drain", true);
    else if (x->stage == EXCHANGE_ASKS && x->has_feed)
        exchange_refuse(x, ERROR_UNAVAILABLE, "drain"); /* no stream begins any more */
    else if (x->stage == EXCHANGE_READS && http_reader_idle(&x->reader))
        x->stage = EXCHANGE_CLOSING;
}

static bool exchange_closing(const struct door *door)
{
    const struct exchange *x = exchange_of(door);
    return x->stage == EXCHANGE_CLOSING || x->out.failed;
}

static const struct door_ops exchange_ops = {
    .feed = exchange_feed,
    .finish = exchange_finish,
    .tick = exchange_tick,
    .pull = exchange_pull,
    .deadline = exchange_deadline,
    .drain = exchange_drain,
    .closing = exchange_closing,
    .free = exchange_free,
};

/* Answers that come later */

void exchange_asks(struct exchange *x)
{
    x->stage = EXCHANGE_ASKS;
    if (!x->is_asking)
        LIST_INSERT_HEAD(&x->service->asking, x, asking);
    x->is_asking = true;
}

/* Whether the exchange still waits. */
static bool still_asks(struct exchange *x, usec_t now)
{
    note_empty(x, now);
    if (x->stage == EXCHANGE_ASKS && x->has_feed)
        events_settle(x, now);
    else if (x->stage == EXCHANGE_ASKS && x->login != NULL && login_settle(x, now) < 0)
        x->out.failed = true;
    else if (caller_waits(x) && caller_settle(x, now) < 0)
        x->out.failed = true;
    return x->stage == EXCHANGE_ASKS && !x->out.failed &&
           (x->call == NULL || x->login != NULL || x->call->state != CALL_ANSWERED);
}

void web_settle(struct web_service *w, usec_t now)
{
    for (struct exchange *x = LIST_FIRST(&w->asking), *after; x != NULL; x = after) {
        after = LIST_NEXT(x, asking);
        if (still_asks(x, now))
            continue;
        LIST_REMOVE(x, asking);
        LIST_INSERT_HEAD(&w->answered, x, asking);
    }
}

struct door *web_answered(struct web_service *w)
{
    struct exchange *x = LIST_FIRST(&w->answered);
    if (x == NULL)
        return NULL;
    LIST_REMOVE(x, asking);
    x->is_asking = false;
    return &x->door;
}

/* Rights */

static int refresh(struct exchange *x, usec_t now)
{
    const struct web_service *w = x->service;
    note_empty(x, now);
    const struct replica *r = w->desk->replica;
    const char *trouble = caller_trouble(x, now);
    struct viewer fresh = {0};
    int result = trouble ? 0 : viewer_resolve(r, x->viewer.account, &fresh);
    if (result < 0)
        return result;
    if (trouble != NULL || result > 0) {
        trouble = trouble ? trouble : result == VIEWER_DISABLED ? "disabled" : "revoked";
        if (x->stage == EXCHANGE_STREAMS)
            events_bye(x, trouble, false);
        else
            exchange_refuse(x, ERROR_UNAUTHENTICATED, trouble);
        return 0;
    }
    bool same_rights = w->shape == r->shape && viewer_same_rights(&fresh, &x->viewer);
    viewer_clear(&x->viewer);
    x->viewer = fresh;
    if (!x->has_feed || (same_rights && w->generation == r->generation))
        return 0;
    return feed_restart(&x->feed, &x->viewer, now, !same_rights, &x->out);
}

/* Whoever comes in has none yet, and whoever leaves needs none. */
static bool has_rights(const struct exchange *x)
{
    return x->login == NULL && (x->call != NULL || x->has_feed) && x->stage != EXCHANGE_CLOSING;
}

int web_refresh(struct web_service *w, usec_t now)
{
    const struct replica *r = w->desk->replica;
    if (r->live == NULL || (w->generation == r->generation && w->rights == r->rights))
        return 0;
    int result = 0;
    struct exchange *x;
    LIST_FOREACH (x, &w->all, all)
        if (result == 0 && has_rights(x))
            result = refresh(x, now);
    w->generation = r->generation;
    w->rights = r->rights;
    w->shape = r->shape;
    return result;
}
