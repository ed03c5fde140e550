/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/request.h"

#include "core/json_read.h"
#include "core/member.h"
#include "core/rhythm.h"

static void cleanup(struct request **q)
{
    request_destroy(*q);
}

static int texts_read(const json_t *json, struct request *q)
{
    const json_t *from = json_object_get(json, "from");
    struct {
        const json_t *in;
        const char *key;
        char **to;
    } const members[] = {
        {json, "reference", &q->reference},
        {json, "legal_frame", &q->legal_frame},
        {from, "commune", &q->from_commune},
        {from, "territory", &q->from_territory},
        {json, "origin", &q->origin},
        {json, "wanted_on", &q->wanted_on},
        {json, "wanted_until", &q->wanted_until},
        {json, "code", &q->code},
        {json, "created_by", &q->created_by},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        if (json_copy_text(members[i].in, members[i].key, members[i].to) < 0)
            return -ENOMEM;
    return q->origin == NULL || q->created_by == NULL ? -EBADMSG : 0;
}

static int rest_read(const json_t *json, struct request *q)
{
    const char *state = json_text(json, "state");
    int number = state ? code_find(request_state_codes, REQUEST_STATE_COUNT, state) : -1;
    if (number < 0 || child_set_read(json_object_get(json, "placed"), &q->placed) < 0 ||
        child_set_read(json_object_get(json, "arrived"), &q->arrived) < 0 ||
        household_read(json_object_get(json, "children"), json_object_get(json, "parent"),
                       &q->who) < 0)
        return -EBADMSG;
    q->state = (enum request_state)number;
    q->modality = codes_read(json_object_get(json, "modality"), modality_codes, MODALITY_COUNT);
    q->needs = codes_read(json_object_get(json, "needs"), need_codes, NEED_COUNT);
    const json_t *days = json_object_get(json, "days");
    if (days != NULL &&
        rhythm_read(json_object_get(days, "weekdays"), json_text(days, "weeks"), &q->rhythm) < 0)
        return -EBADMSG;
    q->max_km = (int)json_int_or(json, "max_km", UNKNOWN);
    q->together = json_is_true(json_object_get(json, "together"));
    q->emergency = json_is_true(json_object_get(json, "emergency"));
    q->decided_at = json_int_or(json, "decided_at", 0);
    q->opened_at = json_int_or(json, "opened_at", 0);
    q->placed_at = json_int_or(json, "placed_at", 0);
    q->closed_at = json_int_or(json, "closed_at", 0);
    return 0;
}

int request_decode(const char *id, const char *state, struct request **ret)
{
    CLEANUP(json_release) json_t *json = json_loads(state, 0, NULL);
    CLEANUP(cleanup) struct request *q = calloc(1, sizeof *q);
    if (q == NULL || (q->id = strdup(id)) == NULL)
        return -ENOMEM;
    int r = texts_read(json, q);
    r = r < 0 ? r : rest_read(json, q);
    if (r < 0)
        return r;
    *ret = q;
    q = NULL;
    return 0;
}

void request_destroy(struct request *q)
{
    if (q == NULL)
        return;
    char *texts[] = {q->id,     q->reference, q->legal_frame,  q->from_commune, q->from_territory,
                     q->origin, q->wanted_on, q->wanted_until, q->code,         q->created_by};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        free(texts[i]);
    free(q);
}

void request_encode(const struct request *q, struct buf *out)
{
    member_text(out, "reference", q->reference);
    household_write("children", &q->who, out);
    member_bool(out, "together", q->together);
    member_bool(out, "emergency", q->emergency);
    member_codes(out, "modality", modality_codes, MODALITY_COUNT, q->modality);
    member_text(out, "legal_frame", q->legal_frame);
    member_codes(out, "needs", need_codes, NEED_COUNT, q->needs);
    buf_text(out, ",\"from\":{\"commune\":");
    buf_json_text(out, q->from_commune);
    member_text(out, "territory", q->from_territory);
    buf_char(out, '}');
    member_text(out, "territory", q->origin);
    member_int(out, "max_km", q->max_km);
    member_text(out, "wanted_on", q->wanted_on);
    if (q->wanted_until != NULL)
        member_text(out, "wanted_until", q->wanted_until);
    if (q->rhythm != 0) {
        buf_text(out, ",\"days\":{");
        rhythm_write(q->rhythm, out);
        buf_char(out, '}');
    }
    member_instant(out, "decided_at", q->decided_at);
    member_instant(out, "opened_at", q->opened_at);
    member_text(out, "state", request_state_codes[q->state]);
    member_text(out, "code", q->code);
    child_set_write("placed", &q->placed, out);
    child_set_write("arrived", &q->arrived, out);
    member_instant(out, "placed_at", q->placed_at);
    member_instant(out, "closed_at", q->closed_at);
    member_text(out, "created_by", q->created_by);
}

struct request_order request_order(const struct request *q)
{
    return (struct request_order){q->emergency, q->decided_at, household_youngest(&q->who), q->id};
}

int request_order_compare(const struct request_order *a, const struct request_order *b)
{
    if (a->emergency != b->emergency)
        return a->emergency ? -1 : 1;
    if (a->decided_at != b->decided_at)
        return a->decided_at < b->decided_at ? -1 : 1;
    unsigned younger = a->youngest == UNKNOWN ? UINT32_MAX : (unsigned)a->youngest;
    unsigned other = b->youngest == UNKNOWN ? UINT32_MAX : (unsigned)b->youngest;
    if (younger != other)
        return younger < other ? -1 : 1;
    return strcmp(a->id, b->id);
}

bool request_days(const struct request *q, int64_t today, struct days *ret)
{
    return days_wanted(day_read(q->wanted_on), day_read(q->wanted_until), q->rhythm, today, ret);
}

usec_t request_waited(const struct request *q, usec_t now)
{
    usec_t until = q->placed_at != 0 ? q->placed_at : q->closed_at != 0 ? q->closed_at : now;
    return until > q->decided_at ? until - q->decided_at : 0;
}
