/* SPDX-License-Identifier: EUPL-1.2 */
/* Public files travel through spreadsheets and mail before they reach us. A letter that was lost on
 * the way cannot be guessed, so a file that shows one sign of it is refused, never repaired. */
#include "admin/import_text.h"

#include <stdint.h>

/* windows-1252, 0x80 to 0x9f; 0 has no letter. */
static const uint16_t windows[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

/* The length of the UTF-8 sequence at p (n bytes left) and its code point; 0 when it is none. */
static size_t sequence(const unsigned char *p, size_t n, uint32_t *ret_point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    uint32_t point = length == 1 ? p[0] : p[0] & (0xffU >> (length + 1));

    if (length == 0 || length > n || p[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (p[i] & 0x3f);
    }
    if (point < smallest[length] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return 0;
    *ret_point = point;
    return length;
}

int text_check(span file, int *ret_line)
{
    const unsigned char *p = (const unsigned char *)file.p;
    uint32_t before = 0;
    int line = 1;

    for (size_t i = 0; i < file.n;) {
        uint32_t point = 0;
        size_t length = sequence(p + i, file.n - i, &point);
        int outcome = 0;

        if (length == 0)
            outcome = TEXT_NOT_UTF8;
        else if (point == 0xfffd)
            outcome = TEXT_LOST_ACCENTS;
        else if ((before == 0xc2 || before == 0xc3) && point >= 0x80 && point <= 0xbf)
            outcome = TEXT_ENCODED_TWICE;
        else if ((point < 0x20 && point != '\n' && point != '\r' && point != '\t') ||
                 point == 0x7f || (point >= 0x80 && point < 0xa0 && windows[point - 0x80] == 0))
            outcome = TEXT_CONTROL_CHARACTER;
        if (outcome != 0) {
            *ret_line = line;
            return outcome;
        }
        line += point == '\n';
        before = point;
        i += length;
    }
    return 0;
}

span text_without_mark(span file)
{
    if (file.n >= 3 && memcmp(file.p, "\xef\xbb\xbf", 3) == 0)
        return (span){file.p + 3, file.n - 3};
    return file;
}

static void add_point(struct buf *out, uint32_t point)
{
    if (point < 0x80) {
        buf_char(out, (char)point);
    } else if (point < 0x800) {
        buf_char(out, (char)(0xc0 | point >> 6));
        buf_char(out, (char)(0x80 | (point & 0x3f)));
    } else {
        buf_char(out, (char)(0xe0 | point >> 12));
        buf_char(out, (char)(0x80 | (point >> 6 & 0x3f)));
        buf_char(out, (char)(0x80 | (point & 0x3f)));
    }
}

int text_from_latin1(span file, struct buf *out, int *ret_line)
{
    int line = 1;

    for (size_t i = 0; i < file.n; i++) {
        unsigned char c = (unsigned char)file.p[i];
        uint32_t point = c >= 0x80 && c < 0xa0 ? windows[c - 0x80] : c;

        if (point == 0) {
            *ret_line = line;
            return TEXT_CONTROL_CHARACTER;
        }
        line += c == '\n';
        add_point(out, point);
    }
    return buf_check(out);
}

static bool is_windows_letter(const char *p)
{
    return p[0] == '\xc2' && (unsigned char)p[1] >= 0x80 && (unsigned char)p[1] < 0xa0;
}

int text_mend(span file, struct buf *room, span *ret_text)
{
    size_t i = 0;

    while (i + 1 < file.n && !is_windows_letter(file.p + i))
        i++;
    *ret_text = file;
    if (i + 1 >= file.n)
        return 0;
    buf_add(room, (span){file.p, i});
    while (i < file.n) {
        if (i + 1 < file.n && is_windows_letter(file.p + i)) {
            add_point(room, windows[(unsigned char)file.p[i + 1] - 0x80]);
            i += 2;
        } else {
            buf_char(room, file.p[i++]);
        }
    }
    *ret_text = buf_span(room);
    return buf_check(room);
}
