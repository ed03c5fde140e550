/* SPDX-License-Identifier: EUPL-1.2 */
/* Who will leave a unit or come to it, what will open or close there, and on which day. The
 * database moves the counts when it is done; here it is read and shown. */
#ifndef CORE_MOVEMENT_H
#define CORE_MOVEMENT_H

#include <stdbool.h>

#include "base/buf.h"
#include "core/day.h"

struct movement {
    char *id;
    char *unit;          /* id */
    char *establishment; /* id, as of its making; so is the territory */
    char *territory;     /* code of the unit's home */
    char *on;            /* YYYY-MM-DD, local: orders as a text */
    char *code;          /* why somebody leaves; NULL otherwise */
    char *to_unit;       /* id: an exit to another unit; NULL none */
    char *hold;          /* id: whose stay ends; NULL none */
    char *entry;         /* id: the movement that began the stay that ends; NULL none */
    char *origin_unit;   /* id: where the child's own place is kept meanwhile; NULL none */
    char *until;         /* the last day of a sequence; NULL: none is known */
    char *created_by;
    enum movement_type type;
    enum movement_state state;
    int places;
    int64_t from_day, until_day; /* on; the last of a sequence, DAY_NEVER without one */
    rhythm rhythm;               /* of a sequence; else 0 */
    bool limit;                  /* the longest stay that the unit allows */
    bool due_soon;               /* of the end of a stay: in two days or less */
    usec_t created_at, ended_at;
};

/* 0; -ENOMEM; -EBADMSG: not such a state. *ret is written on 0 only and is then the caller's. */
int movement_decode(const char *id, const char *state, struct movement **ret) MUST_USE;
void movement_destroy(struct movement *m); /* NULL allowed */

/* The members of the record after `revision`, each begun by a comma. */
void movement_encode(const struct movement *m, struct buf *out);

#endif
