/* SPDX-License-Identifier: EUPL-1.2 */
/* request.*: what the database is asked, what is answered, the waiting list. */
#include "api/command_fixture.h"

static const struct fixture_request need = {"dts-sud", "def", "open", false, FIXTURE_AT, 84};

/* The database names a request by the revision that opened it. */
static void an_opened_request_is_found_by_its_revision(void **state)
{
    struct office *o = *state;
    office_send(o, "request.open", "{\"children\":[{\"age_months\":84,\"sex\":\"F\"}]}");
    fixture_put_request(&o->replica, 11, "r-aa-11", &need);
    office_ok(o, 11, NULL);
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "request.id", "\"r-aa-11\"");
    ASSERT_MEMBER(answer, "request.territory", "\"dts-sud\"");
    ASSERT_MEMBER(answer, "request.origin", "");
    ASSERT_MEMBER(answer, "request.children.0.age_months", "84");
    ASSERT_MEMBER(answer, "position", "\"aa.11\"");
    json_decref(answer);
}

/* Repeated after a failover, it still has the name that the epoch of then gave it. */
static void its_name_is_of_the_epoch_that_opened_it(void **state)
{
    struct office *o = *state;
    char text[2048];
    fixture_put_request(&o->replica, 11, "r-aa-11", &need);
    assert_int_equal(replica_new_epoch(&o->replica, "0123456789abcdef", 11), 0);
    fixture_put_request(&o->replica, 12, "r-012345-12", &need);
    static const struct {
        int64_t revision;
        const char *row;
    } cases[] = {{11, "11 request r-aa-11"}, {12, "12 request r-012345-12"}};
    fixture_put_request(&o->replica, 13, "r-aa-11", &need);
    fixture_put_request(&o->replica, 14, "r-012345-12", &need);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        office_send(o, "request.open", "{\"children\":[{}]}");
        struct desk_outcome again = {.ticket = o->call->ticket,
                                     .type = "ok",
                                     .epoch = "0123456789abcdef",
                                     .revision = cases[i].revision,
                                     .ledger = 14};
        assert_int_equal(desk_outcome(&o->desk, &again), 0);
        assert_int_equal(desk_settle(&o->desk, 0), 0);
        office_log(o, cases[i].row, fixture_request_state(&need, text, sizeof text));
        json_t *answer = office_answer(o);
        ASSERT_MEMBER(answer, "request.state", "\"open\"");
        json_decref(answer);
    }
}

static void an_update_that_changes_nothing_shows_what_is(void **state)
{
    struct office *o = *state;
    fixture_put_request(&o->replica, 11, "r-1", &need);
    office_send(o, "request.update", "{\"request\":\"r-1\",\"emergency\":false}");
    office_outcome(o, (struct desk_outcome){.type = "ok", .revision = -1, .ledger = 12});
    assert_int_equal(o->call->state, CALL_WAITS_REVISION);
    struct fixture_request later = need;
    later.emergency = true;
    fixture_put_request(&o->replica, 12, "r-1", &later);
    assert_int_equal(desk_settle(&o->desk, 0), 0);
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "request.revision", "12");
    json_decref(answer);
}

static void what_is_promised_stands_against_closing(void **state)
{
    struct office *o = *state;
    static const struct fixture_hold accepted = {"u-1", "e-1", "dts-nord", "dts-sud",  "def",
                                                 "r-1", "0,1", "accepted", FIXTURE_AT, 1};
    struct fixture_hold other = accepted;
    other.request = "r-2";
    fixture_put_request(&o->replica, 11, "r-1", &need);
    fixture_put_hold(&o->replica, 12, "h-1", &accepted);
    fixture_put_hold(&o->replica, 13, "h-2", &other);
    office_send(o, "request.close", "{\"request\":\"r-1\",\"code\":\"duplicate\"}");
    office_outcome(
        o, (struct desk_outcome){.type = "conflicts_with_holds", .revision = -1, .ledger = 13});
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "type", "\"conflicts_with_holds\"");
    ASSERT_MEMBER(answer, "detail", "\"answer_or_release_first\"");
    ASSERT_MEMBER(answer, "holds.0.id", "\"h-1\"");
    ASSERT_MEMBER(answer, "holds.1", "");
    json_decref(answer);
}

static void a_request_shows_all_its_holds(void **state)
{
    struct office *o = *state;
    static const struct fixture_hold refused = {"u-1", "e-1", "dts-nord", "dts-sud",  "def",
                                                "r-1", "0,1", "refused",  FIXTURE_AT, 0};
    struct fixture_hold held = refused;
    held.state = "held";
    held.held_until = FIXTURE_AT + USEC_MIN;
    fixture_put_request(&o->replica, 11, "r-1", &need);
    fixture_put_hold(&o->replica, 12, "h-2", &held);
    fixture_put_hold(&o->replica, 13, "h-1", &refused);
    json_t *answer = office_ask(o, "request.get", "{\"request\":\"r-1\"}");
    ASSERT_MEMBER(answer, "request.id", "\"r-1\"");
    ASSERT_MEMBER(answer, "holds.0.hold.id", "\"h-1\"");
    ASSERT_MEMBER(answer, "holds.0.expires_in_ms", "null");
    ASSERT_MEMBER(answer, "holds.1.hold.id", "\"h-2\"");
    ASSERT_MEMBER(answer, "holds.1.expires_in_ms", "60000");
    json_decref(answer);
    office_viewer(o, "dts"); /* its request, and whoever asked: its hold */
    answer = office_ask(o, "request.get", "{\"request\":\"r-1\"}");
    ASSERT_MEMBER(answer, "holds.1.hold.id", "\"h-2\"");
    json_decref(answer);
    answer = office_ask(o, "request.get", "{\"request\":\"r-2\"}");
    ASSERT_MEMBER(answer, "type", "\"not_found\"");
    json_decref(answer);
}

static void put(struct office *o, int64_t revision, const char *id, const char *state,
                bool emergency, usec_t waited, int youngest)
{
    struct fixture_request q = need;
    q.state = state;
    q.emergency = emergency;
    q.decided_at = FIXTURE_AT - waited;
    q.youngest = youngest;
    fixture_put_request(&o->replica, revision, id, &q);
}

static void the_waiting_list_explains_itself(void **state)
{
    static const struct {
        const char *params, *ids, *next;
    } cases[] = {
        {"{}", "r-e r-d r-a r-b r-c", "null"},
        {"{\"limit\":1}", "r-e", "\"1.1763747990000000.84.r-e\""},
        {"{\"limit\":3}", "r-e r-d r-a", "\"0.1763747940000000.3.r-a\""},
        {"{\"limit\":2,\"cursor\":\"0.1763747940000000.3.r-a\"}", "r-b r-c", "null"},
        {"{\"cursor\":\"0.1763747940000000.-1.r-b\"}", "r-c", "null"},
        {"{\"state\":[\"placed\"]}", "r-d", "null"},
        {"{\"state\":[\"withdrawn\",\"closed\"]}", "r-f", "null"},
    };
    struct office *o = *state;
    put(o, 11, "r-a", "open", false, USEC_MIN, 3);
    put(o, 12, "r-b", "open", false, USEC_MIN, -1);
    put(o, 13, "r-c", "open", false, 0, 3);
    put(o, 14, "r-d", "placed", false, USEC_HOUR, 3);
    put(o, 15, "r-e", "open", true, 10 * USEC_S, 84);
    put(o, 16, "r-f", "withdrawn", true, 10 * USEC_S, 84);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char ids[64] = "";
        size_t k, n = 0;
        json_t *item;
        json_t *answer = office_ask(o, "request.list", cases[i].params);
        json_array_foreach (json_object_get(answer, "requests"), k, item) {
            const json_t *request = json_object_get(item, "request");
            n += (size_t)snprintf(ids + n, sizeof ids - n, "%s%s", k ? " " : "",
                                  json_string_value(json_object_get(request, "id")));
        }
        assert_string_equal(ids, cases[i].ids);
        ASSERT_MEMBER(answer, "next", cases[i].next);
        json_decref(answer);
    }
    json_t *answer = office_ask(o, "request.list", "{}");
    ASSERT_MEMBER(answer, "requests.0.waiting_s", "10");
    ASSERT_MEMBER(answer, "requests.0.order",
                  "{\"emergency\":true,\"decided_at\":\"2025-11-21T17:59:50Z\","
                  "\"youngest_months\":84}");
    ASSERT_MEMBER(answer, "requests.3.order.youngest_months", "null");
    json_decref(answer);
    static const char *const bad[] = {"x",       "2.1.1.r-1", "0.1.-2.r-1",
                                      "0.1.r-1", "0.1.1.h-1", "0.1.1."};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        char params[64];
        snprintf(params, sizeof params, "{\"cursor\":\"%s\"}", bad[i]);
        answer = office_ask(o, "request.list", params);
        ASSERT_MEMBER(answer, "errors.0.detail", "\"bad_cursor\"");
        json_decref(answer);
    }
}

/* What is asked and what is offered is said in the list itself: at night nobody asks request by
 * request. */
static void the_waiting_list_says_what_is_asked_and_offered(void **state)
{
    struct office *o = *state;
    struct fixture_hold held = {
        "u-1", "e-1", "dts-nord", "dts-sud", "def", "r-1", "0,1", "held", FIXTURE_AT + USEC_MIN, 0};
    struct fixture_hold refused = held, other = held;
    refused.state = "refused";
    other.request = "r-3";
    fixture_put_request(&o->replica, 11, "r-1", &need);
    fixture_put_request(&o->replica, 12, "r-2", &need);
    fixture_put_hold(&o->replica, 13, "h-1", &held);
    fixture_put_hold(&o->replica, 14, "h-2", &refused);
    fixture_put_hold(&o->replica, 15, "h-3", &other);
    fixture_put_offer(&o->replica, 16, "o-1", "r-2", "u-1", "declined");
    fixture_put_offer(&o->replica, 17, "o-2", "r-2", "u-1", "offered");
    json_t *answer = office_ask(o, "request.list", "{}");
    ASSERT_MEMBER(answer, "requests.0.request.id", "\"r-1\"");
    ASSERT_MEMBER(answer, "requests.0.holds.0.hold.id", "\"h-1\"");
    ASSERT_MEMBER(answer, "requests.0.holds.0.expires_in_ms", "60000");
    ASSERT_MEMBER(answer, "requests.0.holds.1", "");
    ASSERT_MEMBER(answer, "requests.0.offer", "null");
    ASSERT_MEMBER(answer, "requests.1.holds", "[]");
    ASSERT_MEMBER(answer, "requests.1.offer.id", "\"o-2\"");
    json_decref(answer);
}

static void nobody_elses_request_is_listed(void **state)
{
    struct office *o = *state;
    struct fixture_request other = need;
    other.origin = "dts-nord";
    fixture_put_request(&o->replica, 11, "r-1", &need);
    fixture_put_request(&o->replica, 12, "r-2", &other);
    office_viewer(o, "dts");
    json_t *answer = office_ask(o, "request.list", "{}");
    ASSERT_MEMBER(answer, "requests.0.request.id", "\"r-1\"");
    ASSERT_MEMBER(answer, "requests.1", "");
    json_decref(answer);
    answer = office_ask(o, "request.get", "{\"request\":\"r-2\"}");
    ASSERT_MEMBER(answer, "type", "\"not_found\"");
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OFFICE(an_opened_request_is_found_by_its_revision),
        WITH_OFFICE(its_name_is_of_the_epoch_that_opened_it),
        WITH_OFFICE(an_update_that_changes_nothing_shows_what_is),
        WITH_OFFICE(what_is_promised_stands_against_closing),
        WITH_OFFICE(a_request_shows_all_its_holds),
        WITH_OFFICE(the_waiting_list_explains_itself),
        WITH_OFFICE(the_waiting_list_says_what_is_asked_and_offered),
        WITH_OFFICE(nobody_elses_request_is_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
