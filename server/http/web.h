/* SPDX-License-Identifier: EUPL-1.2 */
/* Door 2: HTTPS (proto/PROTOCOL.md). One service per worker, one door per connection; a connection
 * carries one exchange at a time: a request and its answer, or a stream that ends with it. */
#ifndef HTTP_WEB_H
#define HTTP_WEB_H

#include <sys/queue.h>

#include "api/feed.h"
#include "api/secret.h"
#include "base/door.h"
#include "http/assets.h"
#include "http/delays.h"
#include "http/request.h"

struct web_limits {
    usec_t head;   /* from the first byte of a request to the end of its head */
    usec_t body;   /* from there to the end of its body */
    usec_t idle;   /* between requests */
    usec_t unread; /* an answer or a stream of which the peer takes no byte */
};

#define WEB_LIMITS                                                                                 \
    (struct web_limits)                                                                            \
    {                                                                                              \
        .head = 10 * USEC_S, .body = 10 * USEC_S, .idle = 60 * USEC_S, .unread = 30 * USEC_S       \
    }

/* A password to be derived, where that may take its time (some 100 ms). */
struct derivation {
    uint64_t ticket;
    struct scrypt with; /* its hash is what the answer is compared with */
    span password;      /* borrowed until the answer */
};

#define DERIVATIONS_MOST 32  /* at a time: beyond, logins are told to come back */
#define LOGINS_PER_NETWORK 8 /* at a time, whether they derive or wait: beyond, the same */

/* A cookie's session whose use is to be told to the database. */
struct touch {
    char id[DIGEST_TEXT];
    usec_t at; /* when it was told last, monotonic */
};

#define TOUCHES 64

/* Viewers of exchanges that are over: the next request of one of these accounts need not find out
 * again what it sees, which takes a look at every unit. One account may have several: it may ask on
 * several connections in one turn. */
#define VIEWERS_KEPT 32

struct exchange;
LIST_HEAD(exchange_list, exchange);

/* Counters, for logs and metrics. */
struct web_counts {
    uint64_t opened;
    uint64_t requests;    /* read whole */
    uint64_t malformed;   /* could not be read */
    uint64_t answered[6]; /* by the first digit of the status */
    uint64_t streams;     /* begun */
    uint64_t byes;        /* streams ended by this side */
    uint32_t streaming;   /* now */
};

struct web_service {
    struct feeds *feeds; /* borrowed, as are desk, assets and hosts */
    struct desk *desk;
    const struct assets *assets; /* NULL: none */
    const struct http_hosts *hosts;
    struct web_limits limits;
    /* Bits of enum role whose accounts need a second factor. */
    unsigned second_factor;
    void (*random)(unsigned char *ret, size_t n);
    uint64_t seed; /* for spreading reconnections; changed by each use */
    struct delays delays;
    struct viewer viewers[VIEWERS_KEPT]; /* owned; all 0: a free place */
    unsigned last_viewer;                /* the place that was filled last */
    uint64_t last_derivation;
    unsigned n_derivations; /* asked for and not answered */
    struct touch touched[TOUCHES];
    struct buf touches; /* commands to be taken, each ended by a NUL */
    struct exchange_list all, asking, answered;
    uint64_t generation, rights, shape; /* of the replica, when last looked at */
    struct web_counts counts;
};

/* random: gives bytes that nobody can guess; seed is of that kind, too. */
void web_init(struct web_service *w, struct feeds *feeds, const struct web_limits *limits,
              void (*random)(unsigned char *ret, size_t n), uint64_t seed);
void web_clear(struct web_service *w); /* its doors are freed before */

/* A connection's door; NULL: out of memory. address: of the peer, numeric; copied. */
struct door *web_open(struct web_service *w, usec_t now, const char *address);

/* What the shell carries between logins and whoever derives. hash NULL: it could not be done. */
bool web_take_derivation(struct web_service *w, struct derivation *ret);
int web_derived(struct web_service *w, usec_t now, uint64_t ticket,
                const unsigned char hash[SCRYPT_HASH]) MUST_USE;

/* The next command that tells of a session in use (low priority); false: none. The text is the
 * taker's to free. */
bool web_take_touch(struct web_service *w, char **ret_command);

/* As line_refresh, line_settle and line_answered. */
int web_refresh(struct web_service *w, usec_t now) MUST_USE;
void web_settle(struct web_service *w, usec_t now);
struct door *web_answered(struct web_service *w);

#endif
