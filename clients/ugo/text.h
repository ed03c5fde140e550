/* SPDX-License-Identifier: EUPL-1.2 */
/* UTF-8 as a terminal shows it, and as people type it. */
#ifndef UGO_TEXT_H
#define UGO_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clients/ugo/words.h"

/* Style marks that our own texts may carry; nothing else below 0x20 reaches a terminal. */
#define BOLD "\x01"
#define DIM "\x02"
#define WARN "\x03"
#define PLAIN "\x04"

/* The first code point and its length in bytes (at least 1 unless text is empty); what is not UTF-8
 * is U+FFFD, byte by byte. */
size_t text_next(const char *text, uint32_t *ret_point);

/* Columns of a code point: 0 for combining and control ones, 2 for wide ones. */
int text_point_width(uint32_t point);
int text_width(const char *text);

/* At most `columns` wide; cut texts end with "…". */
const char *text_cut(struct words *w, const char *text, int columns);

/* Equal but for case, accents, hyphens, apostrophes and spaces. */
bool text_same(const char *a, const char *b);
/* a holds every word of b, compared likewise. No word in b: false. */
bool text_holds(const char *a, const char *b);

#endif
