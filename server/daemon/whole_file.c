/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

static int read_all(int fd, size_t most, struct buf *out)
{
    char piece[16384];
    size_t began = out->n;
    ssize_t n;
    while ((n = read(fd, piece, sizeof piece)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        buf_add(out, (span){piece, (size_t)n});
        if (out->n - began > most)
            return -EFBIG;
    }
    return buf_check(out);
}

int whole_file_read(const char *path, size_t most, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return -errno;
    int r = read_all(fd, most, out);
    close(fd);
    return r;
}
