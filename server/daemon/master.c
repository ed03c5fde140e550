/* SPDX-License-Identifier: EUPL-1.2 */
/* One loop over a signalfd, the workers' control sockets and what PostgreSQL says. libevent stays
 * out of this process: its descriptors would be shared with every worker that is forked. */
#include "daemon/master.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/embedded_place.h"
#include "daemon/check.h"
#include "daemon/console.h"
#include "daemon/data_dir.h"
#include "daemon/embedded.h"
#include "daemon/notify.h"
#include "daemon/slots.h"
#include "daemon/upgrade.h"
#include "io/loop.h"
#include "log/log.h"

#define STOP_GRACE (2 * USEC_S)   /* for workers, beyond drain_timeout */
#define FLUSH_EVERY USEC_MIN      /* of the log's rate limits */
#define RELOAD_MOST (10 * USEC_S) /* for every worker's answer */

struct master {
    const struct command_line *line;
    char **argv;            /* borrowed */
    char program[PATH_MAX]; /* where an upgrade is found */
    struct settings *settings;
    struct run_as as;
    struct assets console;
    char *conninfo;
    int lock; /* of the data folder, -1 none */
    int signals;
    struct slots slots;
    struct embedded embedded;
    bool ready;     /* READY=1 was said */
    bool reloading; /* RELOADING=1 was said */
    usec_t reload_until;
    bool stopping;
    usec_t kill_at; /* when stopping: the end of patience */
    usec_t watchdog, watchdog_at;
    usec_t flush_at;
    int status;
};

static void log_lines(enum log_level level, const char *event, const struct buf *text)
{
    size_t from = 0;
    for (size_t i = 0; i < text->n; i++)
        if (text->p[i] == '\n') {
            log_line(level, event, "text=%.*s", (int)(i - from), text->p + from);
            from = i + 1;
        }
    if (from < text->n)
        log_line(level, event, "text=%.*s", (int)(text->n - from), text->p + from);
}

/* ── start ── */

static bool is_embedded(const struct master *m)
{
    return m->settings->conf.database[0] == '\0';
}

static int open_signals(void)
{
    const int wanted[] = {SIGCHLD, SIGHUP, SIGTERM, SIGINT, SIGUSR2};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
        signal(wanted[i], SIG_DFL); /* an ignored signal (nohup) would not come */
        sigaddset(&set, wanted[i]);
    }
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void raise_descriptors(const struct conf *c)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max != RLIM_INFINITY && files.rlim_max < (rlim_t)c->max_connections + 64)
        log_line(LOG_WARNING, "few_descriptors", "limit=%lu max_connections=%ld",
                 (unsigned long)files.rlim_max, (long)c->max_connections);
}

static int load(struct master *m)
{
    struct settings_faults faults = {0};
    int r = settings_load(m->line->config, m->line->language, check_wall_clock(), &m->settings,
                          &faults);
    if (r == 0)
        settings_apply_log(m->settings);
    log_lines(LOG_ERROR, "configuration_refused", &faults.refusals);
    log_lines(LOG_WARNING, "configuration_warning", &faults.warnings);
    settings_faults_free(&faults);
    return r;
}

static int set_conninfo(struct master *m)
{
    struct buf b = {0};
    const struct conf *c = &m->settings->conf;
    if (c->database[0] != '\0')
        buf_text(&b, c->database);
    else
        embedded_conninfo(c->data_dir, EMBEDDED_WORKER, m->as.name, &b);
    buf_char(&b, '\0');
    if (buf_check(&b) < 0)
        return -ENOMEM;
    m->conninfo = b.p;
    return 0;
}

static int find_places(struct master *m, struct buf *why)
{
    const struct conf *c = &m->settings->conf;
    int r = check_user(m->line, c, &m->as, why);
    if (r == 0 && c->database[0] == '\0') {
        r = check_postgres(m->line, c, &m->as, &m->embedded.postgres, why);
        if (r == 0)
            r = data_dir_take(c->data_dir, &m->as, m->line->language, &m->lock, why);
        m->embedded.data_dir = c->data_dir;
    }
    return r != 0 ? r : sockets_open(c, m->slots.n, m->slots.sockets, why);
}

/* Sockets, workers, PostgreSQL and the lock of the program that was here before. */
static int inherit(struct master *m, const struct upgrade *u, struct buf *why)
{
    const struct conf *c = &m->settings->conf;
    slots_init(&m->slots, u->n);
    memcpy(m->slots.elder, u->elder, sizeof u->elder);
    memcpy(m->slots.sockets, u->sockets, sizeof u->sockets);
    m->lock = u->lock;
    m->embedded.server = u->server;
    m->embedded.words = u->words;
    m->embedded.data_dir = c->data_dir;
    int r = check_user(m->line, c, &m->as, why);
    return r == 0 && is_embedded(m) ? check_postgres(m->line, c, &m->as, &m->embedded.postgres, why)
                                    : r;
}

static int set_up(struct master *m)
{
    CLEANUP(buf_free) struct buf why = {0};
    struct upgrade *u = calloc(1, sizeof *u);
    m->signals = open_signals();
    int r = u == NULL ? -ENOMEM : m->signals < 0 ? -errno : load(m);
    if (r != 0) {
        free(u);
        return r;
    }
    r = upgrade_take(u);
    if (r == UPGRADE_NONE) {
        slots_init(&m->slots, (unsigned)m->settings->conf.workers);
        r = find_places(m, &why);
    } else if (r == 0) {
        r = inherit(m, u, &why);
    }
    free(u);
    if (r != 0) {
        log_lines(LOG_ERROR, "start_refused", &why);
        return r;
    }
    raise_descriptors(&m->settings->conf);
    r = set_conninfo(m);
    if (r == 0 && m->settings->conf.listen_https.n > 0)
        r = console_load(m->settings->conf.console_dir, m->settings->conf.accessibility_contact,
                         &m->console);
    m->slots.settings = m->settings;
    m->slots.console = &m->console;
    if (r == 0)
        r = scoreboard_new(m->slots.n, &m->slots.board);
    m->slots.conninfo = m->conninfo;
    m->slots.as = &m->as;
    m->watchdog = notify_watchdog();
    return r;
}

/* ── reload ── */

static void adopt(struct master *m, struct settings *fresh)
{
    CLEANUP(buf_free) struct buf waiting = {0};
    struct conf conf = m->settings->conf;
    conf_reload(&conf, &fresh->conf, &waiting);
    if (waiting.n > 0)
        log_line(LOG_WARNING, "restart_needed", "options=%.*s", (int)waiting.n, waiting.p);
    /* The old options that stay live on in the new settings; what they replace goes with the old.
     */
    m->settings->conf = fresh->conf;
    fresh->conf = conf;
    settings_free(m->settings);
    m->settings = fresh;
    m->slots.settings = fresh;
    settings_apply_log(fresh);
}

static void reload(struct master *m)
{
    struct settings *fresh = NULL;
    struct settings_faults faults = {0};
    notify_reloading();
    int r = settings_load(m->line->config, m->line->language, check_wall_clock(), &fresh, &faults);
    log_lines(LOG_ERROR, "reload_refused", &faults.refusals);
    log_lines(LOG_WARNING, "configuration_warning", &faults.warnings);
    settings_faults_free(&faults);
    if (r == 0) {
        adopt(m, fresh);
        slots_reload(&m->slots);
        log_line(LOG_NOTICE, "reloaded", "config=%s", m->line->config);
    } else if (r < 0) {
        log_line(LOG_ERROR, "reload_failed", "error=%s", strerror(-r));
    }
    m->reloading = true;
    m->reload_until = loop_now() + RELOAD_MOST;
}

/* ── stop ── */

static void stop(struct master *m, usec_t now)
{
    if (m->stopping) { /* asked twice: no more patience */
        m->kill_at = now;
        return;
    }
    log_line(LOG_NOTICE, "stopping", "workers=%u", slots_running(&m->slots));
    notify("STOPPING=1");
    m->stopping = true;
    m->kill_at = now + m->settings->conf.drain_timeout + STOP_GRACE;
    slots_stop(&m->slots);
}

/* PostgreSQL goes last: workers still finish what they have begun. True: everything has ended. */
static bool stop_step(struct master *m, usec_t now)
{
    if (slots_running(&m->slots) > 0) {
        if (now >= m->kill_at) {
            log_line(LOG_WARNING, "workers_killed", "workers=%u", slots_running(&m->slots));
            slots_kill(&m->slots);
            m->kill_at = USEC_NEVER;
        }
        return false;
    }
    enum embedded_state state = m->embedded.state;
    if (state == EMBEDDED_NONE || state == EMBEDDED_ENDED)
        return true;
    if (state == EMBEDDED_FAILED)
        return m->embedded.server == 0 && m->embedded.helper == 0;
    if (state != EMBEDDED_STOPPING)
        embedded_stop(&m->embedded, now);
    return m->embedded.state == EMBEDDED_ENDED;
}

/* ── upgrade ── */

static void upgrade(struct master *m)
{
    bool settled = m->slots.started && !m->stopping && !slots_have_elders(&m->slots) &&
                   (!is_embedded(m) || m->embedded.state == EMBEDDED_SERVING);
    if (!settled) {
        log_line(LOG_WARNING, "upgrade_refused", "reason=%s", "a start, stop or upgrade goes on");
        return;
    }
    struct upgrade *u = calloc(1, sizeof *u);
    if (u == NULL)
        return;
    *u = (struct upgrade){
        .lock = m->lock, .server = m->embedded.server, .words = m->embedded.words, .n = m->slots.n};
    for (unsigned i = 0; i < m->slots.n; i++)
        u->elder[i] = (struct elder){m->slots.slot[i].pid, m->slots.slot[i].control};
    memcpy(u->sockets, m->slots.sockets, sizeof u->sockets);
    upgrade_exec(u, m->program, m->argv, m->line->config);
    free(u);
}

/* ── events ── */

static void reap(struct master *m, usec_t now)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (!slots_reaped(&m->slots, pid, status, now))
            (void)embedded_reaped(&m->embedded, pid, status, now);
}

static void on_signals(struct master *m, usec_t now)
{
    struct signalfd_siginfo info;
    while (read(m->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            reap(m, now);
        else if (info.ssi_signo == SIGHUP && !m->stopping)
            reload(m);
        else if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
            stop(m, now);
        else if (info.ssi_signo == SIGUSR2)
            upgrade(m);
    }
}

static void say_state(struct master *m, usec_t now)
{
    if (!m->ready && !m->stopping && slots_ready(&m->slots) == m->slots.n) {
        m->ready = true;
        log_line(LOG_NOTICE, "ready", "workers=%u", m->slots.n);
        notify("READY=1");
    }
    if (m->reloading && slots_reloading(&m->slots) && now >= m->reload_until)
        log_line(LOG_WARNING, "reload_unanswered", "after_s=%d", (int)(RELOAD_MOST / USEC_S));
    if (m->reloading && (!slots_reloading(&m->slots) || now >= m->reload_until)) {
        m->reloading = false;
        if (m->ready)
            notify("READY=1");
    }
}

static void turn(struct master *m, usec_t now)
{
    embedded_turn(&m->embedded, now);
    bool has_database = !is_embedded(m) || m->embedded.state == EMBEDDED_SERVING;
    if (!m->slots.started && !m->stopping && has_database)
        slots_start(&m->slots, now);
    if (m->embedded.state == EMBEDDED_FAILED && !m->stopping) {
        m->status = 1;
        stop(m, now);
    }
    slots_turn(&m->slots, now);
    say_state(m, now);
    if (now >= m->watchdog_at && m->watchdog != USEC_NEVER) {
        notify("WATCHDOG=1");
        m->watchdog_at = now + m->watchdog;
    }
    if (now >= m->flush_at) {
        log_flush();
        m->flush_at = now + FLUSH_EVERY;
    }
}

static usec_t least(usec_t a, usec_t b)
{
    return a < b ? a : b;
}

/* Milliseconds for poll, rounded up: early means twice. */
static int patience(const struct master *m, usec_t now)
{
    usec_t at = least(slots_deadline(&m->slots), embedded_deadline(&m->embedded));
    at = least(at, m->flush_at);
    if (m->watchdog != USEC_NEVER)
        at = least(at, m->watchdog_at);
    if (m->reloading)
        at = least(at, m->reload_until);
    if (m->stopping)
        at = least(at, m->kill_at);
    usec_t wait = at > now ? (at - now + USEC_MS - 1) / USEC_MS : 0;
    return wait > 60000 ? 60000 : (int)wait;
}

static void wait_and_hear(struct master *m)
{
    struct pollfd fds[2 * SLOTS_MAX + 2];
    unsigned n = m->slots.n;
    fds[0] = (struct pollfd){.fd = m->signals, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = m->embedded.words, .events = POLLIN};
    for (unsigned i = 0; i < n; i++) {
        fds[2 + i] = (struct pollfd){.fd = m->slots.slot[i].control, .events = POLLIN};
        fds[2 + n + i] = (struct pollfd){.fd = m->slots.elder[i].control, .events = POLLIN};
    }
    if (poll(fds, 2 + 2 * n, patience(m, loop_now())) <= 0)
        return;
    usec_t now = loop_now();
    for (unsigned i = 0; i < n; i++) {
        if (fds[2 + i].revents != 0)
            slots_heard(&m->slots, i, now);
        if (fds[2 + n + i].revents != 0)
            slots_heard_elder(&m->slots, i);
    }
    if (fds[1].revents != 0)
        embedded_heard(&m->embedded);
    if (fds[0].revents != 0)
        on_signals(m, now);
}

static void run(struct master *m)
{
    usec_t now = loop_now();
    log_line(LOG_NOTICE, "started", "version=" UGO_VERSION " pid=%d config=%s workers=%u user=%s",
             (int)getpid(), m->line->config, m->slots.n, m->as.name);
    m->flush_at = now + FLUSH_EVERY;
    if (m->embedded.server != 0)
        embedded_adopt(&m->embedded, now);
    else if (is_embedded(m))
        embedded_start(&m->embedded, now);
    reap(m, now); /* what ended while programs changed */
    for (;;) {
        turn(m, loop_now());
        if (m->stopping && stop_step(m, loop_now()))
            break;
        wait_and_hear(m);
    }
    log_line(LOG_NOTICE, "stopped", "status=%d", m->status);
    log_flush();
}

/* The path, not the file: an upgrade runs what stands there then. */
static void find_program(struct master *m)
{
    ssize_t n = readlink("/proc/self/exe", m->program, sizeof m->program - 1);
    m->program[n > 0 ? n : 0] = '\0';
}

int master_run(const struct command_line *line, char **argv)
{
    struct master *m = calloc(1, sizeof *m);
    if (m == NULL)
        return 1;
    m->line = line;
    m->argv = argv;
    find_program(m);
    m->lock = m->signals = m->embedded.words = -1;
    int r = set_up(m);
    if (r < 0)
        log_line(LOG_ERROR, "start_failed", "error=%s", strerror(-r));
    if (r == 0)
        run(m);
    int status = r != 0 ? 1 : m->status;
    sockets_close(m->slots.sockets, m->slots.n);
    if (m->signals >= 0)
        close(m->signals);
    if (m->lock >= 0)
        close(m->lock);
    settings_free(m->settings);
    assets_clear(&m->console);
    free(m->conninfo);
    free(m);
    return status;
}
