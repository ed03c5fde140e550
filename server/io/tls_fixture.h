/* SPDX-License-Identifier: EUPL-1.2 */
/* Certificates for tests, made in memory. */
#ifndef IO_TLS_FIXTURE_H
#define IO_TLS_FIXTURE_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/buf.h"

struct authority {
    EVP_PKEY *key;
    X509 *cert;
};

struct leaf {
    EVP_PKEY *key;
    X509 *cert;
};

/* A certificate for name, valid from now-1 d to now+days, signed by issuer (NULL: by itself). */
static inline X509 *fixture_certificate(const char *name, EVP_PKEY *key, int days,
                                        const struct authority *issuer)
{
    static long serial = 1;
    X509 *cert = X509_new();
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
    X509_gmtime_adj(X509_getm_notBefore(cert), (long)(days < 0 ? days - 2 : -1) * 86400);
    X509_gmtime_adj(X509_getm_notAfter(cert), (long)days * 86400);
    X509_set_pubkey(cert, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(issuer != NULL ? issuer->cert : cert));
    if (issuer == NULL) {
        X509_EXTENSION *ca =
            X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");
        X509_add_ext(cert, ca, -1);
        X509_EXTENSION_free(ca);
    }
    X509_sign(cert, issuer != NULL ? issuer->key : key, EVP_sha256());
    return cert;
}

static inline struct authority fixture_authority(const char *name)
{
    struct authority a = {.key = EVP_EC_gen("P-256")};
    a.cert = fixture_certificate(name, a.key, 30, NULL);
    return a;
}

static inline struct leaf fixture_leaf(const char *name, int days, const struct authority *issuer)
{
    struct leaf l = {.key = EVP_EC_gen("P-256")};
    l.cert = fixture_certificate(name, l.key, days, issuer);
    return l;
}

static inline void fixture_take(BIO *from, struct buf *ret)
{
    char *p;
    long n = BIO_get_mem_data(from, &p);
    buf_add(ret, (span){p, (size_t)n});
    BIO_free(from);
}

static inline void fixture_cert_pem(X509 *cert, struct buf *ret)
{
    BIO *out = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(out, cert);
    fixture_take(out, ret);
}

static inline void fixture_key_pem(EVP_PKEY *key, struct buf *ret)
{
    BIO *out = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
    fixture_take(out, ret);
}

static inline void fixture_free(EVP_PKEY *key, X509 *cert)
{
    EVP_PKEY_free(key);
    X509_free(cert);
}

#endif
