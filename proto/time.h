/* SPDX-License-Identifier: EUPL-1.2 */
/* Dates and instants as they are written on the wire (RFC 3339), strictly. */
#ifndef PROTO_TIME_H
#define PROTO_TIME_H

#include <stdint.h>

#include "base/instant.h"
#include "base/result.h"
#include "base/span.h"

/* Outcome of both parsers. */
enum {
    TIME_BAD = 1,
};

/* "2026-11-21T19:02:11.5+01:00": capital T and Z, seconds required and below 60 (a leap second is
 * written as the next one), a fraction of 1 to 9 digits (cut after µs), Z or ±HH:MM. Years 0000 to
 * 9999, days that exist. *ret in µs since 1970-01-01T00:00:00Z. */
int time_parse_instant(span text, usec_t *ret) MUST_USE;

/* "2026-11-21"; *ret_days since 1970-01-01. */
int time_parse_date(span text, int32_t *ret_days) MUST_USE;

#endif
