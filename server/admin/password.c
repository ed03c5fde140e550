/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

int password_make(char ret_password[static PASSWORD_MADE])
{
    /* Without what looks alike: 0 o, 1 i l. */
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    const unsigned char n_letters = sizeof letters - 1;

    for (size_t n = 0; n < PASSWORD_MADE - 1; n++) {
        unsigned char byte = 0;

        do /* each letter as likely as any other */
            if (RAND_bytes(&byte, 1) != 1)
                return -EIO;
        while (byte >= 256 / n_letters * n_letters);
        ret_password[n] = n % 6 == 5 ? '-' : letters[byte % n_letters];
    }
    ret_password[PASSWORD_MADE - 1] = '\0';
    return 0;
}

int password_derive(span password, struct scrypt *io)
{
    return EVP_PBE_scrypt(password.p, password.n, io->salt, sizeof io->salt,
                          (uint64_t)1 << io->log_n, io->r, io->p, scrypt_memory(io), io->hash,
                          sizeof io->hash) == 1
               ? 0
               : -ENOMEM;
}

int password_keep(span password, char ret_text[static SCRYPT_TEXT])
{
    struct scrypt s = SCRYPT_NEW;
    int r = RAND_bytes(s.salt, sizeof s.salt) == 1 ? 0 : -EIO;

    if (r == 0)
        r = password_derive(password, &s);
    if (r == 0)
        scrypt_write(&s, ret_text);
    return r;
}

bool password_is(span password, const char *kept)
{
    struct scrypt known, tried;

    if (scrypt_read(span_of(kept), &known) != 0)
        return false;
    tried = known;
    return password_derive(password, &tried) == 0 &&
           secret_equals((span){(const char *)known.hash, SCRYPT_HASH},
                         (span){(const char *)tried.hash, SCRYPT_HASH});
}

int totp_make(char ret_secret[static TOTP_SECRET_TEXT])
{
    unsigned char bytes[TOTP_SECRET_BYTES];

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return -EIO;
    base32_write(bytes, sizeof bytes, ret_secret);
    return 0;
}
