/* SPDX-License-Identifier: EUPL-1.2 */
/* Every record once, on one list ordered by the revision of its last change; a change moves it to
 * the end. What has changed after a position is a walk from there: snapshot, push, reconnect and
 * slow client are that one walk. A departure marks that a record left some scope (or was deleted).
 *
 * A place on the list is its `seq`, which only grows; it means nothing outside this process. */
#ifndef CORE_TIMELINE_H
#define CORE_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "core/version.h"

/* How much of an address a reader may see (domain.md, visibility). */
enum view { VIEW_PRECISE, VIEW_PUBLIC, VIEW_COUNT };

struct entry {
    enum record_kind kind;
    bool departure; /* left a scope: `left` says which, `version` is empty */
    char *id;
    int64_t revision;
    uint64_t seq;
    struct version version;
    struct version before; /* what it was when this turn of the loop began; empty: was not there */
    bool touched;          /* changed in this turn */
    unsigned slot;         /* of the search index (units) */
    struct buf json[VIEW_COUNT]; /* the encoded record, built when first sent */
    struct {
        struct scope_members scope; /* its texts are owned, all NULL in a record */
        usec_t since;               /* logical µs of the first ledger after it was learnt */
        struct entry *next;         /* the departure learnt after this one */
    } left;
};

struct timeline_place {
    uint64_t seq;
    int64_t revision;
    struct entry *entry; /* NULL: it has moved on */
};

struct timeline {
    struct timeline_place *places; /* ordered by seq, hence by revision */
    size_t n, room, holes;
    uint64_t last_seq;
    uint64_t turn_seq; /* last_seq when this turn of the loop began */
};

void entry_destroy(struct entry *e); /* NULL allowed */

/* Frees the places and every entry on them. */
void timeline_free(struct timeline *t);

/* Appends an entry, or moves it to the end when it has a place (seq not 0); revisions never go
 * back. 0 or -ENOMEM (the entry then keeps its place). */
int timeline_append(struct timeline *t, struct entry *e, int64_t revision) MUST_USE;

/* Takes an entry off the list; it is the caller's again. */
void timeline_remove(struct timeline *t, struct entry *e);

/* The first entry after seq, or NULL at the end. */
struct entry *timeline_after(const struct timeline *t, uint64_t seq);

/* The seq after which everything newer than revision lies. */
uint64_t timeline_seek(const struct timeline *t, int64_t revision);

#endif
