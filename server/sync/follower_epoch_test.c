/* SPDX-License-Identifier: EUPL-1.2 */
/* Epochs, being ahead, and what proves freshness. */
#include "sync/follower_fixture.h"

/* Behind by more than one question: asked again at once, and not fresh before the end. */
static void test_catching_up_is_not_fresh(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    static const char *cells[SQL_FOLLOW_REVISIONS * 12];
    static char revisions[SQL_FOLLOW_REVISIONS][12];
    for (int i = 0; i < SQL_FOLLOW_REVISIONS; i++) {
        snprintf(revisions[i], sizeof revisions[i], "%d", 8 + i);
        memcpy(&cells[i * 12], (const char *const[]){CHANGE("2008", "130", revisions[i], "1", "1")},
               sizeof(char *) * 12);
    }
    expect_sent(x, 4 * USEC_S, QUERY_FOLLOW);
    script_done(x->m, 4 * USEC_S, 12, SQL_FOLLOW_REVISIONS, cells);
    assert_int_equal(follower_revision(x->f), 2007);
    assert_int_equal(follower_ledger_revision(x->f), 2008);
    assert_true(follower_stale(x->f, 4 * USEC_S));
    assert_false(follower_needs_heartbeat(x->f, 4 * USEC_S)); /* the ledger is alive */
    expect_sent(x, 4 * USEC_S, QUERY_FOLLOW);
    script_done(x->m, 4 * USEC_S, 12, 1,
                (const char *const[]){CHANGE("2008", "130", "2008", "1", "1")});
    assert_false(follower_stale(x->f, 4 * USEC_S));
}

/* A new epoch that kept everything we have: go on from there. */
static void test_epoch_continues(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    follow_none(x, 1, "e3", "9", "140");
    epochs(x, 1, 4, (const char *const[]){"e0", "0", "e1", "3", "e2", "7", "e3", "8"});
    expect_heard(x, "forked e2 7;forked e3 8;");
    assert_string_equal(follower_epoch(x->f), "e3");
    expect_sent(x, 1, QUERY_FOLLOW);
    assert_string_equal(x->sent.param[0], "7");
    script_done(x->m, 2, 12, 2, (const char *const[]){"e3", "9",   "140", "8",    "1",   "1",
                                                      "90", "ana", "o",   "unit", "u-1", "{}", //
                                                      "e3", "9",   "140", "9",    "1",   "1",
                                                      "90", "ana", "o",   "unit", "u-1", "{}"});
    assert_int_equal(follower_revision(x->f), 9);
}

/* The new epoch's clock may be behind what was lost: its first time counts all the same. */
static void test_epoch_with_earlier_time(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    follow_none(x, 5 * USEC_S, "e2", "7", "60");
    epochs(x, 5 * USEC_S, 2, (const char *const[]){"e1", "0", "e2", "7"});
    assert_true(follower_stale(x->f, 5 * USEC_S));
    follow_none(x, 5 * USEC_S, "e2", "7", "60");
    expect_heard(x, "forked e2 7;at 60 5000000;");
    assert_false(follower_stale(x->f, 5 * USEC_S));
}

/* Our revision is above a fork of any later epoch, or our epoch is unknown: it is lost. */
static void test_epoch_reloads(void **state)
{
    static const struct {
        int n;
        const char *cells[6];
    } cases[] = {
        {2, {"e1", "0", "e2", "6"}},
        {3, {"e1", "0", "e2", "6", "e3", "9"}}, /* hidden behind a later one */
        {2, {"e0", "0", "e2", "9"}},
        {1, {"e1", "0"}}, /* the list and the ledger disagree */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        teardown(state);
        setup(state);
        struct fixture *x = *state;
        start(x, 0);
        follow_none(x, 2 * USEC_S, "e9", "9", "140");
        epochs(x, 2 * USEC_S, cases[i].n, cases[i].cells);
        /* The sink is still on its own branch: of what was opened after the loss it hears nothing.
         */
        expect_heard(x, i < 2 ? "forked e2 6;" : "");
        expect_sent(x, 2 * USEC_S, QUERY_BEGIN_READ);
        assert_int_equal(follower_counters(x->f)->reloads, 1);
    }
}

static void test_sink_rejects_epoch(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    x->answer_for = "forked";
    x->answer = 1;
    follow_none(x, 2 * USEC_S, "e2", "9", "140");
    epochs(x, 2 * USEC_S, 2, (const char *const[]){"e1", "0", "e2", "9"});
    expect_sent(x, 2 * USEC_S, QUERY_BEGIN_READ);
}

/* Within one epoch the ledger never goes back: what we hold, the database has forgotten. Even a
 * ledger that grows past us does not make that good; a new epoch does, by a reload. */
static void test_ahead(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    follow_none(x, 1, "e1", "6", "50");
    assert_true(follower_ahead(x->f));
    assert_int_equal(follower_counters(x->f)->ahead, 1);
    expect_silent(x, 2);
    expect_sent(x, 1 + FOLLOWER_POLL, QUERY_FOLLOW);
    script_done(x->m, 1 + FOLLOWER_POLL, 12, 1,
                (const char *const[]){CHANGE("8", "160", "8", "1", "1")});
    expect_heard(x, "");
    assert_true(follower_ahead(x->f));
    assert_true(follower_stale(x->f, FOLLOWER_STALE));
    follow_none(x, 3 * USEC_S, "e2", "8", "170");
    epochs(x, 3 * USEC_S, 2, (const char *const[]){"e1", "0", "e2", "8"});
    load(x, 3 * USEC_S);
    assert_false(follower_ahead(x->f));
}

/* While ahead somebody still has to beat: only a write opens the new epoch. */
static void test_ahead_still_beats(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    follow_none(x, 1, "e1", "6", "50");
    assert_false(follower_needs_heartbeat(x->f, 1 + FOLLOWER_HEARTBEAT - 1));
    assert_true(follower_needs_heartbeat(x->f, 1 + FOLLOWER_HEARTBEAT));
    follow_none(x, 1 + FOLLOWER_POLL, "e1", "6", "50");
    assert_true(follower_needs_heartbeat(x->f, 1 + FOLLOWER_POLL));
}

static void test_heartbeats(void **state)
{
    struct fixture *x = *state;
    assert_false(follower_needs_heartbeat(x->f, 100 * USEC_S)); /* nothing to follow */
    start(x, 10);
    assert_int_equal(follower_heartbeat_due(x->f), 10 + FOLLOWER_HEARTBEAT);
    assert_false(follower_needs_heartbeat(x->f, 10 + FOLLOWER_HEARTBEAT - 1));
    assert_true(follower_needs_heartbeat(x->f, 10 + FOLLOWER_HEARTBEAT));
    follow_none(x, 20, "e1", "7", "100"); /* the same time: proves nothing */
    assert_true(follower_needs_heartbeat(x->f, 10 + FOLLOWER_HEARTBEAT));
    assert_false(follower_stale(x->f, 10 + FOLLOWER_STALE - 1));
    assert_true(follower_stale(x->f, 10 + FOLLOWER_STALE));
    expect_heard(x, "at 100 10;"); /* read, but no later than known */
    follow_none(x, 20 + FOLLOWER_POLL, "e1", "7", "101");
    expect_heard(x, "at 101 1000020;");
    assert_false(follower_needs_heartbeat(x->f, 10 + FOLLOWER_HEARTBEAT));
    assert_false(follower_stale(x->f, 10 + FOLLOWER_STALE));
}

/* An answer that was long under way says what was true long ago. */
static void test_late_answer_is_not_fresh(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    expect_sent(x, 0, QUERY_FOLLOW);
    usec_t late = 12 * USEC_S;
    script_done(x->m, late, 12, 1, (const char *const[]){CHANGE("8", "120", "8", "1", "1")});
    expect_heard(x, "row 8 1/1 90 ana unit.declare unit u-1 {};applied 8 90;");
    assert_true(follower_stale(x->f, late));
    follow_none(x, late, "e1", "8", "121"); /* asked again at once */
    expect_heard(x, "at 121 12000000;");
    assert_false(follower_stale(x->f, late));
}

static void test_late_load_is_not_fresh(void **state)
{
    struct fixture *x = *state;
    x->m->ops->ready(x->m, 0);
    none(x, 0, QUERY_LISTEN);
    none(x, 0, QUERY_BEGIN_READ);
    expect_sent(x, 1, QUERY_LEDGER);
    script_done(x->m, 5 * USEC_S, 4, 1, (const char *const[]){"e1", "7", "100", "2"});
    epochs(x, 5 * USEC_S, 1, (const char *const[]){"e1", "0"});
    none(x, 5 * USEC_S, QUERY_OPEN_RECORDS);
    none(x, 5 * USEC_S, QUERY_FETCH_RECORDS);
    none(x, 5 * USEC_S, QUERY_OPEN_DEPARTED);
    none(x, 5 * USEC_S, QUERY_FETCH_DEPARTED);
    none(x, 5 * USEC_S, QUERY_COMMIT);
    expect_heard(x, "begin e1 7 100 2;epoch e1 0;end;at 100 1;");
    assert_true(follower_stale(x->f, 5 * USEC_S));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_catching_up_is_not_fresh), TEST(test_epoch_continues),
        TEST(test_epoch_with_earlier_time),  TEST(test_epoch_reloads),
        TEST(test_sink_rejects_epoch),       TEST(test_ahead),
        TEST(test_ahead_still_beats),        TEST(test_heartbeats),
        TEST(test_late_answer_is_not_fresh), TEST(test_late_load_is_not_fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
