/* SPDX-License-Identifier: EUPL-1.2 */
/* A worker without its shell: replica, desk, line doors and the three machines that talk to the
 * database, carried between each other. The daemon drives it with sockets and libpq, a simulation
 * with a virtual clock and a model of the database:
 *
 *   doors ─ desk ─ writer, readers ─ database
 *             └─ replica ─ follower ─┘
 *                   └─ watch ─ writer
 *
 * Whoever drives it lets peers and database be heard, then calls node_turn, then lets doors be
 * pulled, then calls node_turn_end. `now` is monotonic µs. */
#ifndef NODE_NODE_H
#define NODE_NODE_H

#include "core/watch.h"
#include "http/web.h"
#include "line/line.h"
#include "sync/follower.h"
#include "sync/reader.h"
#include "sync/writer.h"

/* What the database is asked for from time to time though no call waits for it. */
enum node_chore {
    NODE_RETAIN, /* let go of what resuming and repeating need no more (48 h) */
    NODE_SPANS,  /* write what units counted, for who asks of the past */
    NODE_CHORES
};

enum node_event {
    NODE_LOADED,         /* text: epoch; number: revision */
    NODE_NEW_EPOCH,      /* text: epoch; number: revision where it forked */
    NODE_COMMAND_FAILED, /* text: SQLSTATE */
    NODE_READ_FAILED,    /* text: SQLSTATE */
    NODE_JOURNAL_FULL,   /* number: searches that were not told of so far */
};

struct node_settings {
    struct line_limits line;
    struct web_limits web;
    struct feed_limits feed;
    struct desk_limits desk;
    struct writer_limits writer;
    struct reader_limits reader;                  /* of each */
    const char *name;                             /* 16 random hexadecimal digits */
    uint64_t seed;                                /* random */
    void (*random)(unsigned char *ret, size_t n); /* what nobody can guess */
    const char *public_url;                       /* borrowed; see desk.h */
    /* What the operator's log wants to know; ctx is borrowed. */
    void (*event)(void *ctx, enum node_event event, const char *text, int64_t number);
    void *ctx;
};

struct node {
    struct replica replica;
    struct desk desk;
    struct feeds feeds;
    struct line_service line;
    struct web_service web;
    struct writer *writer;
    struct follower *follower;
    struct reader *reader;  /* for what is answered at once: a row, a login */
    struct reader *history; /* for what may read a year: nobody waits behind it to be let in */
    struct request_watch *watch;
    usec_t chore_at[NODE_CHORES]; /* when each is due again */
    usec_t lead;                  /* of logical time before ours, when last looked at */
    bool stale;                   /* what the marks say */
    bool full;                    /* the journal's queue was, and has not emptied since */
    int error;                    /* a result that a callback could not return */
    void (*event)(void *ctx, enum node_event event, const char *text, int64_t number);
    void *ctx;
};

/* What the driver is to do after a turn. */
struct node_wants {
    bool writer, follower, reader, history; /* the machine has something to say */
    bool wake_doors; /* records, rights or staleness changed: every door may have something to be
                        pulled, or another deadline */
    bool staleness;  /* the database went away, or came back: see node.stale */
    bool ahead;      /* the database forgot what this node showed: stop serving */
};

int node_init(struct node *n, const struct node_settings *settings) MUST_USE;
void node_free(struct node *n); /* its doors are freed before */

/* The doors may open. */
bool node_is_loaded(const struct node *n);

/* 0 or negative (fatal); *ret is written on 0 only. */
int node_turn(struct node *n, usec_t now, struct node_wants *ret) MUST_USE;

/* After a turn: a door that now has an answer to be pulled, each once; NULL: no more. */
struct door *node_answered(struct node *n);
/* True: the writer has something to say (searches to be told of, whose answers have gone). */
bool node_turn_end(struct node *n);

/* For how long the feed that is furthest behind has been catching up, µs; *ret_feeds: all of them.
 */
usec_t node_stream_lag(const struct node *n, usec_t now, unsigned *ret_feeds);

/* When to turn again if nothing is heard; monotonic µs. */
usec_t node_deadline(const struct node *n, usec_t now);

#endif
