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

#include "bench/declare.h"
#include "bench/kit.h"

#define SECONDS_AT_MOST 240
#define DECLARATIONS 1000
#define IDLE 2000
#define IDLE_WARM 300 /* what the first ones warmed up is not theirs */
#define HANDSHAKES 1000

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
        declarer_send(l, i);
        declarer_await(l);
        door[i] = kit_seconds() - from;
        bare[i] = bare_commit(pg);
    }
    double d50 = kit_quantile(door, DECLARATIONS, 0.5);
    double b50 = kit_quantile(bare, DECLARATIONS, 0.5);
    printf("declare, acknowledged          p50 %7.2f ms  p99 %7.2f ms\n", d50 * 1e3,
           kit_quantile(door, DECLARATIONS, 0.99) * 1e3);
    printf("  a bare commit of one row     p50 %7.2f ms  p99 %7.2f ms  ratio %.2f (aim 2)\n",
           b50 * 1e3, kit_quantile(bare, DECLARATIONS, 0.99) * 1e3, d50 / b50);
    declarer_close(l);
    PQfinish(pg);
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
    declare_fan_out(plain, CROWD_LINE, 100, 200);
    declare_fan_out(plain, CROWD_LINE, 1000, 60);
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
