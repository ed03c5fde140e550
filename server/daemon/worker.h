/* SPDX-License-Identifier: EUPL-1.2 */
/* A worker: one thread, one loop, one replica, its own doors and database connections. */
#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H

#include <stddef.h>

#include "base/result.h"
#include "daemon/control.h"
#include "daemon/scoreboard.h"
#include "daemon/settings.h"

#define WORKER_SOCKETS_MAX 32

struct worker_socket {
    int fd; /* listening, non-blocking */
    enum control_door door;
};

struct worker_start {
    const struct settings *settings; /* borrowed for the life of the worker */
    const struct assets *console;    /* borrowed, as are the settings */
    struct scoreboard *board;        /* shared with the other workers */
    const char *conninfo;            /* libpq, login role ugod */
    unsigned slot;                   /* 0 … workers-1 */
    int control_fd;                  /* daemon/control.h, non-blocking */
    size_t n_sockets;
    struct worker_socket socket[WORKER_SOCKETS_MAX];
};

/* Runs in a process of its own, privileges already dropped. SIGPIPE, SIGTERM, SIGINT and SIGHUP are
 * ignored: terminals and service managers signal whole groups, but only the master decides, by
 * control messages. The process is killed when its master dies. Returns the exit status: 0 after a
 * drain. */
int worker_run(const struct worker_start *start);

#endif
