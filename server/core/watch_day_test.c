/* SPDX-License-Identifier: EUPL-1.2 */
/* The watch and the days: what is offered for a later one, and by night. */
#include "core/watch_fixture.h"

#include "core/mission_fixture.h"

#define LATER "2025-12-10"
#define MONDAY (1763969400 * USEC_S) /* 2025-11-24T07:30:00Z, when the offices open */

static void test_still_free_on_the_day_wanted(void **state)
{
    struct watch_fixture *f = *state;
    put_request(f, "r-1", (struct fixture_wanted){.wanted_on = LATER});
    put_unit(f, "u-9", place(5, 4));
    put_movement(f, "v-1", "u-9", "entry", "2025-12-10", "planned");
    put_unit(f, "u-8", place(5, 4));
    put_movement(f, "v-2", "u-8", "entry", "2025-12-11", "planned");
    assert_string_equal(turn(f), "r-1 u-8 [0]");
    assert_string_equal(taken(f), "");
    put_request(f, "r-2", (struct fixture_wanted){0}); /* who comes now leaves by then */
    put_offer(f, "o-1", "r-3", "u-9", "void");
    assert_string_equal(turn(f), "r-2 u-9 [0]");
}

/* Free now, and on each day of the stay. */
static void test_a_stay_from_now_on(void **state)
{
    struct watch_fixture *f = *state;
    put_request(f, "r-1",
                (struct fixture_wanted){.wanted_on = "2025-11-21", .wanted_until = "2025-12-10"});
    put_unit(f, "u-9", place(5, 4));
    put_movement(f, "v-1", "u-9", "entry", "2025-12-05", "planned");
    put_movement(f, "v-2", "u-9", "exit", "2025-12-08", "planned");
    assert_string_equal(turn(f), "");
    put_unit(f, "u-8", place(5, 4));
    put_movement(f, "v-3", "u-8", "entry", "2025-12-11", "planned");
    assert_string_equal(turn(f), "r-1 u-8 [0]");
}

static void test_nothing_that_is_not_free_now(void **state)
{
    struct watch_fixture *f = *state;
    put_request(f, "r-1", (struct fixture_wanted){.wanted_on = LATER});
    put_unit(f, "u-9", place(5, 5));
    put_movement(f, "v-1", "u-9", "exit", "2025-12-01", "planned");
    assert_string_equal(turn(f), "");
}

/* One of two whose places are found apart. */
static void test_as_many_as_find_room_then(void **state)
{
    struct watch_fixture *f = *state;
    const char *two = "{\"age_months\":84,\"sex\":\"F\"},{\"age_months\":90,\"sex\":\"F\"}";
    put_request(f, "r-1",
                (struct fixture_wanted){.children = two, .apart = true, .wanted_on = LATER});
    put_unit(f, "u-9", place(5, 3));
    put_movement(f, "v-1", "u-9", "entry", "2025-12-10", "planned");
    assert_string_equal(turn(f), "r-1 u-9 [0]");
}

static void test_a_day_that_is_today_or_over_is_now(void **state)
{
    struct watch_fixture *f = *state;
    put_request(f, "r-1", (struct fixture_wanted){.wanted_on = "2025-11-21"});
    put_unit(f, "u-9", place(5, 4));
    put_movement(f, "v-1", "u-9", "entry", "2025-11-21", "planned");
    assert_string_equal(turn(f), "r-1 u-9 [0]");
}

/* Today is a day of the calendar: at 23:30 UTC it is tomorrow in Paris. */
static void test_days_are_local(void **state)
{
    struct watch_fixture *f = *state;
    put(f, "calendar", "d31", FIXTURE_CALENDAR);
    f->at += 5 * USEC_HOUR + 30 * USEC_MIN;
    assert_string_equal(turn(f), "");
    put_request(f, "r-1", (struct fixture_wanted){.wanted_on = "2025-11-22"});
    put_unit(f, "u-9", place(5, 4));
    put_movement(f, "v-1", "u-9", "entry", "2025-11-22", "planned");
    assert_string_equal(turn(f), "r-1 u-9 [0]");
}

/* Room on a later day is gained by what is planned, */
static void test_what_is_planned(void **state)
{
    struct watch_fixture *f = *state;
    put_unit(f, "u-9", place(5, 4));
    put_unit(f, "u-8", place(5, 3));
    put_movement(f, "v-1", "u-9", "entry", "2025-12-01", "planned");
    assert_string_equal(turn(f), "");
    put_request(f, "r-now", (struct fixture_wanted){0}); /* its search has shown both */
    put_request(f, "r-1", (struct fixture_wanted){.wanted_on = LATER});
    assert_string_equal(turn(f), "");
    put_movement(f, "v-2", "u-8", "closing", "2025-12-02", "planned");
    assert_string_equal(turn(f), "");
    struct fixture_movement back = {"u-8", "e-2",        "dts-sud", "exit",
                                    1,     "2025-12-05", NULL,      "planned"};
    back.at = f->at;
    back.entry = "v-4"; /* of who comes and goes before the day */
    fixture_put_movement(&f->replica, f->revision, "v-5", &back);
    assert_string_equal(turn(f), "");
    put_movement(f, "v-3", "u-9", "exit", "2025-12-05", "planned");
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    request_watch_free(f->watch); /* who starts now says the same */
    assert_int_equal(request_watch_new(&f->replica, &f->watch), 0);
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    assert_string_equal(taken(f), "");
}

/* and by what is planned no more. */
static void test_what_is_cancelled(void **state)
{
    struct watch_fixture *f = *state;
    put_unit(f, "u-9", place(5, 4));
    put_movement(f, "v-1", "u-9", "entry", "2025-12-01", "planned");
    put_unit(f, "u-8", place(5, 3));
    put_movement(f, "v-2", "u-8", "exit", "2025-12-01", "planned");
    assert_string_equal(turn(f), "");
    put_request(f, "r-1", (struct fixture_wanted){.wanted_on = LATER});
    put_movement(f, "v-2", "u-8", "exit", "2025-12-01", "cancelled");
    assert_string_equal(turn(f), "");
    put_movement(f, "v-1", "u-9", "entry", "2025-12-01", "cancelled");
    assert_string_equal(turn(f), "r-1 u-9 [0]");
}

static void test_office_hours(void **state)
{
    struct watch_fixture *f = *state;
    struct fixture_place by_day = place(5, 3);
    by_day.admission = "office_hours";
    put(f, "calendar", "d31", FIXTURE_CALENDAR);
    put_unit(f, "u-9", by_day); /* free before they wait: their search did not show it */
    assert_string_equal(turn(f), "");
    put_request(f, "r-urgent", (struct fixture_wanted){.emergency = true});
    put_request(f, "r-later", (struct fixture_wanted){.emergency = true, .wanted_on = LATER});
    put_unit(f, "u-8", by_day);
    assert_string_equal(turn(f), "r-later u-8 [0]"); /* Friday evening */
    assert_string_equal(taken(f), "");
    put(f, "unit", "u-8", NULL);
    put(f, "request", "r-later", NULL);
    request_watch_answered(f->watch, f->ticket, WATCH_REFUSED, f->revision);
    f->at = MONDAY - 2 * USEC_S;
    assert_string_equal(turn(f), "");
    assert_string_equal(turn(f), "");
    f->at = MONDAY + 30 * USEC_S;
    replica_ledger(&f->replica, f->at, f->at);
    assert_string_equal(turn(f), "r-urgent u-9 [0]");
    assert_string_equal(taken(f), "");
}

/* Without a calendar nobody knows whether offices are open. */
static void test_office_hours_of_no_calendar(void **state)
{
    struct watch_fixture *f = *state;
    struct fixture_place by_day = place(5, 3);
    by_day.admission = "office_hours";
    put_request(f, "r-1", (struct fixture_wanted){.emergency = true});
    put_unit(f, "u-9", by_day);
    assert_string_equal(turn(f), "r-1 u-9 [0]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_still_free_on_the_day_wanted),
        TEST(test_a_stay_from_now_on),
        TEST(test_nothing_that_is_not_free_now),
        TEST(test_as_many_as_find_room_then),
        TEST(test_a_day_that_is_today_or_over_is_now),
        TEST(test_days_are_local),
        TEST(test_what_is_planned),
        TEST(test_what_is_cancelled),
        TEST(test_office_hours),
        TEST(test_office_hours_of_no_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
