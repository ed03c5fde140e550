/* SPDX-License-Identifier: EUPL-1.2 */
/* A mobile team fetches a child and takes it to the place that accepted it. The database moves a
 * mission from state to state, with its hold; here it is read and shown. */
#ifndef CORE_MISSION_H
#define CORE_MISSION_H

#include "core/destination.h"
#include "core/household.h"

struct mission {
    char *id;
    char *hold; /* id; the next six are as of that hold */
    char *unit, *establishment;
    char *unit_name, *establishment_name; /* what they are called now; NULL: as of before names */
    char *territory;                      /* code of the unit's home */
    char *origin;                         /* code of the asking service's territory; NULL unknown */
    char *created_by;
    char *request;                       /* id; NULL none */
    char *from_commune, *from_territory; /* where the child is; both NULL: not said */
    char *team;                          /* account; NULL: any team of the département */
    char *code;                          /* why it was cancelled */
    enum mission_state state;
    struct household profile;
    int places;
    struct destination place;
    usec_t assigned_at, under_way_at, arrived_at, handed_over_at, ended_at;
};

/* 0; -ENOMEM; -EBADMSG: not such a state. *ret is written on 0 only and is then the caller's. */
int mission_decode(const char *id, const char *state, struct mission **ret) MUST_USE;
void mission_destroy(struct mission *m); /* NULL allowed */

/* The members of the record after `revision`, each begun by a comma. */
void mission_encode(const struct mission *m, struct buf *out);

#endif
