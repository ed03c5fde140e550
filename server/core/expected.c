/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/expected.h"

#include <stdlib.h>

#include "core/office.h"
#include "core/search.h"

#define PLACES_MAX 9999

/* How much a unit's counts are moved, on the days of a rhythm between two days, both included. */
struct influence {
    unsigned slot;
    int64_t from, until;
    rhythm rhythm;
    int open, occupied;
};

/* What is planned of one unit. */
struct plans {
    const struct influence *of;
    size_t n;
};

struct counts {
    int open, occupied;
};

static struct counts moved(enum movement_type type, int places)
{
    switch (type) {
    case MOVEMENT_EXIT:
        return (struct counts){0, -places};
    case MOVEMENT_ENTRY:
    case MOVEMENT_SEQUENCE:
        return (struct counts){0, places};
    case MOVEMENT_OPENING:
        return (struct counts){places, 0};
    case MOVEMENT_CLOSING:
        return (struct counts){-places, 0};
    case MOVEMENT_TYPE_COUNT:
        break;
    }
    return (struct counts){0, 0};
}

/* Reading what is planned */

/* The declared unit of an id, if it is allowed; NULL: it is not there. */
static const struct entry *unit_of(const struct replica *r, const char *id,
                                   const struct bitmap *allowed)
{
    const struct entry *e = id ? replica_find(r, RECORD_UNIT, span_of(id)) : NULL;
    return e == NULL || e->version.unit->observed_at == 0 ||
                   (allowed != NULL && !bitmap_has(allowed, e->slot))
               ? NULL
               : e;
}

static void add(const struct influence *i, struct expected *x)
{
    x->plans[x->n_plans++] = *i;
}

/* What it takes on its days, less what it takes today and the counts have already. */
static void add_sequence(const struct replica *r, const struct entry *e, const struct movement *m,
                         usec_t now, struct expected *x)
{
    int64_t today = calendar_today(office_calendar(r, e->version.territory), now);
    struct counts c = moved(m->type, m->places);
    add(&(struct influence){e->slot, m->from_day, m->until_day, m->rhythm, c.open, c.occupied}, x);
    if (m->from_day <= today && today <= m->until_day && m->rhythm & day_class(today))
        add(&(struct influence){e->slot, INT64_MIN, DAY_NEVER, RHYTHM_ALL, -c.open, -c.occupied},
            x);
}

static void add_movement(const struct replica *r, const struct movement *m, usec_t now,
                         const struct bitmap *allowed, struct expected *x)
{
    const struct entry *e = unit_of(r, m->unit, allowed), *to = unit_of(r, m->to_unit, allowed);
    struct counts c = moved(m->type, m->places);
    if (e != NULL && m->type == MOVEMENT_SEQUENCE)
        add_sequence(r, e, m, now, x);
    else if (e != NULL)
        add(&(struct influence){e->slot, m->from_day, DAY_NEVER, RHYTHM_ALL, c.open, c.occupied},
            x);
    if (to != NULL)
        add(&(struct influence){to->slot, m->from_day, DAY_NEVER, RHYTHM_ALL, 0, m->places}, x);
}

static int by_slot(const void *a, const void *b)
{
    unsigned x = ((const struct influence *)a)->slot, y = ((const struct influence *)b)->slot;
    return x < y ? -1 : x > y;
}

int expected_read(const struct replica *r, usec_t now, const struct bitmap *allowed,
                  struct expected *ret)
{
    const struct map *all = &r->live->records[RECORD_MOVEMENT];
    struct expected x = {.plans = calloc(2 * all->count + 1, sizeof *x.plans)};
    if (x.plans == NULL)
        return -ENOMEM;
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(all, &cursor)) != NULL;) {
        const struct movement *m = ((const struct entry *)slot->value)->version.movement;
        if (m->state == MOVEMENT_PLANNED)
            add_movement(r, m, now, allowed, &x);
    }
    qsort(x.plans, x.n_plans, sizeof *x.plans, by_slot);
    *ret = x;
    return 0;
}

/* One unit on one day */

static int within(int places)
{
    return places < 0 ? 0 : places > PLACES_MAX ? PLACES_MAX : places;
}

static struct expectation on_day(const struct entry *e, const struct plans *p, int64_t day)
{
    struct unit then = *e->version.unit; /* its texts stay the record's */
    rhythm class = day_class(day);
    for (size_t i = 0; i < p->n; i++) {
        const struct influence *f = &p->of[i];
        if (f->from > day || f->until < day || !(f->rhythm & class))
            continue;
        then.open += f->open;
        then.occupied += f->occupied;
    }
    then.open = within(then.open);
    then.occupied = within(then.occupied);
    return (struct expectation){
        e->slot, then.open, then.occupied, unit_free(&then), unit_free_planned(&then), day};
}

/* The days on which a unit may have what it has on no day before: between two on which something
 * begins or ends, one of each class, or one at all where nothing recurs. */
struct walk {
    const struct plans *plans;
    const struct days *days;
    int64_t day, stretch_end; /* the last one given; before something begins or ends again */
    rhythm seen, enough;      /* of this stretch */
};

static struct walk walk_begin(const struct plans *p, const struct days *days)
{
    struct walk w = {p, days, days->from - 1, days->from - 1, 0, 0};
    for (size_t i = 0; i < p->n; i++)
        if (p->of[i].rhythm != RHYTHM_ALL)
            w.enough = days->rhythm;
    return w;
}

static void next_stretch(struct walk *w)
{
    int64_t begin = w->stretch_end + 1;
    w->stretch_end = w->days->until;
    for (size_t i = 0; i < w->plans->n; i++) {
        const struct influence *f = &w->plans->of[i];
        if (f->from > begin && f->from - 1 < w->stretch_end)
            w->stretch_end = f->from - 1;
        if (f->until >= begin && f->until < w->stretch_end)
            w->stretch_end = f->until;
    }
    w->day = begin - 1;
    w->seen = 0;
}

/* false: there are no more. */
static bool walk_next(struct walk *w)
{
    for (;;) {
        if (w->day >= w->stretch_end || (w->seen != 0 && (w->seen & w->enough) == w->enough))
            next_stretch(w);
        if (++w->day > w->days->until)
            return false;
        rhythm class = day_class(w->day);
        if (class & w->days->rhythm && !(class & w->seen)) {
            w->seen |= class;
            return true;
        }
    }
}

/* On the tightest of these days, the first of them. */
static struct expectation tightest(const struct entry *e, const struct plans *p,
                                   const struct days *days)
{
    struct expectation found = {.day = DAY_NONE};
    for (struct walk w = walk_begin(p, days); walk_next(&w);) {
        struct expectation x = on_day(e, p, w.day);
        if (found.day == DAY_NONE || x.open - x.occupied < found.open - found.occupied)
            found = x;
    }
    return found;
}

/* Laying and lifting */

static int put(struct replica *r, const struct entry *e, const struct unit *u)
{
    const struct territory *t = e->version.territory;
    return search_index_set(r->live->index, e->slot, u, t ? t->group->number : 0);
}

static int lay_one(struct replica *r, const struct expectation *x)
{
    const struct entry *e = replica_unit_at(r, x->slot);
    struct unit then = *e->version.unit;
    then.open = x->open;
    then.occupied = x->occupied;
    return put(r, e, &then);
}

/* What is planned of the unit whose plans begin at *from, and on to the next. */
static struct plans next_unit(const struct expected *x, size_t *from)
{
    struct plans p = {&x->plans[*from], 0};
    while (*from < x->n_plans && x->plans[*from].slot == p.of->slot) {
        p.n++;
        (*from)++;
    }
    return p;
}

int expected_lay(struct replica *r, const struct days *days, struct expected *x)
{
    x->units = calloc(x->n_plans + 1, sizeof *x->units);
    if (x->units == NULL)
        return -ENOMEM;
    x->n = 0;
    for (size_t from = 0; from < x->n_plans;) {
        struct plans p = next_unit(x, &from);
        const struct entry *e = replica_unit_at(r, p.of->slot);
        struct expectation then = tightest(e, &p, days);
        if (then.day == DAY_NONE ||
            (then.open == e->version.unit->open && then.occupied == e->version.unit->occupied))
            continue;
        if (lay_one(r, &then) == 0) {
            x->units[x->n++] = then;
            continue;
        }
        int lifted = expected_lift(r, x);
        x->n = 0;
        return lifted < 0 ? lifted : -ENOMEM;
    }
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

/* Asking */

static int slot_compare(const void *key, const void *element)
{
    unsigned slot = *(const unsigned *)key, its = ((const struct expectation *)element)->slot;
    return slot < its ? -1 : slot > its;
}

const struct expectation *expected_of(const struct expected *x, unsigned slot)
{
    return x->n == 0 ? NULL : bsearch(&slot, x->units, x->n, sizeof *x->units, slot_compare);
}

int64_t expected_short(const struct replica *r, const struct expected *x, unsigned slot,
                       const struct days *days, int places, bool emergency)
{
    size_t from = 0;
    while (from < x->n_plans && x->plans[from].slot < slot)
        from++;
    if (from == x->n_plans || x->plans[from].slot != slot)
        return DAY_NEVER;
    struct plans p = next_unit(x, &from);
    const struct entry *e = replica_unit_at(r, slot);
    for (struct walk w = walk_begin(&p, days); walk_next(&w);) {
        struct expectation then = on_day(e, &p, w.day);
        if ((emergency ? then.free : then.free_planned) < places)
            return w.day;
    }
    return DAY_NEVER;
}

void expected_free(struct expected *x)
{
    free(x->plans);
    free(x->units);
    *x = (struct expected){0};
}
