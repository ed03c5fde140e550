/* SPDX-License-Identifier: EUPL-1.2 */
/* Sentences and labels in the reader's language, out of the dictionary. */
#ifndef UGO_SAY_H
#define UGO_SAY_H

#include "clients/ugo/dictionary.h"
#include "clients/ugo/screen.h"

#define SAY_ARGUMENTS(...)                                                                         \
    (const char *const[]){NULL, ##__VA_ARGS__},                                                    \
        sizeof((const char *const[]){NULL, ##__VA_ARGS__}) / sizeof(const char *)

/* A sentence with {1}, {2}… replaced by the texts that follow (NULL: nothing). */
#define say(s, message, ...) say_with((s), (message), SAY_ARGUMENTS(__VA_ARGS__))
const char *say_with(struct screen *s, enum message m, const char *const *arguments, size_t n);

/* Of two forms, "one|many", the one for the count; {0} is the count. */
#define say_n(s, message, count, ...)                                                              \
    say_counted((s), (message), (count), SAY_ARGUMENTS(__VA_ARGS__))
const char *say_counted(struct screen *s, enum message m, int64_t count,
                        const char *const *arguments, size_t n);

const char *message_text(enum language language, enum message m);

/* What people call a code: label(s, "modality", "internat"). A code the dictionary does not know
 * stays as it is: a newer server's, or one that a département added. NULL: "?". */
const char *label(struct screen *s, const char *kind, const char *code);
bool label_known(const char *kind, const char *code);
/* The codes of a kind in the dictionary's order; NULL past the end. */
const char *label_code(const char *kind, size_t i);

#endif
