/* SPDX-License-Identifier: EUPL-1.2 */
#include "sim/model_decisions.h"

#include <stdlib.h>
#include <string.h>

#include "sim/model_missions.h"
#include "sim/model_movements.h"

struct work work_begin(struct model *m, usec_t at, int64_t revision)
{
    m->nothing_due = 0;
    return (struct work){m, at, revision, must(json_object()), must(json_object())};
}

static const char *key_of(enum table table, const char *id, char *key, size_t room)
{
    snprintf(key, room, "%s %s", table_kinds[table], id);
    return key;
}

static void add(struct work *k, enum table table, const char *id, json_t *part)
{
    char key[100];
    json_object_set_new(k->touched, key_of(table, id, key, sizeof key),
                        must(json_pack("[iso]", (int)table, id, must(part))));
}

void work_before(struct work *k, enum table table, const char *id)
{
    char key[100];
    json_object_set_new(k->before, key_of(table, id, key, sizeof key),
                        must(record_part(k->m, table, id)));
}

void work_touch(struct work *k, enum table table, const char *id)
{
    set_int(row_find(k->m, table, id), "revision", k->revision);
    add(k, table, id, json_null());
}

void work_delete(struct work *k, enum table table, const char *id)
{
    json_t *part = must(record_part(k->m, table, id));
    json_object_set_new(part, "departed", record_scope(part));
    json_object_set_new(part, "state", json_null());
    add(k, table, id, part);
    json_object_del(k->m->tables[table], id);
}

/* The record as it is now, with whom it has left. */
static json_t *part_now(const struct work *k, const char *key, const json_t *entry)
{
    enum table table = (enum table)json_integer_value(json_array_get(entry, 0));
    json_t *part = must(record_part(k->m, table, json_string_value(json_array_get(entry, 1))));
    const json_t *before = json_object_get(k->before, key);
    json_t *is = record_scope(part), *was = before != NULL ? record_scope(before) : NULL;
    if (was != NULL && !json_equal(is, was))
        json_object_set(part, "departed", was);
    json_decref(is);
    json_decref(was);
    return part;
}

json_t *work_parts(struct work *k)
{
    json_t *parts = must(json_array());
    const char *key;
    json_t *entry;
    json_object_foreach (k->touched, key, entry) {
        json_t *part = json_array_get(entry, 2);
        if (json_is_null(part))
            json_array_append_new(parts, part_now(k, key, entry));
        else
            json_array_append(parts, part);
    }
    json_decref(k->touched);
    json_decref(k->before);
    *k = (struct work){0};
    return parts;
}

/* rights */

bool below(const struct model *m, const char *territory, const json_t *roots)
{
    while (territory != NULL) {
        if (has_text(roots, territory))
            return true;
        territory = column_text(row_find(m, TABLE_TERRITORY, territory), "parent");
    }
    return false;
}

const char *root_of(const struct model *m, const char *territory)
{
    const char *above = territory;
    while (above != NULL) {
        territory = above;
        above = column_text(row_find(m, TABLE_TERRITORY, territory), "parent");
    }
    return territory;
}

bool in_departement(const struct model *m, const struct command *c, const char *territory)
{
    const char *root = root_of(m, territory);
    if (is_role(c, "admin"))
        return root != NULL;
    for (size_t i = 0; root != NULL && i < json_array_size(c->territories); i++)
        if (strcmp(root, root_of(m, json_string_value(json_array_get(c->territories, i)))) == 0)
            return true;
    return false;
}

bool is_itself(const struct command *c, const char *account)
{
    return strcmp(c->account, account) == 0 ||
           (c->acts_for != NULL && strcmp(c->acts_for, account) == 0);
}

bool is_role(const struct command *c, const char *role)
{
    return strcmp(c->role, role) == 0;
}

bool is_holder(const struct model *m, const struct command *c, const json_t *record)
{
    const char *origin = column_text(record, "origin");
    if (record == NULL)
        return false;
    if (is_role(c, "admin") || is_itself(c, column_text(record, "created_by")))
        return true;
    if (is_role(c, "territory"))
        return below(m, origin, c->territories);
    return (is_role(c, "astreinte") || is_role(c, "def")) && in_departement(m, c, origin);
}

/* units */

const char *unit_home(const struct model *m, const json_t *u)
{
    const json_t *e = row_find(m, TABLE_ESTABLISHMENT, column_text(u, "establishment"));
    return json_string_value(either(column(u, "territory"), column(e, "territory")));
}

int64_t places_free(const json_t *u, bool emergency)
{
    if (column_null(u, "open"))
        return -1;
    int64_t free = column_int(u, "open") - column_int(u, "occupied") - column_int(u, "held");
    int64_t kept = column_int(u, "emergency_reserved") - column_int(u, "emergency_used") -
                   column_int(u, "held_emergency");
    free = free > 0 ? free : 0;
    if (emergency || kept <= 0)
        return free;
    return free > kept ? free - kept : 0;
}

bool unit_is_stale(const struct model *m, const json_t *u, usec_t now)
{
    const json_t *e = row_find(m, TABLE_ESTABLISHMENT, column_text(u, "establishment"));
    const json_t *k = row_find(m, TABLE_ESTABLISHMENT_KIND, column_text(e, "establishment_kind"));
    int64_t ttl = json_integer_value(either(column(u, "ttl_s"), column(k, "ttl_s")));
    return !column_null(u, "contested_at") || column_int(u, "observed_at") + ttl * USEC_S <= now;
}

void unit_hold(struct work *k, const json_t *hold, int sign)
{
    const char *id = column_text(hold, "unit");
    json_t *u = row_find(k->m, TABLE_UNIT, id);
    int64_t n = sign * column_int(hold, "places");
    set_int(u, "held", column_int(u, "held") + n);
    if (json_is_true(column(hold, "emergency")))
        set_int(u, "held_emergency", column_int(u, "held_emergency") + n);
    work_touch(k, TABLE_UNIT, id);
}

/* holds */

bool hold_is(const json_t *hold, const char *state)
{
    return strcmp(column_text(hold, "state"), state) == 0;
}

bool hold_keeps_places(const json_t *hold)
{
    return hold_is(hold, "held") || hold_is(hold, "accepted");
}

void hold_end(struct work *k, const char *id, const char *state, json_t *code)
{
    json_t *hold = row_find(k->m, TABLE_HOLD, id);
    if (k->m->fault != FAULT_DRIFT || strcmp(state, "expired") != 0)
        unit_hold(k, hold, -1);
    set_text(hold, "state", state);
    set_int(hold, "ended_at", k->at);
    json_object_set(hold, "code", code != NULL ? code : json_null());
    json_object_set_new(hold, "place", json_null());
    work_touch(k, TABLE_HOLD, id);
}

void hold_arrived(struct work *k, const struct command *c, const char *id)
{
    json_t *hold = row_find(k->m, TABLE_HOLD, id);
    const char *of = column_text(hold, "request");
    json_t *request = row_find(k->m, TABLE_REQUEST, of);
    set_text(hold, "state", "arrived");
    set_int(hold, "ended_at", k->at);
    work_touch(k, TABLE_HOLD, id);
    mission_follows_end(k, c, id);
    stay_follows_arrival(k, c, id);
    if (request == NULL)
        return;
    json_object_set_new(request, "arrived",
                        indexes_with(column(request, "arrived"), column(hold, "children")));
    if (request_has_all(request, "arrived")) {
        set_text(request, "state", "closed");
        set_text(request, "code", "arrived");
        set_int(request, "closed_at", k->at);
    }
    work_touch(k, TABLE_REQUEST, of);
}

/* rows */

void set_text(json_t *row, const char *name, const char *text)
{
    json_object_set_new(row, name, text != NULL ? must(json_string(text)) : json_null());
}

void set_int(json_t *row, const char *name, int64_t value)
{
    json_object_set_new(row, name, must(json_integer(value)));
}

bool has_int(const json_t *array, int64_t value)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (json_integer_value(json_array_get(array, i)) == value)
            return true;
    return false;
}

json_t *indexes_with(const json_t *these, const json_t *and_those)
{
    json_t *sum = must(json_array());
    for (int i = 0; i < CHILDREN_MAX; i++)
        if (has_int(these, i) || has_int(and_those, i))
            json_array_append_new(sum, must(json_integer(i)));
    return sum;
}

json_t *indexes_without(const json_t *these, const json_t *those)
{
    json_t *rest = must(json_array());
    for (int i = 0; i < CHILDREN_MAX; i++)
        if (has_int(these, i) && !has_int(those, i))
            json_array_append_new(rest, must(json_integer(i)));
    return rest;
}

bool request_has_all(const json_t *request, const char *set)
{
    size_t n = json_array_size(column(request, "children"));
    for (size_t i = 0; i < n; i++)
        if (!has_int(column(request, set), (int64_t)i))
            return false;
    return true;
}

char *must_text(const char *text)
{
    char *copy = strdup(text);
    if (copy == NULL)
        out_of_memory();
    return copy;
}

void made_id(const struct model *m, char letter, int64_t revision, int n, char ret_id[static 64])
{
    int end = snprintf(ret_id, 64, "%c-%.6s-%lld", letter, m->epoch, (long long)revision);
    if (n > 1)
        snprintf(ret_id + end, 64 - (size_t)end, "-%d", n);
}

json_t *parent_of(const json_t *given)
{
    if (!json_is_object(given))
        return json_null();
    return must(json_pack("{sb}", "pregnant", json_is_true(column(given, "pregnant"))));
}

json_t *children_of(const json_t *given)
{
    json_t *children = must(json_array());
    for (size_t i = 0; i < json_array_size(given); i++) {
        const json_t *child = json_array_get(given, i);
        json_array_append_new(children,
                              must(json_pack("{sOsO}", "age_months", column(child, "age_months"),
                                             "sex", column(child, "sex"))));
    }
    return children;
}
