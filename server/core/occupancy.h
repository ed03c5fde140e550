/* SPDX-License-Identifier: EUPL-1.2 */
/* Counts of places by territory, establishment kind, modality and ages: what the DEF watches. A
 * unit is in exactly one row, so rows add up. */
#ifndef CORE_OCCUPANCY_H
#define CORE_OCCUPANCY_H

#include "base/map.h"
#include "core/record.h"
#include "core/territory.h"

#define OCCUPANCY_KEY 160

struct occupancy_counts {
    int64_t units, stale, never_declared;
    int64_t authorised; /* of the units that know it */
    int64_t open, occupied, held, closed, emergency_reserved, free, free_planned; /* of declared */
};

struct occupancy_row {
    char key[OCCUPANCY_KEY];      /* territory~kind~modality~min~max: the order of rows, a cursor */
    const char *territory, *kind; /* owned by the occupancy */
    enum modality modality;
    int min_months, max_months; /* UNKNOWN each */
    struct occupancy_counts counts;
};

struct occupancy {
    struct map by_key; /* → struct occupancy_row, owned */
    struct occupancy_counts total;
};

/* Adds a unit; now: logical µs, decides what is stale. 0 or -ENOMEM. */
int occupancy_add(struct occupancy *o, const struct unit *u, const struct territory *t,
                  usec_t now) MUST_USE;
void occupancy_free(struct occupancy *o);

/* The rows with key > after (NULL: all), in the order of keys. *ret_rows is the caller's (the rows
 * stay the occupancy's). 0 or -ENOMEM. */
int occupancy_rows(const struct occupancy *o, const char *after, struct occupancy_row ***ret_rows,
                   size_t *ret_n) MUST_USE;

/* `"units":…,"free_planned":…` */
void occupancy_counts_encode(const struct occupancy_counts *c, struct buf *out);

/* One row as a JSON object. */
void occupancy_row_encode(const struct occupancy_row *row, struct buf *out);

#endif
