/* SPDX-License-Identifier: EUPL-1.2 */
/* What decisions promised, judged from the log alone. */
#include <stdlib.h>

#include "sim/world.h"

/* A step lasts up to 200 ms, a batch goes out at the end of one and is answered in another. */
#define SECOND (USEC_S + 600 * USEC_MS)

static const char *text(const json_t *o, const char *name)
{
    const char *t = json_string_value(json_object_get(o, name));
    return t != NULL ? t : "";
}

static int64_t number(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

/* Whether somebody could write for that long. */
static bool was_writable(const struct world *w, usec_t since)
{
    for (int i = 0; i < WORKERS; i++)
        if (w->worker[i].writes_since != 0 && w->worker[i].writes_since <= since)
            return true;
    return false;
}

/* P12: the places of a hold are free within a second of its end. */
static void check_second(struct world *w)
{
    struct night *n = &w->night;
    usec_t end = judge_next_end(&n->judge);
    if (end == 0 || end > WALL + w->now + w->wall_shift) {
        n->due_since = 0;
        return;
    }
    if (n->due_since == 0)
        n->due_since = w->now;
    if (!was_writable(w, n->due_since))
        n->due_since = w->now;
    if (w->now - n->due_since > SECOND)
        broken(w, "P12", "a hold is still held %.1f s after its end",
               (double)(w->now - n->due_since) / USEC_S);
}

void night_judge(struct world *w)
{
    struct night *n = &w->night;
    for (int i = 0; i < WORKERS; i++) {
        struct sim_worker *k = &w->worker[i];
        bool writes = k->up && k->writer.session != NULL && node_is_loaded(&k->node);
        k->writes_since = !writes ? 0 : k->writes_since != 0 ? k->writes_since : w->now;
    }
    judge_read(&n->judge, w->model);
    if (n->judge.failure[0] != '\0')
        broken(w, "holds", "%s", n->judge.failure);
    check_second(w);
}

/* The first row of a revision of the log; NULL: it has none. */
static const json_t *row_of(const struct world *w, int64_t revision)
{
    const json_t *log = model_changes(w->model);
    size_t low = 0, high = json_array_size(log);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (number(json_array_get(log, middle), "revision") < revision)
            low = middle + 1;
        else
            high = middle;
    }
    const json_t *row = json_array_get(log, low);
    return row != NULL && number(row, "revision") == revision ? row : NULL;
}

/* Whether a revision is what a decision was told it is. */
static bool is_effect(const struct world *w, const struct decision *d)
{
    const json_t *row = row_of(w, d->revision);
    return row != NULL && strcmp(text(row, "operation"), d->operation) == 0 &&
           strcmp(text(row, "actor"), w->client[d->client].account) == 0;
}

static const char *const operations[] = {
    "request.open",     "request.close",   "hold.create",    "hold.accept",       "hold.refuse",
    "hold.release",     "hold.extend",     "hold.withdraw",  "hold.arrive",       "request.decline",
    "mission.create",   "mission.start",   "mission.arrive", "mission.hand_over", "mission.cancel",
    "movement.plan",    "movement.cancel", "movement.done",  "movement.entry",    "movement.exit",
    "movement.transfer"};
enum { OPERATIONS = sizeof operations / sizeof operations[0] };

/* Which operation by which account: the first client that has it; -1: none of these. */
static int kind_of(const struct world *w, const char *operation, const char *account)
{
    for (int op = 0; op < OPERATIONS; op++)
        for (int c = 0; strcmp(operations[op], operation) == 0 && c < CLIENTS; c++)
            if (strcmp(w->client[c].account, account) == 0)
                return c * OPERATIONS + op;
    return -1;
}

/* Effects that no decision claims: at most those whose answer is still out. */
static void check_unclaimed(struct world *w, const bool *claimed)
{
    int more[CLIENTS * OPERATIONS] = {0};
    size_t i;
    json_t *row;
    json_array_foreach (model_changes(w->model), i, row) {
        int kind = kind_of(w, text(row, "operation"), text(row, "actor"));
        more[kind < 0 ? 0 : kind] +=
            kind >= 0 && number(row, "part") == 1 && !claimed[number(row, "revision")];
    }
    for (const struct decision *d = w->night.decisions; d != NULL; d = d->next) {
        int kind = kind_of(w, d->operation, w->client[d->client].account);
        if (kind >= 0 && (!d->answered || d->lost))
            more[kind]--;
    }
    for (int kind = 0; kind < CLIENTS * OPERATIONS; kind++)
        if (more[kind] > 0)
            broken(w, "P2", "%s of %s had %d effects more than it was told",
                   operations[kind % OPERATIONS], w->client[kind / OPERATIONS].account, more[kind]);
}

void night_check(struct world *w)
{
    bool *claimed = calloc((size_t)model_revision(w->model) + 2, sizeof *claimed);
    if (claimed == NULL)
        abort();
    for (const struct decision *d = w->night.decisions; d != NULL; d = d->next) {
        if (!d->done || d->lost)
            continue;
        if (!is_effect(w, d))
            broken(w, "P1", "decision %d (%s), acknowledged at %lld, is not in the log", d->number,
                   d->operation, (long long)d->revision);
        else if (claimed[d->revision])
            broken(w, "P2", "two decisions have the effect of revision %lld",
                   (long long)d->revision);
        else
            claimed[d->revision] = true;
    }
    check_unclaimed(w, claimed);
    free(claimed);
    judge_audit(&w->night.judge, w->model);
    if (w->night.judge.failure[0] != '\0')
        broken(w, "holds", "%s", w->night.judge.failure);
}

/* The table of domain.md, once more. */
static bool sees(const struct client *c, const json_t *row, const json_t *state)
{
    const char *origin = text(state, "origin");
    if (strcmp(c->role, "astreinte") == 0 || strcmp(c->role, "def") == 0)
        return true; /* there is one département */
    if (strcmp(c->role, "territory") == 0)
        return strcmp(text(state, "created_by"), c->account) == 0 ||
               strcmp(origin + strcspn(origin, "-"), c->account + strcspn(c->account, "-")) == 0;
    const char *host = text(state, "establishment");
    return c->establishment_role && strcmp(text(row, "kind"), "hold") == 0 &&
           strtol(host + 2, NULL, 10) == c->establishment;
}

void night_copy(struct client *c, const json_t *record)
{
    const char *id = text(record, "id");
    json_t *had = json_object_get(c->holds_ahead, id);
    int64_t revision = number(record, "revision");
    if (had != NULL && revision < json_integer_value(json_array_get(had, 0)))
        broken(c->world, "invariant 5", "client %d: %s went back", c->number, id);
    json_object_set_new(c->holds_ahead, id,
                        json_pack("[IO]", (json_int_t)revision, json_object_get(record, "state")));
}

void night_replay(struct client *c, const json_t *row)
{
    json_t *state = json_object_get(row, "state");
    const char *kind = text(row, "kind"), *id = text(row, "id");
    if (strcmp(kind, "hold") != 0 && strcmp(kind, "request") != 0)
        return;
    if (json_is_object(state) && sees(c, row, state))
        json_object_set_new(
            c->past.holds, id,
            json_pack("[OO]", json_object_get(row, "revision"), json_object_get(state, "state")));
    else
        json_object_del(c->past.holds, id);
}

void night_check_mark(struct client *c)
{
    const char *id;
    json_t *is_there;
    json_t *known = c->past.holds;
    if (!json_equal(known, c->holds)) {
        json_object_foreach (known, id, is_there)
            if (!json_equal(is_there, json_object_get(c->holds, id)))
                broken(c->world, "P4", "client %d (%s) at %lld: %s is missing or another",
                       c->number, c->account, (long long)c->mark_revision, id);
        json_object_foreach (c->holds, id, is_there)
            if (json_object_get(known, id) == NULL)
                broken(c->world, "P4/invariant 7", "client %d (%s) at %lld: %s should not be there",
                       c->number, c->account, (long long)c->mark_revision, id);
    }
}
