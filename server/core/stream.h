/* SPDX-License-Identifier: EUPL-1.2 */
/* A subscriber: a filter, a viewer's rights and a cursor on the timeline. What it is sent is the
 * walk from its cursor to the end; a slow client costs one cursor. */
#ifndef CORE_STREAM_H
#define CORE_STREAM_H

#include "core/filter.h"
#include "core/viewer.h"

struct stream {
    struct filter *filter; /* owned */
    uint64_t cursor;       /* where it stood when it last was at the end */
    uint64_t walk;         /* seq up to which it has been told since */
    uint64_t exact_upto;   /* changes up to here were made before anything was told in this turn */
    uint64_t fresh_upto;   /* a full copy: what lies up to here it never had */
};

enum stream_item {
    STREAM_END,  /* nothing more: time for a mark */
    STREAM_SET,  /* send the entry's record */
    STREAM_GONE, /* send the entry's id as gone */
};

/* From nothing: a full copy follows. */
void stream_start_full(struct stream *s, const struct replica *r);

/* From everything up to a revision that replica_resume allows. */
void stream_start_after(struct stream *s, const struct replica *r, int64_t revision);

/* As if everything up to the end had been taken. */
void stream_skip(struct stream *s, const struct replica *r);

void stream_clear(struct stream *s);

/* What to send next. The entry stays the next one until stream_take; *ret_entry is set unless END.
 */
enum stream_item stream_next(struct stream *s, const struct replica *r, const struct viewer *v,
                             struct entry **ret_entry);

/* The entry was sent. */
void stream_take(struct stream *s, const struct entry *e);

#endif
