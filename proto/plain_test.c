/* SPDX-License-Identifier: EUPL-1.2 */
/* Every line is read by jansson too: what plain_read takes, it must have taken the same way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/result.h"
#include "proto/plain.h"
#include "proto/scan.h"

/* The same text is written for the same value: reals with all their digits, members in order. */
static bool reads_the_same(span line, bool *ret_plain)
{
    json_t *judged = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    json_t *plain = plain_read(line);
    char *one = plain ? json_dumps(plain, JSON_ENCODE_ANY) : NULL;
    char *other = judged ? json_dumps(judged, JSON_ENCODE_ANY) : NULL;
    bool same = plain == NULL || (other != NULL && strcmp(one, other) == 0);
    *ret_plain = plain != NULL;
    free(one);
    free(other);
    json_decref(judged);
    json_decref(plain);
    return same;
}

static void check(const char *line, bool plain)
{
    bool was_plain;
    assert_int_equal(scan_line(span_of(line), 32, 4096), 0);
    if (!reads_the_same(span_of(line), &was_plain))
        fail_msg("read differently: %s", line);
    if (was_plain != plain)
        fail_msg("%s: %s", plain ? "not read" : "read", line);
}

static void takes(void **unused)
{
    (void)unused;
    static const char *const lines[] = {
        "{}",
        "[]",
        " { \"a\" : [ 1 , 2 ,\t3 ] , \"\" : null }\r",
        "{\"a\":{\"b\":{\"c\":[[],{}]}},\"b\":true,\"c\":false}",
        "{\"text\":\"d\xC3\xA9j\xC3\xA0 vu\",\"empty\":\"\"}",
        "[0,-0,7,-7,999999999999999999,-999999999999999999]",
        "[0.5,-0.5,43.4213,1.0,0.0,-0.0,0.1,12345678901234.5,0.00000000000001]",
        "\"alone\"",
        "12",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
        check(lines[i], true);
}

static void leaves_to_jansson(void **unused)
{
    (void)unused;
    static const char *const lines[] = {
        "",
        "{",
        "}",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "[1 2]",
        "{}{}",
        "{} x",
        "[01]",
        "[-]",
        "[1.]",
        "[.5]",
        "[+1]",
        "[1e3]",
        "[1.5e3]",
        "[1E3]",
        "[- 1]",
        "[tru]",
        "[truex]",
        "[nulll]",
        "[\"a]",
        "[\"\\n\"]",
        "{\"a\\u0062\":1}",
        "[\"\\u0000\"]",
        "[1234567890123456789]",
        "[9223372036854775808]",
        "[1.234567890123456]",
        "{\"a\":1,\"a\":2}",
        "{\"b\":1,\"a\":{},\"b\":1}",
        "{\"a\":{\"c\":1,\"c\":2}}",
        "[1,2",
        "[",
        "{\"a\":",
        "[]]",
        "{\"a\" 1}",
        "[0x1]",
        "[1.5.5]",
        "[--1]",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
        check(lines[i], false);
}

/* A line is read to its end and no further: nothing terminates it. */
static void ends_where_it_ends(void **unused)
{
    (void)unused;
    static const char whole[] = "{\"a\":[1,true,\"x\",0.5]}";
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        char *cut = malloc(n + 1); /* so that a sanitizer sees what is beyond */
        assert_non_null(cut);
        memcpy(cut + 1, whole, n);
        assert_null(plain_read((span){cut + 1, n}));
        free(cut);
    }
}

static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = *seed += 0x9E3779B97F4A7C15ULL;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return z ^ z >> 31;
}

/* Requests with a few bytes changed, and numbers at random. */
static void agrees_on_anything(void **unused)
{
    (void)unused;
    static const char request[] =
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"search\",\"params\":{\"children\":"
        "[{\"age_months\":84,\"sex\":\"F\"},{}],\"near\":{\"point\":[43.4,-1.25]},\"max_km\":60.5,"
        "\"emergency\":true,\"tonight\":false,\"after\":null}}";
    static const char bytes[] = "{}[]:,\"\\ .-+eE0123456789atrufnsl";
    uint64_t seed = 4711;
    size_t taken = 0;
    for (int round = 0; round < 100000; round++) {
        char line[sizeof request];
        bool plain;
        memcpy(line, request, sizeof line);
        for (uint64_t change = next_random(&seed) % 3; change > 0; change--)
            line[next_random(&seed) % (sizeof line - 1)] =
                bytes[next_random(&seed) % (sizeof bytes - 1)];
        if (round % 2 == 0)
            snprintf(line, sizeof line, "[%s%llu.%0*llu,%lld]", round % 4 ? "-" : "",
                     (unsigned long long)next_random(&seed) >> next_random(&seed) % 64,
                     (int)(next_random(&seed) % 8 + 1),
                     (unsigned long long)next_random(&seed) >> (20 + next_random(&seed) % 44),
                     (long long)next_random(&seed) >> next_random(&seed) % 64);
        if (scan_line(span_of(line), 32, 4096) != 0)
            continue;
        if (!reads_the_same(span_of(line), &plain))
            fail_msg("read differently: %s", line);
        taken += plain;
    }
    assert_true(taken > 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes),
        cmocka_unit_test(leaves_to_jansson),
        cmocka_unit_test(ends_where_it_ends),
        cmocka_unit_test(agrees_on_anything),
    };
    return cmocka_run_group_tests_name("plain", tests, NULL, NULL);
}
