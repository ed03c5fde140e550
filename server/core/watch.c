/* SPDX-License-Identifier: EUPL-1.2 */
/* Two tables. `gains`: units with free places that were gained, and when, by the ledger's time.
 * `tries`: what was said to the database and is not in the replica yet, counted as offered; what it
 * refused stays there until one of the two records changes, so that nothing is said twice. */
#include "core/watch.h"

#include <stdlib.h>
#include <string.h>

#include "core/admit.h"
#include "core/watch_fit.h"

struct gain {
    char *unit;     /* id */
    usec_t at[2];   /* of places for anybody, [1] for emergencies; 0 never */
    bool look;      /* to be tried with every request */
    bool candidate; /* in this look */
};

enum try_state { TRY_TO_SEND, TRY_SENT, TRY_DONE, TRY_REFUSED };

struct
try {
    struct try *next;
    uint64_t ticket;
    enum try_state state;
    int64_t revision;     /* done, refused: seen when the replica is there */
    char *unit, *request; /* ids */
    int64_t unit_revision, request_revision;
    int places;
    bool emergency;
    char *json; /* to be sent */
    size_t n;
};

struct request_watch {
    const struct replica *replica;
    uint64_t generation;
    uint64_t last_ticket;
    struct map gains; /* unit's id → struct gain */
    struct try *tries;
    struct bitmap slots; /* of the units among which one request chooses */
    struct search_answer answer;
};

/* Gains */

static void gain_free(struct gain *g)
{
    free(g->unit);
    free(g);
}

static struct gain *gain_of(struct request_watch *w, const char *unit)
{
    struct gain *g = map_get(&w->gains, span_of(unit));
    if (g != NULL)
        return g;
    g = calloc(1, sizeof *g);
    if (g == NULL || (g->unit = strdup(unit)) == NULL ||
        map_put(&w->gains, span_of(g->unit), g) < 0) {
        if (g != NULL)
            gain_free(g);
        return NULL;
    }
    return g;
}

static void gain_drop(struct request_watch *w, const char *unit)
{
    struct gain *g = map_remove(&w->gains, span_of(unit));
    if (g != NULL)
        gain_free(g);
}

static void later(usec_t *at, usec_t moment)
{
    if (*at < moment)
        *at = moment;
}

static int gain_add(struct request_watch *w, const char *unit, bool planned, bool urgent, usec_t at)
{
    struct gain *g = gain_of(w, unit);
    if (g == NULL)
        return -ENOMEM;
    if (planned)
        later(&g->at[0], at);
    if (urgent)
        later(&g->at[1], at);
    g->look = true;
    return 0;
}

static bool can_give(const struct unit *u)
{
    return u->observed_at != 0 && u->contested_at == 0 && unit_free(u) > 0;
}

/* Whether who fits may have changed, the counts apart. */
static bool same_conditions(const struct unit *a, const struct unit *b)
{
    return a->modality == b->modality && a->sex == b->sex && a->admission == b->admission &&
           a->min_months == b->min_months && a->max_months == b->max_months &&
           a->siblings_max == b->siblings_max && a->siblings_mixed == b->siblings_mixed &&
           memcmp(a->accepts, b->accepts, sizeof a->accepts) == 0 &&
           a->public_point.known == b->public_point.known &&
           a->public_point.lat == b->public_point.lat && a->public_point.lon == b->public_point.lon;
}

static int unit_changed(struct request_watch *w, const struct entry *e)
{
    const struct unit *u = e->version.unit;
    const struct unit *was = e->before.unit;
    if (!can_give(u)) {
        gain_drop(w, u->id);
        return 0;
    }
    bool all = was == NULL || !can_give(was) || !same_conditions(was, u);
    bool urgent = all || unit_free(u) > unit_free(was);
    bool planned = all || unit_free_planned(u) > unit_free_planned(was);
    /* A declaration has its own time; what else frees places has the ledger's. */
    bool declared = was == NULL || was->recorded_at != u->recorded_at;
    usec_t at = declared ? u->recorded_at : w->replica->ledger_at;
    return planned || urgent ? gain_add(w, u->id, planned, urgent, at) : 0;
}

/* Tries */

static void try_free(struct try *t)
{
    free(t->unit);
    free(t->request);
    free(t->json);
    free(t);
}

/* What was refused may be said again: it concerns one of these (NULL: any). */
static void tries_forget_refused(struct request_watch *w, const char *unit, const char *request)
{
    for (struct try **at = &w->tries; *at != NULL;) {
        struct try *t = *at;
        if (t->state == TRY_REFUSED && ((unit != NULL && strcmp(t->unit, unit) == 0) ||
                                        (request != NULL && strcmp(t->request, request) == 0))) {
            *at = t->next;
            try_free(t);
        } else {
            at = &t->next;
        }
    }
}

/* What the replica shows by now is counted from there. */
static void tries_seen(struct request_watch *w)
{
    for (struct try **at = &w->tries; *at != NULL;) {
        struct try *t = *at;
        if (t->state == TRY_DONE && w->replica->live->revision >= t->revision) {
            *at = t->next;
            try_free(t);
        } else {
            at = &t->next;
        }
    }
}

static bool changed_since(const struct request_watch *w, const struct try *t)
{
    const struct entry *u = replica_find(w->replica, RECORD_UNIT, span_of(t->unit));
    const struct entry *q = replica_find(w->replica, RECORD_REQUEST, span_of(t->request));
    return u == NULL || q == NULL || u->revision != t->unit_revision ||
           q->revision != t->request_revision;
}

static void tries_forget_changed(struct request_watch *w)
{
    for (struct try **at = &w->tries; *at != NULL;) {
        struct try *t = *at;
        if (t->state == TRY_REFUSED && changed_since(w, t)) {
            *at = t->next;
            try_free(t);
        } else {
            at = &t->next;
        }
    }
}

static bool being_tried(const struct request_watch *w, const char *request)
{
    for (const struct try *t = w->tries; t != NULL; t = t->next)
        if (t->state != TRY_REFUSED && strcmp(t->request, request) == 0)
            return true;
    return false;
}

static bool was_refused(const struct request_watch *w, const char *unit, const char *request)
{
    for (const struct try *t = w->tries; t != NULL; t = t->next)
        if (t->state == TRY_REFUSED && strcmp(t->unit, unit) == 0 &&
            strcmp(t->request, request) == 0)
            return true;
    return false;
}

/* What happened in this turn */

static int offer_changed(struct request_watch *w, const struct entry *e)
{
    const struct offer *o = e->version.offer;
    const struct offer *was = e->before.offer;
    bool ended = o->state != OFFER_OFFERED && (was == NULL || was->state == OFFER_OFFERED);
    if (!ended)
        return 0;
    tries_forget_refused(w, o->unit, o->request);
    return o->state == OFFER_TAKEN ? 0 : gain_add(w, o->unit, true, true, o->ended_at);
}

/* Reads everything: the replica was loaded. */
static int read_all(struct request_watch *w)
{
    const struct holdings *h = w->replica->live;
    size_t cursor = 0;
    int r = 0;
    for (struct map_slot *s; r == 0 && (s = map_next(&h->records[RECORD_UNIT], &cursor)) != NULL;) {
        const struct unit *u = ((const struct entry *)s->value)->version.unit;
        if (can_give(u))
            r = gain_add(w, u->id, true, true, u->recorded_at);
    }
    cursor = 0;
    for (struct map_slot *s; r == 0 && (s = map_next(&h->records[RECORD_HOLD], &cursor)) != NULL;) {
        const struct hold *hold = ((const struct entry *)s->value)->version.hold;
        if (!hold_is_active(hold) && hold->state != HOLD_ARRIVED)
            r = gain_add(w, hold->unit, true, true, hold->ended_at);
    }
    cursor = 0;
    for (struct map_slot *s;
         r == 0 && (s = map_next(&h->records[RECORD_OFFER], &cursor)) != NULL;) {
        const struct offer *o = ((const struct entry *)s->value)->version.offer;
        if (o->state != OFFER_OFFERED && o->state != OFFER_TAKEN)
            r = gain_add(w, o->unit, true, true, o->ended_at);
    }
    return r;
}

/* Looking */

static int by_order(const void *a, const void *b)
{
    struct request_order x = request_order((*(const struct entry *const *)a)->version.request);
    struct request_order y = request_order((*(const struct entry *const *)b)->version.request);
    return request_order_compare(&x, &y);
}

/* The unit without what is offered of it, or about to be. */
static struct unit what_is_left(const struct request_watch *w, const struct unit *u)
{
    int places = 0, urgent = 0;
    size_t cursor = 0;
    const struct map *offers = &w->replica->live->records[RECORD_OFFER];
    for (struct map_slot *s; (s = map_next(offers, &cursor)) != NULL;) {
        const struct offer *o = ((const struct entry *)s->value)->version.offer;
        if (o->state == OFFER_OFFERED && strcmp(o->unit, u->id) == 0) {
            places += o->places;
            urgent += o->emergency ? o->places : 0;
        }
    }
    for (const struct try *t = w->tries; t != NULL; t = t->next)
        if (t->state != TRY_REFUSED && strcmp(t->unit, u->id) == 0) {
            places += t->places;
            urgent += t->emergency ? t->places : 0;
        }
    return unit_less(u, places, urgent);
}

struct choice {
    const struct entry *unit;
    struct child_set children;
    int places;
};

static bool may_take(const struct request_watch *w, struct waiting *q, const struct gain *g,
                     struct choice *ret)
{
    usec_t at = g->at[q->request->emergency];
    if (at == 0 || at < q->request->opened_at)
        return false;
    const struct entry *e = replica_find(w->replica, RECORD_UNIT, span_of(g->unit));
    if (e == NULL || !can_give(e->version.unit) || e->version.territory == NULL ||
        q->entry->version.origin == NULL ||
        e->version.territory->root != q->entry->version.origin->root ||
        !waiting_fits(q, w->replica, e->version.unit, &ret->children, &ret->places))
        return false;
    struct unit left = what_is_left(w, e->version.unit);
    ret->unit = e;
    return waiting_fits(q, w->replica, &left, &ret->children, &ret->places) &&
           !was_refused(w, g->unit, q->entry->id) &&
           !waiting_was_there(q, w->replica, e->version.unit);
}

/* The unit that a search for the request would show first, among those it may take. all: of all
 * gains, not only of those that are looked at. 1: there is one; 0: none. */
static int choose(struct request_watch *w, struct waiting *q, bool all, struct choice *ret)
{
    struct choice first = {0}, other;
    size_t cursor = 0, n = 0;
    bitmap_clear(&w->slots);
    for (struct map_slot *s; (s = map_next(&w->gains, &cursor)) != NULL;) {
        const struct gain *g = s->value;
        if (!(all || g->candidate) || !may_take(w, q, g, &other))
            continue;
        if (bitmap_add(&w->slots, other.unit->slot) < 0)
            return -ENOMEM;
        first = n++ == 0 ? other : first;
    }
    if (n > 1) {
        q->search.allowed = &w->slots;
        q->search.limit = 1;
        q->search.now = w->replica->ledger_at;
        search_run(w->replica->live->index, &q->search, &w->answer);
        q->search.allowed = NULL;
        const struct entry *best =
            w->answer.n_results > 0 ? replica_unit_at(w->replica, w->answer.results[0].slot) : NULL;
        const struct gain *g = best ? map_get(&w->gains, span_of(best->id)) : NULL;
        if (g != NULL && may_take(w, q, g, &other))
            first = other;
    }
    *ret = first;
    return n > 0;
}

/* Saying */

static uint64_t hash_add(uint64_t hash, const char *text)
{
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return (hash ^ 0xff) * UINT64_C(1099511628211);
}

static int write_command(const struct request_watch *w, const struct waiting *q,
                         const struct choice *c, struct try *t)
{
    CLEANUP(buf_free) struct buf out = {0};
    uint64_t pair = hash_add(hash_add(UINT64_C(14695981039346656037), t->unit), t->request);
    buf_text(&out, "{\"account\":\"daemon\",\"op\":\"offer.create\",\"key\":\"");
    buf_printf(&out, "offer-%lld-%016llx", (long long)offer_grounds(w->replica, c->unit, q->entry),
               (unsigned long long)pair);
    buf_text(&out, "\",\"digest\":\"\",\"channel\":\"api\",\"params\":{\"request\":");
    buf_json_text(&out, t->request);
    buf_text(&out, ",\"unit\":");
    buf_json_text(&out, t->unit);
    if (c->children.n > 0)
        child_set_write("children", &c->children, &out);
    buf_text(&out, "}}");
    if (out.failed || (t->json = strndup(out.p, out.n)) == NULL)
        return -ENOMEM;
    t->n = out.n;
    return 0;
}

static int say(struct request_watch *w, const struct waiting *q, const struct choice *c)
{
    struct try *t = calloc(1, sizeof *t);
    if (t == NULL)
        return -ENOMEM;
    t->ticket = WATCH_TICKET | ++w->last_ticket;
    t->places = c->places;
    t->emergency = q->request->emergency;
    t->unit_revision = c->unit->revision;
    t->request_revision = q->entry->revision;
    t->unit = strdup(c->unit->id);
    t->request = strdup(q->entry->id);
    if (t->unit == NULL || t->request == NULL || write_command(w, q, c, t) < 0) {
        try_free(t);
        return -ENOMEM;
    }
    struct try **last = &w->tries;
    while (*last != NULL)
        last = &(*last)->next;
    *last = t;
    return 0;
}

/* Tries a request that has no offer. */
static int try_request(struct request_watch *w, const struct entry *e, bool all)
{
    struct waiting q;
    struct choice choice;
    if (e->version.request->state != REQUEST_OPEN || being_tried(w, e->id) ||
        request_has_offer(w->replica, e->id))
        return 0;
    waiting_make(e, &q);
    int r = choose(w, &q, all, &choice);
    return r > 0 ? say(w, &q, &choice) : r;
}

/* All requests in their order, with the units that gained. */
static int look_at_gains(struct request_watch *w)
{
    const struct map *all = &w->replica->live->records[RECORD_REQUEST];
    const struct entry **requests = calloc(all->count + 1, sizeof(struct entry *));
    if (requests == NULL)
        return -ENOMEM;
    size_t n = 0, cursor = 0;
    for (struct map_slot *s; (s = map_next(all, &cursor)) != NULL;)
        if (((const struct entry *)s->value)->version.request->state == REQUEST_OPEN)
            requests[n++] = s->value;
    qsort((void *)requests, n, sizeof(struct entry *), by_order);
    int r = 0;
    for (size_t i = 0; i < n && r == 0; i++)
        r = try_request(w, requests[i], false);
    free((void *)requests);
    return r;
}

/* Which gains are looked at now. */
static bool gather(struct request_watch *w)
{
    size_t cursor = 0;
    bool any = false;
    for (struct map_slot *s; (s = map_next(&w->gains, &cursor)) != NULL;) {
        struct gain *g = s->value;
        any |= g->candidate = g->look;
        g->look = false;
    }
    return any;
}

static int look(struct request_watch *w)
{
    int r = gather(w) ? look_at_gains(w) : 0;
    size_t cursor = 0;
    for (struct map_slot *s; (s = map_next(&w->gains, &cursor)) != NULL;)
        ((struct gain *)s->value)->candidate = false;
    return r;
}

/* A turn */

/* The requests that changed, or lost an offer: they may take what nobody wanted. */
static int look_for_changed(struct request_watch *w)
{
    int r = 0;
    for (size_t i = 0; i < w->replica->n_touched && r == 0; i++) {
        const struct entry *e = w->replica->touched[i];
        bool offer =
            e->kind == RECORD_OFFER && !e->departure && e->version.offer->state != OFFER_OFFERED;
        if (offer)
            e = replica_find(w->replica, RECORD_REQUEST, span_of(e->version.offer->request));
        if (e != NULL && e->kind == RECORD_REQUEST && !e->departure)
            r = try_request(w, e, true);
    }
    return r;
}

int request_watch_turn(struct request_watch *w)
{
    const struct replica *r = w->replica;
    int result = 0;
    if (r->live == NULL)
        return 0;
    tries_seen(w);
    if (w->generation != r->generation) {
        w->generation = r->generation;
        result = read_all(w);
    } else if (r->n_touched > 0) {
        tries_forget_changed(w);
    }
    for (size_t i = 0; i < r->n_touched && result == 0; i++) {
        const struct entry *e = r->touched[i];
        if (e->kind == RECORD_UNIT && e->departure)
            gain_drop(w, e->id);
        else if (e->kind == RECORD_UNIT)
            result = unit_changed(w, e);
        else if (e->kind == RECORD_OFFER && !e->departure)
            result = offer_changed(w, e);
    }
    result = result < 0 ? result : look(w);
    return result < 0 ? result : look_for_changed(w);
}

bool request_watch_take(struct request_watch *w, uint64_t *ret_ticket, char **ret_json,
                        size_t *ret_n)
{
    for (struct try *t = w->tries; t != NULL; t = t->next) {
        if (t->state != TRY_TO_SEND)
            continue;
        t->state = TRY_SENT;
        *ret_ticket = t->ticket;
        *ret_json = t->json;
        *ret_n = t->n;
        t->json = NULL;
        return true;
    }
    return false;
}

void request_watch_answered(struct request_watch *w, uint64_t ticket, enum watch_end end,
                            int64_t revision)
{
    struct try **at = &w->tries;
    while (*at != NULL && (*at)->ticket != ticket)
        at = &(*at)->next;
    struct try *t = *at;
    if (t == NULL)
        return;
    struct gain *g = map_get(&w->gains, span_of(t->unit));
    if (end != WATCH_OFFERED && g != NULL)
        g->look = true; /* for the next in the list */
    if (end == WATCH_FAILED) {
        *at = t->next;
        try_free(t);
        return;
    }
    t->state = end == WATCH_OFFERED ? TRY_DONE : TRY_REFUSED;
    t->revision = revision;
}

/* Life */

int request_watch_new(const struct replica *replica, struct request_watch **ret)
{
    struct request_watch *w = calloc(1, sizeof *w);
    if (w == NULL)
        return -ENOMEM;
    w->replica = replica;
    *ret = w;
    return 0;
}

void request_watch_free(struct request_watch *w)
{
    if (w == NULL)
        return;
    for (struct try *t = w->tries, *next; t != NULL; t = next) {
        next = t->next;
        try_free(t);
    }
    size_t cursor = 0;
    for (struct map_slot *s; (s = map_next(&w->gains, &cursor)) != NULL;) {
        gain_free(s->value);
    }
    map_free(&w->gains);
    bitmap_free(&w->slots);
    free(w);
}
