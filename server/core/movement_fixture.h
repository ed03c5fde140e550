/* SPDX-License-Identifier: EUPL-1.2 */
/* Movements for tests, as the database writes their states. */
#ifndef CORE_MOVEMENT_FIXTURE_H
#define CORE_MOVEMENT_FIXTURE_H

#include "core/hold_fixture.h"

struct fixture_movement {
    const char *unit, *establishment, *territory, *type;
    int places;
    const char *on, *to_unit, *state;     /* to_unit NULL: none */
    usec_t at;                            /* planned or ended; 0: FIXTURE_AT */
    const char *until, *weekdays, *weeks; /* of a sequence; until NULL: none */
    const char *entry;                    /* id; NULL none */
};

static inline const char *fixture_movement_state(const struct fixture_movement *m, char *text,
                                                 size_t room)
{
    char to_unit[80], entry[80], until[32], sequence[160] = "";
    usec_t at = m->at ? m->at : FIXTURE_AT;
    bool ended = strcmp(m->state, "planned") != 0;
    if (m->weeks != NULL)
        snprintf(sequence, sizeof sequence, ",\"until\":%s,\"weekdays\":%s,\"weeks\":\"%s\"",
                 fixture_quoted(m->until, until, sizeof until), m->weekdays, m->weeks);
    snprintf(text, room,
             "{\"unit\":\"%s\",\"establishment\":\"%s\",\"territory\":\"%s\",\"type\":\"%s\","
             "\"places\":%d,\"on\":\"%s\",\"code\":%s,\"to_unit\":%s,\"hold\":null,\"entry\":%s,"
             "\"state\":\"%s\",\"limit\":false,\"due_soon\":false,\"created_by\":\"mecs-1\","
             "\"created_at\":%lld,\"ended_at\":%lld%s}",
             m->unit, m->establishment, m->territory, m->type, m->places, m->on,
             strcmp(m->type, "exit") == 0 ? "\"other\"" : "null",
             fixture_quoted(m->to_unit, to_unit, sizeof to_unit),
             fixture_quoted(m->entry, entry, sizeof entry), m->state, (long long)at,
             ended ? (long long)at : 0LL, sequence);
    return text;
}

static inline void fixture_put_movement(struct replica *r, int64_t revision, const char *id,
                                        const struct fixture_movement *m)
{
    char text[1024];
    fixture_put(r, revision, "movement", id, fixture_movement_state(m, text, sizeof text));
}

#endif
