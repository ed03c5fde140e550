/* SPDX-License-Identifier: EUPL-1.2 */
/* Answers as bytes: the status line, the fields of every answer (security, caching, length), and
 * problems (RFC 9457) made from the table of proto/error.h.
 *
 * All texts put into a head are the server's own or have been checked. One that holds a control
 * byte all the same makes the answer fail. */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/instant.h"
#include "proto/error.h"
#include "proto/shape.h"

enum http_cache {
    CACHE_NO_STORE,  /* whatever tells of people and places: the default */
    CACHE_ASK_AGAIN, /* may be kept, asked about each time with its tag */
    CACHE_FOR_EVER,  /* its name changes with its content */
};

#define HTTP_TYPE_JSON "application/json; charset=utf-8"
#define HTTP_TYPE_PROBLEM "application/problem+json"
#define HTTP_TYPE_EVENTS "text/event-stream; charset=utf-8"

/* Starts as {.status = …}; what is 0 or NULL is left out. */
struct http_head {
    int status;
    usec_t date;          /* the ledger's time, as a point since the epoch */
    const char *type;     /* Content-Type; of text/html comes the content security policy, too */
    const char *encoding; /* Content-Encoding */
    bool varies;          /* the encoding was chosen by Accept-Encoding */
    enum http_cache cache;
    span tag;          /* ETag, without its quotes */
    span position;     /* Ugo-Position */
    span cookie;       /* the session's secret to be set; p set and n 0: forget it */
    unsigned allow;    /* Allow: bits 1 << enum http_method */
    int retry_after_s; /* Retry-After */
    bool challenge;    /* WWW-Authenticate: Bearer */
    bool close;        /* Connection: close */
};

#define HTTP_COOKIE "__Host-ugo"

/* The head of an answer with a body of n bytes. Where a status has no body (204, 304) no length is
 * said; for HEAD it is said and no body follows. Failure is remembered in out. */
void http_head_write(const struct http_head *head, size_t n, struct buf *out);

/* The head of a stream: no length, so it ends with its connection. */
void http_stream_write(const struct http_head *head, struct buf *out);

/* Head and body; without the body when it answers HEAD. */
void http_answer_write(const struct http_head *head, span body, bool is_head, struct buf *out);

/* An error. Starts as {.error = …}. */
struct http_problem {
    enum error_type error;
    int status;         /* 0: the error's own */
    const char *detail; /* snake_case code or NULL */
    span members;       /* further members, each begun by a comma (struct call's `data`) */
    bool is_head;
};

/* The problem of a request that could not be read, or that no route takes: its status is one of
 * HTTP's, told as the nearest of our errors. */
struct http_problem http_problem_of(int status, const char *detail);

/* The whole answer. head is completed: status, type, no-store, what 401, 429 and 503 demand. 405
 * needs its `allow`. */
void http_problem_write(const struct http_problem *problem, struct http_head head, struct buf *out);

/* ,"errors":[{"pointer":…,"detail":…}…] */
void http_errors_write(const struct shape_errors *errors, struct buf *out);

#endif
