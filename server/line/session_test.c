/* SPDX-License-Identifier: EUPL-1.2 */
/* Whole conversations on door 1 with a virtual clock, without socket or database: the test plays
 * both the peer and what the worker's shell carries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "api/operation.h"
#include "base/statement.h"
#include "core/replica_fixture.h"
#include "line/line.h"

struct world {
    struct replica replica;
    struct desk desk;
    struct line_service line;
    struct door *door;
    usec_t now;
    char out[1 << 20];
    int last; /* result of the last feed, finish or tick */
};

static const struct line_limits limits = {
    .hello_timeout = 5 * USEC_S,
    .silence_probe = 15 * USEC_S,
    .silence_end = 30 * USEC_S,
    .mark_every = 5 * USEC_S,
    .slow_no_byte = 30 * USEC_S,
    .slow_no_mark = 60 * USEC_S,
    .behind_wait = 3 * USEC_S,
    .max_line = 64 * 1024,
    .max_line_hello = 8 * 1024,
    .in_flight = 4,
    .subscriptions = 2,
    .output_bytes = 256 * 1024,
};

static void give_credential(struct world *w, const char *id, const char *account, const char *type,
                            bool revoked, int64_t revision)
{
    char state[256];
    snprintf(state, sizeof state,
             "{\"account\":\"%s\",\"type\":\"%s\",\"expires_at\":null,\"revoked\":%s,"
             "\"label\":null}",
             account, type, revoked ? "true" : "false");
    assert_int_equal(replica_apply(&w->replica, revision, "credential", id, state), 0);
    replica_apply_end(&w->replica, revision);
}

static void give_token(struct world *w, const char *account, int64_t revision)
{
    char token[64];
    char digest[DIGEST_TEXT];
    snprintf(token, sizeof token, "token-of-%s", account);
    digest_hex(span_of(token), digest);
    give_credential(w, digest, account, "token", false, revision);
}

static int open_world(void **state)
{
    static const char *const accounts[] = {"mecs-1", "astreinte", "dts", "def", "admin", "mobile"};
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    replica_init(&w->replica);
    fixture_load(&w->replica);
    for (size_t i = 0; i < ARRAY_LENGTH(accounts); i++)
        give_token(w, accounts[i], FIXTURE_REVISION + 1 + (int64_t)i);
    replica_turn_end(&w->replica);
    struct desk_limits desk = {.command_wait = 10 * USEC_S, .behind_wait = 3 * USEC_S};
    desk_init(&w->desk, &w->replica, &desk, "0123456789abcdef");
    line_init(&w->line, &w->desk, &limits, 1);
    assert_int_equal(line_refresh(&w->line, 0), 0);
    w->door = line_open(&w->line, 0, "");
    assert_non_null(w->door);
    *state = w;
    return 0;
}

static int close_world(void **state)
{
    struct world *w = *state;
    door_free(w->door);
    desk_free(&w->desk);
    replica_free(&w->replica);
    free(w);
    return 0;
}

/* All that the door has to say now. */
static const char *heard(struct world *w)
{
    size_t n = 0;
    size_t got;
    while ((got = door_pull(w->door, w->now, w->out + n, sizeof w->out - n - 1)) > 0)
        n += got;
    w->out[n] = 0;
    return w->out;
}

static void send_bytes(struct world *w, span bytes)
{
    w->last = door_feed(w->door, w->now, bytes);
}

static void say(struct world *w, const char *line)
{
    send_bytes(w, span_of(line));
    send_bytes(w, span_of("\n"));
}

static const char *ask(struct world *w, const char *method, const char *params)
{
    char line[4096];
    snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}",
             method, params);
    say(w, line);
    return heard(w);
}

static void greet(struct world *w, const char *account)
{
    char params[160];
    snprintf(params, sizeof params,
             "{\"protocol\":[1,1],\"client\":\"test/1\",\"token\":\"token-of-%s\"}", account);
    assert_non_null(strstr(heard(w), "\"method\":\"hello\""));
    assert_non_null(strstr(ask(w, "hello", params), "\"protocol\":1"));
}

#define ASSERT_SAYS(text, part)                                                                    \
    do {                                                                                           \
        const char *said_ = (text);                                                                \
        if (strstr(said_, part) == NULL)                                                           \
            fail_msg("expected %s in: %s", part, said_);                                           \
    } while (0)

#define ASSERT_SILENT_ON(text, part)                                                               \
    do {                                                                                           \
        const char *said_ = (text);                                                                \
        if (strstr(said_, part) != NULL)                                                           \
            fail_msg("unexpected %s in: %s", part, said_);                                         \
    } while (0)

/* The database's side */

static struct desk_command take_command(struct world *w)
{
    struct desk_command c;
    assert_true(desk_take_command(&w->desk, &c));
    return c;
}

static void database_answers(struct world *w, uint64_t ticket, const char *type, int64_t revision)
{
    struct desk_outcome outcome = {
        .ticket = ticket, .type = type, .epoch = "aa", .revision = revision};
    assert_int_equal(desk_outcome(&w->desk, &outcome), 0);
    assert_int_equal(desk_settle(&w->desk, w->now), 0);
}

static void revision_arrives(struct world *w, int64_t revision, const char *unit, int open,
                             int occupied)
{
    fixture_declare(&w->replica, revision, unit, open, occupied);
    assert_int_equal(line_refresh(&w->line, w->now), 0);
    assert_int_equal(desk_settle(&w->desk, w->now), 0);
}

/* Tests */

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
}

/* The effect of a command is seen before its answer, and the answer waits for the replica. */
static void a_declaration_is_pushed_then_answered(void **state)
{
    struct world *w = *state;
    greet(w, "mecs-1");
    const char *copy = ask(w, "subscribe", "{\"sub\":\"a\",\"filter\":{\"kinds\":[\"unit\"]}}");
    ASSERT_SAYS(copy, "\"resumed\":false");
    ASSERT_SAYS(copy, "\"set\":[{\"kind\":\"unit\",\"id\":\"u-1\"");
    ASSERT_SAYS(copy, "\"method\":\"mark\"");
    assert_string_equal(ask(w, "unit.declare", "{\"unit\":\"u-1\",\"free\":1}"), "");
    struct desk_command command = take_command(w);
    ASSERT_SAYS(command.json, "\"account\":\"mecs-1\"");
    ASSERT_SAYS(command.json, "\"key\":\"~0123456789abcdef.1\"");
    ASSERT_SAYS(command.json, "\"channel\":\"api\"");
    database_answers(w, command.ticket, "ok", 17);
    assert_string_equal(heard(w), "");
    revision_arrives(w, 17, "u-1", 10, 9);
    const char *said = heard(w);
    const char *delta = strstr(said, "\"method\":\"delta\"");
    const char *mark = strstr(said, "\"method\":\"mark\"");
    const char *answer = strstr(said, "\"id\":1,\"result\":{\"unit\"");
    assert_true(delta != NULL && mark > delta && answer > mark);
    ASSERT_SAYS(answer, "\"free\":1");
    ASSERT_SAYS(answer, "\"position\":\"aa.17\"");
    free(command.json);
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

static void marks_come_every_five_seconds_and_say_stale(void **state)
{
    struct world *w = *state;
    greet(w, "def");
    ask(w, "subscribe", "{\"sub\":\"a\"}");
    assert_int_equal(door_deadline(w->door), 5 * USEC_S);
    w->now = 5 * USEC_S;
    assert_int_equal(door_tick(w->door, w->now), 0);
    const char *said = heard(w);
    ASSERT_SAYS(said, "\"method\":\"mark\"");
    ASSERT_SAYS(said, "\"stale\":true"); /* no ledger time for 5 s */
    replica_ledger(&w->replica, FIXTURE_AT + 5 * USEC_S, w->now);
    ASSERT_SAYS(heard(w), "\"stale\":false");
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
    assert_true(strlen(heard(w)) < 3 * limits.output_bytes);
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

static void a_changed_scope_starts_over(void **state)
{
    struct world *w = *state;
    greet(w, "mecs-1");
    ask(w, "subscribe", "{\"sub\":\"a\",\"filter\":{\"kinds\":[\"unit\"]}}");
    assert_int_equal(replica_apply(&w->replica, 17, "account", "mecs-1",
                                   FIXTURE_ACCOUNT("establishment", "", "\"e-2\"")),
                     0);
    replica_apply_end(&w->replica, 17);
    assert_int_equal(line_refresh(&w->line, w->now), 0);
    const char *said = heard(w);
    ASSERT_SAYS(
        said,
        "\"method\":\"start\",\"params\":{\"sub\":\"a\",\"resumed\":false,\"why\":\"scope\"}");
    ASSERT_SAYS(said, "\"id\":\"u-2\"");
    ASSERT_SILENT_ON(said, "\"id\":\"u-1\"");
}

static void the_last_mark(const char *said, char *token, size_t room)
{
    const char *at = NULL;
    for (const char *p = said; (p = strstr(p, "\"upto\":\"")) != NULL; p++)
        at = p + 8;
    assert_non_null(at);
    snprintf(token, room, "%.*s", (int)strcspn(at, "\""), at);
}

static void a_mark_resumes(void **state)
{
    struct world *w = *state;
    char token[80];
    char params[200];
    greet(w, "def");
    the_last_mark(ask(w, "subscribe", "{\"sub\":\"a\"}"), token, sizeof token);
    ask(w, "unsubscribe", "{\"sub\":\"a\"}");
    revision_arrives(w, 17, "u-2", 4, 3);
    snprintf(params, sizeof params, "{\"sub\":\"a\",\"since\":\"%s\"}", token);
    const char *said = ask(w, "subscribe", params);
    ASSERT_SAYS(said, "\"resumed\":true");
    ASSERT_SAYS(said, "\"id\":\"u-2\"");
    ASSERT_SILENT_ON(said, "\"id\":\"u-1\"");

    snprintf(params, sizeof params,
             "{\"sub\":\"b\",\"filter\":{\"modality\":[\"internat\"]},\"since\":\"%s\"}", token);
    said = ask(w, "subscribe", params);
    ASSERT_SAYS(said, "\"resumed\":false,\"why\":\"filter\"");
    ASSERT_SAYS(ask(w, "subscribe", "{\"sub\":\"c\"}"), "\"detail\":\"subscriptions\"");
    ASSERT_SAYS(ask(w, "unsubscribe", "{\"sub\":\"zz\"}"), "not_found");
}

/* A position ahead of this worker: the ledger is read, then it is waited for, or told. */
static void a_future_position_is_waited_for(void **state)
{
    struct world *w = *state;
    greet(w, "def");
    assert_string_equal(ask(w, "me", "{\"after\":\"aa.17\"}"), "");
    assert_true(w->desk.wants_ledger);
    revision_arrives(w, 17, "u-2", 4, 3);
    ASSERT_SAYS(heard(w), "\"position\":\"aa.17\"");
    assert_string_equal(ask(w, "me", "{\"after\":\"aa.18\"}"), "");
    w->now += 3 * USEC_S;
    assert_int_equal(desk_settle(&w->desk, w->now), 0);
    ASSERT_SAYS(heard(w), "\"type\":\"behind\"");
    assert_string_equal(ask(w, "me", "{\"after\":\"aa.99\"}"), "");
    replica_ledger(&w->replica, FIXTURE_AT + USEC_S, w->now);
    replica_ledger(&w->replica, FIXTURE_AT + 2 * USEC_S, w->now);
    assert_int_equal(desk_settle(&w->desk, w->now), 0);
    ASSERT_SAYS(heard(w), "\"detail\":\"future_revision\"");
    ask(w, "subscribe", "{\"sub\":\"a\",\"since\":\"ff.1.5\"}");
    replica_ledger(&w->replica, FIXTURE_AT + 3 * USEC_S, w->now);
    replica_ledger(&w->replica, FIXTURE_AT + 4 * USEC_S, w->now);
    assert_int_equal(door_tick(w->door, w->now), 0);
    ASSERT_SAYS(heard(w), "\"resumed\":false,\"why\":\"unknown_epoch\"");
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

#define CONVERSATION(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

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
        CONVERSATION(a_declaration_is_pushed_then_answered),
        CONVERSATION(a_repeated_answer_comes_from_the_log),
        CONVERSATION(refusals_of_the_database_are_told),
        CONVERSATION(a_database_that_never_answers_is_unknown),
        CONVERSATION(marks_come_every_five_seconds_and_say_stale),
        CONVERSATION(silence_is_probed_then_ends),
        CONVERSATION(one_that_never_reads_is_ended_and_bounded),
        CONVERSATION(a_reader_that_stops_is_called_slow),
        CONVERSATION(a_half_closed_peer_gets_its_answer),
        CONVERSATION(revocation_reaches_a_live_connection),
        CONVERSATION(a_changed_scope_starts_over),
        CONVERSATION(a_mark_resumes),
        CONVERSATION(a_future_position_is_waited_for),
        CONVERSATION(occupancy_adds_up),
        CONVERSATION(too_many_in_flight_are_refused),
        CONVERSATION(draining_says_when_to_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
