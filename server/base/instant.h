/* SPDX-License-Identifier: EUPL-1.2 */
/* Points in time as microseconds since 1970-01-01T00:00:00Z. Nothing here reads a clock. */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include <stddef.h>
#include <stdint.h>

typedef int64_t usec_t; /* µs; a point since the epoch, or a duration */

#define USEC_MS ((usec_t)1000)
#define USEC_S ((usec_t)1000000)
#define USEC_MIN (60 * USEC_S)
#define USEC_HOUR (60 * USEC_MIN)
#define USEC_NEVER INT64_MAX

#define INSTANT_TEXT 25 /* "2026-11-21T18:02:11Z" and its terminator, years to 9999 */

/* RFC 3339 in UTC, whole seconds (rounded down). Years outside 0000..9999 are clamped. */
const char *instant_format(usec_t at, char ret_text[static INSTANT_TEXT]);

#endif
