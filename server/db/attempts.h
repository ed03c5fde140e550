/* SPDX-License-Identifier: EUPL-1.2 */
/* One round of connection attempts, every host at once; the first that is ready wins and the others
 * are dropped. The round keeps no time: its owner ends it by freeing it. */
#ifndef DB_ATTEMPTS_H
#define DB_ATTEMPTS_H

#include "base/result.h"
#include "db/hosts.h"

struct event_base;
struct attempts;
struct pg_conn;

#define ATTEMPTS_TROUBLE 200

struct attempts_settings {
    struct event_base *base;
    struct hosts *hosts; /* borrowed while the round lasts */
    /* conn is the winner, now the callee's; NULL: every host has failed, trouble says how the last
     * one did. Called once, from an event; the round may be freed then. */
    void (*over)(void *ctx, struct pg_conn *conn, const char *trouble);
    void *ctx;
};

/* Also when every host fails at once `over` is called later, from an event. 0 or -ENOMEM. */
int attempts_start(const struct attempts_settings *settings, struct attempts **ret) MUST_USE;
void attempts_free(struct attempts *a); /* NULL allowed; also from within over */

/* What the host that failed last said; "" when none has. */
const char *attempts_trouble(const struct attempts *a);

#endif
