/* SPDX-License-Identifier: EUPL-1.2 */
/* journal.list, journal.statistics: what was searched, asked and answered in a time. Requests,
 * holds and what follows them are shown by the rule that shows their records; a search to who
 * searched, and to the def of where it was for. */
#include <stdlib.h>

#include "api/change_row.h"
#include "api/operation.h"
#include "proto/format.h"
#include "proto/limits.h"

#define STATISTICS_MOST (366 * 24 * USEC_HOUR)

const struct shape journal_list_params[] = {
    {"from", SHAPE_TEXT, .format = format_instant},
    {"to", SHAPE_TEXT, .format = format_instant},
    {"limit", SHAPE_INT, .min = 1, .max = LIMIT_PAGE},
    {"cursor", SHAPE_TEXT, .format = format_cursor},
    MEMBER_AFTER,
    {0},
};

const struct shape journal_statistics_params[] = {
    {"from", SHAPE_TEXT, .required = true, .format = format_instant},
    {"to", SHAPE_TEXT, .required = true, .format = format_instant},
    MEMBER_AFTER,
    {0},
};

/* An instant as a parameter of SQL. */
struct number {
    char text[24];
};

static struct number number_of(int64_t value)
{
    struct number n;
    snprintf(n.text, sizeof n.text, "%lld", (long long)value);
    return n;
}

/* The kinds of a night, those that this server can judge. */
static void kinds_write(struct buf *out)
{
    static const char *const followers[] = {"mission", "offer", "movement"};
    buf_text(out, "{search,request,hold");
    for (size_t i = 0; i < ARRAY_LENGTH(followers); i++)
        if (code_find(record_kind_codes, RECORD_KIND_COUNT, followers[i]) >= 0)
            buf_printf(out, ",%s", followers[i]);
    buf_add(out, (span){"}", 2}); /* with its terminator */
}

int run_journal_list(struct desk *d, usec_t now, struct call *c)
{
    struct shape_errors errors = {0};
    CLEANUP(buf_free) struct buf kinds = {0};
    int64_t revision = 0, part = INT32_MAX;
    const char *cursor = shape_text(c->params, "cursor");
    usec_t from = shape_instant(c->params, "from", 0), to = shape_instant(c->params, "to", 0);
    bool open_end = !shape_has(c->params, "to");
    if (cursor != NULL && !change_cursor(cursor, &revision, &part))
        shape_refuse(&errors, "/cursor", "bad_cursor");
    if (!open_end && to <= from)
        shape_refuse(&errors, "/to", "before_from");
    if (errors.n > 0) {
        call_refuse_params(c, &errors);
        return 0;
    }
    kinds_write(&kinds);
    if (kinds.failed)
        return -ENOMEM;
    const struct number numbers[] = {number_of(revision), number_of(part), number_of(from),
                                     number_of(open_end ? INT64_MAX : to - 1),
                                     number_of(shape_int(c->params, "limit", LIMIT_PAGE_DEFAULT))};
    return desk_ask(d, now, c, DESK_HISTORY,
                    (const char *const[]){NULL, kinds.p, numbers[0].text, numbers[1].text,
                                          numbers[2].text, numbers[3].text, numbers[4].text},
                    7);
}

static bool may_see_search(const struct desk *d, const struct viewer *v, const json_t *state)
{
    const char *account = shape_text(state, "account"), *origin = shape_text(state, "origin");
    struct scope_members scope = {.kind = RECORD_REQUEST, .establishment = "", .created_by = ""};
    if (account != NULL && (strcmp(account, v->account) == 0 || strcmp(account, v->acts_for) == 0))
        return true;
    if (origin == NULL || v->role != ROLE_DEF)
        return false;
    scope.territory = scope.origin = replica_territory(d->replica, span_of(origin));
    return viewer_sees(v, scope);
}

/* A search as it is shown: its state, with a record's first members and the instant as a text. 0, 1
 * or -ENOMEM as change_write. */
static int write_search(const struct desk *d, const struct call *c, const struct rows *rows,
                        int row, struct buf *out)
{
    const char *text = rows_cell(rows, row, CHANGE_STATE);
    json_t *state = json_loads(text, 0, NULL);
    if (state == NULL || !may_see_search(d, c->viewer, state)) {
        json_decref(state);
        return 1;
    }
    usec_t at = json_integer_value(json_object_get(state, "searched_at"));
    json_object_del(state, "searched_at");
    char *rest = json_dumps(state, JSON_COMPACT);
    json_decref(state);
    if (rest == NULL)
        return -ENOMEM;
    change_head(rows, row, out);
    buf_text(out, "{\"kind\":\"search\",\"id\":");
    buf_json_text(out, rows_cell(rows, row, CHANGE_ID));
    buf_printf(out, ",\"revision\":%s,\"searched_at\":", rows_cell(rows, row, CHANGE_REVISION));
    buf_json_instant(out, at);
    buf_printf(out, ",%s}", rest + 1); /* without its brace; and the entry's end */
    free(rest);
    return 0;
}

static int write_entry(struct desk *d, struct call *c, const struct rows *rows, int row,
                       struct buf *out)
{
    /* What is merely no longer kept is no event of the night. */
    if (rows_cell(rows, row, CHANGE_STATE) == NULL)
        return 1;
    if (strcmp(rows_cell(rows, row, CHANGE_KIND), "search") == 0)
        return write_search(d, c, rows, row, out);
    return change_write(d, c, rows, row, out);
}

static int refuse_before_history(struct call *c, const char *pointer)
{
    struct shape_errors errors = {0};
    shape_refuse(&errors, pointer, "before_history");
    call_refuse_params(c, &errors);
    return 0;
}

/* Where the caller said from where on; or, having said nothing, up to where. */
static const char *lower_bound(const struct call *c)
{
    if (shape_has(c->params, "cursor"))
        return "/cursor";
    return shape_has(c->params, "from") ? "/from" : "/to";
}

int rows_journal_list(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    if (rows->n_rows == 1 && rows_cell(rows, 0, CHANGE_REVISION) == NULL)
        return refuse_before_history(c, lower_bound(c));
    const int64_t limit = shape_int(c->params, "limit", LIMIT_PAGE_DEFAULT);
    CLEANUP(buf_free) struct buf entry = {0};
    bool any = false;
    int row = 0;
    buf_text(&c->result, "{\"entries\":[");
    for (; row < rows->n_rows; row++) {
        buf_reset(&entry);
        int r = write_entry(d, c, rows, row, &entry);
        if (r < 0 || entry.failed)
            return r < 0 ? r : -ENOMEM;
        if (r > 0)
            continue;
        if (any && c->result.n + entry.n > LIMIT_ANSWER - 1024)
            break;
        buf_text(&c->result, any ? "," : "");
        buf_add(&c->result, buf_span(&entry));
        any = true;
    }
    buf_text(&c->result, "],\"next\":");
    if (row > 0 && (row < rows->n_rows || rows->n_rows >= limit))
        buf_printf(&c->result, "\"%s.%s\"", rows_cell(rows, row - 1, CHANGE_REVISION),
                   rows_cell(rows, row - 1, CHANGE_PART));
    else
        buf_text(&c->result, "null");
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}

int run_journal_statistics(struct desk *d, usec_t now, struct call *c)
{
    struct shape_errors errors = {0};
    CLEANUP(buf_free) struct buf roots = {0};
    usec_t from = shape_instant(c->params, "from", 0), to = shape_instant(c->params, "to", 0);
    if (to <= from)
        shape_refuse(&errors, "/to", "before_from");
    else if (to - from > STATISTICS_MOST)
        shape_refuse(&errors, "/to", "out_of_range");
    if (errors.n > 0) {
        call_refuse_params(c, &errors);
        return 0;
    }
    buf_char(&roots, '{'); /* codes need no quotes */
    for (size_t i = 0; i < c->viewer->n_territories; i++)
        buf_printf(&roots, "%s%s", i ? "," : "", c->viewer->roots[i]->code);
    buf_add(&roots, (span){"}", 2}); /* with its terminator */
    if (roots.failed)
        return -ENOMEM;
    const struct number numbers[] = {number_of(from), number_of(to)};
    return desk_ask(d, now, c, DESK_STATISTICS,
                    (const char *const[]){roots.p, numbers[0].text, numbers[1].text}, 3);
}

int rows_journal_statistics(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    const char *figures = rows->n_rows == 1 ? rows_cell(rows, 0, 0) : NULL;
    if (figures == NULL)
        return refuse_before_history(c, "/from");
    buf_add(&c->result, (span){figures, strlen(figures) - 1}); /* without its brace */
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
