/* SPDX-License-Identifier: EUPL-1.2 */
/* Points on the Earth, filed in cells, so that "who is near" looks at few of them.
 *
 * A point is a vector on the unit sphere and a distance is first a chord (the straight line through
 * the Earth), counted in steps of 10 m: chords order points as the way along the ground does, cost
 * one square root, and know neither dateline nor pole. The Earth is a sphere of 6371.0088 km, which
 * is within 0.5 % of the truth. */
#ifndef CORE_GRID_H
#define CORE_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "core/record.h"
#include "core/top.h"

/* realloc, or what a test puts in its place. */
typedef void *(*resize_fn)(void *p, size_t n);

struct vector {
    float x, y, z; /* on the unit sphere */
};

#define STEPS_UNKNOWN UINT32_MAX
#define STEPS_PER_RADIUS 637100.88f /* of 10 m */

struct grid_entry {
    struct vector at;
    uint32_t slot;
};

struct grid_cell {
    uint32_t key; /* which quarter of a degree */
    uint32_t n, room;
    struct grid_entry *entries; /* owned */
};

struct grid_place {
    uint32_t cell; /* its number + 1; 0: the slot has no point */
    uint32_t index;
};

struct grid {
    resize_fn resize;
    struct grid_cell *cells; /* owned; a cell once used stays, empty or not */
    struct grid_ball {
        float *x, *y, *z; /* owned; centre of each cell */
        float *reach;     /* owned; chord from the centre to the furthest place of the cell */
        float *away;      /* owned; square of the chord from where grid_look looked */
    } ball;
    struct vector from;
    uint32_t n_cells, room_cells; /* room: a multiple of 8 */
    uint32_t *table;              /* owned; open addressing over cell keys: number + 1, 0 empty */
    uint32_t room_table;
    struct grid_place *places; /* owned; of each slot */
    uint64_t *known;           /* owned; bit per slot that has a point */
    size_t room;               /* slots */
};

/* Whether the point is known and on Earth. */
bool vector_of(struct point p, struct vector *ret);
/* One coordinate: 0 x, 1 y, 2 z. */
static inline float vector_along(struct vector v, int axis)
{
    return axis == 0 ? v.x : axis == 1 ? v.y : v.z;
}

static inline float chord_squared(struct vector a, struct vector b)
{
    float dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;

    return dx * dx + dy * dy + dz * dz;
}

static inline uint32_t vector_steps(struct vector a, struct vector b)
{
    return (uint32_t)(__builtin_sqrtf(chord_squared(a, b)) * STEPS_PER_RADIUS + 0.5f);
}

double steps_km(uint32_t steps); /* along the ground, to 10 m */
uint32_t steps_of_km(double km); /* 0 or more; beyond half the Earth: as far as that */

void grid_init(struct grid *g, resize_fn resize);
void grid_free(struct grid *g);

/* Makes room for slots 0..room-1. 0 or -ENOMEM. */
int grid_room(struct grid *g, size_t room) MUST_USE;
/* Makes room for one more entry at the point, so that grid_put cannot fail. 0 or -ENOMEM. */
int grid_prepare(struct grid *g, struct point p) MUST_USE;
/* Moves the slot to the point, or to none when it is unknown. */
void grid_put(struct grid *g, size_t slot, struct point p);

static inline bool grid_vector(const struct grid *g, size_t slot, struct vector *ret)
{
    struct grid_place place = g->places[slot];

    if (place.cell == 0)
        return false;
    *ret = g->cells[place.cell - 1].entries[place.index].at;
    return true;
}

/* The questions below are asked from this point, until the grid changes. */
void grid_look(struct grid *g, struct vector from);

/* STEPS_UNKNOWN when the slot has no point. */
static inline uint32_t grid_steps(const struct grid *g, size_t slot)
{
    struct vector at;

    return grid_vector(g, slot, &at) ? vector_steps(at, g->from) : STEPS_UNKNOWN;
}

/* far: the slots whose known point is more than `most` steps away; n words are written. */
void grid_far(const struct grid *g, uint32_t most, uint64_t *far, size_t n);

/* Adds to top the nearest of the candidates that have a point, cell by cell. false: it looked at
 * more than `patience` entries and gave up; top is then not to be used. */
bool grid_nearest(const struct grid *g, const uint64_t *candidates, const int64_t *ties,
                  size_t patience, struct top *top);

#endif
