/* SPDX-License-Identifier: EUPL-1.2 */
/* One connection of a pump, private to io: states and transitions in link.c, moving bytes in
 * link_bytes.c, everything about many connections in tls_pump.c. */
#ifndef IO_LINK_H
#define IO_LINK_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/queue.h>

#include "io/address.h"
#include "io/listener.h"
#include "io/proxy_header.h"
#include "io/tls_pump.h"

#define RECORD_MAX 16384    /* plaintext of one TLS record */
#define READ_PER_TURN 65536 /* of one connection… */
#define READS_PER_TURN 64   /* …and in so many steps */
#define WRITE_PER_TURN 65536

enum link_state {
    LINK_PROXY,     /* reads the PROXY header */
    LINK_WAITING,   /* for its address's share of the handshakes */
    LINK_HANDSHAKE, /* has an SSL */
    LINK_OPEN,      /* has a door */
    LINK_LINGER,    /* everything is sent; waits for the peer to close */
};

enum link_queue { QUEUE_NONE, QUEUE_FIRST, QUEUE_REST, QUEUE_HANDSHAKE, QUEUE_WAITING, QUEUES };

struct tls_link {
    struct tls_pump *pump;
    size_t index; /* in pump->links */
    int fd;
    enum link_state state : 8;
    enum link_queue queue : 8;
    bool input_ended : 1;  /* the peer sends no more */
    bool ending : 1;       /* to be closed once the door is pulled dry */
    bool blocked : 1;      /* the socket takes no more for now */
    bool read_blocked : 1; /* SSL_read waits for the socket to take bytes (a key update) */
    uint16_t kept_n;       /* bytes of kept… */
    uint16_t kept_at;      /* …of which so many are sent */
    uint32_t lingered;     /* bytes read and forgotten */
    struct ssl_st *ssl;    /* NULL: plain bytes, or not yet, or no longer */
    struct door *door;
    char *kept;                /* what SSL_write has refused; also the header while LINK_PROXY */
    usec_t due;                /* the link's own deadline: handshake, closing, lingering */
    usec_t timer_at;           /* what the timer is set to; may be earlier than needed */
    struct tally_entry *tally; /* NULL while LINK_PROXY */
    struct event read, write, timer;
    TAILQ_ENTRY(tls_link) queued;
    struct address address;
};

TAILQ_HEAD(link_list, tls_link);

#define LISTENERS_MAX 32

struct tls_pump {
    struct loop *loop;
    struct tls *tls;
    struct pump_limits limits;
    struct pump_counts counts;
    const char *name;
    struct door *(*open)(void *ctx, const struct peer *peer, usec_t now);
    void *ctx;
    struct network *networks; /* owned */
    size_t n_networks;
    struct tally tally;
    struct tls_link **links; /* every connection, in no order */
    size_t n_links, room;
    struct link_list queue[QUEUES];
    struct listener *listener[LISTENERS_MAX];
    size_t n_listeners;
    uint32_t wakes;
    bool draining;
    char buffer[RECORD_MAX]; /* shared: one read or one pull at a time */
};

/* ── link.c ── */

/* Takes over fd. proxied: a PROXY header comes first. */
void link_accept(struct tls_pump *p, int fd, const struct sockaddr *from, bool proxied);
void link_free(struct tls_link *l); /* closes at once */

void link_enqueue(struct tls_link *l, enum link_queue queue); /* QUEUE_NONE: takes it out */
void link_handshake(struct tls_link *l);                      /* one step, from the pump's hook */
bool link_start_handshake(struct tls_link *l);                /* false: no share left */
void link_end(struct tls_link *l);                            /* says goodbye and lingers */
void link_set_timer(struct tls_link *l, usec_t now);
void link_drain(struct tls_link *l, usec_t now);

/* ── link_bytes.c ── */

/* Both may free the link. */
void link_read(struct tls_link *l);
void link_write(struct tls_link *l, usec_t now);
void link_flush(struct tls_link *l); /* the socket takes bytes again */

const char *link_ssl_reason(struct tls_link *l); /* for the log; empties OpenSSL's queue */

#endif
