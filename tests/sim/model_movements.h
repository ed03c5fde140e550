/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the model: movements, and what the time does to them. */
#ifndef SIM_MODEL_MOVEMENTS_H
#define SIM_MODEL_MOVEMENTS_H

#include "sim/model_decisions.h"

/* When a movement's turn comes, and what it is called; negative: never. */
usec_t movement_due(const json_t *row, const char **ret_operation);
void movement_turn(struct work *k, const char *id, const char *operation);

/* A unit is no more: what was planned of it is cancelled at the next turn. */
void movements_abandon(struct model *m, const char *unit);

/* What follows a hold that has arrived where a stay has an end: its exit. */
void stay_follows_arrival(struct work *k, const struct command *c, const char *hold);

struct verdict movement_plan(struct model *m, const struct command *c);
struct verdict movement_done(struct model *m, const struct command *c);
struct verdict movement_cancel(struct model *m, const struct command *c);
struct verdict movement_entry(struct model *m, const struct command *c);
struct verdict movement_exit(struct model *m, const struct command *c);
struct verdict movement_transfer(struct model *m, const struct command *c);

#endif
