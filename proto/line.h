/* SPDX-License-Identifier: EUPL-1.2 */
/* Bytes in, lines out. A line ends with LF, which is not part of it; a CR before the LF is, and is
 * white space to JSON. Bytes arrive in any pieces; each is looked at once. Memory is bounded by the
 * limit, and none is kept between lines. */
#ifndef PROTO_LINE_H
#define PROTO_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/result.h"
#include "base/span.h"

/* Outcomes of line_next. */
enum {
    LINE_MORE = 1,     /* all of *in is taken, no line is complete */
    LINE_TOO_LONG = 2, /* more bytes than the limit without LF; for ever: where the next line
                          starts is not sought */
};

struct line_splitter {
    size_t limit; /* bytes before the LF */
    char *p;      /* owned; the beginning of a line that arrived in pieces */
    size_t n;
    size_t room;
    bool taken;    /* what p holds was given out; the next call lets it go */
    bool too_long; /* for ever */
};

static inline struct line_splitter line_splitter(size_t limit)
{
    return (struct line_splitter){.limit = limit};
}

void line_splitter_free(struct line_splitter *l); /* NULL allowed */

/* The limit from the next line on, and for the one that has begun. */
static inline void line_splitter_limit(struct line_splitter *l, size_t limit)
{
    l->limit = limit;
}

/* Takes bytes from the front of *in up to and with the first LF. 0: *ret_line is a line, perhaps
 * empty, borrowed until the next call and no longer than the bytes of *in; -ENOMEM; or an outcome.
 * Call until LINE_MORE. */
int line_next(struct line_splitter *l, span *in, span *ret_line) MUST_USE;

/* A line has begun and its end has not come. */
static inline bool line_pending(const struct line_splitter *l)
{
    return l->n > 0 && !l->taken;
}

#endif
