/* SPDX-License-Identifier: EUPL-1.2 */
/* libugo: a client of ugo's line door, for establishment software and services.
 *
 * ugo keeps the free places of child protection in one ordered history. A client says what is free
 * (requests), and keeps a copy of what it may see (subscriptions). This library is the protocol and
 * nothing else: bytes in, bytes out, deadlines, events. It opens no socket, reads no clock, starts
 * no thread. `transport.h` is a ready TLS connection for programs that have no event loop of their
 * own.
 *
 * The owner's loop, whatever moves the bytes:
 *
 *     ugo_client_connected(c, now)             a TLS connection is up
 *     ugo_client_feed(c, now, bytes, n)        bytes came
 *     ugo_client_output / ugo_client_sent      bytes to send
 *     ugo_client_deadline → ugo_client_tick    time passed
 *     ugo_client_disconnected(c, now)          the connection is gone; connect again at
 *                                              ugo_client_connect_at(c)
 *     while (ugo_client_next(c, &event)) …     what happened, after each of these
 *
 * What the library takes care of: the greeting, echo and silence (15 s probes, 30 s ends), requests
 * that outlive a lost connection, subscriptions that resume without a hole, the delays between
 * attempts to connect.
 *
 * Times are µs of any monotonic clock. Functions return 0, or -ENOMEM when memory ran out (the
 * client is then only good for ugo_client_free). Nothing is thread-safe: one client, one thread. */
#ifndef UGO_H
#define UGO_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ugo_client;
struct ugo_subscription;

/* ── Events ── */

enum ugo_event_type {
    UGO_READY,   /* the server knows us: body is the answer to hello (account, role, scope…) */
    UGO_ANSWER,  /* to `request`: body is the result */
    UGO_ERROR,   /* to `request`: error says why */
    UGO_START,   /* `subscription` begins on this connection; resumed, or why it starts over */
    UGO_SET,     /* a record appeared or changed: body; before (NULL: it was not there) */
    UGO_GONE,    /* a record left: id, before */
    UGO_MARK,    /* the copy is complete and consistent as of body (upto, fresh_at, stale, now) */
    UGO_BYE,     /* the server will end the connection: body (code, retry_ms) */
    UGO_REFUSED, /* the server refuses this client: error. No more attempts until ugo_client_retry
                  */
    UGO_END,     /* close the connection now: error.type says why */
};

/* Error types are those of the protocol (`forbidden`, `outdated`, …). The library adds its own:
 * `lost` (the connection ended before the answer), `silence`, `no_hello`, `protocol` (the server
 * said something that is not ugo), `version` (no common protocol version), `too_large`; and UGO_END
 * `behind`: the server has not come as far as a copy of ours, another one is tried. */
struct ugo_error {
    int code;            /* JSON-RPC code; 0 for the library's own */
    const char *type;    /* stable snake_case */
    const char *detail;  /* stable snake_case, or NULL */
    const char *message; /* for a log, in English; never to decide upon */
    const json_t *data;  /* the error's data, or NULL */
    /* An earlier sending of this request was never answered: it may have been done, whatever this
     * error says of the last one (`unavailable`, say). */
    bool sent;
};

struct ugo_event {
    enum ugo_event_type type;
    uint64_t request;                      /* ANSWER, ERROR */
    const char *method;                    /* ANSWER, ERROR: its operation */
    struct ugo_subscription *subscription; /* START, SET, GONE, MARK; ERROR of a subscription */
    const char *id;                        /* SET, GONE */
    const json_t *body;
    const json_t *before;
    struct ugo_error error;
    bool resumed;    /* START */
    const char *why; /* START: code, or NULL for a first one */
};

/* ── Client ── */

struct ugo_client_options {
    const char *name;  /* "product/version", shown in the server's log */
    const char *token; /* NULL: the TLS client certificate says who we are */
    uint64_t seed;     /* any random number: spreads the reconnections of many clients */
};

int ugo_client_new(const struct ugo_client_options *options, int64_t now,
                   struct ugo_client **ret_client);
void ugo_client_free(struct ugo_client *c); /* NULL allowed; frees its subscriptions too */

int ugo_client_connected(struct ugo_client *c, int64_t now);
int ugo_client_disconnected(struct ugo_client *c, int64_t now);

/* When to try to connect; INT64_MAX while connected, or refused. The first time is at once; then
 * after 0.25 s, doubling to 30 s, each up to a half more or less; after `bye`, what it asked for.
 */
int64_t ugo_client_connect_at(const struct ugo_client *c);

/* After UGO_REFUSED: try again (with another certificate, say). */
void ugo_client_retry(struct ugo_client *c, int64_t now);

bool ugo_client_is_ready(const struct ugo_client *c);

/* The server's clock, µs since 1970 (UTC), as it last said it and what passed since: what to
 * compare fresh_until with, instead of one's own clock. False before the first greeting. */
bool ugo_client_clock(const struct ugo_client *c, int64_t now, int64_t *ret_us);

/* True after UGO_END: close the connection once ugo_client_output is empty. */
bool ugo_client_is_ending(const struct ugo_client *c);

int ugo_client_feed(struct ugo_client *c, int64_t now, const char *bytes, size_t n);
int ugo_client_tick(struct ugo_client *c, int64_t now);
int64_t ugo_client_deadline(const struct ugo_client *c); /* INT64_MAX: none */

/* Bytes to send, borrowed until the next call on the client; ugo_client_sent takes n of them. */
const char *ugo_client_output(const struct ugo_client *c, size_t *ret_n);
void ugo_client_sent(struct ugo_client *c, size_t n);

/* The next event, or false. Its pointers are borrowed until the next call on the client. */
bool ugo_client_next(struct ugo_client *c, struct ugo_event *ret_event);
/* The same of one request only: its answer or error, whatever came before it and waits. A question
 * that was asked in between is answered without losing what else happens. */
bool ugo_client_next_of(struct ugo_client *c, uint64_t request, struct ugo_event *ret_event);

/* ── Requests ── */

/* Send it again on the next connection when this one ends before the answer. Right for reads, and
 * for writes that carry an idempotency_key: the server answers a repeated key with the first answer
 * and does the work once. Without it the end of the connection is an UGO_ERROR of type `lost`. */
#define UGO_REPEAT 1u

/* Queues an operation (see proto/PROTOCOL.md); it leaves as soon as the client is ready and fewer
 * than the server's limit are in flight. params (an object) is kept by reference: do not change it.
 */
int ugo_request(struct ugo_client *c, const char *method, json_t *params, unsigned flags,
                uint64_t *ret_request);

/* Forgets a request: its answer will not be an event. True: it had been sent, so a write may have
 * happened. */
bool ugo_cancel(struct ugo_client *c, uint64_t request);

/* ── Subscriptions ── */

/* Follows what filter admits (an object, kept by reference; NULL: everything visible). The library
 * subscribes again after every reconnection, from the last mark.
 *
 * Changes reach the copy, and become events, at marks only: the copy is always the server's state
 * at one moment, never half of a change, and what a lost connection had begun to tell is forgotten
 * and asked again. When the server cannot resume, UGO_START says why, the copy is empty until the
 * next mark, and the events at that mark are the differences to what was there before.
 *
 * since: a position of an earlier run, or NULL for a full copy. With it, and if the server can
 * resume there, only what changed since is told. */
int ugo_subscribe(struct ugo_client *c, json_t *filter, const char *since,
                  struct ugo_subscription **ret_subscription);
/* The same, and the first mark is at `after` at least (any position; NULL: as the server has it):
 * who was told of a change by another server finds it in the copy. A server that does not come so
 * far answers `behind`, an UGO_ERROR; a position that can never be reached is
 * `precondition_failed`. */
int ugo_subscribe_after(struct ugo_client *c, json_t *filter, const char *since, const char *after,
                        struct ugo_subscription **ret_subscription);
int ugo_unsubscribe(struct ugo_client *c, struct ugo_subscription *s);

const json_t *ugo_copy(const struct ugo_subscription *s); /* object: record id → record */

/* The position of the last mark, to give as `since` in a later run; NULL before the first. */
const char *ugo_position(const struct ugo_subscription *s);

/* True: caught up on this connection. */
bool ugo_is_live(const struct ugo_subscription *s);

#endif
