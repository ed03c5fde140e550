/* SPDX-License-Identifier: EUPL-1.2 */
/* The listening sockets: for every worker slot one per address, all bound to it (SO_REUSEPORT), so
 * that the kernel spreads connections and each slot has a queue of its own. They stay open in the
 * master for ever: closing one would reset the connections in its queue. */
#ifndef DAEMON_SOCKETS_H
#define DAEMON_SOCKETS_H

#include "base/buf.h"
#include "base/result.h"
#include "conf/conf.h"
#include "daemon/worker.h"

struct slot_sockets {
    size_t n;
    struct worker_socket socket[WORKER_SOCKETS_MAX];
};

#define SOCKETS_REFUSED 1 /* ret_why: which address and why */

int sockets_open(const struct conf *c, unsigned slots, struct slot_sockets *ret,
                 struct buf *ret_why) MUST_USE;
void sockets_close(struct slot_sockets *s, unsigned slots);

#endif
