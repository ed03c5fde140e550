/* SPDX-License-Identifier: EUPL-1.2 */
/* Every allocation of a call fails once, for each operation: opened, answered from
 * the replica or from rows. A failure is -ENOMEM to whoever carries the call (the connection or the
 * worker ends); it never is an answer that lacks something. Nothing leaks. */
#include "api/desk_fixture.h"
#include "api/draw.h"
#include "base/scarce_fixture.h"
#include "base/statement.h"
#include "core/mission_fixture.h"

/* ── Rows, as the reader brings them ── */

struct table {
    int n_cols;
    const char *const *cells;
};

static const char *cell(const void *source, int row, int col)
{
    const struct table *t = source;
    return t->cells[row * t->n_cols + col];
}

static struct rows rows_of(const struct table *t, int n_rows)
{
    return (struct rows){n_rows, t->n_cols, t, cell};
}

/* ── The conversation of one operation ── */

struct conversation {
    const char *account, *method, *params;
    struct table table; /* answers a question; n_cols 0: it asks none */
    int n_rows;
    long least; /* allocations at least, or the test tests nothing */
};

static int answer_question(struct office *o, const struct conversation *say)
{
    struct desk_read read;
    if (!desk_take_read(&o->desk, &read))
        return 0;
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
    struct rows rows = rows_of(&say->table, say->n_rows);
    return desk_rows(&o->desk, 0, read.ticket, &rows);
}

static int converse(struct office *o, const struct conversation *say, json_t *params)
{
    int r = desk_open(&o->desk, 0, &o->viewer, "api", span_of(say->method), params, &o->call);
    return r == 0 && say->table.n_cols > 0 ? answer_question(o, say) : r;
}

/* What the call came to; the caller's to free. */
static char *heard(const struct office *o)
{
    struct buf text = {0};
    assert_int_equal(o->call->state, CALL_ANSWERED);
    if (o->call->failed)
        buf_text(&text, error_rows[o->call->error].type);
    buf_add(&text, buf_span(&o->call->result));
    buf_add(&text, buf_span(&o->call->data));
    buf_char(&text, '\0');
    assert_int_equal(buf_check(&text), 0);
    return text.p;
}

static const struct fixture_mission sent = {"e-1", "dts-nord", "d31", "def", "mobile", "assigned"};

static void ask_for_places(struct office *o)
{
    static const struct fixture_request need = {"d31", "def", "open", true, FIXTURE_AT, 84};
    static const struct fixture_hold hold = {"u-1", "e-1", "dts-nord", "d31",      "def",
                                             "r-1", "0,1", "accepted", FIXTURE_AT, FIXTURE_AT};
    fixture_put_request(&o->replica, FIXTURE_REVISION + 1, "r-1", &need);
    fixture_put_request(&o->replica, FIXTURE_REVISION + 2, "r-2", &need);
    fixture_put_hold(&o->replica, FIXTURE_REVISION + 3, "h-1", &hold);
    fixture_put_hold(&o->replica, FIXTURE_REVISION + 4, "h-2", &hold);
    fixture_put_mission(&o->replica, FIXTURE_REVISION + 4, "m-1", &sent);
    fixture_put(&o->replica, FIXTURE_REVISION + 4, "calendar", "d31", FIXTURE_CALENDAR);
    fixture_put_rota(&o->replica, FIXTURE_REVISION + 4, "t-1", "def", "def", 1, INT64_MAX);
}

/* The conversation with each of its allocations failing; how many there were. */
static long fails_everywhere(const struct conversation *say)
{
    char *expected = NULL;
    long nth = -1; /* first without a failure, for the answer that is right */
    for (bool failed = true; failed; nth += failed || nth < 0) {
        void *state;
        office_open(&state);
        struct office *o = state;
        office_viewer(o, say->account);
        ask_for_places(o);
        json_t *params = json_loads(say->params, 0, NULL);
        scarce_begin(nth < 0 ? 1000000 : nth);
        int result = converse(o, say, params);
        failed = scarce_end();
        if (result != (failed ? -ENOMEM : 0))
            fail_msg("%s: allocation %ld %s: %d", say->method, nth,
                     failed ? "failed" : "did not fail", result);
        if (result == 0) {
            char *answer = heard(o);
            if (expected != NULL)
                assert_string_equal(answer, expected);
            free(expected);
            expected = answer;
        }
        failed = failed || nth < 0;
        office_close(&state);
    }
    free(expected);
    return nth;
}

static void each_fails_everywhere(const struct conversation *says, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        long count = fails_everywhere(&says[i]);
        if (count < says[i].least || count > 500)
            fail_msg("%s %s: %ld allocations", says[i].method, says[i].params, count);
    }
}

/* ── Reads ── */

#define CRITERIA                                                                                   \
    "\"children\":[{\"age_months\":170,\"sex\":\"F\"}],\"near\":{\"commune\":\"31395\"},"          \
    "\"establishment_kinds\":[\"mecs\"],\"needs\":[\"disability\"]"

static void answers_from_the_replica(void **state)
{
    static const struct conversation says[] = {
        {"def", "me", "{}", .least = 2},
        {"def", "commune.find", "{\"name\":\"muret\"}", .least = 2},
        {"def", "commune.find", "{\"insee\":[\"31395\",\"99999\"]}", .least = 2},
        {"def", "territory.find", "{\"codes\":[\"dts-sud\",\"d31\"]}", .least = 2},
        {"def", "unit.get", "{\"unit\":\"u-1\"}", .least = 3},
        {"def", "unit.get", "{\"unit\":\"u-9\"}", .least = 1},
        {"dts", "unit.list", "{\"limit\":2}", .least = 5},
        {"def", "unit.list", "{\"cursor\":\"x\"}", .least = 2},
        {"def", "unit.list",
         "{\"filter\":{\"kinds\":[\"unit\"],\"territories\":[\"d31\"],\"units\":[\"u-1\",\"u-2\"],"
         "\"establishments\":[\"e-1\"],\"establishment_kinds\":[\"mecs\"],\"search\":{" CRITERIA
         "}}}",
         .least = 10},
        {"def", "occupancy", "{\"territories\":[\"d31\"]}", .least = 5},
        {"astreinte", "search", "{" CRITERIA ",\"emergency\":true,\"max_km\":60}", .least = 3},
        {"astreinte", "search", "{\"children\":[{},{}],\"together\":true,\"tonight\":true}",
         .least = 3},
        {"def", "request.list", "{\"limit\":1}", .least = 3},
        {"def", "request.get", "{\"request\":\"r-1\"}", .least = 3},
        {"def", "hold.list", "{\"request\":\"r-1\",\"limit\":1}", .least = 3},
        {"def", "hold.get", "{\"hold\":\"h-1\"}", .least = 2},
        {"mobile", "unit.list", "{}", .least = 2},
        {"mobile", "mission.list", "{\"unit\":\"u-1\",\"limit\":1}", .least = 3},
        {"mobile", "mission.get", "{\"mission\":\"m-1\"}", .least = 2},
        {"mecs-1", "on_call", "{\"at\":\"2025-11-21T17:00:00Z\"}", .least = 2},
        {"def", "establishment.list", "{\"words\":\"e\",\"limit\":1}", .least = 3},
        {"def", "rota.list", "{\"filter\":{\"territories\":[\"d31\"]}}", .least = 3},
        {"def", "nonsense", "{}", .least = 1},
    };
    (void)state;
    each_fails_everywhere(says, ARRAY_LENGTH(says));
}

/* ── Questions to the database ── */

static const char *unit_text(void)
{
    static const struct fixture_unit unit = {"e-1", "dts-nord", "exact", 10, 8, 0, 216, FIXTURE_AT};
    static char text[2048];
    return fixture_unit_state(&unit, text, sizeof text);
}

static void answers_from_rows(void **state)
{
    const char *unit = unit_text();
    const char *const units_at[] = {"u-1", "3", unit, "u-2", "4", unit};
    const char *const history[] = {
        "3", "1", "1763748000000000", "def", "unit.put",     "unit", "u-1", unit, "e-1", "dts-nord",
        "4", "1", "1763748000000000", "def", "unit.declare", "unit", "u-1", unit, "e-1", "dts-nord",
        "5", "1", "1763748000000000", "def", "unit.close",   "unit", "u-7", NULL, "e-1", "dts-nord",
    };
    const char *const accounts[] = {"def", "3", "{\"name\":\"D\",\"made_at\":1763748000000000}",
                                    "deg", "4", "{\"territories\":[\"d31\"]}"};
    const struct conversation says[] = {
        {"def", "occupancy", "{\"at\":\"2025-11-21T17:00:00Z\"}", .table = {3, units_at},
         .n_rows = 2, .least = 20},
        {"def", "history", "{\"kinds\":[\"unit\"]}", .table = {10, history}, .n_rows = 3,
         .least = 20},
        {"admin", "account.list", "{\"role\":\"def\"}", .table = {3, accounts}, .n_rows = 2,
         .least = 4},
        {"admin", "account.get", "{\"id\":\"def\"}", .table = {2, accounts + 1}, .n_rows = 1,
         .least = 3},
        {"def", "unit.describe", "{\"id\":\"u-1\"}", .table = {2, accounts + 1}, .n_rows = 1,
         .least = 3},
    };
    (void)state;
    each_fails_everywhere(says, ARRAY_LENGTH(says));
}

/* ── Commands: asked, decided, shown from the replica or from the log ── */

struct command {
    const char *method, *params;
    struct desk_outcome outcome;
    const char *logged; /* the row that is asked for; NULL none */
};

static int decide(struct office *o, const struct command *say, json_t *params)
{
    struct desk_command command;
    struct desk_read read;
    int r = desk_open(&o->desk, 0, &o->viewer, "api", span_of(say->method), params, &o->call);
    if (r < 0)
        return r;
    assert_true(desk_take_command(&o->desk, &command));
    free(command.json);
    struct desk_outcome outcome = say->outcome;
    outcome.ticket = o->call->ticket;
    outcome.epoch = "aa";
    r = desk_outcome(&o->desk, &outcome);
    r = r < 0 ? r : desk_settle(&o->desk, 0);
    if (r < 0 || say->logged == NULL)
        return r;
    assert_true(desk_take_read(&o->desk, &read));
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
    const struct table table = {1, &say->logged};
    struct rows rows = rows_of(&table, 1);
    return desk_rows(&o->desk, 0, read.ticket, &rows);
}

static void commands(void **state)
{
    static const struct fixture_hold hold = {"u-1", "e-1", "dts-nord", "d31",      "def",
                                             "r-1", "0,1", "held",     FIXTURE_AT, 0};
    static char text[2048];
    static char mission[2048];
    const struct command says[] = {
        {"unit.confirm", "{\"unit\":\"u-1\"}", {.type = "ok", .revision = 6, .ledger = 14}, NULL},
        {"unit.declare",
         "{\"unit\":\"u-1\",\"free\":1}",
         {.type = "conflicts_with_holds", .revision = -1, .ledger = 14},
         NULL},
        {"hold.refuse",
         "{\"hold\":\"h-1\",\"code\":\"full\"}",
         {.type = "hold_not_active", .revision = -1, .ledger = 14},
         NULL},
        {"hold.release",
         "{\"hold\":\"h-1\"}",
         {.type = "ok", .revision = 12, .ledger = 14},
         fixture_hold_state(&hold, text, sizeof text)},
        {"hold.create",
         "{\"units\":[\"u-1\"],\"need\":{\"children\":[{}]}}",
         {.type = "ok",
          .revision = 14,
          .ledger = 14,
          .answer = "{\"holds\":[\"h-2\"],\"refused\":[]}"},
         NULL},
        {"hold.create",
         "{\"unit\":\"u-1\",\"need\":{\"children\":[{}]}}",
         {.type = "no_free_place", .revision = -1, .ledger = 14, .detail = "x"},
         NULL},
        {"request.close",
         "{\"request\":\"r-1\",\"code\":\"other\"}",
         {.type = "conflicts_with_holds", .revision = -1, .ledger = 14},
         NULL},
        {"mission.start",
         "{\"mission\":\"m-1\"}",
         {.type = "ok", .revision = 14, .ledger = 14},
         NULL},
        {"mission.create",
         "{\"hold\":\"h-1\"}",
         {.type = "ok", .revision = 12, .ledger = 14},
         fixture_mission_state(&sent, mission, sizeof mission)},
        {"mission.create",
         "{\"hold\":\"h-1\"}",
         {.type = "hold_not_active", .revision = -1, .ledger = 14},
         NULL},
        {"request.update",
         "{\"request\":\"r-1\"}",
         {.type = "ok", .revision = 11, .ledger = 14},
         NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(says); i++) {
        bool failed = true;
        long nth = 0;
        for (; failed; nth++) {
            void *opened;
            office_open(&opened);
            struct office *o = opened;
            office_viewer(o, strncmp(says[i].method, "unit", 4) == 0 ? "mecs-1" : "def");
            ask_for_places(o);
            json_t *params = json_loads(says[i].params, 0, NULL);
            scarce_begin(nth);
            int result = decide(o, &says[i], params);
            failed = scarce_end();
            if (result != (failed ? -ENOMEM : 0))
                fail_msg("%s: allocation %ld %s: %d", says[i].method, nth,
                         failed ? "failed" : "did not fail", result);
            office_close(&opened);
        }
        assert_in_range(nth, 5, 500);
    }
}

/* ── Secrets: drawn, derived, sent, shown ── */

static void all_ones(unsigned char *ret, size_t n)
{
    memset(ret, 1, n);
}

/* Up to the answer; negative: where memory lacked. */
static int draw_password(struct office *o, json_t *params)
{
    static const unsigned char hash[SCRYPT_HASH] = {1};
    static const char *const left[] = {"3", "{\"password\":true}"};
    struct desk_command command;
    struct scrypt with;
    uint64_t ticket;
    span password;
    int r = desk_open(&o->desk, 0, &o->viewer, "api", span_of("password.put"), params, &o->call);
    if (r < 0)
        return r;
    assert_true(draw_take(&o->desk, &ticket, &with, &password));
    r = draw_derived(&o->desk, 0, ticket, hash);
    if (r < 0)
        return r;
    assert_true(desk_take_command(&o->desk, &command));
    struct desk_outcome outcome = {.ticket = command.ticket,
                                   .type = "ok",
                                   .epoch = "aa",
                                   .revision = FIXTURE_REVISION,
                                   .answer = "{\"mark\":\"01010101010101010101010101010101\"}"};
    free(command.json);
    r = desk_outcome(&o->desk, &outcome);
    r = r < 0 ? r : desk_settle(&o->desk, 0);
    const struct conversation say = {.table = {2, left}, .n_rows = 1};
    return r < 0 ? r : answer_question(o, &say);
}

static void a_secret_fails_everywhere(void **state)
{
    bool failed = true;
    long nth = 0;
    (void)state;
    for (; failed; nth++) {
        void *office;
        office_open(&office);
        struct office *o = office;
        office_viewer(o, "admin");
        o->desk.random = all_ones;
        json_t *params = json_loads("{\"account\":\"def\"}", 0, NULL);
        scarce_begin(nth);
        int result = draw_password(o, params);
        failed = scarce_end();
        assert_int_equal(result, failed ? -ENOMEM : 0);
        if (!failed) {
            char *answer = heard(o);
            assert_non_null(strstr(answer, "\"password\":\"bbbbb-"));
            assert_non_null(strstr(answer, "\"repeated\":false"));
            free(answer);
        }
        office_close(&office);
    }
    assert_true(nth > 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_from_the_replica),
        cmocka_unit_test(answers_from_rows),
        cmocka_unit_test(a_secret_fails_everywhere),
        cmocka_unit_test(commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
