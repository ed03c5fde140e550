/* SPDX-License-Identifier: EUPL-1.2 */
/* Movements: who leaves or comes, what opens or closes, each with its day: schema/0061_moving.sql
 * and 0066_staying.sql. */
#include "sim/model_movements.h"

#include <string.h>

#include "sim/model_calendar.h"

static bool is_text(const json_t *row, const char *name, const char *text)
{
    const char *its = column_text(row, name);
    return its != NULL && text != NULL && strcmp(its, text) == 0;
}

static bool is_planned(const json_t *movement)
{
    return is_text(movement, "state", "planned");
}

/* When the clock changes it; 0: at once, as one of its units is no more; -1: never. By the calendar
 * of when it was made or last came to another state. */
static void set_turn(const struct model *m, json_t *row)
{
    const char *home = column_text(row, "territory"), *until = column_text(row, "until");
    usec_t turn = -1;
    if (!is_planned(row))
        turn = column_int(row, "ended_at") + 48 * USEC_HOUR + 1;
    else if (until != NULL)
        turn = local_midnight(m, home, day_parse(until) + 1);
    else if ((!column_null(row, "hold") || !column_null(row, "entry")) &&
             !json_is_true(column(row, "due_soon")))
        turn = local_midnight(m, home, day_parse(column_text(row, "on")) - 2);
    set_int(row, "turn_at", turn);
}

usec_t movement_due(const json_t *row, const char **ret_operation)
{
    *ret_operation = !is_planned(row)                  ? "movement.forget"
                     : column_int(row, "turn_at") == 0 ? "movement.cancel"
                     : !column_null(row, "until")      ? "movement.end"
                                                       : "movement.due_soon";
    return column_int(row, "turn_at");
}

static void end(struct work *k, const char *id, const char *state)
{
    json_t *row = row_find(k->m, TABLE_MOVEMENT, id);
    set_text(row, "state", state);
    set_int(row, "ended_at", k->at);
    set_turn(k->m, row);
    work_touch(k, TABLE_MOVEMENT, id);
}

void movement_turn(struct work *k, const char *id, const char *operation)
{
    json_t *row = row_find(k->m, TABLE_MOVEMENT, id);
    if (strcmp(operation, "movement.forget") == 0) {
        work_delete(k, TABLE_MOVEMENT, id);
    } else if (strcmp(operation, "movement.due_soon") == 0) {
        json_object_set_new(row, "due_soon", json_true());
        set_turn(k->m, row);
        work_touch(k, TABLE_MOVEMENT, id);
    } else {
        end(k, id, strcmp(operation, "movement.end") == 0 ? "done" : "cancelled");
    }
}

void movements_abandon(struct model *m, const char *unit)
{
    const char *id;
    json_t *row;
    json_object_foreach (m->tables[TABLE_MOVEMENT], id, row)
        if (is_planned(row) && (is_text(row, "unit", unit) || is_text(row, "to_unit", unit)))
            set_int(row, "turn_at", 0);
    m->nothing_due = 0;
}

/* A row of a unit, planned, nothing special about it; new. */
static json_t *row_new(const struct model *m, const struct command *c, const char *unit,
                       int64_t places, int64_t on)
{
    static const char *const nulls[] = {"code",  "to_unit",  "hold",  "ended_at",   "entry",
                                        "until", "weekdays", "weeks", "origin_unit"};
    const json_t *u = row_find(m, TABLE_UNIT, unit);
    char day[DAY_TEXT];
    json_t *row = must(json_pack("{sssOsssssIsssssbsbsssI}", "unit", unit, "establishment",
                                 column(u, "establishment"), "territory", unit_home(m, u), "type",
                                 "exit", "places", (json_int_t)places, "on", day_text(on, day),
                                 "state", "planned", "limit", 0, "due_soon", 0, "created_by",
                                 c->account, "created_at", (json_int_t)c->at));
    for (size_t i = 0; i < ARRAY_LENGTH(nulls); i++)
        json_object_set_new(row, nulls[i], json_null());
    return row;
}

/* Takes row. */
static void add(struct work *k, json_t *row, char ret_id[static 64])
{
    int n = 1;
    do
        made_id(k->m, 'v', k->revision, n++, ret_id);
    while (row_find(k->m, TABLE_MOVEMENT, ret_id) != NULL);
    set_turn(k->m, row);
    row_set(k->m, TABLE_MOVEMENT, ret_id, row);
    work_touch(k, TABLE_MOVEMENT, ret_id);
}

#define NO_DAY INT64_MIN

/* The exit that ends a stay, on the day said or when it has lasted as long as the unit allows from
 * the day it began (NO_DAY: not known), whichever is first; new, or NULL: neither is known. */
static json_t *stay_end(const struct model *m, const struct command *c, const char *unit,
                        int64_t places, int64_t began, int64_t said)
{
    const json_t *u = row_find(m, TABLE_UNIT, unit);
    bool limited = began != NO_DAY && !column_null(u, "max_stay_days");
    int64_t limit = limited ? began + column_int(u, "max_stay_days") : NO_DAY;
    if (said == NO_DAY && !limited)
        return NULL;
    int64_t on = said == NO_DAY || (limited && limit < said) ? limit : said;
    json_t *row = row_new(m, c, unit, places, on);
    set_text(row, "code", "end_of_stay");
    json_object_set_new(row, "limit", json_boolean(limited && on == limit));
    return row;
}

void stay_follows_arrival(struct work *k, const struct command *c, const char *hold)
{
    const json_t *h = row_find(k->m, TABLE_HOLD, hold);
    const json_t *request = row_find(k->m, TABLE_REQUEST, column_text(h, "request"));
    const char *unit = column_text(h, "unit"), *until = column_text(request, "wanted_until");
    usec_t seen = observed_at(c);
    int64_t began =
        local_day(k->m, unit_home(k->m, row_find(k->m, TABLE_UNIT, unit)), seen > 0 ? seen : c->at);
    int64_t said = until != NULL && day_parse(until) > began ? day_parse(until) : NO_DAY;
    json_t *row = stay_end(k->m, c, unit, column_int(h, "places"), began, said);
    char id[64];
    if (row == NULL || k->m->fault == FAULT_NO_LIMIT) {
        json_decref(row);
        return;
    }
    set_text(row, "hold", hold);
    add(k, row, id);
}

/* The reply of a movement: the units whose counts moved, the others that it made or ended. */
struct moved {
    json_t *units, *movements;
};

static struct moved moved_begin(void)
{
    return (struct moved){must(json_array()), must(json_array())};
}

static struct verdict moved_verdict(struct work *k, const char *id, struct moved *d)
{
    struct verdict v = verdict_done(work_parts(k));
    v.answer = must(json_pack("{ssso}", "movement", id, "units", d->units));
    if (json_array_size(d->movements) > 0)
        json_object_set(v.answer, "movements", d->movements);
    json_decref(d->movements);
    return v;
}

/* With an entry comes the exit of whom it lets in, where their end is known. */
static void plan_return(struct work *k, const struct command *c, const char *entry, int64_t began,
                        struct moved *d)
{
    const json_t *row = row_find(k->m, TABLE_MOVEMENT, entry);
    const char *until = column_text(c->params, "until");
    json_t *exit = stay_end(k->m, c, column_text(row, "unit"), column_int(row, "places"), began,
                            until != NULL ? day_parse(until) : NO_DAY);
    char id[64];
    if (exit == NULL)
        return;
    set_text(exit, "entry", entry);
    json_object_set(exit, "origin_unit", column(row, "origin_unit"));
    add(k, exit, id);
    json_array_append_new(d->movements, must(json_string(id)));
}

/* What is asked for */

static bool has_stay(const char *type)
{
    return word_in("entry sequence", type);
}

static bool is_near(const struct model *m, const char *unit, const char *other)
{
    const json_t *u = row_find(m, TABLE_UNIT, unit), *o = row_find(m, TABLE_UNIT, other);
    return o != NULL && strcmp(root_of(m, unit_home(m, o)), root_of(m, unit_home(m, u))) == 0;
}

static struct verdict rhythm_error(const json_t *p, const char *type)
{
    if (strcmp(type, "sequence") != 0) {
        if (!column_null(p, "weekdays"))
            return verdict_invalid("/weekdays", "only_for_sequence");
        if (!column_null(p, "weeks"))
            return verdict_invalid("/weeks", "only_for_sequence");
        return (struct verdict){0};
    }
    if (column_null(p, "weekdays"))
        return verdict_invalid("/weekdays", "required");
    if (column_null(p, "weeks"))
        return verdict_invalid("/weeks", "required");
    return weekdays_error(column(p, "weekdays"), "/weekdays");
}

static struct verdict stay_error(const struct model *m, const struct command *c, const char *type,
                                 int64_t begins)
{
    const json_t *p = c->params;
    const char *until = column_text(p, "until"), *origin = column_text(p, "origin_unit");
    const char *unit = column_text(p, "unit");
    if (!has_stay(type) && until != NULL)
        return verdict_invalid("/until", "only_for_entry");
    if (until != NULL && day_parse(until) <= begins)
        return verdict_invalid("/until", "reversed");
    if (!has_stay(type) && origin != NULL)
        return verdict_invalid("/origin_unit", "only_for_entry");
    if (origin != NULL && strcmp(origin, unit) == 0)
        return verdict_invalid("/origin_unit", "same_unit");
    if (origin != NULL && !is_near(m, unit, origin))
        return verdict_invalid("/origin_unit", "unknown_reference");
    return rhythm_error(p, type);
}

static struct verdict plan_error(const struct model *m, const struct command *c)
{
    const json_t *p = c->params, *u = unit_in_scope(m, c);
    const char *type = column_text(p, "type"), *to_unit = column_text(p, "to_unit");
    bool leaves = strcmp(type, "exit") == 0;
    if (u == NULL || (to_unit != NULL && unit_named_in_scope(m, c, to_unit) == NULL))
        return verdict_refused("forbidden");
    if (leaves && column_null(p, "code"))
        return verdict_invalid("/code", "required");
    if (!leaves && !column_null(p, "code"))
        return verdict_invalid("/code", "only_for_exit");
    if (!leaves && to_unit != NULL)
        return verdict_invalid("/to_unit", "only_for_exit");
    if (to_unit != NULL && strcmp(to_unit, column_text(p, "unit")) == 0)
        return verdict_invalid("/to_unit", "same_unit");
    int64_t on = day_parse(column_text(p, "on")), n = column_int(p, "places");
    struct verdict v = stay_error(m, c, type, on);
    if (v.type != NULL)
        return v;
    if (on < local_day(m, unit_home(m, u), c->at))
        return verdict_invalid("/on", "in_the_past");
    if (leaves && !column_null(u, "occupied") && n > column_int(u, "occupied"))
        return verdict_invalid("/places", "more_than_occupied");
    if (strcmp(type, "closing") == 0 && !column_null(u, "open") && n > column_int(u, "open"))
        return verdict_invalid("/places", "more_than_open");
    return v;
}

struct verdict movement_plan(struct model *m, const struct command *c)
{
    static const char *const same[] = {"type", "code", "to_unit", "origin_unit"};
    const json_t *p = c->params;
    struct verdict v = plan_error(m, c);
    char id[64];
    if (v.type != NULL)
        return v;
    struct work k = work_begin(m, c->at, c->revision);
    struct moved d = moved_begin();
    json_t *row = row_new(m, c, column_text(p, "unit"), column_int(p, "places"),
                          day_parse(column_text(p, "on")));
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        json_object_set(row, same[i], column(p, same[i]));
    if (is_text(row, "type", "sequence")) {
        json_object_set(row, "until", column(p, "until"));
        json_object_set(row, "weeks", column(p, "weeks"));
        json_object_set_new(row, "weekdays", weekdays_of(column(p, "weekdays")));
    }
    bool enters = is_text(row, "type", "entry");
    add(&k, row, id);
    if (enters)
        plan_return(&k, c, id, NO_DAY, &d);
    return moved_verdict(&k, id, &d);
}

/* What is done */

static int64_t taken_by(const char *type, int64_t n)
{
    return strcmp(type, "entry") == 0 ? n : strcmp(type, "exit") == 0 ? -n : 0;
}

static int64_t opened_by(const char *type, int64_t n)
{
    return strcmp(type, "opening") == 0 ? n : strcmp(type, "closing") == 0 ? -n : 0;
}

static struct verdict move_error(const json_t *u, const char *type, int64_t n)
{
    int64_t taken = column_int(u, "occupied") + taken_by(type, n);
    int64_t opened = column_int(u, "open") + opened_by(type, n);
    if (taken < 0)
        return verdict_invalid("/places", "more_than_occupied");
    if (opened < 0)
        return verdict_invalid("/places", "more_than_open");
    if (taken > 9999 || opened > 9999)
        return verdict_invalid("/places", "out_of_range");
    if (word_in("entry closing", type) &&
        (opened > taken ? opened - taken : 0) < column_int(u, "held"))
        return verdict_refused("conflicts_with_holds");
    return (struct verdict){0};
}

/* Why a movement cannot be carried out; named, named_into: what the command calls its units. */
static struct verdict carry_error(const struct model *m, const json_t *row, usec_t seen,
                                  const char *named, const char *named_into)
{
    const json_t *u = row_find(m, TABLE_UNIT, column_text(row, "unit"));
    const json_t *into = row_find(m, TABLE_UNIT, column_text(row, "to_unit"));
    int64_t n = column_int(row, "places");
    struct verdict v = {0};
    if (column_null(u, "observed_at"))
        return verdict_invalid(named, "never_declared");
    if (into != NULL && column_null(into, "observed_at"))
        return verdict_invalid(named_into, "never_declared");
    if (seen >= column_int(u, "observed_at"))
        v = move_error(u, column_text(row, "type"), n);
    if (v.type == NULL && into != NULL && seen >= column_int(into, "observed_at") &&
        n > places_free(into, false))
        v = verdict_refused("no_free_place");
    return v;
}

/* Figures observed later than the movement count it already. */
static void move_counts(struct work *k, const struct command *c, const char *unit, const char *type,
                        int64_t n, struct moved *d)
{
    json_t *u = row_find(k->m, TABLE_UNIT, unit);
    usec_t seen = observed_at(c);
    if (u == NULL || seen < column_int(u, "observed_at"))
        return;
    json_t *contested = json_incref(column(u, "contested_at"));
    set_int(u, "occupied", column_int(u, "occupied") + taken_by(type, n));
    set_int(u, "open", column_int(u, "open") + opened_by(type, n));
    date_counts(u, c, seen);
    json_object_set_new(u, "contested_at", contested); /* one movement is no count */
    work_touch(k, TABLE_UNIT, unit);
    json_array_append_new(d->units, must(json_string(unit)));
}

static void carry_out(struct work *k, const struct command *c, const json_t *row, struct moved *d)
{
    int64_t n = column_int(row, "places") * (k->m->fault == FAULT_MOVE_TWICE ? 2 : 1);
    move_counts(k, c, column_text(row, "unit"), column_text(row, "type"), n, d);
    if (!column_null(row, "to_unit"))
        move_counts(k, c, column_text(row, "to_unit"), "entry", n, d);
}

/* Why a planned movement is not to be done now, whatever the counts; NULL: it may be. */
static const char *not_to_be_done(const struct model *m, const json_t *row)
{
    const json_t *entry = row_find(m, TABLE_MOVEMENT, column_text(row, "entry"));
    bool again = m->fault == FAULT_MOVE_AGAIN && is_text(row, "state", "done");
    if (!is_planned(row) && !again)
        return "movement_not_planned";
    if (is_text(row, "type", "sequence"))
        return "movement_recurs";
    return entry != NULL && is_planned(entry) ? "entry_not_done" : NULL;
}

struct verdict movement_done(struct model *m, const struct command *c)
{
    const char *id = column_text(c->params, "movement");
    const json_t *row = row_find(m, TABLE_MOVEMENT, id);
    const char *to_unit = column_text(row, "to_unit");
    usec_t seen = observed_at(c);
    if (unit_named_in_scope(m, c, column_text(row, "unit")) == NULL ||
        (is_planned(row) && to_unit != NULL && unit_named_in_scope(m, c, to_unit) == NULL))
        return verdict_refused("forbidden");
    if (not_to_be_done(m, row) != NULL)
        return verdict_invalid("/movement", not_to_be_done(m, row));
    if (seen == 0)
        return in_the_future(c);
    struct verdict v = carry_error(m, row, seen, "/movement", "/movement");
    if (v.type != NULL)
        return v;
    struct work k = work_begin(m, c->at, c->revision);
    struct moved d = moved_begin();
    end(&k, id, "done");
    carry_out(&k, c, row, &d);
    return moved_verdict(&k, id, &d);
}

struct verdict movement_cancel(struct model *m, const struct command *c)
{
    const char *id = column_text(c->params, "movement"), *other;
    const json_t *row = row_find(m, TABLE_MOVEMENT, id);
    json_t *exit;
    if (unit_named_in_scope(m, c, column_text(row, "unit")) == NULL)
        return verdict_refused("forbidden");
    if (!is_planned(row))
        return verdict_invalid("/movement", "movement_not_planned");
    struct work k = work_begin(m, c->at, c->revision);
    struct moved d = moved_begin();
    end(&k, id, "cancelled");
    json_object_foreach (m->tables[TABLE_MOVEMENT], other, exit)
        if (is_text(exit, "entry", id) && is_planned(exit)) {
            end(&k, other, "cancelled");
            json_array_append_new(d.movements, must(json_string(other)));
        }
    return moved_verdict(&k, id, &d);
}

/* The planned exits of its unit that an exit closes. */
static struct verdict ends_error(const struct model *m, const struct command *c)
{
    const json_t *ends = column(c->params, "ends");
    char pointer[40];
    for (size_t i = 0; i < json_array_size(ends); i++) {
        const char *id = json_string_value(json_array_get(ends, i)), *why = NULL;
        const json_t *row = row_find(m, TABLE_MOVEMENT, id);
        bool is_its = row != NULL && is_text(row, "type", "exit") &&
                      json_equal(column(row, "unit"), column(c->params, "unit"));
        for (size_t j = 0; j < i; j++)
            if (json_equal(json_array_get(ends, j), json_array_get(ends, i)))
                why = "twice";
        if (!is_its)
            why = "unknown_reference";
        else if (why == NULL)
            why = !column_null(row, "to_unit") ? "to_another_unit" : not_to_be_done(m, row);
        snprintf(pointer, sizeof pointer, "/ends/%zu", i);
        if (why != NULL)
            return verdict_invalid(pointer, why);
    }
    return (struct verdict){0};
}

static void close_exits(struct work *k, const struct command *c, struct moved *d)
{
    json_t *ends = text_set(column(c->params, "ends"));
    for (size_t i = 0; i < json_array_size(ends); i++) {
        end(k, json_string_value(json_array_get(ends, i)), "done");
        json_array_append(d->movements, json_array_get(ends, i));
    }
    json_decref(ends);
}

/* Done at once, its row being made. Takes row. */
static struct verdict do_now(struct model *m, const struct command *c, json_t *row, int64_t began)
{
    struct work k = work_begin(m, c->at, c->revision);
    struct moved d = moved_begin();
    char id[64];
    set_text(row, "state", "done");
    set_int(row, "ended_at", c->at);
    add(&k, row, id);
    carry_out(&k, c, row, &d);
    close_exits(&k, c, &d);
    if (is_text(row, "type", "entry"))
        plan_return(&k, c, id, began, &d);
    return moved_verdict(&k, id, &d);
}

struct verdict movement_entry(struct model *m, const struct command *c)
{
    const json_t *u = unit_in_scope(m, c);
    usec_t seen = observed_at(c);
    if (u == NULL)
        return verdict_refused("forbidden");
    if (seen == 0)
        return in_the_future(c);
    int64_t on = local_day(m, unit_home(m, u), seen);
    json_t *row =
        row_new(m, c, column_text(c->params, "unit"), column_int(c->params, "places"), on);
    set_text(row, "type", "entry");
    json_object_set(row, "origin_unit", column(c->params, "origin_unit"));
    struct verdict v = stay_error(m, c, "entry", on);
    if (v.type == NULL)
        v = carry_error(m, row, seen, "/unit", "/unit");
    if (v.type == NULL)
        return do_now(m, c, row, on);
    json_decref(row);
    return v;
}

static struct verdict leave(struct model *m, const struct command *c, const char *unit,
                            const char *to_unit, const char *code)
{
    const json_t *u = unit_named_in_scope(m, c, unit);
    usec_t seen = observed_at(c);
    if (u == NULL || (to_unit != NULL && unit_named_in_scope(m, c, to_unit) == NULL))
        return verdict_refused("forbidden");
    if (to_unit != NULL && strcmp(unit, to_unit) == 0)
        return verdict_invalid("/unit", "same_unit");
    if (seen == 0)
        return in_the_future(c);
    int64_t on = local_day(m, unit_home(m, u), seen);
    json_t *row = row_new(m, c, unit, column_int(c->params, "places"), on);
    set_text(row, "code", code);
    set_text(row, "to_unit", to_unit);
    struct verdict v = ends_error(m, c);
    if (v.type == NULL)
        v = carry_error(m, row, seen, to_unit != NULL ? "/from_unit" : "/unit", "/unit");
    if (v.type == NULL)
        return do_now(m, c, row, NO_DAY);
    json_decref(row);
    return v;
}

struct verdict movement_exit(struct model *m, const struct command *c)
{
    return leave(m, c, column_text(c->params, "unit"), NULL, column_text(c->params, "code"));
}

struct verdict movement_transfer(struct model *m, const struct command *c)
{
    return leave(m, c, column_text(c->params, "from_unit"), column_text(c->params, "unit"),
                 "transfer");
}
