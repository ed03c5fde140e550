/* SPDX-License-Identifier: EUPL-1.2 */
/* When to say `gone`. A subscriber that stood exactly at the end when this turn of the loop began
 * had whatever its filter admitted then, and the entry still knows what it was: it is told `gone`
 * for that only. One that catches up may have had anything its rights allow: it is told `gone` for
 * all that does not match, within its rights. A full copy is not told about what it cannot have
 * had. */
#include "core/stream.h"

void stream_start_full(struct stream *s, const struct replica *r)
{
    s->cursor = s->walk = 0;
    s->fresh_upto = r->live->timeline.last_seq;
}

void stream_start_after(struct stream *s, const struct replica *r, int64_t revision)
{
    s->cursor = s->walk = timeline_seek(&r->live->timeline, revision);
    s->fresh_upto = 0;
}

void stream_skip(struct stream *s, const struct replica *r)
{
    s->cursor = s->walk = r->live->timeline.last_seq;
}

void stream_clear(struct stream *s)
{
    filter_destroy(s->filter);
    *s = (struct stream){0};
}

struct look {
    const struct stream *stream;
    const struct replica *replica;
    const struct viewer *viewer;
};

static bool admits(const struct look *look, const char *id, const struct version *v)
{
    return !version_is_empty(v) && viewer_sees(look->viewer, version_scope(v)) &&
           filter_admits(look->stream->filter, look->replica, id, v);
}

/* Whether the subscriber can have had the record that `e` (it or its departure) tells about. */
static bool may_have_had(const struct look *look, const struct entry *e)
{
    if (look->stream->cursor != look->replica->live->timeline.turn_seq ||
        e->seq > look->stream->exact_upto)
        return true;
    const struct entry *record = e;
    if (e->departure && version_is_empty(&e->before)) {
        record = replica_find(look->replica, e->kind, span_of(e->id));
        if (record == NULL)
            return false; /* came and went within this turn */
    }
    return admits(look, e->id, &record->before);
}

static enum stream_item departure_item(const struct look *look, const struct entry *e)
{
    if (!viewer_sees(look->viewer, e->left.scope))
        return STREAM_END;
    const struct entry *record = replica_find(look->replica, e->kind, span_of(e->id));
    /* Still seen: the record itself follows, unless it is another of that id, which does not know
     * what the one before was. */
    if (record != NULL && viewer_sees(look->viewer, version_scope(&record->version)) &&
        (version_is_empty(&e->before) || admits(look, e->id, &record->version)))
        return STREAM_END;
    return may_have_had(look, e) ? STREAM_GONE : STREAM_END;
}

static enum stream_item record_item(const struct look *look, const struct entry *e)
{
    if (!viewer_sees(look->viewer, version_scope(&e->version)))
        return STREAM_END;
    if (filter_admits(look->stream->filter, look->replica, e->id, &e->version))
        return STREAM_SET;
    return e->seq > look->stream->fresh_upto && may_have_had(look, e) ? STREAM_GONE : STREAM_END;
}

enum stream_item stream_next(struct stream *s, const struct replica *r, const struct viewer *v,
                             struct entry **ret_entry)
{
    /* The rule above looks at where the walk began: steps over what concerns nobody must not move
     * the cursor that it is judged by, so the walk has its own. */
    struct look look = {s, r, v};
    uint64_t seq = s->walk > s->cursor ? s->walk : s->cursor;
    if (seq == s->cursor)
        s->exact_upto = r->live->timeline.last_seq;
    for (struct entry *e; (e = timeline_after(&r->live->timeline, seq)) != NULL; seq = e->seq) {
        enum stream_item item = STREAM_END;
        if (!e->departure)
            item = record_item(&look, e);
        else if (e->seq > s->fresh_upto)
            item = departure_item(&look, e);
        if (item != STREAM_END) {
            s->walk = seq;
            *ret_entry = e;
            return item;
        }
    }
    stream_skip(s, r);
    return STREAM_END;
}

void stream_take(struct stream *s, const struct entry *e)
{
    s->walk = e->seq;
}
