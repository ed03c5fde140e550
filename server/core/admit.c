/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/admit.h"

#include <math.h>

#define EARTH_RADIUS_KM 6371.0088
#define RADIANS (M_PI / 180.0)

double distance_km(struct point a, struct point b)
{
    double lat = sin((b.lat - a.lat) * RADIANS / 2);
    double lon = sin((b.lon - a.lon) * RADIANS / 2);
    double h = lat * lat + cos(a.lat * RADIANS) * cos(b.lat * RADIANS) * lon * lon;
    return 2 * EARTH_RADIUS_KM * asin(fmin(1, sqrt(h)));
}

static bool takes_child(const struct search_child *child, const struct unit *u)
{
    int age = child->age_months > SEARCH_AGE_MAX ? SEARCH_AGE_MAX : child->age_months;
    if (age != UNKNOWN && ((u->min_months != UNKNOWN && age < u->min_months) ||
                           (u->max_months != UNKNOWN && age >= u->max_months)))
        return false;
    return !(u->sex == UNIT_SEX_GIRLS && child->sex == 'M') &&
           !(u->sex == UNIT_SEX_BOYS && child->sex == 'F');
}

/* How many of the children by age and sex. */
static unsigned takes_children(const struct search_request *q, const struct unit *u)
{
    unsigned taken = q->n_children == 0;
    for (unsigned i = 0; i < q->n_children; i++)
        taken += takes_child(&q->children[i], u);
    return taken;
}

static bool both_sexes(const struct search_request *q)
{
    unsigned girls = 0;
    unsigned boys = 0;
    for (unsigned i = 0; i < q->n_children; i++) {
        girls += q->children[i].sex == 'F';
        boys += q->children[i].sex == 'M';
    }
    return girls > 0 && boys > 0;
}

static bool takes_siblings(const struct search_request *q, const struct unit *u)
{
    if (q->n_children < 2 || !q->together)
        return true;
    if (u->siblings_max != UNKNOWN && (unsigned)u->siblings_max < q->n_children)
        return false;
    return !(both_sexes(q) && u->siblings_mixed == TRI_NO);
}

static bool takes_needs(const struct search_request *q, const struct unit *u)
{
    for (int need = 0; need < NEED_COUNT; need++)
        if ((q->needs | search_parent_needs(q)) & 1u << need && u->accepts[need] == TRI_NO)
            return false;
    return true;
}

static bool of_kind(const struct search_request *q, const struct unit *u)
{
    for (size_t i = 0; i < q->n_kinds; i++)
        if (u->establishment_kind != NULL && strcmp(q->kinds[i], u->establishment_kind) == 0)
            return true;
    return q->n_kinds == 0;
}

static bool near_enough(const struct search_request *q, const struct unit *u)
{
    struct point point = q->precise ? u->point : u->public_point;
    return !q->near.known || q->max_km <= 0 || !point.known ||
           distance_km(q->near, point) <= q->max_km;
}

static bool has_room(const struct search_request *q, const struct unit *u)
{
    if (u->observed_at == 0)
        return true;
    unsigned wanted = q->together && q->n_children > 1 ? q->n_children : 1;
    int places = q->emergency ? unit_free(u) : unit_free_planned(u);
    return u->open > 0 && places >= (int)wanted;
}

bool search_admits(const struct search_request *q, const struct unit *u)
{
    unsigned taken = takes_children(q, u);
    if (taken == 0 || (q->together && q->n_children > 1 && taken < q->n_children))
        return false;
    return takes_siblings(q, u) && takes_needs(q, u) &&
           (q->modalities == 0 || q->modalities & 1u << u->modality) && of_kind(q, u) &&
           !(q->tonight && !q->office_open && u->admission == ADMISSION_OFFICE_HOURS) &&
           near_enough(q, u) && has_room(q, u);
}
