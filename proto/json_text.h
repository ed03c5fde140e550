/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON as a peer sent it: one line of door 1, one body of door 2. */
#ifndef PROTO_JSON_TEXT_H
#define PROTO_JSON_TEXT_H

#include <jansson.h>

#include "base/result.h"
#include "base/span.h"

/* The value of the text: scanned first (proto/scan.h), no key twice, any type outermost. NULL:
 * *ret_detail is the code of an error of type parse. */
json_t *json_text_read(span text, size_t structural_max, const char **ret_detail) MUST_USE;

#endif
