/* SPDX-License-Identifier: EUPL-1.2 */
/* A borrowed range of bytes: not owned, not terminated. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct span {
    const char *p;
    size_t n;
} span;

static inline span span_of(const char *text)
{
    return (span){text, strlen(text)};
}

static inline bool span_equals(span a, span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool span_is(span a, const char *text)
{
    return span_equals(a, span_of(text));
}

#endif
