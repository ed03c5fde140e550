/* SPDX-License-Identifier: EUPL-1.2 */
/* Whole conversations on door 2 with a virtual clock, without socket or database: the test plays
 * the browser or script and what the worker's shell carries. */
#ifndef HTTP_WEB_FIXTURE_H
#define HTTP_WEB_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "api/operation.h"
#include "base/statement.h"
#include "core/replica_fixture.h"
#include "http/web.h"

struct world {
    struct replica replica;
    struct desk desk;
    struct feeds feeds;
    struct web_service web;
    struct assets assets;
    struct door *door;
    usec_t now;
    int last;         /* result of the last feed, finish or tick */
    int64_t revision; /* of the ledger */
    char out[1 << 20];
};

static const struct feed_limits feed_limits = {
    .mark_every = 5 * USEC_S,
    .slow_no_mark = 60 * USEC_S,
    .behind_wait = 3 * USEC_S,
    .output_bytes = 256 * 1024,
};

/* No two are the same; each byte of the first is 1, and so on. */
static inline void draw(unsigned char *ret, size_t n)
{
    static unsigned char drawn;
    memset(ret, ++drawn, n);
}

static inline void apply(struct world *w, const char *kind, const char *id, const char *state)
{
    assert_int_equal(replica_apply(&w->replica, ++w->revision, kind, id, state), 0);
    replica_apply_end(&w->replica, w->revision);
}

/* ── Who may come in ── */

/* A token in force until expires_at (logical; 0: for ever). */
static inline void give_token(struct world *w, const char *account, usec_t expires_at, bool revoked)
{
    char token[64], digest[DIGEST_TEXT], state[256], end[32] = "null";
    snprintf(token, sizeof token, "token-of-%s", account);
    digest_hex(span_of(token), digest);
    if (expires_at != 0)
        snprintf(end, sizeof end, "%lld", (long long)expires_at);
    snprintf(state, sizeof state,
             "{\"account\":\"%s\",\"type\":\"token\",\"expires_at\":%s,\"revoked\":%s}", account,
             end, revoked ? "true" : "false");
    apply(w, "credential", digest, state);
}

/* The cookie of the n-th session. */
static inline const char *cookie_of(unsigned char n)
{
    static char text[COOKIE_TEXT];
    unsigned char bytes[COOKIE_BYTES];
    memset(bytes, n, sizeof bytes);
    base64url_write(bytes, sizeof bytes, text);
    return text;
}

static inline const char *forgery_token_of(unsigned char n)
{
    static char text[ANTI_FORGERY_TEXT];
    anti_forgery_token(span_of(cookie_of(n)), text);
    return text;
}

static inline const char *session_id(unsigned char n)
{
    static char id[DIGEST_TEXT];
    assert_int_equal(cookie_session(span_of(cookie_of(n)), id), 0);
    return id;
}

/* The n-th session, last seen at a logical time. */
static inline void give_session(struct world *w, unsigned char n, const char *account, usec_t seen)
{
    char state[256];
    snprintf(state, sizeof state,
             "{\"account\":\"%s\",\"type\":\"session\",\"expires_at\":%lld,\"seen_at\":%lld,"
             "\"revoked\":false}",
             account, (long long)(FIXTURE_AT + SESSION_TIME), (long long)seen);
    apply(w, "credential", session_id(n), state);
}

static inline void end_session(struct world *w, unsigned char n)
{
    apply(w, "credential", session_id(n), NULL);
}

/* ── Worlds ── */

static inline int open_world(void **state)
{
    static const char *const accounts[] = {"mecs-1", "astreinte", "dts", "def", "admin", "mobile"};
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    replica_init(&w->replica);
    fixture_load(&w->replica);
    w->revision = FIXTURE_REVISION;
    for (size_t i = 0; i < ARRAY_LENGTH(accounts); i++)
        give_token(w, accounts[i], 0, false);
    replica_turn_end(&w->replica);
    struct desk_limits desk = {.command_wait = 10 * USEC_S, .behind_wait = 3 * USEC_S};
    desk_init(&w->desk, &w->replica, &desk, "0123456789abcdef");
    feeds_init(&w->feeds, &w->desk, &feed_limits);
    web_init(&w->web, &w->feeds, &WEB_LIMITS, draw, 1);
    w->web.assets = &w->assets;
    assert_int_equal(web_refresh(&w->web, 0), 0);
    w->door = web_open(&w->web, 0, "192.0.2.1");
    assert_non_null(w->door);
    *state = w;
    return 0;
}

static inline int close_world(void **state)
{
    struct world *w = *state;
    door_free(w->door);
    assert_int_equal(w->web.counts.streaming, 0);
    web_clear(&w->web);
    feeds_clear(&w->feeds);
    desk_free(&w->desk);
    assets_clear(&w->assets);
    replica_free(&w->replica);
    free(w);
    return 0;
}

/* Another connection; the one before is the caller's to free. */
static inline struct door *reconnect(struct world *w, const char *address)
{
    struct door *before = w->door;
    w->door = web_open(&w->web, w->now, address);
    assert_non_null(w->door);
    return before;
}

static inline void connect_again(struct world *w)
{
    door_free(reconnect(w, "192.0.2.1"));
}

/* ── Talking ── */

/* What a worker does in one turn of its loop. */
static inline void turn(struct world *w)
{
    assert_int_equal(web_refresh(&w->web, w->now), 0);
    assert_int_equal(desk_settle(&w->desk, w->now), 0);
    web_settle(&w->web, w->now);
    while (web_answered(&w->web) != NULL) {
    }
}

/* All that the door has to say now. */
static inline const char *heard(struct world *w)
{
    size_t n = 0, got;
    while ((got = door_pull(w->door, w->now, w->out + n, sizeof w->out - n - 1)) > 0)
        n += got;
    w->out[n] = 0;
    return w->out;
}

static inline void send_text(struct world *w, const char *text)
{
    w->last = door_feed(w->door, w->now, span_of(text));
}

/* who: fields, each ended by CRLF. body NULL: none. */
static inline void ask(struct world *w, const char *line, const char *who, const char *body)
{
    char text[16384], length[96] = "";
    if (body != NULL)
        snprintf(length, sizeof length, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                 strlen(body));
    int n = snprintf(text, sizeof text, "%s HTTP/1.1\r\nHost: ugo.example\r\n%s%s\r\n%s", line, who,
                     length, body != NULL ? body : "");
    assert_true(n > 0 && (size_t)n < sizeof text);
    send_text(w, text);
    turn(w);
}

static inline const char *answer(struct world *w, const char *line, const char *who,
                                 const char *body)
{
    ask(w, line, who, body);
    return heard(w);
}

/* The answer to a cookie that is unknown: after the time that a new session may need. */
static inline const char *late_answer(struct world *w, const char *line, const char *who,
                                      const char *body)
{
    ask(w, line, who, body);
    assert_string_equal(heard(w), "");
    w->now = door_deadline(w->door);
    w->last = door_tick(w->door, w->now);
    return heard(w);
}

/* Who asks, as fields. */
#define BEARER(account) "Authorization: Bearer token-of-" account "\r\n"

static inline const char *by_session(unsigned char n, const char *more)
{
    static char text[1024];
    snprintf(text, sizeof text, "Cookie: a=b; __Host-ugo=%s\r\n%.512s", cookie_of(n), more);
    return text;
}

/* With all that a page of ours sends. */
static inline const char *by_page(unsigned char n)
{
    char more[256];
    snprintf(more, sizeof more,
             "Origin: https://ugo.example\r\nSec-Fetch-Site: same-origin\r\n"
             "Ugo-Anti-Forgery: %s\r\n",
             forgery_token_of(n));
    return by_session(n, more);
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

/* An answer of a status with this in it. */
#define ASSERT_ANSWERS(text, status, part)                                                         \
    do {                                                                                           \
        const char *answered_ = (text);                                                            \
        if (strncmp(answered_, "HTTP/1.1 " #status " ", strlen("HTTP/1.1 " #status " ")) != 0)     \
            fail_msg("expected %s of: %s", #status, answered_);                                    \
        ASSERT_SAYS(answered_, part);                                                              \
    } while (0)

/* ── The clock ── */

/* The door's own deadline comes; it is the one expected. */
static inline void deadline_comes(struct world *w, usec_t expected)
{
    assert_int_equal(door_deadline(w->door), expected);
    w->last = door_tick(w->door, expected - 1);
    assert_false(door_closing(w->door));
    w->now = expected;
    w->last = door_tick(w->door, w->now);
}

/* ── The database's side ── */

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
    turn(w);
}

static inline void unit_changes(struct world *w, const char *unit, int open, int occupied)
{
    fixture_declare(&w->replica, ++w->revision, unit, open, occupied);
    turn(w);
}

#define CONVERSATION(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

#endif
