/* SPDX-License-Identifier: EUPL-1.2 */
/* What the embedded PostgreSQL's child processes do: prepare its folders (a first time: initdb), be
 * the server, and wait for it and bring its schema up to date. Each runs in a child of its own, so
 * that the master never waits. */
#ifndef DAEMON_POSTGRES_H
#define DAEMON_POSTGRES_H

#include <limits.h>

#include "base/buf.h"
#include "base/result.h"
#include "conf/conf.h"
#include "daemon/child.h"

struct postgres {
    char programs[PATH_MAX]; /* folder of initdb and postgres */
    char cluster[PATH_MAX];  /* data_dir/postgres */
    char socket[PATH_MAX];   /* folder */
    const struct run_as *as;
    unsigned connections; /* max_connections */
};

#define POSTGRES_REFUSED 1 /* ret_why: one sentence with what to do */

/* Finds programs that suit the data (or the newest, for a first start). */
int postgres_find(const struct conf *c, const struct run_as *as, enum conf_language language,
                  struct postgres *ret, struct buf *ret_why) MUST_USE;

/* In a child that already runs as the user. Stops a server that a killed master left behind, makes
 * the cluster or takes it as it is, and writes who may connect. The exit status. */
int postgres_prepare(const struct postgres *p);

/* In a child, likewise: becomes the server. Returns only when that failed. */
void postgres_exec(const struct postgres *p);

/* In a child as we are: waits until the server is ready, makes the database and migrates it. The
 * exit status. */
int postgres_migrate(const char *data_dir, const struct postgres *p, pid_t server);

#endif
