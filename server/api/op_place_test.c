/* SPDX-License-Identifier: EUPL-1.2 */
/* commune.find and territory.find: by name, and by codes for who shows units. */
#include "api/desk_fixture.h"

/* The members `of` of the items of a list, joined: "31395 31555". */
static const char *joined(const json_t *list, const char *of, char *text, size_t room)
{
    size_t i, n = 0;
    json_t *item;
    text[0] = 0;
    json_array_foreach (list, i, item) {
        const char *value = json_string_value(json_object_get(item, of));
        n += (size_t)snprintf(text + n, room - n, "%s%s", i ? " " : "", value ? value : "?");
    }
    return text;
}

static void finds(struct office *o, const char *method, const char *list, const char *of,
                  const char *params, const char *expected)
{
    char text[512];
    json_t *answer = office_ask(o, method, params);
    assert_string_equal(joined(json_object_get(answer, list), of, text, sizeof text), expected);
    assert_true(json_is_string(json_object_get(answer, "position")));
    assert_true(json_is_string(json_object_get(answer, "as_of")));
    json_decref(answer);
}

static void refuses(struct office *o, const char *method, const char *params, const char *pointer,
                    const char *detail)
{
    json_t *answer = office_ask(o, method, params);
    const json_t *error = json_array_get(json_object_get(answer, "errors"), 0);
    assert_string_equal(json_string_value(json_object_get(answer, "type")), "invalid_params");
    assert_int_equal(json_array_size(json_object_get(answer, "errors")), 1);
    assert_string_equal(json_string_value(json_object_get(error, "pointer")), pointer);
    assert_string_equal(json_string_value(json_object_get(error, "detail")), detail);
    json_decref(answer);
}

static int with_communes(void **state)
{
    static const struct {
        const char *insee, *state;
    } more[] = {
        {"31555",
         "{\"name\":\"Toulouse\",\"postcodes\":[\"31000\"],\"point\":null,\"territory\":null}"},
        {"2A004", "{\"name\":\"Ajaccio\",\"postcodes\":[],\"point\":null,\"territory\":null}"},
    };
    int r = office_open(state);
    struct office *o = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(more); i++)
        assert_int_equal(replica_apply(&o->replica, FIXTURE_REVISION + 1, "commune", more[i].insee,
                                       more[i].state),
                         0);
    replica_apply_end(&o->replica, FIXTURE_REVISION + 1);
    replica_turn_end(&o->replica);
    return r;
}

#define COMMUNES(params, expected) finds(o, "commune.find", "communes", "insee", params, expected)

static void communes_by_name(void **state)
{
    struct office *o = *state;
    COMMUNES("{\"name\":\"muret\"}", "31395");
    COMMUNES("{\"name\":\"31600\"}", "31395");
    COMMUNES("{\"name\":\"AJAC\"}", "2A004");
    COMMUNES("{\"name\":\"t\",\"limit\":1}", "31555");
    COMMUNES("{\"name\":\"nowhere\"}", "");
    COMMUNES("{\"name\":\" - \"}", "");
}

/* In the order asked, each as often; what is not known is left out. */
static void communes_by_codes(void **state)
{
    struct office *o = *state;
    COMMUNES("{\"insee\":[\"31555\",\"99999\",\"2A004\",\"31395\",\"31555\"]}",
             "31555 2A004 31395 31555");
    COMMUNES("{\"insee\":[\"99999\"]}", "");
    COMMUNES("{\"insee\":[\"31395\",\"31555\"],\"limit\":1}", "31395 31555");
    json_t *answer = office_ask(o, "commune.find", "{\"insee\":[\"31395\"]}");
    const json_t *muret = json_array_get(json_object_get(answer, "communes"), 0);
    assert_string_equal(json_string_value(json_object_get(muret, "name")), "MURET");
    assert_string_equal(json_string_value(json_object_get(muret, "territory")), "dts-sud");
    json_decref(answer);
}

static void a_name_or_codes(void **state)
{
    struct office *o = *state;
    refuses(o, "commune.find", "{}", "/name", "required");
    refuses(o, "commune.find", "{\"limit\":3}", "/name", "required");
    refuses(o, "commune.find", "{\"name\":\"muret\",\"insee\":[\"31395\"]}", "/insee",
            "name_or_insee");
    refuses(o, "commune.find", "{\"insee\":[\"3139\"]}", "/insee/0", "bad_format");
}

#define TERRITORIES(params, expected)                                                              \
    finds(o, "territory.find", "territories", "name", params, expected)

static void territories_by_codes(void **state)
{
    struct office *o = *state;
    TERRITORIES("{\"codes\":[\"dts-sud\",\"dts-est\",\"d31\"]}", "Sud 31");
    TERRITORIES("{\"codes\":[\"dts-est\"]}", "");
    json_t *answer = office_ask(o, "territory.find", "{\"codes\":[\"dts-sud\",\"d31\"]}");
    const json_t *list = json_object_get(answer, "territories");
    const json_t *sud = json_array_get(list, 0), *root = json_array_get(list, 1);
    assert_string_equal(json_string_value(json_object_get(sud, "level")), "dts");
    assert_string_equal(json_string_value(json_object_get(sud, "parent")), "d31");
    assert_true(json_is_null(json_object_get(root, "parent")));
    json_decref(answer);
    refuses(o, "territory.find", "{}", "/codes", "required");
}

/* A parent that a territory names before it is described has no name to tell. */
static void a_territory_not_yet_described(void **state)
{
    struct office *o = *state;
    assert_int_equal(replica_apply(&o->replica, FIXTURE_REVISION + 2, "territory", "mds-x",
                                   "{\"name\":\"X\",\"level\":\"mds\",\"parent\":\"dts-x\"}"),
                     0);
    replica_apply_end(&o->replica, FIXTURE_REVISION + 2);
    TERRITORIES("{\"codes\":[\"dts-x\",\"mds-x\"]}", "X");
}

/* Names of places are no secret: everyone may ask. */
static void everyone_may_ask(void **state)
{
    static const char *const accounts[] = {"mecs-1", "astreinte", "dts", "def", "admin", "mobile"};
    struct office *o = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(accounts); i++) {
        office_viewer(o, accounts[i]);
        COMMUNES("{\"insee\":[\"31395\"]}", "31395");
        TERRITORIES("{\"codes\":[\"dts-nord\"]}", "Nord");
    }
}

int main(void)
{
#define in_office(f) cmocka_unit_test_setup_teardown(f, with_communes, office_close)
    const struct CMUnitTest tests[] = {
        in_office(communes_by_name), in_office(communes_by_codes),
        in_office(a_name_or_codes),  in_office(territories_by_codes),
        in_office(everyone_may_ask), in_office(a_territory_not_yet_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
