/* SPDX-License-Identifier: EUPL-1.2 */
/* A need without identity: who is to be placed, how, since when (domain.md, "Request"). */
#ifndef CORE_REQUEST_H
#define CORE_REQUEST_H

#include "core/day.h"
#include "core/household.h"

struct request {
    char *id;
    char *reference;   /* the asking service's own; NULL none */
    char *legal_frame; /* code; NULL unknown */
    char *from_commune, *from_territory;
    char *origin;    /* code of the asking service's territory */
    char *wanted_on; /* YYYY-MM-DD */
    char *wanted_until;
    char *code; /* why it was closed */
    char *created_by;
    enum request_state state;
    struct household who;
    struct child_set placed, arrived; /* with an accepted or arrived hold; with an arrived one */
    unsigned modality, needs;         /* bits; modality 0: any that gives a bed */
    int max_km;                       /* UNKNOWN: any distance */
    rhythm rhythm;                    /* days on which it is wanted; 0: any */
    bool together, emergency;
    usec_t decided_at, opened_at, placed_at, closed_at;
};

/* 0; -ENOMEM; -EBADMSG: not such a state. *ret is written on 0 only and is then the caller's. */
int request_decode(const char *id, const char *state, struct request **ret) MUST_USE;
void request_destroy(struct request *q); /* NULL allowed */

/* The members of the record after `revision`, each begun by a comma. */
void request_encode(const struct request *q, struct buf *out);

/* What the waiting list is ordered by: emergencies first, then the longest decided, then the
 * youngest child (unknown ages last), then the id. */
struct request_order {
    bool emergency;
    usec_t decided_at;
    int youngest; /* months; UNKNOWN */
    const char *id;
};

struct request_order request_order(const struct request *q); /* the id is the request's */

/* Negative: a waits before b. */
int request_order_compare(const struct request_order *a, const struct request_order *b);

/* The days for which it is wanted, as it is today: days_wanted. */
bool request_days(const struct request *q, int64_t today, struct days *ret);

/* How long it waited, or has waited so far: from the decision to its being placed or ended; µs. */
usec_t request_waited(const struct request *q, usec_t now);

#endif
