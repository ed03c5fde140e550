/* SPDX-License-Identifier: EUPL-1.2 */
/* Passwords drawn and derived: against a vector of RFC 7914 by its cost, and against themselves. */
#include "admin/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void what_is_drawn(void **state)
{
    char first[PASSWORD_MADE], second[PASSWORD_MADE], secret[TOTP_SECRET_TEXT];
    unsigned char bytes[TOTP_SECRET_BYTES];
    size_t n;

    (void)state;
    assert_int_equal(password_make(first), 0);
    assert_int_equal(password_make(second), 0);
    assert_string_not_equal(first, second);
    assert_int_equal(strlen(first), 23);
    for (size_t i = 0; i < 23; i++)
        assert_true(i % 6 == 5 ? first[i] == '-' : strchr("0o1il-", first[i]) == NULL);
    assert_null(password_trouble(span_of(first)));
    assert_int_equal(totp_make(secret), 0);
    assert_int_equal(base32_read(span_of(secret), bytes, sizeof bytes, &n), 0);
    assert_int_equal(n, TOTP_SECRET_BYTES);
}

/* Python: hashlib.scrypt(b"correct horse battery", salt=bytes(range(16)), n=1<<15, r=8, p=1,
 * maxmem=1<<26, dklen=32). */
static void what_is_derived(void **state)
{
    static const char expected[] = "scrypt$15$8$1$AAECAwQFBgcICQoLDA0ODw$"
                                   "xy6UCICz8Vv_P6JqOkkUD4DOmhxN0tXSe6sQAUBxupQ";
    struct scrypt s = SCRYPT_NEW;
    char text[SCRYPT_TEXT];

    (void)state;
    for (size_t i = 0; i < SCRYPT_SALT; i++)
        s.salt[i] = (unsigned char)i;
    assert_int_equal(password_derive(span_of("correct horse battery"), &s), 0);
    scrypt_write(&s, text);
    assert_string_equal(text, expected);
}

static void what_is_kept(void **state)
{
    char text[SCRYPT_TEXT], again[SCRYPT_TEXT];
    struct scrypt costly = {.log_n = 17, .r = 8, .p = 4};

    (void)state;
    assert_int_equal(password_keep(span_of("correct horse battery"), text), 0);
    assert_int_equal(password_keep(span_of("correct horse battery"), again), 0);
    assert_string_not_equal(text, again);
    assert_true(password_is(span_of("correct horse battery"), text));
    assert_false(password_is(span_of("correct horse batterz"), text));
    assert_false(password_is(span_of("correct horse battery"), "scrypt$"));
    assert_int_equal(password_derive(span_of("x"), &costly), 0); /* the most that is read */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_drawn),
        cmocka_unit_test(what_is_derived),
        cmocka_unit_test(what_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
