/* SPDX-License-Identifier: EUPL-1.2 */
/* Loading and following. */
#include "sync/follower_fixture.h"

static void test_load(void **state)
{
    struct fixture *x = *state;
    expect_silent(x, 0);
    assert_true(follower_stale(x->f, 0));
    assert_int_equal(follower_revision(x->f), -1);
    x->m->ops->ready(x->m, 50);
    none(x, 50, QUERY_LISTEN); /* committed before the snapshot is taken */
    load(x, 50);
    expect_heard(x, "begin e1 7 100 2;epoch e1 0;record unit u-1 6 {};"
                    "departed 5 1 unit u-9 {};end;at 100 50;");
    assert_true(follower_loaded(x->f));
    assert_string_equal(follower_epoch(x->f), "e1");
    assert_int_equal(follower_revision(x->f), 7);
    assert_false(follower_stale(x->f, 50));
    expect_sent(x, 51, QUERY_FOLLOW);
    assert_string_equal(x->sent.param[0], "7");
}

/* A full chunk means that there is more. */
static void test_load_in_chunks(void **state)
{
    struct fixture *x = *state;
    x->m->ops->ready(x->m, 0);
    none(x, 0, QUERY_LISTEN);
    none(x, 0, QUERY_BEGIN_READ);
    ledger(x, 0, "e1", "7", "100");
    epochs(x, 0, 1, (const char *const[]){"e1", "0"});
    none(x, 0, QUERY_OPEN_RECORDS);
    static const char *cells[SQL_FETCH_ROWS * 4];
    for (int i = 0; i < SQL_FETCH_ROWS; i++)
        memcpy(&cells[i * 4], (const char *const[]){"unit", "u-1", "6", "{}"}, sizeof(char *) * 4);
    expect_sent(x, 0, QUERY_FETCH_RECORDS);
    script_done(x->m, 0, 4, SQL_FETCH_ROWS, cells);
    expect_sent(x, 0, QUERY_FETCH_RECORDS);
    script_done(x->m, 0, 4, 0, NULL);
    none(x, 0, QUERY_OPEN_DEPARTED);
}

static void test_follow(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    expect_sent(x, 1, QUERY_FOLLOW);
    script_done(x->m, 1, 12, 3,
                (const char *const[]){CHANGE("9", "120", "8", "1", "2"), //
                                      CHANGE("9", "120", "8", "2", "2"), //
                                      CHANGE("9", "120", "9", "1", "1")});
    expect_heard(x, "row 8 1/2 90 ana unit.declare unit u-1 {};"
                    "row 8 2/2 90 ana unit.declare unit u-1 {};applied 8 90;"
                    "row 9 1/1 90 ana unit.declare unit u-1 {};applied 9 90;at 120 1;");
    assert_int_equal(follower_revision(x->f), 9);
    expect_silent(x, 2);
    assert_int_equal(x->m->ops->deadline(x->m), 1 + FOLLOWER_POLL);
    expect_sent(x, 1 + FOLLOWER_POLL, QUERY_FOLLOW); /* unasked, every second */
    assert_string_equal(x->sent.param[0], "9");
}

static void test_deleted_record(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    expect_sent(x, 1, QUERY_FOLLOW);
    script_done(x->m, 1, 12, 1,
                (const char *const[]){"e1", "8", "120", "8", "1", "1", "90", "ana", "unit.close",
                                      "unit", "u-1", NULL});
    expect_heard(x, "row 8 1/1 90 ana unit.close unit u-1 gone;applied 8 90;at 120 1;");
}

/* A NOTIFY that comes while the question is under way may be about something later. */
static void test_notify_wakes(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    follow_none(x, 1, "e1", "7", "100");
    expect_silent(x, 2);
    x->m->ops->notified(x->m, 3, "8");
    expect_sent(x, 3, QUERY_FOLLOW);
    x->m->ops->notified(x->m, 4, "8");
    expect_silent(x, 4);
    script_done(x->m, 5, 12, 1, (const char *const[12]){"e1", "7", "100"});
    expect_sent(x, 5, QUERY_FOLLOW);
    script_done(x->m, 6, 12, 1, (const char *const[12]){"e1", "7", "100"});
    expect_silent(x, 6);
    x->m->ops->notified(x->m, 6, ""); /* not what this version sends */
    expect_sent(x, 6, QUERY_FOLLOW);
    script_done(x->m, 6, 12, 1, (const char *const[12]){"e1", "7", "100"});
    expect_silent(x, 6);
    follower_wake(x->f);
    expect_sent(x, 6, QUERY_FOLLOW);
}

/* Missing, doubled, cut or foreign rows: nothing of them is applied, everything is read again. */
static void test_gaps_reload(void **state)
{
    static const struct {
        int n;
        const char *cells[3 * 12];
        const char *heard;
    } cases[] = {
        {1, {CHANGE("9", "120", "9", "1", "1")}, ""}, /* skips 8 */
        {1, {CHANGE("8", "120", "8", "1", "2")}, ""}, /* cut */
        {1, {CHANGE("8", "120", "8", "2", "2")}, ""}, /* no head */
        {2, {CHANGE("8", "120", "8", "1", "2"), CHANGE("8", "120", "8", "1", "2")}, ""},
        {2, {CHANGE("9", "120", "8", "1", "2"), CHANGE("9", "120", "9", "2", "2")}, ""},
        {1, {CHANGE("8", "120", "7", "1", "1")}, ""}, /* again */
        {1, {"e1", "8", "120"}, ""},                  /* the log was cut away */
        {1, {CHANGE("8", "120", "8", "1", "0")}, ""},
        {1, {CHANGE("8", "120", "8x", "1", "1")}, ""},
        {2,
         {CHANGE("10", "120", "8", "1", "1"), CHANGE("10", "120", "10", "1", "1")},
         "row 8 1/1 90 ana unit.declare unit u-1 {};applied 8 90;"}, /* up to the hole */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        teardown(state);
        setup(state);
        struct fixture *x = *state;
        start(x, 0);
        expect_sent(x, 5 * USEC_S, QUERY_FOLLOW);
        script_done(x->m, 5 * USEC_S, 12, cases[i].n, cases[i].cells);
        expect_heard(x, cases[i].heard);
        assert_int_equal(follower_counters(x->f)->gaps, 1);
        load(x, 5 * USEC_S);
        assert_int_equal(follower_revision(x->f), 7);
    }
}

/* A heartbeat only moves the ledger's time: that is asked for soon, once for several. */
static void test_notify_of_nothing_new_waits(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    follow_none(x, 1, "e1", "7", "100");
    x->m->ops->notified(x->m, 10, "7");
    x->m->ops->notified(x->m, 20, "7");
    expect_silent(x, 20);
    assert_int_equal(x->m->ops->deadline(x->m), 10 + FOLLOWER_SOON);
    expect_sent(x, 10 + FOLLOWER_SOON, QUERY_FOLLOW);
    x->m->ops->notified(x->m, 11 + FOLLOWER_SOON, "7"); /* perhaps after the answer was made */
    script_done(x->m, 12 + FOLLOWER_SOON, 12, 1, (const char *const[12]){"e1", "7", "120"});
    assert_int_equal(x->m->ops->deadline(x->m), 11 + 2 * FOLLOWER_SOON);
}

/* Whoever knows of a revision needs no NOTIFY; the NOTIFY that follows tells nothing new. */
static void test_announced_revision_is_asked_for_once(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    follow_none(x, 1, "e1", "7", "100");
    follower_announce(x->f, 7);
    expect_silent(x, 2);
    follower_announce(x->f, 8);
    expect_sent(x, 3, QUERY_FOLLOW);
    x->m->ops->notified(x->m, 4, "8");
    script_done(x->m, 5, 12, 1, (const char *const[]){CHANGE("8", "120", "8", "1", "1")});
    expect_silent(x, 5);
    expect_silent(x, 3 + FOLLOWER_SOON);
    expect_sent(x, 4 + FOLLOWER_SOON, QUERY_FOLLOW);
    /* One that the ledger turns out not to have is not asked for in a circle. */
    script_done(x->m, 200 * USEC_MS, 12, 1, (const char *const[12]){"e1", "8", "130"});
    follower_announce(x->f, 99);
    expect_sent(x, 200 * USEC_MS, QUERY_FOLLOW);
    script_done(x->m, 200 * USEC_MS, 12, 1, (const char *const[12]){"e1", "8", "130"});
    expect_silent(x, 201 * USEC_MS);
}

/* A reason that persists reloads once a second, not in a circle. */
static void test_reloads_are_paced(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    expect_sent(x, 1, QUERY_FOLLOW);
    script_done(x->m, 1, 12, 1, (const char *const[]){CHANGE("9", "120", "9", "1", "1")});
    expect_silent(x, 2);
    x->m->ops->notified(x->m, 3, "10");
    expect_silent(x, 3);
    assert_int_equal(x->m->ops->deadline(x->m), USEC_S);
    expect_sent(x, USEC_S, QUERY_BEGIN_READ);
}

static void test_sink_asks_for_reload(void **state)
{
    static const char *const calls[] = {"row", "applied"};
    for (size_t i = 0; i < ARRAY_LENGTH(calls); i++) {
        teardown(state);
        setup(state);
        struct fixture *x = *state;
        start(x, 0);
        x->answer_for = calls[i];
        x->answer = 1;
        expect_sent(x, 2 * USEC_S, QUERY_FOLLOW);
        script_done(x->m, 2 * USEC_S, 12, 1,
                    (const char *const[]){CHANGE("8", "120", "8", "1", "1")});
        load(x, 2 * USEC_S);
    }
}

static void test_sink_failure_stops(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    x->answer_for = "row";
    x->answer = -ENOMEM;
    expect_sent(x, 1, QUERY_FOLLOW);
    script_done(x->m, 1, 12, 1, (const char *const[]){CHANGE("8", "120", "8", "1", "1")});
    assert_int_equal(follower_error(x->f), -ENOMEM);
    expect_silent(x, 10 * USEC_S);
    assert_int_equal(x->m->ops->deadline(x->m), USEC_NEVER);
    x->m->ops->lost(x->m, 11 * USEC_S);
    x->m->ops->ready(x->m, 12 * USEC_S);
    expect_silent(x, 13 * USEC_S);
}

/* Any fatal result of a load stops as well. */
static void test_sink_failure_while_loading(void **state)
{
    static const struct {
        const char *call;
        int statements; /* answered before it shows */
    } cases[] = {{"begin", 2}, {"epoch", 3}, {"record", 5}, {"departed", 7}, {"end", 8}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        teardown(state);
        setup(state);
        struct fixture *x = *state;
        x->answer_for = cases[i].call;
        x->answer = -EINVAL;
        x->m->ops->ready(x->m, 0);
        none(x, 0, QUERY_LISTEN);
        int answered = 0;
        for (int query; (query = script_next(x->m, 0, &x->sent)) != -1; answered++) {
            if (query == QUERY_LEDGER)
                script_done(x->m, 0, 4, 1, (const char *const[]){"e1", "7", "100", "2"});
            else if (query == QUERY_EPOCHS)
                script_done(x->m, 0, 2, 1, (const char *const[]){"e1", "0"});
            else if (query == QUERY_FETCH_RECORDS)
                script_done(x->m, 0, 4, 1, (const char *const[]){"unit", "u-1", "6", "{}"});
            else if (query == QUERY_FETCH_DEPARTED)
                script_done(x->m, 0, 5, 1, (const char *const[]){"5", "1", "unit", "u", "{}"});
            else
                script_done(x->m, 0, 0, 0, NULL);
        }
        assert_int_equal(answered, cases[i].statements);
        assert_int_equal(follower_error(x->f), -EINVAL);
        assert_false(follower_loaded(x->f));
    }
}

/* A lost connection keeps the replica: listen again, then go on. */
static void test_reconnect_goes_on(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    expect_sent(x, 1, QUERY_FOLLOW);
    script_cut(x->m, 2);
    expect_silent(x, 3);
    assert_int_equal(x->m->ops->deadline(x->m), USEC_NEVER);
    x->m->ops->ready(x->m, 4);
    none(x, 4, QUERY_LISTEN);
    expect_sent(x, 4, QUERY_FOLLOW);
    assert_string_equal(x->sent.param[0], "7");
    expect_heard(x, "");
}

static void test_lost_load_starts_over(void **state)
{
    struct fixture *x = *state;
    x->m->ops->ready(x->m, 0);
    none(x, 0, QUERY_LISTEN);
    none(x, 0, QUERY_BEGIN_READ);
    ledger(x, 0, "e1", "7", "100");
    expect_sent(x, 0, QUERY_EPOCHS);
    script_cut(x->m, 1);
    x->m->ops->ready(x->m, 2);
    none(x, 2, QUERY_LISTEN);
    load(x, 2);
    expect_heard(x, "begin e1 7 100 2;begin e1 7 100 2;epoch e1 0;record unit u-1 6 {};"
                    "departed 5 1 unit u-9 {};end;at 100 2;");
}

static void test_failures_roll_back(void **state)
{
    struct fixture *x = *state;
    x->m->ops->ready(x->m, 0);
    none(x, 0, QUERY_LISTEN);
    none(x, 0, QUERY_BEGIN_READ);
    expect_sent(x, 0, QUERY_LEDGER);
    script_end(x->m, 0, STATEMENT_FAILED, "42P01");
    assert_string_equal(follower_last_sqlstate(x->f), "42P01");
    none(x, 0, QUERY_ROLLBACK);
    expect_silent(x, 1);
    none(x, USEC_S, QUERY_LISTEN);
    load(x, USEC_S);
    expect_sent(x, USEC_S, QUERY_FOLLOW);
    script_end(x->m, USEC_S, STATEMENT_FAILED, "57014");
    expect_silent(x, USEC_S);
    none(x, 2 * USEC_S, QUERY_LISTEN); /* no transaction to end */
    expect_sent(x, 2 * USEC_S, QUERY_FOLLOW);
}

/* Results that are not what the schema promises are not believed. */
static void test_broken_rows(void **state)
{
    static const char *const ledgers[][4] = {
        {"e1", NULL, "100", "2"},
        {"e1", "x", "100", "2"},
        {NULL, "7", "100", "2"},
        {"e1", "7", "99999999999999999999", "2"},
        {"e1", "7", "100", NULL},
        {"e12345678901234567890123456789012345678901234567890123456789012345", "7", "1", "2"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(ledgers); i++) {
        teardown(state);
        setup(state);
        struct fixture *x = *state;
        x->m->ops->ready(x->m, 0);
        none(x, 0, QUERY_LISTEN);
        none(x, 0, QUERY_BEGIN_READ);
        expect_sent(x, 0, QUERY_LEDGER);
        script_done(x->m, 0, 4, 1, ledgers[i]);
        expect_heard(x, "");
        assert_int_equal(follower_counters(x->f)->load_failures, 1);
        none(x, USEC_S, QUERY_ROLLBACK);
    }
}

/* A record above the ledger's revision: the snapshot was not one. */
static void test_torn_snapshot(void **state)
{
    struct fixture *x = *state;
    x->m->ops->ready(x->m, 0);
    none(x, 0, QUERY_LISTEN);
    none(x, 0, QUERY_BEGIN_READ);
    ledger(x, 0, "e1", "7", "100");
    epochs(x, 0, 1, (const char *const[]){"e1", "0"});
    none(x, 0, QUERY_OPEN_RECORDS);
    expect_sent(x, 0, QUERY_FETCH_RECORDS);
    script_done(x->m, 0, 4, 1, (const char *const[]){"unit", "u-1", "8", "{}"});
    none(x, USEC_S, QUERY_ROLLBACK);
    assert_false(follower_loaded(x->f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_load),
        TEST(test_load_in_chunks),
        TEST(test_follow),
        TEST(test_deleted_record),
        TEST(test_notify_wakes),
        TEST(test_notify_of_nothing_new_waits),
        TEST(test_announced_revision_is_asked_for_once),
        TEST(test_gaps_reload),
        TEST(test_reloads_are_paced),
        TEST(test_sink_asks_for_reload),
        TEST(test_sink_failure_stops),
        TEST(test_sink_failure_while_loading),
        TEST(test_reconnect_goes_on),
        TEST(test_lost_load_starts_over),
        TEST(test_failures_roll_back),
        TEST(test_broken_rows),
        TEST(test_torn_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
