/* SPDX-License-Identifier: EUPL-1.2 */
/* The doors of one worker: a pump each, and the sockets that they listen on. */
#ifndef DAEMON_DOORS_H
#define DAEMON_DOORS_H

#include "daemon/worker.h"
#include "http/management.h"
#include "io/loop.h"
#include "io/tls_pump.h"
#include "node/node.h"

struct doors {
    struct node *node; /* borrowed, as is what the management door asks */
    const struct management *management;
    struct tls *tls[CONTROL_DOORS];
    struct tls_pump *pump[CONTROL_DOORS];
    struct adopted {
        int fd;
        unsigned slot;
        enum control_door door;
    } adopted[WORKER_SOCKETS_MAX];
    size_t n_adopted;
};

/* Adds the pumps' hooks to the loop. ret_why: as tls_new. 0, TLS_REFUSED or negative. */
int doors_new(struct doors *d, struct loop *l, struct node *n, const struct management *m,
              const struct settings *settings, char ret_why[static 256]) MUST_USE;
void doors_free(struct doors *d); /* half made too */

int doors_listen(struct doors *d, const struct worker_socket *sockets, size_t n) MUST_USE;

/* A neighbour's queue, as long as that neighbour is away. fd is taken. */
int doors_adopt(struct doors *d, enum control_door door, unsigned slot, int fd) MUST_USE;
void doors_release(struct doors *d, unsigned slot);

/* New material and limits: of a reload. 0, TLS_REFUSED (nothing is changed) or negative. */
int doors_reload(struct doors *d, const struct settings *fresh, char ret_why[static 256]) MUST_USE;

void doors_wake_all(struct doors *d);
void doors_drain(struct doors *d);
void doors_close_all(struct doors *d);
unsigned doors_connections(const struct doors *d);

#endif
