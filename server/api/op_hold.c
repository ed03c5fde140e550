/* SPDX-License-Identifier: EUPL-1.2 */
/* hold.create and what becomes of a hold. The database decides; an answer shows the holds as they
 * were at the revision of that decision. */
#include "api/answer.h"
#include "api/filter_read.h"
#include "api/operation.h"
#include "core/encode.h"
#include "proto/format.h"
#include "proto/limits.h"

static const struct shape unit_element = {NULL, SHAPE_TEXT, .format = format_unit_id};
static const struct shape index_element = {NULL, SHAPE_INT, .min = 0, .max = LIMIT_CHILDREN - 1};

static const struct shape need_members[] = {
    {"children", SHAPE_ARRAY, .max = LIMIT_CHILDREN, .element = &child_element},
    {"parent", SHAPE_OBJECT, .members = parent_members},
    {"needs", SHAPE_ARRAY, .max = NEED_COUNT, .element = &need_element},
    {0},
};

const struct shape hold_create_params[] = {
    {"unit", SHAPE_TEXT, .format = format_unit_id},
    {"units", SHAPE_ARRAY, .min = 1, .max = LIMIT_ASKED, .element = &unit_element},
    {"places", SHAPE_INT, .min = 1, .max = LIMIT_PLACES},
    {"emergency", SHAPE_BOOL},
    {"request", SHAPE_TEXT, .format = format_request_id},
    {"need", SHAPE_OBJECT, .members = need_members},
    {"children", SHAPE_ARRAY, .max = LIMIT_CHILDREN, .element = &index_element},
    {"minutes", SHAPE_INT, .min = 1, .max = LIMIT_MINUTES},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

#define MEMBER_HOLD                                                                                \
    {                                                                                              \
        "hold", SHAPE_TEXT, .required = true, .format = format_hold_id                             \
    }

const struct shape hold_accept_params[] = {
    MEMBER_HOLD, {"arrive_by", SHAPE_TEXT, .format = format_instant}, MEMBER_KEY, MEMBER_AFTER, {0},
};

const struct shape hold_refuse_params[] = {
    MEMBER_HOLD,
    {"code", SHAPE_CODE, .required = true, .one_of = refusal_codes, .n_one_of = REFUSAL_COUNT},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape hold_release_params[] = {MEMBER_HOLD, MEMBER_KEY, MEMBER_AFTER, {0}};

const struct shape hold_extend_params[] = {
    MEMBER_HOLD, {"minutes", SHAPE_INT, .min = 1, .max = LIMIT_MINUTES}, MEMBER_KEY, MEMBER_AFTER,
    {0},
};

const struct shape hold_withdraw_params[] = {
    MEMBER_HOLD,
    {"code", SHAPE_CODE, .required = true, .one_of = withdrawal_codes,
     .n_one_of = WITHDRAWAL_COUNT},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape hold_arrive_params[] = {
    MEMBER_HOLD, {"observed_at", SHAPE_TEXT, .format = format_instant}, MEMBER_KEY, MEMBER_AFTER,
    {0},
};

const struct shape hold_policy_put_params[] = {
    {"unit", SHAPE_TEXT, .required = true, .format = format_unit_id},
    {"minutes", SHAPE_INT, .required = true, .min = 1, .max = LIMIT_POLICY_MINUTES},
    {"end", SHAPE_CODE, .required = true, .one_of = hold_end_codes, .n_one_of = HOLD_END_COUNT},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

/* Of an open question about figures that were old when it was asked. */
static void warn(const struct shown *s, struct buf *out)
{
    if (s->stale_unit)
        buf_text(out, ",\"warnings\":[\"stale_unit\"]");
}

/* Names the holds that the database made. 0; 1: it did not say; -ENOMEM. */
static int name_made(struct call *c)
{
    const json_t *holds = json_object_get(c->made, "holds");
    for (size_t i = 0; i < json_array_size(holds); i++) {
        const char *id = json_string_value(json_array_get(holds, i));
        if (id == NULL)
            return 1;
        int r = answer_add(c, RECORD_HOLD, id);
        if (r < 0)
            return r;
    }
    return json_array_size(holds) == 0;
}

/* What the database gives back is written as it came: unit, type, detail. */
static int write_refused(const struct call *c, struct buf *out)
{
    const json_t *refused = json_object_get(c->made, "refused");
    char *text = json_is_array(refused) ? json_dumps(refused, JSON_COMPACT) : strdup("[]");
    if (text == NULL)
        return -ENOMEM;
    buf_text(out, ",\"refused\":");
    buf_text(out, text);
    free(text);
    return 0;
}

static int write_made(struct desk *d, usec_t now, struct call *c)
{
    bool several = shape_has(c->params, "units");
    for (size_t i = 0; i < c->n_shown; i++) {
        const struct shown *s = &c->shown[i];
        if (several)
            buf_text(&c->result, i ? "," : "{\"holds\":[");
        hold_item(d, now, buf_span(&s->json), s->due_at, &c->result);
        warn(s, &c->result);
        if (several)
            buf_char(&c->result, '}');
    }
    if (several) {
        buf_char(&c->result, ']');
        int r = write_refused(c, &c->result);
        if (r < 0)
            return r;
    }
    answer_end(d, c);
    return 0;
}

int answer_hold_create(struct desk *d, usec_t now, struct call *c)
{
    if (c->refused) {
        answer_end(d, c);
        return 0;
    }
    int r = c->n_shown > 0 ? 0 : name_made(c);
    if (r > 0) { /* committed, but what it made was not understood: the same key asks again */
        call_refuse(c, ERROR_UNKNOWN_OUTCOME, NULL);
        return 0;
    }
    r = r < 0 ? r : answer_gather(d, now, c);
    if (r != 0)
        return r < 0 ? r : 0;
    return write_made(d, now, c);
}

void refuse_hold(struct desk *d, struct call *c, const char *id)
{
    struct entry *e = replica_find(d->replica, RECORD_HOLD, span_of(id));
    if (e != NULL && viewer_sees(c->viewer, version_scope(&e->version))) {
        buf_text(&c->data, ",\"hold\":");
        entry_add_json(e, VIEW_PRECISE, &c->data);
    }
    answer_end(d, c);
}

int answer_hold(struct desk *d, usec_t now, struct call *c)
{
    const char *id = shape_text(c->params, "hold");
    if (c->refused) {
        refuse_hold(d, c, id);
        return 0;
    }
    int r = c->n_shown > 0 ? 0 : answer_add(c, RECORD_HOLD, id);
    r = r < 0 ? r : answer_gather(d, now, c);
    if (r != 0)
        return r < 0 ? r : 0;
    hold_item(d, now, buf_span(&c->shown[0].json), c->shown[0].due_at, &c->result);
    answer_end(d, c);
    return 0;
}

/* The rule is no record: it is what was said. */
int answer_hold_policy(struct desk *d, usec_t now, struct call *c)
{
    (void)now;
    buf_text(&c->result, "{\"policy\":{\"unit\":");
    buf_json_text(&c->result, shape_text(c->params, "unit"));
    buf_text(&c->result, ",\"minutes\":");
    buf_int(&c->result, shape_int(c->params, "minutes", 0));
    buf_text(&c->result, ",\"end\":");
    buf_json_text(&c->result, shape_text(c->params, "end"));
    buf_char(&c->result, '}');
    answer_end(d, c);
    return 0;
}
