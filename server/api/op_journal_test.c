/* SPDX-License-Identifier: EUPL-1.2 */
/* journal.list, journal.statistics, request.certificate: what is asked of the database, and that
 * nobody is shown what is not theirs. CANARY stands in what must not leak. */
#include "api/command_fixture.h"
#include "proto/limits.h"

#define CANARY "canary"

struct table {
    int columns;
    const char *const *cells;
};

static const char *cell(const void *source, int row, int column)
{
    const struct table *t = source;
    return t->cells[row * t->columns + column];
}

/* Asks; what the database is asked must be `asked` (parameters, one space between them). */
static void ask(struct office *o, const char *method, const char *params, const char *asked)
{
    struct desk_read read;
    char text[256] = "";
    assert_int_equal(office_try(o, method, params), 0);
    if (!desk_take_read(&o->desk, &read))
        fail_msg("%s was not sent: %.*s", method, (int)o->call->data.n, o->call->data.p);
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++) {
        if (read.params[i] != NULL)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", *text ? " " : "",
                     read.params[i]);
        free(read.params[i]);
    }
    if (asked != NULL)
        assert_string_equal(text, asked);
}

static json_t *answered(struct office *o, int columns, int n, const char *const *cells)
{
    struct table table = {columns, cells};
    struct rows rows = {n, columns, &table, cell};
    assert_int_equal(desk_rows(&o->desk, 0, o->call->ticket, &rows), 0);
    return office_answer(o);
}

#define AT "1763748000000000"
#define SEARCH(account, origin)                                                                    \
    "{\"account\" : \"" account "\", \"role\" : \"astreinte\", \"origin\" : " origin               \
    ", \"total\" : 0, \"best\" : [], \"searched_at\" : " AT "}"

static const char *request_by(const char *account, const char *origin, char *text, size_t room)
{
    const struct fixture_request q = {
        .origin = origin, .created_by = account, .state = "open", .decided_at = FIXTURE_AT};
    return fixture_request_state(&q, text, room);
}

/* The ids of the entries that an account is shown of one night, joined. */
static const char *night_of(struct office *o, const char *account)
{
    static char ids[200];
    char own[2048], foreign[2048];
    const char *const cells[] = {
        /* revision part at actor operation kind id state establishment territory */
        "1",
        "1",
        AT,
        "a",
        "journal.search",
        "search",
        "s-1",
        SEARCH("astreinte", "\"dts-nord\""),
        NULL,
        "dts-nord",
        "2",
        "1",
        AT,
        "a",
        "journal.search",
        "search",
        "s-2",
        SEARCH("dts", "\"dts-sud\""),
        NULL,
        "dts-sud",
        "3",
        "1",
        AT,
        "a",
        "journal.search",
        "search",
        "s-3",
        SEARCH(CANARY, "\"d99\""),
        NULL,
        "d99",
        "4",
        "1",
        AT,
        "a",
        "journal.search",
        "search",
        "s-4",
        SEARCH(CANARY, "null"),
        NULL,
        NULL,
        "5",
        "1",
        AT,
        "a",
        "request.open",
        "request",
        "r-1",
        request_by("astreinte", "dts-nord", own, sizeof own),
        NULL,
        "dts-nord",
        "6",
        "1",
        AT,
        "a",
        "request.open",
        "request",
        "r-2",
        request_by(CANARY, "d99", foreign, sizeof foreign),
        NULL,
        "d99",
        "7",
        "1",
        AT,
        "system",
        "search.forget",
        "search",
        "s-1",
        NULL,
        NULL,
        "dts-nord",
    };
    office_viewer(o, account);
    ask(o, "journal.list", "{}", NULL);
    json_t *answer = answered(o, 10, 7, cells);
    const json_t *entries = json_object_get(answer, "entries");
    char *text = json_dumps(answer, 0);
    if (strstr(text, CANARY) != NULL)
        fail_msg("%s: %s", account, text);
    free(text);
    ids[0] = 0;
    for (size_t i = 0; i < json_array_size(entries); i++)
        snprintf(ids + strlen(ids), sizeof ids - strlen(ids), "%s ",
                 json_string_value(json_object_get(json_array_get(entries, i), "id")));
    json_decref(answer);
    return ids;
}

static void everyone_is_shown_their_night(void **state)
{
    assert_string_equal(night_of(*state, "def"), "s-1 s-2 r-1 ");
    assert_string_equal(night_of(*state, "astreinte"), "s-1 r-1 ");
    assert_string_equal(night_of(*state, "dts"), "s-2 ");
}

static void others_have_no_journal(void **state)
{
    static const char *const methods[] = {"journal.list", "request.certificate",
                                          "journal.statistics"};
    static const char *const params[] = {
        "{}", "{\"request\":\"r-1\"}",
        "{\"from\":\"2025-11-21T00:00:00Z\",\"to\":\"2025-11-22T00:00:00Z\"}"};
    static const char *const accounts[] = {"mecs-1", "mobile", "admin"};
    for (size_t i = 0; i < ARRAY_LENGTH(methods); i++)
        for (size_t k = 0; k < ARRAY_LENGTH(accounts); k++) {
            office_viewer(*state, accounts[k]);
            json_t *answer = office_ask(*state, methods[i], params[i]);
            ASSERT_MEMBER(answer, "type", "\"forbidden\"");
            json_decref(answer);
        }
}

static void a_search_is_shown_as_a_record(void **state)
{
    struct office *o = *state;
    const char *const cells[] = {
        "9", "1", AT, "def", "journal.search", "search", "s-9", SEARCH("def", "null"), NULL, NULL};
    ask(o, "journal.list", "{\"limit\":1}", NULL);
    json_t *answer = answered(o, 10, 1, cells);
    ASSERT_MEMBER(answer, "entries.0.record.kind", "\"search\"");
    ASSERT_MEMBER(answer, "entries.0.record.id", "\"s-9\"");
    ASSERT_MEMBER(answer, "entries.0.record.revision", "9");
    ASSERT_MEMBER(answer, "entries.0.record.searched_at", "\"2025-11-21T18:00:00Z\"");
    ASSERT_MEMBER(answer, "entries.0.record.total", "0");
    ASSERT_MEMBER(answer, "next", "\"9.1\"");
    json_decref(answer);
}

static void a_night_is_asked_by_its_bounds(void **state)
{
    struct office *o = *state;
    static const char *const nulls[10];
    char asked[160] = "{search,request,hold";
    static const char *const followers[] = {"mission", "offer", "movement"};
    for (size_t i = 0; i < ARRAY_LENGTH(followers); i++) /* those that core can judge */
        if (code_find(record_kind_codes, RECORD_KIND_COUNT, followers[i]) >= 0)
            snprintf(asked + strlen(asked), sizeof asked - strlen(asked), ",%s", followers[i]);
    snprintf(asked + strlen(asked), sizeof asked - strlen(asked),
             "} 0 2147483647 " AT " 1763748000999999 7");
    ask(o, "journal.list",
        "{\"from\":\"2025-11-21T18:00:00Z\",\"to\":\"2025-11-21T18:00:01Z\",\"limit\":7}", asked);
    json_t *answer = answered(o, 10, 1, nulls);
    ASSERT_MEMBER(answer, "errors", "[{\"pointer\":\"/from\",\"detail\":\"before_history\"}]");
    json_decref(answer);
    ask(o, "journal.list", "{\"cursor\":\"4.2\"}", NULL);
    answer = answered(o, 10, 0, NULL);
    ASSERT_MEMBER(answer, "next", "null");
    json_decref(answer);
    answer = office_ask(o, "journal.list", "{\"cursor\":\"x\"}");
    ASSERT_MEMBER(answer, "errors.0.detail", "\"bad_cursor\"");
    json_decref(answer);
    answer = office_ask(o, "journal.list",
                        "{\"from\":\"2025-11-21T18:00:00Z\",\"to\":\"2025-11-21T18:00:00Z\"}");
    ASSERT_MEMBER(answer, "errors.0.detail", "\"before_from\"");
    json_decref(answer);
}

static void statistics_are_of_ones_departements(void **state)
{
    struct office *o = *state;
    const char *figures = "{\"searches\" : 3, \"asks\" : 0}", *none = NULL;
    const char *november = "{\"from\":\"2025-11-21T18:00:00Z\",\"to\":\"2025-11-21T18:00:01Z\"}";
    ask(o, "journal.statistics", november, "{d31} " AT " 1763748001000000");
    json_t *answer = answered(o, 1, 1, &figures);
    ASSERT_MEMBER(answer, "searches", "3");
    ASSERT_MEMBER(answer, "stale", "false");
    json_decref(answer);
    ask(o, "journal.statistics", november, NULL);
    answer = answered(o, 1, 1, &none);
    ASSERT_MEMBER(answer, "errors", "[{\"pointer\":\"/from\",\"detail\":\"before_history\"}]");
    json_decref(answer);
    answer = office_ask(o, "journal.statistics",
                        "{\"from\":\"2025-11-21T18:00:00Z\",\"to\":\"2027-11-21T18:00:01Z\"}");
    ASSERT_MEMBER(answer, "errors.0.detail", "\"out_of_range\"");
    json_decref(answer);
    for (int i = 0; i < 2; i++) {
        office_viewer(o, i ? "dts" : "astreinte");
        answer = office_ask(o, "journal.statistics", november);
        ASSERT_MEMBER(answer, "type", "\"forbidden\"");
        json_decref(answer);
    }
}

/* The certificate of a request of dts-nord, which an account asks for. */
static json_t *certificate_for(struct office *o, const char *account)
{
    char request[2048], hold[2048];
    const struct fixture_hold theirs = {"u-1", "e-1", "dts-nord", "d99",      CANARY,
                                        "r-1", "0,1", "accepted", FIXTURE_AT, FIXTURE_AT};
    const char *const cells[] = {
        /* section for_hold revision part at actor operation kind id state head */
        "ledger",
        NULL,
        "12",
        "0",
        AT,
        NULL,
        NULL,
        NULL,
        "aa",
        NULL,
        "ff",
        "request",
        NULL,
        "3",
        "0",
        NULL,
        NULL,
        NULL,
        "request",
        "r-1",
        request_by("astreinte", "dts-nord", request, sizeof request),
        NULL,
        "entry",
        NULL,
        "3",
        "1",
        AT,
        "def",
        "request.open",
        "request",
        "r-1",
        request_by("astreinte", "dts-nord", request, sizeof request),
        "01",
        "entry",
        NULL,
        "4",
        "1",
        AT,
        "def",
        "journal.search",
        "search",
        "s-4",
        SEARCH("def", "null"),
        "02",
        "entry",
        NULL,
        "5",
        "1",
        AT,
        "def",
        "hold.accept",
        "hold",
        "h-5",
        fixture_hold_state(&theirs, hold, sizeof hold),
        "03",
        "entry",
        NULL,
        "6",
        "1",
        AT,
        "system",
        "request.forget",
        "request",
        "r-1",
        NULL,
        "04",
        "known",
        "h-5",
        "2",
        "0",
        NULL,
        NULL,
        NULL,
        "unit",
        "u-1",
        "{\"open\" : 3}",
        NULL,
    };
    office_viewer(o, account);
    ask(o, "request.certificate", "{\"request\":\"r-1\"}", "r-1 0 256");
    return answered(o, 11, 7, cells);
}

static void a_certificate_is_what_the_history_holds(void **state)
{
    json_t *answer = certificate_for(*state, "def");
    ASSERT_MEMBER(answer, "certificate.revision", "12");
    ASSERT_MEMBER(answer, "certificate.epoch", "\"aa\"");
    ASSERT_MEMBER(answer, "certificate.head", "\"ff\"");
    ASSERT_MEMBER(answer, "certificate.made_at", "\"2025-11-21T18:00:00Z\"");
    ASSERT_MEMBER(answer, "certificate.entries.0.head", "\"01\"");
    ASSERT_MEMBER(answer, "certificate.entries.0.record.created_by", "\"astreinte\"");
    ASSERT_MEMBER(answer, "certificate.entries.1.record.searched_at", AT);
    ASSERT_MEMBER(answer, "certificate.entries.2.record.place.address", "\"3 allee\"");
    ASSERT_MEMBER(answer, "certificate.entries.2.withheld", "");
    ASSERT_MEMBER(answer, "certificate.entries.3.record", "null");
    ASSERT_MEMBER(answer, "certificate.entries.3.withheld", "");
    ASSERT_MEMBER(answer, "certificate.known.0.record", "{\"open\":3}");
    ASSERT_MEMBER(answer, "certificate.known.0.hold", "\"h-5\"");
    json_decref(answer);
}

enum { LONG_COLUMNS = 11 };

/* A cell of a long history: the ledger, the request, then entries of some 2 KiB each. */
static const char *long_cell(const void *source, int row, int column)
{
    static const char *const ledger[LONG_COLUMNS] = {"ledger", NULL, "12", "0",  AT,  NULL,
                                                     NULL,     NULL, "aa", NULL, "ff"};
    static const char *const entry[LONG_COLUMNS] = {
        "entry", NULL, "4", "1", AT, "def", "journal.search", "search", "s-4", NULL, "02"};
    const char *const *states = source;
    if (row < 2 && column != 9)
        return row == 0 ? ledger[column] : column == 0 ? "request" : column == 8 ? "r-1" : NULL;
    return column == 9 ? row == 0 ? NULL : states[row > 1] : entry[column];
}

/* What a page of so many rows has, and says where the next begins. */
static void page_is(struct office *o, const char *params, const char *asked, int n_rows,
                    size_t entries, const char *next)
{
    char request[2048], wide[2100];
    memset(wide, 'x', sizeof wide - 1);
    memcpy(wide, "{\"a\":\"", 6);
    memcpy(wide + sizeof wide - 3, "\"}", 3);
    const char *const states[] = {request_by("astreinte", "dts-nord", request, sizeof request),
                                  wide};
    struct rows rows = {n_rows + 2, LONG_COLUMNS, states, long_cell};
    ask(o, "request.certificate", params, asked);
    assert_int_equal(desk_rows(&o->desk, 0, o->call->ticket, &rows), 0);
    assert_true(o->call->result.n <= LIMIT_ANSWER);
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "next", next);
    json_t *certificate = json_object_get(answer, "certificate");
    assert_int_equal(json_array_size(json_object_get(certificate, "entries")), entries);
    assert_true((json_object_get(certificate, "head") == NULL) == (strstr(params, "cursor") != 0));
    json_decref(answer);
}

static void a_certificate_comes_in_pages(void **state)
{
    struct office *o = *state;
    page_is(o, "{\"request\":\"r-1\"}", "r-1 0 256", 256, 115, "\"12.115\"");
    page_is(o, "{\"request\":\"r-1\",\"cursor\":\"12.115\"}", "r-1 12 115 256", 256, 115,
            "\"12.230\"");
    page_is(o, "{\"request\":\"r-1\",\"cursor\":\"12.115\"}", "r-1 12 115 256", 20, 20, "null");
    page_is(o, "{\"request\":\"r-1\",\"cursor\":\"12.115\"}", "r-1 12 115 256", 0, 0, "null");
    json_t *answer =
        office_ask(o, "request.certificate", "{\"request\":\"r-1\",\"cursor\":\"12\"}");
    ASSERT_MEMBER(answer, "errors", "[{\"pointer\":\"/cursor\",\"detail\":\"bad_cursor\"}]");
    json_decref(answer);
}

static void a_certificate_is_the_holders(void **state)
{
    json_t *answer = certificate_for(*state, "dts"); /* of the south */
    ASSERT_MEMBER(answer, "type", "\"not_found\"");
    char *text = json_dumps(answer, 0);
    assert_null(strstr(text, "u-1"));
    free(text);
    json_decref(answer);
}

/* A hold that somebody else asked elsewhere for it is withheld, its place with it. */
static void what_is_not_seen_is_withheld(void **state)
{
    struct office *o = *state;
    fixture_put(&o->replica, FIXTURE_REVISION + 1, "account", "nord",
                FIXTURE_ACCOUNT("territory", "\"dts-nord\"", ""));
    json_t *answer = certificate_for(o, "nord");
    ASSERT_MEMBER(answer, "certificate.entries.2.record", "null");
    ASSERT_MEMBER(answer, "certificate.entries.2.withheld", "true");
    char *text = json_dumps(answer, 0);
    assert_null(strstr(text, CANARY));
    assert_null(strstr(text, "3 allee"));
    free(text);
    json_decref(answer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, office_open, office_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everyone_is_shown_their_night),       TEST(others_have_no_journal),
        TEST(a_search_is_shown_as_a_record),       TEST(a_night_is_asked_by_its_bounds),
        TEST(statistics_are_of_ones_departements), TEST(a_certificate_is_what_the_history_holds),
        TEST(a_certificate_is_the_holders),        TEST(a_certificate_comes_in_pages),
        TEST(what_is_not_seen_is_withheld),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
