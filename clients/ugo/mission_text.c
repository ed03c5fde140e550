/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/mission_text.h"

#include <string.h>

#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/places.h"
#include "clients/ugo/unit_text.h"

static const char *text_of(const json_t *record, const char *member)
{
    return json_string_value(json_object_get(record, member));
}

static const char *clock_of(struct screen *s, const json_t *mission, const char *member)
{
    int64_t at;
    return moment_read(mission, member, &at) ? moment_clock(s, at) : "?";
}

const char *mission_state(struct screen *s, const json_t *mission)
{
    const char *state = text_of(mission, "state"), *team = text_of(mission, "team"),
               *code = text_of(mission, "code");
    const char *who = team != NULL ? team : say(s, MSG_MISSION_A_TEAM);

    if (state == NULL)
        return "?";
    if (strcmp(state, "assigned") == 0)
        return team == NULL
                   ? words_printf(&s->words, WARN "%s" PLAIN,
                                  say(s, MSG_MISSION_NOBODY, clock_of(s, mission, "assigned_at")))
                   : say(s, MSG_MISSION_ASSIGNED, who, clock_of(s, mission, "assigned_at"));
    if (strcmp(state, "under_way") == 0)
        return say(s, MSG_MISSION_UNDER_WAY, who, clock_of(s, mission, "under_way_at"));
    if (strcmp(state, "arrived") == 0)
        return say(s, MSG_MISSION_ARRIVED, who, clock_of(s, mission, "arrived_at"));
    if (strcmp(state, "handed_over") == 0)
        return say(s, MSG_MISSION_HANDED_OVER, clock_of(s, mission, "handed_over_at"));
    if (strcmp(state, "cancelled") == 0)
        return code == NULL ? say(s, MSG_MISSION_CANCELLED, clock_of(s, mission, "ended_at"))
                            : say(s, MSG_MISSION_CANCELLED_FOR, clock_of(s, mission, "ended_at"),
                                  label(s, "withdrawal", code));
    return label(s, "mission_state", state);
}

const char *mission_name(struct session *x, const json_t *mission)
{
    const char *host = text_of(mission, "establishment_name"),
               *name = text_of(mission, "unit_name");
    if (name == NULL)
        return known_unit_name(x, text_of(mission, "unit"));
    /* One foster family is one unit: its name says all. */
    if (host == NULL || text_same(host, name))
        return name;
    return words_join(&x->screen->words, host, DOT, name);
}

const char *mission_for(struct session *x, const json_t *mission)
{
    struct screen *s = x->screen;
    const char *what = profile_text(s, json_object_get(mission, "profile"), NULL);
    const char *from = unit_place(x, json_object_get(mission, "from"));
    return from[0] != 0 ? words_join(&s->words, what, DOT, say(s, MSG_FROM, from)) : what;
}
