/* SPDX-License-Identifier: EUPL-1.2 */
/* The line door of one real worker, over real TLS, beside what it stands on: a bare commit of one
 * row in the same PostgreSQL, a bare loop of SSL_write over as many connections. Needs UGO_BIN, the
 * folder of the built programs.
 *
 * Client and server share the machine, so latencies contain both; the peers are measured by the
 * same client, in turn with the door, so that both see the same machine. What a worker alone costs
 * is its processor time, which other work on the machine hardly changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/crowd.h"
#include "bench/kit.h"

#define SECONDS_AT_MOST 240
#define DECLARATIONS 1000
#define IDLE 2000
#define IDLE_WARM 300 /* what the first ones warmed up is not theirs */
#define HANDSHAKES 1000

static void send_declaration(struct link *l, int i)
{
    char line[256];
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":\"d\",\"method\":\"unit.declare\",\"params\":{"
             "\"unit\":\"" SERVER_DECLARED_UNIT "\",\"free\":%d}}\n",
             i % 4);
    link_send(l, line);
}

static void await_acknowledgement(struct link *l)
{
    link_await(l, "\"id\":\"d\",\"result\"");
}

static struct link *declarer_open(SSL_CTX *ctx)
{
    struct link *l = kit_alloc(1, sizeof *l);
    link_open(l, ctx, SERVER_PORT);
    link_greet(l, server_token("establishment"));
    return l;
}

/* declare → acknowledged */

static double bare_commit(PGconn *pg)
{
    double from = kit_seconds();
    PGresult *r = PQexec(pg, "INSERT INTO public.bare VALUES (1)");
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        kit_die("%s", PQerrorMessage(pg));
    PQclear(r);
    return kit_seconds() - from;
}

static void measure_acknowledgement(SSL_CTX *ctx)
{
    static double door[DECLARATIONS], bare[DECLARATIONS];
    struct link *l = declarer_open(ctx);
    PGconn *pg = server_database();
    PQclear(PQexec(pg, "CREATE TABLE public.bare (n integer)"));
    for (int i = 0; i < DECLARATIONS; i++) {
        double from = kit_seconds();
        send_declaration(l, i);
        await_acknowledgement(l);
        door[i] = kit_seconds() - from;
        bare[i] = bare_commit(pg);
    }
    double d50 = kit_quantile(door, DECLARATIONS, 0.5);
    double b50 = kit_quantile(bare, DECLARATIONS, 0.5);
    printf("declare, acknowledged          p50 %7.2f ms  p99 %7.2f ms\n", d50 * 1e3,
           kit_quantile(door, DECLARATIONS, 0.99) * 1e3);
    printf("  a bare commit of one row     p50 %7.2f ms  p99 %7.2f ms  ratio %.2f (aim 2)\n",
           b50 * 1e3, kit_quantile(bare, DECLARATIONS, 0.99) * 1e3, d50 / b50);
    link_close(l);
    free(l);
    PQfinish(pg);
}

/* declare → seen by the last of many. The door's time has a commit and its way back in it, which a
 * loop of SSL_write has not; what can be compared is the time from the first that has it to the
 * last, and the processor time of a delivery. */

struct fan_out {
    int n, rounds;
    double *seen, *spread, *bare_seen, *bare_spread; /* s */
    double cpu, bare_cpu;                            /* s in all */
};

static void round_of_door(struct fan_out *f, int i, struct link *declarer, struct crowd *c)
{
    double first, last;
    pid_t worker = server_worker();
    double cpu = kit_processor_time(worker);
    double from = kit_seconds();
    send_declaration(declarer, i);
    crowd_await(c, &first, &last);
    f->seen[i] = last - from;
    f->spread[i] = last - first;
    await_acknowledgement(declarer);
    f->cpu += kit_processor_time(worker) - cpu;
}

static void round_of_bare(struct fan_out *f, int i, struct bare *b, struct crowd *c)
{
    double first, last;
    double cpu = kit_processor_time(b->pid);
    double from = kit_seconds();
    bare_poke(b);
    crowd_await(c, &first, &last);
    f->bare_seen[i] = last - from;
    f->bare_spread[i] = last - first;
    f->bare_cpu += kit_processor_time(b->pid) - cpu;
}

static void print_fan_out(struct fan_out *f)
{
    double s50 = kit_quantile(f->spread, f->rounds, 0.5);
    double b50 = kit_quantile(f->bare_spread, f->rounds, 0.5);
    double each = 1e6 / f->rounds / f->n;
    printf("declare, seen by last of %4d  p50 %7.2f ms  p99 %7.2f ms\n", f->n,
           kit_quantile(f->seen, f->rounds, 0.5) * 1e3,
           kit_quantile(f->seen, f->rounds, 0.99) * 1e3);
    printf("  a bare loop of SSL_write     p50 %7.2f ms  p99 %7.2f ms\n",
           kit_quantile(f->bare_seen, f->rounds, 0.5) * 1e3,
           kit_quantile(f->bare_seen, f->rounds, 0.99) * 1e3);
    printf("  from the first to the last   p50 %7.2f ms  bare %6.2f ms  ratio %.2f (aim 1.3)\n",
           s50 * 1e3, b50 * 1e3, s50 / b50);
    printf("  processor time, a delivery       %7.2f us  bare %6.2f us  ratio %.2f\n",
           f->cpu * each, f->bare_cpu * each, f->cpu / f->bare_cpu);
}

/* What one subscriber is sent for one declaration. */
static size_t delivery_bytes(struct link *declarer, struct crowd *c)
{
    double first, last;
    send_declaration(declarer, 2);
    crowd_await(c, &first, &last);
    await_acknowledgement(declarer);
    uint64_t before = c->links[0].received;
    send_declaration(declarer, 3);
    crowd_await(c, &first, &last);
    await_acknowledgement(declarer);
    return (size_t)(c->links[0].received - before);
}

static void measure_fan_out(SSL_CTX *ctx, int n, int rounds)
{
    double *times = kit_alloc((size_t)rounds * 4, sizeof *times);
    struct fan_out f = {.n = n,
                        .rounds = rounds,
                        .seen = times,
                        .spread = times + rounds,
                        .bare_seen = times + 2 * rounds,
                        .bare_spread = times + 3 * rounds};
    struct crowd subscribers, listeners;
    struct bare bare;
    struct link *declarer = declarer_open(ctx);
    crowd_open(&subscribers, n, ctx, SERVER_PORT, server_token("def"));
    bare_start(&bare, n, delivery_bytes(declarer, &subscribers));
    crowd_open(&listeners, n, ctx, BARE_PORT, NULL);
    for (int i = 0; i < rounds; i++) {
        round_of_door(&f, i, declarer, &subscribers);
        round_of_bare(&f, i, &bare, &listeners);
    }
    print_fan_out(&f);
    bare_stop(&bare);
    crowd_close(&subscribers);
    crowd_close(&listeners);
    link_close(declarer);
    free(declarer);
    free(times);
}

/* Handshakes and idle connections */

static void measure_handshakes(const char *what, SSL_CTX *ctx)
{
    pid_t worker = server_worker();
    struct link *l = kit_alloc(1, sizeof *l);
    double cpu = kit_processor_time(worker);
    double from = kit_seconds();
    for (int i = 0; i < HANDSHAKES; i++) {
        link_open(l, ctx, SERVER_PORT);
        link_close(l);
    }
    printf("handshakes, %-11s %6.0f /s of the worker's processor time, one by one %5.0f /s\n", what,
           HANDSHAKES / (kit_processor_time(worker) - cpu), HANDSHAKES / (kit_seconds() - from));
    free(l);
}

static void measure_idle(const char *what, SSL_CTX *ctx, const char *token, double aim)
{
    pid_t worker = server_worker();
    struct link *l = kit_alloc(1, sizeof *l); /* one at a time: only the sockets are kept */
    SSL **kept = kit_alloc(IDLE, sizeof(SSL *));
    int *fds = kit_alloc(IDLE, sizeof *fds);
    double before = 0;
    for (int i = 0; i < IDLE; i++) {
        if (i == IDLE_WARM)
            before = kit_resident_kb(worker);
        link_open(l, ctx, SERVER_PORT);
        link_greet(l, token);
        kept[i] = l->ssl;
        fds[i] = l->fd;
    }
    printf("idle connection, %-11s %6.1f KB (aim %.0f)\n", what,
           (kit_resident_kb(worker) - before) / (IDLE - IDLE_WARM), aim);
    for (int i = 0; i < IDLE; i++) {
        SSL_free(kept[i]);
        close(fds[i]);
    }
    free(kept);
    free(fds);
    free(l);
}

static void measure(void)
{
    server_start();
    SSL_CTX *plain = server_client(NULL);
    SSL_CTX *certified = server_client("astreinte");
    measure_acknowledgement(plain);
    measure_fan_out(plain, 100, 200);
    measure_fan_out(plain, 1000, 60);
    measure_handshakes("token", plain);
    measure_handshakes("certificate", certified);
    server_restart(); /* a heap that thousands left is full of room: idle ones would cost nothing */
    measure_idle("token", plain, server_token("astreinte"), 16);
    server_restart();
    measure_idle("certificate", certified, NULL, 21);
    server_stop();
    SSL_CTX_free(plain);
    SSL_CTX_free(certified);
}

int main(void)
{
    return kit_run(measure, SECONDS_AT_MOST);
}
