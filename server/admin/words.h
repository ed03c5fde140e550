/* SPDX-License-Identifier: EUPL-1.2 */
/* ugoctl's sentences in French and English, by code. {1}, {2}, … are replaced. */
#ifndef ADMIN_WORDS_H
#define ADMIN_WORDS_H

#include <stdarg.h>

#include "base/buf.h"

enum language { LANGUAGE_FR, LANGUAGE_EN };

struct words {
    const char *code, *fr, *en;
};

/* Tables of words, each ended by a NULL code. */
extern const struct words words_general[], words_import[], words_help[], words_calendar[];

/* The sentence of a code, or the code itself where there is none. */
const char *words_get(enum language language, const char *code);

/* Appends the sentence; arguments are const char *, ended by NULL. */
void words_add(struct buf *out, enum language language, const char *code, va_list arguments);

#endif
