/* SPDX-License-Identifier: EUPL-1.2 */
/* Holds made by 1, 8 and 64 callers at once through the line door of one real worker, over real
 * TLS, beside the same transaction in bare pgbench on the same PostgreSQL: lock the unit, see that
 * there is a place, insert the hold, count it, insert a row of a log, commit. Needs UGO_BIN, the
 * folder of the built programs, and pgbench of Debian's postgresql packages.
 *
 * Each caller asks again as soon as it has its answer. pgbench has no TLS, no JSON, no rights, no
 * history to chain, nobody to tell: it is what a commit costs here. It runs twice: all callers at
 * one unit, as they are at the door, and each at one of its own, which ugo's one global order does
 * not know. The three take turns, so that all see the same machine. What a hold costs ugo is the
 * processor time of its worker and of the worker's sessions in PostgreSQL, which other work on the
 * machine hardly changes. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bench/kit.h"
#include "bench/server.h"

#define SECONDS_AT_MOST 240
#define TURNS 3
#define TURN_SECONDS 2
#define CALLERS_MOST SERVER_PEER_CONNECTIONS
#define PLACES 9999 /* the most that a unit can have: each turn has a unit of its own */
#define SAMPLES 1000000
#define AWAIT_MS 10000
#define DONE "\"id\":\"h\",\"result\""

struct samples {
    double *seconds;
    int n;
    double took; /* s in all */
};

static void sample(struct samples *s, double seconds)
{
    if (s->n < SAMPLES)
        s->seconds[s->n++] = seconds;
}

/* The door */

/* Units with room for every ask of a turn; the next one for each turn. */
struct rooms {
    char ids[3 * TURNS][64];
    int next;
};

static void rooms_open(struct rooms *r, SSL_CTX *ctx)
{
    PGconn *pg = server_database();
    PGresult *found = PQexec(pg, "SELECT id FROM ugo.unit WHERE open > 0 AND held = 0 AND "
                                 "emergency_reserved = 0 ORDER BY id LIMIT 9");
    struct link *l = kit_alloc(1, sizeof *l);
    char line[256];
    if (PQntuples(found) < 3 * TURNS)
        kit_die("the demonstration has too few units");
    link_open(l, ctx, SERVER_PORT);
    link_greet(l, server_token("def"));
    for (int i = 0; i < 3 * TURNS; i++) {
        snprintf(r->ids[i], sizeof r->ids[i], "%s", PQgetvalue(found, i, 0));
        snprintf(line, sizeof line,
                 "{\"jsonrpc\":\"2.0\",\"id\":\"h\",\"method\":\"unit.declare\",\"params\":{"
                 "\"unit\":\"%s\",\"open\":%d,\"occupied\":0}}\n",
                 r->ids[i], PLACES);
        link_send(l, line);
        link_await(l, DONE);
    }
    link_close(l);
    free(l);
    PQclear(found);
    PQfinish(pg);
}

static struct link *callers_open(SSL_CTX *ctx, int n)
{
    struct link *callers = kit_alloc((size_t)n, sizeof *callers);
    for (int i = 0; i < n; i++) {
        link_open(&callers[i], ctx, SERVER_PORT);
        link_greet(&callers[i], server_token("astreinte"));
        fcntl(callers[i].fd, F_SETFL, O_NONBLOCK);
    }
    return callers;
}

static void callers_close(struct link *callers, int n)
{
    for (int i = 0; i < n; i++)
        link_close(&callers[i]);
    free(callers);
}

/* Of the worker's sessions in PostgreSQL. */
static double database_time(void)
{
    PGconn *pg = server_database();
    PGresult *found = PQexec(pg, "SELECT pid FROM pg_stat_activity WHERE usename = 'ugod'");
    double seconds = 0;
    for (int i = 0; i < PQntuples(found); i++)
        seconds += kit_processor_time((pid_t)strtol(PQgetvalue(found, i, 0), NULL, 10));
    PQclear(found);
    PQfinish(pg);
    return seconds;
}

/* All callers ask for places of one unit until the time or the places are over. */
static void turn_of_door(struct samples *s, struct link *callers, int n, const char *unit)
{
    struct epoll_event events[CALLERS_MOST];
    double asked[CALLERS_MOST];
    char ask[256];
    int poll = epoll_create1(EPOLL_CLOEXEC), waiting = n, asks = n;
    double from = kit_seconds();
    snprintf(ask, sizeof ask,
             "{\"jsonrpc\":\"2.0\",\"id\":\"h\",\"method\":\"hold.create\",\"params\":{\"unit\":"
             "\"%s\",\"need\":{\"children\":[{\"age_months\":84,\"sex\":\"F\"}]}}}\n",
             unit);
    for (int i = 0; i < n; i++) {
        struct epoll_event e = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, callers[i].fd, &e) != 0)
            kit_die("epoll");
        asked[i] = kit_seconds();
        link_send(&callers[i], ask);
    }
    while (waiting > 0) {
        int ready = epoll_wait(poll, events, CALLERS_MOST, AWAIT_MS);
        if (ready <= 0)
            kit_die("%d callers wait in vain", waiting);
        for (int i = 0; i < ready; i++) {
            uint32_t who = events[i].data.u32;
            if (!link_heard(&callers[who], DONE))
                continue;
            double now = kit_seconds();
            sample(s, now - asked[who]);
            if (now - from >= TURN_SECONDS || asks == PLACES) {
                waiting--;
                continue;
            }
            asks++;
            asked[who] = now;
            link_send(&callers[who], ask);
        }
    }
    s->took += kit_seconds() - from;
    close(poll);
}

/* pgbench */

static const char tables[] =
    "CREATE TABLE public.bare_unit (id integer PRIMARY KEY, open integer NOT NULL,"
    " occupied integer NOT NULL, held integer NOT NULL);"
    "CREATE TABLE public.bare_hold (id bigserial PRIMARY KEY, unit integer NOT NULL,"
    " places integer NOT NULL, state text NOT NULL, held_until timestamptz NOT NULL);"
    "CREATE INDEX ON public.bare_hold (unit) WHERE state IN ('held', 'accepted');"
    "CREATE TABLE public.bare_log (revision bigserial PRIMARY KEY, at timestamptz NOT NULL,"
    " record text NOT NULL);"
    "INSERT INTO public.bare_unit SELECT n, 1000000000, 0, 0 FROM generate_series(0, 64) AS n;";

/* `unit` is an expression of pgbench. Every unit has room for all: a transaction never goes away
 * empty. The log's row is as long as the two records that ugo writes. */
static void write_script(const char *path, const char *unit)
{
    FILE *f = fopen(path, "w");
    if (f == NULL)
        kit_die("cannot write %s", path);
    fprintf(f,
            "\\set unit %s\n"
            "BEGIN;\n"
            "SELECT open - occupied - held AS free FROM public.bare_unit WHERE id = :unit"
            " FOR UPDATE \\gset\n"
            "\\if :free >= 1\n"
            "INSERT INTO public.bare_hold (unit, places, state, held_until)"
            " VALUES (:unit, 1, 'held', now() + interval '45 minutes');\n"
            "UPDATE public.bare_unit SET held = held + 1 WHERE id = :unit;\n"
            "INSERT INTO public.bare_log (at, record) VALUES (now(), repeat('x', 1600));\n"
            "\\endif\n"
            "COMMIT;\n",
            unit);
    fclose(f);
}

/* Lines of pgbench's log: client, number, µs, …; the files are removed. */
static void read_log(struct samples *s, const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        char path[512], line[256];
        if (strncmp(entry->d_name, "bare-log.", 9) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *f = fopen(path, "r");
        double us;
        while (f != NULL && fgets(line, sizeof line, f) != NULL)
            if (sscanf(line, "%*d %*d %lf", &us) == 1)
                sample(s, us / 1e6);
        if (f != NULL)
            fclose(f);
        unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
}

static void turn_of_pgbench(struct samples *s, int n, const char *script)
{
    char clients[16], threads[16], seconds[16];
    char *program = server_postgres("pgbench"), *folder = kit_path(""),
         *prefix = kit_path("bare-log");
    char *socket = kit_path("data/socket"), *file = kit_path(script);
    snprintf(clients, sizeof clients, "%d", n);
    snprintf(threads, sizeof threads, "%d", n > 1 ? 2 : 1);
    snprintf(seconds, sizeof seconds, "%d", TURN_SECONDS);
    kit_call((char *[]){program, "-n",           "-M",    "prepared", "-c",   clients, "-j",
                        threads, "-T",           seconds, "-h",       socket, "-U",    "ugo_admin",
                        "-l",    "--log-prefix", prefix,  "-f",       file,   "ugo",   NULL});
    s->took += TURN_SECONDS;
    read_log(s, folder);
    free(program);
    free(folder);
    free(prefix);
    free(socket);
    free(file);
}

/* All of them */

static double print(const char *what, struct samples *s)
{
    if (s->n == 0)
        kit_die("%s: no transaction at all", what);
    double p50 = kit_quantile(s->seconds, s->n, 0.5);
    printf("%-32s p50 %7.2f ms  p99 %7.2f ms  %7.0f /s", what, p50 * 1e3,
           kit_quantile(s->seconds, s->n, 0.99) * 1e3, s->n / s->took);
    return p50;
}

static void measure_callers(SSL_CTX *ctx, struct rooms *r, int n, struct samples all[3])
{
    struct link *callers = callers_open(ctx, n);
    double worker = 0, database = 0;
    char what[64];
    for (int i = 0; i < 3; i++) {
        all[i].n = 0;
        all[i].took = 0;
    }
    for (int i = 0; i < TURNS; i++) {
        worker -= kit_processor_time(server_worker());
        database -= database_time();
        turn_of_door(&all[0], callers, n, r->ids[r->next++]);
        worker += kit_processor_time(server_worker());
        database += database_time();
        turn_of_pgbench(&all[1], n, "one.sql");
        turn_of_pgbench(&all[2], n, "own.sql");
    }
    callers_close(callers, n);
    snprintf(what, sizeof what, "hold, %2d caller%s", n, n > 1 ? "s" : "");
    double door = print(what, &all[0]);
    double one = print("\n  bare pgbench, at one unit", &all[1]);
    printf("  ratio %.2f", door / one);
    double own = print("\n  bare pgbench, a unit each", &all[2]);
    printf("  ratio %.2f\n", door / own);
    printf(
        "  processor time, a hold           %7.0f us of the worker  %7.0f us of its PostgreSQL\n",
        worker * 1e6 / all[0].n, database * 1e6 / all[0].n);
}

static void measure(void)
{
    static struct rooms rooms;
    struct samples all[3];
    char *one, *own;
    server_start();
    SSL_CTX *ctx = server_client(NULL);
    rooms_open(&rooms, ctx);
    PGconn *pg = server_database();
    PGresult *made = PQexec(pg, tables);
    if (PQresultStatus(made) != PGRES_COMMAND_OK)
        kit_die("%s", PQerrorMessage(pg));
    PQclear(made);
    PQfinish(pg);
    one = kit_path("one.sql");
    own = kit_path("own.sql");
    write_script(one, "0");
    write_script(own, ":client_id + 1");
    for (int i = 0; i < 3; i++)
        all[i].seconds = kit_alloc(SAMPLES, sizeof(double));
    measure_callers(ctx, &rooms, 1, all);
    measure_callers(ctx, &rooms, 8, all);
    measure_callers(ctx, &rooms, CALLERS_MOST, all);
    for (int i = 0; i < 3; i++)
        free(all[i].seconds);
    free(one);
    free(own);
    server_stop();
    SSL_CTX_free(ctx);
}

int main(void)
{
    return kit_run(measure, SECONDS_AT_MOST);
}
