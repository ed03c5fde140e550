/* SPDX-License-Identifier: EUPL-1.2 */
/* history: what the database is asked, and what when it does not reach so far back. */
#include "api/desk_fixture.h"
#include "base/statement.h"
#include "core/hold_fixture.h"

static const char *no_cell(const void *source, int row, int col)
{
    (void)source, (void)row, (void)col;
    return NULL;
}

/* Asks history and answers its question to the database with rows of NULLs. */
static void ask(struct office *o, const char *params, int n_rows)
{
    const struct rows rows = {n_rows, 10, NULL, no_cell};
    struct desk_read read;
    assert_int_equal(office_try(o, "history", params), 0);
    assert_true(desk_take_read(&o->desk, &read));
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
    assert_int_equal(desk_rows(&o->desk, 0, read.ticket, &rows), 0);
    assert_int_equal(o->call->state, CALL_ANSWERED);
}

/* What the caller said to begin with is what reaches too far. */
static void one_row_of_nulls_is_before_history(void **state)
{
    static const struct {
        const char *params, *pointer;
    } cases[] = {
        {"{\"since_revision\":4}", "/since_revision"},
        {"{\"at_from\":\"2020-01-01T00:00:00Z\"}", "/at_from"},
        {"{\"at_from\":\"2020-01-01T00:00:00Z\",\"since_revision\":4}", "/at_from"},
        {"{\"at_from\":\"2020-01-01T00:00:00Z\",\"cursor\":\"4.1\"}", "/cursor"},
        {"{\"unit\":\"u-1\",\"at_to\":\"2020-01-01T00:00:00Z\"}", "/at_to"},
    };
    struct office *o = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char expected[120];
        ask(o, cases[i].params, 1);
        assert_true(o->call->failed);
        assert_int_equal(o->call->error, ERROR_INVALID_PARAMS);
        snprintf(expected, sizeof expected, "\"pointer\":\"%s\",\"detail\":\"before_history\"",
                 cases[i].pointer);
        buf_char(&o->call->data, '\0');
        assert_int_equal(buf_check(&o->call->data), 0);
        if (strstr(o->call->data.p, expected) == NULL)
            fail_msg("%s: %s", cases[i].params, o->call->data.p);
    }
}

static void no_row_is_an_empty_page(void **state)
{
    struct office *o = *state;
    ask(o, "{\"since_revision\":4}", 0);
    assert_false(o->call->failed);
}

/* An establishment asks for what is its own, the holds of its places included. */
static void an_establishment_asks_for_its_own(void **state)
{
    struct office *o = *state;
    struct desk_read read;
    static const struct fixture_hold own = {"u-1", "e-1", "dts-nord", "d31",      "def",
                                            NULL,  "",    "held",     FIXTURE_AT, 0};
    struct fixture_hold other = own;
    other.establishment = "e-2";
    fixture_put_hold(&o->replica, 11, "h-1", &own);
    fixture_put_hold(&o->replica, 12, "h-2", &other);
    office_viewer(o, "mecs-1");
    assert_int_equal(office_try(o, "history", "{\"kinds\":[\"unit\",\"hold\"]}"), 0);
    assert_true(desk_take_read(&o->desk, &read));
    assert_string_equal(read.params[0], "{e-1,u-1}");
    assert_string_equal(read.params[7], "{e-1}"); /* and whatever was asked of it, ended or not */
    assert_string_equal(read.params[1], "{unit,hold}");
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
}

int main(void)
{
#define in_office(f) cmocka_unit_test_setup_teardown(f, office_open, office_close)
    const struct CMUnitTest tests[] = {
        in_office(one_row_of_nulls_is_before_history),
        in_office(no_row_is_an_empty_page),
        in_office(an_establishment_asks_for_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
