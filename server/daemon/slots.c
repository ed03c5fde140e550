/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/slots.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log/log.h"

#define PAUSE_FIRST (100 * USEC_MS)
#define PAUSE_MOST (5 * USEC_S)
#define PROVEN (10 * USEC_S)    /* a worker that lived so long did not fail at its start */
#define LEND_AFTER (2 * USEC_S) /* without a worker that is ready */

static void say(int control, enum control_kind kind, unsigned about, int fd, enum control_door door)
{
    struct control_message m = {(uint8_t)kind, (uint8_t)door, (uint16_t)about};
    int r = control_send(control, &m, fd);
    if (r == CONTROL_NONE || r < 0) /* a worker that has ended is reaped soon */
        log_line(LOG_WARNING, "control_failed", "slot=%u kind=%d error=%s", about, (int)kind,
                 r < 0 ? strerror(-r) : "queue full");
}

/* ── start ── */

void slots_init(struct slots *s, unsigned n)
{
    *s = (struct slots){.n = n};
    for (unsigned i = 0; i < n; i++) {
        s->slot[i] = (struct slot){.control = -1, .lent_to = -1, .start_at = USEC_NEVER};
        s->elder[i] = (struct elder){.control = -1};
    }
}

static void ignore_group_signals(void)
{
    const int ignored[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2};
    for (size_t i = 0; i < ARRAY_LENGTH(ignored); i++)
        signal(ignored[i], SIG_IGN);
}

static void __attribute__((noreturn)) be_worker(const struct slots *s, unsigned i, int control)
{
    struct worker_start start = {.settings = s->settings,
                                 .console = s->console,
                                 .board = s->board,
                                 .conninfo = s->conninfo,
                                 .slot = i,
                                 .control_fd = control,
                                 .n_sockets = s->sockets[i].n};
    char name[32];
    memcpy(start.socket, s->sockets[i].socket, sizeof start.socket);
    ignore_group_signals();
    snprintf(name, sizeof name, "worker=%u", i);
    log_name(name);
    exit(worker_run(&start));
}

static void schedule(struct slot *t, usec_t now)
{
    t->start_at = now + t->pause;
    t->pause = t->pause == 0 ? PAUSE_FIRST : t->pause >= PAUSE_MOST ? PAUSE_MOST : 2 * t->pause;
}

static void start(struct slots *s, unsigned i, usec_t now)
{
    struct slot *t = &s->slot[i];
    int pair[2], keep[WORKER_SOCKETS_MAX + 1];
    char name[16];
    t->start_at = USEC_NEVER;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0) {
        log_line(LOG_ERROR, "worker_not_started", "slot=%u error=%s", i, strerror(errno));
        schedule(t, now);
        return;
    }
    size_t n = s->sockets[i].n;
    for (size_t k = 0; k < n; k++)
        keep[k] = s->sockets[i].socket[k].fd;
    keep[n] = pair[1];
    snprintf(name, sizeof name, "ugod-worker-%u", i);
    struct child child = {name, s->as, SIGKILL, keep, n + 1};
    pid_t pid = child_fork(&child);
    if (pid == 0)
        be_worker(s, i, pair[1]);
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        log_line(LOG_ERROR, "worker_not_started", "slot=%u error=%s", i, strerror((int)-pid));
        schedule(t, now);
        return;
    }
    t->pid = pid;
    t->control = pair[0];
    t->ready = t->reloading = false;
    t->started_at = t->alive_at = now;
    log_line(LOG_INFO, "worker_started", "slot=%u pid=%d", i, (int)pid);
}

void slots_start(struct slots *s, usec_t now)
{
    s->started = true;
    for (unsigned i = 0; i < s->n; i++) {
        s->slot[i].unserved = now;
        if (s->slot[i].pid == 0)
            start(s, i, now);
    }
}

/* ── lending a queue ── */

static int neighbour(const struct slots *s, unsigned i)
{
    for (unsigned step = 1; step < s->n; step++) {
        unsigned k = (i + step) % s->n;
        if (s->slot[k].pid != 0 && s->slot[k].ready)
            return (int)k;
    }
    return -1;
}

static void lend(struct slots *s, unsigned i)
{
    int to = neighbour(s, i);
    if (to < 0)
        return;
    s->slot[i].lent_to = to;
    log_line(LOG_NOTICE, "queue_lent", "slot=%u to=%d", i, to);
    for (size_t k = 0; k < s->sockets[i].n; k++)
        say(s->slot[to].control, CONTROL_ADOPT, i, s->sockets[i].socket[k].fd,
            s->sockets[i].socket[k].door);
}

static void take_back(struct slots *s, unsigned i)
{
    int to = s->slot[i].lent_to;
    s->slot[i].lent_to = -1;
    if (to >= 0 && s->slot[to].pid != 0)
        say(s->slot[to].control, CONTROL_RELEASE, i, -1, CONTROL_DOOR_LINE);
}

/* A worker that dies takes borrowed queues with it. */
static void forget_borrower(struct slots *s, unsigned borrower)
{
    for (unsigned i = 0; i < s->n; i++)
        if (s->slot[i].lent_to == (int)borrower)
            s->slot[i].lent_to = -1;
}

/* ── turns ── */

static bool unserved(const struct slots *s, unsigned i)
{
    return !s->slot[i].ready && s->slot[i].lent_to < 0 && s->elder[i].pid == 0 && !s->stopping;
}

static usec_t silence_of(const struct slots *s)
{
    return s->settings->conf.worker_silence;
}

/* The next thing that is due in a slot. */
static usec_t due(const struct slots *s, unsigned i)
{
    const struct slot *t = &s->slot[i];
    usec_t at = USEC_NEVER;
    if (t->pid != 0)
        at = t->alive_at + silence_of(s);
    else if (!s->stopping)
        at = t->start_at;
    if (unserved(s, i) && neighbour(s, i) >= 0 && t->unserved + LEND_AFTER < at)
        at = t->unserved + LEND_AFTER;
    return at;
}

static void kill_silent(struct slots *s, unsigned i, usec_t now)
{
    struct slot *t = &s->slot[i];
    log_line(LOG_ERROR, "worker_silent", "slot=%u pid=%d for_s=%.1f", i, (int)t->pid,
             (double)(now - t->alive_at) / USEC_S);
    kill(t->pid, SIGKILL);
    t->alive_at = now; /* it is reaped soon */
}

void slots_turn(struct slots *s, usec_t now)
{
    for (unsigned i = 0; s->started && i < s->n; i++) {
        struct slot *t = &s->slot[i];
        if (t->pid != 0 && now >= t->alive_at + silence_of(s))
            kill_silent(s, i, now);
        if (t->pid == 0 && !s->stopping && now >= t->start_at)
            start(s, i, now);
        if (unserved(s, i) && now >= t->unserved + LEND_AFTER)
            lend(s, i);
    }
}

usec_t slots_deadline(const struct slots *s)
{
    usec_t at = USEC_NEVER;
    for (unsigned i = 0; s->started && i < s->n; i++) {
        usec_t d = due(s, i);
        at = d < at ? d : at;
    }
    return at;
}

static bool elder_reaped(struct slots *s, pid_t pid)
{
    for (unsigned i = 0; i < s->n; i++) {
        struct elder *e = &s->elder[i];
        if (e->pid != pid)
            continue;
        log_line(LOG_INFO, "elder_ended", "slot=%u pid=%d", i, (int)pid);
        if (e->control >= 0)
            close(e->control);
        *e = (struct elder){.control = -1};
        return true;
    }
    return false;
}

bool slots_reaped(struct slots *s, pid_t pid, int status, usec_t now)
{
    unsigned i = 0;
    while (i < s->n && s->slot[i].pid != pid)
        i++;
    if (i == s->n)
        return elder_reaped(s, pid);
    struct slot *t = &s->slot[i];
    log_line(s->stopping ? LOG_INFO : LOG_ERROR, "worker_ended",
             "slot=%u pid=%d status=%d signal=%d lived_s=%.1f", i, (int)pid,
             WIFEXITED(status) ? WEXITSTATUS(status) : -1,
             WIFSIGNALED(status) ? WTERMSIG(status) : 0, (double)(now - t->started_at) / USEC_S);
    if (t->control >= 0)
        close(t->control);
    if (t->ready || t->started_at == 0)
        t->unserved = now;
    if (now - t->started_at >= PROVEN)
        t->pause = 0;
    t->pid = 0;
    t->control = -1;
    t->ready = t->reloading = false;
    forget_borrower(s, i);
    schedule(t, now);
    return true;
}

void slots_heard(struct slots *s, unsigned i, usec_t now)
{
    struct slot *t = &s->slot[i];
    struct control_message m;
    int fd, r;
    while ((r = control_receive(t->control, &m, &fd)) == 0) {
        if (fd >= 0)
            close(fd); /* workers pass none */
        t->alive_at = now;
        if (m.kind == CONTROL_READY && !t->ready) {
            t->ready = true;
            take_back(s, i);
            if (s->elder[i].control >= 0)
                say(s->elder[i].control, CONTROL_DRAIN, i, -1, CONTROL_DOOR_LINE);
        } else if (m.kind == CONTROL_RELOADED) {
            t->reloading = false;
        }
    }
    if (r == CONTROL_END || r < 0) {
        close(t->control); /* it is ending; if it does not, its silence is noticed */
        t->control = -1;
    }
}

void slots_heard_elder(struct slots *s, unsigned i)
{
    struct elder *e = &s->elder[i];
    struct control_message m;
    int fd, r;
    while ((r = control_receive(e->control, &m, &fd)) == 0)
        if (fd >= 0)
            close(fd);
    if (r == CONTROL_END || r < 0) {
        close(e->control);
        e->control = -1;
    }
}

/* ── orders ── */

void slots_reload(struct slots *s)
{
    int fd;
    int r = settings_share(s->settings, &fd);
    if (r < 0) {
        log_line(LOG_ERROR, "reload_failed", "error=%s", strerror(-r));
        return;
    }
    for (unsigned i = 0; i < s->n; i++)
        if (s->slot[i].control >= 0) {
            s->slot[i].reloading = true;
            say(s->slot[i].control, CONTROL_RELOAD, i, fd, CONTROL_DOOR_LINE);
        }
    close(fd);
}

void slots_stop(struct slots *s)
{
    s->stopping = true;
    for (unsigned i = 0; i < s->n; i++)
        if (s->slot[i].control >= 0)
            say(s->slot[i].control, CONTROL_DRAIN, i, -1, CONTROL_DOOR_LINE);
    for (unsigned i = 0; i < s->n; i++)
        if (s->elder[i].control >= 0)
            say(s->elder[i].control, CONTROL_DRAIN, i, -1, CONTROL_DOOR_LINE);
}

void slots_kill(struct slots *s)
{
    s->stopping = true;
    for (unsigned i = 0; i < s->n; i++)
        if (s->slot[i].pid != 0)
            kill(s->slot[i].pid, SIGKILL);
    for (unsigned i = 0; i < s->n; i++)
        if (s->elder[i].pid != 0)
            kill(s->elder[i].pid, SIGKILL);
}

unsigned slots_running(const struct slots *s)
{
    unsigned n = 0;
    for (unsigned i = 0; i < s->n; i++)
        n += (s->slot[i].pid != 0) + (s->elder[i].pid != 0);
    return n;
}

bool slots_have_elders(const struct slots *s)
{
    for (unsigned i = 0; i < s->n; i++)
        if (s->elder[i].pid != 0)
            return true;
    return false;
}

unsigned slots_ready(const struct slots *s)
{
    unsigned n = 0;
    for (unsigned i = 0; i < s->n; i++)
        n += s->slot[i].ready;
    return n;
}

bool slots_reloading(const struct slots *s)
{
    for (unsigned i = 0; i < s->n; i++)
        if (s->slot[i].pid != 0 && s->slot[i].reloading)
            return true;
    return false;
}
