/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/holdings.h"

#include <stdlib.h>

#include "core/json_read.h"
#include "core/search.h"

struct holdings *holdings_new(void)
{
    struct holdings *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    h->index = search_index_new();
    if (h->index == NULL) {
        free(h);
        return NULL;
    }
    return h;
}

static void values_destroy(struct map *m, void (*destroy)(void *value))
{
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(m, &cursor)) != NULL;)
        destroy(slot->value);
    map_free(m);
}

static void destroy_account(void *value)
{
    account_destroy(value);
}

static void destroy_credential(void *value)
{
    credential_destroy(value);
}

static void destroy_commune(void *value)
{
    commune_destroy(value);
}

void holdings_destroy(struct holdings *h)
{
    if (h == NULL)
        return;
    timeline_free(&h->timeline);
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        map_free(&h->records[kind]);
    values_destroy(&h->accounts, destroy_account);
    values_destroy(&h->credentials, destroy_credential);
    values_destroy(&h->communes, destroy_commune);
    territory_tree_free(&h->territories);
    search_index_free(h->index);
    for (size_t i = 0; i < h->n_epochs; i++)
        free(h->epochs[i].name);
    free(h->epochs);
    free(h->slots);
    free(h->free_slots);
    free(h);
}

int holdings_add_epoch(struct holdings *h, const char *epoch, int64_t fork_revision)
{
    struct epoch *epochs = realloc(h->epochs, (h->n_epochs + 1) * sizeof *epochs);
    if (epochs == NULL)
        return -ENOMEM;
    h->epochs = epochs;
    char *name = strdup(epoch);
    if (name == NULL)
        return -ENOMEM;
    epochs[h->n_epochs++] = (struct epoch){name, fork_revision};
    return 0;
}

/* Departures */

static void departure_enqueue(struct holdings *h, struct entry *e)
{
    if (h->departure_last != NULL)
        h->departure_last->left.next = e;
    else
        h->departure_first = e;
    h->departure_last = e;
    if (h->departure_undated == NULL)
        h->departure_undated = e;
}

/* A departure of the record `id` from a scope, at the end of the list. */
static struct entry *departure_add(struct holdings *h, struct scope_members scope, const char *id,
                                   int64_t revision)
{
    struct entry *e = calloc(1, sizeof *e);
    if (e == NULL)
        return NULL;
    e->kind = scope.kind;
    e->departure = true;
    e->left.scope = scope;
    e->left.scope.establishment = strdup(scope.establishment);
    e->left.scope.created_by = strdup(scope.created_by);
    e->left.scope.team = scope.team ? strdup(scope.team) : NULL;
    if ((e->id = strdup(id)) == NULL || e->left.scope.establishment == NULL ||
        e->left.scope.created_by == NULL || (scope.team != NULL && e->left.scope.team == NULL) ||
        timeline_append(&h->timeline, e, revision) < 0) {
        entry_destroy(e);
        return NULL;
    }
    departure_enqueue(h, e);
    return e;
}

/* *ret NULL for no code. */
static int intern(struct holdings *h, const char *code, const struct territory **ret)
{
    *ret = code == NULL ? NULL : territory_intern(&h->territories, code);
    return code != NULL && *ret == NULL ? -ENOMEM : 0;
}

int holdings_load_departed(struct holdings *h, int64_t revision, const char *kind, const char *id,
                           const char *scope)
{
    int number = code_find(record_kind_codes, RECORD_KIND_COUNT, kind);
    if (number < 0)
        return 0;
    CLEANUP(json_release) json_t *json = json_loads(scope, 0, NULL);
    const char *establishment = json_text(json, "establishment");
    const char *created_by = json_text(json, "created_by");
    struct scope_members members = {.kind = (enum record_kind)number,
                                    .establishment = establishment ? establishment : "",
                                    .created_by = created_by ? created_by : "",
                                    .team = json_text(json, "team")};
    if (intern(h, json_text(json, "territory"), &members.territory) < 0 ||
        intern(h, json_text(json, "origin"), &members.origin) < 0)
        return -ENOMEM;
    return departure_add(h, members, id, revision) ? 0 : -ENOMEM;
}

void holdings_prune(struct holdings *h, usec_t now)
{
    /* Counted from the first ledger after it was learnt: the one before may be days old. */
    for (struct entry *e = h->departure_undated; e != NULL; e = e->left.next)
        e->left.since = now;
    h->departure_undated = NULL;
    for (struct entry *e = h->departure_first; e != NULL; e = h->departure_first) {
        if (now - e->left.since <= HOLDINGS_DEPARTURE_KEPT || e->touched)
            break; /* what was learnt in this turn is still to be told */
        h->floor = e->revision;
        h->departure_first = e->left.next;
        if (h->departure_first == NULL)
            h->departure_last = NULL;
        timeline_remove(&h->timeline, e);
        entry_destroy(e);
    }
}

/* Search slots */

static int slot_take(struct holdings *h, struct entry *e)
{
    if (h->n_free_slots > 0) {
        e->slot = h->free_slots[--h->n_free_slots];
        h->slots[e->slot] = e;
        return 0;
    }
    if (h->n_slots == h->room_slots) {
        unsigned room = h->room_slots ? h->room_slots * 2 : 256;
        struct entry **slots = realloc(h->slots, room * sizeof(struct entry *));
        if (slots == NULL)
            return -ENOMEM;
        h->slots = slots;
        unsigned *free_slots = realloc(h->free_slots, room * sizeof *free_slots);
        if (free_slots == NULL)
            return -ENOMEM;
        h->free_slots = free_slots;
        h->room_slots = room;
    }
    e->slot = h->n_slots++;
    h->slots[e->slot] = e;
    return 0;
}

static void slot_give_back(struct holdings *h, const struct entry *e)
{
    search_index_clear(h->index, e->slot);
    h->slots[e->slot] = NULL;
    h->free_slots[h->n_free_slots++] = e->slot;
}

static int index_unit(struct holdings *h, const struct entry *e)
{
    const struct territory *t = e->version.territory;
    return search_index_set(h->index, e->slot, e->version.unit, t ? t->group->number : 0);
}

static int index_all(struct holdings *h)
{
    for (unsigned slot = 0; slot < h->n_slots; slot++) {
        int r = h->slots[slot] == NULL ? 0 : index_unit(h, h->slots[slot]);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Records */

static int version_read(struct holdings *h, enum record_kind kind, const char *id,
                        const char *state, struct version *ret)
{
    struct version v = {0};
    int r = version_decode(kind, id, state, &v);
    if (r < 0)
        return r;
    if (intern(h, version_territory(&v), &v.territory) < 0 ||
        intern(h, version_origin(&v), &v.origin) < 0) {
        version_clear(&v);
        return -ENOMEM;
    }
    *ret = v;
    return 0;
}

static bool same_scope(const struct version *a, const struct version *b)
{
    return scope_equals(version_scope(a), version_scope(b));
}

static struct entry *entry_new(struct holdings *h, enum record_kind kind, const char *id)
{
    struct entry *e = calloc(1, sizeof *e);
    if (e == NULL)
        return NULL;
    e->kind = kind;
    e->id = strdup(id);
    if (e->id == NULL || (kind == RECORD_UNIT && slot_take(h, e) < 0)) {
        entry_destroy(e);
        return NULL;
    }
    if (map_put(&h->records[kind], span_of(e->id), e) < 0) {
        if (kind == RECORD_UNIT)
            slot_give_back(h, e);
        entry_destroy(e);
        return NULL;
    }
    return e;
}

/* Takes back what entry_new did: nobody else knows the entry yet. */
static void entry_undo(struct holdings *h, struct entry *e)
{
    map_remove(&h->records[e->kind], span_of(e->id));
    if (e->kind == RECORD_UNIT)
        slot_give_back(h, e);
    entry_destroy(e);
}

static int record_delete(struct holdings *h, struct entry *e, int64_t revision,
                         struct holdings_change *ret)
{
    struct entry *departure = departure_add(h, version_scope(&e->version), e->id, revision);
    if (departure == NULL)
        return -ENOMEM;
    struct version *was = e->touched ? &e->before : &e->version;
    departure->before = *was;
    *was = (struct version){0};
    map_remove(&h->records[e->kind], span_of(e->id));
    if (e->kind == RECORD_UNIT)
        slot_give_back(h, e);
    timeline_remove(&h->timeline, e);
    ret->departure = departure;
    ret->deleted = e;
    ret->scopes = e->kind == RECORD_UNIT;
    ret->rights = e->kind == RECORD_ESTABLISHMENT;
    return 0;
}

static int record_put(struct holdings *h, enum record_kind kind, const char *id, int64_t revision,
                      const char *state, struct holdings_change *ret)
{
    struct entry *e = map_get(&h->records[kind], span_of(id));
    if (state == NULL)
        return e == NULL ? 0 : record_delete(h, e, revision, ret);
    struct version v;
    int r = version_read(h, kind, id, state, &v);
    if (r < 0)
        return r;
    if (e == NULL && (e = entry_new(h, kind, id)) == NULL) {
        version_clear(&v);
        return -ENOMEM;
    }
    if (!h->loading && !version_is_empty(&e->version) && !same_scope(&e->version, &v)) {
        ret->departure = departure_add(h, version_scope(&e->version), id, revision);
        if (ret->departure == NULL) {
            version_clear(&v);
            return -ENOMEM;
        }
    }
    bool placed = version_is_empty(&e->version) || ret->departure != NULL;
    ret->scopes = kind == RECORD_UNIT && placed;
    ret->rights = kind == RECORD_ESTABLISHMENT && placed; /* its people's département */
    if (e->touched || h->loading)
        version_clear(&e->version);
    else
        e->before = e->version;
    e->version = v;
    for (int view = 0; view < VIEW_COUNT; view++)
        buf_free(&e->json[view]);
    r = timeline_append(&h->timeline, e, revision);
    if (r < 0 && e->seq == 0) { /* only the list would have freed it */
        entry_undo(h, e);
        return r;
    }
    ret->entry = e;
    return r < 0 || kind != RECORD_UNIT || h->loading ? r : index_unit(h, e);
}

/* Reference data */

static int put_territory(struct holdings *h, const char *id, int64_t revision, const char *state,
                         struct holdings_change *ret)
{
    (void)revision;
    if (state == NULL)
        return 0; /* territories are not deleted: history refers to them */
    int r = territory_describe(&h->territories, id, state);
    if (r <= 0 || h->loading)
        return r < 0 ? r : 0;
    ret->rights = ret->shape = 1;
    return index_all(h);
}

/* Replaces what the map holds under the key inside the new value. */
static int replace(struct map *m, const char *id, void *value, const char *key,
                   void (*destroy)(void *value))
{
    void *old = map_get(m, span_of(id));
    if (value == NULL) {
        map_remove(m, span_of(id));
    } else {
        /* The old key dies with the old value: the slot must take the new one. */
        map_remove(m, span_of(id));
        if (map_put(m, span_of(key), value) < 0) {
            destroy(value);
            value = NULL;
        }
    }
    if (old != NULL)
        destroy(old);
    return value == NULL && key != NULL ? -ENOMEM : 0;
}

static int put_account(struct holdings *h, const char *id, int64_t revision, const char *state,
                       struct holdings_change *ret)
{
    (void)revision;
    struct account *a = NULL;
    int r = state == NULL ? 0 : account_decode(id, state, &a);
    ret->rights = 1;
    return r < 0 ? r : replace(&h->accounts, id, a, a ? a->id : NULL, destroy_account);
}

static int put_credential(struct holdings *h, const char *id, int64_t revision, const char *state,
                          struct holdings_change *ret)
{
    (void)revision;
    struct credential *c = NULL;
    int r = state == NULL ? 0 : credential_decode(id, state, &c);
    if (r == 0)
        ret->rights = credential_rights_differ(map_get(&h->credentials, span_of(id)), c);
    return r < 0 ? r : replace(&h->credentials, id, c, c ? c->id : NULL, destroy_credential);
}

static int put_commune(struct holdings *h, const char *id, int64_t revision, const char *state,
                       struct holdings_change *ret)
{
    (void)revision;
    (void)ret;
    struct commune *c = NULL;
    int r = state == NULL ? 0 : commune_decode(id, state, &c);
    return r < 0 ? r : replace(&h->communes, id, c, c ? c->insee : NULL, destroy_commune);
}

/* What is no record on the timeline. */
static const struct {
    const char *kind;
    int (*put)(struct holdings *h, const char *id, int64_t revision, const char *state,
               struct holdings_change *ret);
} readers[] = {
    {"territory", put_territory},
    {"account", put_account},
    {"credential", put_credential},
    {"commune", put_commune},
};

int holdings_put(struct holdings *h, const char *kind, const char *id, int64_t revision,
                 const char *state, struct holdings_change *ret)
{
    struct holdings_change ignored = {0};
    struct holdings_change *change = ret ? ret : &ignored;
    int record = code_find(record_kind_codes, RECORD_KIND_COUNT, kind);
    if (record >= 0)
        return record_put(h, (enum record_kind)record, id, revision, state, change);
    for (size_t i = 0; i < ARRAY_LENGTH(readers); i++)
        if (strcmp(readers[i].kind, kind) == 0)
            return readers[i].put(h, id, revision, state, change);
    return 0; /* a kind that is not held: the journal's, policies */
}

static int by_revision(const void *a, const void *b)
{
    const struct timeline_place *x = a;
    const struct timeline_place *y = b;
    if (x->revision != y->revision)
        return x->revision < y->revision ? -1 : 1;
    return (int)y->entry->departure - (int)x->entry->departure;
}

int holdings_complete(struct holdings *h)
{
    struct timeline *t = &h->timeline;
    if (t->n > 0)
        qsort(t->places, t->n, sizeof *t->places, by_revision);
    for (size_t i = 0; i < t->n; i++)
        t->places[i].seq = t->places[i].entry->seq = i + 1;
    t->last_seq = t->turn_seq = t->n;
    return index_all(h);
}
