/* SPDX-License-Identifier: EUPL-1.2 */
/* Missions: who fetches a child, from the acceptance to the hand-over: schema/0032_mission.sql. */
#include "sim/model_missions.h"

#include <string.h>

#include "sim/model_calendar.h"
#include "sim/model_decisions.h"

static bool is_active(const json_t *mission)
{
    return word_in("assigned under_way arrived", column_text(mission, "state"));
}

static json_t *mission_named(const struct model *m, const struct command *c)
{
    return row_find(m, TABLE_MISSION, column_text(c->params, "mission"));
}

/* The active mission of a hold, its id too; or NULL. */
static json_t *mission_of(const struct model *m, const char *hold, const char **ret_id)
{
    const char *id;
    json_t *mission;
    json_object_foreach (m->tables[TABLE_MISSION], id, mission)
        if (strcmp(column_text(mission, "hold"), hold) == 0 && is_active(mission)) {
            *ret_id = id;
            return mission;
        }
    return NULL;
}

static const char *acting_account(const struct command *c)
{
    return c->acts_for != NULL ? c->acts_for : c->account;
}

/* mission: or NULL */
static bool may_lead(const struct model *m, const struct command *c, const json_t *mission)
{
    const char *team = column_text(mission, "team");
    const char *territory = column_text(mission, "territory");
    if (mission == NULL)
        return false;
    if (is_role(c, "mobile"))
        return team == NULL ? in_departement(m, c, territory)
                            : strcmp(team, acting_account(c)) == 0;
    if (is_role(c, "astreinte") || is_role(c, "def"))
        return in_departement(m, c, territory) ||
               in_departement(m, c, column_text(mission, "origin"));
    return true;
}

bool mission_lets_bring(const struct model *m, const struct command *c, const char *hold)
{
    const char *id;
    const json_t *last = NULL;
    json_t *mission;
    json_object_foreach (m->tables[TABLE_MISSION], id, mission) {
        if (strcmp(column_text(mission, "hold"), hold) != 0)
            continue;
        if (last == NULL || is_active(mission) > is_active(last) ||
            (is_active(mission) == is_active(last) &&
             column_int(mission, "assigned_at") > column_int(last, "assigned_at")))
            last = mission;
    }
    return may_lead(m, c, last);
}

/* What the unit of a mission and the establishment that it is in are called, if that is another
 * name. */
static bool rename_mission(const struct model *m, json_t *mission)
{
    const json_t *u = row_find(m, TABLE_UNIT, column_text(mission, "unit"));
    const json_t *e = row_find(m, TABLE_ESTABLISHMENT, column_text(u, "establishment"));
    json_t *host = column(e, "name");
    if (json_equal(column(mission, "unit_name"), column(u, "name")) &&
        json_equal(column(mission, "establishment_name"), host))
        return false;
    json_object_set(mission, "unit_name", column(u, "name"));
    json_object_set(mission, "establishment_name", host);
    return true;
}

static void mission_new(struct work *k, const char *hold_id, const char *team)
{
    static const char *const same[] = {"unit",   "establishment", "territory",
                                       "origin", "created_by",    "request",
                                       "places", "profile",       "place"};
    static const char *const nulls[] = {"code", "under_way_at", "arrived_at", "handed_over_at",
                                        "ended_at"};
    const json_t *hold = row_find(k->m, TABLE_HOLD, hold_id);
    const json_t *request = row_find(k->m, TABLE_REQUEST, column_text(hold, "request"));
    const json_t *from = column(request, "from");
    json_t *row = must(json_pack("{sss{sOsO}sssI}", "hold", hold_id, "from", "commune",
                                 column(from, "commune"), "territory", column(from, "territory"),
                                 "state", "assigned", "assigned_at", (json_int_t)k->at));
    char id[64];
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        json_object_set(row, same[i], column(hold, same[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(nulls); i++)
        json_object_set_new(row, nulls[i], json_null());
    rename_mission(k->m, row);
    if (team == NULL)
        team = team_on_call(k->m, column_text(hold, "territory"), k->at);
    set_text(row, "team", is_team(k->m, team) ? team : NULL);
    made_id(k->m, 'm', k->revision, 1, id);
    row_set(k->m, TABLE_MISSION, id, row);
    work_touch(k, TABLE_MISSION, id);
}

void mission_follows_accept(struct work *k, const char *hold)
{
    const char *territory = column_text(row_find(k->m, TABLE_HOLD, hold), "territory");
    enum office office = office_at(k->m, territory, k->at);
    bool day = office == OFFICE_OPEN && k->m->fault == FAULT_MISSION_DAY;
    if (day || (office == OFFICE_CLOSED && k->m->fault != FAULT_MISSION_NIGHT))
        mission_new(k, hold, NULL);
}

/* A team that acts on nobody's mission takes it. */
static void take(json_t *mission, const struct command *c)
{
    if (column_null(mission, "team") && is_role(c, "mobile"))
        set_text(mission, "team", acting_account(c));
}

void mission_follows_end(struct work *k, const struct command *c, const char *hold)
{
    const char *id;
    json_t *row = mission_of(k->m, hold, &id);
    const json_t *h = row_find(k->m, TABLE_HOLD, hold);
    if (row == NULL)
        return;
    bool arrived = hold_is(h, "arrived");
    work_before(k, TABLE_MISSION, id);
    take(row, c);
    set_text(row, "state", arrived ? "handed_over" : "cancelled");
    if (arrived)
        set_int(row, "handed_over_at", k->at);
    else
        json_object_set(row, "code", column(h, "code"));
    set_int(row, "ended_at", k->at);
    work_touch(k, TABLE_MISSION, id);
}

void missions_rename(struct model *m, const json_t *of, int64_t revision, json_t *parts)
{
    const char *id;
    json_t *mission, *part;
    size_t i;
    json_object_foreach (m->tables[TABLE_MISSION], id, mission)
        json_array_foreach ((json_t *)of, i, part)
            if (strcmp(column_text(part, "kind"), "unit") == 0 &&
                json_equal(column(part, "id"), column(mission, "unit")) &&
                rename_mission(m, mission)) {
                set_int(mission, "revision", revision);
                json_array_append_new(parts, must(record_part(m, TABLE_MISSION, id)));
            }
}

static struct verdict not_active(void)
{
    return verdict_invalid("/mission", "mission_not_active");
}

struct verdict mission_create(struct model *m, const struct command *c)
{
    const char *hold = column_text(c->params, "hold"), *id;
    const char *team = column_text(c->params, "team");
    const json_t *row = row_find(m, TABLE_HOLD, hold);
    if (!is_holder(m, c, row))
        return verdict_refused("forbidden");
    if (!hold_is(row, "accepted"))
        return verdict_refused("hold_not_active");
    if (mission_of(m, hold, &id) != NULL)
        return verdict_invalid("/hold", "has_mission");
    if (team != NULL && !is_team(m, team))
        return verdict_invalid("/team", "not_a_team");
    struct work k = work_begin(m, c->at, c->revision);
    mission_new(&k, hold, team);
    return verdict_done(work_parts(&k));
}

struct verdict mission_assign(struct model *m, const struct command *c)
{
    const char *id = column_text(c->params, "mission"), *team = column_text(c->params, "team");
    json_t *row = mission_named(m, c);
    const char *was = column_text(row, "team");
    if (!may_lead(m, c, row))
        return verdict_refused("forbidden");
    if (!is_active(row))
        return not_active();
    if (!is_team(m, team))
        return verdict_invalid("/team", "not_a_team");
    if (was != NULL && strcmp(was, team) == 0)
        return verdict_done(NULL);
    struct work k = work_begin(m, c->at, c->revision);
    work_before(&k, TABLE_MISSION, id);
    set_text(row, "team", team);
    set_int(row, "assigned_at", c->at);
    work_touch(&k, TABLE_MISSION, id);
    return verdict_done(work_parts(&k));
}

static struct verdict mission_move(struct model *m, const struct command *c, const char *states,
                                   const char *to_state, const char *dated)
{
    const char *id = column_text(c->params, "mission");
    json_t *row = mission_named(m, c);
    if (!may_lead(m, c, row))
        return verdict_refused("forbidden");
    if (!word_in(states, column_text(row, "state")))
        return not_active();
    struct work k = work_begin(m, c->at, c->revision);
    work_before(&k, TABLE_MISSION, id);
    take(row, c);
    set_text(row, "state", to_state);
    set_int(row, dated, c->at);
    work_touch(&k, TABLE_MISSION, id);
    return verdict_done(work_parts(&k));
}

struct verdict mission_start(struct model *m, const struct command *c)
{
    return mission_move(m, c, "assigned", "under_way", "under_way_at");
}

struct verdict mission_arrive(struct model *m, const struct command *c)
{
    return mission_move(m, c, "assigned under_way", "arrived", "arrived_at");
}

struct verdict mission_cancel(struct model *m, const struct command *c)
{
    json_t *row = mission_named(m, c);
    if (!may_lead(m, c, row))
        return verdict_refused("forbidden");
    if (!is_active(row))
        return not_active();
    struct work k = work_begin(m, c->at, c->revision);
    set_text(row, "state", "cancelled");
    json_object_set(row, "code", column(c->params, "code"));
    set_int(row, "ended_at", c->at);
    work_touch(&k, TABLE_MISSION, column_text(c->params, "mission"));
    return verdict_done(work_parts(&k));
}

struct verdict mission_hand_over(struct model *m, const struct command *c)
{
    json_t *row = mission_named(m, c);
    usec_t seen = observed_at(c);
    if (!may_lead(m, c, row))
        return verdict_refused("forbidden");
    if (!is_active(row))
        return not_active();
    if (seen == 0)
        return in_the_future(c);
    if (m->fault != FAULT_MISSION_ALONE)
        return hold_bring(m, c, column_text(row, "hold"), seen);
    struct work k = work_begin(m, c->at, c->revision);
    set_text(row, "state", "handed_over");
    set_int(row, "handed_over_at", c->at);
    set_int(row, "ended_at", c->at);
    work_touch(&k, TABLE_MISSION, column_text(c->params, "mission"));
    return verdict_done(work_parts(&k));
}
