/* SPDX-License-Identifier: EUPL-1.2 */
/* A connection's life: greeted, heard, answered, refused, ended. */
#include "line/session_fixture.h"

static void the_first_request_is_hello(void **state)
{
    struct world *w = *state;
    ASSERT_SAYS(ask(w, "me", "{}"), "\"detail\":\"hello_first\"");
    ASSERT_SAYS(
        ask(w, "hello", "{\"protocol\":[1,1],\"client\":\"t/1\",\"token\":\"wrong-token\"}"),
        "\"detail\":\"bad_credential\"");
    assert_int_equal(w->last, 1);
}

static void a_wrong_version_is_told(void **state)
{
    struct world *w = *state;
    ASSERT_SAYS(ask(w, "hello", "{\"protocol\":[2,9],\"client\":\"t/1\"}"), "no_common_version");
    assert_true(door_closing(w->door));
}

static void no_hello_in_five_seconds_ends_it(void **state)
{
    struct world *w = *state;
    heard(w);
    assert_int_equal(door_deadline(w->door), 5 * USEC_S);
    w->now = 5 * USEC_S;
    assert_int_equal(door_tick(w->door, w->now), 1);
    ASSERT_SAYS(heard(w), "\"code\":\"no_hello\"");
}

static void bytes_one_by_one_are_the_same_words(void **state)
{
    struct world *w = *state;
    greet(w, "astreinte");
    const char line[] = "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"me\"}\n";
    for (size_t i = 0; i + 1 < sizeof line; i++)
        send_bytes(w, (span){line + i, 1});
    const char *said = heard(w);
    ASSERT_SAYS(said, "\"id\":\"x\",\"result\":{\"account\":\"astreinte\"");
    ASSERT_SAYS(said, "\"position\":\"aa.16\"");
}

static void bad_lines_are_answered_and_the_connection_goes_on(void **state)
{
    struct world *w = *state;
    greet(w, "astreinte");
    static const struct {
        const char *line, *answer;
    } cases[] = {
        {"", "not_json"},
        {"[1,2]", "batch"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"me\"}", "duplicate_key"},
        {"\xff", "not_utf8"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nope\"}", "unknown_operation"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"me\",\"params\":{\"x\":1}}", "unknown_member"},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"me\"}", "id_required"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\",\"params\":{}}", "already_greeted"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        say(w, cases[i].line);
        ASSERT_SAYS(heard(w), cases[i].answer);
        assert_int_equal(w->last, 0);
    }
    ASSERT_SAYS(ask(w, "me", "{}"), "\"role\":\"astreinte\"");
}

static void a_line_too_long_ends_it(void **state)
{
    struct world *w = *state;
    greet(w, "astreinte");
    char *line = malloc(70000);
    memset(line, ' ', 70000);
    send_bytes(w, (span){line, 70000});
    free(line);
    assert_int_equal(w->last, 1);
    ASSERT_SAYS(heard(w), "line_too_long");
}

static void a_role_cannot_do_everything(void **state)
{
    struct world *w = *state;
    greet(w, "mecs-1");
    ASSERT_SAYS(ask(w, "search", "{\"children\":[{}]}"),
                "\"type\":\"forbidden\",\"detail\":\"role\"");
    ASSERT_SAYS(ask(w, "unit.get", "{\"unit\":\"u-2\"}"), "\"type\":\"not_found\"");
    ASSERT_SAYS(ask(w, "unit.get", "{\"unit\":\"u-99\"}"), "\"type\":\"not_found\"");
    ASSERT_SAYS(ask(w, "unit.get", "{\"unit\":\"u-1\"}"), "\"free\":2");
    const char *list = ask(w, "unit.list", "{}");
    ASSERT_SAYS(list, "\"id\":\"u-1\"");
    ASSERT_SILENT_ON(list, "\"id\":\"u-2\"");
}

static void lists_come_in_pages(void **state)
{
    struct world *w = *state;
    greet(w, "def");
    ASSERT_SAYS(ask(w, "unit.list", "{\"limit\":2}"), "\"next\":\"u-2\"");
    const char *rest = ask(w, "unit.list", "{\"limit\":2,\"cursor\":\"u-2\"}");
    ASSERT_SAYS(rest, "\"id\":\"u-3\"");
    ASSERT_SAYS(rest, "\"next\":null");
    ASSERT_SILENT_ON(rest, "\"id\":\"u-1\"");
}

static void a_search_is_answered_with_reasons(void **state)
{
    struct world *w = *state;
    greet(w, "astreinte");
    const char *found =
        ask(w, "search",
            "{\"children\":[{\"age_months\":170,\"sex\":\"F\"}],\"near\":{\"commune\":"
            "\"31395\"},\"needs\":[\"disability\"]}");
    ASSERT_SAYS(found, "\"unit\":{\"kind\":\"unit\",\"id\":\"u-1\"");
    ASSERT_SAYS(found, "\"rejected\":{\"age\":1}");
    ASSERT_SAYS(found, "never_declared");
    ASSERT_SAYS(found, "\"stale\":false,\"why\"");
    ASSERT_SAYS(ask(w, "search", "{\"children\":[{}],\"max_km\":3}"), "needs_near");
    ASSERT_SAYS(ask(w, "search", "{\"children\":[{}],\"near\":{\"commune\":\"99999\"}}"),
                "unknown_reference");
    ASSERT_SAYS(ask(w, "commune.find", "{\"name\":\"muret\"}"), "\"insee\":\"31395\"");
    ASSERT_SAYS(ask(w, "commune.find", "{\"name\":\"31600\"}"), "\"insee\":\"31395\"");
    ASSERT_SAYS(ask(w, "commune.find", "{\"name\":\"31395\"}"), "\"name\":\"MURET\"");
    ASSERT_SAYS(ask(w, "commune.find", "{\"name\":\"31601\"}"), "\"communes\":[]");
}

/* The answer shows the unit as it was at its revision, though it has moved on. */
static void a_repeated_answer_comes_from_the_log(void **state)
{
    struct world *w = *state;
    greet(w, "mecs-1");
    ask(w, "unit.declare", "{\"unit\":\"u-1\",\"free\":1,\"idempotency_key\":\"k\"}");
    struct desk_command command = take_command(w);
    ASSERT_SAYS(command.json, "\"key\":\"k\"");
    revision_arrives(w, 17, "u-1", 10, 9);
    revision_arrives(w, 18, "u-1", 10, 5);
    database_answers(w, command.ticket, "ok", 17);
    free(command.json);
    assert_string_equal(heard(w), "");
    struct desk_read read;
    assert_true(desk_take_read(&w->desk, &read));
    assert_int_equal(read.query, DESK_LOG_ROW);
    assert_string_equal(read.params[0], "17");
    assert_string_equal(read.params[2], "u-1");
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
    assert_int_equal(desk_rows(&w->desk, w->now, read.ticket, NULL), 0);
    ASSERT_SAYS(heard(w), "\"type\":\"unavailable\"");
}

static void refusals_of_the_database_are_told(void **state)
{
    struct world *w = *state;
    greet(w, "mecs-1");
    ask(w, "unit.declare", "{\"unit\":\"u-1\",\"free\":1}");
    struct desk_command command = take_command(w);
    struct desk_outcome refused = {.ticket = command.ticket,
                                   .type = "invalid_params",
                                   .epoch = "aa",
                                   .revision = -1,
                                   .errors =
                                       "[{\"pointer\":\"/free\",\"detail\":\"more_than_open\"}]"};
    free(command.json);
    assert_int_equal(desk_outcome(&w->desk, &refused), 0);
    ASSERT_SAYS(heard(w), "more_than_open");

    ask(w, "unit.declare", "{\"unit\":\"u-1\",\"free\":1}");
    command = take_command(w);
    free(command.json);
    database_answers(w, command.ticket, "outdated", 17);
    revision_arrives(w, 17, "u-2", 4, 4);
    const char *said = heard(w);
    ASSERT_SAYS(said, "\"type\":\"outdated\"");
    ASSERT_SAYS(said, "\"unit\":{\"kind\":\"unit\",\"id\":\"u-1\"");
    ASSERT_SAYS(ask(w, "unit.declare", "{\"unit\":\"u-1\"}"), "free_or_occupied");
    ASSERT_SAYS(ask(w, "unit.declare", "{\"unit\":\"u-1\",\"free\":-1}"), "out_of_range");
    ASSERT_SAYS(ask(w, "unit.declare", "{\"unit\":\"u-1\",\"free\":10000}"), "out_of_range");
}

static void a_database_that_never_answers_is_unknown(void **state)
{
    struct world *w = *state;
    greet(w, "mecs-1");
    ask(w, "unit.declare", "{\"unit\":\"u-1\",\"free\":1}");
    struct desk_command command = take_command(w);
    free(command.json);
    w->now = desk_deadline(&w->desk);
    assert_int_equal(desk_settle(&w->desk, w->now), 0);
    ASSERT_SAYS(heard(w), "\"type\":\"unknown_outcome\"");
}

static void silence_is_probed_then_ends(void **state)
{
    struct world *w = *state;
    greet(w, "astreinte");
    w->now = 15 * USEC_S;
    assert_int_equal(door_deadline(w->door), w->now);
    assert_int_equal(door_tick(w->door, w->now), 0);
    ASSERT_SAYS(heard(w), "\"method\":\"echo\"");
    w->now = 30 * USEC_S;
    assert_int_equal(door_deadline(w->door), w->now);
    assert_int_equal(door_tick(w->door, w->now), 1);
    ASSERT_SAYS(heard(w), "\"code\":\"silence\"");
}

static void one_that_never_reads_is_ended_and_bounded(void **state)
{
    struct world *w = *state;
    greet(w, "def");
    for (int i = 0; i < 20000 && w->last == 0; i++)
        say(w, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"unit.list\"}");
    assert_int_equal(w->last, 1);
    assert_true(strlen(heard(w)) < 3 * feed_limits.output_bytes);
}

static void a_reader_that_stops_is_called_slow(void **state)
{
    struct world *w = *state;
    greet(w, "def");
    say(w, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}");
    w->now = 20 * USEC_S;
    say(w, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}");
    assert_int_equal(door_deadline(w->door), 30 * USEC_S);
    w->now = 30 * USEC_S;
    assert_int_equal(door_tick(w->door, w->now), 1);
    ASSERT_SAYS(heard(w), "\"code\":\"slow\"");
}

static void a_half_closed_peer_gets_its_answer(void **state)
{
    struct world *w = *state;
    greet(w, "mecs-1");
    ask(w, "unit.declare", "{\"unit\":\"u-1\",\"free\":1}");
    struct desk_command command = take_command(w);
    free(command.json);
    assert_int_equal(door_finish(w->door, w->now), 0);
    database_answers(w, command.ticket, "ok", 17);
    revision_arrives(w, 17, "u-1", 10, 9);
    ASSERT_SAYS(heard(w), "\"free\":1");
    assert_true(door_closing(w->door));
}

static void revocation_reaches_a_live_connection(void **state)
{
    struct world *w = *state;
    greet(w, "mecs-1");
    char digest[DIGEST_TEXT];
    digest_hex(span_of("token-of-mecs-1"), digest);
    give_credential(w, digest, "mecs-1", "token", true, 17);
    assert_int_equal(line_refresh(&w->line, w->now), 0);
    ASSERT_SAYS(heard(w), "\"code\":\"revoked\",\"retry_ms\":null");
    assert_true(door_closing(w->door));
}

static void hello_by(struct world *w, const char *type)
{
    char digest[DIGEST_TEXT];
    digest_hex(span_of("token-of-mecs-1"), digest);
    give_credential(w, digest, "mecs-1", type, false, 17);
    ASSERT_SAYS(
        ask(w, "hello", "{\"protocol\":[1,1],\"client\":\"t/1\",\"token\":\"token-of-mecs-1\"}"),
        "\"detail\":\"bad_credential\"");
}

/* What a browser proves itself with is worth nothing here … */
static void a_cookie_is_no_token(void **state)
{
    hello_by(*state, "session");
}

/* … nor is the id of a password, which everybody can compute. */
static void a_password_is_no_token(void **state)
{
    hello_by(*state, "password");
}

static void occupancy_adds_up(void **state)
{
    struct world *w = *state;
    greet(w, "def");
    const char *said = ask(w, "occupancy", "{}");
    ASSERT_SAYS(said, "\"total\":{\"units\":3,\"stale\":0,\"never_declared\":1,\"authorised\":36,"
                      "\"open\":14,\"occupied\":12");
    said = ask(w, "occupancy", "{\"territories\":[\"dts-sud\"]}");
    ASSERT_SAYS(said, "\"total\":{\"units\":2");
    ASSERT_SAYS(ask(w, "occupancy", "{\"at\":\"2099-01-01T00:00:00Z\"}"), "in_the_future");
}

static void too_many_in_flight_are_refused(void **state)
{
    struct world *w = *state;
    greet(w, "mecs-1");
    for (int i = 0; i < 4; i++)
        assert_string_equal(ask(w, "unit.confirm", "{\"unit\":\"u-1\"}"), "");
    ASSERT_SAYS(ask(w, "unit.confirm", "{\"unit\":\"u-1\"}"), "\"detail\":\"in_flight\"");
}

static void draining_says_when_to_come_back(void **state)
{
    struct world *w = *state;
    greet(w, "def");
    door_drain(w->door, w->now);
    const char *said = heard(w);
    ASSERT_SAYS(said, "\"code\":\"drain\",\"retry_ms\":");
    ASSERT_SILENT_ON(said, "\"retry_ms\":null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONVERSATION(the_first_request_is_hello),
        CONVERSATION(a_wrong_version_is_told),
        CONVERSATION(no_hello_in_five_seconds_ends_it),
        CONVERSATION(bytes_one_by_one_are_the_same_words),
        CONVERSATION(bad_lines_are_answered_and_the_connection_goes_on),
        CONVERSATION(a_line_too_long_ends_it),
        CONVERSATION(a_role_cannot_do_everything),
        CONVERSATION(lists_come_in_pages),
        CONVERSATION(a_search_is_answered_with_reasons),
        CONVERSATION(a_repeated_answer_comes_from_the_log),
        CONVERSATION(refusals_of_the_database_are_told),
        CONVERSATION(a_database_that_never_answers_is_unknown),
        CONVERSATION(silence_is_probed_then_ends),
        CONVERSATION(one_that_never_reads_is_ended_and_bounded),
        CONVERSATION(a_reader_that_stops_is_called_slow),
        CONVERSATION(a_half_closed_peer_gets_its_answer),
        CONVERSATION(revocation_reaches_a_live_connection),
        CONVERSATION(a_cookie_is_no_token),
        CONVERSATION(a_password_is_no_token),
        CONVERSATION(occupancy_adds_up),
        CONVERSATION(too_many_in_flight_are_refused),
        CONVERSATION(draining_says_when_to_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
