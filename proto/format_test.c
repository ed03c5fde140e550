/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/result.h"

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

struct sample {
    const char *text;
    bool taken;
};

static void check(bool (*format)(span), const struct sample *samples, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (format(span_of(samples[i].text)) != samples[i].taken)
            fail_msg("%s: %s", samples[i].taken ? "refused" : "taken", samples[i].text);
    assert_false(format((span){NULL, 0}));
    assert_false(format((span){"\0", 1}));
}

#define CHECK(format, ...)                                                                         \
    do {                                                                                           \
        static const struct sample samples[] = {__VA_ARGS__};                                      \
        check(format, samples, ARRAY_LENGTH(samples));                                             \
    } while (0)

static void ids(void **state)
{
    (void)state;
    CHECK(format_unit_id, {"u-0", true}, {"u-0193a-b", true}, {"u-" TEN SIXTY, false},
          {"u-" SIXTY "a", true}, {"u-" SIXTY "ab", false}, {"u-", false}, {"u--a", false},
          {"e-0", false}, {"u-A", false}, {"u_0", false}, {"u-0 ", false}, {"u-é", false});
    CHECK(format_establishment_id, {"e-0", true}, {"u-0", false});
    CHECK(format_movement_id, {"v-0", true}, {"h-0", false});
    CHECK(format_hold_id, {"h-0", true}, {"r-0", false});
    CHECK(format_request_id, {"r-0", true}, {"h-0", false});
    CHECK(format_offer_id, {"o-0", true}, {"r-0", false});
    CHECK(format_reminder_id, {"n-0", true}, {"u-0", false}, {"n-A", false});
    CHECK(format_record_id, {"u-0", true}, {"e-0", true}, {"h-0", true}, {"r-0", true},
          {"x-0", false});
    assert_false(format_record_id((span){"\0-0", 3}));
    assert_false(format_unit_id((span){"u-0\0", 4}));
}

static void words(void **state)
{
    (void)state;
    CHECK(format_account, {"a", true}, {"0", true}, {"dts-sud", true}, {"jean.d_x", true},
          {".a", false}, {"-a", false}, {"A", false}, {SIXTY "abc", true}, {SIXTY "abcd", false},
          {"a b", false}, {"", false});
    CHECK(format_territory, {"d31", true}, {"dts-sud", true}, {"dts_sud", false}, {"-d", false},
          {TEN TEN TEN "a", true}, {TEN TEN TEN "ab", false});
    CHECK(format_code, {"a", true}, {"office_hours", true}, {"0a", false}, {"a-b", false},
          {"_a", false}, {"Aa", false}, {"abcdefghij" TEN TEN TEN, true},
          {"abcdefghijk" TEN TEN TEN, false});
    CHECK(format_commune, {"31395", true}, {"2A004", true}, {"2B033", true}, {"97411", true},
          {"3139", false}, {"313955", false}, {"A1395", false}, {"2C004", false}, {"31A95", false},
          {"2a004", false});
    CHECK(format_name, {"a", true}, {"Sub.1_x-y", true}, {".a", false}, {"-", false},
          {"abcdefghijklmnopqrstuvwxyzABCDEF", true}, {"abcdefghijklmnopqrstuvwxyzABCDEFG", false},
          {"a b", false}, {"é", false});
    CHECK(format_cursor, {"48199.1", true}, {"~", true}, {"u-0193a", true}, {"a=", false},
          {SIXTY SIXTY "abcdefgh", true}, {SIXTY SIXTY "abcdefghi", false});
}

static void keys(void **state)
{
    (void)state;
    CHECK(format_key, {"k", true}, {"!~", true}, {"a b", false}, {"é", false}, {"\x7F", false},
          {SIXTY "abcd", true}, {SIXTY "abcde", false});
    CHECK(format_token, {"1234567", false}, {"12345678", true},
          {SIXTY SIXTY SIXTY SIXTY "abcdefghijklmnop", true},
          {SIXTY SIXTY SIXTY SIXTY "abcdefghijklmnopq", false}, {"1234 678", false});
}

static void parsed(void **state)
{
    (void)state;
    CHECK(format_position, {"9b1e.1", true}, {"9b1e.5f.1", true}, {"9b1e", false});
    CHECK(format_since, {"9b1e.1", false}, {"9b1e.5f.1", true}, {"9b1e..1", false});
    CHECK(format_instant, {"2026-11-21T18:02:11Z", true}, {"2026-11-21", false});
    CHECK(format_date, {"2026-11-21", true}, {"2026-11-31", false});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids),
        cmocka_unit_test(words),
        cmocka_unit_test(keys),
        cmocka_unit_test(parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
