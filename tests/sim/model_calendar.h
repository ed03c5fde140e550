/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the model: local time of a territory's département, and who is on call there. */
#ifndef SIM_MODEL_CALENDAR_H
#define SIM_MODEL_CALENDAR_H

#include "sim/model_tables.h"

/* A day: days since 1970. */
#define DAY_TEXT 40
int64_t day_parse(const char *text); /* of a checked "YYYY-MM-DD" */
char *day_text(int64_t day, char ret_text[static DAY_TEXT]);

/* By the clocks of a territory's département; those of UTC when it has no calendar. */
int64_t local_day(const struct model *m, const char *territory, usec_t moment);
usec_t local_midnight(const struct model *m, const char *territory, int64_t day);

enum office { OFFICE_UNKNOWN, OFFICE_OPEN, OFFICE_CLOSED };
enum office office_at(const struct model *m, const char *territory, usec_t moment);

/* Weekdays as stored, new; the first reason why these are none: one at least, none of them 0. */
json_t *weekdays_of(const json_t *given);
struct verdict weekdays_error(const json_t *weekdays, const char *pointer);

/* The account whose duty is `mobile` at a moment, or NULL; whether an account can be sent. */
const char *team_on_call(const struct model *m, const char *territory, usec_t moment);
bool is_team(const struct model *m, const char *account);

struct verdict calendar_put(struct model *m, const struct command *c);
struct verdict rota_put(struct model *m, const struct command *c);
struct verdict rota_delete(struct model *m, const struct command *c);

#endif
