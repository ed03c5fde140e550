/* SPDX-License-Identifier: EUPL-1.2 */
/* Two levels: bytes make lines (take_line), and each line is judged whole when its CRLF has come
 * (request_line, field_line). Kept lines lie one after the other in one block, the body behind
 * them; a field that nobody asks for is overwritten by the next line. The path is decoded where it
 * lies, since it only gets shorter.
 *
 * Every fault is final: bad() lets go of the memory, and further bytes are swallowed. */
#include "http/request.h"

#include <assert.h>
#include <stdlib.h>

#include "http/field.h"
#include "proto/scan.h"

#define ROOM_FIRST 512
#define ROOM_MAX (HTTP_HEAD_MAX + HTTP_BODY_MAX)
#define REQUEST_LINE_MAX (HTTP_TARGET_MAX + 32)

static_assert(HTTP_HEAD_MAX <= UINT16_MAX, "pieces are 16 bits");
static_assert(FIELD_COUNT <= 32, "seen has 32 bits");

const char *const http_method_names[HTTP_METHOD_COUNT] = {
    [HTTP_GET] = "GET",         [HTTP_HEAD] = "HEAD",   [HTTP_POST] = "POST",
    [HTTP_PUT] = "PUT",         [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
    [HTTP_OPTIONS] = "OPTIONS",
};

#define FIELD_NAME(name, text) [name] = (text),
static const char *const field_names[FIELD_COUNT] = {HTTP_FIELDS(FIELD_NAME)};

static int bad(struct http_reader *r, int status, const char *detail)
{
    http_reader_clear(r);
    r->stage = HTTP_STAGE_BAD;
    r->status = status;
    r->detail = detail;
    return HTTP_BAD;
}

void http_reader_clear(struct http_reader *r)
{
    if (r == NULL)
        return;
    free(r->p);
    *r = http_reader(r->hosts);
}

void http_reader_next_request(struct http_reader *r)
{
    assert(r->stage == HTTP_STAGE_GIVEN);
    http_reader_clear(r);
}

/* Room for n more bytes: twice as much as before, never more than a request can take. */
static int reserve(struct http_reader *r, size_t n)
{
    if (n <= r->room - r->n)
        return 0;
    size_t room = r->room > 0 ? 2 * r->room : ROOM_FIRST;
    room = room < r->n + n ? r->n + n : room;
    room = room > ROOM_MAX ? ROOM_MAX : room;
    assert(r->n + n <= room);
    char *grown = realloc(r->p, room);
    if (grown == NULL)
        return -ENOMEM;
    r->p = grown;
    r->room = room;
    return 0;
}

static span span_at(const struct http_reader *r, struct http_piece piece)
{
    return (span){r->p + piece.at, piece.n};
}

static struct http_piece piece_of(const struct http_reader *r, span text)
{
    return (struct http_piece){(uint16_t)(text.p - r->p), (uint16_t)text.n};
}

/* The request line */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* What may stand in a path or a query as it is (RFC 3986); % is looked at by whoever decodes. */
static bool is_target_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("-._~!$&'()*+,;=:@/?%", c) != NULL);
}

/* Decodes n bytes where they lie. False: not well formed, or a byte that must not be hidden. */
static bool decode_path(char *p, size_t n, size_t *ret_n)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++, to++) {
        p[to] = p[i];
        if (p[i] != '%')
            continue;
        if (n - i < 3 || hex_digit(p[i + 1]) < 0 || hex_digit(p[i + 2]) < 0)
            return false;
        unsigned byte = (unsigned)(hex_digit(p[i + 1]) << 4 | hex_digit(p[i + 2]));
        if (byte < 0x20 || byte == 0x7F || byte == '/')
            return false;
        p[to] = (char)byte;
        i += 2;
    }
    *ret_n = to;
    return scan_utf8((span){p, to});
}

/* Whether each segment is a name. "/" alone has none. */
static bool has_plain_segments(span path)
{
    for (size_t i = 0; path.n > 1 && i < path.n;) {
        const char *segment = path.p + i + 1;
        const char *end = memchr(segment, '/', path.n - i - 1);
        size_t n = end != NULL ? (size_t)(end - segment) : path.n - i - 1;
        if (n == 0 || span_is((span){segment, n}, ".") || span_is((span){segment, n}, ".."))
            return false;
        i += n + 1;
    }
    return true;
}

static int target(struct http_reader *r, span text)
{
    if (text.n > HTTP_TARGET_MAX)
        return bad(r, 414, "target_too_long");
    if (text.p[0] != '/')
        return bad(r, 400, "target_form");
    for (size_t i = 0; i < text.n; i++)
        if (!is_target_byte(text.p[i]))
            return bad(r, 400, "target_byte");
    const char *mark = memchr(text.p, '?', text.n);
    size_t n = mark != NULL ? (size_t)(mark - text.p) : text.n;
    r->has_query = mark != NULL;
    if (mark != NULL)
        r->query = piece_of(r, (span){mark + 1, text.n - n - 1});

    char *path = r->p + (text.p - r->p);
    if (!decode_path(path, n, &n))
        return bad(r, 400, "percent_encoding");
    path[n] = '\0'; /* over the '?', the space, or what was decoded */
    r->path = piece_of(r, (span){path, n});
    return has_plain_segments((span){path, n}) ? HTTP_MORE : bad(r, 404, "path_segment");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int request_line(struct http_reader *r, span line)
{
    const char *first = line.n > 0 ? memchr(line.p, ' ', line.n) : NULL;
    const char *last = line.n > 0 ? memrchr(line.p, ' ', line.n) : NULL;
    if (first == NULL || first == last)
        return bad(r, 400, "request_line");
    span method = {line.p, (size_t)(first - line.p)};
    span text = {first + 1, (size_t)(last - first - 1)};
    span version = {last + 1, line.n - (size_t)(last + 1 - line.p)};
    if (!field_is_token(method) || text.n == 0 || memchr(text.p, ' ', text.n) != NULL)
        return bad(r, 400, "request_line");
    if (version.n != 8 || memcmp(version.p, "HTTP/", 5) != 0 || !is_digit(version.p[5]) ||
        version.p[6] != '.' || !is_digit(version.p[7]))
        return bad(r, 400, "request_line");
    if (!span_is(version, "HTTP/1.1"))
        return bad(r, 505, "version");
    int number = 0;
    while (number < HTTP_METHOD_COUNT && !span_is(method, http_method_names[number]))
        number++;
    if (number == HTTP_METHOD_COUNT)
        return bad(r, 501, "method");
    r->method = (enum http_method)number;
    r->stage = HTTP_STAGE_FIELDS;
    return target(r, text);
}

/* Fields */

/* name[:port], or [address][:port]; *ret_name without the port. */
static bool split_host(span host, span *ret_name)
{
    size_t n = 0;
    if (host.n > 0 && host.p[0] == '[') {
        for (n = 1; n < host.n && host.p[n] != ']'; n++)
            if (hex_digit(host.p[n]) < 0 && host.p[n] != ':' && host.p[n] != '.')
                return false;
        if (n == host.n || n == 1)
            return false;
        n++;
    } else {
        for (; n < host.n && host.p[n] != ':'; n++)
            if (!is_digit(host.p[n]) && strchr("-._", host.p[n]) == NULL &&
                !((host.p[n] | 0x20) >= 'a' && (host.p[n] | 0x20) <= 'z'))
                return false;
    }
    if (n == 0)
        return false;
    *ret_name = (span){host.p, n};
    if (n == host.n)
        return true;
    size_t digits = host.n - n - 1;
    if (host.p[n] != ':' || digits == 0 || digits > 5)
        return false;
    for (size_t i = n + 1; i < host.n; i++)
        if (!is_digit(host.p[i]))
            return false;
    return true;
}

static int host_field(struct http_reader *r, span value)
{
    span name;
    if (!split_host(value, &name))
        return bad(r, 400, "host");
    if (r->hosts == NULL || r->hosts->n == 0)
        return HTTP_MORE;
    for (size_t i = 0; i < r->hosts->n; i++)
        if (field_is(name, r->hosts->names[i]))
            return HTTP_MORE;
    return bad(r, 421, "other_host");
}

static int length_field(struct http_reader *r, span value)
{
    size_t length = 0;
    if (value.n == 0 || (value.n > 1 && value.p[0] == '0'))
        return bad(r, 400, "content_length");
    for (size_t i = 0; i < value.n; i++)
        if (!is_digit(value.p[i]))
            return bad(r, 400, "content_length");
    for (size_t i = 0; i < value.n && length <= HTTP_BODY_MAX; i++)
        length = length * 10 + (size_t)(value.p[i] - '0');
    if (length > HTTP_BODY_MAX)
        return bad(r, 413, "body_too_long");
    r->length = length;
    return HTTP_MORE;
}

static int known_field(struct http_reader *r, enum http_field field, span value)
{
    if (r->seen & 1u << field)
        return bad(r, 400, "header_repeated");
    r->seen |= 1u << field;
    for (size_t i = 0; i < value.n; i++)
        if ((unsigned char)value.p[i] >= 0x80)
            return bad(r, 400, "header_value");
    r->field[field] = piece_of(r, value);
    switch (field) {
    case FIELD_HOST:
        return host_field(r, value);
    case FIELD_CONTENT_LENGTH:
        return length_field(r, value);
    case FIELD_TRANSFER_ENCODING:
        return bad(r, 501, "transfer_encoding");
    case FIELD_EXPECT:
        return bad(r, 417, "expect");
    default:
        return HTTP_MORE;
    }
}

static int field_line(struct http_reader *r, span line)
{
    if (line.p[0] == ' ' || line.p[0] == '\t')
        return bad(r, 400, "header_folded");
    const char *colon = memchr(line.p, ':', line.n);
    span name = {line.p, colon != NULL ? (size_t)(colon - line.p) : 0};
    if (!field_is_token(name))
        return bad(r, 400, "header_name");
    if (++r->fields > HTTP_FIELDS_MAX)
        return bad(r, 431, "too_many_headers");
    int field = 0;
    while (field < FIELD_COUNT && !field_is(name, field_names[field]))
        field++;
    if (field == FIELD_COUNT) {
        r->n = r->line;
        return HTTP_MORE;
    }
    span value = field_trim((span){colon + 1, line.n - name.n - 1});
    return known_field(r, (enum http_field)field, value);
}

/* The head is whole: what only all lines together tell. */
static int head_end(struct http_reader *r)
{
    if (!(r->seen & 1u << FIELD_HOST))
        return bad(r, 400, "host_missing");
    bool may_have_body =
        r->method != HTTP_GET && r->method != HTTP_HEAD && r->method != HTTP_OPTIONS;
    if (r->length > 0 && !may_have_body)
        return bad(r, 400, "body_not_allowed");
    span rest = {NULL, 0}, option;
    if (r->seen & 1u << FIELD_CONNECTION)
        rest = span_at(r, r->field[FIELD_CONNECTION]);
    while (field_next(&rest, &option))
        if (!field_is_token(option))
            return bad(r, 400, "connection");
    r->stage = HTTP_STAGE_BODY;
    return HTTP_MORE;
}

static int line_end(struct http_reader *r)
{
    span line = {r->p != NULL ? r->p + r->line : "", r->n - r->line};
    int result = r->stage == HTTP_STAGE_LINE ? request_line(r, line)
                 : line.n == 0               ? head_end(r)
                                             : field_line(r, line);
    r->line = r->n;
    return result;
}

/* Whether a byte may stand in a line, now. */
static bool is_line_byte(const struct http_reader *r, char c)
{
    unsigned char byte = (unsigned char)c;
    if (r->stage == HTTP_STAGE_LINE)
        return byte >= 0x20 && byte < 0x7F;
    return (byte >= 0x20 && byte != 0x7F) || byte == '\t';
}

static int line_byte(struct http_reader *r, char c)
{
    if (c == '\n')
        return bad(r, 400, "bare_line_feed");
    if (!is_line_byte(r, c))
        return bad(r, 400, "control_byte");
    if (r->stage == HTTP_STAGE_LINE && r->n - r->line == REQUEST_LINE_MAX)
        return bad(r, 414, "target_too_long");
    int result = reserve(r, 1);
    if (result < 0)
        return result;
    r->p[r->n++] = c;
    return HTTP_MORE;
}

static int take_head(struct http_reader *r, span *in)
{
    int result = HTTP_MORE;
    while (in->n > 0 && result == HTTP_MORE && r->stage < HTTP_STAGE_BODY) {
        char c = in->p[0];
        *in = (span){in->p + 1, in->n - 1};
        bool after_cr = r->cr;
        r->cr = !after_cr && c == '\r';
        if (++r->head > HTTP_HEAD_MAX)
            result = bad(r, 431, "head_too_long");
        else if (after_cr)
            result = c == '\n' ? line_end(r) : bad(r, 400, "bare_carriage_return");
        else if (!r->cr)
            result = line_byte(r, c);
    }
    return result;
}

/* 0: the body is whole. */
static int take_body(struct http_reader *r, span *in)
{
    size_t missing = r->line + r->length - r->n;
    size_t n = in->n < missing ? in->n : missing;
    int result = reserve(r, n);
    if (result < 0)
        return result;
    if (n > 0) {
        memcpy(r->p + r->n, in->p, n);
        r->n += n;
        *in = (span){in->p + n, in->n - n};
    }
    return n == missing ? 0 : HTTP_MORE;
}

static void give(struct http_reader *r, struct http_request *ret)
{
    *ret = (struct http_request){.method = r->method, .path = r->p + r->path.at};
    if (r->has_query)
        ret->query = span_at(r, r->query);
    for (int i = 0; i < FIELD_COUNT; i++)
        if (r->seen & 1u << i)
            ret->field[i] = span_at(r, r->field[i]);
    ret->body = (span){r->p + r->line, r->length};
    span rest = ret->field[FIELD_CONNECTION], option;
    while (field_next(&rest, &option))
        ret->close |= field_is(option, "close");
    r->stage = HTTP_STAGE_GIVEN;
}

int http_reader_feed(struct http_reader *r, span *in, struct http_request *ret, int *ret_status,
                     const char **ret_detail)
{
    assert(r->stage != HTTP_STAGE_GIVEN);
    int result = r->stage == HTTP_STAGE_BAD ? HTTP_BAD : take_head(r, in);
    if (result == HTTP_MORE && r->stage == HTTP_STAGE_BODY)
        result = take_body(r, in);
    if (result == 0) {
        give(r, ret);
    } else if (result == HTTP_BAD) {
        *in = (span){NULL, 0};
        *ret_status = r->status;
        *ret_detail = r->detail;
    }
    return result;
}
