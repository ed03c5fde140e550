/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/watch_fit.h"

#include <string.h>

#include "core/admit.h"
#include "core/near.h"
#include "core/office.h"

static bool has(const struct child_set *set, unsigned child)
{
    for (unsigned i = 0; i < set->n; i++)
        if (set->index[i] == child)
            return true;
    return false;
}

static bool share(const struct child_set *a, const struct child_set *b)
{
    for (unsigned i = 0; i < a->n; i++)
        if (has(b, a->index[i]))
            return true;
    return false;
}

/* The day wanted, and for an emergency of today whether offices are open that units may need. */
static void waiting_when(const struct replica *r, struct waiting *w)
{
    const struct calendar *c = office_calendar(r, w->entry->version.origin);
    int64_t today = calendar_today(c, r->ledger_at);
    bool dated = request_days(w->request, today, &w->days);
    w->later = dated && w->days.until > today;
    if (dated && w->days.from > today)
        return;
    if (w->request->emergency && c != NULL) { /* without a calendar nobody knows */
        w->offices_since = calendar_open_since(c, r->ledger_at);
        w->search.tonight = true;
        w->search.office_open = w->offices_since != 0;
    }
}

void waiting_make(const struct replica *r, const struct entry *request, struct waiting *ret)
{
    const struct request *q = request->version.request;
    struct waiting w = {.entry = request, .request = q};
    for (unsigned i = 0; i < q->who.n_children; i++) {
        if (has(&q->placed, i))
            continue;
        struct child child = q->who.children[i];
        w.index[w.search.n_children] = (uint8_t)i;
        w.search.children[w.search.n_children++] =
            (struct search_child){child.age_months, child.sex};
    }
    w.search.parent = q->who.parent != PARENT_NONE;
    w.search.pregnant = q->who.parent == PARENT_PREGNANT;
    w.search.together = w.search.parent || q->together;
    w.search.emergency = q->emergency;
    w.search.modalities = q->modality ? q->modality : modalities_usual(w.search.parent);
    w.search.needs = q->needs;
    w.search.max_km = q->max_km == UNKNOWN ? 0 : q->max_km;
    /* Never by a point that not every holder may know: an offer would tell where it is. */
    w.search.precise = false;
    waiting_when(r, &w);
    *ret = w;
}

struct unit unit_less(const struct unit *u, int places, int urgent)
{
    struct unit left = *u;
    left.held += places;
    left.held_emergency += urgent;
    return left;
}

/* As many of the children as the unit takes, each by itself. */
static bool fits_apart(const struct waiting *w, const struct unit *left,
                       struct child_set *ret_children, int *ret_places)
{
    struct search_request one = w->search;
    int room = one.emergency ? unit_free(left) : unit_free_planned(left);
    struct child_set children = {0};
    one.n_children = 1;
    for (unsigned i = 0; i < w->search.n_children && (int)children.n < room; i++) {
        one.children[0] = w->search.children[i];
        if (search_admits(&one, left))
            children.index[children.n++] = w->index[i];
    }
    *ret_children = children;
    *ret_places = (int)children.n;
    return children.n > 0;
}

bool waiting_fits(struct waiting *w, const struct replica *r, const struct unit *left,
                  struct child_set *ret_children, int *ret_places)
{
    if (left->observed_at == 0 || !search_admits(&w->search, left))
        return false;
    if (!w->near_found) { /* costly, and for few */
        near_find(r, w->request->from_commune, w->request->from_territory, &w->search);
        w->near_found = true;
        if (!search_admits(&w->search, left))
            return false;
    }
    if (!w->search.together && w->search.n_children > 1)
        return fits_apart(w, left, ret_children, ret_places);
    ret_children->n = w->search.n_children;
    memcpy(ret_children->index, w->index, sizeof w->index);
    *ret_places = w->search.n_children > 0 ? (int)w->search.n_children : 1;
    return true;
}

static bool offered_before(const struct waiting *w, const struct replica *r, const struct unit *u)
{
    size_t cursor = 0;
    const struct map *offers = &r->live->records[RECORD_OFFER];
    for (struct map_slot *slot; (slot = map_next(offers, &cursor)) != NULL;) {
        const struct offer *o = ((const struct entry *)slot->value)->version.offer;
        if ((o->state == OFFER_DECLINED || o->state == OFFER_LAPSED) &&
            strcmp(o->unit, u->id) == 0 && strcmp(o->request, w->entry->id) == 0)
            return true;
    }
    return false;
}

static bool speaks_against(const struct hold *h, const struct unit *u,
                           const struct child_set *children)
{
    if (hold_is_active(h))
        return h->children.n == 0 || share(&h->children, children);
    bool for_good = h->state == HOLD_REFUSED && h->code != NULL && strcmp(h->code, "full") != 0;
    return for_good || h->ended_at >= u->observed_at;
}

bool waiting_was_there(const struct waiting *w, const struct replica *r, const struct unit *u)
{
    struct child_set children = {.n = w->search.n_children};
    memcpy(children.index, w->index, sizeof w->index);
    size_t cursor = 0;
    const struct map *holds = &r->live->records[RECORD_HOLD];
    for (struct map_slot *slot; (slot = map_next(holds, &cursor)) != NULL;) {
        const struct hold *h = ((const struct entry *)slot->value)->version.hold;
        if (h->request != NULL && strcmp(h->request, w->entry->id) == 0 &&
            strcmp(h->unit, u->id) == 0 && speaks_against(h, u, &children))
            return true;
    }
    return offered_before(w, r, u);
}

bool request_has_offer(const struct replica *r, const char *request)
{
    size_t cursor = 0;
    const struct map *offers = &r->live->records[RECORD_OFFER];
    for (struct map_slot *s; (s = map_next(offers, &cursor)) != NULL;) {
        const struct offer *o = ((const struct entry *)s->value)->version.offer;
        if (o->state == OFFER_OFFERED && strcmp(o->request, request) == 0)
            return true;
    }
    return false;
}

int64_t offer_grounds(const struct replica *r, const struct entry *unit,
                      const struct entry *request)
{
    int64_t last = unit->revision > request->revision ? unit->revision : request->revision;
    size_t cursor = 0;
    const struct map *offers = &r->live->records[RECORD_OFFER];
    for (struct map_slot *s; (s = map_next(offers, &cursor)) != NULL;) {
        const struct entry *e = s->value;
        if (e->revision > last && (strcmp(e->version.offer->unit, unit->id) == 0 ||
                                   strcmp(e->version.offer->request, request->id) == 0))
            last = e->revision;
    }
    return last;
}
