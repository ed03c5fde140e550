/* SPDX-License-Identifier: EUPL-1.2 */
/* The people of about seventy establishments: a connection for each account, and the units they
 * speak for. */
#ifndef UGO_CREW_H
#define UGO_CREW_H

#include <signal.h>

#include "base/result.h"
#include "clients/day/plan.h"
#include "clients/libugo/transport.h"
#include "clients/ugo/settings.h"

struct day_unit {
    char *id; /* owned */
    size_t worker;
    struct plan_unit plan;
    int free;         /* as the server last said; 0 when unknown */
    uint64_t request; /* what we have said and was not answered; 0 none */
    bool confirming;
    unsigned said; /* times, for the keys */
};

struct worker {
    const char *account; /* in keep */
    struct ugo_client *client;
    struct ugo_link *link;
    uint64_t listing; /* request of the next page; 0 none */
    bool listed;      /* its units are known, or will never be */
};

struct crew {
    struct screen *screen;
    struct words keep;
    struct worker *workers; /* the first one's units are left alone */
    size_t n_workers;
    struct day_unit *units;
    size_t n_units, room;
    json_t *left_alone; /* ids of units, as an object */
    uint64_t seed;
    uint64_t run; /* random: keys of two runs must differ */

    unsigned declared, confirmed, refused; /* answers so far */
};

/* A connection for each establishment account of the demonstration. 0 or an exit code, told. */
int crew_open(struct crew *c, struct screen *s, const char *folder, uint64_t seed);
void crew_close(struct crew *c);

/* Waits for bytes, at most timeout_ms, and does what they ask. 0 or -ENOMEM. */
int crew_turn(struct crew *c, int timeout_ms, const sigset_t *mask) MUST_USE;

bool crew_is_listed(const struct crew *c);
/* When all are listed: lets the first account go, drops its units, begins everyone's day. */
void crew_begin(struct crew *c);

/* Says what a unit's plan says next. 0 or -ENOMEM. */
int crew_say(struct crew *c, struct day_unit *u) MUST_USE;

int crew_free_places(const struct crew *c);
bool crew_is_silent(const struct crew *c); /* nothing waits for an answer */

#endif
