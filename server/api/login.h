/* SPDX-License-Identifier: EUPL-1.2 */
/* What a login is judged by, as the database has it, and what the daemon tells the database of
 * sessions. Who compares what, when, is the door's. */
#ifndef API_LOGIN_H
#define API_LOGIN_H

#include "api/secret.h"
#include "api/totp.h"
#include "base/buf.h"
#include "base/statement.h"
#include "core/codes.h"

struct login {
    bool known;    /* there is such an account; the rest is only then */
    bool disabled; /* … which lets nobody in */
    enum role role;
    bool has_password;
    struct scrypt password;
    usec_t changed_at;                 /* of the password, logical µs */
    unsigned char secret[TOTP_SECRET]; /* of its second factor */
    size_t n_secret;                   /* 0: it has none */
    int64_t last_step;                 /* that was used; TOTP_NEVER */
};

/* The answer to DESK_LOGIN (parameter: the account). 0; -EBADMSG: no such answer. */
int login_read(const struct rows *rows, struct login *ret) MUST_USE;

/* Commands for the writer, by the account `daemon`. id: of a session, 64 hexadecimal digits.
 *
 * An opening has the id as its key: asked again it has one effect. changed_at: of the password that
 * was compared. last_step: of the code, TOTP_NEVER without. Outcomes: ok; unauthenticated with
 * detail wrong_credentials or totp_required: what was compared has changed since. */
void session_open_command(struct buf *out, const char *id, const char *account, usec_t expires_at,
                          usec_t changed_at, int64_t step);
/* nonce: another for each (the key must be new each time). */
void session_touch_command(struct buf *out, const char *id, uint64_t nonce);
void session_close_command(struct buf *out, const char *id);

#endif
