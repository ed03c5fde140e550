/* SPDX-License-Identifier: EUPL-1.2 */
#include "bench/inner_door.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/journal.h"
#include "bench/kit.h"
#include "line/line.h"
#include "proto/limits.h"

#define ROOM 16384 /* bytes a pump takes at once: a TLS record */

struct inner_door {
    struct replica replica;
    struct desk desk;
    struct feeds feeds;
    struct line_service line;
    struct door *door;
    unsigned asked;
    char out[2 * LIMIT_ANSWER];
};

static const struct line_limits limits = {
    .hello_timeout = LIMIT_HELLO_MS * USEC_MS,
    .silence_probe = LIMIT_PROBE_MS * USEC_MS,
    .silence_end = LIMIT_SILENCE_MS * USEC_MS,
    .slow_no_byte = LIMIT_STUCK_MS * USEC_MS,
    .max_line = LIMIT_LINE,
    .max_line_hello = LIMIT_LINE_FIRST,
    .in_flight = LIMIT_IN_FLIGHT,
    .subscriptions = LIMIT_SUBSCRIPTIONS,
};

static const struct feed_limits feed_limits = {
    .mark_every = LIMIT_MARK_MS * USEC_MS,
    .slow_no_mark = LIMIT_CATCH_UP_MS * USEC_MS,
    .behind_wait = LIMIT_BEHIND_MS * USEC_MS,
    .output_bytes = LIMIT_OUTPUT,
};

static usec_t monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (usec_t)t.tv_sec * USEC_S + t.tv_nsec / 1000;
}

static PGresult *rows_of(PGconn *pg, const char *statement)
{
    PGresult *r = PQexec(pg, statement);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        kit_die("%s", PQerrorMessage(pg));
    return r;
}

static int64_t number_at(const PGresult *r, int row, int column)
{
    return strtoll(PQgetvalue(r, row, column), NULL, 10);
}

static void load(struct replica *to, PGconn *pg)
{
    PGresult *ledger = rows_of(pg, "SELECT epoch, revision, at, floor_revision FROM ugo.ledger");
    PGresult *epochs = rows_of(pg, "SELECT epoch, fork_revision FROM ugo.epoch ORDER BY opened_at");
    PGresult *rows = rows_of(pg, "SELECT kind, id, revision, state FROM ugo.record"
                                 " ORDER BY revision, kind, id");
    int r = replica_load_begin(to, PQgetvalue(ledger, 0, 0), number_at(ledger, 0, 1),
                               number_at(ledger, 0, 3));
    for (int i = 0; r == 0 && i < PQntuples(epochs); i++)
        r = replica_load_epoch(to, PQgetvalue(epochs, i, 0), number_at(epochs, i, 1));
    for (int i = 0; r == 0 && i < PQntuples(rows); i++)
        r = replica_load_record(to, PQgetvalue(rows, i, 0), PQgetvalue(rows, i, 1),
                                number_at(rows, i, 2), PQgetvalue(rows, i, 3));
    if (r == 0)
        r = replica_load_end(to);
    if (r != 0)
        kit_die("the register cannot be loaded: %d", r);
    replica_ledger(to, number_at(ledger, 0, 2), monotonic());
    PQclear(ledger);
    PQclear(epochs);
    PQclear(rows);
}

struct inner_door *inner_door_open(PGconn *pg, const char *token)
{
    struct inner_door *i = kit_alloc(1, sizeof *i);
    struct desk_limits desk = {.command_wait = LIMIT_COMMAND_WAIT_MS * USEC_MS,
                               .behind_wait = LIMIT_BEHIND_MS * USEC_MS,
                               .stopwatch = monotonic};
    char hello[300];
    const char *answer;
    replica_init(&i->replica);
    load(&i->replica, pg);
    desk_init(&i->desk, &i->replica, &desk, "0123456789abcdef");
    feeds_init(&i->feeds, &i->desk, &feed_limits);
    line_init(&i->line, &i->feeds, &limits, 1);
    i->door =
        line_refresh(&i->line, monotonic()) == 0 ? line_open(&i->line, monotonic(), "") : NULL;
    if (i->door == NULL)
        kit_die("no door");
    snprintf(hello, sizeof hello,
             "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\",\"params\":{\"protocol\":[1,1],"
             "\"client\":\"bench/1\",\"token\":\"%s\"}}\n",
             token);
    inner_door_ask(i, hello, &answer);
    if (strstr(answer, "\"id\":1,\"result\"") == NULL)
        kit_die("not let in: %s", answer);
    return i;
}

void inner_door_close(struct inner_door *i)
{
    door_free(i->door);
    desk_free(&i->desk);
    replica_free(&i->replica);
    free(i);
}

/* What a worker does between turns: searches are told of. */
static void let_entries_go(struct inner_door *i)
{
    struct desk_command entry;
    while (desk_take_entry(&i->desk, &entry))
        free(entry.json);
}

size_t inner_door_ask(struct inner_door *i, const char *line, const char **ret_answer)
{
    if (++i->asked % 256 == 0)
        let_entries_go(i);
    size_t n = 0;
    size_t got;
    usec_t now = monotonic();
    if (door_feed(i->door, now, span_of(line)) != 0)
        kit_die("the door is closed");
    while (n + ROOM < sizeof i->out && (got = door_pull(i->door, now, i->out + n, ROOM)) > 0)
        n += got;
    i->out[n] = 0;
    *ret_answer = i->out;
    return n;
}
