/* SPDX-License-Identifier: EUPL-1.2 */
/* Subscriptions of one connection: named feeds, and the answers to who opens and ends them. */
#include "api/operation.h"
#include "line/session.h"

static void begin(struct buf *out, enum feed_event event, const char *name, const char *token)
{
    static const char *const methods[] = {
        [FEED_START] = "start", [FEED_DELTA] = "delta", [FEED_MARK] = "mark"};
    (void)token; /* a mark's own member says it */
    buf_text(out, "{\"jsonrpc\":\"2.0\",\"method\":\"");
    buf_text(out, methods[event]);
    buf_text(out, "\",\"params\":{\"sub\":\"");
    buf_text(out, name);
    buf_text(out, "\",");
}

static const struct feed_frame frame = {.begin = begin, .end = "}}\n"};

void subscription_destroy(struct subscription *sub)
{
    if (sub == NULL)
        return;
    feed_clear(&sub->feed);
    free(sub->id);
    free(sub);
}

static struct subscription *find(const struct session *s, const char *name)
{
    struct subscription *sub = s->subscriptions;
    while (sub != NULL && strcmp(sub->feed.name, name) != 0)
        sub = sub->next;
    return sub;
}

static void unlink_subscription(struct session *s, struct subscription *sub)
{
    struct subscription **at = &s->subscriptions;
    while (*at != sub)
        at = &(*at)->next;
    *at = sub->next;
    s->n_subscriptions--;
}

static void answer(struct session *s, struct subscription *sub, const struct feed_answer *a)
{
    struct buf result = {0};
    buf_printf(&result, "{\"sub\":\"%s\",\"resumed\":%s,\"why\":", sub->feed.name,
               a->resumed ? "true" : "false");
    buf_json_text(&result, a->why);
    desk_position(s->service->desk, &result);
    buf_char(&result, '}');
    s->out.failed |= result.failed;
    write_result(s, sub->id, buf_span(&result));
    buf_free(&result);
    free(sub->id);
    sub->id = NULL;
}

void subscriptions_settle(struct session *s, usec_t now)
{
    for (struct subscription *sub = s->subscriptions, *next; sub != NULL; sub = next) {
        struct feed_answer a;
        next = sub->next;
        enum feed_settle settled =
            sub->feed.waiting ? feed_settle(&sub->feed, now, &a) : FEED_WAITS;
        if (settled == FEED_STARTED)
            answer(s, sub, &a);
        if (settled != FEED_REFUSED)
            continue;
        write_refusal(s, sub->id, a.error, a.detail);
        unlink_subscription(s, sub);
        subscription_destroy(sub);
    }
}

/* subscribe, unsubscribe */

static void refuse_params(struct session *s, const char *id, const struct shape_errors *errors)
{
    struct call refused = {0};
    call_refuse_params(&refused, errors);
    write_call(s, id, &refused);
    s->out.failed |= refused.data.failed;
    buf_free(&refused.data);
}

static void check(struct session *s, const json_t *params, struct shape_errors *errors)
{
    if (shape_check(subscribe_params, params, errors) != 0)
        return;
    feed_check(s->service->feeds, params, errors);
    if (find(s, shape_text(params, "sub")) != NULL)
        shape_refuse(errors, "/sub", "in_use");
}

static int subscription_new(struct session *s, usec_t now, const char *id, const json_t *params,
                            struct subscription **ret)
{
    struct subscription *sub = calloc(1, sizeof *sub);
    if (sub == NULL || (sub->id = strdup(id)) == NULL ||
        feed_init(&sub->feed, s->service->feeds, &frame, shape_text(params, "sub"), &s->viewer, now,
                  params) < 0) {
        subscription_destroy(sub);
        return -ENOMEM;
    }
    *ret = sub;
    return 0;
}

int session_subscribe(struct session *s, usec_t now, const char *id, const json_t *params)
{
    struct shape_errors errors = {0};
    struct subscription *sub = NULL;
    check(s, params, &errors);
    if (errors.n > 0) {
        refuse_params(s, id, &errors);
        return 0;
    }
    if (s->n_subscriptions >= s->service->limits.subscriptions) {
        write_refusal(s, id, ERROR_TOO_MANY_REQUESTS, "subscriptions");
        return 0;
    }
    int r = subscription_new(s, now, id, params, &sub);
    if (r < 0)
        return r;
    sub->next = s->subscriptions;
    s->subscriptions = sub;
    s->n_subscriptions++;
    session_asks(s);
    subscriptions_settle(s, now);
    return 0;
}

int session_unsubscribe(struct session *s, const char *id, const json_t *params)
{
    struct shape_errors errors = {0};
    if (shape_check(unsubscribe_params, params, &errors) != 0) {
        refuse_params(s, id, &errors);
        return 0;
    }
    struct subscription *sub = find(s, shape_text(params, "sub"));
    if (sub == NULL) {
        write_refusal(s, id, ERROR_NOT_FOUND, NULL);
        return 0;
    }
    if (sub->feed.waiting)
        write_refusal(s, sub->id, ERROR_NOT_FOUND, "unsubscribed");
    unlink_subscription(s, sub);
    struct buf result = {0};
    buf_printf(&result, "{\"sub\":\"%s\"", sub->feed.name);
    desk_position(s->service->desk, &result);
    buf_char(&result, '}');
    s->out.failed |= result.failed;
    write_result(s, id, buf_span(&result));
    buf_free(&result);
    subscription_destroy(sub);
    return 0;
}

/* All of them */

int subscriptions_restart(struct session *s, usec_t now, bool rights_changed)
{
    int r = 0;
    for (struct subscription *sub = s->subscriptions; sub != NULL && r == 0; sub = sub->next)
        r = feed_restart(&sub->feed, &s->viewer, now, rights_changed, &s->out);
    return r;
}

bool subscriptions_send(struct session *s, usec_t now, bool catching_up)
{
    bool done = true;
    for (struct subscription *sub = s->subscriptions; sub != NULL; sub = sub->next)
        if (!sub->feed.waiting && sub->feed.marked != catching_up)
            done &= feed_send(&sub->feed, &s->viewer, now, &s->out);
    return done;
}

usec_t subscriptions_deadline(const struct session *s)
{
    usec_t first = USEC_NEVER;
    for (const struct subscription *sub = s->subscriptions; sub != NULL; sub = sub->next) {
        usec_t at = feed_deadline(&sub->feed, s->out.n > 0);
        first = at < first ? at : first;
    }
    return first;
}
