/* SPDX-License-Identifier: EUPL-1.2 */
/* One subscription, whatever the door: a filter under a viewer's rights, where it stands, and what
 * it is to be told: start, deltas, marks. A door gives the frame around each of these and the
 * buffer that they are written to; it answers the question that opened the feed. */
#ifndef API_FEED_H
#define API_FEED_H

#include <sys/queue.h>

#include "api/desk.h"
#include "core/stream.h"

struct feed;
struct prepared;
LIST_HEAD(feed_list, feed);

struct feed_limits {
    usec_t mark_every;   /* at least, once caught up */
    usec_t slow_no_mark; /* a feed that catches up for longer is to be ended */
    usec_t behind_wait;  /* for a position that this worker has not reached */
    size_t output_bytes; /* of one connection */
};

/* What all feeds of a worker share. */
struct feeds {
    struct desk *desk;         /* borrowed */
    struct feed_limits limits; /* may be changed: live feeds follow */
    struct prepared *prepared; /* owned; see prepared.h */
    uint64_t deltas, marks;    /* sent */
    struct feed_list open;
};

void feeds_init(struct feeds *all, struct desk *d, const struct feed_limits *limits);
void feeds_clear(struct feeds *all); /* its feeds are cleared before */

/* Since when the one that is furthest behind catches up, monotonic µs; USEC_NEVER: none does.
 * *ret_n: how many there are. */
usec_t feeds_behind_since(const struct feeds *all, unsigned *ret_n);

enum feed_event { FEED_START, FEED_DELTA, FEED_MARK };

/* How a door frames an event: `begin` writes all up to and with the brace that opens its body, the
 * members follow, then `end`. token: of a mark; else NULL. */
struct feed_frame {
    void (*begin)(struct buf *out, enum feed_event event, const char *name, const char *token);
    const char *end;
};

#define FEED_NAME 33
#define FEED_FINGERPRINT 17

/* A feed that is not yet answered: for a position. */
struct feed_wait {
    bool has_since, has_after;
    struct position since, after;
    uint64_t ledger_reads;
    usec_t until;
};

/* Ten thousand of them do nothing most of the time: what only opening or rights that change need
 * is kept short. */
struct feed {
    struct feeds *all;
    LIST_ENTRY(feed) open;
    const struct feed_frame *frame;
    char name[FEED_NAME]; /* the door's, for its frames; may be empty */
    char fingerprint[FEED_FINGERPRINT];
    char audience[DIGEST_TEXT]; /* see prepared.h */
    char *filter;               /* owned; see filter_text; NULL: everything */
    struct stream stream;
    struct feed_wait *waiting; /* owned; NULL: it was answered */

    bool marked;           /* caught up at least once since it (re)started */
    bool unmarked_changes; /* something was sent since the last mark */
    bool marked_stale;     /* what the last mark said */
    struct position upto;  /* of the last mark */
    usec_t marked_at;      /* monotonic */
    usec_t behind_since;   /* when it began to be behind; a mark clears it (USEC_NEVER) */
};

/* The members `filter`, `since` and `after` of params, which their shape admits. */
void feed_check(const struct feeds *all, const json_t *params, struct shape_errors *errors);

/* Of params that feed_check found right. name: shorter than FEED_NAME. 0: *ret, which stays where
 * it is, waits until feed_settle says otherwise; -ENOMEM. */
int feed_init(struct feed *ret, struct feeds *all, const struct feed_frame *frame, const char *name,
              const struct viewer *v, usec_t now, const json_t *params) MUST_USE;
void feed_clear(struct feed *f); /* one that was initialised, or is all 0 */

enum feed_settle {
    FEED_WAITS,
    FEED_STARTED, /* answer with resumed and why */
    FEED_REFUSED, /* answer with error and detail, and clear it */
};

struct feed_answer {
    bool resumed;
    const char *why; /* not resumed though it asked to be; NULL otherwise */
    enum error_type error;
    const char *detail; /* or NULL */
};

/* Of a feed that waits: to be asked again when the desk was settled and at feed_deadline. */
enum feed_settle feed_settle(struct feed *f, usec_t now, struct feed_answer *ret);

/* After rights changed: a full copy. After the holdings were replaced: on from the last mark where
 * that can be. 0 or -ENOMEM. */
int feed_restart(struct feed *f, const struct viewer *v, usec_t now, bool rights_changed,
                 struct buf *out) MUST_USE;

/* Writes what is new, as far as output has room. True: at the end, and marked. */
bool feed_send(struct feed *f, const struct viewer *v, usec_t now, struct buf *out);

bool feed_is_slow(const struct feed *f, usec_t now);

/* full: output waits to be taken; then a mark waits for room, not for time. */
usec_t feed_deadline(const struct feed *f, bool full);

#endif
