/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "core/record.h"

#define NOT_A_STATE 1

/* As SQL function unit_state writes it: all members, null where nothing is known. */
static const char full[] =
    "{\"establishment\":\"e-1\",\"establishment_name\":\"Les Érables\","
    "\"establishment_kind\":\"mecs\",\"name\":\"Groupe des grands\",\"modality\":\"internat\","
    "\"min_months\":144,\"max_months\":216,\"sex\":\"girls\",\"siblings_max\":3,"
    "\"siblings_mixed\":false,\"admission\":\"always\",\"delay_h\":48,"
    "\"accepts\":{\"mna\":\"yes\",\"disability\":\"no\",\"medical\":\"unknown\"},"
    "\"max_stay_days\":90,\"visibility\":\"commune\",\"territory\":\"dts-sud\","
    "\"commune\":\"31395\",\"point\":[43.46,1.32],\"public_point\":[43.5,1],"
    "\"contact\":{\"day\":\"05 00 00 00 01\",\"night\":\"05 00 00 00 02\"},\"ttl_s\":86400,"
    "\"authorised\":12,\"installed\":12,\"open\":11,\"occupied\":8,\"closed\":1,"
    "\"emergency_reserved\":2,\"emergency_used\":1,\"held\":1,\"held_emergency\":1,"
    "\"closed_reason\":\"works\",\"reopens_on\":\"2026-12-01\",\"derogation\":\"judge\","
    "\"derogation_by\":\"def-1\",\"observed_at\":1790000000000000,"
    "\"recorded_at\":1790000000000001,\"declared_by\":\"mecs-1\",\"channel\":\"cli\","
    "\"contested_at\":1790000000000002}";

static const char sparse[] =
    "{\"establishment\":\"e-1\",\"establishment_name\":\"n\",\"establishment_kind\":\"mecs\","
    "\"name\":\"n\",\"modality\":\"familial\",\"sex\":null,\"siblings_mixed\":null,"
    "\"admission\":null,\"accepts\":{},\"visibility\":\"hidden\",\"territory\":\"d31\","
    "\"point\":null,\"public_point\":null,\"contact\":null,\"ttl_s\":259200,\"open\":null,"
    "\"occupied\":null,\"observed_at\":null,\"a_later_member\":7}";

static void test_decodes_everything(void **state)
{
    struct unit *u = NULL;
    (void)state;

    assert_int_equal(unit_decode("u-1", full, &u), 0);
    assert_string_equal(u->id, "u-1");
    assert_string_equal(u->establishment, "e-1");
    assert_string_equal(u->establishment_name, "Les Érables");
    assert_string_equal(u->establishment_kind, "mecs");
    assert_string_equal(u->name, "Groupe des grands");
    assert_string_equal(u->territory, "dts-sud");
    assert_string_equal(u->commune, "31395");
    assert_string_equal(u->contact_day, "05 00 00 00 01");
    assert_string_equal(u->contact_night, "05 00 00 00 02");
    assert_string_equal(u->closed_reason, "works");
    assert_string_equal(u->reopens_on, "2026-12-01");
    assert_string_equal(u->derogation, "judge");
    assert_string_equal(u->derogation_by, "def-1");
    assert_string_equal(u->declared_by, "mecs-1");
    assert_string_equal(u->channel, "cli");
    assert_int_equal(u->modality, MODALITY_INTERNAT);
    assert_int_equal(u->sex, UNIT_SEX_GIRLS);
    assert_int_equal(u->admission, ADMISSION_ALWAYS);
    assert_int_equal(u->visibility, VISIBILITY_COMMUNE);
    assert_int_equal(u->accepts[NEED_MNA], TRI_YES);
    assert_int_equal(u->accepts[NEED_DISABILITY], TRI_NO);
    assert_int_equal(u->accepts[NEED_MEDICAL], TRI_UNKNOWN);
    assert_int_equal(u->accepts[NEED_PREGNANT], TRI_UNKNOWN);
    assert_int_equal(u->min_months, 144);
    assert_int_equal(u->max_months, 216);
    assert_int_equal(u->siblings_max, 3);
    assert_int_equal(u->siblings_mixed, TRI_NO);
    assert_int_equal(u->max_stay_days, 90);
    assert_int_equal(u->delay_h, 48);
    assert_true(u->point.known && u->point.lat == 43.46 && u->point.lon == 1.32);
    assert_true(u->public_point.known && u->public_point.lat == 43.5 && u->public_point.lon == 1);
    assert_int_equal(u->authorised, 12);
    assert_int_equal(u->open, 11);
    assert_int_equal(u->occupied, 8);
    assert_int_equal(u->closed, 1);
    assert_int_equal(u->emergency_reserved, 2);
    assert_int_equal(u->emergency_used, 1);
    assert_int_equal(u->held, 1);
    assert_int_equal(u->held_emergency, 1);
    assert_true(u->ttl == 24 * USEC_HOUR);
    assert_true(u->observed_at == 1790000000000000);
    assert_true(u->recorded_at == 1790000000000001);
    assert_true(u->contested_at == 1790000000000002);
    unit_destroy(u);
}

static void test_null_and_absent_are_unknown(void **state)
{
    struct unit *u = NULL;
    (void)state;

    assert_int_equal(unit_decode("u-1", sparse, &u), 0);
    assert_null(u->commune);
    assert_null(u->contact_day);
    assert_null(u->closed_reason);
    assert_int_equal(u->sex, UNIT_SEX_UNKNOWN);
    assert_int_equal(u->admission, ADMISSION_UNKNOWN);
    assert_int_equal(u->siblings_mixed, TRI_UNKNOWN);
    assert_int_equal(u->siblings_max, UNKNOWN);
    assert_int_equal(u->min_months, UNKNOWN);
    assert_int_equal(u->max_stay_days, UNKNOWN);
    assert_false(u->point.known || u->public_point.known);
    assert_int_equal(u->authorised, UNKNOWN);
    assert_int_equal(u->open, UNKNOWN);
    assert_int_equal(u->closed, 0);
    assert_int_equal(unit_free(u), UNKNOWN);
    assert_int_equal(unit_free_planned(u), UNKNOWN);
    assert_true(unit_fresh_until(u) == 0);
    unit_destroy(u);
    unit_destroy(NULL);
}

/* The sparse state with one member replaced (value NULL: removed). */
static int decode_with(const char *member, const char *value)
{
    json_t *state = json_loads(sparse, 0, NULL);
    struct unit *u = NULL;
    char *text;
    int r;

    if (value == NULL)
        json_object_del(state, member);
    else
        json_object_set_new(state, member, json_loads(value, JSON_DECODE_ANY, NULL));
    text = json_dumps(state, 0);
    r = unit_decode("u-1", text, &u);
    assert_true((r == 0) == (u != NULL)); /* written on success only */
    unit_destroy(u);
    free(text);
    json_decref(state);
    return r;
}

static void test_refuses_what_is_no_state(void **state)
{
    static const char *const wrong[][2] = {
        {"establishment", NULL},
        {"establishment_name", "7"},
        {"name", "null"},
        {"territory", NULL},
        {"modality", "null"},
        {"modality", "\"orphanage\""},
        {"visibility", NULL},
        {"sex", "\"both\""},
        {"sex", "1"},
        {"admission", "\"sometimes\""},
        {"siblings_mixed", "\"yes\""},
        {"siblings_mixed", "1"},
        {"accepts", "[]"},
        {"accepts", "{\"mna\":\"perhaps\"}"},
        {"accepts", "{\"mna\":true}"},
        {"commune", "31395"},
        {"min_months", "-1"},
        {"min_months", "32768"},
        {"min_months", "1.5"},
        {"max_months", "\"216\""},
        {"authorised", "10000"},
        {"point", "[91,0]"},
        {"point", "[0,-180.5]"},
        {"point", "[1]"},
        {"point", "[1,2,3]"},
        {"point", "[\"1\",2]"},
        {"public_point", "{}"},
        {"ttl_s", NULL},
        {"ttl_s", "-1"},
        {"ttl_s", "\"1\""},
        {"open", "3"},
        {"observed_at", "5"},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
        if (decode_with(wrong[i][0], wrong[i][1]) != NOT_A_STATE)
            fail_msg("%s %s", wrong[i][0], wrong[i][1] ? wrong[i][1] : "absent");
    assert_int_equal(decode_with("commune", "\"31395\""), 0);
    assert_int_equal(decode_with("point", "[-90,180]"), 0);
    assert_int_equal(decode_with("siblings_mixed", "true"), 0);
}

static void test_refuses_what_is_no_object(void **state)
{
    static const char *const wrong[] = {
        "", "null", "[]", "{", "{\"name\":\"a\",\"name\":\"b\"}", "\xff", "7",
    };
    struct unit *u = NULL;
    (void)state;

    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
        assert_int_equal(unit_decode("u-1", wrong[i], &u), NOT_A_STATE);
    assert_null(u);
}

static void test_free_places(void **state)
{
    static const struct {
        int open, occupied, held, reserved, used, held_emergency, free, planned;
    } cases[] = {
        {12, 11, 0, 0, 0, 0, 1, 1}, {12, 12, 0, 0, 0, 0, 0, 0}, {12, 14, 0, 0, 0, 0, 0, 0},
        {12, 9, 2, 0, 0, 0, 1, 1},  {12, 9, 0, 2, 0, 0, 3, 1},  {12, 9, 0, 2, 1, 0, 3, 2},
        {12, 9, 1, 2, 0, 1, 2, 1},  {12, 11, 0, 3, 0, 0, 1, 0}, {12, 9, 0, 2, 5, 0, 3, 3},
        {0, 0, 0, 0, 0, 0, 0, 0},   {0, 2, 0, 0, 0, 0, 0, 0},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct unit u = {.open = cases[i].open,
                         .occupied = cases[i].occupied,
                         .held = cases[i].held,
                         .emergency_reserved = cases[i].reserved,
                         .emergency_used = cases[i].used,
                         .held_emergency = cases[i].held_emergency};

        assert_int_equal(unit_free(&u), cases[i].free);
        assert_int_equal(unit_free_planned(&u), cases[i].planned);
    }
}

static void test_fresh_until(void **state)
{
    struct unit u = {.observed_at = 1000, .ttl = 500};
    (void)state;

    assert_true(unit_fresh_until(&u) == 1500);
    u.contested_at = 1200;
    assert_true(unit_fresh_until(&u) == 1200);
    u.contested_at = 1600;
    assert_true(unit_fresh_until(&u) == 1500);
    u = (struct unit){.observed_at = USEC_NEVER - 10, .ttl = 500};
    assert_true(unit_fresh_until(&u) == USEC_NEVER);
    u.observed_at = 0;
    assert_true(unit_fresh_until(&u) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decodes_everything),
        cmocka_unit_test(test_null_and_absent_are_unknown),
        cmocka_unit_test(test_refuses_what_is_no_state),
        cmocka_unit_test(test_refuses_what_is_no_object),
        cmocka_unit_test(test_free_places),
        cmocka_unit_test(test_fresh_until),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
