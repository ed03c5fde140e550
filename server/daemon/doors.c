/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/doors.h"

#include <unistd.h>

static struct door *open_line(void *ctx, const struct peer *peer, usec_t now)
{
    return line_open(&((struct doors *)ctx)->node->line, now, peer->fingerprint);
}

static struct door *open_https(void *ctx, const struct peer *peer, usec_t now)
{
    return web_open(&((struct doors *)ctx)->node->web, now, peer->address);
}

static struct door *open_management(void *ctx, const struct peer *peer, usec_t now)
{
    (void)peer;
    return management_open(((struct doors *)ctx)->management, now);
}

/* What each is. */
static const struct {
    const char *name;
    struct door *(*open)(void *ctx, const struct peer *peer, usec_t now);
    enum tls_use use;
} kinds[CONTROL_DOORS] = {
    [CONTROL_DOOR_LINE] = {"line", open_line, TLS_CERTIFICATES},
    [CONTROL_DOOR_HTTPS] = {"https", open_https, TLS_HTTPS},
    [CONTROL_DOOR_MANAGEMENT] = {"management", open_management, TLS_NONE},
};

static struct pump_limits pump_limits(const struct conf *c)
{
    return (struct pump_limits){
        .connections = (unsigned)c->max_connections,
        .connections_per_address = (unsigned)c->max_connections_per_address,
        .handshakes = (unsigned)c->handshakes_in_progress,
        .accepts_per_turn = (unsigned)c->accepts_per_turn,
        .handshake_timeout = c->handshake_timeout,
        .close_timeout = c->drain_timeout,
        .send_buffer = (int)c->send_buffer,
    };
}

static int make_tls(const struct settings *settings, struct tls *ret[static CONTROL_DOORS],
                    char why[static 256])
{
    int r = 0;
    for (size_t i = 0; i < CONTROL_DOORS && r == 0; i++)
        if (kinds[i].use != TLS_NONE)
            r = tls_new(&settings->identity, kinds[i].use, &ret[i], why);
    for (size_t i = 0; i < CONTROL_DOORS && r != 0; i++) {
        tls_free(ret[i]);
        ret[i] = NULL;
    }
    return r;
}

int doors_new(struct doors *d, struct loop *l, struct node *n, const struct management *m,
              const struct settings *settings, char ret_why[static 256])
{
    const struct conf *c = &settings->conf;
    *d = (struct doors){.node = n, .management = m};
    int r = make_tls(settings, d->tls, ret_why);
    for (size_t i = 0; i < CONTROL_DOORS && r == 0; i++) {
        struct pump_config config = {.loop = l,
                                     .tls = d->tls[i],
                                     .limits = pump_limits(c),
                                     .proxies = (const char *const *)c->proxy_protocol_from.item,
                                     .n_proxies = c->proxy_protocol_from.n,
                                     .name = kinds[i].name,
                                     .open = kinds[i].open,
                                     .ctx = d};
        r = tls_pump_new(&config, &d->pump[i]);
    }
    return r;
}

void doors_free(struct doors *d)
{
    for (size_t i = 0; i < CONTROL_DOORS; i++)
        tls_pump_free(d->pump[i]);
    for (size_t i = 0; i < CONTROL_DOORS; i++)
        tls_free(d->tls[i]);
}

int doors_listen(struct doors *d, const struct worker_socket *sockets, size_t n)
{
    int r = 0;
    for (size_t i = 0; i < n && r == 0; i++)
        r = tls_pump_listen(d->pump[sockets[i].door], sockets[i].fd);
    return r;
}

int doors_adopt(struct doors *d, enum control_door door, unsigned slot, int fd)
{
    if (door >= CONTROL_DOORS || d->n_adopted == WORKER_SOCKETS_MAX) {
        close(fd);
        return 0;
    }
    d->adopted[d->n_adopted++] = (struct adopted){fd, slot, door};
    return tls_pump_listen(d->pump[door], fd);
}

void doors_release(struct doors *d, unsigned slot)
{
    for (size_t i = 0; i < d->n_adopted; i++) {
        struct adopted *a = &d->adopted[i];
        if (a->slot != slot)
            continue;
        tls_pump_unlisten(d->pump[a->door], a->fd);
        close(a->fd);
        *a = d->adopted[--d->n_adopted];
        i--;
    }
}

int doors_reload(struct doors *d, const struct settings *fresh, char ret_why[static 256])
{
    const struct conf *c = &fresh->conf;
    struct pump_limits limits = pump_limits(c);
    struct tls *tls[CONTROL_DOORS] = {0};
    int r = make_tls(fresh, tls, ret_why);
    for (size_t i = 0; i < CONTROL_DOORS && r == 0; i++) {
        tls_pump_set_tls(d->pump[i], tls[i]);
        tls_free(d->tls[i]);
        d->tls[i] = tls[i];
        tls_pump_set_limits(d->pump[i], &limits);
        r = tls_pump_set_proxies(d->pump[i], (const char *const *)c->proxy_protocol_from.item,
                                 c->proxy_protocol_from.n);
    }
    return r;
}

void doors_wake_all(struct doors *d)
{
    for (size_t i = 0; i < CONTROL_DOORS; i++)
        tls_pump_wake_all(d->pump[i]);
}

void doors_drain(struct doors *d)
{
    for (size_t i = 0; i < CONTROL_DOORS; i++)
        tls_pump_drain(d->pump[i]);
}

void doors_close_all(struct doors *d)
{
    for (size_t i = 0; i < CONTROL_DOORS; i++)
        tls_pump_close_all(d->pump[i]);
}

unsigned doors_connections(const struct doors *d)
{
    unsigned n = 0;
    for (size_t i = 0; i < CONTROL_DOORS; i++)
        n += tls_pump_count(d->pump[i])->connections;
    return n;
}
