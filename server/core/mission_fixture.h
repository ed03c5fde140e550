/* SPDX-License-Identifier: EUPL-1.2 */
/* Missions, calendars and rota entries for tests, as the database writes their states. */
#ifndef CORE_MISSION_FIXTURE_H
#define CORE_MISSION_FIXTURE_H

#include "core/hold_fixture.h"

struct fixture_mission {
    const char *establishment, *territory, *origin, *created_by;
    const char *team; /* NULL none */
    const char *state;
};

static inline const char *fixture_mission_state(const struct fixture_mission *m, char *text,
                                                size_t room)
{
    char team[80];
    snprintf(text, room,
             "{\"hold\":\"h-1\",\"unit\":\"u-1\",\"establishment\":\"%s\",\"territory\":\"%s\","
             "\"origin\":\"%s\",\"created_by\":\"%s\",\"request\":\"r-1\",\"places\":2,"
             "\"profile\":[{\"age_months\":84,\"sex\":\"F\"},{\"age_months\":null,\"sex\":null}],"
             "\"from\":{\"commune\":\"31395\",\"territory\":null},\"place\":{\"address\":"
             "\"3 allee\",\"commune\":\"31395\",\"point\":[43.4612,1.3266],\"contact\":{\"day\":"
             "\"0536490001\",\"night\":null}},\"team\":%s,\"state\":\"%s\",\"code\":null,"
             "\"assigned_at\":%lld,\"under_way_at\":null,\"arrived_at\":null,"
             "\"handed_over_at\":null,\"ended_at\":null,\"unit_name\":\"Groupe\","
             "\"establishment_name\":\"Les Tilleuls\"}",
             m->establishment, m->territory, m->origin, m->created_by,
             fixture_quoted(m->team, team, sizeof team), m->state, (long long)FIXTURE_AT);
    return text;
}

static inline void fixture_put_mission(struct replica *r, int64_t revision, const char *id,
                                       const struct fixture_mission *m)
{
    char text[2048];
    fixture_put(r, revision, "mission", id, fixture_mission_state(m, text, sizeof text));
}

static inline void fixture_put_rota(struct replica *r, int64_t revision, const char *id,
                                    const char *duty, const char *account, usec_t from, usec_t to)
{
    char text[512];
    snprintf(text, sizeof text,
             "{\"duty\":\"%s\",\"territory\":\"d31\",\"account\":\"%s\",\"from_at\":%lld,"
             "\"to_at\":%lld}",
             duty, account, (long long)from, (long long)to);
    fixture_put(r, revision, "rota", id, text);
}

/* Monday 2025-11-24, in winter: UTC + 1 h. */
#define FIXTURE_CALENDAR                                                                           \
    "{\"time_zone\":\"Europe/Paris\",\"office\":[{\"day\":1,\"from\":\"08:30\",\"to\":"            \
    "\"12:00\"},{\"day\":1,\"from\":\"14:00\",\"to\":\"17:30\"},{\"day\":7,\"from\":\"00:00\","    \
    "\"to\":\"24:00\"}],\"holidays\":[\"2000-02-29\",\"2025-12-01\"],\"offsets\":"                 \
    "[[1735689600000000,3600],[1743296400000000,7200],[1761440400000000,3600]]}"

#endif
