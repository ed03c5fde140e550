/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/secret.h"

#include <openssl/sha.h>
#include <stdio.h>

#include "api/desk.h"
#include "proto/scan.h"

static const char base64url_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base32_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* Bits of the bytes, `width` to a letter; the last letter is filled with zeros. */
static void letters_write(const char *letters, unsigned width, const unsigned char *bytes, size_t n,
                          char *text)
{
    unsigned pending = 0, bits = 0;
    for (size_t i = 0; i < n; i++) {
        pending = pending << 8 | bytes[i];
        for (bits += 8; bits >= width; bits -= width)
            *text++ = letters[pending >> (bits - width) & ((1U << width) - 1)];
    }
    if (bits > 0)
        *text++ = letters[pending << (width - bits) & ((1U << width) - 1)];
    *text = '\0';
}

/* Letters that are not needed, and bits left over that are not zero, would make two texts of one
 * secret. */
static int letters_read(const char *letters, unsigned width, span text, unsigned char *ret,
                        size_t room, size_t *ret_n)
{
    unsigned pending = 0, bits = 0;
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        const char *letter = text.p[i] == '\0' ? NULL : strchr(letters, text.p[i]);
        if (letter == NULL)
            return SECRET_MALFORMED;
        pending = pending << width | (unsigned)(letter - letters);
        bits += width;
        if (bits < 8)
            continue;
        if (n == room)
            return SECRET_MALFORMED;
        bits -= 8;
        ret[n++] = (unsigned char)(pending >> bits & 255);
    }
    if (bits >= width || (pending & ((1U << bits) - 1)) != 0)
        return SECRET_MALFORMED;
    *ret_n = n;
    return 0;
}

void base64url_write(const unsigned char *bytes, size_t n, char *ret_text)
{
    letters_write(base64url_letters, 6, bytes, n, ret_text);
}

int base64url_read(span text, unsigned char *ret, size_t n)
{
    size_t got;
    int r = letters_read(base64url_letters, 6, text, ret, n, &got);
    return r == 0 && got != n ? SECRET_MALFORMED : r;
}

void base32_write(const unsigned char *bytes, size_t n, char *ret_text)
{
    letters_write(base32_letters, 5, bytes, n, ret_text);
}

int base32_read(span text, unsigned char *ret, size_t room, size_t *ret_n)
{
    return letters_read(base32_letters, 5, text, ret, room, ret_n);
}

bool secret_equals(span a, span b)
{
    if (a.n != b.n)
        return false;
    volatile unsigned char differs = 0;
    for (size_t i = 0; i < a.n; i++)
        differs |= (unsigned char)a.p[i] ^ (unsigned char)b.p[i];
    return differs == 0;
}

int cookie_session(span cookie, char ret_id[static 65])
{
    unsigned char bytes[COOKIE_BYTES];
    int r = base64url_read(cookie, bytes, sizeof bytes);
    if (r == 0)
        digest_hex(cookie, ret_id);
    return r;
}

void anti_forgery_token(span cookie, char ret_token[static ANTI_FORGERY_TEXT])
{
    static const char about[] = "ugo anti-forgery ";
    unsigned char text[sizeof about - 1 + COOKIE_TEXT], digest[SHA256_DIGEST_LENGTH];
    size_t n = cookie.n < COOKIE_TEXT ? cookie.n : COOKIE_TEXT;
    memcpy(text, about, sizeof about - 1);
    memcpy(text + sizeof about - 1, cookie.p, n);
    SHA256(text, sizeof about - 1 + n, digest);
    base64url_write(digest, sizeof digest, ret_token);
}

char *link_address(const char *public_url, const char *secret)
{
    size_t n = strlen(public_url);
    char *address = NULL;
    n -= n > 0 && public_url[n - 1] == '/';
    return asprintf(&address, "%.*s/l/%s", (int)n, public_url, secret) < 0 ? NULL : address;
}

void scrypt_write(const struct scrypt *s, char ret_text[static SCRYPT_TEXT])
{
    char salt[BASE64URL_TEXT(SCRYPT_SALT)], hash[BASE64URL_TEXT(SCRYPT_HASH)];
    base64url_write(s->salt, sizeof s->salt, salt);
    base64url_write(s->hash, sizeof s->hash, hash);
    snprintf(ret_text, SCRYPT_TEXT, "scrypt$%u$%u$%u$%s$%s", s->log_n, s->r, s->p, salt, hash);
}

/* The text up to the next '$', or to the end; *text moves behind it. */
static span field(span *text)
{
    const char *end = text->n > 0 ? memchr(text->p, '$', text->n) : NULL;
    span part = {text->p, end != NULL ? (size_t)(end - text->p) : text->n};
    size_t taken = part.n + (end != NULL);
    *text = (span){text->p + taken, text->n - taken};
    return part;
}

/* The number from least to most that the text writes, or 0. */
static unsigned number(span text, unsigned least, unsigned most)
{
    char canonical[12];
    for (unsigned n = least; n <= most; n++) {
        snprintf(canonical, sizeof canonical, "%u", n);
        if (span_is(text, canonical))
            return n;
    }
    return 0;
}

int scrypt_read(span text, struct scrypt *ret)
{
    struct scrypt s;
    if (!span_is(field(&text), "scrypt"))
        return SECRET_MALFORMED;
    s.log_n = number(field(&text), 14, 17);
    s.r = number(field(&text), 8, 8);
    s.p = number(field(&text), 1, 4);
    if (s.log_n == 0 || s.r == 0 || s.p == 0 ||
        base64url_read(field(&text), s.salt, sizeof s.salt) != 0 ||
        base64url_read(text, s.hash, sizeof s.hash) != 0) /* what is left: a '$' in it is wrong */
        return SECRET_MALFORMED;
    *ret = s;
    return 0;
}

const char *password_trouble(span password)
{
    size_t characters = 0;
    unsigned char before = 0;
    if (password.n > PASSWORD_MOST)
        return "too_long";
    if (!scan_utf8(password))
        return "not_a_text";
    for (size_t i = 0; i < password.n; i++) {
        unsigned char c = (unsigned char)password.p[i];
        if (c < 0x20 || c == 0x7f || (before == 0xc2 && c < 0xa0))
            return "not_a_text";
        characters += (c & 0xc0) != 0x80;
        before = c;
    }
    return characters < PASSWORD_LEAST ? "too_short" : NULL;
}
