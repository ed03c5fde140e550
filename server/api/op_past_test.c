/* SPDX-License-Identifier: EUPL-1.2 */
/* occupancy.history, place_days: of which territories the database is asked, and how its rows are
 * answered. */
#include "api/command_fixture.h"
#include "proto/limits.h"

struct table {
    int columns;
    const char *const *cells;
};

static const char *cell(const void *source, int row, int column)
{
    const struct table *t = source;
    return t->cells[row * t->columns + column];
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* {b,a} → {a,b}: they come in no order. */
static void sort_codes(char *text)
{
    char copy[512], *rest = NULL, *codes[32];
    size_t n = 0;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *code = strtok_r(copy, "{,}", &rest); code; code = strtok_r(NULL, "{,}", &rest))
        codes[n++] = code;
    qsort(codes, n, sizeof codes[0], by_text);
    char *at = text;
    *at++ = '{';
    for (size_t i = 0; i < n; i++)
        at += snprintf(at, 64, "%s%s", i ? "," : "", codes[i]);
    snprintf(at, 2, "}");
}

/* Asks; what the database is asked must be `asked` (parameters, one space between them, - NULL). */
static void ask(struct office *o, const char *method, const char *params, const char *asked)
{
    struct desk_read read;
    char text[512] = "";
    assert_int_equal(office_try(o, method, params), 0);
    if (!desk_take_read(&o->desk, &read))
        fail_msg("%s was not sent: %.*s", method, (int)o->call->data.n, o->call->data.p);
    sort_codes(read.params[1]);
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "",
                 read.params[i] != NULL ? read.params[i] : "-");
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

static void refused(struct office *o, const char *method, const char *params, const char *errors)
{
    json_t *answer = office_ask(o, method, params);
    ASSERT_MEMBER(answer, "errors", errors);
    json_decref(answer);
}

#define DAY_STEP                                                                                   \
    "{\"from\":\"2025-11-21T00:00:00Z\",\"to\":\"2025-11-21T01:00:00Z\",\"step\":\"day\""
#define ASKED " - - 1763683200000000 1763686800000000 day -"
#define MONTH "\"from\":\"2025-10-01\",\"to\":\"2025-10-31\""

static void each_role_asks_of_its_own(void **state)
{
    struct office *o = *state;
    static const struct {
        const char *account, *root, *codes;
    } cases[] = {
        {"def", "d31", "{d31,dts-nord,dts-sud}"},
        {"dts", "d31", "{dts-sud}"},
        {"admin", "-", "{d31,dts-nord,dts-sud}"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char asked[512];
        office_viewer(o, cases[i].account);
        snprintf(asked, sizeof asked, "%s %s" ASKED, cases[i].root, cases[i].codes);
        ask(o, "occupancy.history", DAY_STEP "}", asked);
    }
    office_viewer(o, "dts");
    ask(o, "occupancy.history", DAY_STEP ",\"territory\":\"dts-nord\"}", "d31 {}" ASKED);
    office_viewer(o, "admin");
    ask(o, "occupancy.history", DAY_STEP ",\"territory\":\"dts-nord\"}", "d31 {dts-nord}" ASKED);
    office_viewer(o, "def");
    ask(o, "occupancy.history",
        "{\"from\":\"2025-11-21T00:00:00Z\",\"step\":\"week\",\"territory\":\"d31\","
        "\"establishment_kind\":\"mecs\",\"modality\":\"relais\"}",
        "d31 {d31,dts-nord,dts-sud} mecs relais 1763683200000000 1763748000000000 week -");
    ask(o, "place_days", "{" MONTH ",\"by\":[\"modality\",\"territory\"]}",
        "d31 {d31,dts-nord,dts-sud} - - 2025-10-01 2025-10-31 1763748000000000 "
        "{modality,territory}");
    ask(o, "place_days", "{" MONTH ",\"territory\":\"dts-sud\"}",
        "d31 {dts-sud} - - 2025-10-01 2025-10-31 1763748000000000 {}");
}

static void what_has_no_answer_is_not_asked(void **state)
{
    struct office *o = *state;
    static const struct {
        const char *method, *params, *errors;
    } cases[] = {
        {"occupancy.history", "{\"from\":\"2025-11-22T00:00:00Z\",\"step\":\"day\"}",
         "[{\"pointer\":\"/from\",\"detail\":\"in_the_future\"}]"},
        {"occupancy.history",
         "{\"from\":\"2025-11-20T00:00:01Z\",\"to\":\"2025-11-20T00:00:00Z\",\"step\":\"day\"}",
         "[{\"pointer\":\"/to\",\"detail\":\"before_from\"}]"},
        {"occupancy.history", DAY_STEP ",\"territory\":\"d99\"}",
         "[{\"pointer\":\"/territory\",\"detail\":\"unknown_reference\"}]"},
        {"occupancy.history",
         "{\"from\":\"2025-10-01T00:00:00Z\",\"to\":\"2025-10-17T16:00:00Z\",\"step\":\"hour\"}",
         "[{\"pointer\":\"/step\",\"detail\":\"too_fine\"}]"},
        {"place_days", "{\"from\":\"2025-10-02\",\"to\":\"2025-10-01\"}",
         "[{\"pointer\":\"/to\",\"detail\":\"before_from\"}]"},
        {"place_days", "{\"from\":\"2024-10-01\",\"to\":\"2025-10-02\"}",
         "[{\"pointer\":\"/to\",\"detail\":\"out_of_range\"}]"},
        {"place_days", "{" MONTH ",\"cursor\":\"0\"}",
         "[{\"pointer\":\"/cursor\",\"detail\":\"bad_cursor\"}]"},
        {"place_days", "{" MONTH ",\"cursor\":\"1x\"}",
         "[{\"pointer\":\"/cursor\",\"detail\":\"bad_cursor\"}]"},
        {"place_days", "{" MONTH ",\"territory\":\"d99\"}",
         "[{\"pointer\":\"/territory\",\"detail\":\"unknown_reference\"}]"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        refused(o, cases[i].method, cases[i].params, cases[i].errors);
    /* 400 points, and 366 days, are not too many. */
    ask(o, "occupancy.history",
        "{\"from\":\"2025-10-01T00:00:00Z\",\"to\":\"2025-10-17T15:59:59Z\",\"step\":\"hour\"}",
        NULL);
    ask(o, "place_days", "{\"from\":\"2024-10-01\",\"to\":\"2025-10-01\"}", NULL);
}

static void only_those_who_steer(void **state)
{
    struct office *o = *state;
    static const char *const accounts[] = {"mecs-1", "astreinte", "mobile", "dts"};
    for (size_t i = 0; i < ARRAY_LENGTH(accounts); i++) {
        office_viewer(o, accounts[i]);
        json_t *answer = office_ask(o, "place_days", "{" MONTH "}");
        ASSERT_MEMBER(answer, "type", "\"forbidden\"");
        json_decref(answer);
        if (strcmp(accounts[i], "dts") == 0)
            continue;
        answer = office_ask(o, "occupancy.history", DAY_STEP "}");
        ASSERT_MEMBER(answer, "type", "\"forbidden\"");
        json_decref(answer);
    }
}

static void a_series(void **state)
{
    struct office *o = *state;
    static const char *const cells[] = {
        "Europe/Paris", "1763683200000000", "3", "2", "14", "12", "1", "1",
        "Europe/Paris", "1763686800000000", "3", "1", "14", "15", "0", "0",
    };
    static const char *const none[] = {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    ask(o, "occupancy.history", DAY_STEP "}", NULL);
    json_t *answer = answered(o, 8, 2, cells);
    ASSERT_MEMBER(answer, "step", "\"day\"");
    ASSERT_MEMBER(answer, "time_zone", "\"Europe/Paris\"");
    ASSERT_MEMBER(answer, "series.0",
                  "{\"at\":\"2025-11-21T00:00:00Z\",\"units\":3,\"fresh\":2,\"open\":14,"
                  "\"occupied\":12,\"held\":1,\"free\":1}");
    ASSERT_MEMBER(answer, "series.1.at", "\"2025-11-21T01:00:00Z\"");
    ASSERT_MEMBER(answer, "series.2", "");
    ASSERT_MEMBER(answer, "stale", "false");
    json_decref(answer);

    ask(o, "occupancy.history", DAY_STEP "}", NULL);
    answer = answered(o, 8, 1, none);
    ASSERT_MEMBER(answer, "errors", "[{\"pointer\":\"/from\",\"detail\":\"before_history\"}]");
    json_decref(answer);
}

#define SUMS "30.5", "0", "360", "310.25", "300", "11", "0.75", "2"
#define SUMS_JSON                                                                                  \
    "\"units\":30.5,\"never_declared\":0,\"authorised\":360,\"open\":310.25,\"occupied\":300,"     \
    "\"vacant\":11,\"over\":0.75,\"closed\":2}"
#define HEAD "UTC", "1763748000000000", "30.5"
#define COLUMNS 16

static void sums_of_days(void **state)
{
    struct office *o = *state;
    static const char *const cells[] = {
        HEAD, NULL,      NULL, NULL, NULL,  NULL,     SUMS, /* the total */
        HEAD, "dts-sud", NULL, NULL, "e-2", "Cèdres", SUMS,
    };
    static const char *const none[COLUMNS] = {NULL};
    ask(o, "place_days", "{" MONTH ",\"by\":[\"establishment\",\"territory\"]}", NULL);
    json_t *answer = answered(o, COLUMNS, 2, cells);
    ASSERT_MEMBER(answer, "until", "\"2025-11-21T18:00:00Z\"");
    ASSERT_MEMBER(answer, "days", "30.5");
    ASSERT_MEMBER(answer, "total", "{" SUMS_JSON);
    ASSERT_MEMBER(answer, "rows",
                  "[{\"territory\":\"dts-sud\",\"establishment\":\"e-2\","
                  "\"establishment_name\":\"Cèdres\"," SUMS_JSON "]");
    ASSERT_MEMBER(answer, "next", "null");
    json_decref(answer);

    ask(o, "place_days", "{" MONTH "}", NULL);
    answer = answered(o, COLUMNS, 2, cells);
    ASSERT_MEMBER(answer, "rows", "[]");
    ASSERT_MEMBER(answer, "next", "null");
    json_decref(answer);

    ask(o, "place_days", "{" MONTH "}", NULL);
    answer = answered(o, COLUMNS, 1, none);
    ASSERT_MEMBER(answer, "errors", "[{\"pointer\":\"/from\",\"detail\":\"before_history\"}]");
    json_decref(answer);
}

/* The same row, so many times: what does not fit into one answer comes in the next. */
static const char *many_cell(const void *source, int row, int column)
{
    static const char *const cells[COLUMNS] = {HEAD,  "dts-sud", "mecs", "internat",
                                               "e-2", "C",       SUMS};
    return row == 0 && column > 2 && column < 8 ? NULL : ((void)source, cells[column]);
}

static void many_rows_come_in_pages(void **state)
{
    struct office *o = *state;
    struct rows rows = {5001, COLUMNS, NULL, many_cell};
    char params[128] = "{" MONTH ",\"by\":[\"establishment\"]}";
    size_t seen = 0, pages = 0;
    for (bool more = true; more; pages++) {
        ask(o, "place_days", params, NULL);
        assert_int_equal(desk_rows(&o->desk, 0, o->call->ticket, &rows), 0);
        assert_true(o->call->result.n <= LIMIT_ANSWER);
        json_t *answer = office_answer(o);
        seen += json_array_size(json_object_get(answer, "rows"));
        ASSERT_MEMBER(answer, "total", "{" SUMS_JSON);
        const char *next = json_string_value(json_object_get(answer, "next"));
        more = next != NULL;
        if (more)
            snprintf(params, sizeof params,
                     "{" MONTH ",\"by\":[\"establishment\"],\"cursor\":\"%s\"}", next);
        json_decref(answer);
    }
    assert_int_equal(seen, 5000);
    assert_in_range(pages, 2, 10);
}

static void all_rows_at_once(void **state)
{
    struct office *o = *state;
    struct rows rows = {5001, COLUMNS, NULL, many_cell};
    struct desk_read read;
    json_t *params = json_loads("{" MONTH ",\"by\":[\"establishment\"]}", 0, NULL);
    assert_int_equal(
        desk_open_whole(&o->desk, 0, &o->viewer, "api", span_of("place_days"), params, &o->call),
        0);
    assert_true(desk_take_read(&o->desk, &read));
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
    assert_int_equal(desk_rows(&o->desk, 0, o->call->ticket, &rows), 0);
    json_t *answer = office_answer(o);
    assert_int_equal(json_array_size(json_object_get(answer, "rows")), 5000);
    ASSERT_MEMBER(answer, "next", "null");
    json_decref(answer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WITH_OFFICE(each_role_asks_of_its_own),
        WITH_OFFICE(what_has_no_answer_is_not_asked),
        WITH_OFFICE(only_those_who_steer),
        WITH_OFFICE(a_series),
        WITH_OFFICE(sums_of_days),
        WITH_OFFICE(many_rows_come_in_pages),
        WITH_OFFICE(all_rows_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
