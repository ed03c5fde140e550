/* SPDX-License-Identifier: EUPL-1.2 */
/* Many connections that wait for the same thing, and the peer of ugod in this: a bare loop of
 * SSL_write over as many. */
#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include "bench/server.h"

#define BARE_PORT 27944

struct crowd {
    struct link *links;
    int n, poll;
    bool *has;    /* heard of the change that is awaited */
    double first; /* when the first did; 0: none yet */
};

/* token NULL: they only connect; else they subscribe to SERVER_DECLARED_UNIT. */
void crowd_open(struct crowd *c, int n, SSL_CTX *ctx, int port, const char *token);
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
