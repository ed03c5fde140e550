/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the model: missions, which follow holds. */
#ifndef SIM_MODEL_MISSIONS_H
#define SIM_MODEL_MISSIONS_H

#include "sim/model_decisions.h"

/* What follows a hold that was accepted; that has arrived or was withdrawn. */
void mission_follows_accept(struct work *k, const char *hold);
void mission_follows_end(struct work *k, const struct command *c, const char *hold);

/* Missions to the units that these parts are of say what they are called now; their parts. */
void missions_rename(struct model *m, const json_t *of, int64_t revision, json_t *parts);

/* Whether a mobile team may tell of the arrival of a hold. */
bool mission_lets_bring(const struct model *m, const struct command *c, const char *hold);

struct verdict mission_create(struct model *m, const struct command *c);
struct verdict mission_assign(struct model *m, const struct command *c);
struct verdict mission_start(struct model *m, const struct command *c);
struct verdict mission_arrive(struct model *m, const struct command *c);
struct verdict mission_cancel(struct model *m, const struct command *c);
struct verdict mission_hand_over(struct model *m, const struct command *c);

#endif
