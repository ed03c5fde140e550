/* SPDX-License-Identifier: EUPL-1.2 */
/* The turn hook is where output happens: links that something happened to first (an answer should
 * not wait behind a thousand pushes), then the others that were woken, then a few steps of
 * handshakes, which are the heaviest work and the least urgent. When time is up the rest waits for
 * the next turn, which does not wait for events. */
#include "io/tls_pump.h"

#include <openssl/ssl.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/link.h"
#include "log/log.h"

#define HANDSHAKE_TIME (2 * USEC_MS) /* per turn; at least one step is made */
#define WAITING_LOOK 64              /* parked links looked at when a handshake has ended */

/* ── accepting ── */

static void update_listeners(struct tls_pump *p)
{
    bool pause = p->counts.handshakes >= p->limits.handshakes;
    for (size_t i = 0; i < p->n_listeners; i++)
        listener_pause(p->listener[i], pause);
}

static bool from_proxy(const struct tls_pump *p, const struct sockaddr *from)
{
    struct address address;
    if (p->n_networks == 0)
        return false;
    address_of(from, &address);
    for (size_t i = 0; i < p->n_networks; i++)
        if (network_has(&p->networks[i], &address))
            return true;
    return false;
}

static void on_accepted(void *ctx, int fd, const struct sockaddr *from, socklen_t n)
{
    (void)n;
    struct tls_pump *p = ctx;
    if (p->n_links >= p->limits.connections) {
        p->counts.refused_full++;
        log_line(LOG_WARNING, "connection_refused", "door=%s reason=max_connections limit=%u",
                 p->name, p->limits.connections);
        close(fd);
        return;
    }
    link_accept(p, fd, from, from_proxy(p, from));
    update_listeners(p);
}

/* Handshakes that had to wait for their address's share. */
static void start_waiting(struct tls_pump *p)
{
    struct tls_link *l = TAILQ_FIRST(&p->queue[QUEUE_WAITING]);
    for (int looked = 0; l != NULL && looked < WAITING_LOOK; looked++) {
        struct tls_link *next = TAILQ_NEXT(l, queued);
        if (p->counts.handshakes >= p->limits.handshakes)
            return;
        if (!link_start_handshake(l)) { /* to the end: others may have a share left */
            TAILQ_REMOVE(&p->queue[QUEUE_WAITING], l, queued);
            TAILQ_INSERT_TAIL(&p->queue[QUEUE_WAITING], l, queued);
        }
        l = next;
    }
}

/* ── the turn ── */

/* Everything queued, but nothing twice: what is queued again meanwhile waits for the next turn. */
static void write_queue(struct tls_pump *p, enum link_queue queue, usec_t until)
{
    const struct tls_link *last = TAILQ_LAST(&p->queue[queue], link_list);
    struct tls_link *l;
    size_t written = 0;
    usec_t now = loop_now();
    while ((l = TAILQ_FIRST(&p->queue[queue])) != NULL) {
        bool end = l == last;
        link_enqueue(l, QUEUE_NONE);
        link_write(l, now);
        if (end || (++written % 16 == 0 && (now = loop_now()) >= until))
            return;
    }
}

static void step_handshakes(struct tls_pump *p, usec_t until)
{
    struct tls_link *l;
    do {
        l = TAILQ_FIRST(&p->queue[QUEUE_HANDSHAKE]);
        if (l == NULL)
            return;
        link_enqueue(l, QUEUE_NONE);
        link_handshake(l);
    } while (loop_now() < until);
}

static bool on_turn(void *ctx, usec_t now, usec_t until)
{
    struct tls_pump *p = ctx;
    write_queue(p, QUEUE_FIRST, now + (until - now) / 2);
    write_queue(p, QUEUE_REST, until);
    step_handshakes(p, loop_now() + HANDSHAKE_TIME);
    if (!TAILQ_EMPTY(&p->queue[QUEUE_WAITING]))
        start_waiting(p);
    update_listeners(p);
    return !TAILQ_EMPTY(&p->queue[QUEUE_FIRST]) || !TAILQ_EMPTY(&p->queue[QUEUE_REST]) ||
           !TAILQ_EMPTY(&p->queue[QUEUE_HANDSHAKE]);
}

void tls_door_wake(struct door *d)
{
    struct tls_link *l = d->keeper;
    if (l->state != LINK_OPEN)
        return;
    if (!l->blocked) {
        link_enqueue(l, QUEUE_FIRST);
        loop_again(l->pump->loop);
    }
    link_set_timer(l, loop_now());
}

void tls_pump_wake_all(struct tls_pump *p)
{
    if (p->n_links == 0)
        return;
    /* A step of the golden ratio: starts are spread evenly, and nobody is always the last. */
    size_t start = (size_t)(++p->wakes * UINT32_C(2654435769)) % p->n_links;
    for (size_t i = 0; i < p->n_links; i++) {
        struct tls_link *l = p->links[(start + i) % p->n_links];
        if (l->state == LINK_OPEN && !l->blocked && l->queue == QUEUE_NONE)
            link_enqueue(l, QUEUE_REST);
    }
    loop_again(p->loop);
}

/* ── the pump ── */

static int parse_networks(const char *const *texts, size_t n, struct network **ret)
{
    struct network *networks = calloc(n + 1, sizeof *networks);
    if (networks == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        if (network_parse(texts[i], &networks[i]) != 0) {
            free(networks);
            return -EINVAL;
        }
    *ret = networks;
    return 0;
}

int tls_pump_set_proxies(struct tls_pump *p, const char *const *proxies, size_t n)
{
    struct network *networks;
    int r = parse_networks(proxies, n, &networks);
    if (r < 0)
        return r;
    free(p->networks);
    p->networks = networks;
    p->n_networks = n;
    return 0;
}

int tls_pump_new(const struct pump_config *config, struct tls_pump **ret)
{
    struct tls_pump *p = calloc(1, sizeof *p);
    if (p == NULL)
        return -ENOMEM;
    p->loop = config->loop;
    p->tls = config->tls;
    p->limits = config->limits;
    p->name = config->name;
    p->open = config->open;
    p->ctx = config->ctx;
    for (size_t i = 0; i < QUEUES; i++)
        TAILQ_INIT(&p->queue[i]);
    int r = tls_pump_set_proxies(p, config->proxies, config->n_proxies);
    if (r == 0)
        r = loop_add_hook(p->loop, on_turn, p);
    if (r < 0) {
        tls_pump_free(p);
        return r;
    }
    *ret = p;
    return 0;
}

void tls_pump_close_all(struct tls_pump *p)
{
    while (p->n_links > 0)
        link_free(p->links[p->n_links - 1]);
}

void tls_pump_free(struct tls_pump *p)
{
    if (p == NULL)
        return;
    loop_drop_hook(p->loop, on_turn, p);
    for (size_t i = 0; i < p->n_listeners; i++)
        listener_free(p->listener[i]);
    tls_pump_close_all(p);
    tally_free(&p->tally);
    free(p->networks);
    free(p->links);
    free(p);
}

int tls_pump_listen(struct tls_pump *p, int fd)
{
    struct listener_config config = {
        .loop = p->loop,
        .fd = fd,
        .accepts_per_turn = p->limits.accepts_per_turn,
        .accepted = on_accepted,
        .ctx = p,
    };
    if (p->n_listeners == LISTENERS_MAX)
        return -ENOSPC;
    int r = listener_new(&config, &p->listener[p->n_listeners]);
    if (r == 0)
        p->n_listeners++;
    return r;
}

void tls_pump_unlisten(struct tls_pump *p, int fd)
{
    for (size_t i = 0; i < p->n_listeners; i++)
        if (listener_fd(p->listener[i]) == fd) {
            listener_free(p->listener[i]);
            p->listener[i] = p->listener[--p->n_listeners];
            return;
        }
}

void tls_pump_drain(struct tls_pump *p)
{
    usec_t now = loop_now();
    p->draining = true;
    while (p->n_listeners > 0)
        listener_free(p->listener[--p->n_listeners]);
    for (size_t i = 0; i < p->n_links; i++)
        link_drain(p->links[i], now);
    loop_again(p->loop);
}

void tls_pump_set_tls(struct tls_pump *p, struct tls *tls)
{
    p->tls = tls;
}

void tls_pump_set_limits(struct tls_pump *p, const struct pump_limits *limits)
{
    p->limits = *limits;
    for (size_t i = 0; i < p->n_listeners; i++)
        listener_limit(p->listener[i], limits->accepts_per_turn);
    update_listeners(p);
}

const struct pump_counts *tls_pump_count(struct tls_pump *p)
{
    return &p->counts;
}
