/* SPDX-License-Identifier: EUPL-1.2 */
/* Events in order. What an event points at lives until the next one is taken. */
#include "clients/libugo/client.h"

static void event_clear(struct kept_event *e)
{
    json_decref(e->keep[0]);
    json_decref(e->keep[1]);
    free(e->text);
    *e = (struct kept_event){0};
}

static int event_room(struct event_queue *q)
{
    if (q->first > 0) {
        q->n -= q->first;
        memmove(q->p, q->p + q->first, q->n * sizeof *q->p);
        q->first = 0;
    }
    if (q->n < q->room)
        return 0;
    size_t room = q->room > 0 ? 2 * q->room : 16;
    struct kept_event *p = reallocarray(q->p, room, sizeof *p);
    if (p == NULL)
        return -ENOMEM;
    q->p = p;
    q->room = room;
    return 0;
}

int event_push(struct event_queue *q, struct kept_event e)
{
    if (q->n == q->room) {
        int r = event_room(q);
        if (r < 0) {
            event_clear(&e);
            return r;
        }
    }
    q->p[q->n++] = e;
    return 0;
}

bool event_take(struct event_queue *q, struct ugo_event *ret_event)
{
    event_clear(&q->given);
    if (q->first == q->n) {
        q->first = q->n = 0;
        return false;
    }
    q->given = q->p[q->first++];
    *ret_event = q->given.event;
    return true;
}

bool event_take_of(struct event_queue *q, uint64_t request, struct ugo_event *ret_event)
{
    size_t i = q->first;
    while (i < q->n && q->p[i].event.request != request)
        i++;
    if (i == q->n)
        return false;
    event_clear(&q->given);
    q->given = q->p[i];
    q->n--;
    memmove(q->p + i, q->p + i + 1, (q->n - i) * sizeof *q->p);
    *ret_event = q->given.event;
    return true;
}

void event_forget(struct event_queue *q, const struct ugo_subscription *s)
{
    size_t kept = q->first;
    for (size_t i = q->first; i < q->n; i++) {
        if (q->p[i].event.subscription == s)
            event_clear(&q->p[i]);
        else
            q->p[kept++] = q->p[i];
    }
    q->n = kept;
}

void event_queue_free(struct event_queue *q)
{
    event_clear(&q->given);
    for (size_t i = q->first; i < q->n; i++)
        event_clear(&q->p[i]);
    free(q->p);
    *q = (struct event_queue){0};
}
