/* SPDX-License-Identifier: EUPL-1.2 */
/* The requests not yet answered: kept in the order of their ids, sent while the server's limit lets
 * them, sent again on the next connection when they may be repeated. */
#include "clients/libugo/client.h"

#include "proto/limits.h"

static void request_free(struct request *r)
{
    if (r == NULL)
        return;
    free(r->method);
    json_decref(r->params);
    free(r);
}

static struct request *request_add(struct request_list *l, uint64_t id, const char *method,
                                   json_t *params, unsigned flags)
{
    struct request *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->id = id;
    r->flags = flags;
    r->params = json_incref(params);
    r->method = strdup(method);
    if (r->method == NULL) {
        request_free(r);
        return NULL;
    }
    if (l->last != NULL)
        l->last->next = r;
    else
        l->first = r;
    l->last = r;
    return r;
}

static struct request *request_find(const struct request_list *l, uint64_t id)
{
    for (struct request *r = l->first; r != NULL; r = r->next) {
        if (r->id == id)
            return r;
    }
    return NULL;
}

static void request_remove(struct request_list *l, struct request *r)
{
    struct request *before = NULL;
    for (struct request *q = l->first; q != r; q = q->next)
        before = q;
    if (before != NULL)
        before->next = r->next;
    else
        l->first = r->next;
    if (l->last == r)
        l->last = before;
    if (r->in_flight)
        l->in_flight--;
    request_free(r);
}

/* Ends a request with an event; keep is what body or error point into. */
static int request_end(struct ugo_client *c, struct request *q, struct ugo_event event,
                       json_t *keep)
{
    struct kept_event e = {.event = event, .keep = {json_incref(keep)}, .text = q->method};
    e.event.request = q->id;
    e.event.method = q->method;
    q->method = NULL;
    request_remove(&c->requests, q);
    return event_push(&c->events, e);
}

static int request_refuse(struct ugo_client *c, struct request *q, const char *type)
{
    return request_end(c, q, (struct ugo_event){.type = UGO_ERROR, .error = {.type = type}}, NULL);
}

static int request_send(struct ugo_client *c, struct request *q)
{
    char id[24], *line = NULL;
    snprintf(id, sizeof id, "%llu", (unsigned long long)q->id);
    int r = rpc_build_request(id, q->method, q->params, &line);
    if (r == -EINVAL)
        return request_refuse(c, q, "invalid_request");
    if (r == 0 && strlen(line) > LIMIT_LINE) {
        free(line);
        return request_refuse(c, q, "too_large");
    }
    r = client_send(c, r, line);
    if (r < 0)
        return r;
    q->in_flight = q->sent = true;
    c->requests.in_flight++;
    return 0;
}

int client_send_waiting(struct ugo_client *c)
{
    struct request *next;
    for (struct request *q = c->requests.first; q != NULL; q = next) {
        next = q->next;
        if (c->state != CLIENT_ONLINE || c->requests.in_flight >= c->limit)
            return 0;
        int r = q->in_flight ? 0 : request_send(c, q);
        if (r < 0)
            return r;
    }
    return 0;
}

int request_answered(struct ugo_client *c, uint64_t id, const struct rpc_message *m)
{
    struct request *q = request_find(&c->requests, id);
    if (q == NULL || !q->in_flight)
        return 0; /* cancelled, or an unsubscribe */
    struct ugo_event event = {.type = UGO_ANSWER, .body = m->body};
    if (m->kind == RPC_ERROR)
        event = (struct ugo_event){.type = UGO_ERROR, .error = client_error(m)};
    event.error.sent = q->lost;
    int r = request_end(c, q, event, m->body);
    return r < 0 ? r : client_send_waiting(c);
}

int request_lose_all(struct ugo_client *c)
{
    struct request *next;
    c->requests.in_flight = 0;
    for (struct request *q = c->requests.first; q != NULL; q = next) {
        next = q->next;
        q->lost = q->lost || q->in_flight;
        q->in_flight = false;
        if (!q->sent || (q->flags & UGO_REPEAT) != 0)
            continue;
        struct ugo_event event = {.type = UGO_ERROR, .error = {.type = "lost", .sent = true}};
        int r = request_end(c, q, event, NULL);
        if (r < 0)
            return r;
    }
    return 0;
}

int ugo_request(struct ugo_client *c, const char *method, json_t *params, unsigned flags,
                uint64_t *ret_request)
{
    struct request *q = request_add(&c->requests, c->last_id + 1, method, params, flags);
    if (q == NULL)
        return -ENOMEM;
    *ret_request = ++c->last_id;
    return client_send_waiting(c);
}

bool ugo_cancel(struct ugo_client *c, uint64_t request)
{
    struct request *q = request_find(&c->requests, request);
    if (q == NULL)
        return false;
    bool sent = q->sent;
    request_remove(&c->requests, q);
    return sent;
}

void request_list_free(struct request_list *l)
{
    while (l->first != NULL)
        request_remove(l, l->first);
}
