/* SPDX-License-Identifier: EUPL-1.2 */
/* A certificate of a request held against the history: each value is what the history gives,
 * nothing is missing, nothing is too much. Pure. */
#ifndef ADMIN_EVIDENCE_H
#define ADMIN_EVIDENCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define EVIDENCE_POINTER 160

/* Where two values differ first, as a JSON pointer behind what `pointer` (EVIDENCE_POINTER bytes)
 * has already. True: they differ. */
bool evidence_differs(const json_t *given, const json_t *held, char *pointer);

/* The same for two arrays of entries, from the history with every state; what the reader was not to
 * see (`withheld`) may be null in the given one. */
bool evidence_entries_differ(const json_t *given, const json_t *held, char *pointer);

#endif
