/* SPDX-License-Identifier: EUPL-1.2 */
#include "bench/declare.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench/kit.h"

void declarer_send(struct link *l, int i)
{
    char line[256];
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":\"d\",\"method\":\"unit.declare\",\"params\":{"
             "\"unit\":\"" SERVER_DECLARED_UNIT "\",\"free\":%d}}\n",
             i % 4);
    link_send(l, line);
}

void declarer_await(struct link *l)
{
    link_await(l, "\"id\":\"d\",\"result\"");
}

struct link *declarer_open(SSL_CTX *ctx)
{
    struct link *l = kit_alloc(1, sizeof *l);
    link_open(l, ctx, SERVER_PORT);
    link_greet(l, server_token("establishment"));
    return l;
}

void declarer_close(struct link *l)
{
    link_close(l);
    free(l);
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
    declarer_send(declarer, i);
    crowd_await(c, &first, &last);
    f->seen[i] = last - from;
    f->spread[i] = last - first;
    declarer_await(declarer);
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
    declarer_send(declarer, 2);
    crowd_await(c, &first, &last);
    declarer_await(declarer);
    uint64_t before = c->links[0].received;
    declarer_send(declarer, 3);
    crowd_await(c, &first, &last);
    declarer_await(declarer);
    return (size_t)(c->links[0].received - before);
}

void declare_fan_out(SSL_CTX *ctx, enum crowd_way way, int n, int rounds)
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
    crowd_open(&subscribers, n, ctx, way, server_token("def"));
    bare_start(&bare, n, delivery_bytes(declarer, &subscribers));
    crowd_open(&listeners, n, ctx, CROWD_BARE, NULL);
    for (int i = 0; i < rounds; i++) {
        round_of_door(&f, i, declarer, &subscribers);
        round_of_bare(&f, i, &bare, &listeners);
    }
    print_fan_out(&f);
    bare_stop(&bare);
    crowd_close(&subscribers);
    crowd_close(&listeners);
    declarer_close(declarer);
    free(times);
}
