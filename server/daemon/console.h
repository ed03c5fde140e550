/* SPDX-License-Identifier: EUPL-1.2 */
/* The console's files, read from their folder before privileges are dropped. */
#ifndef DAEMON_CONSOLE_H
#define DAEMON_CONSOLE_H

#include "http/assets.h"

/* folder: "" or one that is not there: none, which is no error. Files that cannot be served are
 * told to the log. 0 or negative (what was read so far is in *ret). */
int console_load(const char *folder, struct assets *ret) MUST_USE;

#endif
