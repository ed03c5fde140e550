/* SPDX-License-Identifier: EUPL-1.2 */
/* How soon a waiting caller is told of a place that came free: from the declaration sent to the
 * offer received, at the line door of one real worker, over real TLS, beside the plain push of the
 * same declaration in the same run. An offer is a second commit, made when the first is known: what
 * it costs more is what the watch costs. Needs UGO_BIN, the folder of the built programs. */
#include <stdio.h>
#include <stdlib.h>

#include "bench/kit.h"
#include "bench/server.h"

#define SECONDS_AT_MOST 120
#define ROUNDS 500
#define ROUNDS_WARM 20

static void declare(struct link *l, int free)
{
    char line[256];
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":\"d\",\"method\":\"unit.declare\",\"params\":{"
             "\"unit\":\"" SERVER_DECLARED_UNIT "\",\"free\":%d}}\n",
             free);
    link_send(l, line);
}

static struct link *opened(SSL_CTX *ctx, const char *role)
{
    struct link *l = kit_alloc(1, sizeof *l);
    link_open(l, ctx, SERVER_PORT);
    link_greet(l, server_token(role));
    return l;
}

static void closed(struct link *l)
{
    link_close(l);
    free(l);
}

/* The longest decided emergency there is; the subscriber hears what it is offered. */
static void wait_for_a_place(struct link *l)
{
    link_send(l,
              "{\"jsonrpc\":\"2.0\",\"id\":\"r\",\"method\":\"request.open\",\"params\":{"
              "\"children\":[{}],\"emergency\":true,\"decided_at\":\"2020-01-01T00:00:00Z\"}}\n");
    link_await(l, "\"id\":\"r\",\"result\"");
    link_send(l, "{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"method\":\"subscribe\",\"params\":{"
                 "\"sub\":\"a\",\"filter\":{\"kinds\":[\"offer\"]}}}\n");
    link_await(l, "\"method\":\"mark\"");
}

static void follow_the_unit(struct link *l)
{
    link_send(l, "{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"method\":\"subscribe\",\"params\":{"
                 "\"sub\":\"a\",\"filter\":{\"kinds\":[\"unit\"],\"units\":[\"" SERVER_DECLARED_UNIT
                 "\"]}}}\n");
    link_await(l, "\"method\":\"mark\"");
}

static void await_acknowledgement(struct link *l)
{
    link_await(l, "\"id\":\"d\",\"result\"");
}

static void print(const char *what, double *seconds)
{
    printf("%-38s p50 %7.2f ms  p99 %7.2f ms\n", what, kit_quantile(seconds, ROUNDS, 0.5) * 1e3,
           kit_quantile(seconds, ROUNDS, 0.99) * 1e3);
}

static void measure(void)
{
    static double pushed[ROUNDS], offered[ROUNDS];
    server_start();
    SSL_CTX *ctx = server_client(NULL);
    struct link *home = opened(ctx, "establishment");
    struct link *plain = opened(ctx, "def");
    struct link *waiting = opened(ctx, "astreinte");
    declare(home, 0);
    await_acknowledgement(home);
    follow_the_unit(plain);
    wait_for_a_place(waiting);
    for (int i = -ROUNDS_WARM; i < ROUNDS; i++) {
        double from = kit_seconds();
        declare(home, 1);
        link_await(plain, "\"free\":1,");
        double push = kit_seconds() - from;
        link_await(waiting, "\"state\":\"offered\"");
        double offer = kit_seconds() - from;
        await_acknowledgement(home);
        if (i >= 0) {
            pushed[i] = push;
            offered[i] = offer;
        }
        declare(home, 0); /* the offer is void, and another can be made */
        link_await(plain, "\"free\":0,");
        link_await(waiting, "\"state\":\"void\"");
        await_acknowledgement(home);
    }
    print("place declared free, offer received", offered);
    print("  the plain push of the same change", pushed);
    printf("  ratio %.2f (two commits, one after the other)\n",
           kit_quantile(offered, ROUNDS, 0.5) / kit_quantile(pushed, ROUNDS, 0.5));
    closed(home);
    closed(plain);
    closed(waiting);
    SSL_CTX_free(ctx);
    server_stop();
}

int main(void)
{
    return kit_run(measure, SECONDS_AT_MOST);
}
