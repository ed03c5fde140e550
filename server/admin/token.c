/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/token.h"

#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

int token_make(char ret_token[static TOKEN_TEXT])
{
    /* base64url without padding: safe in a shell, a header and a URL. The prefix lets people and
     * scanners of leaked secrets recognise what it is. */
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char bytes[33] = {0};
    size_t n = 4;

    if (RAND_bytes(bytes, 32) != 1)
        return -EIO;
    memcpy(ret_token, "ugo_", 4);
    for (size_t bit = 0; bit < 256; bit += 6) {
        unsigned pair = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];

        ret_token[n++] = letters[pair >> (10 - bit % 8) & 63];
    }
    ret_token[n] = '\0';
    return 0;
}

void token_hash(const char *token, char ret_hash[static TOKEN_HASH])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)token, strlen(token), digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(ret_hash + 2 * i, 3, "%02x", digest[i]);
}
