/* SPDX-License-Identifier: EUPL-1.2 */
/* The encoding of an imported file: what is accepted, what is a sign of damage, and UTF-8 made of
 * what older files hold. Pure. */
#ifndef ADMIN_IMPORT_TEXT_H
#define ADMIN_IMPORT_TEXT_H

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

enum text_outcome {
    TEXT_NOT_UTF8 = 1,     /* a byte sequence that UTF-8 does not know */
    TEXT_LOST_ACCENTS,     /* U+FFFD: somebody decoded the file wrongly and threw letters away */
    TEXT_ENCODED_TWICE,    /* "Ã©": UTF-8 that was taken for ISO-8859-1 and encoded again */
    TEXT_CONTROL_CHARACTER /* NUL and the like: not a text, or a truncated block */
};

/* Checks that a file is sound UTF-8. 0 or one of enum text_outcome; *ret_line (from 1) is where.
 * Letters of Windows that became C1 controls (U+0092 for ’) pass: text_mend gives them back. */
int text_check(span file, int *ret_line) MUST_USE;

/* The file without a leading byte order mark, which spreadsheets write. */
span text_without_mark(span file);

/* The file with the letters that Windows has at 0x80 to 0x9f in the place of C1 controls: sound
 * UTF-8 in, room holds the copy when one is needed. 0 or -ENOMEM. */
int text_mend(span file, struct buf *room, span *ret_text) MUST_USE;

/* Appends the UTF-8 form of ISO-8859-1 bytes, with the letters that Windows adds to it (œ, ’).
 * 0, -ENOMEM, or TEXT_CONTROL_CHARACTER for a byte without a letter (*ret_line is where). */
int text_from_latin1(span file, struct buf *out, int *ret_line) MUST_USE;

#endif
