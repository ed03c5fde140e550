/* SPDX-License-Identifier: EUPL-1.2 */
/* Entries of the journal: behind commands, never before them, and nobody waits for them. */
#include "sync/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sync/script_fixture.h"

struct fixture {
    struct writer *w;
    struct sync_machine *m;
    struct statement sent;
};

static void make(struct fixture *f, const struct writer_limits *limits)
{
    writer_free(f->w);
    assert_int_equal(writer_new(limits, &f->w), 0);
    f->m = writer_machine(f->w);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    make(f, &(struct writer_limits){.batch = 4, .batch_spare = 2, .spare = 5, .spare_gap = 1});
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    writer_free(f->w);
    free(f);
    return 0;
}

static void submit(struct fixture *f, usec_t now, uint64_t ticket)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%d", (int)ticket);
    assert_int_equal(writer_submit(f->w, now, ticket, strdup(text), (size_t)n), 0);
}

static int try_spare(struct fixture *f, const char *text)
{
    char *copy = strdup(text);
    assert_non_null(copy);
    int r = writer_submit_spare(f->w, copy, strlen(copy));
    if (r != 0)
        free(copy);
    return r;
}

static void spare(struct fixture *f, const char *text)
{
    assert_int_equal(try_spare(f, text), 0);
}

static void expect_batch(struct fixture *f, usec_t now, const char *text)
{
    assert_int_equal(script_next(f->m, now, &f->sent), QUERY_APPLY);
    assert_string_equal(f->sent.param[0], text);
}

static void expect_nothing(struct fixture *f, usec_t now)
{
    assert_int_equal(script_next(f->m, now, &f->sent), -1);
}

#define OK "{\"type\":\"ok\",\"revision\":1}"
#define RESULT(replies) "{\"epoch\":\"e1\",\"revision\":9,\"at\":77,\"replies\":[" replies "]}"

static void answer(struct fixture *f, usec_t now, const char *json)
{
    script_done(f->m, now, 1, 1, (const char *const[]){json});
}

static void expect_outcome(struct fixture *f, uint64_t ticket, const char *type)
{
    struct outcome o;
    assert_true(writer_outcome(f->w, &o));
    assert_int_equal(o.ticket, ticket);
    assert_string_equal(o.type, type);
}

static void expect_no_outcome(struct fixture *f)
{
    struct outcome o;
    assert_false(writer_outcome(f->w, &o));
}

/* Commands that come later still go first; entries take the room that is left, a few at a time. */
static void test_fills_the_room_that_is_left(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    spare(f, "\"a\"");
    spare(f, "\"b\"");
    spare(f, "\"c\"");
    submit(f, 0, 1);
    expect_batch(f, 0, "[1,\"a\",\"b\"]");
    for (uint64_t i = 2; i < 7; i++)
        submit(f, 0, i);
    answer(f, 1, RESULT(OK "," OK "," OK));
    expect_outcome(f, 1, "ok");
    expect_no_outcome(f);            /* of an entry there is none */
    expect_batch(f, 1, "[2,3,4,5]"); /* full: no room */
    answer(f, 2, RESULT(OK "," OK "," OK "," OK));
    expect_batch(f, 2, "[6,\"c\"]");
    answer(f, 3, RESULT("{\"type\":\"forbidden\",\"revision\":null}," OK));
    expect_nothing(f, 3);
    assert_int_equal(writer_counters(f->w)->spare_written, 3);
    assert_int_equal(writer_counters(f->w)->answered, 6);
    assert_int_equal(writer_spare(f->w), 0);
}

static void test_a_few_by_themselves(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    spare(f, "\"a\"");
    spare(f, "\"b\"");
    spare(f, "\"c\"");
    assert_int_equal(f->m->ops->deadline(f->m), 0);
    assert_false(writer_heartbeat(f->w, 0)); /* they move the ledger's time, too */
    expect_batch(f, 0, "[\"a\",\"b\"]");
    submit(f, 0, 1);
    answer(f, 1, RESULT(OK ",{\"type\":\"forbidden\",\"revision\":null}"));
    assert_int_equal(writer_counters(f->w)->spare_dropped, 1);
    expect_batch(f, 1, "[1,\"c\"]");
}

/* They wait without end for a database that is away; too many are dropped and counted. */
static void test_waits_and_drops(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 5; i++)
        spare(f, "\"a\"");
    assert_int_equal(try_spare(f, "\"z\""), WRITER_FULL);
    assert_int_equal(writer_counters(f->w)->spare_dropped, 1);
    f->m->ops->tick(f->m, USEC_HOUR);
    expect_no_outcome(f);
    assert_int_equal(writer_spare(f->w), 5);
    submit(f, USEC_HOUR, 1); /* has a queue of its own */
    f->m->ops->ready(f->m, USEC_HOUR);
    expect_batch(f, USEC_HOUR, "[1,\"a\",\"a\"]");
}

/* Lost with the connection: the same again, commands first. */
static void test_lost_is_sent_again(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    spare(f, "\"a\"");
    expect_batch(f, 0, "[\"a\"]");
    script_cut(f->m, 1);
    submit(f, 1, 1);
    f->m->ops->ready(f->m, 2);
    expect_batch(f, 2, "[1,\"a\"]");
    script_cut(f->m, 3);
    f->m->ops->tick(f->m, 20 * USEC_S); /* the command's time is up, not the entry's */
    expect_outcome(f, 1, "unknown_outcome");
    f->m->ops->ready(f->m, 20 * USEC_S);
    expect_batch(f, 20 * USEC_S, "[\"a\"]");
}

/* A command given up while in flight does not shift which reply is whose. */
static void test_given_up_beside_entries(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1);
    spare(f, "\"a\"");
    spare(f, "\"b\"");
    spare(f, "\"c\"");
    expect_batch(f, 0, "[1,\"a\",\"b\"]");
    f->m->ops->tick(f->m, 10 * USEC_S);
    expect_outcome(f, 1, "unknown_outcome");
    answer(f, 11 * USEC_S, RESULT(OK "," OK "," OK));
    assert_int_equal(writer_counters(f->w)->late, 1);
    assert_int_equal(writer_counters(f->w)->spare_written, 2);
    expect_batch(f, 11 * USEC_S, "[\"c\"]");
}

/* An entry that the database cannot run takes no command with it. */
static void test_a_bad_entry_harms_no_command(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1);
    spare(f, "\"bad\"");
    spare(f, "\"b\"");
    expect_batch(f, 0, "[1,\"bad\",\"b\"]");
    script_end(f->m, 1, STATEMENT_FAILED, "XX000");
    expect_no_outcome(f);
    expect_batch(f, 1, "[1]");
    answer(f, 2, RESULT(OK));
    expect_outcome(f, 1, "ok");
    expect_batch(f, 2, "[\"bad\"]");
    script_end(f->m, 3, STATEMENT_FAILED, "XX000");
    expect_no_outcome(f);
    assert_int_equal(writer_counters(f->w)->spare_dropped, 1);
    expect_batch(f, 3, "[\"b\"]");
    answer(f, 4, RESULT(OK));
    assert_int_equal(writer_counters(f->w)->spare_written, 1);
    assert_int_equal(writer_counters(f->w)->internal, 0);
}

/* A command that runs by itself runs without entries. */
static void test_none_beside_a_single_command(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1);
    submit(f, 0, 2);
    expect_batch(f, 0, "[1,2]");
    spare(f, "\"a\"");
    script_end(f->m, 1, STATEMENT_FAILED, "XX000");
    expect_batch(f, 1, "[1]");
    answer(f, 2, RESULT(OK));
    expect_batch(f, 2, "[2]");
    answer(f, 3, RESULT(OK));
    expect_batch(f, 3, "[\"a\"]");
}

/* However many there are, commands find the database free most of the time. */
static void test_a_gap_between_entries(void **state)
{
    struct fixture *f = *state;
    make(f, &(struct writer_limits){.batch_spare = 1, .spare_gap = 100});
    f->m->ops->ready(f->m, 0);
    spare(f, "\"a\"");
    spare(f, "\"b\"");
    expect_batch(f, 10, "[\"a\"]");
    answer(f, 20, RESULT(OK));
    expect_nothing(f, 20);
    assert_int_equal(f->m->ops->deadline(f->m), 110);
    submit(f, 30, 1);
    assert_int_equal(f->m->ops->deadline(f->m), 0);
    expect_batch(f, 30, "[1]");
    answer(f, 40, RESULT(OK));
    expect_nothing(f, 109);
    expect_batch(f, 110, "[\"b\"]");
}

static void test_unsure_and_unusable(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1);
    spare(f, "\"a\"");
    expect_batch(f, 0, "[1,\"a\"]");
    answer(f, 1, RESULT(OK)); /* a reply is missing */
    expect_outcome(f, 1, "unknown_outcome");
    assert_int_equal(writer_counters(f->w)->spare_dropped, 1);
    spare(f, "\"b\"");
    expect_batch(f, 2, "[\"b\"]");
    script_end(f->m, 3, STATEMENT_UNSURE, "57014");
    assert_int_equal(writer_counters(f->w)->spare_dropped, 2);
    expect_nothing(f, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_fills_the_room_that_is_left),
        TEST(test_a_few_by_themselves),
        TEST(test_waits_and_drops),
        TEST(test_lost_is_sent_again),
        TEST(test_given_up_beside_entries),
        TEST(test_a_bad_entry_harms_no_command),
        TEST(test_none_beside_a_single_command),
        TEST(test_a_gap_between_entries),
        TEST(test_unsure_and_unusable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
