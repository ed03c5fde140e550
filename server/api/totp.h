/* SPDX-License-Identifier: EUPL-1.2 */
/* The second factor: codes of six digits that change every 30 seconds (RFC 6238, SHA-1, as the
 * applications of phones have it). */
#ifndef API_TOTP_H
#define API_TOTP_H

#include <stdint.h>

#include "base/instant.h"
#include "base/result.h"
#include "base/span.h"

#define TOTP_WRONG 1 /* not a code of now, or one that was used, or one before it */

#define TOTP_STEP (30 * USEC_S)
#define TOTP_DIGITS 6
#define TOTP_SECRET 64  /* bytes at most; 20 are drawn */
#define TOTP_NEVER (-1) /* no step was used yet */

/* The step of a moment since 1970. */
static inline int64_t totp_step(usec_t at)
{
    return at / TOTP_STEP;
}

/* The code of a step. 0; -EIO: the digest failed. */
int totp_code(span secret, int64_t step, char ret_code[static TOTP_DIGITS + 1]) MUST_USE;

/* Whether it is a code of the moment, one step before or one after it, and later than the last one
 * used. 0: *ret_step is the one to remember; TOTP_WRONG; -EIO. Takes as long whatever the code. */
int totp_check(span secret, usec_t at, int64_t last_step, span code, int64_t *ret_step) MUST_USE;

#endif
