/* SPDX-License-Identifier: EUPL-1.2 */
/* A connection of the model: transactions, snapshots, cursors, and the statements of sync/sql.h. */
#include <stdlib.h>
#include <string.h>

#include "sim/model.h"
#include "sim/model_rows.h"
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
        out_of_memory();
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

bool model_take_notified(struct model_session *s, char ret_payload[static MODEL_PAYLOAD])
{
    bool notified = s->listening && s->seen != s->m->commits;
    s->seen = s->m->commits;
    snprintf(ret_payload, MODEL_PAYLOAD, "%lld", (long long)s->m->revision);
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

/* statements */

static void apply(struct model_session *s, const struct statement *st, struct model_result *r)
{
    const char *sqlstate = NULL;
    if (s->m->fail_next[0] != '\0') {
        memcpy(s->planted, s->m->fail_next, sizeof s->planted);
        s->m->fail_next[0] = '\0';
        rows_refuse(r, s->planted, "planted");
        return;
    }
    json_t *result = apply_batch(s->m, st->param[0], s->owner, &sqlstate);
    if (result == NULL) {
        rows_refuse(r, sqlstate, "not a batch");
        return;
    }
    rows_add_json(r, result);
    json_decref(result);
    rows_finish(r, 1);
}

static void begin(struct model_session *s, struct model_result *r)
{
    s->in_transaction = true;
    snapshot_drop(&s->snapshot);
    rows_finish(r, 1);
}

static void ledger(struct model_session *s, struct model_result *r)
{
    const struct snapshot *n = snapshot_of(s);
    rows_add_text(r, n->epoch);
    rows_add_int(r, n->revision);
    rows_add_int(r, n->at);
    rows_add_int(r, n->floor);
    rows_finish(r, 4);
}

static void epochs(struct model_session *s, struct model_result *r)
{
    const struct snapshot *n = snapshot_of(s);
    for (size_t i = 0; i < json_array_size(n->epochs); i++)
        for (size_t k = 0; k < 2; k++)
            rows_add_json(r, json_array_get(json_array_get(n->epochs, i), k));
    rows_finish(r, 2);
}

static void open_cursor(struct model_session *s, struct model_result *r, bool departed)
{
    struct snapshot *n = snapshot_of(s);
    if (!s->in_transaction) {
        rows_refuse(r, "25P01", "DECLARE CURSOR can only be used in transaction blocks");
        return;
    }
    *(departed ? &n->next_departed : &n->next_record) = 0;
    rows_finish(r, 1);
}

static void fetch_records(struct model_session *s, struct model_result *r)
{
    struct snapshot *n = snapshot_of(s);
    for (int i = 0; i < SQL_FETCH_ROWS && n->next_record < json_array_size(n->records); i++) {
        const json_t *record = json_array_get(n->records, n->next_record++);
        for (size_t k = 0; k < 4; k++)
            rows_add_json(r, json_array_get(record, k));
    }
    rows_finish(r, 4);
}

static void fetch_departed(struct model_session *s, struct model_result *r)
{
    static const char *const columns[] = {"revision", "part", "kind", "id", "scope"};
    struct snapshot *n = snapshot_of(s);
    for (int i = 0; i < SQL_FETCH_ROWS && n->next_departed < json_array_size(n->departed); i++) {
        const json_t *row = json_array_get(n->departed, n->next_departed++);
        for (size_t k = 0; k < ARRAY_LENGTH(columns); k++)
            rows_add_json(r, column(row, columns[k]));
    }
    rows_finish(r, 5);
}

static void add_ledger(struct model_result *r, const struct model *m)
{
    rows_add_text(r, m->epoch);
    rows_add_int(r, m->revision);
    rows_add_int(r, m->at);
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
            rows_add_json(r, column(row, columns[k]));
    }
    if (r->n_cells == 0) { /* the outer join */
        add_ledger(r, m);
        for (size_t k = 0; k < ARRAY_LENGTH(columns); k++)
            rows_add(r, NULL);
    }
    rows_finish(r, 12);
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
            rows_add_json(r, column(row, "state"));
    }
    rows_finish(r, 1);
}

static void execute(struct model_session *s, const struct statement *st, struct model_result *r)
{
    switch ((enum query)st->query) {
    case QUERY_APPLY:
        apply(s, st, r);
        return;
    case QUERY_UNBLOCK: /* nobody holds a lock between two statements */
        rows_finish(r, 1);
        return;
    case QUERY_LISTEN:
        s->listening = true;
        s->seen = s->m->commits;
        rows_finish(r, 1);
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
        rows_finish(r, 1);
        return;
    case QUERY_FOLLOW:
        follow(s, st, r);
        return;
    case QUERY_LOG_ROW:
        log_row(s, st, r);
        return;
    case QUERY_HISTORY:
        history_page(s->m, st, r);
        return;
    case QUERY_RETAIN: /* model_compact is the simulation's own hand on it */
    case QUERY_UNIT_SPANS:
        rows_add_text(r, "f");
        rows_finish(r, 1);
        return;
    case QUERY_UNITS_AT:
        units_at(s->m, st, r);
        return;
    default:
        rows_refuse(r, "42601", "the model does not know this statement");
    }
}

void model_execute(struct model_session *s, const struct statement *statement,
                   struct model_result *ret)
{
    *ret = (struct model_result){0};
    if (s->aborted && statement->query != QUERY_ROLLBACK && statement->query != QUERY_COMMIT) {
        rows_refuse(ret, "25P02", "current transaction is aborted");
        return;
    }
    execute(s, statement, ret);
    if (ret->result.end == STATEMENT_FAILED && s->in_transaction)
        s->aborted = true;
}
