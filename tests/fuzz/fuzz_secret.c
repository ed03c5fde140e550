/* SPDX-License-Identifier: EUPL-1.2 */
/* Secrets as texts: cookies that anybody may send, passwords, what the database keeps. A text that
 * is read is the only one of its bytes. */
#include "tests/fuzz/fuzz.h"

#include "api/secret.h"

#define MOST 4096

static void check_letters(span text)
{
    static unsigned char bytes[MOST];
    static char written[BASE32_TEXT(MOST)];
    size_t n = text.n * 3 / 4;
    if (text.n > MOST)
        return;
    if (base64url_read(text, bytes, n) == 0) {
        base64url_write(bytes, n, written);
        REQUIRE(span_is(text, written) && strlen(written) < BASE64URL_TEXT(n));
    }
    if (base32_read(text, bytes, sizeof bytes, &n) == 0) {
        REQUIRE(n == text.n * 5 / 8);
        base32_write(bytes, n, written);
        REQUIRE(span_is(text, written) && strlen(written) < BASE32_TEXT(n));
    }
}

static void check_cookie(span text)
{
    char id[65] = "", token[ANTI_FORGERY_TEXT];
    anti_forgery_token(text, token);
    REQUIRE(strlen(token) == ANTI_FORGERY_TEXT - 1);
    if (cookie_session(text, id) == 0)
        REQUIRE(text.n == COOKIE_TEXT - 1 && strlen(id) == 64);
}

static void check_scrypt(span text)
{
    struct scrypt s;
    char written[SCRYPT_TEXT];
    if (scrypt_read(text, &s) != 0)
        return;
    scrypt_write(&s, written);
    REQUIRE(span_is(text, written));
    REQUIRE(scrypt_memory(&s) < (uint64_t)160 << 20);
}

static void check_password(span text)
{
    if (password_trouble(text) != NULL)
        return;
    REQUIRE(text.n >= PASSWORD_LEAST && text.n <= PASSWORD_MOST);
    for (size_t i = 0; i < text.n; i++)
        REQUIRE((unsigned char)text.p[i] >= ' ' && text.p[i] != 0x7F);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *copy = fuzz_copy(bytes, n);
    span text = {copy, n};
    check_letters(text);
    check_cookie(text);
    check_scrypt(text);
    check_password(text);
    free(copy);
    return 0;
}
