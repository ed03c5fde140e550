/* SPDX-License-Identifier: EUPL-1.2 */
/* search: what is written about a split and about a parent. What is found is tested in core/. */
#include "api/desk_fixture.h"

#define TWO "\"children\":[{\"age_months\":150,\"sex\":\"F\"},{\"age_months\":40,\"sex\":\"M\"}]"

/* Two units of one establishment, each for one of the children, and one elsewhere. */
static int with_places(void **state)
{
    static const struct fixture_unit units[] = {
        {"e-2", "dts-sud", "exact", 4, 3, 0, 72, FIXTURE_AT - USEC_HOUR},
        {"e-2", "dts-sud", "exact", 4, 3, 144, 216, FIXTURE_AT - USEC_HOUR},
    };
    static const char *const ids[] = {"u-2", "u-3"};
    int r = office_open(state);
    struct office *o = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
        fixture_put_unit(&o->replica, FIXTURE_REVISION + 1, ids[i], &units[i]);
    replica_turn_end(&o->replica);
    return r;
}

static const char *text_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static void a_split_says_why_nothing_is_better(void **state)
{
    json_t *answer = office_ask(*state, "search", "{" TWO ",\"emergency\":true}");
    const json_t *split = json_object_get(answer, "split");
    const json_t *why_not = json_object_get(split, "why_not"), *one = json_array_get(why_not, 0);
    assert_string_equal(text_of(split, "level"), "one_establishment");
    assert_true(json_is_true(json_object_get(split, "exact")));
    assert_int_equal(json_integer_value(json_object_get(split, "units")), 2);
    assert_int_equal(json_array_size(why_not), 1);
    assert_string_equal(text_of(one, "level"), "one_unit");
    assert_int_equal(json_integer_value(json_object_get(one, "considered")), 3);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(one, "rejected"), "age")),
                     3);
    json_decref(answer);
}

static void a_parent_is_not_parted_from_them(void **state)
{
    json_t *answer = office_ask(*state, "search", "{" TWO ",\"parent\":{},\"together\":false}");
    assert_true(json_is_null(json_object_get(answer, "split")));
    assert_int_equal(json_integer_value(json_object_get(answer, "total")), 0);
    json_decref(answer);
}

static bool names(const json_t *codes, const char *code)
{
    size_t i;
    json_t *item;
    json_array_foreach (codes, i, item)
        if (strcmp(json_string_value(item), code) == 0)
            return true;
    return false;
}

static void a_parent_alone_is_asked_for(void **state)
{
    json_t *answer =
        office_ask(*state, "search", "{\"children\":[],\"parent\":{\"pregnant\":true}}");
    const json_t *first = json_array_get(json_object_get(answer, "results"), 0);
    assert_int_equal(json_integer_value(json_object_get(answer, "total")), 3);
    assert_true(names(json_object_get(first, "to_ask"), "parent"));
    assert_false(names(json_object_get(first, "to_ask"), "age"));
    json_decref(answer);
}

static void somebody_is_searched_for(void **state)
{
    json_t *answer = office_ask(*state, "search", "{\"children\":[],\"parent\":null}");
    assert_string_equal(text_of(json_array_get(json_object_get(answer, "errors"), 0), "detail"),
                        "too_short");
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_split_says_why_nothing_is_better, with_places,
                                        office_close),
        cmocka_unit_test_setup_teardown(a_parent_is_not_parted_from_them, with_places,
                                        office_close),
        cmocka_unit_test_setup_teardown(a_parent_alone_is_asked_for, with_places, office_close),
        cmocka_unit_test_setup_teardown(somebody_is_searched_for, with_places, office_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
