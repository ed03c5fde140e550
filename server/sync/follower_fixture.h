/* SPDX-License-Identifier: EUPL-1.2 */
/* Tests of the follower: a sink that writes down what it is told, and a database of one record. */
#ifndef SYNC_FOLLOWER_FIXTURE_H
#define SYNC_FOLLOWER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "sync/follower.h"
#include "sync/script_fixture.h"

/* A sink that writes down what it is told, and answers what the test wants. */
struct fixture {
    struct follower *f;
    struct sync_machine *m;
    struct statement sent;
    struct buf heard;
    int answer;             /* of the next call of the kind below */
    const char *answer_for; /* a call's first word; NULL none */
};

static inline int hear(struct fixture *x, const char *word)
{
    if (x->answer_for != NULL && strcmp(word, x->answer_for) == 0)
        return x->answer;
    return 0;
}

static inline int load_begin(void *ctx, const char *epoch, int64_t revision, usec_t at,
                             int64_t floor)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "begin %s %d %d %d;", epoch, (int)revision, (int)at, (int)floor);
    return hear(x, "begin");
}

static inline int load_epoch(void *ctx, const char *epoch, int64_t fork)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "epoch %s %d;", epoch, (int)fork);
    return hear(x, "epoch");
}

static inline int load_record(void *ctx, const char *kind, const char *id, int64_t revision,
                              const char *state)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "record %s %s %d %s;", kind, id, (int)revision, state);
    return hear(x, "record");
}

static inline int load_departed(void *ctx, int64_t revision, int part, const char *kind,
                                const char *id, const char *scope)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "departed %d %d %s %s %s;", (int)revision, part, kind, id, scope);
    return hear(x, "departed");
}

static inline int load_end(void *ctx)
{
    struct fixture *x = ctx;
    buf_text(&x->heard, "end;");
    return hear(x, "end");
}

static inline int apply_row(void *ctx, const struct change_row *c)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "row %d %d/%d %d %s %s %s %s %s;", (int)c->revision, c->part, c->parts,
               (int)c->at, c->actor, c->operation, c->kind, c->id, c->state ? c->state : "gone");
    return hear(x, "row");
}

static inline int apply_end(void *ctx, int64_t revision, usec_t at)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "applied %d %d;", (int)revision, (int)at);
    return hear(x, "applied");
}

static inline void ledger_at(void *ctx, usec_t at, usec_t received)
{
    struct fixture *x = ctx;
    buf_printf(&x->heard, "at %d %d;", (int)at, (int)received);
}

static inline int new_epoch(void *ctx, const char *epoch, int64_t fork)
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

static inline int setup(void **state)
{
    struct fixture *x = calloc(1, sizeof *x);
    assert_non_null(x);
    assert_int_equal(follower_new(&sink, x, &x->f), 0);
    x->m = follower_machine(x->f);
    *state = x;
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *x = *state;
    follower_free(x->f);
    buf_free(&x->heard);
    free(x);
    return 0;
}

static inline void expect_heard(struct fixture *x, const char *text)
{
    buf_char(&x->heard, '\0');
    assert_int_equal(buf_check(&x->heard), 0);
    assert_string_equal(x->heard.p, text);
    buf_reset(&x->heard);
}

static inline void expect_sent(struct fixture *x, usec_t now, enum query query)
{
    assert_int_equal(script_next(x->m, now, &x->sent), query);
}

static inline void expect_silent(struct fixture *x, usec_t now)
{
    assert_int_equal(script_next(x->m, now, &x->sent), -1);
}

static inline void none(struct fixture *x, usec_t now, enum query query)
{
    expect_sent(x, now, query);
    script_done(x->m, now, 0, 0, NULL);
}

/* One row of the ledger to QUERY_LEDGER. */
static inline void ledger(struct fixture *x, usec_t now, const char *epoch, const char *revision,
                          const char *at)
{
    expect_sent(x, now, QUERY_LEDGER);
    script_done(x->m, now, 4, 1, (const char *const[]){epoch, revision, at, "2"});
}

static inline void epochs(struct fixture *x, usec_t now, int n, const char *const *cells)
{
    expect_sent(x, now, QUERY_EPOCHS);
    script_done(x->m, now, 2, n, cells);
}

/* Loads one record at revision 7 of epoch e1, ledger time 100. */
static inline void load(struct fixture *x, usec_t now)
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

static inline void start(struct fixture *x, usec_t now)
{
    x->m->ops->ready(x->m, now);
    none(x, now, QUERY_LISTEN);
    load(x, now);
    buf_reset(&x->heard);
}

/* The ledger alone, without changes. */
static inline void follow_none(struct fixture *x, usec_t now, const char *epoch,
                               const char *revision, const char *at)
{
    expect_sent(x, now, QUERY_FOLLOW);
    const char *const cells[12] = {epoch, revision, at};
    script_done(x->m, now, 12, 1, cells);
}

#define CHANGE(ledger, at, revision, part, parts)                                                  \
    "e1", ledger, at, revision, part, parts, "90", "ana", "unit.declare", "unit", "u-1", "{}"

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
