/* SPDX-License-Identifier: EUPL-1.2 */
/* Who may ask, and streams: pushed, marked, resumed, started over, ended. */
#include "http/web_fixture.h"

/* ── Who asks ── */

static void nobody_is_told_how_to_come_in(void **state)
{
    struct world *w = *state;
    const char *said = answer(w, "GET /v1/me", "", NULL);
    ASSERT_ANSWERS(said, 401, "\"detail\":\"no_credential\"");
    ASSERT_SAYS(said, "WWW-Authenticate: Bearer\r\n");
    static const char *const wrong[] = {
        "Authorization: Bearer wrong\r\n", "Authorization: Basic dG9rZW4tb2YtZGVmOg==\r\n",
        "Authorization: token-of-def\r\n", "Authorization: Bearer\r\n",
        "Cookie: __Host-ugo=short\r\n",    "Cookie: __Host-ugo=\r\n",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
        ASSERT_ANSWERS(answer(w, "GET /v1/me", wrong[i], NULL), 401,
                       "\"detail\":\"bad_credential\"");
    ASSERT_ANSWERS(answer(w, "GET /v1/me", "Authorization: bEARER  token-of-def\r\n", NULL), 200,
                   "\"def\"");
}

/* What is typed in one place is worth nothing in another. */
static void a_credential_is_of_its_kind(void **state)
{
    struct world *w = *state;
    char who[1200];
    give_session(w, 1, "def", FIXTURE_AT);
    snprintf(who, sizeof who, "Authorization: Bearer %s\r\n", cookie_of(1));
    ASSERT_ANSWERS(answer(w, "GET /v1/me", who, NULL), 401, "bad_credential");
    ASSERT_ANSWERS(answer(w, "GET /v1/me", "Cookie: __Host-ugo=token-of-def\r\n", NULL), 401,
                   "bad_credential");
    ASSERT_ANSWERS(answer(w, "GET /v1/me", by_session(1, ""), NULL), 200, "\"def\"");
    snprintf(who, sizeof who, "%s" BEARER("mecs-1"), by_session(1, ""));
    ASSERT_ANSWERS(answer(w, "GET /v1/me", who, NULL), 200, "\"mecs-1\""); /* the token counts */
    snprintf(who, sizeof who, "Cookie: __Host-ugo=%s; __Host-ugo=x\r\n", cookie_of(1));
    ASSERT_ANSWERS(answer(w, "GET /v1/me", who, NULL), 401, "no_credential");
    give_token(w, "def", 0, true);
    ASSERT_ANSWERS(answer(w, "GET /v1/me", BEARER("def"), NULL), 401, "\"revoked\"");
    give_token(w, "def", FIXTURE_AT, false);
    ASSERT_ANSWERS(answer(w, "GET /v1/me", BEARER("def"), NULL), 401, "\"expired\"");
    give_token(w, "def", FIXTURE_AT + 1, false);
    ASSERT_ANSWERS(answer(w, "GET /v1/me", BEARER("def"), NULL), 200, "\"def\"");
}

static void other_sites_are_refused(void **state)
{
    struct world *w = *state;
    give_session(w, 1, "mecs-1", FIXTURE_AT);
    static const struct {
        const char *fields, *get, *put;
    } cases[] = {
        {"", " 200 ", "anti_forgery"},
        {"Ugo-Anti-Forgery: x\r\n", " 200 ", "anti_forgery"},
        {"Origin: https://evil.example\r\n", "cross_site", "cross_site"},
        {"Origin: http://ugo.example\r\n", "cross_site", "cross_site"},
        {"Origin: https://ugo.example.evil.example\r\n", "cross_site", "cross_site"},
        {"Origin: https://ugo.example:444\r\n", "cross_site", "cross_site"},
        {"Origin: null\r\n", "cross_site", "cross_site"},
        {"Sec-Fetch-Site: cross-site\r\n", "cross_site", "cross_site"},
        {"Sec-Fetch-Site: same-site\r\n", "cross_site", "cross_site"},
        {"Sec-Fetch-Site: none\r\n", " 200 ", "cross_site"},
        {"Sec-Fetch-Site: same-origin\r\n", " 200 ", "anti_forgery"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        ASSERT_SAYS(answer(w, "GET /v1/me", by_session(1, cases[i].fields), NULL), cases[i].get);
        const char *said =
            answer(w, "POST /v1/units/u-1/confirm", by_session(1, cases[i].fields), "{}");
        ASSERT_ANSWERS(said, 403, cases[i].put);
    }
    /* The right token does not make another site ours. */
    char who[1200];
    snprintf(who, sizeof who, "Origin: https://evil.example\r\nUgo-Anti-Forgery: %s\r\n",
             forgery_token_of(1));
    ASSERT_ANSWERS(answer(w, "POST /v1/units/u-1/confirm", by_session(1, who), "{}"), 403,
                   "cross_site");
    /* Another session's token is none. */
    snprintf(who, sizeof who, "Ugo-Anti-Forgery: %s\r\n", forgery_token_of(2));
    ASSERT_ANSWERS(answer(w, "POST /v1/units/u-1/confirm", by_session(1, who), "{}"), 403,
                   "anti_forgery");
    struct desk_command command;
    assert_false(desk_take_command(&w->desk, &command));

    assert_string_equal(answer(w, "POST /v1/units/u-1/confirm", by_page(1), "{}"), "");
    command = take_command(w);
    ASSERT_SAYS(command.json, "\"channel\":\"console\"");
    free(command.json);
}

/* ── What becomes of a credential while it is used ── */

static void a_call_ends_with_its_credential(void **state)
{
    struct world *w = *state;
    ask(w, "POST /v1/units/u-1/confirm", BEARER("mecs-1"), "{}");
    struct desk_command command = take_command(w);
    free(command.json);
    give_token(w, "mecs-1", 0, true);
    turn(w);
    ASSERT_ANSWERS(heard(w), 401, "\"detail\":\"revoked\"");
    database_answers(w, command.ticket, "ok", -1); /* nobody waits for it */
    assert_string_equal(heard(w), "");
    ASSERT_ANSWERS(answer(w, "GET /v1/me", BEARER("def"), NULL), 200, "\"def\"");
}

static void a_call_goes_on_when_others_change(void **state)
{
    struct world *w = *state;
    ask(w, "POST /v1/units/u-1/confirm", BEARER("mecs-1"), "{}");
    struct desk_command command = take_command(w);
    free(command.json);
    give_token(w, "def", 0, true);
    turn(w);
    assert_string_equal(heard(w), "");
    database_answers(w, command.ticket, "ok", -1);
    ASSERT_ANSWERS(heard(w), 200, "\"unit\":{");
}

static void begin_stream(struct world *w, const char *who)
{
    const char *said =
        answer(w, "GET /v1/events?filter=%7B%22kinds%22:%5B%22unit%22%5D%7D", who, NULL);
    ASSERT_ANSWERS(said, 200, "Content-Type: text/event-stream; charset=utf-8\r\n");
    ASSERT_SAYS(said, "event: start\ndata: {\"resumed\":false,\"why\":null}\n\n");
    ASSERT_SAYS(said, "event: mark\nid: aa.");
}

static void a_stream_ends_with_its_credential(void **state)
{
    struct world *w = *state;
    begin_stream(w, BEARER("def"));
    assert_int_equal(w->web.counts.streaming, 1);
    give_token(w, "def", 0, true);
    turn(w);
    const char *said = heard(w);
    ASSERT_SAYS(said, "event: bye\ndata: {\"code\":\"revoked\",\"retry_ms\":null}\n\n");
    assert_true(door_closing(w->door));
    assert_int_equal(w->web.counts.streaming, 0);

    connect_again(w);
    begin_stream(w, BEARER("astreinte"));
    apply(w, "account", "astreinte",
          "{\"role\":\"astreinte\",\"territories\":[\"d31\"],\"establishments\":[],"
          "\"acts_for\":null,\"name\":null,\"disabled\":true}");
    turn(w);
    ASSERT_SAYS(heard(w), "event: bye\ndata: {\"code\":\"disabled\",\"retry_ms\":null}");

    connect_again(w);
    give_session(w, 1, "dts", FIXTURE_AT);
    begin_stream(w, by_session(1, ""));
    end_session(w, 1); /* signed out elsewhere */
    turn(w);
    ASSERT_SAYS(heard(w), "event: bye\ndata: {\"code\":\"session_ended\",\"retry_ms\":null}");
}

/* A stream is no presence: 30 minutes after the last request the session ends. */
static void a_stream_ends_when_nobody_is_there(void **state)
{
    struct world *w = *state;
    give_session(w, 1, "def", FIXTURE_AT);
    begin_stream(w, by_session(1, ""));
    usec_t end = SESSION_IDLE;
    w->now = end - USEC_S;
    replica_ledger(&w->replica, FIXTURE_AT + w->now, w->now);
    ASSERT_SAYS(heard(w), "event: mark");
    give_session(w, 1, "def", FIXTURE_AT + USEC_MIN); /* seen meanwhile */
    turn(w);
    w->now = end;
    assert_int_equal(door_tick(w->door, w->now), 0);
    ASSERT_SILENT_ON(heard(w), "bye");
    w->now = end + USEC_MIN;
    assert_int_equal(door_deadline(w->door), end - USEC_S + 5 * USEC_S);
    assert_int_equal(door_tick(w->door, w->now), 1);
    ASSERT_SAYS(heard(w), "event: bye\ndata: {\"code\":\"session_ended\",\"retry_ms\":null}");
    replica_ledger(&w->replica, FIXTURE_AT + w->now, w->now);
    connect_again(w);
    ASSERT_ANSWERS(answer(w, "GET /v1/me", by_session(1, ""), NULL), 401, "\"session_ended\"");
}

/* A token's end is its own, and known beforehand. */
static void a_stream_ends_with_its_token(void **state)
{
    struct world *w = *state;
    give_token(w, "def", FIXTURE_AT + USEC_MIN, false);
    begin_stream(w, BEARER("def"));
    w->now = USEC_MIN;
    assert_int_equal(door_tick(w->door, w->now), 1);
    ASSERT_SAYS(heard(w), "event: bye\ndata: {\"code\":\"expired\",\"retry_ms\":null}");
}

/* ── Streams ── */

static void what_changes_is_pushed(void **state)
{
    struct world *w = *state;
    begin_stream(w, BEARER("mecs-1"));
    unit_changes(w, "u-2", 4, 3); /* not its own */
    assert_string_equal(heard(w), "");
    unit_changes(w, "u-1", 10, 9);
    const char *said = heard(w);
    const char *delta =
        strstr(said, "event: delta\ndata: {\"set\":[{\"kind\":\"unit\",\"id\":\"u-1\"");
    const char *mark = strstr(said, "event: mark\nid: aa.");
    assert_true(delta != NULL && mark > delta);
    ASSERT_SAYS(said, "\"free\":1");
    ASSERT_SAYS(mark, ".18\ndata: {\"upto\":\"aa.");
    ASSERT_SILENT_ON(said, "u-2");
    assert_int_equal(door_deadline(w->door), 5 * USEC_S);
    w->now = 5 * USEC_S;
    assert_int_equal(door_tick(w->door, w->now), 0);
    ASSERT_SAYS(heard(w), "\"stale\":true");
}

static void the_last_mark(const char *said, char *token, size_t room)
{
    const char *at = NULL;
    for (const char *p = said; (p = strstr(p, "\nid: ")) != NULL; p++)
        at = p + 5;
    assert_non_null(at);
    snprintf(token, room, "%.*s", (int)strcspn(at, "\n"), at);
}

static void a_mark_resumes(void **state)
{
    struct world *w = *state;
    char token[80], who[256], line[256];
    the_last_mark(answer(w, "GET /v1/events", BEARER("def"), NULL), token, sizeof token);
    connect_again(w);
    unit_changes(w, "u-2", 4, 3);
    snprintf(who, sizeof who, BEARER("def") "Last-Event-ID: %s\r\n", token);
    const char *said = answer(w, "GET /v1/events", who, NULL);
    ASSERT_ANSWERS(said, 200, "event: start\ndata: {\"resumed\":true,\"why\":null}");
    ASSERT_SAYS(said, "\"id\":\"u-2\"");
    ASSERT_SILENT_ON(said, "\"id\":\"u-1\"");

    connect_again(w);
    snprintf(line, sizeof line, "GET /v1/events?since=%s", token);
    said = answer(w, line, BEARER("def"), NULL);
    ASSERT_SAYS(said, "\"resumed\":true");

    /* A browser repeats its address with what it has seen since: that is newer. */
    connect_again(w);
    unit_changes(w, "u-3", 4, 3);
    the_last_mark(said, token, sizeof token);
    snprintf(who, sizeof who, BEARER("def") "Last-Event-ID: %s\r\n", token);
    said = answer(w, line, who, NULL);
    ASSERT_SAYS(said, "\"resumed\":true");
    ASSERT_SAYS(said, "\"id\":\"u-3\"");
    ASSERT_SILENT_ON(said, "\"id\":\"u-2\"");

    connect_again(w);
    snprintf(line, sizeof line,
             "GET /v1/events?since=%s&filter=%%7B%%22kinds%%22:%%5B%%22unit%%22%%5D%%7D", token);
    ASSERT_SAYS(answer(w, line, BEARER("def"), NULL), "{\"resumed\":false,\"why\":\"filter\"}");
    connect_again(w);
    ASSERT_ANSWERS(answer(w, "GET /v1/events", BEARER("def") "Last-Event-ID: x\r\n", NULL), 422,
                   "{\"pointer\":\"/since\",\"detail\":\"bad_format\"}");
    ASSERT_ANSWERS(answer(w, "GET /v1/events?filter=1", BEARER("def"), NULL), 422, "/filter");
    ASSERT_ANSWERS(answer(w, "GET /v1/events?x=1", BEARER("def"), NULL), 422, "unknown_member");
    ASSERT_ANSWERS(answer(w, "GET /v1/events?filter=%7B", BEARER("def"), NULL), 422, "/filter");
}

static void a_stream_waits_for_its_position(void **state)
{
    struct world *w = *state;
    assert_string_equal(answer(w, "GET /v1/events?after=aa.17", BEARER("def"), NULL), "");
    assert_int_equal(door_deadline(w->door), 3 * USEC_S);
    unit_changes(w, "u-2", 4, 3);
    ASSERT_ANSWERS(heard(w), 200, "event: start");

    connect_again(w);
    assert_string_equal(answer(w, "GET /v1/events?after=aa.18", BEARER("def"), NULL), "");
    w->now += 3 * USEC_S;
    assert_int_equal(door_tick(w->door, w->now), 0);
    const char *said = heard(w);
    ASSERT_ANSWERS(said, 503, "urn:ugo:error:behind");
    ASSERT_SAYS(said, "Retry-After: 1\r\n");
    ASSERT_ANSWERS(answer(w, "GET /v1/me", BEARER("def"), NULL), 200, "\"def\"");

    assert_string_equal(answer(w, "GET /v1/events?after=aa.18", BEARER("def"), NULL), "");
    give_token(w, "def", 0, true);
    turn(w);
    ASSERT_ANSWERS(heard(w), 401, "\"revoked\"");
    assert_int_equal(w->web.counts.streaming, 0);
}

static void other_rights_start_over(void **state)
{
    struct world *w = *state;
    begin_stream(w, BEARER("mecs-1"));
    apply(w, "account", "mecs-1", FIXTURE_ACCOUNT("establishment", "", "\"e-2\""));
    turn(w);
    const char *said = heard(w);
    ASSERT_SAYS(said, "event: start\ndata: {\"resumed\":false,\"why\":\"scope\"}\n\n");
    ASSERT_SAYS(said, "\"id\":\"u-2\"");
    ASSERT_SILENT_ON(said, "\"id\":\"u-1\"");
    give_session(w, 9, "def", FIXTURE_AT); /* somebody else comes in: nothing happens here */
    turn(w);
    ASSERT_SILENT_ON(heard(w), "start");
}

/* ── The end of a stream ── */

static void drain_says_when_to_come_back(void **state)
{
    struct world *w = *state;
    begin_stream(w, BEARER("def"));
    door_drain(w->door, w->now);
    const char *said = heard(w);
    ASSERT_SAYS(said, "retry: ");
    ASSERT_SAYS(said, "event: bye\ndata: {\"code\":\"drain\",\"retry_ms\":");
    ASSERT_SILENT_ON(said, "null");
    assert_true(door_closing(w->door));
    assert_int_equal(w->web.counts.streaming, 0);

    /* One that waits for its position would begin after everybody was told to go. */
    connect_again(w);
    ask(w, "GET /v1/events?after=aa.18", BEARER("def"), NULL);
    door_drain(w->door, w->now);
    said = heard(w);
    ASSERT_ANSWERS(said, 503, "\"detail\":\"drain\"");
    ASSERT_SAYS(said, "Connection: close\r\n");
    assert_true(door_closing(w->door));
}

static void one_that_leaves_ends_its_stream(void **state)
{
    struct world *w = *state;
    begin_stream(w, BEARER("def"));
    assert_int_equal(door_finish(w->door, w->now), 1);
    assert_int_equal(w->web.counts.streaming, 0);

    connect_again(w);
    ask(w, "GET /v1/events?after=aa.18", BEARER("def"), NULL);
    assert_int_equal(door_finish(w->door, w->now), 1);
    unit_changes(w, "u-2", 4, 3);
    unit_changes(w, "u-2", 4, 2);
    assert_string_equal(heard(w), "");
}

static void a_reader_that_stops_is_left(void **state)
{
    struct world *w = *state;
    char few[16];
    begin_stream(w, BEARER("def"));
    w->now = USEC_S;
    unit_changes(w, "u-2", 4, 3);
    assert_int_equal(door_pull(w->door, w->now, few, sizeof few), sizeof few);
    usec_t end = door_deadline(w->door);
    assert_int_equal(end, 31 * USEC_S);
    w->now = end;
    assert_int_equal(door_tick(w->door, w->now), 1);
    assert_int_equal(w->web.counts.streaming, 0);
}

/* One that reads too slowly never comes to a mark: after a minute it is told so. */
static void a_slow_reader_is_told(void **state)
{
    struct world *w = *state;
    char text[4096];
    begin_stream(w, BEARER("def"));
    for (int i = 0; !door_closing(w->door); i++) {
        char id[16];
        w->now += 100 * USEC_MS;
        replica_ledger(&w->replica, FIXTURE_AT + w->now, w->now);
        for (int k = 0; k < 3; k++) { /* more than a pull takes */
            static const struct fixture_unit u = {"e-1", "dts-nord", "exact", 10,
                                                  8,     0,          99,      FIXTURE_AT};
            snprintf(id, sizeof id, "u-m%d", (3 * i + k) % 900);
            fixture_put_unit(&w->replica, ++w->revision, id, &u);
        }
        turn(w);
        door_pull(w->door, w->now, text, 2000);
        if (door_deadline(w->door) <= w->now)
            w->last = door_tick(w->door, w->now);
        assert_true(w->now < 10 * USEC_MIN);
    }
    ASSERT_SAYS(heard(w), "event: bye\ndata: {\"code\":\"slow\",\"retry_ms\":");
}

static void bytes_on_a_stream_change_nothing(void **state)
{
    struct world *w = *state;
    begin_stream(w, BEARER("def"));
    send_text(w, "GET /v1/me HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(w->last, 0);
    unit_changes(w, "u-2", 4, 3);
    const char *said = heard(w);
    ASSERT_SAYS(said, "event: delta");
    ASSERT_SILENT_ON(said, "HTTP/1.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONVERSATION(nobody_is_told_how_to_come_in),
        CONVERSATION(a_credential_is_of_its_kind),
        CONVERSATION(other_sites_are_refused),
        CONVERSATION(a_call_ends_with_its_credential),
        CONVERSATION(a_call_goes_on_when_others_change),
        CONVERSATION(a_stream_ends_with_its_credential),
        CONVERSATION(a_stream_ends_when_nobody_is_there),
        CONVERSATION(a_stream_ends_with_its_token),
        CONVERSATION(what_changes_is_pushed),
        CONVERSATION(a_mark_resumes),
        CONVERSATION(a_stream_waits_for_its_position),
        CONVERSATION(other_rights_start_over),
        CONVERSATION(drain_says_when_to_come_back),
        CONVERSATION(one_that_leaves_ends_its_stream),
        CONVERSATION(a_reader_that_stops_is_left),
        CONVERSATION(a_slow_reader_is_told),
        CONVERSATION(bytes_on_a_stream_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
