/* SPDX-License-Identifier: EUPL-1.2 */
/* movement.*: what the database is asked, and what is answered of what it did. */
#include "api/command_fixture.h"
#include "core/movement_fixture.h"

static const struct fixture_movement leaves = {"u-1", "e-1",        "dts-nord", "exit",
                                               1,     "2025-12-18", NULL,       "planned"};

static struct fixture_movement with_state(const char *state)
{
    struct fixture_movement m = leaves;
    m.state = state;
    return m;
}

static void a_plan_is_answered_as_it_was_made(void **state)
{
    struct office *o = *state;
    office_viewer(o, "mecs-1");
    json_t *given = office_command(o, "movement.plan",
                                   "{\"unit\":\"u-1\",\"type\":\"exit\",\"places\":1,"
                                   "\"on\":\"2025-12-18\",\"code\":\"other\"}");
    ASSERT_MEMBER(given, "on", "\"2025-12-18\"");
    json_decref(given);
    office_ok(o, 11, "{\"movement\":\"v-aa-11\",\"units\":[]}");
    assert_int_equal(o->call->state, CALL_WAITS_REVISION);
    fixture_put_movement(&o->replica, 11, "v-aa-11", &leaves);
    assert_int_equal(desk_settle(&o->desk, 0), 0);
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "movement.id", "\"v-aa-11\"");
    ASSERT_MEMBER(answer, "movement.on", "\"2025-12-18\"");
    ASSERT_MEMBER(answer, "units", "[]");
    ASSERT_MEMBER(answer, "position", "\"aa.11\"");
    json_decref(answer);
}

/* The counts as they were at that revision, though somebody has declared since. */
static void what_was_done_shows_whose_counts_moved(void **state)
{
    struct office *o = *state;
    char text[2048];
    struct fixture_movement done = with_state("done");
    office_viewer(o, "mecs-1");
    json_t *given = office_command(
        o, "movement.done", "{\"movement\":\"v-1\",\"observed_at\":\"2025-11-21T18:00:00+01:00\"}");
    ASSERT_MEMBER(given, "observed_at", "1763744400000000");
    json_decref(given);
    fixture_put_movement(&o->replica, 11, "v-1", &done);
    fixture_declare(&o->replica, 12, "u-1", 10, 3);
    office_ok(o, 11, "{\"movement\":\"v-1\",\"units\":[\"u-1\"]}");
    assert_int_equal(o->call->state, CALL_WAITS_READ);
    const struct fixture_unit then = {"e-1", "dts-nord", "exact", 10, 7, 144, 216, FIXTURE_AT};
    office_log(o, "11 unit u-1", fixture_unit_state(&then, text, sizeof text));
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "movement.state", "\"done\"");
    ASSERT_MEMBER(answer, "units.0.id", "\"u-1\"");
    ASSERT_MEMBER(answer, "units.0.capacity.occupied", "7");
    ASSERT_MEMBER(answer, "units.1", "");
    json_decref(answer);
}

static void what_was_done_must_be_said(void **state)
{
    static const char *const bad[] = {NULL, "{}", "[]", "{\"movement\":1}",
                                      "{\"movement\":\"v-1\",\"units\":[1]}"};
    struct office *o = *state;
    office_viewer(o, "mecs-1");
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        office_send(o, "movement.exit", "{\"unit\":\"u-1\",\"places\":1,\"code\":\"other\"}");
        office_ok(o, 10, bad[i]);
        json_t *answer = office_answer(o);
        ASSERT_MEMBER(answer, "type", "\"unknown_outcome\"");
        json_decref(answer);
    }
}

static void promises_in_the_way_are_shown(void **state)
{
    static const struct fixture_hold asked = {
        "u-1", "e-1", "dts-nord", "dts-sud", "dts", "r-1", "0,1", "held", FIXTURE_AT + USEC_MIN, 0};
    static const char *const params[] = {"movement.done", "{\"movement\":\"v-1\"}",
                                         "movement.transfer",
                                         "{\"from_unit\":\"u-2\",\"unit\":\"u-1\",\"places\":1}"};
    struct office *o = *state;
    fixture_put_movement(&o->replica, 11, "v-1", &leaves);
    fixture_put_hold(&o->replica, 12, "h-1", &asked);
    for (size_t i = 0; i < ARRAY_LENGTH(params); i += 2) {
        office_send(o, params[i], params[i + 1]);
        office_outcome(
            o, (struct desk_outcome){.type = "conflicts_with_holds", .revision = -1, .ledger = 12});
        json_t *answer = office_answer(o);
        ASSERT_MEMBER(answer, "type", "\"conflicts_with_holds\"");
        ASSERT_MEMBER(answer, "detail", "\"answer_or_release_first\"");
        ASSERT_MEMBER(answer, "holds.0.id", "\"h-1\"");
        json_decref(answer);
    }
}

static void roles_that_move_nothing(void **state)
{
    struct office *o = *state;
    office_viewer(o, "dts");
    json_t *answer = office_ask(o, "movement.done", "{\"movement\":\"v-1\"}");
    ASSERT_MEMBER(answer, "type", "\"forbidden\"");
    json_decref(answer);
    office_viewer(o, "mobile");
    answer = office_ask(o, "movement.list", "{}");
    ASSERT_MEMBER(answer, "type", "\"forbidden\"");
    json_decref(answer);
}

static void put_some(struct office *o)
{
    struct fixture_movement m = leaves;
    fixture_put_movement(&o->replica, 11, "v-b", &m);
    fixture_put_movement(&o->replica, 12, "v-a", &m);
    m.on = "2025-12-02";
    m.type = "opening";
    fixture_put_movement(&o->replica, 13, "v-c", &m);
    m = with_state("done");
    fixture_put_movement(&o->replica, 14, "v-d", &m);
    m = leaves;
    m.unit = "u-2";
    m.establishment = "e-2";
    m.territory = "dts-sud";
    m.to_unit = "u-1";
    m.on = "2026-01-05";
    fixture_put_movement(&o->replica, 15, "v-e", &m);
}

static void lists_go_by_day_and_cursor(void **state)
{
    static const struct {
        const char *account, *params, *ids, *next;
    } cases[] = {
        {"def", "{}", "v-c v-a v-b v-e", "null"},
        {"def", "{\"limit\":2}", "v-c v-a", "\"2025-12-18.v-a\""},
        {"def", "{\"cursor\":\"2025-12-18.v-a\"}", "v-b v-e", "null"},
        {"def", "{\"cursor\":\"2025-12-03.v-z\",\"limit\":3}", "v-a v-b v-e", "null"},
        {"def", "{\"unit\":\"u-1\"}", "v-c v-a v-b v-e", "null"},
        {"def", "{\"unit\":\"u-2\"}", "v-e", "null"},
        {"def", "{\"upto\":\"2025-12-02\"}", "v-c", "null"},
        {"def", "{\"within_days\":10}", "", "null"}, /* of 21 November */
        {"def", "{\"within_days\":11}", "v-c", "null"},
        {"def", "{\"within_days\":27,\"unit\":\"u-1\",\"type\":[\"exit\"]}", "v-a v-b", "null"},
        {"def", "{\"type\":[\"opening\",\"closing\"]}", "v-c", "null"},
        {"def", "{\"state\":[\"done\",\"cancelled\"]}", "v-d", "null"},
        {"mecs-1", "{}", "v-c v-a v-b", "null"},
        {"dts", "{}", "v-c v-a v-b v-e", "null"},
        {"admin", "{}", "v-c v-a v-b v-e", "null"},
    };
    static const char *const bad[] = {
        "x", "2025-12-18", "2025-12-18.", "2025-13-01.v-1", "2025-12-18.h-1", "2025-12-18-v-1"};
    struct office *o = *state;
    put_some(o);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char ids[64] = "";
        size_t k, n = 0;
        json_t *item;
        office_viewer(o, cases[i].account);
        json_t *answer = office_ask(o, "movement.list", cases[i].params);
        json_array_foreach (json_object_get(answer, "movements"), k, item)
            n += (size_t)snprintf(ids + n, sizeof ids - n, "%s%s", k ? " " : "",
                                  json_string_value(json_object_get(item, "id")));
        assert_string_equal(ids, cases[i].ids);
        ASSERT_MEMBER(answer, "next", cases[i].next);
        ASSERT_MEMBER(answer, "stale", "false");
        json_decref(answer);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        char params[64];
        snprintf(params, sizeof params, "{\"cursor\":\"%s\"}", bad[i]);
        json_t *answer = office_ask(o, "movement.list", params);
        ASSERT_MEMBER(answer, "errors.0.detail", "\"bad_cursor\"");
        json_decref(answer);
    }
}

/* Where it is tomorrow already, the days are counted from tomorrow on. */
static void days_are_those_of_the_calendar(void **state)
{
    static const char ahead[] = "{\"time_zone\":\"Pacific/Noumea\",\"office\":[],\"holidays\":[],"
                                "\"offsets\":[[0,39600]]}";
    struct office *o = *state;
    put_some(o);
    office_viewer(o, "def");
    for (int calendar = 0; calendar < 2; calendar++) {
        if (calendar > 0)
            fixture_put(&o->replica, 16, "calendar", "d31", ahead);
        json_t *answer = office_ask(o, "movement.list", "{\"within_days\":10}");
        ASSERT_MEMBER(answer, "movements.0.id", calendar == 0 ? "" : "\"v-c\"");
        json_decref(answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OFFICE(a_plan_is_answered_as_it_was_made),
        WITH_OFFICE(what_was_done_shows_whose_counts_moved),
        WITH_OFFICE(what_was_done_must_be_said),
        WITH_OFFICE(promises_in_the_way_are_shown),
        WITH_OFFICE(roles_that_move_nothing),
        WITH_OFFICE(lists_go_by_day_and_cursor),
        WITH_OFFICE(days_are_those_of_the_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
