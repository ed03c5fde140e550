/* SPDX-License-Identifier: EUPL-1.2 */
/* Decoding keeps one order, so that one line has one answer: the bytes (scan), the JSON, its
 * outermost type, `id` (to be able to name it in the answer), `jsonrpc`, then the members of the
 * kind of message that `method`, `result` or `error` make it. */
#include "proto/rpc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/json_text.h"
#include "proto/scan.h"

/* Writes text as JSON into ret; false when it is longer than LIMIT_ID or has a control character:
 * an id that is echoed at every answer stays small. */
static bool write_id(span text, char ret[static RPC_ID_TEXT])
{
    size_t n = 0;
    if (text.n > LIMIT_ID)
        return false;
    ret[n++] = '"';
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if ((unsigned char)c < 0x20 || c == 0x7F)
            return false;
        if (c == '"' || c == '\\')
            ret[n++] = '\\';
        ret[n++] = c;
    }
    ret[n++] = '"';
    ret[n] = '\0';
    return true;
}

/* Reads `id` into ret; false when it is none of ours. Absent and null leave "null". */
static bool decode_id(const json_t *id, char ret[static RPC_ID_TEXT])
{
    char text[RPC_ID_TEXT];
    if (id == NULL || json_is_null(id))
        return true;
    if (json_is_string(id)) {
        if (!write_id((span){json_string_value(id), json_string_length(id)}, text))
            return false;
        memcpy(ret, text, sizeof text);
        return true;
    }
    if (!json_is_integer(id) || json_integer_value(id) > LIMIT_INTEGER ||
        json_integer_value(id) < -LIMIT_INTEGER)
        return false;
    snprintf(ret, RPC_ID_TEXT, "%lld", (long long)json_integer_value(id));
    return true;
}

static bool knows_all_members(json_t *message)
{
    static const char *const known[] = {"jsonrpc", "id", "method", "params"};
    const char *name;
    json_t *value;
    json_object_foreach (message, name, value) {
        size_t i = 0;
        while (i < ARRAY_LENGTH(known) && strcmp(known[i], name) != 0)
            i++;
        if (i == ARRAY_LENGTH(known))
            return false;
    }
    return true;
}

static int invalid(struct rpc_message *ret, const char *detail)
{
    ret->detail = detail;
    return RPC_INVALID;
}

static int decode_call(json_t *message, enum rpc_reader reader, struct rpc_message *ret)
{
    const json_t *id = json_object_get(message, "id");
    const json_t *method = json_object_get(message, "method");
    json_t *params = json_object_get(message, "params");

    if (reader == RPC_SERVER && !knows_all_members(message))
        return invalid(ret, "unknown_member");
    if (id != NULL && json_is_null(id))
        return invalid(ret, "bad_id");
    size_t n = json_string_length(method);
    if (!json_is_string(method) || n < 1 || n > LIMIT_METHOD)
        return invalid(ret, "bad_method");
    if (params != NULL && !json_is_object(params))
        return invalid(ret, "bad_params");

    json_t *body = params != NULL ? json_incref(params) : json_object();
    if (body == NULL)
        return -ENOMEM;
    ret->kind = id != NULL ? RPC_REQUEST : RPC_NOTIFICATION;
    memcpy(ret->method, json_string_value(method), n + 1);
    ret->body = body;
    return 0;
}

static bool is_error(const json_t *error)
{
    const json_t *data = json_object_get(error, "data");
    return json_is_integer(json_object_get(error, "code")) &&
           json_is_string(json_object_get(error, "message")) &&
           (data == NULL || json_is_object(data));
}

static int decode_answer(json_t *message, struct rpc_message *ret)
{
    const json_t *id = json_object_get(message, "id");
    json_t *result = json_object_get(message, "result");
    json_t *error = json_object_get(message, "error");

    if (result == NULL && error == NULL)
        return invalid(ret, "no_method");
    if (result != NULL && error != NULL)
        return invalid(ret, "result_and_error");
    /* Only an error may be about a line whose id could not be told. */
    if (id == NULL || (json_is_null(id) && error == NULL))
        return invalid(ret, "bad_id");
    if (error != NULL && !is_error(error))
        return invalid(ret, "bad_error");
    ret->kind = error != NULL ? RPC_ERROR : RPC_RESULT;
    ret->body = json_incref(error != NULL ? error : result);
    return 0;
}

static int decode_message(json_t *message, enum rpc_reader reader, struct rpc_message *ret)
{
    if (json_is_array(message))
        return invalid(ret, "batch");
    if (!json_is_object(message))
        return invalid(ret, "not_an_object");
    if (!decode_id(json_object_get(message, "id"), ret->id))
        return invalid(ret, "bad_id");
    const char *version = json_string_value(json_object_get(message, "jsonrpc"));
    if (version == NULL || strcmp(version, "2.0") != 0)
        return invalid(ret, "bad_jsonrpc");
    if (json_object_get(message, "method") != NULL)
        return decode_call(message, reader, ret);
    return decode_answer(message, ret);
}

int rpc_decode(span line, enum rpc_reader reader, struct rpc_message *ret)
{
    size_t structural_max = reader == RPC_SERVER ? LIMIT_STRUCTURAL : LIMIT_STRUCTURAL_ANSWER;

    ret->body = NULL;
    ret->detail = NULL;
    ret->method[0] = '\0';
    memcpy(ret->id, "null", sizeof "null");

    json_t *message = json_text_read(line, structural_max, &ret->detail);
    if (message == NULL)
        return RPC_PARSE;
    int r = decode_message(message, reader, ret);
    json_decref(message);
    return r;
}

void rpc_message_clear(struct rpc_message *m)
{
    if (m == NULL)
        return;
    json_decref(m->body);
    m->body = NULL;
}

struct rpc_error rpc_error_of(const struct rpc_message *m)
{
    const json_t *data = json_object_get(m->body, "data");
    return (struct rpc_error){
        .code = json_integer_value(json_object_get(m->body, "code")),
        .message = json_string_value(json_object_get(m->body, "message")),
        .type = json_string_value(json_object_get(data, "type")),
        .detail = json_string_value(json_object_get(data, "detail")),
        .data = data,
    };
}

bool rpc_id_number(const struct rpc_message *m, int64_t *ret)
{
    if (m->id[0] == '"' || m->id[0] == 'n')
        return false;
    *ret = strtoll(m->id, NULL, 10);
    return true;
}

/* A line being written. */
struct draft {
    char *p;
    size_t n;
    size_t room;
    int error; /* the first; later pieces are dropped */
};

static void add(struct draft *d, const char *p, size_t n)
{
    if (d->error != 0)
        return;
    if (n >= d->room - d->n) {
        size_t room = d->room > 0 ? d->room : 256;
        while (room <= d->n + n)
            room *= 2;
        char *grown = realloc(d->p, room);
        if (grown == NULL) {
            d->error = -ENOMEM;
            return;
        }
        d->p = grown;
        d->room = room;
    }
    memcpy(d->p + d->n, p, n);
    d->n += n;
    d->p[d->n] = '\0';
}

static void add_text(struct draft *d, const char *text)
{
    add(d, text, strlen(text));
}

/* text as a JSON string. */
static void add_quoted(struct draft *d, const char *text)
{
    if (!scan_utf8(span_of(text))) {
        d->error = d->error != 0 ? d->error : -EINVAL;
        return;
    }
    add_text(d, "\"");
    for (; *text != '\0'; text++) {
        char escaped[8];
        if (*text == '"' || *text == '\\')
            snprintf(escaped, sizeof escaped, "\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)*text);
        else
            snprintf(escaped, sizeof escaped, "%c", *text);
        add_text(d, escaped);
    }
    add_text(d, "\"");
}

static int add_dumped(const char *p, size_t n, void *draft)
{
    struct draft *d = draft;
    add(d, p, n);
    return d->error;
}

/* value, or {} for NULL. */
static void add_json(struct draft *d, const json_t *value)
{
    if (d->error != 0)
        return;
    if (value == NULL)
        add_text(d, "{}");
    else if (json_dump_callback(value, add_dumped, d, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
        d->error = d->error != 0 ? d->error : -ENOMEM;
}

static int finish(struct draft *d, char **ret_line)
{
    add_text(d, "}\n");
    if (d->error != 0) {
        free(d->p);
        return d->error;
    }
    *ret_line = d->p;
    return 0;
}

int rpc_build_request(const char *id, const char *method, const json_t *params, char **ret_line)
{
    struct draft d = {0};
    add_text(&d, "{\"jsonrpc\":\"2.0\",\"id\":");
    add_text(&d, id);
    add_text(&d, ",\"method\":");
    add_quoted(&d, method);
    add_text(&d, ",\"params\":");
    add_json(&d, params);
    return finish(&d, ret_line);
}

int rpc_build_notification(const char *method, const json_t *params, char **ret_line)
{
    struct draft d = {0};
    add_text(&d, "{\"jsonrpc\":\"2.0\",\"method\":");
    add_quoted(&d, method);
    add_text(&d, ",\"params\":");
    add_json(&d, params);
    return finish(&d, ret_line);
}

int rpc_build_result(const char *id, const json_t *result, char **ret_line)
{
    struct draft d = {0};
    add_text(&d, "{\"jsonrpc\":\"2.0\",\"id\":");
    add_text(&d, id);
    add_text(&d, ",\"result\":");
    add_json(&d, result);
    return finish(&d, ret_line);
}

int rpc_build_error(const char *id, int code, const char *message, const json_t *data,
                    char **ret_line)
{
    struct draft d = {0};
    char number[16];
    snprintf(number, sizeof number, "%d", code);
    add_text(&d, "{\"jsonrpc\":\"2.0\",\"id\":");
    add_text(&d, id);
    add_text(&d, ",\"error\":{\"code\":");
    add_text(&d, number);
    add_text(&d, ",\"message\":");
    add_quoted(&d, message);
    if (data != NULL) {
        add_text(&d, ",\"data\":");
        add_json(&d, data);
    }
    add_text(&d, "}");
    return finish(&d, ret_line);
}
