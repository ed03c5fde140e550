/* SPDX-License-Identifier: EUPL-1.2 */
/* Tokens: what an account proves itself with where no certificate is. The register keeps their
 * SHA-256 only; 256 random bits need no slow hash. */
#ifndef ADMIN_TOKEN_H
#define ADMIN_TOKEN_H

#include "base/result.h"

#define TOKEN_TEXT 48 /* "ugo_" and 43 letters, and a terminator */
#define TOKEN_HASH 65 /* hex and a terminator */

/* A fresh token. 0 or -EIO (no random source). */
int token_make(char ret_token[static TOKEN_TEXT]) MUST_USE;

/* The id of a token's credential. */
void token_hash(const char *token, char ret_hash[static TOKEN_HASH]);

#endif
