/* SPDX-License-Identifier: EUPL-1.2 */
/* A place that came free, kept for the waiting request that it fits (domain.md, "Subscription": the
 * watch). The database moves it from state to state; core/watch.h decides what is offered. */
#ifndef CORE_OFFER_H
#define CORE_OFFER_H

#include "core/household.h"

struct offer {
    char *id;
    char *request, *unit; /* ids */
    char *establishment;  /* id, as of its creation; so is the territory */
    char *territory;      /* code of the unit's home */
    char *origin;         /* code of the asking service's territory */
    char *created_by;     /* of the request */
    char *code;           /* why it is void; NULL else */
    enum offer_state state;
    struct child_set children; /* of the request */
    int places;
    bool emergency;
    usec_t offered_at, offered_until, ended_at;
};

/* 0; -ENOMEM; -EBADMSG: not such a state. *ret is written on 0 only and is then the caller's. */
int offer_decode(const char *id, const char *state, struct offer **ret) MUST_USE;
void offer_destroy(struct offer *o); /* NULL allowed */

/* The members of the record after `revision`, each begun by a comma. */
void offer_encode(const struct offer *o, struct buf *out);

#endif
