/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_free(struct buf *b)
{
    if (b == NULL)
        return;
    free(b->p);
    *b = (struct buf){0};
}

void buf_reset(struct buf *b)
{
    b->n = 0;
    b->failed = false;
}

/* And for a terminator. */
bool buf_reserve(struct buf *b, size_t n)
{
    if (b->failed)
        return false;
    if (n < b->room - b->n)
        return true;
    size_t wanted = b->n + n + 1;
    size_t room = b->room ? b->room : 64;
    while (room < wanted && room < SIZE_MAX / 2)
        room *= 2;
    char *p = wanted > b->n && room >= wanted ? realloc(b->p, room) : NULL;
    if (p == NULL) {
        b->failed = true;
        b->room = b->n; /* so that appends need not look at `failed` */
        return false;
    }
    b->p = p;
    b->room = room;
    return true;
}

void buf_int(struct buf *b, int64_t value)
{
    char text[24];
    char *p = text + sizeof text;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0)
        *--p = '-';
    buf_add(b, (span){p, (size_t)(text + sizeof text - p)});
}

void buf_decimal(struct buf *b, double value, unsigned digits)
{
    int64_t scale = 1;
    for (unsigned i = 0; i < digits; i++)
        scale *= 10;
    int64_t whole = (int64_t)(value * (double)scale + (value < 0 ? -0.5 : 0.5));
    char text[24];
    char *p = text + sizeof text;
    uint64_t rest = whole < 0 ? 0 - (uint64_t)whole : (uint64_t)whole;
    for (unsigned i = 0; i <= digits || rest != 0; i++, rest /= 10) {
        if (i == digits && digits > 0)
            *--p = '.';
        *--p = (char)('0' + rest % 10);
    }
    if (whole < 0)
        *--p = '-';
    buf_add(b, (span){p, (size_t)(text + sizeof text - p)});
}

/* Formatting costs more than what it writes: it is done twice only when room was missing. */
void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    size_t room = b->failed ? 0 : b->room - b->n;
    va_start(args, format);
    int n = vsnprintf(room > 0 ? b->p + b->n : NULL, room, format, args);
    va_end(args);
    if (n < 0 || !buf_reserve(b, (size_t)n)) {
        b->failed = true;
        return;
    }
    if ((size_t)n >= room) {
        va_start(args, format);
        vsnprintf(b->p + b->n, (size_t)n + 1, format, args);
        va_end(args);
    }
    b->n += (size_t)n;
}

void buf_prepend(struct buf *b, span bytes)
{
    if (bytes.n == 0 || !buf_reserve(b, bytes.n))
        return;
    memmove(b->p + bytes.n, b->p, b->n);
    memcpy(b->p, bytes.p, bytes.n);
    b->n += bytes.n;
}

void buf_drop(struct buf *b, size_t n)
{
    if (n == 0)
        return;
    b->n -= n;
    memmove(b->p, b->p + n, b->n);
}

void buf_json_span(struct buf *b, span text)
{
    if (text.p == NULL) {
        buf_text(b, "null");
        return;
    }
    buf_char(b, '"');
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(b, (span){text.p + from, i - from});
        if (c == '"' || c == '\\')
            buf_add(b, (span){(char[]){'\\', (char)c}, 2});
        else
            buf_printf(b, "\\u%04x", c);
        from = i + 1;
    }
    buf_add(b, (span){text.p + from, text.n - from});
    buf_char(b, '"');
}

void buf_json_text(struct buf *b, const char *text)
{
    buf_json_span(b, text == NULL ? (span){NULL, 0} : span_of(text));
}

void buf_json_instant(struct buf *b, usec_t at)
{
    char text[INSTANT_TEXT];
    buf_char(b, '"');
    buf_text(b, instant_format(at, text));
    buf_char(b, '"');
}

int buf_check(const struct buf *b)
{
    return b->failed ? -ENOMEM : 0;
}
