/* SPDX-License-Identifier: EUPL-1.2 */
/* Random commands for apply_batch over a small world: a dozen units, a handful of everything else,
 * so that commands meet each other. Most are sensible; the rest are refused for every reason. */
#ifndef SIM_RANDOM_COMMANDS_H
#define SIM_RANDOM_COMMANDS_H

#include <stdint.h>

#include "base/instant.h"
#include "sim/dice.h"

#define RANDOM_REMEMBERED 64

struct model;

struct random_commands {
    const struct model *model; /* borrowed: what there is to decide about; NULL allowed */
    struct dice dice;
    usec_t now;    /* the clock, moved by random_time */
    usec_t latest; /* the latest it showed: commands are dated around it */
    unsigned keys; /* used so far */
    struct json_t *earlier[RANDOM_REMEMBERED]; /* owned; to be repeated */
    unsigned n_earlier;
};

void random_commands_init(struct random_commands *r, uint64_t seed, usec_t now);
void random_commands_free(struct random_commands *r);

/* Lets time pass: usually less than two seconds, sometimes two days, sometimes backwards. */
void random_time(struct random_commands *r);

/* The batch that makes the world: accounts, places, units. Malloc'd text. */
char *random_world(struct random_commands *r);

/* One command as JSON text, or a batch of 0 to 8; rarely something that is no batch at all.
 * Malloc'd. */
char *random_command(struct random_commands *r);
char *random_batch(struct random_commands *r);

#endif
