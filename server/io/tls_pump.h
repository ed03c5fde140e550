/* SPDX-License-Identifier: EUPL-1.2 */
/* Moves bytes between TLS connections and doors. A connection goes through
 *
 *   proxy header (from a known proxy) → handshake → door → closing (pulled dry, then lingering)
 *
 * Input is fed as it comes; output is pulled in the pump's turn hook, once per connection and turn,
 * starting at another connection each time. While a socket does not take bytes its door is not
 * pulled, so what waits stays the door's (one cursor), and at most one TLS record is kept here. */
#ifndef IO_TLS_PUMP_H
#define IO_TLS_PUMP_H

#include <stdint.h>

#include "base/door.h"
#include "base/instant.h"
#include "base/result.h"
#include "io/loop.h"
#include "io/tls.h"

struct tls_pump;

struct peer {
    const char *address; /* numeric, without port; borrowed during open, copy to keep */
    uint16_t port;
    const char *fingerprint; /* of the client certificate, see tls.h; "" without */
};

/* All per pump. */
struct pump_limits {
    unsigned connections;
    unsigned connections_per_address; /* an IPv6 address counts as its /64 */
    unsigned handshakes;              /* in progress; accepting rests at the limit */
    unsigned accepts_per_turn;
    usec_t handshake_timeout; /* accept to the end of the handshake */
    usec_t close_timeout;     /* for the last bytes of a door that is closing */
    int send_buffer;          /* SO_SNDBUF */
};

struct pump_counts {
    uint64_t opened;           /* handshakes completed */
    uint64_t closed;           /* of those */
    uint64_t refused_full;     /* over `connections` */
    uint64_t refused_address;  /* over `connections_per_address` */
    uint64_t handshake_failed; /* alerts, plaintext, bad certificates */
    uint64_t handshake_late;
    uint64_t proxy_failed;
    uint64_t exhausted; /* descriptors or memory ran out while accepting */
    uint64_t bytes_in, bytes_out;
    uint32_t connections; /* now, in any state */
    uint32_t handshakes;  /* now */
    uint32_t blocked;     /* now: waiting for the socket to take bytes */
};

struct pump_config {
    struct loop *loop;
    struct tls *tls; /* borrowed until replaced; NULL: plain bytes (management door) */
    struct pump_limits limits;
    const char *const *proxies; /* networks that speak the PROXY protocol; checked by conf */
    size_t n_proxies;
    const char *name; /* for the logs: "line" */
    /* Handshake done: makes the connection's door (owned by the pump), or NULL to refuse. */
    struct door *(*open)(void *ctx, const struct peer *peer, usec_t now);
    void *ctx;
};

/* Adds its turn hook to the loop: hooks of those who feed doors are added before. */
int tls_pump_new(const struct pump_config *config, struct tls_pump **ret) MUST_USE;
void tls_pump_free(struct tls_pump *p); /* frees every door; NULL allowed */

/* fd: a non-blocking listening socket, borrowed until tls_pump_unlisten or free. */
int tls_pump_listen(struct tls_pump *p, int fd) MUST_USE;
void tls_pump_unlisten(struct tls_pump *p, int fd);

/* A door of some pump may have bytes to send or another deadline though nothing came from its peer:
 * it is pulled before those that tls_pump_wake_all woke. */
void tls_door_wake(struct door *d);
void tls_pump_wake_all(struct tls_pump *p);

/* Planned end: stops listening and drains every door (those whose handshake goes on get theirs and
 * are drained at once); over when counts->connections is 0. */
void tls_pump_drain(struct tls_pump *p);
void tls_pump_close_all(struct tls_pump *p); /* at once, nothing more is sent */

/* Reload: new connections use it, live ones keep theirs. Give proxies NULL to keep them. */
void tls_pump_set_tls(struct tls_pump *p, struct tls *tls);
void tls_pump_set_limits(struct tls_pump *p, const struct pump_limits *limits);
int tls_pump_set_proxies(struct tls_pump *p, const char *const *proxies, size_t n) MUST_USE;

const struct pump_counts *tls_pump_count(struct tls_pump *p);

#endif
