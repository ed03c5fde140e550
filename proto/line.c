/* SPDX-License-Identifier: EUPL-1.2 */
/* A whole line inside the bytes that just arrived is given out where it lies. Only the beginning of
 * a line whose end has not come is copied, into memory that doubles up to the limit and goes with
 * the line: an idle connection owns nothing here. Every byte is searched for LF once, because what
 * has been copied is known to hold none. */
#include "proto/line.h"

#include <stdlib.h>

#define ROOM_FIRST 256

void line_splitter_free(struct line_splitter *l)
{
    if (l == NULL)
        return;
    free(l->p);
    l->p = NULL;
    l->n = l->room = 0;
    l->taken = false;
}

/* Appends n > 0 bytes; with them the line is within the limit. */
static int keep(struct line_splitter *l, const char *p, size_t n)
{
    if (n > l->room - l->n) {
        size_t room = l->room > 0 ? l->room : ROOM_FIRST;
        while (room < l->n + n)
            room *= 2;
        char *grown = realloc(l->p, room);
        if (grown == NULL)
            return -ENOMEM;
        l->p = grown;
        l->room = room;
    }
    memcpy(l->p + l->n, p, n);
    l->n += n;
    return 0;
}

int line_next(struct line_splitter *l, span *in, span *ret_line)
{
    if (l->taken)
        line_splitter_free(l);
    if (l->too_long)
        return LINE_TOO_LONG;
    if (in->n == 0)
        return LINE_MORE;

    const char *end = memchr(in->p, '\n', in->n);
    size_t n = end != NULL ? (size_t)(end - in->p) : in->n;
    if (l->n > l->limit || n > l->limit - l->n) {
        line_splitter_free(l);
        l->too_long = true;
        return LINE_TOO_LONG;
    }
    if (l->n == 0 && end != NULL) {
        *ret_line = (span){in->p, n};
    } else {
        int r = n > 0 ? keep(l, in->p, n) : 0;
        if (r < 0)
            return r;
        if (end != NULL) {
            *ret_line = (span){l->p, l->n};
            l->taken = true;
        }
    }
    size_t used = n + (end != NULL);
    *in = (span){in->p + used, in->n - used};
    return end != NULL ? 0 : LINE_MORE;
}
