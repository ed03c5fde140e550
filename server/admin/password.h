/* SPDX-License-Identifier: EUPL-1.2 */
/* Passwords and shared secrets: drawn, and derived with all the time that takes. */
#ifndef ADMIN_PASSWORD_H
#define ADMIN_PASSWORD_H

#include "api/secret.h"
#include "base/result.h"
#include "base/span.h"

#define PASSWORD_MADE 24     /* four groups of five letters and their hyphens, and a terminator */
#define TOTP_SECRET_BYTES 20 /* as RFC 4226 recommends */
#define TOTP_SECRET_TEXT BASE32_TEXT(TOTP_SECRET_BYTES)

/* A fresh password of 99 bits, easy to read out and to type. 0 or -EIO (no random source). */
int password_make(char ret_password[static PASSWORD_MADE]) MUST_USE;

/* Derives *io's hash by its salt and cost: blocks for a tenth of a second and takes
 * scrypt_memory(). 0 or -ENOMEM. Any thread may. */
int password_derive(span password, struct scrypt *io) MUST_USE;

/* What the register keeps of a new password: a new salt, derived. 0, -EIO or -ENOMEM. */
int password_keep(span password, char ret_text[static SCRYPT_TEXT]) MUST_USE;

/* Whether the register's text is of this password; false also when memory was out. */
bool password_is(span password, const char *kept);

/* A fresh shared secret, base32. 0 or -EIO. */
int totp_make(char ret_secret[static TOTP_SECRET_TEXT]) MUST_USE;

#endif
