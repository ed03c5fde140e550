/* SPDX-License-Identifier: EUPL-1.2 */
/* The life of a connection: greeting, hello, work, end; and what survives it.
 *
 *   OFFLINE ─connected→ GREETING ─hello from the server→ HELLO ─its answer→ ONLINE
 *   any of the three ─fault, silence, refusal→ ENDING ─disconnected→ OFFLINE or REFUSED
 *
 * Requests and subscriptions belong to the client, not to the connection: when one becomes ONLINE,
 * subscriptions are asked again from their last mark, then the requests that may be repeated. */
#include "clients/libugo/client.h"

#include "proto/limits.h"
#include "proto/time.h"

#define MS ((int64_t)1000)
#define GREETING_US (10000 * MS)     /* for each of the two steps of the greeting */
#define LINE_MAX_BYTES (1024 * 1024) /* four times what the protocol allows a server */
#define DELAY_FIRST_US (250 * MS)
#define DELAY_MAX_US (30000 * MS)
#define BYE_MAX_US (600000 * MS) /* no server keeps us away for longer than this */
#define SETTLED_US (10000 * MS)  /* a connection that held this long ends a row of failures */

/* ── Sending ── */

static int out_add(struct ugo_client *c, const char *bytes, size_t n)
{
    if (c->out_first > 0 && c->out_n + n > c->out_room) {
        c->out_n -= c->out_first;
        memmove(c->out, c->out + c->out_first, c->out_n);
        c->out_first = 0;
    }
    if (c->out_n + n > c->out_room) {
        size_t room = 2 * (c->out_n + n);
        char *p = realloc(c->out, room);
        if (p == NULL)
            return -ENOMEM;
        c->out = p;
        c->out_room = room;
    }
    memcpy(c->out + c->out_n, bytes, n);
    c->out_n += n;
    return 0;
}

int client_send(struct ugo_client *c, int r, char *line)
{
    if (r < 0)
        return r;
    r = out_add(c, line, strlen(line));
    free(line);
    return r;
}

int client_send_request(struct ugo_client *c, uint64_t id, const char *method, const json_t *params)
{
    char text[24], *line = NULL;
    snprintf(text, sizeof text, "%llu", (unsigned long long)id);
    int r = rpc_build_request(text, method, params, &line);
    return client_send(c, r, line);
}

struct ugo_error client_error(const struct rpc_message *m)
{
    struct rpc_error e = rpc_error_of(m);
    return (struct ugo_error){
        .code = (int)e.code,
        .type = e.type != NULL ? e.type : "internal",
        .detail = e.detail,
        .message = e.message != NULL ? e.message : "",
        .data = e.data,
    };
}

/* ── The end of a connection ── */

static int client_end(struct ugo_client *c, struct ugo_error error, json_t *keep)
{
    c->state = CLIENT_ENDING;
    c->out_first = c->out_n = 0; /* nothing we could still say matters */
    return event_push(&c->events, (struct kept_event){
                                      .event = {.type = UGO_END, .error = error},
                                      .keep = {json_incref(keep)},
                                  });
}

int client_end_type(struct ugo_client *c, const char *type, const char *message)
{
    return client_end(c, (struct ugo_error){.type = type, .message = message}, NULL);
}

/* xorshift64*: the delays only have to differ between clients. */
static uint64_t client_random(struct ugo_client *c)
{
    c->random ^= c->random >> 12;
    c->random ^= c->random << 25;
    c->random ^= c->random >> 27;
    return c->random * 0x2545F4914F6CDD1DULL;
}

static int64_t client_delay(struct ugo_client *c)
{
    if (c->bye_delay >= 0)
        return c->bye_delay;
    int64_t delay = DELAY_FIRST_US << (c->attempts < 7 ? c->attempts : 7);
    if (delay > DELAY_MAX_US)
        delay = DELAY_MAX_US;
    return delay / 2 + (int64_t)(client_random(c) % (uint64_t)delay);
}

int ugo_client_disconnected(struct ugo_client *c, int64_t now)
{
    if (c->state == CLIENT_ONLINE && now - c->online_at >= SETTLED_US)
        c->attempts = 0;
    c->connect_at = now + client_delay(c);
    c->attempts++;
    c->state = c->refused ? CLIENT_REFUSED : CLIENT_OFFLINE;
    c->refused = false;
    c->bye_delay = -1;
    c->hello = c->echo = 0;
    c->out_first = c->out_n = 0;
    line_splitter_free(&c->lines);
    c->lines = line_splitter(LINE_MAX_BYTES);
    for (struct ugo_subscription *s = c->subscriptions; s != NULL; s = s->next)
        subscription_lost(s);
    return request_lose_all(c);
}

int ugo_client_connected(struct ugo_client *c, int64_t now)
{
    c->state = CLIENT_GREETING;
    c->answer_by = now + GREETING_US;
    return 0;
}

/* ── The greeting ── */

void client_clock(struct ugo_client *c, int64_t now, const json_t *params)
{
    const char *text = json_string_value(json_object_get(params, "now"));
    usec_t at;
    if (text == NULL || time_parse_instant(span_of(text), &at) != 0)
        return;
    c->clock_at = now;
    c->clock = at;
}

bool ugo_client_clock(const struct ugo_client *c, int64_t now, int64_t *ret_us)
{
    if (c->clock_at == 0)
        return false;
    *ret_us = c->clock + (now - c->clock_at);
    return true;
}

static int on_greeting(struct ugo_client *c, int64_t now, const json_t *params)
{
    const json_t *versions = json_object_get(params, "protocol");
    json_int_t first = json_integer_value(json_array_get(versions, 0));
    json_int_t last = json_integer_value(json_array_get(versions, 1));
    json_int_t limit =
        json_integer_value(json_object_get(json_object_get(params, "limits"), "in_flight"));

    if (c->state != CLIENT_GREETING)
        return client_end_type(c, "protocol", "a second hello");
    if (first > PROTOCOL_MAX || last < PROTOCOL_MIN) {
        c->refused = true;
        int r = event_push(
            &c->events,
            (struct kept_event){
                .event = {.type = UGO_REFUSED,
                          .error = {.type = "version", .message = "no common protocol version"}}});
        return r < 0 ? r : client_end_type(c, "version", "no common protocol version");
    }
    c->limit = limit > 0 && limit < LIMIT_IN_FLIGHT ? (size_t)limit : LIMIT_IN_FLIGHT;
    c->limit -= c->limit / 4; /* subscriptions and echo are in flight, too */
    client_clock(c, now, params);
    json_t *hello = json_pack("{s:[i,i], s:s, s:s*}", "protocol", PROTOCOL_MIN, PROTOCOL_MAX,
                              "client", c->name, "token", c->token);
    if (hello == NULL)
        return -ENOMEM;
    c->hello = ++c->last_id;
    c->state = CLIENT_HELLO;
    c->answer_by = now + GREETING_US;
    int r = client_send_request(c, c->hello, "hello", hello);
    json_decref(hello);
    return r;
}

/* Refusals that time heals end this connection only; the others end the attempts. */
static int on_hello_refused(struct ugo_client *c, const struct rpc_message *m)
{
    static const char *const passing[] = {"unavailable", "too_many_requests", "behind", "internal",
                                          "unknown_outcome"};
    struct ugo_error error = client_error(m);

    for (size_t i = 0; i < ARRAY_LENGTH(passing); i++) {
        if (strcmp(error.type, passing[i]) != 0)
            continue;
        double wait = json_number_value(json_object_get(error.data, "retry_after_s"));
        if (wait > 0 && wait < (double)BYE_MAX_US / 1e6)
            c->bye_delay = (int64_t)(wait * 1e6);
        return client_end(c, error, m->body);
    }
    c->refused = true;
    int r = event_push(&c->events, (struct kept_event){
                                       .event = {.type = UGO_REFUSED, .error = error},
                                       .keep = {json_incref(m->body)},
                                   });
    return r < 0 ? r : client_end(c, error, m->body);
}

static int on_hello_answer(struct ugo_client *c, int64_t now, const struct rpc_message *m)
{
    c->hello = 0;
    if (m->kind == RPC_ERROR)
        return on_hello_refused(c, m);
    c->state = CLIENT_ONLINE;
    c->online_at = now;
    int r = event_push(&c->events, (struct kept_event){
                                       .event = {.type = UGO_READY, .body = m->body},
                                       .keep = {json_incref(m->body)},
                                   });
    for (struct ugo_subscription *s = c->subscriptions; r == 0 && s != NULL; s = s->next)
        r = client_subscribe(c, s);
    return r < 0 ? r : client_send_waiting(c);
}

/* ── Lines ── */

static int on_answer(struct ugo_client *c, int64_t now, const struct rpc_message *m)
{
    int64_t id;
    if (!rpc_id_number(m, &id) || id <= 0)
        return client_end_type(c, "protocol", "the server could not read a line of ours");
    if ((uint64_t)id == c->hello)
        return on_hello_answer(c, now, m);
    if ((uint64_t)id == c->echo) {
        c->echo = 0;
        return 0;
    }
    struct ugo_subscription *s = c->subscriptions;
    while (s != NULL && s->request != (uint64_t)id)
        s = s->next;
    if (s != NULL)
        return subscription_answered(c, s, m);
    return request_answered(c, (uint64_t)id, m);
}

/* retry_ms null: the server asks us not to come back by ourselves. */
static int on_bye(struct ugo_client *c, json_t *params)
{
    const json_t *retry = json_object_get(params, "retry_ms");
    const char *code = json_string_value(json_object_get(params, "code"));
    json_int_t ms = json_integer_value(retry);
    struct kept_event e = {.event = {.type = UGO_BYE, .body = params},
                           .keep = {json_incref(params)}};

    if (json_is_integer(retry))
        c->bye_delay = ms < 0 ? 0 : ms > BYE_MAX_US / MS ? BYE_MAX_US : (int64_t)ms * MS;
    int r = event_push(&c->events, e);
    if (r < 0 || !json_is_null(retry) || c->refused)
        return r;
    c->refused = true;
    e.event.type = UGO_REFUSED;
    e.event.error = (struct ugo_error){.type = code != NULL ? code : "internal", .data = params};
    json_incref(params);
    return event_push(&c->events, e);
}

static int on_notification(struct ugo_client *c, int64_t now, const struct rpc_message *m)
{
    if (strcmp(m->method, "hello") == 0)
        return on_greeting(c, now, m->body);
    if (strcmp(m->method, "delta") == 0 || strcmp(m->method, "mark") == 0 ||
        strcmp(m->method, "start") == 0)
        return subscription_told(c, now, m);
    if (strcmp(m->method, "bye") == 0)
        return on_bye(c, m->body);
    return 0; /* a newer server's */
}

static int on_request(struct ugo_client *c, const struct rpc_message *m)
{
    char *line = NULL;
    int r = strcmp(m->method, "echo") == 0
                ? rpc_build_result(m->id, m->body, &line)
                : rpc_build_error(m->id, -32601, "no such operation", NULL, &line);
    return client_send(c, r, line);
}

static int client_line(struct ugo_client *c, int64_t now, span line)
{
    struct rpc_message m;
    int r = rpc_decode(line, RPC_CLIENT, &m);
    if (r != 0)
        return r < 0 ? r : client_end_type(c, "protocol", m.detail);
    if (m.kind == RPC_NOTIFICATION)
        r = on_notification(c, now, &m);
    else if (m.kind == RPC_REQUEST)
        r = on_request(c, &m);
    else
        r = on_answer(c, now, &m);
    rpc_message_clear(&m);
    return r;
}

int ugo_client_feed(struct ugo_client *c, int64_t now, const char *bytes, size_t n)
{
    span in = {bytes, n}, line;
    c->heard_at = now;
    while (c->state != CLIENT_ENDING) {
        int r = line_next(&c->lines, &in, &line);
        if (r == LINE_MORE)
            return 0;
        if (r == LINE_TOO_LONG)
            return client_end_type(c, "protocol", "a line too long");
        if (r == 0)
            r = client_line(c, now, line);
        if (r < 0)
            return r;
    }
    return 0;
}

/* ── Time ── */

int64_t ugo_client_deadline(const struct ugo_client *c)
{
    if (c->state == CLIENT_GREETING || c->state == CLIENT_HELLO)
        return c->answer_by;
    if (c->state == CLIENT_ONLINE)
        return c->heard_at + (c->echo != 0 ? LIMIT_SILENCE_MS : LIMIT_PROBE_MS) * MS;
    return INT64_MAX;
}

int ugo_client_tick(struct ugo_client *c, int64_t now)
{
    if (now < ugo_client_deadline(c))
        return 0;
    if (c->state != CLIENT_ONLINE)
        return client_end_type(c, "no_hello", "the server did not greet");
    if (now >= c->heard_at + LIMIT_SILENCE_MS * MS)
        return client_end_type(c, "silence", "nothing heard for 30 s");
    c->echo = ++c->last_id;
    return client_send_request(c, c->echo, "echo", NULL);
}

int64_t ugo_client_connect_at(const struct ugo_client *c)
{
    return c->state == CLIENT_OFFLINE ? c->connect_at : INT64_MAX;
}

void ugo_client_retry(struct ugo_client *c, int64_t now)
{
    if (c->state == CLIENT_REFUSED)
        c->state = CLIENT_OFFLINE;
    c->attempts = 0;
    c->connect_at = now;
}

/* ── The rest of ugo.h ── */

bool ugo_client_is_ready(const struct ugo_client *c)
{
    return c->state == CLIENT_ONLINE;
}

bool ugo_client_is_ending(const struct ugo_client *c)
{
    return c->state == CLIENT_ENDING;
}

const char *ugo_client_output(const struct ugo_client *c, size_t *ret_n)
{
    *ret_n = c->out_n - c->out_first;
    return *ret_n > 0 ? c->out + c->out_first : "";
}

void ugo_client_sent(struct ugo_client *c, size_t n)
{
    c->out_first += n;
    if (c->out_first == c->out_n)
        c->out_first = c->out_n = 0;
}

bool ugo_client_next(struct ugo_client *c, struct ugo_event *ret_event)
{
    return event_take(&c->events, ret_event);
}

bool ugo_client_next_of(struct ugo_client *c, uint64_t request, struct ugo_event *ret_event)
{
    return event_take_of(&c->events, request, ret_event);
}

int ugo_client_new(const struct ugo_client_options *options, int64_t now,
                   struct ugo_client **ret_client)
{
    struct ugo_client *c = calloc(1, sizeof *c);
    if (c == NULL)
        return -ENOMEM;
    c->name = strdup(options->name);
    c->token = options->token != NULL ? strdup(options->token) : NULL;
    c->random = options->seed | 1; /* the generator's only forbidden state is 0 */
    c->limit = LIMIT_IN_FLIGHT;
    c->connect_at = now;
    c->bye_delay = -1;
    c->lines = line_splitter(LINE_MAX_BYTES);
    if (c->name == NULL || (options->token != NULL && c->token == NULL)) {
        ugo_client_free(c);
        return -ENOMEM;
    }
    *ret_client = c;
    return 0;
}

void ugo_client_free(struct ugo_client *c)
{
    if (c == NULL)
        return;
    event_queue_free(&c->events);
    while (c->subscriptions != NULL) {
        struct ugo_subscription *s = c->subscriptions;
        c->subscriptions = s->next;
        subscription_free(s);
    }
    request_list_free(&c->requests);
    line_splitter_free(&c->lines);
    free(c->token);
    free(c->name);
    free(c->out);
    free(c);
}
