/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/office.h"

const struct calendar *office_calendar(const struct replica *r, const struct territory *t)
{
    const struct entry *e = t ? replica_find(r, RECORD_CALENDAR, span_of(t->root->code)) : NULL;
    return e ? e->version.calendar : NULL;
}

bool office_is_open(const struct replica *r, const struct territory *t, usec_t at)
{
    const struct calendar *c = office_calendar(r, t);
    return c != NULL && calendar_is_open(c, at);
}

const struct rota *office_on_call(const struct replica *r, const struct territory *root,
                                  enum duty duty, usec_t at)
{
    const struct rota *found = NULL;
    size_t cursor = 0;
    for (struct map_slot *slot;
         (slot = map_next(&r->live->records[RECORD_ROTA], &cursor)) != NULL;) {
        const struct entry *e = slot->value;
        const struct rota *t = e->version.rota;
        if (e->version.territory == root && t->duty == duty && t->from_at <= at && at < t->to_at &&
            rota_is_before(t, found))
            found = t;
    }
    return found;
}
