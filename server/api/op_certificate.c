/* SPDX-License-Identifier: EUPL-1.2 */
/* request.certificate: everything the history says of one request, as it stands there, to be held
 * against the history later (ugoctl audit verify --certificate). States are the history's own: what
 * is verified must not be worded anew. It comes in pages, all of the history as it ended at the
 * first: a cursor is that revision, and how many rows came before. */
#include <stdlib.h>

#include "api/change_row.h"
#include "api/operation.h"
#include "base/statement.h"
#include "proto/format.h"
#include "proto/limits.h"

const struct shape request_certificate_params[] = {
    {"request", SHAPE_TEXT, .required = true, .format = format_request_id},
    {"cursor", SHAPE_TEXT, .format = format_cursor},
    MEMBER_AFTER,
    {0},
};

/* Columns of the rows. */
enum { SECTION, FOR_HOLD, REVISION, PART, AT, ACTOR, OPERATION_NAME, KIND, ID, STATE, HEAD };

/* Rows before those of a page: the ledger, the request as it was last. */
enum { LEDGER, REQUEST, FIRST };

#define PAGE_ROWS 256

/* Where a page begins. 0, or 1 when the cursor is none. */
static int page_begin(const struct call *c, int64_t *ret_revision, int64_t *ret_skip)
{
    const char *cursor = shape_text(c->params, "cursor");
    *ret_revision = *ret_skip = 0;
    return cursor == NULL || change_cursor(cursor, ret_revision, ret_skip) ? 0 : 1;
}

int run_certificate(struct desk *d, usec_t now, struct call *c)
{
    int64_t revision, skip;
    char numbers[3][24];
    if (page_begin(c, &revision, &skip) != 0) {
        struct shape_errors errors = {0};
        shape_refuse(&errors, "/cursor", "bad_cursor");
        call_refuse_params(c, &errors);
        return 0;
    }
    const int64_t values[] = {revision, skip, PAGE_ROWS};
    for (size_t i = 0; i < ARRAY_LENGTH(values); i++)
        snprintf(numbers[i], sizeof numbers[i], "%lld", (long long)values[i]);
    return desk_ask(d, now, c, DESK_CERTIFICATE,
                    (const char *const[]){shape_text(c->params, "request"),
                                          shape_has(c->params, "cursor") ? numbers[0] : NULL,
                                          numbers[1], numbers[2]},
                    4);
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
    return rows->n_rows < FIRST ? 0
                                : sees(d, c, "request", rows_cell(rows, REQUEST, ID),
                                       rows_cell(rows, REQUEST, STATE));
}

static void member(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, ",\"%s\":", name);
    buf_json_text(out, text);
}

/* What the first page says of the whole. */
static void write_ledger(const struct rows *rows, struct buf *out)
{
    buf_text(out, ",\"made_at\":");
    buf_json_instant(out, strtoll(rows_cell(rows, LEDGER, AT), NULL, 10));
    member(out, "epoch", rows_cell(rows, LEDGER, ID));
    buf_printf(out, ",\"revision\":%s", rows_cell(rows, LEDGER, REVISION));
    member(out, "head", rows_cell(rows, LEDGER, HEAD));
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

/* A row, into the array that it belongs to. 0 or -ENOMEM. */
static int write_row(const struct desk *d, const struct call *c, const struct rows *rows, int row,
                     struct buf *entries, struct buf *known)
{
    bool entry = strcmp(rows_cell(rows, row, SECTION), "entry") == 0;
    struct buf *out = entry ? entries : known;
    if (!entry && rows_cell(rows, row, STATE) == NULL)
        return 0; /* nothing was known of the unit */
    buf_text(out, out->n > 0 ? "," : "");
    if (entry)
        return write_entry(d, c, rows, row, out);
    write_known(rows, row, out);
    return 0;
}

/* As many rows as an answer has room for. How many, or -ENOMEM. */
static int write_rows(const struct desk *d, const struct call *c, const struct rows *rows,
                      struct buf *entries, struct buf *known)
{
    int row = FIRST;
    for (; row < rows->n_rows; row++) {
        size_t before[] = {entries->n, known->n};
        int r = write_row(d, c, rows, row, entries, known);
        if (r < 0)
            return r;
        if (row > FIRST && entries->n + known->n > LIMIT_ANSWER - 2048) {
            entries->n = before[0];
            known->n = before[1];
            break;
        }
    }
    return row - FIRST;
}

static void write_page(const struct call *c, const struct rows *rows, const struct buf *entries,
                       const struct buf *known, struct buf *out)
{
    buf_text(out, "{\"certificate\":{\"request\":");
    buf_json_text(out, shape_text(c->params, "request"));
    if (!shape_has(c->params, "cursor"))
        write_ledger(rows, out);
    buf_text(out, ",\"entries\":[");
    buf_add(out, buf_span(entries));
    buf_text(out, "],\"known\":[");
    buf_add(out, buf_span(known));
    buf_text(out, "]},\"next\":");
}

int rows_certificate(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    CLEANUP(buf_free) struct buf entries = {0};
    CLEANUP(buf_free) struct buf known = {0};
    int64_t revision, skip;
    int r = holds_it(d, c, rows);
    if (r <= 0) { /* the same answer whether it does not exist or is not for this reader */
        if (r == 0)
            call_refuse(c, ERROR_NOT_FOUND, NULL);
        return r;
    }
    r = page_begin(c, &revision, &skip);
    r = r == 0 ? write_rows(d, c, rows, &entries, &known) : r;
    if (r < 0 || entries.failed || known.failed)
        return r < 0 ? r : -ENOMEM;
    write_page(c, rows, &entries, &known, &c->result);
    if (FIRST + r < rows->n_rows || r == PAGE_ROWS)
        buf_printf(&c->result, "\"%s.%lld\"", rows_cell(rows, LEDGER, REVISION),
                   (long long)skip + r);
    else
        buf_text(&c->result, "null");
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
