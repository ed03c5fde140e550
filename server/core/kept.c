/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/kept.h"

#include <stdlib.h>
#include <string.h>

#include "core/search.h"

/* Reading */

static bool is_kept(const struct offer *o, const char *request, bool emergency, usec_t now)
{
    return o->state == OFFER_OFFERED && o->offered_until > now && (o->emergency || !emergency) &&
           (request == NULL || strcmp(request, o->request) != 0);
}

static int by_slot(const void *a, const void *b)
{
    unsigned x = ((const struct kept_unit *)a)->slot, y = ((const struct kept_unit *)b)->slot;
    return x < y ? -1 : x > y;
}

/* Makes one of each unit's, after sorting. */
static void merge(struct kept *k)
{
    size_t n = 0;
    qsort(k->units, k->n, sizeof *k->units, by_slot);
    for (size_t i = 0; i < k->n; i++) {
        const struct kept_unit *u = &k->units[i];
        if (n == 0 || k->units[n - 1].slot != u->slot) {
            k->units[n++] = *u;
            continue;
        }
        struct kept_unit *sum = &k->units[n - 1];
        sum->places += u->places;
        sum->urgent += u->urgent;
        sum->until = u->until > sum->until ? u->until : sum->until;
    }
    k->n = n;
}

int kept_read(const struct replica *r, const char *request, bool emergency, usec_t now,
              struct kept *ret)
{
    const struct map *all = &r->live->records[RECORD_OFFER];
    struct kept k = {.units = calloc(all->count + 1, sizeof *k.units)};
    if (k.units == NULL)
        return -ENOMEM;
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(all, &cursor)) != NULL;) {
        const struct offer *o = ((const struct entry *)slot->value)->version.offer;
        const struct entry *e = is_kept(o, request, emergency, now)
                                    ? replica_find(r, RECORD_UNIT, span_of(o->unit))
                                    : NULL;
        if (e != NULL && e->version.unit->observed_at != 0)
            k.units[k.n++] = (struct kept_unit){e->slot, o->places, o->emergency ? o->places : 0,
                                                o->offered_until, false};
    }
    merge(&k);
    *ret = k;
    return 0;
}

/* Laying and lifting */

static int put(struct replica *r, const struct entry *e, const struct unit *u)
{
    const struct territory *t = e->version.territory;
    return search_index_set(r->live->index, e->slot, u, t ? t->group->number : 0);
}

/* The unit as the search counts it, with these places as if they were held. */
static struct unit without(const struct entry *e, const struct expected *x,
                           const struct kept_unit *k)
{
    const struct expectation *then = expected_of(x, k->slot);
    struct unit u = *e->version.unit; /* its texts stay the record's */
    if (then != NULL) {
        u.open = then->open;
        u.occupied = then->occupied;
    }
    u.held += k->places;
    u.held_emergency += k->urgent;
    return u;
}

int kept_lay(struct replica *r, const struct expected *x, int needed, bool emergency,
             struct kept *k)
{
    int result = 0;
    for (size_t i = 0; i < k->n && result == 0; i++) {
        const struct entry *e = replica_unit_at(r, k->units[i].slot);
        struct unit left = without(e, x, &k->units[i]);
        k->units[i].all = (emergency ? unit_free(&left) : unit_free_planned(&left)) < needed;
        result = k->units[i].all ? bitmap_add(&k->all, k->units[i].slot) : put(r, e, &left);
    }
    return result;
}

int kept_lay_all(struct replica *r, const struct expected *x, const struct kept *k)
{
    int result = 0;
    for (size_t i = 0; i < k->n && result == 0; i++) {
        const struct entry *e = replica_unit_at(r, k->units[i].slot);
        struct unit left = without(e, x, &k->units[i]);
        result = k->units[i].all ? put(r, e, &left) : 0;
    }
    return result;
}

int kept_lift(struct replica *r, const struct kept *k)
{
    int result = 0;
    for (size_t i = 0; i < k->n; i++) {
        const struct entry *e = replica_unit_at(r, k->units[i].slot);
        int put_back = put(r, e, e->version.unit);
        result = put_back < 0 ? put_back : result;
    }
    return result;
}

/* Asking */

static int slot_compare(const void *key, const void *element)
{
    unsigned slot = *(const unsigned *)key, its = ((const struct kept_unit *)element)->slot;
    return slot < its ? -1 : slot > its;
}

const struct kept_unit *kept_of(const struct kept *k, unsigned slot)
{
    return k->n == 0 ? NULL : bsearch(&slot, k->units, k->n, sizeof *k->units, slot_compare);
}

void kept_free(struct kept *k)
{
    free(k->units);
    bitmap_free(&k->all);
    *k = (struct kept){0};
}
