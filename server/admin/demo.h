/* SPDX-License-Identifier: EUPL-1.2 */
/* The demonstration département: everything invented but the communes, from a seed. The same seed
 * and time give the same commands. Pure. */
#ifndef ADMIN_DEMO_H
#define ADMIN_DEMO_H

#include <jansson.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/result.h"

#define DEMO_ROOT "d31"
#define DEMO_FOSTER_FAMILIES 416
#define DEMO_FOSTER_PLACES 799
#define DEMO_FOSTER_ACCOUNTS 8

struct demo {
    json_t *reference;    /* commands: territories, communes, establishments, units */
    json_t *accounts;     /* commands: account.put; the first of role establishment has a fresh unit
                             with open places and none reserved */
    json_t *declarations; /* commands: unit.declare by the establishments' accounts */
};

/* now: the register's time, µs; declarations are dated before it. 0 or -ENOMEM. */
int demo_make(uint64_t seed, usec_t now, struct demo *ret_demo) MUST_USE;
void demo_free(struct demo *d); /* NULL and zeroed allowed */

/* Commands with what its territories look like and how many live there: invented, too. 0 or
 * -ENOMEM. */
int demo_make_map(json_t **ret_commands) MUST_USE;

#endif
