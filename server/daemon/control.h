/* SPDX-License-Identifier: EUPL-1.2 */
/* What master and worker say to each other on their socket pair (SOCK_SEQPACKET: a message is whole
 * or not there). End of file means that the other side has gone: a worker whose master is gone
 * ends. */
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include <stdint.h>

#include "base/result.h"

enum control_kind {
    /* master → worker */
    CONTROL_RELOAD = 1, /* fd: new settings (daemon/settings.h) */
    CONTROL_DRAIN,      /* say bye, end within drain_timeout, exit 0 */
    CONTROL_ADOPT,      /* fd: accept on this listening socket of `slot` too (door: which) */
    CONTROL_RELEASE,    /* its worker is back: stop accepting on the sockets of `slot` */
    /* worker → master */
    CONTROL_READY,    /* the replica is loaded and the doors accept */
    CONTROL_ALIVE,    /* every second, from the loop */
    CONTROL_RELOADED, /* the settings are in use */
};

enum control_door { CONTROL_DOOR_LINE, CONTROL_DOOR_HTTPS, CONTROL_DOOR_MANAGEMENT, CONTROL_DOORS };

struct control_message {
    uint8_t kind;  /* enum control_kind */
    uint8_t door;  /* enum control_door, with ADOPT */
    uint16_t slot; /* with ADOPT and RELEASE */
};

#define CONTROL_NONE 1 /* nothing there now */
#define CONTROL_END 2  /* the other side has gone */

/* pass_fd: a descriptor to hand over (the caller's copy stays open), or -1. Never blocks: 0,
 * CONTROL_NONE (queue full), CONTROL_END or negative. */
int control_send(int fd, const struct control_message *message, int pass_fd) MUST_USE;

/* ret_fd: -1 or a descriptor that the caller owns. 0, CONTROL_NONE, CONTROL_END or negative. */
int control_receive(int fd, struct control_message *ret, int *ret_fd) MUST_USE;

#endif
