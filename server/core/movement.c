/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/movement.h"

#include "core/json_read.h"
#include "core/member.h"
#include "core/rhythm.h"

static void cleanup(struct movement **m)
{
    movement_destroy(*m);
}

static int texts_read(const json_t *json, struct movement *m)
{
    struct {
        const char *key;
        char **to;
    } const members[] = {
        {"unit", &m->unit},           {"establishment", &m->establishment},
        {"territory", &m->territory}, {"on", &m->on},
        {"code", &m->code},           {"to_unit", &m->to_unit},
        {"hold", &m->hold},           {"created_by", &m->created_by},
        {"entry", &m->entry},         {"origin_unit", &m->origin_unit},
        {"until", &m->until},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        if (json_copy_text(json, members[i].key, members[i].to) < 0)
            return -ENOMEM;
    return m->unit == NULL || m->establishment == NULL || m->on == NULL || m->created_by == NULL
               ? -EBADMSG
               : 0;
}

/* The days on which it counts. */
static int days_read(const json_t *json, struct movement *m)
{
    m->from_day = day_read(m->on);
    m->until_day = m->until ? day_read(m->until) : DAY_NEVER;
    if (m->type == MOVEMENT_SEQUENCE &&
        rhythm_read(json_object_get(json, "weekdays"), json_text(json, "weeks"), &m->rhythm) < 0)
        return -EBADMSG;
    return m->from_day == DAY_NONE || m->until_day == DAY_NONE ? -EBADMSG : 0;
}

static int rest_read(const json_t *json, struct movement *m)
{
    const char *type = json_text(json, "type");
    const char *state = json_text(json, "state");
    int type_number = type ? code_find(movement_type_codes, MOVEMENT_TYPE_COUNT, type) : -1;
    int state_number = state ? code_find(movement_state_codes, MOVEMENT_STATE_COUNT, state) : -1;
    int64_t places = json_int_or(json, "places", 0);
    if (type_number < 0 || state_number < 0 || places < 1 || places > INT16_MAX)
        return -EBADMSG;
    m->type = (enum movement_type)type_number;
    m->state = (enum movement_state)state_number;
    m->places = (int)places;
    m->limit = json_is_true(json_object_get(json, "limit"));
    m->due_soon = json_is_true(json_object_get(json, "due_soon"));
    m->created_at = json_int_or(json, "created_at", 0);
    m->ended_at = json_int_or(json, "ended_at", 0);
    return days_read(json, m);
}

int movement_decode(const char *id, const char *state, struct movement **ret)
{
    CLEANUP(json_release) json_t *json = json_loads(state, 0, NULL);
    CLEANUP(cleanup) struct movement *m = calloc(1, sizeof *m);
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

void movement_destroy(struct movement *m)
{
    if (m == NULL)
        return;
    char *texts[] = {m->id,      m->unit, m->establishment, m->territory, m->on,    m->code,
                     m->to_unit, m->hold, m->created_by,    m->entry,     m->until, m->origin_unit};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        free(texts[i]);
    free(m);
}

void movement_encode(const struct movement *m, struct buf *out)
{
    member_text(out, "unit", m->unit);
    member_text(out, "establishment", m->establishment);
    member_text(out, "territory", m->territory);
    member_text(out, "type", movement_type_codes[m->type]);
    member_int(out, "places", m->places);
    member_text(out, "on", m->on);
    member_text(out, "code", m->code);
    member_text(out, "to_unit", m->to_unit);
    member_text(out, "hold", m->hold);
    if (m->entry != NULL)
        member_text(out, "entry", m->entry);
    if (m->origin_unit != NULL)
        member_text(out, "origin_unit", m->origin_unit);
    if (m->until != NULL)
        member_text(out, "until", m->until);
    if (m->rhythm != 0) {
        buf_char(out, ',');
        rhythm_write(m->rhythm, out);
    }
    member_text(out, "state", movement_state_codes[m->state]);
    member_bool(out, "limit", m->limit);
    member_bool(out, "due_soon", m->due_soon);
    member_text(out, "created_by", m->created_by);
    member_instant(out, "created_at", m->created_at);
    member_instant(out, "ended_at", m->ended_at);
}
