/* SPDX-License-Identifier: EUPL-1.2 */
/* Where things are in France: départements, the projections in which public files give their
 * points, and whether a point can be French at all. Pure. */
#ifndef ADMIN_GEO_H
#define ADMIN_GEO_H

#include <stdbool.h>

#include "base/result.h"
#include "base/span.h"

#define GEO_DEPARTEMENT 4 /* "2A", "974" and a terminator */
#define GEO_INSEE 6       /* "2A004" and a terminator */

struct geo_point {
    double lat, lon; /* degrees, WGS84 */
};

/* The département of an INSEE commune code: "31", "2A", "974". 0, or 1 when the code is none. */
int geo_departement(span insee, char ret_departement[static GEO_DEPARTEMENT]) MUST_USE;

/* Whether France has such a département or overseas collectivity. */
bool geo_departement_exists(span departement);

/* Its name, as people write it; "" when there is none. */
const char *geo_departement_name(span departement);

/* The INSEE code of a commune as FINESS writes it: its own code of the département (01, 2A, 9A to
 * 9J overseas) and the last three characters of the commune. 0, or 1 when there is none. */
int geo_insee_of_finess(span departement, span commune, char ret_insee[static GEO_INSEE]) MUST_USE;

/* A point in the projection that public files use for this département: Lambert 93 in metropolitan
 * France, the UTM zone of the territory overseas; metres. 0, or 1 where none is in use. */
int geo_from_projected(span departement, double x, double y, struct geo_point *ret_point) MUST_USE;

/* Whether the point lies in the département's part of the world: metropolitan France (a generous
 * outline) or its overseas territory. An empty département admits all of them. */
bool geo_in_france(span departement, struct geo_point point);

#endif
