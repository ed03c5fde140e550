/* SPDX-License-Identifier: EUPL-1.2 */
/* What a revision may do to offers, missions and movements. */
#include "sim/judge_inside.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Offers */

static const struct judge_transition of_offers[] = {
    {"", "offered", " offer.create "},
    {"offered", "taken", " hold.create "},
    {"offered", "declined", " request.decline "},
    {"offered", "lapsed", " offer.lapse "},
    {"taken", "", " offer.forget "},
    {"declined", "", " offer.forget "},
    {"lapsed", "", " offer.forget "},
    {"void", "", " offer.forget "},
};

int64_t judge_unoffered(const struct judge *j, const json_t *unit, const char *unit_id,
                        const char *request, bool emergency, bool urgent)
{
    json_t *u = json_copy((json_t *)unit), *offer;
    const char *id;
    json_object_foreach (j->offers, id, offer) {
        bool of_emergency = judge_flag(offer, "emergency");
        int64_t n = judge_number(offer, "places");
        if (!judge_is(offer, "unit", unit_id) || !judge_is(offer, "state", "offered") ||
            judge_is(offer, "request", request) || (urgent && !of_emergency))
            continue;
        json_object_set_new(u, "held", json_integer(judge_number(u, "held") + n));
        if (of_emergency)
            json_object_set_new(u, "held_emergency",
                                json_integer(judge_number(u, "held_emergency") + n));
    }
    int64_t free = judge_free(u, emergency);
    json_decref(u);
    return free;
}

static void judge_new_offer(struct judge *j, const struct entry *e, const char *id,
                            const json_t *state)
{
    const char *request = judge_text(state, "request"), *unit = judge_text(state, "unit"), *other;
    json_t *offer;
    if (!judge_is(judge_before(j, "request", request), "state", "open"))
        judge_found(j, e, "%s is for a request that is not open", id);
    json_object_foreach (j->offers, other, offer)
        if (judge_is(offer, "state", "offered") && judge_is(offer, "request", request))
            judge_found(j, e, "%s is a second offer to %s", id, request);
    if (judge_number(state, "places") > judge_unoffered(j, judge_before(j, "unit", unit), unit, "",
                                                        judge_flag(state, "emergency"), false))
        judge_found(j, e, "%s offers more of %s than is left", id, unit);
}

static void judge_offer(struct judge *j, const struct entry *e, const char *id, const json_t *state)
{
    const json_t *was = json_object_get(j->offers, id);
    bool is_void = judge_is(was, "state", "offered") && judge_is(state, "state", "void");
    if (!is_void && !judge_may_become(of_offers, COUNT(of_offers), judge_text(was, "state"),
                                      judge_text(state, "state"), e->operation))
        judge_found(j, e, "%s becomes '%s' after '%s'", id, judge_text(state, "state"),
                    judge_text(was, "state"));
    if (was == NULL)
        judge_new_offer(j, e, id, state);
    else if (judge_is(state, "state", "lapsed") && judge_number(was, "offered_until") > e->at)
        judge_found(j, e, "%s lapses before its end", id);
}

void judge_offered(struct judge *j, const struct entry *e)
{
    const char *id;
    json_t *offer;
    json_object_foreach (j->offers, id, offer) {
        const char *unit = judge_text(offer, "unit");
        if (!judge_is(offer, "state", "offered"))
            continue;
        if (judge_unoffered(j, judge_before(j, "unit", unit), unit, judge_text(offer, "request"),
                            judge_flag(offer, "emergency"), false) < judge_number(offer, "places"))
            judge_found(j, e, "%s has no room in %s", id, unit);
        if (!judge_is(judge_before(j, "request", judge_text(offer, "request")), "state", "open"))
            judge_found(j, e, "%s is left by its request", id);
        if (strcmp(e->actor, "system") != 0 && judge_number(offer, "offered_until") <= e->at)
            judge_found(j, e, "%s should have lapsed", id);
    }
}

/* Missions */

#define OVER " hold.arrive unit.declare mission.hand_over "
static const struct judge_transition of_missions[] = {
    {"", "assigned", " hold.accept mission.create "},
    {"assigned", "assigned", " mission.assign "},
    {"assigned", "under_way", " mission.start "},
    {"assigned", "arrived", " mission.arrive "},
    {"under_way", "under_way", " mission.assign "},
    {"under_way", "arrived", " mission.arrive "},
    {"arrived", "arrived", " mission.assign "},
    {"assigned", "handed_over", OVER},
    {"under_way", "handed_over", OVER},
    {"arrived", "handed_over", OVER},
    {"assigned", "cancelled", " mission.cancel hold.withdraw "},
    {"under_way", "cancelled", " mission.cancel hold.withdraw "},
    {"arrived", "cancelled", " mission.cancel hold.withdraw "},
    {"handed_over", "", " mission.forget "},
    {"cancelled", "", " mission.forget "},
};

static bool is_under_way(const json_t *mission)
{
    return judge_is(mission, "state", "assigned") || judge_is(mission, "state", "under_way") ||
           judge_is(mission, "state", "arrived");
}

static void judge_mission(struct judge *j, const struct entry *e, const char *id,
                          const json_t *state)
{
    const json_t *was = json_object_get(j->missions, id);
    const json_t *hold = judge_after(j, e, "hold", judge_text(state, "hold"));
    if (!judge_may_become(of_missions, COUNT(of_missions), judge_text(was, "state"),
                          judge_text(state, "state"), e->operation))
        judge_found(j, e, "%s becomes '%s' after '%s'", id, judge_text(state, "state"),
                    judge_text(was, "state"));
    if (was == NULL && !judge_is(hold, "state", "accepted"))
        judge_found(j, e, "%s is for a hold that is not accepted", id);
    if (judge_is(state, "state", "handed_over") && !judge_is(hold, "state", "arrived"))
        judge_found(j, e, "%s is handed over, and its hold has not arrived", id);
}

/* Whether the offices are open, by the one calendar (of UTC); -1: nobody knows. */
static int is_office_open(const struct judge *j, int64_t at)
{
    const json_t *calendar = judge_before(j, "calendar", "d31");
    int64_t minute = at / USEC_MIN % 1440, weekday = (at / (24 * USEC_HOUR) + 3) % 7 + 1;
    char clock[32];
    size_t i;
    json_t *hours;
    snprintf(clock, sizeof clock, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
    json_array_foreach (json_object_get(calendar, "office"), i, hours)
        if (judge_number(hours, "day") == weekday &&
            strcmp(judge_text(hours, "from"), clock) <= 0 &&
            strcmp(clock, judge_text(hours, "to")) < 0)
            return 1;
    return calendar != NULL ? 0 : -1;
}

static int missions_of(const struct judge *j, const struct entry *e, const char *hold)
{
    const char *id;
    json_t *mission;
    int n = 0;
    json_object_foreach (j->missions, id, mission)
        n += judge_is(mission, "hold", hold) && is_under_way(judge_after(j, e, "mission", id));
    for (size_t i = 0; i < e->n; i++)
        n += judge_is(e->rows[i], "kind", "mission") &&
             judge_before(j, "mission", judge_text(e->rows[i], "id")) == NULL &&
             judge_is(json_object_get(e->rows[i], "state"), "hold", hold);
    return n;
}

/* A mission begins with the acceptance out of hours, and is not without its hold. */
static void judge_fetched(struct judge *j, const struct entry *e, const char *id,
                          const json_t *state)
{
    const json_t *was = json_object_get(j->holds, id);
    bool accepted = judge_is(state, "state", "accepted");
    int n = missions_of(j, e, id);
    if (accepted && judge_is(was, "state", "held") && n != (is_office_open(j, e->at) == 0))
        judge_found(j, e, "%s is accepted with %d missions, the offices being %s", id, n,
                    is_office_open(j, e->at) == 0 ? "closed" : "open, or not known");
    if (!accepted && n > 0)
        judge_found(j, e, "%s leaves its mission", id);
}

/* Movements */

#define NOW " movement.entry movement.exit movement.transfer "
static const struct judge_transition of_movements[] = {
    {"", "planned", " movement.plan movement.entry hold.arrive mission.hand_over unit.declare "},
    {"", "done", NOW},
    {"planned", "planned", " movement.due_soon "},
    {"planned", "done", " movement.done movement.exit movement.end "},
    {"planned", "cancelled", " movement.cancel "},
    {"done", "", " movement.forget "},
    {"cancelled", "", " movement.forget "},
};

/* What a movement moves in a unit: by how much, in its counts. */
static void judge_moved(struct judge *j, const struct entry *e, const json_t *movement,
                        const char *unit, const char *type)
{
    const json_t *was = judge_before(j, "unit", unit), *is_now = judge_after(j, e, "unit", unit);
    bool people = strcmp(type, "exit") == 0 || strcmp(type, "entry") == 0;
    bool more = strcmp(type, "entry") == 0 || strcmp(type, "opening") == 0;
    int64_t n = judge_number(movement, "places") * (more ? 1 : -1);
    int64_t taken = judge_number(is_now, "occupied") - judge_number(was, "occupied");
    int64_t opened = judge_number(is_now, "open") - judge_number(was, "open");
    if (was == is_now) /* its figures count it already */
        return;
    if (taken != (people ? n : 0) || opened != (people ? 0 : n))
        judge_found(j, e, "%s moves by %lld and %lld, its movement says %lld", unit,
                    (long long)taken, (long long)opened, (long long)n);
}

static void judge_movement(struct judge *j, const struct entry *e, const char *id,
                           const json_t *state)
{
    const json_t *was = json_object_get(j->movements, id);
    const char *operation = e->operation;
    if (!judge_may_become(of_movements, COUNT(of_movements), judge_text(was, "state"),
                          judge_text(state, "state"), operation))
        judge_found(j, e, "%s becomes '%s' after '%s'", id, judge_text(state, "state"),
                    judge_text(was, "state"));
    if (strcmp(operation, "movement.due_soon") == 0 && judge_flag(was, "due_soon"))
        judge_found(j, e, "%s is told again", id);
    bool done = judge_is(state, "state", "done") &&
                (was == NULL || strcmp(operation, "movement.done") == 0);
    if (!done)
        return;
    judge_moved(j, e, state, judge_text(state, "unit"), judge_text(state, "type"));
    if (judge_text(state, "to_unit")[0] != '\0')
        judge_moved(j, e, state, judge_text(state, "to_unit"), "entry");
}

/* Where stays are limited an arrival plans its end, once. */
static void judge_stay(struct judge *j, const struct entry *e, const char *id, const json_t *state)
{
    const json_t *unit = judge_before(j, "unit", judge_text(state, "unit"));
    bool limited = json_is_integer(json_object_get(unit, "max_stay_days"));
    int n = 0;
    if (!judge_is(state, "state", "arrived"))
        return;
    for (size_t i = 0; i < e->n; i++)
        n += judge_is(e->rows[i], "kind", "movement") &&
             judge_is(json_object_get(e->rows[i], "state"), "hold", id);
    if (n != limited)
        judge_found(j, e, "%s arrives, and %d ends of its stay are planned", id, n);
}

void judge_others(struct judge *j, const struct entry *e)
{
    for (size_t i = 0; i < e->n; i++) {
        const char *kind = judge_text(e->rows[i], "kind"), *id = judge_text(e->rows[i], "id");
        const json_t *state = json_object_get(e->rows[i], "state");
        if (strcmp(kind, "offer") == 0)
            judge_offer(j, e, id, state);
        else if (strcmp(kind, "mission") == 0)
            judge_mission(j, e, id, state);
        else if (strcmp(kind, "movement") == 0)
            judge_movement(j, e, id, state);
        else if (strcmp(kind, "hold") == 0) {
            judge_fetched(j, e, id, state);
            judge_stay(j, e, id, state);
        }
    }
}
