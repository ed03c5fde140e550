/* SPDX-License-Identifier: EUPL-1.2 */
/* The private PostgreSQL of a ugod without a `database` option, supervised by the master as a state
 * machine over its child processes:
 *
 *   prepare → server and, the first time, migrate → serving → (died: prepare again) → stopping
 *
 * The server is a direct child that is shut down when the master dies, however it dies. */
#ifndef DAEMON_EMBEDDED_H
#define DAEMON_EMBEDDED_H

#include <stdbool.h>

#include "base/instant.h"
#include "daemon/postgres.h"

enum embedded_state {
    EMBEDDED_NONE,     /* not used, or not started */
    EMBEDDED_PREPARE,  /* its child runs */
    EMBEDDED_STARTING, /* server and migrate run */
    EMBEDDED_SERVING,
    EMBEDDED_PAUSE, /* died; tried again later */
    EMBEDDED_STOPPING,
    EMBEDDED_ENDED,  /* stopped as asked */
    EMBEDDED_FAILED, /* could never be brought up: the log says why */
};

struct embedded {
    enum embedded_state state;
    struct postgres postgres;
    const char *data_dir; /* borrowed */
    bool migrated;        /* once per master */
    pid_t helper;         /* prepare or migrate; 0: none */
    pid_t server;
    int words;      /* what the server says, non-blocking; -1: none */
    unsigned tries; /* starts since it last served for a while */
    usec_t server_at;
    usec_t at; /* when PAUSE or a step of STOPPING ends */
    int stop_signal;
    size_t said_n; /* of a line not yet whole */
    char said[2048];
};

void embedded_start(struct embedded *e, usec_t now);
/* Goes on with a server (and words) that this process started as another program. */
void embedded_adopt(struct embedded *e, usec_t now);

/* True: it was a child of ours. */
bool embedded_reaped(struct embedded *e, pid_t pid, int status, usec_t now);
void embedded_heard(struct embedded *e); /* words is readable: into the log */
void embedded_turn(struct embedded *e, usec_t now);
usec_t embedded_deadline(const struct embedded *e);

/* Shuts it down: fast, then immediate, then by force. ENDED comes through embedded_reaped. */
void embedded_stop(struct embedded *e, usec_t now);

#endif
