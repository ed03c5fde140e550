/* SPDX-License-Identifier: EUPL-1.2 */
/* Where the answer goes: a terminal (or what stands for one), its width, the reader's language, the
 * time. Nothing reaches it but through here, so that a name with control characters in it cannot
 * move the cursor. */
#ifndef UGO_SCREEN_H
#define UGO_SCREEN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "clients/ugo/text.h"
#include "clients/ugo/words.h"

enum language { LANGUAGE_EN, LANGUAGE_FR };

#define WIDTH_DEFAULT 80
#define WIDTH_LEAST 32

struct screen {
    FILE *out, *err;
    int width;   /* columns */
    bool styled; /* bold and colour */
    bool json;
    enum language language;
    int64_t now; /* µs since 1970 by the server's clock, or by ours before it has said it */
    struct words words;
};

/* One paragraph, wrapped; lines after the first are indented by `hang` columns. Breaks at spaces
 * only (not at U+00A0). */
void screen_line(struct screen *s, int hang, const char *text);
/* One line as it is: made to fit by whoever calls. */
void screen_row(struct screen *s, const char *text);
void screen_blank(struct screen *s);
/* The same, on the error stream, after "ugo: ". */
void screen_complain(struct screen *s, const char *text);

/* A JSON document, on one line. */
void screen_json(struct screen *s, const json_t *value);

/* LC_ALL, LC_MESSAGES, LANG, as locales are named; NULL or "": not set. */
enum language language_of(const char *lc_all, const char *lc_messages, const char *lang);

#endif
