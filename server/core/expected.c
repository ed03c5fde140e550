/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/expected.h"

#include <stdlib.h>

#include "core/search.h"

#define PLACES_MAX 9999

/* How much a unit's counts move; `open` and `occupied` of an expectation, for the time being. */
static void move(struct expectation *e, enum movement_type type, int places)
{
    switch (type) {
    case MOVEMENT_EXIT:
        e->occupied -= places;
        break;
    case MOVEMENT_ENTRY:
        e->occupied += places;
        break;
    case MOVEMENT_OPENING:
        e->open += places;
        break;
    case MOVEMENT_CLOSING:
        e->open -= places;
        break;
    case MOVEMENT_TYPE_COUNT:
        break;
    }
}

static void add(const struct replica *r, const char *unit, enum movement_type type, int places,
                const struct bitmap *allowed, struct expected *x)
{
    const struct entry *e = unit ? replica_find(r, RECORD_UNIT, span_of(unit)) : NULL;
    if (e == NULL || e->version.unit->observed_at == 0 ||
        (allowed != NULL && !bitmap_has(allowed, e->slot)))
        return;
    struct expectation *found = &x->units[x->n++];
    *found = (struct expectation){.slot = e->slot};
    move(found, type, places);
}

static int by_slot(const void *a, const void *b)
{
    unsigned x = ((const struct expectation *)a)->slot, y = ((const struct expectation *)b)->slot;
    return x < y ? -1 : x > y;
}

/* One of each unit, without those that nothing changes in the end. */
static void sum_up(struct expected *x)
{
    size_t n = 0;
    if (x->n > 0)
        qsort(x->units, x->n, sizeof *x->units, by_slot);
    for (size_t i = 0; i < x->n;) {
        struct expectation sum = x->units[i++];
        for (; i < x->n && x->units[i].slot == sum.slot; i++) {
            sum.open += x->units[i].open;
            sum.occupied += x->units[i].occupied;
        }
        if (sum.open != 0 || sum.occupied != 0)
            x->units[n++] = sum;
    }
    x->n = n;
}

static int within(int places)
{
    return places < 0 ? 0 : places > PLACES_MAX ? PLACES_MAX : places;
}

static int put(struct replica *r, const struct entry *e, const struct unit *u)
{
    const struct territory *t = e->version.territory;
    return search_index_set(r->live->index, e->slot, u, t ? t->group->number : 0);
}

static int lay_one(struct replica *r, struct expectation *x)
{
    const struct entry *e = replica_unit_at(r, x->slot);
    struct unit then = *e->version.unit; /* its texts stay the record's */
    x->open = then.open = within(then.open + x->open);
    x->occupied = then.occupied = within(then.occupied + x->occupied);
    x->free = unit_free(&then);
    x->free_planned = unit_free_planned(&then);
    return put(r, e, &then);
}

int expected_lay(struct replica *r, const char *day, const struct bitmap *allowed,
                 struct expected *ret)
{
    const struct map *all = &r->live->records[RECORD_MOVEMENT];
    struct expected x = {calloc(2 * all->count + 1, sizeof *x.units), 0};
    if (x.units == NULL)
        return -ENOMEM;
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(all, &cursor)) != NULL;) {
        const struct movement *m = ((const struct entry *)slot->value)->version.movement;
        if (m->state != MOVEMENT_PLANNED || strcmp(m->on, day) > 0)
            continue;
        add(r, m->unit, m->type, m->places, allowed, &x);
        add(r, m->to_unit, MOVEMENT_ENTRY, m->places, allowed, &x);
    }
    sum_up(&x);
    for (size_t i = 0; i < x.n; i++) {
        if (lay_one(r, &x.units[i]) == 0)
            continue;
        int lifted = expected_lift(r, &(struct expected){x.units, i});
        expected_free(&x);
        return lifted < 0 ? lifted : -ENOMEM;
    }
    *ret = x;
    return 0;
}

int expected_lift(struct replica *r, const struct expected *x)
{
    int result = 0;
    for (size_t i = 0; i < x->n; i++) {
        const struct entry *e = replica_unit_at(r, x->units[i].slot);
        int put_back = put(r, e, e->version.unit);
        result = put_back < 0 ? put_back : result;
    }
    return result;
}

const struct expectation *expected_of(const struct expected *x, unsigned slot)
{
    const struct expectation key = {.slot = slot};
    return x->n == 0 ? NULL : bsearch(&key, x->units, x->n, sizeof *x->units, by_slot);
}

void expected_free(struct expected *x)
{
    free(x->units);
    *x = (struct expected){0};
}
