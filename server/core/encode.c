/* SPDX-License-Identifier: EUPL-1.2 */
/* Members a reader may not see are absent, not empty: a home's commune for whoever may know only
 * the territory, a point that is not public. */
#include "core/encode.h"

#include "core/member.h"

static void member_tristate(struct buf *out, const char *name, enum tristate value)
{
    static const char *const json[TRI_COUNT] = {"null", "true", "false"};
    buf_printf(out, ",\"%s\":%s", name, json[value]);
}

/* A code of a table whose first entry says unknown. */
static void member_code(struct buf *out, const char *name, const char *const *codes, int code)
{
    member_text(out, name, code == 0 ? NULL : codes[code]);
}

struct place {
    const char *territory, *commune;
    struct point point, public_point;
    enum visibility visibility;
    bool point_is_commune; /* no better is known */
};

static void encode_place(const struct place *p, enum view view, struct buf *out)
{
    bool exact = view == VIEW_PRECISE || p->visibility == VISIBILITY_EXACT;
    struct point point = exact ? p->point : p->public_point;
    member_text(out, "territory", p->territory);
    if (exact || p->visibility == VISIBILITY_COMMUNE)
        member_text(out, "commune", p->commune);
    if (!point.known)
        return;
    buf_printf(out, ",\"point\":[%.5f,%.5f],\"precision\":\"%s\"", point.lat, point.lon,
               exact && !p->point_is_commune ? "exact" : "commune");
}

static void encode_conditions(const struct unit *u, struct buf *out)
{
    member_text(out, "modality", modality_codes[u->modality]);
    buf_text(out, ",\"ages\":{\"min_months\":");
    if (u->min_months == UNKNOWN)
        buf_text(out, "null");
    else
        buf_int(out, u->min_months);
    member_int(out, "max_months", u->max_months);
    buf_char(out, '}');
    member_code(out, "sex", unit_sex_codes, (int)u->sex);
    member_int(out, "siblings_max", u->siblings_max);
    member_tristate(out, "siblings_mixed", (enum tristate)u->siblings_mixed);
    member_code(out, "admission", admission_codes, (int)u->admission);
    member_int(out, "delay_h", u->delay_h);
    buf_text(out, ",\"accepts\":{");
    for (int need = 0; need < NEED_COUNT; need++)
        buf_printf(out, "%s\"%s\":\"%s\"", need ? "," : "", need_codes[need],
                   tristate_codes[u->accepts[need]]);
    buf_char(out, '}');
    member_int(out, "max_stay_days", u->max_stay_days);
}

static void encode_capacity(const struct unit *u, struct buf *out)
{
    bool declared = u->observed_at != 0;
    buf_text(out, ",\"capacity\":{\"authorised\":");
    if (u->authorised == UNKNOWN)
        buf_text(out, "null");
    else
        buf_int(out, u->authorised);
    member_int(out, "open", declared ? u->open : UNKNOWN);
    member_int(out, "occupied", declared ? u->occupied : UNKNOWN);
    member_int(out, "held", u->held);
    member_int(out, "closed", u->closed);
    member_int(out, "emergency_reserved", u->emergency_reserved);
    member_int(out, "emergency_used", u->emergency_used);
    member_int(out, "free", unit_free(u));
    member_int(out, "free_planned", unit_free_planned(u));
    buf_char(out, '}');
    member_text(out, "closed_reason", u->closed_reason);
    member_text(out, "reopens_on", u->reopens_on);
    member_text(out, "derogation", u->derogation);
    member_text(out, "derogation_by", u->derogation_by);
}

static void encode_unit(const struct unit *u, const struct version *v, enum view view,
                        struct buf *out)
{
    struct place place = {v->territory ? v->territory->code : NULL,
                          u->commune,
                          u->point,
                          u->public_point,
                          u->visibility,
                          false};
    member_text(out, "establishment", u->establishment);
    member_text(out, "establishment_name", u->establishment_name);
    member_text(out, "establishment_kind", u->establishment_kind);
    member_text(out, "name", u->name);
    encode_conditions(u, out);
    encode_place(&place, view, out);
    encode_capacity(u, out);
    buf_printf(out, ",\"ttl_s\":%lld", (long long)(u->ttl / USEC_S));
    member_instant(out, "observed_at", u->observed_at);
    member_instant(out, "recorded_at", u->recorded_at);
    member_text(out, "declared_by", u->declared_by);
    member_text(out, "channel", u->channel);
    member_instant(out, "fresh_until", unit_fresh_until(u));
    member_instant(out, "contested_at", u->contested_at);
    member_contact(out, u->contact_day, u->contact_night);
    if (u->fallback != NULL)
        member_text(out, "fallback", u->fallback);
}

static void encode_establishment(const struct establishment *e, const struct version *v,
                                 enum view view, struct buf *out)
{
    struct place place = {v->territory ? v->territory->code : NULL,
                          e->commune,
                          e->point,
                          e->public_point,
                          e->visibility,
                          e->precision != NULL && strcmp(e->precision, "commune") == 0};
    member_text(out, "name", e->name);
    member_text(out, "establishment_kind", e->kind);
    member_text(out, "finess", e->finess);
    member_text(out, "operator", e->operator_name);
    encode_place(&place, view, out);
    if (view == VIEW_PRECISE || e->visibility == VISIBILITY_EXACT)
        member_text(out, "address", e->address);
    member_contact(out, e->contact_day, e->contact_night);
}

void encode_version(const char *id, int64_t revision, const struct version *v, enum view view,
                    struct buf *out)
{
    buf_printf(out, "{\"kind\":\"%s\",\"id\":", record_kind_codes[version_scope(v).kind]);
    buf_json_text(out, id);
    buf_text(out, ",\"revision\":");
    buf_int(out, revision);
    if (v->unit != NULL)
        encode_unit(v->unit, v, view, out);
    else if (v->hold != NULL)
        hold_encode(v->hold, out);
    else if (v->request != NULL)
        request_encode(v->request, out);
    else if (v->movement != NULL)
        movement_encode(v->movement, out);
    else if (v->mission != NULL)
        mission_encode(v->mission, out);
    else if (v->calendar != NULL)
        calendar_encode(v->calendar, out);
    else if (v->rota != NULL)
        rota_encode(v->rota, out);
    else if (v->offer != NULL)
        offer_encode(v->offer, out);
    else
        encode_establishment(v->establishment, v, view, out);
    buf_char(out, '}');
}

span entry_json(struct entry *e, enum view view)
{
    struct buf *json = &e->json[view];
    if (json->n == 0)
        encode_version(e->id, e->revision, &e->version, view, json);
    if (json->failed)
        buf_free(json);
    return buf_span(json);
}

void entry_add_json(struct entry *e, enum view view, struct buf *out)
{
    span json = entry_json(e, view);
    if (json.n == 0)
        out->failed = true;
    buf_add(out, json);
}
