/* SPDX-License-Identifier: EUPL-1.2 */
/* Who may connect, and as what: accounts and their credentials, as the history has them. */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include <stdbool.h>

#include "base/instant.h"
#include "base/result.h"
#include "core/codes.h"

struct account {
    char *id;
    char *name;
    enum role role;
    char **territories; /* codes of the subtrees it covers */
    size_t n_territories;
    char **establishments; /* ids */
    size_t n_establishments;
    char *acts_for; /* service: the account whose role and scope it uses */
    bool disabled;
};

enum credential_type { CREDENTIAL_TOKEN, CREDENTIAL_CERTIFICATE };

struct credential {
    char *id; /* SHA-256, lower-case hexadecimal, of the token or of the certificate's DER */
    char *account;
    enum credential_type type;
    usec_t expires_at; /* logical µs; USEC_NEVER */
    bool revoked;
};

/* 0; -ENOMEM; -EBADMSG: not such a state. *ret is written on 0 only and is then the caller's. */
int account_decode(const char *id, const char *state, struct account **ret) MUST_USE;
void account_destroy(struct account *a);

int credential_decode(const char *id, const char *state, struct credential **ret) MUST_USE;
void credential_destroy(struct credential *c);

#endif
