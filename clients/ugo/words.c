/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/ugo/exits.h"

struct word {
    struct word *before;
    max_align_t bytes[];
};

void *words_take(struct words *w, size_t n)
{
    struct word *word = calloc(1, sizeof *word + n);
    if (word == NULL) {
        fputs("ugo: out of memory\n", stderr);
        _exit(EXIT_NO_SERVICE);
    }
    word->before = w->last;
    w->last = word;
    return word->bytes;
}

char *words_printf(struct words *w, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int n = vsnprintf(NULL, 0, format, list);
    char *text = words_take(w, (size_t)(n < 0 ? 0 : n) + 1);
    if (n > 0)
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    va_end(list);
    return text;
}

char *words_copy(struct words *w, const char *text, size_t n)
{
    char *copy = words_take(w, n + 1);
    memcpy(copy, text, n);
    return copy;
}

const char *words_join(struct words *w, const char *a, const char *separator, const char *b)
{
    if (a == NULL || a[0] == 0)
        return b != NULL ? b : "";
    if (b == NULL || b[0] == 0)
        return a;
    return words_printf(w, "%s%s%s", a, separator, b);
}

void words_free(struct words *w)
{
    while (w->last != NULL) {
        struct word *word = w->last;
        w->last = word->before;
        free(word);
    }
}
