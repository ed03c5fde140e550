/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the random commands: the small world they are about, and params for each operation. */
#ifndef SIM_RANDOM_PARAMS_H
#define SIM_RANDOM_PARAMS_H

#include <jansson.h>

#include "sim/model_tables.h"
#include "sim/random_commands.h"

extern const char *const world_territories[8];
extern const char *const world_communes[5];
extern const char *const world_kinds[5];
extern const char *const world_establishments[5];
extern const char *const world_units[12];

/* How often an operation comes, and who usually asks for it. */
struct choice {
    const char *op;
    unsigned weight;
    const char *account; /* NULL: any; "asker", "host": one of those */
    json_t *(*params)(struct random_commands *r);
};

/* random_commands.c: an account as it was at first. */
json_t *random_restored(struct random_commands *r);

/* random_decisions.c */
json_t *random_request_open(struct random_commands *r);
json_t *random_request_update(struct random_commands *r);
json_t *random_request_close(struct random_commands *r);
json_t *random_hold_create(struct random_commands *r);
json_t *random_hold_accept(struct random_commands *r);
json_t *random_hold_refuse(struct random_commands *r);
json_t *random_hold_release(struct random_commands *r);
json_t *random_hold_extend(struct random_commands *r);
json_t *random_hold_withdraw(struct random_commands *r);
json_t *random_hold_arrive(struct random_commands *r);
json_t *random_hold_policy(struct random_commands *r);

/* A record of a table in one of some states (NULL: any), or one that there never was. */
const char *some_record(struct random_commands *r, enum table table, const char *states);

json_t *random_offer_create(struct random_commands *r);
json_t *random_decline(struct random_commands *r);

/* random_movements.c */
json_t *random_plan(struct random_commands *r);
json_t *random_plan_cancel(struct random_commands *r);
json_t *random_plan_done(struct random_commands *r);
json_t *random_entry(struct random_commands *r);
json_t *random_exit(struct random_commands *r);
json_t *random_transfer(struct random_commands *r);

/* random_night.c: days, calendars, who is on call, missions */
const char *random_day(struct random_commands *r, int64_t earliest, int64_t latest);
json_t *random_weekdays(struct random_commands *r);
void random_span(struct random_commands *r, json_t *p);
json_t *random_calendar(struct random_commands *r);
json_t *random_rota(struct random_commands *r);
json_t *random_rota_delete(struct random_commands *r);
json_t *random_mission_create(struct random_commands *r);
json_t *random_mission_assign(struct random_commands *r);
json_t *random_mission_start(struct random_commands *r);
json_t *random_mission_arrive(struct random_commands *r);
json_t *random_mission_hand_over(struct random_commands *r);
json_t *random_mission_cancel(struct random_commands *r);

/* Accepted holds of one unit, which is said; unchanged when there is none. */
json_t *random_arrivals(struct random_commands *r, const char **ret_unit);

const struct choice *random_choice(struct random_commands *r);

#define PICK(r, list) ((list)[dice_roll(&(r)->dice, ARRAY_LENGTH(list))])

/* From a list whose last element does not belong to it. */
#define PICK_WELL(r, list)                                                                         \
    ((list)[dice_chance(&(r)->dice, 97) ? dice_roll(&(r)->dice, ARRAY_LENGTH(list) - 1)            \
                                        : ARRAY_LENGTH(list) - 1])

static inline bool chance(struct random_commands *r, unsigned percent)
{
    return dice_chance(&r->dice, percent);
}

static inline int64_t between(struct random_commands *r, int64_t low, int64_t high)
{
    return low + (int64_t)dice_roll(&r->dice, (uint32_t)(high - low + 1));
}

static inline void set_text(json_t *o, const char *name, const char *text)
{
    json_object_set_new(o, name, must(json_string(text)));
}

static inline void set_int(json_t *o, const char *name, int64_t value)
{
    json_object_set_new(o, name, must(json_integer(value)));
}

#endif
