/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/scan.h"

#include <stdint.h>

/* Length of the UTF-8 sequence at p, of which n > 0 bytes are there; 0: none. The ranges of the
 * second byte exclude overlong forms, surrogates and what is above U+10FFFF (RFC 3629, section 4).
 */
static size_t sequence_length(const unsigned char *p, size_t n)
{
    unsigned char first = p[0], low = 0x80, high = 0xBF;
    size_t length;
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (first == 0xE0)
        low = 0xA0;
    else if (first == 0xED)
        high = 0x9F;
    else if (first == 0xF0)
        low = 0x90;
    else if (first == 0xF4)
        high = 0x8F;
    if (n < length || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (p[i] < 0x80 || p[i] > 0xBF)
            return 0;
    return length;
}

struct scan {
    size_t depth, depth_max;
    size_t structural, structural_max;
    bool in_string;
    bool escaped; /* the byte before was a backslash inside a string */
};

static int scan_in_string(struct scan *s, unsigned char c)
{
    if (c < 0x20)
        return SCAN_CONTROL_BYTE;
    if (s->escaped)
        s->escaped = false;
    else if (c == '\\')
        s->escaped = true;
    else if (c == '"')
        s->in_string = false;
    return 0;
}

static int scan_outside(struct scan *s, unsigned char c)
{
    switch (c) {
    case '"':
        s->in_string = true;
        return 0;
    case '{':
    case '[':
        if (s->depth++ == s->depth_max)
            return SCAN_TOO_DEEP;
        break;
    case '}':
    case ']':
        /* More closed than opened is no JSON; the parser will say so. */
        s->depth -= s->depth > 0;
        break;
    case ',':
    case ':':
        break;
    case '\t':
    case '\n':
    case '\r':
        return 0;
    default:
        return c < 0x20 ? SCAN_CONTROL_BYTE : 0;
    }
    return s->structural++ == s->structural_max ? SCAN_TOO_COMPLEX : 0;
}

int scan_line(span line, size_t depth_max, size_t structural_max)
{
    const unsigned char *p = (const unsigned char *)line.p;
    struct scan s = {.depth_max = depth_max, .structural_max = structural_max};

    for (size_t i = 0; i < line.n;) {
        size_t length = sequence_length(p + i, line.n - i);
        if (length == 0)
            return SCAN_NOT_UTF8;
        int r = s.in_string ? scan_in_string(&s, p[i]) : scan_outside(&s, p[i]);
        if (r != 0)
            return r;
        i += length;
    }
    return 0;
}

const char *scan_detail(int outcome)
{
    switch (outcome) {
    case SCAN_NOT_UTF8:
        return "not_utf8";
    case SCAN_CONTROL_BYTE:
        return "control_byte";
    case SCAN_TOO_DEEP:
        return "too_deep";
    case SCAN_TOO_COMPLEX:
        return "too_complex";
    default:
        return "not_json";
    }
}

bool scan_utf8(span text)
{
    const unsigned char *p = (const unsigned char *)text.p;
    for (size_t i = 0; i < text.n;) {
        size_t length = sequence_length(p + i, text.n - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}
