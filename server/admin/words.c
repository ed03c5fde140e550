/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/words.h"

#define ARGUMENTS_MAX 9

const char *words_get(enum language language, const char *code)
{
    static const struct words *const tables[] = {words_general, words_import, words_help,
                                                 words_calendar};

    for (size_t t = 0; t < ARRAY_LENGTH(tables); t++)
        for (const struct words *w = tables[t]; w->code != NULL; w++)
            if (strcmp(w->code, code) == 0)
                return language == LANGUAGE_FR ? w->fr : w->en;
    return code;
}

void words_add(struct buf *out, enum language language, const char *code, va_list arguments)
{
    const char *text = words_get(language, code), *argument[ARGUMENTS_MAX];
    size_t n = 0;

    while (n < ARGUMENTS_MAX && (argument[n] = va_arg(arguments, const char *)) != NULL)
        n++;
    for (; *text != '\0'; text++) {
        size_t i = text[0] == '{' && text[1] >= '1' && text[1] <= '9' && text[2] == '}'
                       ? (size_t)(text[1] - '1')
                       : ARGUMENTS_MAX;

        if (i < n) {
            buf_text(out, argument[i]);
            text += 2;
        } else {
            buf_char(out, *text);
        }
    }
}
