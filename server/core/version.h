/* SPDX-License-Identifier: EUPL-1.2 */
/* What a record was at one revision, and the members that decide who may see it. */
#ifndef CORE_VERSION_H
#define CORE_VERSION_H

#include "core/calendar.h"
#include "core/establishment.h"
#include "core/hold.h"
#include "core/mission.h"
#include "core/movement.h"
#include "core/offer.h"
#include "core/record.h"
#include "core/request.h"
#include "core/rota.h"
#include "core/territory.h"

/* The kinds that the replica holds as records; rows of other kinds are passed over. */
enum record_kind {
    RECORD_UNIT,
    RECORD_ESTABLISHMENT,
    RECORD_HOLD,
    RECORD_REQUEST,
    RECORD_OFFER,
    RECORD_MISSION,
    RECORD_CALENDAR,
    RECORD_ROTA,
    RECORD_MOVEMENT,
    RECORD_KIND_COUNT
};
extern const char *const record_kind_codes[RECORD_KIND_COUNT];

/* One of its records, by kind. Owned; all NULL: nothing. */
struct version {
    struct unit *unit;
    struct establishment *establishment;
    struct hold *hold;
    struct request *request;
    struct offer *offer;
    struct mission *mission;
    struct calendar *calendar;
    struct rota *rota;
    struct movement *movement;
    const struct territory *territory; /* of a request and its offers: where it comes from */
    const struct territory *origin;    /* hold, request, offer: of the asking service */
};

/* Who may see a record depends on these members only. */
struct scope_members {
    enum record_kind kind;
    const char *establishment; /* id; "" none */
    const struct territory *territory;
    const struct territory *origin;
    const char *created_by; /* account; "" unknown or of no matter */
    const char *team;       /* account; NULL none */
};

/* Decodes a state. The territories are still to be found: version_territory and version_origin say
 * their codes. 0; -ENOMEM; -EBADMSG: not such a state. */
int version_decode(enum record_kind kind, const char *id, const char *state,
                   struct version *ret) MUST_USE;
void version_clear(struct version *v);
bool version_is_empty(const struct version *v);

const char *version_territory(const struct version *v); /* code; NULL unknown */
const char *version_origin(const struct version *v);

/* Texts are the version's. */
struct scope_members version_scope(const struct version *v);
bool scope_equals(struct scope_members a, struct scope_members b);

#endif
