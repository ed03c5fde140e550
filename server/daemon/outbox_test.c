/* SPDX-License-Identifier: EUPL-1.2 */
/* The signature of reminders; the rest is tried with a gateway (tests/system/reminder_test.py). */
#include "daemon/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SIGNED "b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163"

/* By openssl dgst -sha256 -hmac secret of "1700000000.{}". */
static void it_signs(void **state)
{
    char text[OUTBOX_SIGNATURE];
    (void)state;
    assert_int_equal(outbox_sign("secret", 1700000000, "{}", text), 0);
    assert_string_equal(text, "t=1700000000,v1=" SIGNED);
    assert_int_equal(outbox_sign("secret", 1700000001, "{}", text), 0);
    assert_null(strstr(text, SIGNED));
    assert_int_equal(outbox_sign("secreT", 1700000000, "{}", text), 0);
    assert_null(strstr(text, SIGNED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_signs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
