/* SPDX-License-Identifier: EUPL-1.2 */
/* Every leniency of other parsers is a case here: accepted by some, refused by us. Each text is fed
 * whole, byte by byte and in pieces, and must be read the same way. */
#include "http/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"

/* realloc as request.c sees it (the linker's --wrap): counts bytes asked for, fails on demand. */
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);
static size_t asked;
static bool failing;

void *__wrap_realloc(void *p, size_t n)
{
    asked = n > asked ? n : asked;
    return failing ? NULL : __real_realloc(p, n);
}

static const char *const names[] = {"ugo.example", "localhost"};
static const struct http_hosts hosts = {names, 2};

#define LINE "GET /v1/me HTTP/1.1\r\n"
#define HOST "Host: ugo.example\r\n"
#define POST "POST /v1/search HTTP/1.1\r\n" HOST

static void tell_span(struct buf *out, const char *name, span text)
{
    if (text.p == NULL)
        return;
    buf_printf(out, " %s=<", name);
    buf_add(out, text);
    buf_char(out, '>');
}

static void tell(struct buf *out, const struct http_request *q)
{
    buf_printf(out, "%s %s", http_method_names[q->method], q->path);
    tell_span(out, "query", q->query);
    for (int i = 0; i < FIELD_COUNT; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        tell_span(out, name, q->field[i]);
    }
    tell_span(out, "body", q->body);
    buf_text(out, q->close ? " close\n" : "\n");
}

/* What is read of a text, as text: one line per request, then the outcome. Each piece lies in
 * memory of its own, so that a look beyond it is seen. */
static void read_pieces(span text, size_t piece, struct buf *told)
{
    struct http_reader r = http_reader(&hosts);
    int result = HTTP_MORE, status = 0;
    const char *detail = NULL;
    for (size_t at = 0; at < text.n; at += piece) {
        size_t n = text.n - at < piece ? text.n - at : piece;
        char *own = malloc(n);
        memcpy(own, text.p + at, n);
        span in = {own, n};
        struct http_request q;
        while ((result = http_reader_feed(&r, &in, &q, &status, &detail)) == 0) {
            tell(told, &q);
            http_reader_next_request(&r);
            assert_null(r.p);
        }
        assert_int_equal(in.n, 0);
        free(own);
    }
    if (result == HTTP_BAD)
        buf_printf(told, "%d %s", status, detail);
    else
        buf_text(told, http_reader_idle(&r)      ? "idle"
                       : http_reader_in_body(&r) ? "in body"
                                                 : "in head");
    assert_true(result != HTTP_BAD || r.p == NULL);
    buf_char(told, '\0');
    http_reader_clear(&r);
}

static void expect_bytes(const char *bytes, size_t n, const char *told)
{
    static const size_t pieces[] = {SIZE_MAX, 1, 2, 3, 7, 64, 1000};
    for (size_t i = 0; i < ARRAY_LENGTH(pieces); i++) {
        struct buf got = {0};
        read_pieces((span){bytes, n}, pieces[i], &got);
        assert_string_equal(got.p, told);
        buf_free(&got);
    }
}

static void expect(const char *text, const char *told)
{
    expect_bytes(text, strlen(text), told);
}

static void what_is_taken(void **state)
{
    (void)state;
    expect(LINE HOST "\r\n", "GET /v1/me 0=<ugo.example> body=<>\nidle");
    expect("", "idle");
    expect("G", "in head");
    expect(LINE HOST, "in head");
    expect(POST "Content-Length: 5\r\n\r\n{\"a\"", "in body");
    expect(POST "Content-Length: 2\r\ncontent-TYPE:application/json\t \r\n\r\n{}",
           "POST /v1/search 0=<ugo.example> 3=<application/json> 4=<2> body=<{}>\nidle");
    expect(POST "Content-Length: 0\r\n\r\n", "POST /v1/search 0=<ugo.example> 4=<0> body=<>\nidle");
    expect(POST "\r\n", "POST /v1/search 0=<ugo.example> body=<>\nidle");
    expect("HEAD / HTTP/1.1\r\nhOST:\tLOCALHOST:8443 \t\r\ncontent-length: 0\r\n\r\n",
           "HEAD / 0=<LOCALHOST:8443> 4=<0> body=<>\nidle");
    /* Unknown fields are checked and dropped, and may come twice. */
    expect("OPTIONS /v1/me HTTP/1.1\r\nX-A: 1\r\nX-A: \xC3\xA9\r\n" HOST "X-B:\r\n\r\n",
           "OPTIONS /v1/me 0=<ugo.example> body=<>\nidle");
    expect("DELETE /v1/x HTTP/1.1\r\n" HOST "Cookie: a=1; b=2\r\nRange: bytes=0-\r\n\r\n",
           "DELETE /v1/x 0=<ugo.example> 2=<a=1; b=2> 20=<bytes=0-> body=<>\nidle");
    expect("PUT /v1/x HTTP/1.1\r\n" HOST "\r\nPATCH /v1/y HTTP/1.1\r\n" HOST "\r\n",
           "PUT /v1/x 0=<ugo.example> body=<>\nPATCH /v1/y 0=<ugo.example> body=<>\nidle");
}

static void where_a_request_ends(void **state)
{
    (void)state;
    struct http_reader r = http_reader(NULL);
    struct http_request q;
    int status;
    const char *detail;
    span in = span_of("POST / HTTP/1.1\r\nHost: any.thing\r\nContent-Length: 3\r\n\r\nabcGET");
    assert_int_equal(http_reader_feed(&r, &in, &q, &status, &detail), 0);
    assert_true(span_is(q.body, "abc"));
    assert_true(span_is(in, "GET"));
    http_reader_next_request(&r);
    http_reader_clear(&r);
    http_reader_clear(NULL);
}

static void closing(void **state)
{
    (void)state;
    expect(LINE HOST "Connection: close\r\n\r\n",
           "GET /v1/me 0=<ugo.example> 17=<close> body=<> close\nidle");
    expect(LINE HOST "Connection: keep-alive , CLOSE\r\n\r\n",
           "GET /v1/me 0=<ugo.example> 17=<keep-alive , CLOSE> body=<> close\nidle");
    expect(LINE HOST "Connection: closed\r\n\r\n",
           "GET /v1/me 0=<ugo.example> 17=<closed> body=<>\nidle");
    expect(LINE HOST "Connection: clo se\r\n\r\n", "400 connection");
}

static void lines(void **state)
{
    (void)state;
    expect("GET /v1/me HTTP/1.1\n" HOST "\r\n", "400 bare_line_feed");
    expect(LINE "Host: ugo.example\n\r\n", "400 bare_line_feed");
    expect(LINE HOST "\n", "400 bare_line_feed");
    expect(LINE "Host: ugo.exa\rmple\r\n\r\n", "400 bare_carriage_return");
    expect(LINE "Host: ugo.example\r\r\n\r\n", "400 bare_carriage_return");
    expect("\r\n" LINE HOST "\r\n", "400 request_line"); /* an empty line before */
    expect(" " LINE HOST "\r\n", "400 request_line");
    expect_bytes(LINE "X: a\0b\r\n", strlen(LINE) + 8, "400 control_byte");
    expect(LINE "X: a\x01\r\n", "400 control_byte");
    expect(LINE "X: a\x7F\r\n", "400 control_byte");
    expect("GET\t/ HTTP/1.1\r\n", "400 control_byte");
    expect("GET /\xC3\xA9 HTTP/1.1\r\n", "400 control_byte");
    expect("\x16\x03\x01", "400 control_byte"); /* TLS where none is */
}

static void request_lines(void **state)
{
    (void)state;
    expect("GET / HTTP/1.0\r\n", "505 version");
    expect("GET / HTTP/2.0\r\n", "505 version");
    expect("GET / HTTP/1.10\r\n", "400 request_line");
    expect("GET / http/1.1\r\n", "400 request_line");
    expect("GET / HTTP/1.1 \r\n", "400 request_line");
    expect("GET /\r\n", "400 request_line"); /* HTTP/0.9 */
    expect("GET  / HTTP/1.1\r\n", "400 request_line");
    expect("GET /  HTTP/1.1\r\n", "400 request_line");
    expect("GET / x HTTP/1.1\r\n", "400 request_line");
    expect("GET  HTTP/1.1\r\n", "400 request_line");
    expect("G(T / HTTP/1.1\r\n", "400 request_line");
    expect("TRACE / HTTP/1.1\r\n", "501 method");
    expect("get / HTTP/1.1\r\n", "501 method");
    expect("CONNECT ugo.example:443 HTTP/1.1\r\n", "501 method");
    expect("PRI * HTTP/2.0\r\n", "505 version");
    expect("OPTIONS * HTTP/1.1\r\n", "400 target_form");
    expect("GET https://ugo.example/ HTTP/1.1\r\n", "400 target_form");
    expect("GET ugo.example:443 HTTP/1.1\r\n", "400 target_form");
    expect("GET ?a HTTP/1.1\r\n", "400 target_form");
    expect("GET /a#b HTTP/1.1\r\n", "400 target_byte");
    expect("GET /a\\b HTTP/1.1\r\n", "400 target_byte");
    expect("GET /?f={\"a\":1} HTTP/1.1\r\n", "400 target_byte");
}

static void paths(void **state)
{
    (void)state;
    expect("GET /l/%C3%A9%20%7e.a?x=%zz&y HTTP/1.1\r\n" HOST "\r\n",
           "GET /l/\xC3\xA9 ~.a query=<x=%zz&y> 0=<ugo.example> body=<>\nidle");
    expect("GET /? HTTP/1.1\r\n" HOST "\r\n", "GET / query=<> 0=<ugo.example> body=<>\nidle");
    expect("GET /?a?/b HTTP/1.1\r\n" HOST "\r\n",
           "GET / query=<a?/b> 0=<ugo.example> body=<>\nidle");
    static const char *const encodings[] = {"/%",   "/%4",  "/%4g", "/%00",    "/a%2Fb", "/a%2fb",
                                            "/%0d", "/%7f", "/%ff", "/%C0%AF", "/%c3"};
    for (size_t i = 0; i < ARRAY_LENGTH(encodings); i++) {
        char text[64];
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\n", encodings[i]);
        expect(text, "400 percent_encoding");
    }
    static const char *const segments[] = {"//",          "/a//b",     "/a/",       "/.",
                                           "/..",         "/a/../b",   "/a/./b",    "/%2e%2e/b",
                                           "/a/%2E./%2e", "/a/..?b=c", "/v1/me/?a", "//v1"};
    for (size_t i = 0; i < ARRAY_LENGTH(segments); i++) {
        char text[64];
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\n", segments[i]);
        expect(text, "404 path_segment");
    }
    expect("GET /.well-known/...x HTTP/1.1\r\n" HOST "\r\n",
           "GET /.well-known/...x 0=<ugo.example> body=<>\nidle");
}

static void host_fields(void **state)
{
    (void)state;
    expect(LINE "\r\n", "400 host_missing");
    expect(LINE HOST HOST "\r\n", "400 header_repeated");
    expect(LINE HOST "HOST: localhost\r\n\r\n", "400 header_repeated");
    expect(LINE "Host:\r\n\r\n", "400 host");
    expect(LINE "Host : ugo.example\r\n\r\n", "400 header_name");
    expect(LINE "Host: ugo.example, localhost\r\n\r\n", "400 host");
    expect(LINE "Host: ugo.example localhost\r\n\r\n", "400 host");
    expect(LINE "Host: user@ugo.example\r\n\r\n", "400 host");
    expect(LINE "Host: ugo.example/\r\n\r\n", "400 host");
    expect(LINE "Host: ugo.example:\r\n\r\n", "400 host");
    expect(LINE "Host: ugo.example:8x\r\n\r\n", "400 host");
    expect(LINE "Host: ugo.example:123456\r\n\r\n", "400 host");
    expect(LINE "Host: :80\r\n\r\n", "400 host");
    expect(LINE "Host: []\r\n\r\n", "400 host");
    expect(LINE "Host: [::1\r\n\r\n", "400 host");
    expect(LINE "Host: [::1]\r\n\r\n", "421 other_host");
    expect(LINE "Host: ugo.example.evil\r\n\r\n", "421 other_host");
    expect(LINE "Host: ugo.exampl\r\n\r\n", "421 other_host");
    struct http_reader r = http_reader(NULL);
    struct http_request q;
    int status;
    const char *detail;
    span in = span_of(LINE "Host: [::1]:8443\r\n\r\n");
    assert_int_equal(http_reader_feed(&r, &in, &q, &status, &detail), 0);
    http_reader_clear(&r);
}

static void field_lines(void **state)
{
    (void)state;
    expect(LINE HOST " folded\r\n\r\n", "400 header_folded");
    expect(LINE HOST "\tfolded\r\n\r\n", "400 header_folded");
    expect(LINE " Host: ugo.example\r\n\r\n", "400 header_folded");
    expect(LINE "X : a\r\n\r\n", "400 header_name");
    expect(LINE "X\t: a\r\n\r\n", "400 header_name");
    expect(LINE "X\r\n\r\n", "400 header_name");
    expect(LINE ": a\r\n\r\n", "400 header_name");
    expect(LINE "X Y: a\r\n\r\n", "400 header_name");
    expect(LINE "X\xC3\xA9: a\r\n\r\n", "400 header_name");
    expect(LINE HOST "Cookie: a\r\nCookie: b\r\n", "400 header_repeated");
    expect(LINE HOST "Authorization: a\r\nauthorization: a\r\n", "400 header_repeated");
    expect(LINE HOST "Origin: \xC3\xA9\r\n", "400 header_value");
    expect(LINE HOST "Expect: 100-continue\r\n", "417 expect");
}

static void bodies(void **state)
{
    (void)state;
    static const char *const lengths[] = {"+4",  "-4", "4,4", "4, 4", "04", "00",
                                          "0x4", "",   "4 4", "4.0",  "4a", "1e1"};
    for (size_t i = 0; i < ARRAY_LENGTH(lengths); i++) {
        char text[128];
        snprintf(text, sizeof text, POST "Content-Length: %s\r\n", lengths[i]);
        expect(text, "400 content_length");
    }
    expect(POST "Content-Length: 4\r\nContent-Length: 4\r\n", "400 header_repeated");
    expect(POST "Content-Length: 4\r\nContent-Length: 5\r\n", "400 header_repeated");
    expect(POST "Content-Length: 65537\r\n", "413 body_too_long");
    expect(POST "Content-Length: 18446744073709551617\r\n", "413 body_too_long");
    expect(POST "Transfer-Encoding: chunked\r\n", "501 transfer_encoding");
    expect(POST "Transfer-Encoding: identity\r\n", "501 transfer_encoding");
    expect(POST "Transfer-Encoding:\r\n", "501 transfer_encoding");
    expect(POST "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "501 transfer_encoding");
    expect(LINE HOST "Content-Length: 4\r\n\r\n", "400 body_not_allowed");
    expect("HEAD / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n", "400 body_not_allowed");
    expect("OPTIONS / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n", "400 body_not_allowed");
}

/* A text of a known size: before, n times c, after. */
static char *long_text(const char *before, size_t n, char c, const char *after)
{
    size_t size = strlen(before) + n + strlen(after) + 1;
    char *text = malloc(size), *middle;
    snprintf(text, size, "%s%*s%s", before, (int)n, "", after);
    middle = text + strlen(before);
    memset(middle, c, n);
    return text;
}

static void expect_long(char *text, const char *told)
{
    struct buf got = {0};
    read_pieces(span_of(text), SIZE_MAX, &got);
    if (told != NULL)
        assert_string_equal(got.p, told);
    else
        assert_string_equal(got.p + got.n - 5, "idle");
    struct buf again = {0};
    read_pieces(span_of(text), 1, &again);
    assert_string_equal(got.p, again.p);
    buf_free(&got);
    buf_free(&again);
    free(text);
}

static void limits(void **state)
{
    (void)state;
    expect_long(long_text("GET /", HTTP_TARGET_MAX - 1, 'a', " HTTP/1.1\r\n" HOST "\r\n"), NULL);
    expect_long(long_text("GET /", HTTP_TARGET_MAX, 'a', " HTTP/1.1\r\n" HOST "\r\n"),
                "414 target_too_long");
    expect_long(long_text("GET /", 20000, 'a', ""), "414 target_too_long");
    expect_long(long_text("", 20000, 'A', ""), "414 target_too_long");

    const size_t others = strlen(LINE HOST "X: \r\n\r\n");
    expect_long(long_text(LINE HOST "X: ", HTTP_HEAD_MAX - others, 'a', "\r\n\r\n"), NULL);
    expect_long(long_text(LINE HOST "X: ", HTTP_HEAD_MAX - others + 1, 'a', "\r\n\r\n"),
                "431 head_too_long");
    expect_long(long_text(LINE HOST "X: ", 100000, 'a', ""), "431 head_too_long");

    for (int more = 0; more < 2; more++) {
        struct buf text = {0};
        buf_text(&text, LINE HOST);
        for (int i = 0; i < HTTP_FIELDS_MAX - 1 + more; i++)
            buf_printf(&text, "X%d: a\r\n", i);
        buf_add(&text, (span){"\r\n", 3});
        expect(text.p, more ? "431 too_many_headers" : "GET /v1/me 0=<ugo.example> body=<>\nidle");
        buf_free(&text);
    }
    expect_long(long_text(POST "Content-Length: 65536\r\n\r\n", HTTP_BODY_MAX, 'a', ""), NULL);
}

static void after_a_fault(void **state)
{
    (void)state;
    expect(LINE HOST " folded\r\n\r\n" LINE HOST "\r\n", "400 header_folded");
}

static void memory_follows_what_came(void **state)
{
    (void)state;
    struct http_reader r = http_reader(NULL);
    struct http_request q;
    int status;
    const char *detail;
    asked = 0;
    span in = span_of(POST "X: y\r\nContent-Length: 65536\r\n\r\n0123456789");
    assert_int_equal(http_reader_feed(&r, &in, &q, &status, &detail), HTTP_MORE);
    assert_true(asked > 0 && asked <= 512);
    char bytes[500] = {0};
    for (int i = 0; i < 131; i++) {
        assert_true(asked <= 1024 + 2 * (size_t)i * sizeof bytes);
        in = (span){bytes, sizeof bytes};
        assert_int_equal(http_reader_feed(&r, &in, &q, &status, &detail), HTTP_MORE);
    }
    in = (span){bytes, 26};
    assert_int_equal(http_reader_feed(&r, &in, &q, &status, &detail), 0);
    assert_int_equal(q.body.n, 65536);
    assert_int_equal(in.n, 0);
    assert_true(asked <= HTTP_HEAD_MAX + HTTP_BODY_MAX);
    http_reader_next_request(&r);
    assert_true(http_reader_idle(&r) && r.p == NULL && r.room == 0);
}

static void what_nobody_asks_for_is_not_kept(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_text(&text, LINE HOST);
    for (int i = 0; i < 50; i++)
        buf_printf(&text, "X-%d: %0100d\r\n", i, i);
    buf_add(&text, (span){"\r\n", 3});
    asked = 0;
    struct http_reader r = http_reader(NULL);
    struct http_request q;
    int status;
    const char *detail;
    span in = {text.p, text.n - 1};
    assert_int_equal(http_reader_feed(&r, &in, &q, &status, &detail), 0);
    assert_true(asked > 0 && asked <= 512);
    http_reader_clear(&r);
    buf_free(&text);
}

static void out_of_memory(void **state)
{
    (void)state;
    struct http_reader r = http_reader(NULL);
    struct http_request q;
    int status;
    const char *detail;
    span in = span_of(LINE HOST "\r\n");
    failing = true;
    int result = http_reader_feed(&r, &in, &q, &status, &detail);
    failing = false;
    assert_int_equal(result, -ENOMEM);
    http_reader_clear(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken),
        cmocka_unit_test(where_a_request_ends),
        cmocka_unit_test(closing),
        cmocka_unit_test(lines),
        cmocka_unit_test(request_lines),
        cmocka_unit_test(paths),
        cmocka_unit_test(host_fields),
        cmocka_unit_test(field_lines),
        cmocka_unit_test(bodies),
        cmocka_unit_test(limits),
        cmocka_unit_test(after_a_fault),
        cmocka_unit_test(memory_follows_what_came),
        cmocka_unit_test(what_nobody_asks_for_is_not_kept),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
