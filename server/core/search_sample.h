/* SPDX-License-Identifier: EUPL-1.2 */
/* Random units and requests from a seed, for tests and benchmarks of the search. Values come from
 * small pools, so that ties and edges are met often. */
#ifndef CORE_SEARCH_SAMPLE_H
#define CORE_SEARCH_SAMPLE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/search.h"

struct dice {
    uint64_t state; /* not 0 */
};

/* xorshift64* */
static inline uint64_t dice_next(struct dice *d)
{
    d->state ^= d->state >> 12;
    d->state ^= d->state << 25;
    d->state ^= d->state >> 27;
    return d->state * 2685821657736338717u;
}

static inline int dice_below(struct dice *d, int n)
{
    return (int)((dice_next(d) >> 33) % (uint64_t)n);
}

static inline bool dice_in(struct dice *d, int of_100)
{
    return dice_below(d, 100) < of_100;
}

/* Around a mean of 0, within ±1, dense in the middle. */
static inline double dice_spread(struct dice *d)
{
    return (dice_below(d, 2001) + dice_below(d, 2001) + dice_below(d, 2001) - 3000) / 3000.0;
}

#define DICE_ONE_OF(d, ...)                                                                        \
    ((const int[]){                                                                                \
        __VA_ARGS__}[dice_below((d), (int)(sizeof((const int[]){__VA_ARGS__}) / sizeof(int)))])

#define SAMPLE_NOW (1000000 * USEC_S)

static const char *const sample_kinds[] = {"mecs",           "cdef",    "pouponniere",
                                           "lieu_de_vie",    "urgence", "assistant_familial",
                                           "village_enfants"};

/* A unit whose texts are static but its id: free with sample_free. */
static inline struct unit *sample_unit(struct dice *d, unsigned number)
{
    struct unit *u = calloc(1, sizeof *u);

    u->id = malloc(24);
    snprintf(u->id, 24, "u-%u", number);
    u->establishment_kind = (char *)sample_kinds[dice_below(d, 7)];
    u->modality = (enum modality)DICE_ONE_OF(d, 0, 0, 0, 1, 1, 2, 5, 8, 8, 8, 9);
    u->sex = (enum unit_sex)DICE_ONE_OF(d, 0, 1, 1, 1, 1, 1, 2, 3);
    u->admission = (enum admission)DICE_ONE_OF(d, 0, 1, 1, 2, 2);
    for (int need = 0; need < NEED_COUNT; need++)
        u->accepts[need] = (uint8_t)dice_below(d, TRI_COUNT);
    u->min_months = (int16_t)DICE_ONE_OF(d, UNKNOWN, 0, 0, 0, 36, 72, 72, 144, 156);
    u->max_months = (int16_t)DICE_ONE_OF(d, UNKNOWN, 36, 72, 145, 216, 216, 216, 252, 252, 400);
    u->siblings_max = (int16_t)DICE_ONE_OF(d, UNKNOWN, 0, 1, 2, 2, 3, 3, 4, 6, 12);
    u->siblings_mixed = (int8_t)DICE_ONE_OF(d, TRI_UNKNOWN, TRI_YES, TRI_YES, TRI_YES, TRI_NO);
    u->authorised = 1 + dice_below(d, 14);
    u->open = u->occupied = UNKNOWN;
    u->ttl = DICE_ONE_OF(d, 4, 24, 72) * USEC_HOUR;
    if (dice_in(d, 95)) {
        u->open = dice_in(d, 4) ? 0 : 1 + dice_below(d, 12);
        u->occupied = dice_below(d, u->open + 2);
        u->held = dice_in(d, 10);
        u->emergency_reserved = u->open > 0 && dice_in(d, 20) ? 1 + dice_below(d, u->open) : 0;
        u->emergency_used = u->emergency_reserved > 0 ? dice_below(d, u->emergency_reserved) : 0;
        u->held_emergency = u->held && dice_in(d, 30);
        u->observed_at = SAMPLE_NOW - dice_below(d, 30 * 3600) * USEC_S;
        u->contested_at = dice_in(d, 3) ? u->observed_at + USEC_HOUR : 0;
    }
    return u;
}

static inline void sample_free(struct unit *u)
{
    if (u != NULL)
        free(u->id);
    free(u);
}

static inline struct point sample_point(struct dice *d, double lat, double lon, double spread)
{
    return (struct point){lat + spread * dice_spread(d), lon + spread * 1.4 * dice_spread(d), true};
}

/* Puts the unit within `spread` degrees of a place; some are shown by their commune (rounded), some
 * hidden. */
static inline void sample_place(struct dice *d, struct unit *u, double lat, double lon,
                                double spread)
{
    u->point = sample_point(d, lat, lon, spread);
    if (dice_in(d, 3))
        u->point = (struct point){0};
    u->visibility = (enum visibility)DICE_ONE_OF(d, 0, 0, 0, 1, 1, 1, 1, 2);
    u->public_point = u->point;
    if (u->visibility == VISIBILITY_COMMUNE && u->point.known)
        u->public_point =
            (struct point){round(u->point.lat * 20) / 20, round(u->point.lon * 20) / 20, true};
    if (u->visibility == VISIBILITY_HIDDEN)
        u->public_point = (struct point){0};
}

/* A request for 0 to 5 children with any mixture of criteria; near is left to the caller. */
static inline struct search_request sample_request(struct dice *d)
{
    static const char *const kinds[] = {"mecs", "assistant_familial", "no_such_kind"};
    struct search_request q = {.now = SAMPLE_NOW};

    q.n_children = (unsigned)DICE_ONE_OF(d, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5);
    for (unsigned i = 0; i < q.n_children; i++) {
        q.children[i].age_months = dice_in(d, 20) ? DICE_ONE_OF(d, UNKNOWN, 0, 35, 36, 71, 72, 144,
                                                                215, 216, 252, 300, 310)
                                                  : dice_below(d, 230);
        q.children[i].sex = (char)DICE_ONE_OF(d, 'F', 'F', 'F', 'M', 'M', 'M', 0);
    }
    q.together = dice_in(d, 70);
    q.emergency = dice_in(d, 50);
    q.tonight = dice_in(d, 30);
    q.office_open = dice_in(d, 30);
    q.precise = dice_in(d, 50);
    q.max_km = dice_in(d, 60) ? DICE_ONE_OF(d, 5, 20, 60, 60, 150, 500) : 0;
    q.modalities = dice_in(d, 30) ? 1u << dice_below(d, MODALITY_COUNT) | 1u << 8 : 0;
    for (int i = DICE_ONE_OF(d, 0, 0, 0, 1, 1, 2); i > 0; i--)
        q.needs |= 1u << dice_below(d, NEED_COUNT);
    if (dice_in(d, 15)) {
        q.kinds = kinds + dice_below(d, 3);
        q.n_kinds = 1 + (size_t)dice_below(d, (int)(3 - (q.kinds - kinds)));
    }
    q.limit = (unsigned)DICE_ONE_OF(d, 0, 1, 3, 10, 20, 50);
    q.near_group = (unsigned)dice_below(d, 4);
    return q;
}

#endif
