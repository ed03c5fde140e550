/* SPDX-License-Identifier: EUPL-1.2 */
/* A connection of the model: transactions, snapshots, cursors, and the statements of sync/sql.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/model.h"
#include "sim/model_tables.h"
#include "sync/sql.h"

/* What a REPEATABLE READ transaction sees from its first SELECT on. */
struct snapshot {
    bool taken;
    char epoch[17];
    int64_t revision, floor;
    usec_t at;
    json_t *epochs, *records, *departed;
    size_t next_record, next_departed; /* the cursors */
};

struct model_session {
    struct model *m;
    bool owner;
    bool in_transaction, aborted, listening;
    struct snapshot snapshot;
    uint64_t seen;   /* commits already notified of */
    char planted[6]; /* SQLSTATE of the fault it met last */
};

struct model_session *model_connect(struct model *m, bool owner)
{
    struct model_session *s = calloc(1, sizeof *s);
    if (s == NULL)
        must(NULL);
    s->m = m;
    s->owner = owner;
    return s;
}

static void snapshot_drop(struct snapshot *n)
{
    json_decref(n->epochs);
    json_decref(n->records);
    json_decref(n->departed);
    *n = (struct snapshot){0};
}

static void end_transaction(struct model_session *s)
{
    snapshot_drop(&s->snapshot);
    s->in_transaction = s->aborted = false;
}

void model_disconnect(struct model_session *s)
{
    if (s == NULL)
        return;
    end_transaction(s);
    free(s);
}

bool model_take_notified(struct model_session *s)
{
    bool notified = s->listening && s->seen != s->m->commits;
    s->seen = s->m->commits;
    return notified;
}

/* The snapshot of the transaction; outside one, of this statement. */
static struct snapshot *snapshot_of(struct model_session *s)
{
    struct snapshot *n = &s->snapshot;
    if (n->taken && s->in_transaction)
        return n;
    snapshot_drop(n);
    *n = (struct snapshot){
        .taken = true,
        .revision = s->m->revision,
        .floor = s->m->floor,
        .at = s->m->at,
        .epochs = must(json_copy(s->m->epochs)),
        .records = s->in_transaction ? model_records(s->m) : must(json_array()),
        .departed = must(json_copy(s->m->departed)),
    };
    memcpy(n->epoch, s->m->epoch, sizeof n->epoch);
    return n;
}

/* rows */

static const char *cell(const void *source, int row, int col)
{
    const struct model_result *r = source;
    return r->cells[row * r->n_cols + col];
}

static void add_cell(struct model_result *r, char *owned)
{
    char **cells = realloc(r->cells, (size_t)(r->n_cells + 1) * sizeof *cells);
    if (cells == NULL)
        must(NULL);
    r->cells = cells;
    r->cells[r->n_cells++] = owned;
}

/* As PostgreSQL writes it: texts bare, the rest as JSON, null as SQL NULL. */
static void add_json(struct model_result *r, const json_t *value)
{
    char *text = NULL;
    if (json_is_string(value))
        text = strdup(json_string_value(value));
    else if (value != NULL && !json_is_null(value))
        text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    add_cell(r, text);
}

static void add_text(struct model_result *r, const char *text)
{
    add_cell(r, strdup(text));
}

static void add_int(struct model_result *r, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    add_text(r, text);
}

static void finish_rows(struct model_result *r, int n_cols)
{
    r->n_cols = n_cols;
    r->result.end = STATEMENT_DONE;
    r->result.rows = (struct rows){r->n_cells / n_cols, n_cols, r, cell};
}

static void fail(struct model_result *r, const char *sqlstate, const char *message)
{
    snprintf(r->message, sizeof r->message, "%s", message);
    r->result = (struct statement_result){
        .end = STATEMENT_FAILED, .sqlstate = sqlstate, .message = r->message};
}

void model_result_clear(struct model_result *r)
{
    for (int i = 0; i < r->n_cells; i++)
        free(r->cells[i]);
    free(r->cells);
    *r = (struct model_result){0};
}

/* statements */

static void apply(struct model_session *s, const struct statement *st, struct model_result *r)
{
    const char *sqlstate = NULL;
    if (s->m->fail_next[0] != '\0') {
        memcpy(s->planted, s->m->fail_next, sizeof s->planted);
        s->m->fail_next[0] = '\0';
        fail(r, s->planted, "planted");
        return;
    }
    json_t *result = apply_batch(s->m, st->param[0], s->owner, &sqlstate);
    if (result == NULL) {
        fail(r, sqlstate, "not a batch");
        return;
    }
    add_json(r, result);
    json_decref(result);
    finish_rows(r, 1);
}

static void begin(struct model_session *s, struct model_result *r)
{
    s->in_transaction = true;
    snapshot_drop(&s->snapshot);
    finish_rows(r, 1);
}

static void ledger(struct model_session *s, struct model_result *r)
{
    const struct snapshot *n = snapshot_of(s);
    add_text(r, n->epoch);
    add_int(r, n->revision);
    add_int(r, n->at);
    add_int(r, n->floor);
    finish_rows(r, 4);
}

static void epochs(struct model_session *s, struct model_result *r)
{
    const struct snapshot *n = snapshot_of(s);
    for (size_t i = 0; i < json_array_size(n->epochs); i++)
        for (size_t k = 0; k < 2; k++)
            add_json(r, json_array_get(json_array_get(n->epochs, i), k));
    finish_rows(r, 2);
}

static void open_cursor(struct model_session *s, struct model_result *r, bool departed)
{
    struct snapshot *n = snapshot_of(s);
    if (!s->in_transaction) {
        fail(r, "25P01", "DECLARE CURSOR can only be used in transaction blocks");
        return;
    }
    *(departed ? &n->next_departed : &n->next_record) = 0;
    finish_rows(r, 1);
}

static void fetch_records(struct model_session *s, struct model_result *r)
{
    struct snapshot *n = snapshot_of(s);
    for (int i = 0; i < SQL_FETCH_ROWS && n->next_record < json_array_size(n->records); i++) {
        const json_t *record = json_array_get(n->records, n->next_record++);
        for (size_t k = 0; k < 4; k++)
            add_json(r, json_array_get(record, k));
    }
    finish_rows(r, 4);
}

static void fetch_departed(struct model_session *s, struct model_result *r)
{
    static const char *const columns[] = {"revision", "part", "kind", "id", "scope"};
    struct snapshot *n = snapshot_of(s);
    for (int i = 0; i < SQL_FETCH_ROWS && n->next_departed < json_array_size(n->departed); i++) {
        const json_t *row = json_array_get(n->departed, n->next_departed++);
        for (size_t k = 0; k < ARRAY_LENGTH(columns); k++)
            add_json(r, column(row, columns[k]));
    }
    finish_rows(r, 5);
}

static void add_ledger(struct model_result *r, const struct model *m)
{
    add_text(r, m->epoch);
    add_int(r, m->revision);
    add_int(r, m->at);
}

/* The first row of the log above a revision. */
static size_t changes_after(const struct model *m, int64_t revision)
{
    size_t low = 0, high = json_array_size(m->changes);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (column_int(json_array_get(m->changes, middle), "revision") <= revision)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void follow(struct model_session *s, const struct statement *st, struct model_result *r)
{
    static const char *const columns[] = {"revision",  "part", "parts", "at",   "actor",
                                          "operation", "kind", "id",    "state"};
    const struct model *m = s->m;
    int64_t after = strtoll(st->param[0], NULL, 10);
    for (size_t i = changes_after(m, after); i < json_array_size(m->changes); i++) {
        const json_t *row = json_array_get(m->changes, i);
        if (column_int(row, "revision") > after + SQL_FOLLOW_REVISIONS)
            break;
        add_ledger(r, m);
        for (size_t k = 0; k < ARRAY_LENGTH(columns); k++)
            add_json(r, column(row, columns[k]));
    }
    if (r->n_cells == 0) { /* the outer join */
        add_ledger(r, m);
        for (size_t k = 0; k < ARRAY_LENGTH(columns); k++)
            add_cell(r, NULL);
    }
    finish_rows(r, 12);
}

static void log_row(struct model_session *s, const struct statement *st, struct model_result *r)
{
    int64_t revision = strtoll(st->param[0], NULL, 10);
    for (size_t i = changes_after(s->m, revision - 1); i < json_array_size(s->m->changes); i++) {
        const json_t *row = json_array_get(s->m->changes, i);
        if (column_int(row, "revision") != revision)
            break;
        if (strcmp(column_text(row, "kind"), st->param[1]) == 0 &&
            strcmp(column_text(row, "id"), st->param[2]) == 0)
            add_json(r, column(row, "state"));
    }
    finish_rows(r, 1);
}

static void execute(struct model_session *s, const struct statement *st, struct model_result *r)
{
    switch ((enum query)st->query) {
    case QUERY_APPLY:
        apply(s, st, r);
        return;
    case QUERY_LISTEN:
        s->listening = true;
        s->seen = s->m->commits;
        finish_rows(r, 1);
        return;
    case QUERY_BEGIN_READ:
        begin(s, r);
        return;
    case QUERY_LEDGER:
        ledger(s, r);
        return;
    case QUERY_EPOCHS:
        epochs(s, r);
        return;
    case QUERY_OPEN_RECORDS:
    case QUERY_OPEN_DEPARTED:
        open_cursor(s, r, st->query == QUERY_OPEN_DEPARTED);
        return;
    case QUERY_FETCH_RECORDS:
        fetch_records(s, r);
        return;
    case QUERY_FETCH_DEPARTED:
        fetch_departed(s, r);
        return;
    case QUERY_COMMIT:
    case QUERY_ROLLBACK:
        end_transaction(s);
        finish_rows(r, 1);
        return;
    case QUERY_FOLLOW:
        follow(s, st, r);
        return;
    case QUERY_LOG_ROW:
        log_row(s, st, r);
        return;
    default:
        fail(r, "42601", "the model does not know this statement");
    }
}

void model_execute(struct model_session *s, const struct statement *statement,
                   struct model_result *ret)
{
    *ret = (struct model_result){0};
    if (s->aborted && statement->query != QUERY_ROLLBACK && statement->query != QUERY_COMMIT) {
        fail(ret, "25P02", "current transaction is aborted");
        return;
    }
    execute(s, statement, ret);
    if (ret->result.end == STATEMENT_FAILED && s->in_transaction)
        s->aborted = true;
}
