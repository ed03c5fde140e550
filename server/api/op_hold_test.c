/* SPDX-License-Identifier: EUPL-1.2 */
/* hold.*: what the database is asked, and what is answered of what it decided. */
#include "api/command_fixture.h"

#define NOW FIXTURE_AT

static const struct fixture_hold asked = {"u-1", "e-1", "dts-nord", "dts-sud",           "dts",
                                          "r-1", "0,1", "held",     NOW + 45 * USEC_MIN, 0};

static struct fixture_hold with_state(const char *state, usec_t arrive_by)
{
    struct fixture_hold h = asked;
    h.state = state;
    h.arrive_by = arrive_by;
    return h;
}

static void one_hold_is_answered_as_it_was_made(void **state)
{
    struct office *o = *state;
    json_t *given = office_command(o, "hold.create",
                                   "{\"unit\":\"u-1\",\"request\":\"r-1\",\"children\":[0,1],"
                                   "\"idempotency_key\":\"k\",\"after\":\"aa.3\"}");
    ASSERT_MEMBER(given, "unit", "\"u-1\"");
    ASSERT_MEMBER(given, "children", "[0,1]");
    ASSERT_MEMBER(given, "after", "");
    ASSERT_MEMBER(given, "idempotency_key", "");
    json_decref(given);
    office_ok(o, 11, "{\"holds\":[\"h-aa-11\"],\"refused\":[]}");
    assert_int_equal(o->call->state, CALL_WAITS_REVISION); /* the replica is not there yet */
    fixture_put_hold(&o->replica, 11, "h-aa-11", &asked);
    assert_int_equal(desk_settle(&o->desk, 0), 0);
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "hold.id", "\"h-aa-11\"");
    ASSERT_MEMBER(answer, "hold.revision", "11");
    ASSERT_MEMBER(answer, "hold.place", "");
    ASSERT_MEMBER(answer, "expires_in_ms", "2700000");
    ASSERT_MEMBER(answer, "warnings", "");
    ASSERT_MEMBER(answer, "refused", "");
    ASSERT_MEMBER(answer, "position", "\"aa.11\"");
    json_decref(answer);
}

static void stale(char *state)
{
    char *at = strstr(state, "\"stale_unit\":false");
    memcpy(at, "\"stale_unit\":true ", strlen("\"stale_unit\":false"));
}

/* Three asked: two made, of which one has been answered before the answer left. */
static void several_are_answered_each_at_its_revision(void **state)
{
    struct office *o = *state;
    char text[2048];
    office_send(o, "hold.create", "{\"units\":[\"u-1\",\"u-2\",\"u-3\"],\"request\":\"r-1\"}");
    fixture_hold_state(&asked, text, sizeof text);
    stale(text);
    fixture_put(&o->replica, 11, "hold", "h-aa-11", text);
    struct fixture_hold accepted = with_state("accepted", NOW + USEC_HOUR);
    fixture_put_hold(&o->replica, 12, "h-aa-11-2", &accepted);
    office_ok(o, 11,
              "{\"holds\":[\"h-aa-11\",\"h-aa-11-2\"],"
              "\"refused\":[{\"unit\":\"u-3\",\"type\":\"no_free_place\"}]}");
    assert_int_equal(o->call->state, CALL_WAITS_READ);
    office_log(o, "11 hold h-aa-11-2", fixture_hold_state(&asked, text, sizeof text));
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "holds.0.hold.id", "\"h-aa-11\"");
    ASSERT_MEMBER(answer, "holds.0.warnings", "[\"stale_unit\"]");
    ASSERT_MEMBER(answer, "holds.1.hold.id", "\"h-aa-11-2\"");
    ASSERT_MEMBER(answer, "holds.1.hold.revision", "11");
    ASSERT_MEMBER(answer, "holds.1.hold.state", "\"held\"");
    ASSERT_MEMBER(answer, "holds.1.hold.place", "");
    ASSERT_MEMBER(answer, "holds.1.warnings", "");
    ASSERT_MEMBER(answer, "refused", "[{\"unit\":\"u-3\",\"type\":\"no_free_place\"}]");
    ASSERT_MEMBER(answer, "hold", "");
    json_decref(answer);
}

static void a_list_of_one_stays_a_list(void **state)
{
    struct office *o = *state;
    fixture_put_hold(&o->replica, 11, "h-aa-11", &asked);
    office_send(o, "hold.create", "{\"units\":[\"u-1\"],\"request\":\"r-1\"}");
    office_ok(o, 11, "{\"holds\":[\"h-aa-11\"],\"refused\":[]}");
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "holds.0.hold.id", "\"h-aa-11\"");
    ASSERT_MEMBER(answer, "refused", "[]");
    json_decref(answer);
}

static void what_was_made_must_be_said(void **state)
{
    static const char *const bad[] = {NULL, "{}", "[]", "{\"holds\":[]}", "{\"holds\":[1]}", "x"};
    struct office *o = *state;
    fixture_put_hold(&o->replica, 11, "h-aa-11", &asked);
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        office_send(o, "hold.create", "{\"unit\":\"u-1\",\"request\":\"r-1\"}");
        office_ok(o, 11, bad[i]);
        json_t *answer = office_answer(o);
        ASSERT_MEMBER(answer, "type", "\"unknown_outcome\"");
        json_decref(answer);
    }
}

static void nothing_free_says_why(void **state)
{
    struct office *o = *state;
    office_send(o, "hold.create", "{\"unit\":\"u-1\",\"request\":\"r-1\"}");
    office_outcome(o, (struct desk_outcome){.type = "no_free_place",
                                            .revision = -1,
                                            .ledger = 99,
                                            .detail = "offered_to_another"});
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "type", "\"no_free_place\"");
    ASSERT_MEMBER(answer, "detail", "\"offered_to_another\"");
    json_decref(answer);
}

static void each_decision_shows_the_hold(void **state)
{
    static const struct {
        const char *account, *method, *params;
    } cases[] = {
        {"mecs-1", "hold.accept", "{\"hold\":\"h-1\"}"},
        {"mecs-1", "hold.refuse", "{\"hold\":\"h-1\",\"code\":\"group\"}"},
        {"dts", "hold.release", "{\"hold\":\"h-1\"}"},
        {"astreinte", "hold.extend", "{\"hold\":\"h-1\",\"minutes\":30}"},
        {"def", "hold.withdraw", "{\"hold\":\"h-1\",\"code\":\"no_show\"}"},
        {"mecs-1", "hold.arrive", "{\"hold\":\"h-1\"}"},
    };
    struct office *o = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct fixture_hold after = with_state("accepted", NOW + 90 * USEC_MS);
        office_viewer(o, cases[i].account);
        office_send(o, cases[i].method, cases[i].params);
        fixture_put_hold(&o->replica, 11 + (int64_t)i, "h-1", &after);
        office_ok(o, 11 + (int64_t)i, NULL);
        json_t *answer = office_answer(o);
        ASSERT_MEMBER(answer, "hold.id", "\"h-1\"");
        ASSERT_MEMBER(answer, "hold.place.address", "\"3 allee\"");
        ASSERT_MEMBER(answer, "expires_in_ms", "90");
        json_decref(answer);
    }
}

static void instants_reach_the_database_as_numbers(void **state)
{
    struct office *o = *state;
    json_t *given = office_command(
        o, "hold.accept", "{\"hold\":\"h-1\",\"arrive_by\":\"2025-11-21T19:00:00+01:00\"}");
    ASSERT_MEMBER(given, "arrive_by", "1763748000000000");
    json_decref(given);
    given = office_command(o, "hold.arrive",
                           "{\"hold\":\"h-1\",\"observed_at\":\"2025-11-21T18:00:00Z\"}");
    ASSERT_MEMBER(given, "observed_at", "1763748000000000");
    json_decref(given);
    given = office_command(o, "request.open",
                           "{\"children\":[{}],\"decided_at\":\"2025-11-21T18:00:00Z\"}");
    ASSERT_MEMBER(given, "decided_at", "1763748000000000");
    json_decref(given);
}

/* Too late: shown as it is, once the replica knows what the database knew. */
static void what_ended_is_shown_as_it_ended(void **state)
{
    struct office *o = *state;
    fixture_put_hold(&o->replica, 11, "h-1", &asked);
    office_viewer(o, "mecs-1");
    office_send(o, "hold.accept", "{\"hold\":\"h-1\"}");
    office_outcome(o,
                   (struct desk_outcome){.type = "hold_not_active", .revision = -1, .ledger = 12});
    assert_int_equal(o->call->state, CALL_WAITS_REVISION);
    struct fixture_hold expired = with_state("expired", 0);
    fixture_put_hold(&o->replica, 12, "h-1", &expired);
    assert_int_equal(desk_settle(&o->desk, 0), 0);
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "type", "\"hold_not_active\"");
    ASSERT_MEMBER(answer, "hold.state", "\"expired\"");
    json_decref(answer);
}

static void a_stranger_is_shown_nothing(void **state)
{
    struct office *o = *state;
    fixture_put(&o->replica, 11, "account", "mecs-2",
                FIXTURE_ACCOUNT("establishment", "", "\"e-2\""));
    fixture_put_hold(&o->replica, 12, "h-1", &asked);
    office_viewer(o, "mecs-2");
    office_send(o, "hold.accept", "{\"hold\":\"h-1\"}");
    office_outcome(o,
                   (struct desk_outcome){.type = "hold_not_active", .revision = -1, .ledger = 12});
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "type", "\"hold_not_active\"");
    ASSERT_MEMBER(answer, "hold", "");
    json_decref(answer);
    /* nor by an answer that is repeated after its rights have gone */
    office_send(o, "hold.arrive", "{\"hold\":\"h-1\"}");
    office_ok(o, 12, NULL);
    char text[2048];
    office_log(o, "12 hold h-1", fixture_hold_state(&asked, text, sizeof text));
    answer = office_answer(o);
    ASSERT_MEMBER(answer, "type", "\"forbidden\"");
    ASSERT_MEMBER(answer, "hold", "");
    json_decref(answer);
    answer = office_ask(o, "hold.get", "{\"hold\":\"h-1\"}");
    ASSERT_MEMBER(answer, "type", "\"not_found\"");
    json_decref(answer);
    answer = office_ask(o, "hold.list", "{}");
    ASSERT_MEMBER(answer, "holds", "[]");
    json_decref(answer);
    answer = office_ask(o, "request.list", "{}");
    ASSERT_MEMBER(answer, "detail", "\"role\"");
    json_decref(answer);
}

/* A declaration that would break a promise is told which, and what to do. */
static void a_declaration_is_told_the_promises(void **state)
{
    struct office *o = *state;
    fixture_put_hold(&o->replica, 11, "h-2", &asked);
    struct fixture_hold sooner = asked;
    sooner.held_until -= USEC_S;
    fixture_put_hold(&o->replica, 12, "h-3", &sooner);
    struct fixture_hold other = asked;
    other.unit = "u-2";
    fixture_put_hold(&o->replica, 13, "h-4", &other);
    struct fixture_hold ended = with_state("released", 0);
    fixture_put_hold(&o->replica, 14, "h-5", &ended);
    office_viewer(o, "mecs-1");
    office_send(o, "unit.declare", "{\"unit\":\"u-1\",\"free\":0,\"arrived\":[\"h-9\"]}");
    office_outcome(
        o, (struct desk_outcome){.type = "conflicts_with_holds", .revision = -1, .ledger = 14});
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "type", "\"conflicts_with_holds\"");
    ASSERT_MEMBER(answer, "detail", "\"answer_or_release_first\"");
    ASSERT_MEMBER(answer, "unit.id", "\"u-1\"");
    ASSERT_MEMBER(answer, "holds.0.id", "\"h-3\"");
    ASSERT_MEMBER(answer, "holds.1.id", "\"h-2\"");
    ASSERT_MEMBER(answer, "holds.2", "");
    json_decref(answer);
}

static void lists_go_by_end_and_cursor(void **state)
{
    static const struct {
        const char *params, *ids, *next;
    } cases[] = {
        {"{}", "h-c h-a h-b h-d", "null"},
        {"{\"limit\":2}", "h-c h-a", "\"1763750700000000.h-a\""},
        {"{\"limit\":2,\"cursor\":\"1763750700000000.h-a\"}", "h-b h-d", "null"},
        {"{\"cursor\":\"1763750700000000.h-aa\"}", "h-b h-d", "null"},
        {"{\"unit\":\"u-2\"}", "h-d", "null"},
        {"{\"request\":\"r-1\"}", "h-c h-a h-b", "null"},
        {"{\"state\":[\"accepted\"]}", "h-c", "null"},
        {"{\"state\":[\"expired\",\"refused\"]}", "h-e", "null"},
    };
    struct office *o = *state;
    struct fixture_hold h = asked;
    fixture_put_hold(&o->replica, 11, "h-b", &h);
    fixture_put_hold(&o->replica, 12, "h-a", &h);
    h = with_state("accepted", NOW + USEC_HOUR);
    h.held_until -= USEC_MIN;
    fixture_put_hold(&o->replica, 13, "h-c", &h);
    h = asked;
    h.unit = "u-2";
    h.request = NULL;
    h.held_until += USEC_MIN;
    fixture_put_hold(&o->replica, 14, "h-d", &h);
    h = with_state("expired", 0);
    fixture_put_hold(&o->replica, 15, "h-e", &h);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char ids[64] = "";
        size_t k, n = 0;
        json_t *item;
        json_t *answer = office_ask(o, "hold.list", cases[i].params);
        json_array_foreach (json_object_get(answer, "holds"), k, item) {
            const json_t *hold = json_object_get(item, "hold");
            n += (size_t)snprintf(ids + n, sizeof ids - n, "%s%s", k ? " " : "",
                                  json_string_value(json_object_get(hold, "id")));
        }
        assert_string_equal(ids, cases[i].ids);
        ASSERT_MEMBER(answer, "next", cases[i].next);
        json_decref(answer);
    }
    static const char *const bad[] = {"x", "1.r-1", "1", "1.", "h-a", "1.1.h-a"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        char params[64];
        snprintf(params, sizeof params, "{\"cursor\":\"%s\"}", bad[i]);
        json_t *answer = office_ask(o, "hold.list", params);
        ASSERT_MEMBER(answer, "errors.0.detail", "\"bad_cursor\"");
        json_decref(answer);
    }
    json_t *answer = office_ask(o, "hold.get", "{\"hold\":\"h-e\"}");
    ASSERT_MEMBER(answer, "hold.id", "\"h-e\"");
    ASSERT_MEMBER(answer, "expires_in_ms", "null");
    ASSERT_MEMBER(answer, "stale", "false");
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OFFICE(one_hold_is_answered_as_it_was_made),
        WITH_OFFICE(several_are_answered_each_at_its_revision),
        WITH_OFFICE(a_list_of_one_stays_a_list),
        WITH_OFFICE(what_was_made_must_be_said),
        WITH_OFFICE(nothing_free_says_why),
        WITH_OFFICE(each_decision_shows_the_hold),
        WITH_OFFICE(instants_reach_the_database_as_numbers),
        WITH_OFFICE(what_ended_is_shown_as_it_ended),
        WITH_OFFICE(a_stranger_is_shown_nothing),
        WITH_OFFICE(a_declaration_is_told_the_promises),
        WITH_OFFICE(lists_go_by_end_and_cursor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
