/* SPDX-License-Identifier: EUPL-1.2 */
/* A hash map from short texts to pointers (open addressing, linear probing). Keys are borrowed:
 * they usually live inside the value. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"

struct map_slot {
    span key; /* key.p NULL: empty */
    uint64_t hash;
    void *value;
};

struct map {
    struct map_slot *slots; /* owned */
    size_t room;            /* 0 or a power of two */
    size_t count;
};

void map_free(struct map *m); /* values stay their owner's */

void *map_get(const struct map *m, span key); /* NULL when absent */

/* Adds or replaces; key.p must live as long as the entry. 0 or -ENOMEM. */
int map_put(struct map *m, span key, void *value) MUST_USE;

void *map_remove(struct map *m, span key); /* the value that was there, or NULL */

/* Walks the entries in no order: start with *cursor 0; NULL at the end. The map must not change. */
struct map_slot *map_next(const struct map *m, size_t *cursor);

#endif
