/* SPDX-License-Identifier: EUPL-1.2 */
/* The management door: plain HTTP for the machine's own supervision, on the loopback. GET /healthz
 * says that the loop turns, /readyz whether the doors are open and the figures those of the
 * database, /metrics what there is to measure. */
#ifndef HTTP_MANAGEMENT_H
#define HTTP_MANAGEMENT_H

#include "base/door.h"
#include "http/web.h"

struct management {
    struct web_limits limits;
    /* Writes why it is not ready, a line for each reason; nothing: it is. */
    void (*trouble)(void *ctx, usec_t now, struct buf *out);
    void (*metrics)(void *ctx, usec_t now, struct buf *out);
    void *ctx;
};

/* m is borrowed for the life of the door. NULL: out of memory. */
struct door *management_open(const struct management *m, usec_t now);

#endif
