/* SPDX-License-Identifier: EUPL-1.2 */
/* Three phases: WAITING (for the next round), CONNECTING (a round is under way), UP (one
 * connection, at most one statement in flight). Every event ends in drive(), which harvests what
 * arrived, asks the machine for its next statement and sets the one timer.
 *
 * When in doubt a statement is LOST, never FAILED: FAILED promises that it has rolled back. Only an
 * error of severity ERROR says that; FATAL and a broken connection leave the question open. */
#include "db/db_link.h"

#include <event2/event.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/buf.h"
#include "db/attempts.h"
#include "db/hosts.h"
#include "db/trouble.h"
#include "log/log.h"

#define BACKOFF_FIRST (50 * USEC_MS)
#define BACKOFF_LAST (2 * USEC_S)
#define CONNECT_TIMEOUT (3 * USEC_S)
#define SQLSTATE_ROOM 6

enum phase { WAITING, CONNECTING, UP };

/* What is known of the statement in flight. */
struct flight {
    bool on;
    usec_t sent;
    PGresult *rows;  /* owned; the last result that was no error */
    PGresult *error; /* owned; the first that was one */
    bool unsure;     /* the wait for the synchronous standby was cancelled */
    bool broken;     /* what came says nothing about the statement's fate */
};

struct db_link {
    struct event_base *base;
    struct sync_machine *machine;
    char *name;
    struct hosts *hosts;
    usec_t connect_timeout, answer_timeout;

    enum phase phase;
    struct attempts *attempts; /* while CONNECTING */
    PGconn *conn;              /* while UP */
    struct event *readable, *writable;
    struct event *timer;
    usec_t phase_until; /* WAITING: the next round; CONNECTING: the end of this one */
    usec_t backoff;
    struct flight flight;
    struct buf text;    /* a simple statement with its literal */
    const char *parsed; /* what the server's unnamed statement is; NULL: unknown */
    char trouble[ATTEMPTS_TROUBLE];
    struct db_link_counters counters;
};

static usec_t clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (usec_t)t.tv_sec * USEC_S + t.tv_nsec / 1000;
}

/* Somewhere in the second half: workers that lost one server do not come back in step. */
static usec_t jitter(usec_t longest)
{
    uint32_t r = 0;
    if (getrandom(&r, sizeof r, GRND_NONBLOCK) != sizeof r)
        r = (uint32_t)clock_now();
    return longest / 2 + (usec_t)(r % (uint64_t)(longest / 2 + 1));
}

static void flight_clear(struct flight *f)
{
    PQclear(f->rows);
    PQclear(f->error);
    *f = (struct flight){0};
}

static void wait_for_next_round(struct db_link *l, usec_t now)
{
    l->phase = WAITING;
    l->phase_until = now + jitter(l->backoff);
    l->backoff = l->backoff * 2 < BACKOFF_LAST ? l->backoff * 2 : BACKOFF_LAST;
}

static void close_connection(struct db_link *l)
{
    if (l->readable != NULL)
        event_free(l->readable);
    if (l->writable != NULL)
        event_free(l->writable);
    l->readable = l->writable = NULL;
    l->parsed = NULL;
    PQfinish(l->conn);
    l->conn = NULL;
}

/* The connection is of no more use: the machine learns what that means for its statement. */
static void lose(struct db_link *l, usec_t now, const char *why)
{
    trouble_copy(l->trouble, sizeof l->trouble, why);
    log_line(LOG_WARNING, "db_lost", "link=%s why=%s in_flight=%d", l->name, l->trouble,
             l->flight.on);
    l->counters.lost++;
    if (l->flight.on) {
        struct statement_result lost = {.end = STATEMENT_LOST, .message = l->trouble};
        l->machine->ops->result(l->machine, now, &lost);
    }
    flight_clear(&l->flight);
    close_connection(l);
    l->machine->ops->lost(l->machine, now);
    wait_for_next_round(l, now);
}

/* results */

static const char *cell(const void *source, int row, int col)
{
    const PGresult *r = source;
    return PQgetisnull(r, row, col) ? NULL : PQgetvalue(r, row, col);
}

static const char *field(const PGresult *r, int code)
{
    const char *text = PQresultErrorField(r, code);
    return text != NULL ? text : "";
}

/* SyncRepWaitForLSN gives up with a WARNING and the commit is then reported as if nothing were.
 * Its name is not translated, its message is. */
static bool is_cancelled_wait(const PGresult *notice)
{
    return strcmp(field(notice, PG_DIAG_SOURCE_FUNCTION), "SyncRepWaitForLSN") == 0 ||
           strstr(field(notice, PG_DIAG_MESSAGE_PRIMARY), "synchronous replication") != NULL;
}

static void on_notice(void *arg, const PGresult *notice)
{
    struct db_link *l = arg;
    bool warning = strcmp(field(notice, PG_DIAG_SEVERITY_NONLOCALIZED), "WARNING") == 0;
    if (warning && is_cancelled_wait(notice))
        l->flight.unsure = true;
    log_line(warning ? LOG_WARNING : LOG_DEBUG, "db_notice", "link=%s sqlstate=%s message=%s",
             l->name, field(notice, PG_DIAG_SQLSTATE), field(notice, PG_DIAG_MESSAGE_PRIMARY));
}

static void keep_result(struct flight *f, PGresult *r)
{
    switch (PQresultStatus(r)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
        PQclear(f->rows);
        f->rows = r;
        return;
    case PGRES_FATAL_ERROR:
        if (strcmp(field(r, PG_DIAG_SEVERITY_NONLOCALIZED), "ERROR") != 0)
            f->broken = true;
        if (f->error == NULL) {
            f->error = r;
            return;
        }
        break;
    default: /* COPY and the like: nobody asked for it */
        f->broken = true;
    }
    PQclear(r);
}

/* The server may have stopped taking writes: look for the one that does. */
static bool says_go_elsewhere(const char *sqlstate)
{
    return strcmp(sqlstate, "25006") == 0 || strncmp(sqlstate, "57P0", 4) == 0;
}

/* The statement in flight is over, and the connection lives. */
static void deliver(struct db_link *l, usec_t now)
{
    struct flight f = l->flight;
    l->flight = (struct flight){0};
    char sqlstate[SQLSTATE_ROOM] = "", message[ATTEMPTS_TROUBLE] = "";
    struct statement_result result = {.end = f.unsure ? STATEMENT_UNSURE : STATEMENT_DONE};
    if (f.error != NULL && !f.unsure) {
        result.end = STATEMENT_FAILED;
        l->parsed = NULL; /* it may be what is wrong: a plan that a migration has overtaken */
        trouble_copy(sqlstate, sizeof sqlstate, field(f.error, PG_DIAG_SQLSTATE));
        trouble_copy(message, sizeof message, field(f.error, PG_DIAG_MESSAGE_PRIMARY));
        result.sqlstate = sqlstate;
        result.message = message;
    } else if (f.rows != NULL) {
        result.rows = (struct rows){PQntuples(f.rows), PQnfields(f.rows), f.rows, cell};
    }
    l->counters.unsure += f.unsure;
    l->backoff = BACKOFF_FIRST;
    l->machine->ops->result(l->machine, now, &result);
    flight_clear(&f);
    if (says_go_elsewhere(sqlstate))
        lose(l, now, message);
}

/* Takes everything that has arrived. False: the connection is gone. */
static bool harvest(struct db_link *l, usec_t now)
{
    while (l->flight.on && !PQisBusy(l->conn)) {
        PGresult *r = PQgetResult(l->conn);
        if (r != NULL) {
            keep_result(&l->flight, r);
            if (l->flight.broken)
                break;
            continue;
        }
        /* With a broken connection NULL comes for ever, and is no end of the statement. */
        if (PQstatus(l->conn) == CONNECTION_BAD)
            break;
        deliver(l, now);
        if (l->phase != UP)
            return false;
    }
    for (PGnotify *n; (n = PQnotifies(l->conn)) != NULL; PQfreemem(n))
        if (l->machine->ops->notified != NULL)
            l->machine->ops->notified(l->machine, now, n->extra);
    if (PQstatus(l->conn) != CONNECTION_BAD && !l->flight.broken)
        return true;
    char why[ATTEMPTS_TROUBLE];
    trouble_copy(why, sizeof why,
                 l->flight.error != NULL ? field(l->flight.error, PG_DIAG_MESSAGE_PRIMARY)
                                         : PQerrorMessage(l->conn));
    lose(l, now, why);
    return false;
}

/* statements */

/* The text of a simple statement: $1 is replaced by its literal. False: the parameter is not text
 * in the connection's encoding, or memory is out. */
static bool compose(struct db_link *l, const struct statement *s)
{
    const char *place = strstr(s->sql, "$1");
    buf_reset(&l->text);
    if (s->n_params > 0 && place != NULL) {
        const char *value = s->param[0];
        char *literal =
            value != NULL ? PQescapeLiteral(l->conn, value, strlen(value)) : strdup("NULL");
        if (literal == NULL)
            return false;
        buf_add(&l->text, (span){s->sql, (size_t)(place - s->sql)});
        buf_text(&l->text, literal);
        PQfreemem(literal);
        buf_text(&l->text, place + 2);
    } else {
        buf_text(&l->text, s->sql);
    }
    buf_add(&l->text, (span){"", 1}); /* its terminator */
    return buf_check(&l->text) == 0;
}

static void flush(struct db_link *l, usec_t now)
{
    int r = PQflush(l->conn);
    if (r < 0)
        lose(l, now, PQerrorMessage(l->conn));
    else if (r > 0)
        event_add(l->writable, NULL);
}

/* The server keeps the last statement that came with parameters apart from its text, so the same
 * one again (a follower asks nothing else) is neither parsed nor, after some times, planned. */
static int send_with_params(struct db_link *l, const struct statement *s)
{
    if (l->parsed == s->sql)
        return PQsendQueryPrepared(l->conn, "", s->n_params, s->param, NULL, NULL, 0);
    l->parsed = s->sql;
    return PQsendQueryParams(l->conn, s->sql, s->n_params, NULL, s->param, NULL, NULL, 0);
}

static int send_simple(struct db_link *l)
{
    l->parsed = NULL; /* the server drops it */
    return PQsendQuery(l->conn, l->text.p);
}

static void send_statement(struct db_link *l, usec_t now, const struct statement *s)
{
    if (s->simple && !compose(l, s)) {
        struct statement_result refused = {
            .end = STATEMENT_FAILED, .sqlstate = "22021", .message = "parameter is not UTF-8"};
        l->machine->ops->result(l->machine, now, &refused);
        return;
    }
    l->counters.statements++;
    l->flight = (struct flight){.on = true, .sent = now};
    int sent = s->simple ? send_simple(l) : send_with_params(l, s);
    if (sent == 0)
        lose(l, now, PQerrorMessage(l->conn));
    else
        flush(l, now);
}

/* events */

static void set_timer(struct db_link *l, usec_t now)
{
    usec_t at = l->machine->ops->deadline(l->machine);
    if (l->phase != UP && l->phase_until < at)
        at = l->phase_until;
    if (l->flight.on && l->answer_timeout != 0 && l->flight.sent + l->answer_timeout < at)
        at = l->flight.sent + l->answer_timeout;
    if (at == USEC_NEVER) {
        event_del(l->timer);
        return;
    }
    usec_t rest = at > now ? at - now : 0;
    struct timeval tv = {.tv_sec = rest / USEC_S, .tv_usec = rest % USEC_S};
    event_add(l->timer, &tv);
}

static void drive(struct db_link *l, usec_t now)
{
    while (l->phase == UP && harvest(l, now) && !l->flight.on) {
        struct statement s = {0};
        if (l->machine->ops->next(l->machine, now, &s) == 0)
            break;
        send_statement(l, now, &s);
    }
    set_timer(l, now);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct db_link *l = arg;
    usec_t now = clock_now();
    /* Results that arrived before the end are still there: harvest looks at the status itself. */
    if (PQconsumeInput(l->conn) == 0)
        log_line(LOG_DEBUG, "db_input", "link=%s", l->name);
    drive(l, now);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct db_link *l = arg;
    usec_t now = clock_now();
    flush(l, now);
    drive(l, now);
}

static void come_up(struct db_link *l, usec_t now)
{
    int fd = PQsocket(l->conn);
    PQsetNoticeReceiver(l->conn, on_notice, l);
    l->readable = event_new(l->base, fd, EV_READ | EV_PERSIST, on_readable, l);
    l->writable = event_new(l->base, fd, EV_WRITE, on_writable, l);
    if (PQsetnonblocking(l->conn, 1) < 0 || l->readable == NULL || l->writable == NULL ||
        event_priority_set(l->readable, 0) < 0 || event_priority_set(l->writable, 0) < 0 ||
        event_add(l->readable, NULL) < 0) {
        close_connection(l);
        wait_for_next_round(l, now);
        return;
    }
    l->phase = UP;
    l->trouble[0] = '\0';
    l->counters.connected++;
    log_line(LOG_INFO, "db_connected", "link=%s host=%s port=%s server=%d", l->name,
             PQhost(l->conn), PQport(l->conn), PQserverVersion(l->conn));
    l->machine->ops->ready(l->machine, now);
}

static void on_round_over(void *arg, PGconn *conn, const char *trouble)
{
    struct db_link *l = arg;
    usec_t now = clock_now();
    if (conn != NULL) {
        l->conn = conn;
        come_up(l, now);
    } else {
        trouble_copy(l->trouble, sizeof l->trouble, trouble);
        log_line(LOG_WARNING, "db_unreachable", "link=%s why=%s", l->name, l->trouble);
        wait_for_next_round(l, now);
    }
    attempts_free(l->attempts); /* trouble was its own */
    l->attempts = NULL;
    drive(l, now);
}

static void begin_round(struct db_link *l, usec_t now)
{
    struct attempts_settings settings = {l->base, l->hosts, on_round_over, l};
    l->counters.rounds++;
    if (attempts_start(&settings, &l->attempts) < 0) {
        wait_for_next_round(l, now);
        return;
    }
    l->phase = CONNECTING;
    l->phase_until = now + l->connect_timeout;
}

static void end_round(struct db_link *l, usec_t now)
{
    const char *said = attempts_trouble(l->attempts);
    trouble_copy(l->trouble, sizeof l->trouble, said[0] != '\0' ? said : "no answer in time");
    log_line(LOG_WARNING, "db_unreachable", "link=%s why=%s", l->name, l->trouble);
    attempts_free(l->attempts);
    l->attempts = NULL;
    wait_for_next_round(l, now);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct db_link *l = arg;
    usec_t now = clock_now();
    if (l->machine->ops->deadline(l->machine) <= now)
        l->machine->ops->tick(l->machine, now);
    if (l->phase == WAITING && now >= l->phase_until) {
        begin_round(l, now);
    } else if (l->phase == CONNECTING && now >= l->phase_until) {
        end_round(l, now);
    } else if (l->flight.on && l->answer_timeout != 0 &&
               now >= l->flight.sent + l->answer_timeout) {
        l->counters.answer_timeouts++;
        lose(l, now, "no answer in time");
    }
    drive(l, now);
}

int db_link_new(struct event_base *base, const struct db_link_settings *settings,
                struct sync_machine *machine, struct db_link **ret)
{
    char application[64];
    snprintf(application, sizeof application, "ugod-%s", settings->name);
    struct hosts_extra extra = {application, settings->options};
    struct db_link *l = calloc(1, sizeof *l);
    if (l == NULL)
        return -ENOMEM;
    l->base = base;
    l->machine = machine;
    l->connect_timeout = settings->connect_timeout ? settings->connect_timeout : CONNECT_TIMEOUT;
    l->answer_timeout = settings->answer_timeout;
    l->backoff = BACKOFF_FIRST;
    l->phase = WAITING;
    l->name = strdup(settings->name);
    l->timer = event_new(base, -1, 0, on_timer, l);
    int r = hosts_parse(settings->conninfo, &extra, &l->hosts);
    if (r == 0 && (l->name == NULL || l->timer == NULL || event_priority_set(l->timer, 0) < 0))
        r = -ENOMEM;
    if (r < 0) {
        db_link_free(l);
        return r;
    }
    trouble_copy(l->trouble, sizeof l->trouble, "not connected yet");
    set_timer(l, clock_now()); /* phase_until is 0: at once, from the loop */
    *ret = l;
    return 0;
}

void db_link_free(struct db_link *l)
{
    if (l == NULL)
        return;
    attempts_free(l->attempts);
    flight_clear(&l->flight);
    close_connection(l);
    if (l->timer != NULL)
        event_free(l->timer);
    hosts_free(l->hosts);
    buf_free(&l->text);
    free(l->name);
    free(l);
}

bool db_link_send(struct db_link *l)
{
    uint64_t lost = l->counters.lost;
    drive(l, clock_now());
    return l->counters.lost == lost;
}

bool db_link_up(const struct db_link *l)
{
    return l->phase == UP;
}

const struct db_link_counters *db_link_counters(const struct db_link *l)
{
    return &l->counters;
}

const char *db_link_trouble(const struct db_link *l)
{
    return l->phase == UP ? "" : l->trouble;
}
