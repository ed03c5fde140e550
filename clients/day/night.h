/* SPDX-License-Identifier: EUPL-1.2 */
/* What happens in the demonstration's night, as far as it is decided here and not by the server:
 * who needs a place, whom the astreinte asks, who says no and why. Pure and deterministic. */
#ifndef UGO_NIGHT_H
#define UGO_NIGHT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define NIGHT_ASKS 3 /* in parallel: one refuses, one accepts, one is released by that */
#define NIGHT_REFERENCE 21
#define NIGHT_PREFIX "NUIT-"

/* A need: two siblings in an emergency, somewhere. */
struct night_story {
    const char *commune; /* INSEE */
    int months[2];
    const char *sex[2];
};
extern const struct night_story night_stories[];
extern const size_t night_n_stories;

/* "children" and the other criteria that a search and a request have in common; NULL: no memory.
 */
json_t *night_criteria(const struct night_story *story);

/* A child alone whom one unit would take, planned, wanted near a far commune: nothing is found
 * there, and whoever plays may ask that unit. NULL: the unit's ages are not known, or no memory. */
json_t *night_waiting_need(const json_t *unit);

/* The units to ask, best first: free places for all, one of each establishment, none of the
 * establishments left alone (an object of ids). How many; borrowed from results. */
size_t night_choose(const json_t *results, const json_t *left_alone, size_t children,
                    const json_t *ret_units[static NIGHT_ASKS]);

/* Of how many a search's results say that there are free places for all. */
size_t night_certain(const json_t *results, size_t children);

/* Whether the i-th of n that were asked says no: the first, unless it is the only one. */
int night_refuses(size_t i, size_t n);
/* Its reason, a code of the protocol. */
const char *night_reason(uint64_t seed, const char *unit);

/* The next reference after those of the requests that are known: "NUIT-1", "NUIT-2"… */
void night_reference(const json_t *items, char ret_reference[static NIGHT_REFERENCE]);

#endif
