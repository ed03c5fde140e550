/* SPDX-License-Identifier: EUPL-1.2 */
/* The golden vectors, read by the codec: vectors/messages.json and vectors/examples.json. The
 * folder is the only argument, or the one given when this was built. */
#include "proto/rpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/error.h"

static const char *folder = PROTO_VECTORS;

static json_t *vectors(const char *name)
{
    char path[4096];
    json_error_t error;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    json_t *list = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (list == NULL || json_array_size(list) == 0)
        fail_msg("%s: %s", path, list == NULL ? error.text : "no vectors");
    return list;
}

static const char *text(const json_t *vector, const char *name)
{
    const char *value = json_string_value(json_object_get(vector, name));
    return value != NULL ? value : "";
}

static char *hex_bytes(const char *hex, size_t *ret_n)
{
    size_t n = strlen(hex) / 2;
    char *bytes = calloc(1, n + 1);
    for (size_t i = 0; i < n; i++) {
        char digits[] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (char)strtol(digits, NULL, 16);
    }
    *ret_n = n;
    return bytes;
}

static char *repeated_bytes(const json_t *parts, size_t *ret_n)
{
    char *bytes = calloc(1, 256 * 1024);
    size_t n = 0, i;
    const json_t *part;
    json_array_foreach (parts, i, part) {
        const char *piece = json_string_value(json_array_get(part, 0));
        json_int_t times = json_integer_value(json_array_get(part, 1));
        for (json_int_t t = 0; t < times; t++, n += strlen(piece))
            memcpy(bytes + n, piece, strlen(piece));
    }
    *ret_n = n;
    return bytes;
}

/* The bytes of a vector, in memory of exactly their size. */
static span bytes_of(const json_t *vector)
{
    size_t n = strlen(text(vector, "line"));
    char *bytes;
    if (json_object_get(vector, "hex") != NULL)
        bytes = hex_bytes(text(vector, "hex"), &n);
    else if (json_object_get(vector, "repeat") != NULL)
        bytes = repeated_bytes(json_object_get(vector, "repeat"), &n);
    else
        bytes = strdup(text(vector, "line"));
    char *exact = malloc(n > 0 ? n : 1);
    memcpy(exact, bytes, n);
    free(bytes);
    return (span){exact, n};
}

static const char *const kinds[] = {
    [RPC_REQUEST] = "request",
    [RPC_NOTIFICATION] = "notification",
    [RPC_RESULT] = "result",
    [RPC_ERROR] = "error",
};

static int decode(const json_t *vector, struct rpc_message *ret)
{
    span bytes = bytes_of(vector);
    bool server = strcmp(text(vector, "reader"), "server") == 0;
    int r = rpc_decode(bytes, server ? RPC_SERVER : RPC_CLIENT, ret);
    free((char *)bytes.p);
    return r;
}

static bool as_expected(int r, const struct rpc_message *m, const json_t *expect)
{
    const json_t *error = json_object_get(expect, "error");
    if (strcmp(m->id, text(expect, "id")) != 0)
        return false;
    if (error != NULL) {
        int type = r == RPC_PARSE     ? ERROR_PARSE
                   : r == RPC_INVALID ? ERROR_INVALID_REQUEST
                                      : ERROR_INTERNAL;
        return strcmp(error_rows[type].type, json_string_value(error)) == 0 &&
               strcmp(m->detail, text(expect, "detail")) == 0;
    }
    return r == 0 && strcmp(kinds[m->kind], text(expect, "kind")) == 0 &&
           strcmp(m->method, text(expect, "method")) == 0 &&
           json_equal(m->body, json_object_get(expect, "body"));
}

static void messages(void **state)
{
    (void)state;
    json_t *list = vectors("messages.json");
    size_t i;
    const json_t *vector;
    json_array_foreach (list, i, vector) {
        struct rpc_message m;
        int r = decode(vector, &m);
        if (!as_expected(r, &m, json_object_get(vector, "expect")))
            fail_msg("%s: outcome %d, detail %s, id %s", text(vector, "name"), r,
                     m.detail ? m.detail : "none", m.id);
        rpc_message_clear(&m);
    }
    json_decref(list);
}

/* Every example of PROTOCOL.md decodes, and what the codec then writes is the example. */
static void examples(void **state)
{
    (void)state;
    json_t *list = vectors("examples.json");
    size_t i;
    const json_t *vector;
    json_array_foreach (list, i, vector) {
        struct rpc_message m;
        char *line = NULL;
        assert_int_equal(decode(vector, &m), 0);
        assert_string_equal(kinds[m.kind], text(vector, "kind"));
        assert_string_equal(m.id, text(vector, "id"));
        assert_string_equal(m.method, text(vector, "method"));
        int r = m.kind == RPC_REQUEST        ? rpc_build_request(m.id, m.method, m.body, &line)
                : m.kind == RPC_NOTIFICATION ? rpc_build_notification(m.method, m.body, &line)
                : m.kind == RPC_RESULT       ? rpc_build_result(m.id, m.body, &line)
                                             : 0;
        if (m.kind == RPC_ERROR) {
            struct rpc_error e = rpc_error_of(&m);
            r = rpc_build_error(m.id, (int)e.code, e.message, e.data, &line);
        }
        assert_int_equal(r, 0);
        json_t *sent = json_loads(text(vector, "line"), 0, NULL);
        json_t *built = json_loads(line, 0, NULL);
        if (json_object_get(sent, "method") != NULL && json_object_get(sent, "params") == NULL)
            json_object_set_new(sent, "params", json_object());
        assert_true(json_equal(sent, built));
        json_decref(sent);
        json_decref(built);
        free(line);
        rpc_message_clear(&m);
    }
    json_decref(list);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages),
        cmocka_unit_test(examples),
    };
    if (argc > 1)
        folder = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
