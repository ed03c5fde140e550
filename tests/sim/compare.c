/* SPDX-License-Identifier: EUPL-1.2 */
/* Gives random batches to the model and to PostgreSQL and compares everything they say: results,
 * changes, departures, and now and then the whole load of a follower. Started by
 * model_vs_postgres_test.py, which has replaced ugo.clock_us() and ugo.new_epoch() by settings.
 *
 *   compare OWNER_CONNINFO UGOD_CONNINFO SEED BATCHES
 */
#include <jansson.h>
#include <libpq-fe.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/model.h"
#include "sim/random_commands.h"
#include "sync/sql.h"

enum { OWNER, UGOD, CALLERS };

struct pair {
    struct model *m;
    struct model_session *session[CALLERS];
    PGconn *conn[CALLERS];
    const char *batch; /* the one under way, to be shown */
    int n;
    int refused, changed, failed; /* what was met, to be sure of it */
    json_t *met;                  /* operation → type of reply → how often */
};

static void die(const struct pair *p, const char *what, const char *model, const char *postgres)
{
    fprintf(stderr, "batch %d: %s\n  batch:    %s\n  model:    %s\n  postgres: %s\n", p->n, what,
            p->batch != NULL ? p->batch : "-", model != NULL ? model : "NULL",
            postgres != NULL ? postgres : "NULL");
    exit(1);
}

static bool same_json(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return fabs(json_number_value(a) - json_number_value(b)) < 1e-9;
    if (json_typeof(a) != json_typeof(b))
        return false;
    if (json_is_array(a)) {
        size_t i = 0, n = json_array_size(a);
        while (i < n && i < json_array_size(b) &&
               same_json(json_array_get(a, i), json_array_get(b, i)))
            i++;
        return i == n && n == json_array_size(b);
    }
    if (!json_is_object(a))
        return json_equal(a, b);
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)a, key, value) {
        const json_t *other = json_object_get(b, key);
        if (other == NULL || !same_json(value, other))
            return false;
    }
    return json_object_size(a) == json_object_size(b);
}

static bool same_cell(const char *a, const char *b)
{
    if (a == NULL || b == NULL || strcmp(a, b) == 0)
        return a == b || (a != NULL && b != NULL);
    json_t *x = json_loads(a, 0, NULL), *y = json_loads(b, 0, NULL);
    bool same = x != NULL && y != NULL && same_json(x, y);
    json_decref(x);
    json_decref(y);
    return same;
}

static void compare_rows(const struct pair *p, enum query query, const struct rows *rows,
                         const PGresult *r)
{
    char what[80];
    if (rows->n_rows != PQntuples(r)) {
        char a[16], b[16];
        snprintf(what, sizeof what, "%s: number of rows", sql_texts[query].name);
        snprintf(a, sizeof a, "%d", rows->n_rows);
        snprintf(b, sizeof b, "%d", PQntuples(r));
        die(p, what, a, b);
    }
    for (int row = 0; row < rows->n_rows; row++)
        for (int col = 0; col < rows->n_cols; col++) {
            const char *a = rows_cell(rows, row, col);
            const char *b = PQgetisnull(r, row, col) ? NULL : PQgetvalue(r, row, col);
            snprintf(what, sizeof what, "%s: row %d column %d", sql_texts[query].name, row, col);
            if (!same_cell(a, b))
                die(p, what, a, b);
        }
}

static void count(const struct pair *p, const char *operation, const char *type)
{
    json_t *types = json_object_get(p->met, operation);
    if (types == NULL) {
        types = json_object();
        json_object_set_new(p->met, operation, types);
    }
    json_int_t n = json_integer_value(json_object_get(types, type));
    json_object_set_new(types, type, json_integer(n + 1));
}

/* What the commands of a batch were answered. */
static void count_replies(const struct pair *p, const char *result)
{
    json_t *batch = json_loads(p->batch, 0, NULL), *answer = json_loads(result, 0, NULL);
    json_t *replies = json_object_get(answer, "replies"), *reply;
    size_t i;
    json_array_foreach (replies, i, reply) {
        const char *operation = json_string_value(json_object_get(json_array_get(batch, i), "op"));
        const json_t *error = json_array_get(json_object_get(reply, "errors"), 0);
        const char *type = json_string_value(json_object_get(error, "detail"));
        const char *more = json_string_value(json_object_get(reply, "detail"));
        char both[100];
        if (type == NULL)
            type = json_string_value(json_object_get(reply, "type"));
        if (more != NULL) {
            snprintf(both, sizeof both, "%s: %s", type, more);
            type = both;
        }
        if (operation != NULL && json_object_get(reply, "replayed") == NULL)
            count(p, operation, type);
    }
    json_decref(batch);
    json_decref(answer);
}

/* The revisions that time brought, and what became of offers. */
static void count_changes(const struct pair *p)
{
    size_t i;
    json_t *row;
    json_array_foreach (model_changes(p->m), i, row) {
        if (strcmp(json_string_value(json_object_get(row, "actor")), "system") == 0 &&
            json_integer_value(json_object_get(row, "part")) == 1)
            count(p, json_string_value(json_object_get(row, "operation")), "system");
        const json_t *state = json_object_get(row, "state");
        if (strcmp(json_string_value(json_object_get(row, "kind")), "offer") == 0 &&
            json_is_object(state))
            count(p, "offer", json_string_value(json_object_get(state, "state")));
    }
}

/* Asks both. False: both refused. */
static bool ask_with(struct pair *p, int caller, enum query query, const char *const *params,
                     int *ret_rows)
{
    struct statement st = sql_statement(query);
    struct model_result mr;
    int64_t before = model_revision(p->m);
    for (int i = 0; i < st.n_params; i++)
        st.param[i] = params[i];
    model_execute(p->session[caller], &st, &mr);
    PGresult *r = PQexecParams(p->conn[caller], st.sql, st.n_params, NULL, st.param, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(r);
    bool pg_done = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    bool done = mr.result.end == STATEMENT_DONE;
    if (done != pg_done)
        die(p, sql_texts[query].name, done ? "done" : mr.result.sqlstate,
            pg_done ? "done" : PQresultErrorMessage(r));
    if (done)
        compare_rows(p, query, &mr.result.rows, r);
    if (done && query == QUERY_APPLY) {
        const char *text = rows_cell(&mr.result.rows, 0, 0);
        p->refused += strstr(text, "\"invalid_params\"") != NULL;
        p->changed += model_revision(p->m) > before;
        count_replies(p, text);
    }
    if (ret_rows != NULL)
        *ret_rows = mr.result.rows.n_rows;
    PQclear(r);
    model_result_clear(&mr);
    return done;
}

static bool ask(struct pair *p, int caller, enum query query, const char *param, int *ret_rows)
{
    return ask_with(p, caller, query, &param, ret_rows);
}

static void command(const struct pair *p, int caller, const char *sql)
{
    PGresult *r = PQexec(p->conn[caller], sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        die(p, sql, "-", PQresultErrorMessage(r));
    PQclear(r);
}

static void set(const struct pair *p, const char *name, const char *value)
{
    char sql[100];
    snprintf(sql, sizeof sql, "SET %s = '%s'", name, value);
    for (int caller = 0; caller < CALLERS; caller++)
        command(p, caller, sql);
}

static void set_clock(const struct pair *p, usec_t now)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)now);
    set(p, "ugo.clock", text);
    model_set_clock(p->m, now);
}

/* As a follower loads. */
static void compare_load(struct pair *p)
{
    int n;
    ask(p, UGOD, QUERY_BEGIN_READ, NULL, NULL);
    ask(p, UGOD, QUERY_LEDGER, NULL, NULL);
    ask(p, UGOD, QUERY_EPOCHS, NULL, NULL);
    ask(p, UGOD, QUERY_OPEN_RECORDS, NULL, NULL);
    do
        ask(p, UGOD, QUERY_FETCH_RECORDS, NULL, &n);
    while (n == SQL_FETCH_ROWS);
    ask(p, UGOD, QUERY_OPEN_DEPARTED, NULL, NULL);
    do
        ask(p, UGOD, QUERY_FETCH_DEPARTED, NULL, &n);
    while (n == SQL_FETCH_ROWS);
    ask(p, UGOD, QUERY_COMMIT, NULL, NULL);
}

/* The time of some change, or just beside it. */
static usec_t some_moment(const struct pair *p, struct dice *dice)
{
    const json_t *changes = model_changes(p->m);
    const json_t *row =
        json_array_get(changes, dice_roll(dice, (uint32_t)json_array_size(changes)));
    return json_integer_value(json_object_get(row, "at")) + (usec_t)dice_roll(dice, 3) - 1;
}

/* Something about the past: a page of history, the units as they were, a row of the log. */
static void compare_past(struct pair *p, struct dice *dice)
{
    static const char *const ids[] = {NULL, "{u-1,u-2,e-1}", "{u-3}", "{}"};
    static const char *const kinds[] = {"{unit,declaration}", "{hold,request,establishment}", "{}",
                                        "{hold,mission,movement}"};
    static const char *const hosts[] = {NULL, NULL, "{e-1,e-3}", "{e-none}"};
    static const char *const row_kinds[] = {"unit", "establishment"};
    char number[5][24];
    int64_t revision = model_revision(p->m);
    const int64_t value[5] = {dice_roll(dice, (uint32_t)revision + 10), dice_roll(dice, 3),
                              some_moment(p, dice), some_moment(p, dice), dice_roll(dice, 60) + 1};
    for (int i = 0; i < 5; i++)
        snprintf(number[i], sizeof number[i], "%lld", (long long)value[i]);
    const char *const page[] = {ids[dice_roll(dice, 4)],
                                kinds[dice_roll(dice, 4)],
                                number[0],
                                number[1],
                                dice_chance(dice, 50) ? number[2] : "0",
                                dice_chance(dice, 50) ? number[3] : "9223372036854775807",
                                number[4],
                                hosts[dice_roll(dice, 4)]};
    const char *const row[] = {number[0], row_kinds[dice_roll(dice, 2)],
                               dice_chance(dice, 50) ? "u-1" : "e-1"};
    ask_with(p, UGOD, QUERY_HISTORY, page, NULL);
    ask_with(p, UGOD, QUERY_LOG_ROW, row, NULL);
    ask(p, UGOD, QUERY_UNITS_AT, number[2], NULL);
}

/* The server changes its timeline: the next batch opens an epoch, which the model names. */
static void change_timeline(struct pair *p)
{
    char name[17];
    model_fail_over(p->m, 0);
    for (int i = 0; i < CALLERS; i++) {
        model_disconnect(p->session[i]);
        p->session[i] = model_connect(p->m, i == OWNER);
    }
    model_next_epoch(p->m, name);
    set(p, "ugo.next_epoch", name);
    command(p, OWNER, "UPDATE ugo.ledger SET timeline = 'elsewhere'");
}

static void run(struct pair *p, struct random_commands *r, int batches)
{
    char after[24];
    char *world = random_world(r);
    p->batch = world;
    ask(p, OWNER, QUERY_APPLY, world, NULL);
    free(world);
    p->batch = NULL;
    for (p->n = 1; p->n <= batches; p->n++) {
        int caller = dice_chance(&r->dice, 80) ? OWNER : UGOD;
        char *batch = random_batch(r);
        p->batch = batch;
        if (dice_roll(&r->dice, 1000) == 0)
            change_timeline(p);
        random_time(r);
        set_clock(p, r->now);
        snprintf(after, sizeof after, "%lld", (long long)model_revision(p->m));
        p->failed += !ask(p, caller, QUERY_APPLY, batch, NULL);
        ask(p, UGOD, QUERY_FOLLOW, after, NULL);
        if (p->n % 20 == 0)
            compare_past(p, &r->dice);
        if (p->n % 100 == 0)
            compare_load(p);
        free(batch);
        p->batch = NULL;
    }
    compare_load(p);
}

static void connect_both(struct pair *p, char **conninfo)
{
    for (int i = 0; i < CALLERS; i++) {
        p->conn[i] = PQconnectdb(conninfo[i]);
        if (PQstatus(p->conn[i]) != CONNECTION_OK)
            die(p, "connect", "-", PQerrorMessage(p->conn[i]));
    }
    PGresult *r = PQexec(p->conn[OWNER], "SELECT epoch, at FROM ugo.ledger");
    if (PQntuples(r) != 1)
        die(p, "ledger", "-", PQresultErrorMessage(r));
    /* its first batch, the kinds, moves time by one */
    p->m = model_new(PQgetvalue(r, 0, 0), strtoll(PQgetvalue(r, 0, 1), NULL, 10) - 1);
    PQclear(r);
    for (int i = 0; i < CALLERS; i++)
        p->session[i] = model_connect(p->m, i == OWNER);
}

int main(int argc, char **argv)
{
    struct pair p = {.met = json_object()};
    struct random_commands r;
    if (argc != 5)
        return 2;
    connect_both(&p, argv + 1);
    random_commands_init(&r, strtoull(argv[3], NULL, 10), model_ledger_at(p.m));
    r.model = p.m;
    set_clock(&p, r.now);
    run(&p, &r, (int)strtol(argv[4], NULL, 10));
    printf("%d batches, revision %lld: %d with a change, %d with a refusal, %d failed\n", p.n - 1,
           (long long)model_revision(p.m), p.changed, p.refused, p.failed);
    count_changes(&p);
    json_dumpf(p.met, stdout, JSON_SORT_KEYS | JSON_COMPACT);
    json_decref(p.met);
    putchar('\n');
    for (int i = 0; i < CALLERS; i++) {
        model_disconnect(p.session[i]);
        PQfinish(p.conn[i]);
    }
    random_commands_free(&r);
    model_free(p.m);
    return 0;
}
