/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/screen.h"

#include <string.h>

/* A style mark as the terminal understands it; NULL: it is none. */
static const char *style(uint32_t c)
{
    static const struct {
        const char *mark, *sequence;
    } styles[] = {{BOLD, "\033[1m"}, {DIM, "\033[2m"}, {WARN, "\033[33m"}, {PLAIN, "\033[0m"}};
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++) {
        if (c == (uint32_t)styles[i].mark[0])
            return styles[i].sequence;
    }
    return NULL;
}

/* Bytes from text to end, without anything that could move the cursor. */
static void put(const struct screen *s, FILE *f, const char *text, const char *end)
{
    uint32_t c;
    for (size_t n; text < end && (n = text_next(text, &c)) > 0; text += n) {
        if (style(c) != NULL) {
            if (s->styled)
                fputs(style(c), f);
        } else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
                   (c >= 0x2066 && c <= 0x2069)) {
            fputc('?', f);
        } else if (c == 0xFFFD) {
            fputs("\xEF\xBF\xBD", f);
        } else {
            fwrite(text, 1, n, f);
        }
    }
}

/* The end of what fits in `room` columns: at a space where there is one. */
static const char *line_end(const char *text, int room)
{
    const char *fits = NULL, *at = text;
    uint32_t c;
    int width = 0;

    for (size_t n; (n = text_next(at, &c)) > 0 && c != '\n'; at += n) {
        if (c == ' ')
            fits = at;
        width += text_point_width(c);
        if (width > room && fits != NULL)
            return fits;
    }
    return at;
}

static void paragraph(struct screen *s, FILE *f, int hang, const char *text)
{
    int indent = 0;
    /* Indentation that the text brings along stays with its first line. */
    while (text[0] == ' ') {
        indent++;
        text++;
    }
    for (bool first = true; first || text[0] != 0; first = false) {
        int margin = first ? indent : indent + hang;
        const char *end = line_end(text, s->width > margin + 8 ? s->width - margin : 8);
        fprintf(f, "%*s", text == end ? 0 : margin, "");
        put(s, f, text, end);
        fputc('\n', f);
        text = end;
        if (text[0] == '\n')
            text++;
        while (text[0] == ' ')
            text++;
    }
}

void screen_line(struct screen *s, int hang, const char *text)
{
    paragraph(s, s->out, hang, text);
}

void screen_row(struct screen *s, const char *text)
{
    put(s, s->out, text, text + strlen(text));
    fputc('\n', s->out);
}

void screen_blank(struct screen *s)
{
    fputc('\n', s->out);
}

void screen_complain(struct screen *s, const char *text)
{
    fflush(s->out);
    paragraph(s, s->err, 5, words_printf(&s->words, "ugo: %s", text));
}

void screen_json(struct screen *s, const json_t *value)
{
    json_dumpf(value, s->out, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
    fputc('\n', s->out);
}

enum language language_of(const char *lc_all, const char *lc_messages, const char *lang)
{
    const char *name = lc_all != NULL && lc_all[0]             ? lc_all
                       : lc_messages != NULL && lc_messages[0] ? lc_messages
                       : lang != NULL                          ? lang
                                                               : "";
    return strncmp(name, "fr", 2) == 0 ? LANGUAGE_FR : LANGUAGE_EN;
}
