/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/mission.h"

#include <stddef.h>

#include "core/json_read.h"
#include "core/member.h"

#define TEXT(member)                                                                               \
    {                                                                                              \
#member, offsetof(struct mission, member)                                                  \
    }

static const struct {
    const char *key;
    size_t at;
} texts[] = {TEXT(hold),   TEXT(unit),       TEXT(establishment),     TEXT(territory),
             TEXT(origin), TEXT(created_by), TEXT(request),           TEXT(team),
             TEXT(code),   TEXT(unit_name),  TEXT(establishment_name)};

static const struct {
    const char *key;
    size_t at;
} instants[] = {TEXT(assigned_at), TEXT(under_way_at), TEXT(arrived_at), TEXT(handed_over_at),
                TEXT(ended_at)};

static void cleanup(struct mission **m)
{
    mission_destroy(*m);
}

static int texts_read(const json_t *json, struct mission *m)
{
    const json_t *from = json_object_get(json, "from");
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        if (json_copy_text(json, texts[i].key, (char **)((char *)m + texts[i].at)) < 0)
            return -ENOMEM;
    if (json_copy_text(from, "commune", &m->from_commune) < 0 ||
        json_copy_text(from, "territory", &m->from_territory) < 0 ||
        destination_read(json_object_get(json, "place"), &m->place) < 0)
        return -ENOMEM;
    return m->hold && m->unit && m->establishment && m->created_by ? 0 : -EBADMSG;
}

static int rest_read(const json_t *json, struct mission *m)
{
    const char *state = json_text(json, "state");
    int number = state ? code_find(mission_state_codes, MISSION_STATE_COUNT, state) : -1;
    int64_t places = json_int_or(json, "places", 0);
    if (number < 0 || places < 1 || places > INT16_MAX ||
        household_read(json_object_get(json, "profile"), NULL, &m->profile) < 0)
        return -EBADMSG;
    m->state = (enum mission_state)number;
    m->places = (int)places;
    for (size_t i = 0; i < ARRAY_LENGTH(instants); i++)
        *(usec_t *)((char *)m + instants[i].at) = json_int_or(json, instants[i].key, 0);
    return 0;
}

int mission_decode(const char *id, const char *state, struct mission **ret)
{
    CLEANUP(json_release) json_t *json = json_loads(state, 0, NULL);
    CLEANUP(cleanup) struct mission *m = calloc(1, sizeof *m);
    if (m == NULL || (m->id = strdup(id)) == NULL)
        return -ENOMEM;
    int r = texts_read(json, m);
    r = r < 0 ? r : rest_read(json, m);
    if (r < 0)
        return r;
    *ret = m;
    m = NULL;
    return 0;
}

void mission_destroy(struct mission *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        free(*(char **)((char *)m + texts[i].at));
    free(m->from_commune);
    free(m->from_territory);
    destination_clear(&m->place);
    free(m->id);
    free(m);
}

void mission_encode(const struct mission *m, struct buf *out)
{
    member_text(out, "hold", m->hold);
    member_text(out, "unit", m->unit);
    member_text(out, "unit_name", m->unit_name);
    member_text(out, "establishment", m->establishment);
    member_text(out, "establishment_name", m->establishment_name);
    member_text(out, "territory", m->territory);
    member_text(out, "created_by", m->created_by);
    member_text(out, "request", m->request);
    member_int(out, "places", m->places);
    children_write("profile", &m->profile, out);
    buf_text(out, ",\"from\":{\"commune\":");
    buf_json_text(out, m->from_commune);
    member_text(out, "territory", m->from_territory);
    buf_char(out, '}');
    destination_write(&m->place, out);
    member_text(out, "team", m->team);
    member_text(out, "state", mission_state_codes[m->state]);
    member_text(out, "code", m->code);
    for (size_t i = 0; i < ARRAY_LENGTH(instants); i++)
        member_instant(out, instants[i].key, *(const usec_t *)((const char *)m + instants[i].at));
}
