/* SPDX-License-Identifier: EUPL-1.2 */
/* The data folder: made for the user that works in it, owned by one master at a time. */
#ifndef DAEMON_DATA_DIR_H
#define DAEMON_DATA_DIR_H

#include "base/buf.h"
#include "base/result.h"
#include "conf/conf.h"
#include "daemon/child.h"

#define DATA_DIR_REFUSED 1 /* ret_why: one sentence with what to do */

/* Whether the user can reach the folder: every folder above it that exists must be searchable. What
 * does not exist yet is made later. */
int data_dir_check(const char *path, const struct run_as *as, enum conf_language language,
                   struct buf *ret_why) MUST_USE;

/* Makes the folder (0700, owned by the user) and takes its lock, which ends with this process.
 * ret_lock: a descriptor that must stay open and is closed on exec. */
int data_dir_take(const char *path, const struct run_as *as, enum conf_language language,
                  int *ret_lock, struct buf *ret_why) MUST_USE;

#endif
