/* SPDX-License-Identifier: EUPL-1.2 */
#include "bench/crowd.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/kit.h"

#define BARE_PORT 27944
#define CHANGE "\"method\":\"delta\""
#define AWAIT_MS 10000
#define EVENTS 256

static void subscribe(struct link *l, const char *token)
{
    link_greet(l, token);
    link_send(l, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"subscribe\",\"params\":{\"sub\":\"a\","
                 "\"filter\":{\"units\":[\"" SERVER_DECLARED_UNIT "\"]}}}\n");
    link_await(l, "\"method\":\"mark\"");
}

static void stream(struct link *l, const char *token)
{
    char request[400];
    snprintf(request, sizeof request,
             "GET /v1/events?filter=%%7B%%22units%%22:%%5B%%22" SERVER_DECLARED_UNIT
             "%%22%%5D%%7D HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
             token);
    link_send(l, request);
    link_await(l, "HTTP/1.1 200 ");
    link_await(l, "event: mark");
}

static const struct {
    int port;
    void (*join)(struct link *, const char *token);
    const char *change; /* in a line that tells of one */
} ways[] = {
    [CROWD_BARE] = {BARE_PORT, NULL, CHANGE},
    [CROWD_LINE] = {SERVER_PORT, subscribe, CHANGE},
    [CROWD_EVENTS] = {SERVER_PORT_HTTPS, stream, "event: delta"},
};

void crowd_join(struct link *l, SSL_CTX *ctx, enum crowd_way way, const char *token)
{
    link_open(l, ctx, ways[way].port);
    if (ways[way].join != NULL)
        ways[way].join(l, token);
}

/* Lets them hear what there is: probes of the server want an answer in time. */
static int hear(struct crowd *c, int wait_ms)
{
    struct epoll_event events[EVENTS];
    int fresh = 0;
    int n = epoll_wait(c->poll, events, EVENTS, wait_ms);
    for (int i = 0; i < n; i++) {
        uint32_t who = events[i].data.u32;
        if (link_heard(&c->links[who], ways[c->way].change) && !c->has[who]) {
            c->has[who] = true;
            if (c->first == 0)
                c->first = kit_seconds();
            fresh++;
        }
    }
    return n <= 0 ? -1 : fresh;
}

void crowd_open(struct crowd *c, int n, SSL_CTX *ctx, enum crowd_way way, const char *token)
{
    c->way = way;
    c->n = n;
    c->links = kit_alloc((size_t)n, sizeof *c->links);
    c->has = kit_alloc((size_t)n, sizeof *c->has);
    c->poll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < n; i++) {
        struct link *l = &c->links[i];
        crowd_join(l, ctx, way, token);
        fcntl(l->fd, F_SETFL, O_NONBLOCK);
        struct epoll_event e = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        if (epoll_ctl(c->poll, EPOLL_CTL_ADD, l->fd, &e) != 0)
            kit_die("epoll");
        hear(c, 0);
    }
}

void crowd_close(struct crowd *c)
{
    for (int i = 0; i < c->n; i++)
        link_close(&c->links[i]);
    close(c->poll);
    free(c->links);
    free(c->has);
}

void crowd_await(struct crowd *c, double *ret_first, double *ret_last)
{
    memset(c->has, 0, (size_t)c->n * sizeof *c->has);
    c->first = 0;
    for (int missing = c->n; missing > 0;) {
        int fresh = hear(c, AWAIT_MS);
        if (fresh < 0)
            kit_die("a change did not reach everybody: %d of %d wait for it", missing, c->n);
        missing -= fresh;
    }
    *ret_first = c->first;
    *ret_last = kit_seconds();
}

/* The peer */

static int bare_listener(void)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(BARE_PORT), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 1024) != 0)
        kit_die("port %d is taken", BARE_PORT);
    return fd;
}

static SSL_CTX *bare_context(void)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    char *cert = kit_path("server.pem");
    char *key = kit_path("server.key");
    if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 ||
        SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
        kit_die("the bare server has no certificate");
    SSL_CTX_set_num_tickets(ctx, 0);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    free(cert);
    free(key);
    return ctx;
}

static _Noreturn void bare_run(int listener, int poked, int n, size_t bytes)
{
    SSL_CTX *ctx = bare_context();
    SSL **peers = kit_alloc((size_t)n, sizeof(SSL *));
    char *line = kit_alloc(bytes, 1);
    int one = 1;
    char c;
    memset(line, ' ', bytes);
    memcpy(line, "{" CHANGE, sizeof CHANGE);
    line[bytes - 1] = '\n';
    for (int i = 0; i < n; i++) {
        int fd = accept(listener, NULL, NULL);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        peers[i] = SSL_new(ctx);
        if (SSL_set_fd(peers[i], fd) != 1 || SSL_accept(peers[i]) != 1)
            kit_die("the bare server's handshake failed");
    }
    while (read(poked, &c, 1) == 1)
        for (int i = 0; i < n; i++)
            if (SSL_write(peers[i], line, (int)bytes) <= 0)
                kit_die("the bare server cannot write");
    _exit(0);
}

void bare_start(struct bare *b, int n, size_t bytes)
{
    int ends[2];
    int listener = bare_listener();
    if (pipe(ends) != 0)
        kit_die("no pipe");
    b->pid = kit_fork(SIGKILL);
    if (b->pid == 0) {
        close(ends[1]); /* or it would wait for itself */
        bare_run(listener, ends[0], n, bytes);
    }
    close(listener);
    close(ends[0]);
    b->poke = ends[1];
}

void bare_poke(struct bare *b)
{
    if (write(b->poke, "x", 1) != 1)
        kit_die("the bare server is gone");
}

void bare_stop(struct bare *b)
{
    close(b->poke);
    waitpid(b->pid, NULL, 0);
}
