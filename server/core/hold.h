/* SPDX-License-Identifier: EUPL-1.2 */
/* Places of one unit kept for somebody for a limited time (domain.md, "Hold"). The database moves
 * it from state to state; here it is read and shown. */
#ifndef CORE_HOLD_H
#define CORE_HOLD_H

#include "core/destination.h"
#include "core/household.h"

struct hold {
    char *id;
    char *unit;          /* id */
    char *establishment; /* id, as of its creation; so is the territory */
    char *territory;     /* code of the unit's home */
    char *origin;        /* code of the asking service's territory; NULL unknown */
    char *request;       /* id; NULL: for a need said on the spot */
    char *code;          /* why it was refused or withdrawn */
    char *created_by, *answered_by;
    enum hold_state state;
    struct child_set children; /* of the request */
    struct household profile;  /* what those children are */
    unsigned needs;            /* bit per enum need */
    int places, extensions;
    bool emergency, escalated, overdue;
    bool stale_unit; /* the unit's figures were old when it was made */
    usec_t created_at, held_until, answered_at, arrive_by, ended_at;
    struct destination place; /* known: accepted or arrived */
};

/* 0; -ENOMEM; -EBADMSG: not such a state. *ret is written on 0 only and is then the caller's. */
int hold_decode(const char *id, const char *state, struct hold **ret) MUST_USE;
void hold_destroy(struct hold *h); /* NULL allowed */

/* The members of the record after `revision`, each begun by a comma. */
void hold_encode(const struct hold *h, struct buf *out);

/* Held or accepted: its places are kept. */
bool hold_is_active(const struct hold *h);

/* When it ends, or is missed, by the clock: held_until while held, arrive_by once accepted; 0 when
 * time changes nothing more. */
usec_t hold_due_at(const struct hold *h);

#endif
