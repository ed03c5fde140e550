/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/cert.h"

#include <arpa/inet.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <time.h>

#include "admin/files.h"

#define AUTHORITY_DAYS 3650
#define KEY_MOST 65536

struct cert_authority {
    EVP_PKEY *key;
    X509 *cert;
};

static void free_bio(BIO **b)
{
    BIO_free_all(*b);
}

static void free_key(EVP_PKEY **k)
{
    EVP_PKEY_free(*k);
}

static void free_cert(X509 **x)
{
    X509_free(*x);
}

const char *cert_error(void)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    return reason != NULL ? reason : "OpenSSL";
}

void cert_authority_close(struct cert_authority *ca)
{
    if (ca == NULL)
        return;
    EVP_PKEY_free(ca->key);
    X509_free(ca->cert);
    free(ca);
}

/* ── making ───────────────────────────────────────────────────────────────────────────────── */

static bool add_extension(X509 *x, const X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *e;
    bool added;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, (X509 *)issuer, x, NULL, NULL, 0);
    e = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    added = e != NULL && X509_add_ext(x, e, -1) == 1;
    X509_EXTENSION_free(e);
    return added;
}

/* 127 random bits: unique without a register of serials, and positive. */
static bool set_serial(X509 *x)
{
    unsigned char bytes[16];
    BIGNUM *number;
    bool set;

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    bytes[0] &= 0x7f;
    number = BN_bin2bn(bytes, sizeof bytes, NULL);
    set = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x)) != NULL;
    BN_free(number);
    return set;
}

/* A certificate of key for the common name; issuer NULL: for itself. No extensions, not signed. */
static X509 *blank(EVP_PKEY *key, const X509 *issuer, const char *name, int days)
{
    X509 *x = X509_new();
    X509_NAME *subject = x != NULL ? X509_get_subject_name(x) : NULL;

    /* five minutes back: clocks of clients differ */
    if (x != NULL && X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
        X509_gmtime_adj(X509_getm_notBefore(x), -300) != NULL &&
        X509_time_adj_ex(X509_getm_notAfter(x), days, 0, NULL) != NULL &&
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
                                   -1, 0) == 1 &&
        X509_set_issuer_name(x, issuer != NULL ? X509_get_subject_name(issuer) : subject) == 1 &&
        X509_set_pubkey(x, key) == 1)
        return x;
    X509_free(x);
    return NULL;
}

static int write_key(const char *path, EVP_PKEY *key)
{
    BIO *b CLEANUP(free_bio) = BIO_new(BIO_s_mem());
    char *p;
    long n;

    if (b == NULL || PEM_write_bio_PrivateKey(b, key, NULL, NULL, 0, NULL, NULL) != 1)
        return CERT_FAILED;
    n = BIO_get_mem_data(b, &p);
    return files_write(path, (span){p, (size_t)n}, FILES_SECRET);
}

static int write_cert(const char *path, X509 *cert)
{
    BIO *b CLEANUP(free_bio) = BIO_new(BIO_s_mem());
    char *p;
    long n;

    if (b == NULL || PEM_write_bio_X509(b, cert) != 1)
        return CERT_FAILED;
    n = BIO_get_mem_data(b, &p);
    return files_write(path, (span){p, (size_t)n}, FILES_PUBLIC);
}

/* The authority's own certificate, which may sign no further authority. */
static X509 *make_authority(EVP_PKEY *key)
{
    X509 *x = blank(key, NULL, "ugo local authority", AUTHORITY_DAYS);

    if (x != NULL && add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
        add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
        add_extension(x, x, NID_subject_key_identifier, "hash") &&
        X509_sign(x, key, EVP_sha256()) > 0)
        return x;
    X509_free(x);
    return NULL;
}

/* ── the authority's files ────────────────────────────────────────────────────────────────── */

static int read_authority(const char *key_path, const char *cert_path, struct cert_authority *ca)
{
    struct buf text CLEANUP(buf_free) = {0};
    BIO *b CLEANUP(free_bio) = NULL;
    BIO *c CLEANUP(free_bio) = NULL;
    size_t key_length;
    int r = files_read(key_path, KEY_MOST, &text);

    if (r != 0)
        return r;
    key_length = text.n;
    if ((r = files_read(cert_path, KEY_MOST, &text)) != 0)
        return r;
    b = BIO_new_mem_buf(text.p, (int)key_length);
    c = BIO_new_mem_buf(text.p + key_length, (int)(text.n - key_length));
    if (b == NULL || c == NULL)
        return -ENOMEM;
    ca->key = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);
    ca->cert = PEM_read_bio_X509(c, NULL, NULL, NULL);
    if (ca->key == NULL || ca->cert == NULL || X509_check_private_key(ca->cert, ca->key) != 1)
        return CERT_UNREADABLE;
    return 0;
}

static int create_authority(const char *key_path, const char *cert_path, struct cert_authority *ca)
{
    int r;

    ca->key = EVP_EC_gen("P-256");
    ca->cert = ca->key != NULL ? make_authority(ca->key) : NULL;
    if (ca->cert == NULL)
        return CERT_FAILED;
    /* the key first: a certificate without its key could never be used */
    r = write_key(key_path, ca->key);
    return r != 0 ? r : write_cert(cert_path, ca->cert);
}

int cert_authority_open(const char *folder, struct cert_authority **ret_ca, bool *ret_created)
{
    char key_path[PATH_MAX], cert_path[PATH_MAX];
    struct cert_authority *ca;
    int r = files_make_folder(folder, 0755);

    if (r == 0)
        r = files_join(folder, "ca.key", key_path, sizeof key_path);
    if (r == 0)
        r = files_join(folder, "ca.pem", cert_path, sizeof cert_path);
    if (r != 0)
        return r;
    if (files_exist(cert_path) && !files_exist(key_path))
        return CERT_UNREADABLE; /* a new authority would disown what the old one issued */
    ca = calloc(1, sizeof *ca);
    if (ca == NULL)
        return -ENOMEM;
    *ret_created = !files_exist(cert_path);
    r = *ret_created ? create_authority(key_path, cert_path, ca)
                     : read_authority(key_path, cert_path, ca);
    if (r != 0) {
        cert_authority_close(ca);
        return r;
    }
    *ret_ca = ca;
    return 0;
}

/* ── issuing ──────────────────────────────────────────────────────────────────────────────── */

/* Letters, digits, ".", "-", "_", not first: what account ids and host names are made of. */
static bool name_usable(const char *name)
{
    size_t n = strlen(name);

    if (n == 0 || n > 63 || name[0] == '.' || name[0] == '-')
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = name[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '.' || c == '-' || c == '_'))
            return false;
    }
    return true;
}

static bool is_address(const char *host)
{
    unsigned char room[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, host, room) == 1 || inet_pton(AF_INET6, host, room) == 1;
}

/* "DNS:localhost,IP:127.0.0.1". 0 or CERT_NAME_INVALID. */
static int alternative_names(const struct cert_request *r, struct buf *out)
{
    for (int i = 0; i < r->n_hosts; i++) {
        bool address = is_address(r->hosts[i]);

        if (!address && !name_usable(r->hosts[i]))
            return CERT_NAME_INVALID;
        buf_printf(out, "%s%s:%s", i > 0 ? "," : "", address ? "IP" : "DNS", r->hosts[i]);
    }
    buf_char(out, '\0');
    return buf_check(out);
}

static void describe(const X509 *x, struct cert_issued *ret_issued)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    struct tm when = {0};

    ret_issued->fingerprint[0] = '\0';
    if (X509_digest(x, EVP_sha256(), digest, &n) == 1 && n == 32)
        for (unsigned i = 0; i < n; i++)
            snprintf(ret_issued->fingerprint + 2 * i, 3, "%02x", digest[i]);
    (void)ASN1_TIME_to_tm(X509_get0_notAfter(x), &when);
    ret_issued->expires_at = (usec_t)timegm(&when) * USEC_S;
}

static X509 *make_leaf(struct cert_authority *ca, EVP_PKEY *key, const struct cert_request *r,
                       const char *names)
{
    bool server = r->hosts != NULL;
    X509 *x = blank(key, ca->cert, r->name, r->days);

    if (x != NULL && add_extension(x, ca->cert, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(x, ca->cert, NID_key_usage, "critical,digitalSignature") &&
        add_extension(x, ca->cert, NID_ext_key_usage, server ? "serverAuth" : "clientAuth") &&
        add_extension(x, ca->cert, NID_subject_key_identifier, "hash") &&
        add_extension(x, ca->cert, NID_authority_key_identifier, "keyid") &&
        (!server || add_extension(x, ca->cert, NID_subject_alt_name, names)) &&
        X509_sign(x, ca->key, EVP_sha256()) > 0)
        return x;
    X509_free(x);
    return NULL;
}

int cert_issue(struct cert_authority *ca, const struct cert_request *request,
               struct cert_issued *ret_issued)
{
    struct buf names CLEANUP(buf_free) = {0};
    EVP_PKEY *key CLEANUP(free_key) = NULL;
    X509 *cert CLEANUP(free_cert) = NULL;
    char path[PATH_MAX], file[80];
    int r = name_usable(request->name) ? alternative_names(request, &names) : CERT_NAME_INVALID;

    if (r == 0)
        r = files_make_folder(request->folder, 0755);
    if (r != 0)
        return r;
    key = EVP_EC_gen("P-256");
    cert = key != NULL ? make_leaf(ca, key, request, names.p) : NULL;
    if (cert == NULL)
        return CERT_FAILED;
    snprintf(file, sizeof file, "%s.key", request->name);
    r = files_join(request->folder, file, path, sizeof path);
    if (r == 0)
        r = write_key(path, key);
    snprintf(file, sizeof file, "%s.pem", request->name);
    if (r == 0)
        r = files_join(request->folder, file, path, sizeof path);
    if (r == 0)
        r = write_cert(path, cert);
    if (r == 0)
        describe(cert, ret_issued);
    return r;
}

int cert_read(const char *path, struct cert_issued *ret_issued)
{
    struct buf text CLEANUP(buf_free) = {0};
    BIO *b CLEANUP(free_bio) = NULL;
    X509 *cert CLEANUP(free_cert) = NULL;
    int r = files_read(path, KEY_MOST * 16, &text);

    if (r != 0)
        return r;
    b = BIO_new_mem_buf(text.p != NULL ? text.p : "", (int)text.n);
    cert = b != NULL ? PEM_read_bio_X509(b, NULL, NULL, NULL) : NULL;
    if (cert == NULL)
        return CERT_FAILED;
    describe(cert, ret_issued);
    return 0;
}
