/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/embedded.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log/log.h"

#define TRIES_AT_START 5 /* an orphan's last processes may need a moment to go */
#define PAUSE_FIRST (200 * USEC_MS)
#define PAUSE_MOST (5 * USEC_S)
#define PROVEN USEC_MIN /* a server that lived so long did not fail at its start */
#define STOP_FAST (30 * USEC_S)
#define STOP_IMMEDIATE (10 * USEC_S)

static void fail(struct embedded *e, usec_t now)
{
    e->state = EMBEDDED_FAILED;
    e->at = USEC_NEVER;
    if (e->helper != 0)
        kill(e->helper, SIGKILL);
    if (e->server != 0) {
        embedded_stop(e, now);
        e->state = EMBEDDED_FAILED;
    }
}

/* Not yet, or no longer, there: again after a while. */
static void retry(struct embedded *e, usec_t now)
{
    if (!e->migrated && ++e->tries >= TRIES_AT_START) {
        fail(e, now);
        return;
    }
    usec_t pause = PAUSE_FIRST << (e->tries < 6 ? e->tries : 6);
    e->tries += e->migrated;
    e->state = EMBEDDED_PAUSE;
    e->at = now + (pause < PAUSE_MOST ? pause : PAUSE_MOST);
}

/* ── children ── */

static void start_prepare(struct embedded *e, usec_t now)
{
    struct child child = {"ugod-prepare", e->postgres.as, SIGKILL, NULL, 0};
    pid_t pid = child_fork(&child);
    if (pid == 0)
        _exit(postgres_prepare(&e->postgres));
    if (pid < 0) {
        log_line(LOG_ERROR, "postgres_not_started", "error=%s", strerror((int)-pid));
        retry(e, now);
        return;
    }
    e->helper = pid;
    e->state = EMBEDDED_PREPARE;
}

static void start_migrate(struct embedded *e, usec_t now)
{
    struct child child = {"ugod-migrate", NULL, SIGKILL, NULL, 0};
    pid_t pid = child_fork(&child);
    if (pid == 0)
        _exit(postgres_migrate(e->data_dir, &e->postgres, e->server));
    if (pid < 0) {
        log_line(LOG_ERROR, "schema_not_migrated", "error=%s", strerror((int)-pid));
        fail(e, now);
        return;
    }
    e->helper = pid;
}

static void start_server(struct embedded *e, usec_t now)
{
    int words[2];
    if (pipe2(words, O_CLOEXEC) < 0) {
        retry(e, now);
        return;
    }
    struct child child = {"postgres", e->postgres.as, SIGINT, &words[1], 1};
    pid_t pid = child_fork(&child);
    if (pid == 0) {
        int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
        dup2(nothing, STDIN_FILENO);
        dup2(words[1], STDOUT_FILENO);
        dup2(words[1], STDERR_FILENO);
        postgres_exec(&e->postgres);
        _exit(127);
    }
    close(words[1]);
    if (pid < 0) {
        close(words[0]);
        retry(e, now);
        return;
    }
    fcntl(words[0], F_SETFL, O_NONBLOCK);
    e->server = pid;
    e->server_at = now;
    e->words = words[0];
    e->said_n = 0;
    log_line(LOG_NOTICE, "postgres_started", "pid=%d cluster=%s", (int)pid, e->postgres.cluster);
    if (e->migrated) {
        e->state = EMBEDDED_SERVING; /* workers reconnect by themselves */
    } else {
        e->state = EMBEDDED_STARTING;
        start_migrate(e, now);
    }
}

void embedded_start(struct embedded *e, usec_t now)
{
    e->at = USEC_NEVER;
    start_prepare(e, now);
}

void embedded_adopt(struct embedded *e, usec_t now)
{
    e->at = USEC_NEVER;
    e->server_at = now;
    e->state = EMBEDDED_STARTING;
    start_migrate(e, now);
}

/* ── ends ── */

static void helper_ended(struct embedded *e, bool well, usec_t now)
{
    e->helper = 0;
    if (e->state == EMBEDDED_PREPARE && well) {
        start_server(e, now);
    } else if (e->state == EMBEDDED_STARTING && well) {
        e->migrated = true;
        e->tries = 0;
        e->state = EMBEDDED_SERVING;
    } else if (e->state == EMBEDDED_PREPARE && e->migrated) {
        retry(e, now);
    } else if (e->state == EMBEDDED_PREPARE || e->state == EMBEDDED_STARTING) {
        fail(e, now);
    } else if (e->state == EMBEDDED_STOPPING && e->server == 0) {
        e->state = EMBEDDED_ENDED;
    }
}

static void server_ended(struct embedded *e, int status, usec_t now)
{
    embedded_heard(e);
    if (e->words >= 0)
        close(e->words);
    e->words = -1;
    e->server = 0;
    bool wanted = e->state == EMBEDDED_STOPPING || e->state == EMBEDDED_FAILED;
    log_line(wanted ? LOG_NOTICE : LOG_ERROR, "postgres_ended", "status=%d signal=%d",
             WIFEXITED(status) ? WEXITSTATUS(status) : -1,
             WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    if (e->state == EMBEDDED_STOPPING && e->helper == 0)
        e->state = EMBEDDED_ENDED;
    if (wanted) {
        e->at = USEC_NEVER;
        return;
    }
    if (now - e->server_at >= PROVEN)
        e->tries = 0;
    if (e->helper != 0) { /* migrate waits for a server that will not answer */
        kill(e->helper, SIGKILL);
        child_wait(e->helper);
        e->helper = 0;
    }
    retry(e, now);
}

bool embedded_reaped(struct embedded *e, pid_t pid, int status, usec_t now)
{
    if (pid == e->helper)
        helper_ended(e, WIFEXITED(status) && WEXITSTATUS(status) == 0, now);
    else if (pid == e->server)
        server_ended(e, status, now);
    else
        return false;
    return true;
}

/* ── its words ── */

static bool holds(span line, const char *text)
{
    return memmem(line.p, line.n, text, strlen(text)) != NULL;
}

/* Two events, so that a flood of complaints does not hold back what it says about itself. */
static void say(const char *p, size_t n)
{
    span line = {p, n};
    static const struct {
        const char *severity;
        enum log_level level;
    } levels[] = {{"PANIC:", LOG_ERROR},
                  {"FATAL:", LOG_WARNING},
                  {"ERROR:", LOG_WARNING},
                  {"WARNING:", LOG_NOTICE}};
    for (size_t i = 0; i < ARRAY_LENGTH(levels); i++) {
        if (n < strlen(levels[i].severity) ||
            memcmp(p, levels[i].severity, strlen(levels[i].severity)) != 0)
            continue;
        /* What workers are told that ask too early, again and again, after a crash. */
        bool early = holds(line, "system is starting up") || holds(line, "not yet accepting");
        log_line(early ? LOG_DEBUG : levels[i].level, "postgres_complains", "text=%.*s", (int)n, p);
        return;
    }
    if (n > 0)
        log_line(LOG_INFO, "postgres_says", "text=%.*s", (int)n, p);
}

void embedded_heard(struct embedded *e)
{
    ssize_t n;
    while (e->words >= 0 &&
           (n = read(e->words, e->said + e->said_n, sizeof e->said - e->said_n)) != 0) {
        if (n < 0)
            return;
        e->said_n += (size_t)n;
        size_t from = 0;
        for (size_t i = 0; i < e->said_n; i++)
            if (e->said[i] == '\n') {
                say(e->said + from, i - from);
                from = i + 1;
            }
        if (from == 0 && e->said_n == sizeof e->said) { /* longer than any line we keep */
            say(e->said, e->said_n);
            from = e->said_n;
        }
        memmove(e->said, e->said + from, e->said_n - from);
        e->said_n -= from;
    }
    if (e->words >= 0) { /* end of file stays readable */
        close(e->words);
        e->words = -1;
    }
}

/* ── turns ── */

void embedded_turn(struct embedded *e, usec_t now)
{
    if (now < e->at)
        return;
    e->at = USEC_NEVER;
    if (e->state == EMBEDDED_PAUSE) {
        start_prepare(e, now);
    } else if (e->server != 0 && e->stop_signal == SIGINT) {
        log_line(LOG_WARNING, "postgres_slow_to_stop", "pid=%d", (int)e->server);
        e->stop_signal = SIGQUIT;
        kill(e->server, SIGQUIT);
        e->at = now + STOP_IMMEDIATE;
    } else if (e->server != 0 && e->stop_signal == SIGQUIT) {
        e->stop_signal = SIGKILL;
        kill(e->server, SIGKILL);
    }
}

usec_t embedded_deadline(const struct embedded *e)
{
    return e->state == EMBEDDED_NONE ? USEC_NEVER : e->at;
}

void embedded_stop(struct embedded *e, usec_t now)
{
    e->at = USEC_NEVER;
    if (e->state == EMBEDDED_NONE || e->state == EMBEDDED_ENDED)
        return;
    if (e->state != EMBEDDED_FAILED)
        e->state = e->server == 0 && e->helper == 0 ? EMBEDDED_ENDED : EMBEDDED_STOPPING;
    if (e->helper != 0)
        kill(e->helper, SIGKILL);
    if (e->server != 0) {
        e->stop_signal = SIGINT;
        kill(e->server, SIGINT);
        e->at = now + STOP_FAST;
    }
}
