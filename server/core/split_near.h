/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the split: distances between units. Units with a point lie in the order of one
 * coordinate in the arrays x, y, z, line, bits of struct split_room; a place is an index there. */
#ifndef CORE_SPLIT_NEAR_H
#define CORE_SPLIT_NEAR_H

#include "core/split_search.h"

/* Writes to `hits` the bits of the located units within `limit` steps of a point; how many. */
uint32_t near_within(const struct split_search *s, struct vector from, uint32_t limit,
                     uint32_t *hits);

/* Computes, for each located unit, how far it is to units that take each of the children: what its
 * way needs at least. For the next two. */
void near_measure(struct split_search *s);

/* A bound from below of the distance apart: steps. */
uint32_t near_bound(const struct split_search *s);

/* Writes to `thinned` the located units that have, within s->limit, somebody for each child and as
 * many units as there are groups. */
void near_thin_out(struct split_search *s, uint64_t *thinned);

#endif
