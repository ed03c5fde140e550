/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef DAEMON_WHOLE_FILE_H
#define DAEMON_WHOLE_FILE_H

#include "base/buf.h"
#include "base/result.h"

/* Adds all bytes of a file to out. 0 or -errno; -EFBIG: more than `most` bytes. */
int whole_file_read(const char *path, size_t most, struct buf *out) MUST_USE;

#endif
