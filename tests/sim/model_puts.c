/* SPDX-License-Identifier: EUPL-1.2 */
/* Operations on reference data, accounts and credentials: schema/0008_reference.sql,
 * schema/0009_account.sql and schema/0096_names_and_beds.sql. A put builds the whole row anew and
 * compares. */
#include <string.h>

#include "sim/model_missions.h"
#include "sim/model_movements.h"

/* A row with some members of params under their own names; revision last. */
static json_t *row_of(const struct command *c, const char *const *names)
{
    json_t *row = must(json_object());
    for (; *names != NULL; names++)
        json_object_set(row, *names, column(c->params, *names));
    json_object_set_new(row, "revision", must(json_integer(c->revision)));
    return row;
}

/* Whether the rows differ in more than their revision. */
static bool differs(const json_t *old, json_t *row)
{
    json_t *like_old = must(json_copy(row));
    json_object_set(like_old, "revision", column(old, "revision"));
    bool differ = old == NULL || !json_equal(old, like_old);
    json_decref(like_old);
    return differ;
}

struct verdict put_plain(struct model *m, enum table table, const char *id, json_t *row)
{
    json_t *old = row_find(m, table, id);
    if (!differs(old, row)) {
        json_decref(row);
        return verdict_done(NULL);
    }
    row_set(m, table, id, row);
    m->nothing_due = 0;
    return verdict_done(must(json_pack("[o]", must(record_part(m, table, id)))));
}

static const char *home_of(const struct model *m, const json_t *u)
{
    const json_t *e = row_find(m, TABLE_ESTABLISHMENT, column_text(u, "establishment"));
    return json_string_value(either(column(u, "territory"), column(e, "territory")));
}

/* What is wrong with the bed that a unit falls back on; NULL: nothing. */
static const char *fallback_error(const struct model *m, const char *id, const json_t *row)
{
    const char *fallback = column_text(row, "fallback");
    const json_t *bed = row_find(m, TABLE_UNIT, fallback);
    const json_t *e = row_find(m, TABLE_ESTABLISHMENT, column_text(row, "establishment"));
    const json_t *k = row_find(m, TABLE_ESTABLISHMENT_KIND, column_text(e, "establishment_kind"));
    const char *stay = json_string_value(either(column(row, "modality"), column(k, "modality")));
    if (fallback == NULL)
        return NULL;
    if (strcmp(stay, "pad") != 0)
        return "only_for_pad";
    if (strcmp(fallback, id) == 0)
        return "same_unit";
    return bed == NULL || strcmp(root_of(m, home_of(m, bed)), root_of(m, home_of(m, row))) != 0
               ? "unknown_reference"
               : NULL;
}

/* Units whose fallback could not be put so any more have none. Their ids. */
static json_t *clear_fallbacks(struct model *m, int64_t revision)
{
    const char *id;
    json_t *u, *bereft = must(json_array());
    json_object_foreach (m->tables[TABLE_UNIT], id, u) {
        if (fallback_error(m, id, u) == NULL)
            continue;
        json_object_set_new(u, "fallback", json_null());
        json_object_set_new(u, "revision", must(json_integer(revision)));
        json_array_append_new(bereft, must(json_string(id)));
    }
    return bereft;
}

/* Adds the parts of units that are not among them; takes their ids. */
static json_t *with_units(const struct model *m, json_t *parts, json_t *ids)
{
    size_t i, p;
    const json_t *id, *part;
    json_array_foreach (ids, i, id) {
        bool there = false;
        json_array_foreach (parts, p, part)
            there |= strcmp(column_text(part, "kind"), "unit") == 0 &&
                     json_equal(column(part, "id"), id);
        if (!there)
            json_array_append_new(parts, must(record_part(m, TABLE_UNIT, json_string_value(id))));
    }
    json_decref(ids);
    return parts;
}

/* Writes a row, and dates what shows it. Takes row. */
static struct verdict put_shown(struct model *m, enum table table, const char *id, json_t *row)
{
    json_t *old = row_find(m, table, id);
    if (!differs(old, row)) {
        json_decref(row);
        return verdict_done(NULL);
    }
    int64_t revision = column_int(row, "revision");
    json_t *before = record_showing(m, table, id);
    row_set(m, table, id, row);
    json_t *bereft = clear_fallbacks(m, revision);
    return verdict_done(with_units(m, record_changed(m, table, id, before, revision), bereft));
}

static void set_point(json_t *row, const struct command *c)
{
    const json_t *point = column(c->params, "point");
    json_object_set_new(row, "lat", degrees(point, 0));
    json_object_set_new(row, "lon", degrees(point, 1));
}

static void set_contact(json_t *row, const struct command *c)
{
    const json_t *contact = column(c->params, "contact");
    json_object_set(row, "contact_day", column(contact, "day"));
    json_object_set(row, "contact_night", column(contact, "night"));
}

static void set_texts(json_t *row, const struct command *c, const char *name)
{
    json_object_set_new(row, name, text_set(column(c->params, name)));
}

struct verdict territory_put(struct model *m, const struct command *c)
{
    static const char *const names[] = {"name", "level", "parent", NULL};
    const char *code = column_text(c->params, "code");
    const char *above = column_text(c->params, "parent");
    for (; above != NULL; above = column_text(row_find(m, TABLE_TERRITORY, above), "parent"))
        if (strcmp(above, code) == 0)
            return verdict_invalid("/parent", "cycle");
    struct verdict v = put_plain(m, TABLE_TERRITORY, code, row_of(c, names));
    if (v.parts != NULL)
        with_units(m, v.parts, clear_fallbacks(m, c->revision));
    return v;
}

struct verdict commune_put(struct model *m, const struct command *c)
{
    static const char *const names[] = {"name", "territory", NULL};
    json_t *row = row_of(c, names);
    set_texts(row, c, "postcodes");
    set_point(row, c);
    return put_shown(m, TABLE_COMMUNE, column_text(c->params, "insee"), row);
}

struct verdict establishment_kind_put(struct model *m, const struct command *c)
{
    static const char *const names[] = {"ttl_s", "modality", "visibility", NULL};
    const char *code = column_text(c->params, "code"), *other;
    const json_t *categories = column(c->params, "finess_categories");
    json_t *kind;
    json_object_foreach (m->tables[TABLE_ESTABLISHMENT_KIND], other, kind)
        for (size_t i = 0; i < json_array_size(categories); i++)
            if (strcmp(other, code) != 0 &&
                has_text(column(kind, "finess_categories"),
                         json_string_value(json_array_get(categories, i))))
                return verdict_invalid("/finess_categories", "already_used");
    json_t *row = row_of(c, names);
    set_texts(row, c, "finess_categories");
    if (column_null(row, "visibility"))
        json_object_set_new(row, "visibility", must(json_string("exact")));
    return put_shown(m, TABLE_ESTABLISHMENT_KIND, code, row);
}

struct verdict establishment_put(struct model *m, const struct command *c)
{
    static const char *const names[] = {
        "name",    "establishment_kind", "finess",     "operator", "address", "territory",
        "commune", "precision",          "visibility", NULL};
    const char *id = column_text(c->params, "id"), *finess = column_text(c->params, "finess");
    const char *other;
    json_t *e;
    json_object_foreach (m->tables[TABLE_ESTABLISHMENT], other, e) {
        const char *its = column_text(e, "finess");
        if (finess != NULL && its != NULL && strcmp(its, finess) == 0 && strcmp(other, id) != 0)
            return verdict_invalid("/finess", "already_used");
    }
    json_t *row = row_of(c, names);
    set_point(row, c);
    set_contact(row, c);
    if (column_null(row, "lat"))
        json_object_set_new(row, "precision", must(json_string("commune")));
    else if (column_null(row, "precision"))
        json_object_set_new(row, "precision", must(json_string("exact")));
    return put_shown(m, TABLE_ESTABLISHMENT, id, row);
}

static json_t *known_accepts(const json_t *accepts)
{
    json_t *known = must(json_object());
    const char *need;
    json_t *answer;
    json_object_foreach ((json_t *)accepts, need, answer) {
        const char *text = json_string_value(answer);
        if (text != NULL && (strcmp(text, "yes") == 0 || strcmp(text, "no") == 0))
            json_object_set(known, need, answer);
    }
    return known;
}

/* What a unit.put does not say: the counts, kept or those of a new unit. */
static void keep_counts(json_t *row, const json_t *old)
{
    static const char *const counts[] = {
        "open",        "occupied",   "closed",        "emergency_used", "closed_reason",
        "reopens_on",  "derogation", "derogation_by", "observed_at",    "recorded_at",
        "declared_by", "channel",    "contested_at"};
    static const char *const zeros[] = {"held", "held_emergency", "emergency_reserved"};
    for (size_t i = 0; i < ARRAY_LENGTH(counts); i++)
        json_object_set(row, counts[i], column(old, counts[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(zeros); i++) {
        if (i < 2)
            json_object_set(row, zeros[i], column(old, zeros[i]));
        if (column_null(row, zeros[i]))
            json_object_set_new(row, zeros[i], must(json_integer(0)));
    }
    if (column_int(row, "emergency_used") > column_int(row, "emergency_reserved"))
        json_object_set(row, "emergency_used", column(row, "emergency_reserved"));
}

/* The unit as it was, its establishment and where it comes to be. */
static bool may_put(const struct model *m, const struct command *c)
{
    const char *id = column_text(c->params, "id");
    const char *establishment = column_text(c->params, "establishment");
    const json_t *e = row_find(m, TABLE_ESTABLISHMENT, establishment);
    return place_in_scope(m, c, establishment, column_text(e, "territory")) &&
           place_in_scope(m, c, establishment, home_of(m, c->params)) &&
           (row_find(m, TABLE_UNIT, id) == NULL || unit_named_in_scope(m, c, id) != NULL);
}

struct verdict unit_put(struct model *m, const struct command *c)
{
    static const char *const names[] = {
        "establishment", "name",         "modality",           "min_months", "max_months",
        "sex",           "siblings_max", "siblings_mixed",     "admission",  "delay_h",
        "max_stay_days", "visibility",   "territory",          "commune",    "ttl_s",
        "authorised",    "installed",    "emergency_reserved", "fallback",   NULL};
    const json_t *p = c->params;
    const char *id = column_text(p, "id");
    if (!may_put(m, c))
        return verdict_refused("forbidden");
    if (!column_null(p, "min_months") && !column_null(p, "max_months") &&
        column_int(p, "min_months") >= column_int(p, "max_months"))
        return verdict_invalid("/max_months", "ages_reversed");
    json_t *row = row_of(c, names);
    json_object_set_new(row, "accepts", known_accepts(column(p, "accepts")));
    set_point(row, c);
    set_contact(row, c);
    keep_counts(row, row_find(m, TABLE_UNIT, id));
    const char *why = fallback_error(m, id, row);
    if (why != NULL) {
        json_decref(row);
        return verdict_invalid("/fallback", why);
    }
    return put_shown(m, TABLE_UNIT, id, row);
}

/* The parts become departures from where they were. */
static void depart(json_t *parts)
{
    size_t i;
    json_t *part;
    json_array_foreach (parts, i, part) {
        json_object_set_new(part, "departed", record_scope(part));
        json_object_set_new(part, "state", json_null());
    }
}

/* Units whose fallback is among those that close have none; adds their parts. */
static void drop_fallbacks(struct model *m, json_t *parts, int64_t revision)
{
    const char *id;
    json_t *u, *bereft = must(json_array()), *part;
    size_t i;
    json_object_foreach (m->tables[TABLE_UNIT], id, u) {
        bool closes = false, falls = false;
        json_array_foreach (parts, i, part) {
            bool unit = strcmp(column_text(part, "kind"), "unit") == 0;
            closes |= unit && strcmp(column_text(part, "id"), id) == 0;
            falls |= unit && json_equal(column(part, "id"), column(u, "fallback"));
        }
        if (falls && !closes) {
            json_object_set_new(u, "fallback", json_null());
            json_object_set_new(u, "revision", must(json_integer(revision)));
            json_array_append_new(bereft, must(record_part(m, TABLE_UNIT, id)));
        }
    }
    missions_rename(m, bereft, revision, parts);
    json_array_extend(parts, bereft);
    json_decref(bereft);
}

/* With the policy for its holds. The id may be the row's own. */
static void delete_unit(struct model *m, const char *id)
{
    json_object_del(m->tables[TABLE_HOLD_POLICY], id);
    movements_abandon(m, id);
    json_object_del(m->tables[TABLE_UNIT], id);
}

static void add_policy(const struct model *m, const char *unit, json_t *parts)
{
    if (row_find(m, TABLE_HOLD_POLICY, unit) != NULL)
        json_array_append_new(parts, record_part(m, TABLE_HOLD_POLICY, unit));
}

struct verdict unit_close(struct model *m, const struct command *c)
{
    const char *id = column_text(c->params, "unit");
    const json_t *u = unit_in_scope(m, c);
    if (u == NULL)
        return verdict_refused("forbidden");
    if (column_int(u, "held") > 0)
        return verdict_refused("conflicts_with_holds");
    json_t *parts = must(json_pack("[o]", must(record_part(m, TABLE_UNIT, id))));
    add_policy(m, id, parts);
    depart(parts);
    drop_fallbacks(m, parts, c->revision);
    delete_unit(m, id);
    return verdict_done(parts);
}

struct verdict establishment_close(struct model *m, const struct command *c)
{
    const char *id = column_text(c->params, "establishment"), *unit;
    json_t *u;
    void *next;
    if (row_find(m, TABLE_ESTABLISHMENT, id) == NULL)
        return verdict_refused("not_found");
    json_object_foreach (m->tables[TABLE_UNIT], unit, u)
        if (strcmp(column_text(u, "establishment"), id) == 0 && column_int(u, "held") > 0)
            return verdict_refused("conflicts_with_holds");
    json_t *parts = record_showing(m, TABLE_ESTABLISHMENT, id);
    json_object_foreach (m->tables[TABLE_UNIT], unit, u)
        if (strcmp(column_text(u, "establishment"), id) == 0)
            add_policy(m, unit, parts);
    depart(parts);
    drop_fallbacks(m, parts, c->revision);
    json_object_foreach_safe (m->tables[TABLE_UNIT], next, unit, u)
        if (strcmp(column_text(u, "establishment"), id) == 0)
            delete_unit(m, unit);
    json_object_del(m->tables[TABLE_ESTABLISHMENT], id);
    return verdict_done(parts);
}

static struct verdict account_error(const struct model *m, const json_t *p)
{
    const char *id = column_text(p, "id"), *acts_for = column_text(p, "acts_for");
    bool service = strcmp(column_text(p, "role"), "service") == 0;
    if (strcmp(id, "system") == 0 || strcmp(id, "daemon") == 0)
        return verdict_invalid("/id", "reserved");
    if (!service && acts_for != NULL)
        return verdict_invalid("/acts_for", "only_for_service");
    if (service && acts_for == NULL)
        return verdict_invalid("/acts_for", "required");
    const char *role = column_text(row_find(m, TABLE_ACCOUNT, acts_for), "role");
    if (acts_for != NULL && (strcmp(acts_for, id) == 0 || strcmp(role, "service") == 0))
        return verdict_invalid("/acts_for", "is_a_service");
    return (struct verdict){0};
}

struct verdict account_put(struct model *m, const struct command *c)
{
    static const char *const names[] = {"role", "acts_for", "name", "disabled", NULL};
    struct verdict v = account_error(m, c->params);
    if (v.type != NULL)
        return v;
    json_t *row = row_of(c, names);
    set_texts(row, c, "territories");
    set_texts(row, c, "establishments");
    if (column_null(row, "disabled"))
        json_object_set_new(row, "disabled", json_false());
    return put_plain(m, TABLE_ACCOUNT, column_text(c->params, "id"), row);
}

/* Sets a flag that is never taken back. */
static struct verdict raise_flag(struct model *m, const struct command *c, enum table table,
                                 const char *flag)
{
    const char *id = column_text(c->params, "id");
    const json_t *old = row_find(m, table, id);
    if (old == NULL)
        return verdict_refused("not_found");
    json_t *row = must(json_copy((json_t *)old));
    json_object_set_new(row, flag, json_true());
    if (json_equal(old, row)) {
        json_decref(row);
        return verdict_done(NULL);
    }
    json_object_set_new(row, "revision", must(json_integer(c->revision)));
    return put_plain(m, table, id, row);
}

struct verdict account_disable(struct model *m, const struct command *c)
{
    return raise_flag(m, c, TABLE_ACCOUNT, "disabled");
}

struct verdict credential_put(struct model *m, const struct command *c)
{
    static const char *const names[] = {"account", "type", "expires_at", "label", NULL};
    const char *id = column_text(c->params, "id");
    if (json_is_true(column(row_find(m, TABLE_CREDENTIAL, id), "revoked")))
        return verdict_invalid("/id", "revoked");
    json_t *row = row_of(c, names);
    json_object_set_new(row, "revoked", json_false());
    return put_plain(m, TABLE_CREDENTIAL, id, row);
}

struct verdict credential_revoke(struct model *m, const struct command *c)
{
    return raise_flag(m, c, TABLE_CREDENTIAL, "revoked");
}
