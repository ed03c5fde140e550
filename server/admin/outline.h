/* SPDX-License-Identifier: EUPL-1.2 */
/* Outlines of territories: the rings around what its communes are, with what they share taken out,
 * thinned, and written as an SVG path. Neighbours that shared their edges still do: a border is
 * thinned as one line between the points where borders meet, whoever it is drawn for. Pure. */
#ifndef ADMIN_OUTLINE_H
#define ADMIN_OUTLINE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/result.h"

/* Degrees times a million, WGS84: shared corners are the same numbers. */
struct corner {
    int32_t lon, lat;
};

#define OUTLINE_DEGREE 1000000

/* How a root's plane is laid: its north-west corner, units (10 m) per degree. */
struct plane {
    struct corner origin;
    int32_t x_scale, y_scale;
};

/* The plane in which all between two corners is right of and below its origin. */
struct plane plane_of(struct corner south_west, struct corner north_east);

/* The border of an area, as directed edges with the area on their left. */
struct border {
    struct corner (*edges)[2];
    size_t n, room;
};

void border_free(struct border *b);

/* Adds a ring (first corner not repeated), whichever way it runs; a hole is cut out of what it lies
 * in. 0 or -ENOMEM. */
int border_add_ring(struct border *b, const struct corner *ring, size_t n, bool hole) MUST_USE;

/* Takes out the edges that run both ways: they are inside. 0 or -ENOMEM. */
int border_dissolve(struct border *b) MUST_USE;

/* Where borders meet: corners at which the edges of all borders, taken together, do not merely go
 * on. Empty: nowhere. */
struct corners {
    struct corner *list; /* sorted */
    size_t n;
};

void corners_free(struct corners *c);
int corners_where_borders_meet(const struct border *borders, size_t n,
                               struct corners *ret) MUST_USE;

/* Writes a dissolved border as an SVG path of integers in the plane, thinned to `tolerance` units;
 * rings that vanish are left out, but for the longest. ret_box: least and greatest x and y. 0 or
 * -ENOMEM. */
int border_path(struct border *b, const struct corners *meetings, const struct plane *plane,
                double tolerance, struct buf *out, int32_t ret_box[static 4]) MUST_USE;

#endif
