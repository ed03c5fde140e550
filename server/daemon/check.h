/* SPDX-License-Identifier: EUPL-1.2 */
/* What a start and `ugod -t` check alike. */
#ifndef DAEMON_CHECK_H
#define DAEMON_CHECK_H

#include "base/buf.h"
#include "base/instant.h"
#include "daemon/child.h"
#include "daemon/command_line.h"
#include "daemon/postgres.h"

usec_t check_wall_clock(void); /* for the dates of certificates */

/* The user to run as; a server of our own needs programs and must not be root. 0, or positive with
 * one sentence in why. */
int check_user(const struct command_line *line, const struct conf *c, struct run_as *ret,
               struct buf *why) MUST_USE;
int check_postgres(const struct command_line *line, const struct conf *c, const struct run_as *as,
                   struct postgres *ret, struct buf *why) MUST_USE;

/* `ugod -t`: says what is wrong on standard error. The exit status: 0 also with warnings. */
int check_command(const struct command_line *line);

#endif
