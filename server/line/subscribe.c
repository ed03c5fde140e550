/* SPDX-License-Identifier: EUPL-1.2 */
/* Subscriptions of one connection: deltas and marks. */
#include "api/filter_read.h"
#include "api/operation.h"
#include "core/encode.h"
#include "line/prepared.h"

#define LEDGER_READS 2 /* one may have begun before the question came */

static const char *const why_not_resumed[] = {
    [RESUME_OK] = NULL,
    [RESUME_LOST_BRANCH] = "lost_branch",
    [RESUME_COMPACTED] = "compacted",
    [RESUME_FUTURE] = "future_revision",
    [RESUME_UNKNOWN_EPOCH] = "unknown_epoch",
};

void subscription_destroy(struct subscription *sub)
{
    if (sub == NULL)
        return;
    stream_clear(&sub->stream);
    json_decref(sub->filter);
    free(sub->id);
    free(sub);
}

static struct subscription *find(const struct session *s, const char *name)
{
    struct subscription *sub = s->subscriptions;
    while (sub != NULL && strcmp(sub->name, name) != 0)
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

/* Answers to subscribe */

static void answer(struct session *s, struct subscription *sub, bool resumed, const char *why)
{
    struct buf result = {0};
    buf_printf(&result, "{\"sub\":\"%s\",\"resumed\":%s,\"why\":", sub->name,
               resumed ? "true" : "false");
    buf_json_text(&result, why);
    desk_position(s->service->desk, &result);
    buf_char(&result, '}');
    s->out.failed |= result.failed;
    write_result(s, sub->id, buf_span(&result));
    buf_free(&result);
    sub->waiting = false;
    free(sub->id);
    sub->id = NULL;
}

static void start(struct session *s, struct subscription *sub, usec_t now, const char *why)
{
    const struct replica *r = s->service->desk->replica;
    sub->behind_since = now;
    if (sub->has_since && why == NULL) {
        stream_start_after(&sub->stream, r, sub->since.revision);
        sub->upto = sub->since;
        answer(s, sub, true, NULL);
    } else {
        stream_start_full(&sub->stream, r);
        answer(s, sub, false, why);
    }
}

enum settle { SETTLE_WAIT, SETTLE_OK, SETTLE_REFUSED };

static enum settle settle_after(struct session *s, struct subscription *sub, usec_t now)
{
    const struct replica *r = s->service->desk->replica;
    enum resume resume = replica_resume(r, span_of(sub->after.epoch), sub->after.revision);
    if (resume == RESUME_OK || resume == RESUME_COMPACTED)
        return SETTLE_OK;
    bool never = r->ledger_reads >= sub->ledger_reads + LEDGER_READS;
    if (resume == RESUME_LOST_BRANCH)
        write_refusal(s, sub->id, ERROR_PRECONDITION_FAILED, "lost_branch");
    else if (never)
        write_refusal(s, sub->id, ERROR_PRECONDITION_FAILED,
                      resume == RESUME_FUTURE ? "future_revision" : "unknown_epoch");
    else if (now >= sub->wait_until)
        write_refusal(s, sub->id, ERROR_BEHIND, NULL);
    else
        return SETTLE_WAIT;
    return SETTLE_REFUSED;
}

/* A position that this worker has not reached is waited for; one that the ledger does not have
 * either gives a full copy. */
static enum settle settle_since(struct session *s, struct subscription *sub, usec_t now)
{
    const struct replica *r = s->service->desk->replica;
    enum resume resume = replica_resume(r, span_of(sub->since.epoch), sub->since.revision);
    bool may_come = resume == RESUME_FUTURE || resume == RESUME_UNKNOWN_EPOCH;
    if (may_come && r->ledger_reads < sub->ledger_reads + LEDGER_READS) {
        if (now < sub->wait_until)
            return SETTLE_WAIT;
        write_refusal(s, sub->id, ERROR_BEHIND, NULL);
        return SETTLE_REFUSED;
    }
    const char *why = why_not_resumed[resume];
    if (why == NULL && strcmp(sub->since.fingerprint, sub->fingerprint) != 0)
        why = "filter";
    start(s, sub, now, why);
    return SETTLE_OK;
}

static enum settle settle(struct session *s, struct subscription *sub, usec_t now)
{
    enum settle after = sub->has_after ? settle_after(s, sub, now) : SETTLE_OK;
    if (after != SETTLE_OK)
        return after;
    if (sub->has_since)
        return settle_since(s, sub, now);
    start(s, sub, now, NULL);
    return SETTLE_OK;
}

void subscriptions_settle(struct session *s, usec_t now)
{
    for (struct subscription *sub = s->subscriptions, *next; sub != NULL; sub = next) {
        next = sub->next;
        if (sub->waiting && settle(s, sub, now) == SETTLE_REFUSED) {
            unlink_subscription(s, sub);
            subscription_destroy(sub);
        }
    }
}

/* subscribe, unsubscribe */

static void check(struct session *s, const json_t *params, struct shape_errors *errors)
{
    if (shape_check(subscribe_params, params, errors) != 0)
        return;
    const json_t *search = shape_member(shape_member(params, "filter"), "search");
    if (search != NULL)
        criteria_check(search, s->service->desk->replica, "/filter/search", errors);
    if (find(s, shape_text(params, "sub")) != NULL)
        shape_refuse(errors, "/sub", "in_use");
}

static int read_position(const json_t *params, const char *member, bool *ret_has,
                         struct position *ret)
{
    const char *text = shape_text(params, member);
    *ret_has = text != NULL;
    return text != NULL && position_parse(span_of(text), ret) != 0 ? 1 : 0;
}

static int subscription_new(struct session *s, const char *id, const json_t *params,
                            struct subscription **ret)
{
    struct subscription *sub = calloc(1, sizeof *sub);
    if (sub == NULL)
        return -ENOMEM;
    snprintf(sub->name, sizeof sub->name, "%s", shape_text(params, "sub"));
    sub->id = strdup(id);
    const json_t *filter = shape_member(params, "filter");
    sub->filter = filter ? json_deep_copy(filter) : NULL;
    if (sub->id == NULL || (filter != NULL && sub->filter == NULL) ||
        filter_read(sub->filter, s->service->desk->replica, &s->viewer, &sub->stream.filter) < 0 ||
        filter_fingerprint(sub->filter, &s->viewer, sub->fingerprint) < 0 ||
        prepared_audience(s, sub) < 0) {
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
    if (errors.n == 0 && s->n_subscriptions >= s->service->limits.subscriptions) {
        write_refusal(s, id, ERROR_TOO_MANY_REQUESTS, "subscriptions");
        return 0;
    }
    int r = errors.n == 0 ? subscription_new(s, id, params, &sub) : 0;
    if (r < 0)
        return r;
    if (sub != NULL && read_position(params, "since", &sub->has_since, &sub->since) != 0)
        shape_refuse(&errors, "/since", SHAPE_BAD_FORMAT);
    if (sub != NULL && read_position(params, "after", &sub->has_after, &sub->after) != 0)
        shape_refuse(&errors, "/after", SHAPE_BAD_FORMAT);
    if (sub == NULL || errors.n > 0) {
        struct call refused = {0};
        call_refuse_params(&refused, &errors);
        write_call(s, id, &refused);
        s->out.failed |= refused.data.failed;
        buf_free(&refused.data);
        subscription_destroy(sub);
        return 0;
    }
    sub->waiting = true;
    sub->ledger_reads = s->service->desk->replica->ledger_reads;
    sub->wait_until = now + s->service->limits.behind_wait;
    sub->behind_since = now;
    sub->next = s->subscriptions;
    s->subscriptions = sub;
    s->n_subscriptions++;
    s->service->desk->wants_ledger |= sub->has_since || sub->has_after;
    session_asks(s);
    subscriptions_settle(s, now);
    return 0;
}

int session_unsubscribe(struct session *s, const char *id, const json_t *params)
{
    struct shape_errors errors = {0};
    if (shape_check(unsubscribe_params, params, &errors) != 0) {
        struct call refused = {0};
        call_refuse_params(&refused, &errors);
        write_call(s, id, &refused);
        s->out.failed |= refused.data.failed;
        buf_free(&refused.data);
        return 0;
    }
    struct subscription *sub = find(s, shape_text(params, "sub"));
    if (sub == NULL) {
        write_refusal(s, id, ERROR_NOT_FOUND, NULL);
        return 0;
    }
    if (sub->waiting)
        write_refusal(s, sub->id, ERROR_NOT_FOUND, "unsubscribed");
    unlink_subscription(s, sub);
    struct buf result = {0};
    buf_printf(&result, "{\"sub\":\"%s\"", sub->name);
    desk_position(s->service->desk, &result);
    buf_char(&result, '}');
    s->out.failed |= result.failed;
    write_result(s, id, buf_span(&result));
    buf_free(&result);
    subscription_destroy(sub);
    return 0;
}

/* Starting over */

static void start_over(struct session *s, struct subscription *sub, usec_t now, const char *why)
{
    buf_printf(&s->out,
               "{\"jsonrpc\":\"2.0\",\"method\":\"start\",\"params\":{\"sub\":\"%s\","
               "\"resumed\":false,\"why\":\"%s\"}}\n",
               sub->name, why);
    stream_start_full(&sub->stream, s->service->desk->replica);
    sub->upto = (struct position){0};
    sub->marked = false;
    sub->behind_since = now;
}

static int read_again(struct session *s, struct subscription *sub)
{
    struct filter *filter = NULL;
    int r = filter_read(sub->filter, s->service->desk->replica, &s->viewer, &filter);
    if (r < 0)
        return r;
    filter_destroy(sub->stream.filter);
    sub->stream.filter = filter;
    r = filter_fingerprint(sub->filter, &s->viewer, sub->fingerprint);
    return r < 0 ? r : prepared_audience(s, sub);
}

int subscriptions_restart(struct session *s, usec_t now, bool rights_changed)
{
    const struct replica *r = s->service->desk->replica;
    for (struct subscription *sub = s->subscriptions; sub != NULL; sub = sub->next) {
        int result = read_again(s, sub);
        if (result < 0)
            return result;
        if (sub->waiting)
            continue; /* nothing was sent yet */
        enum resume resume = sub->upto.epoch[0] == 0
                                 ? RESUME_COMPACTED /* an unfinished copy of what is no more */
                                 : replica_resume(r, span_of(sub->upto.epoch), sub->upto.revision);
        if (rights_changed)
            start_over(s, sub, now, "scope");
        else if (resume == RESUME_OK)
            stream_start_after(&sub->stream, r, sub->upto.revision);
        else
            start_over(s, sub, now, why_not_resumed[resume]);
    }
    return 0;
}

/* Sending */

/* One delta of up to LIMIT_DELTA bytes. STREAM_END: there is nothing left. */
static enum stream_item write_delta(struct session *s, struct subscription *sub)
{
    const struct replica *r = s->service->desk->replica;
    struct buf gone = {0};
    size_t began = s->out.n;
    bool any = false;
    enum stream_item item;
    struct entry *e;
    while ((item = stream_next(&sub->stream, r, &s->viewer, &e)) != STREAM_END) {
        span json = {0};
        if (item == STREAM_SET)
            json = entry_json(e, viewer_view(&s->viewer, version_scope(&e->version)));
        if (any && s->out.n - began + gone.n + json.n + 128 > LIMIT_DELTA)
            break;
        if (!any)
            buf_printf(&s->out,
                       "{\"jsonrpc\":\"2.0\",\"method\":\"delta\",\"params\":{\"sub\":\"%s\","
                       "\"set\":[",
                       sub->name);
        any = true;
        if (item == STREAM_SET) {
            buf_text(&s->out, s->out.p[s->out.n - 1] == '[' ? "" : ",");
            buf_add(&s->out, json);
            s->out.failed |= json.n == 0;
        } else {
            buf_text(&gone, gone.n ? "," : "");
            buf_json_text(&gone, e->id);
        }
        if (s->out.failed || gone.failed)
            break;
        stream_take(&sub->stream, e);
    }
    if (any) {
        buf_text(&s->out, "],\"gone\":[");
        buf_add(&s->out, buf_span(&gone));
        buf_text(&s->out, "]}}\n");
        sub->unmarked_changes = true;
        s->service->counts.deltas++;
    }
    s->out.failed |= gone.failed;
    buf_free(&gone);
    return item;
}

static void write_mark(struct session *s, struct subscription *sub, usec_t now)
{
    const struct replica *r = s->service->desk->replica;
    char token[POSITION_TEXT];
    snprintf(sub->upto.epoch, sizeof sub->upto.epoch, "%s", replica_epoch(r));
    snprintf(sub->upto.fingerprint, sizeof sub->upto.fingerprint, "%s", sub->fingerprint);
    sub->upto.revision = r->live->revision;
    sub->marked_stale = replica_is_stale(r, now);
    buf_text(&s->out, "{\"jsonrpc\":\"2.0\",\"method\":\"mark\",\"params\":{\"sub\":\"");
    buf_text(&s->out, sub->name);
    buf_text(&s->out, "\",\"upto\":\"");
    buf_text(&s->out, position_format(&sub->upto, token));
    buf_text(&s->out, "\",\"fresh_at\":");
    buf_json_instant(&s->out, r->ledger_at);
    buf_text(&s->out, sub->marked_stale ? ",\"stale\":true,\"now\":" : ",\"stale\":false,\"now\":");
    buf_json_instant(&s->out, replica_now(r, now));
    buf_text(&s->out, "}}\n");
    sub->marked = true;
    sub->unmarked_changes = false;
    sub->marked_at = now;
    sub->behind_since = USEC_NEVER;
    s->service->counts.marks++;
}

static bool mark_is_due(const struct session *s, const struct subscription *sub, usec_t now)
{
    return !sub->marked || sub->unmarked_changes ||
           now - sub->marked_at >= s->service->limits.mark_every ||
           sub->marked_stale != replica_is_stale(s->service->desk->replica, now);
}

/* For a delta and its mark. */
static bool has_room(const struct session *s)
{
    return s->out.n == 0 || s->out.n + LIMIT_DELTA <= s->service->limits.output_bytes;
}

/* True: at the end. */
static bool send_deltas(struct session *s, struct subscription *sub, usec_t now)
{
    while (!s->out.failed) {
        struct entry *e;
        if (stream_next(&sub->stream, s->service->desk->replica, &s->viewer, &e) == STREAM_END)
            return true; /* looking costs nothing */
        if (sub->behind_since == USEC_NEVER)
            sub->behind_since = now;
        if (!has_room(s))
            return false;
        if (write_delta(s, sub) == STREAM_END)
            return true;
    }
    return false;
}

/* The same; what others were told in this turn need not be made again. */
static bool send_shared(struct session *s, struct subscription *sub, usec_t now)
{
    struct prepared_key key;
    if (!prepared_key(s, sub, &key) || !has_room(s))
        return send_deltas(s, sub, now);
    span deltas = prepared_find(s, sub, &key);
    size_t began = s->out.n;
    if (deltas.n > 0) {
        buf_add(&s->out, deltas);
        stream_skip(&sub->stream, s->service->desk->replica);
        sub->unmarked_changes = true;
        s->service->counts.deltas++;
        return true;
    }
    bool done = send_deltas(s, sub, now);
    size_t n = s->out.n - began;
    if (done && n > 0 && n <= LIMIT_DELTA)
        prepared_keep(s, sub, &key, (span){s->out.p + began, n});
    return done;
}

/* True: at the end, and marked. */
static bool send_one(struct session *s, struct subscription *sub, usec_t now)
{
    size_t began = s->out.n;
    if (!send_shared(s, sub, now))
        return false;
    if (!mark_is_due(s, sub, now))
        return true;
    if (s->out.n == began && !has_room(s))
        return false;
    write_mark(s, sub, now);
    return true;
}

bool subscriptions_send(struct session *s, usec_t now, bool catching_up)
{
    bool done = true;
    for (struct subscription *sub = s->subscriptions; sub != NULL; sub = sub->next)
        if (!sub->waiting && sub->marked != catching_up)
            done &= send_one(s, sub, now);
    return done;
}

usec_t subscriptions_deadline(const struct session *s)
{
    const struct line_limits *l = &s->service->limits;
    usec_t first = USEC_NEVER;
    for (const struct subscription *sub = s->subscriptions; sub != NULL; sub = sub->next) {
        usec_t at = USEC_NEVER;
        if (sub->waiting)
            at = sub->wait_until;
        else if (sub->behind_since != USEC_NEVER)
            at = sub->behind_since + l->slow_no_mark;
        else if (s->out.n == 0) /* else a mark waits for room, not for time */
            at = sub->marked_at + l->mark_every;
        first = at < first ? at : first;
    }
    return first;
}
