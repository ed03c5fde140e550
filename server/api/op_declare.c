/* SPDX-License-Identifier: EUPL-1.2 */
/* unit.declare, unit.confirm, unit.report_wrong: commands about one unit. The database decides; the
 * answer shows the unit as it was at the revision of that decision, also when it is repeated later.
 */
#include "api/answer.h"
#include "api/operation.h"
#include "proto/format.h"
#include "proto/limits.h"

static const struct shape closed_members[] = {
    {"n", SHAPE_INT, .required = true, .min = 0, .max = LIMIT_COUNT},
    {"reason", SHAPE_CODE, .one_of = closed_reason_codes, .n_one_of = CLOSED_REASON_COUNT},
    {"reopens_on", SHAPE_TEXT, .nullable = true, .format = format_date},
    {0},
};

static const struct shape arrived_element = {NULL, SHAPE_TEXT, .format = format_hold_id};

const struct shape declare_params[] = {
    {"unit", SHAPE_TEXT, .required = true, .format = format_unit_id},
    {"free", SHAPE_INT, .min = 0, .max = LIMIT_COUNT},
    {"occupied", SHAPE_INT, .min = 0, .max = LIMIT_COUNT},
    {"open", SHAPE_INT, .min = 0, .max = LIMIT_COUNT},
    {"emergency_used", SHAPE_INT, .min = 0, .max = LIMIT_COUNT},
    {"closed", SHAPE_OBJECT, .members = closed_members},
    {"observed_at", SHAPE_TEXT, .format = format_instant},
    {"derogation", SHAPE_CODE, .one_of = derogation_codes, .n_one_of = DEROGATION_COUNT},
    {"arrived", SHAPE_ARRAY, .max = 64, .element = &arrived_element},
    MEMBER_IF_REVISION,
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape confirm_params[] = {
    {"unit", SHAPE_TEXT, .required = true, .format = format_unit_id},
    {"observed_at", SHAPE_TEXT, .format = format_instant},
    MEMBER_IF_REVISION,
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape report_wrong_params[] = {
    {"unit", SHAPE_TEXT, .required = true, .format = format_unit_id},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

int run_declare(struct desk *d, usec_t now, struct call *c)
{
    struct shape_errors errors = {0};
    if (shape_has(c->params, "free") == shape_has(c->params, "occupied"))
        shape_refuse(&errors, "/free", "free_or_occupied");
    const json_t *closed = shape_member(c->params, "closed");
    if (closed != NULL && shape_int(closed, "n", 0) > 0 && !shape_has(closed, "reason"))
        shape_refuse(&errors, "/closed/reason", SHAPE_MISSING);
    if (errors.n > 0) {
        call_refuse_params(c, &errors);
        return 0;
    }
    return desk_submit(d, now, c);
}

int run_command(struct desk *d, usec_t now, struct call *c)
{
    return desk_submit(d, now, c);
}

/* The unit goes into the result, or into the error of a declaration that was not taken. */
int answer_unit(struct desk *d, usec_t now, struct call *c)
{
    const char *unit = shape_text(c->params, "unit");
    int r = c->n_shown > 0 ? 0 : answer_add(c, RECORD_UNIT, unit);
    r = r < 0 ? r : answer_gather(d, now, c);
    if (r != 0)
        return r < 0 ? r : 0;
    struct buf *out = c->refused ? &c->data : &c->result;
    buf_text(out, c->refused ? ",\"unit\":" : "{\"unit\":");
    buf_add(out, buf_span(&c->shown[0].json));
    if (c->refused && c->refusal == ERROR_CONFLICTS_WITH_HOLDS)
        r = refuse_for_holds(d, c, unit, NULL);
    answer_end(d, c);
    return r;
}
