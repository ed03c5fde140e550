/* SPDX-License-Identifier: EUPL-1.2 */
/* One connection of door 1; shared by the files of this folder only. */
#ifndef LINE_SESSION_H
#define LINE_SESSION_H

#include "api/feed.h"
#include "line/line.h"
#include "proto/format.h"
#include "proto/limits.h"
#include "proto/line.h"
#include "proto/rpc.h"

struct subscription {
    struct subscription *next;
    char *id; /* owned; of the request that waits for its start */
    struct feed feed;
};

/* A request on its way. */
struct pending {
    struct pending *next;
    struct call *call;
    char *id; /* owned; JSON text */
};

enum session_stage { SESSION_UNGREETED, SESSION_GREETED, SESSION_CLOSING };

struct session {
    struct door door;
    struct line_service *service;
    struct session *next, *previous;
    LIST_ENTRY(session) asking; /* see struct line_service… */
    bool is_asking;             /* …on one of its lists */
    enum session_stage stage;
    struct line_splitter lines;
    char *fingerprint;    /* owned; NULL without a certificate */
    char *credentials[2]; /* owned; ids that let it in, to be checked again */
    struct viewer viewer;
    char channel[8];
    struct buf out;
    struct pending *pending; /* oldest first */
    unsigned n_pending;
    struct subscription *subscriptions;
    unsigned n_subscriptions;
    usec_t opened_at;
    usec_t heard_at;
    usec_t taken_at; /* when output last moved, or was empty */
    bool probed;
    bool finished; /* the peer will send nothing more */
};

/* write.c: lines into s->out. */
void write_result(struct session *s, const char *id, span result);
void write_error(struct session *s, const char *id, enum error_type error, span data);
void write_refusal(struct session *s, const char *id, enum error_type error, const char *detail);
void write_call(struct session *s, const char *id, struct call *c); /* may take its result */
void write_greeting(struct session *s, usec_t now);
void write_probe(struct session *s);

/* Something was asked that is to be answered later. */
void session_asks(struct session *s);

/* Says bye and closes; retry false: the client is not to come back by itself. */
void session_bye(struct session *s, const char *code, bool retry);

/* hello.c */
int session_hello(struct session *s, usec_t now, const char *id, const json_t *params) MUST_USE;
/* NULL: the credentials still let it in; else the code of the bye. */
const char *session_credentials_trouble(const struct session *s, usec_t now);
usec_t session_credentials_end(const struct session *s); /* monotonic µs */

/* subscribe.c */
int session_subscribe(struct session *s, usec_t now, const char *id, const json_t *params) MUST_USE;
int session_unsubscribe(struct session *s, const char *id, const json_t *params) MUST_USE;
void subscription_destroy(struct subscription *sub);
/* Looks at those that wait for a position. */
void subscriptions_settle(struct session *s, usec_t now);
/* After rights changed: full copies. After the holdings were replaced: on from the last mark where
 * that can be. */
int subscriptions_restart(struct session *s, usec_t now, bool rights_changed) MUST_USE;
/* Sends what is new, as far as output has room. True: those that had caught up have again. */
bool subscriptions_send(struct session *s, usec_t now, bool catching_up);
usec_t subscriptions_deadline(const struct session *s);

#endif
