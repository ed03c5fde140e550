/* SPDX-License-Identifier: EUPL-1.2 */
/* search: what is written about a split and about a parent. What is found is tested in core/. */
#include "api/command_fixture.h"
#include "core/movement_fixture.h"

#define TWO "\"children\":[{\"age_months\":150,\"sex\":\"F\"},{\"age_months\":40,\"sex\":\"M\"}]"

/* Two units of one establishment, each for one of the children, and one elsewhere. */
static int with_places(void **state)
{
    static const struct fixture_unit units[] = {
        {"e-2", "dts-sud", "exact", 4, 3, 0, 72, FIXTURE_AT - USEC_HOUR},
        {"e-2", "dts-sud", "exact", 4, 3, 144, 216, FIXTURE_AT - USEC_HOUR},
    };
    static const char *const ids[] = {"u-2", "u-3"};
    int r = office_open(state);
    struct office *o = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
        fixture_put_unit(&o->replica, FIXTURE_REVISION + 1, ids[i], &units[i]);
    replica_turn_end(&o->replica);
    return r;
}

static const char *text_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static void a_split_says_why_nothing_is_better(void **state)
{
    json_t *answer = office_ask(*state, "search", "{" TWO ",\"emergency\":true}");
    const json_t *split = json_object_get(answer, "split");
    const json_t *why_not = json_object_get(split, "why_not"), *one = json_array_get(why_not, 0);
    assert_string_equal(text_of(split, "level"), "one_establishment");
    assert_true(json_is_true(json_object_get(split, "exact")));
    assert_int_equal(json_integer_value(json_object_get(split, "units")), 2);
    assert_int_equal(json_array_size(why_not), 1);
    assert_string_equal(text_of(one, "level"), "one_unit");
    assert_int_equal(json_integer_value(json_object_get(one, "considered")), 3);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(one, "rejected"), "age")),
                     3);
    json_decref(answer);
}

static void a_parent_is_not_parted_from_them(void **state)
{
    json_t *answer = office_ask(*state, "search", "{" TWO ",\"parent\":{},\"together\":false}");
    assert_true(json_is_null(json_object_get(answer, "split")));
    assert_int_equal(json_integer_value(json_object_get(answer, "total")), 0);
    json_decref(answer);
}

static bool names(const json_t *codes, const char *code)
{
    size_t i;
    json_t *item;
    json_array_foreach (codes, i, item)
        if (strcmp(json_string_value(item), code) == 0)
            return true;
    return false;
}

static void a_parent_alone_is_asked_for(void **state)
{
    json_t *answer =
        office_ask(*state, "search", "{\"children\":[],\"parent\":{\"pregnant\":true}}");
    const json_t *first = json_array_get(json_object_get(answer, "results"), 0);
    assert_int_equal(json_integer_value(json_object_get(answer, "total")), 3);
    assert_true(names(json_object_get(first, "to_ask"), "parent"));
    assert_false(names(json_object_get(first, "to_ask"), "age"));
    json_decref(answer);
}

static void somebody_is_searched_for(void **state)
{
    json_t *answer = office_ask(*state, "search", "{\"children\":[],\"parent\":null}");
    assert_string_equal(text_of(json_array_get(json_object_get(answer, "errors"), 0), "detail"),
                        "too_short");
    json_decref(answer);
}

#define LITTLE "\"children\":[{\"age_months\":40,\"sex\":\"M\"}]"

/* u-2 is full: two leave on the tenth, one comes on the twelfth. */
static void put_movements(struct office *o)
{
    struct fixture_movement m = {"u-2", "e-2", "dts-sud", "exit", 2, "2025-12-10", NULL, "planned"};
    struct fixture_request q = {"dts-sud", "dts", "open", false, FIXTURE_AT, 40};
    char text[2048], *day;
    fixture_declare(&o->replica, FIXTURE_REVISION + 2, "u-2", 4, 4);
    fixture_put_movement(&o->replica, FIXTURE_REVISION + 3, "v-1", &m);
    m.type = "entry";
    m.places = 1;
    m.on = "2025-12-12";
    fixture_put_movement(&o->replica, FIXTURE_REVISION + 4, "v-2", &m);
    fixture_request_state(&q, text, sizeof text);
    day = strstr(text, "\"wanted_on\":null");
    assert_non_null(day);
    char wanted[2100];
    snprintf(wanted, sizeof wanted, "%.*s\"wanted_on\":\"2025-12-11\"%s", (int)(day - text), text,
             day + strlen("\"wanted_on\":null"));
    fixture_put(&o->replica, FIXTURE_REVISION + 5, "request", "r-1", wanted);
    replica_turn_end(&o->replica);
}

static void a_day_counts_what_is_planned_up_to_it(void **state)
{
    static const struct {
        const char *params;
        int total, free; /* -1: as it is */
    } cases[] = {
        {"{" LITTLE "}", 0, -1},
        {"{" LITTLE ",\"wanted_on\":\"2025-12-09\"}", 0, -1},
        {"{" LITTLE ",\"wanted_on\":\"2025-12-10\"}", 1, 2},
        {"{" LITTLE ",\"wanted_on\":\"2025-12-12\"}", 1, 1},
        {"{" LITTLE ",\"request\":\"r-1\"}", 1, 2},
        {"{" LITTLE ",\"request\":\"r-1\",\"wanted_on\":\"2025-12-31\"}", 1, 1},
        {"{" LITTLE "}", 0, -1},
    };
    put_movements(*state);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        json_t *answer = office_ask(*state, "search", cases[i].params);
        const json_t *first = json_array_get(json_object_get(answer, "results"), 0);
        const json_t *expected = json_object_get(first, "expected");
        assert_int_equal(json_integer_value(json_object_get(answer, "total")), cases[i].total);
        assert_int_equal(names(json_object_get(first, "why"), "expected"), cases[i].free >= 0);
        if (cases[i].free >= 0) {
            const json_t *now = json_object_get(json_object_get(first, "unit"), "capacity");
            assert_int_equal(json_integer_value(json_object_get(expected, "free_planned")),
                             cases[i].free);
            assert_int_equal(json_integer_value(json_object_get(expected, "open")), 4);
            assert_int_equal(json_integer_value(json_object_get(now, "free")), 0);
        }
        json_decref(answer);
    }
}

/* FIXTURE_AT is 2025-11-21. */
static void a_span_has_its_tightest_day_and_a_day_its_promise(void **state)
{
    static const struct {
        const char *days, *on; /* NULL: not said */
    } cases[] = {
        {"\"wanted_on\":\"2025-12-10\"", NULL},
        {"\"wanted_on\":\"2025-12-10\",\"wanted_until\":\"2025-12-20\"", "2025-12-12"},
        {"\"wanted_on\":\"2025-12-10\",\"wanted_until\":\"2025-12-11\"", "2025-12-10"},
        {"\"wanted_on\":\"2025-12-10\",\"days\":{\"weekdays\":[5],\"weeks\":\"odd\"}",
         "2025-12-19"},
    };
    put_movements(*state);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char params[256];
        snprintf(params, sizeof params, "{" LITTLE ",%s}", cases[i].days);
        json_t *answer = office_ask(*state, "search", params);
        const json_t *first = json_array_get(json_object_get(answer, "results"), 0);
        const char *on = text_of(json_object_get(first, "expected"), "on");
        assert_int_equal(on == NULL, cases[i].on == NULL);
        if (on != NULL)
            assert_string_equal(on, cases[i].on);
        assert_null(json_object_get(first, "free_until"));
        json_decref(answer);
    }
    json_t *answer =
        office_ask(*state, "search", "{\"children\":[{},{}],\"wanted_on\":\"2025-12-10\"}");
    const json_t *first = json_array_get(json_object_get(answer, "results"), 0);
    assert_string_equal(text_of(first, "free_until"), "2025-12-11"); /* both until one comes */
    json_decref(answer);
}

static void days_that_cannot_be_are_refused(void **state)
{
    static const struct {
        const char *days, *pointer, *detail;
    } cases[] = {
        {"\"wanted_on\":\"2025-11-20\"", "/wanted_on", "in_the_past"},
        {"\"wanted_until\":\"2025-11-20\"", "/wanted_until", "reversed"},
        {"\"wanted_until\":\"2026-11-23\"", "/wanted_until", "out_of_range"},
        {"\"days\":{\"weekdays\":[1],\"weeks\":\"all\"}", "/days", "needs_wanted_on"},
        {"\"wanted_on\":\"2025-12-10\",\"wanted_until\":\"2025-12-15\","
         "\"days\":{\"weekdays\":[2],\"weeks\":\"all\"}",
         "/days", "no_such_day"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char params[256];
        snprintf(params, sizeof params, "{" LITTLE ",%s}", cases[i].days);
        json_t *answer = office_ask(*state, "search", params);
        const json_t *error = json_array_get(json_object_get(answer, "errors"), 0);
        assert_string_equal(text_of(error, "pointer"), cases[i].pointer);
        assert_string_equal(text_of(error, "detail"), cases[i].detail);
        json_decref(answer);
    }
}

static void what_is_expected_is_said_of_near_misses_and_splits_too(void **state)
{
    put_movements(*state);
    json_t *answer = office_ask(*state, "search",
                                "{\"children\":[{\"age_months\":40},{\"age_months\":30},"
                                "{\"age_months\":20}],\"wanted_on\":\"2025-12-10\"}");
    const json_t *miss = json_array_get(json_object_get(answer, "near_misses"), 0);
    const json_t *expected = json_object_get(miss, "expected");
    assert_int_equal(json_integer_value(json_object_get(expected, "free")), 2);
    json_decref(answer);
    answer = office_ask(*state, "search", "{" TWO ",\"wanted_on\":\"2025-12-10\"}");
    const json_t *split = json_object_get(answer, "split");
    const json_t *little = json_array_get(json_object_get(split, "placements"), 1);
    expected = json_object_get(little, "expected");
    assert_int_equal(json_integer_value(json_object_get(expected, "free")), 2);
    json_decref(answer);
}

/* What is offered to a request comes first in the search for it, and in no other. */
static void what_is_offered_comes_first(void **state)
{
    struct office *o = *state;
    static const struct fixture_unit near = {"e-2", "dts-sud", "exact", 9,
                                             1,     0,         72,      FIXTURE_AT - USEC_MIN};
    static const struct fixture_request q = {"dts-sud", "dts", "open", false, FIXTURE_AT, 40};
    for (int i = 4; i < 9; i++) {
        char id[] = "u-0";
        id[2] = (char)('0' + i);
        fixture_put_unit(&o->replica, FIXTURE_REVISION + i, id, &near);
    }
    fixture_put_request(&o->replica, FIXTURE_REVISION + 10, "r-1", &q);
    fixture_put_offer(&o->replica, FIXTURE_REVISION + 11, "o-1", "r-1", "u-2", "offered");
    replica_turn_end(&o->replica);
    json_t *answer = office_ask(o, "search", "{" LITTLE ",\"request\":\"r-1\",\"limit\":2}");
    ASSERT_MEMBER(answer, "total", "6");
    ASSERT_MEMBER(answer, "results.0.unit.id", "\"u-2\"");
    ASSERT_MEMBER(answer, "results.0.offer.id", "\"o-1\"");
    ASSERT_MEMBER(answer, "results.0.why", "[\"fresh\",\"offered\"]");
    ASSERT_MEMBER(answer, "results.1.offer", "");
    assert_non_null(strstr(office_member(answer, "results.1.why"), "fresh"));
    assert_null(strstr(office_member(answer, "results.1.why"), "offered"));
    json_decref(answer);
    answer = office_ask(o, "search", "{" LITTLE ",\"limit\":2}");
    ASSERT_MEMBER(answer, "total", "6");
    ASSERT_MEMBER(answer, "results.0.offer", "");
    assert_string_not_equal(office_member(answer, "results.0.unit.id"), "\"u-2\"");
    json_decref(answer);
    answer = office_ask(o, "search", "{\"children\":[{\"age_months\":150}],\"request\":\"r-1\"}");
    ASSERT_MEMBER(answer, "total", "2"); /* it does not fit what is asked for here */
    ASSERT_MEMBER(answer, "results.0.offer", "");
    ASSERT_MEMBER(answer, "results.1.offer", "");
    json_decref(answer);
}

/* The ids of the results, those of which nothing is left for now in brackets. */
static void expect_results(struct office *o, const char *params, const char *ids)
{
    char text[200] = "";
    size_t i, n = 0;
    json_t *answer = office_ask(o, "search", params), *result;
    json_array_foreach (json_object_get(answer, "results"), i, result) {
        const json_t *offered = json_object_get(result, "offered");
        bool kept = names(json_object_get(result, "to_ask"), "offered");
        const char *const marks = kept ? "[]" : offered != NULL ? "()" : "\0";
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%.1s%s%.1s", i ? " " : "", marks,
                              text_of(json_object_get(result, "unit"), "id"), marks + 1);
        assert_true(offered != NULL || !kept);
        assert_true(offered == NULL || json_object_size(offered) == 2);
    }
    assert_string_equal(text, ids);
    json_decref(answer);
}

static void what_others_are_offered_is_said_and_comes_last(void **state)
{
    static const struct fixture_unit two = {"e-2", "dts-sud", "exact", 3,
                                            1,     0,         72,      FIXTURE_AT - USEC_MIN};
    static const struct fixture_request q = {"dts-sud", "dts", "open", false, FIXTURE_AT, 40};
    struct office *o = *state;
    fixture_put_unit(&o->replica, FIXTURE_REVISION + 1, "u-4", &two);
    fixture_put_unit(&o->replica, FIXTURE_REVISION + 2, "u-5", &two);
    fixture_put_request(&o->replica, FIXTURE_REVISION + 3, "r-1", &q);
    for (int i = 0; i < 2; i++) { /* of equals the one that is free for good comes first */
        const char *all = i == 0 ? "u-5 (u-4) [u-2]" : "u-4 (u-5) [u-2]";
        const char *own = i == 0 ? "u-2 u-5 (u-4)" : "u-2 u-4 (u-5)";
        fixture_put_offer(&o->replica, FIXTURE_REVISION + 4, "o-1", "r-1", "u-2", "offered");
        fixture_put_offer(&o->replica, FIXTURE_REVISION + 5, "o-2", "r-2", i ? "u-5" : "u-4",
                          "offered");
        replica_turn_end(&o->replica);
        expect_results(o, "{" LITTLE "}", all);
        expect_results(o, "{" LITTLE "}", all); /* the index is as it was */
        expect_results(o, "{" LITTLE ",\"request\":\"r-1\"}", own);
    }
    json_t *answer = office_ask(o, "search", "{" LITTLE "}");
    ASSERT_MEMBER(answer, "total", "3");
    ASSERT_MEMBER(answer, "results.2.offered", "{\"places\":1,\"until\":\"2025-11-21T18:10:00Z\"}");
    ASSERT_MEMBER(answer, "results.0.offered", "");
    json_decref(answer);
    fixture_put_offer(&o->replica, FIXTURE_REVISION + 6, "o-2", "r-2", "u-5", "lapsed");
    fixture_put_offer(&o->replica, FIXTURE_REVISION + 6, "o-3", "r-3", "u-2", "offered");
    replica_turn_end(&o->replica);
    expect_results(o, "{" LITTLE ",\"request\":\"r-1\",\"limit\":1}", "[u-2]");
}

/* A child in an emergency goes before what is offered to planned requests. */
static void an_emergency_goes_before_what_is_planned(void **state)
{
    struct office *o = *state;
    fixture_put_offer(&o->replica, FIXTURE_REVISION + 1, "o-1", "r-1", "u-2", "offered");
    replica_turn_end(&o->replica);
    expect_results(o, "{" LITTLE "}", "[u-2]");
    expect_results(o, "{" LITTLE ",\"emergency\":true}", "u-2");
}

/* Places that are kept for others make no split needless, and are no part of one. */
static void a_split_is_made_of_what_is_free(void **state)
{
    static const struct fixture_unit both = {"e-1", "dts-nord", "exact", 4,
                                             2,     0,          216,     FIXTURE_AT - USEC_HOUR};
    struct office *o = *state;
    fixture_put_unit(&o->replica, FIXTURE_REVISION + 1, "u-4", &both);
    replica_turn_end(&o->replica);
    for (int i = 0; i < 3; i++) {
        json_t *answer = office_ask(o, "search", "{" TWO "}");
        ASSERT_MEMBER(answer, "total", "1");
        assert_int_equal(json_is_null(json_object_get(answer, "split")), i != 1);
        ASSERT_MEMBER(answer, "split.placements.1.unit.id", i == 1 ? "\"u-2\"" : "");
        json_decref(answer);
        const char *state_now = i == 0 ? "offered" : "declined";
        fixture_put_offer(&o->replica, FIXTURE_REVISION + 2 + i, "o-1", "r-1", "u-4", state_now);
        fixture_put_offer(&o->replica, FIXTURE_REVISION + 2 + i, "o-2", "r-2", "u-4", state_now);
        replica_turn_end(&o->replica);
    }
}

/* Where a parent stays too is no place for a child alone, unless it is asked for. */
static void a_child_alone_is_not_sent_where_parents_stay(void **state)
{
    static const struct {
        const char *params;
        int total;
    } cases[] = {
        {"{" LITTLE "}", 0},
        {"{" LITTLE ",\"modality\":[\"parental\"]}", 1},
        {"{" LITTLE ",\"parent\":{}}", 1},
    };
    struct office *o = *state;
    const struct fixture_unit u = {"e-2", "dts-sud", "exact", 4, 3, 0, 72, FIXTURE_AT - USEC_HOUR};
    char text[2048], *modality, parental[2100];
    fixture_unit_state(&u, text, sizeof text);
    modality = strstr(text, "\"internat\"");
    assert_non_null(modality);
    snprintf(parental, sizeof parental, "%.*s\"parental\"%s", (int)(modality - text), text,
             modality + strlen("\"internat\""));
    fixture_put(&o->replica, FIXTURE_REVISION + 2, "unit", "u-2", parental);
    replica_turn_end(&o->replica);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        json_t *answer = office_ask(o, "search", cases[i].params);
        assert_int_equal(json_integer_value(json_object_get(answer, "total")), cases[i].total);
        json_decref(answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_split_says_why_nothing_is_better, with_places,
                                        office_close),
        cmocka_unit_test_setup_teardown(a_parent_is_not_parted_from_them, with_places,
                                        office_close),
        cmocka_unit_test_setup_teardown(a_parent_alone_is_asked_for, with_places, office_close),
        cmocka_unit_test_setup_teardown(a_day_counts_what_is_planned_up_to_it, with_places,
                                        office_close),
        cmocka_unit_test_setup_teardown(a_span_has_its_tightest_day_and_a_day_its_promise,
                                        with_places, office_close),
        cmocka_unit_test_setup_teardown(days_that_cannot_be_are_refused, with_places, office_close),
        cmocka_unit_test_setup_teardown(what_is_expected_is_said_of_near_misses_and_splits_too,
                                        with_places, office_close),
        cmocka_unit_test_setup_teardown(what_is_offered_comes_first, with_places, office_close),
        cmocka_unit_test_setup_teardown(what_others_are_offered_is_said_and_comes_last, with_places,
                                        office_close),
        cmocka_unit_test_setup_teardown(an_emergency_goes_before_what_is_planned, with_places,
                                        office_close),
        cmocka_unit_test_setup_teardown(a_split_is_made_of_what_is_free, with_places, office_close),
        cmocka_unit_test_setup_teardown(a_child_alone_is_not_sent_where_parents_stay, with_places,
                                        office_close),
        cmocka_unit_test_setup_teardown(somebody_is_searched_for, with_places, office_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
