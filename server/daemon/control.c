/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/control.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

union ancillary {
    char room[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

int control_send(int fd, const struct control_message *message, int pass_fd)
{
    union ancillary ancillary = {{0}};
    struct control_message copy = *message;
    struct iovec bytes = {&copy, sizeof copy};
    struct msghdr m = {.msg_iov = &bytes, .msg_iovlen = 1};
    if (pass_fd >= 0) {
        m.msg_control = &ancillary;
        m.msg_controllen = sizeof ancillary.room;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &pass_fd, sizeof pass_fd);
    }
    for (;;) {
        if (sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
            return 0;
        if (errno == EAGAIN || errno == ENOBUFS)
            return CONTROL_NONE;
        if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN)
            return CONTROL_END;
        if (errno != EINTR)
            return -errno;
    }
}

static int passed(struct msghdr *m)
{
    int fd = -1;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
            memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

int control_receive(int fd, struct control_message *ret, int *ret_fd)
{
    union ancillary ancillary = {{0}};
    struct control_message got;
    struct iovec bytes = {&got, sizeof got};
    struct msghdr m = {.msg_iov = &bytes,
                       .msg_iovlen = 1,
                       .msg_control = &ancillary,
                       .msg_controllen = sizeof ancillary.room};
    ssize_t n;
    do
        n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN ? CONTROL_NONE : errno == ECONNRESET ? CONTROL_END : -errno;
    if (n == 0)
        return CONTROL_END;
    int with = passed(&m);
    if ((size_t)n != sizeof got) {
        if (with >= 0)
            close(with);
        return -EPROTO;
    }
    *ret = got;
    *ret_fd = with;
    return 0;
}
