/* SPDX-License-Identifier: EUPL-1.2 */
/* Threads that derive passwords (scrypt, some 100 ms of a core each), so that the loop does not
 * wait. Each deriving is asked for once and answered once, in the loop. */
#ifndef DAEMON_PASSWORDS_H
#define DAEMON_PASSWORDS_H

#include "http/web.h"
#include "io/loop.h"

struct passwords;

/* hash NULL: it could not be derived (memory). Called in the loop. */
typedef void password_answer(void *ctx, uint64_t ticket, const unsigned char hash[SCRYPT_HASH]);

int passwords_new(struct loop *l, password_answer *answer, void *ctx,
                  struct passwords **ret) MUST_USE;
void passwords_free(struct passwords *p); /* waits for what is being derived; NULL allowed */

/* The password is copied, and wiped when it was derived. 0; -EAGAIN: the queue is full; -ENOMEM. */
int passwords_derive(struct passwords *p, const struct derivation *d) MUST_USE;

#endif
