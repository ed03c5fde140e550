/* SPDX-License-Identifier: EUPL-1.2 */
/* The list is a sorted array with holes: moving an entry leaves a hole and appends. Holes are
 * squeezed out when they outnumber the entries, so an append costs O(1) amortised and a look-up
 * O(log n); seqs survive the squeeze, so cursors stay valid. */
#include "core/timeline.h"

#include <stdlib.h>

void entry_destroy(struct entry *e)
{
    if (e == NULL)
        return;
    version_clear(&e->version);
    version_clear(&e->before);
    for (int view = 0; view < VIEW_COUNT; view++)
        buf_free(&e->json[view]);
    free((char *)(uintptr_t)e->left.scope.establishment);
    free((char *)(uintptr_t)e->left.scope.created_by);
    free((char *)(uintptr_t)e->left.scope.team);
    free(e->id);
    free(e);
}

void timeline_free(struct timeline *t)
{
    for (size_t i = 0; i < t->n; i++)
        entry_destroy(t->places[i].entry);
    free(t->places);
    *t = (struct timeline){0};
}

/* Index of the first place with seq > after. */
static size_t find(const struct timeline *t, uint64_t after)
{
    size_t low = 0;
    size_t high = t->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->places[middle].seq > after)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void squeeze(struct timeline *t)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->n; i++)
        if (t->places[i].entry != NULL)
            t->places[kept++] = t->places[i];
    t->n = kept;
    t->holes = 0;
}

static int make_room(struct timeline *t)
{
    if (t->n < t->room)
        return 0;
    if (t->holes > t->n / 2) {
        squeeze(t);
        return 0;
    }
    size_t room = t->room ? t->room * 2 : 256;
    struct timeline_place *places = realloc(t->places, room * sizeof *places);
    if (places == NULL)
        return -ENOMEM;
    t->places = places;
    t->room = room;
    return 0;
}

int timeline_append(struct timeline *t, struct entry *e, int64_t revision)
{
    int r = make_room(t);
    if (r < 0)
        return r;
    timeline_remove(t, e);
    e->seq = ++t->last_seq;
    e->revision = revision;
    t->places[t->n++] = (struct timeline_place){e->seq, revision, e};
    return 0;
}

void timeline_remove(struct timeline *t, struct entry *e)
{
    if (e->seq == 0)
        return;
    size_t i = find(t, e->seq - 1);
    if (i < t->n && t->places[i].entry == e) {
        t->places[i].entry = NULL;
        t->holes++;
    }
    e->seq = 0;
}

struct entry *timeline_after(const struct timeline *t, uint64_t seq)
{
    for (size_t i = find(t, seq); i < t->n; i++)
        if (t->places[i].entry != NULL)
            return t->places[i].entry;
    return NULL;
}

uint64_t timeline_seek(const struct timeline *t, int64_t revision)
{
    size_t low = 0;
    size_t high = t->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->places[middle].revision > revision)
            high = middle;
        else
            low = middle + 1;
    }
    return low == 0 ? 0 : t->places[low - 1].seq;
}
