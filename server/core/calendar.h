/* SPDX-License-Identifier: EUPL-1.2 */
/* When the offices of a département are open. The database says what the zone's clocks do, so that
 * local time is told here without a table of zones. SQL function office_open says the same. */
#ifndef CORE_CALENDAR_H
#define CORE_CALENDAR_H

#include "base/buf.h"
#include "core/day.h"
#include "core/record.h"

struct office_hours {
    int day;      /* 1 Monday … 7 Sunday */
    int from, to; /* minutes of the day, [from, to), up to 1440 */
};

struct zone_step {
    usec_t at;
    int64_t seconds; /* east of UTC from then on */
};

struct calendar {
    char *id; /* code of its territory, a root */
    char *time_zone;
    struct office_hours *office;
    int64_t *holidays;      /* days since 1970-01-01, sorted */
    struct zone_step *zone; /* oldest first, at least one */
    size_t n_office, n_holidays, n_zone;
};

/* 0; -ENOMEM; -EBADMSG: not such a state. *ret is written on 0 only and is then the caller's. */
int calendar_decode(const char *id, const char *state, struct calendar **ret) MUST_USE;
void calendar_destroy(struct calendar *c); /* NULL allowed */

/* The members of the record after `revision`, each begun by a comma. */
void calendar_encode(const struct calendar *c, struct buf *out);

/* Whether the offices are open: in local time, the day is no holiday and within its hours. */
bool calendar_is_open(const struct calendar *c, usec_t at);

/* Since when they are, of that day's hours; 0: they are closed. */
usec_t calendar_open_since(const struct calendar *c, usec_t at);

/* The local day of a moment; c NULL: of UTC. */
void calendar_day(const struct calendar *c, usec_t at, char ret[DAY_BYTES]);
int64_t calendar_today(const struct calendar *c, usec_t at); /* the same as a number */

#endif
