/* SPDX-License-Identifier: EUPL-1.2 */
#include "sync/follower.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "sync/script_test.h"

/* A sink that writes down what it is told, and answers what the test wants. */
struct fixture {
    struct follower *f;
    struct sync_machine *m;
    struct statement sent;
    struct buf heard;
    int answer;             /* of the next call of the kind below */
    const char *answer_for; /* a call's first word; NULL none */
};

static int hear(struct fixture *x, const char *word)
{
    if (x->answer_for != NULL && strcmp(word, x->answer_for) == 0)
        return x->answer;
    return 0;
}

static int load_begin(void *ctx, const char *epoch, int64_t revision, usec_t at, int64_t floor)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "begin %s %d %d %d;", epoch, (int)revision, (int)at, (int)floor);
    return hear(x, "begin");
}

static int load_epoch(void *ctx, const char *epoch, int64_t fork)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "epoch %s %d;", epoch, (int)fork);
    return hear(x, "epoch");
}

static int load_record(void *ctx, const char *kind, const char *id, int64_t revision,
                       const char *state)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "record %s %s %d %s;", kind, id, (int)revision, state);
    return hear(x, "record");
}

static int load_departed(void *ctx, int64_t revision, int part, const char *kind, const char *id,
                         const char *scope)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "departed %d %d %s %s %s;", (int)revision, part, kind, id, scope);
    return hear(x, "departed");
}

static int load_end(void *ctx)
{
    struct fixture *x = ctx;
    buf_text(&x->heard, "end;");
    return hear(x, "end");
}

static int apply_row(void *ctx, const struct change_row *c)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "row %d %d/%d %d %s %s %s %s %s;", (int)c->revision, c->part, c->parts,
               (int)c->at, c->actor, c->operation, c->kind, c->id, c->state ? c->state : "gone");
    return hear(x, "row");
}

static int apply_end(void *ctx, int64_t revision, usec_t at)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "applied %d %d;", (int)revision, (int)at);
    return hear(x, "applied");
}

static void ledger_at(void *ctx, usec_t at, usec_t received)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "at %d %d;", (int)at, (int)received);
}

static int new_epoch(void *ctx, const char *epoch, int64_t fork)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "forked %s %d;", epoch, (int)fork);
    return hear(x, "forked");
}

static const struct follower_sink sink = {
    .load_begin = load_begin,
    .load_epoch = load_epoch,
    .load_record = load_record,
    .load_departed = load_departed,
    .load_end = load_end,
    .apply_row = apply_row,
    .apply_end = apply_end,
    .ledger_at = ledger_at,
    .new_epoch = new_epoch,
};

static int setup(void **state)
{
    struct fixture *x = calloc(1, sizeof *x);
    assert_non_null(x);
    assert_int_equal(follower_new(&sink, x, &x->f), 0);
    x->m = follower_machine(x->f);
    *state = x;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *x = *state;
    follower_free(x->f);
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

static void expect_sent(struct fixture *x, usec_t now, enum query query)
{
    assert_int_equal(script_next(x->m, now, &x->sent), query);
}

static void expect_silent(struct fixture *x, usec_t now)
{
    assert_int_equal(script_next(x->m, now, &x->sent), -1);
}

static void none(struct fixture *x, usec_t now, enum query query)
{
    expect_sent(x, now, query);
    script_done(x->m, now, 0, 0, NULL);
}

/* One row of the ledger to QUERY_LEDGER. */
static void ledger(struct fixture *x, usec_t now, const char *epoch, const char *revision,
                   const char *at)
{
    expect_sent(x, now, QUERY_LEDGER);
    script_done(x->m, now, 4, 1, (const char *const[]){epoch, revision, at, "2"});
}

static void epochs(struct fixture *x, usec_t now, int n, const char *const *cells)
{
    expect_sent(x, now, QUERY_EPOCHS);
    script_done(x->m, now, 2, n, cells);
}

/* Loads one record at revision 7 of epoch e1, ledger time 100. */
static void load(struct fixture *x, usec_t now)
{
    none(x, now, QUERY_BEGIN_READ);
    ledger(x, now, "e1", "7", "100");
    epochs(x, now, 1, (const char *const[]){"e1", "0"});
    none(x, now, QUERY_OPEN_RECORDS);
    expect_sent(x, now, QUERY_FETCH_RECORDS);
    script_done(x->m, now, 4, 1, (const char *const[]){"unit", "u-1", "6", "{}"});
    none(x, now, QUERY_OPEN_DEPARTED);
    expect_sent(x, now, QUERY_FETCH_DEPARTED);
    script_done(x->m, now, 5, 1, (const char *const[]){"5", "1", "unit", "u-9", "{}"});
    none(x, now, QUERY_COMMIT);
}

static void start(struct fixture *x, usec_t now)
{
    x->m->ops->ready(x->m, now);
    none(x, now, QUERY_LISTEN);
    load(x, now);
    buf_reset(&x->heard);
}

/* The ledger alone, without changes. */
static void follow_none(struct fixture *x, usec_t now, const char *epoch, const char *revision,
                        const char *at)
{
    expect_sent(x, now, QUERY_FOLLOW);
    const char *const cells[12] = {epoch, revision, at};
    script_done(x->m, now, 12, 1, cells);
}

#define CHANGE(ledger, at, revision, part, parts)                                                  \
    "e1", ledger, at, revision, part, parts, "90", "ana", "unit.declare", "unit", "u-1", "{}"

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
    x->m->ops->notified(x->m, 3);
    expect_sent(x, 3, QUERY_FOLLOW);
    x->m->ops->notified(x->m, 4);
    expect_silent(x, 4);
    script_done(x->m, 5, 12, 1, (const char *const[12]){"e1", "7", "100"});
    expect_sent(x, 5, QUERY_FOLLOW);
    script_done(x->m, 6, 12, 1, (const char *const[12]){"e1", "7", "100"});
    expect_silent(x, 6);
    follower_wake(x->f);
    expect_sent(x, 6, QUERY_FOLLOW);
}

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

/* A reason that persists reloads once a second, not in a circle. */
static void test_reloads_are_paced(void **state)
{
    struct fixture *x = *state;
    start(x, 0);
    expect_sent(x, 1, QUERY_FOLLOW);
    script_done(x->m, 1, 12, 1, (const char *const[]){CHANGE("9", "120", "9", "1", "1")});
    expect_silent(x, 2);
    x->m->ops->notified(x->m, 3);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_load),
        TEST(test_load_in_chunks),
        TEST(test_follow),
        TEST(test_deleted_record),
        TEST(test_notify_wakes),
        TEST(test_catching_up_is_not_fresh),
        TEST(test_gaps_reload),
        TEST(test_reloads_are_paced),
        TEST(test_sink_asks_for_reload),
        TEST(test_sink_failure_stops),
        TEST(test_sink_failure_while_loading),
        TEST(test_epoch_continues),
        TEST(test_epoch_with_earlier_time),
        TEST(test_epoch_reloads),
        TEST(test_sink_rejects_epoch),
        TEST(test_ahead),
        TEST(test_ahead_still_beats),
        TEST(test_heartbeats),
        TEST(test_late_answer_is_not_fresh),
        TEST(test_late_load_is_not_fresh),
        TEST(test_reconnect_goes_on),
        TEST(test_lost_load_starts_over),
        TEST(test_failures_roll_back),
        TEST(test_broken_rows),
        TEST(test_torn_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
