/* SPDX-License-Identifier: EUPL-1.2 */
/* What the people of one unit say during a day: when, and which counts. Pure and deterministic: a
 * unit's day follows from the seed, its id and the state it begins in, not from other units.
 *
 * Times are µs since the midnight the day began after; the day runs from 06:00 to 06:00, so that
 * its first hour has the first peak. Peaks are the shift changes: 07:00, 14:00, 21:00. */
#ifndef UGO_PLAN_H
#define UGO_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_MINUTE ((int64_t)60000000)
#define PLAN_HOUR (60 * PLAN_MINUTE)
#define PLAN_BEGIN (6 * PLAN_HOUR)
#define PLAN_END (30 * PLAN_HOUR)
#define PLAN_EVENTS_MAX 16

/* How an establishment goes about it. */
enum plan_habit {
    HABIT_DILIGENT, /* at every shift change, and when something moves */
    HABIT_ONCE,     /* in the morning, if at all */
    HABIT_NEVER,    /* its figures grow old: there must be some to check */
};

struct plan_unit {
    int open, occupied, closed; /* as last known; open -1: never declared */
    int authorised;             /* -1 unknown */
    int64_t ttl_s;
    enum plan_habit habit;

    uint64_t random; /* from here on plan_begin's */
    int64_t events[PLAN_EVENTS_MAX];
    size_t n_events, next;
};

/* One thing to say. -1: not said. */
struct plan_word {
    bool confirm; /* nothing has changed */
    int occupied, open, closed;
    const char *reason;     /* of closing */
    const char *derogation; /* when there are more than open */
};

/* The habit of an establishment: about one in eight never says anything, one in ten once. */
enum plan_habit plan_habit(uint64_t seed, const char *account);

/* Sets the day of a unit whose first members are there. */
void plan_begin(struct plan_unit *u, uint64_t seed, const char *id);

int64_t plan_next(const struct plan_unit *u); /* INT64_MAX: nothing more today */

/* What is said then; moves on to the next. The counts are not changed: the server's answer is. */
struct plan_word plan_say(struct plan_unit *u);

#endif
