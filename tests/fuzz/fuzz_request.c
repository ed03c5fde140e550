/* SPDX-License-Identifier: EUPL-1.2 */
/* One line through the message codec, as server and as client read it, and its params through a
 * table that has every type. What decodes must survive being written and read again; what is
 * refused must say a known reason. */
#include "tests/fuzz/fuzz.h"

#include "proto/format.h"
#include "proto/limits.h"
#include "proto/line.h"
#include "proto/memory.h"
#include "proto/plain.h"
#include "proto/rpc.h"
#include "proto/scan.h"
#include "proto/shape.h"

static const char *const codes[] = {"urgence", NULL, "familial"};
static const struct shape inner[] = {
    {"n", SHAPE_INT, .required = true, .max = 9999},
    {"reason", SHAPE_TEXT, .format = format_code},
    {"reopens_on", SHAPE_TEXT, .nullable = true, .format = format_date},
    {0},
};
static const struct shape element = {NULL, SHAPE_CODE, .one_of = codes, .n_one_of = 3};
static const struct shape object = {NULL, SHAPE_OBJECT, .members = inner};
static const struct shape table[] = {
    {"unit", SHAPE_TEXT, .required = true, .format = format_unit_id},
    {"free", SHAPE_INT, .max = 9999},
    {"max_km", SHAPE_NUMBER, .max = 1500},
    {"emergency", SHAPE_BOOL},
    {"client", SHAPE_TEXT, .min = 1, .max = 64},
    {"modality", SHAPE_ARRAY, .min = 1, .max = 10, .element = &element},
    {"closed", SHAPE_OBJECT, .members = inner},
    {"children", SHAPE_ARRAY, .max = 10, .element = &object},
    {"point", SHAPE_POINT, .nullable = true},
    {"observed_at", SHAPE_TEXT, .format = format_instant},
    {"after", SHAPE_TEXT, .format = format_position},
    {"filter", SHAPE_ANY},
    {0},
};

static void check_params(const json_t *params)
{
    struct shape_errors errors = {0};
    double lat, lon;
    int r = shape_check(table, params, &errors);
    REQUIRE((r == 0) == (errors.n == 0));
    for (int i = 0; i < shape_errors_listed(&errors); i++) {
        span pointer = span_of(errors.list[i].pointer);
        REQUIRE(pointer.n < SHAPE_POINTER_MAX && scan_utf8(pointer));
        REQUIRE(pointer.n == 0 || pointer.p[0] == '/');
        REQUIRE(format_code(span_of(errors.list[i].detail)));
    }
    if (r != 0)
        return;
    REQUIRE(shape_text(params, "unit") != NULL);
    REQUIRE(shape_int(params, "free", 0) >= 0 && shape_int(params, "free", 0) <= 9999);
    REQUIRE(!shape_point(params, "point", &lat, &lon) || (lat >= -90 && lat <= 90));
    REQUIRE(shape_has(params, "observed_at") ==
            (shape_instant(params, "observed_at", INT64_MIN) != INT64_MIN));
}

static int build(const struct rpc_message *m, char **ret_line)
{
    struct rpc_error e;
    switch (m->kind) {
    case RPC_REQUEST:
        return rpc_build_request(m->id, m->method, m->body, ret_line);
    case RPC_NOTIFICATION:
        return rpc_build_notification(m->method, m->body, ret_line);
    case RPC_RESULT:
        return rpc_build_result(m->id, m->body, ret_line);
    case RPC_ERROR:
        e = rpc_error_of(m);
        return rpc_build_error(m->id, (int)e.code, e.message, e.data, ret_line);
    }
    abort();
}

/* Written by one side, cut and read by the other, a message is the same. */
static void check_again(const struct rpc_message *m, enum rpc_reader reader)
{
    char *line = NULL;
    struct line_splitter l = line_splitter(SIZE_MAX / 4);
    struct rpc_message again;
    REQUIRE(build(m, &line) == 0);
    span in = span_of(line), got;
    REQUIRE(line_next(&l, &in, &got) == 0 && in.n == 0);
    REQUIRE(rpc_decode(got, reader, &again) == 0);
    REQUIRE(again.kind == m->kind && strcmp(again.id, m->id) == 0);
    REQUIRE(strcmp(again.method, m->method) == 0);
    /* An error is built from what we know of it. */
    REQUIRE(m->kind == RPC_ERROR || json_equal(again.body, m->body));
    rpc_message_clear(&again);
    line_splitter_free(&l);
    free(line);
}

static void check_reader(span line, enum rpc_reader reader)
{
    struct rpc_message m;
    int r = rpc_decode(line, reader, &m);
    json_t *id = json_loads(m.id, JSON_DECODE_ANY, NULL);
    REQUIRE(json_is_null(id) || json_is_string(id) || json_is_integer(id));
    json_decref(id);
    if (r != 0) {
        REQUIRE(r == RPC_PARSE || r == RPC_INVALID);
        REQUIRE(format_code(span_of(m.detail)) && m.body == NULL);
        return;
    }
    REQUIRE(m.detail == NULL && m.body != NULL);
    if (m.kind == RPC_REQUEST || m.kind == RPC_NOTIFICATION)
        check_params(m.body);
    check_again(&m, reader);
    rpc_message_clear(&m);
}

/* What the quick reader takes, jansson takes for the same. */
static void check_plain(span line)
{
    if (scan_line(line, LIMIT_DEPTH, LIMIT_STRUCTURAL_ANSWER) != 0)
        return;
    json_t *plain = plain_read(line);
    json_t *judged = json_loadb(line.n > 0 ? line.p : "", line.n,
                                JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    REQUIRE(plain == NULL || json_equal(plain, judged));
    json_decref(plain);
    json_decref(judged);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    proto_memory_or_abort();
    json_object_seed(1);
    check_plain((span){(const char *)bytes, n});
    check_reader((span){(const char *)bytes, n}, RPC_SERVER);
    check_reader((span){(const char *)bytes, n}, RPC_CLIENT);
    return 0;
}
