/* SPDX-License-Identifier: EUPL-1.2 */
/* What administrators read and write besides what everybody sees: records as the database has them,
 * asked of it each time. Operations are told apart by their names: account.list, account.put. */
#ifndef API_ADMIN_H
#define API_ADMIN_H

#include "api/operation.h"

int run_admin_list(struct desk *d, usec_t now, struct call *c);
int run_admin_get(struct desk *d, usec_t now, struct call *c);
/* Of the answers to both. */
int rows_admin_list(struct desk *d, usec_t now, struct call *c, const struct rows *rows);
int rows_admin_get(struct desk *d, usec_t now, struct call *c, const struct rows *rows);

/* The state of a credential as the history has it, without a link's hold, which is no
 * administrator's business. 0; -ENOMEM; -EBADMSG. */
int credential_write(const char *state, struct buf *out) MUST_USE;

/* Of commands: the record as the command left it, or null; with what was drawn for it. */
int answer_admin(struct desk *d, usec_t now, struct call *c);
int rows_admin(struct desk *d, usec_t now, struct call *c, const struct rows *rows);

/* Of what the replica has as records (op_reference.c), each what it may see. */
int run_record_list(struct desk *d, usec_t now, struct call *c);
int answer_record(struct desk *d, usec_t now, struct call *c);
int answer_gone(struct desk *d, usec_t now, struct call *c);

/* What a put would say to leave a unit or an establishment as it is. */
int run_describe(struct desk *d, usec_t now, struct call *c);
int rows_describe(struct desk *d, usec_t now, struct call *c, const struct rows *rows);

#endif
