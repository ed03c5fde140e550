/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/offer.h"

#include "core/json_read.h"
#include "core/member.h"

static void cleanup(struct offer **o)
{
    offer_destroy(*o);
}

static int texts_read(const json_t *json, struct offer *o)
{
    struct {
        const char *key;
        char **to;
    } const members[] = {
        {"request", &o->request},     {"unit", &o->unit},
        {"origin", &o->origin},       {"establishment", &o->establishment},
        {"territory", &o->territory}, {"created_by", &o->created_by},
        {"code", &o->code},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        if (json_copy_text(json, members[i].key, members[i].to) < 0)
            return -ENOMEM;
    bool whole = o->request != NULL && o->unit != NULL && o->origin != NULL &&
                 o->establishment != NULL && o->created_by != NULL;
    return whole ? 0 : -EBADMSG;
}

static int rest_read(const json_t *json, struct offer *o)
{
    const char *state = json_text(json, "state");
    int number = state ? code_find(offer_state_codes, OFFER_STATE_COUNT, state) : -1;
    int64_t places = json_int_or(json, "places", 0);
    if (number < 0 || places < 1 || places > INT16_MAX ||
        child_set_read(json_object_get(json, "children"), &o->children) < 0)
        return -EBADMSG;
    o->state = (enum offer_state)number;
    o->places = (int)places;
    o->emergency = json_is_true(json_object_get(json, "emergency"));
    o->offered_at = json_int_or(json, "offered_at", 0);
    o->offered_until = json_int_or(json, "offered_until", 0);
    o->ended_at = json_int_or(json, "ended_at", 0);
    return 0;
}

int offer_decode(const char *id, const char *state, struct offer **ret)
{
    CLEANUP(json_release) json_t *json = json_loads(state, 0, NULL);
    CLEANUP(cleanup) struct offer *o = calloc(1, sizeof *o);
    if (o == NULL || (o->id = strdup(id)) == NULL)
        return -ENOMEM;
    int r = texts_read(json, o);
    r = r < 0 ? r : rest_read(json, o);
    if (r < 0)
        return r;
    *ret = o;
    o = NULL;
    return 0;
}

void offer_destroy(struct offer *o)
{
    if (o == NULL)
        return;
    char *texts[] = {o->id,        o->request, o->unit,       o->establishment,
                     o->territory, o->origin,  o->created_by, o->code};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        free(texts[i]);
    free(o);
}

void offer_encode(const struct offer *o, struct buf *out)
{
    member_text(out, "request", o->request);
    member_text(out, "unit", o->unit);
    member_text(out, "establishment", o->establishment);
    member_text(out, "territory", o->territory);
    child_set_write("children", &o->children, out);
    member_int(out, "places", o->places);
    member_bool(out, "emergency", o->emergency);
    member_text(out, "state", offer_state_codes[o->state]);
    member_text(out, "code", o->code);
    member_text(out, "created_by", o->created_by);
    member_instant(out, "offered_at", o->offered_at);
    member_instant(out, "offered_until", o->offered_until);
    member_instant(out, "ended_at", o->ended_at);
}
