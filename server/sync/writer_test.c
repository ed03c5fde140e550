/* SPDX-License-Identifier: EUPL-1.2 */
#include "sync/writer.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sync/script_fixture.h"

#define WAIT (10 * USEC_S)

struct fixture {
    struct writer *w;
    struct sync_machine *m;
    struct statement sent;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(writer_new(NULL, &f->w), 0);
    f->m = writer_machine(f->w);
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

/* A command whose text is its ticket: the batch can be read back. */
static void submit(struct fixture *f, usec_t now, uint64_t ticket)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%d", (int)ticket);
    char *copy = strndup(text, (size_t)n);
    assert_non_null(copy);
    int r = writer_submit(f->w, now, ticket, copy, (size_t)n);
    if (r != 0)
        free(copy);
    assert_int_equal(r, 0);
}

static void expect_batch(struct fixture *f, usec_t now, const char *text)
{
    assert_int_equal(script_next(f->m, now, &f->sent), QUERY_APPLY);
    assert_true(f->sent.simple);
    assert_string_equal(f->sent.param[0], text);
}

static void expect_nothing(struct fixture *f, usec_t now)
{
    assert_int_equal(script_next(f->m, now, &f->sent), -1);
}

static void answer(struct fixture *f, usec_t now, const char *json)
{
    script_done(f->m, now, 1, 1, (const char *const[]){json});
}

static struct outcome pop(struct fixture *f, uint64_t ticket, const char *type)
{
    struct outcome o;
    assert_true(writer_outcome(f->w, &o));
    assert_int_equal(o.ticket, ticket);
    assert_string_equal(o.type, type);
    return o;
}

static void expect_no_outcome(struct fixture *f)
{
    struct outcome o;
    assert_false(writer_outcome(f->w, &o));
}

#define OK_REPLY(n) "{\"type\":\"ok\",\"revision\":" #n "}"
#define RESULT(replies) "{\"epoch\":\"e1\",\"revision\":9,\"at\":77,\"replies\":[" replies "]}"

static void test_answers(void **state)
{
    struct fixture *f = *state;
    submit(f, 0, 1);
    expect_nothing(f, 0); /* not connected */
    f->m->ops->ready(f->m, 1);
    submit(f, 1, 2);
    submit(f, 1, 3);
    submit(f, 1, 4);
    expect_batch(f, 1, "[1,2,3,4]");
    expect_nothing(f, 1); /* one in flight */
    submit(f, 2, 5);
    expect_nothing(f, 2);
    answer(
        f, 3,
        RESULT(OK_REPLY(8) ",{\"type\":\"ok\",\"revision\":null,\"replayed\":true},"
                           "{\"type\":\"outdated\",\"revision\":9},"
                           "{\"type\":\"invalid_params\",\"revision\":null,\"now\":123,"
                           "\"errors\":[{\"pointer\":\"/open\",\"detail\":\"in_the_future\"}]}"));
    struct outcome o = pop(f, 1, "ok");
    assert_int_equal(o.revision, 8);
    assert_string_equal(o.epoch, "e1");
    assert_int_equal(o.now, 77);
    assert_null(o.errors);
    assert_false(o.replayed);
    o = pop(f, 2, "ok");
    assert_int_equal(o.revision, -1);
    assert_true(o.replayed);
    o = pop(f, 3, "outdated");
    assert_int_equal(o.revision, 9);
    o = pop(f, 4, "invalid_params");
    assert_int_equal(o.revision, -1);
    assert_int_equal(o.now, 123);
    assert_string_equal(o.errors, "[{\"pointer\":\"/open\",\"detail\":\"in_the_future\"}]");
    expect_no_outcome(f);
    expect_batch(f, 3, "[5]");
    assert_int_equal(writer_counters(f->w)->answered, 4);
}

/* What a command made, or says beside its type, comes through as it is. */
static void test_answers_with_more(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 1);
    submit(f, 1, 1);
    submit(f, 1, 2);
    submit(f, 1, 3);
    expect_batch(f, 1, "[1,2,3]");
    answer(f, 3,
           RESULT("{\"type\":\"ok\",\"revision\":8,\"answer\":{\"holds\":[\"h-1\"]}},"
                  "{\"type\":\"no_free_place\",\"revision\":null,"
                  "\"detail\":\"offered_to_another\"}," OK_REPLY(9)));
    struct outcome o = pop(f, 1, "ok");
    assert_string_equal(o.answer, "{\"holds\":[\"h-1\"]}");
    assert_null(o.detail);
    assert_int_equal(o.ledger, 9);
    o = pop(f, 2, "no_free_place");
    assert_null(o.answer);
    assert_string_equal(o.detail, "offered_to_another");
    assert_int_equal(o.revision, -1);
    assert_int_equal(o.ledger, 9);
    o = pop(f, 3, "ok");
    assert_null(o.answer);
}

static void test_bounds(void **state)
{
    struct fixture *f = *state;
    writer_free(f->w);
    struct writer_limits limits = {.queue = 5, .batch = 3, .batch_bytes = 7};
    assert_int_equal(writer_new(&limits, &f->w), 0);
    f->m = writer_machine(f->w);
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1111);
    submit(f, 0, 2222); /* [1111,2222 is past 7 bytes */
    for (uint64_t i = 3; i < 6; i++)
        submit(f, 0, i);
    char *sixth = strdup("6");
    assert_int_equal(writer_submit(f->w, 0, 6, sixth, 1), WRITER_FULL);
    free(sixth);
    assert_int_equal(writer_counters(f->w)->refused_full, 1);
    expect_batch(f, 0, "[1111]");
    answer(f, 0, RESULT(OK_REPLY(1)));
    expect_batch(f, 0, "[2222,3]");
    answer(f, 0, RESULT(OK_REPLY(2) "," OK_REPLY(3)));
    submit(f, 0, 6);
    submit(f, 0, 7);
    expect_batch(f, 0, "[4,5,6]"); /* three at most */
    assert_int_equal(writer_waiting(f->w), 4);
}

/* What was in flight goes again, first, in order, with what came later behind it. */
static void test_lost_is_resent(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1);
    submit(f, 0, 2);
    expect_batch(f, 0, "[1,2]");
    submit(f, 1, 3);
    script_cut(f->m, 2);
    expect_nothing(f, 2);
    expect_no_outcome(f);
    f->m->ops->ready(f->m, 3);
    expect_batch(f, 3, "[1,2,3]");
    assert_int_equal(writer_counters(f->w)->resent, 2);
    f->m->ops->lost(f->m, 4); /* a pump that only says lost */
    f->m->ops->ready(f->m, 5);
    expect_batch(f, 5, "[1,2,3]");
    answer(f, 6, RESULT(OK_REPLY(7) "," OK_REPLY(8) "," OK_REPLY(9)));
    pop(f, 1, "ok");
    pop(f, 2, "ok");
    pop(f, 3, "ok");
}

static void test_unavailable_when_never_sent(void **state)
{
    struct fixture *f = *state;
    submit(f, 5, 1);
    submit(f, 6, 2);
    assert_int_equal(f->m->ops->deadline(f->m), 5 + WAIT);
    f->m->ops->tick(f->m, 5 + WAIT - 1);
    expect_no_outcome(f);
    f->m->ops->tick(f->m, 5 + WAIT);
    pop(f, 1, "unavailable");
    expect_no_outcome(f);
    f->m->ops->ready(f->m, 5 + WAIT);
    expect_batch(f, 5 + WAIT, "[2]"); /* the second still in time */
}

/* Also found when the connection comes back at the very moment the time is up. */
static void test_expired_is_not_sent(void **state)
{
    struct fixture *f = *state;
    submit(f, 0, 1);
    f->m->ops->ready(f->m, WAIT);
    expect_nothing(f, WAIT);
    struct outcome o = pop(f, 1, "unavailable");
    assert_null(o.epoch);
    assert_int_equal(o.revision, -1);
}

static void test_unknown_when_sent_and_silent(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1);
    submit(f, 4, 2);
    expect_batch(f, 4, "[1,2]");
    f->m->ops->tick(f->m, WAIT);
    pop(f, 1, "unknown_outcome");
    expect_no_outcome(f);
    /* The late answer serves the second and is dropped for the first. */
    answer(f, WAIT + 1, RESULT(OK_REPLY(3) "," OK_REPLY(4)));
    assert_int_equal(pop(f, 2, "ok").revision, 4);
    expect_no_outcome(f);
    assert_int_equal(writer_counters(f->w)->late, 1);
}

static void test_given_up_is_not_resent(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1);
    submit(f, 4, 2);
    expect_batch(f, 4, "[1,2]");
    f->m->ops->tick(f->m, WAIT);
    pop(f, 1, "unknown_outcome");
    script_cut(f->m, WAIT + 1);
    f->m->ops->ready(f->m, WAIT + 2);
    expect_batch(f, WAIT + 2, "[2]");
    script_cut(f->m, WAIT + 3);
    f->m->ops->tick(f->m, WAIT + 4); /* waiting, but it may have run */
    pop(f, 2, "unknown_outcome");
}

static void test_unsure(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1);
    submit(f, 0, 2);
    expect_batch(f, 0, "[1,2]");
    const char *const cells[] = {RESULT(OK_REPLY(1) "," OK_REPLY(2))}; /* not to be believed */
    struct script_rows rows = {1, 1, cells};
    f->m->ops->result(
        f->m, 1,
        &(struct statement_result){.end = STATEMENT_UNSURE, .rows = script_as_rows(&rows)});
    pop(f, 1, "unknown_outcome");
    pop(f, 2, "unknown_outcome");
    expect_nothing(f, 1);
    assert_int_equal(writer_counters(f->w)->unsure, 1);
}

/* A batch that the server refuses is run one by one; later commands wait their turn. */
static void test_failed_batch_runs_singly(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1);
    submit(f, 0, 2);
    submit(f, 0, 3);
    expect_batch(f, 0, "[1,2,3]");
    submit(f, 0, 4);
    submit(f, 0, 5);
    script_end(f->m, 1, STATEMENT_FAILED, "22P05");
    assert_string_equal(writer_last_sqlstate(f->w), "22P05");
    expect_no_outcome(f);
    expect_batch(f, 1, "[1]");
    answer(f, 2, RESULT(OK_REPLY(1)));
    expect_batch(f, 2, "[2]");
    script_end(f->m, 3, STATEMENT_FAILED, "22P05");
    expect_batch(f, 3, "[3]");
    answer(f, 4, RESULT(OK_REPLY(2)));
    expect_batch(f, 4, "[4,5]");
    pop(f, 1, "ok");
    assert_string_equal(pop(f, 2, "internal").sqlstate, "22P05");
    assert_null(pop(f, 3, "ok").sqlstate);
    assert_int_equal(writer_counters(f->w)->singled, 3);
}

static void test_single_failure_is_internal(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1);
    expect_batch(f, 0, "[1]");
    script_end(f->m, 1, STATEMENT_FAILED, "XX000");
    pop(f, 1, "internal");
    expect_nothing(f, 1);
}

/* Only when the lock was not to be had does the writer look who holds it. */
static void expect_unblock(struct fixture *f, usec_t now, const char *sqlstate)
{
    if (strcmp(sqlstate, "55P03") != 0)
        return;
    assert_int_equal(script_next(f->m, now, &f->sent), QUERY_UNBLOCK);
    expect_nothing(f, now);
    script_done(f->m, now, 1, 1, (const char *const[]){"t"});
}

static void test_unblocking(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1);
    expect_batch(f, 0, "[1]");
    script_end(f->m, 0, STATEMENT_FAILED, "55P03");
    expect_unblock(f, 0, "55P03");
    assert_int_equal(writer_counters(f->w)->unblocked, 1);
    expect_batch(f, USEC_S, "[1]");
    script_end(f->m, USEC_S, STATEMENT_FAILED, "55P03");
    assert_int_equal(script_next(f->m, USEC_S, &f->sent), QUERY_UNBLOCK);
    script_end(f->m, USEC_S, STATEMENT_FAILED, "42501"); /* not allowed to: no matter */
    expect_batch(f, 2 * USEC_S, "[1]");
    script_end(f->m, 2 * USEC_S, STATEMENT_FAILED, "55P03");
    assert_int_equal(script_next(f->m, 2 * USEC_S, &f->sent), QUERY_UNBLOCK);
    script_cut(f->m, 2 * USEC_S);
    f->m->ops->ready(f->m, 3 * USEC_S);
    expect_batch(f, 3 * USEC_S, "[1]");
    f->m->ops->tick(f->m, WAIT);
    pop(f, 1, "unknown_outcome"); /* this one is in flight */
    expect_no_outcome(f);
}

/* Passing failures are tried again, more and more slowly; they rolled back, so a command that only
 * met them was certainly not run. */
static void test_passing_failures(void **state)
{
    static const char *const passing[] = {"55P03", "57P01", "40001", "53300", "40P01", "25006"};
    for (size_t i = 0; i < ARRAY_LENGTH(passing); i++) {
        teardown(state);
        setup(state);
        struct fixture *f = *state;
        f->m->ops->ready(f->m, 0);
        submit(f, 0, 1);
        submit(f, 0, 2);
        expect_batch(f, 0, "[1,2]");
        script_end(f->m, 0, STATEMENT_FAILED, passing[i]);
        expect_unblock(f, 0, passing[i]);
        expect_nothing(f, 1);
        usec_t again = f->m->ops->deadline(f->m);
        assert_true(again > 0 && again <= USEC_S);
        expect_batch(f, again, "[1,2]"); /* together */
        script_end(f->m, again, STATEMENT_FAILED, passing[i]);
        expect_unblock(f, again, passing[i]);
        assert_true(f->m->ops->deadline(f->m) - again > again); /* slower */
        f->m->ops->tick(f->m, WAIT);
        pop(f, 1, "unavailable");
        pop(f, 2, "unavailable");
    }
}

/* Lost once, then refused: it may have run the first time. */
static void test_lost_then_refused_stays_unknown(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1);
    expect_batch(f, 0, "[1]");
    script_cut(f->m, 1);
    f->m->ops->ready(f->m, 2);
    expect_batch(f, 2, "[1]");
    script_end(f->m, 3, STATEMENT_FAILED, "55P03");
    f->m->ops->tick(f->m, WAIT);
    pop(f, 1, "unknown_outcome");
}

/* Even a refusal for good: a stalled server may still hold the first statement. */
static void test_lost_then_failed_stays_unknown(void **state)
{
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    submit(f, 0, 1);
    expect_batch(f, 0, "[1]");
    script_cut(f->m, 1);
    f->m->ops->ready(f->m, 2);
    expect_batch(f, 2, "[1]");
    script_end(f->m, 3, STATEMENT_FAILED, "XX000");
    assert_string_equal(pop(f, 1, "unknown_outcome").sqlstate, "XX000");
}

static void test_unusable_results(void **state)
{
    static const char *const unusable[] = {
        NULL,
        "",
        "{}",
        "[]",
        "{\"epoch\":\"e\",\"at\":1,\"replies\":[]}",
        "{\"epoch\":\"e\",\"at\":1,\"replies\":[{\"type\":\"ok\"},{\"type\":\"ok\"}]}",
        "{\"epoch\":\"e\",\"at\":1,\"replies\":[{\"type\":3}]}",
        "{\"epoch\":4,\"at\":1,\"replies\":[{\"type\":\"ok\"}]}",
        "{\"epoch\":\"e\",\"at\":1,\"replies\":{\"0\":{\"type\":\"ok\"}}}",
    };
    struct fixture *f = *state;
    f->m->ops->ready(f->m, 0);
    for (size_t i = 0; i < ARRAY_LENGTH(unusable); i++) {
        submit(f, (usec_t)i, i);
        assert_int_equal(script_next(f->m, (usec_t)i, &f->sent), QUERY_APPLY);
        answer(f, (usec_t)i, unusable[i]);
        pop(f, i, "unknown_outcome");
    }
    assert_int_equal(writer_counters(f->w)->unusable, ARRAY_LENGTH(unusable));
}

static int allocations_left = -1; /* of jansson, before one fails; negative: none does */

static void *scarce(size_t n)
{
    return allocations_left >= 0 && allocations_left-- == 0 ? NULL : malloc(n);
}

/* With too little memory to copy an answer's members they are missing; the outcome is not. (The
 * reading itself is jansson's, which ends the program then.) */
static void test_every_allocation_of_an_outcome_fails_once(void **state)
{
    struct fixture *f = *state;
    int whole = 0, i = 0;
    json_set_alloc_funcs(scarce, free);
    f->m->ops->ready(f->m, 0);
    for (; whole == 0; i++) {
        struct outcome o;
        submit(f, i, (uint64_t)i);
        assert_int_equal(script_next(f->m, i, &f->sent), QUERY_APPLY);
        answer(f, i,
               RESULT("{\"type\":\"invalid_params\",\"revision\":null,"
                      "\"errors\":[{\"pointer\":\"/open\",\"detail\":\"x\"}]}"));
        allocations_left = i;
        assert_true(writer_outcome(f->w, &o));
        whole = allocations_left >= 0;
        allocations_left = -1;
        assert_int_equal(o.ticket, i);
        assert_string_equal(o.type, "invalid_params");
        assert_int_equal(o.now, 77);
        expect_no_outcome(f);
    }
    json_set_alloc_funcs(malloc, free);
    assert_true(i > 2); /* some did fail */
}

static void test_heartbeat(void **state)
{
    struct fixture *f = *state;
    assert_false(writer_heartbeat(f->w, 0)); /* down */
    f->m->ops->ready(f->m, USEC_S);
    expect_nothing(f, USEC_S);
    assert_true(writer_heartbeat(f->w, USEC_S));
    expect_batch(f, USEC_S, "[]");
    assert_false(writer_heartbeat(f->w, USEC_S)); /* in flight */
    answer(f, USEC_S, RESULT(""));
    expect_no_outcome(f);
    assert_false(writer_heartbeat(f->w, USEC_S + 1)); /* just answered */
    submit(f, 2 * USEC_S, 1);
    assert_false(writer_heartbeat(f->w, 2 * USEC_S)); /* the batch will do */
    expect_batch(f, 2 * USEC_S, "[1]");
    answer(f, 2 * USEC_S, RESULT(OK_REPLY(1)));
    pop(f, 1, "ok");
    assert_true(writer_heartbeat(f->w, 3 * USEC_S));
    script_next(f->m, 3 * USEC_S, &f->sent);
    script_end(f->m, 3 * USEC_S, STATEMENT_FAILED, "42883");
    expect_no_outcome(f);
    assert_false(writer_heartbeat(f->w, 3 * USEC_S)); /* not at once */
    assert_int_equal(writer_counters(f->w)->heartbeats, 2);
}

/* Nothing waits and nothing is asked for: no timer. */
static void test_deadlines(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(f->m->ops->deadline(f->m), USEC_NEVER);
    f->m->ops->ready(f->m, 0);
    assert_int_equal(f->m->ops->deadline(f->m), USEC_NEVER);
    submit(f, 0, 1);
    expect_batch(f, 0, "[1]");
    assert_int_equal(f->m->ops->deadline(f->m), WAIT);
    answer(f, 1, RESULT(OK_REPLY(1)));
    assert_int_equal(f->m->ops->deadline(f->m), USEC_NEVER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_answers),
        TEST(test_answers_with_more),
        TEST(test_bounds),
        TEST(test_lost_is_resent),
        TEST(test_unavailable_when_never_sent),
        TEST(test_expired_is_not_sent),
        TEST(test_unknown_when_sent_and_silent),
        TEST(test_given_up_is_not_resent),
        TEST(test_unsure),
        TEST(test_failed_batch_runs_singly),
        TEST(test_single_failure_is_internal),
        TEST(test_unblocking),
        TEST(test_passing_failures),
        TEST(test_lost_then_refused_stays_unknown),
        TEST(test_lost_then_failed_stays_unknown),
        TEST(test_unusable_results),
        TEST(test_every_allocation_of_an_outcome_fails_once),
        TEST(test_heartbeat),
        TEST(test_deadlines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
