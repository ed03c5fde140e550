/* SPDX-License-Identifier: EUPL-1.2 */
/* The sync machines of two workers against the model of the database, in virtual time, under every
 * fault a database and a network have: statements lost before, replies lost after, statements a
 * stalled server runs late, uncertain commits, passing and lasting refusals, failovers with loss of
 * what was not acknowledged, retention. A seed reproduces a run.
 *
 *   machines FIRST_SEED LAST_SEED STEPS
 *
 * Every command renames one territory to its own number, so its effects can be counted. */
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "sim/copy.h"
#include "sim/dice.h"
#include "sim/model.h"
#include "sync/follower.h"
#include "sync/reader.h"
#include "sync/sql.h"
#include "sync/writer.h"

#define NODES 2
#define LINKS 3 /* writer, follower, reader of a node */
#define COMMANDS_MAX 20000
#define LATENCY_MAX (20 * USEC_MS)
#define LATE_MAX 64

/* What became of a command. */
struct fate {
    int node;
    const char *type;          /* static name; NULL: no outcome yet */
    int64_t revision, applied; /* of its outcome; of its change in the history, 0: not there */
};

/* A statement on its way, its parameters owned. */
struct journey {
    struct statement statement;
    char *param[STATEMENT_PARAMS_MAX];
};

struct link {
    struct sync_machine *machine;
    struct model_session *session;
    usec_t up_at; /* when down */
    bool up, in_flight, executed;
    usec_t next_event; /* of the statement in flight */
    struct journey journey;
    struct model_result result;
    struct world *world;
};

struct node {
    struct writer *writer;
    struct follower *follower;
    struct reader *reader;
    struct copy copy;
    struct link link[LINKS];
    uint64_t reads, answers;
};

struct world {
    struct dice dice;
    uint64_t seed;
    int step;
    usec_t now; /* monotonic; the database's clock is this plus an offset */
    struct model *m;
    struct node node[NODES];
    struct fate fate[COMMANDS_MAX];
    uint64_t commands;
    int64_t logged;                /* changes up to this revision are in the fates */
    int unacknowledged;            /* commits at the end that nobody was told of */
    struct journey late[LATE_MAX]; /* statements of stalled servers */
    int n_late;
    bool calm;               /* no more faults */
    int64_t revision_at[64]; /* of the ledger, at each 100 ms; to judge freshness */
    usec_t failed_over_at;
};

static void violated(const struct world *w, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

static void violated(const struct world *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "seed %llu step %d now %lld: ", (unsigned long long)w->seed, w->step,
            (long long)w->now);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static bool chance(struct world *w, uint32_t per_thousand)
{
    return dice_roll(&w->dice, 1000) < per_thousand;
}

static bool fault(struct world *w, uint32_t per_thousand)
{
    return !w->calm && chance(w, per_thousand);
}

static void journey_clear(struct journey *j)
{
    for (int i = 0; i < STATEMENT_PARAMS_MAX; i++)
        free(j->param[i]);
    *j = (struct journey){0};
}

static struct journey journey_of(const struct statement *s)
{
    struct journey j = {.statement = *s};
    for (int i = 0; i < s->n_params; i++)
        if (s->param[i] != NULL)
            j.statement.param[i] = j.param[i] = strdup(s->param[i]);
    return j;
}

/* what the history says */

static void note_change(struct world *w, const json_t *change)
{
    const char *name = json_string_value(json_object_get(json_object_get(change, "state"), "name"));
    int64_t revision = json_integer_value(json_object_get(change, "revision"));
    if (name == NULL || name[0] != '#')
        return;
    uint64_t n = strtoull(name + 1, NULL, 10);
    struct fate *f = &w->fate[n];
    if (f->applied != 0)
        violated(w, "command %d applied twice, at %lld and %lld", (int)n, (long long)f->applied,
                 (long long)revision);
    if (f->type != NULL && strcmp(f->type, "unavailable") == 0)
        violated(w, "command %d was said to be unavailable, then applied", (int)n);
    f->applied = revision;
}

static void note_changes(struct world *w)
{
    const json_t *changes = model_changes(w->m);
    size_t i = json_array_size(changes);
    while (i > 0 && json_integer_value(
                        json_object_get(json_array_get(changes, i - 1), "revision")) > w->logged)
        i--;
    for (; i < json_array_size(changes); i++)
        note_change(w, json_array_get(changes, i));
    w->logged = model_revision(w->m);
}

/* the database */

static void execute(struct world *w, struct model_session *s, const struct statement *st,
                    struct model_result *ret)
{
    int64_t before = model_revision(w->m);
    model_set_clock(w->m, w->now + USEC_HOUR);
    model_execute(s, st, ret);
    if (st->query != QUERY_APPLY || ret->result.end != STATEMENT_DONE)
        return;
    w->unacknowledged++;
    if (model_revision(w->m) != before)
        note_changes(w);
}

static void cut(struct world *w, struct link *l)
{
    if (!l->up)
        return;
    if (l->in_flight) {
        struct statement_result lost = {.end = STATEMENT_LOST, .message = "cut"};
        l->machine->ops->result(l->machine, w->now, &lost);
    }
    l->machine->ops->lost(l->machine, w->now);
    journey_clear(&l->journey);
    model_result_clear(&l->result);
    model_disconnect(l->session);
    l->session = NULL;
    l->up = l->in_flight = l->executed = false;
    l->up_at = w->now + (usec_t)dice_roll(&w->dice, chance(w, 50) ? 14000 : 300) * USEC_MS;
}

static void come_up(struct world *w, struct link *l)
{
    l->session = model_connect(w->m, true);
    l->up = true;
    l->machine->ops->ready(l->machine, w->now);
}

/* The server stalls with the statement received: it runs when it wakes, nobody hears of it. */
static void stall(struct world *w, struct link *l)
{
    if (l->journey.statement.query == QUERY_APPLY && w->n_late < LATE_MAX) {
        w->late[w->n_late++] = l->journey;
        l->journey = (struct journey){0};
    }
    cut(w, l);
}

static void run_late(struct world *w)
{
    struct model_session *s = model_connect(w->m, true);
    struct model_result r;
    struct journey j = w->late[--w->n_late];
    execute(w, s, &j.statement, &r);
    model_result_clear(&r);
    model_disconnect(s);
    journey_clear(&j);
}

static void fail_over(struct world *w)
{
    int lost =
        w->unacknowledged > 0 ? (int)dice_roll(&w->dice, (uint32_t)w->unacknowledged + 1) : 0;
    for (int i = 0; i < NODES; i++)
        for (int k = 0; k < LINKS; k++)
            cut(w, &w->node[i].link[k]);
    while (w->n_late > 0) /* their server is gone */
        journey_clear(&w->late[--w->n_late]);
    model_fail_over(w->m, lost);
    for (uint64_t n = 0; n < w->commands; n++)
        if (w->fate[n].applied > model_revision(w->m))
            w->fate[n].applied = 0;
    w->logged = model_revision(w->m);
    w->unacknowledged = 0;
    w->failed_over_at = w->now;
}

/* one link */

static void deliver(struct world *w, struct link *l)
{
    struct statement_result r = l->result.result;
    bool apply = l->journey.statement.query == QUERY_APPLY;
    if (r.end == STATEMENT_DONE && apply && fault(w, 15))
        r.end = STATEMENT_UNSURE;
    else if (r.end == STATEMENT_DONE && apply)
        w->unacknowledged = 0; /* what came before is as durable as this */
    l->in_flight = l->executed = false;
    l->machine->ops->result(l->machine, w->now, &r);
    model_result_clear(&l->result);
    journey_clear(&l->journey);
}

static usec_t soon(struct world *w)
{
    if (fault(w, 2)) /* longer than anyone waits for a command */
        return w->now + 12 * USEC_S;
    return w->now + 1 + (usec_t)dice_roll(&w->dice, (uint32_t)LATENCY_MAX / 2);
}

static void arrive(struct world *w, struct link *l)
{
    static const char *const refusals[] = {"55P03", "57P01", "40001", "22P05", "XX000"};
    if (l->journey.statement.query == QUERY_APPLY && fault(w, 20))
        model_fail_next(w->m, refusals[dice_roll(&w->dice, ARRAY_LENGTH(refusals))]);
    execute(w, l->session, &l->journey.statement, &l->result);
    l->executed = true;
    l->next_event = soon(w);
}

static void turn_link(struct world *w, struct link *l)
{
    struct sync_machine *m = l->machine;
    struct statement s = {0};
    if (m->ops->deadline(m) <= w->now)
        m->ops->tick(m, w->now);
    if (!l->up) {
        if (w->now >= l->up_at)
            come_up(w, l);
        return;
    }
    if (fault(w, 2))
        cut(w, l);
    else if (l->in_flight && w->now >= l->next_event && fault(w, 5))
        stall(w, l);
    else if (l->in_flight && w->now >= l->next_event && l->executed)
        deliver(w, l);
    else if (l->in_flight && w->now >= l->next_event)
        arrive(w, l);
    if (!l->up)
        return;
    char payload[MODEL_PAYLOAD];
    if (model_take_notified(l->session, payload) && m->ops->notified != NULL && !fault(w, 100))
        m->ops->notified(m, w->now, payload);
    if (!l->in_flight && m->ops->next(m, w->now, &s) != 0) {
        l->journey = journey_of(&s);
        l->in_flight = true;
        l->next_event = soon(w);
    }
}

/* one node */

static void submit(struct world *w, int i)
{
    if (w->commands == COMMANDS_MAX)
        return;
    uint64_t n = w->commands;
    char *text = NULL;
    int length = asprintf(&text,
                          "{\"account\":\"system\",\"op\":\"territory.put\",\"key\":\"k%d\","
                          "\"digest\":\"d\",\"channel\":\"api\",\"params\":{\"code\":\"d31\","
                          "\"name\":\"#%d\",\"level\":\"x\"}}",
                          (int)n, (int)n);
    bool entry = chance(w, 150); /* of a journal: nobody hears of it */
    int r = entry ? writer_submit_spare(w->node[i].writer, text, (size_t)length)
                  : writer_submit(w->node[i].writer, w->now, n, text, (size_t)length);
    if (r == WRITER_FULL)
        free(text);
    else if (r < 0)
        violated(w, "out of memory");
    else
        w->fate[w->commands++] = (struct fate){.node = i, .type = entry ? "entry" : NULL};
}

static const char *static_type(const struct world *w, const char *type)
{
    static const char *const types[] = {"ok", "unavailable", "unknown_outcome", "internal"};
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
        if (strcmp(types[i], type) == 0)
            return types[i];
    violated(w, "an outcome of type %s", type);
}

static void take_outcomes(struct world *w, struct node *node)
{
    struct outcome o;
    while (writer_outcome(node->writer, &o)) {
        struct fate *f = &w->fate[o.ticket];
        if (f->type != NULL)
            violated(w, "command %d has two outcomes", (int)o.ticket);
        f->type = static_type(w, o.type);
        f->revision = o.revision;
        bool done = strcmp(f->type, "ok") == 0;
        if (done && (f->applied == 0 || f->applied != o.revision))
            violated(w, "command %d acknowledged at %lld, applied at %lld", (int)o.ticket,
                     (long long)o.revision, (long long)f->applied);
        if (!done && strcmp(f->type, "unknown_outcome") != 0 && f->applied != 0)
            violated(w, "command %d is %s, but applied", (int)o.ticket, f->type);
    }
}

/* A replica that calls itself fresh has everything that was there three seconds and the longest
 * prompt answer ago. */
static void check_freshness(struct world *w, const struct node *node)
{
    usec_t then = w->now - FOLLOWER_STALE - FOLLOWER_PROMPT - 100 * USEC_MS;
    if (follower_stale(node->follower, w->now) || then < w->failed_over_at + 4 * USEC_S)
        return;
    int64_t least =
        w->revision_at[(then / (100 * USEC_MS)) % (int64_t)ARRAY_LENGTH(w->revision_at)];
    if (follower_revision(node->follower) < least)
        violated(w, "fresh at %lld, but %lld was there long ago",
                 (long long)follower_revision(node->follower), (long long)least);
}

static void turn_node(struct world *w, int i)
{
    static const char *const log_row[] = {"1", "establishment_kind", "mecs"};
    struct node *node = &w->node[i];
    for (int k = 0; k < LINKS; k++)
        turn_link(w, &node->link[k]);
    take_outcomes(w, node);
    if (follower_needs_heartbeat(node->follower, w->now))
        writer_heartbeat(node->writer, w->now);
    if (!w->calm && chance(w, 120))
        for (uint32_t n = dice_roll(&w->dice, chance(w, 30) ? 150 : 4); n > 0; n--)
            submit(w, i);
    if (!w->calm && chance(w, 20) &&
        reader_submit(node->reader, w->now, node->reads,
                      chance(w, 500) ? QUERY_LOG_ROW : QUERY_LEDGER, log_row) == 0)
        node->reads++;
    if (follower_error(node->follower) < 0)
        violated(w, "the follower stopped: %d", follower_error(node->follower));
    copy_check(&node->copy, follower_revision(node->follower));
    check_freshness(w, node);
}

static void read_answered(void *ctx, const struct read_answer *answer)
{
    struct node *node = ctx;
    node->answers++;
    if (answer->end == READ_DONE && answer->query == QUERY_LEDGER && answer->rows.n_rows != 1)
        abort();
}

static void node_init(struct world *w, struct node *node)
{
    copy_init(&node->copy);
    struct writer_limits limits = {.queue = 200};
    struct reader_limits reads = {.queue = 8};
    if (writer_new(&limits, &node->writer) < 0 ||
        follower_new(&copy_sink, &node->copy, &node->follower) < 0 ||
        reader_new(&reads, read_answered, node, &node->reader) < 0)
        violated(w, "out of memory");
    struct sync_machine *machines[LINKS] = {writer_machine(node->writer),
                                            follower_machine(node->follower),
                                            reader_machine(node->reader)};
    for (int k = 0; k < LINKS; k++)
        node->link[k] = (struct link){.machine = machines[k], .world = w};
}

static void node_free(struct world *w, struct node *node)
{
    for (int k = 0; k < LINKS; k++) {
        cut(w, &node->link[k]);
        journey_clear(&node->link[k].journey);
    }
    writer_free(node->writer);
    follower_free(node->follower);
    reader_free(node->reader);
    copy_free(&node->copy);
}

/* the run */

static void step(struct world *w)
{
    w->now += 1 + (usec_t)dice_roll(&w->dice, chance(w, 50) ? 400000 : 10000);
    w->revision_at[(w->now / (100 * USEC_MS)) % (int64_t)ARRAY_LENGTH(w->revision_at)] =
        model_revision(w->m);
    if (fault(w, w->unacknowledged > 0 ? 6 : 1))
        fail_over(w);
    if (fault(w, 3))
        model_compact(w->m, model_revision(w->m) - (int64_t)dice_roll(&w->dice, 6));
    if (w->n_late > 0 && chance(w, 20))
        run_late(w);
    for (int i = 0; i < NODES; i++)
        turn_node(w, i);
}

static void check_fate(const struct world *w, uint64_t n)
{
    const struct fate *f = &w->fate[n];
    if (f->type == NULL)
        violated(w, "command %d has no outcome", (int)n);
    if (strcmp(f->type, "ok") == 0 && f->applied != f->revision)
        violated(w, "command %d was acknowledged at %lld and is lost", (int)n,
                 (long long)f->revision);
}

static void settle(struct world *w)
{
    w->calm = true;
    while (w->n_late > 0)
        run_late(w);
    for (int i = 0; i < 3000; i++, w->step++)
        step(w);
    for (uint64_t n = 0; n < w->commands; n++)
        check_fate(w, n);
    for (int i = 0; i < NODES; i++) {
        struct node *node = &w->node[i];
        if (node->reads != node->answers || writer_spare(node->writer) > 0)
            violated(w, "a read or an entry of node %d is left", i);
        if (follower_stale(node->follower, w->now) || follower_ahead(node->follower))
            violated(w, "the follower of node %d does not recover", i);
        const char *difference = copy_difference(&node->copy, w->m);
        if (difference != NULL)
            violated(w, "node %d differs: %s", i, difference);
    }
}

/* Commands of one writer that were acknowledged were applied in the order given. */
static void check_order(const struct world *w)
{
    int64_t last[NODES] = {0};
    for (uint64_t n = 0; n < w->commands; n++) {
        const struct fate *f = &w->fate[n];
        if (strcmp(f->type, "ok") != 0)
            continue;
        if (f->revision <= last[f->node])
            violated(w, "command %d overtook an earlier one", (int)n);
        last[f->node] = f->revision;
    }
}

struct tally {
    uint64_t commands, ok, unavailable, unknown, internal, loads, reloads, ahead, epochs, gaps,
        resent, late, singled, entries;
};

static void add_tally(struct tally *t, const struct world *w)
{
    t->commands += w->commands;
    for (uint64_t n = 0; n < w->commands; n++)
        t->ok += strcmp(w->fate[n].type, "ok") == 0;
    for (int i = 0; i < NODES; i++) {
        const struct writer_counters *c = writer_counters(w->node[i].writer);
        const struct follower_counters *f = follower_counters(w->node[i].follower);
        t->unavailable += c->unavailable;
        t->unknown += c->unknown_outcome;
        t->internal += c->internal;
        t->resent += c->resent;
        t->late += c->late;
        t->singled += c->singled;
        t->entries += c->spare_written;
        t->loads += f->loads;
        t->reloads += f->reloads;
        t->ahead += f->ahead;
        t->epochs += f->epochs;
        t->gaps += f->gaps;
    }
}

static void run(uint64_t seed, int steps, struct tally *tally)
{
    struct world *w = calloc(1, sizeof *w);
    if (w == NULL)
        exit(1);
    w->dice.state = w->seed = seed;
    w->now = USEC_S;
    w->failed_over_at = w->now;
    w->m = model_new("0000000000000001", USEC_HOUR);
    w->logged = model_revision(w->m);
    for (int i = 0; i < NODES; i++)
        node_init(w, &w->node[i]);
    for (w->step = 0; w->step < steps; w->step++)
        step(w);
    settle(w);
    check_order(w);
    add_tally(tally, w);
    for (int i = 0; i < NODES; i++)
        node_free(w, &w->node[i]);
    model_free(w->m);
    free(w);
}

int main(int argc, char **argv)
{
    struct tally t = {0};
    if (argc != 4)
        return 2;
    uint64_t first = strtoull(argv[1], NULL, 10), last = strtoull(argv[2], NULL, 10);
    for (uint64_t seed = first; seed <= last; seed++)
        run(seed, (int)strtol(argv[3], NULL, 10), &t);
    printf("commands=%llu ok=%llu unavailable=%llu unknown_outcome=%llu internal=%llu resent=%llu "
           "late=%llu singled=%llu entries=%llu loads=%llu reloads=%llu gaps=%llu epochs=%llu "
           "ahead=%llu\n",
           (unsigned long long)t.commands, (unsigned long long)t.ok,
           (unsigned long long)t.unavailable, (unsigned long long)t.unknown,
           (unsigned long long)t.internal, (unsigned long long)t.resent, (unsigned long long)t.late,
           (unsigned long long)t.singled, (unsigned long long)t.entries,
           (unsigned long long)t.loads, (unsigned long long)t.reloads, (unsigned long long)t.gaps,
           (unsigned long long)t.epochs, (unsigned long long)t.ahead);
    /* A run that met nothing proves nothing. */
    return !(t.ok && t.unavailable && t.unknown && t.internal && t.resent && t.late && t.singled &&
             t.entries && t.gaps && t.epochs && t.ahead);
}
