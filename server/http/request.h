/* SPDX-License-Identifier: EUPL-1.2 */
/* Bytes in, requests out: a strict subset of HTTP/1.1 (RFC 9112). What a request can be read as in
 * two ways is refused, so that no proxy before us reads another one than we do.
 *
 * Taken is: METHOD SP /path[?query] SP HTTP/1.1, lines that end with CRLF, one Host, at most one
 * of each field that is known here, and a body whose length one decimal Content-Length says. Not
 * taken, each with its status and a code: a bare LF or CR, a folded line, a space before the
 * colon, a control byte, an absolute URI as target, a path with an empty or dotted segment, any
 * Transfer-Encoding or Expect, a body where none belongs.
 *
 * A byte is judged when it comes, so pieces do not matter and the first fault in the order of the
 * bytes is the one told; after it the connection is of no use. Memory grows with what has come, up
 * to HTTP_HEAD_MAX + HTTP_BODY_MAX; between requests there is none. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

#define HTTP_HEAD_MAX (8 * 1024)   /* bytes with the empty line: else 431 */
#define HTTP_TARGET_MAX (4 * 1024) /* bytes as sent: else 414 */
#define HTTP_FIELDS_MAX 64         /* header lines: else 431 */
#define HTTP_BODY_MAX (64 * 1024)  /* bytes: else 413 */

/* Outcomes of http_reader_feed. */
enum {
    HTTP_MORE = 1, /* all of *in is taken, no request is complete */
    HTTP_BAD = 2,  /* refused, for ever: answer, then close */
};

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_METHOD_COUNT
};

extern const char *const http_method_names[HTTP_METHOD_COUNT];

/* The fields that are kept. All others are checked and dropped. */
#define HTTP_FIELDS(X)                                                                             \
    X(FIELD_HOST, "host")                                                                          \
    X(FIELD_AUTHORIZATION, "authorization")                                                        \
    X(FIELD_COOKIE, "cookie")                                                                      \
    X(FIELD_CONTENT_TYPE, "content-type")                                                          \
    X(FIELD_CONTENT_LENGTH, "content-length")                                                      \
    X(FIELD_CONTENT_ENCODING, "content-encoding")                                                  \
    X(FIELD_IF_MATCH, "if-match")                                                                  \
    X(FIELD_IF_NONE_MATCH, "if-none-match")                                                        \
    X(FIELD_IDEMPOTENCY_KEY, "idempotency-key")                                                    \
    X(FIELD_ACCEPT, "accept")                                                                      \
    X(FIELD_ACCEPT_ENCODING, "accept-encoding")                                                    \
    X(FIELD_LAST_EVENT_ID, "last-event-id")                                                        \
    X(FIELD_ORIGIN, "origin")                                                                      \
    X(FIELD_SEC_FETCH_SITE, "sec-fetch-site")                                                      \
    X(FIELD_SEC_FETCH_MODE, "sec-fetch-mode")                                                      \
    X(FIELD_UGO_AFTER, "ugo-after")                                                                \
    X(FIELD_UGO_ANTI_FORGERY, "ugo-anti-forgery")                                                  \
    X(FIELD_CONNECTION, "connection")                                                              \
    X(FIELD_TRANSFER_ENCODING, "transfer-encoding")                                                \
    X(FIELD_EXPECT, "expect")                                                                      \
    X(FIELD_RANGE, "range")

#define HTTP_FIELD_ENUMERATOR(name, text) name,
enum http_field { HTTP_FIELDS(HTTP_FIELD_ENUMERATOR) FIELD_COUNT };

struct http_request {
    enum http_method method;
    char *path;              /* decoded: begins with '/', UTF-8, no control byte; terminated */
    span query;              /* as sent, after the '?'; p NULL: none */
    span field[FIELD_COUNT]; /* trimmed, printable ASCII and tabs; p NULL: absent */
    span body;
    bool close; /* the client asks for the connection to end after the answer */
};

/* The names under which the server is known, lower case and without a port; none: any will do. */
struct http_hosts {
    const char *const *names;
    size_t n;
};

struct http_piece {
    uint16_t at, n;
};

enum http_stage {
    HTTP_STAGE_LINE, /* nothing yet, or within the request line */
    HTTP_STAGE_FIELDS,
    HTTP_STAGE_BODY,
    HTTP_STAGE_GIVEN, /* a request was given out */
    HTTP_STAGE_BAD,
};

struct http_reader {
    const struct http_hosts *hosts; /* borrowed; NULL: any */
    enum http_stage stage;
    char *p; /* owned: the lines that are kept, then the body; NULL while idle */
    size_t n, room;
    size_t line;     /* where the line begins that is being read */
    size_t head;     /* bytes of the head so far, those of dropped lines too */
    unsigned fields; /* header lines so far */
    bool cr;         /* the last byte was a CR: only LF may follow */
    bool has_query;
    enum http_method method;
    struct http_piece path, query, field[FIELD_COUNT];
    uint32_t seen; /* bits 1 << enum http_field */
    size_t length; /* of the body */
    int status;    /* BAD */
    const char *detail;
};

static inline struct http_reader http_reader(const struct http_hosts *hosts)
{
    return (struct http_reader){.hosts = hosts};
}

void http_reader_clear(struct http_reader *r); /* frees what it holds; NULL allowed */

/* Takes bytes from the front of *in, up to the end of one request and no further.
 *   0         *ret is a request, valid until http_reader_next_request, which must come before the
 *             next call
 *   HTTP_MORE
 *   HTTP_BAD  *ret_status is what to answer with, *ret_detail a static snake_case code
 *   -ENOMEM */
int http_reader_feed(struct http_reader *r, span *in, struct http_request *ret, int *ret_status,
                     const char **ret_detail) MUST_USE;

/* Lets go of the request given out, and with it of all memory. */
void http_reader_next_request(struct http_reader *r);

/* A request was given out and not let go yet. */
static inline bool http_reader_has_given(const struct http_reader *r)
{
    return r->stage == HTTP_STAGE_GIVEN;
}

/* No byte of a next request has come (the idle deadline counts), */
static inline bool http_reader_idle(const struct http_reader *r)
{
    return r->stage == HTTP_STAGE_LINE && r->head == 0;
}

/* its head is complete and its body is not (the body's deadline counts). */
static inline bool http_reader_in_body(const struct http_reader *r)
{
    return r->stage == HTTP_STAGE_BODY;
}

#endif
