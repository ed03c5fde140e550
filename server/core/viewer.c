/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of domain.md, one row a role: which records of each kind, and whether homes are shown
 * by their true point or by the commune's. A role without a row sees nothing. */
#include "core/viewer.h"

#include <stdlib.h>

enum reach {
    REACH_NONE,
    REACH_OWN,           /* its own establishments */
    REACH_DEPARTMENTS,   /* everything under the roots of its territories */
    REACH_HOSTED,        /* of the départements that its establishments are in */
    REACH_ALL_WHEN_BARE, /* the same; everything when the account names no territory */
    REACH_ASKED,         /* asked from its own territories, or by itself */
    REACH_CONCERNED,     /* asked from its départements, or asked of them */
    REACH_SENT,          /* given to it, or to no team yet in its départements */
};

#define REGISTER(reach)                                                                            \
    [RECORD_UNIT] = (reach), [RECORD_ESTABLISHMENT] = (reach), [RECORD_MOVEMENT] = (reach)
#define HOLDS(reach) [RECORD_HOLD] = (reach)
/* A request and what is offered to it. */
#define REQUESTS(reach) [RECORD_REQUEST] = (reach), [RECORD_OFFER] = (reach)

#define MISSIONS(reach) [RECORD_MISSION] = (reach)
/* When offices are open; who is on call. */
#define CALENDARS(reach) [RECORD_CALENDAR] = (reach)
#define ROTAS(reach) [RECORD_ROTA] = (reach)

static const struct {
    enum reach reach[RECORD_KIND_COUNT];
    enum view view;
    bool declares; /* own establishments or own territories, as far as it reaches */
    bool visits;   /* may read the units that its missions lead to, which it does not see else */
} rules[ROLE_COUNT] = {
    [ROLE_ESTABLISHMENT] = {{REGISTER(REACH_OWN), HOLDS(REACH_OWN), REQUESTS(REACH_NONE),
                             MISSIONS(REACH_OWN), CALENDARS(REACH_HOSTED), ROTAS(REACH_NONE)},
                            VIEW_PRECISE,
                            true},
    [ROLE_TERRITORY] = {{REGISTER(REACH_DEPARTMENTS), HOLDS(REACH_ASKED), REQUESTS(REACH_ASKED),
                         MISSIONS(REACH_ASKED), CALENDARS(REACH_DEPARTMENTS),
                         ROTAS(REACH_DEPARTMENTS)},
                        VIEW_PUBLIC,
                        false},
    [ROLE_MOBILE] = {{REGISTER(REACH_NONE), HOLDS(REACH_NONE), REQUESTS(REACH_NONE),
                      MISSIONS(REACH_SENT), CALENDARS(REACH_DEPARTMENTS), ROTAS(REACH_DEPARTMENTS)},
                     VIEW_PUBLIC,
                     false,
                     true},
    [ROLE_ASTREINTE] = {{REGISTER(REACH_DEPARTMENTS), HOLDS(REACH_CONCERNED),
                         REQUESTS(REACH_CONCERNED), MISSIONS(REACH_CONCERNED),
                         CALENDARS(REACH_DEPARTMENTS), ROTAS(REACH_DEPARTMENTS)},
                        VIEW_PRECISE,
                        true},
    [ROLE_DEF] = {{REGISTER(REACH_DEPARTMENTS), HOLDS(REACH_CONCERNED), REQUESTS(REACH_CONCERNED),
                   MISSIONS(REACH_CONCERNED), CALENDARS(REACH_DEPARTMENTS),
                   ROTAS(REACH_DEPARTMENTS)},
                  VIEW_PRECISE,
                  true},
    [ROLE_ADMIN] = {{REGISTER(REACH_ALL_WHEN_BARE), HOLDS(REACH_NONE), REQUESTS(REACH_NONE),
                     MISSIONS(REACH_NONE), CALENDARS(REACH_ALL_WHEN_BARE),
                     ROTAS(REACH_ALL_WHEN_BARE)},
                    VIEW_PRECISE,
                    true},
};

static void scope_write(const struct account *a, struct buf *out)
{
    buf_text(out, "{\"territories\":[");
    for (size_t i = 0; i < a->n_territories; i++) {
        buf_text(out, i ? "," : "");
        buf_json_text(out, a->territories[i]);
    }
    buf_text(out, "],\"establishments\":[");
    for (size_t i = 0; i < a->n_establishments; i++) {
        buf_text(out, i ? "," : "");
        buf_json_text(out, a->establishments[i]);
    }
    buf_text(out, "]}");
}

/* The département of an establishment; NULL: not known yet. */
static const struct territory *host_root(const struct replica *r, const char *establishment)
{
    const struct entry *e =
        map_get(&r->live->records[RECORD_ESTABLISHMENT], span_of(establishment));
    return e != NULL && e->version.territory != NULL ? e->version.territory->root : NULL;
}

static int scope_read(const struct replica *r, const struct account *a, struct viewer *v)
{
    v->roots = calloc(a->n_territories + 1, sizeof(struct territory *));
    v->own = calloc(a->n_territories + 1, sizeof(struct territory *));
    v->establishments = calloc(a->n_establishments + 1, sizeof(char *));
    v->hosts = calloc(a->n_establishments + 1, sizeof(struct territory *));
    if (v->roots == NULL || v->own == NULL || v->establishments == NULL || v->hosts == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < a->n_territories; i++) {
        const struct territory *t = replica_territory(r, span_of(a->territories[i]));
        if (t == NULL)
            continue; /* not a reason to see more, nor to lose the rest */
        v->roots[v->n_territories] = t->root;
        v->own[v->n_territories++] = t;
    }
    for (size_t i = 0; i < a->n_establishments; i++) {
        v->establishments[i] = strdup(a->establishments[i]);
        if (v->establishments[i] == NULL)
            return -ENOMEM;
        v->n_establishments = i + 1;
        v->hosts[i] = host_root(r, a->establishments[i]);
        buf_printf(&v->host_codes, "%s,", v->hosts[i] ? v->hosts[i]->code : "");
    }
    scope_write(a, &v->scope);
    return buf_check(&v->scope) < 0 ? -ENOMEM : buf_check(&v->host_codes);
}

int viewer_resolve(const struct replica *r, const char *account, struct viewer *ret)
{
    const struct account *a = replica_account(r, span_of(account));
    if (a == NULL)
        return VIEWER_UNKNOWN;
    if (a->disabled)
        return VIEWER_DISABLED;
    const struct account *rights = a;
    if (a->role == ROLE_SERVICE) {
        rights = a->acts_for ? replica_account(r, span_of(a->acts_for)) : NULL;
        if (rights == NULL || rights->role == ROLE_SERVICE)
            return VIEWER_UNKNOWN;
        if (rights->disabled)
            return VIEWER_DISABLED;
    }
    struct viewer v = {.role = rights->role,
                       .service = a->role == ROLE_SERVICE,
                       .tree = r->live->territories.shape,
                       .generation = r->generation,
                       .rights = r->rights};
    v.account = strdup(account);
    v.acts_for = strdup(rights->id);
    int result = v.account == NULL || v.acts_for == NULL ? -ENOMEM : scope_read(r, rights, &v);
    if (result < 0) {
        viewer_clear(&v);
        return result;
    }
    *ret = v;
    return 0;
}

bool viewer_is_current(const struct viewer *v, const struct replica *r)
{
    return v->account != NULL && v->generation == r->generation && v->rights == r->rights;
}

void viewer_clear(struct viewer *v)
{
    for (size_t i = 0; i < v->n_establishments; i++)
        free(v->establishments[i]);
    free(v->establishments);
    free((void *)v->roots);
    free((void *)v->own);
    free((void *)v->hosts);
    free(v->account);
    free(v->acts_for);
    bitmap_free(&v->slots);
    buf_free(&v->scope);
    buf_free(&v->host_codes);
    *v = (struct viewer){0};
}

static bool works_for(const struct viewer *v, const char *establishment)
{
    for (size_t i = 0; i < v->n_establishments; i++)
        if (strcmp(v->establishments[i], establishment) == 0)
            return true;
    return false;
}

static bool under_roots(const struct viewer *v, const struct territory *t)
{
    for (size_t i = 0; i < v->n_territories; i++)
        if (t != NULL && v->roots[i] == t->root)
            return true;
    return false;
}

static bool under_hosts(const struct viewer *v, const struct territory *t)
{
    for (size_t i = 0; i < v->n_establishments; i++)
        if (t != NULL && v->hosts[i] == t->root)
            return true;
    return false;
}

/* In one of the subtrees it works for, not only in their départements. */
static bool within_own(const struct viewer *v, const struct territory *t)
{
    for (size_t i = 0; i < v->n_territories; i++)
        if (territory_within(t, v->own[i]))
            return true;
    return false;
}

static bool is_self(const struct viewer *v, const char *account)
{
    return strcmp(account, v->account) == 0 || strcmp(account, v->acts_for) == 0;
}

bool viewer_same_rights(const struct viewer *a, const struct viewer *b)
{
    return a->role == b->role && strcmp(a->account, b->account) == 0 &&
           strcmp(a->acts_for, b->acts_for) == 0 &&
           span_equals(buf_span(&a->scope), buf_span(&b->scope)) &&
           span_equals(buf_span(&a->host_codes), buf_span(&b->host_codes));
}

bool viewer_sees(const struct viewer *v, struct scope_members scope)
{
    switch (rules[v->role].reach[scope.kind]) {
    case REACH_NONE:
        return false;
    case REACH_OWN:
        return works_for(v, scope.establishment);
    case REACH_DEPARTMENTS:
        return under_roots(v, scope.territory);
    case REACH_HOSTED:
        return under_hosts(v, scope.territory);
    case REACH_ALL_WHEN_BARE:
        return v->n_territories == 0 || under_roots(v, scope.territory);
    case REACH_ASKED:
        return within_own(v, scope.origin) || is_self(v, scope.created_by);
    case REACH_CONCERNED:
        return under_roots(v, scope.territory) || under_roots(v, scope.origin);
    case REACH_SENT:
        return scope.team ? is_self(v, scope.team) : under_roots(v, scope.territory);
    }
    return false;
}

bool viewer_visits(const struct viewer *v, const struct replica *r, const char *unit)
{
    size_t cursor = 0;
    if (!rules[v->role].visits)
        return false;
    for (struct map_slot *at;
         (at = map_next(&r->live->records[RECORD_MISSION], &cursor)) != NULL;) {
        const struct version *version = &((const struct entry *)at->value)->version;
        const struct mission *m = version->mission;
        if (m->ended_at == 0 && strcmp(m->unit, unit) == 0 &&
            viewer_sees(v, version_scope(version)))
            return true;
    }
    return false;
}

bool viewer_is_personal(const struct viewer *v)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (rules[v->role].reach[kind] == REACH_ASKED || rules[v->role].reach[kind] == REACH_SENT)
            return true;
    return false;
}

enum view viewer_view(const struct viewer *v, struct scope_members scope)
{
    bool of_the_register = scope.kind == RECORD_UNIT || scope.kind == RECORD_ESTABLISHMENT;
    /* Whoever sees a hold or a request at all sees the whole of it. */
    return !of_the_register || works_for(v, scope.establishment) ? VIEW_PRECISE
                                                                 : rules[v->role].view;
}

int viewer_slots(struct viewer *v, const struct replica *r, const struct bitmap **ret)
{
    if (v->slots_at != r->scopes) {
        const struct holdings *h = r->live;
        v->slots_all = true;
        v->slots_at = 0;
        bitmap_clear(&v->slots);
        for (unsigned slot = 0; slot < h->n_slots; slot++) {
            const struct entry *e = h->slots[slot];
            if (e == NULL)
                continue;
            if (!viewer_sees(v, version_scope(&e->version)))
                v->slots_all = false;
            else if (bitmap_add(&v->slots, slot) < 0)
                return -ENOMEM;
        }
        v->slots_at = r->scopes;
        if (v->slots_all)
            bitmap_free(&v->slots);
    }
    *ret = v->slots_all ? NULL : &v->slots;
    return 0;
}

bool viewer_is_precise(const struct viewer *v)
{
    return rules[v->role].view == VIEW_PRECISE;
}

bool viewer_covers(const struct viewer *v, struct scope_members scope)
{
    enum reach reach = rules[v->role].reach[scope.kind];
    if (!viewer_sees(v, scope))
        return false;
    return reach == REACH_OWN || within_own(v, scope.territory) ||
           (reach == REACH_ALL_WHEN_BARE && v->n_territories == 0);
}

bool viewer_may_declare(const struct viewer *v, struct scope_members scope)
{
    return rules[v->role].declares && viewer_covers(v, scope);
}
