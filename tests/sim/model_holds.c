/* SPDX-License-Identifier: EUPL-1.2 */
/* hold.create and hold_policy.put: places of a unit kept for a while. */
#include <string.h>

#include "sim/model_holds.h"
#include "sim/model_offers.h"

#define MINUTES_DEFAULT 45

void asked_clear(struct asked *a)
{
    json_decref(a->children);
    json_decref(a->profile);
    json_decref(a->parent);
    json_decref(a->needs);
}

json_t *asked_children(const json_t *request, const json_t *given)
{
    json_t *unplaced = must(json_array());
    if (!json_is_null(given)) {
        json_decref(unplaced);
        return must(json_deep_copy(given));
    }
    for (size_t i = 0; i < json_array_size(column(request, "children")); i++)
        if (!has_int(column(request, "placed"), (int64_t)i))
            json_array_append_new(unplaced, must(json_integer((json_int_t)i)));
    return unplaced;
}

static bool is_before(const json_t *array, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (json_equal(json_array_get(array, j), json_array_get(array, i)))
            return true;
    return false;
}

struct verdict asked_children_error(const struct asked *a)
{
    const json_t *all = column(a->row, "children");
    char pointer[40];
    if (json_array_size(a->children) == 0 && json_array_size(all) > 0)
        return verdict_invalid("/children", "required");
    for (size_t i = 0; i < json_array_size(a->children); i++) {
        int64_t child = json_integer_value(json_array_get(a->children, i));
        snprintf(pointer, sizeof pointer, "/children/%zu", i);
        if (child >= (int64_t)json_array_size(all))
            return verdict_invalid(pointer, "out_of_range");
        if (is_before(a->children, i))
            return verdict_invalid(pointer, "twice");
        if (has_int(column(a->row, "placed"), child))
            return verdict_invalid(pointer, "already_placed");
    }
    return (struct verdict){0};
}

static json_t *profile_of(const struct asked *a)
{
    json_t *profile = must(json_array());
    for (size_t i = 0; i < json_array_size(a->children); i++) {
        json_int_t child = json_integer_value(json_array_get(a->children, i));
        json_array_append(profile, json_array_get(column(a->row, "children"), (size_t)child));
    }
    return profile;
}

static struct verdict ask_for_request(const struct model *m, const struct command *c,
                                      struct asked *a)
{
    a->request = column_text(c->params, "request");
    a->row = row_find(m, TABLE_REQUEST, a->request);
    if (!is_holder(m, c, a->row))
        return verdict_refused("forbidden");
    if (strcmp(column_text(a->row, "state"), "open") != 0)
        return verdict_invalid("/request", "request_not_open");
    a->parent = json_incref(column(a->row, "parent"));
    a->needs = json_incref(column(a->row, "needs"));
    a->origin = column(a->row, "origin");
    a->emergency = json_is_true(column(a->row, "emergency"));
    a->children = asked_children(a->row, column(c->params, "children"));
    struct verdict v = asked_children_error(a);
    if (v.type == NULL)
        a->profile = profile_of(a);
    return v;
}

static struct verdict ask_for_need(const struct command *c, struct asked *a)
{
    const json_t *need = column(c->params, "need");
    a->children = must(json_array());
    a->profile = children_of(column(need, "children"));
    a->parent = parent_of(column(need, "parent"));
    a->needs = text_set(column(need, "needs"));
    a->origin = json_array_get(c->territories, 0);
    if (json_array_size(a->profile) == 0 && json_is_null(a->parent))
        return verdict_invalid("/need/children", "required");
    return (struct verdict){0};
}

/* What the command must say whatever there is. */
static struct verdict form_error(const json_t *p)
{
    const json_t *units = column(p, "units");
    char pointer[40];
    if (column_null(p, "unit") == json_is_null(units))
        return verdict_invalid("/unit", "exactly_one");
    for (size_t i = 0; i < json_array_size(units); i++)
        for (size_t j = 0; j < i; j++)
            if (json_equal(json_array_get(units, i), json_array_get(units, j))) {
                snprintf(pointer, sizeof pointer, "/units/%zu", i);
                return verdict_invalid(pointer, "twice");
            }
    if (column_null(p, "request") == column_null(p, "need"))
        return verdict_invalid("/request", "exactly_one");
    if (!column_null(p, "need") && !column_null(p, "children"))
        return verdict_invalid("/children", "only_with_request");
    return (struct verdict){0};
}

static struct verdict ask(const struct model *m, const struct command *c, struct asked *a)
{
    const json_t *p = c->params;
    struct verdict v = form_error(p);
    if (v.type == NULL)
        v = column_null(p, "need") ? ask_for_request(m, c, a) : ask_for_need(c, a);
    if (v.type != NULL)
        return v;
    int64_t children = (int64_t)json_array_size(a->profile);
    a->places = column_null(p, "places") ? (children > 0 ? children : 1) : column_int(p, "places");
    if (a->places < children)
        return verdict_invalid("/places", "fewer_than_children");
    if (!column_null(p, "emergency"))
        a->emergency = json_is_true(column(p, "emergency"));
    return v;
}

bool already_asked(const struct model *m, const struct asked *a, const char *unit)
{
    const char *id;
    json_t *hold;
    json_object_foreach (m->tables[TABLE_HOLD], id, hold) {
        const char *of = column_text(hold, "request");
        if (of == NULL || a->request == NULL || strcmp(of, a->request) != 0 ||
            strcmp(column_text(hold, "unit"), unit) != 0 || !hold_keeps_places(hold))
            continue;
        if (json_array_size(a->children) == 0)
            return true;
        for (size_t i = 0; i < json_array_size(a->children); i++)
            if (has_int(column(hold, "children"),
                        json_integer_value(json_array_get(a->children, i))))
                return true;
    }
    return false;
}

/* Why the unit cannot be held; NULL: it can. Not free for this one is what is offered to others. */
static const char *unit_refusal(const struct model *m, const struct command *c,
                                const struct asked *a, const char *unit)
{
    const json_t *u = row_find(m, TABLE_UNIT, unit);
    if (u == NULL || !in_departement(m, c, unit_home(m, u)))
        return "forbidden";
    if (already_asked(m, a, unit))
        return "already_asked";
    int64_t free = places_free(u, a->emergency);
    if (m->fault == FAULT_NO_LOCK)
        free += column_int(u, "held");
    if (a->places > free)
        return "no_free_place";
    if (m->fault == FAULT_NO_LOCK || m->fault == FAULT_OFFER_TWICE)
        return NULL;
    return a->places > places_unoffered(m, unit, a->request, a->emergency, a->emergency)
               ? "offered_to_another"
               : NULL;
}

/* What a refusal is called in a reply: new. */
static json_t *refused_as(const char *unit, const char *why)
{
    if (strcmp(why, "offered_to_another") == 0)
        return must(json_pack("{ssssss}", "unit", unit, "type", "no_free_place", "detail", why));
    return must(json_pack("{ssss}", "unit", unit, "type", why));
}

static usec_t hold_until(const struct model *m, const struct command *c, const char *unit)
{
    int64_t minutes = column_int(row_find(m, TABLE_HOLD_POLICY, unit), "minutes");
    if (!column_null(c->params, "minutes"))
        minutes = column_int(c->params, "minutes");
    return c->at + (minutes > 0 ? minutes : MINUTES_DEFAULT) * USEC_MIN;
}

static void hold_new(struct work *k, const struct command *c, const struct asked *a,
                     const char *unit, const char *id)
{
    static const char *const nulls[] = {"code",      "answered_by", "answered_at",
                                        "arrive_by", "ended_at",    "place"};
    const json_t *u = row_find(k->m, TABLE_UNIT, unit);
    json_t *home = must(json_string(unit_home(k->m, u)));
    json_t *row =
        must(json_pack("{sOsOsOsOsOsbsIsIsi}", "children", a->children, "profile", a->profile,
                       "parent", a->parent, "needs", a->needs, "origin",
                       a->origin != NULL ? a->origin : home, "emergency", a->emergency, "places",
                       (json_int_t)a->places, "created_at", (json_int_t)c->at, "extensions", 0));
    set_text(row, "unit", unit);
    json_object_set(row, "establishment", column(u, "establishment"));
    json_object_set_new(row, "territory", home);
    set_text(row, "request", a->request);
    set_text(row, "state", "held");
    set_text(row, "created_by", c->account);
    set_int(row, "held_until", hold_until(k->m, c, unit));
    json_object_set_new(row, "escalated", json_false());
    json_object_set_new(row, "overdue", json_false());
    json_object_set_new(row, "stale_unit", json_boolean(unit_is_stale(k->m, u, c->at)));
    for (size_t i = 0; i < ARRAY_LENGTH(nulls); i++)
        json_object_set_new(row, nulls[i], json_null());
    row_set(k->m, TABLE_HOLD, id, row);
    unit_hold(k, row, 1);
    work_touch(k, TABLE_HOLD, id);
    offers_taken(k, row);
}

/* The answer when no unit could be held. */
static struct verdict all_refused(const struct command *c, const json_t *refused)
{
    bool full = false, forbidden = false, offered = true;
    size_t i;
    json_t *r;
    json_array_foreach (refused, i, r) {
        if (strcmp(column_text(r, "type"), "no_free_place") == 0) {
            full = true;
            offered &= !column_null(r, "detail");
        }
        forbidden |= strcmp(column_text(r, "type"), "forbidden") == 0;
    }
    struct verdict v = verdict_refused(full ? "no_free_place" : "forbidden");
    v.detail = full && offered ? "offered_to_another" : NULL;
    if (full || forbidden)
        return v;
    return verdict_invalid(column_null(c->params, "unit") ? "/units" : "/unit", "already_asked");
}

static struct verdict hold_units(struct model *m, const struct command *c, const struct asked *a,
                                 const json_t *units)
{
    struct work k = work_begin(m, c->at, c->revision);
    json_t *holds = must(json_array()), *refused = must(json_array());
    struct verdict v;
    size_t i;
    json_t *unit;
    json_array_foreach ((json_t *)units, i, unit) {
        const char *u = json_string_value(unit), *why = unit_refusal(m, c, a, u);
        char id[64];
        if (why != NULL) {
            json_array_append_new(refused, refused_as(u, why));
            continue;
        }
        made_id(m, 'h', c->revision, (int)json_array_size(holds) + 1, id);
        hold_new(&k, c, a, u, id);
        json_array_append_new(holds, must(json_string(id)));
    }
    json_t *parts = work_parts(&k);
    if (json_array_size(holds) > 0) {
        v = verdict_done(json_incref(parts));
        v.answer = must(json_pack("{sOsO}", "holds", holds, "refused", refused));
    } else {
        v = all_refused(c, refused);
    }
    json_decref(parts);
    json_decref(holds);
    json_decref(refused);
    return v;
}

struct verdict hold_create(struct model *m, const struct command *c)
{
    struct asked a = {0};
    struct verdict v = ask(m, c, &a);
    if (v.type == NULL) {
        const json_t *units = column(c->params, "units");
        json_t *one = must(json_pack("[O]", column(c->params, "unit")));
        v = hold_units(m, c, &a, json_is_array(units) ? units : one);
        json_decref(one);
    }
    asked_clear(&a);
    return v;
}

struct verdict hold_policy_put(struct model *m, const struct command *c)
{
    const char *unit = column_text(c->params, "unit");
    if (unit_in_scope(m, c) == NULL)
        return verdict_refused("forbidden");
    json_t *row = must(json_pack("{sOsO}", "minutes", column(c->params, "minutes"), "end",
                                 column(c->params, "end")));
    const json_t *old = row_find(m, TABLE_HOLD_POLICY, unit);
    json_object_set(row, "revision", column(old, "revision"));
    if (old != NULL && json_equal(old, row)) {
        json_decref(row);
        return verdict_done(NULL);
    }
    row_set(m, TABLE_HOLD_POLICY, unit, row);
    struct work k = work_begin(m, c->at, c->revision);
    work_touch(&k, TABLE_HOLD_POLICY, unit);
    return verdict_done(work_parts(&k));
}
