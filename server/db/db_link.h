/* SPDX-License-Identifier: EUPL-1.2 */
/* One PostgreSQL connection that drives one sync machine on a libevent loop, and that comes back by
 * itself: every host is tried at once, the first that accepts writes wins, failures wait between
 * 50 ms and 2 s. The machine never sees libpq; this file never sees SQL. */
#ifndef DB_DB_LINK_H
#define DB_DB_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/statement.h"

struct event_base;
struct db_link;

struct db_link_settings {
    const char *name;       /* "writer", "follower", …: log prefix and end of application_name */
    const char *conninfo;   /* libpq keywords or URI; several hosts allowed; hosts best as hostaddr
                               (a name is resolved by a blocking call) */
    const char *options;    /* server settings, "-c lock_timeout=5s"; NULL none */
    usec_t connect_timeout; /* one round of attempts; 0: 3 s */
    /* A statement unanswered for longer ends the connection; 0: never (the writer: its statement
     * would go on without us). */
    usec_t answer_timeout;
};

struct db_link_counters {
    uint64_t rounds, connected, lost, statements, answer_timeouts, unsure;
};

/* Server settings for a writer: a queue on the lock ends, a dead client's backend too. */
#define DB_LINK_WRITER_OPTIONS                                                                     \
    "-c lock_timeout=5s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2"                     \
    " -c tcp_keepalives_count=3 -c tcp_user_timeout=10s"

/* Starts connecting at once. Settings' texts are copied; base and machine are borrowed and outlive
 * the link. 0; -EINVAL: conninfo is not one; -ENOMEM. */
int db_link_new(struct event_base *base, const struct db_link_settings *settings,
                struct sync_machine *machine, struct db_link **ret) MUST_USE;
/* Ends the connection without waiting; the machine is not told. NULL allowed. */
void db_link_free(struct db_link *l);

/* The machine has something to say (a command was submitted, a heartbeat is due): it is sent before
 * this returns, if it can be. Not from within the machine's calls. False: the connection was lost
 * over it, and the machine was told. */
bool db_link_send(struct db_link *l);

bool db_link_up(const struct db_link *l);
const struct db_link_counters *db_link_counters(const struct db_link *l);

/* What stands against the connection, for /readyz and the log; "" when up. */
const char *db_link_trouble(const struct db_link *l);

#endif
