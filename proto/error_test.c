/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void rows_are_distinct(void **state)
{
    (void)state;
    for (int i = 0; i < ERROR_COUNT; i++) {
        assert_non_null(error_rows[i].type);
        assert_int_equal(error_find(span_of(error_rows[i].type)), i);
        assert_in_range(error_rows[i].status, 400, 503);
        assert_true(error_rows[i].title[0] != '\0');
        for (int j = 0; j < i; j++)
            assert_int_not_equal(error_rows[i].code, error_rows[j].code);
    }
    assert_int_equal(error_rows[ERROR_INTERNAL].code, -32603);
}

static void unknown_type(void **state)
{
    (void)state;
    assert_int_equal(error_find(span_of("")), -1);
    assert_int_equal(error_find(span_of("parse_")), -1);
    assert_int_equal(error_find((span){"parse_", 5}), ERROR_PARSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_distinct),
        cmocka_unit_test(unknown_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
