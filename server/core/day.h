/* SPDX-License-Identifier: EUPL-1.2 */
/* Days of the calendar as numbers, and which of them recur: weekdays, in weeks of a kind. */
#ifndef CORE_DAY_H
#define CORE_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/codes.h"

/* Days since 1970-01-01 of the proleptic Gregorian calendar. */
#define DAY_NONE INT64_MIN
#define DAY_NEVER INT64_MAX
#define DAY_BYTES 11 /* of YYYY-MM-DD and its end */

int64_t day_number(int64_t year, int month, int day);
int64_t day_read(const char *date); /* of YYYY-MM-DD; DAY_NONE: it is none, or NULL */
void day_write(int64_t day, char ret[DAY_BYTES]);

int day_weekday(int64_t day); /* 1 Monday … 7 Sunday */
bool day_is_odd(int64_t day); /* by the number of its ISO week; two odd weeks may follow another */

/* A set of days that recur: bit `weekday - 1` of odd weeks, 7 more of even ones. */
typedef uint16_t rhythm;
#define RHYTHM_ALL ((rhythm)0x3fff)

rhythm rhythm_of(unsigned weekdays, enum weeks weeks); /* weekdays: bit `weekday - 1` */
unsigned rhythm_weekdays(rhythm r);
enum weeks rhythm_weeks(rhythm r);
rhythm day_class(int64_t day); /* the one bit of this day */

/* Days for which something is asked: those of a rhythm, both ends included. */
struct days {
    int64_t from, until;
    rhythm rhythm;
};

bool days_none(const struct days *d); /* no such day */

#define DAYS_MOST 366 /* a span's last day is at most so many after its first */

/* What is wanted on a day, or from then on until another, on those of a rhythm (DAY_NONE, 0: not
 * said), as it is today: what has passed counts as today. Without an end a rhythm is looked at for
 * DAYS_MOST. false: it is wanted now, whatever comes after. */
bool days_wanted(int64_t on, int64_t until, rhythm only, int64_t today, struct days *ret);

#endif
