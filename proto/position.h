/* SPDX-License-Identifier: EUPL-1.2 */
/* Positions in the history: `epoch.revision`, and for a subscription
 * `epoch.<fingerprint of filter and scope>.revision`. The last part is always the decimal revision;
 * the rest is opaque to clients. */
#ifndef PROTO_POSITION_H
#define PROTO_POSITION_H

#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

/* Outcome of position_parse. */
enum {
    POSITION_BAD = 1,
};

#define POSITION_PART_MAX 32                             /* hexadecimal digits of each part */
#define POSITION_TEXT (2 * (POSITION_PART_MAX + 1) + 17) /* longest text and its terminator */

struct position {
    char epoch[POSITION_PART_MAX + 1];       /* 1 to 32 of 0-9a-f */
    char fingerprint[POSITION_PART_MAX + 1]; /* the same, or "": none */
    int64_t revision;                        /* 0..2^53-1, without leading zeros */
};

/* Takes both forms; exactly one text stands for a position. */
int position_parse(span text, struct position *ret) MUST_USE;

/* *p must be such as position_parse gives. */
const char *position_format(const struct position *p, char ret_text[static POSITION_TEXT]);

#endif
