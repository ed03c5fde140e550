/* SPDX-License-Identifier: EUPL-1.2 */
/* Offers: places that have come free, kept for one waiting request: schema/0050_offer.sql and
 * 0051_offering.sql. */
#include "sim/model_offers.h"

#include <string.h>

#include "sim/model_holds.h"

#define OFFER_TIME (10 * USEC_MIN)

static bool is_offered(const json_t *offer)
{
    return strcmp(column_text(offer, "state"), "offered") == 0;
}

static bool is_text(const json_t *row, const char *name, const char *text)
{
    const char *its = column_text(row, name);
    return its != NULL && text != NULL && strcmp(its, text) == 0;
}

/* As if it were held. */
static void count_in(json_t *u, const json_t *offer)
{
    int64_t n = column_int(offer, "places");
    set_int(u, "held", column_int(u, "held") + n);
    if (json_is_true(column(offer, "emergency")))
        set_int(u, "held_emergency", column_int(u, "held_emergency") + n);
}

int64_t places_unoffered(const struct model *m, const char *unit, const char *but, bool emergency,
                         bool urgent)
{
    json_t *u = must(json_copy(row_find(m, TABLE_UNIT, unit))), *offer;
    const char *id;
    json_object_foreach (m->tables[TABLE_OFFER], id, offer)
        if (is_text(offer, "unit", unit) && is_offered(offer) &&
            column_int(offer, "offered_until") > m->at && !is_text(offer, "request", but) &&
            (json_is_true(column(offer, "emergency")) || !urgent))
            count_in(u, offer);
    int64_t free = places_free(u, emergency);
    json_decref(u);
    return free;
}

void offer_end(struct work *k, const char *id, const char *state, const char *code)
{
    json_t *offer = row_find(k->m, TABLE_OFFER, id);
    if (!is_offered(offer))
        return;
    set_text(offer, "state", state);
    set_text(offer, "code", code);
    set_int(offer, "ended_at", k->at);
    work_touch(k, TABLE_OFFER, id);
}

void offers_taken(struct work *k, const json_t *hold)
{
    const char *id;
    json_t *offer;
    json_object_foreach (k->m->tables[TABLE_OFFER], id, offer)
        if (is_text(offer, "request", column_text(hold, "request")) &&
            is_text(offer, "unit", column_text(hold, "unit")))
            offer_end(k, id, "taken", NULL);
}

/* The oldest active offer of a unit that comes after one; NULL: none. */
static const char *offer_after(const struct model *m, const char *unit, const char *last)
{
    const char *id, *first = NULL;
    json_t *offer;
    json_object_foreach (m->tables[TABLE_OFFER], id, offer) {
        if (!is_text(offer, "unit", unit) || !is_offered(offer))
            continue;
        const char *const beside[] = {last, first};
        int order[2] = {1, -1};
        for (int i = 0; i < 2; i++) {
            const json_t *other = row_find(m, TABLE_OFFER, beside[i]);
            int64_t later = column_int(offer, "offered_at") - column_int(other, "offered_at");
            if (other != NULL)
                order[i] = later != 0 ? (later > 0 ? 1 : -1) : strcmp(id, beside[i]);
        }
        if (order[0] > 0 && order[1] < 0)
            first = id;
    }
    return first;
}

/* Those of a unit that it has no room for any more: the oldest keep theirs as far as it goes. */
static void void_too_many(struct work *k, const char *unit)
{
    const json_t *row = row_find(k->m, TABLE_UNIT, unit);
    json_t *u = row != NULL ? must(json_copy((json_t *)row)) : NULL;
    const char *id = NULL, *next = offer_after(k->m, unit, NULL);
    while ((id = next) != NULL) {
        const json_t *offer = row_find(k->m, TABLE_OFFER, id);
        bool emergency = json_is_true(column(offer, "emergency"));
        next = offer_after(k->m, unit, id);
        if (u != NULL && column_int(offer, "places") <= places_free(u, emergency))
            count_in(u, offer);
        else
            offer_end(k, id, "void", "no_free_place");
    }
    json_decref(u);
}

static bool has_placed(const json_t *request, const json_t *children)
{
    for (size_t i = 0; i < json_array_size(children); i++)
        if (has_int(column(request, "placed"), json_integer_value(json_array_get(children, i))))
            return true;
    return false;
}

static void void_of_request(struct work *k, const char *request, const char *operation)
{
    const json_t *row = row_find(k->m, TABLE_REQUEST, request);
    const char *id;
    json_t *offer;
    json_object_foreach (k->m->tables[TABLE_OFFER], id, offer)
        if (is_text(offer, "request", request) &&
            (!is_text(row, "state", "open") || has_placed(row, column(offer, "children")) ||
             strcmp(operation, "request.update") == 0))
            offer_end(k, id, "void", "request_changed");
}

void offers_void(struct model *m, const struct command *c, const char *operation, json_t *parts)
{
    struct work k = work_begin(m, c->at, c->revision);
    size_t i;
    json_t *part;
    json_array_foreach (parts, i, part) {
        if (strcmp(column_text(part, "kind"), "request") == 0)
            void_of_request(&k, column_text(part, "id"), operation);
        else if (strcmp(column_text(part, "kind"), "unit") == 0)
            void_too_many(&k, column_text(part, "id"));
    }
    json_t *more = work_parts(&k);
    json_array_extend(parts, more);
    json_decref(more);
}

/* Whether there is an offer to the request: an active one of any unit, or one of this unit that
 * was let go. */
static bool has_offer(const struct model *m, const char *request, const char *unit)
{
    const char *id;
    json_t *offer;
    json_object_foreach (m->tables[TABLE_OFFER], id, offer)
        if (is_text(offer, "request", request) &&
            (unit == NULL ? is_offered(offer)
                          : is_text(offer, "unit", unit) &&
                                word_in("declined lapsed", column_text(offer, "state"))))
            return true;
    return false;
}

static struct verdict offer_refusal(const struct model *m, struct asked *a, const char *unit,
                                    const json_t *given)
{
    const json_t *u = row_find(m, TABLE_UNIT, unit);
    if (a->row == NULL || !is_text(a->row, "state", "open"))
        return verdict_invalid("/request", "request_not_open");
    if (has_offer(m, a->request, NULL))
        return verdict_invalid("/request", "has_offer");
    if (u == NULL ||
        strcmp(root_of(m, unit_home(m, u)), root_of(m, column_text(a->row, "origin"))) != 0)
        return verdict_refused("forbidden");
    if (has_offer(m, a->request, unit))
        return verdict_invalid("/unit", "already_offered");
    a->children = asked_children(a->row, given);
    if (already_asked(m, a, unit))
        return verdict_invalid("/unit", "already_asked");
    return asked_children_error(a);
}

static void offer_new(struct work *k, const struct asked *a, const char *unit)
{
    const json_t *u = row_find(k->m, TABLE_UNIT, unit);
    json_t *row = must(
        json_pack("{sssssOsssOsOsIsOsbsssnsIsIsn}", "request", a->request, "unit", unit,
                  "establishment", column(u, "establishment"), "territory", unit_home(k->m, u),
                  "origin", column(a->row, "origin"), "created_by", column(a->row, "created_by"),
                  "places", (json_int_t)a->places, "children", a->children, "emergency",
                  a->emergency, "state", "offered", "code", "offered_at", (json_int_t)k->at,
                  "offered_until", (json_int_t)k->at + OFFER_TIME, "ended_at"));
    char id[64];
    made_id(k->m, 'o', k->revision, 1, id);
    row_set(k->m, TABLE_OFFER, id, row);
    work_touch(k, TABLE_OFFER, id);
}

struct verdict offer_create(struct model *m, const struct command *c)
{
    struct asked a = {.request = column_text(c->params, "request")};
    const char *unit = column_text(c->params, "unit");
    a.row = row_find(m, TABLE_REQUEST, a.request);
    struct verdict v = offer_refusal(m, &a, unit, column(c->params, "children"));
    a.places = (int64_t)json_array_size(a.children);
    a.places = a.places > 0 ? a.places : 1;
    a.emergency = json_is_true(column(a.row, "emergency"));
    if (v.type == NULL && a.places > places_unoffered(m, unit, NULL, a.emergency, false))
        v = verdict_refused("no_free_place");
    if (v.type == NULL) {
        struct work k = work_begin(m, c->at, c->revision);
        offer_new(&k, &a, unit);
        v = verdict_done(work_parts(&k));
    }
    asked_clear(&a);
    return v;
}

struct verdict request_decline(struct model *m, const struct command *c)
{
    const char *request = column_text(c->params, "request"), *id = column_text(c->params, "offer");
    const json_t *offer = row_find(m, TABLE_OFFER, id);
    if (!is_holder(m, c, row_find(m, TABLE_REQUEST, request)))
        return verdict_refused("forbidden");
    if (offer == NULL || !is_text(offer, "request", request) || !is_offered(offer) ||
        column_int(offer, "offered_until") <= c->at)
        return verdict_invalid("/offer", "offer_not_active");
    struct work k = work_begin(m, c->at, c->revision);
    offer_end(&k, id, "declined", NULL);
    return verdict_done(work_parts(&k));
}
