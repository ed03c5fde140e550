/* SPDX-License-Identifier: EUPL-1.2 */
/* outlines, equipment: whose territories the database is asked about, and how it is answered. */
#include "api/command_fixture.h"

struct table {
    int columns;
    const char *const *cells;
};

static const char *cell(const void *source, int row, int column)
{
    const struct table *t = source;
    return t->cells[row * t->columns + column];
}

/* Asks; `with` and `without` are codes that the database is asked about, or is not. */
static void ask(struct office *o, const char *method, const char *params, const char *with,
                const char *without)
{
    struct desk_read read;
    assert_int_equal(office_try(o, method, params), 0);
    if (!desk_take_read(&o->desk, &read))
        fail_msg("%s was not sent: %.*s", method, (int)o->call->data.n, o->call->data.p);
    if ((with != NULL && strstr(read.params[0], with) == NULL) ||
        (without != NULL && strstr(read.params[0], without) != NULL))
        fail_msg("%s is asked of %s", method, read.params[0]);
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
}

static json_t *answered(struct office *o, int columns, int n, const char *const *cells)
{
    struct table table = {columns, cells};
    struct rows rows = {n, columns, &table, cell};
    assert_int_equal(desk_rows(&o->desk, 0, o->call->ticket, &rows), 0);
    return office_answer(o);
}

static void outlines_are_of_the_whole_departement(void **state)
{
    struct office *o = *state;
    static const char *const accounts[] = {"def", "dts", "astreinte", "mobile", "admin", "mecs-1"};
    for (size_t i = 0; i < ARRAY_LENGTH(accounts); i++) {
        office_viewer(o, accounts[i]);
        ask(o, "outlines", "{}", "dts-nord", NULL);
        ask(o, "outlines", "{\"territory\":\"dts-sud\"}", "dts-sud", "dts-nord");
    }
    json_t *answer = office_ask(o, "outlines", "{\"territory\":\"d99\"}");
    ASSERT_MEMBER(answer, "errors",
                  "[{\"pointer\":\"/territory\",\"detail\":\"unknown_reference\"}]");
    json_decref(answer);
}

static void figures_are_of_ones_own(void **state)
{
    struct office *o = *state;
    ask(o, "equipment", "{}", "dts-nord", NULL);
    office_viewer(o, "dts");
    ask(o, "equipment", "{}", "dts-sud", "dts-nord");
    office_viewer(o, "mecs-1");
    json_t *answer = office_ask(o, "equipment", "{}");
    ASSERT_MEMBER(answer, "type", "\"forbidden\"");
    json_decref(answer);
}

static void an_outline(void **state)
{
    struct office *o = *state;
    static const char *const cells[] = {
        "0123456789abcdef", "dts-sud", "M0 0l1 1z", "43.5", "0.5", "8092", "11120", "{0,0,1,1}"};
    static const char *const none[] = {
        "fedcba9876543210", NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    ask(o, "outlines", "{}", NULL, NULL);
    json_t *answer = answered(o, 8, 1, cells);
    ASSERT_MEMBER(answer, "version", "\"0123456789abcdef\"");
    ASSERT_MEMBER(
        answer, "outlines",
        "[{\"territory\":\"dts-sud\",\"name\":\"Sud\",\"level\":\"dts\",\"parent\":\"d31\","
        "\"origin\":[43.5,0.5],\"x_scale\":8092,\"y_scale\":11120,"
        "\"box\":[0,0,1,1],\"path\":\"M0 0l1 1z\"}]");
    ASSERT_MEMBER(answer, "next", "null");
    json_decref(answer);

    ask(o, "outlines", "{}", NULL, NULL);
    answer = answered(o, 8, 1, none);
    ASSERT_MEMBER(answer, "version", "\"fedcba9876543210\"");
    ASSERT_MEMBER(answer, "outlines", "[]");
    json_decref(answer);
}

/* Of 60 kB each: four fit into an answer. */
static const char *long_cell(const void *source, int row, int column)
{
    static const char *const cells[] = {
        "0123456789abcdef", NULL, NULL, "43.5", "0.5", "8092", "11120", "{0,0,1,1}"};
    static const char *const codes[] = {"a", "b", "c", "d", "e", "f"};
    return column == 1 ? codes[row] : column == 2 ? source : cells[column];
}

static void long_outlines_come_in_pages(void **state)
{
    struct office *o = *state;
    char *path = malloc(60001);
    assert_non_null(path);
    memset(path, '1', 60000);
    path[60000] = '\0';
    struct rows rows = {6, 8, path, long_cell};
    ask(o, "outlines", "{}", NULL, NULL);
    assert_int_equal(desk_rows(&o->desk, 0, o->call->ticket, &rows), 0);
    assert_true(o->call->result.n < 256 * 1024);
    json_t *answer = office_answer(o);
    assert_int_equal(json_array_size(json_object_get(answer, "outlines")), 4);
    ASSERT_MEMBER(answer, "next", "\"d\"");
    json_decref(answer);
    free(path);
}

static void places_for_a_thousand(void **state)
{
    struct office *o = *state;
    static const char *const cells[] = {"dts-nord", "2100", "3", "12", "10",
                                        "dts-sud",  NULL,   "1", "4",  "4",
                                        "mds-vide", "0",    "0", "0",  "0"};
    ask(o, "equipment", "{}", NULL, NULL);
    json_t *answer = answered(o, 5, 3, cells);
    ASSERT_MEMBER(
        answer, "rows.0",
        "{\"territory\":\"dts-nord\",\"population\":2100,\"units\":3,\"authorised\":12,"
        "\"open\":10,\"authorised_rate\":5.7000000000000002,\"open_rate\":4.7999999999999998}");
    ASSERT_MEMBER(answer, "rows.1.authorised_rate", "null");
    ASSERT_MEMBER(answer, "rows.2.open_rate", "null");
    json_decref(answer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WITH_OFFICE(outlines_are_of_the_whole_departement),
        WITH_OFFICE(figures_are_of_ones_own),
        WITH_OFFICE(an_outline),
        WITH_OFFICE(long_outlines_come_in_pages),
        WITH_OFFICE(places_for_a_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
