/* SPDX-License-Identifier: EUPL-1.2 */
/* The descriptor of an attempt may change, or change and keep its number, with each PQconnectPoll:
 * its event is removed before and made anew after. */
#include "db/attempts.h"

#include <event2/event.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/trouble.h"

struct attempt {
    struct attempts *round;
    PGconn *conn;        /* NULL: failed */
    struct event *ready; /* NULL: not watched */
};

struct attempts {
    struct attempts_settings settings;
    struct event *failed; /* tells later that nothing could be started */
    char trouble[ATTEMPTS_TROUBLE];
    size_t n, live;
    struct attempt attempt[]; /* n */
};

static void unwatch(struct attempt *t)
{
    if (t->ready != NULL)
        event_free(t->ready);
    t->ready = NULL;
}

static void drop(struct attempt *t)
{
    unwatch(t);
    PQfinish(t->conn);
    t->conn = NULL;
    t->round->live--;
}

static void give_up(struct attempt *t)
{
    trouble_copy(t->round->trouble, sizeof t->round->trouble, PQerrorMessage(t->conn));
    drop(t);
}

static void on_ready(evutil_socket_t fd, short what, void *arg);

static void watch(struct attempt *t, short what)
{
    t->ready = event_new(t->round->settings.base, PQsocket(t->conn), what, on_ready, t);
    if (t->ready == NULL || event_priority_set(t->ready, 0) < 0 || event_add(t->ready, NULL) < 0)
        give_up(t);
}

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct attempt *t = arg;
    struct attempts *a = t->round;
    unwatch(t);
    switch (PQconnectPoll(t->conn)) {
    case PGRES_POLLING_OK: {
        PGconn *winner = t->conn;
        t->conn = NULL;
        a->live--;
        a->settings.over(a->settings.ctx, winner, "");
        return;
    }
    case PGRES_POLLING_READING:
        watch(t, EV_READ);
        break;
    case PGRES_POLLING_WRITING:
        watch(t, EV_WRITE);
        break;
    default:
        give_up(t);
    }
    if (a->live == 0)
        a->settings.over(a->settings.ctx, NULL, a->trouble);
}

static void on_failed(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct attempts *a = arg;
    a->settings.over(a->settings.ctx, NULL, a->trouble);
}

int attempts_start(const struct attempts_settings *settings, struct attempts **ret)
{
    size_t n = hosts_count(settings->hosts);
    struct attempts *a = calloc(1, sizeof *a + n * sizeof a->attempt[0]);
    if (a == NULL)
        return -ENOMEM;
    a->settings = *settings;
    a->n = a->live = n;
    a->failed = event_new(settings->base, -1, 0, on_failed, a);
    if (a->failed == NULL || event_priority_set(a->failed, 0) < 0) {
        attempts_free(a);
        return -ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        struct attempt *t = &a->attempt[i];
        const char *const *keywords, *const *values;
        hosts_params(settings->hosts, i, &keywords, &values);
        t->round = a;
        t->conn = PQconnectStartParams(keywords, values, 0);
        if (t->conn == NULL || PQstatus(t->conn) == CONNECTION_BAD)
            give_up(t);
        else
            watch(t, EV_WRITE); /* libpq: as if the last poll had asked to write */
    }
    if (a->live == 0)
        event_active(a->failed, 0, 0);
    *ret = a;
    return 0;
}

void attempts_free(struct attempts *a)
{
    if (a == NULL)
        return;
    for (size_t i = 0; i < a->n; i++)
        if (a->attempt[i].conn != NULL)
            drop(&a->attempt[i]);
    if (a->failed != NULL)
        event_free(a->failed);
    free(a);
}

const char *attempts_trouble(const struct attempts *a)
{
    return a->trouble;
}
