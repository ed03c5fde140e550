/* SPDX-License-Identifier: EUPL-1.2 */
/* alert.put, alert.delete, alert.list: what is sent, and how it is answered. */
#include "api/command_fixture.h"

#define RULE "{\"id\":\"a-full\",\"territory\":\"d31\",\"min_months\":0,\"percent\":90}"

struct table {
    int columns;
    const char *const *cells;
};

static const char *cell(const void *source, int row, int column)
{
    const struct table *t = source;
    return t->cells[row * t->columns + column];
}

static void a_rule_is_answered_as_it_was_said(void **state)
{
    struct office *o = *state;
    json_t *given = office_command(o, "alert.put", RULE);
    ASSERT_MEMBER(given, "percent", "90");
    json_decref(given);
    office_ok(o, 10, NULL);
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "alert",
                  "{\"id\":\"a-full\",\"territory\":\"d31\",\"establishment_kind\":null,"
                  "\"modality\":null,\"ages\":{\"min_months\":0,\"max_months\":null},"
                  "\"percent\":90}");
    ASSERT_MEMBER(answer, "position", "\"aa.10\"");
    json_decref(answer);

    office_send(o, "alert.delete", "{\"id\":\"a-full\"}");
    office_ok(o, 10, NULL);
    answer = office_answer(o);
    ASSERT_MEMBER(answer, "id", "\"a-full\"");
    json_decref(answer);

    office_send(o, "alert.delete", "{\"id\":\"a-full\"}");
    office_outcome(o, (struct desk_outcome){.type = "forbidden", .revision = -1, .ledger = 10});
    answer = office_answer(o);
    ASSERT_MEMBER(answer, "type", "\"forbidden\"");
    json_decref(answer);
}

static void only_those_who_steer(void **state)
{
    struct office *o = *state;
    static const char *const accounts[] = {"mecs-1", "astreinte", "mobile", "dts"};
    static const char *const asked[][2] = {
        {"alert.put", RULE}, {"alert.delete", "{\"id\":\"a-full\"}"}, {"alert.list", "{}"}};
    for (size_t i = 0; i < ARRAY_LENGTH(accounts); i++)
        for (size_t k = 0; k < ARRAY_LENGTH(asked); k++) {
            office_viewer(o, accounts[i]);
            json_t *answer = office_ask(o, asked[k][0], asked[k][1]);
            ASSERT_MEMBER(answer, "type", "\"forbidden\"");
            json_decref(answer);
        }
}

static void what_is_crossed(void **state)
{
    struct office *o = *state;
    static const char *const cells[] = {
        "a-1", "d31", NULL,  NULL,   NULL,      NULL, "90", "3",  "14", "13", "1763744400000000",
        "100", "a-2", "d31", "mecs", "urgence", "0",  "36", "95", "0",  "0",  "0",
        NULL,  "100", "a-3", "d31",  NULL,      NULL, NULL, NULL, "10", "3",  "14",
        "13",  "100", "100",
    };
    struct table table = {12, cells};
    struct rows rows = {3, 12, &table, cell};
    struct desk_read read;
    assert_int_equal(office_try(o, "alert.list", "{}"), 0);
    assert_true(desk_take_read(&o->desk, &read));
    assert_string_equal(read.params[1], "1763748000000000");
    assert_string_equal(read.params[2], "604800000000");
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
    assert_int_equal(desk_rows(&o->desk, 0, o->call->ticket, &rows), 0);
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "alerts.0",
                  "{\"id\":\"a-1\",\"territory\":\"d31\",\"establishment_kind\":null,"
                  "\"modality\":null,\"ages\":{\"min_months\":null,\"max_months\":null},"
                  "\"percent\":90,\"units\":3,\"open\":14,\"occupied\":13,\"active\":true,"
                  "\"active_since\":\"2025-11-21T17:00:00Z\",\"or_earlier\":false}");
    ASSERT_MEMBER(answer, "alerts.1",
                  "{\"id\":\"a-2\",\"territory\":\"d31\",\"establishment_kind\":\"mecs\","
                  "\"modality\":\"urgence\",\"ages\":{\"min_months\":0,\"max_months\":36},"
                  "\"percent\":95,\"units\":0,\"open\":0,\"occupied\":0,\"active\":false,"
                  "\"active_since\":null,\"or_earlier\":false}");
    ASSERT_MEMBER(answer, "alerts.2.or_earlier", "true");
    ASSERT_MEMBER(answer, "alerts.3", "");
    json_decref(answer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WITH_OFFICE(a_rule_is_answered_as_it_was_said),
        WITH_OFFICE(only_those_who_steer),
        WITH_OFFICE(what_is_crossed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
