/* SPDX-License-Identifier: EUPL-1.2 */
/* The register as ugoctl reads and writes it: a copy for planning, and commands sent in batches to
 * apply_batch. Blocking libpq. */
#ifndef ADMIN_REGISTER_H
#define ADMIN_REGISTER_H

#include <jansson.h>
#include <libpq-fe.h>

#include "base/result.h"
#include "base/span.h"

/* Fatal results: -ENOMEM; -EIO: PostgreSQL refused or is gone (its message is the connection's). */

/* What import_plan wants to know, in one snapshot, and the revision it is of. */
int register_read(PGconn *connection, json_t **ret_known, long long *ret_revision) MUST_USE;

struct register_refusal {
    json_t *command; /* borrowed */
    json_t *reply;   /* borrowed: {"type", "errors"?, …} */
};

struct register_send {
    const char *account; /* unless a command names its own; "system" */
    const char *channel; /* likewise; "import" */
    span seed;           /* keys are derived from it and the command's place: the same seed and
                            commands have one effect */
    /* Called for each command that was not "ok" or "outdated". */
    void (*refused)(void *owner, const struct register_refusal *refusal);
    /* Called after each batch. May be NULL. */
    void (*progress)(void *owner, size_t done, size_t all);
    void *owner;
};

struct register_sent {
    size_t changed, unchanged, outdated, refused;
    long long revision; /* after the last batch */
};

/* Sends commands ({"op", "params", "account"?, "channel"?}, other members are ignored) in batches
 * of at most 64, fewer when a batch holds the writer lock for long. A batch whose answer was lost
 * is sent again with the same keys on a new connection. 0, -ENOMEM or -EIO. */
int register_apply(PGconn *connection, const json_t *commands, const struct register_send *how,
                   struct register_sent *ret_sent) MUST_USE;

#endif
