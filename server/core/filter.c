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

bool filter_admits(const struct filter *f, const struct replica *r, const char *id,
                   const struct version *v)
{
    enum record_kind kind = version_scope(v).kind;
    if ((f->kinds != 0 && !(f->kinds & 1u << kind)) || !inside(f, r, v->territory))
        return false;
    if (kind == RECORD_ESTABLISHMENT)
        return f->units.n == 0 && f->modality == 0 && f->search == NULL &&
               among(&f->establishments, id) &&
               among(&f->establishment_kinds, v->establishment->kind);
    return among(&f->units, id) && among(&f->establishments, v->unit->establishment) &&
           among(&f->establishment_kinds, v->unit->establishment_kind) &&
           (f->modality == 0 || f->modality & 1u << v->unit->modality) &&
           (f->search == NULL || search_admits(f->search, v->unit));
}
