/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/watch_try.h"

#include <stdlib.h>
#include <string.h>

static void try_free(struct watch_try *t)
{
    free(t->unit);
    free(t->request);
    free(t->json);
    free(t);
}

void watch_tries_free(struct watch_tries *all)
{
    for (struct watch_try *t = all->first, *next; t != NULL; t = next) {
        next = t->next;
        try_free(t);
    }
    *all = (struct watch_tries){0};
}

/* Takes the one at a link out. */
static void drop(struct watch_try **at)
{
    struct watch_try *t = *at;
    *at = t->next;
    try_free(t);
}

int watch_tries_add(struct watch_tries *all, const struct entry *unit, const struct entry *request,
                    int places, struct buf *json)
{
    struct watch_try *t = calloc(1, sizeof *t);
    if (t == NULL)
        return -ENOMEM;
    t->unit = strdup(unit->id);
    t->request = strdup(request->id);
    if (t->unit == NULL || t->request == NULL) {
        try_free(t);
        return -ENOMEM;
    }
    t->ticket = WATCH_TICKET | ++all->last_ticket;
    t->unit_revision = unit->revision;
    t->request_revision = request->revision;
    t->places = places;
    t->emergency = request->version.request->emergency;
    t->json = json->p;
    t->n = json->n;
    *json = (struct buf){0};
    struct watch_try **last = &all->first;
    while (*last != NULL)
        last = &(*last)->next;
    *last = t;
    return 0;
}

struct watch_try *watch_tries_take(struct watch_tries *all)
{
    struct watch_try *t = all->first;
    while (t != NULL && t->state != TRY_TO_SEND)
        t = t->next;
    if (t != NULL)
        t->state = TRY_SENT;
    return t;
}

struct watch_try *watch_tries_find(struct watch_tries *all, uint64_t ticket)
{
    struct watch_try *t = all->first;
    while (t != NULL && t->ticket != ticket)
        t = t->next;
    return t;
}

void watch_tries_end(struct watch_tries *all, struct watch_try *t, enum watch_end end,
                     int64_t revision)
{
    struct watch_try **at = &all->first;
    while (*at != t)
        at = &(*at)->next;
    t->state = end == WATCH_OFFERED ? TRY_DONE : TRY_REFUSED;
    t->revision = revision;
    if (end == WATCH_FAILED)
        drop(at);
}

void watch_tries_seen(struct watch_tries *all, const struct replica *r)
{
    for (struct watch_try **at = &all->first; *at != NULL;) {
        if ((*at)->state == TRY_DONE && r->live->revision >= (*at)->revision)
            drop(at);
        else
            at = &(*at)->next;
    }
}

void watch_tries_forget(struct watch_tries *all, const char *unit, const char *request)
{
    for (struct watch_try **at = &all->first; *at != NULL;) {
        bool theirs = strcmp((*at)->unit, unit) == 0 || strcmp((*at)->request, request) == 0;
        if ((*at)->state == TRY_REFUSED && theirs)
            drop(at);
        else
            at = &(*at)->next;
    }
}

static bool changed_since(const struct replica *r, const struct watch_try *t)
{
    const struct entry *u = replica_find(r, RECORD_UNIT, span_of(t->unit));
    const struct entry *q = replica_find(r, RECORD_REQUEST, span_of(t->request));
    return u == NULL || q == NULL || u->revision != t->unit_revision ||
           q->revision != t->request_revision;
}

void watch_tries_forget_changed(struct watch_tries *all, const struct replica *r)
{
    for (struct watch_try **at = &all->first; *at != NULL;) {
        if ((*at)->state == TRY_REFUSED && changed_since(r, *at))
            drop(at);
        else
            at = &(*at)->next;
    }
}

bool watch_tries_has(const struct watch_tries *all, const char *request)
{
    for (const struct watch_try *t = all->first; t != NULL; t = t->next)
        if (t->state != TRY_REFUSED && strcmp(t->request, request) == 0)
            return true;
    return false;
}

bool watch_tries_refused(const struct watch_tries *all, const char *unit, const char *request)
{
    for (const struct watch_try *t = all->first; t != NULL; t = t->next)
        if (t->state == TRY_REFUSED && strcmp(t->unit, unit) == 0 &&
            strcmp(t->request, request) == 0)
            return true;
    return false;
}

void watch_tries_places(const struct watch_tries *all, const char *unit, int *places, int *urgent)
{
    for (const struct watch_try *t = all->first; t != NULL; t = t->next)
        if (t->state != TRY_REFUSED && strcmp(t->unit, unit) == 0) {
            *places += t->places;
            *urgent += t->emergency ? t->places : 0;
        }
}
