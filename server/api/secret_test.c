/* SPDX-License-Identifier: EUPL-1.2 */
/* Secrets as texts: what is written is read, and nothing else is. */
#include "api/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* RFC 4648, section 10, without padding. */
static const struct {
    const char *bytes, *base64, *base32;
} vectors[] = {
    {"", "", ""},
    {"f", "Zg", "MY"},
    {"fo", "Zm8", "MZXQ"},
    {"foo", "Zm9v", "MZXW6"},
    {"foob", "Zm9vYg", "MZXW6YQ"},
    {"fooba", "Zm9vYmE", "MZXW6YTB"},
    {"foobar", "Zm9vYmFy", "MZXW6YTBOI"},
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(vectors); i++) {
        size_t n = strlen(vectors[i].bytes), got = 99;
        unsigned char bytes[6];
        char text[16];
        base64url_write((const unsigned char *)vectors[i].bytes, n, text);
        assert_string_equal(text, vectors[i].base64);
        assert_true(strlen(text) < BASE64URL_TEXT(n));
        assert_int_equal(base64url_read(span_of(text), bytes, n), 0);
        assert_memory_equal(bytes, vectors[i].bytes, n);
        base32_write((const unsigned char *)vectors[i].bytes, n, text);
        assert_string_equal(text, vectors[i].base32);
        assert_true(strlen(text) < BASE32_TEXT(n));
        assert_int_equal(base32_read(span_of(text), bytes, sizeof bytes, &got), 0);
        assert_int_equal(got, n);
        assert_memory_equal(bytes, vectors[i].bytes, n);
    }
}

static void test_every_byte(void **state)
{
    (void)state;
    unsigned char bytes[256], back[256];
    char text[BASE32_TEXT(256)];
    size_t n;
    for (size_t i = 0; i < 256; i++)
        bytes[i] = (unsigned char)(255 - i);
    base64url_write(bytes, 256, text);
    assert_true(strchr(text, '-') && strchr(text, '_') && !strchr(text, '+') && !strchr(text, '/'));
    assert_int_equal(base64url_read(span_of(text), back, 256), 0);
    assert_memory_equal(back, bytes, 256);
    assert_int_equal(base64url_read(span_of(text), back, 255), SECRET_MALFORMED);
    base32_write(bytes, 256, text);
    assert_int_equal(base32_read(span_of(text), back, 256, &n), 0);
    assert_memory_equal(back, bytes, 256);
    assert_int_equal(base32_read(span_of(text), back, 255, &n), SECRET_MALFORMED);
}

/* Another text of the same bytes would be another name of the same secret. */
static void test_one_way_to_write(void **state)
{
    (void)state;
    static const char *const wrong64[] = {"Zh",  "Zg==", "Zg=", "Z", "Zm9",
                                          "Zg ", "Z+",   "Zgg", "Zé"};
    static const char *const wrong32[] = {"MZ", "my", "MY======", "M", "MYA", "M1", "MZXQAA", "M8"};
    unsigned char bytes[8];
    size_t n;
    for (size_t i = 0; i < ARRAY_LENGTH(wrong64); i++)
        assert_int_equal(base64url_read(span_of(wrong64[i]), bytes, 1), SECRET_MALFORMED);
    for (size_t i = 0; i < ARRAY_LENGTH(wrong32); i++)
        assert_int_equal(base32_read(span_of(wrong32[i]), bytes, 8, &n), SECRET_MALFORMED);
    assert_int_equal(base64url_read((span){"Z\0", 2}, bytes, 1), SECRET_MALFORMED);
    assert_int_equal(base64url_read(span_of("A"), bytes, 0), SECRET_MALFORMED);
    assert_int_equal(base32_read(span_of("A"), bytes, 8, &n), SECRET_MALFORMED);
}

static void test_equals(void **state)
{
    (void)state;
    assert_true(secret_equals(span_of(""), span_of("")));
    assert_true(secret_equals(span_of("abc"), span_of("abc")));
    assert_false(secret_equals(span_of("abc"), span_of("abd")));
    assert_false(secret_equals(span_of("abc"), span_of("bbc")));
    assert_false(secret_equals(span_of("abc"), span_of("abcd")));
}

static const char cookie[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

static void test_cookies(void **state)
{
    (void)state;
    char id[65] = "", token[ANTI_FORGERY_TEXT];
    assert_int_equal(cookie_session(span_of(cookie), id), 0);
    assert_string_equal(id, "ea866a757e4c38babfa8127cbe9a409d3e1f93a00ff1488ff735fcf917afffd0");
    assert_int_equal(cookie_session((span){cookie, 42}, id), SECRET_MALFORMED);
    assert_int_equal(cookie_session(span_of(""), id), SECRET_MALFORMED);
    assert_int_equal(cookie_session(span_of("ugo_cookie"), id), SECRET_MALFORMED);
    anti_forgery_token(span_of(cookie), token);
    assert_string_equal(token, "KpetS54Dq2uJEmcl0dHU43tJa1yRinSCDQFXIXLoPwU");
}

static void test_scrypt(void **state)
{
    (void)state;
    struct scrypt s = SCRYPT_NEW, back = {0};
    char text[SCRYPT_TEXT];
    for (size_t i = 0; i < SCRYPT_HASH; i++)
        s.hash[i] = (unsigned char)(s.salt[i % SCRYPT_SALT] = (unsigned char)(i * 7));
    scrypt_write(&s, text);
    assert_memory_equal(text, "scrypt$15$8$1$", 14);
    assert_int_equal(strlen(text), 14 + 22 + 1 + 43);
    assert_int_equal(scrypt_read(span_of(text), &back), 0);
    assert_memory_equal(back.salt, s.salt, SCRYPT_SALT);
    assert_memory_equal(back.hash, s.hash, SCRYPT_HASH);
    assert_int_equal(back.log_n, 15);
    assert_int_equal(back.r, 8);
    assert_int_equal(back.p, 1);
    assert_true(scrypt_memory(&s) > (uint64_t)32 << 20 && scrypt_memory(&s) < (uint64_t)34 << 20);
    for (size_t n = 0; n < strlen(text); n++)
        assert_int_equal(scrypt_read((span){text, n}, &back), SECRET_MALFORMED);
}

#define SALT "AAAAAAAAAAAAAAAAAAAAAA"
#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void test_what_is_no_scrypt(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "bcrypt$15$8$1$" SALT "$" HASH,
        "scrypt$13$8$1$" SALT "$" HASH,
        "scrypt$18$8$1$" SALT "$" HASH,
        "scrypt$015$8$1$" SALT "$" HASH,
        "scrypt$15$9$1$" SALT "$" HASH,
        "scrypt$15$8$0$" SALT "$" HASH,
        "scrypt$15$8$5$" SALT "$" HASH,
        "scrypt$15$8$1$" HASH "$" SALT,
        "scrypt$15$8$1$" SALT "$" HASH "$",
        " scrypt$15$8$1$" SALT "$" HASH,
        "scrypt$15$8$1$$" HASH,
        "scrypt$-1$8$1$" SALT "$" HASH,
    };
    struct scrypt s;
    assert_int_equal(scrypt_read(span_of("scrypt$14$8$4$" SALT "$" HASH), &s), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
        assert_int_equal(scrypt_read(span_of(wrong[i]), &s), SECRET_MALFORMED);
}

static void assert_trouble(const char *password, const char *trouble)
{
    const char *said = password_trouble(span_of(password));
    assert_string_equal(said ? said : "fine", trouble);
}

static void test_passwords(void **state)
{
    (void)state;
    char longest[PASSWORD_MOST + 2] = "";
    memset(longest, 'x', PASSWORD_MOST + 1);
    assert_trouble(longest, "too_long");
    longest[PASSWORD_MOST] = '\0';
    assert_trouble(longest, "fine");
    assert_trouble("", "too_short");
    assert_trouble("onze lettre", "too_short");
    assert_trouble("douze lettre", "fine");
    assert_trouble("éééééééééééé", "fine"); /* characters, not bytes */
    assert_trouble("ééééééééééé", "too_short");
    assert_trouble("\xf0\x9f\xa6\x8a et le corbeau", "fine");
    assert_trouble("with\ttabulator", "not_a_text");
    assert_trouble("with\x7f delete....", "not_a_text");
    assert_trouble("\xc2\x85 next line....", "not_a_text");
    assert_trouble("\xc0\xaf overlong.....", "not_a_text");
    assert_trouble("\xe0\x80\xaf overlong....", "not_a_text");
    assert_trouble("\xf0\x80\x80\xaf overlong...", "not_a_text");
    assert_trouble("\xed\xa0\x80 surrogate...", "not_a_text");
    assert_trouble("\xf4\x90\x80\x80 too far....", "not_a_text");
    assert_trouble("cut short......\xe2\x82", "not_a_text");
    assert_trouble("continuation \x80", "not_a_text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),           cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_one_way_to_write),  cmocka_unit_test(test_equals),
        cmocka_unit_test(test_cookies),           cmocka_unit_test(test_scrypt),
        cmocka_unit_test(test_what_is_no_scrypt), cmocka_unit_test(test_passwords),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
