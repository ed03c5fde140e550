/* SPDX-License-Identifier: EUPL-1.2 */
/* The life of a connection. Its timer is lazy: deadlines mostly move away (every line renews a
 * silence), so it is only set again when a deadline comes nearer, and one that fires early looks
 * and waits on. */
#include "io/link.h"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <unistd.h>

#include "log/log.h"

#define LINGER (2 * USEC_S)
#define LINGER_BYTES (256 * 1024) /* what a peer may still send meanwhile */
#define LAST_HANDSHAKE USEC_S     /* for one in progress when the pump is drained */
#define TICK_LEAST USEC_MS        /* between two ticks of a door whose deadline does not move */

static void on_readable(evutil_socket_t fd, short what, void *arg);
static void on_writable(evutil_socket_t fd, short what, void *arg);
static void on_timer(evutil_socket_t fd, short what, void *arg);

/* ── queues ── */

void link_enqueue(struct tls_link *l, enum link_queue queue)
{
    if (l->queue == queue)
        return;
    if (l->queue != QUEUE_NONE)
        TAILQ_REMOVE(&l->pump->queue[l->queue], l, queued);
    if (queue != QUEUE_NONE)
        TAILQ_INSERT_TAIL(&l->pump->queue[queue], l, queued);
    l->queue = queue;
}

/* ── timer ── */

void link_set_timer(struct tls_link *l, usec_t now)
{
    usec_t at = l->due;
    if (l->door != NULL && !l->ending) {
        usec_t door = door_deadline(l->door);
        if (door <= now)
            door = now + TICK_LEAST;
        at = door < at ? door : at;
    }
    if (at >= l->timer_at)
        return;
    usec_t wait = at > now ? at - now : 0;
    struct timeval tv = {.tv_sec = wait / USEC_S, .tv_usec = wait % USEC_S};
    if (event_add(&l->timer, &tv) == 0)
        l->timer_at = at;
}

static void tick_door(struct tls_link *l, usec_t now)
{
    if (door_tick(l->door, now) < 0) {
        log_line(LOG_WARNING, "door_failed", "door=%s peer=%s", l->pump->name, l->address.text);
        link_free(l);
        return;
    }
    link_enqueue(l, QUEUE_FIRST);
    loop_again(l->pump->loop);
    link_set_timer(l, now);
}

static void on_due(struct tls_link *l)
{
    switch (l->state) {
    case LINK_PROXY:
        l->pump->counts.proxy_failed++;
        break;
    case LINK_WAITING:
    case LINK_HANDSHAKE:
        l->pump->counts.handshake_late++;
        log_line(LOG_INFO, "handshake_late", "door=%s peer=%s", l->pump->name, l->address.text);
        break;
    case LINK_OPEN:
    case LINK_LINGER:
        break;
    }
    link_free(l);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct tls_link *l = arg;
    struct loop *loop = l->pump->loop;
    usec_t now = loop_now();
    l->timer_at = USEC_NEVER;
    if (now >= l->due)
        on_due(l);
    else if (l->door != NULL && !l->ending && now >= door_deadline(l->door))
        tick_door(l, now);
    else
        link_set_timer(l, now);
    loop_check(loop);
}

/* ── birth and death ── */

static void set_socket(struct tls_link *l)
{
    int on = 1, idle = 60;
    setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(l->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(l->fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(l->fd, SOL_SOCKET, SO_SNDBUF, &l->pump->limits.send_buffer,
               sizeof l->pump->limits.send_buffer);
}

static bool add_link(struct tls_pump *p, struct tls_link *l)
{
    if (p->n_links == p->room) {
        size_t room = p->room ? 2 * p->room : 64;
        struct tls_link **links = realloc(p->links, room * sizeof(struct tls_link *));
        if (links == NULL)
            return false;
        p->links = links;
        p->room = room;
    }
    l->index = p->n_links;
    p->links[p->n_links++] = l;
    p->counts.connections = (uint32_t)p->n_links;
    return true;
}

static void drop_link(struct tls_link *l)
{
    struct tls_pump *p = l->pump;
    struct tls_link *last = p->links[--p->n_links];
    p->links[l->index] = last;
    last->index = l->index;
    p->counts.connections = (uint32_t)p->n_links;
}

static void leave_handshake(struct tls_link *l)
{
    l->pump->counts.handshakes--;
    l->tally->handshakes--;
}

static void set_blocked(struct tls_link *l, bool blocked)
{
    if (l->blocked && !blocked)
        l->pump->counts.blocked--;
    l->blocked = blocked;
}

/* The door and TLS are given back; what is left only waits for the peer to close. */
static void strip(struct tls_link *l)
{
    if (l->state == LINK_HANDSHAKE)
        leave_handshake(l);
    if (l->state == LINK_OPEN)
        l->pump->counts.closed++;
    link_enqueue(l, QUEUE_NONE);
    set_blocked(l, false);
    door_free(l->door);
    l->door = NULL;
    ERR_clear_error();
    SSL_free(l->ssl);
    l->ssl = NULL;
    free(l->kept);
    l->kept = NULL;
    event_del(&l->read);
    event_del(&l->write);
}

void link_free(struct tls_link *l)
{
    strip(l);
    event_del(&l->timer);
    if (l->tally != NULL) {
        l->tally->connections--;
        tally_drop(&l->pump->tally, l->tally);
    }
    close(l->fd);
    drop_link(l);
    free(l);
}

/* Closing a socket with unread input resets it, and the reset may overtake our last words (bye, an
 * alert). So: half-close, then read and forget until the peer closes too. */
void link_end(struct tls_link *l)
{
    ERR_clear_error();
    if (l->ssl != NULL && l->state == LINK_OPEN && !l->blocked)
        SSL_shutdown(l->ssl);
    strip(l);
    if (shutdown(l->fd, SHUT_WR) < 0) {
        link_free(l);
        return;
    }
    usec_t now = loop_now();
    l->state = LINK_LINGER;
    l->ending = true;
    l->due = now + LINGER;
    event_assign(&l->read, loop_base(l->pump->loop), l->fd, EV_READ | EV_PERSIST, on_readable, l);
    event_priority_set(&l->read, LOOP_NORMAL);
    event_add(&l->read, NULL);
    link_set_timer(l, now);
}

static void linger(struct tls_link *l)
{
    char *sink = l->pump->buffer;
    size_t taken = 0;
    ssize_t n = 0;
    while (taken < READ_PER_TURN && (n = recv(l->fd, sink, RECORD_MAX, 0)) > 0)
        taken += (size_t)n;
    l->kept_n = (uint16_t)(l->kept_n + taken / 1024); /* kB taken in all */
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) || l->kept_n > LINGER_BYTES / 1024)
        link_free(l);
}

/* ── from accept to the door ── */

static void drain_door(struct tls_link *l, usec_t now)
{
    if (!l->ending)
        door_drain(l->door, now);
    link_enqueue(l, QUEUE_FIRST);
    link_set_timer(l, now);
}

static void open_door(struct tls_link *l)
{
    struct tls_pump *p = l->pump;
    char fingerprint[TLS_FINGERPRINT] = "";
    usec_t now = loop_now();
    if (l->ssl != NULL) {
        tls_fingerprint(l->ssl, fingerprint);
        tls_forget_handshake(l->ssl);
    }
    struct peer peer = {l->address.text, l->address.port, fingerprint};
    l->due = USEC_NEVER;
    l->state = LINK_OPEN;
    p->counts.opened++;
    l->door = p->open(p->ctx, &peer, now);
    if (l->door == NULL) {
        log_line(LOG_WARNING, "door_refused", "door=%s peer=%s", p->name, l->address.text);
        link_end(l);
        return;
    }
    l->door->keeper = l;
    log_line(LOG_DEBUG, "opened", "door=%s peer=%s port=%u certificate=%s", p->name,
             l->address.text, l->address.port, fingerprint);
    event_del(&l->read);
    event_assign(&l->read, loop_base(p->loop), l->fd, EV_READ | EV_PERSIST, on_readable, l);
    event_priority_set(&l->read, LOOP_NORMAL);
    event_add(&l->read, NULL);
    if (p->draining)
        drain_door(l, now);
    link_enqueue(l, QUEUE_FIRST); /* the server may speak first */
    loop_again(p->loop);
    link_set_timer(l, now);
    if (l->ssl != NULL && SSL_has_pending(l->ssl))
        event_active(&l->read, EV_READ, 0); /* came in the flight that ended the handshake */
}

void link_handshake(struct tls_link *l)
{
    ERR_clear_error();
    int r = SSL_accept(l->ssl);
    if (r == 1) {
        leave_handshake(l);
        open_door(l);
        return;
    }
    switch (SSL_get_error(l->ssl, r)) {
    case SSL_ERROR_WANT_READ:
        event_add(&l->read, NULL);
        return;
    case SSL_ERROR_WANT_WRITE:
        event_add(&l->write, NULL);
        return;
    default:
        l->pump->counts.handshake_failed++;
        log_line(LOG_INFO, "handshake_failed", "door=%s peer=%s reason=%s", l->pump->name,
                 l->address.text, link_ssl_reason(l));
        link_end(l); /* an alert may be on its way */
    }
}

/* One address gets at most a quarter of the handshakes, so that it cannot keep others out. */
bool link_start_handshake(struct tls_link *l)
{
    struct tls_pump *p = l->pump;
    uint32_t share = (p->limits.handshakes + 3) / 4;
    if (p->counts.handshakes >= p->limits.handshakes || l->tally->handshakes >= share)
        return false;
    l->ssl = tls_accept(p->tls, l->fd);
    if (l->ssl == NULL) {
        p->counts.exhausted++;
        link_free(l);
        return true;
    }
    l->state = LINK_HANDSHAKE;
    p->counts.handshakes++;
    l->tally->handshakes++;
    link_enqueue(l, QUEUE_NONE);
    event_add(&l->read, NULL);
    return true;
}

/* The peer's address is known. */
static void admit(struct tls_link *l)
{
    struct tls_pump *p = l->pump;
    struct tally_entry *e = tally_of(&p->tally, &l->address);
    if (e == NULL) {
        p->counts.exhausted++;
        link_free(l);
        return;
    }
    l->tally = e;
    e->connections++;
    if (e->connections > p->limits.connections_per_address) {
        p->counts.refused_address++;
        log_line(LOG_WARNING, "connection_refused",
                 "door=%s peer=%s reason=connections_per_address limit=%u", p->name,
                 l->address.text, p->limits.connections_per_address);
        link_free(l);
        return;
    }
    if (p->tls == NULL) {
        open_door(l);
        return;
    }
    l->state = LINK_WAITING;
    if (!link_start_handshake(l))
        link_enqueue(l, QUEUE_WAITING);
}

static void proxy_ended(struct tls_link *l, int error)
{
    l->pump->counts.proxy_failed++;
    log_line(LOG_WARNING, "proxy_header_refused", "door=%s peer=%s reason=%s", l->pump->name,
             l->address.text, error == 0 ? "closed" : strerrordesc_np(error));
    link_free(l);
}

/* Level-triggered reading never sees bytes it leaves: only header bytes are asked for, and they
 * are taken. */
static void read_proxy_header(struct tls_link *l)
{
    struct proxy_source source;
    size_t wanted;
    int r;
    if (l->kept == NULL && (l->kept = malloc(PROXY_HEADER_MAX)) == NULL) {
        proxy_ended(l, ENOMEM);
        return;
    }
    while ((r = proxy_header_parse((span){l->kept, l->kept_n}, &wanted, &source)) ==
           PROXY_HEADER_MORE) {
        ssize_t n = recv(l->fd, l->kept + l->kept_n, wanted, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            event_add(&l->read, NULL);
            return;
        }
        if (n <= 0) {
            proxy_ended(l, n < 0 ? errno : 0);
            return;
        }
        l->kept_n = (uint16_t)(l->kept_n + n);
    }
    if (r < 0) {
        proxy_ended(l, -r);
        return;
    }
    free(l->kept);
    l->kept = NULL;
    l->kept_n = 0;
    if (source.from.ss_family != AF_UNSPEC)
        address_of((struct sockaddr *)&source.from, &l->address);
    admit(l);
}

void link_accept(struct tls_pump *p, int fd, const struct sockaddr *from, bool proxied)
{
    struct tls_link *l = calloc(1, sizeof *l);
    if (l == NULL || !add_link(p, l)) {
        p->counts.exhausted++;
        free(l);
        close(fd);
        return;
    }
    usec_t now = loop_now();
    struct event_base *base = loop_base(p->loop);
    l->pump = p;
    l->fd = fd;
    l->due = now + p->limits.handshake_timeout;
    l->timer_at = USEC_NEVER;
    address_of(from, &l->address);
    event_assign(&l->read, base, fd, EV_READ, on_readable, l);
    event_assign(&l->write, base, fd, EV_WRITE, on_writable, l);
    event_assign(&l->timer, base, -1, 0, on_timer, l);
    event_priority_set(&l->read, LOOP_NORMAL);
    event_priority_set(&l->write, LOOP_NORMAL);
    event_priority_set(&l->timer, LOOP_NORMAL);
    set_socket(l);
    link_set_timer(l, now);
    if (proxied)
        read_proxy_header(l);
    else
        admit(l);
}

void link_drain(struct tls_link *l, usec_t now)
{
    if (l->state == LINK_OPEN) {
        drain_door(l, now);
    } else if (l->state != LINK_LINGER && l->due > now + LAST_HANDSHAKE) {
        l->due = now + LAST_HANDSHAKE; /* its door will say bye at once */
        link_set_timer(l, now);
    }
}

/* ── events ── */

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct tls_link *l = arg;
    struct loop *loop = l->pump->loop;
    switch (l->state) {
    case LINK_PROXY:
        read_proxy_header(l);
        break;
    case LINK_HANDSHAKE:
        link_enqueue(l, QUEUE_HANDSHAKE); /* heavy: done in the hook, a few per turn */
        break;
    case LINK_OPEN:
        link_read(l);
        break;
    case LINK_LINGER:
        linger(l);
        break;
    case LINK_WAITING:
        break;
    }
    loop_check(loop);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct tls_link *l = arg;
    struct loop *loop = l->pump->loop;
    if (l->state == LINK_HANDSHAKE)
        link_enqueue(l, QUEUE_HANDSHAKE);
    else if (l->state == LINK_OPEN)
        link_flush(l);
    loop_check(loop);
}
