/* SPDX-License-Identifier: EUPL-1.2 */
/* Many connections that wait for the same thing, and the peer of ugod in this: a bare loop of
 * SSL_write over as many. */
#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include "bench/server.h"

/* Where they connect, and how they follow SERVER_DECLARED_UNIT. */
enum crowd_way { CROWD_BARE, CROWD_LINE, CROWD_EVENTS };

struct crowd {
    struct link *links;
    enum crowd_way way;
    int n, poll;
    bool *has;    /* heard of the change that is awaited */
    double first; /* when the first did; 0: none yet */
};

/* One of a crowd, up to the first mark. */
void crowd_join(struct link *l, SSL_CTX *ctx, enum crowd_way way, const char *token);
void crowd_open(struct crowd *c, int n, SSL_CTX *ctx, enum crowd_way way, const char *token);
void crowd_close(struct crowd *c);

/* Until every one has heard of a change: when the first and when the last had. */
void crowd_await(struct crowd *c, double *ret_first, double *ret_last);

struct bare {
    pid_t pid;
    int poke;
};

/* Accepts n connections of `crowd_open`, which comes after it, then writes the same bytes to each
 * whenever it is poked. */
void bare_start(struct bare *b, int n, size_t bytes);
void bare_poke(struct bare *b);
void bare_stop(struct bare *b);

#endif
