/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/ssl.h>
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
    assert_int_equal(tls_new(identity, TLS_CERTIFICATES, &t, why), TLS_REFUSED);
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
    assert_int_equal(tls_new(&i, TLS_CERTIFICATES, &t, why), 0);
    tls_free(t);

    fixture_cert_pem(ca.cert, &i.cert); /* a chain */
    assert_int_equal(tls_new(&i, TLS_CERTIFICATES, &t, why), 0);
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
    assert_int_equal(tls_new(&i, TLS_CERTIFICATES, &t, why), 0);
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
    assert_int_equal(tls_new(&i, TLS_CERTIFICATES, &t, why), 0);
    usec_t now = (usec_t)time(NULL) * USEC_S;
    assert_in_range(tls_days_left(t, now), 29, 30);
    assert_int_equal(tls_days_left(t, now + (31 * 24 + 12) * USEC_HOUR), -2);
    tls_free(t);
    tls_identity_free(&i);
}

/* Both ends of one connection, in memory. */
struct pair {
    SSL_CTX *ctx;
    SSL *client, *server;
};

static void shake_hands(struct pair *p, struct tls *t, int version, const struct leaf *certificate)
{
    BIO *one, *two;
    p->ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(p->ctx, version);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(p->ctx), ca.cert); /* and so sent in the chain */
    if (certificate != NULL) {
        SSL_CTX_use_certificate(p->ctx, certificate->cert);
        SSL_CTX_use_PrivateKey(p->ctx, certificate->key);
    }
    p->client = SSL_new(p->ctx);
    p->server = tls_accept(t, 0);
    assert_int_equal(BIO_new_bio_pair(&one, 0, &two, 0), 1);
    SSL_set_bio(p->client, one, one);
    SSL_set_bio(p->server, two, two);
    SSL_set_connect_state(p->client);
    for (int turn = 0; turn < 10; turn++) {
        SSL_do_handshake(p->client);
        SSL_do_handshake(p->server);
    }
    assert_true(SSL_is_init_finished(p->client) && SSL_is_init_finished(p->server));
}

static void part(struct pair *p)
{
    SSL_free(p->client);
    SSL_free(p->server);
    SSL_CTX_free(p->ctx);
}

static void says(SSL *from, SSL *to, const char *text)
{
    char heard[64] = "";
    assert_int_equal(SSL_write(from, text, (int)strlen(text)), (int)strlen(text));
    assert_int_equal(SSL_read(to, heard, sizeof heard - 1), (int)strlen(text));
    assert_string_equal(heard, text);
}

/* Nobody can derive the connection's secrets from what it still holds. */
static void has_no_private_key(SSL *ssl)
{
    EVP_PKEY *key = NULL;
    unsigned char bytes[64];
    size_t n = sizeof bytes;
    if (SSL_get_tmp_key(ssl, &key) == 1) {
        assert_int_equal(EVP_PKEY_get_raw_private_key(key, bytes, &n), 0);
        EVP_PKEY_free(key);
    }
}

static void forget_one(struct tls *t, int version, const struct leaf *certificate)
{
    struct pair p;
    char before[TLS_FINGERPRINT], after[TLS_FINGERPRINT];
    shake_hands(&p, t, version, certificate);
    tls_fingerprint(p.server, before);
    tls_forget_handshake(p.server);
    has_no_private_key(p.server);
    tls_forget_handshake(p.server);
    tls_fingerprint(p.server, after);
    assert_string_equal(before, after);
    assert_int_equal(strlen(before), certificate != NULL ? 64 : 0);
    assert_int_equal(SSL_get_verify_result(p.server), X509_V_OK);
    if (certificate != NULL) {
        assert_int_equal(sk_X509_num(SSL_get_peer_cert_chain(p.server)), 0);
        EVP_PKEY *key = X509_get0_pubkey(SSL_get0_peer_certificate(p.server));
        assert_int_not_equal(EVP_PKEY_get_base_id(key), EVP_PKEY_EC);
    }
    says(p.client, p.server, "a request");
    if (version == TLS1_3_VERSION) {
        assert_int_equal(SSL_key_update(p.client, SSL_KEY_UPDATE_REQUESTED), 1);
        assert_int_equal(SSL_key_update(p.server, SSL_KEY_UPDATE_NOT_REQUESTED), 1);
    }
    says(p.client, p.server, "under other keys");
    says(p.server, p.client, "an answer");
    assert_int_equal(SSL_shutdown(p.server), 0);
    assert_int_equal(SSL_read(p.client, before, 1), 0);
    assert_int_equal(SSL_get_shutdown(p.client), SSL_RECEIVED_SHUTDOWN);
    part(&p);
}

/* Twice over: what one connection forgot, the next one needs. */
static void forget(void **unused)
{
    (void)unused;
    struct tls_identity i = {0};
    struct tls *t;
    char why[256];
    fixture_cert_pem(server.cert, &i.cert);
    fixture_key_pem(server.key, &i.key);
    fixture_cert_pem(ca.cert, &i.client_ca);
    assert_int_equal(tls_new(&i, TLS_CERTIFICATES, &t, why), 0);
    for (int round = 0; round < 2; round++) {
        forget_one(t, TLS1_2_VERSION, &other);
        forget_one(t, TLS1_3_VERSION, &other);
        forget_one(t, TLS1_3_VERSION, NULL);
    }
    tls_free(t);
    tls_identity_free(&i);
}

static void open_browser(struct pair *p, struct tls *t, const char *protocols)
{
    BIO *one, *two;
    p->ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_use_certificate(p->ctx, other.cert); /* has one, and is not asked */
    SSL_CTX_use_PrivateKey(p->ctx, other.key);
    p->client = SSL_new(p->ctx);
    p->server = tls_accept(t, 0);
    SSL_set_alpn_protos(p->client, (const unsigned char *)protocols, (unsigned)strlen(protocols));
    assert_int_equal(BIO_new_bio_pair(&one, 0, &two, 0), 1);
    SSL_set_bio(p->client, one, one);
    SSL_set_bio(p->server, two, two);
    SSL_set_connect_state(p->client);
    for (int turn = 0; turn < 10; turn++) {
        SSL_do_handshake(p->client);
        SSL_do_handshake(p->server);
    }
}

/* A browser is asked for no certificate and speaks HTTP/1.1; who offers something else only is
 * refused. */
static void browsers(void **unused)
{
    (void)unused;
    struct tls_identity i = {0};
    struct tls *t;
    struct pair p;
    char why[256], fingerprint[TLS_FINGERPRINT];
    const unsigned char *chosen;
    unsigned n;
    fixture_cert_pem(server.cert, &i.cert);
    fixture_key_pem(server.key, &i.key);
    fixture_cert_pem(ca.cert, &i.client_ca);
    assert_int_equal(tls_new(&i, TLS_HTTPS, &t, why), 0);
    open_browser(&p, t, "\002h2\010http/1.1");
    assert_true(SSL_is_init_finished(p.server));
    SSL_get0_alpn_selected(p.client, &chosen, &n);
    assert_int_equal(n, 8);
    assert_memory_equal(chosen, "http/1.1", 8);
    tls_fingerprint(p.server, fingerprint);
    assert_string_equal(fingerprint, "");
    says(p.client, p.server, "GET / HTTP/1.1");
    part(&p);
    open_browser(&p, t, "\002h2\010http/1.0");
    assert_false(SSL_is_init_finished(p.client));
    part(&p);
    tls_free(t);
    tls_identity_free(&i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(browsers), cmocka_unit_test(material), cmocka_unit_test(encrypted_key),
        cmocka_unit_test(days),     cmocka_unit_test(forget),
    };
    return cmocka_run_group_tests_name("tls", tests, make, unmake);
}
