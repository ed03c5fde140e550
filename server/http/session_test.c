/* SPDX-License-Identifier: EUPL-1.2 */
/* A session while it lasts: told of, known late, ended. */
#include "http/web_fixture.h"

static void a_session_in_use_is_told_of(void **state)
{
    struct world *w = *state;
    char *command;
    give_session(w, 1, "mecs-1", FIXTURE_AT);
    w->now = SESSION_TOUCH;
    replica_ledger(&w->replica, FIXTURE_AT + w->now, w->now);
    answer(w, "GET /v1/me", by_session(1, ""), NULL);
    assert_false(web_take_touch(&w->web, &command));
    w->now++;
    ASSERT_ANSWERS(answer(w, "GET /v1/me", by_session(1, ""), NULL), 200, "mecs-1");
    answer(w, "GET /v1/me", by_session(1, ""), NULL);
    assert_true(web_take_touch(&w->web, &command));
    ASSERT_SAYS(command, "\"account\":\"daemon\",\"op\":\"session.touch\"");
    ASSERT_SAYS(command, session_id(1));
    free(command);
    assert_false(web_take_touch(&w->web, &command)); /* once */
    give_session(w, 1, "mecs-1", FIXTURE_AT + w->now);
    w->now += USEC_MIN;
    answer(w, "GET /v1/me", by_session(1, ""), NULL);
    assert_false(web_take_touch(&w->web, &command));
    /* One that was forged is no use. */
    w->now += SESSION_TOUCH;
    answer(w, "GET /v1/me", by_session(1, "Sec-Fetch-Site: cross-site\r\n"), NULL);
    assert_false(web_take_touch(&w->web, &command));
}

/* With sessions by the dozen each is told of once, and only once a while. */
static void many_sessions_are_told_of(void **state)
{
    struct world *w = *state;
    char *command;
    for (unsigned char i = 1; i <= 20; i++)
        give_session(w, i, "mecs-1", FIXTURE_AT);
    w->now = SESSION_TOUCH + 1;
    for (int again = 0; again < 3; again++)
        for (unsigned char i = 1; i <= 20; i++)
            answer(w, "GET /v1/me", by_session(i, ""), NULL);
    int n = 0;
    for (; web_take_touch(&w->web, &command); n++)
        free(command);
    assert_in_range(n, 20, 40); /* two whose places are the same repeat themselves */
}

/* Opened at another worker: this one hears of it a moment later. */
static void a_session_arrives_after_its_cookie(void **state)
{
    struct world *w = *state;
    ask(w, "GET /v1/me", by_session(1, ""), NULL);
    assert_string_equal(heard(w), "");
    assert_int_equal(door_deadline(w->door), 500 * USEC_MS);
    unit_changes(w, "u-2", 4, 3);
    assert_string_equal(heard(w), "");
    give_session(w, 1, "mecs-1", FIXTURE_AT);
    turn(w);
    ASSERT_ANSWERS(heard(w), 200, "\"account\":\"mecs-1\"");

    ask(w, "POST /v1/units/u-1/confirm", by_page(2), "{}");
    give_session(w, 2, "mecs-1", FIXTURE_AT);
    turn(w);
    assert_string_equal(heard(w), "");
    struct desk_command command = take_command(w);
    free(command.json);
    database_answers(w, command.ticket, "ok", -1);
    ASSERT_ANSWERS(heard(w), 200, "\"unit\":{");

    ask(w, "GET /v1/events", by_session(3, ""), NULL);
    give_session(w, 3, "mecs-1", FIXTURE_AT);
    turn(w);
    ASSERT_ANSWERS(heard(w), 200, "event: mark");
    connect_again(w);

    ask(w, "POST /v1/units/u-1/confirm", by_session(4, ""), "{}");
    give_session(w, 4, "mecs-1", FIXTURE_AT); /* it is looked at as ever */
    turn(w);
    ASSERT_ANSWERS(heard(w), 403, "anti_forgery");
    ask(w, "GET /v1/me", by_session(5, ""), NULL);
    door_drain(w->door, w->now);
    w->now += 500 * USEC_MS;
    assert_int_equal(door_tick(w->door, w->now), 0);
    ASSERT_ANSWERS(heard(w), 401, "Connection: close");
}

static void going_out(void **state)
{
    struct world *w = *state;
    give_session(w, 1, "mecs-1", FIXTURE_AT);
    ASSERT_ANSWERS(answer(w, "POST /v1/logout", by_session(1, ""), "{}"), 403, "anti_forgery");
    ASSERT_ANSWERS(answer(w, "POST /v1/logout", BEARER("def"), "{}"), 403, "no_session");
    assert_string_equal(answer(w, "POST /v1/logout", by_page(1), NULL), "");
    struct desk_command command = take_command(w);
    ASSERT_SAYS(command.json, "\"op\":\"session.close\"");
    ASSERT_SAYS(command.json, session_id(1));
    free(command.json);
    database_answers(w, command.ticket, "ok", w->revision + 1);
    assert_string_equal(heard(w), "");
    end_session(w, 1);
    turn(w);
    const char *said = heard(w);
    ASSERT_ANSWERS(said, 200,
                   "Set-Cookie: __Host-ugo=; Path=/; Secure; HttpOnly; SameSite=Strict; "
                   "Max-Age=0\r\n");
    ASSERT_ANSWERS(late_answer(w, "GET /v1/me", by_session(1, ""), NULL), 401, "session_ended");
    ASSERT_ANSWERS(late_answer(w, "POST /v1/logout", by_page(1), NULL), 401, "session_ended");
    ASSERT_ANSWERS(answer(w, "GET /v1/session", BEARER("def"), NULL), 200, "\"expires_at\":null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONVERSATION(a_session_in_use_is_told_of),
        CONVERSATION(many_sessions_are_told_of),
        CONVERSATION(a_session_arrives_after_its_cookie),
        CONVERSATION(going_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
