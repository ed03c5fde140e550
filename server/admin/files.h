/* SPDX-License-Identifier: EUPL-1.2 */
/* Files that ugoctl reads and writes. */
#ifndef ADMIN_FILES_H
#define ADMIN_FILES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/result.h"

#define FILES_SECRET 0600 /* keys, tokens */
#define FILES_PUBLIC 0644

/* Appends a whole file. 0 or -errno; -EFBIG when it has more than most bytes. */
int files_read(const char *path, size_t most, struct buf *out) MUST_USE;

/* Writes a file under another name, flushes it and renames it into place, so that a reader sees the
 * old one or the new one. 0 or -errno. */
int files_write(const char *path, span bytes, mode_t mode) MUST_USE;

/* Makes a folder and those above it (0755; the last one with mode). There already: 0. Or -errno. */
int files_make_folder(const char *path, mode_t mode) MUST_USE;

bool files_exist(const char *path);

/* folder/name into ret. 0 or -ENAMETOOLONG. */
int files_join(const char *folder, const char *name, char *ret, size_t size) MUST_USE;

/* The folder of a path, absolute when the current folder is known. */
void files_folder(const char *path, char *ret, size_t size);

#endif
