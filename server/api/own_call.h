/* SPDX-License-Identifier: EUPL-1.2 */
/* Calls of a door itself, for no account: what a login needs of the database. They wait and are
 * answered as others are; an answer has no result. */
#ifndef API_OWN_CALL_H
#define API_OWN_CALL_H

#include "api/desk.h"
#include "api/login.h"

/* The answer goes to *ret_login, the caller's, which outlives the call. 0: *ret is the caller's, to
 * be closed with desk_close; -ENOMEM. */
int own_call_login(struct desk *d, usec_t now, const char *account, struct login *ret_login,
                   struct call **ret) MUST_USE;

/* A command as api/login.h writes it (taken): answered when the replica has what it changed. */
int own_call_command(struct desk *d, usec_t now, struct buf *command, struct call **ret) MUST_USE;

#endif
