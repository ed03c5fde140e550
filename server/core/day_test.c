/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/result.h"
#include "core/day.h"

/* Sixty years, by the C library's calendar. */
static void every_day_has_its_name_and_week(void **state)
{
    (void)state;
    for (int64_t day = 0; day < 60 * 366; day++) {
        time_t at = (time_t)(day * 86400);
        struct tm tm;
        char date[DAY_BYTES], expected[DAY_BYTES], week[3];
        assert_non_null(gmtime_r(&at, &tm));
        strftime(expected, sizeof expected, "%Y-%m-%d", &tm);
        strftime(week, sizeof week, "%V", &tm);
        day_write(day, date);
        assert_string_equal(date, expected);
        assert_int_equal(day_read(date), day);
        assert_int_equal(day_weekday(day), tm.tm_wday == 0 ? 7 : tm.tm_wday);
        assert_int_equal(day_is_odd(day), (week[1] - '0') % 2);
    }
}

static void what_is_no_date(void **state)
{
    (void)state;
    const char *const texts[] = {NULL,          "",           "2026-13-01",
                                 "2026-00-01",  "2026-01-32", "2026-1-1",
                                 "2026-01-011", "26-01-01xx", "2O26-01-01"};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        assert_int_equal(day_read(texts[i]), DAY_NONE);
}

static void a_rhythm_is_what_it_was_made_of(void **state)
{
    (void)state;
    for (unsigned weekdays = 1; weekdays < 128; weekdays++)
        for (int weeks = 0; weeks < WEEKS_COUNT; weeks++) {
            rhythm r = rhythm_of(weekdays, (enum weeks)weeks);
            assert_int_equal(rhythm_weekdays(r), weekdays);
            assert_int_equal(rhythm_weeks(r), weeks);
        }
    assert_int_equal(rhythm_of(127, WEEKS_ALL), RHYTHM_ALL);
    int64_t monday = day_read("2026-11-23"); /* of week 48 */
    assert_int_equal(day_class(monday), rhythm_of(1, WEEKS_EVEN));
    assert_int_equal(day_class(monday + 13), rhythm_of(64, WEEKS_ODD));
}

static void days_that_never_come(void **state)
{
    (void)state;
    int64_t monday = day_read("2026-12-28"); /* of week 53, before another odd one */
    struct days d = {monday, monday + 5, rhythm_of(64, WEEKS_ALL)};
    assert_true(days_none(&d));
    d.until++;
    assert_false(days_none(&d));
    d = (struct days){monday, monday + 13, rhythm_of(127, WEEKS_EVEN)};
    assert_true(days_none(&d));
    d.until++;
    assert_false(days_none(&d));
    d.rhythm = rhythm_of(64, WEEKS_EVEN);
    assert_true(days_none(&d));
    d.until = monday + 366;
    assert_false(days_none(&d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_has_its_name_and_week),
        cmocka_unit_test(what_is_no_date),
        cmocka_unit_test(a_rhythm_is_what_it_was_made_of),
        cmocka_unit_test(days_that_never_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
