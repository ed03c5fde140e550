/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096

struct place {
    struct sockaddr_storage at;
    socklen_t n;
    bool every; /* "*": IPv6 and IPv4 on one socket */
};

static void set_place(const char *host, uint16_t port, int family, struct place *ret)
{
    *ret = (struct place){.every = strcmp(host, "*") == 0};
    if (family == AF_INET6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ret->at;
        *in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
        if (!ret->every)
            inet_pton(AF_INET6, host, &in6->sin6_addr);
        ret->n = sizeof *in6;
    } else {
        struct sockaddr_in *in = (struct sockaddr_in *)&ret->at;
        *in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
        if (!ret->every)
            inet_pton(AF_INET, host, &in->sin_addr);
        ret->n = sizeof *in;
    }
}

/* shared: with SO_REUSEPORT. The descriptor or -errno. */
static int open_one(const struct place *p, bool shared)
{
    int on = 1, v6_only = !p->every;
    int fd = socket(p->at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0) ||
        (p->at.ss_family == AF_INET6 &&
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof v6_only) < 0) ||
        bind(fd, (const struct sockaddr *)&p->at, p->n) < 0 || listen(fd, BACKLOG) < 0) {
        int r = -errno;
        close(fd);
        return r;
    }
    return fd;
}

/* Sockets that share a port share it with any process of the same user: two daemons would take each
 * other's connections without a word. So the address is first taken alone. */
static int probe(const struct place *p)
{
    int fd = open_one(p, false);
    if (fd < 0)
        return fd;
    close(fd);
    return 0;
}

static int open_address(const char *text, enum control_door door, unsigned slots,
                        struct slot_sockets *ret)
{
    char host[64];
    uint16_t port;
    struct place p;
    if (conf_address_parse(text, host, &port) != 0)
        return -EINVAL;
    bool v6 = strcmp(host, "*") == 0 || strchr(host, ':') != NULL;
    set_place(host, port, v6 ? AF_INET6 : AF_INET, &p);
    int r = probe(&p);
    if ((r == -EAFNOSUPPORT || r == -EADDRNOTAVAIL) && p.every) { /* a host without IPv6 */
        set_place(host, port, AF_INET, &p);
        r = probe(&p);
    }
    for (unsigned i = 0; i < slots && r == 0; i++) {
        int fd = ret[i].n < WORKER_SOCKETS_MAX ? open_one(&p, true) : -ENOSPC;
        if (fd < 0)
            r = fd;
        else
            ret[i].socket[ret[i].n++] = (struct worker_socket){fd, door};
    }
    return r;
}

int sockets_open(const struct conf *c, unsigned slots, struct slot_sockets *ret,
                 struct buf *ret_why)
{
    const struct {
        const struct conf_list *list;
        enum control_door door;
    } doors[] = {{&c->listen, CONTROL_DOOR_LINE},
                 {&c->listen_https, CONTROL_DOOR_HTTPS},
                 {&c->listen_management, CONTROL_DOOR_MANAGEMENT}};
    for (unsigned i = 0; i < slots; i++)
        ret[i].n = 0;
    for (size_t d = 0; d < ARRAY_LENGTH(doors); d++)
        for (size_t i = 0; i < doors[d].list->n; i++) {
            int r = open_address(doors[d].list->item[i], doors[d].door, slots, ret);
            if (r < 0) {
                buf_printf(ret_why, "%s: %s", doors[d].list->item[i], strerror(-r));
                sockets_close(ret, slots);
                return SOCKETS_REFUSED;
            }
        }
    return 0;
}

void sockets_close(struct slot_sockets *s, unsigned slots)
{
    for (unsigned i = 0; i < slots; i++)
        while (s[i].n > 0)
            close(s[i].socket[--s[i].n].fd);
}
