/* SPDX-License-Identifier: EUPL-1.2 */
/* What the values of header fields say: lists, entity tags, codings, media types, cookies
 * (RFC 9110). The values come from http/request.h: trimmed, printable ASCII and tabs. Nothing is
 * allocated; a value that is not well formed says nothing, never more than it should. */
#ifndef HTTP_FIELD_H
#define HTTP_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* A character of a token: of a method, a field's name, an element of a list. */
bool field_is_tchar(char c);
bool field_is_token(span text); /* one or more of them */

/* Equal but for the case of ASCII letters; lower is written in lower case. */
bool field_is(span text, const char *lower);

/* Without the spaces and tabs around it. */
span field_trim(span text);

/* Walks a comma-separated list: the next element that is not empty, trimmed. False at the end. */
bool field_next(span *rest, span *ret_element);

/* Whether an If-None-Match or If-Match names the tag (its text without quotes). `*` names any. The
 * weak comparison (If-None-Match) takes W/"x" for "x", the strong one (If-Match) never. */
bool field_names_tag(span list, span tag, bool weak);

/* The revision that an If-Match demands: one strong tag of decimal digits. False: something else.
 */
bool field_revision(span if_match, int64_t *ret_revision);

enum coding { CODING_IDENTITY, CODING_GZIP, CODING_BR, CODING_COUNT };

extern const char *const coding_names[CODING_COUNT];

/* The best of the codings on offer (bits 1 << enum coding) for an Accept-Encoding (p NULL: none
 * came). Equal weights: the shortest to send, br, gzip, identity. Identity where nothing is
 * acceptable: a readable answer serves better than a refusal (RFC 9110, 12.5.3). */
enum coding field_coding(span accept_encoding, unsigned offered);

/* Whether a Content-Type is application/json, in UTF-8 if it says. */
bool field_is_json(span content_type);

/* The value of a cookie. False: absent, or there more than once. */
bool field_cookie(span cookies, const char *name, span *ret_value);

#endif
