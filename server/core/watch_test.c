/* SPDX-License-Identifier: EUPL-1.2 */
/* The watch on a small registry: who is offered what came free, in which order, and what is passed
 * over. The database is played by the test. */
#include "core/watch_fixture.h"

/* The database did it: the offer is there in the next turn. */
static void offered(struct watch_fixture *f, const char *id, const char *request, const char *unit)
{
    put_offer(f, id, request, unit, "offered");
    request_watch_answered(f->watch, f->ticket, WATCH_OFFERED, f->revision);
}

static void test_longest_waiting_first(void **state)
{
    struct watch_fixture *f = *state;
    put_request(f, "r-young", (struct fixture_wanted){.decided_at = FIXTURE_AT - USEC_HOUR});
    put_request(f, "r-old", (struct fixture_wanted){.decided_at = FIXTURE_AT - 3 * USEC_HOUR});
    put_request(f, "r-urgent", (struct fixture_wanted){.emergency = true});
    assert_string_equal(turn(f), "");
    put_unit(f, "u-9", place(5, 3));
    assert_string_equal(turn(f), "r-urgent u-9 [0]");
    assert_string_equal(taken(f), "r-old u-9 [0]");
    assert_string_equal(taken(f), ""); /* there were two places */
}

static void test_gained_places_only(void **state)
{
    struct watch_fixture *f = *state;
    put_unit(f, "u-9", place(5, 3));
    assert_string_equal(turn(f), "");
    put_request(f, "r-1", (struct fixture_wanted){0});
    assert_string_equal(turn(f), ""); /* its search has shown it */
    put_unit(f, "u-9", place(5, 3));
    assert_string_equal(turn(f), ""); /* said again */
    put_unit(f, "u-9", place(5, 4));
    assert_string_equal(turn(f), ""); /* fewer */
    put_unit(f, "u-9", place(5, 5));
    assert_string_equal(turn(f), "");
    put_unit(f, "u-9", place(5, 4));
    assert_string_equal(turn(f), "r-1 u-9 [0]");
}

static void test_what_a_kind_of_need_gains(void **state)
{
    struct watch_fixture *f = *state;
    struct fixture_place p = place(5, 3);
    p.reserved = 2;
    put_request(f, "r-1", (struct fixture_wanted){0});
    put_unit(f, "u-9", p); /* both places are for emergencies */
    assert_string_equal(turn(f), "");
    p.used = 1;
    put_unit(f, "u-9", p); /* one less of them */
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    offered(f, "o-1", "r-1", "u-9");
    put_request(f, "r-planned", (struct fixture_wanted){0});
    put_request(f, "r-urgent", (struct fixture_wanted){.emergency = true});
    assert_string_equal(turn(f), "");
    struct fixture_place q = place(9, 5);
    q.reserved = 2;
    q.recorded_at = FIXTURE_AT - USEC_HOUR;
    put_unit(f, "u-8", q); /* two of four are for emergencies; long before */
    assert_string_equal(turn(f), "");
    q.recorded_at = 0;
    q.used = 1;
    put_unit(f, "u-8", q); /* one more for anybody, none more for emergencies */
    assert_string_equal(turn(f), "r-planned u-8 [0]");
    assert_string_equal(taken(f), "");
    offered(f, "o-2", "r-planned", "u-8");
    put_request(f, "r-other", (struct fixture_wanted){0});
    q.used = 0;
    q.occupied = 4;
    put_unit(f, "u-8", q); /* one more for emergencies only */
    assert_string_equal(turn(f), "r-urgent u-8 [0]");
    assert_string_equal(taken(f), "");
}

static void test_other_children_come_to_fit(void **state)
{
    struct watch_fixture *f = *state;
    struct fixture_place p = place(5, 3);
    p.min_months = 144;
    put_request(f, "r-1", (struct fixture_wanted){0});
    put_unit(f, "u-9", p);
    assert_string_equal(turn(f), "");
    p.min_months = 72;
    put_unit(f, "u-9", p);
    assert_string_equal(turn(f), "r-1 u-9 [0]");
}

static void test_reported_wrong(void **state)
{
    struct watch_fixture *f = *state;
    struct fixture_place p = place(5, 3);
    p.contested_at = f->at;
    put_request(f, "r-1", (struct fixture_wanted){0});
    put_unit(f, "u-9", p);
    assert_string_equal(turn(f), "");
    put_unit(f, "u-9", place(5, 3));
    assert_string_equal(turn(f), "r-1 u-9 [0]");
}

static void test_only_of_its_departement(void **state)
{
    struct watch_fixture *f = *state;
    put(f, "territory", "d09", "{\"name\":\"09\",\"level\":\"dep\",\"parent\":null}");
    put_request(f, "r-1", (struct fixture_wanted){.origin = "d09"});
    put_unit(f, "u-9", place(5, 3));
    assert_string_equal(turn(f), "");
}

static void test_only_as_far_as_it_says(void **state)
{
    struct watch_fixture *f = *state;
    put(f, "commune", "09122",
        "{\"name\":\"FOIX\",\"postcodes\":[\"09000\"],\"point\":[42.96,1.61],\"territory\":null}");
    put_request(f, "r-far", (struct fixture_wanted){.from = "\"09122\"", .max_km = 40});
    put_request(f, "r-near", (struct fixture_wanted){.from = "\"31395\"", .max_km = 40});
    put_unit(f, "u-9", place(5, 3));
    assert_string_equal(turn(f), "r-near u-9 [0]");
    assert_string_equal(taken(f), "");
}

static void test_only_when_open(void **state)
{
    struct watch_fixture *f = *state;
    put_request(f, "r-1", (struct fixture_wanted){.state = "placed"});
    put_request(f, "r-2", (struct fixture_wanted){.state = "withdrawn"});
    put_unit(f, "u-9", place(5, 3));
    assert_string_equal(turn(f), "");
}

static void test_one_offer_at_a_time(void **state)
{
    struct watch_fixture *f = *state;
    put_request(f, "r-1", (struct fixture_wanted){0});
    put_unit(f, "u-9", place(5, 3));
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    put_unit(f, "u-8", place(5, 3));
    assert_string_equal(turn(f), ""); /* not answered yet */
    offered(f, "o-1", "r-1", "u-9");
    assert_string_equal(turn(f), "");
    put_unit(f, "u-7", place(5, 3));
    assert_string_equal(turn(f), "");
    put_offer(f, "o-1", "r-1", "u-9", "declined"); /* what came free meanwhile is not lost */
    const char *next = turn(f);
    assert_true(strcmp(next, "r-1 u-8 [0]") == 0 || strcmp(next, "r-1 u-7 [0]") == 0);
    assert_string_equal(taken(f), "");
}

static void test_declined_and_lapsed_pass_on(void **state)
{
    struct watch_fixture *f = *state;
    put_request(f, "r-1", (struct fixture_wanted){.decided_at = FIXTURE_AT - 3 * USEC_HOUR});
    put_request(f, "r-2", (struct fixture_wanted){.decided_at = FIXTURE_AT - 2 * USEC_HOUR});
    put_unit(f, "u-9", place(5, 4));
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    offered(f, "o-1", "r-1", "u-9");
    assert_string_equal(turn(f), "");                  /* it is kept for the first */
    put_request(f, "r-3", (struct fixture_wanted){0}); /* comes later */
    assert_string_equal(turn(f), "");
    put_offer(f, "o-1", "r-1", "u-9", "declined");
    assert_string_equal(turn(f), "r-2 u-9 [0]");
    offered(f, "o-2", "r-2", "u-9");
    assert_string_equal(turn(f), "");
    put_offer(f, "o-2", "r-2", "u-9", "lapsed");
    assert_string_equal(turn(f), "r-3 u-9 [0]");
    offered(f, "o-3", "r-3", "u-9");
    put_unit(f, "u-9", place(5, 3)); /* another place: not for who said no */
    assert_string_equal(turn(f), "");
    put_offer(f, "o-3", "r-3", "u-9", "void"); /* nobody's no */
    assert_string_equal(turn(f), "r-3 u-9 [0]");
}

static void test_not_where_it_asks(void **state)
{
    struct watch_fixture *f = *state;
    put_request(f, "r-1", (struct fixture_wanted){0});
    put_hold(f, "h-1", "r-1", "u-9", "held", NULL);
    put_unit(f, "u-9", place(5, 3));
    assert_string_equal(turn(f), "");
}

static void test_what_a_hold_has_shown(void **state)
{
    struct watch_fixture *f = *state;
    static const char *const ends[] = {"released", "expired", "refused"};
    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
        char request[16], unit[16], hold[16];
        snprintf(request, sizeof request, "r-%zu", i);
        snprintf(unit, sizeof unit, "u-x%zu", i);
        snprintf(hold, sizeof hold, "h-%zu", i);
        struct fixture_place p = place(5, 4);
        p.held = 1;
        p.recorded_at = f->at;
        put_request(f, request, (struct fixture_wanted){0});
        put_unit(f, unit, p);
        put_hold(f, hold, request, unit, "held", NULL);
        assert_string_equal(turn(f), "");
        p.held = 0;
        put_unit(f, unit, p);
        put_hold(f, hold, request, unit, ends[i], i == 2 ? "\"full\"" : NULL);
        assert_string_equal(turn(f), ""); /* no news */
        put_unit(f, unit, place(5, 3));
        const char *next = turn(f);
        char expected[40];
        snprintf(expected, sizeof expected, "%s %s [0]", request, unit);
        assert_string_equal(next, expected);
        put_request(f, request, (struct fixture_wanted){.state = "withdrawn"});
        request_watch_answered(f->watch, f->ticket, WATCH_REFUSED, f->revision);
        put_unit(f, unit, place(5, 5));
        assert_string_equal(turn(f), "");
    }
    put_request(f, "r-9", (struct fixture_wanted){0});
    put_hold(f, "h-9", "r-9", "u-9", "refused", "\"age\"");
    assert_string_equal(turn(f), "");
    put_unit(f, "u-9", place(5, 3));
    assert_string_equal(turn(f), ""); /* for good */
}

static void test_siblings(void **state)
{
    struct watch_fixture *f = *state;
    static const char three[] = "{\"age_months\":84,\"sex\":\"F\"},{\"age_months\":200,\"sex\":"
                                "\"F\"},{\"age_months\":30,\"sex\":\"M\"}";
    struct fixture_place p = place(5, 3);
    put_request(f, "r-1", (struct fixture_wanted){.children = three});
    put_unit(f, "u-9", p);
    assert_string_equal(turn(f), ""); /* two places for three */
    put_request(f, "r-2", (struct fixture_wanted){.children = three, .apart = true});
    put_unit(f, "u-9", place(5, 5));
    assert_string_equal(turn(f), "");
    p.max_months = 144;
    put_unit(f, "u-9", p);
    assert_string_equal(turn(f), "r-2 u-9 [0,2]"); /* those whom it takes */
    put_unit(f, "u-8", place(5, 1));
    assert_string_equal(turn(f), "r-1 u-8 [0,1,2]");
    put_request(f, "r-3", (struct fixture_wanted){.children = three, .apart = true});
    put_unit(f, "u-7", place(5, 4));
    assert_string_equal(turn(f), "r-3 u-7 [0]"); /* as many as there is room for */
}

static void test_the_nearest_of_several(void **state)
{
    struct watch_fixture *f = *state;
    put(f, "commune", "09122",
        "{\"name\":\"FOIX\",\"postcodes\":[\"09000\"],\"point\":[43.46,1.33],\"territory\":null}");
    for (int best = 0; best < 4; best++) {
        char text[40], expected[64];
        snprintf(text, sizeof text, "r-%d", best);
        put_request(f, text, (struct fixture_wanted){.from = "\"09122\""});
        for (int i = 0; i < 4; i++) {
            snprintf(text, sizeof text, "u-%d-%d", best, i);
            put_unit(f, text, place(10, i == best ? 3 : 9)); /* as near: the emptiest */
        }
        snprintf(expected, sizeof expected, "r-%d u-%d-%d [0]", best, best, best);
        assert_string_equal(turn(f), expected);
        assert_string_equal(taken(f), "");
    }
}

static void test_refusals_are_not_repeated(void **state)
{
    struct watch_fixture *f = *state;
    put_request(f, "r-1", (struct fixture_wanted){.decided_at = FIXTURE_AT - 3 * USEC_HOUR});
    put_request(f, "r-2", (struct fixture_wanted){.decided_at = FIXTURE_AT - 2 * USEC_HOUR});
    put_unit(f, "u-9", place(5, 4));
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    request_watch_answered(f->watch, f->ticket, WATCH_REFUSED, f->revision);
    assert_string_equal(turn(f), "r-2 u-9 [0]");
    request_watch_answered(f->watch, f->ticket, WATCH_REFUSED, f->revision);
    for (int i = 0; i < 3; i++)
        assert_string_equal(turn(f), "");
    put_request(f, "r-1",
                (struct fixture_wanted){.decided_at = FIXTURE_AT - 3 * USEC_HOUR, .max_km = 99});
    assert_string_equal(turn(f), ""); /* opened after the gain, by this test's clock */
    put_unit(f, "u-9", place(5, 3));
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    assert_string_equal(taken(f), "r-2 u-9 [0]");
}

static void test_refused_for_what_is_over(void **state)
{
    struct watch_fixture *f = *state;
    put_request(f, "r-1", (struct fixture_wanted){0});
    put_unit(f, "u-9", place(5, 4));
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    request_watch_answered(f->watch, f->ticket, WATCH_REFUSED, f->revision);
    put_offer(f, "o-x", "r-x", "u-9", "offered"); /* this was in the way */
    assert_string_equal(turn(f), "");
    put_offer(f, "o-x", "r-x", "u-9", "void");
    assert_string_equal(turn(f), "r-1 u-9 [0]");
}

static void test_failures_are_repeated(void **state)
{
    struct watch_fixture *f = *state;
    char key[sizeof f->key];
    put_request(f, "r-1", (struct fixture_wanted){0});
    put_unit(f, "u-9", place(5, 4));
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    memcpy(key, f->key, sizeof key);
    request_watch_answered(f->watch, f->ticket, WATCH_FAILED, -1);
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    assert_string_equal(f->key, key); /* it may have been done */
    request_watch_answered(f->watch, f->ticket, WATCH_FAILED, -1);
    request_watch_answered(f->watch, f->ticket, WATCH_FAILED, -1); /* nobody's any more */
    offered(f, "o-1", "r-1", "u-9");
    assert_string_equal(turn(f), "");
}

/* Two workers say it with one key; what is another offer has another. */
static void test_keys(void **state)
{
    struct watch_fixture *f = *state;
    char key[sizeof f->key];
    struct request_watch *mine = f->watch;
    struct request_watch *other;
    assert_int_equal(request_watch_new(&f->replica, &other), 0);
    f->watch = other;
    assert_string_equal(turn(f), "");
    put_request(f, "r-1", (struct fixture_wanted){0});
    put_request(f, "r-2", (struct fixture_wanted){0});
    put_unit(f, "u-9", place(5, 3));
    assert_int_equal(request_watch_turn(mine), 0);
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    memcpy(key, f->key, sizeof key);
    assert_string_equal(taken(f), "r-2 u-9 [0]");
    assert_string_not_equal(f->key, key);
    f->watch = mine;
    assert_string_equal(taken(f), "r-1 u-9 [0]");
    assert_string_equal(f->key, key);
    offered(f, "o-1", "r-1", "u-9");
    assert_string_equal(turn(f), "r-2 u-9 [0]");
    put_offer(f, "o-1", "r-1", "u-9", "void");
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    assert_string_not_equal(f->key, key);
    request_watch_free(other);
}

/* A worker that starts knows of what came free after the request. */
static void test_restart(void **state)
{
    struct watch_fixture *f = *state;
    struct fixture_place old = place(5, 3), fresh = place(5, 3);
    old.recorded_at = f->at - USEC_MIN;
    put_request(f, "r-1", (struct fixture_wanted){0});
    put_unit(f, "u-old", old);
    put_unit(f, "u-full", place(5, 5));
    request_watch_free(f->watch);
    assert_int_equal(request_watch_new(&f->replica, &f->watch), 0);
    assert_string_equal(turn(f), "");
    next_revision(f);
    fresh.recorded_at = f->at;
    put_unit(f, "u-9", fresh);
    replica_turn_end(&f->replica);
    request_watch_free(f->watch);
    assert_int_equal(request_watch_new(&f->replica, &f->watch), 0);
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    /* A hold that ended frees a place too. */
    put_hold(f, "h-1", "r-other", "u-old", "expired", NULL);
    offered(f, "o-1", "r-1", "u-9");
    put_request(f, "r-2", (struct fixture_wanted){.opened_at = f->at - 1});
    replica_turn_end(&f->replica);
    request_watch_free(f->watch);
    assert_int_equal(request_watch_new(&f->replica, &f->watch), 0);
    assert_string_equal(turn(f), "r-2 u-old [0]");
}

static void test_closed_units(void **state)
{
    struct watch_fixture *f = *state;
    put_request(f, "r-1", (struct fixture_wanted){0});
    put_unit(f, "u-9", place(5, 4));
    put(f, "unit", "u-9", NULL);
    assert_string_equal(turn(f), "");
    put_unit(f, "u-9", place(5, 4));
    assert_string_equal(turn(f), "r-1 u-9 [0]");
    put(f, "unit", "u-9", NULL);
    put(f, "request", "r-1", NULL);
    request_watch_answered(f->watch, f->ticket, WATCH_REFUSED, f->revision);
    assert_string_equal(turn(f), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_longest_waiting_first),
        TEST(test_gained_places_only),
        TEST(test_what_a_kind_of_need_gains),
        TEST(test_other_children_come_to_fit),
        TEST(test_reported_wrong),
        TEST(test_only_of_its_departement),
        TEST(test_only_as_far_as_it_says),
        TEST(test_only_when_open),
        TEST(test_one_offer_at_a_time),
        TEST(test_declined_and_lapsed_pass_on),
        TEST(test_not_where_it_asks),
        TEST(test_what_a_hold_has_shown),
        TEST(test_siblings),
        TEST(test_the_nearest_of_several),
        TEST(test_refusals_are_not_repeated),
        TEST(test_refused_for_what_is_over),
        TEST(test_failures_are_repeated),
        TEST(test_keys),
        TEST(test_restart),
        TEST(test_closed_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
