/* SPDX-License-Identifier: EUPL-1.2 */
/* One unit against a request, without an index: what standing filters ask at each change. */
#include <string.h>

#include "core/search_plan.h"

static bool kind_asked(const struct search_request *q, const char *kind)
{
    for (size_t i = 0; i < q->n_kinds; i++)
        if (strcmp(q->kinds[i], kind) == 0)
            return true;
    return q->n_kinds == 0;
}

static bool near_enough(const struct search_plan *p, const struct unit *u)
{
    struct vector at;

    if (!(p->asked & 1 << CRITERION_DISTANCE) ||
        !vector_of(p->q->precise ? u->point : u->public_point, &at))
        return true;
    return vector_steps(at, p->from) <= p->most;
}

static bool children_fit(const struct search_plan *p, const struct search_row *row)
{
    struct child_fits fits = plan_children(p, row);
    unsigned refused = fits.age_refused | fits.sex_refused;

    if (p->apart)
        return refused != (1u << p->n) - 1;
    return refused == 0 && (!p->together || plan_siblings_taken(p, row) == p->n);
}

bool search_admits(const struct search_request *q, const struct unit *u)
{
    struct search_row row = row_of(u, 0);
    struct search_plan p;

    plan_make(q, &p);
    return !row.closed && children_fit(&p, &row) && !(q->needs & row.need_no) &&
           (q->modalities == 0 || q->modalities & 1u << row.modality) &&
           kind_asked(q, u->establishment_kind) &&
           !(q->tonight && row.admission == ADMISSION_OFFICE_HOURS) && near_enough(&p, u) &&
           (!row.declared || row_places(&row, q->emergency) >= (int)p.places);
}
