/* SPDX-License-Identifier: EUPL-1.2 */
/* Two tables. `gains`: units with free places that were gained, and when, by the ledger's time.
 * `tries`: what was said to the database (core/watch_try.h). */
#include "core/watch.h"

#include <stdlib.h>
#include <string.h>

#include "core/admit.h"
#include "core/expected.h"
#include "core/office.h"
#include "core/watch_fit.h"
#include "core/watch_try.h"

/* Whom places are gained for: planned admissions, emergencies, and both of them on a later day. */
enum gain_for { GAIN_PLANNED, GAIN_URGENT, GAIN_LATER, GAIN_COUNT };

#define GAINS (1u << GAIN_PLANNED | 1u << GAIN_URGENT)

struct gain {
    char *unit;            /* id */
    usec_t at[GAIN_COUNT]; /* 0 never */
    bool look;             /* to be tried with every request */
    bool candidate;        /* in this look */
};

struct request_watch {
    struct replica *replica;
    uint64_t generation;
    usec_t seen_at;   /* the ledger's time in the turn before */
    struct map gains; /* unit's id → struct gain */
    struct watch_tries tries;
    struct bitmap slots;  /* of the units among which one request chooses */
    struct expected then; /* of the day for which it does; else empty */
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

/* who: 1 << enum gain_for each. */
static int gain_add(struct request_watch *w, const char *unit, unsigned who, usec_t at)
{
    struct gain *g = gain_of(w, unit);
    if (g == NULL)
        return -ENOMEM;
    for (int i = 0; i < GAIN_COUNT; i++)
        if (who & 1u << i)
            later(&g->at[i], at);
    g->look = true;
    return 0;
}

static void look_at_all(struct request_watch *w)
{
    size_t cursor = 0;
    for (struct map_slot *s; (s = map_next(&w->gains, &cursor)) != NULL;)
        ((struct gain *)s->value)->look = true;
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
    unsigned who = 0;
    if (all || unit_free_planned(u) > unit_free_planned(was))
        who |= 1u << GAIN_PLANNED;
    if (all || unit_free(u) > unit_free(was))
        who |= 1u << GAIN_URGENT;
    /* A declaration has its own time; what else frees places has the ledger's. */
    bool declared = was == NULL || was->recorded_at != u->recorded_at;
    usec_t at = declared ? u->recorded_at : w->replica->ledger_at;
    return who ? gain_add(w, u->id, who, at) : 0;
}

/* What happened in this turn */

static int offer_changed(struct request_watch *w, const struct entry *e)
{
    const struct offer *o = e->version.offer;
    const struct offer *was = e->before.offer;
    bool ended = o->state != OFFER_OFFERED && (was == NULL || was->state == OFFER_OFFERED);
    if (!ended)
        return 0;
    watch_tries_forget(&w->tries, o->unit, o->request);
    return o->state == OFFER_TAKEN ? 0 : gain_add(w, o->unit, GAINS, o->ended_at);
}

/* Where a movement makes room on a later day, by being planned or cancelled; NULL: nowhere. */
static const char *makes_room(const struct movement *m)
{
    bool leaves = m->type == MOVEMENT_EXIT || m->type == MOVEMENT_OPENING;
    bool comes_too = m->entry != NULL; /* who leaves then: no room that was not there before */
    if (m->state == MOVEMENT_PLANNED)
        return leaves && !comes_too ? m->unit : NULL;
    if (m->state == MOVEMENT_CANCELLED)
        return leaves ? m->to_unit : m->unit;
    return NULL;
}

static int movement_changed(struct request_watch *w, const struct entry *e)
{
    const struct movement *m = e->version.movement;
    const char *unit = makes_room(m);
    usec_t at = m->state == MOVEMENT_PLANNED ? m->created_at : m->ended_at;
    return unit ? gain_add(w, unit, 1u << GAIN_LATER, at) : 0;
}

/* Time alone: where the offices have opened, units of office hours admit again. */
static void offices_changed(struct request_watch *w)
{
    const struct map *calendars = &w->replica->live->records[RECORD_CALENDAR];
    usec_t now = w->replica->ledger_at;
    bool opened = false;
    size_t cursor = 0;
    if (now / USEC_MIN == w->seen_at / USEC_MIN)
        return;
    for (struct map_slot *s; (s = map_next(calendars, &cursor)) != NULL;)
        opened |= calendar_open_since(((const struct entry *)s->value)->version.calendar, now) >
                  w->seen_at;
    w->seen_at = now;
    if (opened)
        look_at_all(w);
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
            r = gain_add(w, u->id, GAINS, u->recorded_at);
    }
    cursor = 0;
    for (struct map_slot *s; r == 0 && (s = map_next(&h->records[RECORD_HOLD], &cursor)) != NULL;) {
        const struct hold *hold = ((const struct entry *)s->value)->version.hold;
        if (!hold_is_active(hold) && hold->state != HOLD_ARRIVED)
            r = gain_add(w, hold->unit, GAINS, hold->ended_at);
    }
    cursor = 0;
    for (struct map_slot *s;
         r == 0 && (s = map_next(&h->records[RECORD_OFFER], &cursor)) != NULL;) {
        const struct offer *o = ((const struct entry *)s->value)->version.offer;
        if (o->state != OFFER_OFFERED && o->state != OFFER_TAKEN)
            r = gain_add(w, o->unit, GAINS, o->ended_at);
    }
    cursor = 0;
    for (struct map_slot *s;
         r == 0 && (s = map_next(&h->records[RECORD_MOVEMENT], &cursor)) != NULL;)
        r = movement_changed(w, s->value);
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
    watch_tries_places(&w->tries, u->id, &places, &urgent);
    return unit_less(u, places, urgent);
}

struct choice {
    const struct entry *unit;
    struct child_set children;
    int places;
};

/* When a unit became one that the request may be offered. */
static usec_t gained_at(const struct waiting *q, const struct gain *g, const struct unit *u)
{
    usec_t at = g->at[q->request->emergency ? GAIN_URGENT : GAIN_PLANNED];
    if (q->later)
        later(&at, g->at[GAIN_LATER]);
    if (u->admission == ADMISSION_OFFICE_HOURS)
        later(&at, q->offices_since);
    return at;
}

/* The same on the day wanted, when its counts are known to be others. */
static bool may_take_then(struct waiting *q, const struct request_watch *w, struct unit left,
                          struct choice *c)
{
    const struct expectation *x = expected_of(&w->then, c->unit->slot);
    struct child_set children;
    int places;
    if (x == NULL)
        return true;
    left.open = x->open;
    left.occupied = x->occupied;
    if (!waiting_fits(q, w->replica, &left, &children, &places))
        return false;
    if (places < c->places) { /* fewer of those who need not stay together */
        c->children = children;
        c->places = places;
    }
    return true;
}

static bool may_take(const struct request_watch *w, struct waiting *q, const struct gain *g,
                     struct choice *ret)
{
    const struct entry *e = replica_find(w->replica, RECORD_UNIT, span_of(g->unit));
    if (e == NULL || gained_at(q, g, e->version.unit) < q->request->opened_at ||
        !can_give(e->version.unit) || e->version.territory == NULL ||
        q->entry->version.origin == NULL ||
        e->version.territory->root != q->entry->version.origin->root ||
        !waiting_fits(q, w->replica, e->version.unit, &ret->children, &ret->places))
        return false;
    struct unit left = what_is_left(w, e->version.unit);
    ret->unit = e;
    return waiting_fits(q, w->replica, &left, &ret->children, &ret->places) &&
           may_take_then(q, w, left, ret) &&
           !watch_tries_refused(&w->tries, g->unit, q->entry->id) &&
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

/* The same for a later day: of what is free now and still will be then. */
static int choose_for_day(struct request_watch *w, struct waiting *q, bool all, struct choice *ret)
{
    int r = choose(w, q, all, ret);
    if (r <= 0 || !q->later)
        return r;
    r = expected_read(w->replica, w->replica->ledger_at, NULL, &w->then);
    if (r < 0)
        return r;
    int laid = expected_lay(w->replica, &q->days, &w->then);
    r = laid < 0 ? laid : choose(w, q, all, ret);
    int lifted = laid < 0 ? 0 : expected_lift(w->replica, &w->then);
    expected_free(&w->then);
    return lifted < 0 ? lifted : r;
}

/* Saying */

static uint64_t hash_add(uint64_t hash, const char *text)
{
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return (hash ^ 0xff) * UINT64_C(1099511628211);
}

static int say(struct request_watch *w, const struct waiting *q, const struct choice *c)
{
    CLEANUP(buf_free) struct buf out = {0};
    uint64_t pair = hash_add(hash_add(UINT64_C(14695981039346656037), c->unit->id), q->entry->id);
    buf_text(&out, "{\"account\":\"daemon\",\"op\":\"offer.create\",\"key\":\"");
    buf_printf(&out, "offer-%lld-%016llx", (long long)offer_grounds(w->replica, c->unit, q->entry),
               (unsigned long long)pair);
    buf_text(&out, "\",\"digest\":\"\",\"channel\":\"api\",\"params\":{\"request\":");
    buf_json_text(&out, q->entry->id);
    buf_text(&out, ",\"unit\":");
    buf_json_text(&out, c->unit->id);
    if (c->children.n > 0)
        child_set_write("children", &c->children, &out);
    buf_text(&out, "}}");
    int r = buf_check(&out);
    return r < 0 ? r : watch_tries_add(&w->tries, c->unit, q->entry, c->places, &out);
}

/* Tries a request that has no offer. */
static int try_request(struct request_watch *w, const struct entry *e, bool all)
{
    struct waiting q;
    struct choice choice;
    if (e->version.request->state != REQUEST_OPEN || watch_tries_has(&w->tries, e->id) ||
        request_has_offer(w->replica, e->id))
        return 0;
    waiting_make(w->replica, e, &q);
    int r = choose_for_day(w, &q, all, &choice);
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
    offices_changed(w);
    watch_tries_seen(&w->tries, r);
    if (w->generation != r->generation) {
        w->generation = r->generation;
        result = read_all(w);
    } else if (r->n_touched > 0) {
        watch_tries_forget_changed(&w->tries, r);
    }
    for (size_t i = 0; i < r->n_touched && result == 0; i++) {
        const struct entry *e = r->touched[i];
        if (e->kind == RECORD_UNIT && e->departure)
            gain_drop(w, e->id);
        else if (e->kind == RECORD_UNIT)
            result = unit_changed(w, e);
        else if (e->kind == RECORD_OFFER && !e->departure)
            result = offer_changed(w, e);
        else if (e->kind == RECORD_MOVEMENT && !e->departure)
            result = movement_changed(w, e);
        else if (e->kind == RECORD_CALENDAR)
            look_at_all(w);
    }
    result = result < 0 ? result : look(w);
    return result < 0 ? result : look_for_changed(w);
}

bool request_watch_take(struct request_watch *w, uint64_t *ret_ticket, char **ret_json,
                        size_t *ret_n)
{
    struct watch_try *t = watch_tries_take(&w->tries);
    if (t == NULL)
        return false;
    *ret_ticket = t->ticket;
    *ret_json = t->json;
    *ret_n = t->n;
    t->json = NULL;
    return true;
}

void request_watch_answered(struct request_watch *w, uint64_t ticket, enum watch_end end,
                            int64_t revision)
{
    struct watch_try *t = watch_tries_find(&w->tries, ticket);
    if (t == NULL)
        return;
    struct gain *g = map_get(&w->gains, span_of(t->unit));
    if (end != WATCH_OFFERED && g != NULL)
        g->look = true; /* for the next in the list */
    watch_tries_end(&w->tries, t, end, revision);
}

/* Life */

int request_watch_new(struct replica *replica, struct request_watch **ret)
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
    watch_tries_free(&w->tries);
    size_t cursor = 0;
    for (struct map_slot *s; (s = map_next(&w->gains, &cursor)) != NULL;) {
        gain_free(s->value);
    }
    map_free(&w->gains);
    bitmap_free(&w->slots);
    free(w);
}
