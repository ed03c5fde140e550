/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "base/instant.h"

#define DAY (24 * USEC_HOUR)

static void known(void **unused)
{
    (void)unused;
    const struct {
        usec_t at;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z"},
        {USEC_S - 1, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59Z"}, /* rounded down, not towards zero */
        {-USEC_S, "1969-12-31T23:59:59Z"},
        {1774980131 * USEC_S, "2026-03-31T18:02:11Z"},
        {951782400 * USEC_S, "2000-02-29T00:00:00Z"},
        {4107542400 * USEC_S, "2100-03-01T00:00:00Z"}, /* 2100 has no leap day */
        {253402300799 * USEC_S, "9999-12-31T23:59:59Z"},
        {INT64_MAX, "9999-12-31T23:59:59Z"},
        {-62167219200 * USEC_S, "0000-01-01T00:00:00Z"},
        {INT64_MIN, "0000-01-01T00:00:00Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[INSTANT_TEXT];
        assert_string_equal(instant_format(cases[i].at, text), cases[i].text);
    }
}

/* Every day of 1800 years, at a time of day that wanders, against the C library. */
static void as_gmtime(void **unused)
{
    (void)unused;
    for (int64_t day = -365250; day < 292194; day++) {
        int64_t seconds = day * 86400 + (day * 7919 % 86400 + 86400) % 86400;
        time_t t = (time_t)seconds;
        struct tm tm;
        char expected[64], text[INSTANT_TEXT];
        assert_non_null(gmtime_r(&t, &tm));
        snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
                 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
        assert_string_equal(instant_format(seconds * USEC_S + 999999, text), expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known),
        cmocka_unit_test(as_gmtime),
    };
    return cmocka_run_group_tests_name("instant", tests, NULL, NULL);
}
