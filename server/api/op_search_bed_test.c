/* SPDX-License-Identifier: EUPL-1.2 */
/* search: a placement at home says whether its bed in reserve is free. */
#include "api/desk_fixture.h"
#include "core/hold_fixture.h"

#define AT_HOME "{\"children\":[{\"age_months\":40,\"sex\":\"M\"}],\"modality\":[\"pad\"]}"

/* u-home falls back on `bed` (JSON); u-2 is the bed, of e-2 in dts-sud. */
static void put_home(struct office *o, const char *bed)
{
    struct fixture_unit home = {"e-1", "dts-nord", "exact", 9, 1, 0, 216, FIXTURE_AT};
    char text[2048], state[2300];
    fixture_unit_state(&home, text, sizeof text);
    char *modality = strstr(text, "\"internat\"");
    assert_non_null(modality);
    snprintf(state, sizeof state, "%.*s\"pad\"%.*s,\"fallback\":%s}", (int)(modality - text), text,
             (int)(strlen(modality) - strlen("\"internat\"") - 1),
             modality + strlen("\"internat\""), bed);
    fixture_put(&o->replica, FIXTURE_REVISION + 1, "unit", "u-home", state);
}

static bool asks_for_bed(const json_t *result)
{
    size_t i;
    json_t *code;
    json_array_foreach (json_object_get(result, "to_ask"), i, code)
        if (strcmp(json_string_value(code), "fallback_bed") == 0)
            return true;
    return false;
}

/* What the search says of the bed: its free places; -1 none is named. */
static int free_bed(struct office *o, bool *ret_asks, bool *ret_stale)
{
    json_t *answer = office_ask(o, "search", AT_HOME);
    const json_t *result = json_array_get(json_object_get(answer, "results"), 0);
    const json_t *bed = json_object_get(result, "fallback");
    assert_int_equal(json_integer_value(json_object_get(answer, "total")), 1);
    assert_non_null(bed);
    int n = json_is_null(bed) ? -1 : (int)json_integer_value(json_object_get(bed, "free"));
    *ret_asks = asks_for_bed(result);
    *ret_stale = json_is_true(json_object_get(bed, "stale"));
    json_decref(answer);
    return n;
}

static void the_bed_is_shown_and_never_rejects(void **state)
{
    static const struct {
        const char *bed;
        int open, occupied;
        int free;
        bool asks;
    } cases[] = {
        {"\"u-2\"", 4, 2, 2, false},
        {"\"u-2\"", 4, 4, 0, true},
        {"null", 4, 2, -1, true},
        {"\"u-gone\"", 4, 2, -1, true},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct office *o = *state;
        bool asks, stale;
        put_home(o, cases[i].bed);
        fixture_declare(&o->replica, FIXTURE_REVISION + 2, "u-2", cases[i].open, cases[i].occupied);
        replica_turn_end(&o->replica);
        assert_int_equal(free_bed(o, &asks, &stale), cases[i].free);
        assert_int_equal(asks, cases[i].asks);
        assert_false(stale);
        office_close(state);
        office_open(state);
    }
}

static void an_old_figure_is_said_to_be_old(void **state)
{
    struct fixture_unit bed = {"e-2", "dts-sud", "exact", 4, 3, 0, 72, FIXTURE_AT - 25 * USEC_HOUR};
    struct office *o = *state;
    bool asks, stale;
    put_home(o, "\"u-2\"");
    fixture_put_unit(&o->replica, FIXTURE_REVISION + 2, "u-2", &bed);
    replica_turn_end(&o->replica);
    assert_int_equal(free_bed(o, &asks, &stale), 1);
    assert_true(stale);
    assert_false(asks);
}

static void others_have_no_bed_in_reserve(void **state)
{
    json_t *answer = office_ask(*state, "search", "{\"children\":[{\"age_months\":150}]}");
    const json_t *result = json_array_get(json_object_get(answer, "results"), 0);
    assert_non_null(result);
    assert_null(json_object_get(result, "fallback"));
    assert_false(asks_for_bed(result));
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_bed_is_shown_and_never_rejects, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(an_old_figure_is_said_to_be_old, office_open, office_close),
        cmocka_unit_test_setup_teardown(others_have_no_bed_in_reserve, office_open, office_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
