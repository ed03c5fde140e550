/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "io/tls.h"
#include "io/tls_fixture.h"

static struct authority ca;
static struct leaf server, other;

static int make(void **unused)
{
    (void)unused;
    ca = fixture_authority("test authority");
    server = fixture_leaf("localhost", 30, &ca);
    other = fixture_leaf("other", 30, &ca);
    return 0;
}

static int unmake(void **unused)
{
    (void)unused;
    fixture_free(ca.key, ca.cert);
    fixture_free(server.key, server.cert);
    fixture_free(other.key, other.cert);
    return 0;
}

static void refuses(const struct tls_identity *identity, const char *because)
{
    struct tls *t = NULL;
    char why[256] = "";
    assert_int_equal(tls_new(identity, &t, why), TLS_REFUSED);
    assert_null(t);
    assert_non_null(strstr(why, because));
}

static void material(void **unused)
{
    (void)unused;
    struct tls_identity i = {0};
    struct tls *t;
    char why[256];
    refuses(&i, "not a PEM certificate");
    buf_text(&i.cert, "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n");
    refuses(&i, "not a PEM certificate");
    buf_reset(&i.cert);
    fixture_cert_pem(server.cert, &i.cert);
    refuses(&i, "not an unencrypted PEM private key");
    fixture_key_pem(other.key, &i.key);
    refuses(&i, "does not belong");
    buf_reset(&i.key);
    fixture_key_pem(server.key, &i.key);
    assert_int_equal(tls_new(&i, &t, why), 0);
    tls_free(t);

    fixture_cert_pem(ca.cert, &i.cert); /* a chain */
    assert_int_equal(tls_new(&i, &t, why), 0);
    tls_free(t);
    size_t whole = i.cert.n;
    buf_text(&i.cert, "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n");
    refuses(&i, "chain");
    i.cert.n = whole;

    buf_text(&i.client_ca, "nothing of the kind\n");
    refuses(&i, "client_ca");
    buf_reset(&i.client_ca);
    fixture_cert_pem(ca.cert, &i.client_ca);
    fixture_cert_pem(other.cert, &i.client_ca);
    assert_int_equal(tls_new(&i, &t, why), 0);
    tls_free(t);
    tls_identity_free(&i);
}

static void encrypted_key(void **unused)
{
    (void)unused;
    struct tls_identity i = {0};
    BIO *out = BIO_new(BIO_s_mem());
    fixture_cert_pem(server.cert, &i.cert);
    PEM_write_bio_PrivateKey(out, server.key, EVP_aes_128_cbc(), (const unsigned char *)"secret", 6,
                             NULL, NULL);
    fixture_take(out, &i.key);
    refuses(&i, "unencrypted");
    tls_identity_free(&i);
}

static void days(void **unused)
{
    (void)unused;
    struct tls_identity i = {0};
    struct tls *t;
    char why[256];
    fixture_cert_pem(server.cert, &i.cert);
    fixture_key_pem(server.key, &i.key);
    assert_int_equal(tls_new(&i, &t, why), 0);
    usec_t now = (usec_t)time(NULL) * USEC_S;
    assert_in_range(tls_days_left(t, now), 29, 30);
    assert_int_equal(tls_days_left(t, now + (31 * 24 + 12) * USEC_HOUR), -2);
    tls_free(t);
    tls_identity_free(&i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(material),
        cmocka_unit_test(encrypted_key),
        cmocka_unit_test(days),
    };
    return cmocka_run_group_tests_name("tls", tests, make, unmake);
}
