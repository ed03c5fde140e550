/* SPDX-License-Identifier: EUPL-1.2 */
/* What administrators read and write: what the database is asked, how its records are shown, and
 * whom nothing is shown at all. */
#include "api/admin.h"

#include "api/command_fixture.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static int open_admin(void **state)
{
    int r = office_open(state);
    office_viewer(*state, "admin");
    return r;
}

#define ADMIN(test) cmocka_unit_test_setup_teardown(test, open_admin, office_close)

struct cells {
    const char *const *cell;
    int n_cols;
};

static const char *cell(const void *source, int row, int col)
{
    const struct cells *c = source;
    return c->cell[row * c->n_cols + col];
}

/* The question's parameters, each ended by a bar. */
static void asked(struct office *o, enum desk_question question, const char *wanted,
                  uint64_t *ret_ticket)
{
    struct desk_read read;
    char text[512] = "";
    size_t n = 0;
    assert_true(desk_take_read(&o->desk, &read));
    assert_int_equal(read.query, question);
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++) {
        if (read.params[i] != NULL)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s|", read.params[i]);
        free(read.params[i]);
    }
    assert_string_equal(text, wanted);
    *ret_ticket = read.ticket;
}

static json_t *with_rows(struct office *o, uint64_t ticket, const char *const *cells, int n_cols,
                         int n_rows)
{
    struct cells source = {cells, n_cols};
    struct rows rows = {n_rows, n_cols, &source, cell};
    assert_int_equal(desk_rows(&o->desk, 0, ticket, &rows), 0);
    return office_answer(o);
}

static void a_list_and_its_next_page(void **state)
{
    struct office *o = *state;
    uint64_t ticket;
    assert_int_equal(office_try(o, "account.list",
                                "{\"role\":\"def\",\"words\":\"x\",\"cursor\":\"a\",\"limit\":2}"),
                     0);
    asked(o, DESK_ADMIN_PAGE, "account|{\"role\":\"def\"}|x|a|2|", &ticket);
    const char *const two[] = {"b", "3", "{\"name\":\"B\"}", "c", "4", "{\"name\":null}"};
    json_t *answer = with_rows(o, ticket, two, 3, 2);
    ASSERT_MEMBER(answer, "accounts",
                  "[{\"id\":\"b\",\"revision\":3,\"name\":\"B\"},"
                  "{\"id\":\"c\",\"revision\":4,\"name\":null}]");
    ASSERT_MEMBER(answer, "next", "\"c\"");
    json_decref(answer);
    assert_int_equal(office_try(o, "account.list", "{\"limit\":3}"), 0);
    asked(o, DESK_ADMIN_PAGE, "account|{}|3|", &ticket);
    answer = with_rows(o, ticket, two, 3, 2);
    ASSERT_MEMBER(answer, "next", "null");
    json_decref(answer);
}

/* A link for a hold is a credential, and its hold no administrator's business. */
static void credentials_without_holds_and_sessions(void **state)
{
    struct office *o = *state;
    uint64_t ticket;
    assert_int_equal(office_try(o, "credential.list", "{}"), 0);
    asked(o, DESK_ADMIN_PAGE,
          "credential|{\"type\":[\"token\",\"certificate\",\"password\",\"link\"]}|100|", &ticket);
    const char *const link[] = {
        DIGEST, "9", "{\"type\":\"link\",\"hold\":\"h-7\",\"made_at\":1700000000000000}"};
    json_t *answer = with_rows(o, ticket, link, 3, 1);
    ASSERT_MEMBER(answer, "credentials.0.hold", "");
    ASSERT_MEMBER(answer, "credentials.0.made_at", "\"2023-11-14T22:13:20Z\"");
    json_decref(answer);
    assert_int_equal(office_try(o, "session.list", "{\"account\":\"def\"}"), 0);
    asked(o, DESK_ADMIN_PAGE, "credential|{\"type\":[\"session\"],\"account\":\"def\"}|100|",
          &ticket);
    json_decref(with_rows(o, ticket, link, 3, 0));
}

static void the_history_without_them(void **state)
{
    struct office *o = *state;
    struct desk_read read;
    const char *const link[] = {"9",
                                "1",
                                "1763748000000000",
                                "root",
                                "link.put",
                                "credential",
                                DIGEST,
                                "{\"type\":\"link\",\"hold\":\"h-7\",\"unit\":\"u-1\"}",
                                NULL,
                                NULL};
    assert_int_equal(office_try(o, "history", "{\"kinds\":[\"credential\"]}"), 0);
    assert_true(desk_take_read(&o->desk, &read));
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
    json_t *answer = with_rows(o, read.ticket, link, 10, 1);
    ASSERT_MEMBER(answer, "changes.0.record", "{\"type\":\"link\",\"unit\":\"u-1\"}");
    json_decref(answer);
}

static void one_or_none(void **state)
{
    struct office *o = *state;
    uint64_t ticket;
    const char *const one[] = {"3", "{\"name\":\"D\"}"};
    assert_int_equal(office_try(o, "account.get", "{\"id\":\"def\"}"), 0);
    asked(o, DESK_ADMIN_RECORD, "account|def|", &ticket);
    json_t *answer = with_rows(o, ticket, one, 2, 1);
    ASSERT_MEMBER(answer, "account.name", "\"D\"");
    json_decref(answer);
    assert_int_equal(office_try(o, "account.get", "{\"id\":\"none\"}"), 0);
    asked(o, DESK_ADMIN_RECORD, "account|none|", &ticket);
    answer = with_rows(o, ticket, one, 2, 0);
    ASSERT_MEMBER(answer, "type", "\"not_found\"");
    json_decref(answer);
}

/* A command shows what it left, also when it is repeated; and what changed nothing, what is. */
static void what_a_command_left(void **state)
{
    struct office *o = *state;
    uint64_t ticket;
    const char *const left[] = {"4", "{\"disabled\":true}"};
    char wanted[128];
    office_send(o, "account.disable", "{\"id\":\"def\"}");
    office_ok(o, FIXTURE_REVISION, NULL);
    snprintf(wanted, sizeof wanted, "account|def|%d|", FIXTURE_REVISION);
    asked(o, DESK_ADMIN_RECORD, wanted, &ticket);
    json_t *answer = with_rows(o, ticket, left, 2, 1);
    ASSERT_MEMBER(answer, "account.disabled", "true");
    ASSERT_MEMBER(answer, "repeated", "");
    json_decref(answer);
    office_send(o, "account.disable", "{\"id\":\"def\"}");
    office_outcome(o,
                   (struct desk_outcome){.type = "ok", .revision = -1, .ledger = FIXTURE_REVISION});
    asked(o, DESK_ADMIN_RECORD, "account|def|", &ticket);
    json_decref(with_rows(o, ticket, left, 2, 1));
    office_send(o, "session.close", "{\"id\":\"" DIGEST "\"}");
    office_ok(o, FIXTURE_REVISION, NULL);
    snprintf(wanted, sizeof wanted, "credential|" DIGEST "|%d|", FIXTURE_REVISION);
    asked(o, DESK_ADMIN_RECORD, wanted, &ticket);
    const char *const gone[] = {"5", NULL};
    answer = with_rows(o, ticket, gone, 2, 1);
    ASSERT_MEMBER(answer, "session", "null");
    json_decref(answer);
}

/* Whatever is about accounts is for administrators, and they see nothing of a night. */
static void least_privilege(void **state)
{
    struct office *o = *state;
    static const char *const people[] = {"account.", "credential.", "session.", "password.",
                                         "totp."};
    static const char *const nights[] = {"request.", "hold.", "mission.", "journal.", "search"};
    const struct operation *op;
    unsigned n = 0;
    for (size_t i = 0; (op = operation_at(i)) != NULL; i++) {
        for (size_t k = 0; k < ARRAY_LENGTH(people); k++) {
            if (strncmp(op->name, people[k], strlen(people[k])) != 0)
                continue;
            assert_int_equal(op->roles, MAY(ROLE_ADMIN));
            n++;
        }
        for (size_t k = 0; k < ARRAY_LENGTH(nights); k++)
            if (strncmp(op->name, nights[k], strlen(nights[k])) == 0)
                assert_false(op->roles & MAY(ROLE_ADMIN));
    }
    assert_int_equal(n, 13);
    office_viewer(o, "def");
    json_t *answer = office_ask(o, "account.list", "{}");
    ASSERT_MEMBER(answer, "detail", "\"role\"");
    json_decref(answer);
}

/* Reference data */

static void establishments_that_one_may_see(void **state)
{
    struct office *o = *state;
    office_viewer(o, "def");
    json_t *answer = office_ask(o, "establishment.list", "{\"limit\":1}");
    ASSERT_MEMBER(answer, "establishments.0.id", "\"e-1\"");
    ASSERT_MEMBER(answer, "next", "\"e-1\"");
    json_decref(answer);
    answer = office_ask(o, "establishment.list", "{\"cursor\":\"e-1\"}");
    ASSERT_MEMBER(answer, "establishments.0.id", "\"e-2\"");
    ASSERT_MEMBER(answer, "establishments.1", "");
    ASSERT_MEMBER(answer, "next", "null");
    json_decref(answer);
    answer = office_ask(o, "establishment.list", "{\"filter\":{\"territories\":[\"dts-sud\"]}}");
    ASSERT_MEMBER(answer, "establishments.0.id", "\"e-2\"");
    json_decref(answer);
    answer = office_ask(o, "establishment.list", "{\"words\":\"E-2\"}");
    ASSERT_MEMBER(answer, "establishments.0.id", "\"e-2\"");
    json_decref(answer);
    answer = office_ask(o, "establishment.list", "{\"words\":\"nowhere\"}");
    ASSERT_MEMBER(answer, "establishments", "[]");
    json_decref(answer);
    fixture_put(&o->replica, FIXTURE_REVISION + 1, "territory", "d09",
                "{\"name\":\"09\",\"level\":\"dep\",\"parent\":null}");
    fixture_put(&o->replica, FIXTURE_REVISION + 2, "establishment", "e-9",
                FIXTURE_ESTABLISHMENT("d09"));
    answer = office_ask(o, "establishment.list", "{\"cursor\":\"e-2\"}");
    ASSERT_MEMBER(answer, "establishments", "[]");
    json_decref(answer);
    answer = office_ask(o, "establishment.describe", "{\"id\":\"e-9\"}");
    ASSERT_MEMBER(answer, "type", "\"not_found\"");
    json_decref(answer);
    office_viewer(o, "admin");
    answer = office_ask(o, "establishment.list", "{\"cursor\":\"e-2\"}");
    ASSERT_MEMBER(answer, "establishments.0.id", "\"e-9\"");
    json_decref(answer);
    office_viewer(o, "mecs-1");
    answer = office_ask(o, "establishment.list", "{}");
    ASSERT_MEMBER(answer, "detail", "\"role\"");
    json_decref(answer);
}

static void what_a_put_would_say(void **state)
{
    struct office *o = *state;
    uint64_t ticket;
    office_viewer(o, "def");
    assert_int_equal(office_try(o, "unit.describe", "{\"id\":\"u-1\"}"), 0);
    asked(o, DESK_ADMIN_RECORD, "unit.put|u-1|", &ticket);
    const char *const put[] = {"3", "{\"id\":\"u-1\",\"name\":\"Un\"}"};
    json_t *answer = with_rows(o, ticket, put, 2, 1);
    ASSERT_MEMBER(answer, "put", "{\"id\":\"u-1\",\"name\":\"Un\"}");
    ASSERT_MEMBER(answer, "revision", "3");
    json_decref(answer);
    answer = office_ask(o, "unit.describe", "{\"id\":\"u-none\"}");
    ASSERT_MEMBER(answer, "type", "\"not_found\"");
    json_decref(answer);
    assert_int_equal(office_try(o, "unit.describe", "{\"id\":\"u-1\"}"), 0);
    asked(o, DESK_ADMIN_RECORD, "unit.put|u-1|", &ticket);
    answer = with_rows(o, ticket, put, 2, 0); /* closed meanwhile */
    ASSERT_MEMBER(answer, "type", "\"not_found\"");
    json_decref(answer);
}

static void times_of_a_shift(void **state)
{
    struct office *o = *state;
    json_t *params = office_command(
        o, "rota.put",
        "{\"id\":\"t-1\",\"duty\":\"def\",\"territory\":\"d31\",\"account\":\"def\","
        "\"from_at\":\"2023-11-14T22:13:20Z\",\"to_at\":\"2023-11-14T23:13:20+01:00\"}");
    ASSERT_MEMBER(params, "from_at", "1700000000000000");
    ASSERT_MEMBER(params, "to_at", "1700000000000000");
    json_decref(params);
}

/* A unit that keeps places does not close; whose they are is not said to who may not know. */
static void closing(void **state)
{
    struct office *o = *state;
    static const struct fixture_hold hold = {"u-1", "e-1", "dts-nord", "d31",      "def",
                                             "r-1", "0,1", "accepted", FIXTURE_AT, FIXTURE_AT};
    fixture_put_hold(&o->replica, FIXTURE_REVISION + 1, "h-1", &hold);
    office_send(o, "unit.close", "{\"unit\":\"u-1\"}");
    office_outcome(o, (struct desk_outcome){.type = "conflicts_with_holds",
                                            .revision = -1,
                                            .ledger = FIXTURE_REVISION + 1});
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "type", "\"conflicts_with_holds\"");
    char *text = json_dumps(answer, 0);
    assert_null(strstr(text, "h-1"));
    free(text);
    json_decref(answer);
    office_send(o, "unit.close", "{\"unit\":\"u-1\"}");
    office_ok(o, FIXTURE_REVISION, NULL);
    answer = office_answer(o);
    ASSERT_MEMBER(answer, "unit", "null");
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ADMIN(a_list_and_its_next_page),
        ADMIN(credentials_without_holds_and_sessions),
        ADMIN(the_history_without_them),
        ADMIN(one_or_none),
        ADMIN(what_a_command_left),
        ADMIN(least_privilege),
        ADMIN(establishments_that_one_may_see),
        ADMIN(what_a_put_would_say),
        ADMIN(times_of_a_shift),
        ADMIN(closing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
