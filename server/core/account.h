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

/* A password says that the account has one, or a second factor; nobody comes in by its id. */
enum credential_type {
    CREDENTIAL_TOKEN,
    CREDENTIAL_CERTIFICATE,
    CREDENTIAL_SESSION,
    CREDENTIAL_PASSWORD,
    CREDENTIAL_LINK,
    CREDENTIAL_TYPES
};

struct credential {
    char *id; /* SHA-256, lower-case hexadecimal, of the token, of the certificate's DER, of the
                 session's cookie or of the link's secret */
    char *account;
    enum credential_type type;
    usec_t expires_at; /* logical µs; USEC_NEVER */
    usec_t seen_at;    /* of a session: when someone was there, logical µs */
    bool revoked;
    bool second_factor; /* of a password: there is one */
    char *unit;         /* of a link: the unit that it is about */
    char *hold;         /* … the hold that it asks about; NULL: it asks for a declaration */
};

/* A session that nobody uses ends after this, the same as ugo.session_end() of the schema … */
#define SESSION_IDLE (30 * USEC_MIN)
/* … and is said to be used again after this: each time costs a revision. */
#define SESSION_TOUCH (5 * USEC_MIN)
/* What a new one may last in all. */
#define SESSION_TIME (12 * USEC_HOUR)

/* 0; -ENOMEM; -EBADMSG: not such a state. *ret is written on 0 only and is then the caller's. */
int account_decode(const char *id, const char *state, struct account **ret) MUST_USE;
void account_destroy(struct account *a);

int credential_decode(const char *id, const char *state, struct credential **ret) MUST_USE;
void credential_destroy(struct credential *c);

/* NULL: it is of this type and lets its account in at `at` (logical µs). Else why not:
 * bad_credential (also NULL, there is none), revoked, expired; of a session always
 * session_ended. */
const char *credential_trouble(const struct credential *c, enum credential_type type, usec_t at);

/* When it ends if nobody is seen any more, logical µs; USEC_NEVER. */
usec_t credential_end(const struct credential *c);

/* Whether it is time to say that someone was there (session.touch). */
bool session_touch_due(const struct credential *c, usec_t at);

/* Whether those who came in by it must be looked at again when it becomes this one (NULL: there is
 * none): not when it only was seen, or is new. */
bool credential_rights_differ(const struct credential *was, const struct credential *is);

#endif
