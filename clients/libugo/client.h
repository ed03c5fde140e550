/* SPDX-License-Identifier: EUPL-1.2 */
/* What the parts of libugo share; not for its users (see ugo.h). */
#ifndef UGO_CLIENT_H
#define UGO_CLIENT_H

#include "base/result.h"
#include "clients/libugo/ugo.h"
#include "proto/line.h"
#include "proto/rpc.h"

/* An event with what it borrows from: freed when the next one is taken. */
struct kept_event {
    struct ugo_event event;
    json_t *keep[2]; /* owned references behind event.body, before, error */
    char *text;      /* owned; event.id, method or why */
};

struct event_queue {
    struct kept_event *p; /* owned */
    size_t first, n, room;
    struct kept_event given; /* lent by ugo_client_next */
};

/* Takes over keep[] and text even when it fails. 0 or -ENOMEM. */
int event_push(struct event_queue *q, struct kept_event e) MUST_USE;
bool event_take(struct event_queue *q, struct ugo_event *ret_event);
/* What came of one request, before its turn. */
bool event_take_of(struct event_queue *q, uint64_t request, struct ugo_event *ret_event);
/* Takes out what is told of s, which is about to be freed. */
void event_forget(struct event_queue *q, const struct ugo_subscription *s);
void event_queue_free(struct event_queue *q);

/* ── A subscription ── */

struct ugo_subscription {
    struct ugo_subscription *next;
    char name[24]; /* "s1", … */
    json_t *filter;
    json_t *copy;     /* id → record, as of the last mark */
    json_t *previous; /* starting over: what was there before; else NULL */
    json_t *staged;   /* id → record or null (gone), told since the last mark */
    char *position;   /* token of the last mark, or the caller's since */
    char *after;      /* what the first mark must have reached; NULL nothing, or it has */
    bool partial;     /* began at the caller's since: the copy holds changes only */
    bool live;
    bool refused;     /* the server would not have it */
    uint64_t request; /* the subscribe in flight; 0 none */
};

/* A full copy, or the rest of one, will follow. 0 or -ENOMEM. */
int subscription_start(struct ugo_subscription *s, bool resumed, const char *why,
                       struct event_queue *events) MUST_USE;
/* {"set":[…],"gone":[…]}. 0; -ENOMEM; 1: not a delta. */
int subscription_delta(struct ugo_subscription *s, const json_t *delta) MUST_USE;
/* {"upto":…}: what is staged becomes the copy. 0; -ENOMEM; 1: not a mark. */
int subscription_mark(struct ugo_subscription *s, json_t *mark,
                      struct event_queue *events) MUST_USE;
void subscription_lost(struct ugo_subscription *s);
void subscription_free(struct ugo_subscription *s);

/* ── A request ── */

struct request {
    struct request *next;
    uint64_t id;
    char *method;
    json_t *params;
    unsigned flags;
    bool in_flight; /* on this connection */
    bool sent;      /* on any */
    bool lost;      /* one that ended before the answer */
};

/* In the order of their ids. */
struct request_list {
    struct request *first, *last;
    size_t in_flight;
};

void request_list_free(struct request_list *l);

/* ── The client ── */

enum client_state {
    CLIENT_OFFLINE,
    CLIENT_GREETING, /* connected; the server speaks first */
    CLIENT_HELLO,    /* our hello is out */
    CLIENT_ONLINE,
    CLIENT_ENDING,  /* UGO_END told; waits for disconnected */
    CLIENT_REFUSED, /* offline until ugo_client_retry */
};

struct ugo_client {
    char *name, *token;
    enum client_state state;
    uint64_t random;      /* state of the generator behind the delays */
    uint64_t last_id;     /* of requests, hello and echo */
    uint64_t hello, echo; /* ids in flight; 0 none */
    size_t limit;         /* requests in flight */

    int64_t clock, clock_at; /* the server's time, and when it said so; clock_at 0: never */
    int64_t heard_at;        /* ONLINE: last byte of the server */
    int64_t answer_by;       /* GREETING, HELLO */
    int64_t connect_at;      /* OFFLINE */
    unsigned attempts;       /* in a row, without reaching ONLINE */
    int64_t bye_delay;       /* µs; -1: no bye */
    int64_t online_at;       /* when this connection became ONLINE */
    bool refused;            /* UGO_REFUSED told on this connection */

    struct line_splitter lines;
    char *out; /* owned */
    size_t out_first, out_n, out_room;
    struct request_list requests;
    struct ugo_subscription *subscriptions;
    uint64_t last_subscription;
    struct event_queue events;
};

/* Appends a line (owned, freed here; NULL with its error in r). 0 or -ENOMEM. */
int client_send(struct ugo_client *c, int r, char *line) MUST_USE;
int client_send_request(struct ugo_client *c, uint64_t id, const char *method,
                        const json_t *params) MUST_USE;
/* Tells UGO_END with a static type and message. */
int client_end_type(struct ugo_client *c, const char *type, const char *message) MUST_USE;
struct ugo_error client_error(const struct rpc_message *m); /* borrows from m->body */

/* Sends the requests that may leave now. */
int client_send_waiting(struct ugo_client *c) MUST_USE;
int request_answered(struct ugo_client *c, uint64_t id, const struct rpc_message *m) MUST_USE;
/* The connection is gone: what may not be repeated is told as `lost`. */
int request_lose_all(struct ugo_client *c) MUST_USE;

int client_subscribe(struct ugo_client *c, struct ugo_subscription *s) MUST_USE;
int subscription_answered(struct ugo_client *c, struct ugo_subscription *s,
                          const struct rpc_message *m) MUST_USE;
/* A notification delta, mark or start. */
int subscription_told(struct ugo_client *c, int64_t now, const struct rpc_message *m) MUST_USE;
/* Sets the clock by params.now, if that is there. */
void client_clock(struct ugo_client *c, int64_t now, const json_t *params);

#endif
