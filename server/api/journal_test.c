/* SPDX-License-Identifier: EUPL-1.2 */
/* What is told of searches: what was asked and found, no point, and not before the answer. */
#include "api/journal.h"

#include "api/command_fixture.h"

/* The next entry's command, the caller's to decref; NULL: none. */
static json_t *entry(struct office *o)
{
    struct desk_command command;
    if (!desk_take_entry(&o->desk, &command))
        return NULL;
    json_t *json = json_loadb(command.json, command.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    assert_int_equal(strlen(command.json), command.n);
    free(command.json);
    return json;
}

static void expect_none(struct office *o)
{
    struct desk_command command;
    assert_false(desk_take_command(&o->desk, &command));
    assert_false(desk_take_entry(&o->desk, &command));
}

#define GIRL "\"children\":[{\"age_months\":150,\"sex\":\"F\"}]"

static void a_search_is_told_of(void **state)
{
    struct office *o = *state;
    json_decref(office_ask(o, "search",
                           "{" GIRL ",\"parent\":null,\"emergency\":true,\"tonight\":false,"
                           "\"near\":{\"commune\":\"31395\"},\"max_km\":12.5,\"limit\":1,"
                           "\"establishment_kinds\":[\"mecs\",\"x\"],\"needs\":[\"disability\"],"
                           "\"modality\":[\"internat\"],\"together\":true}"));
    json_t *e = entry(o);
    ASSERT_MEMBER(e, "account", "\"def\"");
    ASSERT_MEMBER(e, "op", "\"journal.search\"");
    ASSERT_MEMBER(e, "key", "\"~0123456789abcdef.1\"");
    ASSERT_MEMBER(e, "channel", "\"api\"");
    ASSERT_MEMBER(e, "params.children", "[{\"age_months\":150,\"sex\":\"F\"}]");
    ASSERT_MEMBER(e, "params.near", "{\"commune\":\"31395\"}");
    ASSERT_MEMBER(e, "params.max_km", "13");
    ASSERT_MEMBER(e, "params.kinds", "[\"mecs\",\"x\"]");
    ASSERT_MEMBER(e, "params.needs", "[\"disability\"]");
    ASSERT_MEMBER(e, "params.emergency", "true");
    ASSERT_MEMBER(e, "params.total", "2");
    ASSERT_MEMBER(e, "params.best", "[\"u-1\"]");
    ASSERT_MEMBER(e, "params.searched_at", "1763748000000000");
    ASSERT_MEMBER(e, "params.limit", "");
    ASSERT_MEMBER(e, "params.establishment_kinds", "");
    json_decref(e);
    expect_none(o);
}

static void its_days_are_told_too(void **state)
{
    struct office *o = *state;
    json_decref(office_ask(o, "search",
                           "{" GIRL ",\"wanted_on\":\"2025-12-01\",\"wanted_until\":\"2025-12-20\","
                           "\"days\":{\"weekdays\":[5,1],\"weeks\":\"odd\"}}"));
    json_t *e = entry(o);
    ASSERT_MEMBER(e, "params.wanted_on", "\"2025-12-01\"");
    ASSERT_MEMBER(e, "params.wanted_until", "\"2025-12-20\"");
    ASSERT_MEMBER(e, "params.days", "{\"weekdays\":[5,1],\"weeks\":\"odd\"}");
    json_decref(e);
}

static void a_point_is_not(void **state)
{
    struct office *o = *state;
    json_decref(office_ask(o, "search", "{" GIRL ",\"near\":{\"point\":[43.4611,1.3266]}}"));
    json_t *e = entry(o);
    ASSERT_MEMBER(e, "params.near", "");
    char *text = json_dumps(e, 0);
    assert_null(strstr(text, "43.4"));
    free(text);
    json_decref(e);
}

static void nothing_found_is_told_too(void **state)
{
    struct office *o = *state;
    json_decref(office_ask(o, "search", "{\"children\":[{\"age_months\":300}]}"));
    json_t *e = entry(o);
    ASSERT_MEMBER(e, "params.total", "0");
    ASSERT_MEMBER(e, "params.best", "[]");
    json_decref(e);
}

/* In their order, each with a key of its own; those not told at the end are let go. */
static void each_is_told_once(void **state)
{
    struct office *o = *state;
    for (int i = 0; i < 40; i++)
        json_decref(office_ask(o, "search", "{" GIRL "}"));
    json_t *e = entry(o);
    ASSERT_MEMBER(e, "key", "\"~0123456789abcdef.1\"");
    json_decref(e);
    json_decref(office_ask(o, "search", "{" GIRL "}"));
    for (int i = 2; i < 30; i++)
        json_decref(entry(o));
    e = entry(o);
    ASSERT_MEMBER(e, "key", "\"~0123456789abcdef.30\"");
    json_decref(e);
}

static void what_is_no_search_is_not(void **state)
{
    struct office *o = *state;
    json_decref(office_ask(o, "search", "{" GIRL ",\"max_km\":3}")); /* refused */
    json_decref(office_ask(o, "unit.list", "{\"filter\":{\"search\":{" GIRL "}}}"));
    expect_none(o);
}

static void a_request_is_its_holders(void **state)
{
    static const struct fixture_request theirs = {
        .origin = "dts-nord", .created_by = "def", .state = "open"};
    struct office *o = *state;
    fixture_put_request(&o->replica, FIXTURE_REVISION + 1, "r-1", &theirs);
    json_decref(office_ask(o, "search", "{" GIRL ",\"request\":\"r-1\"}"));
    json_t *e = entry(o);
    ASSERT_MEMBER(e, "params.request", "\"r-1\"");
    json_decref(e);
    json_t *answer = office_ask(o, "search", "{" GIRL ",\"request\":\"r-2\"}");
    ASSERT_MEMBER(answer, "type", "\"not_found\"");
    json_decref(answer);
    office_viewer(o, "dts");
    answer = office_ask(o, "search", "{" GIRL ",\"request\":\"r-1\"}");
    ASSERT_MEMBER(answer, "type", "\"not_found\"");
    json_decref(answer);
    expect_none(o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, office_open, office_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_search_is_told_of),      TEST(its_days_are_told_too),
        TEST(a_point_is_not),           TEST(nothing_found_is_told_too),
        TEST(each_is_told_once),        TEST(what_is_no_search_is_not),
        TEST(a_request_is_its_holders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
