/* SPDX-License-Identifier: EUPL-1.2 */
/* mission.*, on_call, and tonight's searches: what the database is asked, what is answered. */
#include "api/command_fixture.h"
#include "core/mission_fixture.h"

#define NOW FIXTURE_AT

static const struct fixture_mission sent = {"e-1",       "dts-nord", "dts-sud",
                                            "astreinte", "mobile",   "assigned"};

static struct fixture_mission in_state(const char *state)
{
    struct fixture_mission m = sent;
    m.state = state;
    return m;
}

static void each_step_shows_the_mission(void **state)
{
    static const struct {
        const char *account, *method, *params;
    } cases[] = {
        {"mobile", "mission.start", "{\"mission\":\"m-1\"}"},
        {"mobile", "mission.arrive", "{\"mission\":\"m-1\"}"},
        {"mobile", "mission.hand_over", "{\"mission\":\"m-1\"}"},
        {"astreinte", "mission.assign", "{\"mission\":\"m-1\",\"team\":\"mobile\"}"},
        {"def", "mission.cancel", "{\"mission\":\"m-1\",\"code\":\"runaway\"}"},
        {"def", "mission.cancel", "{\"mission\":\"m-1\"}"},
    };
    struct office *o = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct fixture_mission m = in_state("under_way");
        office_viewer(o, cases[i].account);
        office_send(o, cases[i].method, cases[i].params);
        fixture_put_mission(&o->replica, 11 + (int64_t)i, "m-1", &m);
        office_ok(o, 11 + (int64_t)i, NULL);
        json_t *answer = office_answer(o);
        ASSERT_MEMBER(answer, "mission.id", "\"m-1\"");
        ASSERT_MEMBER(answer, "mission.state", "\"under_way\"");
        ASSERT_MEMBER(answer, "mission.place.address", "\"3 allee\"");
        json_decref(answer);
    }
    json_t *given = office_command(
        o, "mission.hand_over", "{\"mission\":\"m-1\",\"observed_at\":\"2025-11-21T18:00:00Z\"}");
    ASSERT_MEMBER(given, "observed_at", "1763748000000000");
    json_decref(given);
}

/* A new one is known by its revision; by then it may have moved on. */
static void a_mission_asked_for_is_shown_as_it_was_made(void **state)
{
    struct office *o = *state;
    char text[2048];
    struct fixture_mission made = in_state("assigned");
    struct fixture_mission later = in_state("under_way");
    office_viewer(o, "astreinte");
    json_t *given = office_command(o, "mission.create", "{\"hold\":\"h-1\",\"team\":\"mobile\"}");
    ASSERT_MEMBER(given, "team", "\"mobile\"");
    json_decref(given);
    fixture_put_mission(&o->replica, 12, "m-aa-11", &later);
    office_ok(o, 11, NULL);
    assert_int_equal(o->call->state, CALL_WAITS_READ);
    office_log(o, "11 mission m-aa-11", fixture_mission_state(&made, text, sizeof text));
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "mission.id", "\"m-aa-11\"");
    ASSERT_MEMBER(answer, "mission.revision", "11");
    ASSERT_MEMBER(answer, "mission.state", "\"assigned\"");
    ASSERT_MEMBER(answer, "position", "\"aa.12\""); /* what the answer knows */
    json_decref(answer);
}

static void a_hold_that_is_over_is_shown(void **state)
{
    static const struct fixture_hold over = {"u-1", "e-1", "dts-nord", "dts-sud", "dts",
                                             "r-1", "0,1", "expired",  NOW,       0};
    struct office *o = *state;
    office_viewer(o, "astreinte");
    fixture_put_hold(&o->replica, 11, "h-1", &over);
    office_send(o, "mission.create", "{\"hold\":\"h-1\"}");
    office_outcome(o,
                   (struct desk_outcome){.type = "hold_not_active", .revision = -1, .ledger = 11});
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "type", "\"hold_not_active\"");
    ASSERT_MEMBER(answer, "hold.state", "\"expired\"");
    json_decref(answer);
}

static void a_stranger_is_shown_nothing(void **state)
{
    struct office *o = *state;
    fixture_put(&o->replica, 11, "account", "mobile-2", FIXTURE_ACCOUNT("mobile", "\"d31\"", ""));
    fixture_put_mission(&o->replica, 12, "m-1", &sent);
    office_viewer(o, "mobile-2");
    json_t *answer = office_ask(o, "mission.get", "{\"mission\":\"m-1\"}");
    ASSERT_MEMBER(answer, "type", "\"not_found\"");
    json_decref(answer);
    answer = office_ask(o, "mission.list", "{}");
    ASSERT_MEMBER(answer, "missions", "[]");
    json_decref(answer);
    office_send(o, "mission.start", "{\"mission\":\"m-1\"}");
    office_outcome(o, (struct desk_outcome){.type = "forbidden", .revision = -1, .ledger = 12});
    answer = office_answer(o);
    ASSERT_MEMBER(answer, "type", "\"forbidden\"");
    json_decref(answer);
    office_viewer(o, "mobile");
    answer = office_ask(o, "mission.get", "{\"mission\":\"m-1\"}");
    ASSERT_MEMBER(answer, "mission.team", "\"mobile\"");
    ASSERT_MEMBER(answer, "stale", "false");
    json_decref(answer);
    answer = office_ask(o, "mission.get", "{\"mission\":\"m-2\"}");
    ASSERT_MEMBER(answer, "type", "\"not_found\"");
    json_decref(answer);
}

static void roles_have_their_steps(void **state)
{
    static const struct {
        const char *account, *method, *params;
    } refused[] = {
        {"mecs-1", "mission.start", "{\"mission\":\"m-1\"}"},
        {"mobile", "mission.assign", "{\"mission\":\"m-1\",\"team\":\"mobile\"}"},
        {"mobile", "mission.cancel", "{\"mission\":\"m-1\"}"},
        {"mobile", "mission.create", "{\"hold\":\"h-1\"}"},
        {"mecs-1", "mission.create", "{\"hold\":\"h-1\"}"},
        {"dts", "mission.hand_over", "{\"mission\":\"m-1\"}"},
        {"admin", "mission.list", "{}"},
        {"admin", "on_call", "{}"},
    };
    struct office *o = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
        office_viewer(o, refused[i].account);
        json_t *answer = office_ask(o, refused[i].method, refused[i].params);
        ASSERT_MEMBER(answer, "type", "\"forbidden\"");
        ASSERT_MEMBER(answer, "detail", "\"role\"");
        json_decref(answer);
    }
}

static void lists_go_by_age_and_cursor(void **state)
{
    static const struct {
        const char *params, *ids, *next;
    } cases[] = {
        {"{}", "m-a m-b", "null"},
        {"{\"limit\":1}", "m-a", "\"1763748000000000.m-a\""},
        {"{\"cursor\":\"1763748000000000.m-a\"}", "m-b", "null"},
        {"{\"state\":[\"handed_over\"]}", "m-c", "null"},
        {"{\"hold\":\"h-1\"}", "m-a m-b", "null"},
        {"{\"hold\":\"h-2\"}", "", "null"},
        {"{\"unit\":\"u-2\"}", "", "null"},
        {"{\"unit\":\"u-1\",\"state\":[\"under_way\",\"handed_over\"]}", "m-b m-c", "null"},
    };
    struct office *o = *state;
    struct fixture_mission m = in_state("under_way");
    fixture_put_mission(&o->replica, 11, "m-b", &m);
    m = in_state("assigned");
    fixture_put_mission(&o->replica, 12, "m-a", &m);
    m = in_state("handed_over");
    fixture_put_mission(&o->replica, 13, "m-c", &m);
    office_viewer(o, "mecs-1");
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char ids[64] = "";
        size_t k, n = 0;
        json_t *item;
        json_t *answer = office_ask(o, "mission.list", cases[i].params);
        json_array_foreach (json_object_get(answer, "missions"), k, item) {
            const json_t *mission = json_object_get(item, "mission");
            n += (size_t)snprintf(ids + n, sizeof ids - n, "%s%s", k ? " " : "",
                                  json_string_value(json_object_get(mission, "id")));
        }
        assert_string_equal(ids, cases[i].ids);
        ASSERT_MEMBER(answer, "next", cases[i].next);
        json_decref(answer);
    }
    static const char *const bad[] = {"x", "1.h-1", "1", "1."};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        char params[64];
        snprintf(params, sizeof params, "{\"cursor\":\"%s\"}", bad[i]);
        json_t *answer = office_ask(o, "mission.list", params);
        ASSERT_MEMBER(answer, "errors.0.detail", "\"bad_cursor\"");
        json_decref(answer);
    }
}

static void who_is_on_call(void **state)
{
    static const char *const askers[] = {"mecs-1", "dts", "astreinte", "def", "mobile"};
    struct office *o = *state;
    fixture_put_rota(&o->replica, 11, "t-1", "mobile", "mobile", NOW - 1, NOW + USEC_HOUR);
    fixture_put_rota(&o->replica, 12, "t-2", "def", "nobody", NOW - 2, NOW + 2 * USEC_HOUR);
    fixture_put_rota(&o->replica, 13, "t-3", "def", "def", NOW - 1, NOW + USEC_HOUR);
    fixture_put_rota(&o->replica, 14, "t-4", "astreinte", "astreinte", NOW + 1, NOW + 2);
    for (size_t i = 0; i < ARRAY_LENGTH(askers); i++) {
        office_viewer(o, askers[i]);
        json_t *answer = office_ask(o, "on_call", "{}");
        ASSERT_MEMBER(answer, "on_call.0.duty", "\"def\"");
        ASSERT_MEMBER(answer, "on_call.0.account", "\"def\"");
        ASSERT_MEMBER(answer, "on_call.0.territory", "\"d31\"");
        ASSERT_MEMBER(answer, "on_call.0.until", "\"2025-11-21T19:00:00Z\"");
        ASSERT_MEMBER(answer, "on_call.1.duty", "\"mobile\"");
        ASSERT_MEMBER(answer, "on_call.2", "");
        json_decref(answer);
    }
    json_t *answer = office_ask(o, "on_call", "{\"at\":\"2025-11-21T20:00:00+01:00\"}");
    ASSERT_MEMBER(answer, "on_call.0.account", "\"nobody\"");
    ASSERT_MEMBER(answer, "on_call.0.name", "null");
    ASSERT_MEMBER(answer, "on_call.1", "");
    json_decref(answer);
}

/* Each département once, and no other. */
static void who_is_on_call_in_several_departements(void **state)
{
    struct office *o = *state;
    fixture_put(&o->replica, 11, "territory", "d59",
                "{\"name\":\"59\",\"level\":\"dep\",\"parent\":null}");
    fixture_put(&o->replica, 12, "account", "both",
                FIXTURE_ACCOUNT("def", "\"d59\",\"dts-nord\",\"dts-sud\"", ""));
    fixture_put_rota(&o->replica, 13, "t-1", "def", "def", NOW - 1, NOW + USEC_HOUR);
    fixture_put(&o->replica, 14, "rota", "t-2",
                "{\"duty\":\"def\",\"territory\":\"d59\",\"account\":\"both\",\"from_at\":1,"
                "\"to_at\":9000000000000000}");
    office_viewer(o, "both");
    json_t *answer = office_ask(o, "on_call", "{}");
    ASSERT_MEMBER(answer, "on_call.0.account", "\"both\"");
    ASSERT_MEMBER(answer, "on_call.1.account", "\"def\"");
    ASSERT_MEMBER(answer, "on_call.2", "");
    json_decref(answer);
    office_viewer(o, "def");
    answer = office_ask(o, "on_call", "{}");
    ASSERT_MEMBER(answer, "on_call.0.account", "\"def\"");
    ASSERT_MEMBER(answer, "on_call.1", "");
    json_decref(answer);
}

/* Friday, 19:00 in Paris: closed. With a calendar of that hour, open. */
static void tonight_is_what_the_calendar_says(void **state)
{
    static const char open[] =
        "{\"time_zone\":\"Europe/Paris\",\"office\":[{\"day\":5,\"from\":\"19:00\",\"to\":"
        "\"20:00\"}],\"holidays\":[],\"offsets\":[[0,3600]]}";
    static const char *const asked[] = {
        "{\"children\":[{}],\"tonight\":true}",
        "{\"children\":[{}],\"tonight\":true,\"near\":{\"territory\":\"dts-sud\"}}",
        "{\"children\":[{}],\"tonight\":true,\"near\":{\"commune\":\"31395\"}}",
    };
    struct office *o = *state;
    static const struct fixture_unit u = {"e-1", "dts-nord", "exact", 10, 8, 144, 216, NOW};
    char text[2048];
    fixture_unit_state(&u, text, sizeof text);
    char *at = strstr(text, "\"admission\":\"always\"");
    static const char hours[] = "\"admission\":\"office_hours\"";
    char changed[2100];
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, hours,
             at + strlen("\"admission\":\"always\""));
    fixture_put(&o->replica, 11, "unit", "u-1", changed);
    office_viewer(o, "astreinte");
    for (int calendar = 0; calendar < 3; calendar++) {
        if (calendar > 0)
            fixture_put(&o->replica, 11 + calendar, "calendar", "d31",
                        calendar == 1 ? FIXTURE_CALENDAR : open);
        for (size_t i = 0; i < ARRAY_LENGTH(asked); i++) {
            json_t *answer = office_ask(o, "search", asked[i]);
            ASSERT_MEMBER(answer, "rejected.night", calendar == 2 ? "" : "1");
            ASSERT_MEMBER(answer, "results.0.unit.id", calendar == 2 ? "\"u-1\"" : "\"u-3\"");
            json_decref(answer);
        }
    }
    json_t *answer = office_ask(o, "search", asked[0]);
    assert_non_null(strstr(office_member(answer, "results.0.fits"), "\"night\""));
    json_decref(answer);
    answer = office_ask(o, "search", "{\"children\":[{}]}");
    ASSERT_MEMBER(answer, "results.0.unit.id", "\"u-1\"");
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OFFICE(each_step_shows_the_mission),
        WITH_OFFICE(a_mission_asked_for_is_shown_as_it_was_made),
        WITH_OFFICE(a_hold_that_is_over_is_shown),
        WITH_OFFICE(a_stranger_is_shown_nothing),
        WITH_OFFICE(roles_have_their_steps),
        WITH_OFFICE(lists_go_by_age_and_cursor),
        WITH_OFFICE(who_is_on_call),
        WITH_OFFICE(who_is_on_call_in_several_departements),
        WITH_OFFICE(tonight_is_what_the_calendar_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
