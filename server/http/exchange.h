/* SPDX-License-Identifier: EUPL-1.2 */
/* One connection of door 2; shared by the files of this folder only. */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "http/csv.h"
#include "http/response.h"
#include "http/web.h"

enum exchange_stage {
    EXCHANGE_READS,   /* waits for a request, or reads one */
    EXCHANGE_ASKS,    /* the answer is somebody else's work */
    EXCHANGE_ANSWERS, /* the answer is in `out` and `rest` */
    EXCHANGE_STREAMS,
    EXCHANGE_CLOSING,
};

/* A request whose session this worker does not know, yet. */
struct late {
    struct http_request request; /* as the reader has it */
    char session[DIGEST_TEXT];
    usec_t until; /* monotonic */
};

struct exchange {
    struct door door;
    struct web_service *service;
    LIST_ENTRY(exchange) all, asking;
    bool is_asking; /* on one of the lists `asking` and `answered` */
    enum exchange_stage stage;
    char network[NETWORK_TEXT]; /* of the peer, see delays.h */
    struct http_reader reader;
    struct buf out;
    struct buf body; /* of a long answer, as it was made */
    span rest;       /* sent after `out`: of a file, borrowed, or of `body` */

    /* Of the exchange under way */
    bool is_head, close;
    unsigned allow;   /* of a 405: bits 1 << enum http_method */
    char *seen_tag;   /* owned; If-None-Match; NULL none */
    struct csv csv;   /* the table that is asked for; none: the answer is JSON */
    char *credential; /* owned; id of what lets it in; NULL: nobody yet */
    enum credential_type credential_type;
    struct late *late; /* owned; NULL: it has not been waited for */
    struct viewer viewer;
    struct call *call;
    struct attempt *login; /* owned; NULL: none is under way */
    bool has_feed;
    struct feed feed;

    usec_t idle_at;  /* since when no request has begun */
    usec_t began_at; /* of the head that is being read, then of the body */
    bool in_body;
    usec_t taken_at; /* when output last moved, or was empty */
};

/* web.c: what an answer is made of. Each of these ends the exchange. */
struct http_head exchange_head(const struct exchange *x, int status);
void exchange_answer(struct exchange *x, const struct http_head *head, span body);
/* The same, without a copy: body is taken. */
void exchange_answer_text(struct exchange *x, const struct http_head *head, struct buf *body);
/* body stays where it is until it was sent. */
void exchange_file(struct exchange *x, const struct http_head *head, span body);
void exchange_problem(struct exchange *x, const struct http_problem *problem);
void exchange_refuse(struct exchange *x, enum error_type error, const char *detail);
void exchange_refuse_params(struct exchange *x, const struct shape_errors *errors);
/* The answer comes later. */
void exchange_asks(struct exchange *x);

/* ask.c */
int exchange_ask(struct exchange *x, usec_t now, const struct http_request *q) MUST_USE;
void exchange_tell(struct exchange *x, usec_t now); /* what the desk has answered */
void exchange_tell_refusal(struct exchange *x);     /* … when it was no */
/* The body as an object. 0: *ret is the caller's, or NULL after a refusal; -ENOMEM. */
int body_read(struct exchange *x, const struct http_request *q, json_t **ret) MUST_USE;

/* caller.c */
#define CALLER_REFUSED 1 /* answered */
int caller_identify(struct exchange *x, usec_t now, const struct http_request *q) MUST_USE;
/* Whether it waits for its session: then caller_settle looks again, when anything has moved and at
 * late->until. */
static inline bool caller_waits(const struct exchange *x)
{
    return x->stage == EXCHANGE_ASKS && x->late != NULL && x->call == NULL && x->login == NULL &&
           !x->has_feed;
}
int caller_settle(struct exchange *x, usec_t now) MUST_USE;
void caller_forget(struct exchange *x); /* what caller_identify found out */
/* NULL: its credential still lets it in; else why not. */
const char *caller_trouble(const struct exchange *x, usec_t now);
usec_t caller_end(const struct exchange *x); /* when it ends by time, monotonic µs */
/* NULL: the request comes from a page of ours. secret: of its cookie; p NULL: it has none yet. */
const char *caller_forgery(const struct http_request *q, span secret);

/* files.c */
void files_ask(struct exchange *x, const struct http_request *q);

/* link.c */
/* The file that a path shows: the page of links for one of theirs, else itself. */
const char *link_path(const char *path);
int link_ask(struct exchange *x, usec_t now, const struct http_request *q) MUST_USE;
void link_tell(struct exchange *x, usec_t now); /* completes what the desk has answered */

/* events.c */
int events_ask(struct exchange *x, usec_t now, const struct http_request *q) MUST_USE;
void events_settle(struct exchange *x, usec_t now);
void events_bye(struct exchange *x, const char *code, bool retry);
void events_end(struct exchange *x); /* without a word, where there is a stream */

/* login.c: a login takes several steps, each of which may have to wait. */
void login_destroy(struct exchange *x); /* what is under way, if anything */
/* Refuses a secret, not before `until` (monotonic): who guesses waits. why: a literal. */
int login_refuse_at(struct exchange *x, usec_t now, usec_t until, const char *why) MUST_USE;
/* Looks at what it waits for. */
int login_settle(struct exchange *x, usec_t now) MUST_USE;
usec_t login_deadline(const struct exchange *x);
int login_ask(struct exchange *x, usec_t now, const struct http_request *q) MUST_USE;
int session_ask(struct exchange *x, usec_t now, const struct http_request *q) MUST_USE;
int logout_ask(struct exchange *x, usec_t now, const struct http_request *q) MUST_USE;
/* password.c: one's own. */
int password_ask(struct exchange *x, usec_t now, const struct http_request *q) MUST_USE;
void password_told(struct exchange *x); /* the call has been answered */

/* A session has been used: the database is told from time to time. */
void session_used(struct web_service *w, usec_t now, const struct credential *c);

#endif
