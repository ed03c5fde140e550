/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/text.h"

#include <stdio.h>
#include <string.h>

size_t text_next(const char *text, uint32_t *ret_point)
{
    const unsigned char *p = (const unsigned char *)text;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = p[0] < 0x80   ? 1
               : p[0] < 0xC2 ? 0
               : p[0] < 0xE0 ? 2
               : p[0] < 0xF0 ? 3
               : p[0] < 0xF5 ? 4
                             : 0;
    uint32_t point = n == 1 ? p[0] : n == 2 ? p[0] & 0x1Fu : n == 3 ? p[0] & 0x0Fu : p[0] & 0x07u;

    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            n = 0;
            break;
        }
        point = point << 6 | (p[i] & 0x3Fu);
    }
    if (n == 0 || point < least[n] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) {
        *ret_point = 0xFFFD;
        return 1;
    }
    *ret_point = point;
    return p[0] != 0 ? n : 0;
}

/* The blocks that matter for European text and what people paste into names (East Asian Width and
 * general categories Mn, Me, Cf of Unicode 15, coarsely). */
int text_point_width(uint32_t c)
{
    static const struct {
        uint32_t first, last;
        int width;
    } blocks[] = {
        {0x0000, 0x001F, 0},   {0x007F, 0x009F, 0},   {0x00AD, 0x00AD, 0},   {0x0300, 0x036F, 0},
        {0x0483, 0x0489, 0},   {0x0591, 0x05BD, 0},   {0x064B, 0x065F, 0},   {0x1100, 0x115F, 2},
        {0x1AB0, 0x1AFF, 0},   {0x1DC0, 0x1DFF, 0},   {0x200B, 0x200F, 0},   {0x202A, 0x202E, 0},
        {0x2060, 0x2064, 0},   {0x20D0, 0x20FF, 0},   {0x2E80, 0x303E, 2},   {0x3041, 0xA4CF, 2},
        {0xA960, 0xA97F, 2},   {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},   {0xFE00, 0xFE0F, 0},
        {0xFE20, 0xFE2F, 0},   {0xFE30, 0xFE6F, 2},   {0xFEFF, 0xFEFF, 0},   {0xFF00, 0xFF60, 2},
        {0xFFE0, 0xFFE6, 2},   {0x1F300, 0x1F64F, 2}, {0x1F680, 0x1F6FF, 2}, {0x1F900, 0x1FAFF, 2},
        {0x20000, 0x3FFFD, 2}, {0xE0000, 0xE0FFF, 0},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if (c >= blocks[i].first && c <= blocks[i].last)
            return blocks[i].width;
    }
    return 1;
}

int text_width(const char *text)
{
    uint32_t point;
    int width = 0;
    for (size_t n; (n = text_next(text, &point)) > 0; text += n)
        width += text_point_width(point);
    return width;
}

const char *text_cut(struct words *w, const char *text, int columns)
{
    uint32_t point;
    int width = 0;
    size_t fits = 0;

    if (text_width(text) <= columns)
        return text;
    for (size_t n; (n = text_next(text + fits, &point)) > 0; fits += n) {
        width += text_point_width(point);
        if (width > columns - 1)
            break;
    }
    while (fits > 0 && text[fits - 1] == ' ')
        fits--;
    return words_printf(w, "%.*s…", (int)fits, text);
}

/* A letter without case and accent; 0: skipped. */
static char fold(uint32_t c)
{
    static const struct {
        uint32_t first, last;
        char letter;
    } letters[] = {
        {0xC0, 0xC5, 'a'}, {0xC7, 0xC7, 'c'},   {0xC8, 0xCB, 'e'},   {0xCC, 0xCF, 'i'},
        {0xD1, 0xD1, 'n'}, {0xD2, 0xD6, 'o'},   {0xD9, 0xDC, 'u'},   {0xDD, 0xDD, 'y'},
        {0xE0, 0xE5, 'a'}, {0xE7, 0xE7, 'c'},   {0xE8, 0xEB, 'e'},   {0xEC, 0xEF, 'i'},
        {0xF1, 0xF1, 'n'}, {0xF2, 0xF6, 'o'},   {0xF9, 0xFC, 'u'},   {0xFD, 0xFD, 'y'},
        {0xFF, 0xFF, 'y'}, {0x152, 0x153, 'o'}, {0x178, 0x178, 'y'},
    };
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return (char)c;
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (c >= letters[i].first && c <= letters[i].last)
            return letters[i].letter;
    }
    return 0;
}

/* A text on the way to its folded letters; "œ" gives two. */
struct folding {
    const char *text;
    char pending;
};

static char fold_next(struct folding *f)
{
    uint32_t point;
    char c = f->pending;

    f->pending = 0;
    for (size_t n; c == 0 && (n = text_next(f->text, &point)) > 0; f->text += n) {
        c = fold(point);
        f->pending = point == 0x152 || point == 0x153 ? 'e' : 0;
    }
    return c;
}

/* a begins with b. *ret_same: and ends there. */
static bool begins(struct folding a, const char *b, bool *ret_same)
{
    struct folding wanted = {b, 0};
    for (;;) {
        char letter = fold_next(&wanted), c = fold_next(&a);
        if (letter == 0) {
            *ret_same = c == 0;
            return true;
        }
        if (c != letter)
            return false;
    }
}

bool text_same(const char *a, const char *b)
{
    bool same = false;
    return begins((struct folding){a, 0}, b, &same) && same;
}

/* Whether word (n bytes) stands anywhere in text. */
static bool holds_word(const char *text, const char *word, size_t n)
{
    struct folding at = {text, 0};
    char wanted[64];
    bool same;

    snprintf(wanted, sizeof wanted, "%.*s", (int)n, word);
    do {
        if (begins(at, wanted, &same))
            return true;
    } while (fold_next(&at) != 0);
    return false;
}

bool text_holds(const char *a, const char *b)
{
    struct folding probe = {b, 0};
    if (fold_next(&probe) == 0)
        return false;
    while (*b != 0) {
        size_t n = strcspn(b, " ");
        if (n > 0 && !holds_word(a, b, n))
            return false;
        b += n + (b[n] == ' ');
    }
    return true;
}
