/* SPDX-License-Identifier: EUPL-1.2 */
/* The master: holds sockets, keys and children; does no work of its own, so that it never waits. */
#ifndef DAEMON_MASTER_H
#define DAEMON_MASTER_H

#include "daemon/command_line.h"

/* Runs until told to stop; argv: for an upgrade. The exit status. */
int master_run(const struct command_line *line, char **argv);

#endif
