/* SPDX-License-Identifier: EUPL-1.2 */
/* history: pages of changes, oldest first. The database selects; what the viewer may not see is
 * left out here, by the same rule as everywhere. */
#include <stdlib.h>

#include "api/admin.h"
#include "api/change_row.h"
#include "api/operation.h"
#include "base/statement.h"
#include "core/encode.h"
#include "proto/format.h"
#include "proto/limits.h"

static const char *const change_kinds[] = {
    "unit",    "declaration", "establishment", "territory", "commune", "establishment_kind",
    "account", "credential",  "hold",          "request",   "mission", "calendar",
    "rota",    "hold_policy", "offer",         "movement"};
static const struct shape kind_element = {NULL, SHAPE_CODE, .one_of = change_kinds,
                                          .n_one_of = ARRAY_LENGTH(change_kinds)};

const struct shape history_params[] = {
    {"unit", SHAPE_TEXT, .format = format_unit_id},
    {"kinds", SHAPE_ARRAY, .min = 1, .max = ARRAY_LENGTH(change_kinds), .element = &kind_element},
    {"since_revision", SHAPE_INT, .min = 0, .max = LIMIT_INTEGER},
    {"at_from", SHAPE_TEXT, .format = format_instant},
    {"at_to", SHAPE_TEXT, .format = format_instant},
    {"limit", SHAPE_INT, .min = 1, .max = LIMIT_PAGE},
    {"cursor", SHAPE_TEXT, .format = format_cursor},
    MEMBER_AFTER,
    {0},
};

bool change_cursor(const char *cursor, int64_t *ret_revision, int64_t *ret_part)
{
    char *end;
    errno = 0;
    *ret_revision = strtoll(cursor, &end, 10);
    if (end == cursor || *end != '.' || errno != 0)
        return false;
    const char *part = end + 1;
    *ret_part = strtoll(part, &end, 10);
    return end != part && *end == 0 && errno == 0 && *ret_revision >= 0 && *ret_part >= 0;
}

/* The ids whose changes are wanted as an array literal of PostgreSQL: identifiers need no quotes.
 * NULL contents: all. */
static void ids_write(const struct desk *d, const struct call *c, struct buf *out)
{
    const char *unit = shape_text(c->params, "unit");
    if (unit != NULL) {
        buf_printf(out, "{%s}", unit);
        return;
    }
    if (c->viewer->role != ROLE_ESTABLISHMENT)
        return;
    buf_char(out, '{');
    for (size_t i = 0; i < c->viewer->n_establishments; i++)
        buf_printf(out, "%s%s", i ? "," : "", c->viewer->establishments[i]);
    const struct holdings *h = d->replica->live;
    for (unsigned slot = 0; slot < h->n_slots; slot++)
        if (h->slots[slot] != NULL &&
            viewer_sees(c->viewer, version_scope(&h->slots[slot]->version)))
            buf_printf(out, "%s%s", out->n > 1 ? "," : "", h->slots[slot]->id);
    buf_char(out, '}');
}

/* The establishments whose holds, missions and movements are wanted too, whether they are still
 * there or not. No contents: none are wanted, or all are. */
static void establishments_write(const struct call *c, struct buf *out)
{
    if (shape_has(c->params, "unit") || c->viewer->role != ROLE_ESTABLISHMENT)
        return;
    for (size_t i = 0; i < c->viewer->n_establishments; i++)
        buf_printf(out, "%s%s", i ? "," : "{", c->viewer->establishments[i]);
    buf_text(out, out->n ? "}" : "{}");
}

static void kinds_write(const struct call *c, struct buf *out)
{
    const json_t *kinds = shape_member(c->params, "kinds");
    bool admin = c->viewer->role == ROLE_ADMIN;
    for (size_t i = 0; i < ARRAY_LENGTH(change_kinds); i++) {
        bool wanted = kinds == NULL;
        for (size_t k = 0; k < json_array_size(kinds); k++)
            wanted |= strcmp(json_string_value(json_array_get(kinds, k)), change_kinds[i]) == 0;
        bool secret =
            strcmp(change_kinds[i], "account") == 0 || strcmp(change_kinds[i], "credential") == 0;
        if (wanted && (admin || !secret))
            buf_printf(out, "%s%s", out->n ? "," : "{", change_kinds[i]);
    }
    buf_text(out, out->n ? "}" : "{}");
}

static int ask(struct desk *d, usec_t now, struct call *c, int64_t revision, int64_t part)
{
    CLEANUP(buf_free) struct buf ids = {0};
    CLEANUP(buf_free) struct buf kinds = {0};
    CLEANUP(buf_free) struct buf establishments = {0};
    char numbers[5][24] = {{0}};
    ids_write(d, c, &ids);
    kinds_write(c, &kinds);
    establishments_write(c, &establishments);
    buf_add(&ids, (span){"", 1}); /* terminators: the texts become parameters */
    buf_add(&kinds, (span){"", 1});
    buf_add(&establishments, (span){"", 1});
    if (ids.failed || kinds.failed || establishments.failed)
        return -ENOMEM;
    const int64_t values[5] = {revision, part, shape_instant(c->params, "at_from", 0),
                               shape_instant(c->params, "at_to", INT64_MAX),
                               shape_int(c->params, "limit", LIMIT_PAGE_DEFAULT)};
    for (size_t i = 0; i < 5; i++)
        snprintf(numbers[i], sizeof numbers[i], "%lld", (long long)values[i]);
    return desk_ask(d, now, c, DESK_HISTORY,
                    (const char *const[]){ids.p[0] ? ids.p : NULL, kinds.p, numbers[0], numbers[1],
                                          numbers[2], numbers[3], numbers[4],
                                          establishments.p[0] ? establishments.p : NULL},
                    8);
}

/* A late declaration and the rule for holds belong to a unit: they are shown to whom the unit is;
 * of what is no longer there, to the administration. */
static bool may_see_unit(const struct desk *d, const struct call *c, const char *id)
{
    const struct entry *e = replica_find(d->replica, RECORD_UNIT, span_of(id));
    return e != NULL ? viewer_sees(c->viewer, version_scope(&e->version))
                     : c->viewer->role == ROLE_ADMIN;
}

int run_history(struct desk *d, usec_t now, struct call *c)
{
    struct shape_errors errors = {0};
    int64_t revision = shape_int(c->params, "since_revision", 0);
    int64_t part = INT32_MAX; /* all of that revision is known */
    const char *cursor = shape_text(c->params, "cursor");
    if (cursor != NULL && !change_cursor(cursor, &revision, &part))
        shape_refuse(&errors, "/cursor", "bad_cursor");
    if (shape_instant(c->params, "at_to", USEC_NEVER) < shape_instant(c->params, "at_from", 0))
        shape_refuse(&errors, "/at_to", "before_at_from");
    if (errors.n > 0) {
        call_refuse_params(c, &errors);
        return 0;
    }
    const char *unit = shape_text(c->params, "unit");
    if (c->viewer->role == ROLE_ESTABLISHMENT && unit != NULL && !may_see_unit(d, c, unit)) {
        call_refuse(c, ERROR_NOT_FOUND, NULL);
        return 0;
    }
    return ask(d, now, c, revision, part);
}

/* What is deleted is told to whom it was shown: the row has the scope members of before. */
static bool may_see_end(const struct desk *d, const struct call *c, const struct rows *rows,
                        int row, int kind)
{
    const char *establishment = rows_cell(rows, row, CHANGE_ESTABLISHMENT);
    const char *territory = rows_cell(rows, row, CHANGE_TERRITORY);
    struct scope_members scope = {
        .kind = (enum record_kind)kind,
        .establishment = establishment ? establishment : "",
        .created_by = "",
        .territory = territory ? replica_territory(d->replica, span_of(territory)) : NULL};
    return viewer_sees(c->viewer, scope);
}

/* The record after a change, as the viewer may see it. 0 written; 1 not for this viewer. */
static int write_record(struct desk *d, struct call *c, const struct rows *rows, int row,
                        struct buf *out)
{
    const char *kind = rows_cell(rows, row, CHANGE_KIND);
    const char *id = rows_cell(rows, row, CHANGE_ID);
    const char *state = rows_cell(rows, row, CHANGE_STATE);
    int number = code_find(record_kind_codes, RECORD_KIND_COUNT, kind);
    if (state == NULL && number >= 0 && !may_see_end(d, c, rows, row, number))
        return 1;
    if (state != NULL && strcmp(kind, "credential") == 0)
        return credential_write(state, out);
    if (state == NULL || number < 0) {
        buf_text(out, state ? state : "null");
        return 0;
    }
    struct version v = {0};
    int r = replica_version(d->replica, (enum record_kind)number, id, state, &v);
    if (r < 0)
        return r == -ENOMEM ? r : 1;
    bool seen = viewer_sees(c->viewer, version_scope(&v));
    if (seen)
        encode_version(id, strtoll(rows_cell(rows, row, CHANGE_REVISION), NULL, 10), &v,
                       viewer_view(c->viewer, version_scope(&v)), out);
    version_clear(&v);
    return seen ? 0 : 1;
}

void change_head(const struct rows *rows, int row, struct buf *out)
{
    buf_printf(out, "{\"revision\":%s,\"at\":", rows_cell(rows, row, CHANGE_REVISION));
    buf_json_instant(out, strtoll(rows_cell(rows, row, CHANGE_AT), NULL, 10));
    buf_text(out, ",\"actor\":");
    buf_json_text(out, rows_cell(rows, row, CHANGE_ACTOR));
    buf_text(out, ",\"operation\":");
    buf_json_text(out, rows_cell(rows, row, CHANGE_OPERATION));
    buf_text(out, ",\"kind\":");
    buf_json_text(out, rows_cell(rows, row, CHANGE_KIND));
    buf_text(out, ",\"id\":");
    buf_json_text(out, rows_cell(rows, row, CHANGE_ID));
    buf_text(out, ",\"record\":");
}

int change_write(struct desk *d, struct call *c, const struct rows *rows, int row, struct buf *out)
{
    const char *kind = rows_cell(rows, row, CHANGE_KIND);
    bool of_unit = strcmp(kind, "declaration") == 0 || strcmp(kind, "hold_policy") == 0;
    if (of_unit && !may_see_unit(d, c, rows_cell(rows, row, CHANGE_ID)))
        return 1;
    change_head(rows, row, out);
    int r = write_record(d, c, rows, row, out);
    buf_char(out, '}');
    return r;
}

/* Where the caller said from where on; or, having said nothing, up to where. */
static const char *lower_bound(const struct call *c)
{
    static const char *const pointers[] = {"/cursor", "/at_from", "/since_revision"};
    for (size_t i = 0; i < ARRAY_LENGTH(pointers); i++)
        if (shape_has(c->params, pointers[i] + 1))
            return pointers[i];
    return "/at_to";
}

/* Rows in the order above. One row of NULLs: the history does not reach so far back. */
int rows_history(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    if (rows->n_rows == 1 && rows_cell(rows, 0, CHANGE_REVISION) == NULL) {
        struct shape_errors errors = {0};
        shape_refuse(&errors, lower_bound(c), "before_history");
        call_refuse_params(c, &errors);
        return 0;
    }
    const int64_t limit = shape_int(c->params, "limit", LIMIT_PAGE_DEFAULT);
    CLEANUP(buf_free) struct buf change = {0};
    bool any = false;
    int row = 0;
    buf_text(&c->result, "{\"changes\":[");
    for (; row < rows->n_rows; row++) {
        buf_reset(&change);
        int r = change_write(d, c, rows, row, &change);
        if (r < 0 || change.failed)
            return r < 0 ? r : -ENOMEM;
        if (any && c->result.n + change.n > LIMIT_ANSWER - 1024)
            break;
        if (r > 0)
            continue;
        buf_text(&c->result, any ? "," : "");
        buf_add(&c->result, buf_span(&change));
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
