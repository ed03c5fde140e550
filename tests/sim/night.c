/* SPDX-License-Identifier: EUPL-1.2 */
#include "sim/night.h"

#include <stdlib.h>

#include "proto/rpc.h"
#include "sim/world.h"

static const char *text(const json_t *o, const char *name)
{
    const char *t = json_string_value(json_object_get(o, name));
    return t != NULL ? t : "";
}

static bool is_role(const struct client *c, const char *role)
{
    return strcmp(c->role, role) == 0;
}

void night_open(struct world *w)
{
    w->night = (struct night){0};
    judge_init(&w->night.judge);
}

void night_close(struct world *w)
{
    while (w->night.decisions != NULL) {
        struct decision *d = w->night.decisions;
        w->night.decisions = d->next;
        json_decref(d->params);
        free(d);
    }
    judge_clear(&w->night.judge);
}

void night_lose(struct world *w)
{
    for (struct decision *d = w->night.decisions; d != NULL; d = d->next)
        if (d->done && d->revision > model_revision(w->model))
            d->lost = true;
}

/* Choosing */

const char *night_pick(struct world *w, json_t *records, const char *states, int establishment)
{
    const char *id, *chosen = NULL;
    json_t *state;
    unsigned n = 0;
    json_object_foreach (records, id, state) {
        const char *host = text(state, "establishment");
        if (states != NULL && strstr(states, text(state, "state")) == NULL)
            continue;
        if (establishment >= 0 && (host[0] == '\0' || strtol(host + 2, NULL, 10) != establishment))
            continue;
        if (chance(w, ++n) == 0)
            chosen = id;
    }
    return chosen;
}

struct decision *night_decide(struct client *c, const char *operation, json_t *params)
{
    struct world *w = c->world;
    struct decision *d = calloc(1, sizeof *d);
    if (d == NULL || params == NULL)
        abort();
    d->client = c->number;
    d->number = ++w->night.n_decisions;
    d->operation = operation;
    d->params = params;
    d->next = w->night.decisions;
    w->night.decisions = d;
    return d;
}

/* About a hold that there is: one in these states, now and then one that has ended. */
static struct decision *decide_hold(struct client *c, const char *operation, const char *states)
{
    struct judge *j = &c->world->night.judge;
    bool other = chance(c->world, 5) == 0;
    const char *id =
        night_pick(c->world, other ? j->holds : j->active,
                   !other                    ? states
                   : chance(c->world, 3) > 0 ? "expired released"
                                             : NULL,
                   c->establishment_role && chance(c->world, 10) != 0 ? c->establishment : -1);
    if (id == NULL)
        return NULL;
    return night_decide(c, operation, json_pack("{s:s}", "hold", id));
}

static json_t *children(struct world *w)
{
    json_t *array = json_array();
    for (unsigned i = 1 + chance(w, 3); i > 0; i--)
        json_array_append_new(array, json_pack("{s:i,s:s}", "age_months", (int)chance(w, 216),
                                               "sex", chance(w, 2) ? "F" : "M"));
    return array;
}

static struct decision *open_request(struct client *c)
{
    struct world *w = c->world;
    json_t *p = json_pack("{s:b,s:b}", "emergency", (int)chance(w, 2), "together", 0);
    if (chance(w, 8) == 0)
        json_object_set_new(p, "parent", json_pack("{s:b}", "pregnant", 1));
    else
        json_object_set_new(p, "children", children(w));
    return night_decide(c, "request.open", p);
}

static struct decision *create_hold(struct client *c)
{
    struct world *w = c->world;
    const char *request = night_pick(w, w->night.judge.requests, "open", -1);
    json_t *units = json_array(), *p = json_pack("{s:i}", "minutes", 1 + (int)chance(w, 2));
    unsigned first = chance(w, UNITS), n = 1 + chance(w, 4);
    for (unsigned i = 0; i < n; i++) {
        char id[16];
        snprintf(id, sizeof id, "u-%u", (first + i) % UNITS);
        json_array_append_new(units, json_string(id));
    }
    if (n == 1)
        json_object_set(p, "unit", json_array_get(units, 0));
    else
        json_object_set(p, "units", units);
    json_decref(units);
    if (request != NULL && chance(w, 10) != 0)
        json_object_set_new(p, "request", json_string(request));
    else
        json_object_set_new(p, "need", json_pack("{s:o}", "children", children(w)));
    if (request != NULL && json_object_get(p, "request") != NULL && chance(w, 3) == 0)
        json_object_set_new(p, "children", json_pack("[i]", (int)chance(w, 2)));
    if (chance(w, 4) == 0)
        json_object_set_new(p, "emergency", json_true());
    return night_decide(c, "hold.create", p);
}

static struct decision *with_code(struct decision *d, const char *code)
{
    if (d != NULL)
        json_object_set_new(d->params, "code", json_string(code));
    return d;
}

static struct decision *close_request(struct client *c)
{
    const char *id = night_pick(c->world, c->world->night.judge.requests, "open placed", -1);
    if (id == NULL)
        return NULL;
    return with_code(night_decide(c, "request.close", json_pack("{s:s}", "request", id)),
                     "decision_changed");
}

/* The time by which somebody arrives: soon, so that some do not. */
static struct decision *with_arrival(struct client *c, struct decision *d)
{
    struct world *w = c->world;
    char instant[INSTANT_TEXT];
    usec_t by = model_ledger_at(w->model) + (usec_t)(5 + chance(w, 60)) * USEC_S;
    if (d == NULL || chance(w, 2))
        return d;
    json_object_set_new(d->params, "arrive_by", json_string(instant_format(by, instant)));
    return d;
}

static struct decision *answer(struct client *c)
{
    unsigned which = chance(c->world, 15);
    if (which >= 10)
        return night_move(c);
    if (which < 5)
        return with_arrival(c, decide_hold(c, "hold.accept", "held"));
    if (which < 6)
        return with_code(decide_hold(c, "hold.refuse", "held"), "group");
    return decide_hold(c, "hold.arrive", "accepted");
}

static struct decision *ask(struct client *c)
{
    struct world *w = c->world;
    unsigned which = chance(w, 40);
    if (which < 4 && json_object_size(w->night.judge.requests) < 40)
        return open_request(c);
    if (which < 18)
        return create_hold(c);
    if (which < 20)
        return decide_hold(c, "hold.release", "held");
    if (which < 22)
        return decide_hold(c, "hold.extend", "held");
    if (which < 24)
        return with_code(decide_hold(c, "hold.withdraw", "accepted"), "no_show");
    if (which < 26)
        return decide_hold(c, "hold.arrive", "accepted");
    if (which < 28)
        return decide_hold(c, "hold.accept", "held");
    if (which < 32)
        return night_answer_offer(c);
    if (which < 38)
        return night_send(c);
    return close_request(c);
}

/* Asking */

static void done(struct client *c, int64_t revision, const char *id)
{
    struct world *w = c->world;
    struct decision *d = c->decision;
    d->done = true;
    d->revision = revision;
    snprintf(d->id, sizeof d->id, "%s", id);
    snprintf(d->epoch, sizeof d->epoch, "%s", model_epoch(w->model));
    w->night.held += strcmp(d->operation, "hold.create") == 0;
    w->night.accepted += strcmp(d->operation, "hold.accept") == 0;
    w->night.arrived += strcmp(d->operation, "hold.arrive") == 0;
    w->night.fetched += strcmp(d->operation, "mission.hand_over") == 0;
    w->night.moved += strncmp(d->operation, "movement.", 9) == 0;
}

static void answered(struct client *c)
{
    c->decision->answered = true;
    c->decision = NULL;
}

static void submit(struct client *c)
{
    const struct decision *d = c->decision;
    c->decided_at = c->world->now;
    char key[32];
    snprintf(key, sizeof key, "d%d", d->number);
    json_t *params = json_copy(d->params);
    json_object_set_new(params, "idempotency_key", json_string(key));
    json_t *line = json_pack("{s:s,s:s,s:s,s:o}", "jsonrpc", "2.0", "id", key, "method",
                             d->operation, "params", params);
    char *body = json_dumps(line, JSON_COMPACT);
    client_say(c, body);
    client_say(c, "\n");
    free(body);
    json_decref(line);
}

void night_act(struct client *c)
{
    struct world *w = c->world;
    bool asks = is_role(c, "astreinte") || is_role(c, "def") || is_role(c, "territory");
    if (c->decision != NULL) {
        if (client_waits(c, c->decided_at))
            broken(w, "answers", "client %d waits for decision %d for 40 s", c->number,
                   c->decision->number);
        return;
    }
    if (chance(w, 8) != 0)
        return;
    c->decision = asks                    ? ask(c)
                  : c->establishment_role ? answer(c)
                  : is_role(c, "mobile")  ? night_fetch(c)
                                          : NULL;
    if (c->decision != NULL)
        submit(c);
}

const char *night_arrival(struct world *w, int unit)
{
    const char *id;
    json_t *hold;
    if (chance(w, 3) != 0)
        return NULL;
    json_object_foreach (w->night.judge.active, id, hold)
        if (strcmp(text(hold, "state"), "accepted") == 0 && id_number(text(hold, "unit")) == unit)
            return id;
    return NULL;
}

void night_again(struct client *c)
{
    if (c->decision != NULL)
        submit(c);
}

void night_answer(struct client *c, const struct rpc_message *m)
{
    if (c->decision == NULL || strtoll(m->id + 2, NULL, 10) != c->decision->number)
        return;
    if (m->kind == RPC_ERROR) {
        struct rpc_error e = rpc_error_of(m);
        if (e.type != NULL &&
            (strcmp(e.type, "unknown_outcome") == 0 || strcmp(e.type, "unavailable") == 0)) {
            c->world->unknown++;
            submit(c); /* the same key asks again */
            return;
        }
        answered(c);
        return;
    }
    static const char *const records[] = {"request", "offer", "mission", "movement"};
    const json_t *first = json_array_get(json_object_get(m->body, "holds"), 0);
    const json_t *record = json_object_get(first != NULL ? first : m->body, "hold");
    for (size_t i = 0; record == NULL && i < sizeof records / sizeof records[0]; i++)
        record = json_object_get(m->body, records[i]);
    int64_t revision = json_integer_value(json_object_get(record, "revision"));
    /* Given to the team that has it, a mission stays as it was, at the revision it had. */
    if (strcmp(c->decision->operation, "mission.assign") != 0) {
        done(c, revision, text(record, "id"));
        c->decision->lost = client_heard_late(c, m->body, revision);
    }
    answered(c);
}
