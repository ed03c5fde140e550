/* SPDX-License-Identifier: EUPL-1.2 */
/* Operations on requests: a need, without identity. */
#include <string.h>

#include "sim/model_calendar.h"
#include "sim/model_decisions.h"

#define DRIFT (120 * USEC_S)
#define SPAN_MAX 366 /* days */

/* What both open and update check, in this order, once the row is as they make it. */
static struct verdict request_error(const json_t *p, const json_t *row)
{
    const json_t *from = column(p, "from");
    const char *reference = column_text(p, "reference");
    if (json_array_size(column(row, "children")) == 0 && column_null(row, "parent"))
        return verdict_invalid("/children", "required");
    if (!json_is_null(from) && column_null(from, "commune") == column_null(from, "territory"))
        return verdict_invalid("/from", "exactly_one");
    if (reference != NULL && strpbrk(reference, "0123456789") == NULL)
        return verdict_invalid("/reference", "wrong_format");
    return (struct verdict){0};
}

/* The days of a request, once the row is as the command makes it. */
static struct verdict span_error(const struct model *m, const struct command *c, const json_t *row)
{
    const json_t *p = c->params;
    const char *given = column_text(p, "wanted_on"), *on = column_text(row, "wanted_on");
    const char *until = column_text(row, "wanted_until");
    int64_t today = local_day(m, column_text(row, "origin"), c->at);
    int64_t from = on != NULL ? day_parse(on) : today;
    if (until == NULL && column_null(row, "days") && given == NULL && column_null(p, "days"))
        return (struct verdict){0};
    if (given != NULL && day_parse(given) < today)
        return verdict_invalid("/wanted_on", "in_the_past");
    if ((given != NULL || !column_null(p, "wanted_until")) && until != NULL &&
        day_parse(until) <= from)
        return verdict_invalid("/wanted_until", "reversed");
    if (until != NULL && day_parse(until) > from + SPAN_MAX)
        return verdict_invalid("/wanted_until", "out_of_range");
    struct verdict v = weekdays_error(column(column(p, "days"), "weekdays"), "/days/weekdays");
    if (v.type == NULL && !column_null(row, "days") && on == NULL)
        v = verdict_invalid("/days", "needs_wanted_on");
    return v;
}

/* Members that are stored as they are given; absent: as they are. */
static void set_given(json_t *row, const json_t *p)
{
    static const char *const same[] = {"together",  "emergency",    "legal_frame", "max_km",
                                       "wanted_on", "wanted_until", "reference"};
    static const char *const sets[] = {"modality", "needs"};
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        if (!column_null(p, same[i]) || json_object_get(row, same[i]) == NULL)
            json_object_set(row, same[i], column(p, same[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(sets); i++)
        if (!column_null(p, sets[i]) || json_object_get(row, sets[i]) == NULL)
            json_object_set_new(row, sets[i], text_set(column(p, sets[i])));
    if (!column_null(p, "children") || json_object_get(row, "children") == NULL)
        json_object_set_new(row, "children", children_of(column(p, "children")));
    if (!column_null(p, "parent") || json_object_get(row, "parent") == NULL)
        json_object_set_new(row, "parent", parent_of(column(p, "parent")));
    const json_t *days = column(p, "days");
    if (!json_is_null(days))
        json_object_set_new(
            row, "days",
            must(json_pack("{sosO}", "weekdays", weekdays_of(column(days, "weekdays")), "weeks",
                           column(days, "weeks"))));
    else if (json_object_get(row, "days") == NULL)
        json_object_set_new(row, "days", json_null());
}

/* From where, and so whose. */
static struct verdict set_origin(const struct model *m, const struct command *c, json_t *row)
{
    const json_t *from = column(c->params, "from");
    const json_t *commune = row_find(m, TABLE_COMMUNE, column_text(from, "commune"));
    json_t *origin = either(column(from, "territory"), column(commune, "territory"));
    origin = either(origin, column(row, "origin"));
    if (json_is_null(origin) && json_array_size(c->territories) > 0)
        origin = json_array_get(c->territories, 0);
    if (json_is_null(origin))
        return verdict_invalid("/from", "required");
    if (!in_departement(m, c, json_string_value(origin)))
        return verdict_refused("forbidden");
    json_object_set(row, "origin", origin);
    json_object_set_new(row, "from",
                        must(json_pack("{sOsO}", "commune", column(from, "commune"), "territory",
                                       column(from, "territory"))));
    return (struct verdict){0};
}

/* Whether another request of its département that waits or is placed has its reference.
 * was: the row before, or NULL */
static bool reference_is_used(const struct model *m, const json_t *row, const json_t *was)
{
    const char *reference = column_text(row, "reference"), *id;
    const char *root = root_of(m, column_text(row, "origin"));
    json_t *other;
    if (reference == NULL ||
        (was != NULL && json_equal(column(row, "reference"), column(was, "reference")) &&
         json_equal(column(row, "origin"), column(was, "origin"))))
        return false;
    json_object_foreach (m->tables[TABLE_REQUEST], id, other) {
        const char *state = column_text(other, "state"), *its = column_text(other, "reference");
        if (other != was && its != NULL && strcmp(its, reference) == 0 &&
            (strcmp(state, "open") == 0 || strcmp(state, "placed") == 0) &&
            strcmp(root_of(m, column_text(other, "origin")), root) == 0)
            return true;
    }
    return false;
}

static void set_defaults(json_t *row, const struct command *c, usec_t decided)
{
    static const char *const nulls[] = {"code", "placed_at", "closed_at"};
    if (column_null(row, "together"))
        json_object_set_new(row, "together", json_true());
    if (column_null(row, "emergency"))
        json_object_set_new(row, "emergency", json_false());
    for (size_t i = 0; i < ARRAY_LENGTH(nulls); i++)
        json_object_set_new(row, nulls[i], json_null());
    json_object_set_new(row, "placed", must(json_array()));
    json_object_set_new(row, "arrived", must(json_array()));
    set_text(row, "state", "open");
    set_text(row, "created_by", c->account);
    set_int(row, "decided_at", decided);
    set_int(row, "opened_at", c->at);
}

struct verdict request_open(struct model *m, const struct command *c)
{
    const json_t *p = c->params;
    usec_t decided = column_null(p, "decided_at") ? c->at : column_int(p, "decided_at");
    char id[64];
    json_t *row = must(json_object());
    set_given(row, p);
    struct verdict v = request_error(p, row);
    if (v.type == NULL && decided > c->at + DRIFT) {
        v = verdict_invalid("/decided_at", "in_the_future");
        v.now = c->at;
    }
    if (v.type == NULL)
        v = set_origin(m, c, row);
    if (v.type == NULL)
        v = span_error(m, c, row);
    if (v.type == NULL && reference_is_used(m, row, NULL))
        v = verdict_invalid("/reference", "already_used");
    if (v.type != NULL) {
        json_decref(row);
        return v;
    }
    set_defaults(row, c, decided < c->at ? decided : c->at);
    made_id(m, 'r', c->revision, 1, id);
    row_set(m, TABLE_REQUEST, id, row);
    struct work k = work_begin(m, c->at, c->revision);
    work_touch(&k, TABLE_REQUEST, id);
    return verdict_done(work_parts(&k));
}

/* Whether a hold of the request is in one of two states. */
static bool has_hold(const struct model *m, const char *request, const char *state,
                     const char *or_state)
{
    const char *id;
    json_t *hold;
    json_object_foreach (m->tables[TABLE_HOLD], id, hold) {
        const char *of = column_text(hold, "request");
        if (of != NULL && strcmp(of, request) == 0 &&
            (hold_is(hold, state) || hold_is(hold, or_state)))
            return true;
    }
    return false;
}

/* What is given and taken back at once. */
static struct verdict clear_error(const json_t *p)
{
    char pointer[40];
    size_t i;
    json_t *name;
    json_array_foreach (column(p, "clear"), i, name)
        if (!column_null(p, json_string_value(name))) {
            snprintf(pointer, sizeof pointer, "/clear/%zu", i);
            return verdict_invalid(pointer, "exactly_one");
        }
    return (struct verdict){0};
}

/* Takes back what is named; the days with the first of them. */
static void clear(json_t *row, const json_t *names)
{
    size_t i;
    json_t *name;
    json_array_foreach ((json_t *)names, i, name)
        json_object_set_new(row, json_string_value(name), json_null());
    if (has_text(names, "from"))
        json_object_set_new(row, "from", must(json_pack("{snsn}", "commune", "territory")));
    if (has_text(names, "wanted_on")) {
        json_object_set_new(row, "wanted_until", json_null());
        json_object_set_new(row, "days", json_null());
    }
}

struct verdict request_update(struct model *m, const struct command *c)
{
    const json_t *p = c->params;
    const char *id = column_text(p, "request");
    const json_t *old = row_find(m, TABLE_REQUEST, id);
    if (!is_holder(m, c, old))
        return verdict_refused("forbidden");
    if (strcmp(column_text(old, "state"), "open") != 0)
        return verdict_invalid("/request", "request_not_open");
    if ((!column_null(p, "children") || !column_null(p, "parent") ||
         has_text(column(p, "clear"), "parent")) &&
        (json_array_size(column(old, "placed")) > 0 || has_hold(m, id, "held", "accepted")))
        return verdict_refused("conflicts_with_holds");
    json_t *row = must(json_copy((json_t *)old));
    clear(row, column(p, "clear"));
    set_given(row, p);
    struct verdict v = clear_error(p);
    if (v.type == NULL)
        v = request_error(p, row);
    if (v.type == NULL && !column_null(p, "from"))
        v = set_origin(m, c, row);
    if (v.type == NULL)
        v = span_error(m, c, row);
    if (v.type == NULL && reference_is_used(m, row, old))
        v = verdict_invalid("/reference", "already_used");
    if (v.type != NULL || json_equal(old, row)) {
        json_decref(row);
        return v.type != NULL ? v : verdict_done(NULL);
    }
    json_t *was = must(record_part(m, TABLE_REQUEST, id));
    bool moved = !json_equal(column(old, "origin"), column(row, "origin"));
    row_set(m, TABLE_REQUEST, id, row);
    struct work k = work_begin(m, c->at, c->revision);
    work_touch(&k, TABLE_REQUEST, id);
    v = verdict_done(work_parts(&k));
    if (moved)
        json_object_set_new(json_array_get(v.parts, 0), "departed", record_scope(was));
    json_decref(was);
    return v;
}

struct verdict request_close(struct model *m, const struct command *c)
{
    const char *id = column_text(c->params, "request"), *hold_id;
    json_t *row = row_find(m, TABLE_REQUEST, id), *hold;
    if (!is_holder(m, c, row))
        return verdict_refused("forbidden");
    if (strcmp(column_text(row, "state"), "open") != 0 &&
        strcmp(column_text(row, "state"), "placed") != 0)
        return verdict_invalid("/request", "request_not_open");
    if (has_hold(m, id, "accepted", "accepted"))
        return verdict_refused("conflicts_with_holds");
    struct work k = work_begin(m, c->at, c->revision);
    json_object_foreach (m->tables[TABLE_HOLD], hold_id, hold) {
        const char *of = column_text(hold, "request");
        if (of != NULL && strcmp(of, id) == 0 && hold_is(hold, "held"))
            hold_end(&k, hold_id, "released", NULL);
    }
    bool placed = json_array_size(column(row, "placed")) > 0;
    set_text(row, "state", placed ? "closed" : "withdrawn");
    json_object_set(row, "code", column(c->params, "code"));
    set_int(row, "closed_at", c->at);
    work_touch(&k, TABLE_REQUEST, id);
    return verdict_done(work_parts(&k));
}
