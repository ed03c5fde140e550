/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/version.h"

#include <string.h>

const char *const record_kind_codes[] = {
    [RECORD_UNIT] = "unit",         [RECORD_ESTABLISHMENT] = "establishment",
    [RECORD_HOLD] = "hold",         [RECORD_REQUEST] = "request",
    [RECORD_MISSION] = "mission",   [RECORD_CALENDAR] = "calendar",
    [RECORD_ROTA] = "rota",         [RECORD_OFFER] = "offer",
    [RECORD_MOVEMENT] = "movement",
};

int version_decode(enum record_kind kind, const char *id, const char *state, struct version *ret)
{
    struct version v = {0};
    int r = -EBADMSG;
    switch (kind) {
    case RECORD_UNIT:
        r = unit_decode(id, state, &v.unit);
        break;
    case RECORD_ESTABLISHMENT:
        r = establishment_decode(id, state, &v.establishment);
        break;
    case RECORD_HOLD:
        r = hold_decode(id, state, &v.hold);
        break;
    case RECORD_REQUEST:
        r = request_decode(id, state, &v.request);
        break;
    case RECORD_OFFER:
        r = offer_decode(id, state, &v.offer);
        break;
    case RECORD_MISSION:
        r = mission_decode(id, state, &v.mission);
        break;
    case RECORD_CALENDAR:
        r = calendar_decode(id, state, &v.calendar);
        break;
    case RECORD_ROTA:
        r = rota_decode(id, state, &v.rota);
        break;
    case RECORD_MOVEMENT:
        r = movement_decode(id, state, &v.movement);
        break;
    case RECORD_KIND_COUNT:
        break;
    }
    if (r != 0)
        return r < 0 ? r : -EBADMSG;
    *ret = v;
    return 0;
}

void version_clear(struct version *v)
{
    unit_destroy(v->unit);
    establishment_destroy(v->establishment);
    hold_destroy(v->hold);
    request_destroy(v->request);
    mission_destroy(v->mission);
    calendar_destroy(v->calendar);
    rota_destroy(v->rota);
    offer_destroy(v->offer);
    movement_destroy(v->movement);
    *v = (struct version){0};
}

bool version_is_empty(const struct version *v)
{
    return v->movement == NULL && v->mission == NULL && v->calendar == NULL && v->rota == NULL &&
           v->unit == NULL && v->establishment == NULL && v->hold == NULL && v->request == NULL &&
           v->offer == NULL;
}

const char *version_territory(const struct version *v)
{
    return v->unit            ? v->unit->territory
           : v->establishment ? v->establishment->territory
           : v->hold          ? v->hold->territory
           : v->request       ? v->request->origin
           : v->mission       ? v->mission->territory
           : v->calendar      ? v->calendar->id
           : v->rota          ? v->rota->territory
           : v->offer         ? v->offer->origin
           : v->movement      ? v->movement->territory
                              : NULL;
}

const char *version_origin(const struct version *v)
{
    return v->mission   ? v->mission->origin
           : v->hold    ? v->hold->origin
           : v->request ? v->request->origin
           : v->offer   ? v->offer->origin
                        : NULL;
}

struct scope_members version_scope(const struct version *v)
{
    struct scope_members s = {RECORD_ESTABLISHMENT, "", v->territory, v->origin, "", NULL};
    if (v->unit != NULL) {
        s.kind = RECORD_UNIT;
        s.establishment = v->unit->establishment;
    } else if (v->hold != NULL) {
        s.kind = RECORD_HOLD;
        s.establishment = v->hold->establishment;
        s.created_by = v->hold->created_by;
    } else if (v->request != NULL) {
        s.kind = RECORD_REQUEST;
        s.created_by = v->request->created_by;
    } else if (v->offer != NULL) {
        s.kind = RECORD_OFFER;
        s.created_by = v->offer->created_by;
    } else if (v->mission != NULL) {
        s.kind = RECORD_MISSION;
        s.establishment = v->mission->establishment;
        s.created_by = v->mission->created_by;
        s.team = v->mission->team;
    } else if (v->movement != NULL) {
        s.kind = RECORD_MOVEMENT;
        s.establishment = v->movement->establishment;
    } else if (v->calendar != NULL || v->rota != NULL) {
        s.kind = v->calendar ? RECORD_CALENDAR : RECORD_ROTA;
    } else if (v->establishment != NULL) {
        s.establishment = v->establishment->id;
    }
    return s;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool scope_equals(struct scope_members a, struct scope_members b)
{
    return a.kind == b.kind && a.territory == b.territory && a.origin == b.origin &&
           strcmp(a.establishment, b.establishment) == 0 &&
           strcmp(a.created_by, b.created_by) == 0 && same_text(a.team, b.team);
}
