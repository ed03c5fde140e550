/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"

static void holds(struct buf *b, const char *text)
{
    assert_int_equal(buf_check(b), 0);
    assert_int_equal(b->n, strlen(text));
    assert_memory_equal(b->p, text, b->n);
    buf_reset(b);
}

static void appends(void **unused)
{
    (void)unused;
    struct buf b = {0};
    buf_add(&b, (span){NULL, 0});
    assert_null(b.p);
    buf_text(&b, "a");
    buf_char(&b, 'b');
    buf_add(&b, (span){"cdX", 2});
    holds(&b, "abcd");
    buf_printf(&b, "%d-%s", 7, "x");
    holds(&b, "7-x");
    buf_free(&b);
    assert_null(b.p);
    buf_free(NULL);
}

static void integers(void **unused)
{
    (void)unused;
    struct buf b = {0};
    const struct {
        int64_t value;
        const char *text;
    } cases[] = {{0, "0"},
                 {-1, "-1"},
                 {42, "42"},
                 {INT64_MAX, "9223372036854775807"},
                 {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        buf_int(&b, cases[i].value);
        holds(&b, cases[i].text);
    }
    buf_free(&b);
}

/* Every length around the doublings, by every way of appending. */
static void grows(void **unused)
{
    (void)unused;
    for (size_t n = 0; n < 600; n++) {
        struct buf one = {0}, all = {0}, printed = {0};
        char text[601];
        for (size_t i = 0; i < n; i++) {
            text[i] = (char)('a' + i % 26);
            buf_char(&one, text[i]);
        }
        text[n] = '\0';
        buf_text(&all, text);
        buf_printf(&printed, "%s", text);
        holds(&one, text);
        holds(&all, text);
        holds(&printed, text);
        buf_free(&one);
        buf_free(&all);
        buf_free(&printed);
    }
}

static void decimals(void **unused)
{
    (void)unused;
    const struct {
        double value;
        unsigned digits;
        const char *text;
    } cases[] = {
        {0, 0, "0"},          {0, 3, "0.000"},
        {0.0004, 3, "0.000"}, {0.87, 3, "0.870"},
        {12.34, 1, "12.3"},   {12.36, 1, "12.4"},
        {9.96, 1, "10.0"},    {71.2, 0, "71"},
        {-0.26, 1, "-0.3"},   {-10872.549, 2, "-10872.55"},
    };
    struct buf b = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_decimal(&b, cases[i].value, cases[i].digits);
        holds(&b, cases[i].text);
    }
    buf_free(&b);
}

static void drops(void **unused)
{
    (void)unused;
    struct buf b = {0};
    buf_drop(&b, 0);
    buf_text(&b, "abcdef");
    buf_drop(&b, 2);
    buf_text(&b, "g");
    holds(&b, "cdefg");
    buf_text(&b, "abc");
    buf_drop(&b, 3);
    holds(&b, "");
    buf_free(&b);
}

static void json(void **unused)
{
    (void)unused;
    struct buf b = {0};
    buf_json_text(&b, NULL);
    holds(&b, "null");
    buf_json_text(&b, "");
    holds(&b, "\"\"");
    buf_json_text(&b, "\"Évry\" \\ \n\t\x01\x1f/");
    holds(&b, "\"\\\"Évry\\\" \\\\ \\u000a\\u0009\\u0001\\u001f/\"");
    buf_json_span(&b, (span){"a\0b", 3});
    holds(&b, "\"a\\u0000b\"");
    buf_json_instant(&b, 0);
    holds(&b, "\"1970-01-01T00:00:00Z\"");
    buf_free(&b);
}

static void prepends(void **unused)
{
    (void)unused;
    struct buf b = {0};
    buf_prepend(&b, span_of(""));
    buf_prepend(&b, span_of("first"));
    buf_prepend(&b, span_of("before "));
    buf_text(&b, ", after");
    char long_text[200] = {0};
    memset(long_text, 'x', sizeof long_text - 1);
    buf_prepend(&b, span_of(long_text));
    assert_int_equal(b.n, 199 + 19);
    assert_memory_equal(b.p, long_text, 199);
    buf_drop(&b, 199);
    holds(&b, "before first, after");
    buf_free(&b);
}

/* A failure is remembered, appends after it do nothing, and a reset forgets it. */
static void failure(void **unused)
{
    (void)unused;
    struct buf b = {0};
    volatile size_t most = SIZE_MAX; /* the compiler would see through a constant */
    buf_text(&b, "kept");
    buf_add(&b, (span){"x", most - 8}); /* no such room: nothing is read */
    assert_int_equal(buf_check(&b), -ENOMEM);
    buf_text(&b, "more");
    assert_int_equal(b.n, 4);
    buf_reset(&b);
    assert_true(buf_reserve(&b, 100));
    buf_text(&b, "again");
    holds(&b, "again");
    buf_add(&b, (span){"x", most});
    assert_int_equal(buf_check(&b), -ENOMEM);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends),  cmocka_unit_test(integers), cmocka_unit_test(grows),
        cmocka_unit_test(decimals), cmocka_unit_test(drops),    cmocka_unit_test(json),
        cmocka_unit_test(prepends), cmocka_unit_test(failure),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
