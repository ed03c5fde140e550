/* SPDX-License-Identifier: EUPL-1.2 */
/* Door 1: the line protocol (proto/PROTOCOL.md). One service per worker, one door per connection.
 */
#ifndef LINE_LINE_H
#define LINE_LINE_H

#include <sys/queue.h>

#include "api/feed.h"
#include "base/door.h"

struct line_limits {
    usec_t hello_timeout;
    usec_t silence_probe;
    usec_t silence_end;
    usec_t slow_no_byte;
    size_t max_line;
    size_t max_line_hello;
    unsigned in_flight;
    unsigned subscriptions;
};

struct session;
LIST_HEAD(session_list, session);

/* Counters, for logs and metrics. */
struct line_counts {
    uint64_t opened, greeted, refused_hello;
    uint64_t requests, refused_lines;
    uint64_t byes; /* ended by this side */
};

struct line_service {
    struct desk *desk; /* borrowed, as are the feeds */
    struct feeds *feeds;
    struct line_limits limits; /* may be changed: live connections follow */
    uint64_t seed;             /* for spreading reconnections; changed by each use */
    struct session *sessions;  /* all of them */
    /* Those that wait for an answer, and those that have it and were not told to anyone yet. */
    struct session_list asking, answered;
    /* Of the replica, when sessions were last checked against it. */
    uint64_t generation, rights, shape;
    struct line_counts counts;
};

/* seed: random. */
void line_init(struct line_service *l, struct feeds *feeds, const struct line_limits *limits,
               uint64_t seed);

/* A connection's door; NULL: out of memory. fingerprint: of the client certificate, "" without. */
struct door *line_open(struct line_service *l, usec_t now, const char *fingerprint);

/* Reads the rights of every connection again if accounts or holdings have changed: to be called
 * after the replica moved and before the desk is settled. 0 or -ENOMEM. */
int line_refresh(struct line_service *l, usec_t now) MUST_USE;

/* Looks at the connections that wait for an answer, after the desk was settled. */
void line_settle(struct line_service *l, usec_t now);

/* A door that has an answer to send, each once; NULL: no more. */
struct door *line_answered(struct line_service *l);

#endif
