/* SPDX-License-Identifier: EUPL-1.2 */
/* The figures of all workers in memory that they share: each writes its own from time to time, and
 * whichever is asked for metrics tells those of all. Made by the master before it forks. */
#ifndef DAEMON_SCOREBOARD_H
#define DAEMON_SCOREBOARD_H

#include "base/result.h"
#include "http/metrics.h"

struct scoreboard {
    size_t n; /* slots */
    struct figures of[];
};

/* 0: *ret is for the life of the process and of those it forks; negative. */
int scoreboard_new(unsigned slots, struct scoreboard **ret) MUST_USE;

#endif
