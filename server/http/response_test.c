/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/response.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <jansson.h>

#include "http/request.h"

#define SECURITY                                                                                   \
    "Strict-Transport-Security: max-age=31536000\r\nX-Content-Type-Options: nosniff\r\n"           \
    "Referrer-Policy: no-referrer\r\nCross-Origin-Opener-Policy: same-origin\r\n"                  \
    "Cross-Origin-Resource-Policy: same-origin\r\n"                                                \
    "Permissions-Policy: camera=(), microphone=(), geolocation=(self)\r\n"

static void expect(struct buf *out, const char *text)
{
    assert_int_equal(buf_check(out), 0);
    buf_char(out, '\0');
    assert_string_equal(out->p, text);
    buf_free(out);
}

static bool has(struct buf *out, const char *line)
{
    return out->n > 0 && memmem(out->p, out->n, line, strlen(line)) != NULL;
}

static void the_least(void **state)
{
    (void)state;
    struct buf out = {0};
    http_answer_write(&(struct http_head){.status = 200}, (span){NULL, 0}, false, &out);
    expect(&out,
           "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n" SECURITY "Content-Length: 0\r\n\r\n");
}

static void the_most(void **state)
{
    (void)state;
    struct buf out = {0};
    const struct http_head head = {
        .status = 200,
        .date = 1795284131 * USEC_S,
        .type = HTTP_TYPE_JSON,
        .encoding = "gzip",
        .varies = true,
        .cache = CACHE_ASK_AGAIN,
        .tag = span_of("48211"),
        .position = span_of("9b1e.48211"),
        .cookie = span_of("c2VjcmV0"),
        .allow = 1u << HTTP_GET | 1u << HTTP_HEAD,
        .retry_after_s = 7,
        .challenge = true,
        .close = true,
    };
    http_answer_write(&head, span_of("{}"), false, &out);
    expect(&out, "HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 18:02:11 GMT\r\n"
                 "Content-Type: application/json; charset=utf-8\r\nContent-Encoding: gzip\r\n"
                 "Vary: Accept-Encoding\r\nCache-Control: no-cache\r\nETag: \"48211\"\r\n"
                 "Ugo-Position: 9b1e.48211\r\nSet-Cookie: __Host-ugo=c2VjcmV0; Path=/; Secure; "
                 "HttpOnly; SameSite=Strict\r\nAllow: GET, HEAD\r\nRetry-After: 7\r\n"
                 "WWW-Authenticate: Bearer\r\n" SECURITY
                 "Connection: close\r\nContent-Length: 2\r\n\r\n{}");
}

static void dates(void **state)
{
    (void)state;
    static const struct {
        usec_t at_s;
        const char *text;
    } cases[] = {
        {1, "Date: Thu, 01 Jan 1970 00:00:01 GMT\r\n"},
        {951782400, "Date: Tue, 29 Feb 2000 00:00:00 GMT\r\n"},
        {784111777, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"}, /* RFC 9110, 5.6.7 */
        {1798761599, "Date: Thu, 31 Dec 2026 23:59:59 GMT\r\n"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct buf out = {0};
        const struct http_head head = {.status = 200, .date = cases[i].at_s * USEC_S + 999999};
        http_head_write(&head, 0, &out);
        assert_true(has(&out, cases[i].text));
        buf_free(&out);
    }
}

static void without_a_body(void **state)
{
    (void)state;
    struct buf out = {0};
    http_answer_write(&(struct http_head){.status = 200}, span_of("abc"), true, &out);
    expect(&out,
           "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n" SECURITY "Content-Length: 3\r\n\r\n");
    http_head_write(&(struct http_head){.status = 204}, 0, &out);
    expect(&out, "HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\n" SECURITY "\r\n");
    http_head_write(&(struct http_head){.status = 304, .tag = span_of("1")}, 0, &out);
    expect(&out, "HTTP/1.1 304 Not Modified\r\nCache-Control: no-store\r\nETag: \"1\"\r\n" SECURITY
                 "\r\n");
    http_stream_write(&(struct http_head){.status = 200, .type = HTTP_TYPE_EVENTS}, &out);
    expect(&out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                 "Cache-Control: no-store\r\n" SECURITY "Connection: close\r\n\r\n");
}

static void pages(void **state)
{
    (void)state;
    struct buf out = {0};
    http_head_write(&(struct http_head){.status = 200, .type = "text/html; charset=utf-8"}, 0,
                    &out);
    assert_true(has(&out, "Content-Security-Policy: default-src 'none'; script-src 'self'; "
                          "style-src 'self'; img-src 'self' data:; font-src 'self'; "
                          "connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
                          "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
                          "require-trusted-types-for 'script'; trusted-types ugo\r\n"));
    buf_free(&out);
    http_head_write(&(struct http_head){.status = 200, .type = HTTP_TYPE_JSON}, 0, &out);
    assert_false(has(&out, "Content-Security-Policy"));
    buf_free(&out);
}

static void a_forgotten_cookie(void **state)
{
    (void)state;
    struct buf out = {0};
    http_head_write(&(struct http_head){.status = 204, .cookie = {"", 0}}, 0, &out);
    assert_true(has(&out, "\r\nSet-Cookie: __Host-ugo=; Path=/; Secure; HttpOnly; SameSite=Strict;"
                          " Max-Age=0\r\n"));
    buf_free(&out);
}

/* The body of an answer; the length it says is the body's. */
static json_t *body_of(struct buf *out)
{
    const char *end = memmem(out->p, out->n, "\r\n\r\n", 4);
    assert_non_null(end);
    size_t n = out->n - (size_t)(end + 4 - out->p);
    char line[64];
    snprintf(line, sizeof line, "\r\nContent-Length: %zu\r\n", n);
    assert_true(has(out, line));
    json_t *body = json_loadb(end + 4, n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(body);
    return body;
}

/* Each error of the table, under its own status, which has a reason. */
static void problems(void **state)
{
    (void)state;
    for (int e = 0; e < ERROR_COUNT; e++) {
        struct buf out = {0};
        char line[64], type[64];
        http_problem_write(&(struct http_problem){.error = (enum error_type)e},
                           (struct http_head){0}, &out);
        snprintf(line, sizeof line, "HTTP/1.1 %d ", error_rows[e].status);
        assert_int_equal(memcmp(out.p, line, strlen(line)), 0);
        assert_int_not_equal(out.p[strlen(line)], '\r');
        assert_true(has(&out, "\r\nContent-Type: application/problem+json\r\n"));
        assert_true(has(&out, "\r\nCache-Control: no-store\r\n"));
        assert_int_equal(has(&out, "\r\nWWW-Authenticate: Bearer\r\n"),
                         error_rows[e].status == 401);
        assert_int_equal(has(&out, "\r\nRetry-After: 1\r\n"),
                         error_rows[e].status == 429 || error_rows[e].status == 503);
        json_t *body = body_of(&out);
        snprintf(type, sizeof type, "urn:ugo:error:%s", error_rows[e].type);
        assert_string_equal(json_string_value(json_object_get(body, "type")), type);
        assert_string_equal(json_string_value(json_object_get(body, "title")), error_rows[e].title);
        assert_int_equal(json_integer_value(json_object_get(body, "status")), error_rows[e].status);
        assert_int_equal(json_object_size(body), 3);
        json_decref(body);
        buf_free(&out);
    }
}

static void problems_in_full(void **state)
{
    (void)state;
    struct shape_errors errors = {0};
    shape_refuse(&errors, "/a~1\"b", SHAPE_UNKNOWN_MEMBER);
    shape_refuse(&errors, "/free", SHAPE_WRONG_TYPE);
    struct buf members = {0}, out = {0};
    http_errors_write(&errors, &members);
    const struct http_problem problem = {
        .error = ERROR_INVALID_PARAMS, .detail = "after", .members = buf_span(&members)};
    http_problem_write(&problem, (struct http_head){.close = true}, &out);
    assert_true(has(&out, "\r\nConnection: close\r\n"));
    json_t *body = body_of(&out);
    json_t *wanted = json_loads(
        "{\"type\":\"urn:ugo:error:invalid_params\",\"title\":\"parameters refused\","
        "\"status\":422,\"detail\":\"after\",\"errors\":[{\"pointer\":\"/a~1\\\"b\",\"detail\":"
        "\"unknown_member\"},{\"pointer\":\"/free\",\"detail\":\"wrong_type\"}]}",
        0, NULL);
    assert_true(json_equal(body, wanted));
    json_decref(body);
    json_decref(wanted);
    buf_free(&members);
    buf_free(&out);
}

static void what_a_problem_keeps_of_a_head(void **state)
{
    (void)state;
    struct buf out = {0};
    const struct http_head head = {.cache = CACHE_FOR_EVER, .retry_after_s = 3};
    http_problem_write(&(struct http_problem){.error = ERROR_TOO_MANY_REQUESTS}, head, &out);
    assert_true(has(&out, "\r\nRetry-After: 3\r\n"));
    assert_true(has(&out, "\r\nCache-Control: no-store\r\n"));
    buf_free(&out);
}

/* A status of HTTP's own stands over the nearest of our errors. */
static void problems_of_http(void **state)
{
    (void)state;
    static const int statuses[] = {400, 404, 405, 408, 413, 414, 415,
                                   417, 421, 429, 431, 501, 503, 505};
    for (size_t i = 0; i < ARRAY_LENGTH(statuses); i++) {
        struct buf out = {0};
        char line[32];
        struct http_problem problem = http_problem_of(statuses[i], "why");
        problem.is_head = false;
        http_problem_write(&problem, (struct http_head){0}, &out);
        snprintf(line, sizeof line, "HTTP/1.1 %d ", statuses[i]);
        assert_int_equal(memcmp(out.p, line, strlen(line)), 0);
        assert_int_not_equal(out.p[strlen(line)], '\r');
        json_t *body = body_of(&out);
        assert_int_equal(json_integer_value(json_object_get(body, "status")), statuses[i]);
        assert_string_equal(json_string_value(json_object_get(body, "type")),
                            statuses[i] == 404   ? "urn:ugo:error:unknown_operation"
                            : statuses[i] == 429 ? "urn:ugo:error:too_many_requests"
                            : statuses[i] == 503 ? "urn:ugo:error:unavailable"
                                                 : "urn:ugo:error:invalid_request");
        json_decref(body);
        size_t whole = out.n;
        buf_reset(&out);
        problem.is_head = true;
        http_problem_write(&problem, (struct http_head){0}, &out);
        assert_true(out.n < whole && memcmp(out.p + out.n - 4, "\r\n\r\n", 4) == 0);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least),
        cmocka_unit_test(the_most),
        cmocka_unit_test(dates),
        cmocka_unit_test(without_a_body),
        cmocka_unit_test(pages),
        cmocka_unit_test(a_forgotten_cookie),
        cmocka_unit_test(problems),
        cmocka_unit_test(problems_in_full),
        cmocka_unit_test(problems_of_http),
        cmocka_unit_test(what_a_problem_keeps_of_a_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
