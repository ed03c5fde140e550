/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/rpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/memory.h"
#include "proto/plain.h"

/* Allocations of rpc.c (through the linker's --wrap) and of jansson: the one after `left` others
 * fails, once. */
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);
static int left = -1; /* negative: none fails */

static bool runs_out(void)
{
    return left >= 0 && left-- == 0;
}

void *__wrap_realloc(void *p, size_t n)
{
    return runs_out() ? NULL : __real_realloc(p, n);
}

static void *failing_malloc(size_t n)
{
    return runs_out() ? NULL : malloc(n);
}

static int use_failing_malloc(void **state)
{
    (void)state;
    json_set_alloc_funcs(failing_malloc, free);
    return 0;
}

static int use_ordinary_malloc(void **state)
{
    (void)state;
    left = -1;
    proto_memory_or_abort();
    return 0;
}

#define CALL(members) "{\"jsonrpc\":\"2.0\"," members "}"

static void decodes(enum rpc_reader reader, const char *line, enum rpc_kind kind, const char *id,
                    const char *method, const char *body)
{
    struct rpc_message m;
    assert_int_equal(rpc_decode(span_of(line), reader, &m), 0);
    assert_int_equal(m.kind, kind);
    assert_string_equal(m.id, id);
    assert_string_equal(m.method, method);
    char *got = json_dumps(m.body, JSON_COMPACT | JSON_ENCODE_ANY);
    assert_string_equal(got, body);
    free(got);
    rpc_message_clear(&m);
}

static void refuses(enum rpc_reader reader, span line, int outcome, const char *detail,
                    const char *id)
{
    struct rpc_message m;
    int r = rpc_decode(line, reader, &m);
    const char *got = r > 0 ? m.detail : "none";
    if (r != outcome || strcmp(got, detail) != 0 || strcmp(m.id, id) != 0)
        fail_msg("%.*s: %d %s %s", (int)line.n, line.n > 0 ? line.p : "", r, got, m.id);
}

static void calls(void **state)
{
    (void)state;
    for (enum rpc_reader r = RPC_SERVER; r <= RPC_CLIENT; r++) {
        decodes(r, CALL("\"id\":7,\"method\":\"me\""), RPC_REQUEST, "7", "me", "{}");
        decodes(r, CALL("\"id\":\"a\\\"\\\\é\",\"method\":\"me\",\"params\":{\"x\":[1]}"),
                RPC_REQUEST, "\"a\\\"\\\\é\"", "me", "{\"x\":[1]}");
        decodes(r, CALL("\"id\":\"\",\"method\":\"me\""), RPC_REQUEST, "\"\"", "me", "{}");
        decodes(r, CALL("\"id\":-9007199254740991,\"method\":\"m\""), RPC_REQUEST,
                "-9007199254740991", "m", "{}");
        decodes(r, " {\"method\":\"bye\",\"jsonrpc\":\"2.0\"}\r", RPC_NOTIFICATION, "null", "bye",
                "{}");
    }
    decodes(RPC_CLIENT, CALL("\"id\":7,\"method\":\"echo\",\"new\":1"), RPC_REQUEST, "7", "echo",
            "{}");
}

static void answers(void **state)
{
    (void)state;
    for (enum rpc_reader r = RPC_SERVER; r <= RPC_CLIENT; r++) {
        decodes(r, CALL("\"id\":7,\"result\":{\"x\":1},\"new\":1"), RPC_RESULT, "7", "",
                "{\"x\":1}");
        decodes(r, CALL("\"id\":7,\"result\":null"), RPC_RESULT, "7", "", "null");
        decodes(r, CALL("\"id\":null,\"error\":{\"code\":1,\"message\":\"m\",\"new\":1}"),
                RPC_ERROR, "null", "", "{\"code\":1,\"message\":\"m\",\"new\":1}");
    }
}

static void errors(void **state)
{
    (void)state;
    struct rpc_message m;
    int64_t id;
    span line = span_of(CALL("\"id\":7,\"error\":{\"code\":-32602,\"message\":\"m\",\"data\":"
                             "{\"type\":\"invalid_params\",\"detail\":\"d\",\"errors\":[]}}"));
    assert_int_equal(rpc_decode(line, RPC_CLIENT, &m), 0);
    struct rpc_error e = rpc_error_of(&m);
    assert_int_equal(e.code, -32602);
    assert_string_equal(e.message, "m");
    assert_string_equal(e.type, "invalid_params");
    assert_string_equal(e.detail, "d");
    assert_true(json_is_array(json_object_get(e.data, "errors")));
    assert_true(rpc_id_number(&m, &id));
    assert_int_equal(id, 7);
    rpc_message_clear(&m);

    line = span_of(CALL("\"id\":\"7\",\"error\":{\"code\":1,\"message\":\"m\"}"));
    assert_int_equal(rpc_decode(line, RPC_CLIENT, &m), 0);
    e = rpc_error_of(&m);
    assert_null(e.type);
    assert_null(e.detail);
    assert_null(e.data);
    assert_false(rpc_id_number(&m, &id));
    rpc_message_clear(&m);
    rpc_message_clear(&m);
    rpc_message_clear(NULL);
}

static void refused_calls(void **state)
{
    (void)state;
    static const struct {
        const char *line, *detail, *id;
    } cases[] = {
        {"[]", "batch", "null"},
        {"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"me\"}]", "batch", "null"},
        {"3", "not_an_object", "null"},
        {"\"me\"", "not_an_object", "null"},
        {"null", "not_an_object", "null"},
        {"{}", "bad_jsonrpc", "null"},
        {"{\"id\":3,\"method\":\"me\"}", "bad_jsonrpc", "3"},
        {"{\"jsonrpc\":2.0,\"id\":3,\"method\":\"me\"}", "bad_jsonrpc", "3"},
        {"{\"jsonrpc\":\"2.1\",\"id\":3,\"method\":\"me\"}", "bad_jsonrpc", "3"},
        {CALL("\"id\":3"), "no_method", "3"},
        {CALL("\"id\":null,\"method\":\"me\""), "bad_id", "null"},
        {CALL("\"id\":1.0,\"method\":\"me\""), "bad_id", "null"},
        {CALL("\"id\":true,\"method\":\"me\""), "bad_id", "null"},
        {CALL("\"id\":[],\"method\":\"me\""), "bad_id", "null"},
        {CALL("\"id\":9007199254740992,\"method\":\"me\""), "bad_id", "null"},
        {CALL("\"id\":-9007199254740992,\"method\":\"me\""), "bad_id", "null"},
        {CALL("\"id\":\"a\\nb\",\"method\":\"me\""), "bad_id", "null"},
        {CALL("\"id\":\"\\u007f\",\"method\":\"me\""), "bad_id", "null"},
        {CALL("\"id\":3,\"method\":7"), "bad_method", "3"},
        {CALL("\"id\":3,\"method\":\"\""), "bad_method", "3"},
        {CALL("\"id\":3,\"method\":null"), "bad_method", "3"},
        {CALL("\"id\":3,\"method\":\"me\",\"params\":[]"), "bad_params", "3"},
        {CALL("\"id\":3,\"method\":\"me\",\"params\":null"), "bad_params", "3"},
        {CALL("\"id\":3,\"method\":\"me\",\"result\":{}"), "unknown_member", "3"},
        {CALL("\"id\":3,\"method\":\"me\",\"token\":\"x\""), "unknown_member", "3"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        refuses(RPC_SERVER, span_of(cases[i].line), RPC_INVALID, cases[i].detail, cases[i].id);
}

static void refused_answers(void **state)
{
    (void)state;
    refuses(RPC_CLIENT, span_of(CALL("\"id\":3,\"result\":1,\"error\":{}")), RPC_INVALID,
            "result_and_error", "3");
    refuses(RPC_CLIENT, span_of(CALL("\"id\":null,\"result\":1")), RPC_INVALID, "bad_id", "null");
    refuses(RPC_CLIENT, span_of(CALL("\"result\":1")), RPC_INVALID, "bad_id", "null");
    refuses(RPC_CLIENT, span_of(CALL("\"error\":{\"code\":1,\"message\":\"m\"}")), RPC_INVALID,
            "bad_id", "null");
    refuses(RPC_CLIENT, span_of(CALL("\"id\":3,\"error\":1")), RPC_INVALID, "bad_error", "3");
    refuses(RPC_CLIENT, span_of(CALL("\"id\":3,\"error\":{\"code\":\"1\",\"message\":\"m\"}")),
            RPC_INVALID, "bad_error", "3");
    refuses(RPC_CLIENT, span_of(CALL("\"id\":3,\"error\":{\"code\":1}")), RPC_INVALID, "bad_error",
            "3");
    refuses(RPC_CLIENT,
            span_of(CALL("\"id\":3,\"error\":{\"code\":1,\"message\":\"m\",\"data\":[]}")),
            RPC_INVALID, "bad_error", "3");
}

static void no_json(void **state)
{
    (void)state;
    static const struct {
        const char *line, *detail;
    } cases[] = {
        {"", "not_json"},
        {"  \r", "not_json"},
        {"{", "not_json"},
        {"{}{}", "not_json"},
        {"{'a':1}", "not_json"},
        {"{\"a\":1,}", "not_json"},
        {"{\"a\":01}", "not_json"},
        {"{\"a\":NaN}", "not_json"},
        {"\xEF\xBB\xBF{}", "not_json"},
        {"{\"a\":\"\\ud800\"}", "not_json"},
        {"{\"a\":1,\"a\":1}", "duplicate_key"},
        {"{\"a\":1,\"\\u0061\":1}", "duplicate_key"},
        {"{\"p\":[{\"a\":{\"b\":1,\"b\":2}}]}", "duplicate_key"},
        {"{\"a\":\"x\\u0000\"}", "nul_character"},
        {"{\"a\\u0000b\":1}", "nul_character"},
        {"{\"a\":9223372036854775808}", "number_out_of_range"},
        {"{\"a\":1e999}", "number_out_of_range"},
        {"{\"a\":\"\xE9\"}", "not_utf8"},
        {"{\"a\":\"\t\"}", "control_byte"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        for (enum rpc_reader r = RPC_SERVER; r <= RPC_CLIENT; r++)
            refuses(r, span_of(cases[i].line), RPC_PARSE, cases[i].detail, "null");
    refuses(RPC_SERVER, (span){NULL, 0}, RPC_PARSE, "not_json", "null");
    refuses(RPC_SERVER, (span){"{}\0", 3}, RPC_PARSE, "control_byte", "null");
}

static void limits(void **state)
{
    (void)state;
    char line[3 * LIMIT_STRUCTURAL], filler[200];

    /* The message is depth 1, its params 2. */
    memset(filler, '[', LIMIT_DEPTH);
    memset(filler + LIMIT_DEPTH, ']', LIMIT_DEPTH);
    int more = LIMIT_DEPTH - 2;
    for (int extra = 0; extra < 2; extra++) {
        int n = snprintf(line, sizeof line,
                         CALL("\"id\":1,\"method\":\"m\",\"params\":{\"a\":%.*s%.*s}"),
                         more + extra, filler, more + extra, filler + LIMIT_DEPTH);
        struct rpc_message m;
        assert_int_equal(rpc_decode((span){line, (size_t)n}, RPC_SERVER, &m),
                         extra ? RPC_PARSE : 0);
        if (extra)
            assert_string_equal(m.detail, "too_deep");
        rpc_message_clear(&m);
    }

    /* 14 structural characters and those commas. */
    for (int commas = LIMIT_STRUCTURAL - 16; commas < LIMIT_STRUCTURAL - 12; commas++) {
        size_t n = (size_t)snprintf(line, sizeof line,
                                    CALL("\"id\":1,\"method\":\"m\",\"params\":{\"a\":[0"));
        n -= 1;
        for (int i = 0; i < commas; i++)
            n += (size_t)snprintf(line + n, sizeof line - n, ",0");
        n += (size_t)snprintf(line + n, sizeof line - n, "]}}");
        bool fits = commas + 14 <= LIMIT_STRUCTURAL;
        struct rpc_message m;
        assert_int_equal(rpc_decode((span){line, n}, RPC_SERVER, &m), fits ? 0 : RPC_PARSE);
        if (!fits)
            assert_string_equal(m.detail, "too_complex");
        rpc_message_clear(&m);
        assert_int_equal(rpc_decode((span){line, n}, RPC_CLIENT, &m), 0);
        rpc_message_clear(&m);
    }

    for (int length = 63; length < 67; length++) {
        memset(filler, '"', sizeof filler);
        char quoted[200] = "";
        for (int i = 0; i < length; i++)
            memcpy(quoted + 2 * i, "\\\"", 3);
        struct rpc_message m;
        int n = snprintf(line, sizeof line, CALL("\"id\":\"%s\",\"method\":\"m\""), quoted);
        assert_int_equal(rpc_decode((span){line, (size_t)n}, RPC_SERVER, &m),
                         length <= LIMIT_ID ? 0 : RPC_INVALID);
        assert_int_equal(strlen(m.id), length <= LIMIT_ID ? 2 * (size_t)length + 2 : 4);
        rpc_message_clear(&m);
        memset(filler, 'm', sizeof filler);
        n = snprintf(line, sizeof line, CALL("\"id\":1,\"method\":\"%.*s\""), length, filler);
        assert_int_equal(rpc_decode((span){line, (size_t)n}, RPC_SERVER, &m),
                         length <= LIMIT_METHOD ? 0 : RPC_INVALID);
        rpc_message_clear(&m);
    }
}

static void built(int r, char *line, const char *expected)
{
    assert_int_equal(r, 0);
    assert_string_equal(line, expected);
    free(line);
}

static void builds(void **state)
{
    (void)state;
    char *line = NULL;
    json_t *params = json_pack("{s:s,s:[i,f]}", "a", "é\n", "b", 1, 1.5);
    int r = rpc_build_request("7", "echo", params, &line);
    built(r, line,
          "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"echo\",\"params\":"
          "{\"a\":\"é\\n\",\"b\":[1,1.5]}}\n");
    r = rpc_build_request("\"a\"", "a\"\\\x01", NULL, &line);
    built(r, line,
          "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"a\\\"\\\\\\u0001\","
          "\"params\":{}}\n");
    r = rpc_build_notification("bye", NULL, &line);
    built(r, line, "{\"jsonrpc\":\"2.0\",\"method\":\"bye\",\"params\":{}}\n");
    r = rpc_build_result("7", params, &line);
    built(r, line, "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"a\":\"é\\n\",\"b\":[1,1.5]}}\n");
    r = rpc_build_error("null", -32700, "no", NULL, &line);
    built(r, line,
          "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,"
          "\"message\":\"no\"}}\n");
    r = rpc_build_error("7", 1, "no", params, &line);
    built(r, line,
          "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":1,\"message\":\"no\","
          "\"data\":{\"a\":\"é\\n\",\"b\":[1,1.5]}}}\n");
    line = NULL;
    assert_int_equal(rpc_build_request("7", "\xFF", params, &line), -EINVAL);
    assert_int_equal(rpc_build_error("7", 1, "\xC3", NULL, &line), -EINVAL);
    assert_null(line);
    json_decref(params);
}

/* What one side builds the other decodes to the same. */
static void round_trip(void **state)
{
    (void)state;
    char *line = NULL;
    struct rpc_message m;
    json_t *params = json_pack("{s:s,s:I,s:n}", "t", "\"\\/é", "i", (json_int_t)INT64_MIN, "z");
    assert_int_equal(rpc_build_request("\"\\\"\"", "unit.get", params, &line), 0);
    span sent = {line, strlen(line) - 1};
    assert_int_equal(line[sent.n], '\n');
    assert_null(memchr(line, '\n', sent.n));
    assert_int_equal(rpc_decode(sent, RPC_SERVER, &m), 0);
    assert_string_equal(m.id, "\"\\\"\"");
    assert_true(json_equal(m.body, params));
    rpc_message_clear(&m);
    free(line);
    json_decref(params);
}

/* Every allocation fails once; what was there before is whole, and nothing leaks. */
static void memory_runs_out_building(void **state)
{
    (void)state;
    json_t *params = json_pack("{s:s,s:{s:[i,i]}}", "a", "b", "c", "d", 1, 2);
    char filler[600];
    memset(filler, 'm', sizeof filler - 1);
    filler[sizeof filler - 1] = '\0';
    int failures = 0;
    for (bool failed = true; failed; failures += failed) {
        char *line = NULL;
        left = failures;
        int r = rpc_build_error("7", 1, filler, params, &line);
        failed = left < 0;
        left = -1;
        assert_int_equal(r, failed ? -ENOMEM : 0);
        assert_int_equal(line != NULL, !failed);
        free(line);
    }
    assert_in_range(failures, 3, 50);
    json_decref(params);
}

/* Decoding, after the line was read (jansson is not safe then, see proto/memory.h). */
static void memory_runs_out_decoding(void **state)
{
    (void)state;
    span line = span_of(CALL("\"id\":7,\"method\":\"me\""));
    left = 1000;
    json_t *parsed = plain_read(line);
    int parser = 1000 - left;
    left = -1;
    assert_non_null(parsed);
    json_decref(parsed);

    int failures = 0;
    for (bool failed = true; failed; failures += failed) {
        struct rpc_message m;
        left = parser + failures;
        int r = rpc_decode(line, RPC_SERVER, &m);
        failed = left < 0;
        left = -1;
        assert_int_equal(r, failed ? -ENOMEM : 0);
        rpc_message_clear(&m);
    }
    assert_in_range(failures, 2, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls),
        cmocka_unit_test(answers),
        cmocka_unit_test(errors),
        cmocka_unit_test(refused_calls),
        cmocka_unit_test(refused_answers),
        cmocka_unit_test(no_json),
        cmocka_unit_test(limits),
        cmocka_unit_test(builds),
        cmocka_unit_test(round_trip),
        cmocka_unit_test_setup_teardown(memory_runs_out_building, use_failing_malloc,
                                        use_ordinary_malloc),
        cmocka_unit_test_setup_teardown(memory_runs_out_decoding, use_failing_malloc,
                                        use_ordinary_malloc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
