/* SPDX-License-Identifier: EUPL-1.2 */
/* Codes against the vectors of RFC 6238 (their last six digits), and which of them a login takes.
 */
#include "api/totp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const span key = {"12345678901234567890", 20};

/* RFC 6238, appendix B: seconds since 1970, code. */
static const struct {
    int64_t second;
    const char *code;
} vectors[] = {
    {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
    {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(vectors); i++) {
        char code[TOTP_DIGITS + 1];
        assert_int_equal(totp_code(key, totp_step(vectors[i].second * USEC_S), code), 0);
        assert_string_equal(code, vectors[i].code);
    }
}

static int check(usec_t at, int64_t last, const char *code, int64_t *ret_step)
{
    *ret_step = -7;
    return totp_check(key, at, last, span_of(code), ret_step);
}

static void test_now_and_its_neighbours(void **state)
{
    (void)state;
    usec_t at = 1111111111 * USEC_S; /* in step 37037037 */
    for (int64_t step = 37037034; step <= 37037040; step++) {
        char code[TOTP_DIGITS + 1];
        int64_t found;
        assert_int_equal(totp_code(key, step, code), 0);
        bool near = step >= 37037036 && step <= 37037038;
        assert_int_equal(check(at, TOTP_NEVER, code, &found), near ? 0 : TOTP_WRONG);
        assert_int_equal(found, near ? step : -7);
    }
}

static void test_a_step_is_used_once(void **state)
{
    (void)state;
    usec_t at = 1111111111 * USEC_S;
    int64_t found;
    assert_int_equal(check(at, 37037036, "050471", &found), 0);
    assert_int_equal(check(at, 37037037, "050471", &found), TOTP_WRONG);
    assert_int_equal(check(at, 37037038, "050471", &found), TOTP_WRONG);
    assert_int_equal(check(at, 37037037, "081804", &found), TOTP_WRONG); /* the one before */
    assert_int_equal(found, -7);
}

static void test_what_is_no_code(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "050472", "50471", "0050471", "05047", "05047 "};
    int64_t found;
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
        assert_int_equal(check(1111111111 * USEC_S, TOTP_NEVER, wrong[i], &found), TOTP_WRONG);
    /* In the first step of all there is none before. */
    assert_int_equal(check(0, TOTP_NEVER, "755224", &found), 0);
    assert_int_equal(found, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_now_and_its_neighbours),
        cmocka_unit_test(test_a_step_is_used_once),
        cmocka_unit_test(test_what_is_no_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
