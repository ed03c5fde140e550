/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/near.h"

#include "core/replica.h"

static struct point territory_middle(const struct replica *r, const struct territory *t)
{
    struct point middle = {0};
    double n = 0;
    for (unsigned slot = 0; slot < r->live->n_slots; slot++) {
        const struct entry *e = r->live->slots[slot];
        if (e == NULL || !e->version.unit->public_point.known ||
            !territory_within(e->version.territory, t))
            continue;
        middle.lat += e->version.unit->public_point.lat;
        middle.lon += e->version.unit->public_point.lon;
        n++;
    }
    return n > 0 ? (struct point){middle.lat / n, middle.lon / n, true} : (struct point){0};
}

void near_find(const struct replica *r, const char *insee, const char *territory,
               struct search_request *q)
{
    const struct territory *t = NULL;
    q->near = (struct point){0};
    if (insee != NULL) {
        const struct commune *commune = replica_commune(r, span_of(insee));
        if (commune != NULL) {
            q->near = commune->point;
            t = commune->territory ? replica_territory(r, span_of(commune->territory)) : NULL;
        }
    } else if (territory != NULL) {
        t = replica_territory(r, span_of(territory));
        if (t != NULL)
            q->near = territory_middle(r, t);
    }
    q->near_group = t ? t->group->number : 0;
}
