/* SPDX-License-Identifier: EUPL-1.2 */
/* A node whose three machines are spoken to by a script: what a turn wants of its driver, and when
 * doors are woken. */
#include "node/node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/hold_fixture.h"
#include "sync/script_fixture.h"

#define AT "1763748000000000" /* FIXTURE_AT */

struct fixture {
    struct node node;
    struct door *door;
    usec_t now;
    int events[NODE_JOURNAL_FULL + 1];
    char out[64 * 1024];
};

static void count_event(void *ctx, enum node_event event, const char *text, int64_t number)
{
    struct fixture *x = ctx;
    (void)text;
    (void)number;
    x->events[event]++;
}

/* The database's side */

static struct sync_machine *follower_of(struct fixture *x)
{
    return follower_machine(x->node.follower);
}

static void answer(struct fixture *x, struct sync_machine *m, enum query query, int n_cols,
                   int n_rows, const char *const *cells)
{
    struct statement sent;
    assert_int_equal(script_next(m, x->now, &sent), query);
    script_done(m, x->now, n_cols, n_rows, cells);
}

static void follow(struct fixture *x, const char *revision, const char *at, const char *kind,
                   const char *id, const char *state)
{
    const char *const cells[12] = {
        "aa", revision, at, kind ? revision : NULL, "1", "1", at, "ana", "op", kind, id, state};
    answer(x, follower_of(x), QUERY_FOLLOW, 12, 1, cells);
}

static void notify(struct fixture *x, const char *revision)
{
    follower_of(x)->ops->notified(follower_of(x), x->now, revision);
}

static void load(struct fixture *x)
{
    char unit[2048];
    char digest[DIGEST_TEXT];
    struct fixture_unit u = {"e-1", "d31", "exact", 10, 8, 144, 216, FIXTURE_AT};
    digest_hex(span_of("token-of-mecs-1"), digest);
    static const char credential[] =
        "{\"account\":\"mecs-1\",\"type\":\"token\",\"expires_at\":null,\"revoked\":false,"
        "\"label\":null}";
    const char *const records[] = {
        "territory",     "d31",    "1", "{\"name\":\"31\",\"level\":\"dep\",\"parent\":null}",
        "establishment", "e-1",    "2", FIXTURE_ESTABLISHMENT("d31"),
        "unit",          "u-1",    "3", fixture_unit_state(&u, unit, sizeof unit),
        "account",       "mecs-1", "4", FIXTURE_ACCOUNT("establishment", "", "\"e-1\""),
        "credential",    digest,   "5", credential};
    struct sync_machine *m = follower_of(x);
    m->ops->ready(m, x->now);
    answer(x, m, QUERY_LISTEN, 0, 0, NULL);
    answer(x, m, QUERY_BEGIN_READ, 0, 0, NULL);
    answer(x, m, QUERY_LEDGER, 4, 1, (const char *const[]){"aa", "7", AT, "0"});
    answer(x, m, QUERY_EPOCHS, 2, 1, (const char *const[]){"aa", "0"});
    answer(x, m, QUERY_OPEN_RECORDS, 0, 0, NULL);
    answer(x, m, QUERY_FETCH_RECORDS, 4, ARRAY_LENGTH(records) / 4, records);
    answer(x, m, QUERY_OPEN_DEPARTED, 0, 0, NULL);
    answer(x, m, QUERY_FETCH_DEPARTED, 5, 0, NULL);
    answer(x, m, QUERY_COMMIT, 0, 0, NULL);
}

/* The driver's side */

static struct node_wants turn(struct fixture *x)
{
    struct node_wants wants;
    assert_int_equal(node_turn(&x->node, x->now, &wants), 0);
    return wants;
}

static void end_turn(struct fixture *x)
{
    node_turn_end(&x->node);
}

static const char *pull(struct fixture *x)
{
    size_t n = 0;
    size_t got;
    while ((got = door_pull(x->door, x->now, x->out + n, sizeof x->out - n - 1)) > 0)
        n += got;
    x->out[n] = 0;
    return x->out;
}

static void say(struct fixture *x, const char *line)
{
    assert_int_equal(door_feed(x->door, x->now, span_of(line)), 0);
    assert_int_equal(door_feed(x->door, x->now, span_of("\n")), 0);
}

static int setup(void **state)
{
    struct fixture *x = calloc(1, sizeof *x);
    assert_non_null(x);
    struct node_settings settings = {
        .line = {.hello_timeout = 5 * USEC_S,
                 .silence_probe = 15 * USEC_S,
                 .silence_end = 30 * USEC_S,
                 .slow_no_byte = 30 * USEC_S,
                 .max_line = 64 * 1024,
                 .max_line_hello = 8 * 1024,
                 .in_flight = 4,
                 .subscriptions = 2},
        .feed = {.mark_every = 5 * USEC_S,
                 .slow_no_mark = 60 * USEC_S,
                 .behind_wait = 3 * USEC_S,
                 .output_bytes = 256 * 1024},
        .desk = {.command_wait = 10 * USEC_S, .behind_wait = 3 * USEC_S},
        .name = "0123456789abcdef",
        .seed = 1,
        .event = count_event,
        .ctx = x,
    };
    assert_int_equal(node_init(&x->node, &settings), 0);
    struct sync_machine *writer = writer_machine(x->node.writer);
    struct sync_machine *reader = reader_machine(x->node.reader);
    struct sync_machine *history = reader_machine(x->node.history);
    writer->ops->ready(writer, 0);
    reader->ops->ready(reader, 0);
    history->ops->ready(history, 0);
    *state = x;
    return 0;
}

/* Loaded, with one connection that is greeted and has nothing to hear. */
static int setup_greeted(void **state)
{
    setup(state);
    struct fixture *x = *state;
    load(x);
    turn(x);
    end_turn(x);
    struct sync_machine *history = reader_machine(x->node.history);
    answer(x, history, QUERY_RETAIN, 1, 1, (const char *const[]){"f"});
    answer(x, history, QUERY_UNIT_SPANS, 1, 1, (const char *const[]){"f"});
    x->door = line_open(&x->node.line, x->now, "");
    say(x, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\",\"params\":{\"protocol\":[1,1],"
           "\"client\":\"test/1\",\"token\":\"token-of-mecs-1\"}}");
    assert_non_null(strstr(pull(x), "\"id\":1,\"result\""));
    return 0;
}

static int teardown(void **state)
{
    struct fixture *x = *state;
    door_free(x->door);
    node_free(&x->node);
    free(x);
    return 0;
}

/* Tests */

static void a_load_opens_the_doors(void **state)
{
    struct fixture *x = *state;
    turn(x);
    end_turn(x);
    assert_false(node_is_loaded(&x->node));
    load(x);
    struct node_wants wants = turn(x);
    assert_true(node_is_loaded(&x->node));
    assert_int_equal(x->events[NODE_LOADED], 1);
    assert_true(wants.wake_doors);
    assert_true(wants.history); /* what is too old is let go */
    assert_false(wants.reader);
}

static void doors_sleep_while_nothing_changes(void **state)
{
    struct fixture *x = *state;
    assert_false(turn(x).wake_doors);
    end_turn(x);
    x->now = USEC_S;
    follow(x, "7", "1763748001000000", NULL, NULL, NULL); /* a heartbeat */
    struct node_wants wants = turn(x);
    assert_false(wants.wake_doors || wants.staleness || wants.follower || wants.writer);
    assert_null(node_answered(&x->node));
}

static void a_changed_record_wakes_all_doors(void **state)
{
    struct fixture *x = *state;
    char unit[2048];
    struct fixture_unit u = {"e-1", "d31", "exact", 10, 9, 144, 216, FIXTURE_AT};
    notify(x, "8");
    follow(x, "8", AT, "unit", "u-1", fixture_unit_state(&u, unit, sizeof unit));
    assert_true(turn(x).wake_doors);
    end_turn(x);
    assert_false(turn(x).wake_doors);
}

static void changed_rights_wake_all_doors(void **state)
{
    struct fixture *x = *state;
    notify(x, "8");
    follow(x, "8", AT, "account", "mecs-1", FIXTURE_ACCOUNT("establishment", "", ""));
    assert_true(turn(x).wake_doors);
    end_turn(x);
    assert_false(turn(x).wake_doors);
}

/* Deadlines that stand in logical time have come nearer. */
static void a_leap_of_logical_time_wakes_all_doors(void **state)
{
    struct fixture *x = *state;
    x->now = USEC_S;
    follow(x, "7", "1763748061000000", NULL, NULL, NULL);
    assert_true(turn(x).wake_doors);
    end_turn(x);
    assert_false(turn(x).wake_doors);
}

static void staleness_is_told_once(void **state)
{
    struct fixture *x = *state;
    x->now = REPLICA_STALE_AFTER + 1;
    struct node_wants wants = turn(x);
    assert_true(wants.staleness && wants.wake_doors && x->node.stale);
    end_turn(x);
    wants = turn(x);
    assert_false(wants.staleness || wants.wake_doors);
    follow(x, "7", "1763748003000001", NULL, NULL, NULL);
    wants = turn(x);
    assert_true(wants.staleness && wants.wake_doors && !x->node.stale);
}

/* The writer's answer itself makes the follower ask; whoever asked is woken, and nobody twice. */
static void a_declaration_goes_round(void **state)
{
    struct fixture *x = *state;
    char unit[2048];
    struct fixture_unit u = {"e-1", "d31", "exact", 10, 9, 144, 216, FIXTURE_AT};
    say(x, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"unit.declare\",\"params\":{"
           "\"unit\":\"u-1\",\"free\":1}}");
    struct node_wants wants = turn(x);
    assert_true(wants.writer);
    assert_false(wants.wake_doors || wants.follower);
    end_turn(x);
    answer(x, writer_machine(x->node.writer), QUERY_APPLY, 1, 1,
           (const char *const[]){"{\"epoch\":\"aa\",\"revision\":8,\"at\":" AT
                                 ",\"replies\":[{\"type\":\"ok\",\"revision\":8}]}"});
    wants = turn(x);
    assert_true(wants.follower);
    assert_false(wants.wake_doors);
    assert_null(node_answered(&x->node));
    end_turn(x);
    follow(x, "8", AT, "unit", "u-1", fixture_unit_state(&u, unit, sizeof unit));
    wants = turn(x);
    assert_true(wants.wake_doors);
    assert_ptr_equal(node_answered(&x->node), x->door);
    assert_null(node_answered(&x->node));
    assert_non_null(strstr(pull(x), "\"id\":2,\"result\":{\"unit\""));
}

/* What the database says of a command reaches who asked: what it made, or what it judged by. */
static void a_hold_goes_round(void **state)
{
    struct fixture *x = *state;
    char text[2048];
    struct fixture_hold h = {"u-1", "e-1", "d31", "d31", "mecs-1", NULL, "", "held", FIXTURE_AT, 0};
    follow(x, "8", AT, "account", "mecs-1", FIXTURE_ACCOUNT("astreinte", "\"d31\"", ""));
    turn(x);
    end_turn(x);
    say(x, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"hold.create\",\"params\":{"
           "\"unit\":\"u-1\",\"need\":{\"children\":[{}]}}}");
    turn(x);
    end_turn(x);
    answer(x, writer_machine(x->node.writer), QUERY_APPLY, 1, 1,
           (const char *const[]){"{\"epoch\":\"aa\",\"revision\":9,\"at\":" AT ",\"replies\":[{"
                                 "\"type\":\"ok\",\"revision\":9,\"answer\":{\"holds\":"
                                 "[\"h-1\"],\"refused\":[]}}]}"});
    turn(x);
    end_turn(x);
    follow(x, "9", AT, "hold", "h-1", fixture_hold_state(&h, text, sizeof text));
    turn(x);
    assert_non_null(
        strstr(pull(x), "\"id\":2,\"result\":{\"hold\":{\"kind\":\"hold\",\"id\":\"h-1\""));
    end_turn(x);

    say(x,
        "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"hold.release\",\"params\":{\"hold\":\"h-1\"}}");
    turn(x);
    end_turn(x);
    answer(x, writer_machine(x->node.writer), QUERY_APPLY, 1, 1,
           (const char *const[]){"{\"epoch\":\"aa\",\"revision\":10,\"at\":" AT ",\"replies\":[{"
                                 "\"type\":\"hold_not_active\",\"revision\":null}]}"});
    assert_true(turn(x).follower);
    assert_null(strstr(pull(x), "\"id\":3"));
    end_turn(x);
    h.state = "expired";
    follow(x, "10", AT, "hold", "h-1", fixture_hold_state(&h, text, sizeof text));
    turn(x);
    assert_non_null(strstr(pull(x), "\"type\":\"hold_not_active\",\"hold\":{"));
    assert_non_null(strstr(x->out, "\"state\":\"expired\""));
}

/* Nothing else happens when a wait is over. */
static void who_waited_too_long_is_woken(void **state)
{
    struct fixture *x = *state;
    say(x, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"me\",\"params\":{\"after\":\"aa.9\"}}");
    assert_true(turn(x).follower);
    assert_null(node_answered(&x->node));
    end_turn(x);
    x->now = 3 * USEC_S;
    assert_true(node_deadline(&x->node, 0) <= x->now);
    assert_false(turn(x).wake_doors);
    assert_ptr_equal(node_answered(&x->node), x->door);
    assert_non_null(strstr(pull(x), "\"type\":\"behind\""));
}

/* A subscription from a position that nobody has: two looks at the ledger say so. */
static void a_waiting_subscription_is_settled_by_the_ledger(void **state)
{
    struct fixture *x = *state;
    say(x, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"subscribe\",\"params\":{\"sub\":\"a\","
           "\"since\":\"aa.0.99\"}}");
    assert_true(turn(x).follower);
    end_turn(x);
    follow(x, "7", AT, NULL, NULL, NULL);
    turn(x);
    assert_null(node_answered(&x->node));
    end_turn(x);
    x->now = USEC_S;
    follow(x, "7", "1763748001000000", NULL, NULL, NULL);
    assert_false(turn(x).wake_doors);
    assert_ptr_equal(node_answered(&x->node), x->door);
    assert_non_null(strstr(pull(x), "\"why\":\"future_revision\""));
}

static void a_refused_command_is_reported_and_answered(void **state)
{
    struct fixture *x = *state;
    struct statement sent;
    struct sync_machine *writer = writer_machine(x->node.writer);
    say(x, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"unit.declare\",\"params\":{"
           "\"unit\":\"u-1\",\"free\":1}}");
    turn(x);
    end_turn(x);
    assert_int_equal(script_next(writer, x->now, &sent), QUERY_APPLY);
    script_end(writer, x->now, STATEMENT_FAILED, "XX000");
    assert_false(turn(x).follower);
    assert_int_equal(x->events[NODE_COMMAND_FAILED], 1);
    assert_ptr_equal(node_answered(&x->node), x->door);
    assert_non_null(strstr(pull(x), "\"type\":\"internal\""));
}

/* When the ledger's time grows old somebody sends a heartbeat. */
static void an_old_ledger_wants_a_heartbeat(void **state)
{
    struct fixture *x = *state;
    x->now = FOLLOWER_HEARTBEAT - 1;
    assert_false(turn(x).writer);
    end_turn(x);
    x->now = FOLLOWER_HEARTBEAT;
    assert_true(turn(x).writer);
}

static void a_door_that_is_gone_is_not_woken(void **state)
{
    struct fixture *x = *state;
    say(x, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"me\",\"params\":{\"after\":\"aa.9\"}}");
    turn(x);
    end_turn(x);
    x->now = 3 * USEC_S;
    turn(x);
    door_free(x->door);
    x->door = NULL;
    assert_null(node_answered(&x->node));
}

/* Whoever asks for months keeps nobody from what is read at once. */
static void the_past_is_read_beside(void **state)
{
    struct fixture *x = *state;
    struct statement sent;
    say(x, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"history\",\"params\":{}}");
    struct node_wants wants = turn(x);
    assert_true(wants.history && !wants.reader);
    assert_int_equal(script_next(reader_machine(x->node.reader), x->now, &sent), -1);
    assert_int_equal(script_next(reader_machine(x->node.history), x->now, &sent), QUERY_HISTORY);
}

/* Every minute, and soon again while there is more. */
static void spans_are_written(void **state)
{
    struct fixture *x = *state;
    struct statement sent;
    struct sync_machine *history = reader_machine(x->node.history);
    x->now = USEC_MIN - 1;
    turn(x);
    assert_int_equal(script_next(history, x->now, &sent), -1);
    x->now = USEC_MIN;
    assert_true(turn(x).history);
    follow(x, "7", "1763748060000000", NULL, NULL, NULL);
    answer(x, history, QUERY_UNIT_SPANS, 1, 1, (const char *const[]){"t"});
    turn(x);
    assert_int_equal(script_next(history, x->now, &sent), -1);
    x->now += USEC_S;
    turn(x);
    answer(x, history, QUERY_UNIT_SPANS, 1, 1, (const char *const[]){"f"});
    x->now += USEC_S;
    turn(x);
    assert_int_equal(script_next(history, x->now, &sent), -1);
}

#define GREETED(name) cmocka_unit_test_setup_teardown(name, setup_greeted, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_load_opens_the_doors, setup, teardown),
        GREETED(doors_sleep_while_nothing_changes),
        GREETED(a_changed_record_wakes_all_doors),
        GREETED(changed_rights_wake_all_doors),
        GREETED(a_leap_of_logical_time_wakes_all_doors),
        GREETED(staleness_is_told_once),
        GREETED(a_declaration_goes_round),
        GREETED(a_hold_goes_round),
        GREETED(who_waited_too_long_is_woken),
        GREETED(a_waiting_subscription_is_settled_by_the_ledger),
        GREETED(a_refused_command_is_reported_and_answered),
        GREETED(an_old_ledger_wants_a_heartbeat),
        GREETED(a_door_that_is_gone_is_not_woken),
        GREETED(the_past_is_read_beside),
        GREETED(spans_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
