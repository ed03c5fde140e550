/* SPDX-License-Identifier: EUPL-1.2 */
/* Commands wait in one list, oldest first. The batch in flight is always the head of that list: it
 * is cut from the head, answered from the head, and what is lost stays where it was, so repetition
 * keeps the order by construction. Time runs out at the head first, too: a command given up while
 * its batch is in flight leaves the list, and batch_gone remembers how many replies are nobody's.
 *
 * `maybe` is the one fact that separates unavailable from unknown_outcome: some statement that
 * carried the command ended without an answer. A statement that the server refused has rolled back,
 * so it leaves `maybe` as it was.
 *
 * Journal entries stand behind the commands of a batch, a few at most, and nobody waits for their
 * replies. One that makes a batch fail costs it nothing but being run again without it. */
#include "sync/writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "sync/command.h"
#include "sync/sql.h"

/* A batch answered more recently makes a heartbeat needless: it has moved the ledger's time. */
#define HEARTBEAT_GAP (400 * USEC_MS)
#define RETRY_FIRST (50 * USEC_MS)
#define RETRY_LAST USEC_S

struct writer {
    struct sync_machine machine;
    struct writer_limits limits;
    struct queue waiting;  /* accepted, not answered */
    struct queue spare;    /* journal entries: for the room that a batch has left */
    struct queue outcomes; /* answered, not popped */
    bool connected;

    bool in_flight;
    bool blocked;       /* the lock was not to be had: look who holds it */
    bool unblocking;    /* the statement in flight is that look */
    bool beat;          /* an empty batch is asked for */
    size_t batch;       /* commands in the statement in flight */
    size_t batch_gone;  /* of those, given up meanwhile: the first ones */
    size_t batch_spare; /* journal entries behind them: the first that wait */
    struct buf text;    /* the statement's parameter */
    usec_t retry_at;    /* after a passing failure; 0 at once */
    usec_t retry_delay; /* the next one */
    usec_t answered_at; /* the last batch answered; 0 none */
    usec_t spare_at;    /* no journal entries before */

    struct lent popped; /* what the last writer_outcome lent */
    struct failure failure;
    struct writer_counters counters;
};

static struct writer *writer_of(struct sync_machine *m)
{
    return (struct writer *)m; /* first member */
}

static const struct writer *writer_of_const(const struct sync_machine *m)
{
    return (const struct writer *)m;
}

/* The oldest command has its outcome: it moves to the other list and is returned. */
static struct command *finish(struct writer *w, const char *type, uint64_t *counter)
{
    struct command *c = queue_take(&w->waiting);
    c->type = type;
    ++*counter;
    queue_add(&w->outcomes, c);
    return c;
}

static void finish_unknown(struct writer *w)
{
    finish(w, "unknown_outcome", &w->counters.unknown_outcome);
}

/* Ends the commands whose time is up. */
static void expire(struct writer *w, usec_t now)
{
    for (struct command *c; (c = w->waiting.head) != NULL;) {
        if (now - c->submitted < w->limits.command_wait)
            return;
        bool sent = w->in_flight && w->batch_gone < w->batch;
        if (sent || c->maybe)
            finish_unknown(w);
        else
            finish(w, "unavailable", &w->counters.unavailable);
        if (sent)
            w->batch_gone++;
    }
}

static void retry_later(struct writer *w, usec_t now)
{
    w->retry_at = now + w->retry_delay;
    w->retry_delay = w->retry_delay * 2 < RETRY_LAST ? w->retry_delay * 2 : RETRY_LAST;
}

/* Adds commands of a queue to the batch that has n, up to `most` in all; how many it then has. */
static size_t compose_from(struct writer *w, const struct queue *q, size_t n, size_t most)
{
    for (const struct command *c = q->head; c != NULL && n < most; c = c->next) {
        if (n > 0 && (c->alone || w->text.n + c->n > w->limits.batch_bytes))
            break;
        if (n > 0)
            buf_char(&w->text, ',');
        buf_add(&w->text, (span){c->json, c->n});
        n++;
        if (c->alone)
            break;
    }
    return n;
}

/* Writes the next batch's text and says what it holds. 0 or -ENOMEM. */
static int compose(struct writer *w, usec_t now)
{
    buf_reset(&w->text);
    buf_char(&w->text, '[');
    size_t n = compose_from(w, &w->waiting, 0, w->limits.batch), most = n + w->limits.batch_spare;
    most = most < w->limits.batch ? most : w->limits.batch;
    bool none = now < w->spare_at || (n > 0 && w->waiting.head->alone);
    size_t all = none ? n : compose_from(w, &w->spare, n, most);
    buf_add(&w->text, (span){"]", 2}); /* with its terminator */
    w->batch = n;
    w->batch_spare = all - n;
    if (all > n)
        w->spare_at = now + w->limits.spare_gap;
    w->batch_gone = 0;
    return buf_check(&w->text);
}

static int next_unblock(struct writer *w, struct statement *ret)
{
    w->blocked = false;
    w->unblocking = w->in_flight = true;
    w->batch = w->batch_gone = w->batch_spare = 0;
    *ret = sql_statement(QUERY_UNBLOCK);
    return 1;
}

static int next(struct sync_machine *m, usec_t now, struct statement *ret)
{
    struct writer *w = writer_of(m);
    expire(w, now);
    if (!w->connected || w->in_flight)
        return 0;
    if (w->blocked)
        return next_unblock(w, ret);
    bool spare = w->spare.n > 0 && now >= w->spare_at;
    if (now < w->retry_at || (w->waiting.n == 0 && !spare && !w->beat))
        return 0;
    if (compose(w, now) < 0) {
        retry_later(w, now);
        return 0;
    }
    w->in_flight = true;
    w->beat = false;
    if (w->batch + w->batch_spare > 0)
        w->counters.batches++;
    else
        w->counters.heartbeats++;
    w->counters.batch_commands += w->batch;
    const struct command *c = w->waiting.head;
    for (size_t i = 0; i < w->batch; i++, c = c->next)
        w->counters.resent += c->maybe;
    *ret = sql_statement(QUERY_APPLY);
    ret->param[0] = w->text.p;
    return 1;
}

/* The replies of a result, when there is one with a type for each command of the batch. */
static const json_t *replies_of(const json_t *result, size_t n)
{
    const json_t *replies = json_object_get(result, "replies");
    if (!json_is_string(json_object_get(result, "epoch")) ||
        !json_is_integer(json_object_get(result, "at")) || json_array_size(replies) != n ||
        !json_is_array(replies))
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (!json_is_string(json_object_get(json_array_get(replies, i), "type")))
            return NULL;
    return replies;
}

/* The entries of the batch in flight leave: written, or for a reason counted. */
static void finish_spare(struct writer *w, const json_t *replies)
{
    for (size_t i = 0; i < w->batch_spare; i++) {
        const json_t *reply = json_array_get(replies, w->batch + i);
        const char *type = json_string_value(json_object_get(reply, "type"));
        command_free(queue_take(&w->spare));
        if (type != NULL && strcmp(type, "ok") == 0)
            w->counters.spare_written++;
        else
            w->counters.spare_dropped++;
    }
}

static void answer(struct writer *w, usec_t now, const struct rows *rows)
{
    const char *text = rows->n_rows == 1 && rows->n_cols == 1 ? rows_cell(rows, 0, 0) : NULL;
    json_t *result = text != NULL ? json_loads(text, 0, NULL) : NULL;
    const json_t *replies = replies_of(result, w->batch + w->batch_spare);
    w->retry_delay = RETRY_FIRST;
    w->answered_at = now;
    w->counters.late += w->batch_gone;
    if (replies == NULL)
        w->counters.unusable++;
    for (size_t i = w->batch_gone; i < w->batch; i++) {
        if (replies == NULL) { /* run, but nobody can say with what effect */
            finish_unknown(w);
            continue;
        }
        const json_t *reply = json_array_get(replies, i);
        const char *type = json_string_value(json_object_get(reply, "type"));
        struct command *c = finish(w, type, &w->counters.answered);
        c->result = json_incref(result);
        c->reply = reply;
    }
    finish_spare(w, replies);
    json_decref(result);
}

/* The server will not run the oldest command. But one that was lost before may be with a stalled
 * server, which can still run it. */
static void finish_refused(struct writer *w)
{
    struct command *c = w->waiting.head->maybe
                            ? finish(w, "unknown_outcome", &w->counters.unknown_outcome)
                            : finish(w, "internal", &w->counters.internal);
    memcpy(c->sqlstate, w->failure.sqlstate, FAILURE_SQLSTATE);
}

/* One of a failed batch is to blame: each runs by itself. */
static void run_singly(struct writer *w)
{
    struct command *c = w->waiting.head;
    for (size_t i = w->batch_gone; i < w->batch; i++, c = c->next) {
        c->alone = true;
        w->counters.singled++;
    }
    c = w->spare.head;
    for (size_t i = 0; i < w->batch_spare; i++, c = c->next)
        c->alone = true;
}

static void fail(struct writer *w, usec_t now)
{
    size_t n = w->batch + w->batch_spare;
    w->counters.failed++;
    if (failure_passing(w->failure.sqlstate)) {
        w->blocked = strcmp(w->failure.sqlstate, "55P03") == 0; /* lock_timeout */
        w->counters.transient++;
        retry_later(w, now);
    } else if (n == 0) {
        retry_later(w, now);
    } else if (n > 1) {
        run_singly(w);
    } else if (w->batch == 0) {
        finish_spare(w, NULL);
    } else if (w->batch_gone == 0) {
        finish_refused(w);
    }
}

static void lose(struct writer *w)
{
    w->counters.lost++;
    struct command *c = w->waiting.head;
    for (size_t i = w->batch_gone; i < w->batch; i++, c = c->next)
        c->maybe = true;
}

static void result(struct sync_machine *m, usec_t now, const struct statement_result *result)
{
    struct writer *w = writer_of(m);
    if (!w->in_flight)
        return;
    if (w->unblocking) {
        w->counters.unblocked += (uint64_t)result->rows.n_rows;
        w->unblocking = w->in_flight = false;
        return;
    }
    if (result->end != STATEMENT_DONE)
        failure_note(&w->failure, result);
    switch (result->end) {
    case STATEMENT_DONE:
        answer(w, now, &result->rows);
        break;
    case STATEMENT_UNSURE:
        w->counters.unsure++;
        for (size_t i = w->batch_gone; i < w->batch; i++)
            finish_unknown(w);
        finish_spare(w, NULL);
        break;
    case STATEMENT_FAILED:
        fail(w, now);
        break;
    case STATEMENT_LOST:
        lose(w);
        break;
    }
    w->in_flight = false;
    expire(w, now);
}

static void ready(struct sync_machine *m, usec_t now)
{
    struct writer *w = writer_of(m);
    w->connected = true;
    w->in_flight = false;
    w->retry_at = now;
}

static void lost(struct sync_machine *m, usec_t now)
{
    struct writer *w = writer_of(m);
    if (w->in_flight && !w->unblocking) /* a pump that did not say it by a result */
        lose(w);
    w->in_flight = w->unblocking = w->blocked = false;
    w->connected = false;
    w->beat = false;
    expire(w, now);
}

static void tick(struct sync_machine *m, usec_t now)
{
    expire(writer_of(m), now);
}

static usec_t deadline(const struct sync_machine *m)
{
    const struct writer *w = writer_of_const(m);
    usec_t at = USEC_NEVER;
    if (w->waiting.head != NULL)
        at = w->waiting.head->submitted + w->limits.command_wait;
    if (!w->connected || w->in_flight)
        return at;
    usec_t send = USEC_NEVER;
    if (w->waiting.n > 0 || w->beat)
        send = w->retry_at;
    else if (w->spare.n > 0)
        send = w->retry_at > w->spare_at ? w->retry_at : w->spare_at;
    return send < at ? send : at;
}

static const struct sync_machine_ops writer_ops = {
    .ready = ready,
    .lost = lost,
    .next = next,
    .result = result,
    .tick = tick,
    .deadline = deadline,
};

int writer_new(const struct writer_limits *limits, struct writer **ret)
{
    struct writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return -ENOMEM;
    w->machine.ops = &writer_ops;
    if (limits != NULL)
        w->limits = *limits;
    if (w->limits.queue == 0)
        w->limits.queue = 4096;
    if (w->limits.batch == 0)
        w->limits.batch = 64;
    if (w->limits.batch_bytes == 0)
        w->limits.batch_bytes = 1 << 20;
    if (w->limits.command_wait == 0)
        w->limits.command_wait = 10 * USEC_S;
    if (w->limits.spare == 0)
        w->limits.spare = 4096;
    if (w->limits.batch_spare == 0)
        w->limits.batch_spare = 2;
    if (w->limits.spare_gap == 0)
        w->limits.spare_gap = 10 * USEC_MS;
    queue_init(&w->waiting);
    queue_init(&w->spare);
    queue_init(&w->outcomes);
    w->retry_delay = RETRY_FIRST;
    *ret = w;
    return 0;
}

void writer_free(struct writer *w)
{
    if (w == NULL)
        return;
    lent_clear(&w->popped);
    queue_free(&w->waiting);
    queue_free(&w->spare);
    queue_free(&w->outcomes);
    buf_free(&w->text);
    free(w);
}

struct sync_machine *writer_machine(struct writer *w)
{
    return &w->machine;
}

int writer_submit(struct writer *w, usec_t now, uint64_t ticket, char *command_json, size_t n)
{
    if (w->waiting.n >= w->limits.queue) {
        w->counters.refused_full++;
        return WRITER_FULL;
    }
    struct command *c = command_new(now, ticket, command_json, n);
    if (c == NULL)
        return -ENOMEM;
    queue_add(&w->waiting, c);
    w->counters.submitted++;
    return 0;
}

int writer_submit_spare(struct writer *w, char *command_json, size_t n)
{
    struct command *c = NULL;
    if (w->spare.n < w->limits.spare)
        c = command_new(0, 0, command_json, n);
    if (c == NULL) {
        w->counters.spare_dropped++;
        return WRITER_FULL;
    }
    queue_add(&w->spare, c);
    w->counters.spare_submitted++;
    return 0;
}

bool writer_outcome(struct writer *w, struct outcome *ret)
{
    lent_clear(&w->popped);
    struct command *c = queue_take(&w->outcomes);
    if (c == NULL)
        return false;
    lent_outcome(&w->popped, c, ret);
    return true;
}

bool writer_heartbeat(struct writer *w, usec_t now)
{
    if (!w->connected || w->in_flight || w->waiting.n + w->spare.n > 0 || now < w->retry_at ||
        (w->answered_at != 0 && now - w->answered_at < HEARTBEAT_GAP))
        return false;
    w->beat = true;
    return true;
}

size_t writer_waiting(const struct writer *w)
{
    return w->waiting.n;
}

size_t writer_spare(const struct writer *w)
{
    return w->spare.n;
}

bool writer_connected(const struct writer *w)
{
    return w->connected;
}

const struct writer_counters *writer_counters(const struct writer *w)
{
    return &w->counters;
}

const char *writer_last_sqlstate(const struct writer *w)
{
    return w->failure.sqlstate;
}

const char *writer_last_message(const struct writer *w)
{
    return w->failure.message;
}
