/* SPDX-License-Identifier: EUPL-1.2 */
#include "sync/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "sync/script_fixture.h"

struct fixture {
    struct reader *r;
    struct sync_machine *m;
    struct statement sent;
    struct buf heard;
    bool ask_again; /* from within the answer */
    usec_t now;
};

static const char *const params[] = {"5", "unit", "u-1"};

static void submit(struct fixture *x, usec_t now, uint64_t ticket)
{
    assert_int_equal(reader_submit(x->r, now, ticket, QUERY_LOG_ROW, params), 0);
}

static void hear(void *ctx, const struct read_answer *a)
{
    static const char *const ends[] = {"done", "failed", "unavailable"};
    struct fixture *x = ctx;
    const char *cell = a->rows.n_rows > 0 ? rows_cell(&a->rows, 0, 0) : "-";
    buf_printf(&x->heard, "%d %s %s %s;", (int)a->ticket, ends[a->end], cell,
               a->sqlstate ? a->sqlstate : "-");
    if (x->ask_again)
        submit(x, x->now, a->ticket + 100);
    x->ask_again = false;
}

static int setup(void **state)
{
    struct fixture *x = calloc(1, sizeof *x);
    struct reader_limits limits = {.queue = 3};
    assert_non_null(x);
    assert_int_equal(reader_new(&limits, hear, x, &x->r), 0);
    x->m = reader_machine(x->r);
    *state = x;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *x = *state;
    reader_free(x->r);
    buf_free(&x->heard);
    free(x);
    return 0;
}

static void expect_heard(struct fixture *x, const char *text)
{
    buf_char(&x->heard, '\0');
    assert_int_equal(buf_check(&x->heard), 0);
    assert_string_equal(x->heard.p, text);
    buf_reset(&x->heard);
}

static void expect_sent(struct fixture *x, usec_t now)
{
    assert_int_equal(script_next(x->m, now, &x->sent), QUERY_LOG_ROW);
    for (int i = 0; i < 3; i++)
        assert_string_equal(x->sent.param[i], params[i]);
}

static void expect_silent(struct fixture *x, usec_t now)
{
    assert_int_equal(script_next(x->m, now, &x->sent), -1);
}

static void test_answers_in_order(void **state)
{
    struct fixture *x = *state;
    submit(x, 0, 1);
    submit(x, 0, 2);
    submit(x, 0, 3);
    assert_int_equal(reader_submit(x->r, 0, 4, QUERY_LOG_ROW, params), READER_FULL);
    expect_silent(x, 0);
    x->m->ops->ready(x->m, 1);
    expect_sent(x, 1);
    expect_silent(x, 1);
    x->ask_again = true;
    script_done(x->m, 2, 1, 1, (const char *const[]){"{}"});
    expect_heard(x, "1 done {} -;");
    assert_int_equal(reader_waiting(x->r), 3);
    expect_sent(x, 2);
    script_end(x->m, 3, STATEMENT_FAILED, "42883");
    expect_heard(x, "2 failed - 42883;");
    expect_sent(x, 3);
}

static void test_lost_is_read_again(void **state)
{
    struct fixture *x = *state;
    x->m->ops->ready(x->m, 0);
    submit(x, 0, 1);
    expect_sent(x, 0);
    script_cut(x->m, 1);
    expect_heard(x, "");
    expect_silent(x, 1);
    x->m->ops->ready(x->m, 2);
    expect_sent(x, 2);
    script_done(x->m, 3, 1, 1, (const char *const[]){"a"});
    expect_heard(x, "1 done a -;");
    assert_int_equal(reader_counters(x->r)->resent, 1);
}

static void test_passing_failure_is_read_again(void **state)
{
    struct fixture *x = *state;
    x->m->ops->ready(x->m, 0);
    submit(x, 0, 1);
    expect_sent(x, 0);
    script_end(x->m, 1, STATEMENT_FAILED, "57014");
    expect_heard(x, "");
    expect_silent(x, 1);
    expect_sent(x, x->m->ops->deadline(x->m));
}

/* The one in flight is given up; its late answer must not be taken for the next one's. */
static void test_time_is_up(void **state)
{
    struct fixture *x = *state;
    x->m->ops->ready(x->m, 0);
    submit(x, 0, 1);
    submit(x, 5, 2);
    expect_sent(x, 5);
    assert_int_equal(x->m->ops->deadline(x->m), 10 * USEC_S);
    x->m->ops->tick(x->m, 10 * USEC_S);
    expect_heard(x, "1 unavailable - -;");
    expect_silent(x, 10 * USEC_S); /* the connection is still busy */
    script_done(x->m, 10 * USEC_S, 1, 1, (const char *const[]){"late"});
    expect_heard(x, "");
    expect_sent(x, 10 * USEC_S);
    script_done(x->m, 10 * USEC_S, 1, 1, (const char *const[]){"b"});
    expect_heard(x, "2 done b -;");
    assert_int_equal(reader_counters(x->r)->late, 1);
    assert_int_equal(x->m->ops->deadline(x->m), USEC_NEVER);
}

/* A read given up, then its connection lost: the next one is sent and answered as itself. */
static void test_given_up_then_lost(void **state)
{
    struct fixture *x = *state;
    x->m->ops->ready(x->m, 0);
    submit(x, 0, 1);
    expect_sent(x, 0);
    x->m->ops->tick(x->m, 10 * USEC_S);
    expect_heard(x, "1 unavailable - -;");
    submit(x, 10 * USEC_S, 2);
    script_cut(x->m, 10 * USEC_S + 1);
    x->m->ops->ready(x->m, 10 * USEC_S + 2);
    expect_sent(x, 10 * USEC_S + 2);
    script_done(x->m, 10 * USEC_S + 3, 1, 1, (const char *const[]){"b"});
    expect_heard(x, "2 done b -;");
}

static void test_unavailable_while_down(void **state)
{
    struct fixture *x = *state;
    submit(x, 0, 1);
    x->now = 10 * USEC_S;
    x->ask_again = true;
    x->m->ops->tick(x->m, 10 * USEC_S);
    expect_heard(x, "1 unavailable - -;");
    assert_int_equal(reader_waiting(x->r), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_answers_in_order),
        TEST(test_lost_is_read_again),
        TEST(test_passing_failure_is_read_again),
        TEST(test_time_is_up),
        TEST(test_given_up_then_lost),
        TEST(test_unavailable_while_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
