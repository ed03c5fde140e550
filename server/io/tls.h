/* SPDX-License-Identifier: EUPL-1.2 */
/* The server side TLS context of a door: TLS 1.2 and 1.3, AEAD ciphers with forward secrecy, no
 * renegotiation. Made from bytes, not files: the master reads keys before privileges are dropped.
 */
#ifndef IO_TLS_H
#define IO_TLS_H

#include "base/buf.h"
#include "base/result.h"

struct tls;
struct ssl_st;

#define TLS_FINGERPRINT 65 /* SHA-256 of the certificate's DER in lower-case hex, terminated */

/* PEM bytes. */
struct tls_identity {
    struct buf cert;      /* leaf first, then its chain */
    struct buf key;       /* wiped when freed */
    struct buf client_ca; /* one or more; empty: no client certificates are asked for */
};

void tls_identity_free(struct tls_identity *i);

enum tls_use {
    TLS_NONE, /* plain bytes */
    /* A client certificate is optional and, when presented, must be valid under client_ca. No
     * tickets, no resumption. */
    TLS_CERTIFICATES,
    /* No client certificate is asked for, so resuming skips nothing; ALPN: http/1.1 and no other.
     */
    TLS_HTTPS,
};

#define TLS_REFUSED 1 /* the material is not usable: ret_why says what */

/* 0, TLS_REFUSED or -ENOMEM. ret_why: at least 256 bytes. */
int tls_new(const struct tls_identity *identity, enum tls_use use, struct tls **ret,
            char ret_why[static 256]) MUST_USE;
void tls_free(struct tls *t); /* live connections keep what they need; NULL allowed */

/* When the server certificate ends: wall clock, µs. */
usec_t tls_end(const struct tls *t);

/* Days until the server certificate ends (negative: it has ended); now: wall clock, µs. */
int64_t tls_days_left(const struct tls *t, usec_t now);

/* A new connection on a socket; NULL when memory is out. Freed with SSL_free. */
struct ssl_st *tls_accept(struct tls *t, int fd);

/* "" when the peer presented none. */
void tls_fingerprint(struct ssl_st *ssl, char ret_hex[static TLS_FINGERPRINT]);

/* Gives back what only a handshake needs, once it is done and the fingerprint taken: the chain that
 * the peer sent and its decoded public key (some 6 KB), which it has verified, and the key pairs
 * that the connection's secrets came from, which nobody should find in memory later. There is
 * never a second handshake (see tls.c). */
void tls_forget_handshake(struct ssl_st *ssl);

#endif
