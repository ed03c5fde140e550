/* SPDX-License-Identifier: EUPL-1.2 */
/* Child processes of the master: who they run as, what they inherit, and that none outlives it. */
#ifndef DAEMON_CHILD_H
#define DAEMON_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/result.h"

/* The system user that workers and PostgreSQL run as. */
struct run_as {
    uid_t uid;
    gid_t gid;
    bool drop;      /* we are root and become someone else */
    char name[256]; /* for messages and peer authentication */
};

#define RUN_AS_UNKNOWN 1 /* no such user */
#define RUN_AS_NAMELESS                                                                            \
    2 /* our user id has no name, which PostgreSQL's peer authentication needs */

/* As root: the user named; else whoever we are. */
int run_as_find(const char *user, struct run_as *ret) MUST_USE;

/* Becomes that user for good (a child's first act). 0 or negative. */
int run_as_become(const struct run_as *as) MUST_USE;

struct child {
    const char *name;        /* of the process, at most 15 bytes */
    const struct run_as *as; /* NULL: stay who we are */
    int death_signal;        /* when the master dies */
    const int *keep;         /* descriptors to inherit besides 0, 1 and 2… */
    size_t n_keep;           /* …at most CHILD_KEEP */
};

#define CHILD_KEEP 64

/* Like fork: 0 in the child, with default signals (SIGPIPE ignored) and nothing inherited that is
 * not kept; the pid in the parent; negative when it failed. A child that cannot be set up exits. */
pid_t child_fork(const struct child *spec) MUST_USE;

/* Waits for a child of ours. Its exit status, or 128 + signal. */
int child_wait(pid_t pid);

#endif
