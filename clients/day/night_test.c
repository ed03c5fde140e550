/* SPDX-License-Identifier: EUPL-1.2 */
/* Whom the demonstration's night asks, and what it may not touch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those above before it */
#include <cmocka.h>

#include "clients/day/night.h"

/* free -1: never declared */
static void found(json_t *results, const char *unit, const char *establishment, int free)
{
    json_t *places = free >= 0 ? json_integer(free) : json_null();
    json_array_append_new(results,
                          json_pack("{s:{s:s, s:s, s:{s:o}}}", "unit", "id", unit, "establishment",
                                    establishment, "capacity", "free", places));
}

static const char *id_of(const json_t *unit)
{
    return json_string_value(json_object_get(unit, "id"));
}

static void it_asks_the_best_of_different_houses(void **state)
{
    (void)state;
    const json_t *units[NIGHT_ASKS];
    json_t *results = json_array(), *left_alone = json_pack("{s:b}", "e-mine", 1);
    found(results, "u-mine", "e-mine", 5);
    found(results, "u-a1", "e-a", 2);
    found(results, "u-a2", "e-a", 4);
    found(results, "u-b", "e-b", 1);
    found(results, "u-c", "e-c", -1);
    found(results, "u-d", "e-d", 3);
    assert_int_equal(night_choose(results, left_alone, 2, units), 2);
    assert_string_equal(id_of(units[0]), "u-a1");
    assert_string_equal(id_of(units[1]), "u-d");

    found(results, "u-e", "e-e", 2);
    found(results, "u-f", "e-f", 2);
    assert_int_equal(night_choose(results, left_alone, 2, units), NIGHT_ASKS);
    assert_string_equal(id_of(units[2]), "u-e");
    assert_int_equal(night_certain(results, 2), 6);
    assert_int_equal(night_choose(NULL, left_alone, 2, units), 0);
    json_decref(results);
    json_decref(left_alone);
}

static void one_says_no_if_another_can_say_yes(void **state)
{
    (void)state;
    assert_false(night_refuses(0, 1));
    assert_true(night_refuses(0, 2));
    assert_false(night_refuses(1, 2));
    assert_false(night_refuses(1, 3));
    assert_string_equal(night_reason(1, "u-a"), night_reason(1, "u-a"));
}

static void references_go_on(void **state)
{
    (void)state;
    char reference[NIGHT_REFERENCE];
    json_t *items = json_array();
    night_reference(items, reference);
    assert_string_equal(reference, "NUIT-1");
    const char *known[] = {"NUIT-9", "A-2026-114", "NUIT-10", "NUIT-99999999999999"};
    for (size_t i = 0; i < 4; i++)
        json_array_append_new(items, json_pack("{s:{s:s}}", "request", "reference", known[i]));
    json_array_append_new(items, json_pack("{s:{s:n}}", "request", "reference"));
    night_reference(items, reference);
    assert_string_equal(reference, "NUIT-11");
    json_decref(items);
}

static json_int_t waiting_age(int min, int max, const char *sex, const char *ret_sex)
{
    json_t *unit = json_pack("{s:{s:o, s:o}, s:s?}", "ages", "min_months",
                             min >= 0 ? json_integer(min) : json_null(), "max_months",
                             max >= 0 ? json_integer(max) : json_null(), "sex", sex);
    json_t *need = night_waiting_need(unit);
    json_t *child = json_array_get(json_object_get(need, "children"), 0);
    json_int_t age = need == NULL ? -1 : json_integer_value(json_object_get(child, "age_months"));
    if (need != NULL)
        assert_string_equal(json_string_value(json_object_get(child, "sex")), ret_sex);
    json_decref(need);
    json_decref(unit);
    return age;
}

static void who_waits_could_go_where_the_reader_plays(void **state)
{
    (void)state;
    assert_int_equal(waiting_age(144, 216, "any", "M"), 168);
    assert_int_equal(waiting_age(36, 37, "girls", "F"), 36);
    assert_int_equal(waiting_age(0, 252, NULL, "M"), 96);
    assert_int_equal(waiting_age(216, 252, "boys", "M"), 228);
    assert_int_equal(waiting_age(180, -1, "any", "M"), 192);
    assert_int_equal(waiting_age(240, -1, "any", "M"), 240);
    assert_int_equal(waiting_age(-1, -1, "any", "M"), -1);
}

static void stories_are_of_two_children(void **state)
{
    (void)state;
    assert_true(night_n_stories > 0);
    for (size_t i = 0; i < night_n_stories; i++) {
        json_t *criteria = night_criteria(&night_stories[i]);
        assert_int_equal(json_array_size(json_object_get(criteria, "children")), 2);
        assert_true(json_is_true(json_object_get(criteria, "together")));
        json_decref(criteria);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_asks_the_best_of_different_houses),
        cmocka_unit_test(one_says_no_if_another_can_say_yes),
        cmocka_unit_test(references_go_on),
        cmocka_unit_test(who_waits_could_go_where_the_reader_plays),
        cmocka_unit_test(stories_are_of_two_children),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
