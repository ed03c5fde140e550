/* SPDX-License-Identifier: EUPL-1.2 */
/* Every allocation of a conversation fails once: a request answered, a change, a stream with its
 * new rights, a login, a logout, files. Either the connection ends or what was wanted is done; a
 * failed one never is an answer that lacks something. Nothing leaks. */
#include "base/scarce_fixture.h"

#include "http/web_fixture.h"

/* Ended, as the shell would: by a failure or because the door closes. */
static bool ended(struct world *w, int r)
{
    return r < 0 || door_closing(w->door);
}

/* As turn(), where memory may lack. */
static int try_turn(struct world *w)
{
    int r = web_refresh(&w->web, w->now);
    r = r < 0 ? r : desk_settle(&w->desk, w->now);
    web_settle(&w->web, w->now);
    while (web_answered(&w->web) != NULL) {
    }
    return r;
}

/* 0, negative, or 1: it was ended. */
static int try_ask(struct world *w, const char *text)
{
    int r = door_feed(w->door, w->now, span_of(text));
    r = r < 0 ? r : try_turn(w);
    return ended(w, r) ? -ENOMEM : r;
}

static int try_heard(struct world *w)
{
    heard(w);
    return ended(w, 0) ? -ENOMEM : 0;
}

static int command_answered(struct world *w, const char *type, int64_t revision)
{
    struct desk_command command;
    if (!desk_take_command(&w->desk, &command))
        return -ENOMEM;
    struct desk_outcome outcome = {
        .ticket = command.ticket, .type = type, .epoch = "aa", .revision = revision};
    free(command.json);
    int r = desk_outcome(&w->desk, &outcome);
    return r < 0 ? r : try_turn(w);
}

/* ── Conversations ── */

static int read_and_search(struct world *w)
{
    int r = try_ask(w, "GET /v1/units/u-1 HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"5\"\r\n" BEARER(
                           "def") "\r\n");
    r = r < 0 ? r : try_heard(w);
    if (r < 0)
        return r;
    ASSERT_ANSWERS(w->out, 200, "\"id\":\"u-1\"");
    r = try_ask(w, "POST /v1/search HTTP/1.1\r\nHost: a\r\n" BEARER(
                       "def") "Content-Type: application/json\r\nContent-Length: 17\r\n\r\n"
                              "{\"children\":[{}]}");
    r = r < 0 ? r : try_heard(w);
    if (r < 0)
        return r;
    ASSERT_ANSWERS(w->out, 200, "\"results\":[");
    return 0;
}

static int refused(struct world *w)
{
    int r = try_ask(w, "GET /v1/units?limit=x&what=y HTTP/1.1\r\nHost: a\r\n" BEARER("def") "\r\n");
    r = r < 0 ? r : try_heard(w);
    if (r == 0)
        ASSERT_ANSWERS(w->out, 422, "{\"pointer\":\"/limit\",\"detail\":\"wrong_type\"}");
    return r;
}

static int change(struct world *w)
{
    char text[1200];
    snprintf(text, sizeof text,
             "POST /v1/units/u-1/confirm HTTP/1.1\r\nHost: ugo.example\r\n%s"
             "Idempotency-Key: k\r\nIf-Match: \"6\"\r\n\r\n",
             by_page(1));
    int r = try_ask(w, text);
    r = r < 0 ? r : command_answered(w, "ok", -1);
    r = r < 0 ? r : try_heard(w);
    if (r == 0)
        ASSERT_ANSWERS(w->out, 200, "\"id\":\"u-1\"");
    return r;
}

static int stream(struct world *w)
{
    int r = try_ask(w, "GET /v1/events?filter=%7B%22kinds%22:%5B%22unit%22%5D%7D HTTP/1.1\r\n"
                       "Host: a\r\n" BEARER("mecs-1") "\r\n");
    r = r < 0 ? r : try_heard(w);
    if (r < 0)
        return r;
    ASSERT_ANSWERS(w->out, 200, "event: mark\n");
    /* Other rights: whatever lacks, nobody is shown what he may not see. */
    w->replica.rights++;
    r = try_turn(w);
    r = r < 0 ? r : try_heard(w);
    ASSERT_SILENT_ON(w->out, "u-2");
    return r;
}

static int out_again(struct world *w)
{
    char text[1200];
    snprintf(text, sizeof text, "GET /v1/session HTTP/1.1\r\nHost: ugo.example\r\n%s\r\n",
             by_page(1));
    int r = try_ask(w, text);
    r = r < 0 ? r : try_heard(w);
    if (r < 0)
        return r;
    ASSERT_ANSWERS(w->out, 200, "\"anti_forgery\":\"");
    snprintf(text, sizeof text, "POST /v1/logout HTTP/1.1\r\nHost: ugo.example\r\n%s\r\n",
             by_page(1));
    r = try_ask(w, text);
    r = r < 0 ? r : command_answered(w, "ok", -1);
    r = r < 0 ? r : try_heard(w);
    if (r == 0)
        ASSERT_ANSWERS(w->out, 200, "Max-Age=0");
    return r;
}

static int late(struct world *w)
{
    char text[1200];
    snprintf(text, sizeof text, "GET /v1/me HTTP/1.1\r\nHost: ugo.example\r\n%s\r\n", by_page(2));
    int r = try_ask(w, text);
    w->now += USEC_S;
    r = r < 0 ? r : door_tick(w->door, w->now);
    r = r < 0 ? r : try_heard(w);
    if (r == 0)
        ASSERT_ANSWERS(w->out, 401, "session_ended");
    return r;
}

static int file(struct world *w)
{
    int r = try_ask(w, "GET /a.js HTTP/1.1\r\nHost: a\r\n\r\n");
    r = r < 0 ? r : try_heard(w);
    if (r == 0)
        ASSERT_ANSWERS(w->out, 200, "\r\n\r\nabc");
    return r;
}

/* ── A login ── */

static const char *cell(const void *source, int row, int col)
{
    (void)row;
    return ((const char *const *)source)[col];
}

static int database_knows(struct world *w)
{
    char text[SCRYPT_TEXT];
    struct scrypt s = SCRYPT_NEW;
    struct desk_read read;
    memset(s.hash, 'h', sizeof s.hash);
    scrypt_write(&s, text);
    const char *const cells[] = {text, NULL, NULL, "establishment", "f", "5"};
    struct rows rows = {.n_rows = 1, .n_cols = 6, .source = cells, .cell = cell};
    if (!desk_take_read(&w->desk, &read))
        return -ENOMEM;
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
    int r = desk_rows(&w->desk, w->now, read.ticket, &rows);
    return r < 0 ? r : try_turn(w);
}

static int derived(struct world *w)
{
    unsigned char hash[SCRYPT_HASH];
    struct derivation d;
    memset(hash, 'h', sizeof hash);
    if (!web_take_derivation(&w->web, &d))
        return -ENOMEM;
    int r = web_derived(&w->web, w->now, d.ticket, hash);
    return r < 0 ? r : try_turn(w);
}

static int in(struct world *w)
{
    static const char text[] =
        "POST /v1/login HTTP/1.1\r\nHost: ugo.example\r\nOrigin: https://ugo.example\r\n"
        "Content-Type: application/json\r\nContent-Length: 38\r\n\r\n"
        "{\"account\":\"mecs-1\",\"password\":\"pass\"}";
    int r = try_ask(w, text);
    r = r < 0 ? r : database_knows(w);
    r = r < 0 ? r : derived(w);
    r = r < 0 ? r : command_answered(w, "ok", -1);
    r = r < 0 ? r : try_heard(w);
    if (r == 0)
        ASSERT_ANSWERS(w->out, 200, "Set-Cookie: __Host-ugo=");
    return r;
}

/* ── Each allocation ── */

static int prepared(struct world **ret)
{
    int r = open_world((void **)ret);
    give_session(*ret, 1, "mecs-1", FIXTURE_AT - USEC_HOUR / 4);
    assert_int_equal(assets_add(&(*ret)->assets, "/a.js", CODING_IDENTITY, span_of("abc")), 0);
    turn(*ret);
    return r;
}

static void each_fails_once(int (*work)(struct world *w), long least)
{
    for (long nth = 0; nth < 3000; nth++) {
        struct world *w;
        assert_int_equal(prepared(&w), 0);
        scarce_begin(nth);
        int r = work(w);
        bool failed = scarce_end();
        char *touch;
        while (web_take_touch(&w->web, &touch))
            free(touch);
        if (!failed)
            assert_int_equal(r, 0);
        void *state = w;
        close_world(&state);
        if (!failed) {
            assert_true(nth >= least);
            return;
        }
    }
    fail();
}

#define FAILS(name, work, least)                                                                   \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        each_fails_once(work, least);                                                              \
    }

FAILS(reading_and_searching, read_and_search, 30)
FAILS(refusing, refused, 5)
FAILS(changing, change, 10)
FAILS(streaming, stream, 15)
FAILS(coming_in, in, 10)
FAILS(going_out, out_again, 10)
FAILS(sending_a_file, file, 2)
FAILS(waiting_for_a_session, late, 3)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_and_searching),
        cmocka_unit_test(refusing),
        cmocka_unit_test(changing),
        cmocka_unit_test(streaming),
        cmocka_unit_test(coming_in),
        cmocka_unit_test(going_out),
        cmocka_unit_test(sending_a_file),
        cmocka_unit_test(waiting_for_a_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
