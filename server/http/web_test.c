/* SPDX-License-Identifier: EUPL-1.2 */
/* A connection's life at door 2: requests read, answered, refused, late, ended. */
#include "http/web_fixture.h"

/* ── Reading ── */

static void one_request_after_another(void **state)
{
    struct world *w = *state;
    const char *said = answer(w, "GET /v1/me", BEARER("astreinte"), NULL);
    ASSERT_ANSWERS(said, 200, "\r\n\r\n{\"account\":\"astreinte\"");
    ASSERT_SAYS(said, "Content-Type: application/json; charset=utf-8\r\n");
    ASSERT_SAYS(said, "Cache-Control: no-store\r\n");
    ASSERT_SAYS(said, "Ugo-Position: aa.16\r\n");
    ASSERT_SAYS(said, "Strict-Transport-Security: max-age=31536000\r\n");
    ASSERT_SILENT_ON(said, "Connection:");
    ASSERT_ANSWERS(answer(w, "GET /v1/me", BEARER("def"), NULL), 200, "\"account\":\"def\"");
    assert_int_equal(w->last, 0);
    assert_false(door_closing(w->door));
    assert_int_equal(w->web.counts.requests, 2);
    assert_int_equal(w->web.counts.answered[2], 2);
}

static void bytes_one_by_one_are_the_same_request(void **state)
{
    struct world *w = *state;
    static const char text[] = "POST /v1/search HTTP/1.1\r\nHost: ugo.example\r\n" BEARER(
        "def") "Content-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"children\":[{}]}";
    for (size_t i = 0; i + 1 < sizeof text; i++) {
        assert_string_equal(heard(w), "");
        assert_int_equal(door_feed(w->door, w->now, (span){text + i, 1}), 0);
    }
    ASSERT_ANSWERS(heard(w), 200, "\"results\":[");
}

static void what_cannot_be_read_ends_it(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *bytes, *status, *detail;
    } cases[] = {
        {"GET / HTTP/1.1\nHost: a\r\n\r\n", " 400 ", ""},
        {"GET / HTTP/1.0\r\nHost: a\r\n\r\n", " 505 ", ""},
        {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", " 501 ", ""},
        {"GET / HTTP/1.1\r\n\r\n", " 400 ", ""},
        {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", " 501 ", ""},
        {"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n", " 413 ", ""},
        {"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", " 417 ", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        connect_again(w);
        send_text(w, cases[i].bytes);
        const char *said = heard(w);
        ASSERT_SAYS(said, cases[i].status);
        ASSERT_SAYS(said, "Content-Type: application/problem+json\r\n");
        ASSERT_SAYS(said, "Connection: close\r\n");
        assert_true(door_closing(w->door));
    }
    assert_int_equal(w->web.counts.malformed, ARRAY_LENGTH(cases));
}

/* ── Time ── */

static void an_idle_connection_ends_without_a_word(void **state)
{
    struct world *w = *state;
    answer(w, "GET /v1/me", BEARER("def"), NULL);
    w->now = 7 * USEC_S;
    answer(w, "GET /v1/me", BEARER("def"), NULL);
    deadline_comes(w, 67 * USEC_S);
    assert_int_equal(w->last, 1);
    assert_string_equal(heard(w), "");
}

/* A byte a second keeps no connection: what counts is the whole head, then the whole body. */
static void a_late_head_is_told(void **state)
{
    struct world *w = *state;
    w->now = 50 * USEC_S;
    send_text(w, "GET /v1/me HTTP/1.1\r\n");
    w->now = 59 * USEC_S;
    send_text(w, "Host: ugo.example\r\n");
    deadline_comes(w, 60 * USEC_S);
    const char *said = heard(w);
    ASSERT_ANSWERS(said, 408, "\"detail\":\"late_head\"");
    ASSERT_SAYS(said, "Connection: close\r\n");
    assert_true(door_closing(w->door));
}

static void a_late_body_is_told(void **state)
{
    struct world *w = *state;
    send_text(w, "PUT /v1/units/u-1/availability HTTP/1.1\r\n");
    w->now = 9 * USEC_S;
    send_text(w, "Host: a\r\nContent-Length: 10\r\n\r\n{");
    w->now = 18 * USEC_S;
    send_text(w, " ");
    deadline_comes(w, 19 * USEC_S);
    ASSERT_ANSWERS(heard(w), 408, "\"detail\":\"late_body\"");
    assert_true(door_closing(w->door));
}

/* The deadlines of the second request are its own. */
static void a_second_request_has_its_own_time(void **state)
{
    struct world *w = *state;
    send_text(w, "POST /v1/search HTTP/1.1\r\nHost: a\r\n" BEARER(
                     "def") "Content-Type: application/json\r\nContent-Length: 17\r\n\r\n");
    w->now = 5 * USEC_S;
    send_text(w, "{\"children\":[{}]}");
    ASSERT_ANSWERS(heard(w), 200, "results");
    w->now = 20 * USEC_S;
    send_text(w, "G");
    deadline_comes(w, 30 * USEC_S);
    ASSERT_ANSWERS(heard(w), 408, "\"detail\":\"late_head\"");
}

/* Long idle, then asked: the answer has its whole time to be taken. */
static void an_answer_not_taken_ends_it(void **state)
{
    struct world *w = *state;
    heard(w);
    w->now = 40 * USEC_S;
    ask(w, "GET /v1/units", BEARER("def"), NULL);
    char few[10];
    assert_int_equal(door_pull(w->door, w->now, few, sizeof few), sizeof few);
    w->now = 60 * USEC_S;
    assert_int_equal(door_pull(w->door, w->now, few, sizeof few), sizeof few);
    deadline_comes(w, 90 * USEC_S);
    assert_int_equal(w->last, 1);
    assert_true(door_closing(w->door));
}

/* … also when none of it could be sent yet. */
static void time_to_take_begins_with_the_answer(void **state)
{
    struct world *w = *state;
    heard(w);
    w->now = 40 * USEC_S;
    ask(w, "GET /v1/nothing", "", NULL);
    deadline_comes(w, 70 * USEC_S);
    assert_true(door_closing(w->door));
}

static void a_late_heads_answer_can_be_taken(void **state)
{
    struct world *w = *state;
    heard(w);
    w->now = 50 * USEC_S;
    send_text(w, "GET ");
    deadline_comes(w, 60 * USEC_S);
    assert_int_equal(door_deadline(w->door), 90 * USEC_S);
    ASSERT_ANSWERS(heard(w), 408, "late_head");
}

static void a_file_not_taken_ends_it(void **state)
{
    struct world *w = *state;
    static char script[100000];
    memset(script, ';', sizeof script);
    assert_int_equal(
        assets_add(&w->assets, "/a.js", CODING_IDENTITY, (span){script, sizeof script}), 0);
    w->now = USEC_S;
    ask(w, "GET /a.js", "", NULL);
    char part[4096];
    assert_int_equal(door_pull(w->door, w->now, part, sizeof part), sizeof part);
    deadline_comes(w, 31 * USEC_S);
    assert_true(door_closing(w->door));
}

/* ── One exchange at a time ── */

static void bytes_before_the_answer_end_it_after(void **state)
{
    struct world *w = *state;
    static const char get[] = "GET /v1/me HTTP/1.1\r\nHost: a\r\n" BEARER("def") "\r\n";
    char twice[2 * sizeof get];
    snprintf(twice, sizeof twice, "%s%s", get, get);
    send_text(w, twice); /* in one piece */
    const char *said = heard(w);
    ASSERT_ANSWERS(said, 200, "\"account\":\"def\"");
    assert_null(strstr(said + 1, "HTTP/1.1"));
    assert_true(door_closing(w->door));
    assert_int_equal(w->web.counts.requests, 1);

    connect_again(w);
    send_text(w, get); /* in two, before the first was pulled */
    send_text(w, get);
    said = heard(w);
    ASSERT_ANSWERS(said, 200, "\"account\":\"def\"");
    assert_null(strstr(said + 1, "HTTP/1.1"));
    assert_true(door_closing(w->door));
}

static void the_client_may_ask_for_the_end(void **state)
{
    struct world *w = *state;
    const char *said = answer(w, "GET /v1/me", BEARER("def") "Connection: close\r\n", NULL);
    ASSERT_ANSWERS(said, 200, "Connection: close\r\n");
    assert_true(door_closing(w->door));
}

static void a_half_closed_peer_gets_its_answer(void **state)
{
    struct world *w = *state;
    ask(w, "POST /v1/units/u-1/confirm", BEARER("mecs-1"), "{}");
    struct desk_command command = take_command(w);
    free(command.json);
    assert_int_equal(door_finish(w->door, w->now), 0);
    database_answers(w, command.ticket, "ok", -1);
    ASSERT_ANSWERS(heard(w), 200, "\"unit\":{");
    assert_true(door_closing(w->door));

    connect_again(w);
    assert_int_equal(door_finish(w->door, w->now), 1);
}

static void head_has_the_head_only(void **state)
{
    struct world *w = *state;
    char length[64];
    const char *said = answer(w, "GET /v1/units/u-1", BEARER("def"), NULL);
    const char *body = strstr(said, "\r\n\r\n");
    assert_non_null(body);
    snprintf(length, sizeof length, "Content-Length: %zu\r\n", strlen(body + 4));
    ASSERT_SAYS(said, length);
    said = answer(w, "HEAD /v1/units/u-1", BEARER("def"), NULL);
    ASSERT_ANSWERS(said, 200, length);
    ASSERT_SAYS(said, "ETag: \"6\"\r\n");
    assert_string_equal(strstr(said, "\r\n\r\n"), "\r\n\r\n");
    said = answer(w, "HEAD /v1/units/u-9", BEARER("def"), NULL);
    ASSERT_ANSWERS(said, 404, "Content-Length: ");
    assert_string_equal(strstr(said, "\r\n\r\n"), "\r\n\r\n");
    ASSERT_ANSWERS(answer(w, "GET /v1/units/u-9", BEARER("def"), NULL), 404, "not_found");
    ASSERT_ANSWERS(answer(w, "HEAD /v1/events", BEARER("def"), NULL), 405, "Allow: GET\r\n");
}

/* ── What is asked ── */

static void other_methods_are_told(void **state)
{
    struct world *w = *state;
    ASSERT_ANSWERS(answer(w, "DELETE /v1/units", BEARER("def"), NULL), 405, "Allow: GET, HEAD\r\n");
    ASSERT_ANSWERS(answer(w, "OPTIONS /v1/requests/r-1", "", NULL), 405,
                   "Allow: GET, HEAD, PATCH\r\n");
    ASSERT_ANSWERS(answer(w, "GET /v1/login", "", NULL), 405, "Allow: POST\r\n");
    ASSERT_ANSWERS(answer(w, "POST /index.html", "", "{}"), 405, "Allow: GET, HEAD\r\n");
    ASSERT_SILENT_ON(answer(w, "GET /v1/nothing", "", NULL), "Allow");
    ASSERT_ANSWERS(answer(w, "GET /v1/nothing", "", NULL), 404, "no_such_route");
    ASSERT_ANSWERS(answer(w, "GET /v1", "", NULL), 404, "no_such_file");
}

static void a_body_is_json_or_refused(void **state)
{
    struct world *w = *state;
    const char *put = "PUT /v1/units/u-1/availability HTTP/1.1\r\nHost: a\r\n" BEARER("mecs-1");
    static const struct {
        const char *type, *body, *status, *detail;
    } cases[] = {
        {"text/plain", "{}", " 415 ", "json_expected"},
        {"application/x-www-form-urlencoded", "free=1", " 415 ", "json_expected"},
        {"application/json; charset=latin1", "{}", " 415 ", "json_expected"},
        {"application/json", "[1]", " 400 ", "not_an_object"},
        {"application/json", "{\"free\":1,\"free\":2}", " 400 ", "duplicate_key"},
        {"application/json", "{", " 400 ", "not_json"},
        {"application/json", "{\"free\":-1}", " 422 ", "\"pointer\":\"/free\""},
        {"application/json", "{\"x\":-1}", " 422 ", "\"unknown_member\""},
        {"application/json", "{\"unit\":\"u-2\",\"free\":1}", " 422 ", "\"given_twice\""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char text[1024];
        snprintf(text, sizeof text, "%sContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", put,
                 cases[i].type, strlen(cases[i].body), cases[i].body);
        send_text(w, text);
        const char *said = heard(w);
        ASSERT_SAYS(said, cases[i].status);
        ASSERT_SAYS(said, cases[i].detail);
        ASSERT_SAYS(said, "application/problem+json");
        assert_false(door_closing(w->door));
    }
    ASSERT_ANSWERS(answer(w, "PUT /v1/units/u-1/availability?free=1", BEARER("mecs-1"), "{}"), 400,
                   "query_not_here");
}

static void a_query_is_params(void **state)
{
    struct world *w = *state;
    const char *said = answer(w, "GET /v1/units?limit=2", BEARER("def"), NULL);
    ASSERT_ANSWERS(said, 200, "\"next\":\"u-2\"");
    ASSERT_ANSWERS(answer(w, "GET /v1/units?limit=x", BEARER("def"), NULL), 422,
                   "{\"pointer\":\"/limit\",\"detail\":\"wrong_type\"}");
    ASSERT_ANSWERS(answer(w, "GET /v1/units?limit=2&limit=3", BEARER("def"), NULL), 422,
                   "given_twice");
    ASSERT_ANSWERS(answer(w, "GET /v1/units?nothing=3", BEARER("def"), NULL), 422,
                   "{\"pointer\":\"/nothing\",\"detail\":\"unknown_member\"}");
    ASSERT_ANSWERS(answer(w, "GET /v1/units?limit=%zz", BEARER("def"), NULL), 400,
                   "invalid_request");
    ASSERT_ANSWERS(answer(w, "GET /v1/units/u-1?unit=u-2", BEARER("def"), NULL), 422,
                   "given_twice");
}

static void a_key_is_a_field_or_a_member(void **state)
{
    struct world *w = *state;
    ask(w, "PUT /v1/units/u-1/availability", BEARER("mecs-1") "Idempotency-Key: k-1\r\n",
        "{\"free\":1}");
    assert_string_equal(heard(w), "");
    struct desk_command command = take_command(w);
    ASSERT_SAYS(command.json, "\"key\":\"k-1\"");
    ASSERT_SAYS(command.json, "\"channel\":\"api\"");
    ASSERT_SAYS(command.json, "\"unit\":\"u-1\"");
    free(command.json);
    database_answers(w, command.ticket, "ok", w->revision + 1);
    assert_string_equal(heard(w), ""); /* until the replica has it */
    unit_changes(w, "u-1", 10, 9);
    const char *said = heard(w);
    ASSERT_ANSWERS(said, 200, "\"free\":1");
    ASSERT_SAYS(said, "Ugo-Position: aa.17\r\n");
    ASSERT_ANSWERS(answer(w, "PUT /v1/units/u-1/availability",
                          BEARER("mecs-1") "Idempotency-Key: k-2\r\n",
                          "{\"free\":1,\"idempotency_key\":\"k-3\"}"),
                   422, "{\"pointer\":\"/idempotency_key\",\"detail\":\"given_twice\"}");
    struct desk_command none;
    assert_false(desk_take_command(&w->desk, &none));
}

static void an_answer_is_no_older_than_asked(void **state)
{
    struct world *w = *state;
    assert_string_equal(answer(w, "GET /v1/me", BEARER("def") "Ugo-After: aa.17\r\n", NULL), "");
    assert_true(w->desk.wants_ledger);
    unit_changes(w, "u-2", 4, 3);
    ASSERT_ANSWERS(heard(w), 200, "Ugo-Position: aa.17\r\n");
    assert_string_equal(answer(w, "GET /v1/me?after=aa.18", BEARER("def"), NULL), "");
    w->now += 3 * USEC_S;
    turn(w);
    const char *said = heard(w);
    ASSERT_ANSWERS(said, 503, "\"type\":\"urn:ugo:error:behind\"");
    ASSERT_SAYS(said, "Retry-After: 1\r\n");
    ASSERT_ANSWERS(answer(w, "GET /v1/me?after=aa.1", BEARER("def") "Ugo-After: aa.1\r\n", NULL),
                   422, "given_twice");
    ASSERT_ANSWERS(answer(w, "GET /v1/me", BEARER("def") "Ugo-After: x\r\n", NULL), 422, "/after");
}

static void a_unit_has_a_tag(void **state)
{
    struct world *w = *state;
    ASSERT_ANSWERS(answer(w, "GET /v1/units/u-1", BEARER("def"), NULL), 200, "ETag: \"6\"\r\n");
    const char *said =
        answer(w, "GET /v1/units/u-1", BEARER("def") "If-None-Match: W/\"5\", \"6\"\r\n", NULL);
    ASSERT_ANSWERS(said, 304, "ETag: \"6\"\r\n");
    assert_string_equal(strstr(said, "\r\n\r\n"), "\r\n\r\n");
    ASSERT_SILENT_ON(said, "Content-Length");
    ASSERT_ANSWERS(answer(w, "GET /v1/units/u-1", BEARER("def") "If-None-Match: \"7\"\r\n", NULL),
                   200, "ETag: \"6\"\r\n");
    unit_changes(w, "u-1", 10, 9);
    ASSERT_ANSWERS(answer(w, "GET /v1/units/u-1", BEARER("def") "If-None-Match: \"6\"\r\n", NULL),
                   200, "ETag: \"17\"\r\n");
    ASSERT_SILENT_ON(answer(w, "GET /v1/units", BEARER("def"), NULL), "ETag");

    ask(w, "POST /v1/units/u-1/confirm", BEARER("mecs-1") "If-Match: \"17\"\r\n", "{}");
    struct desk_command command = take_command(w);
    ASSERT_SAYS(command.json, "\"if_revision\":17");
    free(command.json);
    database_answers(w, command.ticket, "precondition_failed", -1);
    ASSERT_ANSWERS(heard(w), 412, "urn:ugo:error:precondition_failed");
    ASSERT_ANSWERS(
        answer(w, "POST /v1/units/u-1/confirm", BEARER("mecs-1") "If-Match: W/\"17\"\r\n", "{}"),
        422, "{\"pointer\":\"/if_revision\",\"detail\":\"bad_format\"}");
    ASSERT_ANSWERS(
        answer(w, "POST /v1/search", BEARER("def") "If-Match: \"17\"\r\n", "{\"children\":[{}]}"),
        422, "{\"pointer\":\"/if_revision\",\"detail\":\"not_here\"}");
}

static void refusals_of_the_database_are_problems(void **state)
{
    struct world *w = *state;
    ask(w, "PUT /v1/units/u-1/availability", BEARER("mecs-1"), "{\"free\":1}");
    struct desk_command command = take_command(w);
    free(command.json);
    struct desk_outcome refused = {.ticket = command.ticket,
                                   .type = "invalid_params",
                                   .epoch = "aa",
                                   .revision = -1,
                                   .errors =
                                       "[{\"pointer\":\"/free\",\"detail\":\"more_than_open\"}]"};
    assert_int_equal(desk_outcome(&w->desk, &refused), 0);
    turn(w);
    ASSERT_ANSWERS(heard(w), 422,
                   "\"status\":422,\"errors\":[{\"pointer\":\"/free\",\"detail\":\"more_than_open"
                   "\"}]}");
    ask(w, "PUT /v1/units/u-1/availability", BEARER("mecs-1"), "{\"free\":1}");
    command = take_command(w);
    free(command.json);
    w->now = desk_deadline(&w->desk);
    turn(w);
    const char *said = heard(w);
    ASSERT_ANSWERS(said, 503, "urn:ugo:error:unknown_outcome");
    ASSERT_SAYS(said, "Retry-After: 1\r\n");
    ASSERT_ANSWERS(answer(w, "POST /v1/search", BEARER("mecs-1"), "{\"children\":[{}]}"), 403,
                   "\"detail\":\"role\"");
}

/* ── Files ── */

static void files_are_served_to_all(void **state)
{
    struct world *w = *state;
    assert_int_equal(assets_add(&w->assets, "/index.html", CODING_IDENTITY, span_of("<p>")), 0);
    const char *said = answer(w, "GET /", "", NULL);
    ASSERT_ANSWERS(said, 200, "\r\n\r\n<p>");
    ASSERT_SAYS(said, "Content-Security-Policy: default-src 'none'");
    said = answer(w, "HEAD /index.html", "", NULL);
    ASSERT_ANSWERS(said, 200, "Content-Length: 3\r\n");
    assert_string_equal(strstr(said, "\r\n\r\n"), "\r\n\r\n");
    static const char *const gone[] = {"/../etc/passwd", "/%2e%2e/etc/passwd", "/a/../index.html",
                                       "//index.html",   "/index.html/",       "/.git/config"};
    for (size_t i = 0; i < ARRAY_LENGTH(gone); i++) {
        char line[128];
        connect_again(w);
        snprintf(line, sizeof line, "GET %s", gone[i]);
        ASSERT_ANSWERS(answer(w, line, "", NULL), 404, "problem+json");
    }
    static const char *const bad[] = {"/..%2findex.html", "/%00", "/%c0%ae"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        char line[128];
        connect_again(w);
        snprintf(line, sizeof line, "GET %s", bad[i]);
        ASSERT_ANSWERS(answer(w, line, "", NULL), 400, "problem+json");
    }
}

/* ── The end ── */

static void drain_lets_what_is_under_way_end(void **state)
{
    struct world *w = *state;
    ask(w, "POST /v1/units/u-1/confirm", BEARER("mecs-1"), "{}");
    struct desk_command command = take_command(w);
    free(command.json);
    door_drain(w->door, w->now);
    assert_false(door_closing(w->door));
    database_answers(w, command.ticket, "ok", -1);
    ASSERT_ANSWERS(heard(w), 200, "Connection: close\r\n");
    assert_true(door_closing(w->door));

    connect_again(w); /* idle: at once */
    door_drain(w->door, w->now);
    assert_true(door_closing(w->door));

    connect_again(w); /* half a request: it is still answered, and the last */
    send_text(w, "GET /v1/me HTTP/1.1\r\n");
    door_drain(w->door, w->now);
    assert_false(door_closing(w->door));
    send_text(w, "Host: a\r\n" BEARER("def") "\r\n");
    ASSERT_ANSWERS(heard(w), 200, "Connection: close\r\n");
    assert_true(door_closing(w->door));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONVERSATION(one_request_after_another),
        CONVERSATION(bytes_one_by_one_are_the_same_request),
        CONVERSATION(what_cannot_be_read_ends_it),
        CONVERSATION(an_idle_connection_ends_without_a_word),
        CONVERSATION(a_late_head_is_told),
        CONVERSATION(a_late_body_is_told),
        CONVERSATION(a_second_request_has_its_own_time),
        CONVERSATION(an_answer_not_taken_ends_it),
        CONVERSATION(time_to_take_begins_with_the_answer),
        CONVERSATION(a_late_heads_answer_can_be_taken),
        CONVERSATION(a_file_not_taken_ends_it),
        CONVERSATION(bytes_before_the_answer_end_it_after),
        CONVERSATION(the_client_may_ask_for_the_end),
        CONVERSATION(a_half_closed_peer_gets_its_answer),
        CONVERSATION(head_has_the_head_only),
        CONVERSATION(other_methods_are_told),
        CONVERSATION(a_body_is_json_or_refused),
        CONVERSATION(a_query_is_params),
        CONVERSATION(a_key_is_a_field_or_a_member),
        CONVERSATION(an_answer_is_no_older_than_asked),
        CONVERSATION(a_unit_has_a_tag),
        CONVERSATION(refusals_of_the_database_are_problems),
        CONVERSATION(files_are_served_to_all),
        CONVERSATION(drain_lets_what_is_under_way_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
