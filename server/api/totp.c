/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/totp.h"

#include <openssl/hmac.h>
#include <stdio.h>

#include "api/secret.h"

int totp_code(span secret, int64_t step, char ret_code[static TOTP_DIGITS + 1])
{
    unsigned char counter[8], digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    for (int i = 0; i < 8; i++)
        counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    if (HMAC(EVP_sha1(), secret.p, (int)secret.n, counter, sizeof counter, digest, &n) == NULL)
        return -EIO;
    /* Where the last four bits say (RFC 4226, section 5.3). */
    const unsigned char *p = digest + (digest[n - 1] & 15);
    uint32_t number = (p[0] & 127U) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    snprintf(ret_code, TOTP_DIGITS + 1, "%06u", number % 1000000);
    return 0;
}

int totp_check(span secret, usec_t at, int64_t last_step, span code, int64_t *ret_step)
{
    int64_t now = totp_step(at), found = TOTP_NEVER;
    for (int64_t step = now + 1; step >= now - 1 && step >= 0; step--) {
        char expected[TOTP_DIGITS + 1];
        int r = totp_code(secret, step, expected);
        if (r < 0)
            return r;
        if (secret_equals(code, (span){expected, TOTP_DIGITS}) && step > last_step)
            found = step;
    }
    if (found == TOTP_NEVER)
        return TOTP_WRONG;
    *ret_step = found;
    return 0;
}
