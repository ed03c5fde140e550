/* SPDX-License-Identifier: EUPL-1.2 */
/* The life of one connection: greeted, heard, answered, ended. What it is sent is made when the
 * pump asks for bytes: first what its caught-up subscriptions have not seen, then answers (so that
 * a command's effect is seen before its answer), then copies that still catch up. Memory is
 * bounded: a peer that asks and does not read is refused, then ended. */
#include <stdlib.h>

#include "api/operation.h"
#include "line/session.h"

static const struct door_ops session_ops;

void line_init(struct line_service *l, struct feeds *feeds, const struct line_limits *limits,
               uint64_t seed)
{
    *l =
        (struct line_service){.desk = feeds->desk, .feeds = feeds, .limits = *limits, .seed = seed};
}

static struct session *session_of(const struct door *d)
{
    return (struct session *)(uintptr_t)d; /* the door is its first member */
}

struct door *line_open(struct line_service *l, usec_t now, const char *fingerprint)
{
    struct session *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    if (fingerprint[0] != 0 && (s->fingerprint = strdup(fingerprint)) == NULL) {
        free(s);
        return NULL;
    }
    s->door.ops = &session_ops;
    s->service = l;
    s->lines = line_splitter(l->limits.max_line_hello);
    s->opened_at = s->heard_at = s->taken_at = now;
    s->next = l->sessions;
    if (s->next != NULL)
        s->next->previous = s;
    l->sessions = s;
    l->counts.opened++;
    if (l->desk->replica->live == NULL)
        session_bye(s, "internal", true);
    else
        write_greeting(s, now);
    return &s->door;
}

static void pending_destroy(struct session *s, struct pending *p)
{
    desk_close(s->service->desk, p->call);
    free(p->id);
    free(p);
    s->n_pending--;
}

static void session_free(struct door *door)
{
    struct session *s = session_of(door);
    while (s->pending != NULL) {
        struct pending *p = s->pending;
        s->pending = p->next;
        pending_destroy(s, p);
    }
    while (s->subscriptions != NULL) {
        struct subscription *sub = s->subscriptions;
        s->subscriptions = sub->next;
        subscription_destroy(sub);
    }
    if (s->previous != NULL)
        s->previous->next = s->next;
    else
        s->service->sessions = s->next;
    if (s->next != NULL)
        s->next->previous = s->previous;
    if (s->is_asking)
        LIST_REMOVE(s, asking);
    viewer_clear(&s->viewer);
    line_splitter_free(&s->lines);
    buf_free(&s->out);
    free(s->credentials[0]);
    free(s->credentials[1]);
    free(s->fingerprint);
    free(s);
}

/* Requests */

static int open_call(struct session *s, usec_t now, struct rpc_message *m)
{
    struct pending *p = calloc(1, sizeof *p);
    if (p == NULL || (p->id = strdup(m->id)) == NULL) {
        free(p);
        return -ENOMEM;
    }
    json_t *params = m->body;
    m->body = NULL;
    int r = desk_open(s->service->desk, now, &s->viewer, s->channel, span_of(m->method), params,
                      &p->call);
    if (r < 0) {
        free(p->id);
        free(p);
        return r;
    }
    struct pending **last = &s->pending;
    while (*last != NULL)
        last = &(*last)->next;
    *last = p;
    s->n_pending++;
    if (p->call->state != CALL_ANSWERED)
        session_asks(s);
    return 0;
}

/* Bytes of answers that wait for room. */
static size_t answered_bytes(const struct session *s)
{
    size_t n = s->out.n;
    for (const struct pending *p = s->pending; p != NULL; p = p->next)
        n += p->call->result.n + p->call->data.n;
    return n;
}

static int echo(struct session *s, const struct rpc_message *m)
{
    char *params = json_dumps(m->body, JSON_COMPACT);
    if (params == NULL)
        return -ENOMEM;
    if (strlen(params) <= LIMIT_ECHO) {
        write_result(s, m->id, span_of(params));
    } else {
        struct buf data = {0};
        buf_text(&data, ",\"errors\":[{\"pointer\":\"\",\"detail\":\"too_long\"}]");
        write_error(s, m->id, ERROR_INVALID_PARAMS, buf_span(&data));
        s->out.failed |= data.failed;
        buf_free(&data);
    }
    free(params);
    return 0;
}

static int request(struct session *s, usec_t now, struct rpc_message *m)
{
    s->service->counts.requests++;
    if (strcmp(m->method, "echo") == 0)
        return echo(s, m);
    if (strcmp(m->method, "hello") == 0) {
        if (s->stage == SESSION_UNGREETED)
            return session_hello(s, now, m->id, m->body);
        write_refusal(s, m->id, ERROR_INVALID_REQUEST, "already_greeted");
        return 0;
    }
    if (s->stage == SESSION_UNGREETED) {
        write_refusal(s, m->id, ERROR_UNAUTHENTICATED, "hello_first");
        return 0;
    }
    if (s->n_pending >= s->service->limits.in_flight ||
        answered_bytes(s) > s->service->feeds->limits.output_bytes) {
        write_refusal(s, m->id, ERROR_TOO_MANY_REQUESTS, "in_flight");
        return 0;
    }
    if (strcmp(m->method, "subscribe") == 0)
        return session_subscribe(s, now, m->id, m->body);
    if (strcmp(m->method, "unsubscribe") == 0)
        return session_unsubscribe(s, m->id, m->body);
    return open_call(s, now, m);
}

static int message(struct session *s, usec_t now, span line)
{
    struct rpc_message m;
    int r = rpc_decode(line, RPC_SERVER, &m);
    if (r < 0)
        return r;
    if (r > 0) {
        s->service->counts.refused_lines++;
        write_refusal(s, m.id, r == RPC_PARSE ? ERROR_PARSE : ERROR_INVALID_REQUEST, m.detail);
        return 0;
    }
    if (m.kind == RPC_REQUEST)
        r = request(s, now, &m);
    else if (m.kind == RPC_NOTIFICATION && strcmp(m.method, "bye") == 0)
        s->finished = true;
    else if (m.kind == RPC_NOTIFICATION)
        write_refusal(s, "null", ERROR_INVALID_REQUEST, "id_required");
    rpc_message_clear(&m);
    return r;
}

/* Door */

static int outcome(const struct session *s, int r)
{
    if (r < 0 || s->out.failed)
        return r < 0 ? r : -ENOMEM;
    return s->stage == SESSION_CLOSING;
}

static int session_feed(struct door *door, usec_t now, span in)
{
    struct session *s = session_of(door);
    s->heard_at = now;
    s->probed = false;
    while (s->stage != SESSION_CLOSING && !s->finished) {
        span line;
        int r = line_next(&s->lines, &in, &line);
        if (r == LINE_MORE)
            break;
        if (r == LINE_TOO_LONG) {
            s->service->counts.refused_lines++;
            write_refusal(s, "null", ERROR_PARSE, "line_too_long");
            session_bye(s, "protocol", false);
            break;
        }
        r = r < 0 ? r : message(s, now, line);
        if (r < 0)
            return r;
        if (s->out.n > 2 * s->service->feeds->limits.output_bytes)
            session_bye(s, "slow", true);
    }
    return outcome(s, 0);
}

static bool is_done(const struct session *s)
{
    return s->finished && s->n_pending == 0;
}

static int session_finish(struct door *door, usec_t now)
{
    struct session *s = session_of(door);
    (void)now;
    s->finished = true;
    if (is_done(s))
        s->stage = SESSION_CLOSING;
    return outcome(s, 0);
}

static bool is_slow(const struct session *s, usec_t now)
{
    const struct line_limits *l = &s->service->limits;
    if (s->out.n > 0 && now - s->taken_at >= l->slow_no_byte)
        return true;
    for (const struct subscription *sub = s->subscriptions; sub != NULL; sub = sub->next)
        if (feed_is_slow(&sub->feed, now))
            return true;
    return false;
}

static int session_tick(struct door *door, usec_t now)
{
    struct session *s = session_of(door);
    const struct line_limits *l = &s->service->limits;
    if (s->stage == SESSION_UNGREETED && now - s->opened_at >= l->hello_timeout)
        session_bye(s, "no_hello", true);
    else if (now - s->heard_at >= l->silence_end)
        session_bye(s, "silence", true);
    else if (is_slow(s, now))
        session_bye(s, "slow", true);
    else if (s->stage == SESSION_GREETED && session_credentials_end(s) <= now)
        session_bye(s, "revoked", false);
    else if (s->stage == SESSION_GREETED && !s->probed && now - s->heard_at >= l->silence_probe) {
        s->probed = true;
        write_probe(s);
    }
    if (s->stage == SESSION_GREETED)
        subscriptions_settle(s, now);
    return outcome(s, 0);
}

/* Answers that are ready, oldest first: a little more than is pulled now; the rest waits as
 * it is. */
static void send_answers(struct session *s, size_t room)
{
    for (struct pending **at = &s->pending; *at != NULL;) {
        struct pending *p = *at;
        if (p->call->state != CALL_ANSWERED) {
            at = &p->next;
            continue;
        }
        if (s->out.n > room)
            return;
        write_call(s, p->id, p->call);
        *at = p->next;
        pending_destroy(s, p);
    }
}

static void generate(struct session *s, usec_t now, size_t room)
{
    if (s->stage == SESSION_GREETED) {
        if (subscriptions_send(s, now, false))
            send_answers(s, room);
        subscriptions_send(s, now, true);
    }
    if (is_done(s))
        s->stage = SESSION_CLOSING;
}

static size_t session_pull(struct door *door, usec_t now, char *out, size_t room)
{
    struct session *s = session_of(door);
    if (s->out.n == 0)
        s->taken_at = now;
    if (s->out.n < room)
        generate(s, now, room);
    size_t n = s->out.failed ? 0 : s->out.n < room ? s->out.n : room;
    if (n == 0)
        return 0;
    memcpy(out, s->out.p, n);
    buf_drop(&s->out, n);
    s->taken_at = now;
    if (s->out.n == 0)
        buf_free(&s->out); /* an idle connection keeps no memory */
    return n;
}

static usec_t earlier(usec_t a, usec_t b)
{
    return a < b ? a : b;
}

static usec_t session_deadline(const struct door *door)
{
    const struct session *s = session_of(door);
    const struct line_limits *l = &s->service->limits;
    if (s->stage == SESSION_CLOSING)
        return USEC_NEVER; /* the pump's own bound */
    usec_t first = s->heard_at + (s->probed ? l->silence_end : l->silence_probe);
    if (s->stage == SESSION_UNGREETED)
        return earlier(s->opened_at + l->hello_timeout, s->heard_at + l->silence_end);
    if (s->out.n > 0)
        first = earlier(first, s->taken_at + l->slow_no_byte);
    return earlier(first, earlier(subscriptions_deadline(s), session_credentials_end(s)));
}

static void session_drain(struct door *door, usec_t now)
{
    (void)now;
    session_bye(session_of(door), "drain", true);
}

static bool session_closing(const struct door *door)
{
    return session_of(door)->stage == SESSION_CLOSING;
}

static const struct door_ops session_ops = {
    .feed = session_feed,
    .finish = session_finish,
    .tick = session_tick,
    .pull = session_pull,
    .deadline = session_deadline,
    .drain = session_drain,
    .closing = session_closing,
    .free = session_free,
};

/* Answers that come later */

void session_asks(struct session *s)
{
    if (!s->is_asking)
        LIST_INSERT_HEAD(&s->service->asking, s, asking);
    s->is_asking = true;
}

static bool waits(const struct session *s)
{
    for (const struct pending *p = s->pending; p != NULL; p = p->next)
        if (p->call->state != CALL_ANSWERED)
            return true;
    for (const struct subscription *sub = s->subscriptions; sub != NULL; sub = sub->next)
        if (sub->feed.waiting)
            return true;
    return false;
}

static bool has_answer(const struct session *s)
{
    for (const struct pending *p = s->pending; p != NULL; p = p->next)
        if (p->call->state == CALL_ANSWERED)
            return true;
    return s->out.n > 0 || !waits(s);
}

void line_settle(struct line_service *l, usec_t now)
{
    for (struct session *s = LIST_FIRST(&l->asking), *next; s != NULL; s = next) {
        next = LIST_NEXT(s, asking);
        if (s->stage == SESSION_GREETED)
            subscriptions_settle(s, now);
        if (!has_answer(s))
            continue;
        LIST_REMOVE(s, asking);
        LIST_INSERT_HEAD(&l->answered, s, asking);
    }
}

struct door *line_answered(struct line_service *l)
{
    struct session *s = LIST_FIRST(&l->answered);
    if (s == NULL)
        return NULL;
    LIST_REMOVE(s, asking);
    s->is_asking = false;
    if (waits(s))
        session_asks(s);
    return &s->door;
}

/* Rights */

static int refresh(struct session *s, usec_t now)
{
    const struct line_service *l = s->service;
    const struct replica *r = l->desk->replica;
    const char *trouble = session_credentials_trouble(s, now);
    struct viewer fresh = {0};
    int result = trouble ? 0 : viewer_resolve(r, s->viewer.account, &fresh);
    if (result < 0)
        return result;
    if (trouble != NULL || result > 0) {
        session_bye(s, result == VIEWER_DISABLED ? "disabled" : "revoked", false);
        return 0;
    }
    bool same_rights = l->shape == r->shape && viewer_same_rights(&fresh, &s->viewer);
    viewer_clear(&s->viewer);
    s->viewer = fresh;
    if (!same_rights)
        return subscriptions_restart(s, now, true);
    return l->generation == r->generation ? 0 : subscriptions_restart(s, now, false);
}

int line_refresh(struct line_service *l, usec_t now)
{
    const struct replica *r = l->desk->replica;
    if (r->live == NULL || (l->generation == r->generation && l->rights == r->rights))
        return 0;
    int result = 0;
    for (struct session *s = l->sessions; s != NULL && result == 0; s = s->next)
        if (s->stage == SESSION_GREETED)
            result = refresh(s, now);
    l->generation = r->generation;
    l->rights = r->rights;
    l->shape = r->shape;
    return result;
}
