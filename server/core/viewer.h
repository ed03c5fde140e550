/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is asking, and what that account may see: the one place that decides, for search, push,
 * snapshot and history alike (domain.md, invariant 7). */
#ifndef CORE_VIEWER_H
#define CORE_VIEWER_H

#include "core/bitmap.h"
#include "core/replica.h"

/* Outcomes of viewer_resolve. */
enum {
    VIEWER_UNKNOWN = 1, /* no such account, or the one it acts for is gone */
    VIEWER_DISABLED = 2,
};

struct viewer {
    char *account;  /* the id that signs commands */
    char *acts_for; /* the id whose rights count: its own, unless it is a service */
    enum role role; /* a service has the role of the account it acts for, and `service` is true */
    bool service;
    const struct territory **roots; /* departments it sees */
    const struct territory **own;   /* subtrees it may write for */
    size_t n_territories;           /* of both */
    char **establishments;          /* ids it works for */
    const struct territory **hosts; /* the département of each; NULL: not known */
    struct buf host_codes;          /* their codes: a tree that is read anew frees the others */
    size_t n_establishments;        /* of both */
    struct bitmap slots;            /* of the units it sees, as of slots_at; see viewer_slots */
    bool slots_all;
    uint64_t slots_at; /* the replica's `scopes`; 0 never */
    struct buf scope;  /* {"territories":[…],"establishments":[…]} */
    uint64_t tree;     /* shape of the territories when this was read: what the scope reaches */
    uint64_t generation, rights; /* of the replica then; see viewer_is_current */
};

/* Reads the rights of an account as the replica has them now. To be done again when the replica's
 * `generation` or `rights` grows (see viewer_is_current). 0; -ENOMEM; or an outcome. */
int viewer_resolve(const struct replica *r, const char *account, struct viewer *ret) MUST_USE;
void viewer_clear(struct viewer *v);

/* Whether it says what viewer_resolve would say now. */
bool viewer_is_current(const struct viewer *v, const struct replica *r);

/* Whether what the two may see is the same, as long as no record and no territory changes. */
bool viewer_same_rights(const struct viewer *a, const struct viewer *b);

bool viewer_sees(const struct viewer *v, struct scope_members scope);

/* Whether the viewer is sent to this unit, by an active mission that it sees: it may then read the
 * whole record of the unit, and finds it by its id only. */
bool viewer_visits(const struct viewer *v, const struct replica *r, const char *unit);

/* Whether what it sees depends on its account, too, not on role and scope alone. */
bool viewer_is_personal(const struct viewer *v);

/* How much of the record's address the viewer may see. */
enum view viewer_view(const struct viewer *v, struct scope_members scope);

/* The search slots of the units that the viewer sees; *ret NULL: all of them. Computed again only
 * when units came, left or moved. Borrowed until the next call. 0 or -ENOMEM. */
int viewer_slots(struct viewer *v, const struct replica *r, const struct bitmap **ret) MUST_USE;

/* Whether the viewer's searches measure from true points. */
bool viewer_is_precise(const struct viewer *v);

/* Whether the record is of its own establishments or territories: what its figures are about. */
bool viewer_covers(const struct viewer *v, struct scope_members scope);

/* Whether the viewer may declare for a record of this scope. apply_batch decides again. */
bool viewer_may_declare(const struct viewer *v, struct scope_members scope);

#endif
