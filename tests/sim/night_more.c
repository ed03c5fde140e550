/* SPDX-License-Identifier: EUPL-1.2 */
/* What clients do about offers, missions and movements: anything, in any state. */
#include "sim/world.h"

static const char *text(const json_t *o, const char *name)
{
    const char *t = json_string_value(json_object_get(o, name));
    return t != NULL ? t : "";
}

/* To take what is offered, sometimes for somebody else; or to decline it. */
struct decision *night_answer_offer(struct client *c)
{
    struct world *w = c->world;
    const struct judge *j = &w->night.judge;
    const char *id = night_pick(w, j->offers, chance(w, 5) ? "offered" : NULL, -1), *other;
    const json_t *offer = json_object_get(j->offers, id);
    if (offer == NULL)
        return NULL;
    if (chance(w, 3) == 0)
        return night_decide(c, "request.decline",
                            json_pack("{s:s,s:s}", "request", text(offer, "request"), "offer", id));
    other = chance(w, 2) ? night_pick(w, j->requests, "open", -1) : text(offer, "request");
    json_t *p = json_pack("{s:s,s:s,s:i}", "unit", text(offer, "unit"), "request",
                          other != NULL ? other : text(offer, "request"), "minutes", 1);
    if (chance(w, 3) == 0)
        json_object_set_new(p, "emergency", json_true());
    return night_decide(c, "hold.create", p);
}

static struct decision *of_mission(struct client *c, const char *operation)
{
    struct world *w = c->world;
    const char *id = night_pick(w, w->night.judge.missions,
                                chance(w, 5) ? "assigned under_way arrived" : NULL, -1);
    return id != NULL ? night_decide(c, operation, json_pack("{s:s}", "mission", id)) : NULL;
}

struct decision *night_send(struct client *c)
{
    struct world *w = c->world;
    struct decision *d;
    const char *hold;
    switch (chance(w, 4)) {
    case 0:
        hold = night_pick(w, w->night.judge.holds, chance(w, 5) ? "accepted" : NULL, -1);
        return hold != NULL ? night_decide(c, "mission.create", json_pack("{s:s}", "hold", hold))
                            : NULL;
    case 1:
        d = of_mission(c, "mission.assign");
        if (d != NULL)
            json_object_set_new(d->params, "team",
                                json_string(chance(w, 2) ? "mobile" : "mobile-2"));
        return d;
    case 2:
        return of_mission(c, "mission.cancel");
    default:
        return of_mission(c, "mission.hand_over");
    }
}

struct decision *night_fetch(struct client *c)
{
    static const char *const steps[] = {"mission.start", "mission.arrive", "mission.hand_over"};
    return of_mission(c, steps[chance(c->world, 3)]);
}

/* One of its units. */
static json_t *unit_of(const struct client *c)
{
    char id[16];
    snprintf(id, sizeof id, "u-%u",
             (unsigned)c->establishment + ESTABLISHMENTS * chance(c->world, 2));
    return json_string(id);
}

static struct decision *plan(struct client *c)
{
    static const char *const types[] = {"exit", "exit", "entry", "opening", "closing"};
    struct world *w = c->world;
    const char *type = types[chance(w, 5)];
    json_t *p = json_pack("{s:o,s:s,s:i,s:s}", "unit", unit_of(c), "type", type, "places",
                          1 + (int)chance(w, 2), "on", chance(w, 2) ? "2025-11-23" : "2025-12-01");
    if (type[1] == 'x')
        json_object_set_new(p, "code", json_string("majority"));
    if (type[1] == 'n' && chance(w, 2))
        json_object_set_new(p, "until", json_string("2025-12-02"));
    return night_decide(c, "movement.plan", p);
}

struct decision *night_move(struct client *c)
{
    struct world *w = c->world;
    unsigned which = chance(w, 10);
    const char *id =
        night_pick(w, w->night.judge.movements, chance(w, 5) ? "planned" : NULL, c->establishment);
    if (which < 3)
        return plan(c);
    if (which < 7)
        return id != NULL ? night_decide(c, which < 6 ? "movement.done" : "movement.cancel",
                                         json_pack("{s:s}", "movement", id))
                          : NULL;
    if (which < 8)
        return night_decide(
            c, "movement.entry",
            json_pack("{s:o,s:i,s:s}", "unit", unit_of(c), "places", 1, "until", "2025-12-05"));
    if (which < 9)
        return night_decide(
            c, "movement.transfer",
            json_pack("{s:o,s:o,s:i}", "from_unit", unit_of(c), "unit", unit_of(c), "places", 1));
    json_t *p = json_pack("{s:o,s:i,s:s}", "unit", unit_of(c), "places", 1, "code", "return_home");
    if (id != NULL && chance(w, 2))
        json_object_set_new(p, "ends", json_pack("[s]", id));
    return night_decide(c, "movement.exit", p);
}
