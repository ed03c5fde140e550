/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/management.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/replica_fixture.h"
#include "http/metrics.h"

struct world {
    struct replica replica;
    struct figures figures[2];
    struct management management;
    struct door *door;
    const char *trouble;
    usec_t now;
    int last;
    char out[1 << 16];
};

static void trouble(void *ctx, usec_t now, struct buf *out)
{
    (void)now;
    buf_text(out, ((struct world *)ctx)->trouble);
}

static void metrics(void *ctx, usec_t now, struct buf *out)
{
    const struct world *w = ctx;
    metrics_of_workers(w->figures, 2, out);
    metrics_of_register(&w->replica, now, out);
}

static int open_world(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    replica_init(&w->replica);
    fixture_load(&w->replica);
    w->trouble = "";
    w->management =
        (struct management){.limits = WEB_LIMITS, .trouble = trouble, .metrics = metrics, .ctx = w};
    w->door = management_open(&w->management, 0);
    assert_non_null(w->door);
    *state = w;
    return 0;
}

static int close_world(void **state)
{
    struct world *w = *state;
    door_free(w->door);
    replica_free(&w->replica);
    free(w);
    return 0;
}

static const char *ask(struct world *w, const char *request)
{
    size_t n = 0, got;
    w->last = door_feed(w->door, w->now, span_of(request));
    while ((got = door_pull(w->door, w->now, w->out + n, 1000)) > 0)
        n += got;
    w->out[n] = '\0';
    return w->out;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"
#define ASSERT_SAYS(text, part) assert_non_null(strstr(text, part))

static void health_and_readiness(void **state)
{
    struct world *w = *state;
    ASSERT_SAYS(ask(w, GET("/healthz")), "HTTP/1.1 200 OK\r\n");
    ASSERT_SAYS(ask(w, GET("/readyz")), "\r\n\r\nready\n");
    w->trouble = "the database is away\n";
    ASSERT_SAYS(ask(w, GET("/readyz")), "HTTP/1.1 503 ");
    ASSERT_SAYS(w->out, "\r\n\r\nthe database is away\n");
    ASSERT_SAYS(ask(w, GET("/healthz")), "HTTP/1.1 200 OK\r\n");
    assert_false(door_closing(w->door));
}

static void what_is_not_asked_so_is_refused(void **state)
{
    struct world *w = *state;
    ASSERT_SAYS(ask(w, GET("/v1/units")), "HTTP/1.1 404 ");
    ASSERT_SAYS(ask(w, "POST /healthz HTTP/1.1\r\nHost: h\r\n\r\n"), "Allow: GET, HEAD\r\n");
    assert_null(strstr(ask(w, "HEAD /healthz HTTP/1.1\r\nHost: h\r\n\r\n"), "ok\n"));
    ASSERT_SAYS(ask(w, "GET /healthz HTTP/1.1\r\n\r\n"), "HTTP/1.1 400 ");
    assert_true(door_closing(w->door));
}

static void it_ends_what_is_idle_or_late(void **state)
{
    struct world *w = *state;
    ask(w, GET("/healthz"));
    assert_int_equal(door_deadline(w->door), 60 * USEC_S);
    ask(w, "GET /healthz HT");
    assert_int_equal(door_deadline(w->door), 10 * USEC_S);
    w->now = 10 * USEC_S;
    assert_int_equal(door_tick(w->door, w->now), 1);
}

static void figures_and_register(void **state)
{
    struct world *w = *state;
    w->figures[1].at[FIGURE_STREAM_LAG] = 1500 * USEC_MS;
    w->figures[1].at[FIGURE_HTTPS_5XX] = 3;
    ask(w, GET("/metrics"));
    ASSERT_SAYS(w->out, "text/plain; version=0.0.4");
    ASSERT_SAYS(w->out, "\nugo_stream_lag_seconds{worker=\"1\"} 1.500000\n");
    ASSERT_SAYS(w->out, "\nugo_http_answers_total{worker=\"1\",class=\"5xx\"} 3\n");
    ASSERT_SAYS(w->out, "\nugo_http_answers_total{worker=\"0\",class=\"5xx\"} 0\n");
    ASSERT_SAYS(w->out, "\n# TYPE ugo_declaration_age_seconds histogram\n");
    ASSERT_SAYS(w->out, "\nugo_holds{state=\"held\"} 0\n");
    assert_null(
        strstr(strstr(w->out, "# TYPE ugo_connections gauge") + 1, "# TYPE ugo_connections gauge"));
}

static unsigned sum_of(const char *text, const char *metric)
{
    unsigned sum = 0;
    size_t n = strlen(metric);
    for (const char *at = text; (at = strstr(at, metric)) != NULL; at += n)
        if (at[n] == '{')
            sum += (unsigned)strtoul(strchr(at, ' '), NULL, 10);
    return sum;
}

/* Each unit is told of once, with what its figures are worth; a declared one with its age. */
static void ages_add_up(void **state)
{
    struct world *w = *state;
    struct buf b = {0};
    const struct map *units = &w->replica.live->records[RECORD_UNIT];
    unsigned declared = 0;
    size_t cursor = 0;
    fixture_declare(&w->replica, FIXTURE_REVISION + 1, "u-1", 10, 9);
    for (struct map_slot *slot; (slot = map_next(units, &cursor)) != NULL;)
        declared += ((const struct entry *)slot->value)->version.unit->observed_at > 0;
    replica_ledger(&w->replica, FIXTURE_AT + 500 * USEC_HOUR, 0);
    metrics_of_register(&w->replica, 0, &b);
    buf_char(&b, '\0');
    assert_int_equal(buf_check(&b), 0);
    assert_true(declared > 0);
    assert_int_equal(sum_of(b.p, "ugo_declaration_age_seconds_count"), declared);
    assert_int_equal(sum_of(b.p, "ugo_units"), units->count);
    ASSERT_SAYS(b.p, "le=\"604800\"} 0\n");
    ASSERT_SAYS(b.p, "count=\"free\"} 1\n");
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(health_and_readiness, open_world, close_world),
        cmocka_unit_test_setup_teardown(what_is_not_asked_so_is_refused, open_world, close_world),
        cmocka_unit_test_setup_teardown(it_ends_what_is_idle_or_late, open_world, close_world),
        cmocka_unit_test_setup_teardown(figures_and_register, open_world, close_world),
        cmocka_unit_test_setup_teardown(ages_add_up, open_world, close_world),
    };
    return cmocka_run_group_tests_name("management", tests, NULL, NULL);
}
