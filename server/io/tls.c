/* SPDX-License-Identifier: EUPL-1.2 */
#include "io/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

struct tls {
    SSL_CTX *ctx;
    usec_t ends; /* of the server certificate, wall clock */
};

#define CERT_LIST_MAX (16 * 1024) /* bytes of a client's certificate chain */

void tls_identity_free(struct tls_identity *i)
{
    if (i == NULL)
        return;
    if (i->key.p != NULL)
        OPENSSL_cleanse(i->key.p, i->key.room);
    buf_free(&i->cert);
    buf_free(&i->key);
    buf_free(&i->client_ca);
}

/* `what` was not usable; OpenSSL's own reason is added when it has one. */
static int refuse(char why[static 256], const char *what)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;
    if (reason != NULL)
        snprintf(why, 256, "%s (%s)", what, reason);
    else
        snprintf(why, 256, "%s", what);
    ERR_clear_error();
    return TLS_REFUSED;
}

static BIO *reader_of(const struct buf *pem)
{
    return pem->n > 0 && pem->n <= INT_MAX ? BIO_new_mem_buf(pem->p, (int)pem->n) : NULL;
}

/* Reading PEM to its end leaves "no start line" behind, which is no error. */
static bool at_end_of_pem(void)
{
    unsigned long code = ERR_peek_last_error();
    bool end = ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
    if (end)
        ERR_clear_error();
    return end;
}

static usec_t end_of(const X509 *cert)
{
    struct tm tm;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) != 1)
        return 0;
    return (usec_t)timegm(&tm) * USEC_S;
}

static int use_certificate(struct tls *t, const struct buf *pem, char why[static 256])
{
    BIO *in = reader_of(pem);
    X509 *leaf = in != NULL ? PEM_read_bio_X509_AUX(in, NULL, NULL, NULL) : NULL;
    int r = 0;
    if (leaf == NULL || SSL_CTX_use_certificate(t->ctx, leaf) != 1)
        r = refuse(why, "the server certificate is not a PEM certificate");
    else
        t->ends = end_of(leaf);
    while (r == 0) {
        X509 *next = PEM_read_bio_X509(in, NULL, NULL, NULL);
        if (next == NULL)
            break;
        if (SSL_CTX_add0_chain_cert(t->ctx, next) != 1) {
            X509_free(next);
            r = refuse(why, "the chain of the server certificate cannot be used");
        }
    }
    if (r == 0 && !at_end_of_pem())
        r = refuse(why, "the chain of the server certificate is damaged");
    X509_free(leaf);
    BIO_free(in);
    return r;
}

static int no_passphrase(char *out, int room, int writing, void *ctx)
{
    (void)out, (void)room, (void)writing, (void)ctx;
    return -1;
}

static int use_key(struct tls *t, const struct buf *pem, char why[static 256])
{
    BIO *in = reader_of(pem);
    EVP_PKEY *key = in != NULL ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL) : NULL;
    int r = 0;
    if (key == NULL)
        r = refuse(why, "the server key is not an unencrypted PEM private key");
    else if (SSL_CTX_use_PrivateKey(t->ctx, key) != 1 || SSL_CTX_check_private_key(t->ctx) != 1)
        r = refuse(why, "the server key does not belong to the server certificate");
    EVP_PKEY_free(key);
    BIO_free(in);
    return r;
}

static int use_client_ca(struct tls *t, const struct buf *pem, char why[static 256])
{
    BIO *in = reader_of(pem);
    int n = 0;
    X509 *ca;
    bool taken = in != NULL;
    while (taken && (ca = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL) {
        taken = X509_STORE_add_cert(SSL_CTX_get_cert_store(t->ctx), ca) == 1 &&
                SSL_CTX_add_client_CA(t->ctx, ca) == 1;
        X509_free(ca);
        n++;
    }
    taken = taken && at_end_of_pem() && n > 0;
    BIO_free(in);
    if (!taken)
        return refuse(why, "client_ca is not a list of PEM certificates");
    SSL_CTX_set_verify(t->ctx, SSL_VERIFY_PEER, NULL);
    return 0;
}

/* Reading ahead spares the second read of every record. No retrying inside SSL_read: a peer that
 * sends key updates without end would keep it from returning. */
static int set_protocol(SSL_CTX *ctx)
{
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                 SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(ctx, 1);
    SSL_CTX_set_max_cert_list(ctx, CERT_LIST_MAX);
    if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1 ||
        SSL_CTX_set1_groups_list(ctx, "X25519:P-256:P-384") != 1)
        return -ENOMEM;
    return 0;
}

/* No resumption in any form: a resumed session would skip the check of the client certificate
 * (CVE-2025-23419). */
static int forbid_resumption(SSL_CTX *ctx)
{
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    return SSL_CTX_set_num_tickets(ctx, 0) == 1 ? 0 : -ENOMEM;
}

/* A client that speaks something else only is told so (RFC 7301, 3.2). */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_n,
                           const unsigned char *in, unsigned in_n, void *ctx)
{
    static const unsigned char http[] = "\010http/1.1";
    (void)ssl, (void)ctx;
    for (unsigned at = 0; at < in_n; at += 1u + in[at])
        if (in_n - at >= sizeof http - 1 && memcmp(in + at, http, sizeof http - 1) == 0) {
            *out = in + at + 1;
            *out_n = in[at];
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int tls_new(const struct tls_identity *identity, enum tls_use use, struct tls **ret,
            char ret_why[static 256])
{
    struct tls *t = calloc(1, sizeof *t);
    if (t == NULL)
        return -ENOMEM;
    ERR_clear_error();
    t->ctx = SSL_CTX_new(TLS_server_method());
    int r = t->ctx == NULL ? -ENOMEM : set_protocol(t->ctx);
    if (r == 0)
        r = use_certificate(t, &identity->cert, ret_why);
    if (r == 0)
        r = use_key(t, &identity->key, ret_why);
    if (r == 0 && use == TLS_CERTIFICATES)
        r = forbid_resumption(t->ctx);
    if (r == 0 && use == TLS_CERTIFICATES && identity->client_ca.n > 0)
        r = use_client_ca(t, &identity->client_ca, ret_why);
    if (use == TLS_HTTPS)
        SSL_CTX_set_alpn_select_cb(t->ctx, choose_protocol, NULL);
    if (r != 0) {
        tls_free(t);
        return r;
    }
    *ret = t;
    return 0;
}

void tls_free(struct tls *t)
{
    if (t == NULL)
        return;
    SSL_CTX_free(t->ctx);
    free(t);
}

usec_t tls_end(const struct tls *t)
{
    return t->ends;
}

int64_t tls_days_left(const struct tls *t, usec_t now)
{
    int64_t left = t->ends - now;
    const int64_t day = 24 * USEC_HOUR;
    return left / day - (left % day < 0);
}

struct ssl_st *tls_accept(struct tls *t, int fd)
{
    SSL *ssl = SSL_new(t->ctx);
    if (ssl == NULL || SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        return NULL;
    }
    SSL_set_accept_state(ssl);
    return ssl;
}

void tls_fingerprint(struct ssl_st *ssl, char ret_hex[static TLS_FINGERPRINT])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    X509 *cert = SSL_get0_peer_certificate(ssl);
    if (cert == NULL || X509_digest(cert, EVP_sha256(), digest, &n) != 1)
        n = 0;
    for (unsigned i = 0; i < n; i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
    ret_hex[2 * n] = '\0';
}

/* An empty key, of a type that verifies nothing. */
static void empty_key(EVP_PKEY *key)
{
    if (key != NULL)
        EVP_PKEY_set_type(key, EVP_PKEY_X25519);
}

/* OpenSSL has no call that takes these out of a live session: what hangs on them is freed instead.
 * All of it was made or decoded in this handshake and belongs to this connection alone; the
 * authorities of client_ca are not in the chain that the peer sent. */
void tls_forget_handshake(struct ssl_st *ssl)
{
    X509 *cert = SSL_get0_peer_certificate(ssl);
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
    EVP_PKEY *ours = NULL, *theirs = NULL;
    if (!SSL_is_init_finished(ssl))
        return;
    while (sk_X509_num(chain) > 0)
        X509_free(sk_X509_pop(chain));
    empty_key(cert != NULL ? X509_get0_pubkey(cert) : NULL);
    SSL_get_tmp_key(ssl, &ours);
    SSL_get_peer_tmp_key(ssl, &theirs);
    empty_key(ours);
    empty_key(theirs);
    EVP_PKEY_free(ours);
    EVP_PKEY_free(theirs);
}
