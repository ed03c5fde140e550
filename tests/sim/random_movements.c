/* SPDX-License-Identifier: EUPL-1.2 */
/* Params about who leaves and who comes: mostly of units that have somebody. */
#include <string.h>

#include "sim/random_params.h"

static const char *const codes[] = {"return_home", "majority", "end_of_stay", "nonsense"};

/* One with somebody in it, if there is one. */
static const char *inhabited(struct random_commands *r)
{
    const char *id, *chosen = PICK(r, world_units);
    json_t *u;
    uint32_t n = 0;
    if (r->model != NULL && chance(r, 80))
        json_object_foreach (r->model->tables[TABLE_UNIT], id, u)
            if (column_int(u, "occupied") > 0 && dice_roll(&r->dice, ++n) == 0)
                chosen = id;
    return chosen;
}

static void add_places(struct random_commands *r, json_t *p)
{
    set_int(p, "places", chance(r, 95) ? between(r, 1, 3) : between(r, 0, 1000));
}

static void maybe_seen(struct random_commands *r, json_t *p)
{
    if (chance(r, 30))
        set_int(p, "observed_at", r->latest + (chance(r, 5) ? 125 : -between(r, 0, 4000)) * USEC_S);
}

static void maybe_stay(struct random_commands *r, json_t *p, unsigned percent)
{
    if (chance(r, percent))
        set_text(p, "until", random_day(r, chance(r, 90) ? 1 : -2, 9));
    if (chance(r, percent))
        set_text(p, "origin_unit", chance(r, 95) ? PICK(r, world_units) : "u-none");
}

json_t *random_plan(struct random_commands *r)
{
    static const char *const types[] = {"exit",     "exit",    "exit",    "entry",
                                        "entry",    "entry",   "opening", "sequence",
                                        "sequence", "closing", "nonsense"};
    static const char *const weeks[] = {"all", "odd", "even", "third"};
    const char *type = PICK_WELL(r, types);
    bool leaves = strcmp(type, "exit") == 0, recurs = strcmp(type, "sequence") == 0;
    json_t *p = must(json_pack("{ssss}", "unit", inhabited(r), "type", type));
    add_places(r, p);
    set_text(p, "on", random_day(r, chance(r, 95) ? 0 : -2, recurs ? 2 : 8));
    if (chance(r, leaves ? 97 : 3))
        set_text(p, "code", PICK_WELL(r, codes));
    if (chance(r, leaves ? 25 : 2))
        set_text(p, "to_unit", PICK(r, world_units));
    maybe_stay(r, p, recurs || strcmp(type, "entry") == 0 ? 50 : 3);
    if (chance(r, recurs ? 96 : 2))
        json_object_set_new(p, "weekdays", random_weekdays(r));
    if (chance(r, recurs ? 96 : 2))
        set_text(p, "weeks", PICK_WELL(r, weeks));
    return p;
}

static json_t *movement_named(struct random_commands *r)
{
    return must(json_pack("{ss}", "movement", some_record(r, TABLE_MOVEMENT, "planned")));
}

json_t *random_plan_cancel(struct random_commands *r)
{
    return movement_named(r);
}

json_t *random_plan_done(struct random_commands *r)
{
    json_t *p = movement_named(r);
    maybe_seen(r, p);
    return p;
}

json_t *random_entry(struct random_commands *r)
{
    json_t *p = must(json_pack("{ss}", "unit", PICK(r, world_units)));
    add_places(r, p);
    maybe_stay(r, p, 40);
    maybe_seen(r, p);
    return p;
}

/* Sometimes of a unit that planned it, and closing what it planned. */
json_t *random_exit(struct random_commands *r)
{
    const char *planned = some_record(r, TABLE_MOVEMENT, "planned");
    const json_t *row = r->model != NULL ? row_find(r->model, TABLE_MOVEMENT, planned) : NULL;
    json_t *p = must(json_object());
    bool closes = row != NULL && chance(r, 50);
    set_text(p, "unit", closes ? column_text(row, "unit") : inhabited(r));
    add_places(r, p);
    set_text(p, "code", PICK_WELL(r, codes));
    maybe_seen(r, p);
    if (closes || chance(r, 5)) {
        json_t *ends = must(json_pack("[s]", planned));
        if (chance(r, 20))
            json_array_append_new(
                ends,
                must(json_string(chance(r, 40) ? planned : some_record(r, TABLE_MOVEMENT, NULL))));
        json_object_set_new(p, "ends", ends);
    }
    return p;
}

json_t *random_transfer(struct random_commands *r)
{
    json_t *p = must(json_pack("{ssss}", "from_unit", inhabited(r), "unit", PICK(r, world_units)));
    add_places(r, p);
    maybe_seen(r, p);
    return p;
}
