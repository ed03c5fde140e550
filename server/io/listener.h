/* SPDX-License-Identifier: EUPL-1.2 */
/* Accepts on a listening socket that someone else opened: so many per turn, with a rest when
 * descriptors run out (the spare one is spent on telling the peer by closing). */
#ifndef IO_LISTENER_H
#define IO_LISTENER_H

#include <stdint.h>
#include <sys/socket.h>

#include "base/result.h"
#include "io/loop.h"

struct listener;

struct listener_counts {
    uint64_t accepted;
    uint64_t exhausted; /* times descriptors or memory had run out */
};

struct listener_config {
    struct loop *loop;
    int fd; /* listening, non-blocking; borrowed */
    unsigned accepts_per_turn;
    /* Takes over the new non-blocking fd. */
    void (*accepted)(void *ctx, int fd, const struct sockaddr *from, socklen_t n);
    void *ctx;
};

int listener_new(const struct listener_config *config, struct listener **ret) MUST_USE;
void listener_free(struct listener *l); /* the socket stays open; NULL allowed */
int listener_fd(const struct listener *l);
void listener_limit(struct listener *l, unsigned accepts_per_turn);

/* Holds accepting back, or goes on. Peers wait in the kernel's queue meanwhile. */
void listener_pause(struct listener *l, bool pause);
const struct listener_counts *listener_count(const struct listener *l);

#endif
