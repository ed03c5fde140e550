/* SPDX-License-Identifier: EUPL-1.2 */
/* A pump with an echo door in a process of its own, for tests that talk to it over real sockets.
 * The door answers every line with itself; it greets with what it was told about its peer, and
 *   flood    sends without end            silent   says bye after FIXTURE_SILENCE
 *   quit     closes                       fail     fails
 *   stay     does not close when the peer has finished
 * The test sees the pump's counts and the loop's turns in shared memory. */
#ifndef IO_PUMP_FIXTURE_H
#define IO_PUMP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/tls_pump.h"

#define FIXTURE_SILENCE (200 * USEC_MS)

struct fixture_seen { /* shared */
    struct pump_counts counts;
    uint64_t turns;
    uint32_t doors;
    uint64_t most_buffered; /* output that one door held */
};

struct fixture_config {
    struct tls_identity *identity; /* NULL: plain bytes */
    struct pump_limits limits;
    const char *proxy;    /* NULL: none */
    unsigned descriptors; /* RLIMIT_NOFILE; 0: as it is */
};

struct fixture {
    pid_t pid;
    uint16_t port;
    struct fixture_seen *seen;
};

/* ── the door ── */

struct echo {
    struct door door;
    struct buf out;
    bool flood, closing, stay;
    usec_t deadline;
};

static struct fixture_seen *fixture_shared;

static int echo_line(struct echo *e, usec_t now, span line)
{
    if (span_is(line, "quit"))
        e->closing = true;
    else if (span_is(line, "flood"))
        e->flood = true;
    else if (span_is(line, "silent"))
        e->deadline = now + FIXTURE_SILENCE;
    else if (span_is(line, "stay"))
        e->stay = true;
    else if (span_is(line, "fail"))
        return -EPROTO;
    return 0;
}

static int echo_feed(struct door *d, usec_t now, span in)
{
    struct echo *e = (struct echo *)d;
    size_t from = e->out.n;
    buf_add(&e->out, in);
    while (from > 0 && e->out.p[from - 1] != '\n')
        from--;
    for (size_t i = from; i < e->out.n; i++) {
        if (e->out.p[i] != '\n')
            continue;
        int r = echo_line(e, now, (span){e->out.p + from, i - from});
        if (r < 0)
            return r;
        from = i + 1;
    }
    if (e->out.n > fixture_shared->most_buffered)
        fixture_shared->most_buffered = e->out.n;
    return e->closing;
}

static int echo_finish(struct door *d, usec_t now)
{
    struct echo *e = (struct echo *)d;
    (void)now;
    buf_text(&e->out, "finished\n");
    e->closing = !e->stay;
    return e->closing;
}

static int echo_tick(struct door *d, usec_t now)
{
    struct echo *e = (struct echo *)d;
    (void)now;
    e->deadline = USEC_NEVER;
    buf_text(&e->out, "bye\n");
    e->closing = true;
    return 1;
}

static size_t echo_pull(struct door *d, usec_t now, char *out, size_t room)
{
    struct echo *e = (struct echo *)d;
    (void)now;
    if (e->flood) {
        memset(out, 'f', room);
        return room;
    }
    size_t n = e->out.n < room ? e->out.n : room;
    if (n > 0)
        memcpy(out, e->out.p, n);
    buf_drop(&e->out, n);
    return n;
}

static usec_t echo_deadline(const struct door *d)
{
    return ((const struct echo *)d)->deadline;
}

static void echo_drain(struct door *d, usec_t now)
{
    echo_tick(d, now);
}

static bool echo_closing(const struct door *d)
{
    return ((const struct echo *)d)->closing;
}

static void echo_free(struct door *d)
{
    fixture_shared->doors--;
    buf_free(&((struct echo *)d)->out);
    free(d);
}

static const struct door_ops echo_ops = {echo_feed,     echo_finish, echo_tick,    echo_pull,
                                         echo_deadline, echo_drain,  echo_closing, echo_free};

static struct door *echo_open(void *ctx, const struct peer *peer, usec_t now)
{
    (void)ctx, (void)now;
    struct echo *e = calloc(1, sizeof *e);
    e->door.ops = &echo_ops;
    e->deadline = USEC_NEVER;
    buf_printf(&e->out, "hello %s [%s]\n", peer->address, peer->fingerprint);
    fixture_shared->doors++;
    return &e->door;
}

/* ── the process ── */

struct fixture_process {
    struct loop *loop;
    struct tls_pump *pump;
};

static bool fixture_turn(void *ctx, usec_t now, usec_t until)
{
    struct fixture_process *f = ctx;
    (void)now, (void)until;
    fixture_shared->turns++;
    fixture_shared->counts = *tls_pump_count(f->pump);
    return false;
}

static void fixture_signal(void *ctx, int signo)
{
    struct fixture_process *f = ctx;
    if (signo == SIGTERM)
        loop_stop(f->loop);
    else if (signo == SIGUSR1)
        tls_pump_drain(f->pump);
    else
        tls_pump_wake_all(f->pump);
}

static int fixture_serve(const struct fixture_config *config, int fd)
{
    struct fixture_process f;
    struct tls *tls = NULL;
    char why[256];
    struct rlimit files = {config->descriptors, config->descriptors};
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (config->descriptors > 0)
        setrlimit(RLIMIT_NOFILE, &files);
    if (loop_new(&f.loop) < 0 ||
        (config->identity != NULL && tls_new(config->identity, TLS_CERTIFICATES, &tls, why) != 0))
        return 1;
    struct pump_config pump = {.loop = f.loop,
                               .tls = tls,
                               .limits = config->limits,
                               .proxies = &config->proxy,
                               .n_proxies = config->proxy != NULL,
                               .name = "test",
                               .open = echo_open};
    if (tls_pump_new(&pump, &f.pump) < 0 || loop_add_hook(f.loop, fixture_turn, &f) < 0 ||
        loop_on_signal(f.loop, SIGTERM, fixture_signal, &f) < 0 ||
        loop_on_signal(f.loop, SIGUSR1, fixture_signal, &f) < 0 ||
        loop_on_signal(f.loop, SIGUSR2, fixture_signal, &f) < 0 || tls_pump_listen(f.pump, fd) < 0)
        return 1;
    int r = loop_run(f.loop);
    tls_pump_free(f.pump);
    loop_free(f.loop);
    tls_free(tls);
    close(fd);
    return r < 0 || fixture_shared->doors != 0;
}

static struct fixture fixture_start(const struct fixture_config *config)
{
    struct fixture f;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 1024), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    f.port = ntohs(at.sin_port);
    f.seen = mmap(NULL, sizeof *f.seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(f.seen != MAP_FAILED);
    fixture_shared = f.seen;
    fflush(NULL);
    f.pid = fork();
    if (f.pid == 0)
        exit(fixture_serve(config, fd)); /* not _exit: the leak check runs at exit */
    close(fd);
    return f;
}

/* The process ends cleanly: nothing leaked, no door left. */
static void fixture_stop(struct fixture *f)
{
    int status;
    kill(f->pid, SIGTERM);
    assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    munmap(f->seen, sizeof *f->seen);
}

/* Waits until the condition holds. */
#define FIXTURE_AWAIT(condition)                                                                   \
    do {                                                                                           \
        usec_t give_up = loop_now() + 20 * USEC_S;                                                 \
        while (!(condition) && loop_now() < give_up)                                               \
            poll(NULL, 0, 1);                                                                      \
        assert_true(condition);                                                                    \
    } while (0)

/* A blocking connection from the given loopback address (NULL: any). */
static inline int fixture_connect(const struct fixture *f, const char *from)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(f->port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in own = {.sin_family = AF_INET};
    struct timeval patience = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (from != NULL) {
        inet_pton(AF_INET, from, &own.sin_addr);
        assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    }
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

#endif
