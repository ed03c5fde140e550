/* SPDX-License-Identifier: EUPL-1.2 */
/* The reader of HTTP requests, its routes, its queries. The first byte chooses the size of the
 * pieces; the rest is what arrives. Pieces must not matter, and what is accepted is held against
 * the bytes themselves, read again by lines: one Host, one meaning of the length, nothing hidden.
 */
#include "tests/fuzz/fuzz.h"

#include <strings.h>

#include "base/buf.h"
#include "http/field.h"
#include "http/query.h"
#include "http/request.h"
#include "http/route.h"
#include "proto/format.h"
#include "proto/memory.h"
#include "proto/scan.h"

static const char *const names[] = {"ugo.example", "localhost"};
static const struct http_hosts hosts = {names, 2};

/* How many lines of a head begin with a name and a colon; *ret_value is the last one's. */
static int lines_named(span head, const char *name, span *ret_value)
{
    int n = 0;
    size_t length = strlen(name);
    for (size_t i = 0; i + 1 < head.n; i++) {
        if (head.p[i] != '\n' || head.n - i - 1 <= length || head.p[i + 1 + length] != ':' ||
            strncasecmp(head.p + i + 1, name, length) != 0)
            continue;
        const char *value = head.p + i + 2 + length;
        const char *end = memchr(value, '\r', head.n - (size_t)(value - head.p));
        REQUIRE(end != NULL);
        *ret_value = field_trim((span){value, (size_t)(end - value)});
        n++;
    }
    return n;
}

/* A head that was accepted: from its first byte to the CRLF CRLF that ends it, included. */
static void check_lines(span head)
{
    REQUIRE(head.n > 4 && head.n <= HTTP_HEAD_MAX);
    for (size_t i = 0; i < head.n; i++) {
        unsigned char c = (unsigned char)head.p[i];
        REQUIRE(c != '\n' || (i > 0 && head.p[i - 1] == '\r'));
        REQUIRE(c != '\r' || (i + 1 < head.n && head.p[i + 1] == '\n'));
        REQUIRE((c >= 0x20 && c != 0x7F) || c == '\r' || c == '\n' || c == '\t');
        /* Nothing folded; no empty line but the last. */
        REQUIRE(c != '\n' || i + 1 == head.n || (head.p[i + 1] != ' ' && head.p[i + 1] != '\t'));
        REQUIRE(c != '\n' || i + 3 >= head.n || head.p[i + 1] != '\r');
    }
    /* Each field has a name, and the colon right behind it. */
    for (size_t i = 0; i + 3 < head.n; i++) {
        span rest = {head.p + i + 1, head.n - i - 1};
        const char *colon = head.p[i] == '\n' ? memchr(rest.p, ':', rest.n) : "";
        REQUIRE(colon != NULL);
        REQUIRE(head.p[i] != '\n' || field_is_token((span){rest.p, (size_t)(colon - rest.p)}));
    }
    const char *line_end = memchr(head.p, '\r', head.n);
    span line = {head.p, (size_t)(line_end - head.p)};
    REQUIRE(line.n > 9 && memcmp(line_end - 9, " HTTP/1.1", 9) == 0);
    int spaces = 0;
    bool in_path = true; /* where no encoding hides a slash or an end */
    for (size_t i = 0; i < line.n; i++) {
        spaces += line.p[i] == ' ';
        in_path = in_path && line.p[i] != '?';
        REQUIRE(!in_path || line.p[i] != '%' ||
                (strncasecmp(line.p + i, "%2f", 3) != 0 && strncmp(line.p + i, "%00", 3) != 0));
    }
    REQUIRE(spaces == 2 && ((const char *)memchr(line.p, ' ', line.n))[1] == '/');
}

static void check_fields(span head, const struct http_request *q)
{
    span value = {NULL, 0};
    REQUIRE(lines_named(head, "host", &value) == 1);
    REQUIRE(span_equals(value, q->field[FIELD_HOST]));
    REQUIRE((value.n >= 9 && strncasecmp(value.p, "localhost", 9) == 0) ||
            (value.n >= 11 && strncasecmp(value.p, "ugo.example", 11) == 0));
    REQUIRE(memchr(value.p, ',', value.n) == NULL && memchr(value.p, ' ', value.n) == NULL);
    REQUIRE(lines_named(head, "transfer-encoding", &value) == 0);
    REQUIRE(lines_named(head, "expect", &value) == 0);
    REQUIRE(lines_named(head, "cookie", &value) <= 1);
    REQUIRE(lines_named(head, "authorization", &value) <= 1);
    int lengths = lines_named(head, "content-length", &value);
    REQUIRE(lengths <= 1 && (lengths == 1 || q->body.n == 0));
    char text[24];
    snprintf(text, sizeof text, "%zu", q->body.n);
    REQUIRE(lengths == 0 || span_is(value, text)); /* written in one way only */
    REQUIRE(q->body.n == 0 || (q->method != HTTP_GET && q->method != HTTP_HEAD));
    for (int f = 0; f < FIELD_COUNT; f++) {
        span v = q->field[f];
        REQUIRE(v.n == 0 || (v.p[0] != ' ' && v.p[v.n - 1] != '\t'));
        for (size_t i = 0; i < v.n; i++)
            REQUIRE((v.p[i] >= 0x20 && v.p[i] < 0x7F) || v.p[i] == '\t');
    }
}

static void check_path(const char *path)
{
    span text = span_of(path);
    REQUIRE(path[0] == '/' && text.n <= HTTP_TARGET_MAX && scan_utf8(text));
    for (size_t i = 0; i < text.n; i++)
        REQUIRE((unsigned char)path[i] >= 0x20 && path[i] != 0x7F);
    REQUIRE(strstr(path, "//") == NULL && strstr(path, "/../") == NULL);
    REQUIRE(strstr(path, "/./") == NULL && (text.n == 1 || path[text.n - 1] != '/'));
    REQUIRE(text.n < 3 || strcmp(path + text.n - 3, "/..") != 0);
}

static const struct shape any_element = {NULL, SHAPE_INT, .max = 99};
static const struct shape table[] = {
    {"unit", SHAPE_TEXT, .format = format_unit_id},
    {"limit", SHAPE_INT, .max = 200},
    {"emergency", SHAPE_BOOL},
    {"max_km", SHAPE_NUMBER, .max = 1500},
    {"state", SHAPE_ARRAY, .max = 10, .element = &any_element},
    {"near", SHAPE_POINT},
    {"filter", SHAPE_ANY},
    {0},
};

/* What is behind a request: whatever comes out is well formed. */
static void check_use(const struct http_request *q)
{
    struct route_match match;
    struct shape_errors errors = {0};
    json_t *params = NULL;
    int r = route_find(q->method, q->path, &match);
    REQUIRE(r == 0 || r == ROUTE_UNKNOWN || (r == ROUTE_OTHER_METHOD && match.allow != 0));
    REQUIRE(r != ROUTE_OTHER_METHOD || !(match.allow & 1u << q->method));
    int form = query_params(q->query, table, &params, &errors);
    REQUIRE(form == 0 || form == QUERY_MALFORMED || (form == QUERY_TWICE && errors.n == 1));
    if (form == 0) {
        char *text = json_dumps(params, JSON_COMPACT);
        REQUIRE(text != NULL);
        free(text);
        REQUIRE(r != 0 || route_join(&match, params, &errors) >= 0);
        json_decref(params);
    }
    (void)field_coding(q->field[FIELD_ACCEPT_ENCODING], 7);
    (void)field_names_tag(q->field[FIELD_IF_NONE_MATCH], span_of("1"), true);
    (void)field_is_json(q->field[FIELD_CONTENT_TYPE]);
    span secret = {NULL, 0};
    if (field_cookie(q->field[FIELD_COOKIE], "__Host-ugo", &secret))
        REQUIRE(memchr(secret.p, ';', secret.n) == NULL);
}

static void tell_span(struct buf *out, span text)
{
    buf_printf(out, " %d:", text.p == NULL ? -1 : (int)text.n);
    buf_add(out, text);
}

static void tell(struct buf *out, const struct http_request *q)
{
    buf_printf(out, "%d%d %s", (int)q->method, q->close, q->path);
    tell_span(out, q->query);
    for (int i = 0; i < FIELD_COUNT; i++)
        tell_span(out, q->field[i]);
    tell_span(out, q->body);
}

/* Reads all in pieces and writes what was read into *told; checks it when asked to. */
static void read_all(span all, size_t piece, bool check, struct buf *told)
{
    struct http_reader r = http_reader(&hosts);
    int result = HTTP_MORE, status = 0;
    const char *detail = "";
    size_t begin = 0; /* of the request being read */
    for (size_t at = 0; at < all.n; at += piece) {
        size_t n = all.n - at < piece ? all.n - at : piece;
        char *own = fuzz_copy(all.p + at, n);
        span in = {own, n};
        struct http_request q;
        while ((result = http_reader_feed(&r, &in, &q, &status, &detail)) == 0) {
            size_t end = at + n - in.n;
            tell(told, &q);
            if (check) {
                span head = {all.p + begin, end - begin - q.body.n};
                REQUIRE(head.n >= 4 && memcmp(head.p + head.n - 4, "\r\n\r\n", 4) == 0);
                REQUIRE(q.body.n == 0 || memcmp(head.p + head.n, q.body.p, q.body.n) == 0);
                check_lines(head);
                check_fields(head, &q);
                check_path(q.path);
                check_use(&q);
            }
            begin = end;
            http_reader_next_request(&r);
            REQUIRE(http_reader_idle(&r) && r.p == NULL);
        }
        REQUIRE(result == HTTP_MORE || result == HTTP_BAD);
        REQUIRE(in.n == 0 && r.room <= HTTP_HEAD_MAX + HTTP_BODY_MAX);
        free(own);
    }
    buf_printf(told, " %d %d %s %d", result, status, detail, (int)r.stage);
    REQUIRE(result != HTTP_BAD || (status >= 400 && status < 600 && r.p == NULL));
    REQUIRE(result != HTTP_BAD || format_code(span_of(detail)));
    http_reader_clear(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 1)
        return 0;
    proto_memory_or_abort();
    json_object_seed(1);
    span all = {(const char *)bytes + 1, n - 1};
    static const size_t pieces[] = {SIZE_MAX / 2, 1};
    struct buf whole = {0}, cut = {0};
    read_all(all, 1 + bytes[0] % 97, true, &whole);
    for (size_t i = 0; i < ARRAY_LENGTH(pieces); i++) {
        buf_reset(&cut);
        read_all(all, pieces[i], false, &cut);
        REQUIRE(span_equals(buf_span(&whole), buf_span(&cut)));
    }
    buf_free(&whole);
    buf_free(&cut);
    return 0;
}
