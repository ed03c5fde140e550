/* SPDX-License-Identifier: EUPL-1.2 */
/* Times and ages as people say them. Local time is the terminal's (TZ). */
#ifndef UGO_MOMENT_H
#define UGO_MOMENT_H

#include "clients/ugo/say.h"

#define MOMENT_S ((int64_t)1000000)

/* An instant of an answer; false when it is null, absent or not one. */
bool moment_read(const json_t *object, const char *member, int64_t *ret_at);

const char *moment_ago(struct screen *s, int64_t at);      /* "il y a 20 min" */
const char *moment_duration(struct screen *s, int64_t us); /* "20 min", "2 h 05", "3 jours" */
/* "18:02", "demain 18:02", "21/11 18:02", "21/11/2028 18:02" */
const char *moment_clock(struct screen *s, int64_t at);
const char *moment_full(struct screen *s, int64_t at);       /* "21/11/2026 18:02", always */
const char *moment_seconds(struct screen *s, int64_t at);    /* "18:02:11" */
const char *moment_date(struct screen *s, const char *date); /* "2026-12-01" → "01/12/2026" */
const char *moment_day(struct screen *s, const char *date);  /* likewise; this year's: "01/12" */

/* What is left until then, to the nearest minute: "45 min"; "0 s" when it is past. */
const char *moment_left(struct screen *s, int64_t until);

/* Whether those who answer now are those of the night: evenings, nights, week-ends, by local
 * time. Public holidays are not known here. */
bool moment_is_night(int64_t at);

/* RFC 3339 in UTC, whole seconds. */
void moment_write(int64_t at, char ret_text[32]);

const char *age_months(struct screen *s, int64_t months);    /* "7 ans", "18 mois" */
const char *age_range(struct screen *s, const json_t *ages); /* "3 à 11 ans" */

/* What people type. False: not understood. */
bool moment_parse_age(const char *text, int *ret_months); /* 7y 7a 7ans 18m 18mois 2a6m 7; -1: ? */
void moment_today(const struct screen *s, char ret_date[11]); /* the day here: 2026-12-01 */
int64_t moment_of_date(const char *date); /* where the day begins here; a date as below gives it */
int64_t moment_after_date(const char *date);                 /* where it ends */
bool moment_parse_date(const char *text, char ret_date[11]); /* 2026-12-01, 1/12/2026 */
/* RFC 3339, or a local time of today ("14:05"; of yesterday if it is still to come). */
bool moment_parse_instant(const char *text, int64_t now, char ret_text[32]);
/* The same of a time to come: "14:05" is tomorrow's if it is past today. */
bool moment_parse_coming(const char *text, int64_t now, char ret_text[32]);

#endif
