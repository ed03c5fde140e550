/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/filter.h"

#include <stdlib.h>

#include "core/admit.h"

static void texts_destroy(struct texts *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->p[i]);
    free(t->p);
}

void filter_destroy(struct filter *f)
{
    if (f == NULL)
        return;
    texts_destroy(&f->territories);
    texts_destroy(&f->units);
    texts_destroy(&f->requests);
    texts_destroy(&f->establishments);
    texts_destroy(&f->establishment_kinds);
    texts_destroy(&f->search_kinds);
    free(f->search);
    free(f);
}

static bool among(const struct texts *t, const char *text)
{
    if (t->n == 0)
        return true;
    for (size_t i = 0; text != NULL && i < t->n; i++)
        if (strcmp(t->p[i], text) == 0)
            return true;
    return false;
}

static bool inside(const struct filter *f, const struct replica *r, const struct territory *t)
{
    if (f->territories.n == 0)
        return true;
    for (size_t i = 0; i < f->territories.n; i++) {
        const struct territory *root = replica_territory(r, span_of(f->territories.p[i]));
        if (root != NULL && territory_within(t, root))
            return true;
    }
    return false;
}

/* Conditions that only a unit, or its establishment, can meet. */
static bool about_units(const struct filter *f)
{
    return f->modality != 0 || f->search != NULL;
}

bool filter_admits(const struct filter *f, const struct replica *r, const char *id,
                   const struct version *v)
{
    enum record_kind kind = version_scope(v).kind;
    if ((f->kinds != 0 && !(f->kinds & 1u << kind)) || !inside(f, r, v->territory))
        return false;
    switch (kind) {
    case RECORD_UNIT:
        return among(&f->units, id) && among(&f->establishments, v->unit->establishment) &&
               among(&f->establishment_kinds, v->unit->establishment_kind) &&
               (f->modality == 0 || f->modality & 1u << v->unit->modality) && f->requests.n == 0 &&
               (f->search == NULL || search_admits(f->search, v->unit));
    case RECORD_ESTABLISHMENT:
        return !about_units(f) && f->units.n == 0 && f->requests.n == 0 &&
               among(&f->establishments, id) &&
               among(&f->establishment_kinds, v->establishment->kind);
    case RECORD_HOLD:
        return !about_units(f) && f->establishment_kinds.n == 0 &&
               among(&f->units, v->hold->unit) &&
               among(&f->establishments, v->hold->establishment) &&
               among(&f->requests, v->hold->request);
    case RECORD_REQUEST:
        return !about_units(f) && f->establishment_kinds.n == 0 && f->units.n == 0 &&
               f->establishments.n == 0 && among(&f->requests, id);
    case RECORD_OFFER:
        return !about_units(f) && f->establishment_kinds.n == 0 &&
               among(&f->units, v->offer->unit) &&
               among(&f->establishments, v->offer->establishment) &&
               among(&f->requests, v->offer->request);
    case RECORD_MISSION:
        return !about_units(f) && f->establishment_kinds.n == 0 &&
               among(&f->units, v->mission->unit) &&
               among(&f->establishments, v->mission->establishment) &&
               among(&f->requests, v->mission->request);
    case RECORD_MOVEMENT:
        return !about_units(f) && f->establishment_kinds.n == 0 && f->requests.n == 0 &&
               among(&f->units, v->movement->unit) &&
               among(&f->establishments, v->movement->establishment);
    case RECORD_CALENDAR:
    case RECORD_ROTA:
        return !about_units(f) && f->establishment_kinds.n == 0 && f->units.n == 0 &&
               f->establishments.n == 0 && f->requests.n == 0;
    case RECORD_KIND_COUNT:
        break;
    }
    return false;
}
