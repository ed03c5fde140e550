/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define ALL 1000

static int scan(const char *text)
{
    return scan_line(span_of(text), ALL, ALL);
}

static void takes_what_json_may_be(void **state)
{
    (void)state;
    assert_int_equal(scan(""), 0);
    assert_int_equal(scan("{\"a\":[1,2,{\"b\":null}]}"), 0);
    assert_int_equal(scan("\t{ } \r"), 0);
    assert_int_equal(scan("\"é € 😀 \xEF\xBF\xBF\x7F\""), 0);
    assert_int_equal(scan("\"\\u0000 \\\" { [ , : \\\\\""), 0);
    assert_int_equal(scan("not json, but harmless"), 0);
}

/* Every lead byte with every second byte, against the definition of UTF-8 by its code points. */
static void utf8_pairs(void **state)
{
    (void)state;
    for (int a = 0x80; a < 0x100; a++) {
        for (int b = 0; b < 0x100; b++) {
            const char bytes[] = {(char)a, (char)b, (char)0x80, (char)0x80};
            size_t n = a >= 0xF0 ? 4 : a >= 0xE0 ? 3 : 2;
            uint32_t point = n == 4   ? (uint32_t)(a & 7) << 18 | (uint32_t)(b & 63) << 12
                             : n == 3 ? (uint32_t)(a & 15) << 12 | (uint32_t)(b & 63) << 6
                                      : (uint32_t)(a & 31) << 6 | (uint32_t)(b & 63);
            uint32_t least = n == 4 ? 0x10000 : n == 3 ? 0x800 : 0x80;
            bool valid = a >= 0xC0 && a <= 0xF7 && (b & 0xC0) == 0x80 && point >= least &&
                         point <= 0x10FFFF && !(point >= 0xD800 && point <= 0xDFFF);
            assert_int_equal(scan_utf8((span){bytes, n}), valid);
            assert_false(scan_utf8((span){bytes, n - 1}));
        }
    }
}

static void utf8_later_bytes(void **state)
{
    (void)state;
    assert_false(scan_utf8(span_of("\xE2\x82")));
    assert_false(scan_utf8(span_of("\xE2\x82\x41")));
    assert_false(scan_utf8(span_of("\xF0\x9F\x98\xC0")));
    assert_true(scan_utf8((span){"a\0b", 3}));
    assert_int_equal(scan("{\"a\":\"\xE9\"}"), SCAN_NOT_UTF8);
    assert_int_equal(scan("\xFF"), SCAN_NOT_UTF8);
}

static void control_bytes(void **state)
{
    (void)state;
    for (int c = 0; c < 0x20; c++) {
        const char outside[] = {'{', (char)c, '}'};
        const char inside[] = {'"', (char)c, '"'};
        const char escaped[] = {'"', '\\', (char)c, '"'};
        bool space = c == '\t' || c == '\n' || c == '\r';
        assert_int_equal(scan_line((span){outside, 3}, ALL, ALL), space ? 0 : SCAN_CONTROL_BYTE);
        assert_int_equal(scan_line((span){inside, 3}, ALL, ALL), SCAN_CONTROL_BYTE);
        assert_int_equal(scan_line((span){escaped, 4}, ALL, ALL), SCAN_CONTROL_BYTE);
    }
}

static void depth(void **state)
{
    (void)state;
    assert_int_equal(scan_line(span_of("{[{}]}"), 3, ALL), 0);
    assert_int_equal(scan_line(span_of("{[{}]}"), 2, ALL), SCAN_TOO_DEEP);
    assert_int_equal(scan_line(span_of("[[],[],[[]]]"), 3, ALL), 0);
    assert_int_equal(scan_line(span_of("]]]][[[["), 4, ALL), 0);
    assert_int_equal(scan_line(span_of("]]]][[[[["), 4, ALL), SCAN_TOO_DEEP);
    assert_int_equal(scan_line(span_of("\"[[[[\\\"[[[\""), 0, ALL), 0);
}

static void structural(void **state)
{
    (void)state;
    assert_int_equal(scan_line(span_of("{\"a\":1,\"b\":[]}"), ALL, 7), 0);
    assert_int_equal(scan_line(span_of("{\"a\":1,\"b\":[]}"), ALL, 6), SCAN_TOO_COMPLEX);
    assert_int_equal(scan_line(span_of("\"{,:}[]\""), ALL, 0), 0);
}

static void first_fault_is_told(void **state)
{
    (void)state;
    assert_int_equal(scan_line(span_of("[[\xFF"), 1, ALL), SCAN_TOO_DEEP);
    assert_int_equal(scan_line(span_of("\xFF[["), 1, ALL), SCAN_NOT_UTF8);
    assert_int_equal(scan_line(span_of("\x01[["), 1, ALL), SCAN_CONTROL_BYTE);
}

static void details(void **state)
{
    (void)state;
    assert_string_equal(scan_detail(SCAN_NOT_UTF8), "not_utf8");
    assert_string_equal(scan_detail(SCAN_CONTROL_BYTE), "control_byte");
    assert_string_equal(scan_detail(SCAN_TOO_DEEP), "too_deep");
    assert_string_equal(scan_detail(SCAN_TOO_COMPLEX), "too_complex");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_json_may_be),
        cmocka_unit_test(utf8_pairs),
        cmocka_unit_test(utf8_later_bytes),
        cmocka_unit_test(control_bytes),
        cmocka_unit_test(depth),
        cmocka_unit_test(structural),
        cmocka_unit_test(first_fault_is_told),
        cmocka_unit_test(details),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
