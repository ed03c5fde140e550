/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows in, records out. Each kind of row has its reader in one table. A unit that changed keeps
 * what it was until the turn of the loop ends, so that a subscriber can be told `gone` for exactly
 * what it had; a change of scope members leaves a departure before the record, in the same
 * revision. */
#include "core/replica.h"

#include "core/holdings.h"
#include "core/json_read.h"
#include "core/search.h"

void replica_init(struct replica *r)
{
    *r = (struct replica){0};
}

void replica_free(struct replica *r)
{
    replica_turn_end(r);
    holdings_destroy(r->live);
    holdings_destroy(r->loading);
    free(r->touched);
    *r = (struct replica){0};
}

int replica_load_begin(struct replica *r, const char *epoch, int64_t revision, int64_t floor)
{
    (void)epoch; /* the epochs follow, the last is this one */
    holdings_destroy(r->loading);
    r->loading = holdings_new();
    if (r->loading == NULL)
        return -ENOMEM;
    r->loading->loading = true;
    r->loading->revision = revision;
    r->loading->floor = floor;
    return 0;
}

int replica_load_epoch(struct replica *r, const char *epoch, int64_t fork_revision)
{
    return holdings_add_epoch(r->loading, epoch, fork_revision);
}

int replica_load_record(struct replica *r, const char *kind, const char *id, int64_t revision,
                        const char *state)
{
    int change = holdings_put(r->loading, kind, id, revision, state, NULL);
    return change < 0 ? change : 0;
}

int replica_load_departed(struct replica *r, int64_t revision, const char *kind, const char *id,
                          const char *scope)
{
    return holdings_load_departed(r->loading, revision, kind, id, scope);
}

int replica_load_end(struct replica *r)
{
    int result = holdings_complete(r->loading);
    if (result < 0)
        return result;
    replica_turn_end(r);
    if (r->live == NULL || !territory_same_shape(&r->live->territories, &r->loading->territories))
        r->shape++;
    holdings_destroy(r->live);
    r->live = r->loading;
    r->loading = NULL;
    r->live->loading = false;
    r->generation++;
    r->scopes++;
    r->rights++;
    return 0;
}

/* Remembers that the entry changed in this turn. */
static int touch(struct replica *r, struct entry *e)
{
    if (e->touched)
        return 0;
    if (r->n_touched == r->room_touched) {
        size_t room = r->room_touched ? r->room_touched * 2 : 64;
        struct entry **touched = realloc(r->touched, room * sizeof(struct entry *));
        if (touched == NULL)
            return -ENOMEM;
        r->touched = touched;
        r->room_touched = room;
    }
    r->touched[r->n_touched++] = e;
    e->touched = true;
    return 0;
}

static void forget(struct replica *r, const struct entry *e)
{
    for (size_t i = 0; i < r->n_touched; i++)
        if (r->touched[i] == e)
            r->touched[i--] = r->touched[--r->n_touched];
}

int replica_apply(struct replica *r, int64_t revision, const char *kind, const char *id,
                  const char *state)
{
    struct holdings_change change = {0};
    int result = holdings_put(r->live, kind, id, revision, state, &change);
    if (result < 0)
        return result;
    if (change.deleted != NULL) {
        forget(r, change.deleted);
        entry_destroy(change.deleted);
    }
    if ((change.entry != NULL && touch(r, change.entry) < 0) ||
        (change.departure != NULL && touch(r, change.departure) < 0))
        return -ENOMEM;
    r->rights += change.rights;
    r->shape += change.shape;
    r->scopes += change.scopes;
    return 0;
}

void replica_apply_end(struct replica *r, int64_t revision)
{
    r->live->revision = revision;
}

void replica_ledger(struct replica *r, usec_t at, usec_t received)
{
    r->ledger_at = at;
    r->ledger_received = received;
    r->ledger_reads++;
    if (r->live != NULL)
        holdings_prune(r->live, at);
}

int replica_new_epoch(struct replica *r, const char *epoch, int64_t fork_revision)
{
    if (r->live == NULL || r->live->revision > fork_revision)
        return 1;
    return holdings_add_epoch(r->live, epoch, fork_revision);
}

void replica_turn_end(struct replica *r)
{
    for (size_t i = 0; i < r->n_touched; i++) {
        version_clear(&r->touched[i]->before);
        r->touched[i]->touched = false;
    }
    r->n_touched = 0;
    if (r->live != NULL)
        r->live->timeline.turn_seq = r->live->timeline.last_seq;
}

usec_t replica_now(const struct replica *r, usec_t mono)
{
    return r->ledger_at == 0 ? 0 : r->ledger_at + (mono - r->ledger_received);
}

bool replica_is_stale(const struct replica *r, usec_t mono)
{
    return r->ledger_at == 0 || mono - r->ledger_received > REPLICA_STALE_AFTER;
}

const char *replica_epoch(const struct replica *r)
{
    const struct holdings *h = r->live;
    return h == NULL || h->n_epochs == 0 ? "" : h->epochs[h->n_epochs - 1].name;
}

const char *replica_epoch_of(const struct replica *r, int64_t revision)
{
    const struct holdings *h = r->live;
    size_t i = h == NULL ? 0 : h->n_epochs;
    /* A fork ends what came before it and begins its own above. */
    while (i > 1 && h->epochs[i - 1].fork_revision >= revision)
        i--;
    return i == 0 ? "" : h->epochs[i - 1].name;
}

struct entry *replica_find(const struct replica *r, enum record_kind kind, span id)
{
    return r->live ? map_get(&r->live->records[kind], id) : NULL;
}

struct entry *replica_unit_at(const struct replica *r, unsigned slot)
{
    return r->live && slot < r->live->n_slots ? r->live->slots[slot] : NULL;
}

int replica_version(const struct replica *r, enum record_kind kind, const char *id,
                    const char *state, struct version *ret)
{
    struct version v = {0};
    int result = version_decode(kind, id, state, &v);
    if (result < 0)
        return result;
    const char *territory = version_territory(&v);
    const char *origin = version_origin(&v);
    v.territory = territory ? replica_territory(r, span_of(territory)) : NULL;
    v.origin = origin ? replica_territory(r, span_of(origin)) : NULL;
    *ret = v;
    return 0;
}

struct account *replica_account(const struct replica *r, span id)
{
    return r->live ? map_get(&r->live->accounts, id) : NULL;
}

struct credential *replica_credential(const struct replica *r, span id)
{
    return r->live ? map_get(&r->live->credentials, id) : NULL;
}

struct commune *replica_commune(const struct replica *r, span insee)
{
    return r->live ? map_get(&r->live->communes, insee) : NULL;
}

struct territory *replica_territory(const struct replica *r, span code)
{
    return r->live ? territory_find(&r->live->territories, code) : NULL;
}

enum resume replica_resume(const struct replica *r, span epoch, int64_t revision)
{
    const struct holdings *h = r->live;
    size_t known = 0;
    while (known < h->n_epochs && !span_is(epoch, h->epochs[known].name))
        known++;
    if (known == h->n_epochs)
        return RESUME_UNKNOWN_EPOCH;
    /* Each later epoch kept this one up to its own fork only. */
    for (size_t later = known + 1; later < h->n_epochs; later++)
        if (revision > h->epochs[later].fork_revision)
            return RESUME_LOST_BRANCH;
    if (revision > h->revision)
        return RESUME_FUTURE;
    return revision < h->floor ? RESUME_COMPACTED : RESUME_OK;
}
