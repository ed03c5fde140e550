/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON as programs write it: no escapes, no exponents, numbers of ordinary length. Nearly every
 * line is of this kind and is read several times faster than by jansson, which judges all others
 * and every fault: nothing is refused here, so that one line has one answer. */
#ifndef PROTO_PLAIN_H
#define PROTO_PLAIN_H

#include <jansson.h>

#include "base/span.h"

/* The value of a line that scan_line has passed (UTF-8, control bytes, depth), as json_loadb with
 * JSON_REJECT_DUPLICATES would give it; the caller's to release. NULL: not plain, not JSON, or
 * out of memory. */
json_t *plain_read(span line);

#endif
