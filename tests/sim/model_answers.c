/* SPDX-License-Identifier: EUPL-1.2 */
/* What becomes of a hold: accepted, refused, released, extended, withdrawn, arrived. */
#include <string.h>

#include "sim/model_missions.h"

#define EXTENSIONS_MAX 2
#define MINUTES_DEFAULT 45
#define ARRIVE_DEFAULT (24 * USEC_HOUR)
#define ARRIVE_MAX (7 * 24 * USEC_HOUR)

static json_t *hold_named(const struct model *m, const struct command *c)
{
    return row_find(m, TABLE_HOLD, column_text(c->params, "hold"));
}

static bool is_host(const struct command *c, const json_t *hold)
{
    return is_role(c, "establishment") &&
           has_text(c->establishments, column_text(hold, "establishment"));
}

/* Places of the unit that other emergencies were promised. */
static int64_t promised(const struct model *m, const json_t *but)
{
    const char *id;
    json_t *hold;
    int64_t n = 0;
    json_object_foreach (m->tables[TABLE_HOLD], id, hold)
        if (hold != but && hold_is(hold, "accepted") && json_is_true(column(hold, "emergency")) &&
            json_equal(column(hold, "unit"), column(but, "unit")))
            n += column_int(hold, "places");
    return n;
}

/* Who answers: the host; for an emergency that fits into reserved places, who is on call too. */
static bool may_answer(const struct model *m, const struct command *c, const json_t *hold)
{
    if (hold == NULL)
        return false;
    if (is_host(c, hold) || is_role(c, "admin"))
        return true;
    if ((!is_role(c, "astreinte") && !is_role(c, "def")) ||
        (!in_departement(m, c, column_text(hold, "territory")) &&
         !in_departement(m, c, column_text(hold, "origin"))))
        return false;
    const json_t *u = row_find(m, TABLE_UNIT, column_text(hold, "unit"));
    return json_is_true(column(hold, "emergency")) && !column_null(u, "emergency_used") &&
           column_int(hold, "places") + promised(m, hold) <=
               column_int(u, "emergency_reserved") - column_int(u, "emergency_used");
}

static void set_place(const struct model *m, json_t *hold)
{
    json_t *part = must(record_part(m, TABLE_UNIT, column_text(hold, "unit")));
    const json_t *state = column(part, "state");
    const json_t *e = row_find(m, TABLE_ESTABLISHMENT, column_text(state, "establishment"));
    json_object_set_new(hold, "place",
                        must(json_pack("{sOsOsOsO}", "address", column(e, "address"), "commune",
                                       column(state, "commune"), "point", column(state, "point"),
                                       "contact", column(state, "contact"))));
    json_decref(part);
}

/* The other holds of the request that have nothing left to place. */
static void release_losers(struct work *k, const char *winner, const char *request)
{
    const json_t *row = row_find(k->m, TABLE_REQUEST, request);
    const char *id;
    json_t *hold;
    if (k->m->fault == FAULT_LOSERS)
        return;
    json_object_foreach (k->m->tables[TABLE_HOLD], id, hold) {
        const char *of = column_text(hold, "request");
        if (of == NULL || strcmp(of, request) != 0 || strcmp(id, winner) == 0 ||
            !hold_is(hold, "held"))
            continue;
        json_t *left = indexes_without(column(hold, "children"), column(row, "placed"));
        if (json_array_size(left) == 0)
            hold_end(k, id, "released", NULL);
        json_decref(left);
    }
}

static void place_children(struct work *k, const char *id)
{
    const json_t *hold = row_find(k->m, TABLE_HOLD, id);
    const char *of = column_text(hold, "request");
    json_t *request = row_find(k->m, TABLE_REQUEST, of);
    if (request == NULL)
        return;
    json_object_set_new(request, "placed",
                        indexes_with(column(request, "placed"), column(hold, "children")));
    if (request_has_all(request, "placed")) {
        set_text(request, "state", "placed");
        set_int(request, "placed_at", k->at);
    }
    work_touch(k, TABLE_REQUEST, of);
    release_losers(k, id, of);
}

static bool child_is_placed(const struct model *m, const json_t *hold)
{
    const json_t *request = row_find(m, TABLE_REQUEST, column_text(hold, "request"));
    const json_t *placed = column(request, "placed");
    for (size_t i = 0; i < json_array_size(placed); i++)
        if (has_int(column(hold, "children"), json_integer_value(json_array_get(placed, i))))
            return true;
    return false;
}

/* Its end counts even when the clock's turn has not come. */
static bool is_held(const struct model *m, const struct command *c, const json_t *hold)
{
    if (m->fault == FAULT_ACCEPT_EXPIRED && hold_is(hold, "expired"))
        return true;
    if (m->fault == FAULT_DOUBLE_RELEASE && hold_is(hold, "released"))
        return true;
    return hold_is(hold, "held") && column_int(hold, "held_until") > c->at;
}

struct verdict hold_accept(struct model *m, const struct command *c)
{
    const char *id = column_text(c->params, "hold");
    json_t *hold = hold_named(m, c);
    usec_t by = column_null(c->params, "arrive_by") ? c->at + ARRIVE_DEFAULT
                                                    : column_int(c->params, "arrive_by");
    if (!may_answer(m, c, hold))
        return verdict_refused("forbidden");
    if (!is_held(m, c, hold))
        return verdict_refused("hold_not_active");
    if (by <= c->at)
        return verdict_invalid("/arrive_by", "in_the_past");
    if (by > c->at + ARRIVE_MAX)
        return verdict_invalid("/arrive_by", "out_of_range");
    if (child_is_placed(m, hold))
        return verdict_invalid("/hold", "child_already_placed");
    struct work k = work_begin(m, c->at, c->revision);
    set_text(hold, "state", "accepted");
    set_text(hold, "answered_by", c->account);
    set_int(hold, "answered_at", c->at);
    set_int(hold, "arrive_by", by);
    set_place(m, hold);
    work_touch(&k, TABLE_HOLD, id);
    mission_follows_accept(&k, id);
    place_children(&k, id);
    return verdict_done(work_parts(&k));
}

struct verdict hold_refuse(struct model *m, const struct command *c)
{
    json_t *hold = hold_named(m, c);
    if (!may_answer(m, c, hold))
        return verdict_refused("forbidden");
    if (!is_held(m, c, hold))
        return verdict_refused("hold_not_active");
    struct work k = work_begin(m, c->at, c->revision);
    set_text(hold, "answered_by", c->account);
    set_int(hold, "answered_at", c->at);
    json_t *u = row_find(m, TABLE_UNIT, column_text(hold, "unit"));
    if (strcmp(column_text(c->params, "code"), "full") == 0 && column_null(u, "contested_at"))
        set_int(u, "contested_at", c->at);
    hold_end(&k, column_text(c->params, "hold"), "refused", column(c->params, "code"));
    return verdict_done(work_parts(&k));
}

struct verdict hold_release(struct model *m, const struct command *c)
{
    const json_t *hold = hold_named(m, c);
    if (!is_holder(m, c, hold))
        return verdict_refused("forbidden");
    if (!is_held(m, c, hold))
        return verdict_refused("hold_not_active");
    struct work k = work_begin(m, c->at, c->revision);
    hold_end(&k, column_text(c->params, "hold"), "released", NULL);
    return verdict_done(work_parts(&k));
}

struct verdict hold_extend(struct model *m, const struct command *c)
{
    json_t *hold = hold_named(m, c);
    int64_t minutes =
        column_null(c->params, "minutes") ? MINUTES_DEFAULT : column_int(c->params, "minutes");
    if (!is_holder(m, c, hold))
        return verdict_refused("forbidden");
    if (!is_held(m, c, hold))
        return verdict_refused("hold_not_active");
    if (column_int(hold, "extensions") >= EXTENSIONS_MAX)
        return verdict_invalid("/hold", "extended_too_often");
    struct work k = work_begin(m, c->at, c->revision);
    set_int(hold, "held_until", column_int(hold, "held_until") + minutes * USEC_MIN);
    set_int(hold, "extensions", column_int(hold, "extensions") + 1);
    work_touch(&k, TABLE_HOLD, column_text(c->params, "hold"));
    return verdict_done(work_parts(&k));
}

struct verdict hold_withdraw(struct model *m, const struct command *c)
{
    const json_t *hold = hold_named(m, c);
    if (!is_holder(m, c, hold))
        return verdict_refused("forbidden");
    if (!hold_is(hold, "accepted"))
        return verdict_refused("hold_not_active");
    struct work k = work_begin(m, c->at, c->revision);
    const char *of = column_text(hold, "request");
    json_t *request = row_find(m, TABLE_REQUEST, of);
    hold_end(&k, column_text(c->params, "hold"), "withdrawn", column(c->params, "code"));
    mission_follows_end(&k, c, column_text(c->params, "hold"));
    if (request != NULL && m->fault != FAULT_FORGETFUL) {
        json_object_set_new(request, "placed",
                            indexes_without(column(request, "placed"), column(hold, "children")));
        if (strcmp(column_text(request, "state"), "placed") == 0) {
            set_text(request, "state", "open");
            json_object_set_new(request, "placed_at", json_null());
        }
        work_touch(&k, TABLE_REQUEST, of);
    }
    return verdict_done(work_parts(&k));
}

/* An arrival moves the places from held to occupied, and dates the counts. */
static void move_places(struct work *k, const struct command *c, const json_t *hold, usec_t seen)
{
    json_t *u = row_find(k->m, TABLE_UNIT, column_text(hold, "unit"));
    int64_t n = column_int(hold, "places");
    int64_t used = column_int(u, "emergency_used") + n, most = column_int(u, "emergency_reserved");
    unit_hold(k, hold, -1);
    int64_t times = k->m->fault == FAULT_ARRIVE_TWICE ? 2 : 1;
    set_int(u, "occupied", column_int(u, "occupied") + times * n);
    if (json_is_true(column(hold, "emergency")))
        set_int(u, "emergency_used", used < most ? used : most);
    date_counts(u, c, column_int(u, "observed_at") > seen ? column_int(u, "observed_at") : seen);
}

struct verdict hold_bring(struct model *m, const struct command *c, const char *id, usec_t seen)
{
    struct work k = work_begin(m, c->at, c->revision);
    move_places(&k, c, row_find(m, TABLE_HOLD, id), seen);
    hold_arrived(&k, c, id);
    return verdict_done(work_parts(&k));
}

/* Who tells of an arrival: a team that of its mission. */
static bool may_bring(const struct model *m, const struct command *c, const json_t *hold)
{
    if (is_role(c, "establishment"))
        return is_host(c, hold);
    if (is_role(c, "mobile"))
        return mission_lets_bring(m, c, column_text(c->params, "hold"));
    return is_holder(m, c, hold);
}

struct verdict hold_arrive(struct model *m, const struct command *c)
{
    const json_t *hold = hold_named(m, c);
    usec_t seen = observed_at(c);
    if (!may_bring(m, c, hold))
        return verdict_refused("forbidden");
    bool honoured = m->fault == FAULT_ARRIVE_EXPIRED && hold_is(hold, "expired") &&
                    row_find(m, TABLE_UNIT, column_text(hold, "unit")) != NULL;
    if (!hold_is(hold, "accepted") && !honoured)
        return verdict_refused("hold_not_active");
    if (seen == 0)
        return in_the_future(c);
    return hold_bring(m, c, column_text(c->params, "hold"), seen);
}
