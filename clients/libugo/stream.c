/* SPDX-License-Identifier: EUPL-1.2 */
/* Subscriptions on the wire: asking for them, what the server says of them, giving them up. */
#include "clients/libugo/client.h"

int client_subscribe(struct ugo_client *c, struct ugo_subscription *s)
{
    if (s->refused)
        return 0;
    json_t *params = json_pack("{s:s, s:O*, s:s*, s:s*}", "sub", s->name, "filter", s->filter,
                               "since", s->position, "after", s->after);
    if (params == NULL)
        return -ENOMEM;
    s->request = ++c->last_id;
    int r = client_send_request(c, s->request, "subscribe", params);
    json_decref(params);
    return r;
}

int subscription_answered(struct ugo_client *c, struct ugo_subscription *s,
                          const struct rpc_message *m)
{
    s->request = 0;
    if (m->kind == RPC_RESULT) {
        const char *why = json_string_value(json_object_get(m->body, "why"));
        bool resumed = json_is_true(json_object_get(m->body, "resumed"));
        return subscription_start(s, resumed, why, &c->events);
    }
    struct ugo_error error = client_error(m);
    /* Our position is good, this server just has not come so far: another one may have, or this one
     * in a moment. Only who asked for `after` is told. */
    if (s->after == NULL && strcmp(error.type, "behind") == 0)
        return client_end_type(c, "behind", "the server has not come as far as our copy");
    s->refused = true;
    return event_push(
        &c->events,
        (struct kept_event){
            .event = {.type = UGO_ERROR, .method = "subscribe", .subscription = s, .error = error},
            .keep = {json_incref(m->body)},
        });
}

static struct ugo_subscription *subscription_named(const struct ugo_client *c, const json_t *params)
{
    const char *name = json_string_value(json_object_get(params, "sub"));
    struct ugo_subscription *s = name != NULL ? c->subscriptions : NULL;
    while (s != NULL && strcmp(s->name, name) != 0)
        s = s->next;
    return s;
}

/* What a subscription that we no longer have is told does not matter. */
int subscription_told(struct ugo_client *c, int64_t now, const struct rpc_message *m)
{
    struct ugo_subscription *s = subscription_named(c, m->body);
    int r = 0;

    if (s == NULL)
        return 0;
    if (strcmp(m->method, "delta") == 0) {
        r = subscription_delta(s, m->body);
    } else if (strcmp(m->method, "mark") == 0) {
        client_clock(c, now, m->body);
        r = subscription_mark(s, m->body, &c->events);
    } else {
        r = subscription_start(s, json_is_true(json_object_get(m->body, "resumed")),
                               json_string_value(json_object_get(m->body, "why")), &c->events);
    }
    return r > 0 ? client_end_type(c, "protocol", "not a delta or mark") : r;
}

int ugo_subscribe(struct ugo_client *c, json_t *filter, const char *since,
                  struct ugo_subscription **ret_subscription)
{
    return ugo_subscribe_after(c, filter, since, NULL, ret_subscription);
}

int ugo_subscribe_after(struct ugo_client *c, json_t *filter, const char *since, const char *after,
                        struct ugo_subscription **ret_subscription)
{
    struct ugo_subscription *s = calloc(1, sizeof *s), **last = &c->subscriptions;
    if (s == NULL)
        return -ENOMEM;
    snprintf(s->name, sizeof s->name, "s%llu", (unsigned long long)++c->last_subscription);
    s->filter = json_incref(filter);
    s->copy = json_object();
    s->staged = json_object();
    s->position = since != NULL ? strdup(since) : NULL;
    s->after = after != NULL ? strdup(after) : NULL;
    s->partial = since != NULL;
    if (s->copy == NULL || s->staged == NULL || (since != NULL && s->position == NULL) ||
        (after != NULL && s->after == NULL)) {
        subscription_free(s);
        return -ENOMEM;
    }
    while (*last != NULL)
        last = &(*last)->next;
    *last = s;
    *ret_subscription = s;
    return c->state == CLIENT_ONLINE ? client_subscribe(c, s) : 0;
}

int ugo_unsubscribe(struct ugo_client *c, struct ugo_subscription *s)
{
    struct ugo_subscription **at = &c->subscriptions;
    int r = 0;

    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    event_forget(&c->events, s);
    if (c->state == CLIENT_ONLINE && !s->refused) {
        json_t *params = json_pack("{s:s}", "sub", s->name);
        r = params != NULL ? client_send_request(c, ++c->last_id, "unsubscribe", params) : -ENOMEM;
        json_decref(params);
    }
    subscription_free(s);
    return r;
}
