/* SPDX-License-Identifier: EUPL-1.2 */
/* What a door is to the shell: one connection's protocol as a pure machine. The TLS pump moves
 * bytes between a socket and a door; a test drives the same door with a virtual clock and no
 * socket.
 *
 * Calls never nest: a door never calls the shell. After any call (and after the worker has applied
 * revisions) the shell asks door_pull for bytes and door_deadline for the next tick. `now` is
 * monotonic µs. */
#ifndef BASE_DOOR_H
#define BASE_DOOR_H

#include <stdbool.h>

#include "base/instant.h"
#include "base/result.h"
#include "base/span.h"

struct door;

struct door_ops {
    /* Bytes arrived; the door takes all of them. Positive: end the connection once pulled dry. */
    int (*feed)(struct door *d, usec_t now, span in);
    /* The peer closed its sending half. Same results as feed. */
    int (*finish)(struct door *d, usec_t now);
    /* A deadline passed. Same results as feed. */
    int (*tick)(struct door *d, usec_t now);
    /* Fills out with up to room bytes to send; 0: nothing now. */
    size_t (*pull)(struct door *d, usec_t now, char *out, size_t room);
    usec_t (*deadline)(const struct door *d); /* USEC_NEVER: none */
    /* Asks for a planned end (drain): the door says bye and its feed/tick/closing turn positive. */
    void (*drain)(struct door *d, usec_t now);
    bool (*closing)(const struct door *d); /* end the connection once pull gives 0 */
    void (*free)(struct door *d);
};

struct door {
    const struct door_ops *ops;
    void *keeper; /* the shell's own: who moves its bytes */
};

static inline int door_feed(struct door *d, usec_t now, span in)
{
    return d->ops->feed(d, now, in);
}

static inline int door_finish(struct door *d, usec_t now)
{
    return d->ops->finish(d, now);
}

static inline int door_tick(struct door *d, usec_t now)
{
    return d->ops->tick(d, now);
}

static inline size_t door_pull(struct door *d, usec_t now, char *out, size_t room)
{
    return d->ops->pull(d, now, out, room);
}

static inline usec_t door_deadline(const struct door *d)
{
    return d->ops->deadline(d);
}

static inline void door_drain(struct door *d, usec_t now)
{
    d->ops->drain(d, now);
}

static inline bool door_closing(const struct door *d)
{
    return d->ops->closing(d);
}

static inline void door_free(struct door *d)
{
    if (d != NULL)
        d->ops->free(d);
}

#endif
