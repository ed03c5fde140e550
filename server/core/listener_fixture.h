/* SPDX-License-Identifier: EUPL-1.2 */
/* An account that listens to a stream, for tests. */
#ifndef CORE_LISTENER_FIXTURE_H
#define CORE_LISTENER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/stream.h"

struct listener {
    struct viewer viewer;
    struct stream stream;
};

/* From now on, to records of these kinds: 1 << enum record_kind. */
static inline void listen_to(struct replica *r, struct listener *l, const char *account,
                             unsigned kinds)
{
    assert_int_equal(viewer_resolve(r, account, &l->viewer), 0);
    l->stream.filter = calloc(1, sizeof *l->stream.filter);
    l->stream.filter->kinds = kinds;
    stream_start_full(&l->stream, r);
}

static inline void hush(struct listener *l)
{
    stream_clear(&l->stream);
    viewer_clear(&l->viewer);
}

/* Everything the stream has to say, as "+id " and "-id "; nothing of it beyond the rights. */
static inline const char *told(struct replica *r, struct listener *l)
{
    static char text[512];
    struct entry *e;
    enum stream_item item;
    text[0] = 0;
    while ((item = stream_next(&l->stream, r, &l->viewer, &e)) != STREAM_END) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%c%s ", item == STREAM_SET ? '+' : '-', e->id);
        stream_take(&l->stream, e);
    }
    return text;
}

#endif
