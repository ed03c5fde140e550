/* SPDX-License-Identifier: EUPL-1.2 */
/* A legal or physical host of units. */
#ifndef CORE_ESTABLISHMENT_H
#define CORE_ESTABLISHMENT_H

#include "core/record.h"

struct establishment {
    char *id, *name, *kind, *finess, *operator_name, *address, *territory, *commune, *precision;
    char *contact_day, *contact_night;
    enum visibility visibility;
    struct point point, public_point;
};

/* 0; -ENOMEM; -EBADMSG: not such a state. *ret is written on 0 only and is then the caller's. */
int establishment_decode(const char *id, const char *state, struct establishment **ret) MUST_USE;
void establishment_destroy(struct establishment *e);

#endif
