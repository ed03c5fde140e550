/* SPDX-License-Identifier: EUPL-1.2 */
/* Connections to the database, with everything that breaks: down for a while, a statement lost
 * before it ran, an answer lost after it was committed. */
#include <stdlib.h>

#include "sim/world.h"
#include "sync/sql.h"

void link_open(struct sim_link *l, struct sync_machine *machine, usec_t now)
{
    *l = (struct sim_link){.machine = machine, .up_at = now};
}

static void answer_drop(struct sim_link *l)
{
    if (l->in_flight)
        model_result_clear(&l->answer);
    l->in_flight = false;
}

void link_close(struct sim_link *l)
{
    answer_drop(l);
    model_disconnect(l->session);
    l->session = NULL;
}

void link_cut(struct world *w, struct sim_link *l)
{
    if (l->session == NULL)
        return;
    bool in_flight = l->in_flight;
    link_close(l);
    if (in_flight) {
        struct statement_result lost = {.end = STATEMENT_LOST, .message = "cut"};
        l->machine->ops->result(l->machine, w->now, &lost);
    }
    l->machine->ops->lost(l->machine, w->now);
    l->up_at = w->now + (usec_t)chance(w, 1500) * USEC_MS;
}

/* PLANT_OLD_STATE: one row shows the state of a change before it. */
struct old_rows {
    struct rows rows;
    int row;
    const char *state;
};

enum { FOLLOW_KIND = 9, FOLLOW_STATE = 11 };

static const char *old_cell(const void *source, int row, int col)
{
    const struct old_rows *old = source;
    return row == old->row && col == FOLLOW_STATE ? old->state : rows_cell(&old->rows, row, col);
}

/* The first row of a unit that was changed, or -1. */
static int unit_row(const struct rows *rows)
{
    for (int row = 0; row < rows->n_rows; row++) {
        const char *kind = rows_cell(rows, row, FOLLOW_KIND);
        if (kind != NULL && strcmp(kind, "unit") == 0 && rows_cell(rows, row, FOLLOW_STATE) != NULL)
            return row;
    }
    return -1;
}

static void note_ledger(struct world *w, struct sim_worker *k, const struct sim_link *l)
{
    if (l->query != QUERY_FOLLOW && l->query != QUERY_LEDGER)
        return;
    if (l->ledger_at > k->ledger_at)
        k->ledger_heard_at = w->now;
    k->ledger_at = l->ledger_at > k->ledger_at ? l->ledger_at : k->ledger_at;
}

static void deliver(struct world *w, struct sim_worker *k, struct sim_link *l)
{
    struct model_result answer = l->answer;
    l->in_flight = false;
    note_ledger(w, k, l);
    struct old_rows old = {answer.result.rows, -1, w->old_state};
    if (w->planted == PLANT_OLD_STATE && l->query == QUERY_FOLLOW)
        old.row = unit_row(&old.rows);
    if (old.row >= 0 && old.state != NULL && chance(w, 20) == 0) {
        answer.result.rows.source = &old;
        answer.result.rows.cell = old_cell;
    }
    l->machine->ops->result(l->machine, w->now, &answer.result);
    if (old.row >= 0) {
        char *state = strdup(rows_cell(&old.rows, old.row, FOLLOW_STATE));
        free(w->old_state);
        w->old_state = state;
    }
    model_result_clear(&answer);
}

/* PLANT_NEW_KEYS: every key of a batch in other words. The caller frees. */
static char *with_new_keys(struct world *w, const char *batch)
{
    json_t *commands = json_loads(batch, 0, NULL);
    size_t i;
    json_t *command;
    json_array_foreach (commands, i, command) {
        char key[32];
        snprintf(key, sizeof key, "new-%u", chance(w, 1u << 30));
        json_object_set_new(command, "key", json_string(key));
    }
    char *text = json_dumps(commands, JSON_COMPACT);
    json_decref(commands);
    return text;
}

static void execute(struct world *w, struct sim_link *l, struct statement *statement)
{
    char *batch = NULL;
    if (w->planted == PLANT_NEW_KEYS && statement->query == QUERY_APPLY)
        statement->param[0] = batch = with_new_keys(w, statement->param[0]);
    l->query = statement->query;
    w->retained += l->query == QUERY_RETAIN;
    model_execute(l->session, statement, &l->answer);
    l->ledger_at = model_ledger_at(w->model);
    if (w->planted == PLANT_LOSE_COMMIT && l->query == QUERY_APPLY && chance(w, 100) == 0)
        model_fail_over(w->model, 2); /* this one, and one that others have seen */
    free(batch);
}

static void send_next(struct world *w, struct sim_link *l)
{
    struct statement statement = {0};
    if (l->in_flight || l->machine->ops->next(l->machine, w->now, &statement) == 0)
        return;
    l->answer = (struct model_result){0};
    l->in_flight = true;
    if (chance(w, 400) == 0) { /* lost on the way: never ran */
        l->in_flight = false;
        link_close(l);
        struct statement_result lost = {.end = STATEMENT_LOST, .message = "lost"};
        l->machine->ops->result(l->machine, w->now, &lost);
        l->machine->ops->lost(l->machine, w->now);
        l->up_at = w->now + 50 * USEC_MS;
        return;
    }
    execute(w, l, &statement);
    l->due = w->now + (usec_t)chance(w, 60) * USEC_MS;
    if (chance(w, 400) == 0)
        link_cut(w, l); /* committed, and nobody was told */
}

void link_step(struct world *w, struct sim_worker *k, struct sim_link *l)
{
    struct sync_machine *m = l->machine;
    if (l->session == NULL && w->now >= l->up_at && w->now >= k->cut_until) {
        l->session = model_connect(w->model, false);
        m->ops->ready(m, w->now);
    }
    if (m->ops->deadline(m) <= w->now)
        m->ops->tick(m, w->now);
    if (l->session == NULL)
        return;
    char payload[MODEL_PAYLOAD];
    if (m->ops->notified != NULL && model_take_notified(l->session, payload))
        m->ops->notified(m, w->now, payload);
    for (int i = 0; i < 64 && l->session != NULL; i++) {
        if (l->in_flight && w->now < l->due)
            return;
        if (l->in_flight)
            deliver(w, k, l);
        send_next(w, l);
        if (!l->in_flight)
            return;
    }
}
