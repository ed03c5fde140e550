/* SPDX-License-Identifier: EUPL-1.2 */
#include "io/proxy_header.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#define V1_SHORTEST 15 /* "PROXY UNKNOWN\r\n" */
#define V1_LONGEST 107
#define V2_HEAD 16

static const char v2_signature[12] = "\r\n\r\n\0\r\nQUIT\n";

static void set_v4(struct proxy_source *ret, const void *address, uint16_t port_be)
{
    struct sockaddr_in *in = (struct sockaddr_in *)&ret->from;
    *in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port_be};
    memcpy(&in->sin_addr, address, sizeof in->sin_addr);
    ret->n = sizeof *in;
}

static void set_v6(struct proxy_source *ret, const void *address, uint16_t port_be)
{
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ret->from;
    *in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = port_be};
    memcpy(&in6->sin6_addr, address, sizeof in6->sin6_addr);
    ret->n = sizeof *in6;
}

/* The next word of a line, at most room-1 bytes; words are parted by one space. */
static bool next_word(span *line, char *ret, size_t room)
{
    const char *space = memchr(line->p, ' ', line->n);
    size_t n = space != NULL ? (size_t)(space - line->p) : line->n;
    if (n == 0 || n >= room)
        return false;
    memcpy(ret, line->p, n);
    ret[n] = '\0';
    size_t taken = n + (space != NULL);
    *line = (span){line->p + taken, line->n - taken};
    return true;
}

static bool read_port(const char *text, uint16_t *ret)
{
    unsigned port = 0;
    for (const char *p = text; *p != '\0'; p++) {
        if (*p < '0' || *p > '9' || p - text > 4)
            return false;
        port = port * 10 + (unsigned)(*p - '0');
    }
    *ret = htons((uint16_t)port);
    return port <= UINT16_MAX;
}

/* line: without "PROXY " and CRLF. */
static int parse_v1_line(span line, struct proxy_source *ret)
{
    char family[8], from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN], port[8], port_to[8];
    struct in6_addr address, ignored;
    uint16_t port_be, port_to_be;
    if (!next_word(&line, family, sizeof family))
        return -EPROTO;
    if (strcmp(family, "UNKNOWN") == 0)
        return 0;
    int af = strcmp(family, "TCP4") == 0 ? AF_INET : strcmp(family, "TCP6") == 0 ? AF_INET6 : -1;
    if (af < 0 || !next_word(&line, from, sizeof from) || !next_word(&line, to, sizeof to) ||
        !next_word(&line, port, sizeof port) || !next_word(&line, port_to, sizeof port_to) ||
        line.n != 0)
        return -EPROTO;
    if (inet_pton(af, from, &address) != 1 || inet_pton(af, to, &ignored) != 1 ||
        !read_port(port, &port_be) || !read_port(port_to, &port_to_be))
        return -EPROTO;
    if (af == AF_INET)
        set_v4(ret, &address, port_be);
    else
        set_v6(ret, &address, port_be);
    return 0;
}

static int parse_v1(span in, size_t *ret_wanted, struct proxy_source *ret)
{
    if (memcmp(in.p, "PROXY ", in.n < 6 ? in.n : 6) != 0)
        return -EPROTO;
    if (in.n < V1_SHORTEST) {
        *ret_wanted = V1_SHORTEST - in.n;
        return PROXY_HEADER_MORE;
    }
    if (in.p[in.n - 1] != '\n') {
        *ret_wanted = 1; /* where the line ends is not known before it does */
        return in.n < V1_LONGEST ? PROXY_HEADER_MORE : -EPROTO;
    }
    if (in.p[in.n - 2] != '\r')
        return -EPROTO;
    return parse_v1_line((span){in.p + 6, in.n - 8}, ret);
}

static uint16_t be16(const char *p)
{
    return (uint16_t)((unsigned char)p[0] << 8 | (unsigned char)p[1]);
}

static int parse_v2(span in, size_t *ret_wanted, struct proxy_source *ret)
{
    if (in.n < V2_HEAD) {
        *ret_wanted = V2_HEAD - in.n;
        return PROXY_HEADER_MORE;
    }
    unsigned version = (unsigned char)in.p[12] >> 4, command = in.p[12] & 15;
    unsigned family = (unsigned char)in.p[13];
    size_t length = be16(in.p + 14);
    if (version != 2 || command > 1 || V2_HEAD + length > PROXY_HEADER_MAX)
        return -EPROTO;
    if (in.n < V2_HEAD + length) {
        *ret_wanted = V2_HEAD + length - in.n;
        return PROXY_HEADER_MORE;
    }
    const char *block = in.p + V2_HEAD;
    uint16_t port;
    if (command == 0) /* LOCAL: a health check */
        return 0;
    if (family == 0x11 && length >= 12) {
        memcpy(&port, block + 8, 2);
        set_v4(ret, block, port);
    } else if (family == 0x21 && length >= 36) {
        memcpy(&port, block + 32, 2);
        set_v6(ret, block, port);
    } else if (family != 0) { /* UNSPEC speaks for the proxy, the rest is not TCP over IP */
        return -EPROTO;
    }
    return 0;
}

int proxy_header_parse(span in, size_t *ret_wanted, struct proxy_source *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->from.ss_family = AF_UNSPEC;
    *ret_wanted = 0;
    if (in.n == 0) {
        *ret_wanted = V1_SHORTEST;
        return PROXY_HEADER_MORE;
    }
    size_t n = in.n < sizeof v2_signature ? in.n : sizeof v2_signature;
    if (memcmp(in.p, v2_signature, n) == 0)
        return parse_v2(in, ret_wanted, ret);
    return parse_v1(in, ret_wanted, ret);
}
