/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys are identifiers that the database has checked, so an attacker does not choose them freely
 * and FNV-1a suffices. Removal shifts the run back instead of leaving tombstones. */
#include "base/map.h"

#include <stdlib.h>

static uint64_t hash_of(span key)
{
    uint64_t h = 14695981039346656037ULL;
    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (unsigned char)key.p[i]) * 1099511628211ULL;
    return h ^ h >> 32;
}

static size_t find(const struct map *m, span key, uint64_t hash)
{
    size_t i = hash & (m->room - 1);
    while (m->slots[i].key.p != NULL &&
           (m->slots[i].hash != hash || !span_equals(m->slots[i].key, key)))
        i = (i + 1) & (m->room - 1);
    return i;
}

static int grow(struct map *m)
{
    size_t room = m->room ? m->room * 2 : 16;
    struct map_slot *slots = calloc(room, sizeof *slots);
    if (slots == NULL)
        return -ENOMEM;
    struct map bigger = {slots, room, m->count};
    for (size_t i = 0; i < m->room; i++)
        if (m->slots[i].key.p != NULL)
            slots[find(&bigger, m->slots[i].key, m->slots[i].hash)] = m->slots[i];
    free(m->slots);
    *m = bigger;
    return 0;
}

void map_free(struct map *m)
{
    if (m == NULL)
        return;
    free(m->slots);
    *m = (struct map){0};
}

void *map_get(const struct map *m, span key)
{
    return m->room ? m->slots[find(m, key, hash_of(key))].value : NULL;
}

int map_put(struct map *m, span key, void *value)
{
    if (m->count * 4 >= m->room * 3) {
        int r = grow(m);
        if (r < 0)
            return r;
    }
    uint64_t hash = hash_of(key);
    size_t i = find(m, key, hash);
    if (m->slots[i].key.p == NULL)
        m->count++;
    m->slots[i] = (struct map_slot){key, hash, value};
    return 0;
}

void *map_remove(struct map *m, span key)
{
    if (m->room == 0)
        return NULL;
    size_t hole = find(m, key, hash_of(key));
    void *value = m->slots[hole].value;
    if (m->slots[hole].key.p == NULL)
        return NULL;
    m->count--;
    for (size_t i = (hole + 1) & (m->room - 1); m->slots[i].key.p != NULL;
         i = (i + 1) & (m->room - 1)) {
        size_t home = m->slots[i].hash & (m->room - 1);
        /* Only an entry whose home is not between the hole and itself may move into the hole. */
        if (((i - home) & (m->room - 1)) >= ((i - hole) & (m->room - 1))) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    }
    m->slots[hole] = (struct map_slot){0};
    return value;
}

struct map_slot *map_next(const struct map *m, size_t *cursor)
{
    while (*cursor < m->room) {
        struct map_slot *slot = &m->slots[(*cursor)++];
        if (slot->key.p != NULL)
            return slot;
    }
    return NULL;
}
