/* SPDX-License-Identifier: EUPL-1.2 */
/* The workers: one per slot, replaced when it dies (at once, then with growing pauses), killed when
 * it gives no sign of life, its queue lent to a neighbour while nobody serves it. */
#ifndef DAEMON_SLOTS_H
#define DAEMON_SLOTS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/instant.h"
#include "daemon/child.h"
#include "daemon/sockets.h"
#include "daemon/worker.h"

#define SLOTS_MAX 64 /* option workers */

struct slot {
    pid_t pid;   /* 0: none */
    int control; /* our end; -1 without a worker */
    bool ready;
    bool reloading;    /* has been sent settings and not answered */
    int lent_to;       /* the neighbour that serves our queue too; -1: nobody */
    usec_t started_at; /* of this worker */
    usec_t alive_at;   /* last sign of life */
    usec_t unserved;   /* since when nobody is ready here */
    usec_t start_at;   /* when the next worker is due, without one */
    usec_t pause;      /* before the next start */
};

/* A worker of the program that was here before an upgrade: it serves until the new one in its slot
 * is ready, and is then drained. */
struct elder {
    pid_t pid;   /* 0: none */
    int control; /* -1: none */
};

struct slots {
    unsigned n;
    struct elder elder[SLOTS_MAX];
    struct slot slot[SLOTS_MAX];
    struct slot_sockets sockets[SLOTS_MAX];
    const struct settings *settings; /* borrowed; what new workers start with */
    const struct assets *console;    /* borrowed */
    struct scoreboard *board;        /* borrowed */
    const char *conninfo;            /* borrowed */
    const struct run_as *as;         /* borrowed */
    bool started;                    /* workers may be started */
    bool stopping;                   /* none is started any more */
};

void slots_init(struct slots *s, unsigned n);
void slots_start(struct slots *s, usec_t now); /* settings, conninfo and as are set */

/* What is due: starts, kills, lends. Afterwards ask slots_deadline. */
void slots_turn(struct slots *s, usec_t now);
usec_t slots_deadline(const struct slots *s);

bool slots_reaped(struct slots *s, pid_t pid, int status, usec_t now); /* true: it was a worker */
void slots_heard(struct slots *s, unsigned slot, usec_t now);          /* control is readable */

void slots_heard_elder(struct slots *s, unsigned slot);

void slots_reload(struct slots *s); /* sends the settings to every worker */
void slots_stop(struct slots *s);   /* drain; none is started again */
void slots_kill(struct slots *s);   /* at once */

unsigned slots_running(const struct slots *s); /* elders too */
bool slots_have_elders(const struct slots *s);
unsigned slots_ready(const struct slots *s);
bool slots_reloading(const struct slots *s);

#endif
