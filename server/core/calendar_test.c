/* SPDX-License-Identifier: EUPL-1.2 */
/* Office hours in local time, and who is on call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/calendar.h"
#include "core/mission_fixture.h"
#include "core/rota.h"

static struct calendar *decoded(const char *state)
{
    struct calendar *c = NULL;
    assert_int_equal(calendar_decode("d31", state, &c), 0);
    return c;
}

static void everything_comes_back_but_the_zone(void **state)
{
    (void)state;
    struct calendar *c = decoded(FIXTURE_CALENDAR);
    struct buf out = {0};
    calendar_encode(c, &out);
    buf_char(&out, '\0');
    assert_string_equal(
        out.p, ",\"time_zone\":\"Europe/Paris\",\"office\":[{\"day\":1,\"from\":\"08:30\","
               "\"to\":\"12:00\"},{\"day\":1,\"from\":\"14:00\",\"to\":\"17:30\"},{\"day\":7,"
               "\"from\":\"00:00\",\"to\":\"24:00\"}],\"holidays\":[\"2000-02-29\","
               "\"2025-12-01\"]");
    buf_free(&out);
    calendar_destroy(c);
}

static void open_is_a_matter_of_local_time(void **state)
{
    (void)state;
    static const struct {
        int64_t at; /* seconds */
        bool open;
    } cases[] = {
        {1763969399, false}, /* Monday 2025-11-24 07:29:59Z, 08:29:59 in Paris */
        {1763969400, true},  /* 07:30:00Z */
        {1763981999, true},  /* 10:59:59Z */
        {1763982000, false}, /* 11:00:00Z: lunch */
        {1763989200, true},  /* 13:00:00Z */
        {1764001799, true},  /* 16:29:59Z */
        {1764001800, false}, /* 16:30:00Z */
        {1764055800, false}, /* Tuesday 07:30:00Z */
        {1764574200, false}, /* Monday 2025-12-01 07:30:00Z: a holiday */
        {1764455400, false}, /* Saturday 2025-11-29 23:30 in Paris */
        {1764457200, true},  /* Sunday 2025-11-30 00:00 in Paris */
        {1764543599, true},  /* Sunday 23:59:59 */
        {1764543600, false}, /* Monday 00:00:00 */
        {1751265000, true},  /* Monday 2025-06-30 06:30:00Z: summer, 08:30 */
        {1751264999, false},
        {1735543800, true}, /* Monday 2024-12-30 07:30:00Z, before what is known */
    };
    struct calendar *c = decoded(FIXTURE_CALENDAR);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {

        if (calendar_is_open(c, cases[i].at * USEC_S) != cases[i].open)
            fail_msg("%zu: at %lld", i, (long long)cases[i].at);
    }
    calendar_destroy(c);
}

/* The clocks change at Monday 07:30:00Z: what was 07:30 is 08:30 from that second on. */
static void the_clocks_change_at_their_second(void **state)
{
    (void)state;
    struct calendar *c = decoded("{\"time_zone\":\"X\",\"office\":[{\"day\":1,\"from\":\"08:30\","
                                 "\"to\":\"09:00\"}],\"holidays\":[],"
                                 "\"offsets\":[[0,0],[1763969400000000,3600]]}");
    assert_false(calendar_is_open(c, 1763969400 * USEC_S - 1));
    assert_true(calendar_is_open(c, 1763969400 * USEC_S));
    calendar_destroy(c);
}

static void hours_begin_and_days_change_in_local_time(void **state)
{
    (void)state;
    struct calendar *c = decoded(FIXTURE_CALENDAR);
    char day[DAY_BYTES];
    assert_int_equal(calendar_open_since(c, 1763981999 * USEC_S), 1763969400 * USEC_S);
    assert_int_equal(calendar_open_since(c, 1763982000 * USEC_S), 0);
    assert_int_equal(calendar_open_since(c, 1764001799 * USEC_S + 1), 1763989200 * USEC_S);
    assert_int_equal(calendar_open_since(c, 1751265000 * USEC_S), 1751265000 * USEC_S);
    calendar_day(c, 1764457199 * USEC_S, day); /* Saturday 22:59:59Z */
    assert_string_equal(day, "2025-11-29");
    calendar_day(c, 1764457200 * USEC_S, day);
    assert_string_equal(day, "2025-11-30");
    calendar_day(NULL, 1764457200 * USEC_S, day);
    assert_string_equal(day, "2025-11-29");
    calendar_destroy(c);
}

static void what_is_no_calendar_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{}",
        "{\"time_zone\":\"UTC\",\"office\":[],\"holidays\":[],\"offsets\":[]}",
        "{\"time_zone\":null,\"office\":[],\"holidays\":[],\"offsets\":[[0,0]]}",
        "{\"time_zone\":\"UTC\",\"office\":[],\"holidays\":[],\"offsets\":[[0]]}",
        "{\"time_zone\":\"UTC\",\"office\":[1],\"holidays\":[],\"offsets\":[[0,0]]}",
        "{\"time_zone\":\"UTC\",\"office\":[{\"day\":8,\"from\":\"08:00\",\"to\":\"09:00\"}],"
        "\"offsets\":[[0,0]]}",
        "{\"time_zone\":\"UTC\",\"office\":[{\"day\":1,\"from\":\"8:000\",\"to\":\"09:00\"}],"
        "\"offsets\":[[0,0]]}",
        "{\"time_zone\":\"UTC\",\"office\":[{\"day\":1,\"from\":\"09:00\",\"to\":\"09:00\"}],"
        "\"offsets\":[[0,0]]}",
        "{\"time_zone\":\"UTC\",\"office\":[{\"day\":1,\"from\":\"09:00\",\"to\":\"24:01\"}],"
        "\"offsets\":[[0,0]]}",
        "{\"time_zone\":\"UTC\",\"holidays\":[\"2025-13-01\"],\"offsets\":[[0,0]]}",
        "{\"time_zone\":\"UTC\",\"holidays\":[\"tomorrow--\"],\"offsets\":[[0,0]]}",
        "{\"time_zone\":\"UTC\",\"holidays\":[7],\"offsets\":[[0,0]]}",
    };
    struct calendar *c = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        if (calendar_decode("d31", bad[i], &c) != -EBADMSG)
            fail_msg("accepted %s", bad[i]);
    assert_null(c);
}

static void a_rota_comes_back(void **state)
{
    (void)state;
    struct rota *t = NULL;
    struct buf out = {0};
    assert_int_equal(rota_decode("t-1",
                                 "{\"duty\":\"mobile\",\"territory\":\"d31\",\"account\":\"van\","
                                 "\"from_at\":1790000000000000,\"to_at\":1790002700000000}",
                                 &t),
                     0);
    rota_encode(t, &out);
    buf_char(&out, '\0');
    assert_string_equal(out.p, ",\"duty\":\"mobile\",\"territory\":\"d31\",\"account\":\"van\","
                               "\"from_at\":\"2026-09-21T14:13:20Z\","
                               "\"to_at\":\"2026-09-21T14:58:20Z\"");
    buf_free(&out);
    rota_destroy(t);
}

static void what_is_no_rota_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{}",
        "{\"duty\":\"x\",\"territory\":\"d\",\"account\":\"a\",\"from_at\":1,\"to_at\":2}",
        "{\"duty\":\"def\",\"territory\":null,\"account\":\"a\",\"from_at\":1,\"to_at\":2}",
        "{\"duty\":\"def\",\"territory\":\"d\",\"from_at\":1,\"to_at\":2}",
        "{\"duty\":\"def\",\"territory\":\"d\",\"account\":\"a\",\"from_at\":2,\"to_at\":2}",
    };
    struct rota *t = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        if (rota_decode("t-1", bad[i], &t) != -EBADMSG)
            fail_msg("accepted %s", bad[i]);
    assert_null(t);
}

static void the_shift_that_began_last_counts(void **state)
{
    (void)state;
    const struct rota early = {.id = (char *)"t-1", .from_at = 1};
    const struct rota late = {.id = (char *)"t-2", .from_at = 2};
    const struct rota too = {.id = (char *)"t-3", .from_at = 2};
    assert_true(rota_is_before(&late, &early));
    assert_false(rota_is_before(&early, &late));
    assert_true(rota_is_before(&late, &too));
    assert_false(rota_is_before(&too, &late));
    assert_true(rota_is_before(&early, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back_but_the_zone),
        cmocka_unit_test(open_is_a_matter_of_local_time),
        cmocka_unit_test(the_clocks_change_at_their_second),
        cmocka_unit_test(hours_begin_and_days_change_in_local_time),
        cmocka_unit_test(what_is_no_calendar_is_refused),
        cmocka_unit_test(a_rota_comes_back),
        cmocka_unit_test(what_is_no_rota_is_refused),
        cmocka_unit_test(the_shift_that_began_last_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
