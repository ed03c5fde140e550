/* SPDX-License-Identifier: EUPL-1.2 */
/* Whole conversations on door 1 with a virtual clock, without socket or database: the test plays
 * both the peer and what the worker's shell carries. */
#ifndef LINE_SESSION_FIXTURE_H
#define LINE_SESSION_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "api/operation.h"
#include "base/statement.h"
#include "core/replica_fixture.h"
#include "line/line.h"

struct world {
    struct replica replica;
    struct desk desk;
    struct feeds feeds;
    struct line_service line;
    struct door *door;
    usec_t now;
    char out[1 << 20];
    int last; /* result of the last feed, finish or tick */
};

static const struct line_limits limits = {
    .hello_timeout = 5 * USEC_S,
    .silence_probe = 15 * USEC_S,
    .silence_end = 30 * USEC_S,
    .slow_no_byte = 30 * USEC_S,
    .max_line = 64 * 1024,
    .max_line_hello = 8 * 1024,
    .in_flight = 4,
    .subscriptions = 2,
};

static const struct feed_limits feed_limits = {
    .mark_every = 5 * USEC_S,
    .slow_no_mark = 60 * USEC_S,
    .behind_wait = 3 * USEC_S,
    .output_bytes = 256 * 1024,
};

static inline void give_credential(struct world *w, const char *id, const char *account,
                                   const char *type, bool revoked, int64_t revision)
{
    char state[256];
    snprintf(state, sizeof state,
             "{\"account\":\"%s\",\"type\":\"%s\",\"expires_at\":null,\"revoked\":%s,"
             "\"label\":null}",
             account, type, revoked ? "true" : "false");
    assert_int_equal(replica_apply(&w->replica, revision, "credential", id, state), 0);
    replica_apply_end(&w->replica, revision);
}

static inline void give_token(struct world *w, const char *account, int64_t revision)
{
    char token[64];
    char digest[DIGEST_TEXT];
    snprintf(token, sizeof token, "token-of-%s", account);
    digest_hex(span_of(token), digest);
    give_credential(w, digest, account, "token", false, revision);
}

static inline int open_world(void **state)
{
    static const char *const accounts[] = {"mecs-1", "astreinte", "dts", "def", "admin", "mobile"};
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    replica_init(&w->replica);
    fixture_load(&w->replica);
    for (size_t i = 0; i < ARRAY_LENGTH(accounts); i++)
        give_token(w, accounts[i], FIXTURE_REVISION + 1 + (int64_t)i);
    replica_turn_end(&w->replica);
    struct desk_limits desk = {.command_wait = 10 * USEC_S, .behind_wait = 3 * USEC_S};
    desk_init(&w->desk, &w->replica, &desk, "0123456789abcdef");
    feeds_init(&w->feeds, &w->desk, &feed_limits);
    line_init(&w->line, &w->feeds, &limits, 1);
    assert_int_equal(line_refresh(&w->line, 0), 0);
    w->door = line_open(&w->line, 0, "");
    assert_non_null(w->door);
    *state = w;
    return 0;
}

static inline int close_world(void **state)
{
    struct world *w = *state;
    door_free(w->door);
    feeds_clear(&w->feeds);
    desk_free(&w->desk);
    replica_free(&w->replica);
    free(w);
    return 0;
}

/* All that the door has to say now. */
static const char *heard(struct world *w)
{
    size_t n = 0;
    size_t got;
    while ((got = door_pull(w->door, w->now, w->out + n, sizeof w->out - n - 1)) > 0)
        n += got;
    w->out[n] = 0;
    return w->out;
}

static inline void send_bytes(struct world *w, span bytes)
{
    w->last = door_feed(w->door, w->now, bytes);
}

static inline void say(struct world *w, const char *line)
{
    send_bytes(w, span_of(line));
    send_bytes(w, span_of("\n"));
}

static const char *ask(struct world *w, const char *method, const char *params)
{
    char line[4096];
    snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}",
             method, params);
    say(w, line);
    return heard(w);
}

static inline void greet(struct world *w, const char *account)
{
    char params[160];
    snprintf(params, sizeof params,
             "{\"protocol\":[1,1],\"client\":\"test/1\",\"token\":\"token-of-%s\"}", account);
    assert_non_null(strstr(heard(w), "\"method\":\"hello\""));
    assert_non_null(strstr(ask(w, "hello", params), "\"protocol\":1"));
}

#define ASSERT_SAYS(text, part)                                                                    \
    do {                                                                                           \
        const char *said_ = (text);                                                                \
        if (strstr(said_, part) == NULL)                                                           \
            fail_msg("expected %s in: %s", part, said_);                                           \
    } while (0)

#define ASSERT_SILENT_ON(text, part)                                                               \
    do {                                                                                           \
        const char *said_ = (text);                                                                \
        if (strstr(said_, part) != NULL)                                                           \
            fail_msg("unexpected %s in: %s", part, said_);                                         \
    } while (0)

/* The database's side */

static inline struct desk_command take_command(struct world *w)
{
    struct desk_command c;
    assert_true(desk_take_command(&w->desk, &c));
    return c;
}

static inline void database_answers(struct world *w, uint64_t ticket, const char *type,
                                    int64_t revision)
{
    struct desk_outcome outcome = {
        .ticket = ticket, .type = type, .epoch = "aa", .revision = revision};
    assert_int_equal(desk_outcome(&w->desk, &outcome), 0);
    assert_int_equal(desk_settle(&w->desk, w->now), 0);
}

static inline void revision_arrives(struct world *w, int64_t revision, const char *unit, int open,
                                    int occupied)
{
    fixture_declare(&w->replica, revision, unit, open, occupied);
    assert_int_equal(line_refresh(&w->line, w->now), 0);
    assert_int_equal(desk_settle(&w->desk, w->now), 0);
}

#define CONVERSATION(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

#endif
