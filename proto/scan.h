/* SPDX-License-Identifier: EUPL-1.2 */
/* A look at one line before any JSON parser sees it: what a parser would turn into deep recursion
 * or a hundred times its size in memory is refused here, in one pass without allocation. It does
 * not decide whether the line is JSON. */
#ifndef PROTO_SCAN_H
#define PROTO_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/result.h"
#include "base/span.h"

/* Outcomes of scan_line, in the order of the bytes: the first found is told. */
enum scan_outcome {
    SCAN_NOT_UTF8 = 1, /* RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF */
    SCAN_CONTROL_BYTE, /* below 0x20 inside a string; outside, all but tab, LF and CR */
    SCAN_TOO_DEEP,
    SCAN_TOO_COMPLEX, /* too many structural characters */
};

/* Structural characters are { } [ ] , : outside strings. Depth counts the open { and [. */
int scan_line(span line, size_t depth_max, size_t structural_max) MUST_USE;

/* The detail code of an outcome, for an error of type parse. */
const char *scan_detail(int outcome);

/* Whether text is UTF-8 as above. */
bool scan_utf8(span text);

#endif
