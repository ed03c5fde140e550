/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/hold.h"

#include "core/json_read.h"
#include "core/member.h"

static void cleanup(struct hold **h)
{
    hold_destroy(*h);
}

static int texts_read(const json_t *json, struct hold *h)
{
    struct {
        const char *key;
        char **to;
    } const members[] = {
        {"unit", &h->unit},
        {"establishment", &h->establishment},
        {"territory", &h->territory},
        {"origin", &h->origin},
        {"request", &h->request},
        {"code", &h->code},
        {"created_by", &h->created_by},
        {"answered_by", &h->answered_by},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        if (json_copy_text(json, members[i].key, members[i].to) < 0)
            return -ENOMEM;
    if (destination_read(json_object_get(json, "place"), &h->place) < 0)
        return -ENOMEM;
    return h->unit == NULL || h->establishment == NULL || h->created_by == NULL ? -EBADMSG : 0;
}

static int rest_read(const json_t *json, struct hold *h)
{
    const char *state = json_text(json, "state");
    int number = state ? code_find(hold_state_codes, HOLD_STATE_COUNT, state) : -1;
    int64_t places = json_int_or(json, "places", 0);
    if (number < 0 || places < 1 || places > INT16_MAX ||
        child_set_read(json_object_get(json, "children"), &h->children) < 0 ||
        household_read(json_object_get(json, "profile"), json_object_get(json, "parent"),
                       &h->profile) < 0)
        return -EBADMSG;
    h->state = (enum hold_state)number;
    h->places = (int)places;
    h->extensions = (int)json_int_or(json, "extensions", 0);
    h->needs = codes_read(json_object_get(json, "needs"), need_codes, NEED_COUNT);
    h->emergency = json_is_true(json_object_get(json, "emergency"));
    h->escalated = json_is_true(json_object_get(json, "escalated"));
    h->overdue = json_is_true(json_object_get(json, "overdue"));
    h->stale_unit = json_is_true(json_object_get(json, "stale_unit"));
    h->created_at = json_int_or(json, "created_at", 0);
    h->held_until = json_int_or(json, "held_until", 0);
    h->answered_at = json_int_or(json, "answered_at", 0);
    h->arrive_by = json_int_or(json, "arrive_by", 0);
    h->ended_at = json_int_or(json, "ended_at", 0);
    return 0;
}

int hold_decode(const char *id, const char *state, struct hold **ret)
{
    CLEANUP(json_release) json_t *json = json_loads(state, 0, NULL);
    CLEANUP(cleanup) struct hold *h = calloc(1, sizeof *h);
    if (h == NULL || (h->id = strdup(id)) == NULL)
        return -ENOMEM;
    int r = texts_read(json, h);
    r = r < 0 ? r : rest_read(json, h);
    if (r < 0)
        return r;
    *ret = h;
    h = NULL;
    return 0;
}

void hold_destroy(struct hold *h)
{
    if (h == NULL)
        return;
    char *texts[] = {h->id,      h->unit, h->establishment, h->territory,  h->origin,
                     h->request, h->code, h->created_by,    h->answered_by};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        free(texts[i]);
    destination_clear(&h->place);
    free(h);
}

void hold_encode(const struct hold *h, struct buf *out)
{
    member_text(out, "unit", h->unit);
    member_text(out, "establishment", h->establishment);
    member_text(out, "territory", h->territory);
    member_text(out, "request", h->request);
    child_set_write("children", &h->children, out);
    household_write("profile", &h->profile, out);
    member_codes(out, "needs", need_codes, NEED_COUNT, h->needs);
    member_int(out, "places", h->places);
    member_bool(out, "emergency", h->emergency);
    member_text(out, "state", hold_state_codes[h->state]);
    member_text(out, "code", h->code);
    member_text(out, "created_by", h->created_by);
    member_instant(out, "created_at", h->created_at);
    member_instant(out, "held_until", h->held_until);
    member_int(out, "extensions", h->extensions);
    member_bool(out, "escalated", h->escalated);
    member_bool(out, "overdue", h->overdue);
    member_text(out, "answered_by", h->answered_by);
    member_instant(out, "answered_at", h->answered_at);
    member_instant(out, "arrive_by", h->arrive_by);
    member_instant(out, "ended_at", h->ended_at);
    member_bool(out, "stale_unit", h->stale_unit);
    if (h->place.known)
        destination_write(&h->place, out);
}

bool hold_is_active(const struct hold *h)
{
    return h->state == HOLD_HELD || h->state == HOLD_ACCEPTED;
}

usec_t hold_due_at(const struct hold *h)
{
    return h->state == HOLD_HELD ? h->held_until : h->state == HOLD_ACCEPTED ? h->arrive_by : 0;
}
