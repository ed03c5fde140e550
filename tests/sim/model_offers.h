/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the model: offers, and what they keep from others. */
#ifndef SIM_MODEL_OFFERS_H
#define SIM_MODEL_OFFERS_H

#include "sim/model_decisions.h"

/* Places of a unit that is there, with what is offered to other requests than `but` (NULL: to any)
 * counted as held; urgent: only what is offered to emergencies. -1: never declared. */
int64_t places_unoffered(const struct model *m, const char *unit, const char *but, bool emergency,
                         bool urgent);

/* Ends an offer if it is active. code: or NULL. */
void offer_end(struct work *k, const char *id, const char *state, const char *code);

/* A hold of what was offered. */
void offers_taken(struct work *k, const json_t *hold);

/* Adds to the parts of a command those of offers that it left no ground for. */
void offers_void(struct model *m, const struct command *c, const char *operation, json_t *parts);

struct verdict offer_create(struct model *m, const struct command *c);
struct verdict request_decline(struct model *m, const struct command *c);

#endif
