/* SPDX-License-Identifier: EUPL-1.2 */
/* What a service manager is told (sd_notify(3)): one datagram to $NOTIFY_SOCKET. Nothing happens
 * without one. The protocol is stable and documented, so no library is linked for it. */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include "base/instant.h"

void notify(const char *state); /* "READY=1\nSTATUS=…" */
void notify_reloading(void);    /* RELOADING=1 with the time that Type=notify-reload wants */

/* How often WATCHDOG=1 is due (half of what the manager waits), or USEC_NEVER. */
usec_t notify_watchdog(void);

#endif
