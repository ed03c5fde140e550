/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads wait in a ring, oldest first; the one in flight is its head, and stays there when the
 * connection is lost. Reads change nothing, so repeating one is always right. A read given up while
 * in flight has left the ring; its answer, when it comes, is dropped. */
#include "sync/reader.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sync/failure.h"

#define RETRY_PAUSE (200 * USEC_MS)

struct read {
    uint64_t ticket;
    enum query query;
    usec_t submitted;
    bool sent;                         /* at least once */
    char *param[STATEMENT_PARAMS_MAX]; /* owned; NULL is SQL NULL */
};

struct reader {
    struct sync_machine machine;
    struct reader_limits limits;
    reader_answer answer;
    void *ctx;
    struct read *ring; /* owned; limits.queue places */
    size_t first, n;
    bool connected;
    bool in_flight;
    bool given_up; /* the read in flight has left the ring */
    usec_t retry_at;
    struct reader_counters counters;
};

static struct reader *reader_of(struct sync_machine *m)
{
    return (struct reader *)m; /* first member */
}

static void read_free(struct read *q)
{
    for (size_t i = 0; i < STATEMENT_PARAMS_MAX; i++)
        free(q->param[i]);
    *q = (struct read){0};
}

/* Takes the head off the ring, then tells its owner, who may submit another. */
static void finish(struct reader *r, struct read_answer *answer, uint64_t *counter)
{
    struct read *head = &r->ring[r->first];
    answer->ticket = head->ticket;
    answer->query = head->query;
    read_free(head);
    r->first = (r->first + 1) % r->limits.queue;
    r->n--;
    ++*counter;
    r->answer(r->ctx, answer);
}

static void expire(struct reader *r, usec_t now)
{
    while (r->n > 0 && now - r->ring[r->first].submitted >= r->limits.timeout) {
        if (r->in_flight && !r->given_up)
            r->given_up = true;
        struct read_answer answer = {.end = READ_UNAVAILABLE};
        finish(r, &answer, &r->counters.unavailable);
    }
}

static int next(struct sync_machine *m, usec_t now, struct statement *ret)
{
    struct reader *r = reader_of(m);
    expire(r, now);
    if (!r->connected || r->in_flight || r->n == 0 || now < r->retry_at)
        return 0;
    struct read *head = &r->ring[r->first];
    *ret = sql_statement(head->query);
    for (int i = 0; i < ret->n_params; i++)
        ret->param[i] = head->param[i];
    r->counters.resent += head->sent;
    head->sent = true;
    r->in_flight = true;
    r->given_up = false;
    return 1;
}

static void result(struct sync_machine *m, usec_t now, const struct statement_result *result)
{
    struct reader *r = reader_of(m);
    if (!r->in_flight)
        return;
    r->in_flight = false;
    if (r->given_up) {
        r->given_up = false;
        r->counters.late++;
        return;
    }
    struct read_answer answer = {.end = READ_DONE, .rows = result->rows};
    switch (result->end) {
    case STATEMENT_DONE:
    case STATEMENT_UNSURE: /* durability is no matter for a read */
        finish(r, &answer, &r->counters.done);
        return;
    case STATEMENT_FAILED:
        if (failure_passing(result->sqlstate)) {
            r->retry_at = now + RETRY_PAUSE;
            return;
        }
        answer = (struct read_answer){
            .end = READ_FAILED, .sqlstate = result->sqlstate, .message = result->message};
        finish(r, &answer, &r->counters.failed);
        return;
    case STATEMENT_LOST:
        return;
    }
}

static void ready(struct sync_machine *m, usec_t now)
{
    struct reader *r = reader_of(m);
    r->connected = true;
    r->in_flight = false;
    r->retry_at = now;
}

static void lost(struct sync_machine *m, usec_t now)
{
    struct reader *r = reader_of(m);
    r->connected = false;
    r->in_flight = false;
    r->given_up = false;
    expire(r, now);
}

static void tick(struct sync_machine *m, usec_t now)
{
    expire(reader_of(m), now);
}

static usec_t deadline(const struct sync_machine *m)
{
    const struct reader *r = (const struct reader *)m;
    if (r->n == 0)
        return USEC_NEVER;
    usec_t at = r->ring[r->first].submitted + r->limits.timeout;
    return r->connected && !r->in_flight && r->retry_at < at ? r->retry_at : at;
}

static const struct sync_machine_ops reader_ops = {
    .ready = ready,
    .lost = lost,
    .next = next,
    .result = result,
    .tick = tick,
    .deadline = deadline,
};

int reader_new(const struct reader_limits *limits, reader_answer answer, void *ctx,
               struct reader **ret)
{
    struct reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return -ENOMEM;
    r->machine.ops = &reader_ops;
    if (limits != NULL)
        r->limits = *limits;
    if (r->limits.queue == 0)
        r->limits.queue = 256;
    if (r->limits.timeout == 0)
        r->limits.timeout = 10 * USEC_S;
    r->answer = answer;
    r->ctx = ctx;
    r->ring = calloc(r->limits.queue, sizeof *r->ring);
    if (r->ring == NULL) {
        free(r);
        return -ENOMEM;
    }
    *ret = r;
    return 0;
}

void reader_free(struct reader *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->limits.queue; i++)
        read_free(&r->ring[i]);
    free(r->ring);
    free(r);
}

struct sync_machine *reader_machine(struct reader *r)
{
    return &r->machine;
}

int reader_submit(struct reader *r, usec_t now, uint64_t ticket, enum query query,
                  const char *const *params)
{
    if (r->n >= r->limits.queue) {
        r->counters.refused_full++;
        return READER_FULL;
    }
    struct read q = {.ticket = ticket, .query = query, .submitted = now};
    for (int i = 0; i < sql_texts[query].n_params; i++) {
        if (params[i] == NULL)
            continue;
        q.param[i] = strdup(params[i]);
        if (q.param[i] == NULL) {
            read_free(&q);
            return -ENOMEM;
        }
    }
    r->ring[(r->first + r->n) % r->limits.queue] = q;
    r->n++;
    r->counters.submitted++;
    return 0;
}

size_t reader_waiting(const struct reader *r)
{
    return r->n;
}

const struct reader_counters *reader_counters(const struct reader *r)
{
    return &r->counters;
}
