/* SPDX-License-Identifier: EUPL-1.2 */
/* Clients: scripted peers of door 1 that keep a copy and remember what they were promised. */
#include <stdlib.h>

#include "proto/position.h"
#include "proto/rpc.h"
#include "sim/world.h"

/* Filters that checks.c can judge by itself. */
const char *const filters[] = {
    "{\"kinds\":[\"unit\"]}",
    "{\"kinds\":[\"unit\"],\"search\":{\"children\":[{}],\"emergency\":true}}",
    "{\"kinds\":[\"unit\"],\"territories\":[\"dts-0\"]}",
    [HOLDS_FILTER] = "{\"kinds\":[\"hold\",\"request\"]}",
};

/* Who is no establishment. */
static const struct cast {
    const char *account, *role;
    int filter;
} others[CLIENTS - ESTABLISHMENTS * 2] = {
    {"def", "def", 0},
    {"astreinte", "astreinte", 1},
    {"def", "def", 2},
    {"astreinte", "astreinte", 0},
    {"def", "def", HOLDS_FILTER},
    {"astreinte", "astreinte", 2},
    {"asks-0", "territory", HOLDS_FILTER},
    {"asks-1", "territory", 1},
    {"asks-1", "territory", HOLDS_FILTER},
    {"astreinte", "astreinte", HOLDS_FILTER},
    {"mobile", "mobile", HOLDS_FILTER},
    {"admin", "admin", HOLDS_FILTER},
};

void client_open(struct world *w, int i)
{
    struct client *c = &w->client[i];
    *c = (struct client){.world = w, .number = i, .read_at_least = -1};
    c->establishment_role = i < ESTABLISHMENTS * 2;
    c->establishment = i % ESTABLISHMENTS;
    const struct cast *cast = &others[c->establishment_role ? 0 : i - ESTABLISHMENTS * 2];
    c->filter = c->establishment_role ? (i < ESTABLISHMENTS ? 0 : HOLDS_FILTER) : cast->filter;
    snprintf(c->role, sizeof c->role, "%s", c->establishment_role ? "establishment" : cast->role);
    if (c->establishment_role)
        snprintf(c->account, sizeof c->account, "est-%d", c->establishment);
    else
        snprintf(c->account, sizeof c->account, "%s", cast->account);
    c->holds = json_object();
    c->holds_ahead = json_object();
    c->come_back_at = w->now + (usec_t)chance(w, 3000) * USEC_MS;
}

void client_close(struct client *c)
{
    door_free(c->door);
    free(c->heard);
    json_decref(c->holds);
    json_decref(c->holds_ahead);
    past_clear(&c->past);
    c->door = NULL;
    c->heard = NULL;
}

/* What came after the last mark is forgotten. */
static void copy_back(struct client *c)
{
    memcpy(c->ahead, c->copy, sizeof c->copy);
    json_decref(c->holds_ahead);
    c->holds_ahead = json_copy(c->holds);
}

void client_drop(struct client *c)
{
    struct world *w = c->world;
    door_free(c->door);
    c->door = NULL;
    c->state = CLIENT_DOWN;
    c->n_heard = 0;
    c->subscribed = c->marked = false;
    c->read_at_least = -1;
    /* What came after the last mark is not to be relied on. */
    copy_back(c);
    c->come_back_at = w->now + (usec_t)(50 + chance(w, 2000)) * USEC_MS;
}

void client_say(struct client *c, const char *text)
{
    if (c->door == NULL)
        return;
    c->woken = true;
    if (door_feed(c->door, c->world->now, span_of(text)) < 0)
        broken(c->world, "P11", "feed failed");
}

static void connect_somewhere(struct client *c)
{
    struct world *w = c->world;
    int i = (int)chance(w, WORKERS);
    if (!w->worker[i].up || !node_is_loaded(&w->worker[i].node))
        return;
    c->worker = i;
    c->door = line_open(&w->worker[i].node.line, w->now, "");
    c->woken = true; /* the server speaks first */
    if (c->door == NULL)
        abort();
    char line[200];
    snprintf(
        line, sizeof line,
        "{\"jsonrpc\":\"2.0\",\"id\":\"h\",\"method\":\"hello\",\"params\":{\"protocol\":[1,1],"
        "\"client\":\"sim/1\",\"token\":\"token-of-%s\"}}\n",
        c->account);
    client_say(c, line);
    c->state = CLIENT_GREETING;
    c->stalled_until = 0;
}

static void subscribe(struct client *c)
{
    char line[500];
    char since[100] = "";
    if (c->token[0] != 0)
        snprintf(since, sizeof since, ",\"since\":\"%s\"", c->token);
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"method\":\"subscribe\",\"params\":{\"sub\":\"a\","
             "\"filter\":%s%s}}\n",
             filters[c->filter], since);
    c->subscribed = true;
    c->resumed_answer = false;
    c->marked = false;
    client_say(c, line);
}

static struct write *write_new(struct client *c)
{
    struct world *w = c->world;
    struct write *wr = calloc(1, sizeof *wr);
    if (wr == NULL)
        abort();
    wr->client = c->number;
    wr->number = ++w->n_writes;
    wr->unit = (int)chance(w, UNITS);
    if (c->establishment_role)
        wr->unit = c->establishment + ESTABLISHMENTS * (int)chance(w, 2);
    /* Never the same counts twice: a second effect is seen. */
    wr->open = 10 + wr->number % 9000;
    wr->occupied = wr->open - (int)chance(w, 3);
    const char *arrived = night_arrival(w, wr->unit);
    if (arrived != NULL)
        snprintf(wr->arrived, sizeof wr->arrived, "%s", arrived);
    wr->next = w->writes;
    w->writes = wr;
    return wr;
}

static void declare(struct client *c)
{
    const struct write *wr = c->pending;
    char line[400], arrived[100] = "";
    if (wr->arrived[0] != '\0')
        snprintf(arrived, sizeof arrived, "\"arrived\":[\"%s\"],", wr->arrived);
    /* The key stays the same, however often it must be asked again. */
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":\"w%d\",\"method\":\"unit.declare\",\"params\":{"
             "\"unit\":\"u-%d\",\"open\":%d,\"occupied\":%d,%s\"idempotency_key\":\"k%d\"}}\n",
             wr->number, wr->unit, wr->open, wr->occupied, arrived, wr->number);
    c->sent_at = c->world->now;
    client_say(c, line);
}

static bool declares(const struct client *c)
{
    return c->establishment_role || strcmp(c->role, "astreinte") == 0;
}

bool client_waits(const struct client *c, usec_t since)
{
    usec_t reads_since = c->stalled_until > since ? c->stalled_until : since;
    return c->world->now - reads_since > 40 * USEC_S;
}

void client_act(struct client *c)
{
    struct world *w = c->world;
    if (c->state == CLIENT_DOWN) {
        if (w->now >= c->come_back_at)
            connect_somewhere(c);
        return;
    }
    if (c->state != CLIENT_UP)
        return;
    if (c->pending != NULL && client_waits(c, c->sent_at))
        broken(w, "answers", "client %d waits for write %d for 40 s", c->number,
               c->pending->number);
    unsigned pick = chance(w, 200);
    if (pick < 2) {
        client_drop(c);
    } else if (pick < 3) {
        c->stalled_until = w->now + (usec_t)chance(w, 40000) * USEC_MS;
    } else if (pick < 20 && !c->subscribed) {
        subscribe(c);
    } else if (pick < 60 && c->pending == NULL && declares(c)) {
        c->pending = write_new(c);
        declare(c);
    }
    if (c->door != NULL)
        night_act(c);
}

/* Hearing */

static void apply_delta(struct client *c, const json_t *params)
{
    size_t i;
    json_t *record;
    c->world->deltas++;
    json_array_foreach (json_object_get(params, "set"), i, record) {
        int id = id_number(json_string_value(json_object_get(record, "id")));
        if (id < 0) {
            night_copy(c, record);
            continue;
        }
        const json_t *free = json_object_get(json_object_get(record, "capacity"), "free");
        int64_t revision = json_integer_value(json_object_get(record, "revision"));
        if (c->ahead[id].there && revision < c->ahead[id].revision)
            broken(c->world, "invariant 5", "client %d: record %d went back", c->number, id);
        c->ahead[id] = (struct copied){true, revision,
                                       json_is_integer(free) ? (int)json_integer_value(free) : -1};
    }
    if (c->world->planted == PLANT_GHOST)
        return;
    json_array_foreach (json_object_get(params, "gone"), i, record) {
        int id = id_number(json_string_value(record));
        if (id >= 0)
            c->ahead[id].there = false;
        else
            json_object_del(c->holds_ahead, json_string_value(record));
    }
}

static void empty_copy(struct client *c)
{
    memset(c->ahead, 0, sizeof c->ahead);
    memset(c->copy, 0, sizeof c->copy);
    json_object_clear(c->holds);
    json_object_clear(c->holds_ahead);
    c->token[0] = c->mark_epoch[0] = 0;
    c->mark_revision = -1;
    c->world->restarted++;
}

static void take_mark(struct client *c, const json_t *params)
{
    struct position p;
    const char *upto = json_string_value(json_object_get(params, "upto"));
    if (upto == NULL || position_parse(span_of(upto), &p) != 0) {
        broken(c->world, "mark", "no position");
        return;
    }
    if (strcmp(p.epoch, c->mark_epoch) == 0 && p.revision < c->mark_revision)
        broken(c->world, "P5", "client %d: mark went back from %lld to %lld", c->number,
               (long long)c->mark_revision, (long long)p.revision);
    snprintf(c->mark_epoch, sizeof c->mark_epoch, "%s", p.epoch);
    c->mark_revision = p.revision;
    snprintf(c->token, sizeof c->token, "%s", upto);
    memcpy(c->copy, c->ahead, sizeof c->copy);
    json_decref(c->holds);
    c->holds = json_copy(c->holds_ahead);
    c->marked_at = c->world->now;
    c->marked = true;
    c->world->marks++;
    const struct sim_worker *k = &c->world->worker[c->worker];
    bool stale = json_is_true(json_object_get(params, "stale"));
    if (!stale && c->world->now - k->ledger_heard_at > 3 * USEC_S + 200 * USEC_MS)
        broken(c->world, "freshness", "client %d was told fresh without a ledger for 3 s",
               c->number);
    check_mark(c);
}

bool client_heard_late(const struct client *c, const json_t *body, int64_t revision)
{
    struct position p;
    const char *position = json_string_value(json_object_get(body, "position"));
    const struct model *m = c->world->model;
    if (position == NULL || position_parse(span_of(position), &p) != 0)
        return false;
    return strcmp(p.epoch, model_epoch(m)) != 0 || revision > model_revision(m);
}

static void take_write_answer(struct client *c, const struct rpc_message *m)
{
    struct write *wr = c->pending;
    if (wr == NULL || strtoll(m->id + 2, NULL, 10) != wr->number)
        return;
    if (m->kind == RPC_ERROR) {
        struct rpc_error e = rpc_error_of(m);
        if (e.type != NULL &&
            (strcmp(e.type, "unknown_outcome") == 0 || strcmp(e.type, "unavailable") == 0)) {
            c->world->unknown++;
            declare(c); /* the same key asks again */
        } else {
            c->pending = NULL; /* forbidden, outdated: an answer */
        }
        return;
    }
    const json_t *unit = json_object_get(m->body, "unit");
    wr->acknowledged = true;
    wr->revision = json_integer_value(json_object_get(unit, "revision"));
    wr->lost = client_heard_late(c, m->body, wr->revision);
    c->world->acknowledged++;
    const json_t *capacity = json_object_get(unit, "capacity");
    if (json_integer_value(json_object_get(capacity, "open")) != wr->open ||
        json_integer_value(json_object_get(capacity, "occupied")) != wr->occupied)
        broken(c->world, "P2", "write %d was answered with other counts", wr->number);
    /* Its own effect was pushed before the answer, if its stream is caught up. */
    int id = wr->unit;
    if (c->marked && c->filter == 0 && c->mark_revision < wr->revision)
        broken(c->world, "P9", "client %d: write %d at %lld answered before its mark (%lld)",
               c->number, wr->number, (long long)wr->revision, (long long)c->mark_revision);
    c->pending = NULL;
    c->read_at_least = wr->revision;
    c->read_unit = id;
    char line[120];
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":\"r\",\"method\":\"unit.get\",\"params\":{\"unit\":\"u-%"
             "d\"}}\n",
             id);
    client_say(c, line);
}

static void take_read_answer(struct client *c, const struct rpc_message *m)
{
    if (c->read_at_least < 0 || m->kind != RPC_RESULT)
        return;
    int64_t revision =
        json_integer_value(json_object_get(json_object_get(m->body, "unit"), "revision"));
    if (revision < c->read_at_least && c->world->n_epochs == 1)
        broken(c->world, "P9", "client %d reads revision %lld after its write at %lld", c->number,
               (long long)revision, (long long)c->read_at_least);
    c->read_at_least = -1;
}

static void take_subscribe_answer(struct client *c, const struct rpc_message *m)
{
    if (m->kind == RPC_ERROR) {
        c->subscribed = false;
        return;
    }
    c->resumed_answer = true;
    c->marked_at = c->world->now;
    bool planted = c->world->planted == PLANT_RESUME && c->token[0] != 0;
    if (planted || json_is_true(json_object_get(m->body, "resumed"))) {
        c->world->resumed++;
        copy_back(c);
    } else {
        empty_copy(c);
    }
}

static void take_notification(struct client *c, const struct rpc_message *m)
{
    if (strcmp(m->method, "delta") == 0)
        apply_delta(c, m->body);
    else if (strcmp(m->method, "mark") == 0)
        take_mark(c, m->body);
    else if (strcmp(m->method, "start") == 0) {
        empty_copy(c);
        c->marked = false;
    }
}

static void take_line(struct client *c, span line)
{
    struct rpc_message m;
    if (rpc_decode(line, RPC_CLIENT, &m) != 0) {
        broken(c->world, "protocol", "client %d heard: %.*s", c->number, (int)line.n, line.p);
        return;
    }
    if (m.kind == RPC_NOTIFICATION)
        take_notification(c, &m);
    else if (m.kind == RPC_REQUEST) /* a probe */
        client_say(c, "{\"jsonrpc\":\"2.0\",\"id\":\"probe\",\"result\":{}}\n");
    else if (strcmp(m.id, "\"h\"") == 0 && m.kind == RPC_RESULT) {
        c->state = CLIENT_UP;
        if (c->pending != NULL)
            declare(c);
        night_again(c);
    } else if (strcmp(m.id, "\"s\"") == 0)
        take_subscribe_answer(c, &m);
    else if (strcmp(m.id, "\"r\"") == 0)
        take_read_answer(c, &m);
    else if (m.id[1] == 'w')
        take_write_answer(c, &m);
    else if (m.id[1] == 'd')
        night_answer(c, &m);
    rpc_message_clear(&m);
}

void client_hear(struct client *c, const char *bytes, size_t n)
{
    char *heard = realloc(c->heard, c->n_heard + n);
    if (heard == NULL)
        abort();
    memcpy(heard + c->n_heard, bytes, n);
    c->heard = heard;
    c->n_heard += n;
    size_t from = 0;
    const char *end;
    while (c->door != NULL && (end = memchr(c->heard + from, '\n', c->n_heard - from)) != NULL) {
        size_t length = (size_t)(end - (c->heard + from));
        take_line(c, (span){c->heard + from, length});
        from += length + 1;
    }
    c->n_heard -= from;
    memmove(c->heard, c->heard + from, c->n_heard);
}
