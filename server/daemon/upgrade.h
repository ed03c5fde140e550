/* SPDX-License-Identifier: EUPL-1.2 */
/* SIGUSR2: the master becomes another program without letting go of anything. It keeps its pid, its
 * listening sockets, its PostgreSQL and its workers; the new program starts workers of its own and
 * drains an old one when the new one in its slot is ready. */
#ifndef DAEMON_UPGRADE_H
#define DAEMON_UPGRADE_H

#include <sys/types.h>

#include "base/result.h"
#include "daemon/slots.h"

/* What goes from one program to the next. */
struct upgrade {
    int lock;     /* of the data folder; -1: none */
    pid_t server; /* PostgreSQL; 0: none */
    int words;    /* what it says; -1: nothing */
    unsigned n;   /* slots */
    struct elder elder[SLOTS_MAX];
    struct slot_sockets sockets[SLOTS_MAX];
};

/* Checks with `program -t` and becomes it; argv: ours. Returns only when that was refused. */
void upgrade_exec(const struct upgrade *u, const char *program, char **argv, const char *config);

#define UPGRADE_NONE 1 /* an ordinary start */

/* At the start of the new program. 0, UPGRADE_NONE or negative (the state cannot be read). */
int upgrade_take(struct upgrade *ret) MUST_USE;

#endif
