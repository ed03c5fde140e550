/* SPDX-License-Identifier: EUPL-1.2 */
/* unit.list and unit.get: pages, cursors, what a reader may see. */
#include "api/desk_fixture.h"
#include "core/mission_fixture.h"
#include "proto/limits.h"

static const char *text_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

/* The ids of a page, joined. */
static const char *ids(const json_t *page, char *text, size_t room)
{
    size_t i, n = 0;
    json_t *unit;
    text[0] = 0;
    json_array_foreach (json_object_get(page, "units"), i, unit)
        n += (size_t)snprintf(text + n, room - n, "%s%s", i ? " " : "", text_of(unit, "id"));
    return text;
}

/* A page has these ids, and the next one begins after `next` (NULL: it is the last). */
static void page_is(struct office *o, const char *params, const char *expected, const char *next)
{
    char text[512];
    json_t *page = office_ask(o, "unit.list", params);
    assert_string_equal(ids(page, text, sizeof text), expected);
    if (next == NULL)
        assert_true(json_is_null(json_object_get(page, "next")));
    else
        assert_string_equal(text_of(page, "next"), next);
    assert_string_equal(text_of(page, "position"), "aa.10");
    json_decref(page);
}

static void pages_by_cursor(void **state)
{
    struct office *o = *state;
    page_is(o, "{}", "u-1 u-2 u-3", NULL);
    page_is(o, "{\"limit\":1}", "u-1", "u-1");
    page_is(o, "{\"limit\":1,\"cursor\":\"u-1\"}", "u-2", "u-2");
    page_is(o, "{\"limit\":1,\"cursor\":\"u-2\"}", "u-3", NULL);
    page_is(o, "{\"limit\":2}", "u-1 u-2", "u-2");
    page_is(o, "{\"limit\":2,\"cursor\":\"u-2\"}", "u-3", NULL);
    page_is(o, "{\"limit\":3}", "u-1 u-2 u-3", NULL);
    page_is(o, "{\"cursor\":\"u-3\"}", "", NULL);
}

/* A cursor is a place in the order, not a record: its unit may have gone, or never been. */
static void a_cursor_outlives_its_unit(void **state)
{
    struct office *o = *state;
    page_is(o, "{\"limit\":1,\"cursor\":\"u-1x\"}", "u-2", "u-2");
    page_is(o, "{\"cursor\":\"u-0\",\"limit\":1}", "u-1", "u-1");
    assert_int_equal(replica_apply(&o->replica, FIXTURE_REVISION + 1, "unit", "u-2", NULL), 0);
    replica_apply_end(&o->replica, FIXTURE_REVISION + 1);
    json_t *page = office_ask(o, "unit.list", "{\"cursor\":\"u-2\"}");
    char text[64];
    assert_string_equal(ids(page, text, sizeof text), "u-3");
    json_decref(page);
}

/* What can be no unit's id is refused, not taken as a place between ids. */
static void a_cursor_that_is_none(void **state)
{
    static const char *const bad[] = {"x", "e-1", "h-1", "u-", "U-1", "u-A", "3"};
    struct office *o = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        char params[64];
        snprintf(params, sizeof params, "{\"cursor\":\"%s\"}", bad[i]);
        json_t *answer = office_ask(o, "unit.list", params);
        const json_t *error = json_array_get(json_object_get(answer, "errors"), 0);
        assert_string_equal(text_of(answer, "type"), "invalid_params");
        assert_string_equal(text_of(error, "pointer"), "/cursor");
        assert_string_equal(text_of(error, "detail"), "bad_cursor");
        json_decref(answer);
    }
}

static void pages_of_a_filter(void **state)
{
    struct office *o = *state;
    page_is(o, "{\"filter\":{\"territories\":[\"dts-sud\"]},\"limit\":1}", "u-2", "u-2");
    page_is(o, "{\"filter\":{\"territories\":[\"dts-sud\"]},\"limit\":1,\"cursor\":\"u-2\"}", "u-3",
            NULL);
    page_is(o, "{\"filter\":{\"units\":[\"u-3\",\"u-1\"]}}", "u-1 u-3", NULL);
    page_is(o, "{\"filter\":{\"modality\":[\"pad\"]}}", "", NULL);
}

/* What a reader may not see is neither shown nor counted for a page. */
static void pages_of_what_one_may_see(void **state)
{
    struct office *o = *state;
    office_viewer(o, "mecs-1");
    page_is(o, "{\"limit\":1}", "u-1", NULL);
    page_is(o, "{\"filter\":{\"units\":[\"u-2\"]}}", "", NULL);
    office_viewer(o, "mobile");
    json_t *answer = office_ask(o, "unit.list", "{}");
    assert_string_equal(text_of(answer, "type"), "forbidden");
    assert_string_equal(text_of(answer, "detail"), "role");
    json_decref(answer);
}

/* A page ends before the answer grows too long; the pages together have each unit once. */
static void a_page_is_never_too_long(void **state)
{
    static const struct fixture_unit unit = {"e-1", "dts-nord", "exact", 10, 8, 0, 216, FIXTURE_AT};
    struct office *o = *state;
    char text[2048], long_text[3072], id[64], cursor[64] = "", params[128], last[64] = "";
    size_t seen = 0, pages = 0;
    const size_t n = 600;

    for (size_t i = 0; i < n; i++) {
        snprintf(id, sizeof id, "u-x%057zu", i);
        fixture_unit_state(&unit, text, sizeof text);
        const char *name = strstr(text, "Groupe");
        snprintf(long_text, sizeof long_text, "%.*s%0800d%s", (int)(name - text), text, 0,
                 name + strlen("Groupe"));
        assert_int_equal(replica_apply(&o->replica, FIXTURE_REVISION + 1, "unit", id, long_text),
                         0);
    }
    replica_apply_end(&o->replica, FIXTURE_REVISION + 1);
    for (bool more = true; more; pages++) {
        snprintf(params, sizeof params, "{\"limit\":200%s%s%s}", cursor[0] ? ",\"cursor\":\"" : "",
                 cursor, cursor[0] ? "\"" : "");
        json_t *page = office_ask(o, "unit.list", params), *shown;
        size_t i;
        assert_in_range(o->call->result.n, 1, LIMIT_ANSWER);
        json_array_foreach (json_object_get(page, "units"), i, shown) {
            assert_true(strcmp(text_of(shown, "id"), last) > 0);
            snprintf(last, sizeof last, "%s", text_of(shown, "id"));
            seen++;
        }
        assert_true(json_array_size(json_object_get(page, "units")) > 0);
        more = text_of(page, "next") != NULL;
        snprintf(cursor, sizeof cursor, "%s", more ? text_of(page, "next") : "");
        json_decref(page);
    }
    assert_int_equal(seen, n + 3);
    assert_true(pages > (n + 3) / 200 + 1); /* else no page was cut */
}

/* The same answer for what is not there and what is not for this reader. */
static void one_unit(void **state)
{
    struct office *o = *state;
    office_viewer(o, "dts");
    json_t *answer = office_ask(o, "unit.get", "{\"unit\":\"u-2\"}");
    const json_t *unit = json_object_get(answer, "unit");
    assert_string_equal(text_of(unit, "id"), "u-2");
    assert_string_equal(text_of(unit, "commune"), "31395");
    json_decref(answer);
    answer = office_ask(o, "unit.get", "{\"unit\":\"u-3\"}"); /* hidden: its territory only */
    unit = json_object_get(answer, "unit");
    assert_string_equal(text_of(unit, "territory"), "dts-sud");
    assert_null(json_object_get(unit, "commune"));
    assert_null(json_object_get(unit, "point"));
    json_decref(answer);
    office_viewer(o, "mecs-1");
    json_t *foreign = office_ask(o, "unit.get", "{\"unit\":\"u-2\"}");
    json_t *unknown = office_ask(o, "unit.get", "{\"unit\":\"u-9\"}");
    assert_string_equal(text_of(foreign, "type"), "not_found");
    assert_true(json_equal(foreign, unknown));
    json_decref(foreign);
    json_decref(unknown);
}

/* A team reads the unit that it is sent to, its address too, for as long as it is; no other. */
static void a_team_reads_where_it_goes(void **state)
{
    struct fixture_mission m = {"e-2", "dts-sud", "dts-nord", "def", "mobile", "under_way"};
    struct office *o = *state;
    char text[2048];
    const char *unit = NULL;
    office_viewer(o, "mobile");
    json_t *answer = office_ask(o, "unit.get", "{\"unit\":\"u-2\"}");
    assert_string_equal(text_of(answer, "type"), "not_found");
    json_decref(answer);
    unit = strstr(fixture_mission_state(&m, text, sizeof text), "u-1");
    assert_non_null(unit);
    text[unit - text + 2] = '2';
    fixture_put(&o->replica, FIXTURE_REVISION + 1, "mission", "m-1", text);
    replica_turn_end(&o->replica);
    answer = office_ask(o, "unit.get", "{\"unit\":\"u-2\"}");
    assert_string_equal(text_of(json_object_get(answer, "unit"), "precision"), "exact");
    json_decref(answer);
    answer = office_ask(o, "unit.get", "{\"unit\":\"u-1\"}");
    assert_string_equal(text_of(answer, "type"), "not_found");
    json_decref(answer);
    char *end = strstr(text, "\"ended_at\":null"), ended[2100];
    assert_non_null(end);
    snprintf(ended, sizeof ended, "%.*s\"ended_at\":%lld%s", (int)(end - text), text,
             (long long)FIXTURE_AT, end + strlen("\"ended_at\":null"));
    fixture_put(&o->replica, FIXTURE_REVISION + 2, "mission", "m-1", ended);
    replica_turn_end(&o->replica);
    answer = office_ask(o, "unit.get", "{\"unit\":\"u-2\"}");
    assert_string_equal(text_of(answer, "type"), "not_found");
    json_decref(answer);
}

int main(void)
{
#define in_office(f) cmocka_unit_test_setup_teardown(f, office_open, office_close)
    const struct CMUnitTest tests[] = {
        in_office(pages_by_cursor),
        in_office(a_cursor_outlives_its_unit),
        in_office(a_cursor_that_is_none),
        in_office(pages_of_a_filter),
        in_office(pages_of_what_one_may_see),
        in_office(a_page_is_never_too_long),
        in_office(one_unit),
        in_office(a_team_reads_where_it_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
