/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the model: what is asked for children of a request, by holds and offers alike. */
#ifndef SIM_MODEL_HOLDS_H
#define SIM_MODEL_HOLDS_H

#include "sim/model_decisions.h"

/* What every hold of one command has in common. */
struct asked {
    const char *request;                         /* or NULL */
    const json_t *row;                           /* of the request, or NULL */
    json_t *children, *profile, *parent, *needs; /* owned */
    json_t *origin;                              /* borrowed; NULL: that of the unit */
    int64_t places;
    bool emergency;
};

void asked_clear(struct asked *a);

/* The children of a request that are meant: those given, or all that are not placed; new. */
json_t *asked_children(const json_t *request, const json_t *given);
/* The first reason why a's children cannot be asked for. */
struct verdict asked_children_error(const struct asked *a);

/* Whether the unit was already asked for one of these children. */
bool already_asked(const struct model *m, const struct asked *a, const char *unit);

#endif
