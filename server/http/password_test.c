/* SPDX-License-Identifier: EUPL-1.2 */
/* One's own password, in virtual time: what is derived when, who is slowed down, and that a wrong
 * one counts even when nobody waits for the answer. The test plays database and threads. */
#include <jansson.h>

#include "api/draw.h"
#include "http/web_fixture.h"

#define OLD "correct horse battery"
#define FRESH "staple, correctly spelt"
#define CHANGE "POST /v1/password"
#define BODY "{\"old\":\"" OLD "\",\"new\":\"" FRESH "\"}"
#define WRONG "{\"old\":\"another one\",\"new\":\"" FRESH "\"}"

static int open_drawing(void **state)
{
    int r = open_world(state);
    struct world *w = *state;
    w->desk.random = draw;
    give_session(w, 1, "mecs-1", FIXTURE_AT);
    turn(w);
    return r;
}

#define IN_SESSION(name) cmocka_unit_test_setup_teardown(name, open_drawing, close_world)

static const char *cell(const void *source, int row, int col)
{
    (void)row;
    return ((const char *const *)source)[col];
}

/* The password is derived to 'h's. */
static void database_knows(struct world *w)
{
    char scrypt[SCRYPT_TEXT];
    struct scrypt s = SCRYPT_NEW;
    struct desk_read read;
    memset(s.hash, 'h', sizeof s.hash);
    scrypt_write(&s, scrypt);
    const char *const cells[] = {scrypt, NULL, NULL, "establishment", "f", "1700000000000001"};
    struct rows rows = {.n_rows = 1, .n_cols = 6, .source = cells, .cell = cell};
    assert_true(desk_take_read(&w->desk, &read));
    assert_int_equal(read.query, DESK_LOGIN);
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
    assert_int_equal(desk_rows(&w->desk, w->now, read.ticket, &rows), 0);
    turn(w);
}

/* What a thread makes of the next password; false: there is none to derive. */
static bool derive(struct world *w)
{
    struct derivation d;
    unsigned char hash[SCRYPT_HASH];
    if (!web_take_derivation(&w->web, &d))
        return false;
    memset(hash, span_is(d.password, OLD) ? 'h' : 'x', sizeof hash);
    assert_int_equal(web_derived(&w->web, w->now, d.ticket, hash), 0);
    turn(w);
    return true;
}

/* The next moment at which the desk has something to do. */
static void time_passes(struct world *w)
{
    w->now = desk_deadline(&w->desk);
    turn(w);
}

/* An attempt with a wrong one; how long it took. */
static usec_t guess(struct world *w)
{
    usec_t began = w->now;
    ask(w, CHANGE, by_page(1), WRONG);
    database_knows(w);
    if (!derive(w)) {
        time_passes(w);
        assert_true(derive(w));
    }
    ASSERT_ANSWERS(heard(w), 403, "\"detail\":\"wrong_credentials\"");
    return w->now - began;
}

static void changing_it(void **state)
{
    struct world *w = *state;
    ask(w, CHANGE, by_page(1), BODY);
    database_knows(w);
    assert_true(derive(w) && derive(w));
    struct desk_command command = take_command(w);
    json_t *json = json_loads(command.json, 0, NULL);
    const json_t *params = json_object_get(json, "params");
    assert_string_equal(json_string_value(json_object_get(json, "account")), "mecs-1");
    assert_string_equal(json_string_value(json_object_get(params, "session")), session_id(1));
    ASSERT_SILENT_ON(command.json, FRESH);
    ASSERT_SILENT_ON(command.json, OLD);
    free(command.json);
    json_decref(json);
    database_answers(w, command.ticket, "ok", w->revision);
    ASSERT_ANSWERS(heard(w), 200, "{\"done\":true,\"position\"");
    ASSERT_ANSWERS(answer(w, "GET /v1/me", by_session(1, ""), NULL), 200, "mecs-1");
}

static void what_is_refused_at_once(void **state)
{
    struct world *w = *state;
    ASSERT_ANSWERS(answer(w, CHANGE, by_session(1, ""), BODY), 403, "anti_forgery");
    ASSERT_ANSWERS(answer(w, CHANGE, "", BODY), 401, "no_credential");
    ASSERT_ANSWERS(answer(w, CHANGE, by_page(1), "{\"old\":\"x\",\"new\":\"short\"}"), 422,
                   "too_short");
    ASSERT_ANSWERS(answer(w, CHANGE, by_page(1), "{\"old\":\"x\"}"), 422, "/new");
    struct desk_read none;
    assert_false(desk_take_read(&w->desk, &none));
    assert_int_equal(guess(w), 0); /* none of these counted */
}

static void guessing_gets_slow(void **state)
{
    static const usec_t waits[] = {0, 0, 1, 2, 4, 8, 8};
    struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(waits); i++)
        assert_int_equal(guess(w), waits[i] * USEC_S);
}

/* Whoever hangs up has guessed all the same. */
static void hanging_up_helps_nobody(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 3; i++) {
        ask(w, CHANGE, by_page(1), WRONG);
        database_knows(w);
        connect_again(w);
    }
    assert_int_equal(guess(w), 2 * USEC_S);
}

/* The right one is waited for as long, and then all is well again. */
static void the_right_one_forgives(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 3; i++)
        guess(w);
    usec_t began = w->now;
    ask(w, CHANGE, by_page(1), BODY);
    database_knows(w);
    assert_false(derive(w));
    time_passes(w);
    assert_int_equal(w->now - began, 2 * USEC_S);
    assert_true(derive(w) && derive(w));
    struct desk_command command = take_command(w);
    free(command.json);
    database_answers(w, command.ticket, "ok", w->revision);
    ASSERT_ANSWERS(heard(w), 200, "done");
    assert_int_equal(guess(w), 0);
}

static void nobody_derives(void **state)
{
    struct world *w = *state;
    struct derivation d;
    ask(w, CHANGE, by_page(1), BODY);
    database_knows(w);
    assert_true(web_take_derivation(&w->web, &d));
    assert_int_equal(web_derived(&w->web, w->now, d.ticket, NULL), 0);
    turn(w);
    ASSERT_ANSWERS(heard(w), 503, "many_logins");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SESSION(changing_it),
        IN_SESSION(what_is_refused_at_once),
        IN_SESSION(guessing_gets_slow),
        IN_SESSION(hanging_up_helps_nobody),
        IN_SESSION(the_right_one_forgives),
        IN_SESSION(nobody_derives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
