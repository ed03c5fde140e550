/* SPDX-License-Identifier: EUPL-1.2 */
/* One set of holdings: reading rows into it. Used by replica.c only. */
#ifndef CORE_HOLDINGS_H
#define CORE_HOLDINGS_H

#include "core/replica.h"

#define HOLDINGS_DEPARTURE_KEPT (48 * USEC_HOUR)

/* What one row did to live holdings. */
struct holdings_change {
    struct entry *entry;     /* put: the record that changed */
    struct entry *departure; /* it left a scope, or was deleted */
    struct entry *deleted;   /* off every list, for the caller to destroy */
    unsigned rights;         /* 1: accounts, credentials, the tree's shape or hosts' places did */
    unsigned scopes;         /* 1: a unit came, left or changed its scope members */
    unsigned shape;          /* 1: the shape of the territories' tree changed */
};

struct holdings *holdings_new(void); /* NULL: out of memory */
void holdings_destroy(struct holdings *h);

int holdings_add_epoch(struct holdings *h, const char *epoch, int64_t fork_revision) MUST_USE;

/* Reads one row; state NULL: deleted. Kinds that this version does not hold are passed over. 0;
 * -ENOMEM; -EBADMSG: a state it cannot read. ret may be NULL while loading. */
int holdings_put(struct holdings *h, const char *kind, const char *id, int64_t revision,
                 const char *state, struct holdings_change *ret) MUST_USE;

int holdings_load_departed(struct holdings *h, int64_t revision, const char *kind, const char *id,
                           const char *scope) MUST_USE;

/* Ends a load: orders the timeline, fills the search index. */
int holdings_complete(struct holdings *h) MUST_USE;

/* Forgets departures learnt more than 48 h before `now` and raises the floor. */
void holdings_prune(struct holdings *h, usec_t now);

#endif
