/* SPDX-License-Identifier: EUPL-1.2 */
/* The line splitter and the pre-scan. The first byte chooses the size of the pieces, the second the
 * limit of a line; the rest is what arrives. Pieces must not matter, and whatever JSON parser
 * accepts the pre-scan lets through, at the depth it has. */
#include "tests/fuzz/fuzz.h"

#include <jansson.h>

#include "proto/line.h"
#include "proto/memory.h"
#include "proto/scan.h"

#define NO_LIMIT SIZE_MAX

static size_t depth_of(const json_t *value)
{
    size_t deepest = 0, i;
    const char *name;
    json_t *inner;
    if (json_is_object(value)) {
        json_object_foreach ((json_t *)value, name, inner) {
            size_t depth = depth_of(inner);
            deepest = depth > deepest ? depth : deepest;
        }
    } else if (json_is_array(value)) {
        json_array_foreach (value, i, inner) {
            size_t depth = depth_of(inner);
            deepest = depth > deepest ? depth : deepest;
        }
    } else {
        return 0;
    }
    return deepest + 1;
}

/* UTF-8 by its definition: decode, and see that the code point is one and was written shortest. */
static bool is_utf8(const unsigned char *p, size_t n)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    for (size_t i = 0; i < n;) {
        size_t length = p[i] < 0x80             ? 1
                        : (p[i] & 0xE0) == 0xC0 ? 2
                        : (p[i] & 0xF0) == 0xE0 ? 3
                        : (p[i] & 0xF8) == 0xF0 ? 4
                                                : 0;
        if (length == 0 || length > n - i)
            return false;
        uint32_t point = length == 1 ? p[i] : p[i] & (0x7Fu >> length);
        for (size_t k = 1; k < length; k++) {
            if ((p[i + k] & 0xC0) != 0x80)
                return false;
            point = point << 6 | (p[i + k] & 0x3F);
        }
        if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
            return false;
        i += length;
    }
    return true;
}

static void check_scan(span line)
{
    REQUIRE(scan_utf8(line) == is_utf8((const unsigned char *)line.p, line.n));
    int loose = scan_line(line, NO_LIMIT, NO_LIMIT);
    REQUIRE(loose == 0 || loose == SCAN_NOT_UTF8 || loose == SCAN_CONTROL_BYTE);
    REQUIRE(loose == 0 || scan_line(line, 8, 64) != 0);

    /* 1 500: the parser's own depth limit is 2 048, and its recursion costs stack here. */
    if (scan_line(line, 1500, NO_LIMIT) == SCAN_TOO_DEEP)
        return;
    json_t *value = json_loadb(line.p, line.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (value == NULL)
        return;
    size_t depth = depth_of(value);
    /* jansson overlooks a NUL that follows a number. */
    bool nul = memchr(line.p, '\0', line.n) != NULL;
    REQUIRE(loose == (nul ? SCAN_CONTROL_BYTE : 0));
    if (nul) {
        json_decref(value);
        return;
    }
    REQUIRE(scan_line(line, depth, NO_LIMIT) == 0);
    REQUIRE(depth == 0 || scan_line(line, depth - 1, NO_LIMIT) == SCAN_TOO_DEEP);
    json_decref(value);
}

/* The next line as the definition has it; false when there is none, or one too long. */
static bool expect_line(span *rest, size_t limit, span *ret, bool *ret_too_long)
{
    const char *end = rest->n > 0 ? memchr(rest->p, '\n', rest->n) : NULL;
    size_t n = end != NULL ? (size_t)(end - rest->p) : rest->n;
    *ret_too_long = n > limit;
    if (n > limit || end == NULL)
        return false;
    *ret = (span){rest->p, n};
    *rest = (span){end + 1, rest->n - n - 1};
    return true;
}

static void check_split(span all, size_t piece, size_t limit)
{
    struct line_splitter l = line_splitter(limit);
    span rest = all, line, expected;
    bool too_long = false, stopped = false;
    for (size_t at = 0; at < all.n; at += piece) {
        size_t n = all.n - at < piece ? all.n - at : piece;
        char *own = fuzz_copy(all.p + at, n);
        span in = {own, n};
        int r;
        while ((r = line_next(&l, &in, &line)) == 0) {
            REQUIRE(!stopped && expect_line(&rest, limit, &expected, &too_long));
            REQUIRE(span_equals(line, expected));
            check_scan(line);
        }
        REQUIRE(r == LINE_MORE || r == LINE_TOO_LONG);
        REQUIRE(!stopped || r == LINE_TOO_LONG);
        REQUIRE(l.room <= 2 * limit + 256);
        stopped = r == LINE_TOO_LONG;
        free(own);
    }
    REQUIRE(!expect_line(&rest, limit, &expected, &too_long) && too_long == stopped);
    line_splitter_free(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 2)
        return 0;
    proto_memory_or_abort();
    json_object_seed(1);
    size_t limit = bytes[1] < 128 ? bytes[1] : 65536;
    check_split((span){(const char *)bytes + 2, n - 2}, 1 + bytes[0] % 97, limit);
    return 0;
}
