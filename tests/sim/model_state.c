/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows and the records they make, as the views of schema/0005_record.sql show them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/model_missions.h"

const char *const table_kinds[TABLE_COUNT] = {
    [TABLE_TERRITORY] = "territory",
    [TABLE_COMMUNE] = "commune",
    [TABLE_ESTABLISHMENT_KIND] = "establishment_kind",
    [TABLE_ESTABLISHMENT] = "establishment",
    [TABLE_UNIT] = "unit",
    [TABLE_ACCOUNT] = "account",
    [TABLE_CREDENTIAL] = "credential",
    [TABLE_REQUEST] = "request",
    [TABLE_HOLD] = "hold",
    [TABLE_HOLD_POLICY] = "hold_policy",
    [TABLE_CALENDAR] = "calendar",
    [TABLE_ROTA] = "rota",
    [TABLE_MISSION] = "mission",
    [TABLE_OFFER] = "offer",
    [TABLE_MOVEMENT] = "movement",
};

void out_of_memory(void)
{
    fprintf(stderr, "the model: out of memory, or a text that is not UTF-8\n");
    abort();
}

json_t *must(json_t *value)
{
    if (value == NULL)
        out_of_memory();
    return value;
}

json_t *column(const json_t *row, const char *name)
{
    json_t *value = json_object_get(row, name);
    return value != NULL ? value : json_null();
}

const char *column_text(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

int64_t column_int(const json_t *row, const char *name)
{
    return json_integer_value(json_object_get(row, name));
}

bool column_null(const json_t *row, const char *name)
{
    return json_is_null(column(row, name));
}

json_t *either(json_t *first, json_t *second)
{
    return json_is_null(first) ? second : first;
}

bool has_text(const json_t *array, const char *text)
{
    for (size_t i = 0; text != NULL && i < json_array_size(array); i++)
        if (strcmp(json_string_value(json_array_get(array, i)), text) == 0)
            return true;
    return false;
}

json_t *row_find(const struct model *m, enum table table, const char *id)
{
    return id != NULL ? json_object_get(m->tables[table], id) : NULL;
}

void row_set(struct model *m, enum table table, const char *id, json_t *row)
{
    if (json_object_set_new(m->tables[table], id, must(row)) < 0)
        out_of_memory();
}

/* An object of some columns of a row, under their own names. */
static json_t *columns(const json_t *row, const char *const *names)
{
    json_t *o = must(json_object());
    for (; *names != NULL; names++)
        json_object_set(o, *names, column(row, *names));
    return o;
}

/* Members that are in a state only where they say something. */
static void set_said(json_t *state, const json_t *row, const char *const *names)
{
    for (; *names != NULL; names++)
        if (!column_null(row, *names))
            json_object_set(state, *names, column(row, *names));
}

static json_t *point_of(json_t *lat, json_t *lon)
{
    return must(json_is_null(lat) ? json_null() : json_pack("[OO]", lat, lon));
}

static json_t *point_shown(const char *visibility, json_t *exact, json_t *commune)
{
    if (strcmp(visibility, "exact") == 0)
        return json_incref(exact);
    return json_incref(strcmp(visibility, "commune") == 0 ? commune : json_null());
}

static json_t *establishment_state(const struct model *m, const json_t *e)
{
    static const char *const same[] = {"name",    "establishment_kind", "finess",  "operator",
                                       "address", "territory",          "commune", "precision",
                                       NULL};
    const json_t *kind =
        row_find(m, TABLE_ESTABLISHMENT_KIND, column_text(e, "establishment_kind"));
    const json_t *c = row_find(m, TABLE_COMMUNE, column_text(e, "commune"));
    json_t *visibility = either(column(e, "visibility"), column(kind, "visibility"));
    json_t *at = point_of(either(column(e, "lat"), column(c, "lat")),
                          either(column(e, "lon"), column(c, "lon")));
    json_t *commune = point_of(column(c, "lat"), column(c, "lon"));
    json_t *state = columns(e, same);
    json_object_set(state, "visibility", visibility);
    json_object_set(state, "point", at);
    json_object_set_new(state, "public_point",
                        point_shown(json_string_value(visibility), at, commune));
    json_object_set_new(state, "contact",
                        must(json_pack("{sOsO}", "day", column(e, "contact_day"), "night",
                                       column(e, "contact_night"))));
    json_object_set_new(state, "active", json_true());
    json_decref(at);
    json_decref(commune);
    return state;
}

/* Where a unit is: its own place when it has a commune or a point, else its establishment's. */
static void set_place(json_t *state, const struct model *m, const json_t *u, const json_t *e)
{
    bool own = !column_null(u, "commune") || !column_null(u, "lat");
    const json_t *place = own ? u : e;
    const json_t *c = row_find(m, TABLE_COMMUNE, column_text(place, "commune"));
    json_t *at = point_of(either(column(place, "lat"), column(c, "lat")),
                          either(column(place, "lon"), column(c, "lon")));
    json_t *commune = point_of(column(c, "lat"), column(c, "lon"));
    json_object_set(state, "commune", column(place, "commune"));
    json_object_set(state, "point", at);
    json_object_set_new(state, "public_point",
                        point_shown(column_text(state, "visibility"), at, commune));
    json_decref(at);
    json_decref(commune);
}

static json_t *unit_state(const struct model *m, const json_t *u)
{
    static const char *const same[] = {"establishment",
                                       "name",
                                       "min_months",
                                       "max_months",
                                       "sex",
                                       "siblings_max",
                                       "siblings_mixed",
                                       "admission",
                                       "delay_h",
                                       "accepts",
                                       "max_stay_days",
                                       "authorised",
                                       "installed",
                                       "open",
                                       "occupied",
                                       "closed",
                                       "emergency_reserved",
                                       "emergency_used",
                                       "held",
                                       "held_emergency",
                                       "closed_reason",
                                       "reopens_on",
                                       "derogation",
                                       "derogation_by",
                                       "observed_at",
                                       "recorded_at",
                                       "declared_by",
                                       "channel",
                                       "contested_at",
                                       NULL};
    static const char *const said[] = {"fallback", NULL};
    const json_t *e = row_find(m, TABLE_ESTABLISHMENT, column_text(u, "establishment"));
    const json_t *k = row_find(m, TABLE_ESTABLISHMENT_KIND, column_text(e, "establishment_kind"));
    json_t *state = columns(u, same);
    json_object_set(state, "establishment_name", column(e, "name"));
    json_object_set(state, "establishment_kind", column(e, "establishment_kind"));
    json_object_set(state, "modality", either(column(u, "modality"), column(k, "modality")));
    json_object_set(state, "ttl_s", either(column(u, "ttl_s"), column(k, "ttl_s")));
    json_object_set(state, "territory", either(column(u, "territory"), column(e, "territory")));
    json_object_set(
        state, "visibility",
        either(column(u, "visibility"), either(column(e, "visibility"), column(k, "visibility"))));
    json_object_set_new(
        state, "contact",
        must(json_pack("{sOsO}", "day", either(column(u, "contact_day"), column(e, "contact_day")),
                       "night", either(column(u, "contact_night"), column(e, "contact_night")))));
    set_place(state, m, u, e);
    set_said(state, u, said);
    return state;
}

static json_t *commune_state(const json_t *c)
{
    static const char *const same[] = {"name", "postcodes", "territory", NULL};
    json_t *state = columns(c, same);
    json_object_set_new(state, "point", point_of(column(c, "lat"), column(c, "lon")));
    return state;
}

static json_t *state_of(const struct model *m, enum table table, const json_t *row)
{
    static const char *const territory[] = {"name", "level", "parent", NULL};
    static const char *const kind[] = {"finess_categories", "ttl_s", "modality", "visibility",
                                       NULL};
    static const char *const account[] = {
        "role", "territories", "establishments", "acts_for", "name", "disabled", NULL};
    static const char *const credential[] = {"account", "type",  "expires_at",
                                             "revoked", "label", NULL};
    static const char *const request[] = {
        "reference", "children",  "together",   "parent",    "emergency",   "modality",
        "needs",     "from",      "origin",     "max_km",    "legal_frame", "wanted_on",
        "state",     "code",      "decided_at", "opened_at", "placed",      "arrived",
        "placed_at", "closed_at", "created_by", NULL};
    static const char *const said_of_request[] = {"wanted_until", "days", NULL};
    static const char *const said_of_movement[] = {"entry",    "origin_unit", "until",
                                                   "weekdays", "weeks",       NULL};
    static const char *const said_of_mission[] = {"unit_name", "establishment_name", NULL};
    static const char *const hold[] = {
        "unit",        "establishment", "territory", "origin",     "request",
        "children",    "profile",       "parent",    "needs",      "places",
        "emergency",   "state",         "code",      "created_by", "created_at",
        "held_until",  "extensions",    "escalated", "overdue",    "answered_by",
        "answered_at", "arrive_by",     "ended_at",  "stale_unit", "place",
        NULL};
    static const char *const hold_policy[] = {"minutes", "end", NULL};
    static const char *const calendar[] = {"time_zone", "office", "holidays", "offsets", NULL};
    static const char *const rota[] = {"duty", "territory", "account", "from_at", "to_at", NULL};
    static const char *const mission[] = {
        "hold",         "unit",       "establishment",  "territory", "origin",
        "created_by",   "request",    "places",         "profile",   "from",
        "place",        "team",       "state",          "code",      "assigned_at",
        "under_way_at", "arrived_at", "handed_over_at", "ended_at",  NULL};
    static const char *const offer[] = {
        "request",    "unit",       "establishment", "territory", "origin",
        "created_by", "places",     "emergency",     "children",  "state",
        "code",       "offered_at", "offered_until", "ended_at",  NULL};
    static const char *const movement[] = {
        "unit",       "establishment", "territory", "type",  "places", "on",
        "code",       "to_unit",       "hold",      "state", "limit",  "due_soon",
        "created_by", "created_at",    "ended_at",  NULL};
    static const char *const *const plain[TABLE_COUNT] = {
        [TABLE_TERRITORY] = territory,
        [TABLE_ESTABLISHMENT_KIND] = kind,
        [TABLE_ACCOUNT] = account,
        [TABLE_CREDENTIAL] = credential,
        [TABLE_REQUEST] = request,
        [TABLE_HOLD] = hold,
        [TABLE_HOLD_POLICY] = hold_policy,
        [TABLE_CALENDAR] = calendar,
        [TABLE_ROTA] = rota,
        [TABLE_MISSION] = mission,
        [TABLE_OFFER] = offer,
        [TABLE_MOVEMENT] = movement,
    };
    json_t *state = plain[table] != NULL ? columns(row, plain[table]) : NULL;
    if (table == TABLE_REQUEST)
        set_said(state, row, said_of_request);
    if (table == TABLE_MISSION)
        set_said(state, row, said_of_mission);
    if (table == TABLE_MOVEMENT)
        set_said(state, row, said_of_movement);
    if (state != NULL)
        return state;
    if (table == TABLE_COMMUNE)
        return commune_state(row);
    return table == TABLE_UNIT ? unit_state(m, row) : establishment_state(m, row);
}

json_t *record_part(const struct model *m, enum table table, const char *id)
{
    const json_t *row = row_find(m, table, id);
    json_t *establishment = json_null(), *territory = json_null();
    if (row == NULL)
        return NULL;
    json_t *state = state_of(m, table, row);
    json_t *own_id = must(json_string(id));
    if (table == TABLE_UNIT || table == TABLE_ESTABLISHMENT) {
        establishment = table == TABLE_UNIT ? column(row, "establishment") : own_id;
        territory = column(state, "territory");
    } else if (table == TABLE_HOLD || table == TABLE_MISSION || table == TABLE_MOVEMENT) {
        establishment = column(row, "establishment");
        territory = column(row, "territory");
    } else if (table == TABLE_REQUEST || table == TABLE_OFFER) {
        territory = column(row, "origin");
    } else if (table == TABLE_CALENDAR) {
        territory = own_id;
    } else if (table == TABLE_ROTA) {
        territory = column(row, "territory");
    }
    json_t *part =
        json_pack("{sssOsOsOsosn}", "kind", table_kinds[table], "id", own_id, "establishment",
                  establishment, "territory", territory, "state", state, "departed");
    json_decref(own_id);
    return must(part);
}

json_t *record_scope(const json_t *part)
{
    json_t *scope = must(json_pack("{sOsO}", "establishment", column(part, "establishment"),
                                   "territory", column(part, "territory")));
    const char *kind = column_text(part, "kind");
    if (word_in("hold request mission offer", kind)) {
        json_object_set(scope, "origin", column(column(part, "state"), "origin"));
        json_object_set(scope, "created_by", column(column(part, "state"), "created_by"));
    }
    if (strcmp(kind, "mission") == 0)
        json_object_set(scope, "team", column(column(part, "state"), "team"));
    return scope;
}

static bool shows(const json_t *unit_host, enum table table, const char *id)
{
    static const char *const by[TABLE_COUNT] = {
        [TABLE_COMMUNE] = "commune", [TABLE_ESTABLISHMENT_KIND] = "establishment_kind"};
    const char *text = by[table] != NULL ? column_text(unit_host, by[table]) : NULL;
    return text != NULL && strcmp(text, id) == 0;
}

json_t *record_showing(const struct model *m, enum table table, const char *id)
{
    json_t *parts = must(json_array());
    json_t *part = record_part(m, table, id);
    const char *key;
    json_t *row;
    if (part != NULL)
        json_array_append_new(parts, part);
    json_object_foreach (m->tables[TABLE_ESTABLISHMENT], key, row)
        if (shows(row, table, id))
            json_array_append_new(parts, record_part(m, TABLE_ESTABLISHMENT, key));
    json_object_foreach (m->tables[TABLE_UNIT], key, row) {
        const char *host_id = column_text(row, "establishment");
        const json_t *host = row_find(m, TABLE_ESTABLISHMENT, host_id);
        bool of_host = table == TABLE_ESTABLISHMENT && strcmp(host_id, id) == 0;
        if (of_host || shows(host, table, id) || (table == TABLE_COMMUNE && shows(row, table, id)))
            json_array_append_new(parts, record_part(m, TABLE_UNIT, key));
    }
    return parts;
}

static const json_t *part_find(const json_t *parts, const json_t *like)
{
    for (size_t i = 0; i < json_array_size(parts); i++) {
        const json_t *p = json_array_get(parts, i);
        if (json_equal(column(p, "id"), column(like, "id")) &&
            json_equal(column(p, "kind"), column(like, "kind")))
            return p;
    }
    return NULL;
}

static void date_row(struct model *m, const json_t *part, int64_t revision)
{
    for (int table = 0; table < TABLE_COUNT; table++)
        if (strcmp(table_kinds[table], column_text(part, "kind")) == 0)
            json_object_set_new(row_find(m, (enum table)table, column_text(part, "id")), "revision",
                                must(json_integer(revision)));
}

json_t *record_changed(struct model *m, enum table table, const char *id, json_t *before,
                       int64_t revision)
{
    json_t *parts = must(json_array());
    json_t *after = record_showing(m, table, id);
    size_t i;
    json_t *part;
    json_array_foreach (after, i, part) {
        const json_t *was = part_find(before, part);
        bool itself = strcmp(column_text(part, "kind"), table_kinds[table]) == 0 &&
                      strcmp(column_text(part, "id"), id) == 0;
        if (!itself && was != NULL && json_equal(column(was, "state"), column(part, "state")))
            continue;
        if (was != NULL &&
            !(json_equal(column(was, "establishment"), column(part, "establishment")) &&
              json_equal(column(was, "territory"), column(part, "territory"))))
            json_object_set_new(part, "departed", record_scope(was));
        date_row(m, part, revision);
        json_array_append(parts, part);
    }
    missions_rename(m, after, revision, parts);
    json_decref(after);
    json_decref(before);
    return parts;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

json_t *text_set(const json_t *texts)
{
    const char *sorted[1000];
    size_t n = json_is_array(texts) ? json_array_size(texts) : 0;
    json_t *set = must(json_array());
    for (size_t i = 0; i < n; i++)
        sorted[i] = json_string_value(json_array_get(texts, i));
    qsort(sorted, n, sizeof sorted[0], compare_texts);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || strcmp(sorted[i - 1], sorted[i]) != 0)
            json_array_append_new(set, must(json_string(sorted[i])));
    return set;
}

json_t *degrees(const json_t *point, size_t i)
{
    if (!json_is_array(point))
        return json_null();
    return must(json_real(round(json_number_value(json_array_get(point, i)) * 1e6) / 1e6));
}
