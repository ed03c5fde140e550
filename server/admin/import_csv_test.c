/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/import_csv.h"
#include "admin/import_fixture.h"

static void fields_and_lines(void **state)
{
    struct csv c;

    (void)state;
    csv_open(&c, span_of("a; b ;\"c;\"\"d\"\"\"\r\n\n  \n;;\nlast"));
    assert_int_equal(csv_next(&c), 0);
    assert_int_equal(c.n_fields, 3);
    assert_int_equal(c.line, 1);
    assert_true(span_is(csv_field(&c, 0), "a"));
    assert_true(span_is(csv_field(&c, 1), "b"));
    assert_true(span_is(csv_field(&c, 2), "c;\"d\""));
    assert_true(span_is(csv_field(&c, 3), ""));
    assert_true(span_is(csv_field(&c, -1), ""));
    assert_int_equal(csv_next(&c), 0);
    assert_int_equal(c.line, 4);
    assert_int_equal(c.n_fields, 3);
    assert_true(span_is(csv_field(&c, 1), ""));
    assert_int_equal(csv_next(&c), 0);
    assert_int_equal(c.n_fields, 1);
    assert_int_equal(csv_next(&c), CSV_END);
    csv_close(&c);
}

static void damage_is_told(void **state)
{
    struct csv c;
    char wide[3 * CSV_FIELDS_MAX], *deep = malloc(CSV_FIELD_LENGTH_MAX + 3);

    (void)state;
    csv_open(&c, span_of("ok\n\"open;b\nc\n"));
    assert_int_equal(csv_next(&c), 0);
    assert_int_equal(csv_next(&c), CSV_UNCLOSED_QUOTE);
    assert_int_equal(c.line, 2);
    csv_close(&c);

    csv_open(&c, span_of("\"a\"b;c\n"));
    assert_int_equal(csv_next(&c), CSV_UNCLOSED_QUOTE);
    csv_close(&c);

    memset(wide, ';', sizeof wide);
    csv_open(&c, (span){wide, CSV_FIELDS_MAX - 1});
    assert_int_equal(csv_next(&c), 0);
    assert_int_equal(c.n_fields, CSV_FIELDS_MAX);
    csv_close(&c);
    csv_open(&c, (span){wide, CSV_FIELDS_MAX});
    assert_int_equal(csv_next(&c), CSV_TOO_MANY_FIELDS);
    csv_close(&c);

    assert_non_null(deep);
    memset(deep, 'x', CSV_FIELD_LENGTH_MAX + 1);
    csv_open(&c, (span){deep, CSV_FIELD_LENGTH_MAX});
    assert_int_equal(csv_next(&c), 0);
    csv_close(&c);
    csv_open(&c, (span){deep, CSV_FIELD_LENGTH_MAX + 1});
    assert_int_equal(csv_next(&c), CSV_FIELD_TOO_LONG);
    csv_close(&c);
    free(deep);
}

static void headers(void **state)
{
    static const char *const names[] = {"code*", "name", "point*"};
    static const struct {
        const char *text, *name;
        int outcome;
    } cases[] = {
        {"point;code\n", "", 0},
        {"code;name\n", "point", CSV_HEADER_MISSING},
        {"code;name;code;point\n", "code", CSV_HEADER_DOUBLED},
        {"code;nom;point\n", "nom", CSV_HEADER_UNKNOWN},
        {"", "", CSV_END},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct csv c;
        int at[3];
        span name = {"", 0};

        csv_open(&c, span_of(cases[i].text));
        assert_int_equal(csv_header(&c, names, 3, at, &name), cases[i].outcome);
        if (cases[i].outcome == 0) {
            assert_int_equal(at[0], 1);
            assert_int_equal(at[1], -1);
            assert_int_equal(at[2], 0);
        } else if (cases[i].outcome != CSV_END) {
            assert_true(span_is(name, cases[i].name));
        }
        csv_close(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_lines),
        cmocka_unit_test(damage_is_told),
        cmocka_unit_test(headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
