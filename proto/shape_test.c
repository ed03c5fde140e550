/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "proto/format.h"

static const char *const colours[] = {"red", NULL, "blue"};

static const struct shape point_members[] = {
    {"n", SHAPE_INT, .required = true, .max = 9999},
    {"on", SHAPE_TEXT, .nullable = true, .format = format_date},
    {0},
};
static const struct shape code_element = {NULL, SHAPE_CODE, .one_of = colours,
                                          .n_one_of = ARRAY_LENGTH(colours)};
static const struct shape object_element = {NULL, SHAPE_OBJECT, .members = point_members};

static const struct shape table[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_unit_id},
    {"name", SHAPE_TEXT, .min = 1, .max = 4},
    {"count", SHAPE_INT, .min = -2, .max = 12},
    {"forgotten", SHAPE_INT},
    {"km", SHAPE_NUMBER, .max = 100},
    {"flag", SHAPE_BOOL},
    {"colour", SHAPE_CODE, .one_of = colours, .n_one_of = ARRAY_LENGTH(colours)},
    {"colours", SHAPE_ARRAY, .min = 1, .max = 2, .element = &code_element},
    {"at", SHAPE_TEXT, .format = format_instant},
    {"point", SHAPE_POINT, .nullable = true},
    {"in", SHAPE_OBJECT, .members = point_members},
    {"list", SHAPE_ARRAY, .max = 100, .element = &object_element},
    {"any", SHAPE_ANY},
    {"bounded", SHAPE_TEXT, .max = 3, .format = format_code},
    {0},
};

/* Checks a JSON text; gives the errors as "pointer detail;…". */
static const char *errors_of(const char *text)
{
    static char got[SHAPE_ERRORS_MAX * (SHAPE_POINTER_MAX + 40)];
    struct shape_errors errors = {0};
    json_t *object = json_loads(text, JSON_DECODE_ANY, NULL);
    size_t n = 0;
    assert_non_null(object);
    int r = shape_check(table, object, &errors);
    assert_int_equal(r, errors.n > 0 ? SHAPE_REFUSED : 0);
    got[0] = '\0';
    for (int i = 0; i < shape_errors_listed(&errors); i++)
        n += (size_t)snprintf(got + n, sizeof got - n, "%s%s %s", i > 0 ? ";" : "",
                              errors.list[i].pointer, errors.list[i].detail);
    json_decref(object);
    return got;
}

#define CHECK(json, expected) assert_string_equal(errors_of(json), expected)
#define WITH(members) "{\"id\":\"u-1\"," members "}"

static void objects(void **state)
{
    (void)state;
    CHECK("{\"id\":\"u-1\"}", "");
    CHECK("{}", "/id required");
    CHECK("[]", " wrong_type");
    CHECK("null", " wrong_type");
    CHECK("\"id\"", " wrong_type");
    CHECK(WITH("\"x\":1,\"y\":null"), "/x unknown_member;/y unknown_member");
    CHECK("{\"id\":null}", "/id wrong_type");
    CHECK(WITH("\"any\":null"), "");
    CHECK(WITH("\"any\":[{\"deep\":1}]"), "");
    struct shape_errors errors = {0};
    assert_int_equal(shape_check(table, NULL, &errors), SHAPE_REFUSED);
    assert_string_equal(errors.list[0].detail, SHAPE_WRONG_TYPE);
}

static void numbers(void **state)
{
    (void)state;
    CHECK(WITH("\"count\":-2"), "");
    CHECK(WITH("\"count\":12"), "");
    CHECK(WITH("\"count\":-3"), "/count out_of_range");
    CHECK(WITH("\"count\":13"), "/count out_of_range");
    CHECK(WITH("\"count\":9223372036854775807"), "/count out_of_range");
    CHECK(WITH("\"count\":3.0"), "/count wrong_type");
    CHECK(WITH("\"count\":\"3\""), "/count wrong_type");
    CHECK(WITH("\"count\":null"), "/count wrong_type");
    CHECK(WITH("\"count\":true"), "/count wrong_type");
    CHECK(WITH("\"forgotten\":0"), "");
    CHECK(WITH("\"forgotten\":1"), "/forgotten out_of_range");
    CHECK(WITH("\"km\":0"), "");
    CHECK(WITH("\"km\":99.5"), "");
    CHECK(WITH("\"km\":100"), "");
    CHECK(WITH("\"km\":100.01"), "/km out_of_range");
    CHECK(WITH("\"km\":-1e-9"), "/km out_of_range");
    CHECK(WITH("\"km\":\"1\""), "/km wrong_type");
}

static void texts(void **state)
{
    (void)state;
    CHECK(WITH("\"name\":\"éé€😀\""), "");
    CHECK(WITH("\"name\":\"abcde\""), "/name too_long");
    CHECK(WITH("\"name\":\"\""), "/name too_short");
    CHECK(WITH("\"name\":\"a\\nb\""), "/name bad_format");
    CHECK(WITH("\"name\":\"\\u007f\""), "/name bad_format");
    CHECK(WITH("\"name\":1"), "/name wrong_type");
    CHECK("{\"id\":\"e-1\"}", "/id bad_format");
    CHECK(WITH("\"at\":\"2026-11-21T18:02:11Z\""), "");
    CHECK(WITH("\"at\":\"2026-11-21\""), "/at bad_format");
    CHECK(WITH("\"bounded\":\"abc\""), "");
    CHECK(WITH("\"bounded\":\"abcd\""), "/bounded too_long");
    CHECK(WITH("\"bounded\":\"ABC\""), "/bounded bad_format");
    CHECK(WITH("\"colour\":\"blue\""), "");
    CHECK(WITH("\"colour\":\"Blue\""), "/colour not_one_of");
    CHECK(WITH("\"colour\":\"\""), "/colour not_one_of");
    CHECK(WITH("\"colour\":2"), "/colour wrong_type");
    CHECK(WITH("\"flag\":false"), "");
    CHECK(WITH("\"flag\":0"), "/flag wrong_type");
}

static void nested(void **state)
{
    (void)state;
    CHECK(WITH("\"in\":{\"n\":1,\"on\":null}"), "");
    CHECK(WITH("\"in\":{\"on\":\"2026-02-30\",\"z\":1}"),
          "/in/n required;/in/on bad_format;/in/z unknown_member");
    CHECK(WITH("\"in\":null"), "/in wrong_type");
    CHECK(WITH("\"colours\":[\"red\",\"green\"]"), "/colours/1 not_one_of");
    CHECK(WITH("\"colours\":[]"), "/colours too_short");
    CHECK(WITH("\"colours\":[\"red\",\"red\",\"red\"]"), "/colours too_long");
    CHECK(WITH("\"colours\":{}"), "/colours wrong_type");
    CHECK(WITH("\"list\":[{\"n\":1},{\"n\":-1},3]"), "/list/1/n out_of_range;/list/2 wrong_type");
}

static void points(void **state)
{
    (void)state;
    CHECK(WITH("\"point\":[43.46,1]"), "");
    CHECK(WITH("\"point\":null"), "");
    CHECK(WITH("\"point\":[-90,180]"), "");
    CHECK(WITH("\"point\":[90.1,-180.1]"), "/point/0 out_of_range;/point/1 out_of_range");
    CHECK(WITH("\"point\":[1]"), "/point wrong_type");
    CHECK(WITH("\"point\":[1,2,3]"), "/point wrong_type");
    CHECK(WITH("\"point\":[null,2]"), "/point/0 wrong_type");
    CHECK(WITH("\"point\":{}"), "/point wrong_type");
}

static void pointers(void **state)
{
    (void)state;
    CHECK(WITH("\"a/b~c\":1,\"\":1,\"é\":1"),
          "/a~1b~0c unknown_member;/ unknown_member;/é unknown_member");

    /* A name of 126 bytes fits with its slash and terminator; of 127 it does not. */
    char json[400], name[200], expected[400];
    for (int n = 125; n <= 128; n++) {
        memset(name, 'x', (size_t)n);
        name[n] = '\0';
        snprintf(json, sizeof json, "{\"id\":\"u-1\",\"%s\":1}", name);
        snprintf(expected, sizeof expected, "%s%s unknown_member", n <= 126 ? "/" : "",
                 n <= 126 ? name : "");
        CHECK(json, expected);
        snprintf(json, sizeof json, "{\"id\":\"u-1\",\"in\":{\"n\":1,\"%s\":1}}", name);
        CHECK(json, n <= 123 ? "" : "/in unknown_member");
    }
}

/* Where a name cannot be said, nothing below it is said as if it stood above. */
static void pointers_below_what_cannot_be_said(void **state)
{
    (void)state;
    char name[SHAPE_POINTER_MAX + 1];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    const struct shape long_table[] = {
        {name, SHAPE_OBJECT, .members = point_members}, {"n", SHAPE_INT, .max = 1}, {0}};
    struct shape_errors errors = {0};
    json_t *o = json_pack("{s:{s:i},s:i}", name, "n", -1, "n", 2);
    assert_int_equal(shape_check(long_table, o, &errors), SHAPE_REFUSED);
    assert_int_equal(errors.n, 2);
    assert_string_equal(errors.list[0].pointer, "");
    assert_string_equal(errors.list[1].pointer, "/n");
    json_decref(o);
}

static void many_errors(void **state)
{
    (void)state;
    json_t *object = json_pack("{s:s}", "id", "u-1");
    struct shape_errors errors = {0};
    for (int i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "x%d", i);
        json_object_set_new(object, name, json_null());
    }
    assert_int_equal(shape_check(table, object, &errors), SHAPE_REFUSED);
    assert_int_equal(errors.n, 100);
    assert_int_equal(shape_errors_listed(&errors), SHAPE_ERRORS_MAX);
    assert_string_equal(errors.list[SHAPE_ERRORS_MAX - 1].pointer, "/x15");
    assert_int_equal(shape_check(table, object, &errors), SHAPE_REFUSED);
    json_decref(object);
}

static void own_errors(void **state)
{
    (void)state;
    struct shape_errors errors = {0};
    json_t *object = json_pack("{s:s}", "id", "u-1");
    shape_refuse(&errors, "/free", "free_or_occupied");
    assert_int_equal(errors.n, 1);
    assert_string_equal(errors.list[0].pointer, "/free");
    assert_string_equal(errors.list[0].detail, "free_or_occupied");
    assert_int_equal(shape_check(table, object, &errors), 0);
    json_decref(object);
}

static void readers(void **state)
{
    (void)state;
    double lat, lon;
    json_t *o = json_loads(WITH("\"count\":3,\"km\":1.5,\"flag\":true,\"point\":[43.5,1],"
                                "\"at\":\"1970-01-01T00:00:01Z\",\"in\":{\"n\":7},\"nil\":null"),
                           0, NULL);
    assert_int_equal(shape_int(o, "count", -1), 3);
    assert_int_equal(shape_int(o, "absent", -1), -1);
    assert_int_equal(shape_int(o, "nil", -1), -1);
    assert_int_equal(shape_int(shape_member(o, "in"), "n", -1), 7);
    assert_int_equal(shape_int(shape_member(o, "absent"), "n", -1), -1);
    assert_true(shape_number(o, "km", 0) == 1.5);
    assert_true(shape_number(o, "count", 0) == 3.0);
    assert_true(shape_number(o, "absent", 2.5) == 2.5);
    assert_true(shape_bool(o, "flag", false));
    assert_true(shape_bool(o, "absent", true));
    assert_string_equal(shape_text(o, "id"), "u-1");
    assert_null(shape_text(o, "nil"));
    assert_null(shape_text(o, "count"));
    assert_int_equal(shape_instant(o, "at", 0), USEC_S);
    assert_int_equal(shape_instant(o, "absent", 5), 5);
    assert_true(shape_point(o, "point", &lat, &lon));
    assert_true(lat == 43.5 && lon == 1.0);
    assert_false(shape_point(o, "nil", &lat, &lon));
    assert_true(shape_has(o, "count"));
    assert_false(shape_has(o, "nil"));
    assert_false(shape_has(NULL, "count"));
    json_decref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects),
        cmocka_unit_test(numbers),
        cmocka_unit_test(texts),
        cmocka_unit_test(nested),
        cmocka_unit_test(points),
        cmocka_unit_test(pointers),
        cmocka_unit_test(pointers_below_what_cannot_be_said),
        cmocka_unit_test(many_errors),
        cmocka_unit_test(own_errors),
        cmocka_unit_test(readers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
