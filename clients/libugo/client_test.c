/* SPDX-License-Identifier: EUPL-1.2 */
/* Greeting, requests, silence, endings. */
#include "clients/libugo/script_test.h"

#define RPC "{\"jsonrpc\":\"2.0\","

static uint64_t asks(struct script *t, const char *method, const char *params, unsigned flags)
{
    uint64_t id = 0;
    json_t *p = json_loads(params, 0, NULL);
    assert_non_null(p);
    assert_int_equal(ugo_request(t->c, method, p, flags, &id), 0);
    json_decref(p);
    return id;
}

static void a_request_waits_for_hello(void **state)
{
    struct script *t = *state;
    asks(t, "me", "{}", 0);
    expects_silence(t);
    comes_online(t, 2);
    expects(t, RPC "\"id\":1,\"method\":\"me\",\"params\":{}}");
    says(t, RPC "\"id\":1,\"result\":{\"account\":\"a\"},\"newer\":true}");
    struct ugo_event e = happens(t, UGO_ANSWER);
    assert_int_equal(e.request, 1);
    assert_string_equal(e.method, "me");
    assert_string_equal(json_string_value(json_object_get(e.body, "account")), "a");
    nothing_happens(t);
}

static void bytes_come_one_at_a_time(void **state)
{
    struct script *t = *state;
    t->piece = 1;
    comes_online(t, 1);
    asks(t, "me", "{}", 0);
    expects(t, RPC "\"id\":2,\"method\":\"me\",\"params\":{}}");
    says(t, RPC "\"id\":2,\"result\":{\"name\":\"Foyer des Cèdres\"}}");
    struct ugo_event e = happens(t, UGO_ANSWER);
    assert_string_equal(json_string_value(json_object_get(e.body, "name")), "Foyer des Cèdres");
}

static void several_lines_come_at_once(void **state)
{
    struct script *t = *state;
    comes_online(t, 1);
    asks(t, "a", "{}", 0);
    asks(t, "b", "{}", 0);
    says(t, RPC "\"id\":3,\"result\":{}}\n" RPC "\"method\":\"news\",\"params\":{}}\n" RPC
                "\"id\":2,\"result\":{}}");
    assert_int_equal(happens(t, UGO_ANSWER).request, 3);
    assert_int_equal(happens(t, UGO_ANSWER).request, 2);
    nothing_happens(t);
}

static void one_answer_is_taken_before_its_turn(void **state)
{
    struct script *t = *state;
    struct ugo_event e;
    comes_online(t, 1);
    asks(t, "a", "{}", 0);
    uint64_t wanted = asks(t, "b", "{}", 0);
    asks(t, "c", "{}", 0);
    says(t, RPC "\"id\":2,\"result\":{}}");
    assert_false(ugo_client_next_of(t->c, wanted, &e));
    says(t, RPC "\"id\":3,\"result\":{\"n\":3}}\n" RPC "\"id\":4,\"result\":{\"n\":4}}");
    assert_true(ugo_client_next_of(t->c, wanted, &e));
    assert_int_equal(json_integer_value(json_object_get(e.body, "n")), 3);
    assert_false(ugo_client_next_of(t->c, wanted, &e));
    assert_int_equal(happens(t, UGO_ANSWER).request, 2);
    e = happens(t, UGO_ANSWER);
    assert_int_equal(json_integer_value(json_object_get(e.body, "n")), 4);
    nothing_happens(t);
}

static void an_error_keeps_its_words(void **state)
{
    struct script *t = *state;
    comes_online(t, 1);
    asks(t, "unit.declare", "{\"unit\":\"u-1\"}", 0);
    says(t, RPC "\"id\":2,\"error\":{\"code\":-32602,\"message\":\"m\",\"data\":{\"type\":"
                "\"invalid_params\",\"errors\":[{\"pointer\":\"/open\",\"detail\":\"d\"}]}}}");
    struct ugo_event e = happens(t, UGO_ERROR);
    assert_int_equal(e.error.code, -32602);
    assert_string_equal(e.error.type, "invalid_params");
    assert_int_equal(json_array_size(json_object_get(e.error.data, "errors")), 1);
}

static void no_more_in_flight_than_the_server_takes(void **state)
{
    struct script *t = *state;
    char line[96];
    comes_online(t, 1);
    for (int i = 0; i < 5; i++)
        asks(t, "me", "{}", 0);
    for (int i = 2; i <= 4; i++) {
        snprintf(line, sizeof line, RPC "\"id\":%d,\"method\":\"me\",\"params\":{}}", i);
        expects(t, line);
    }
    expects_silence(t);
    says(t, RPC "\"id\":3,\"result\":{}}");
    expects(t, RPC "\"id\":5,\"method\":\"me\",\"params\":{}}");
    expects_silence(t);
}

static void a_keyed_write_is_sent_again(void **state)
{
    struct script *t = *state;
    const char *params = "{\"unit\":\"u-1\",\"free\":2,\"idempotency_key\":\"k\"}";
    comes_online(t, 1);
    uint64_t write = asks(t, "unit.declare", params, UGO_REPEAT);
    expects(t, RPC "\"id\":2,\"method\":\"unit.declare\",\"params\":{\"unit\":\"u-1\",\"free\":2,"
                   "\"idempotency_key\":\"k\"}}");
    connection_ends(t);
    nothing_happens(t);
    comes_online(t, 3);
    expects(t, RPC "\"id\":2,\"method\":\"unit.declare\",\"params\":{\"unit\":\"u-1\",\"free\":2,"
                   "\"idempotency_key\":\"k\"}}");
    says(t, RPC "\"id\":2,\"error\":{\"code\":30,\"message\":\"m\",\"data\":{\"type\":"
                "\"unavailable\"}}}");
    struct ugo_event e = happens(t, UGO_ERROR);
    assert_int_equal(e.request, write);
    assert_true(e.error.sent); /* the first sending may have been done */
}

static void another_write_is_lost_and_said_so(void **state)
{
    struct script *t = *state;
    comes_online(t, 1);
    asks(t, "unit.confirm", "{\"unit\":\"u-1\"}", 0);
    expects(t, RPC "\"id\":2,\"method\":\"unit.confirm\",\"params\":{\"unit\":\"u-1\"}}");
    connection_ends(t);
    struct ugo_event e = happens(t, UGO_ERROR);
    assert_int_equal(e.request, 2);
    assert_string_equal(e.error.type, "lost");
    assert_string_equal(e.method, "unit.confirm");
    assert_true(e.error.sent);
    comes_online(t, 3);
    expects_silence(t);
}

static void cancelling_tells_whether_it_had_left(void **state)
{
    struct script *t = *state;
    uint64_t early = asks(t, "me", "{}", UGO_REPEAT), late;
    assert_false(ugo_cancel(t->c, early));
    comes_online(t, 2);
    expects_silence(t);
    late = asks(t, "me", "{}", UGO_REPEAT);
    assert_true(ugo_cancel(t->c, late));
    says(t, RPC "\"id\":3,\"result\":{}}");
    nothing_happens(t);
}

static void a_request_too_large_is_not_sent(void **state)
{
    struct script *t = *state;
    json_t *params = json_object();
    uint64_t id;
    char *text = malloc(70000);
    assert_non_null(text);
    memset(text, 'x', 70000);
    json_object_set_new(params, "text", json_stringn(text, 70000));
    free(text);
    comes_online(t, 1);
    assert_int_equal(ugo_request(t->c, "me", params, UGO_REPEAT, &id), 0);
    json_decref(params);
    expects_silence(t);
    assert_string_equal(happens(t, UGO_ERROR).error.type, "too_large");
}

static void silence_is_probed_then_ends(void **state)
{
    struct script *t = *state;
    comes_online(t, 1);
    assert_int_equal(ugo_client_deadline(t->c), t->now + 15 * S);
    t->now += 15 * S;
    assert_int_equal(ugo_client_tick(t->c, t->now), 0);
    expects(t, RPC "\"id\":2,\"method\":\"echo\",\"params\":{}}");
    assert_int_equal(ugo_client_deadline(t->c), t->now + 15 * S);
    says(t, RPC "\"id\":2,\"result\":{}}");
    assert_int_equal(ugo_client_deadline(t->c), t->now + 15 * S);
    t->now += 15 * S;
    assert_int_equal(ugo_client_tick(t->c, t->now), 0);
    t->now += 15 * S;
    assert_int_equal(ugo_client_tick(t->c, t->now), 0);
    assert_string_equal(happens(t, UGO_END).error.type, "silence");
    assert_true(ugo_client_is_ending(t->c));
    expects_silence(t);
}

static void echo_is_answered(void **state)
{
    struct script *t = *state;
    comes_online(t, 1);
    says(t, RPC "\"id\":\"probe\",\"method\":\"echo\",\"params\":{\"n\":5}}");
    expects(t, RPC "\"id\":\"probe\",\"result\":{\"n\":5}}");
    says(t, RPC "\"id\":9,\"method\":\"dance\"}");
    expects(t, RPC "\"id\":9,\"error\":{\"code\":-32601,\"message\":\"no such operation\"}}");
}

static void a_server_that_does_not_greet_is_left(void **state)
{
    struct script *t = *state;
    assert_int_equal(ugo_client_connected(t->c, t->now), 0);
    expects_silence(t);
    t->now = ugo_client_deadline(t->c);
    assert_int_equal(ugo_client_tick(t->c, t->now), 0);
    assert_string_equal(happens(t, UGO_END).error.type, "no_hello");
}

static void another_version_is_refused(void **state)
{
    struct script *t = *state;
    assert_int_equal(ugo_client_connected(t->c, t->now), 0);
    says(t, RPC "\"method\":\"hello\",\"params\":{\"protocol\":[2,3]}}");
    assert_string_equal(happens(t, UGO_REFUSED).error.type, "version");
    happens(t, UGO_END);
    connection_ends(t);
    assert_int_equal(ugo_client_connect_at(t->c), INT64_MAX);
}

static void a_refused_client_stays_away_until_told(void **state)
{
    struct script *t = *state;
    assert_int_equal(ugo_client_connected(t->c, t->now), 0);
    says(t, RPC "\"method\":\"hello\",\"params\":{\"protocol\":[1,1]}}");
    says(t, RPC "\"id\":1,\"error\":{\"code\":1,\"message\":\"no\",\"data\":{\"type\":"
                "\"unauthenticated\",\"detail\":\"revoked\"}}}");
    struct ugo_event e = happens(t, UGO_REFUSED);
    assert_string_equal(e.error.type, "unauthenticated");
    assert_string_equal(e.error.detail, "revoked");
    happens(t, UGO_END);
    connection_ends(t);
    assert_int_equal(ugo_client_connect_at(t->c), INT64_MAX);
    ugo_client_retry(t->c, t->now);
    assert_int_equal(ugo_client_connect_at(t->c), t->now);
    comes_online(t, 2);
}

static void a_busy_server_is_tried_again_when_it_says(void **state)
{
    struct script *t = *state;
    assert_int_equal(ugo_client_connected(t->c, t->now), 0);
    says(t, RPC "\"method\":\"hello\",\"params\":{\"protocol\":[1,1]}}");
    says(t, RPC "\"id\":1,\"error\":{\"code\":20,\"message\":\"no\",\"data\":{\"type\":"
                "\"too_many_requests\",\"retry_after_s\":7}}}");
    assert_string_equal(happens(t, UGO_END).error.type, "too_many_requests");
    connection_ends(t);
    assert_int_equal(ugo_client_connect_at(t->c), t->now + 7 * S);
}

static void nonsense_ends_the_connection(void **state)
{
    static const char *const lines[] = {"HTTP/1.1 400 Bad Request", "{\"jsonrpc\":\"2.0\"", "[]",
                                        RPC "\"id\":1,\"id\":2,\"result\":{}}"};
    struct script *t = *state;
    int hello = 1;
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
        comes_online(t, hello++);
        says(t, lines[i]);
        assert_string_equal(happens(t, UGO_END).error.type, "protocol");
        connection_ends(t);
    }
}

static void attempts_spread_out(void **state)
{
    struct script *t = *state;
    assert_int_equal(ugo_client_connect_at(t->c), t->now);
    int64_t center = S / 4;
    for (int i = 0; i < 12; i++) {
        connection_ends(t);
        int64_t delay = ugo_client_connect_at(t->c) - t->now;
        if (center > 30 * S)
            center = 30 * S;
        assert_in_range(delay, center / 2, center * 3 / 2);
        center *= 2;
    }
    /* A connection that held ends the row. */
    comes_online(t, 1);
    t->now += 60 * S;
    connection_ends(t);
    assert_in_range(ugo_client_connect_at(t->c) - t->now, S / 8, S * 3 / 8);
}

static void bye_says_when_to_come_back(void **state)
{
    struct script *t = *state;
    comes_online(t, 1);
    says(t, RPC "\"method\":\"bye\",\"params\":{\"code\":\"restart\",\"retry_ms\":1500}}");
    struct ugo_event e = happens(t, UGO_BYE);
    assert_string_equal(json_string_value(json_object_get(e.body, "code")), "restart");
    connection_ends(t);
    assert_int_equal(ugo_client_connect_at(t->c), t->now + 1500000);
}

static void bye_for_good_keeps_away(void **state)
{
    struct script *t = *state;
    comes_online(t, 1);
    says(t, RPC "\"method\":\"bye\",\"params\":{\"code\":\"revoked\",\"retry_ms\":null}}");
    happens(t, UGO_BYE);
    assert_string_equal(happens(t, UGO_REFUSED).error.type, "revoked");
    connection_ends(t);
    assert_int_equal(ugo_client_connect_at(t->c), INT64_MAX);
}

static void the_servers_clock_is_kept(void **state)
{
    struct script *t = *state;
    int64_t us;
    comes_online(t, 1);
    assert_false(ugo_client_clock(t->c, t->now, &us));
    connection_ends(t);
    assert_int_equal(ugo_client_connected(t->c, t->now), 0);
    says(t, RPC "\"method\":\"hello\",\"params\":{\"protocol\":[1,1],\"now\":"
                "\"1970-01-01T00:01:00Z\"}}");
    t->now += 2 * S;
    assert_true(ugo_client_clock(t->c, t->now, &us));
    assert_int_equal(us, 62 * S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scripted(a_request_waits_for_hello),
        scripted(bytes_come_one_at_a_time),
        scripted(several_lines_come_at_once),
        scripted(one_answer_is_taken_before_its_turn),
        scripted(an_error_keeps_its_words),
        scripted(no_more_in_flight_than_the_server_takes),
        scripted(a_keyed_write_is_sent_again),
        scripted(another_write_is_lost_and_said_so),
        scripted(cancelling_tells_whether_it_had_left),
        scripted(a_request_too_large_is_not_sent),
        scripted(silence_is_probed_then_ends),
        scripted(echo_is_answered),
        scripted(a_server_that_does_not_greet_is_left),
        scripted(another_version_is_refused),
        scripted(a_refused_client_stays_away_until_told),
        scripted(a_busy_server_is_tried_again_when_it_says),
        scripted(nonsense_ends_the_connection),
        scripted(attempts_spread_out),
        scripted(bye_says_when_to_come_back),
        scripted(bye_for_good_keeps_away),
        scripted(the_servers_clock_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
