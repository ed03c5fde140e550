/* SPDX-License-Identifier: EUPL-1.2 */
/* The event loop of a worker: libevent, cut into turns. One turn is
 *
 *   1. wait, then run what is ready: database and control first, then connections (input is drained
 *      before anything is sent);
 *   2. the turn hooks, in the order they were added: the worker applies what it learned, then each
 *      pump writes once to every connection that has something.
 *
 * Nothing may block. A turn that has lasted LOOP_TURN_MAX is cut, so that a flood of input can
 * neither starve the hooks nor the database: what is left stays ready for the next turn. */
#ifndef IO_LOOP_H
#define IO_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/result.h"

struct event_base;

#define LOOP_TURN_MAX (5 * USEC_MS)

/* libevent priorities: event_priority_set(event, …). */
enum loop_priority {
    LOOP_FIRST, /* database and control sockets, signals */
    LOOP_NORMAL,
    LOOP_PRIORITIES,
};

struct loop;

/* 0 or negative. */
int loop_new(struct loop **ret) MUST_USE;
void loop_free(struct loop *l); /* events and timers must be gone; NULL allowed */

struct event_base *loop_base(struct loop *l); /* for pumps of other layers (db) */
usec_t loop_now(void);                        /* CLOCK_MONOTONIC, µs */
uint64_t loop_turn(const struct loop *l);     /* number of the current turn */
void loop_check(
    struct loop *l); /* called by event callbacks after work: cuts a turn that is long */

int loop_run(struct loop *l) MUST_USE; /* until loop_stop; 0 or negative */
void loop_stop(struct loop *l);        /* after the current turn, its hooks included */

/* Runs at the end of every turn; true: there is more to do, the next turn does not wait. A turn
 * hook must not last: look at loop_now against `until` between pieces of work. */
typedef bool loop_hook(void *ctx, usec_t now, usec_t until);
int loop_add_hook(struct loop *l, loop_hook *hook, void *ctx) MUST_USE;
void loop_drop_hook(struct loop *l, loop_hook *hook, void *ctx);

/* There is work for a hook that may have run already in this turn: the next one does not wait. */
void loop_again(struct loop *l);

/* Timers, one-shot. */
struct timer;
int timer_new(struct loop *l, void (*fire)(void *ctx, usec_t now), void *ctx,
              struct timer **ret) MUST_USE;
void timer_free(struct timer *t);
void timer_at(struct timer *t, usec_t at); /* monotonic; replaces; USEC_NEVER stops it */

/* A signal as an event of the loop. Freed with the loop. */
int loop_on_signal(struct loop *l, int signo, void (*fire)(void *ctx, int signo),
                   void *ctx) MUST_USE;

/* A descriptor that is ready to be read. Level-triggered; fd is borrowed. */
struct watch;
int watch_new(struct loop *l, int fd, void (*ready)(void *ctx, int fd), void *ctx,
              struct watch **ret) MUST_USE;
void watch_free(struct watch *w);

#endif
