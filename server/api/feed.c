/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/feed.h"

#include <stdlib.h>

#include "api/filter_read.h"
#include "api/prepared.h"
#include "core/encode.h"
#include "proto/limits.h"

#define LEDGER_READS 2 /* one may have begun before the question came */

static const char *const why_not_resumed[] = {
    [RESUME_OK] = NULL,
    [RESUME_LOST_BRANCH] = "lost_branch",
    [RESUME_COMPACTED] = "compacted",
    [RESUME_FUTURE] = "future_revision",
    [RESUME_UNKNOWN_EPOCH] = "unknown_epoch",
};

void feeds_init(struct feeds *all, struct desk *d, const struct feed_limits *limits)
{
    *all = (struct feeds){.desk = d, .limits = *limits};
}

void feeds_clear(struct feeds *all)
{
    prepared_free(all->prepared);
    all->prepared = NULL;
}

static const struct replica *replica_of(const struct feed *f)
{
    return f->all->desk->replica;
}

/* Opening */

static void check_position(const json_t *params, const char *member, const char *pointer,
                           struct shape_errors *errors)
{
    const char *text = shape_text(params, member);
    struct position ignored;
    if (text != NULL && position_parse(span_of(text), &ignored) != 0)
        shape_refuse(errors, pointer, SHAPE_BAD_FORMAT);
}

void feed_check(const struct feeds *all, const json_t *params, struct shape_errors *errors)
{
    const json_t *search = shape_member(shape_member(params, "filter"), "search");
    if (search != NULL)
        criteria_check(search, all->desk->replica, "/filter/search", errors);
    check_position(params, "since", "/since", errors);
    check_position(params, "after", "/after", errors);
}

static bool read_position(const json_t *params, const char *member, struct position *ret)
{
    const char *text = shape_text(params, member);
    return text != NULL && position_parse(span_of(text), ret) == 0;
}

static void forget(struct feed *f)
{
    stream_clear(&f->stream);
    free(f->filter);
    f->filter = NULL;
    free(f->waiting);
    f->waiting = NULL;
}

static int wait_new(const struct feeds *all, usec_t now, const json_t *params,
                    struct feed_wait **ret)
{
    struct feed_wait *w = calloc(1, sizeof *w);
    if (w == NULL)
        return -ENOMEM;
    w->has_since = read_position(params, "since", &w->since);
    w->has_after = read_position(params, "after", &w->after);
    w->ledger_reads = all->desk->replica->ledger_reads;
    w->until = now + all->limits.behind_wait;
    *ret = w;
    return 0;
}

int feed_init(struct feed *ret, struct feeds *all, const struct feed_frame *frame, const char *name,
              const struct viewer *v, usec_t now, const json_t *params)
{
    struct feed f = {.all = all, .frame = frame};
    const struct replica *r = all->desk->replica;
    const json_t *filter = shape_member(params, "filter");
    snprintf(f.name, sizeof f.name, "%s", name);
    f.filter = filter ? filter_text(filter) : NULL;
    if ((filter != NULL && f.filter == NULL) || filter_read(filter, r, v, &f.stream.filter) < 0 ||
        filter_fingerprint(f.filter, v, f.fingerprint) < 0 || prepared_audience(&f, v) < 0 ||
        wait_new(all, now, params, &f.waiting) < 0) {
        forget(&f);
        return -ENOMEM;
    }
    f.behind_since = now;
    all->desk->wants_ledger |= f.waiting->has_since || f.waiting->has_after;
    *ret = f;
    LIST_INSERT_HEAD(&all->open, ret, open);
    return 0;
}

void feed_clear(struct feed *f)
{
    if (f->all != NULL)
        LIST_REMOVE(f, open);
    f->all = NULL;
    forget(f);
}

usec_t feeds_behind_since(const struct feeds *all, unsigned *ret_n)
{
    usec_t since = USEC_NEVER;
    const struct feed *f;
    *ret_n = 0;
    LIST_FOREACH (f, &all->open, open) {
        since = f->behind_since < since ? f->behind_since : since;
        (*ret_n)++;
    }
    return since;
}

static enum feed_settle start(struct feed *f, usec_t now, const char *why, struct feed_answer *ret)
{
    bool resumed = f->waiting->has_since && why == NULL;
    f->behind_since = now;
    if (resumed) {
        stream_start_after(&f->stream, replica_of(f), f->waiting->since.revision);
        f->upto = f->waiting->since;
    } else {
        stream_start_full(&f->stream, replica_of(f));
    }
    free(f->waiting);
    f->waiting = NULL;
    *ret = (struct feed_answer){.resumed = resumed, .why = why};
    return FEED_STARTED;
}

static enum feed_settle refuse(enum error_type error, const char *detail, struct feed_answer *ret)
{
    *ret = (struct feed_answer){.error = error, .detail = detail};
    return FEED_REFUSED;
}

/* FEED_STARTED: it may start. */
static enum feed_settle settle_after(const struct feed *f, usec_t now, struct feed_answer *ret)
{
    const struct replica *r = replica_of(f);
    const struct feed_wait *w = f->waiting;
    enum resume resume = replica_resume(r, span_of(w->after.epoch), w->after.revision);
    if (resume == RESUME_OK || resume == RESUME_COMPACTED)
        return FEED_STARTED;
    if (resume == RESUME_LOST_BRANCH)
        return refuse(ERROR_PRECONDITION_FAILED, "lost_branch", ret);
    if (r->ledger_reads >= w->ledger_reads + LEDGER_READS)
        return refuse(ERROR_PRECONDITION_FAILED, why_not_resumed[resume], ret);
    return now >= w->until ? refuse(ERROR_BEHIND, NULL, ret) : FEED_WAITS;
}

/* A position that this worker has not reached is waited for; one that the ledger does not have
 * either gives a full copy. */
static enum feed_settle settle_since(struct feed *f, usec_t now, struct feed_answer *ret)
{
    const struct replica *r = replica_of(f);
    const struct feed_wait *w = f->waiting;
    enum resume resume = replica_resume(r, span_of(w->since.epoch), w->since.revision);
    bool may_come = resume == RESUME_FUTURE || resume == RESUME_UNKNOWN_EPOCH;
    if (may_come && r->ledger_reads < w->ledger_reads + LEDGER_READS)
        return now < w->until ? FEED_WAITS : refuse(ERROR_BEHIND, NULL, ret);
    const char *why = why_not_resumed[resume];
    if (why == NULL && strcmp(w->since.fingerprint, f->fingerprint) != 0)
        why = "filter";
    return start(f, now, why, ret);
}

enum feed_settle feed_settle(struct feed *f, usec_t now, struct feed_answer *ret)
{
    enum feed_settle after = f->waiting->has_after ? settle_after(f, now, ret) : FEED_STARTED;
    if (after != FEED_STARTED)
        return after;
    return f->waiting->has_since ? settle_since(f, now, ret) : start(f, now, NULL, ret);
}

/* Starting over */

static void start_over(struct feed *f, usec_t now, const char *why, struct buf *out)
{
    f->frame->begin(out, FEED_START, f->name, NULL);
    buf_printf(out, "\"resumed\":false,\"why\":\"%s\"", why);
    buf_text(out, f->frame->end);
    stream_start_full(&f->stream, replica_of(f));
    f->upto = (struct position){0};
    f->marked = false;
    f->behind_since = now;
}

static int read_again(struct feed *f, const struct viewer *v)
{
    struct filter *filter = NULL;
    json_t *json = f->filter ? json_loads(f->filter, 0, NULL) : NULL;
    bool lacks = json == NULL && f->filter != NULL;
    int r = lacks ? -ENOMEM : filter_read(json, replica_of(f), v, &filter);
    json_decref(json);
    if (r < 0)
        return r;
    filter_destroy(f->stream.filter);
    f->stream.filter = filter;
    r = filter_fingerprint(f->filter, v, f->fingerprint);
    return r < 0 ? r : prepared_audience(f, v);
}

int feed_restart(struct feed *f, const struct viewer *v, usec_t now, bool rights_changed,
                 struct buf *out)
{
    const struct replica *r = replica_of(f);
    int result = read_again(f, v);
    if (result < 0 || f->waiting != NULL) /* nothing was sent yet */
        return result;
    enum resume resume = f->upto.epoch[0] == 0
                             ? RESUME_COMPACTED /* an unfinished copy of what is no more */
                             : replica_resume(r, span_of(f->upto.epoch), f->upto.revision);
    if (rights_changed)
        start_over(f, now, "scope", out);
    else if (resume == RESUME_OK)
        stream_start_after(&f->stream, r, f->upto.revision);
    else
        start_over(f, now, why_not_resumed[resume], out);
    return 0;
}

/* Sending */

/* One delta of up to LIMIT_DELTA bytes. STREAM_END: there is nothing left. */
static enum stream_item write_delta(struct feed *f, const struct viewer *v, struct buf *out)
{
    const struct replica *r = replica_of(f);
    struct buf gone = {0};
    size_t began = out->n;
    bool any = false;
    enum stream_item item;
    struct entry *e;
    while ((item = stream_next(&f->stream, r, v, &e)) != STREAM_END) {
        span json = {0};
        if (item == STREAM_SET)
            json = entry_json(e, viewer_view(v, version_scope(&e->version)));
        if (any && out->n - began + gone.n + json.n + 128 > LIMIT_DELTA)
            break;
        if (!any) {
            f->frame->begin(out, FEED_DELTA, f->name, NULL);
            buf_text(out, "\"set\":[");
        }
        any = true;
        if (item == STREAM_SET) {
            buf_text(out, out->p[out->n - 1] == '[' ? "" : ",");
            buf_add(out, json);
            out->failed |= json.n == 0;
        } else {
            buf_text(&gone, gone.n ? "," : "");
            buf_json_text(&gone, e->id);
        }
        if (out->failed || gone.failed)
            break;
        stream_take(&f->stream, e);
    }
    if (any) {
        buf_text(out, "],\"gone\":[");
        buf_add(out, buf_span(&gone));
        buf_char(out, ']');
        buf_text(out, f->frame->end);
        f->unmarked_changes = true;
        f->all->deltas++;
    }
    out->failed |= gone.failed;
    buf_free(&gone);
    return item;
}

static void write_mark(struct feed *f, usec_t now, struct buf *out)
{
    const struct replica *r = replica_of(f);
    char token[POSITION_TEXT];
    snprintf(f->upto.epoch, sizeof f->upto.epoch, "%s", replica_epoch(r));
    snprintf(f->upto.fingerprint, sizeof f->upto.fingerprint, "%s", f->fingerprint);
    f->upto.revision = r->live->revision;
    f->marked_stale = replica_is_stale(r, now);
    f->frame->begin(out, FEED_MARK, f->name, position_format(&f->upto, token));
    buf_text(out, "\"upto\":\"");
    buf_text(out, token);
    buf_text(out, "\",\"fresh_at\":");
    buf_json_instant(out, r->ledger_at);
    buf_text(out, f->marked_stale ? ",\"stale\":true,\"now\":" : ",\"stale\":false,\"now\":");
    buf_json_instant(out, replica_now(r, now));
    buf_text(out, f->frame->end);
    f->marked = true;
    f->unmarked_changes = false;
    f->marked_at = now;
    f->behind_since = USEC_NEVER;
    f->all->marks++;
}

static bool mark_is_due(const struct feed *f, usec_t now)
{
    return !f->marked || f->unmarked_changes || now - f->marked_at >= f->all->limits.mark_every ||
           f->marked_stale != replica_is_stale(replica_of(f), now);
}

/* For a delta and its mark. */
static bool has_room(const struct feed *f, const struct buf *out)
{
    return out->n == 0 || out->n + LIMIT_DELTA <= f->all->limits.output_bytes;
}

/* True: at the end. */
static bool send_deltas(struct feed *f, const struct viewer *v, usec_t now, struct buf *out)
{
    while (!out->failed) {
        struct entry *e;
        if (stream_next(&f->stream, replica_of(f), v, &e) == STREAM_END)
            return true; /* looking costs nothing */
        if (f->behind_since == USEC_NEVER)
            f->behind_since = now;
        if (!has_room(f, out))
            return false;
        if (write_delta(f, v, out) == STREAM_END)
            return true;
    }
    return false;
}

/* The same; what others were told in this turn need not be made again. */
static bool send_shared(struct feed *f, const struct viewer *v, usec_t now, struct buf *out)
{
    struct prepared_key key;
    if (!prepared_key(f, &key) || !has_room(f, out))
        return send_deltas(f, v, now, out);
    span deltas = prepared_find(f, &key);
    size_t began = out->n;
    if (deltas.n > 0) {
        buf_add(out, deltas);
        stream_skip(&f->stream, replica_of(f));
        f->unmarked_changes = true;
        f->all->deltas++;
        return true;
    }
    bool done = send_deltas(f, v, now, out);
    size_t n = out->n - began;
    if (done && n > 0 && n <= LIMIT_DELTA)
        prepared_keep(f, &key, (span){out->p + began, n});
    return done;
}

bool feed_send(struct feed *f, const struct viewer *v, usec_t now, struct buf *out)
{
    size_t began = out->n;
    if (!send_shared(f, v, now, out))
        return false;
    if (!mark_is_due(f, now))
        return true;
    if (out->n == began && !has_room(f, out))
        return false;
    write_mark(f, now, out);
    return true;
}

bool feed_is_slow(const struct feed *f, usec_t now)
{
    return f->waiting == NULL && f->behind_since != USEC_NEVER &&
           now - f->behind_since >= f->all->limits.slow_no_mark;
}

usec_t feed_deadline(const struct feed *f, bool full)
{
    const struct feed_limits *l = &f->all->limits;
    if (f->waiting != NULL)
        return f->waiting->until;
    if (f->behind_since != USEC_NEVER)
        return f->behind_since + l->slow_no_mark;
    return full ? USEC_NEVER : f->marked_at + l->mark_every;
}
