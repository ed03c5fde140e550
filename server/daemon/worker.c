/* SPDX-License-Identifier: EUPL-1.2 */
/* The wiring of one worker. Everything that decides is pure and elsewhere; here bytes, rows and
 * times are carried between them:
 *
 *   connections ─ line doors ─ desk ─ writer, reader ─ database
 *                                └─ replica ─ follower ─┘
 *
 * A turn of the loop: the database connections and the peers were heard; `settle` lets the desk see
 * what came and hands on what it wants; the pump sends; `end_turn` lets records forget what they
 * were. */
#include "daemon/worker.h"

#include <openssl/rand.h>
#include <signal.h>
#include <unistd.h>

#include "db/db_link.h"
#include "io/loop.h"
#include "io/tls_pump.h"
#include "line/line.h"
#include "log/log.h"
#include "sync/follower.h"
#include "sync/reader.h"
#include "sync/writer.h"

#define ALIVE_EVERY USEC_S

struct worker {
    const struct worker_start *start;
    struct settings *settings; /* owned after a reload; else the start's */
    struct loop *loop;
    struct tls *tls;
    struct tls_pump *pump;
    struct watch *control;
    struct timer *pulse; /* heartbeats, deadlines of the desk, sign of life */

    struct replica replica;
    struct desk desk;
    struct line_service line;

    struct writer *writer;
    struct follower *follower;
    struct reader *reader;
    struct db_link *writer_link, *follower_link, *reader_link;

    usec_t alive_at;
    usec_t drain_until; /* 0: not draining */
    bool ready, stale;
    int status;
};

static const struct settings *settings_of(const struct worker *w)
{
    return w->settings != NULL ? w->settings : w->start->settings;
}

static void fail(struct worker *w, const char *what, int r)
{
    log_line(LOG_ERROR, "worker_failed", "what=%s error=%s", what, strerror(-r));
    w->status = 1;
    loop_stop(w->loop);
}

/* The follower's sink: the replica */

static int sink_load_begin(void *ctx, const char *epoch, int64_t revision, usec_t ledger_at,
                           int64_t floor)
{
    (void)ledger_at;
    return replica_load_begin(&((struct worker *)ctx)->replica, epoch, revision, floor);
}

static int sink_load_epoch(void *ctx, const char *epoch, int64_t fork_revision)
{
    return replica_load_epoch(&((struct worker *)ctx)->replica, epoch, fork_revision);
}

static int sink_load_record(void *ctx, const char *kind, const char *id, int64_t revision,
                            const char *state)
{
    return replica_load_record(&((struct worker *)ctx)->replica, kind, id, revision, state);
}

static int sink_load_departed(void *ctx, int64_t revision, int part, const char *kind,
                              const char *id, const char *scope)
{
    (void)part;
    return replica_load_departed(&((struct worker *)ctx)->replica, revision, kind, id, scope);
}

static int sink_load_end(void *ctx)
{
    struct worker *w = ctx;
    int r = replica_load_end(&w->replica);
    if (r == 0)
        log_line(LOG_NOTICE, "replica_loaded", "epoch=%s revision=%lld units=%u",
                 replica_epoch(&w->replica), (long long)w->replica.live->revision,
                 w->replica.live->n_slots);
    return r;
}

static int sink_apply_row(void *ctx, const struct change_row *row)
{
    return replica_apply(&((struct worker *)ctx)->replica, row->revision, row->kind, row->id,
                         row->state);
}

static int sink_apply_end(void *ctx, int64_t revision, usec_t at)
{
    (void)at;
    replica_apply_end(&((struct worker *)ctx)->replica, revision);
    return 0;
}

static void sink_ledger_at(void *ctx, usec_t at, usec_t received)
{
    replica_ledger(&((struct worker *)ctx)->replica, at, received);
}

static int sink_new_epoch(void *ctx, const char *epoch, int64_t fork_revision)
{
    log_line(LOG_WARNING, "new_epoch", "epoch=%s fork_revision=%lld", epoch,
             (long long)fork_revision);
    return replica_new_epoch(&((struct worker *)ctx)->replica, epoch, fork_revision);
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

static const enum query queries[] = {
    [DESK_LOG_ROW] = QUERY_LOG_ROW,
    [DESK_HISTORY] = QUERY_HISTORY,
    [DESK_UNITS_AT] = QUERY_UNITS_AT,
};

static int hand_on_commands(struct worker *w, usec_t now)
{
    struct desk_command command;
    bool any = false;
    while (desk_take_command(&w->desk, &command)) {
        int r = writer_submit(w->writer, now, command.ticket, command.json, command.n);
        any = true;
        if (r == 0)
            continue;
        free(command.json);
        if (r < 0)
            return r;
        struct desk_outcome full = {
            .ticket = command.ticket, .type = "unavailable", .revision = -1};
        r = desk_outcome(&w->desk, &full);
        if (r < 0)
            return r;
    }
    if (any)
        db_link_kick(w->writer_link);
    return 0;
}

static int hand_on_reads(struct worker *w, usec_t now)
{
    struct desk_read read;
    bool any = false;
    while (desk_take_read(&w->desk, &read)) {
        int r = reader_submit(w->reader, now, read.ticket, queries[read.query],
                              (const char *const *)read.params);
        any = true;
        for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
            free(read.params[i]);
        if (r > 0)
            r = desk_rows(&w->desk, now, read.ticket, NULL);
        if (r < 0)
            return r;
    }
    if (any)
        db_link_kick(w->reader_link);
    return 0;
}

static int hand_back_outcomes(struct worker *w)
{
    struct outcome o;
    while (writer_outcome(w->writer, &o)) {
        if (o.sqlstate != NULL)
            log_line(LOG_ERROR, "command_failed", "sqlstate=%s message=%s", o.sqlstate,
                     writer_last_message(w->writer));
        struct desk_outcome outcome = {.ticket = o.ticket,
                                       .type = o.type,
                                       .epoch = o.epoch,
                                       .revision = o.revision,
                                       .errors = o.errors,
                                       .now = o.now};
        int r = desk_outcome(&w->desk, &outcome);
        if (r < 0)
            return r;
    }
    return 0;
}

static void read_answered(void *ctx, const struct read_answer *answer)
{
    struct worker *w = ctx;
    if (answer->end == READ_FAILED)
        log_line(LOG_ERROR, "read_failed", "sqlstate=%s message=%s", answer->sqlstate,
                 answer->message);
    int r = desk_rows(&w->desk, loop_now(), answer->ticket,
                      answer->end == READ_DONE ? &answer->rows : NULL);
    if (r < 0)
        fail(w, "answer", r);
}

static void beat(struct worker *w, usec_t now)
{
    if (follower_needs_heartbeat(w->follower, now) && writer_heartbeat(w->writer, now))
        db_link_kick(w->writer_link);
    if (w->desk.wants_ledger) {
        w->desk.wants_ledger = false;
        follower_wake(w->follower);
        db_link_kick(w->follower_link);
    }
}

static void look_at_staleness(struct worker *w, usec_t now)
{
    bool stale = replica_is_stale(&w->replica, now);
    if (stale == w->stale)
        return;
    w->stale = stale;
    log_line(stale ? LOG_WARNING : LOG_NOTICE, stale ? "database_away" : "database_back",
             "writer=%s follower=%s", db_link_trouble(w->writer_link),
             db_link_trouble(w->follower_link));
    tls_pump_wake_all(w->pump); /* their marks say so at once */
}

static void set_pulse(struct worker *w, usec_t now)
{
    usec_t at = now + 100 * USEC_MS;
    usec_t desk = desk_deadline(&w->desk);
    usec_t alive = w->alive_at + ALIVE_EVERY;
    at = desk < at ? desk : at;
    at = alive < at ? alive : at;
    timer_at(w->pulse, at > now ? at : now + USEC_MS);
}

static int settle(struct worker *w, usec_t now)
{
    uint64_t ledger_reads = w->replica.ledger_reads;
    int r = hand_back_outcomes(w);
    r = r < 0 ? r : line_refresh(&w->line, now);
    r = r < 0 ? r : desk_settle(&w->desk, now);
    r = r < 0 ? r : hand_on_commands(w, now);
    r = r < 0 ? r : hand_on_reads(w, now);
    (void)ledger_reads;
    return r;
}

static bool turn(void *ctx, usec_t now, usec_t until)
{
    struct worker *w = ctx;
    (void)until;
    int r = follower_error(w->follower);
    r = r < 0 ? r : settle(w, now);
    if (r < 0)
        fail(w, "turn", r);
    if (follower_ahead(w->follower)) {
        log_line(LOG_ERROR, "ahead_of_ledger", "revision=%lld ledger=%lld",
                 (long long)follower_revision(w->follower),
                 (long long)follower_ledger_revision(w->follower));
        w->status = 1;
        tls_pump_close_all(w->pump);
        loop_stop(w->loop);
    }
    beat(w, now);
    look_at_staleness(w, now);
    set_pulse(w, now);
    return false;
}

static bool end_turn(void *ctx, usec_t now, usec_t until)
{
    (void)now;
    (void)until;
    replica_turn_end(&((struct worker *)ctx)->replica);
    return false;
}

/* Doors */

static struct door *open_line(void *ctx, const struct peer *peer, usec_t now)
{
    return line_open(&((struct worker *)ctx)->line, now, peer->fingerprint);
}

static struct pump_limits pump_limits(const struct conf *c)
{
    return (struct pump_limits){
        .connections = (unsigned)c->max_connections,
        .connections_per_address = (unsigned)c->max_connections_per_address,
        .handshakes = (unsigned)c->handshakes_in_progress,
        .accepts_per_turn = (unsigned)c->accepts_per_turn,
        .handshake_timeout = c->handshake_timeout,
        .close_timeout = c->drain_timeout,
        .send_buffer = (int)c->send_buffer,
    };
}

static struct line_limits line_limits(const struct conf *c)
{
    return (struct line_limits){
        .hello_timeout = c->hello_timeout,
        .silence_probe = c->silence_probe,
        .silence_end = c->silence_end,
        .mark_every = c->mark_every,
        .slow_no_byte = c->slow_no_byte,
        .slow_no_mark = c->slow_no_mark,
        .behind_wait = c->behind_wait,
        .max_line = (size_t)c->max_line,
        .max_line_hello = (size_t)c->max_line_hello,
        .in_flight = (unsigned)c->in_flight,
        .subscriptions = (unsigned)c->subscriptions,
        .output_bytes = (size_t)c->output_bytes,
    };
}

static int listen_all(struct worker *w)
{
    for (size_t i = 0; i < w->start->n_sockets; i++) {
        const struct worker_socket *s = &w->start->socket[i];
        if (s->door != CONTROL_DOOR_LINE)
            continue;
        int r = tls_pump_listen(w->pump, s->fd);
        if (r < 0)
            return r;
    }
    return 0;
}

static void tell_master(struct worker *w, enum control_kind kind)
{
    struct control_message message = {.kind = (uint8_t)kind, .slot = (uint16_t)w->start->slot};
    if (control_send(w->start->control_fd, &message, -1) < 0)
        log_line(LOG_WARNING, "control_failed", "kind=%d", (int)kind);
}

/* The doors open once the replica is there. */
static void become_ready(struct worker *w)
{
    if (w->ready || !follower_loaded(w->follower) || w->drain_until != 0)
        return;
    int r = listen_all(w);
    if (r < 0) {
        fail(w, "listen", r);
        return;
    }
    w->ready = true;
    log_line(LOG_NOTICE, "worker_ready", "slot=%u revision=%lld", w->start->slot,
             (long long)w->replica.live->revision);
    tell_master(w, CONTROL_READY);
}

/* The database was heard: connections may have something to be sent. */
static void driven(void *ctx)
{
    struct worker *w = ctx;
    become_ready(w);
    if (w->pump != NULL)
        tls_pump_wake_all(w->pump);
}

/* The master's words */

static void reload(struct worker *w, int fd)
{
    struct settings *fresh = NULL;
    char why[256];
    struct tls *tls = NULL;
    if (fd < 0 || settings_receive(fd, &fresh) != 0)
        return;
    if (tls_new(&fresh->identity, &tls, why) != 0) {
        log_line(LOG_ERROR, "reload_refused", "why=%s", why);
        settings_free(fresh);
        return;
    }
    tls_pump_set_tls(w->pump, tls);
    tls_free(w->tls);
    w->tls = tls;
    struct pump_limits limits = pump_limits(&fresh->conf);
    tls_pump_set_limits(w->pump, &limits);
    w->line.limits = line_limits(&fresh->conf);
    settings_free(w->settings);
    w->settings = fresh;
    tell_master(w, CONTROL_RELOADED);
}

static void drain(struct worker *w, usec_t now)
{
    if (w->drain_until != 0)
        return;
    w->drain_until = now + settings_of(w)->conf.drain_timeout;
    log_line(LOG_NOTICE, "worker_draining", "connections=%u", tls_pump_count(w->pump)->connections);
    tls_pump_drain(w->pump);
}

static void heard_master(void *ctx, int fd)
{
    struct worker *w = ctx;
    struct control_message message;
    int passed = -1;
    int r;
    while ((r = control_receive(fd, &message, &passed)) == 0) {
        if (message.kind == CONTROL_RELOAD)
            reload(w, passed);
        else if (message.kind == CONTROL_DRAIN)
            drain(w, loop_now());
        else if (message.kind == CONTROL_ADOPT && passed >= 0 && w->ready &&
                 message.door == CONTROL_DOOR_LINE)
            r = tls_pump_listen(w->pump, passed); /* kept until this process ends */
        if (r < 0)
            break;
    }
    if (r == CONTROL_END || r < 0) {
        w->status = 1;
        loop_stop(w->loop);
    }
}

static void pulse(void *ctx, usec_t now)
{
    struct worker *w = ctx;
    if (now - w->alive_at >= ALIVE_EVERY) {
        w->alive_at = now;
        tell_master(w, CONTROL_ALIVE);
    }
    if (w->drain_until == 0)
        return;
    if (tls_pump_count(w->pump)->connections == 0 || now >= w->drain_until)
        loop_stop(w->loop);
}

/* Life */

static int make_machines(struct worker *w, const struct conf *c)
{
    struct writer_limits writing = {.queue = (size_t)c->command_queue,
                                    .batch = (size_t)c->batch_max,
                                    .command_wait = c->command_wait};
    struct reader_limits reading = {.timeout = c->command_wait};
    int r = writer_new(&writing, &w->writer);
    r = r < 0 ? r : follower_new(&sink, w, &w->follower);
    return r < 0 ? r : reader_new(&reading, read_answered, w, &w->reader);
}

static int make_links(struct worker *w)
{
    const struct {
        const char *name, *options;
        struct sync_machine *machine;
        struct db_link **ret;
        usec_t answer_timeout;
    } links[] = {
        {"follower", NULL, follower_machine(w->follower), &w->follower_link, 30 * USEC_S},
        {"writer", DB_LINK_WRITER_OPTIONS, writer_machine(w->writer), &w->writer_link, 0},
        {"reader", NULL, reader_machine(w->reader), &w->reader_link, 30 * USEC_S},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(links); i++) {
        struct db_link_settings settings = {.name = links[i].name,
                                            .conninfo = w->start->conninfo,
                                            .options = links[i].options,
                                            .answer_timeout = links[i].answer_timeout,
                                            .driven = driven,
                                            .ctx = w};
        int r = db_link_new(loop_base(w->loop), &settings, links[i].machine, links[i].ret);
        if (r < 0)
            return r;
    }
    return 0;
}

static int make_pump(struct worker *w, const struct conf *c)
{
    char why[256];
    if (tls_new(&settings_of(w)->identity, &w->tls, why) != 0) {
        log_line(LOG_ERROR, "tls_refused", "why=%s", why);
        return -EINVAL;
    }
    struct pump_config config = {.loop = w->loop,
                                 .tls = w->tls,
                                 .limits = pump_limits(c),
                                 .proxies = (const char *const *)c->proxy_protocol_from.item,
                                 .n_proxies = c->proxy_protocol_from.n,
                                 .name = "line",
                                 .open = open_line,
                                 .ctx = w};
    return tls_pump_new(&config, &w->pump);
}

static int make_desk(struct worker *w, const struct conf *c)
{
    unsigned char random[16];
    if (RAND_bytes(random, sizeof random) != 1)
        return -EIO;
    uint64_t node;
    uint64_t seed;
    memcpy(&node, random, sizeof node);
    memcpy(&seed, random + sizeof node, sizeof seed);
    char text[17];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)node);
    struct desk_limits desk = {
        .command_wait = c->command_wait, .behind_wait = c->behind_wait, .stopwatch = loop_now};
    struct line_limits line = line_limits(c);
    replica_init(&w->replica);
    int r = desk_init(&w->desk, &w->replica, &desk, text);
    line_init(&w->line, &w->desk, &line, seed);
    return r;
}

static int set_up(struct worker *w)
{
    const struct conf *c = &w->start->settings->conf;
    int r = loop_new(&w->loop);
    r = r < 0 ? r : make_desk(w, c);
    r = r < 0 ? r : make_machines(w, c);
    r = r < 0 ? r : loop_add_hook(w->loop, turn, w);
    r = r < 0 ? r : make_pump(w, c);
    r = r < 0 ? r : loop_add_hook(w->loop, end_turn, w);
    r = r < 0 ? r : timer_new(w->loop, pulse, w, &w->pulse);
    r = r < 0 ? r : watch_new(w->loop, w->start->control_fd, heard_master, w, &w->control);
    return r < 0 ? r : make_links(w);
}

static void tear_down(struct worker *w)
{
    tls_pump_free(w->pump);
    db_link_free(w->writer_link);
    db_link_free(w->follower_link);
    db_link_free(w->reader_link);
    writer_free(w->writer);
    follower_free(w->follower);
    reader_free(w->reader);
    desk_free(&w->desk);
    replica_free(&w->replica);
    watch_free(w->control);
    timer_free(w->pulse);
    loop_free(w->loop);
    tls_free(w->tls);
    settings_free(w->settings);
}

int worker_run(const struct worker_start *start)
{
    struct worker w = {.start = start};
    int r = set_up(&w);
    if (r == 0) {
        timer_at(w.pulse, loop_now());
        r = loop_run(w.loop);
    }
    if (r < 0) {
        log_line(LOG_ERROR, "worker_failed", "error=%s", strerror(-r));
        w.status = 1;
    }
    tear_down(&w);
    log_flush();
    return w.status;
}
