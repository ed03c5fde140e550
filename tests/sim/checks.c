/* SPDX-License-Identifier: EUPL-1.2 */
/* The promises, judged from the model's log alone: nothing here asks the code under test. */
#include <stdarg.h>
#include <stdlib.h>

#include "sim/world.h"

int id_number(const char *id)
{
    if (id == NULL || id[0] != 'u' || id[1] != '-')
        return -1;
    long n = strtol(id + 2, NULL, 10);
    return n >= 0 && n < UNITS ? (int)n : -1;
}

void broken(struct world *w, const char *promise, const char *format, ...)
{
    if (w->failure[0] != 0)
        return;
    int n = snprintf(w->failure, sizeof w->failure, "%s broken at step %d (%.3f s): ", promise,
                     w->steps, (double)w->now / USEC_S);
    va_list args;
    va_start(args, format);
    vsnprintf(w->failure + n, sizeof w->failure - (size_t)n, format, args);
    va_end(args);
}

static void past_restart(struct past *p)
{
    json_decref(p->newest);
    json_decref(p->holds);
    *p = (struct past){.holds = json_object()};
}

void past_clear(struct past *p)
{
    json_decref(p->newest);
    json_decref(p->holds);
}

/* The log up to a revision, from where the last time ended unless it is another branch now. */
static const struct past *replay(struct client *c, int64_t upto)
{
    const json_t *log = model_changes(c->world->model);
    struct past *p = &c->past;
    if (p->holds == NULL || upto < p->upto ||
        (p->rows > 0 && json_array_get(log, p->rows - 1) != p->newest))
        past_restart(p);
    p->upto = upto;
    json_t *change;
    for (; (change = json_array_get(log, p->rows)) != NULL; p->rows++) {
        int64_t revision = json_integer_value(json_object_get(change, "revision"));
        if (revision > upto)
            break;
        json_decref(p->newest);
        p->newest = json_incref(change);
        if (c->filter == HOLDS_FILTER)
            night_replay(c, change);
        if (strcmp(json_string_value(json_object_get(change, "kind")), "unit") != 0)
            continue;
        int id = id_number(json_string_value(json_object_get(change, "id")));
        const json_t *state = json_object_get(change, "state");
        if (id >= 0)
            p->unit[id] = (struct known){json_is_object(state) ? state : NULL, revision};
    }
    return p;
}

static int64_t member(const json_t *state, const char *name)
{
    return json_integer_value(json_object_get(state, name));
}

/* free as domain.md defines it; -1 when never declared. */
static int free_of(const json_t *state)
{
    if (!json_is_integer(json_object_get(state, "observed_at")))
        return -1;
    int64_t free = member(state, "open") - member(state, "occupied") - member(state, "held");
    return free > 0 ? (int)free : 0;
}

/* Whether a client with this role and filter is to have the unit. */
static bool belongs(const struct client *c, const json_t *state)
{
    const char *establishment = json_string_value(json_object_get(state, "establishment"));
    const char *territory = json_string_value(json_object_get(state, "territory"));
    if (c->filter == HOLDS_FILTER)
        return false;
    if (c->establishment_role)
        return strtol(establishment + 2, NULL, 10) == c->establishment;
    if (c->filter == 1)
        return free_of(state) != 0;
    if (c->filter == 2)
        return strcmp(territory, "dts-0") == 0;
    return true;
}

/* P4: the copy at the mark equals the log at its revision. */
void check_mark(struct client *c)
{
    struct world *w = c->world;
    if (strcmp(c->mark_epoch, model_epoch(w->model)) != 0)
        return; /* of a branch that the log may no longer have */
    if (w->losing)
        return; /* the worker cannot know yet that its revisions are lost */
    if (c->mark_revision > model_revision(w->model)) {
        broken(w, "P4", "client %d: mark %lld is above the ledger (%lld)", c->number,
               (long long)c->mark_revision, (long long)model_revision(w->model));
        return;
    }
    const struct known *known = replay(c, c->mark_revision)->unit;
    if (c->filter == HOLDS_FILTER)
        night_check_mark(c);
    for (int id = 0; id < UNITS; id++) {
        bool there = known[id].state != NULL && belongs(c, known[id].state);
        if (there != c->copy[id].there)
            broken(w, there ? "P4" : "P4/invariant 7", "client %d (%s, filter %d) at %lld: u-%d %s",
                   c->number, c->account, c->filter, (long long)c->mark_revision, id,
                   there ? "is missing" : "should not be there");
        else if (there && (c->copy[id].revision != known[id].revision ||
                           c->copy[id].free != free_of(known[id].state)))
            broken(w, "P4", "client %d at %lld: u-%d is %lld free %d, the log has %lld free %d",
                   c->number, (long long)c->mark_revision, id, (long long)c->copy[id].revision,
                   c->copy[id].free, (long long)known[id].revision, free_of(known[id].state));
    }
}

/* P1, P2: every acknowledged declaration is in the log once, none twice. */
void check_acknowledged(struct world *w)
{
    int *times = calloc((size_t)w->n_writes + 1, sizeof *times);
    int64_t *at = calloc((size_t)w->n_writes + 1, sizeof *at);
    struct write **by_open = calloc(10000, sizeof(struct write *));
    if (times == NULL || at == NULL || by_open == NULL)
        abort();
    for (struct write *wr = w->writes; wr != NULL; wr = wr->next)
        by_open[wr->open] = wr;
    size_t i;
    json_t *change;
    json_array_foreach (model_changes(w->model), i, change) {
        const char *operation = json_string_value(json_object_get(change, "operation"));
        const json_t *state = json_object_get(change, "state");
        if (strcmp(operation, "unit.declare") != 0 || !json_is_object(state) ||
            strcmp(json_string_value(json_object_get(change, "kind")), "unit") != 0)
            continue;
        struct write *wr = by_open[member(state, "open")];
        if (wr == NULL)
            continue;
        times[wr->number]++;
        at[wr->number] = json_integer_value(json_object_get(change, "revision"));
    }
    for (struct write *wr = w->writes; wr != NULL; wr = wr->next) {
        if (wr->acknowledged && !wr->lost &&
            (times[wr->number] == 0 || at[wr->number] != wr->revision))
            broken(w, "P1", "write %d, acknowledged at %lld, is in the log %d times, at %lld",
                   wr->number, (long long)wr->revision, times[wr->number],
                   (long long)at[wr->number]);
        if (times[wr->number] > 1)
            broken(w, "P2", "write %d had %d effects", wr->number, times[wr->number]);
    }
    free(times);
    free(at);
    free(by_open);
}

/* P3: revisions without gaps, time that never runs backwards. */
void check_history(struct world *w)
{
    size_t i;
    json_t *change;
    int64_t last = 0;
    int64_t time = 0;
    json_array_foreach (model_changes(w->model), i, change) {
        int64_t revision = json_integer_value(json_object_get(change, "revision"));
        int64_t at = json_integer_value(json_object_get(change, "at"));
        if (i > 0 && revision != last && revision != last + 1)
            broken(w, "P3", "revision %lld follows %lld", (long long)revision, (long long)last);
        if (at < time)
            broken(w, "P3", "logical time went back at revision %lld", (long long)revision);
        last = revision;
        time = at;
    }
}

/* P10: who has caught up and reads gets a mark at least every 5 s. A step lasts up to 200 ms, and a
 * client that did not read in between is not judged. */
void check_times(struct world *w)
{
    for (int i = 0; i < CLIENTS; i++) {
        struct client *c = &w->client[i];
        if (c->state != CLIENT_UP || !c->marked || w->now < c->stalled_until + 6 * USEC_S)
            continue;
        if (w->now - c->marked_at > 5 * USEC_S + 800 * USEC_MS)
            broken(w, "P10", "client %d has had no mark for %.1f s", c->number,
                   (double)(w->now - c->marked_at) / USEC_S);
    }
}
