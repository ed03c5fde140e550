/* SPDX-License-Identifier: EUPL-1.2 */
/* The copy of one subscription.
 *
 * Deltas are staged; a mark makes them the copy. So a connection that ends between a delta and its
 * mark leaves nothing behind: the next one resumes from the mark, perhaps on a server (or, after a
 * failover, on a branch of history) that never had what was staged. A position given to the server
 * always belongs to the copy we have: starting over forgets both. */
#include "clients/libugo/client.h"

static int stage(struct ugo_subscription *s, const char *id, json_t *record)
{
    return json_object_set(s->staged, id, record) == 0 ? 0 : -ENOMEM;
}

int subscription_start(struct ugo_subscription *s, bool resumed, const char *why,
                       struct event_queue *events)
{
    struct kept_event e = {
        .event = {.type = UGO_START, .subscription = s, .resumed = resumed},
    };
    s->live = false;
    json_object_clear(s->staged); /* of the connection before, too */
    if (!resumed) {
        json_t *empty = json_object();
        if (empty == NULL)
            return -ENOMEM;
        if (s->previous == NULL)
            s->previous = s->copy;
        else
            json_decref(s->copy);
        s->copy = empty;
        s->partial = false;
        free(s->position);
        s->position = NULL;
    }
    if (why != NULL) {
        e.text = strdup(why);
        if (e.text == NULL)
            return -ENOMEM;
        e.event.why = e.text;
    }
    return event_push(events, e);
}

int subscription_delta(struct ugo_subscription *s, const json_t *delta)
{
    const json_t *set = json_object_get(delta, "set"), *gone = json_object_get(delta, "gone");
    size_t i;
    json_t *item;

    json_array_foreach (set, i, item) {
        const char *id = json_string_value(json_object_get(item, "id"));
        if (id == NULL)
            return 1;
        if (stage(s, id, item) < 0)
            return -ENOMEM;
    }
    json_array_foreach (gone, i, item) {
        if (!json_is_string(item))
            return 1;
        if (stage(s, json_string_value(item), json_null()) < 0)
            return -ENOMEM;
    }
    return 0;
}

static int tell(struct ugo_subscription *s, enum ugo_event_type type, const char *id,
                json_t *record, json_t *before, struct event_queue *events)
{
    char *text = strdup(id);
    if (text == NULL)
        return -ENOMEM;
    return event_push(events, (struct kept_event){
                                  .event = {.type = type,
                                            .subscription = s,
                                            .id = text,
                                            .body = record,
                                            .before = before},
                                  .keep = {json_incref(record), json_incref(before)},
                                  .text = text,
                              });
}

static int apply(struct ugo_subscription *s, const char *id, json_t *record,
                 struct event_queue *events)
{
    json_t *before = json_object_get(s->copy, id);
    if (before == NULL)
        before = json_object_get(s->previous, id);
    int r = 0;

    if (json_is_null(record)) {
        if (before != NULL || s->partial)
            r = tell(s, UGO_GONE, id, NULL, before, events);
        json_object_del(s->copy, id);
        json_object_del(s->previous, id);
        return r;
    }
    if (before == NULL || !json_equal(before, record))
        r = tell(s, UGO_SET, id, record, before, events);
    if (r == 0 && json_object_set(s->copy, id, record) != 0)
        r = -ENOMEM;
    json_object_del(s->previous, id);
    return r;
}

int subscription_mark(struct ugo_subscription *s, json_t *mark, struct event_queue *events)
{
    const char *upto = json_string_value(json_object_get(mark, "upto")), *id;
    json_t *record;
    int r = 0;

    if (upto == NULL)
        return 1;
    char *position = strdup(upto);
    if (position == NULL)
        return -ENOMEM;
    json_object_foreach (s->staged, id, record) {
        if (r == 0)
            r = apply(s, id, record, events);
    }
    /* What a new full copy no longer has. */
    json_object_foreach (s->previous, id, record) {
        if (r == 0)
            r = tell(s, UGO_GONE, id, NULL, record, events);
    }
    if (r < 0) {
        free(position);
        return r;
    }
    json_object_clear(s->staged);
    json_decref(s->previous);
    s->previous = NULL;
    free(s->position);
    s->position = position;
    /* From here on the position says where we are; a restored history may never reach `after`. */
    free(s->after);
    s->after = NULL;
    s->live = true;
    return event_push(events, (struct kept_event){
                                  .event = {.type = UGO_MARK, .subscription = s, .body = mark},
                                  .keep = {json_incref(mark)},
                              });
}

void subscription_lost(struct ugo_subscription *s)
{
    s->live = false;
    s->request = 0;
}

void subscription_free(struct ugo_subscription *s)
{
    if (s == NULL)
        return;
    json_decref(s->filter);
    json_decref(s->copy);
    json_decref(s->previous);
    json_decref(s->staged);
    free(s->position);
    free(s->after);
    free(s);
}

const json_t *ugo_copy(const struct ugo_subscription *s)
{
    return s->copy;
}

const char *ugo_position(const struct ugo_subscription *s)
{
    return s->position;
}

bool ugo_is_live(const struct ugo_subscription *s)
{
    return s->live;
}
