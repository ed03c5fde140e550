/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/files.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

int files_read(const char *path, size_t most, struct buf *out)
{
    int fd CLEANUP(close_fd) = open(path, O_RDONLY | O_CLOEXEC);
    char block[65536];
    ssize_t n;

    if (fd < 0)
        return -errno;
    while ((n = read(fd, block, sizeof block)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if ((size_t)n > most - out->n)
            return -EFBIG;
        buf_add(out, (span){block, (size_t)n});
    }
    return buf_check(out);
}

static int write_all(int fd, span bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes = (span){bytes.p + n, bytes.n - (size_t)n};
    }
    return 0;
}

int files_write(const char *path, span bytes, mode_t mode)
{
    char temporary[PATH_MAX];
    int fd CLEANUP(close_fd) = -1;
    int r;

    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary)
        return -ENAMETOOLONG;
    fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    r = write_all(fd, bytes);
    if (r == 0 && (fchmod(fd, mode) != 0 || fsync(fd) != 0 || rename(temporary, path) != 0))
        r = -errno;
    if (r != 0)
        unlink(temporary);
    return r;
}

int files_make_folder(const char *path, mode_t mode)
{
    char part[PATH_MAX];
    struct stat st;
    size_t n = strlen(path);

    if (n == 0 || n >= sizeof part)
        return n == 0 ? -ENOENT : -ENAMETOOLONG;
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, i == n ? mode : 0755) != 0 && errno != EEXIST)
            return -errno;
    }
    if (stat(path, &st) != 0)
        return -errno;
    return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

bool files_exist(const char *path)
{
    return access(path, F_OK) == 0;
}

int files_join(const char *folder, const char *name, char *ret, size_t size)
{
    return snprintf(ret, size, "%s/%s", folder, name) < (int)size ? 0 : -ENAMETOOLONG;
}

void files_folder(const char *path, char *ret, size_t size)
{
    char absolute[PATH_MAX];
    const char *found = realpath(path, absolute) != NULL ? absolute : path;
    const char *slash = strrchr(found, '/');

    if (slash == NULL)
        snprintf(ret, size, ".");
    else
        snprintf(ret, size, "%.*s", (int)(slash == found ? 1 : slash - found), found);
}
