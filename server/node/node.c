/* SPDX-License-Identifier: EUPL-1.2 */
#include "node/node.h"

#include <assert.h>
#include <stdlib.h>

#include "api/journal.h"

/* The follower's sink: the replica */

static int sink_load_begin(void *ctx, const char *epoch, int64_t revision, usec_t ledger_at,
                           int64_t floor)
{
    (void)ledger_at;
    return replica_load_begin(&((struct node *)ctx)->replica, epoch, revision, floor);
}

static int sink_load_epoch(void *ctx, const char *epoch, int64_t fork_revision)
{
    return replica_load_epoch(&((struct node *)ctx)->replica, epoch, fork_revision);
}

static int sink_load_record(void *ctx, const char *kind, const char *id, int64_t revision,
                            const char *state)
{
    return replica_load_record(&((struct node *)ctx)->replica, kind, id, revision, state);
}

static int sink_load_departed(void *ctx, int64_t revision, int part, const char *kind,
                              const char *id, const char *scope)
{
    (void)part;
    return replica_load_departed(&((struct node *)ctx)->replica, revision, kind, id, scope);
}

static int sink_load_end(void *ctx)
{
    struct node *n = ctx;
    int r = replica_load_end(&n->replica);
    if (r == 0)
        n->event(n->ctx, NODE_LOADED, replica_epoch(&n->replica), n->replica.live->revision);
    return r;
}

static int sink_apply_row(void *ctx, const struct change_row *row)
{
    return replica_apply(&((struct node *)ctx)->replica, row->revision, row->kind, row->id,
                         row->state);
}

static int sink_apply_end(void *ctx, int64_t revision, usec_t at)
{
    (void)at;
    replica_apply_end(&((struct node *)ctx)->replica, revision);
    return 0;
}

static void sink_ledger_at(void *ctx, usec_t at, usec_t received)
{
    replica_ledger(&((struct node *)ctx)->replica, at, received);
}

static int sink_new_epoch(void *ctx, const char *epoch, int64_t fork_revision)
{
    struct node *n = ctx;
    n->event(n->ctx, NODE_NEW_EPOCH, epoch, fork_revision);
    return replica_new_epoch(&n->replica, epoch, fork_revision);
}

static const struct follower_sink sink = {
    .load_begin = sink_load_begin,
    .load_epoch = sink_load_epoch,
    .load_record = sink_load_record,
    .load_departed = sink_load_departed,
    .load_end = sink_load_end,
    .apply_row = sink_apply_row,
    .apply_end = sink_apply_end,
    .ledger_at = sink_ledger_at,
    .new_epoch = sink_new_epoch,
};

/* Between desk and database */

static const struct {
    enum query query;
    bool lasting; /* may read a year: waits behind its like, and nothing else waits behind it */
} queries[] = {
    [DESK_LOG_ROW] = {QUERY_LOG_ROW},
    [DESK_HISTORY] = {QUERY_HISTORY, true},
    [DESK_UNITS_AT] = {QUERY_UNITS_AT, true},
    [DESK_STATISTICS] = {QUERY_STATISTICS, true},
    [DESK_CERTIFICATE] = {QUERY_CERTIFICATE, true},
    [DESK_LOGIN] = {QUERY_LOGIN},
    [DESK_OCCUPANCY_HISTORY] = {QUERY_OCCUPANCY_HISTORY, true},
    [DESK_PLACE_DAYS] = {QUERY_PLACE_DAYS, true},
    [DESK_OUTLINES] = {QUERY_OUTLINES},
    [DESK_EQUIPMENT] = {QUERY_EQUIPMENT},
    [DESK_ALERTS] = {QUERY_ALERTS, true},
    [DESK_ADMIN_PAGE] = {QUERY_ADMIN_PAGE},
    [DESK_ADMIN_RECORD] = {QUERY_ADMIN_RECORD},
};
/* The last one last: a question more without its query does not compile. */
static_assert(ARRAY_LENGTH(queries) == DESK_QUESTION_COUNT, "each question has its query");

static int hand_on_commands(struct node *n, usec_t now, bool *ret_any)
{
    struct desk_command command;
    while (desk_take_command(&n->desk, &command)) {
        int r = writer_submit(n->writer, now, command.ticket, command.json, command.n);
        *ret_any = true;
        if (r == 0)
            continue;
        free(command.json);
        struct desk_outcome full = {
            .ticket = command.ticket, .type = "unavailable", .revision = -1};
        r = r > 0 ? desk_outcome(&n->desk, &full) : r;
        if (r < 0)
            return r;
    }
    return 0;
}

/* What became of an offer that the watch wanted. */
static void watch_hears(struct node *n, const struct outcome *o)
{
    bool nobody_knows =
        strcmp(o->type, "unavailable") == 0 || strcmp(o->type, "unknown_outcome") == 0;
    if (nobody_knows)
        request_watch_answered(n->watch, o->ticket, WATCH_FAILED, -1);
    else if (strcmp(o->type, "ok") == 0)
        request_watch_answered(n->watch, o->ticket, WATCH_OFFERED, o->revision);
    else
        request_watch_answered(n->watch, o->ticket, WATCH_REFUSED, o->ledger);
}

static int hand_on_offers(struct node *n, usec_t now, bool *ret_any)
{
    uint64_t ticket;
    char *json;
    size_t size;
    int r = request_watch_turn(n->watch);
    while (r == 0 && request_watch_take(n->watch, &ticket, &json, &size)) {
        r = writer_submit(n->writer, now, ticket, json, size);
        *ret_any = true;
        if (r == 0)
            continue;
        free(json);
        request_watch_answered(n->watch, ticket, WATCH_FAILED, -1);
        return r < 0 ? r : 0; /* a full queue: with the next turn */
    }
    return r;
}

static int hand_on_reads(struct node *n, usec_t now, struct node_wants *wants)
{
    struct desk_read read;
    while (desk_take_read(&n->desk, &read)) {
        bool lasting = queries[read.query].lasting;
        int r = reader_submit(lasting ? n->history : n->reader, now, read.ticket,
                              queries[read.query].query, (const char *const *)read.params);
        wants->reader |= !lasting;
        wants->history |= lasting;
        for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
            free(read.params[i]);
        r = r > 0 ? desk_rows(&n->desk, now, read.ticket, NULL) : r;
        if (r < 0)
            return r;
    }
    return 0;
}

/* The answer is shown from the replica: what it lacks is asked for without waiting for NOTIFY. */
static int hand_back_outcomes(struct node *n, bool *ret_lacks)
{
    struct outcome o;
    while (writer_outcome(n->writer, &o)) {
        if (o.sqlstate != NULL)
            n->event(n->ctx, NODE_COMMAND_FAILED, o.sqlstate, 0);
        int64_t newest = o.ledger > o.revision ? o.ledger : o.revision;
        follower_announce(n->follower, newest);
        *ret_lacks |= newest > follower_revision(n->follower);
        if (o.ticket & WATCH_TICKET) {
            watch_hears(n, &o);
            continue;
        }
        struct desk_outcome outcome = {.ticket = o.ticket,
                                       .type = o.type,
                                       .epoch = o.epoch,
                                       .revision = o.revision,
                                       .ledger = o.ledger,
                                       .errors = o.errors,
                                       .detail = o.detail,
                                       .answer = o.answer,
                                       .now = o.now};
        int r = desk_outcome(&n->desk, &outcome);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Of reads that no call waits for: the desk's tickets begin at 1. */
#define TICKET_CHORE 0

static const struct {
    enum query query;
    usec_t every; /* while there is none left of it */
} chores[] = {
    [NODE_RETAIN] = {QUERY_RETAIN, USEC_HOUR},
    [NODE_SPANS] = {QUERY_UNIT_SPANS, USEC_MIN},
};

/* The database says of each whether there is more of it. */
static void chore_answered(struct node *n, const struct read_answer *answer)
{
    bool more = answer->end == READ_DONE && answer->rows.n_rows == 1 &&
                strcmp(rows_cell(&answer->rows, 0, 0), "t") == 0;
    for (int i = 0; more && i < NODE_CHORES; i++)
        if (chores[i].query == answer->query)
            n->chore_at[i] = n->replica.ledger_received + USEC_S;
}

static void read_answered(void *ctx, const struct read_answer *answer)
{
    struct node *n = ctx;
    if (answer->end == READ_FAILED)
        n->event(n->ctx, NODE_READ_FAILED, answer->sqlstate, 0);
    if (answer->ticket == TICKET_CHORE) {
        chore_answered(n, answer);
        return;
    }
    /* Rows are used at once; the time only matters for what is asked next. */
    int r = desk_rows(&n->desk, n->replica.ledger_received, answer->ticket,
                      answer->end == READ_DONE ? &answer->rows : NULL);
    if (r < 0)
        n->error = r;
}

/* Life */

int node_init(struct node *n, const struct node_settings *settings)
{
    *n = (struct node){.event = settings->event, .ctx = settings->ctx};
    replica_init(&n->replica);
    desk_init(&n->desk, &n->replica, &settings->desk, settings->name);
    feeds_init(&n->feeds, &n->desk, &settings->feed);
    line_init(&n->line, &n->feeds, &settings->line, settings->seed);
    n->desk.random = settings->random;
    n->desk.public_url = settings->public_url;
    web_init(&n->web, &n->feeds, &settings->web, settings->random, settings->seed);
    int r = request_watch_new(&n->replica, &n->watch);
    r = r < 0 ? r : writer_new(&settings->writer, &n->writer);
    r = r < 0 ? r : follower_new(&sink, n, &n->follower);
    r = r < 0 ? r : reader_new(&settings->reader, read_answered, n, &n->reader);
    return r < 0 ? r : reader_new(&settings->reader, read_answered, n, &n->history);
}

void node_free(struct node *n)
{
    writer_free(n->writer);
    follower_free(n->follower);
    reader_free(n->reader);
    reader_free(n->history);
    request_watch_free(n->watch);
    web_clear(&n->web);
    feeds_clear(&n->feeds);
    desk_free(&n->desk);
    replica_free(&n->replica);
}

bool node_is_loaded(const struct node *n)
{
    return n->replica.live != NULL;
}

/* The order matters: outcomes before the look at who waits for them; rights before anything is
 * answered under them; what the desk then wants, last. */
static int settle(struct node *n, usec_t now, struct node_wants *wants)
{
    int r = follower_error(n->follower);
    r = r < 0 ? r : n->error;
    r = r < 0 ? r : hand_back_outcomes(n, &wants->follower);
    r = r < 0 ? r : line_refresh(&n->line, now);
    r = r < 0 ? r : web_refresh(&n->web, now);
    r = r < 0 ? r : desk_settle(&n->desk, now);
    r = r < 0 ? r : hand_on_offers(n, now, &wants->writer);
    r = r < 0 ? r : hand_on_commands(n, now, &wants->writer);
    r = r < 0 ? r : hand_on_reads(n, now, wants);
    if (r == 0) {
        line_settle(&n->line, now);
        web_settle(&n->web, now);
    }
    return r;
}

/* Whether all doors are to be pulled: those of a subscriber that misses a turn in which records
 * moved would have to be told `gone` more than it had (core/stream.c). */
static bool touches_all(struct node *n, uint64_t generation, uint64_t rights)
{
    const struct replica *r = &n->replica;
    usec_t lead = r->ledger_at - r->ledger_received;
    bool leapt = lead > n->lead + USEC_S; /* what is due by logical time is due earlier */
    n->lead = lead;
    if (r->live == NULL)
        return false;
    return leapt || n->line.generation != generation || n->line.rights != rights ||
           r->live->timeline.last_seq != r->live->timeline.turn_seq;
}

static int do_chores(struct node *n, usec_t now, struct node_wants *wants)
{
    int r = 0;
    for (int i = 0; i < NODE_CHORES && r >= 0; i++) {
        if (!node_is_loaded(n) || now < n->chore_at[i])
            continue;
        n->chore_at[i] = now + chores[i].every;
        wants->history = true;
        r = reader_submit(n->history, now, TICKET_CHORE, chores[i].query, NULL);
    }
    return r < 0 ? r : 0; /* a full queue: another time */
}

int node_turn(struct node *n, usec_t now, struct node_wants *ret)
{
    struct node_wants wants = {0};
    uint64_t generation = n->line.generation, rights = n->line.rights;
    int r = settle(n, now, &wants);
    r = r < 0 ? r : do_chores(n, now, &wants);
    if (r < 0)
        return r;
    if (follower_needs_heartbeat(n->follower, now) && writer_heartbeat(n->writer, now))
        wants.writer = true;
    if (n->desk.wants_ledger) {
        n->desk.wants_ledger = false;
        follower_wake(n->follower);
        wants.follower = true;
    }
    bool stale = replica_is_stale(&n->replica, now);
    wants.staleness = stale != n->stale;
    wants.wake_doors = touches_all(n, generation, rights) || wants.staleness;
    n->stale = stale;
    wants.ahead = follower_ahead(n->follower);
    *ret = wants;
    return 0;
}

struct door *node_answered(struct node *n)
{
    struct door *d = line_answered(&n->line);
    return d != NULL ? d : web_answered(&n->web);
}

static void note_full(struct node *n, bool full)
{
    if (full && !n->full)
        n->event(n->ctx, NODE_JOURNAL_FULL, "", (int64_t)writer_counters(n->writer)->spare_dropped);
    if (full || writer_spare(n->writer) == 0)
        n->full = full;
}

bool node_turn_end(struct node *n)
{
    struct desk_command entry;
    char *touch;
    bool any = false;
    replica_turn_end(&n->replica);
    for (; web_take_touch(&n->web, &touch); any = true)
        if (writer_submit_spare(n->writer, touch, strlen(touch)) != 0)
            free(touch); /* the next use tells it again */
    while (desk_take_entry(&n->desk, &entry)) {
        int r = writer_submit_spare(n->writer, entry.json, entry.n);
        if (r != 0)
            free(entry.json);
        note_full(n, r != 0);
        any = true;
    }
    return any;
}

usec_t node_stream_lag(const struct node *n, usec_t now, unsigned *ret_feeds)
{
    usec_t since = feeds_behind_since(&n->feeds, ret_feeds);
    return since < now ? now - since : 0;
}

usec_t node_deadline(const struct node *n, usec_t now)
{
    const usec_t deadlines[] = {
        desk_deadline(&n->desk),
        n->stale ? now + USEC_S : n->replica.ledger_received + REPLICA_STALE_AFTER + 1,
        follower_heartbeat_due(n->follower) > now ? follower_heartbeat_due(n->follower)
                                                  : now + 100 * USEC_MS,
    };
    usec_t first = USEC_NEVER;
    for (size_t i = 0; i < ARRAY_LENGTH(deadlines); i++)
        first = deadlines[i] < first ? deadlines[i] : first;
    return first;
}
