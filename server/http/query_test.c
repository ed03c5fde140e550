/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/query.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "api/operation.h"
#include "proto/format.h"

static const char *const states[] = {"held", "accepted"};
static const struct shape inner[] = {{"n", SHAPE_INT, .max = 9}, {0}};
static const struct shape state_element = {NULL, SHAPE_CODE, .one_of = states, .n_one_of = 2};
static const struct shape number_element = {NULL, SHAPE_INT, .max = 9};
static const struct shape object_element = {NULL, SHAPE_OBJECT, .members = inner};
static const struct shape table[] = {
    {"unit", SHAPE_TEXT, .format = format_unit_id},
    {"name", SHAPE_TEXT, .max = 100},
    {"limit", SHAPE_INT, .min = -5, .max = 200},
    {"max_km", SHAPE_NUMBER, .max = 1500},
    {"emergency", SHAPE_BOOL},
    {"end", SHAPE_CODE, .one_of = states, .n_one_of = 2},
    {"state", SHAPE_ARRAY, .max = 10, .element = &state_element},
    {"numbers", SHAPE_ARRAY, .max = 10, .element = &number_element},
    {"children", SHAPE_ARRAY, .max = 10, .element = &object_element},
    {"filter", SHAPE_OBJECT, .members = inner},
    {"near", SHAPE_POINT},
    {"any", SHAPE_ANY},
    {0},
};

/* The params as JSON with sorted names, or the outcome. */
static void expect(const char *query, const char *json)
{
    struct shape_errors errors = {0};
    json_t *params = NULL;
    assert_int_equal(query_params(span_of(query), table, &params, &errors), 0);
    char *got = json_dumps(params, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(6));
    assert_string_equal(got, json);
    free(got);
    json_decref(params);
}

static void expect_malformed(const char *query, size_t n)
{
    struct shape_errors errors = {0};
    json_t *params = NULL;
    char *own = malloc(n); /* so that a look beyond it is seen */
    memcpy(own, query, n);
    if (query_params((span){own, n}, table, &params, &errors) != QUERY_MALFORMED)
        fail_msg("%s", query);
    free(own);
    assert_null(params);
    assert_int_equal(errors.n, 0);
}

static void types(void **state)
{
    (void)state;
    expect("", "{}");
    expect("unit=u-1&limit=20", "{\"limit\":20,\"unit\":\"u-1\"}");
    expect("limit=-5&max_km=71.5", "{\"limit\":-5,\"max_km\":71.5}");
    expect("emergency=true", "{\"emergency\":true}");
    expect("emergency=false&end=held", "{\"emergency\":false,\"end\":\"held\"}");
    expect("state=held", "{\"state\":[\"held\"]}");
    expect("state=held,accepted&numbers=1,2,3",
           "{\"numbers\":[1,2,3],\"state\":[\"held\",\"accepted\"]}");
    expect("state=&name=", "{\"name\":\"\",\"state\":[]}");
    expect("near=43.5,-1.25", "{\"near\":[43.5,-1.25]}");
    expect("filter=%7B%22n%22%3A1%7D", "{\"filter\":{\"n\":1}}");
    expect("children=[%7B%22n%22:1%7D,%7B%7D]", "{\"children\":[{\"n\":1},{}]}");
    expect("any=[1,null]", "{\"any\":[1,null]}");
}

static void encodings(void **state)
{
    (void)state;
    expect("name=Saint+Gaudens", "{\"name\":\"Saint Gaudens\"}");
    expect("name=Saint%20Gaudens%2B%26%3D%25", "{\"name\":\"Saint Gaudens+&=%\"}");
    expect("n%61me=%c3%A9", "{\"name\":\"\xC3\xA9\"}");
    expect("name=a=b?c/d", "{\"name\":\"a=b?c/d\"}");
    expect("state=held%2Caccepted", "{\"state\":[\"held\",\"accepted\"]}");
    static const char *const bad[] = {
        "name=%", "name=%4",   "name=%4g",  "name=%ff",          "name=%c3", "name=%00",    "=a",
        "&",      "unit=u-1&", "&unit=u-1", "unit=u-1&&limit=1", "%zz=a",    "name=%C0%AF", "="};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        expect_malformed(bad[i], strlen(bad[i]));
    expect_malformed("name=a\0b", 8);
}

/* What is not of its type stays a text: the check of params tells. */
static void faults_are_left_to_the_shape(void **state)
{
    (void)state;
    static const struct {
        const char *query, *json, *pointer, *detail;
    } cases[] = {
        {"limit=abc", "{\"limit\":\"abc\"}", "/limit", SHAPE_WRONG_TYPE},
        {"limit=", "{\"limit\":\"\"}", "/limit", SHAPE_WRONG_TYPE},
        {"limit", "{\"limit\":\"\"}", "/limit", SHAPE_WRONG_TYPE},
        {"limit=+5", "{\"limit\":\" 5\"}", "/limit", SHAPE_WRONG_TYPE},
        {"limit=%2B5", "{\"limit\":\"+5\"}", "/limit", SHAPE_WRONG_TYPE},
        {"limit=05", "{\"limit\":\"05\"}", "/limit", SHAPE_WRONG_TYPE},
        {"limit=1.5", "{\"limit\":1.5}", "/limit", SHAPE_WRONG_TYPE},
        {"limit=1,2", "{\"limit\":\"1,2\"}", "/limit", SHAPE_WRONG_TYPE},
        {"limit=null", "{\"limit\":\"null\"}", "/limit", SHAPE_WRONG_TYPE},
        {"limit=500", "{\"limit\":500}", "/limit", SHAPE_OUT_OF_RANGE},
        {"limit=99999999999999999999", "{\"limit\":\"99999999999999999999\"}", "/limit",
         SHAPE_WRONG_TYPE},
        {"emergency=1", "{\"emergency\":\"1\"}", "/emergency", SHAPE_WRONG_TYPE},
        {"emergency=TRUE", "{\"emergency\":\"TRUE\"}", "/emergency", SHAPE_WRONG_TYPE},
        {"filter=kinds", "{\"filter\":\"kinds\"}", "/filter", SHAPE_WRONG_TYPE},
        {"filter=%7B%22n%22:1,%22n%22:2%7D", "{\"filter\":\"{\\\"n\\\":1,\\\"n\\\":2}\"}",
         "/filter", SHAPE_WRONG_TYPE},
        {"filter=%7B%22x%22:1%7D", "{\"filter\":{\"x\":1}}", "/filter/x", SHAPE_UNKNOWN_MEMBER},
        {"state=held,", "{\"state\":[\"held\",\"\"]}", "/state/1", SHAPE_NOT_ONE_OF},
        {"state=,", "{\"state\":[\"\",\"\"]}", "/state/0", SHAPE_NOT_ONE_OF},
        {"numbers=1,x", "{\"numbers\":[1,\"x\"]}", "/numbers/1", SHAPE_WRONG_TYPE},
        {"near=43.5", "{\"near\":[43.5]}", "/near", SHAPE_WRONG_TYPE},
        {"nothing=1", "{\"nothing\":\"1\"}", "/nothing", SHAPE_UNKNOWN_MEMBER},
        {"a~/b=1&a~/b=2", "{\"a~/b\":\"2\"}", "/a~0~1b", SHAPE_UNKNOWN_MEMBER},
        {"unit=u-1%0A", "{\"unit\":\"u-1\\n\"}", "/unit", SHAPE_BAD_FORMAT},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        expect(cases[i].query, cases[i].json);
        struct shape_errors errors = {0};
        json_t *params = NULL;
        assert_int_equal(query_params(span_of(cases[i].query), table, &params, &errors), 0);
        assert_int_equal(shape_check(table, params, &errors), SHAPE_REFUSED);
        assert_string_equal(errors.list[0].pointer, cases[i].pointer);
        assert_string_equal(errors.list[0].detail, cases[i].detail);
        json_decref(params);
    }
}

static void twice(void **state)
{
    (void)state;
    struct shape_errors errors = {0};
    json_t *params = NULL;
    assert_int_equal(query_params(span_of("unit=u-1&unit=u-2"), table, &params, &errors),
                     QUERY_TWICE);
    assert_null(params);
    assert_int_equal(errors.n, 1);
    assert_string_equal(errors.list[0].pointer, "/unit");
}

/* What is too deep stays a text: no parser sees it. */
static void too_deep(void **state)
{
    (void)state;
    char text[100] = "any=";
    memset(text + 4, '[', 40);
    memset(text + 44, ']', 40);
    struct shape_errors errors = {0};
    json_t *params = NULL;
    assert_int_equal(query_params(span_of(text), table, &params, &errors), 0);
    assert_true(json_is_string(json_object_get(params, "any")));
    json_decref(params);
}

/* The tables of the operations themselves. */
static void operations(void **state)
{
    (void)state;
    struct shape_errors errors = {0};
    json_t *params = NULL;
    span query = span_of("state=held,accepted&unit=u-1&limit=20&after=9b1e.5");
    assert_int_equal(query_params(query, hold_list_params, &params, &errors), 0);
    assert_int_equal(shape_check(hold_list_params, params, &errors), 0);
    json_decref(params);
    query = span_of("filter=%7B%22territories%22:[%22dts-sud%22]%7D&limit=200");
    assert_int_equal(query_params(query, unit_list_params, &params, &errors), 0);
    assert_int_equal(shape_check(unit_list_params, params, &errors), 0);
    json_decref(params);
    query = span_of("at=2026-11-21T19:00:00%2B01:00&territories=dts-sud,dts-nord");
    assert_int_equal(query_params(query, occupancy_params, &params, &errors), 0);
    assert_int_equal(shape_check(occupancy_params, params, &errors), 0);
    json_decref(params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types),
        cmocka_unit_test(encodings),
        cmocka_unit_test(faults_are_left_to_the_shape),
        cmocka_unit_test(twice),
        cmocka_unit_test(too_deep),
        cmocka_unit_test(operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
