/* SPDX-License-Identifier: EUPL-1.2 */
/* Params about days, office hours, who is on call and who fetches a child. */
#include <string.h>

#include "sim/model_calendar.h"
#include "sim/random_params.h"

static const char *const teams[] = {"mobile", "mobile", "mobile-2", "night", "nobody"};

const char *random_day(struct random_commands *r, int64_t earliest, int64_t latest)
{
    static char text[DAY_TEXT];
    if (chance(r, 2))
        return chance(r, 50) ? "2027-02-31" : "1999-01-01";
    return day_text(r->latest / USEC_S / 86400 + between(r, earliest, latest), text);
}

json_t *random_weekdays(struct random_commands *r)
{
    json_t *days = must(json_array());
    for (int64_t day = chance(r, 96), i = 0; i < (chance(r, 97) ? 3 : 0);
         i++, day += between(r, 0, 3))
        json_array_append_new(days, must(json_integer(day)));
    return days;
}

void random_span(struct random_commands *r, json_t *p)
{
    static const char *const weeks[] = {"all", "odd", "even", "third"};
    if (chance(r, 30))
        set_text(p, "wanted_on", random_day(r, chance(r, 90) ? 0 : -2, 40));
    if (chance(r, 25))
        set_text(p, "wanted_until", chance(r, 70) ? random_day(r, 20, 404) : random_day(r, -5, 20));
    if (chance(r, 20))
        json_object_set_new(p, "days",
                            must(json_pack("{soss}", "weekdays", random_weekdays(r), "weeks",
                                           PICK_WELL(r, weeks))));
}

json_t *random_calendar(struct random_commands *r)
{
    static const char *const zones[] = {"Europe/Paris", "Europe/Paris", "UTC", "America/Guadeloupe",
                                        "Nowhere/At_all"};
    static const char *const times[] = {"00:00", "08:30", "12:00", "13:30", "24:00", "25:00"};
    json_t *p = must(json_object()), *office = must(json_array()), *holidays = must(json_array());
    set_text(p, "territory", chance(r, 85) ? world_territories[0] : PICK(r, world_territories));
    set_text(p, "time_zone", PICK_WELL(r, zones));
    for (uint32_t i = dice_roll(&r->dice, 12); i > 0; i--) {
        uint32_t from = dice_roll(&r->dice, 4), to = from + 1 + dice_roll(&r->dice, 4 - from);
        if (chance(r, 1))
            from = to = dice_roll(&r->dice, 6);
        json_array_append_new(
            office, must(json_pack("{sIssss}", "day", (json_int_t)between(r, chance(r, 99), 7),
                                   "from", times[from], "to", times[to])));
    }
    for (uint32_t i = dice_roll(&r->dice, 3); i > 0; i--)
        json_array_append_new(holidays, must(json_string(random_day(r, 0, 10))));
    json_object_set_new(p, "office", office);
    json_object_set_new(p, "holidays", holidays);
    return p;
}

json_t *random_rota(struct random_commands *r)
{
    static const char *const ids[] = {"t-1", "t-2", "t-3", "t-4", "t-5", "t-6", "t-7", "t-8", "t8"};
    static const char *const duties[] = {"mobile", "mobile", "mobile", "astreinte", "def", "cook"};
    json_t *p = must(json_object());
    usec_t from = r->latest + between(r, -20, 10) * USEC_HOUR;
    set_text(p, "id", PICK_WELL(r, ids));
    set_text(p, "duty", PICK_WELL(r, duties));
    set_text(p, "territory", chance(r, 85) ? world_territories[0] : PICK(r, world_territories));
    set_text(p, "account", PICK_WELL(r, teams));
    set_int(p, "from_at", from);
    set_int(p, "to_at", from + between(r, chance(r, 3) ? -1 : 1, 30) * USEC_HOUR);
    return p;
}

json_t *random_rota_delete(struct random_commands *r)
{
    static const char *const ids[] = {"t-1", "t-2", "t-3", "t-9"};
    return must(json_pack("{ss}", "id", PICK(r, ids)));
}

static json_t *mission_named(struct random_commands *r, const char *states)
{
    return must(json_pack("{ss}", "mission", some_record(r, TABLE_MISSION, states)));
}

json_t *random_mission_create(struct random_commands *r)
{
    json_t *p = must(json_pack("{ss}", "hold", some_record(r, TABLE_HOLD, "accepted")));
    if (chance(r, 50))
        set_text(p, "team", PICK_WELL(r, teams));
    return p;
}

json_t *random_mission_assign(struct random_commands *r)
{
    json_t *p = mission_named(r, "assigned under_way arrived");
    set_text(p, "team", PICK_WELL(r, teams));
    return p;
}

json_t *random_mission_start(struct random_commands *r)
{
    return mission_named(r, "assigned");
}

json_t *random_mission_arrive(struct random_commands *r)
{
    return mission_named(r, "assigned under_way");
}

json_t *random_mission_hand_over(struct random_commands *r)
{
    json_t *p = mission_named(r, "assigned under_way arrived");
    if (chance(r, 20))
        set_int(p, "observed_at",
                r->latest + (chance(r, 10) ? 125 : -between(r, 0, 4000)) * USEC_S);
    return p;
}

json_t *random_mission_cancel(struct random_commands *r)
{
    static const char *const codes[] = {"no_show", "runaway", "other", "full"};
    json_t *p = mission_named(r, "assigned under_way arrived");
    if (chance(r, 70))
        set_text(p, "code", PICK_WELL(r, codes));
    return p;
}
