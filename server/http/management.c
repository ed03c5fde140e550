/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/management.h"

#include <stdlib.h>

#include "http/response.h"

#define TEXT "text/plain; charset=utf-8"
#define METRICS "text/plain; version=0.0.4; charset=utf-8"

struct caller {
    struct door door;
    const struct management *m;
    struct http_reader reader;
    struct buf out;
    usec_t moved_at; /* when bytes last came or went */
    bool close, closing;
};

static const struct door_ops caller_ops;

struct door *management_open(const struct management *m, usec_t now)
{
    struct caller *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    *c = (struct caller){.m = m, .reader = http_reader(NULL), .moved_at = now};
    c->door.ops = &caller_ops;
    return &c->door;
}

static struct caller *caller_of(const struct door *d)
{
    return (struct caller *)(uintptr_t)d; /* the door is its first member */
}

static void caller_free(struct door *door)
{
    struct caller *c = caller_of(door);
    http_reader_clear(&c->reader);
    buf_free(&c->out);
    free(c);
}

static void say(struct caller *c, const struct http_request *q, int status, const char *type,
                span body)
{
    struct http_head head = {.status = status, .type = type, .close = c->close};
    http_answer_write(&head, body, q->method == HTTP_HEAD, &c->out);
}

static void refuse(struct caller *c, int status, const char *detail, unsigned allow)
{
    struct http_problem p = http_problem_of(status, detail);
    http_problem_write(&p, (struct http_head){.close = c->close, .allow = allow}, &c->out);
}

static void answer(struct caller *c, usec_t now, const struct http_request *q)
{
    const struct management *m = c->m;
    struct buf body = {0};
    bool reads = q->method == HTTP_GET || q->method == HTTP_HEAD;
    if (!reads) {
        refuse(c, 405, NULL, 1u << HTTP_GET | 1u << HTTP_HEAD);
    } else if (strcmp(q->path, "/healthz") == 0) {
        say(c, q, 200, TEXT, span_of("ok\n"));
    } else if (strcmp(q->path, "/readyz") == 0) {
        m->trouble(m->ctx, now, &body);
        say(c, q, body.n == 0 ? 200 : 503, TEXT,
            body.n == 0 ? span_of("ready\n") : buf_span(&body));
    } else if (strcmp(q->path, "/metrics") == 0) {
        m->metrics(m->ctx, now, &body);
        say(c, q, 200, METRICS, buf_span(&body));
    } else {
        refuse(c, 404, "healthz_readyz_metrics", 0);
    }
    c->out.failed |= body.failed;
    buf_free(&body);
}

static int outcome(const struct caller *c)
{
    return c->out.failed ? -ENOMEM : c->closing;
}

static int caller_feed(struct door *door, usec_t now, span in)
{
    struct caller *c = caller_of(door);
    struct http_request q;
    int status;
    const char *detail;
    c->moved_at = now;
    while (in.n > 0 && !c->closing && c->out.n == 0) {
        int r = http_reader_feed(&c->reader, &in, &q, &status, &detail);
        if (r < 0)
            return r;
        if (r == HTTP_MORE)
            break;
        c->close |= r == HTTP_BAD || q.close || in.n > 0;
        if (r == HTTP_BAD)
            refuse(c, status, detail, 0);
        else
            answer(c, now, &q);
        if (r == 0)
            http_reader_next_request(&c->reader);
    }
    return outcome(c);
}

static int caller_finish(struct door *door, usec_t now)
{
    struct caller *c = caller_of(door);
    (void)now;
    c->closing = true;
    return outcome(c);
}

static usec_t caller_deadline(const struct door *door)
{
    const struct caller *c = caller_of(door);
    bool idle = http_reader_idle(&c->reader) && c->out.n == 0;
    return c->closing ? USEC_NEVER : c->moved_at + (idle ? c->m->limits.idle : c->m->limits.head);
}

static int caller_tick(struct door *door, usec_t now)
{
    struct caller *c = caller_of(door);
    c->closing |= now >= caller_deadline(door);
    return outcome(c);
}

static size_t caller_pull(struct door *door, usec_t now, char *out, size_t room)
{
    struct caller *c = caller_of(door);
    size_t n = c->out.failed ? 0 : c->out.n < room ? c->out.n : room;
    if (n == 0)
        return 0;
    memcpy(out, c->out.p, n);
    buf_drop(&c->out, n);
    c->moved_at = now;
    if (c->out.n == 0) {
        buf_free(&c->out);
        c->closing |= c->close;
    }
    return n;
}

static void caller_drain(struct door *door, usec_t now)
{
    struct caller *c = caller_of(door);
    (void)now;
    c->close = true;
    c->closing |= c->out.n == 0;
}

static bool caller_closing(const struct door *door)
{
    return caller_of(door)->closing;
}

static const struct door_ops caller_ops = {
    .feed = caller_feed,
    .finish = caller_finish,
    .tick = caller_tick,
    .pull = caller_pull,
    .deadline = caller_deadline,
    .drain = caller_drain,
    .closing = caller_closing,
    .free = caller_free,
};
