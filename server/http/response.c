/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/response.h"

#include "http/request.h"

#define SECURITY                                                                                   \
    "Strict-Transport-Security: max-age=31536000\r\n"                                              \
    "X-Content-Type-Options: nosniff\r\n"                                                          \
    "Referrer-Policy: no-referrer\r\n"                                                             \
    "Cross-Origin-Opener-Policy: same-origin\r\n"                                                  \
    "Cross-Origin-Resource-Policy: same-origin\r\n"                                                \
    "Permissions-Policy: camera=(), microphone=(), geolocation=(self)\r\n"

/* Nothing but our own files, and no text that becomes code. */
#define PAGE_POLICY                                                                                \
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "           \
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "             \
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "             \
    "require-trusted-types-for 'script'; trusted-types ugo\r\n"

#define RETRY_AFTER_S 1 /* of 429 and 503, when the caller knows no better */

static const char *const cache_texts[] = {
    [CACHE_NO_STORE] = "no-store",
    [CACHE_ASK_AGAIN] = "no-cache",
    [CACHE_FOR_EVER] = "public, max-age=31536000, immutable",
};

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

static const char *reason_of(int status)
{
    for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return ""; /* a reason may be empty (RFC 9112, 4) */
}

static bool is_clean(span text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < 0x20 || (unsigned char)text.p[i] >= 0x7F)
            return false;
    return true;
}

/* name: <before>value<after>CRLF */
static void field(struct buf *out, const char *name, const char *before, span value,
                  const char *after)
{
    if (!is_clean(value)) { /* a second line in a head could be anything: rather no answer */
        out->failed = true;
        return;
    }
    buf_text(out, name);
    buf_text(out, ": ");
    buf_text(out, before);
    buf_add(out, value);
    buf_text(out, after);
    buf_text(out, "\r\n");
}

static void field_text(struct buf *out, const char *name, const char *value)
{
    if (value != NULL)
        field(out, name, "", span_of(value), "");
}

/* IMF-fixdate: Sat, 21 Nov 2026 18:02:11 GMT. Day, month and time are taken from the RFC 3339
 * text; 1970-01-01 was a Thursday. */
static void date_field(struct buf *out, usec_t date)
{
    static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char at[INSTANT_TEXT];
    if (date <= 0)
        return;
    instant_format(date, at);
    int month = (at[5] - '0') * 10 + (at[6] - '0');
    buf_printf(out, "Date: %s, %.2s %s %.4s %.8s GMT\r\n", days[date / (24 * USEC_HOUR) % 7],
               at + 8, months[month - 1], at, at + 11);
}

static void allow_field(struct buf *out, unsigned allow)
{
    if (allow == 0)
        return;
    buf_text(out, "Allow: ");
    bool first = true;
    for (int m = 0; m < HTTP_METHOD_COUNT; m++) {
        if (!(allow & 1u << m))
            continue;
        buf_text(out, first ? "" : ", ");
        buf_text(out, http_method_names[m]);
        first = false;
    }
    buf_text(out, "\r\n");
}

static void cookie_field(struct buf *out, span secret)
{
    if (secret.p == NULL)
        return;
    field(out, "Set-Cookie", HTTP_COOKIE "=", secret,
          secret.n > 0 ? "; Path=/; Secure; HttpOnly; SameSite=Strict"
                       : "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
}

/* Without the empty line. */
static void head_write(const struct http_head *head, struct buf *out)
{
    buf_printf(out, "HTTP/1.1 %d %s\r\n", head->status, reason_of(head->status));
    date_field(out, head->date);
    field_text(out, "Content-Type", head->type);
    field_text(out, "Content-Encoding", head->encoding);
    if (head->varies)
        buf_text(out, "Vary: Accept-Encoding\r\n");
    field_text(out, "Cache-Control", cache_texts[head->cache]);
    if (head->tag.n > 0)
        field(out, "ETag", "\"", head->tag, "\"");
    if (head->position.n > 0)
        field(out, "Ugo-Position", "", head->position, "");
    cookie_field(out, head->cookie);
    allow_field(out, head->allow);
    if (head->retry_after_s > 0)
        buf_printf(out, "Retry-After: %d\r\n", head->retry_after_s);
    if (head->challenge)
        buf_text(out, "WWW-Authenticate: Bearer\r\n");
    buf_text(out, SECURITY);
    if (head->type != NULL && strncmp(head->type, "text/html", 9) == 0)
        buf_text(out, PAGE_POLICY);
    if (head->close)
        buf_text(out, "Connection: close\r\n");
}

static bool has_no_body(int status)
{
    return status == 204 || status == 304;
}

void http_head_write(const struct http_head *head, size_t n, struct buf *out)
{
    head_write(head, out);
    if (!has_no_body(head->status))
        buf_printf(out, "Content-Length: %zu\r\n", n);
    buf_text(out, "\r\n");
}

void http_stream_write(const struct http_head *head, struct buf *out)
{
    struct http_head own = *head;
    own.close = true;
    head_write(&own, out);
    buf_text(out, "\r\n");
}

void http_answer_write(const struct http_head *head, span body, bool is_head, struct buf *out)
{
    http_head_write(head, body.n, out);
    if (!is_head)
        buf_add(out, body);
}

/* Problems */

struct http_problem http_problem_of(int status, const char *detail)
{
    enum error_type error = status == 404   ? ERROR_UNKNOWN_OPERATION
                            : status == 429 ? ERROR_TOO_MANY_REQUESTS
                            : status == 503 ? ERROR_UNAVAILABLE
                                            : ERROR_INVALID_REQUEST;
    return (struct http_problem){.error = error, .status = status, .detail = detail};
}

void http_problem_write(const struct http_problem *problem, struct http_head head, struct buf *out)
{
    const struct error_row *row = &error_rows[problem->error];
    struct buf body = {0};
    head.status = problem->status != 0 ? problem->status : row->status;
    head.type = HTTP_TYPE_PROBLEM;
    head.cache = CACHE_NO_STORE;
    head.challenge = head.status == 401;
    if ((head.status == 429 || head.status == 503) && head.retry_after_s <= 0)
        head.retry_after_s = RETRY_AFTER_S;
    buf_printf(&body, "{\"type\":\"urn:ugo:error:%s\",\"title\":\"%s\",\"status\":%d", row->type,
               row->title, head.status);
    if (problem->detail != NULL) {
        buf_text(&body, ",\"detail\":");
        buf_json_text(&body, problem->detail);
    }
    buf_add(&body, problem->members);
    buf_char(&body, '}');
    http_answer_write(&head, buf_span(&body), problem->is_head, out);
    out->failed |= body.failed;
    buf_free(&body);
}

void http_errors_write(const struct shape_errors *errors, struct buf *out)
{
    buf_text(out, ",\"errors\":[");
    for (int i = 0; i < shape_errors_listed(errors); i++) {
        buf_text(out, i > 0 ? ",{\"pointer\":" : "{\"pointer\":");
        buf_json_text(out, errors->list[i].pointer);
        buf_text(out, ",\"detail\":");
        buf_json_text(out, errors->list[i].detail);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}
