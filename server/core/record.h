/* SPDX-License-Identifier: EUPL-1.2 */
/* The records that the replica holds: what a row of the history says, decoded. A record owns its
 * texts. Counts are places; -1 says unknown. Instants are logical µs; 0 says never. */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "core/codes.h"

#define UNKNOWN (-1)

struct point {
    double lat, lon; /* degrees, WGS84 */
    bool known;
};

struct unit {
    char *id;
    char *establishment;      /* its id */
    char *establishment_name; /* kept here too: a record's encoding depends on this record alone */
    char *establishment_kind;
    char *name;
    char *territory; /* code */
    char *commune;   /* INSEE code; NULL unknown */
    char *contact_day, *contact_night;
    char *closed_reason; /* code */
    char *reopens_on;    /* YYYY-MM-DD */
    char *derogation, *derogation_by;
    char *declared_by, *channel;
    char *fallback; /* id of the unit whose bed a child placed at home falls back on; NULL none */

    enum modality modality;
    enum unit_sex sex;
    enum admission admission;
    enum visibility visibility;
    uint8_t accepts[NEED_COUNT];    /* enum tristate */
    int16_t min_months, max_months; /* [min, max); UNKNOWN each */
    int16_t siblings_max;           /* UNKNOWN: to ask */
    int8_t siblings_mixed;          /* enum tristate */
    int16_t max_stay_days;          /* UNKNOWN: none */
    int16_t delay_h;                /* planned admission, hours; UNKNOWN */

    struct point point;        /* the true one */
    struct point public_point; /* what a reader limited to communes may know; unknown when hidden */

    int authorised, open, occupied, closed, emergency_reserved, emergency_used;
    int held, held_emergency;

    usec_t ttl;         /* how long a declaration is believed */
    usec_t observed_at; /* 0: never declared */
    usec_t recorded_at;
    usec_t contested_at; /* reported wrong since the declaration; 0 not */
};

/* max(0, open − occupied − held): what an emergency may take; UNKNOWN when never declared
 * (domain.md, "Capacity of a unit"). */
int unit_free(const struct unit *u);

/* max(0, free − max(0, emergency_reserved − emergency_used − held_emergency)): what a planned
 * admission may take; UNKNOWN when never declared. */
int unit_free_planned(const struct unit *u);

/* When the declaration stops being believed: observed_at + ttl, or contested_at when earlier; 0
 * when never declared. Stale at `now` means unit_fresh_until(u) <= now. */
usec_t unit_fresh_until(const struct unit *u);

/* Decodes the state of a history row, as SQL function unit_state writes it. 0; -ENOMEM; 1: not such
 * a state (a newer schema, a damaged row). *ret is written on 0 only and is then the caller's. */
int unit_decode(const char *id, const char *json, struct unit **ret) MUST_USE;
void unit_destroy(struct unit *u); /* NULL allowed */

#endif
