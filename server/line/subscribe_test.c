/* SPDX-License-Identifier: EUPL-1.2 */
/* Subscriptions: what is pushed, marked, resumed and started over. */
#include "line/session_fixture.h"

/* The effect of a command is seen before its answer, and the answer waits for the replica. */
static void a_declaration_is_pushed_then_answered(void **state)
{
    struct world *w = *state;
    greet(w, "mecs-1");
    const char *copy = ask(w, "subscribe", "{\"sub\":\"a\",\"filter\":{\"kinds\":[\"unit\"]}}");
    ASSERT_SAYS(copy, "\"resumed\":false");
    ASSERT_SAYS(copy, "\"set\":[{\"kind\":\"unit\",\"id\":\"u-1\"");
    ASSERT_SAYS(copy, "\"method\":\"mark\"");
    assert_string_equal(ask(w, "unit.declare", "{\"unit\":\"u-1\",\"free\":1}"), "");
    struct desk_command command = take_command(w);
    ASSERT_SAYS(command.json, "\"account\":\"mecs-1\"");
    ASSERT_SAYS(command.json, "\"key\":\"~0123456789abcdef.1\"");
    ASSERT_SAYS(command.json, "\"channel\":\"api\"");
    database_answers(w, command.ticket, "ok", 17);
    assert_string_equal(heard(w), "");
    revision_arrives(w, 17, "u-1", 10, 9);
    const char *said = heard(w);
    const char *delta = strstr(said, "\"method\":\"delta\"");
    const char *mark = strstr(said, "\"method\":\"mark\"");
    const char *answer = strstr(said, "\"id\":1,\"result\":{\"unit\"");
    assert_true(delta != NULL && mark > delta && answer > mark);
    ASSERT_SAYS(answer, "\"free\":1");
    ASSERT_SAYS(answer, "\"position\":\"aa.17\"");
    free(command.json);
}

static void marks_come_every_five_seconds_and_say_stale(void **state)
{
    struct world *w = *state;
    greet(w, "def");
    ask(w, "subscribe", "{\"sub\":\"a\"}");
    assert_int_equal(door_deadline(w->door), 5 * USEC_S);
    w->now = 5 * USEC_S;
    assert_int_equal(door_tick(w->door, w->now), 0);
    const char *said = heard(w);
    ASSERT_SAYS(said, "\"method\":\"mark\"");
    ASSERT_SAYS(said, "\"stale\":true"); /* no ledger time for 5 s */
    replica_ledger(&w->replica, FIXTURE_AT + 5 * USEC_S, w->now);
    ASSERT_SAYS(heard(w), "\"stale\":false");
}

static void a_changed_scope_starts_over(void **state)
{
    struct world *w = *state;
    greet(w, "mecs-1");
    ask(w, "subscribe", "{\"sub\":\"a\",\"filter\":{\"kinds\":[\"unit\"]}}");
    assert_int_equal(replica_apply(&w->replica, 17, "account", "mecs-1",
                                   FIXTURE_ACCOUNT("establishment", "", "\"e-2\"")),
                     0);
    replica_apply_end(&w->replica, 17);
    assert_int_equal(line_refresh(&w->line, w->now), 0);
    const char *said = heard(w);
    ASSERT_SAYS(
        said,
        "\"method\":\"start\",\"params\":{\"sub\":\"a\",\"resumed\":false,\"why\":\"scope\"}");
    ASSERT_SAYS(said, "\"id\":\"u-2\"");
    ASSERT_SILENT_ON(said, "\"id\":\"u-1\"");
}

static void the_last_mark(const char *said, char *token, size_t room)
{
    const char *at = NULL;
    for (const char *p = said; (p = strstr(p, "\"upto\":\"")) != NULL; p++)
        at = p + 8;
    assert_non_null(at);
    snprintf(token, room, "%.*s", (int)strcspn(at, "\""), at);
}

static void a_mark_resumes(void **state)
{
    struct world *w = *state;
    char token[80];
    char params[200];
    greet(w, "def");
    the_last_mark(ask(w, "subscribe", "{\"sub\":\"a\"}"), token, sizeof token);
    ask(w, "unsubscribe", "{\"sub\":\"a\"}");
    revision_arrives(w, 17, "u-2", 4, 3);
    snprintf(params, sizeof params, "{\"sub\":\"a\",\"since\":\"%s\"}", token);
    const char *said = ask(w, "subscribe", params);
    ASSERT_SAYS(said, "\"resumed\":true");
    ASSERT_SAYS(said, "\"id\":\"u-2\"");
    ASSERT_SILENT_ON(said, "\"id\":\"u-1\"");

    snprintf(params, sizeof params,
             "{\"sub\":\"b\",\"filter\":{\"modality\":[\"internat\"]},\"since\":\"%s\"}", token);
    said = ask(w, "subscribe", params);
    ASSERT_SAYS(said, "\"resumed\":false,\"why\":\"filter\"");
    ASSERT_SAYS(ask(w, "subscribe", "{\"sub\":\"c\"}"), "\"detail\":\"subscriptions\"");
    ASSERT_SAYS(ask(w, "unsubscribe", "{\"sub\":\"zz\"}"), "not_found");
}

/* A position ahead of this worker: the ledger is read, then it is waited for, or told. */
static void a_future_position_is_waited_for(void **state)
{
    struct world *w = *state;
    greet(w, "def");
    assert_string_equal(ask(w, "me", "{\"after\":\"aa.17\"}"), "");
    assert_true(w->desk.wants_ledger);
    revision_arrives(w, 17, "u-2", 4, 3);
    ASSERT_SAYS(heard(w), "\"position\":\"aa.17\"");
    assert_string_equal(ask(w, "me", "{\"after\":\"aa.18\"}"), "");
    w->now += 3 * USEC_S;
    assert_int_equal(desk_settle(&w->desk, w->now), 0);
    ASSERT_SAYS(heard(w), "\"type\":\"behind\"");
    assert_string_equal(ask(w, "me", "{\"after\":\"aa.99\"}"), "");
    replica_ledger(&w->replica, FIXTURE_AT + USEC_S, w->now);
    replica_ledger(&w->replica, FIXTURE_AT + 2 * USEC_S, w->now);
    assert_int_equal(desk_settle(&w->desk, w->now), 0);
    ASSERT_SAYS(heard(w), "\"detail\":\"future_revision\"");
    ask(w, "subscribe", "{\"sub\":\"a\",\"since\":\"ff.1.5\"}");
    replica_ledger(&w->replica, FIXTURE_AT + 3 * USEC_S, w->now);
    replica_ledger(&w->replica, FIXTURE_AT + 4 * USEC_S, w->now);
    assert_int_equal(door_tick(w->door, w->now), 0);
    ASSERT_SAYS(heard(w), "\"resumed\":false,\"why\":\"unknown_epoch\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONVERSATION(a_declaration_is_pushed_then_answered),
        CONVERSATION(marks_come_every_five_seconds_and_say_stale),
        CONVERSATION(a_changed_scope_starts_over),
        CONVERSATION(a_mark_resumes),
        CONVERSATION(a_future_position_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
