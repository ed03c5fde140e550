/* SPDX-License-Identifier: EUPL-1.2 */
/* The shell of one worker: sockets, TLS, libpq, time and signals around a node, which decides
 * everything. A turn of the loop: database and peers were heard; the node turns; the pump sends;
 * the node's turn ends. */
#include "daemon/worker.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/figures.h"
#include "daemon/outbox.h"
#include "daemon/passwords.h"
#include "db/db_link.h"
#include "log/log.h"
#include "proto/memory.h"

#define ALIVE_EVERY USEC_S

struct worker {
    const struct worker_start *start;
    struct settings *settings; /* owned after a reload; else the start's */
    struct loop *loop;
    struct watch *control;
    struct timer *pulse; /* deadlines of the node, sign of life */

    struct node node;
    struct doors doors;
    struct management management;
    struct http_hosts hosts;
    struct passwords *passwords;
    struct outbox *outbox; /* of the first worker */
    struct db_link *writer_link, *follower_link, *reader_link, *history_link;

    usec_t alive_at;
    usec_t pulse_at;    /* when the pulse is due… */
    usec_t pulse_late;  /* …and by how much it came too late at worst, since the last figures */
    usec_t flushed_at;  /* when held back log lines were last reported */
    usec_t drain_until; /* 0: not draining */
    bool ready;
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

/* What the node says, for the operator */

static void node_said(void *ctx, enum node_event event, const char *text, int64_t number)
{
    static const struct {
        enum log_level level;
        const char *name;
    } events[] = {
        [NODE_LOADED] = {LOG_NOTICE, "replica_loaded"},
        [NODE_NEW_EPOCH] = {LOG_WARNING, "new_epoch"},
        [NODE_COMMAND_FAILED] = {LOG_ERROR, "command_failed"},
        [NODE_READ_FAILED] = {LOG_ERROR, "read_failed"},
        [NODE_JOURNAL_FULL] = {LOG_WARNING, "journal_full"},
    };
    const struct worker *w = ctx;
    if (event == NODE_COMMAND_FAILED)
        log_line(LOG_ERROR, "command_failed", "sqlstate=%s message=%s", text,
                 writer_last_message(w->node.writer));
    else
        log_line(events[event].level, events[event].name, "text=%s number=%lld", text,
                 (long long)number);
}

static void note_staleness(struct worker *w)
{
    log_line(w->node.stale ? LOG_WARNING : LOG_NOTICE,
             w->node.stale ? "database_away" : "database_back", "writer=%s follower=%s",
             db_link_trouble(w->writer_link), db_link_trouble(w->follower_link));
}

/* Passwords */

static void derived(void *ctx, uint64_t ticket, const unsigned char hash[SCRYPT_HASH])
{
    struct worker *w = ctx;
    int r = web_derived(&w->node.web, loop_now(), ticket, hash);
    if (r < 0)
        fail(w, "login", r);
    loop_again(w->loop);
}

static void hand_on_derivations(struct worker *w)
{
    struct derivation d;
    while (web_take_derivation(&w->node.web, &d))
        if (passwords_derive(w->passwords, &d) < 0)
            derived(w, d.ticket, NULL);
}

static void draw(unsigned char *ret, size_t n)
{
    if (RAND_bytes(ret, (int)n) != 1)
        abort(); /* nothing that follows could be trusted */
}

static void set_pulse(struct worker *w, usec_t now)
{
    usec_t at = node_deadline(&w->node, now);
    usec_t alive = w->alive_at + ALIVE_EVERY;
    at = alive < at ? alive : at;
    if (w->drain_until != 0 && now + 50 * USEC_MS < at)
        at = now + 50 * USEC_MS;
    w->pulse_at = at > now ? at : now + USEC_MS;
    timer_at(w->pulse, w->pulse_at);
}

/* The replica holds what the database has forgotten: nobody may believe it. */
static void stop_serving(struct worker *w)
{
    log_line(LOG_ERROR, "ahead_of_ledger", "revision=%lld ledger=%lld",
             (long long)follower_revision(w->node.follower),
             (long long)follower_ledger_revision(w->node.follower));
    w->status = 1;
    doors_close_all(&w->doors);
    loop_stop(w->loop);
}

/* Doors */

static struct line_limits line_limits(const struct conf *c)
{
    return (struct line_limits){
        .hello_timeout = c->hello_timeout,
        .silence_probe = c->silence_probe,
        .silence_end = c->silence_end,
        .slow_no_byte = c->slow_no_byte,
        .max_line = (size_t)c->max_line,
        .max_line_hello = (size_t)c->max_line_hello,
        .in_flight = (unsigned)c->in_flight,
        .subscriptions = (unsigned)c->subscriptions,
    };
}

static struct web_limits web_limits(const struct conf *c)
{
    return (struct web_limits){
        .head = c->http_head_timeout,
        .body = c->http_body_timeout,
        .idle = c->http_idle,
        .unread = c->slow_no_byte,
    };
}

static struct feed_limits feed_limits(const struct conf *c)
{
    return (struct feed_limits){
        .mark_every = c->mark_every,
        .slow_no_mark = c->slow_no_mark,
        .behind_wait = c->behind_wait,
        .output_bytes = (size_t)c->output_bytes,
    };
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
    if (w->ready || !node_is_loaded(&w->node) || w->drain_until != 0)
        return;
    int r = doors_listen(&w->doors, w->start->socket, w->start->n_sockets);
    if (r < 0) {
        fail(w, "listen", r);
        return;
    }
    w->ready = true;
    log_line(LOG_NOTICE, "worker_ready", "slot=%u revision=%lld", w->start->slot,
             (long long)w->node.replica.live->revision);
    tell_master(w, CONTROL_READY);
}

/* The turn */

/* A connection that breaks over it told its machine, which the node has not seen yet. */
static void speak(struct worker *w, bool wanted, struct db_link *link)
{
    if (wanted && !db_link_send(link))
        loop_again(w->loop);
}

static bool turn(void *ctx, usec_t now, usec_t until)
{
    struct worker *w = ctx;
    struct node_wants wants = {0};
    (void)until;
    int r = node_turn(&w->node, now, &wants);
    if (r < 0)
        fail(w, "turn", r);
    speak(w, wants.follower, w->follower_link);
    speak(w, wants.writer, w->writer_link);
    speak(w, wants.reader, w->reader_link);
    speak(w, wants.history, w->history_link);
    hand_on_derivations(w);
    if (wants.staleness)
        note_staleness(w);
    for (struct door *d; (d = node_answered(&w->node)) != NULL;)
        tls_door_wake(d);
    if (wants.wake_doors)
        doors_wake_all(&w->doors);
    if (wants.ahead)
        stop_serving(w);
    else
        become_ready(w);
    set_pulse(w, now);
    return false;
}

static bool end_turn(void *ctx, usec_t now, usec_t until)
{
    struct worker *w = ctx;
    (void)now;
    (void)until;
    speak(w, node_turn_end(&w->node), w->writer_link);
    return false;
}

/* Supervision */

static void tell_trouble(void *ctx, usec_t now, struct buf *out)
{
    const struct worker *w = ctx;
    if (!w->ready)
        buf_text(out, "the register is being read\n");
    if (w->drain_until != 0)
        buf_text(out, "this worker is being stopped\n");
    if (w->ready && replica_is_stale(&w->node.replica, now))
        buf_text(out, "the database is away: answers are of the last time it was heard\n");
}

static void tell_metrics(void *ctx, usec_t now, struct buf *out)
{
    const struct worker *w = ctx;
    const struct scoreboard *board = w->start->board;
    metrics_of_workers(board->of, board->n, out);
    metrics_of_register(&w->node.replica, now, out);
}

static void take_figures(struct worker *w, usec_t now)
{
    struct scoreboard *board = w->start->board;
    if (w->start->slot < board->n)
        figures_take(&w->doors, w->ready, w->pulse_late, now, &board->of[w->start->slot]);
    w->pulse_late = 0;
}

/* The master's words */

/* Takes over what a reload may change; what it may not, the table of options says. */
static int use_settings(struct worker *w, const struct settings *fresh)
{
    const struct conf *c = &fresh->conf;
    char why[256];
    int r = doors_reload(&w->doors, fresh, why);
    if (r != 0) {
        log_line(LOG_ERROR, "reload_refused", "why=%s", r > 0 ? why : strerror(-r));
        return -EINVAL;
    }
    w->node.line.limits = line_limits(c);
    w->node.web.limits = web_limits(c);
    w->node.web.second_factor = settings_second_factor(fresh);
    w->node.feeds.limits = feed_limits(c);
    w->node.desk.limits.behind_wait = c->behind_wait;
    settings_apply_log(fresh);
    doors_wake_all(&w->doors); /* deadlines have changed */
    return 0;
}

static void reload(struct worker *w, int fd)
{
    struct settings *fresh = NULL;
    int r = fd < 0 ? -EINVAL : settings_receive(fd, &fresh);
    if (r == 0)
        r = use_settings(w, fresh);
    if (r != 0) {
        log_line(LOG_ERROR, "reload_failed", "error=%s", strerror(-r));
        settings_free(fresh);
    } else {
        settings_free(w->settings);
        w->settings = fresh;
    }
    tell_master(w, CONTROL_RELOADED); /* also when it failed: the master waits for no one */
}

static int adopt(struct worker *w, const struct control_message *message, int fd)
{
    if (fd < 0 || w->ready)
        return fd < 0 ? 0 : doors_adopt(&w->doors, message->door, message->slot, fd);
    close(fd);
    return 0;
}

static void drain(struct worker *w, usec_t now)
{
    if (w->drain_until != 0)
        return;
    w->drain_until = now + settings_of(w)->conf.drain_timeout;
    log_line(LOG_NOTICE, "worker_draining", "connections=%u", doors_connections(&w->doors));
    doors_drain(&w->doors);
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
        else if (message.kind == CONTROL_ADOPT)
            r = adopt(w, &message, passed);
        else if (message.kind == CONTROL_RELEASE)
            doors_release(&w->doors, message.slot);
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
    if (now - w->pulse_at > w->pulse_late)
        w->pulse_late = now - w->pulse_at;
    if (now - w->alive_at >= ALIVE_EVERY) {
        w->alive_at = now;
        tell_master(w, CONTROL_ALIVE);
        take_figures(w, now);
    }
    if (now - w->flushed_at >= USEC_MIN) {
        w->flushed_at = now;
        log_flush();
    }
    if (w->drain_until == 0)
        return;
    if (doors_connections(&w->doors) == 0 || now >= w->drain_until)
        loop_stop(w->loop);
}

/* Life */

static int make_links(struct worker *w)
{
    const struct {
        const char *name, *options;
        struct sync_machine *machine;
        struct db_link **ret;
        usec_t answer_timeout;
    } links[] = {
        {"follower", NULL, follower_machine(w->node.follower), &w->follower_link, 30 * USEC_S},
        {"writer", DB_LINK_WRITER_OPTIONS, writer_machine(w->node.writer), &w->writer_link, 0},
        {"reader", NULL, reader_machine(w->node.reader), &w->reader_link, 30 * USEC_S},
        {"history", NULL, reader_machine(w->node.history), &w->history_link, 30 * USEC_S},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(links); i++) {
        struct db_link_settings settings = {.name = links[i].name,
                                            .conninfo = w->start->conninfo,
                                            .options = links[i].options,
                                            .answer_timeout = links[i].answer_timeout};
        int r = db_link_new(loop_base(w->loop), &settings, links[i].machine, links[i].ret);
        if (r < 0)
            return r;
    }
    return 0;
}

static int make_doors(struct worker *w)
{
    char why[256];
    w->management = (struct management){
        .limits = WEB_LIMITS, .trouble = tell_trouble, .metrics = tell_metrics, .ctx = w};
    int r = doors_new(&w->doors, w->loop, &w->node, &w->management, settings_of(w), why);
    if (r > 0)
        log_line(LOG_ERROR, "tls_refused", "why=%s", why);
    return r > 0 ? -EINVAL : r;
}

static int make_node(struct worker *w, const struct conf *c)
{
    uint64_t random[2];
    if (RAND_bytes((unsigned char *)random, sizeof random) != 1)
        return -EIO;
    char name[17];
    snprintf(name, sizeof name, "%016llx", (unsigned long long)random[0]);
    struct node_settings settings = {
        .line = line_limits(c),
        .web = web_limits(c),
        .feed = feed_limits(c),
        .desk = {.command_wait = c->command_wait,
                 .behind_wait = c->behind_wait,
                 .stopwatch = loop_now},
        .writer = {.queue = (size_t)c->command_queue,
                   .batch = (size_t)c->batch_max,
                   .command_wait = c->command_wait},
        .reader = {.timeout = c->command_wait},
        .name = name,
        .seed = random[1],
        .random = draw,
        .public_url = c->public_url,
        .event = node_said,
        .ctx = w,
    };
    int r = node_init(&w->node, &settings);
    w->node.web.assets = w->start->console;
    w->node.web.second_factor = settings_second_factor(w->start->settings);
    /* A page of another site cannot pass for ours by giving its name our address. */
    w->hosts = (struct http_hosts){(const char *const *)c->https_names.item, c->https_names.n};
    w->node.web.hosts = &w->hosts;
    return r;
}

static int set_up(struct worker *w)
{
    const struct conf *c = &w->start->settings->conf;
    int r = loop_new(&w->loop);
    r = r < 0 ? r : make_node(w, c);
    r = r < 0 ? r : loop_add_hook(w->loop, turn, w);
    r = r < 0 ? r : make_doors(w);
    r = r < 0 ? r : passwords_new(w->loop, derived, w, &w->passwords);
    if (r == 0 && w->start->slot == 0)
        r = outbox_new(c, w->start->conninfo, &w->outbox);
    r = r < 0 ? r : loop_add_hook(w->loop, end_turn, w);
    r = r < 0 ? r : timer_new(w->loop, pulse, w, &w->pulse);
    r = r < 0 ? r : watch_new(w->loop, w->start->control_fd, heard_master, w, &w->control);
    return r < 0 ? r : make_links(w);
}

static void tear_down(struct worker *w)
{
    doors_free(&w->doors);
    outbox_free(w->outbox);
    passwords_free(w->passwords);
    db_link_free(w->writer_link);
    db_link_free(w->follower_link);
    db_link_free(w->reader_link);
    db_link_free(w->history_link);
    node_free(&w->node);
    watch_free(w->control);
    timer_free(w->pulse);
    loop_free(w->loop);
    settings_free(w->settings);
}

int worker_run(const struct worker_start *start)
{
    proto_memory_or_abort();
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
