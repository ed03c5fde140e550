/* SPDX-License-Identifier: EUPL-1.2 */
/* What the demonstration's people sign in with: one password for all, which is derived once, and a
 * second factor each. Everything that is there already is kept. */
#ifndef ADMIN_DEMO_LOGINS_H
#define ADMIN_DEMO_LOGINS_H

#include "admin/ctl.h"
#include "admin/password.h"

struct demo_logins {
    char password[PASSWORD_MOST + 1];
    char kept[SCRYPT_TEXT]; /* what the register has, or gets, of it */
    json_t *scrypt, *totp;  /* account → text, as the register has them */
    bool fresh;             /* the password is new: every account gets it */
};

/* Reads the register and the password's file, a file of the folder; makes what is not there. 0 or
 * negative; -EPROTO: the database refused (said). */
int demo_logins_open(struct ctl *ctl, const char *folder, struct demo_logins *ret) MUST_USE;
void demo_logins_free(struct demo_logins *d);

/* Adds to the commands what the account lacks, and to its entry of accounts.json what it signs in
 * with. 0 or negative. */
int demo_logins_provide(const struct demo_logins *d, const char *account, const char *role,
                        json_t *commands, json_t *entry) MUST_USE;

#endif
