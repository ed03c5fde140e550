/* SPDX-License-Identifier: EUPL-1.2 */
/* A small local authority (EC P-256) for the certificates of the line door: of the server, and of
 * clients, which the register knows by their fingerprint. */
#ifndef ADMIN_CERT_H
#define ADMIN_CERT_H

#include <stdbool.h>

#include "base/instant.h"
#include "base/result.h"
#include "base/span.h"

#define CERT_FINGERPRINT 65 /* SHA-256 of the DER in hex, and a terminator */

enum cert_outcome {
    CERT_FAILED = 1,  /* OpenSSL said no: cert_error */
    CERT_UNREADABLE,  /* the authority's files are damaged, or one of the two is missing */
    CERT_NAME_INVALID /* not usable as a file's name, a host's name or an address */
};

struct cert_authority; /* key and certificate in DIR/ca.key, DIR/ca.pem */

/* Opens the authority of a folder, which is made with it at first use (ten years). 0, an outcome or
 * -errno. */
int cert_authority_open(const char *folder, struct cert_authority **ret_ca,
                        bool *ret_created) MUST_USE;
void cert_authority_close(struct cert_authority *ca); /* NULL allowed */

struct cert_request {
    const char *name;         /* common name, and the files' */
    const char *const *hosts; /* server: names and IP addresses it answers to; NULL: a client */
    int n_hosts;
    int days;
    const char *folder; /* gets NAME.pem and NAME.key */
};

struct cert_issued {
    char fingerprint[CERT_FINGERPRINT];
    usec_t expires_at;
};

/* Makes a key and a certificate and writes both. 0, an outcome or -errno. */
int cert_issue(struct cert_authority *ca, const struct cert_request *request,
               struct cert_issued *ret_issued) MUST_USE;

/* The first certificate of a PEM file. 0, CERT_FAILED (none in it) or -errno. */
int cert_read(const char *path, struct cert_issued *ret_issued) MUST_USE;

/* What OpenSSL said last; static text. */
const char *cert_error(void);

#endif
