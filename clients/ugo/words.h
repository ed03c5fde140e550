/* SPDX-License-Identifier: EUPL-1.2 */
/* The texts of one answer: made in passing, freed together. Running out of memory ends the program
 * (a command line has nothing better to do). */
#ifndef UGO_WORDS_H
#define UGO_WORDS_H

#include <stddef.h>

struct word;
struct words {
    struct word *last; /* owned */
};

void *words_take(struct words *w, size_t n); /* n zeroed bytes */
char *words_printf(struct words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *words_copy(struct words *w, const char *text, size_t n);
/* a, separator, b; or the one that is not empty. */
const char *words_join(struct words *w, const char *a, const char *separator, const char *b);
void words_free(struct words *w); /* leaves it empty and usable */

#endif
