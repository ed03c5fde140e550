/* SPDX-License-Identifier: EUPL-1.2 */
/* unit.declare, unit.confirm, unit.report_wrong: commands about one unit. The database decides; the
 * answer shows the unit as it was at the revision of that decision, also when it is repeated later.
 */
#include "api/operation.h"
#include "base/statement.h"
#include "core/encode.h"
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
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape confirm_params[] = {
    {"unit", SHAPE_TEXT, .required = true, .format = format_unit_id},
    {"observed_at", SHAPE_TEXT, .format = format_instant},
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
    return run_unit_command(d, now, c);
}

int run_unit_command(struct desk *d, usec_t now, struct call *c)
{
    c->record = strdup(shape_text(c->params, "unit"));
    if (c->record == NULL)
        return -ENOMEM;
    return desk_submit(d, now, c);
}

/* The unit goes into the result, or into the error of a declaration that was not taken. */
static void answer_with(struct desk *d, struct call *c, span unit)
{
    struct buf *out = c->refused ? &c->data : &c->result;
    if (unit.n == 0)
        out->failed = true; /* out of memory */
    buf_text(out, c->refused ? ",\"unit\":" : "{\"unit\":");
    buf_add(out, unit);
    desk_position(d, out);
    if (c->refused) {
        call_refuse(c, c->refusal, NULL);
        return;
    }
    buf_char(out, '}');
    call_answer(c);
}

int answer_unit(struct desk *d, usec_t now, struct call *c)
{
    int64_t revision = c->target.revision;
    struct entry *e = replica_find(d->replica, RECORD_UNIT, span_of(c->record));
    /* `outdated` shows what is now; so does a command that changed nothing. */
    bool as_now = revision < 0 || c->refused;
    if (e != NULL && (as_now || e->revision == revision) &&
        viewer_sees(c->viewer, version_scope(&e->version))) {
        answer_with(d, c, entry_json(e, viewer_view(c->viewer, version_scope(&e->version))));
        return 0;
    }
    if (as_now) {
        call_refuse(c, ERROR_FORBIDDEN, NULL);
        return 0;
    }
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)revision);
    return desk_ask(d, now, c, DESK_LOG_ROW, (const char *const[]){text, "unit", c->record}, 3);
}

int rows_log_row(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    (void)now;
    const char *state = rows->n_rows == 1 ? rows_cell(rows, 0, 0) : NULL;
    struct version v = {0};
    int r = state == NULL ? 1 : unit_decode(c->record, state, &v.unit);
    if (r < 0)
        return r;
    if (r > 0) { /* past retention, or deleted since: it was done, and cannot be shown */
        call_refuse(c, ERROR_NOT_FOUND, "no_longer_kept");
        return 0;
    }
    v.territory =
        v.unit->territory ? replica_territory(d->replica, span_of(v.unit->territory)) : NULL;
    struct buf json = {0};
    encode_version(c->record, c->target.revision, &v, viewer_view(c->viewer, version_scope(&v)),
                   &json);
    answer_with(d, c, buf_span(&json));
    r = buf_check(&json);
    buf_free(&json);
    version_clear(&v);
    return r;
}
