/* SPDX-License-Identifier: EUPL-1.2 */
/* Secrets that the server makes: tokens, passwords, shared secrets of second factors, addresses of
 * links. Each is in one answer, once: the database keeps what it is recognised by, and says by a
 * mark whose secret that is, so that the answer to a repetition shows none.
 *
 * A password is derived (scrypt) before it is a command, where that may take its time: the shell
 * carries derivations between here and whoever derives. */
#ifndef API_DRAW_H
#define API_DRAW_H

#include "api/login.h"
#include "api/operation.h"

#define DRAW_MARK 32             /* characters */
#define DERIVATIONS_HERE 8       /* at a time: beyond, callers are told to come back */
#define DRAWN_PASSWORD 24        /* characters: 20 of 32 letters and digits, in fives */
#define DRAW_TICKET (1ULL << 62) /* set in the tickets of derivations that are begun here */

enum drawing_stage {
    DRAWING_LOOKS,   /* own password: at what the database knows */
    DRAWING_WAITS,   /* own password: as long as earlier failures have earned */
    DRAWING_QUEUES,  /* for whoever derives */
    DRAWING_DERIVES, /* has been taken */
    DRAWING_SENT,    /* its command */
};

struct drawing {
    enum drawing_stage stage;
    json_t *params;           /* owned; what the command says besides; NULL: nothing */
    char mark[DRAW_MARK + 1]; /* "" none */
    char *secret;             /* owned, wiped: what the answer shows; NULL nothing */
    char *password;           /* owned, wiped: to be derived; NULL nothing (more) */
    char *old;                /* owned, wiped: the same, own password, before */
    struct scrypt with;
    struct login known;        /* of an own password */
    char session[DIGEST_TEXT]; /* the one that goes on; "" none */
    usec_t not_before;         /* the old one is derived, monotonic */
};

void drawing_destroy(struct drawing *g); /* NULL allowed */

/* The next password to be derived; false: none. *ret_password is borrowed until the answer. */
bool draw_take(struct desk *d, uint64_t *ret_ticket, struct scrypt *ret_with, span *ret_password);

/* hash NULL: it could not be done. A call that has gone is no error. 0 or -ENOMEM. */
int draw_derived(struct desk *d, usec_t now, uint64_t ticket,
                 const unsigned char hash[SCRYPT_HASH]) MUST_USE;

struct own_password {
    const char *old, *password; /* the new one */
    const char *session;        /* id of the one that goes on; NULL none */
    usec_t not_before;          /* that the old one is looked at, monotonic */
};

/* An account sets its own password: the old one is compared, then the new one derived and sent.
 * Refused with forbidden wrong_credentials, or invalid_params. 0: *ret is the caller's, to be
 * closed with desk_close; -ENOMEM. */
int draw_own_password(struct desk *d, usec_t now, struct viewer *viewer,
                      const struct own_password *asked, struct call **ret) MUST_USE;

/* For the desk: a call that waits for a derivation has come to its deadline. false: it is late. */
bool draw_wakes(struct desk *d, usec_t now, struct call *c);

/* Writes what was drawn, or null when this is a repetition, and says which: ,"token":…,"repeated":…
 */
void draw_show(const struct call *c, struct buf *out);

int run_credential_put(struct desk *d, usec_t now, struct call *c);
int run_password_put(struct desk *d, usec_t now, struct call *c);
int run_totp_put(struct desk *d, usec_t now, struct call *c);
int run_link_put(struct desk *d, usec_t now, struct call *c);

#endif
