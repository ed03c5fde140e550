/* SPDX-License-Identifier: EUPL-1.2 */
/* Planning territories, communes and kinds. */
#include "admin/plan_records.h"

#include "admin/geo.h"
#include "admin/kinds.h"

void plan_root(struct plan *p, const char *departement, char *ret_code, size_t size)
{
    json_t *root;

    snprintf(ret_code, size, "d%s", departement);
    for (char *c = ret_code; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 32);
    if (plan_known(p, "territory", ret_code) != NULL)
        return;
    root = json_pack("{s:s, s:s}", "name", geo_departement_name(span_of(departement)), "level",
                     "departement");
    if (root == NULL)
        p->im->out_of_memory = true;
    else
        plan_put(p, "territory", "code", ret_code, root);
}

int plan_territory(struct plan *p, const json_t *command, const json_t *params)
{
    const char *code = plan_text(params, "code"), *parent = plan_text(params, "parent");
    const char *above = parent;
    json_t *merged;

    (void)command;
    if (code == NULL)
        return -ENOMEM;
    if (parent != NULL && plan_known(p, "territory", parent) == NULL)
        return import_refuse(p->im, p->line, "parent_unknown", span_of(parent));
    for (int i = 0; above != NULL && i < 1000; i++) {
        if (strcmp(above, code) == 0)
            return import_refuse(p->im, p->line, "territory_circle", span_of(code));
        above = plan_text(plan_known(p, "territory", above), "parent");
    }
    merged = plan_merge(p, "territory", code, params, "code");
    if (merged == NULL)
        return -ENOMEM;
    plan_put(p, "territory", "code", code, merged);
    return 0;
}

int plan_commune(struct plan *p, const json_t *command, const json_t *params)
{
    const char *insee = plan_text(params, "insee"), *before, *after;
    const json_t *known = plan_known(p, "commune", insee);
    json_t *merged;

    (void)command;
    if (insee == NULL)
        return -ENOMEM;
    if (known == NULL && plan_text(params, "name") == NULL) {
        plan_bad_line(p, "commune_unknown", insee);
        return 0;
    }
    merged = plan_merge(p, "commune", insee, params, "insee");
    if (merged == NULL)
        return -ENOMEM;
    before = plan_text(known, "territory");
    after = plan_text(merged, "territory");
    if (after != NULL && (before == NULL || strcmp(before, after) != 0))
        import_set(p->im, p->moved, insee, before != NULL ? json_string(before) : json_null());
    plan_put(p, "commune", "insee", insee, merged);
    return 0;
}

int plan_kind(struct plan *p, const json_t *command, const json_t *params)
{
    const char *code = plan_text(params, "code");
    json_t *merged;

    (void)command;
    if (code == NULL)
        return -ENOMEM;
    merged = plan_merge(p, "establishment_kind", code, params, "code");
    if (merged == NULL)
        return -ENOMEM;
    plan_put(p, "establishment_kind", "code", code, merged);
    return 0;
}

/* Whether this import moved the establishment's commune, and the establishment hung just where the
 * commune hung before (or under the root, for want of anything finer). */
static bool follows(const struct plan *p, const json_t *establishment)
{
    const char *insee = plan_text(establishment, "commune");
    const char *territory = plan_text(establishment, "territory");
    const json_t *before = insee != NULL ? json_object_get(p->moved, insee) : NULL;
    char departement[GEO_DEPARTEMENT];

    if (before == NULL || territory == NULL)
        return false;
    if (json_is_string(before) && strcmp(json_string_value(before), territory) == 0)
        return true;
    return geo_departement(span_of(insee), departement) == 0 && territory[0] == 'd' &&
           strcasecmp(territory + 1, departement) == 0;
}

void plan_follow_communes(struct plan *p)
{
    json_t *all, *establishment, *merged;
    const char *id;
    void *next;

    p->line = 0;
    all = json_object_get(p->known, "establishment");
    if (json_object_size(p->moved) == 0)
        return;
    json_object_foreach_safe (all, next, id, establishment) {
        const char *territory =
            plan_text(plan_known(p, "commune", plan_text(establishment, "commune")), "territory");

        if (territory == NULL || !follows(p, establishment))
            continue;
        merged = json_deep_copy(establishment);
        if (merged == NULL) {
            p->im->out_of_memory = true;
            return;
        }
        import_text(p->im, merged, "territory", span_of(territory));
        import_count(p->im, "establishments_moved", 1);
        plan_put(p, "establishment", "id", id, merged);
    }
}
