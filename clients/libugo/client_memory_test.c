/* SPDX-License-Identifier: EUPL-1.2 */
/* Every allocation of the client fails once, in a conversation that has everything: a greeting,
 * requests, a copy, a lost connection, a new start, refusals, the end. A failure is -ENOMEM to
 * whoever feeds the client; it is then good for ugo_client_free, and nothing leaks. (What jansson
 * allocates is another matter: proto/memory.h.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above before it */
#include <cmocka.h>

#include "base/scarce_fixture.h"
#include "clients/libugo/client.h"

#define RPC "{\"jsonrpc\":\"2.0\","
#define S ((int64_t)1000000)

struct talk {
    struct ugo_client *c;
    int64_t now;
    size_t piece;  /* bytes fed at a time; 0 all */
    int r;         /* of the first call that failed; 0 */
    size_t events; /* taken */
};

static void take_events(struct talk *t)
{
    struct ugo_event e;
    while (t->r == 0 && ugo_client_next(t->c, &e))
        t->events++;
}

static void says(struct talk *t, const char *line)
{
    size_t n = strlen(line), piece = t->piece > 0 ? t->piece : n;
    for (size_t at = 0; t->r == 0 && at < n; at += piece) {
        size_t part = n - at < piece ? n - at : piece;
        t->r = ugo_client_feed(t->c, t->now, line + at, part);
    }
    if (t->r == 0)
        t->r = ugo_client_feed(t->c, t->now, "\n", 1);
}

static void comes_online(struct talk *t, int hello)
{
    char line[128];
    if (t->r == 0)
        t->r = ugo_client_connected(t->c, t->now);
    says(t,
         RPC "\"method\":\"hello\",\"params\":{\"protocol\":[1,1],\"limits\":{\"in_flight\":8}}}");
    snprintf(line, sizeof line, RPC "\"id\":%d,\"result\":{\"protocol\":1,\"account\":\"a\"}}",
             hello);
    says(t, line);
}

static void is_cut(struct talk *t)
{
    if (t->r == 0)
        t->r = ugo_client_disconnected(t->c, t->now);
    t->now += 60 * S;
}

static void asks(struct talk *t, const char *method, unsigned flags)
{
    uint64_t id;
    json_t *params = json_pack("{s:s}", "unit", "u-1");
    if (t->r == 0)
        t->r = ugo_request(t->c, method, params, flags, &id);
    json_decref(params);
}

static struct ugo_subscription *follows(struct talk *t, const char *since, const char *after)
{
    struct ugo_subscription *s = NULL;
    json_t *filter = json_pack("{s:[s]}", "modality", "urgence");
    if (t->r == 0)
        t->r = ugo_subscribe_after(t->c, filter, since, after, &s);
    json_decref(filter);
    return s;
}

#define U(id, revision) "{\"kind\":\"unit\",\"id\":\"" id "\",\"revision\":" #revision "}"
#define MARK(revision)                                                                             \
    RPC "\"method\":\"mark\",\"params\":{\"sub\":\"s1\",\"upto\":\"e.f." #revision                 \
        "\",\"stale\":false,\"now\":\"2026-11-21T18:02:30Z\"}}"
#define DELTA(rest) RPC "\"method\":\"delta\",\"params\":{\"sub\":\"s1\"," rest "}}"
#define ERROR_ANSWER(id, type)                                                                     \
    RPC "\"id\":" #id ",\"error\":{\"code\":2,\"message\":\"m\",\"data\":{\"type\":\"" type "\"}}" \
        "}"

/* The first connection: a copy, and requests that end in each way. */
static void first_connection(struct talk *t)
{
    follows(t, NULL, "e.1");
    asks(t, "me", UGO_REPEAT);
    comes_online(t, 2); /* the request was 1, the subscription is 3 */
    says(t, RPC "\"id\":3,\"result\":{\"sub\":\"s1\",\"resumed\":false,\"why\":null}}");
    says(t, DELTA("\"set\":[" U("u-1", 5) "," U("u-2", 5) "],\"gone\":[\"u-3\"]"));
    says(t, MARK(6));
    take_events(t);
    says(t, DELTA("\"set\":[" U("u-1", 7) "],\"gone\":[\"u-2\"]"));
    says(t, MARK(7));
    says(t, RPC "\"id\":1,\"result\":{\"account\":\"a\"}}");
    asks(t, "unit.get", 0);
    says(t, ERROR_ANSWER(4, "not_found"));
    asks(t, "unit.declare", 0); /* lost with the connection */
    asks(t, "unit.confirm", UGO_REPEAT);
    says(t, RPC "\"id\":\"p\",\"method\":\"echo\",\"params\":{}}");
    says(t, RPC "\"id\":\"q\",\"method\":\"nonsense\"}");
    t->now += 16 * S;
    if (t->r == 0)
        t->r = ugo_client_tick(t->c, t->now);
    take_events(t);
    says(t, RPC "\"method\":\"bye\",\"params\":{\"code\":\"drain\",\"retry_ms\":10}}");
    is_cut(t);
    take_events(t);
}

/* The second: starting over, twice; and many events before any is taken. */
static void second_connection(struct talk *t)
{
    comes_online(t, 8);
    says(t, RPC "\"id\":9,\"result\":{\"sub\":\"s1\",\"resumed\":false,\"why\":\"compacted\"}}");
    for (int i = 0; i < 20; i++) {
        char line[160];
        snprintf(line, sizeof line, DELTA("\"set\":[{\"kind\":\"unit\",\"id\":\"u-%d\"}]"), i);
        says(t, line);
    }
    says(t, MARK(9));
    says(t, RPC
         "\"method\":\"start\",\"params\":{\"sub\":\"s1\",\"resumed\":false,\"why\":\"scope\"}}");
    says(t, MARK(10));
    take_events(t);
    struct ugo_subscription *other = follows(t, "e.f.3", NULL);
    says(t, ERROR_ANSWER(10, "invalid_params"));
    take_events(t);
    if (t->r == 0)
        t->r = ugo_unsubscribe(t->c, other);
    follows(t, "e.f.3", NULL);
    says(t, ERROR_ANSWER(11, "behind"));
    is_cut(t);
    take_events(t);
}

/* The third is refused. */
static void third_connection(struct talk *t)
{
    if (t->r == 0)
        t->r = ugo_client_connected(t->c, t->now);
    says(t, RPC "\"method\":\"hello\",\"params\":{\"protocol\":[1,1]}}");
    says(t, ERROR_ANSWER(12, "unauthenticated"));
    says(t, "never read");
    is_cut(t);
    take_events(t);
}

/* The whole conversation with allocation nth failing. Whether one failed. */
static bool one_fails(long nth, size_t piece, size_t *events)
{
    struct ugo_client_options o = {.name = "test/1", .token = "secret", .seed = 7};
    struct talk t = {.now = 1000 * S, .piece = piece};
    scarce_begin(nth);
    t.r = ugo_client_new(&o, t.now, &t.c);
    if (t.r == 0) {
        first_connection(&t);
        second_connection(&t);
        third_connection(&t);
    }
    bool failed = scarce_end();
    if (t.r != (failed ? -ENOMEM : 0))
        fail_msg("allocation %ld %s: %d", nth, failed ? "failed" : "did not fail", t.r);
    if (!failed)
        assert_int_equal(ugo_client_connect_at(t.c), INT64_MAX); /* it came to its end */
    ugo_client_free(t.c);
    *events = t.events;
    return failed;
}

static void every_allocation_fails_once(void **state)
{
    size_t events;
    (void)state;
    for (size_t piece = 0; piece <= 7; piece += 7) {
        long nth = 0;
        while (one_fails(nth, piece, &events))
            nth++;
        assert_in_range(nth, 60, 2000);
        assert_in_range(events, 40, 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
