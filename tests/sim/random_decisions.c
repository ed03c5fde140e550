/* SPDX-License-Identifier: EUPL-1.2 */
/* Params for the operations on requests and holds: about those that there are. */
#include <string.h>

#include "sim/random_params.h"

/* A record of a table in one of some states (NULL: any), or one that there never was. */
const char *some_record(struct random_commands *r, enum table table, const char *states)
{
    static const char *const none[TABLE_COUNT] = {[TABLE_HOLD] = "h-none-1",
                                                  [TABLE_MISSION] = "m-none-1",
                                                  [TABLE_OFFER] = "o-none-1",
                                                  [TABLE_MOVEMENT] = "v-none-1",
                                                  [TABLE_REQUEST] = "r-none-1"};
    const char *id, *chosen = none[table];
    json_t *row;
    uint32_t n = 0;
    if (r->model == NULL || chance(r, 2))
        return chosen;
    bool any = states == NULL || chance(r, 12);
    json_object_foreach (r->model->tables[table], id, row)
        if ((any || word_in(states, column_text(row, "state"))) && dice_roll(&r->dice, ++n) == 0)
            chosen = id;
    return chosen;
}

static json_t *row_of(const struct random_commands *r, enum table table, const char *id)
{
    return r->model != NULL ? row_find(r->model, table, id) : NULL;
}

json_t *random_arrivals(struct random_commands *r, const char **ret_unit)
{
    json_t *holds = must(json_array());
    const char *first = some_record(r, TABLE_HOLD, "accepted"), *id;
    const char *unit = column_text(row_of(r, TABLE_HOLD, first), "unit");
    json_t *row;
    if (unit != NULL)
        *ret_unit = unit;
    json_array_append_new(holds, must(json_string(first)));
    if (r->model != NULL && unit != NULL && chance(r, 40))
        json_object_foreach (r->model->tables[TABLE_HOLD], id, row)
            if (strcmp(column_text(row, "unit"), unit) == 0 && chance(r, 60) &&
                strcmp(column_text(row, "state"), "accepted") == 0 && json_array_size(holds) < 9)
                json_array_append_new(holds, must(json_string(id)));
    return holds;
}

static json_t *children(struct random_commands *r, uint32_t most)
{
    static const char *const sexes[] = {"F", "M", "X"};
    json_t *array = must(json_array());
    for (uint32_t i = dice_roll(&r->dice, most + 1); i > 0; i--) {
        json_t *child = must(json_object());
        if (chance(r, 80))
            set_int(child, "age_months", chance(r, 97) ? between(r, 0, 216) : 1201);
        if (chance(r, 80))
            set_text(child, "sex", PICK_WELL(r, sexes));
        if (chance(r, 1))
            set_int(child, "colour", 1);
        json_array_append_new(array, chance(r, 99) ? child : json_integer(1));
        if (json_array_get(array, json_array_size(array) - 1) != child)
            json_decref(child);
    }
    return array;
}

static void maybe_parent(struct random_commands *r, json_t *p, unsigned percent)
{
    if (!chance(r, percent))
        return;
    json_t *parent = must(json_object());
    if (chance(r, 60))
        json_object_set_new(parent, "pregnant", json_boolean(chance(r, 50)));
    json_object_set_new(p, "parent", parent);
}

static void maybe_flag(struct random_commands *r, json_t *p, const char *name, unsigned percent)
{
    if (chance(r, percent))
        json_object_set_new(p, name, json_boolean(chance(r, 50)));
}

static void maybe_codes(struct random_commands *r, json_t *p, const char *name,
                        const char *const *list, uint32_t n)
{
    if (!chance(r, 30))
        return;
    json_t *codes = must(json_array());
    for (uint32_t i = dice_roll(&r->dice, 4); i > 0; i--)
        json_array_append_new(
            codes, must(json_string(list[dice_roll(&r->dice, chance(r, 97) ? n - 1 : n)])));
    json_object_set_new(p, name, codes);
}

static void maybe_from(struct random_commands *r, json_t *p)
{
    if (!chance(r, 40))
        return;
    json_t *from = must(json_object());
    bool commune = chance(r, 50);
    if (commune || chance(r, 5))
        set_text(from, "commune", chance(r, 97) ? PICK(r, world_communes) : "00000");
    if ((!commune && chance(r, 90)) || chance(r, 5))
        set_text(from, "territory", chance(r, 97) ? PICK(r, world_territories) : "nowhere");
    json_object_set_new(p, "from", from);
}

/* What an update may have too. */
static void describe(struct random_commands *r, json_t *p)
{
    static const char *const modalities[] = {"urgence", "internat", "familial", "nonsense"};
    static const char *const needs[] = {"mna", "complex", "pregnant", "disability", "nonsense"};
    static const char *const frames[] = {"opp", "tutelle", "other", "nonsense"};
    static const char *const references[] = {"A-1", "2026-31", "B", "-", "a1", "A1 B"};
    maybe_flag(r, p, "together", 30);
    maybe_flag(r, p, "emergency", 50);
    maybe_codes(r, p, "modality", modalities, ARRAY_LENGTH(modalities));
    maybe_codes(r, p, "needs", needs, ARRAY_LENGTH(needs));
    maybe_from(r, p);
    if (chance(r, 30))
        set_text(p, "legal_frame", PICK_WELL(r, frames));
    if (chance(r, 20))
        set_int(p, "max_km", chance(r, 95) ? between(r, 1, 2000) : 2001);
    random_span(r, p);
    if (chance(r, 20))
        set_text(p, "reference", references[dice_roll(&r->dice, chance(r, 85) ? 2 : 6)]);
}

json_t *random_request_open(struct random_commands *r)
{
    json_t *p = must(json_object());
    if (chance(r, 95))
        json_object_set_new(p, "children", children(r, chance(r, 3) ? 11 : 3));
    maybe_parent(r, p, 20);
    describe(r, p);
    if (chance(r, 30))
        set_int(p, "decided_at", r->latest + (chance(r, 10) ? 121 : -between(r, 0, 4000)) * USEC_S);
    return p;
}

/* Usually not what is given too. */
static void maybe_clear(struct random_commands *r, json_t *p)
{
    static const char *const members[] = {"reference",    "parent", "legal_frame",
                                          "from",         "max_km", "wanted_on",
                                          "wanted_until", "days",   "needs"};
    json_t *names = must(json_array());
    for (uint32_t i = chance(r, 40) ? 1 + dice_roll(&r->dice, 2) : 0; i > 0; i--) {
        const char *name = PICK_WELL(r, members);
        if (chance(r, 90))
            json_object_del(p, name);
        json_array_append_new(names, must(json_string(name)));
    }
    if (json_array_size(names) > 0)
        json_object_set(p, "clear", names);
    json_decref(names);
}

json_t *random_request_update(struct random_commands *r)
{
    json_t *p = must(json_object());
    set_text(p, "request", some_record(r, TABLE_REQUEST, "open"));
    if (chance(r, 30))
        json_object_set_new(p, "children", children(r, 3));
    maybe_parent(r, p, 10);
    describe(r, p);
    maybe_clear(r, p);
    return p;
}

json_t *random_request_close(struct random_commands *r)
{
    static const char *const codes[] = {"majority", "placed_elsewhere", "other", "arrived"};
    json_t *p = must(json_object());
    set_text(p, "request", some_record(r, TABLE_REQUEST, "open placed"));
    set_text(p, "code", PICK_WELL(r, codes));
    return p;
}

/* One that can be asked, if there is one. */
static const char *some_unit(struct random_commands *r)
{
    const char *id, *chosen = chance(r, 90) ? PICK(r, world_units) : "u-none";
    json_t *row;
    uint32_t n = 0;
    if (r->model != NULL && chance(r, 85))
        json_object_foreach (r->model->tables[TABLE_UNIT], id, row)
            if (column_int(row, "open") - column_int(row, "occupied") > column_int(row, "held") &&
                dice_roll(&r->dice, ++n) == 0)
                chosen = id;
    return chosen;
}

static void add_units(struct random_commands *r, json_t *p)
{
    json_t *units = must(json_array());
    if (chance(r, 60)) {
        json_decref(units);
        set_text(p, "unit", some_unit(r));
        return;
    }
    uint32_t n = chance(r, 95) ? 1 + dice_roll(&r->dice, 4) : dice_roll(&r->dice, 10);
    for (uint32_t i = 0; i < n; i++) {
        const char *unit = some_unit(r);
        if (!has_text(units, unit) || chance(r, 2))
            json_array_append_new(units, must(json_string(unit)));
    }
    json_object_set_new(p, "units", units);
    if (chance(r, 3))
        set_text(p, "unit", PICK(r, world_units));
}

static void add_indexes(struct random_commands *r, json_t *p)
{
    json_t *indexes = must(json_array());
    for (uint32_t i = dice_roll(&r->dice, 3); i > 0; i--)
        json_array_append_new(
            indexes, must(json_integer((json_int_t)dice_roll(&r->dice, chance(r, 95) ? 3 : 12))));
    json_object_set_new(p, "children", indexes);
}

json_t *random_offer_create(struct random_commands *r)
{
    json_t *p = must(json_object());
    const json_t *offer = /* that was let go: once more */
        chance(r, 10) ? row_of(r, TABLE_OFFER, some_record(r, TABLE_OFFER, "declined lapsed"))
                      : NULL;
    set_text(p, "request",
             offer != NULL ? column_text(offer, "request") : some_record(r, TABLE_REQUEST, "open"));
    set_text(p, "unit", offer != NULL ? column_text(offer, "unit") : some_unit(r));
    if (chance(r, 20))
        add_indexes(r, p);
    return p;
}

json_t *random_decline(struct random_commands *r)
{
    json_t *p = must(json_object());
    const char *offer = some_record(r, TABLE_OFFER, "offered");
    const char *request = column_text(row_of(r, TABLE_OFFER, offer), "request");
    set_text(p, "request",
             request != NULL && chance(r, 95) ? request : some_record(r, TABLE_REQUEST, NULL));
    set_text(p, "offer", offer);
    return p;
}

json_t *random_hold_create(struct random_commands *r)
{
    static const char *const needs[] = {"mna", "complex", "nonsense"};
    json_t *p = must(json_object());
    bool request = chance(r, 75);
    const json_t *offer =
        chance(r, 20) ? row_of(r, TABLE_OFFER, some_record(r, TABLE_OFFER, "offered")) : NULL;
    if (offer != NULL) /* by whom it was offered to, or by another */
        set_text(p, "unit", column_text(offer, "unit"));
    else
        add_units(r, p);
    if (offer != NULL && request && chance(r, 60))
        set_text(p, "request", column_text(offer, "request"));
    else if (request || chance(r, 3))
        set_text(p, "request", some_record(r, TABLE_REQUEST, "open"));
    if (!request && chance(r, 97)) {
        json_t *need = must(json_object());
        json_object_set_new(need, "children", children(r, 2));
        maybe_parent(r, need, 20);
        maybe_codes(r, need, "needs", needs, ARRAY_LENGTH(needs));
        json_object_set_new(p, "need", need);
    }
    if (chance(r, request ? 30 : 2))
        add_indexes(r, p);
    if (chance(r, 15))
        set_int(p, "places", chance(r, 90) ? between(r, 1, 4) : between(r, 0, 100));
    maybe_flag(r, p, "emergency", 40);
    if (chance(r, 60))
        set_int(p, "minutes", chance(r, 95) ? between(r, 1, 5) : between(r, 0, 241));
    return p;
}

static json_t *hold_named(struct random_commands *r, const char *states)
{
    json_t *p = must(json_object());
    set_text(p, "hold", some_record(r, TABLE_HOLD, states));
    return p;
}

json_t *random_hold_accept(struct random_commands *r)
{
    json_t *p = hold_named(r, "held");
    if (chance(r, 40))
        set_int(p, "arrive_by",
                r->latest +
                    (chance(r, 92) ? between(r, 1, 4000) : between(r, -9, 1) * 86400) * USEC_S);
    else if (chance(r, 3))
        set_int(p, "arrive_by", r->latest + 8 * 24 * USEC_HOUR);
    return p;
}

json_t *random_hold_refuse(struct random_commands *r)
{
    static const char *const codes[] = {"full", "staff", "age", "no_show"};
    json_t *p = hold_named(r, "held");
    set_text(p, "code", PICK_WELL(r, codes));
    return p;
}

json_t *random_hold_release(struct random_commands *r)
{
    return hold_named(r, "held");
}

json_t *random_hold_extend(struct random_commands *r)
{
    json_t *p = hold_named(r, "held");
    if (chance(r, 70))
        set_int(p, "minutes", chance(r, 95) ? between(r, 1, 5) : between(r, 0, 241));
    return p;
}

json_t *random_hold_withdraw(struct random_commands *r)
{
    static const char *const codes[] = {"no_show", "runaway", "other", "full"};
    json_t *p = hold_named(r, "accepted");
    set_text(p, "code", PICK_WELL(r, codes));
    return p;
}

json_t *random_hold_arrive(struct random_commands *r)
{
    json_t *p = hold_named(r, "accepted");
    if (chance(r, 30))
        set_int(p, "observed_at",
                r->latest + (chance(r, 10) ? 125 : -between(r, 0, 4000)) * USEC_S);
    return p;
}

json_t *random_hold_policy(struct random_commands *r)
{
    static const char *const ends[] = {"release", "escalate", "escalate", "nonsense"};
    json_t *p = must(json_object());
    set_text(p, "unit", PICK(r, world_units));
    set_int(p, "minutes", chance(r, 97) ? between(r, 1, 4) : between(r, 0, 1441));
    set_text(p, "end", PICK_WELL(r, ends));
    return p;
}
