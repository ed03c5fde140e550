/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/bitmap.h"

#define WORDS 37 /* not a whole number of vectors */

static uint64_t random_word(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static size_t count_slowly(const uint64_t *words, size_t n)
{
    size_t count = 0;

    for (size_t bit = 0; bit < n * 64; bit++)
        count += words[bit / 64] >> bit % 64 & 1;
    return count;
}

struct operands {
    uint64_t a[WORDS], b[WORDS], c[WORDS], dst[WORDS + 1];
};

static struct operands random_operands(uint64_t seed)
{
    struct operands o;

    for (size_t i = 0; i < WORDS; i++) {
        o.a[i] = random_word(&seed);
        o.b[i] = random_word(&seed);
        o.c[i] = random_word(&seed);
        o.dst[i] = random_word(&seed);
    }
    o.dst[WORDS] = 0x5a5a; /* nobody writes behind the end */
    return o;
}

/* Each function against one word at a time, at every length. */
#define CHECK_WORDS(call, expected)                                                                \
    for (size_t n = 0; n <= WORDS; n++) {                                                          \
        struct operands o = random_operands(n + 1), before = o;                                    \
        call;                                                                                      \
        for (size_t i = 0; i < n; i++)                                                             \
            assert_true(o.dst[i] == (expected));                                                   \
        assert_memory_equal(o.dst + n, before.dst + n, (WORDS + 1 - n) * sizeof(uint64_t));        \
    }

static void test_words(void **state)
{
    (void)state;
    CHECK_WORDS(bits_or(o.dst, o.a, o.b, n), o.a[i] | o.b[i])
    CHECK_WORDS(bits_and(o.dst, o.a, o.b, n), o.a[i] & o.b[i])
    CHECK_WORDS(bits_and_not(o.dst, o.a, o.b, n), o.a[i] & ~o.b[i])
    CHECK_WORDS(bits_or_and_not(o.dst, o.a, o.b, n), before.dst[i] | (o.a[i] & ~o.b[i]))
    CHECK_WORDS(bits_and(o.dst, o.dst, o.b, n), before.dst[i] & o.b[i])
}

static void test_words_and_counts(void **state)
{
    (void)state;
    CHECK_WORDS(size_t got = bits_and_count(o.dst, o.a, o.b, n);
                assert_int_equal(got, count_slowly(o.dst, n)), o.a[i] & o.b[i])
    CHECK_WORDS(size_t got = bits_and_not_count(o.dst, o.a, o.b, n);
                assert_int_equal(got, count_slowly(o.dst, n)), o.a[i] & ~o.b[i])
    CHECK_WORDS(size_t got = bits_and_xor_count(o.dst, o.a, o.b, o.c, n);
                assert_int_equal(got, count_slowly(o.dst, n)), o.a[i] & (o.b[i] ^ o.c[i]))
    for (size_t n = 0; n <= WORDS; n++) {
        struct operands o = random_operands(n + 1);

        assert_int_equal(bits_count(o.a, n), count_slowly(o.a, n));
    }
}

static void test_reject(void **state)
{
    (void)state;
    for (size_t n = 0; n <= WORDS; n++) {
        struct operands o = random_operands(n + 1), was = o;
        size_t left = bits_reject(o.a, o.b, o.c, o.dst, n);

        assert_int_equal(left, count_slowly(o.a, n));
        for (size_t i = 0; i < n; i++) {
            assert_true(o.a[i] == (was.a[i] & ~was.dst[i]));
            assert_true(o.b[i] == (was.b[i] | was.dst[i]));
            assert_true(o.c[i] == (was.c[i] | (was.b[i] & was.dst[i])));
        }
        assert_memory_equal(o.a + n, was.a + n, (WORDS - n) * sizeof(uint64_t));
    }
}

static void test_set_grows(void **state)
{
    struct bitmap set = {0};
    (void)state;

    assert_false(bitmap_has(&set, 0));
    bitmap_remove(&set, 12345);
    bitmap_clear(&set);
    assert_int_equal(bitmap_add(&set, 63), 0);
    assert_int_equal(bitmap_add(&set, 64), 0);
    assert_int_equal(bitmap_add(&set, 9999), 0);
    assert_true(bitmap_has(&set, 63) && bitmap_has(&set, 64) && bitmap_has(&set, 9999));
    assert_false(bitmap_has(&set, 62) || bitmap_has(&set, 65) || bitmap_has(&set, 1000000));
    assert_int_equal(bits_count(set.words, set.n_words), 3);
    bitmap_remove(&set, 64);
    assert_false(bitmap_has(&set, 64));
    bitmap_clear(&set);
    assert_int_equal(bits_count(set.words, set.n_words), 0);
    bitmap_free(&set);
    assert_null(set.words);
    bitmap_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_words_and_counts),
        cmocka_unit_test(test_reject),
        cmocka_unit_test(test_set_grows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
