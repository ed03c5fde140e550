/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static usec_t instant(const char *text)
{
    usec_t at = -1;
    assert_int_equal(time_parse_instant(span_of(text), &at), 0);
    return at;
}

static void instants(void **state)
{
    (void)state;
    assert_int_equal(instant("1970-01-01T00:00:00Z"), 0);
    assert_int_equal(instant("1969-12-31T23:59:59.999999Z"), -1);
    assert_int_equal(instant("2026-11-21T18:02:11Z"), 1795284131 * USEC_S);
    assert_int_equal(instant("2026-11-21T19:02:11+01:00"), 1795284131 * USEC_S);
    assert_int_equal(instant("2026-11-21T11:32:11-06:30"), 1795284131 * USEC_S);
    assert_int_equal(instant("2026-11-21T18:02:11-00:00"), 1795284131 * USEC_S);
    assert_int_equal(instant("2026-11-21T18:02:11.5Z"), 1795284131 * USEC_S + 500000);
    assert_int_equal(instant("2026-11-21T18:02:11.000001Z"), 1795284131 * USEC_S + 1);
    assert_int_equal(instant("2026-11-21T18:02:11.999999999Z"), 1795284131 * USEC_S + 999999);
    assert_int_equal(instant("0000-01-01T00:00:00Z"), -62167219200 * USEC_S);
    assert_int_equal(instant("9999-12-31T23:59:59Z"), 253402300799 * USEC_S);
    assert_int_equal(instant("2024-02-29T00:00:00Z"), 1709164800 * USEC_S);
    assert_int_equal(instant("2000-02-29T00:00:00Z"), 951782400 * USEC_S);
}

static void refused_instants(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "Z",
        "2026-11-21",
        "2026-11-21T18:02Z",
        "2026-11-21T18:02:11",
        "2026-11-21t18:02:11Z",
        "2026-11-21T18:02:11z",
        "2026-11-21 18:02:11Z",
        " 2026-11-21T18:02:11Z",
        "2026-11-21T18:02:11Z ",
        "2026-11-21T18:02:60Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T18:60:11Z",
        "2026-13-21T18:02:11Z",
        "2026-00-21T18:02:11Z",
        "2026-11-31T18:02:11Z",
        "2026-11-00T18:02:11Z",
        "2025-02-29T18:02:11Z",
        "1900-02-29T18:02:11Z",
        "2026-11-21T18:02:11.Z",
        "2026-11-21T18:02:11.1234567890Z",
        "2026-11-21T18:02:11,5Z",
        "2026-11-21T18:02:11+24:00",
        "2026-11-21T18:02:11+01:60",
        "2026-11-21T18:02:11+0100",
        "2026-11-21T18:02:11+1:00",
        "2026-11-21T18:02:11+01",
        "26-11-21T18:02:11Z",
        "+2026-11-21T18:02:11Z",
        "2026-1-21T18:02:11Z",
        "2026-11-21T8:02:11Z",
        "-026-11-21T18:02:11Z",
        "2026-11-21T18:02:11ZZ",
        "2026-11-21T18:02:11−01:00",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        usec_t at = 42;
        if (time_parse_instant(span_of(bad[i]), &at) != TIME_BAD || at != 42)
            fail_msg("taken: %s", bad[i]);
    }
}

/* Cut short or with one byte changed, a text never becomes longer than it is. */
static void cut_instants(void **state)
{
    (void)state;
    const char *whole = "2026-11-21T18:02:11.123456789+01:00";
    for (size_t n = 0; n < strlen(whole); n++) {
        char *own = malloc(n > 0 ? n : 1);
        memcpy(own, whole, n);
        usec_t at;
        assert_int_equal(time_parse_instant((span){own, n}, &at), TIME_BAD);
        free(own);
    }
}

/* Every day of five centuries, next to the C library, and back through instant_format. */
static void dates(void **state)
{
    (void)state;
    for (int64_t day = -130000; day < 60000; day++) {
        char text[INSTANT_TEXT];
        time_t at = (time_t)day * 86400;
        struct tm tm;
        gmtime_r(&at, &tm);
        assert_int_equal(strftime(text, sizeof text, "%Y-%m-%d", &tm), 10);
        int32_t days = 0;
        assert_int_equal(time_parse_date(span_of(text), &days), 0);
        assert_int_equal(days, day);
    }
}

static void refused_dates(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "2026-11-2",   "2026-11-211", "2026/11/21",
                                      "2026-02-30", "20261121",    "2026-11-21Z", "0000-00-00",
                                      "2026-04-31", " 2026-11-21", "2026-11-1x"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        int32_t days = 42;
        if (time_parse_date(span_of(bad[i]), &days) != TIME_BAD || days != 42)
            fail_msg("taken: %s", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants),      cmocka_unit_test(refused_instants),
        cmocka_unit_test(cut_instants),  cmocka_unit_test(dates),
        cmocka_unit_test(refused_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
