/* SPDX-License-Identifier: EUPL-1.2 */
/* request.certificate: everything the history says of one request, as it stands there, to be held
 * against the history later (ugoctl audit verify --certificate). States are the history's own: what
 * is verified must not be worded anew. */
#include <stdlib.h>

#include "api/operation.h"
#include "base/statement.h"
#include "proto/format.h"
#include "proto/limits.h"

const struct shape request_certificate_params[] = {
    {"request", SHAPE_TEXT, .required = true, .format = format_request_id},
    MEMBER_AFTER,
    {0},
};

/* Columns of the rows. */
enum { SECTION, FOR_HOLD, REVISION, PART, AT, ACTOR, OPERATION_NAME, KIND, ID, STATE, HEAD };

int run_certificate(struct desk *d, usec_t now, struct call *c)
{
    const char *request = shape_text(c->params, "request");
    return desk_ask(d, now, c, DESK_CERTIFICATE, &request, 1);
}

/* Whether the viewer sees a record in that state. 1 yes, 0 no, -ENOMEM. What is no record (a search
 * that named the request) goes with the request. */
static int sees(const struct desk *d, const struct call *c, const char *kind, const char *id,
                const char *state)
{
    struct version v = {0};
    int number = code_find(record_kind_codes, RECORD_KIND_COUNT, kind);
    if (number < 0)
        return strcmp(kind, "search") == 0;
    int r = replica_version(d->replica, (enum record_kind)number, id, state, &v);
    if (r < 0)
        return r == -ENOMEM ? r : 0;
    bool seen = viewer_sees(c->viewer, version_scope(&v));
    version_clear(&v);
    return seen;
}

/* Whether the caller holds the request, by its last state. 1 yes, 0 no, -ENOMEM. */
static int holds_it(const struct desk *d, const struct call *c, const struct rows *rows)
{
    for (int row = rows->n_rows - 1; row > 0; row--)
        if (strcmp(rows_cell(rows, row, SECTION), "entry") == 0 &&
            strcmp(rows_cell(rows, row, KIND), "request") == 0 &&
            rows_cell(rows, row, STATE) != NULL)
            return sees(d, c, "request", rows_cell(rows, row, ID), rows_cell(rows, row, STATE));
    return 0;
}

static void member(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, ",\"%s\":", name);
    buf_json_text(out, text);
}

static void write_ledger(const struct call *c, const struct rows *rows, struct buf *out)
{
    buf_text(out, "{\"certificate\":{\"request\":");
    buf_json_text(out, shape_text(c->params, "request"));
    buf_text(out, ",\"made_at\":");
    buf_json_instant(out, strtoll(rows_cell(rows, 0, AT), NULL, 10));
    member(out, "epoch", rows_cell(rows, 0, ID));
    buf_printf(out, ",\"revision\":%s", rows_cell(rows, 0, REVISION));
    member(out, "head", rows_cell(rows, 0, HEAD));
}

/* 0 or -ENOMEM. */
static int write_entry(const struct desk *d, const struct call *c, const struct rows *rows, int row,
                       struct buf *out)
{
    const char *kind = rows_cell(rows, row, KIND), *state = rows_cell(rows, row, STATE);
    int seen = state == NULL ? 1 : sees(d, c, kind, rows_cell(rows, row, ID), state);
    if (seen < 0)
        return seen;
    buf_printf(out, "{\"revision\":%s,\"part\":%s,\"at\":", rows_cell(rows, row, REVISION),
               rows_cell(rows, row, PART));
    buf_json_instant(out, strtoll(rows_cell(rows, row, AT), NULL, 10));
    member(out, "actor", rows_cell(rows, row, ACTOR));
    member(out, "operation", rows_cell(rows, row, OPERATION_NAME));
    member(out, "kind", kind);
    member(out, "id", rows_cell(rows, row, ID));
    member(out, "head", rows_cell(rows, row, HEAD));
    buf_text(out, ",\"record\":");
    buf_text(out, seen && state != NULL ? state : "null");
    buf_text(out, seen ? "}" : ",\"withheld\":true}");
    return 0;
}

static void write_known(const struct rows *rows, int row, struct buf *out)
{
    buf_text(out, "{\"hold\":");
    buf_json_text(out, rows_cell(rows, row, FOR_HOLD));
    member(out, "unit", rows_cell(rows, row, ID));
    buf_printf(out, ",\"revision\":%s,\"record\":%s}", rows_cell(rows, row, REVISION),
               rows_cell(rows, row, STATE));
}

/* The rows of a section, as the elements of an array. 0 or -ENOMEM. */
static int write_section(const struct desk *d, const struct call *c, const struct rows *rows,
                         const char *section, struct buf *out)
{
    bool any = false;
    int r = 0;
    for (int row = 1; row < rows->n_rows && r == 0; row++) {
        if (strcmp(rows_cell(rows, row, SECTION), section) != 0)
            continue;
        buf_text(out, any ? "," : "");
        any = true;
        if (section[0] == 'e')
            r = write_entry(d, c, rows, row, out);
        else
            write_known(rows, row, out);
    }
    return r;
}

int rows_certificate(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    int r = holds_it(d, c, rows);
    if (r <= 0) { /* the same answer whether it does not exist or is not for this reader */
        if (r == 0)
            call_refuse(c, ERROR_NOT_FOUND, NULL);
        return r;
    }
    write_ledger(c, rows, &c->result);
    buf_text(&c->result, ",\"entries\":[");
    r = write_section(d, c, rows, "entry", &c->result);
    buf_text(&c->result, "],\"known\":[");
    r = r < 0 ? r : write_section(d, c, rows, "known", &c->result);
    buf_text(&c->result, "]}");
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    if (r == 0 && c->result.n > LIMIT_ANSWER - 1024) {
        struct shape_errors errors = {0};
        buf_reset(&c->result);
        shape_refuse(&errors, "/request", "too_long");
        call_refuse_params(c, &errors);
        return 0;
    }
    call_answer(c);
    return r;
}
