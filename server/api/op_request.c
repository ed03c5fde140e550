/* SPDX-License-Identifier: EUPL-1.2 */
/* request.open, request.update, request.close, request.decline: the database decides; the answer
 * shows the request as it was at the revision of that decision. */
#include "api/answer.h"
#include "api/days_read.h"
#include "api/filter_read.h"
#include "api/operation.h"
#include "proto/format.h"
#include "proto/limits.h"

static const struct shape from_members[] = {
    {"commune", SHAPE_TEXT, .format = format_commune},
    {"territory", SHAPE_TEXT, .format = format_territory},
    {0},
};

/* What is needed, in rows of a table of shapes. */
#define NEED_MEMBERS                                                                               \
    {"children", SHAPE_ARRAY, .max = LIMIT_CHILDREN, .element = &child_element},                   \
        {"parent", SHAPE_OBJECT, .members = parent_members}, {"together", SHAPE_BOOL},             \
        {"emergency", SHAPE_BOOL},                                                                 \
        {"modality", SHAPE_ARRAY, .max = MODALITY_COUNT, .element = &modality_element},            \
        {"legal_frame", SHAPE_CODE, .one_of = legal_frame_codes, .n_one_of = LEGAL_FRAME_COUNT},   \
        {"needs", SHAPE_ARRAY, .max = NEED_COUNT, .element = &need_element},                       \
        {"from", SHAPE_OBJECT, .members = from_members},                                           \
        {"max_km", SHAPE_INT, .min = 1, .max = LIMIT_REQUEST_KM}, DAYS_MEMBERS,                    \
    {                                                                                              \
        "reference", SHAPE_TEXT, .format = format_reference                                        \
    }

#define MEMBER_REQUEST                                                                             \
    {                                                                                              \
        "request", SHAPE_TEXT, .required = true, .format = format_request_id                       \
    }

const struct shape request_open_params[] = {
    NEED_MEMBERS, {"decided_at", SHAPE_TEXT, .format = format_instant}, MEMBER_KEY, MEMBER_AFTER,
    {0},
};

/* What can be taken back by name; lists are replaced by an empty one. */
static const char *const cleared_codes[] = {"reference", "parent",    "legal_frame",  "from",
                                            "max_km",    "wanted_on", "wanted_until", "days"};
static const struct shape cleared_element = {NULL, SHAPE_CODE, .one_of = cleared_codes,
                                             .n_one_of = ARRAY_LENGTH(cleared_codes)};

const struct shape request_update_params[] = {
    MEMBER_REQUEST,
    NEED_MEMBERS,
    {"clear", SHAPE_ARRAY, .min = 1, .max = ARRAY_LENGTH(cleared_codes),
     .element = &cleared_element},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

/* Without `arrived`, which arrivals alone say and which is the first of the list. */
const struct shape request_close_params[] = {
    MEMBER_REQUEST,
    {"code", SHAPE_CODE, .required = true, .one_of = request_end_codes + REQUEST_END_ARRIVED + 1,
     .n_one_of = REQUEST_END_COUNT - 1},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape request_decline_params[] = {
    MEMBER_REQUEST,
    {"offer", SHAPE_TEXT, .required = true, .format = format_offer_id},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

/* The id of a request is made of the revision that opened it, and of the epoch of that revision
 * (schema/, new_id). */
static int name_opened(const struct desk *d, struct call *c)
{
    char id[48];
    snprintf(id, sizeof id, "r-%.6s-%lld", replica_epoch_of(d->replica, c->revision),
             (long long)c->revision);
    return answer_add(c, RECORD_REQUEST, id);
}

int answer_request(struct desk *d, usec_t now, struct call *c)
{
    const char *id = shape_text(c->params, "request");
    int r = 0;
    if (c->refused) {
        r = refuse_for_holds(d, c, NULL, id);
        answer_end(d, c);
        return r;
    }
    if (c->n_shown == 0)
        r = id != NULL ? answer_add(c, RECORD_REQUEST, id) : name_opened(d, c);
    r = r < 0 ? r : answer_gather(d, now, c);
    if (r != 0)
        return r < 0 ? r : 0;
    buf_text(&c->result, "{\"request\":");
    buf_add(&c->result, buf_span(&c->shown[0].json));
    answer_end(d, c);
    return 0;
}

int answer_offer(struct desk *d, usec_t now, struct call *c)
{
    if (c->refused) {
        answer_end(d, c);
        return 0;
    }
    int r = c->n_shown > 0 ? 0 : answer_add(c, RECORD_OFFER, shape_text(c->params, "offer"));
    r = r < 0 ? r : answer_gather(d, now, c);
    if (r != 0)
        return r < 0 ? r : 0;
    buf_text(&c->result, "{\"offer\":");
    buf_add(&c->result, buf_span(&c->shown[0].json));
    answer_end(d, c);
    return 0;
}
