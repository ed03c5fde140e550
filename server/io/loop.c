/* SPDX-License-Identifier: EUPL-1.2 */
/* libevent with EVLOOP_ONCE is one wait and everything it made ready, higher priorities first: that
 * is the input half of a turn. Its dispatch interval is bounded, so that the database is looked at
 * again between two lots of connections; and a turn is broken off after LOOP_TURN_MAX, because with
 * a flood on many connections libevent would otherwise never run out of ready ones. Events that a
 * break leaves active are run in the next turn. */
#include "io/loop.h"

#include <event2/event.h>
#include <stdlib.h>
#include <time.h>

#define HOOKS_MAX 16
#define SIGNALS_MAX 8
#define DISPATCH_INTERVAL_US 2000
#define DISPATCH_CALLBACKS 64

struct hook {
    loop_hook *run; /* NULL: dropped */
    void *ctx;
};

struct signal_event {
    struct event *event;
    void (*fire)(void *ctx, int signo);
    void *ctx;
};

struct loop {
    struct event_base *base;
    bool stop;
    bool again; /* see loop_again */
    uint64_t turn;
    usec_t turn_ends; /* when the input half is broken off; 0 while waiting */
    size_t n_hooks;
    struct hook hook[HOOKS_MAX];
    size_t n_signals;
    struct signal_event signal[SIGNALS_MAX];
};

usec_t loop_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (usec_t)now.tv_sec * USEC_S + now.tv_nsec / 1000;
}

int loop_new(struct loop **ret)
{
    struct loop *l = calloc(1, sizeof *l);
    struct event_config *config = event_config_new();
    struct timeval interval = {.tv_usec = DISPATCH_INTERVAL_US};
    if (l != NULL && config != NULL &&
        event_config_set_max_dispatch_interval(config, &interval, DISPATCH_CALLBACKS,
                                               LOOP_NORMAL) == 0)
        l->base = event_base_new_with_config(config);
    event_config_free(config);
    if (l == NULL || l->base == NULL || event_base_priority_init(l->base, LOOP_PRIORITIES) < 0) {
        loop_free(l);
        return -ENOMEM;
    }
    *ret = l;
    return 0;
}

void loop_free(struct loop *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->n_signals; i++)
        event_free(l->signal[i].event);
    if (l->base != NULL)
        event_base_free(l->base);
    free(l);
}

struct event_base *loop_base(struct loop *l)
{
    return l->base;
}

uint64_t loop_turn(const struct loop *l)
{
    return l->turn;
}

void loop_check(struct loop *l)
{
    usec_t now = loop_now();
    if (l->turn_ends == 0)
        l->turn_ends = now + LOOP_TURN_MAX; /* the first work since the wait */
    else if (now >= l->turn_ends)
        event_base_loopbreak(l->base);
}

static bool run_hooks(struct loop *l)
{
    bool more = false;
    usec_t now = loop_now();
    l->again = false;
    for (size_t i = 0; i < l->n_hooks; i++) {
        if (l->hook[i].run == NULL)
            continue;
        more |= l->hook[i].run(l->hook[i].ctx, now, now + LOOP_TURN_MAX);
        now = loop_now();
    }
    return more || l->again;
}

int loop_run(struct loop *l)
{
    bool more = true; /* hooks may have work from before the loop */
    l->stop = false;
    while (!l->stop) {
        l->turn++;
        l->turn_ends = 0;
        int flags = EVLOOP_NO_EXIT_ON_EMPTY | (more ? EVLOOP_NONBLOCK : EVLOOP_ONCE);
        if (event_base_loop(l->base, flags) < 0)
            return -EIO;
        more = run_hooks(l);
    }
    return 0;
}

void loop_stop(struct loop *l)
{
    l->stop = true;
    event_base_loopbreak(l->base);
}

void loop_again(struct loop *l)
{
    l->again = true;
}

int loop_add_hook(struct loop *l, loop_hook *run, void *ctx)
{
    if (l->n_hooks == HOOKS_MAX)
        return -ENOSPC;
    l->hook[l->n_hooks++] = (struct hook){run, ctx};
    return 0;
}

void loop_drop_hook(struct loop *l, loop_hook *run, void *ctx)
{
    for (size_t i = 0; i < l->n_hooks; i++)
        if (l->hook[i].run == run && l->hook[i].ctx == ctx)
            l->hook[i] = (struct hook){0};
    while (l->n_hooks > 0 && l->hook[l->n_hooks - 1].run == NULL)
        l->n_hooks--;
}

/* ── timers ── */

struct timer {
    struct loop *loop;
    struct event *event;
    void (*fire)(void *ctx, usec_t now);
    void *ctx;
    usec_t at;
};

static void timer_set(struct timer *t, usec_t now)
{
    usec_t wait = t->at > now ? t->at - now : 0;
    struct timeval tv = {.tv_sec = wait / USEC_S, .tv_usec = wait % USEC_S};
    event_add(t->event, &tv);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct timer *t = arg;
    usec_t now = loop_now();
    if (now < t->at) { /* libevent's cached time runs a little ahead of what it waited */
        timer_set(t, now);
        return;
    }
    t->at = USEC_NEVER;
    struct loop *loop = t->loop;
    t->fire(t->ctx, now); /* may free t */
    loop_check(loop);
}

int timer_new(struct loop *l, void (*fire)(void *ctx, usec_t now), void *ctx, struct timer **ret)
{
    struct timer *t = calloc(1, sizeof *t);
    if (t == NULL)
        return -ENOMEM;
    *t = (struct timer){.loop = l, .fire = fire, .ctx = ctx, .at = USEC_NEVER};
    t->event = event_new(l->base, -1, 0, on_timer, t);
    if (t->event == NULL) {
        free(t);
        return -ENOMEM;
    }
    event_priority_set(t->event, LOOP_FIRST);
    *ret = t;
    return 0;
}

void timer_free(struct timer *t)
{
    if (t == NULL)
        return;
    event_free(t->event);
    free(t);
}

void timer_at(struct timer *t, usec_t at)
{
    if (at == t->at)
        return;
    t->at = at;
    if (at == USEC_NEVER)
        event_del(t->event);
    else
        timer_set(t, loop_now());
}

/* ── signals and descriptors ── */

static void on_signal(evutil_socket_t signo, short what, void *arg)
{
    (void)what;
    struct signal_event *s = arg;
    s->fire(s->ctx, (int)signo);
}

int loop_on_signal(struct loop *l, int signo, void (*fire)(void *ctx, int signo), void *ctx)
{
    if (l->n_signals == SIGNALS_MAX)
        return -ENOSPC;
    struct signal_event *s = &l->signal[l->n_signals];
    *s = (struct signal_event){.fire = fire, .ctx = ctx};
    s->event = evsignal_new(l->base, signo, on_signal, s);
    if (s->event == NULL)
        return -ENOMEM;
    event_priority_set(s->event, LOOP_FIRST);
    if (event_add(s->event, NULL) < 0) {
        event_free(s->event);
        return -EIO;
    }
    l->n_signals++;
    return 0;
}

struct watch {
    struct loop *loop;
    struct event *event;
    void (*ready)(void *ctx, int fd);
    void *ctx;
};

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct watch *w = arg;
    struct loop *loop = w->loop;
    w->ready(w->ctx, fd); /* may free w */
    loop_check(loop);
}

int watch_new(struct loop *l, int fd, void (*ready)(void *ctx, int fd), void *ctx,
              struct watch **ret)
{
    struct watch *w = calloc(1, sizeof *w);
    if (w == NULL)
        return -ENOMEM;
    *w = (struct watch){.loop = l, .ready = ready, .ctx = ctx};
    w->event = event_new(l->base, fd, EV_READ | EV_PERSIST, on_ready, w);
    if (w->event == NULL) {
        free(w);
        return -ENOMEM;
    }
    event_priority_set(w->event, LOOP_FIRST);
    if (event_add(w->event, NULL) < 0) {
        watch_free(w);
        return -EIO;
    }
    *ret = w;
    return 0;
}

void watch_free(struct watch *w)
{
    if (w == NULL)
        return;
    event_free(w->event);
    free(w);
}
