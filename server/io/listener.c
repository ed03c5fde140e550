/* SPDX-License-Identifier: EUPL-1.2 */
/* With no descriptor left a listening socket stays readable for ever and a loop that cannot accept
 * would spin on it. So one spare descriptor is given up to accept and close what waits, and then
 * accepting rests for REST. */
#include "io/listener.h"

#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "log/log.h"

#define REST (200 * USEC_MS)

struct listener {
    struct listener_config config;
    struct event *event;
    struct timer *rest;
    int spare; /* -1: could not be had again yet */
    bool paused;
    bool resting;
    uint64_t turn;  /* of the last accept… */
    unsigned taken; /* …and how many in it */
    struct listener_counts counts;
};

static void update(struct listener *l)
{
    if (l->paused || l->resting)
        event_del(l->event);
    else
        event_add(l->event, NULL);
}

static int open_spare(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void on_rested(void *ctx, usec_t now)
{
    (void)now;
    struct listener *l = ctx;
    if (l->spare < 0)
        l->spare = open_spare();
    l->resting = false;
    update(l);
}

static void run_out(struct listener *l, int error)
{
    l->counts.exhausted++;
    log_line(LOG_ERROR, "accept_exhausted", "fd=%d error=%s", l->config.fd, strerrordesc_np(error));
    if (l->spare >= 0) {
        close(l->spare);
        for (unsigned i = 0; i < l->config.accepts_per_turn; i++) {
            int fd = accept4(l->config.fd, NULL, NULL, SOCK_CLOEXEC);
            if (fd >= 0)
                close(fd);
        }
        l->spare = open_spare();
    }
    l->resting = true;
    update(l);
    timer_at(l->rest, loop_now() + REST);
}

/* Whether it is worth trying again at once. */
static bool accept_one(struct listener *l)
{
    struct sockaddr_storage from;
    socklen_t n = sizeof from;
    int fd = accept4(l->config.fd, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        l->counts.accepted++;
        l->config.accepted(l->config.ctx, fd, (struct sockaddr *)&from, n);
        return true;
    }
    switch (errno) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        run_out(l, errno);
        return false;
    case EAGAIN:
        return false;
    default: /* the peer has gone already (accept(2) lists the network's errors) */
        return true;
    }
}

static void on_acceptable(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd, (void)what;
    struct listener *l = ctx;
    if (l->turn != loop_turn(l->config.loop)) {
        l->turn = loop_turn(l->config.loop);
        l->taken = 0;
    }
    while (!l->paused && !l->resting && l->taken < l->config.accepts_per_turn) {
        l->taken++;
        if (!accept_one(l))
            break;
    }
    loop_check(l->config.loop);
}

int listener_new(const struct listener_config *config, struct listener **ret)
{
    struct listener *l = calloc(1, sizeof *l);
    if (l == NULL)
        return -ENOMEM;
    l->config = *config;
    l->spare = open_spare();
    l->event =
        event_new(loop_base(config->loop), config->fd, EV_READ | EV_PERSIST, on_acceptable, l);
    if (l->event == NULL || timer_new(config->loop, on_rested, l, &l->rest) < 0) {
        listener_free(l);
        return -ENOMEM;
    }
    event_priority_set(l->event, LOOP_NORMAL);
    if (event_add(l->event, NULL) < 0) {
        listener_free(l);
        return -EIO;
    }
    *ret = l;
    return 0;
}

void listener_free(struct listener *l)
{
    if (l == NULL)
        return;
    if (l->event != NULL)
        event_free(l->event);
    timer_free(l->rest);
    if (l->spare >= 0)
        close(l->spare);
    free(l);
}

int listener_fd(const struct listener *l)
{
    return l->config.fd;
}

void listener_limit(struct listener *l, unsigned accepts_per_turn)
{
    l->config.accepts_per_turn = accepts_per_turn;
}

void listener_pause(struct listener *l, bool pause)
{
    if (l->paused == pause)
        return;
    l->paused = pause;
    update(l);
}

const struct listener_counts *listener_count(const struct listener *l)
{
    return &l->counts;
}
