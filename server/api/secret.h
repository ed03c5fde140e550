/* SPDX-License-Identifier: EUPL-1.2 */
/* Secrets as texts: those of cookies, passwords as the database keeps them, shared secrets of
 * second factors. Deriving and drawing are the shell's: nothing here is slow or random. */
#ifndef API_SECRET_H
#define API_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

#define SECRET_MALFORMED 1 /* not such a text */

/* Base64url without padding (RFC 4648, section 5). */
#define BASE64URL_TEXT(n_bytes) ((4 * (n_bytes) + 2) / 3 + 1) /* with its terminator */

void base64url_write(const unsigned char *bytes, size_t n, char *ret_text);
/* Exactly n bytes, written in the one way there is. 0 or SECRET_MALFORMED. */
int base64url_read(span text, unsigned char *ret, size_t n) MUST_USE;

/* Base32 without padding, in capitals (RFC 4648, section 6). */
#define BASE32_TEXT(n_bytes) ((8 * (n_bytes) + 4) / 5 + 1)

void base32_write(const unsigned char *bytes, size_t n, char *ret_text);
/* At most room bytes. 0 or SECRET_MALFORMED. */
int base32_read(span text, unsigned char *ret, size_t room, size_t *ret_n) MUST_USE;

/* Takes as long whatever the bytes are, given their numbers. */
bool secret_equals(span a, span b);

/* The secret of a cookie: 32 random bytes as base64url. */
#define COOKIE_BYTES 32
#define COOKIE_TEXT BASE64URL_TEXT(COOKIE_BYTES)

/* The id of the session whose cookie this is. 0; SECRET_MALFORMED: no cookie of ours. */
int cookie_session(span cookie, char ret_id[static 65]) MUST_USE;

/* What a page must show with every change it asks for, besides its cookie: known to whom was
 * answered, not to who only makes a browser send the cookie. */
#define ANTI_FORGERY_TEXT BASE64URL_TEXT(32)
void anti_forgery_token(span cookie, char ret_token[static ANTI_FORGERY_TEXT]);

/* The secret of a link: so many random bytes as base64url; and its address, https://…/l/SECRET, the
 * caller's to free (NULL: no memory). public_url may end with a slash. */
#define LINK_BYTES 24
char *link_address(const char *public_url, const char *secret) MUST_USE;

/* A password, derived by scrypt (RFC 7914). */
#define SCRYPT_SALT 16
#define SCRYPT_HASH 32
#define SCRYPT_TEXT 96

struct scrypt {
    unsigned log_n; /* N is 2 to the power of this: 14 to 17 */
    unsigned r;     /* 8 */
    unsigned p;     /* 1 to 4 */
    unsigned char salt[SCRYPT_SALT];
    unsigned char hash[SCRYPT_HASH];
};

/* What a new password is derived with, and also what an unknown account's is compared with. */
#define SCRYPT_NEW ((struct scrypt){.log_n = 15, .r = 8, .p = 1})

/* Memory that deriving takes, bytes; OpenSSL wants to be told. */
static inline uint64_t scrypt_memory(const struct scrypt *s)
{
    return ((uint64_t)128 * s->r << s->log_n) + (uint64_t)128 * s->r * (s->p + 2) + (1 << 16);
}

/* "scrypt$15$8$1$SALT$HASH", salt and hash as base64url. */
void scrypt_write(const struct scrypt *s, char ret_text[static SCRYPT_TEXT]);
int scrypt_read(span text, struct scrypt *ret) MUST_USE; /* 0 or SECRET_MALFORMED */

/* Whether a password may be chosen: valid UTF-8 without control characters, 12 characters at least,
 * 256 bytes at most. NULL, or a code saying why not: too_short, too_long, not_a_text. */
#define PASSWORD_LEAST 12
#define PASSWORD_MOST 256
const char *password_trouble(span password);

#endif
