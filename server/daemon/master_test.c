/* SPDX-License-Identifier: EUPL-1.2 */
/* What the master decides without a child: when it wakes, when it is patient no more, what a reload
 * keeps, what systemd is told. The rest is in tests/system/test_master.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "daemon/master.c" /* its decisions are its own */

#define NOBODY 0x7ffffff0 /* a process that cannot be: signals to it go nowhere */

static struct settings settings; /* of every master here: two minutes to drain */

static struct master master(unsigned workers)
{
    struct master m = {.lock = -1, .signals = -1, .settings = &settings};
    settings.conf.drain_timeout = 120 * USEC_S;
    slots_init(&m.slots, workers);
    m.embedded.words = -1;
    m.watchdog = USEC_NEVER;
    m.flush_at = USEC_NEVER;
    m.kill_at = USEC_NEVER;
    return m;
}

/* ── Waking ── */

static void it_wakes_for_what_is_due_first(void **state)
{
    const usec_t now = 1000 * USEC_S;
    struct master m = master(1);
    (void)state;
    assert_int_equal(patience(&m, now), 60000); /* nothing is: now and then */
    m.flush_at = now + 7 * USEC_S;
    assert_int_equal(patience(&m, now), 7000);
    m.watchdog = USEC_S;
    m.watchdog_at = now + 5 * USEC_S;
    assert_int_equal(patience(&m, now), 5000);
    m.watchdog = USEC_NEVER;
    assert_int_equal(patience(&m, now), 7000);
    m.reload_until = now + 4 * USEC_S;
    assert_int_equal(patience(&m, now), 7000); /* no reload goes on */
    m.reloading = true;
    assert_int_equal(patience(&m, now), 4000);
    m.kill_at = now + 3 * USEC_S;
    assert_int_equal(patience(&m, now), 4000); /* nor a stop */
    m.stopping = true;
    assert_int_equal(patience(&m, now), 3000);
    m.kill_at = now + 1; /* rounded up: too early would be a busy loop */
    assert_int_equal(patience(&m, now), 1);
    m.kill_at = now;
    assert_int_equal(patience(&m, now), 0);
    m.kill_at = now - USEC_S;
    assert_int_equal(patience(&m, now), 0);
}

/* ── Stopping ── */

static void a_second_stop_ends_patience(void **state)
{
    const usec_t now = 1000 * USEC_S;
    struct master m = master(1);
    (void)state;
    stop(&m, now);
    assert_true(m.stopping);
    assert_true(m.slots.stopping);
    assert_int_equal(m.kill_at, now + settings.conf.drain_timeout + STOP_GRACE);
    stop(&m, now + USEC_S);
    assert_int_equal(m.kill_at, now + USEC_S);
}

static void workers_are_waited_for_then_killed_once(void **state)
{
    const usec_t now = 1000 * USEC_S;
    struct master m = master(2);
    (void)state;
    m.slots.slot[1].pid = NOBODY;
    stop(&m, now);
    const usec_t end = m.kill_at;
    assert_false(stop_step(&m, now));
    assert_false(stop_step(&m, end - 1));
    assert_int_equal(m.kill_at, end);
    assert_false(stop_step(&m, end));
    assert_int_equal(m.kill_at, USEC_NEVER); /* not again at every turn */
    m.slots.slot[1].pid = 0;
    assert_true(stop_step(&m, end));
}

/* PostgreSQL goes last, and only once its workers have gone. */
static void the_database_goes_last(void **state)
{
    const usec_t now = 1000 * USEC_S;
    struct master m = master(1);
    (void)state;
    m.embedded.state = EMBEDDED_SERVING;
    m.embedded.server = NOBODY;
    m.slots.elder[0].pid = NOBODY;
    stop(&m, now);
    assert_false(stop_step(&m, now));
    assert_int_equal(m.embedded.state, EMBEDDED_SERVING);
    m.slots.elder[0].pid = 0;
    assert_false(stop_step(&m, now));
    assert_int_equal(m.embedded.state, EMBEDDED_STOPPING);
    assert_false(stop_step(&m, now));
    m.embedded.server = 0;
    m.embedded.state = EMBEDDED_ENDED;
    assert_true(stop_step(&m, now));
}

static void a_database_that_failed_is_not_waited_for(void **state)
{
    struct master m = master(1);
    (void)state;
    m.embedded.state = EMBEDDED_FAILED;
    m.embedded.helper = NOBODY; /* but for its children */
    assert_false(stop_step(&m, 0));
    m.embedded.helper = 0;
    m.embedded.server = NOBODY;
    assert_false(stop_step(&m, 0));
    m.embedded.server = 0;
    assert_true(stop_step(&m, 0));
}

/* ── What systemd is told ── */

static int listener = -1;

static int open_listener(void **state)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char name[64];
    (void)state;
    /* In the abstract namespace: nothing to clean up. */
    snprintf(name, sizeof name, "@ugo-master-test-%d", (int)getpid());
    memcpy(at.sun_path + 1, name + 1, strlen(name) - 1);
    listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
    return bind(listener, (struct sockaddr *)&at,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name)));
}

static int close_listener(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    return close(listener);
}

static void told(const char *expected)
{
    char text[128];
    const ssize_t n = recv(listener, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    assert_string_equal(text, expected ? expected : "");
}

static void ready_is_said_once_when_every_worker_is(void **state)
{
    struct master m = master(2);
    (void)state;
    m.slots.slot[0].ready = true;
    say_state(&m, 0);
    told(NULL);
    m.slots.slot[1].ready = true;
    say_state(&m, 0);
    told("READY=1");
    say_state(&m, 0);
    told(NULL);
    m.slots.slot[0].ready = false; /* replaced: the service is still up */
    say_state(&m, 0);
    m.slots.slot[0].ready = true;
    say_state(&m, 0);
    told(NULL);
}

static void a_master_that_stops_is_not_ready(void **state)
{
    struct master m = master(1);
    (void)state;
    stop(&m, 0);
    told("STOPPING=1");
    m.slots.slot[0].ready = true;
    say_state(&m, 0);
    told(NULL);
}

/* A reload has ended when every worker has answered, or at the latest after a while. */
static void a_reload_ends(void **state)
{
    const usec_t now = 1000 * USEC_S;
    struct master m = master(1);
    (void)state;
    m.ready = m.reloading = true;
    m.reload_until = now + RELOAD_MOST;
    m.slots.slot[0].pid = NOBODY;
    m.slots.slot[0].reloading = true;
    say_state(&m, now);
    told(NULL);
    m.slots.slot[0].reloading = false;
    say_state(&m, now);
    told("READY=1");
    assert_false(m.reloading);
    m.reloading = m.slots.slot[0].reloading = true;
    say_state(&m, m.reload_until - 1);
    told(NULL);
    say_state(&m, m.reload_until);
    told("READY=1");
    assert_false(m.reloading);
}

int main(void)
{
#define listened(f) cmocka_unit_test_setup_teardown(f, open_listener, close_listener)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_wakes_for_what_is_due_first),
        cmocka_unit_test(a_second_stop_ends_patience),
        cmocka_unit_test(workers_are_waited_for_then_killed_once),
        cmocka_unit_test(the_database_goes_last),
        cmocka_unit_test(a_database_that_failed_is_not_waited_for),
        listened(ready_is_said_once_when_every_worker_is),
        listened(a_master_that_stops_is_not_ready),
        listened(a_reload_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
