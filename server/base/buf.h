/* SPDX-License-Identifier: EUPL-1.2 */
/* A growable run of bytes, and JSON written into it. Failure to allocate is remembered: appends may
 * be chained and the result asked for once, at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/result.h"
#include "base/span.h"

struct buf {
    char *p; /* owned; NULL while empty */
    size_t n;
    size_t room;
    bool failed; /* an append ran out of memory; contents are not to be used */
};

void buf_free(struct buf *b);  /* leaves an empty buffer; NULL allowed */
void buf_reset(struct buf *b); /* empties, keeps the memory, forgets a failure */

/* Room for n more bytes, so that appending them does not allocate. False: out of memory, now or
 * before. */
bool buf_reserve(struct buf *b, size_t n);

/* Inline: of a literal the length is known, and most of what is written has room. */
static inline void buf_add(struct buf *b, span bytes)
{
    if (bytes.n == 0 || (bytes.n >= b->room - b->n && !buf_reserve(b, bytes.n)))
        return;
    memcpy(b->p + b->n, bytes.p, bytes.n);
    b->n += bytes.n;
}

static inline void buf_text(struct buf *b, const char *text)
{
    buf_add(b, span_of(text));
}

static inline void buf_char(struct buf *b, char c)
{
    buf_add(b, (span){&c, 1});
}

void buf_int(struct buf *b, int64_t value);
void buf_decimal(struct buf *b, double value, unsigned digits); /* |value|·10^digits < 2^62 */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_prepend(struct buf *b, span bytes); /* before all others; not of b itself */
void buf_drop(struct buf *b, size_t n);      /* removes the first n bytes; n at most b->n */

/* JSON values. Text must be UTF-8; NULL is written as null. */
void buf_json_text(struct buf *b, const char *text);
void buf_json_span(struct buf *b, span text);
void buf_json_instant(struct buf *b, usec_t at); /* RFC 3339 in quotes */

/* 0, or -ENOMEM when any append failed. */
int buf_check(const struct buf *b) MUST_USE;

static inline span buf_span(const struct buf *b)
{
    return (span){b->p, b->n};
}

#endif
