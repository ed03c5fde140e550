/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/split_trial.h"

#include <string.h>

/* Numbers the units that are kept: of each point as many of a type as there are children. */
static void number_units(struct split_search *s, const struct split_members *m)
{
    struct split_room *room = &s->ix->split;
    const struct split_candidate *last = NULL;

    for (uint32_t i = 0; i < m->n; i++) {
        const struct split_candidate *c = &s->all->c[m->along[i]];
        uint32_t *seen = &room->seen[type_number(split_type_of(c))];

        if (last == NULL || last->located != c->located || last->at.x != c->at.x ||
            last->at.y != c->at.y || last->at.z != c->at.z)
            room->stamp += SEARCH_CHILDREN_MAX + 1;
        last = c;
        *seen = *seen < room->stamp ? room->stamp : *seen;
        room->numbers[m->along[i]] = *seen - room->stamp < s->children.n ? 0 : UINT32_MAX;
        *seen += *seen - room->stamp < s->children.n;
    }
    s->n = 0;
    for (uint32_t i = 0; i < m->n; i++)
        if (room->numbers[m->members[i]] == 0) {
            room->numbers[m->members[i]] = s->n;
            room->units[s->n++] = m->members[i];
        }
}

static void place_units(struct split_search *s, const struct split_members *m)
{
    struct split_room *room = &s->ix->split;

    s->n_located = 0;
    for (uint32_t i = 0; i < m->n; i++) {
        const struct split_candidate *c = &s->all->c[m->along[i]];
        uint32_t bit = room->numbers[m->along[i]];

        if (bit == UINT32_MAX || !c->located)
            continue;
        room->x[s->n_located] = c->at.x;
        room->y[s->n_located] = c->at.y;
        room->z[s->n_located] = c->at.z;
        room->line[s->n_located] = vector_along(c->at, s->all->axis);
        room->bits[s->n_located++] = bit;
    }
}

void trial_all(struct split_search *s)
{
    memset(trial_plane(s, TRIAL_THINNED), 0xff, s->words * sizeof(uint64_t));
    if (s->n % 64 != 0)
        trial_plane(s, TRIAL_THINNED)[s->words - 1] = ((uint64_t)1 << s->n % 64) - 1;
    s->limit = STEPS_UNKNOWN;
}

static void write_planes(struct split_search *s)
{
    s->words = (s->n + 63) / 64;
    memset(trial_plane(s, 0), 0, (size_t)TRIAL_THINNED * s->words * sizeof(uint64_t));
    for (uint32_t bit = 0; bit < s->n; bit++) {
        const struct split_candidate *c = trial_unit(s, bit);

        for (unsigned i = 0; i < s->children.n; i++)
            bits_put(trial_plane(s, TRIAL_FITS + i), bit, c->fits >> i & 1);
        for (unsigned k = 1; k <= c->most; k++)
            bits_put(trial_plane(s, TRIAL_MOST + k), bit, true);
        bits_put(trial_plane(s, TRIAL_MIXED), bit, c->mixed);
    }
}

void trial_begin(struct split_search *s, const struct split_members *m)
{
    number_units(s, m);
    place_units(s, m);
    write_planes(s);
}
