/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is on call in a département, for what and until when. */
#ifndef CORE_ROTA_H
#define CORE_ROTA_H

#include "base/buf.h"
#include "core/record.h"

struct rota {
    char *id;
    enum duty duty;
    char *territory; /* code of a root */
    char *account;
    usec_t from_at, to_at; /* [from, to) */
};

/* 0; -ENOMEM; -EBADMSG: not such a state. *ret is written on 0 only and is then the caller's. */
int rota_decode(const char *id, const char *state, struct rota **ret) MUST_USE;
void rota_destroy(struct rota *t); /* NULL allowed */

/* The members of the record after `revision`, each begun by a comma. */
void rota_encode(const struct rota *t, struct buf *out);

/* Of the entries that cover a moment the one that began last counts, then the first id: whether a
 * goes before b (NULL: none). SQL function on_call says the same. */
bool rota_is_before(const struct rota *a, const struct rota *b);

#endif
