/* SPDX-License-Identifier: EUPL-1.2 */
/* What a login is judged by, from rows; the commands about sessions, as JSON. */
#include "api/login.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SCRYPT "scrypt$15$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define SECRET "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *cell(const void *source, int row, int col)
{
    (void)row;
    return ((const char *const *)source)[col];
}

static int read_row(const char *const *row, struct login *ret)
{
    struct rows rows = {.n_rows = row ? 1 : 0, .n_cols = 6, .source = row, .cell = cell};
    return login_read(&rows, ret);
}

static void test_rows(void **state)
{
    (void)state;
    struct login l = {.known = true};
    assert_int_equal(read_row(NULL, &l), 0);
    assert_false(l.known);
    const char *const bare[] = {NULL, NULL, NULL, "def", "f", NULL};
    assert_int_equal(read_row(bare, &l), 0);
    assert_true(l.known && !l.disabled && !l.has_password && l.n_secret == 0);
    assert_int_equal(l.role, ROLE_DEF);
    assert_int_equal(l.last_step, TOTP_NEVER);
    const char *const full[] = {SCRYPT, SECRET, "0", "astreinte", "t", "1700000000000001"};
    assert_int_equal(read_row(full, &l), 0);
    assert_true(l.known && l.disabled && l.has_password);
    assert_int_equal(l.password.log_n, 15);
    assert_int_equal(l.n_secret, 20);
    assert_memory_equal(l.secret, "12345678901234567890", 20);
    assert_int_equal(l.last_step, 0);
    assert_int_equal(l.changed_at, 1700000000000001);
}

static void test_what_is_no_row(void **state)
{
    (void)state;
    struct login l = {.last_step = 5};
    const char *const wrong[][6] = {
        {"scrypt$1", NULL, NULL, "def", "f", NULL}, {NULL, "secret", NULL, "def", "f", NULL},
        {NULL, NULL, NULL, "queen", "f", NULL},     {NULL, NULL, NULL, NULL, "f", NULL},
        {NULL, NULL, NULL, "def", NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
        assert_int_equal(read_row(wrong[i], &l), -EBADMSG);
    assert_int_equal(l.last_step, 5);
}

/* The command with its params: each member as JSON writes it. */
static void assert_command(struct buf *out, const char *expected)
{
    assert_int_equal(buf_check(out), 0);
    json_t *command = json_loadb(out->p, out->n, JSON_REJECT_DUPLICATES, NULL);
    json_t *wanted = json_loads(expected, 0, NULL);
    assert_non_null(command);
    assert_non_null(wanted);
    const char *key = json_string_value(json_object_get(command, "key"));
    assert_true(key != NULL && strlen(key) >= 1 && strlen(key) <= 64);
    json_object_del(command, "key");
    assert_true(json_equal(command, wanted));
    json_decref(command);
    json_decref(wanted);
    buf_reset(out);
}

#define BY "{\"account\":\"daemon\",\"digest\":\"\",\"channel\":\"console\",\"op\":\"session."

static void test_commands(void **state)
{
    (void)state;
    struct buf out = {0};
    session_open_command(&out, ID, "night", 12, 34, TOTP_NEVER);
    assert_command(&out, BY "open\",\"params\":{\"id\":\"" ID "\",\"account\":\"night\","
                            "\"expires_at\":12,\"changed_at\":34}}");
    session_open_command(&out, ID, "night", 12, 34, 0);
    assert_command(&out, BY "open\",\"params\":{\"id\":\"" ID "\",\"account\":\"night\","
                            "\"expires_at\":12,\"changed_at\":34,\"totp_step\":0}}");
    session_touch_command(&out, ID, UINT64_MAX);
    assert_command(&out, BY "touch\",\"params\":{\"id\":\"" ID "\"}}");
    session_close_command(&out, ID);
    assert_command(&out, BY "close\",\"params\":{\"id\":\"" ID "\"}}");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_what_is_no_row),
        cmocka_unit_test(test_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
