/* SPDX-License-Identifier: EUPL-1.2 */
/* Tables for spreadsheets: how they are asked for, and that nothing in them is computed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/operation.h"
#include "http/csv.h"

#define MARK "\xef\xbb\xbf"

static struct csv csv_of(const char *query, const char *operation, const char *rest)
{
    struct shape_errors errors = {0};
    struct buf left = {0};
    struct csv csv = {0};
    assert_int_equal(csv_read_query(span_of(query), operation, &left, &csv, &errors), 0);
    buf_char(&left, '\0');
    assert_string_equal(left.p, rest);
    buf_free(&left);
    return csv;
}

static void expect(const struct csv *csv, const char *answer, const char *text)
{
    struct buf out = {0};
    assert_int_equal(csv_write(csv, span_of(answer), &out), 0);
    buf_char(&out, '\0');
    assert_string_equal(out.p, text);
    buf_free(&out);
}

static void who_asks_for_it(void **state)
{
    (void)state;
    static const char *const yes[] = {"text/csv", "TEXT/CSV;q=0.9",
                                      "text/html, text/csv ;header=present"};
    static const char *const no[] = {"", "*/*", "text/*", "text/csvx", "application/json"};
    for (size_t i = 0; i < ARRAY_LENGTH(yes); i++)
        assert_true(csv_is_accepted(span_of(yes[i])));
    for (size_t i = 0; i < ARRAY_LENGTH(no); i++)
        assert_false(csv_is_accepted(span_of(no[i])));
    assert_false(csv_is_accepted((span){0}));
}

static void what_the_door_takes_of_the_query(void **state)
{
    (void)state;
    struct csv csv = csv_of("from=a&separator=comma&to=b&table=total", "place_days", "from=a&to=b");
    assert_int_equal(csv.separator, ',');
    assert_string_equal(csv.table->name, "total");
    csv = csv_of("", "occupancy", "");
    assert_int_equal(csv.separator, ';');
    assert_string_equal(csv.table->name, "rows");
    assert_int_equal(csv_of("separator=tab", "occupancy", "").separator, '\t');
    csv = csv_of("", "unit.list", "");
    assert_null(csv.table);

    static const char *const refused[] = {"separator=", "separator=;", "table=rows&table=none",
                                          "separator=pipe"};
    for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
        struct shape_errors errors = {0};
        struct buf left = {0};
        assert_int_equal(csv_read_query(span_of(refused[i]), "occupancy", &left, &csv, &errors),
                         CSV_REFUSED);
        assert_int_equal(errors.n, 1);
        buf_free(&left);
    }
}

static void rows_of_what_there_is(void **state)
{
    (void)state;
    struct csv csv = csv_of("", "place_days", "");
    expect(&csv,
           "{\"rows\":[{\"modality\":\"pad\",\"units\":30,\"open\":12.25},"
           "{\"modality\":null,\"units\":1,\"open\":0.5}],\"next\":null}",
           MARK "modality;units;open\r\npad;30;12,25\r\n;1;0,5\r\n");
    expect(&csv, "{\"rows\":[]}",
           MARK "territory;establishment_kind;modality;establishment;establishment_name;units;"
                "never_declared;authorised;open;occupied;vacant;over;closed\r\n");
    csv = csv_of("separator=comma&table=total", "place_days", "");
    expect(&csv, "{\"total\":{\"units\":30,\"open\":12.25}}", MARK "units,open\r\n30,12.25\r\n");
    csv = csv_of("", "alert.list", "");
    expect(&csv,
           "{\"alerts\":[{\"id\":\"a-1\",\"ages\":{\"min_months\":0,\"max_months\":null},"
           "\"active\":true}]}",
           MARK "id;ages.min_months;ages.max_months;active\r\na-1;0;;true\r\n");
}

static void nothing_is_computed_and_nothing_is_broken(void **state)
{
    (void)state;
    static const struct {
        const char *name, *cell;
    } cases[] = {
        {"=1+1", "'=1+1"},
        {"+33", "'+33"},
        {"-2", "'-2"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"=HYPERLINK(\\\"http://x\\\";\\\"y\\\")", "\"'=HYPERLINK(\"\"http://x\"\";\"\"y\"\")\""},
        {"\\tx", "'\tx"},
        {"\\r=1", "\"'\r=1\""},
        {"a\\nb", "\"a\nb\""},
        {"a;b", "\"a;b\""},
        {"a,b", "a,b"},
        {"\\\"", "\"\"\"\""},
        {"Les Cèdres - 2", "Les Cèdres - 2"},
        {"", ""},
    };
    struct csv csv = csv_of("", "place_days", "");
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char answer[200], text[200];
        snprintf(answer, sizeof answer, "{\"rows\":[{\"establishment_name\":\"%s\"}]}",
                 cases[i].name);
        snprintf(text, sizeof text, MARK "establishment_name\r\n%s\r\n", cases[i].cell);
        expect(&csv, answer, text);
    }
    struct buf out = {0};
    assert_int_equal(csv_write(&csv, span_of("{\"rows\":1}"), &out), -EBADMSG);
    assert_int_equal(csv_write(&csv, span_of("rows"), &out), -EBADMSG);
    buf_free(&out);
}

/* Tables are of operations that there are, and no parameter of theirs is taken away. */
static void every_table_is_of_an_operation(void **state)
{
    (void)state;
    const struct csv_table *table;
    size_t i = 0;
    for (; (table = csv_table_at(i)) != NULL; i++) {
        const struct operation *op = operation_find(span_of(table->operation));
        assert_non_null(op);
        for (const struct shape *member = op->params; member->name != NULL; member++) {
            assert_string_not_equal(member->name, "separator");
            assert_string_not_equal(member->name, "table");
        }
    }
    assert_true(i >= 8);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks_for_it),
        cmocka_unit_test(what_the_door_takes_of_the_query),
        cmocka_unit_test(rows_of_what_there_is),
        cmocka_unit_test(nothing_is_computed_and_nothing_is_broken),
        cmocka_unit_test(every_table_is_of_an_operation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
