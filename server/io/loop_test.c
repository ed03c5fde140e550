/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <event2/event.h>
#include <signal.h>
#include <unistd.h>

#include "io/loop.h"

static struct loop *loop;

static int open_loop(void **unused)
{
    (void)unused;
    return loop_new(&loop);
}

static int close_loop(void **unused)
{
    (void)unused;
    loop_free(loop);
    return 0;
}

struct fired {
    usec_t at[3];
    int n, wanted;
};

static void fire(void *ctx, usec_t now)
{
    struct fired *f = ctx;
    f->at[f->n++] = now;
    if (f->n == f->wanted)
        loop_stop(loop);
}

/* Never early, whatever libevent's cached time says; a later timer_at replaces. */
static void timers(void **unused)
{
    (void)unused;
    struct fired f = {.wanted = 2};
    struct timer *a, *b, *never;
    usec_t start = loop_now();
    assert_int_equal(timer_new(loop, fire, &f, &a), 0);
    assert_int_equal(timer_new(loop, fire, &f, &b), 0);
    assert_int_equal(timer_new(loop, fire, &f, &never), 0);
    timer_at(a, start + 5 * USEC_S);
    timer_at(b, start + 20 * USEC_MS);
    timer_at(a, start + 7 * USEC_MS);
    timer_at(never, start + 1 * USEC_MS);
    timer_at(never, USEC_NEVER);
    assert_int_equal(loop_run(loop), 0);
    assert_int_equal(f.n, 2);
    assert_true(f.at[0] >= start + 7 * USEC_MS);
    assert_true(f.at[1] >= start + 20 * USEC_MS);
    timer_free(a);
    timer_free(b);
    timer_free(never);
}

struct flood {
    int pipes[8][2];
    long read; /* callbacks since the last hook */
    long most; /* … at most */
    int turns;
};

static void slow_reader(evutil_socket_t fd, short what, void *ctx)
{
    struct flood *f = ctx;
    (void)fd, (void)what; /* left unread: always ready */
    usec_t until = loop_now() + USEC_MS;
    while (loop_now() < until)
        ;
    f->read++;
    loop_check(loop);
}

static bool end_of_turn(void *ctx, usec_t now, usec_t until)
{
    struct flood *f = ctx;
    assert_true(until > now);
    f->most = f->read > f->most ? f->read : f->most;
    f->read = 0;
    if (++f->turns == 20)
        loop_stop(loop);
    return false;
}

/* Descriptors that are always ready keep neither the hooks nor a timer from their turn. */
static void flood_is_cut(void **unused)
{
    (void)unused;
    struct flood f = {0};
    struct fired fired = {.wanted = -1};
    struct event *event[8];
    struct timer *timer;
    for (int i = 0; i < 8; i++) {
        assert_int_equal(pipe(f.pipes[i]), 0);
        assert_int_equal(write(f.pipes[i][1], "x", 1), 1);
        event[i] = event_new(loop_base(loop), f.pipes[i][0], EV_READ | EV_PERSIST, slow_reader, &f);
        assert_non_null(event[i]);
        event_priority_set(event[i], LOOP_NORMAL);
        assert_int_equal(event_add(event[i], NULL), 0);
    }
    assert_int_equal(timer_new(loop, fire, &fired, &timer), 0);
    timer_at(timer, loop_now() + 10 * USEC_MS);
    assert_int_equal(loop_add_hook(loop, end_of_turn, &f), 0);
    assert_int_equal(loop_run(loop), 0);
    assert_int_equal(f.turns, 20);
    assert_true(f.most <= 8);
    assert_int_equal(fired.n, 1);
    for (int i = 0; i < 8; i++) {
        event_free(event[i]);
        close(f.pipes[i][0]);
        close(f.pipes[i][1]);
    }
    timer_free(timer);
    loop_drop_hook(loop, end_of_turn, &f);
}

static bool ask_again(void *ctx, usec_t now, usec_t until)
{
    (void)now, (void)until;
    int *left = ctx;
    if (*left == 5)
        loop_again(loop);
    if (--*left == 0)
        loop_stop(loop);
    return *left != 4;
}

/* Nothing is registered: only a hook that wants more keeps the loop turning. */
static void hooks_that_want_more(void **unused)
{
    (void)unused;
    int left = 6;
    assert_int_equal(loop_add_hook(loop, ask_again, &left), 0);
    assert_int_equal(loop_run(loop), 0);
    assert_int_equal(left, 0);
}

static void on_signal(void *ctx, int signo)
{
    *(int *)ctx = signo;
    loop_stop(loop);
}

static void signals(void **unused)
{
    (void)unused;
    int got = 0;
    assert_int_equal(loop_on_signal(loop, SIGUSR1, on_signal, &got), 0);
    raise(SIGUSR1);
    assert_int_equal(loop_run(loop), 0);
    assert_int_equal(got, SIGUSR1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(timers, open_loop, close_loop),
        cmocka_unit_test_setup_teardown(flood_is_cut, open_loop, close_loop),
        cmocka_unit_test_setup_teardown(hooks_that_want_more, open_loop, close_loop),
        cmocka_unit_test_setup_teardown(signals, open_loop, close_loop),
    };
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
