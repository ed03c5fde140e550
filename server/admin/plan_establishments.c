/* SPDX-License-Identifier: EUPL-1.2 */
/* Planning establishments and units. */
#include "admin/plan_records.h"

#include "admin/geo.h"
#include "admin/kinds.h"

/* Enters a unit among those of its establishment. */
static void index_unit(struct plan *p, const char *unit, const char *establishment)
{
    json_t *units = json_object_get(p->units_of, establishment);

    if (units == NULL) {
        import_set(p->im, p->units_of, establishment, json_object());
        units = json_object_get(p->units_of, establishment);
    }
    import_set(p->im, units, unit, json_true());
}

void plan_index(struct plan *p)
{
    const char *id;
    json_t *record;

    json_object_foreach (json_object_get(p->known, "establishment"), id, record)
        if (plan_text(record, "finess") != NULL)
            import_set(p->im, p->by_finess, plan_text(record, "finess"), json_string(id));
    json_object_foreach (json_object_get(p->known, "unit"), id, record)
        if (plan_text(record, "establishment") != NULL)
            index_unit(p, id, plan_text(record, "establishment"));
}

/* The id the register uses: an establishment may have been entered under a code of its own before
 * it was met under its FINESS number ("e-" and the number in lower case). */
static const char *register_id(const struct plan *p, const char *id, const char *finess)
{
    const char *own = finess != NULL ? plan_text(p->by_finess, finess) : NULL;

    if (own == NULL && finess == NULL && strlen(id) == 11 &&
        plan_known(p, "establishment", id) == NULL) {
        char number[10];

        for (size_t i = 0; i < sizeof number; i++)
            number[i] = (char)(id[i + 2] >= 'a' && id[i + 2] <= 'z' ? id[i + 2] - 32 : id[i + 2]);
        own = plan_text(p->by_finess, number);
    }
    return own != NULL ? own : id;
}

/* The kind a category has in this register, be it another than the built-in one. */
static void use_register_kind(struct plan *p, const json_t *command, json_t *merged)
{
    const json_t *category = json_object_get(command, "category");
    const char *code;
    json_t *kind, *item;
    size_t i;

    if (category == NULL)
        return;
    json_object_foreach (json_object_get(p->known, "establishment_kind"), code, kind)
        json_array_foreach (json_object_get(kind, "finess_categories"), i, item)
            if (json_equal(item, category)) {
                import_text(p->im, merged, "establishment_kind", span_of(code));
                return;
            }
}

/* Categories of a built-in kind that no kind of the register has taken. */
static json_t *free_categories(const struct plan *p, const char *list)
{
    json_t *categories = json_array();

    for (const char *c = list; strlen(c) >= 3; c += c[3] == ' ' ? 4 : 3) {
        json_t *code = json_stringn(c, 3), *kind, *item;
        const char *name;
        bool taken = false;
        size_t i;

        json_object_foreach (json_object_get(p->known, "establishment_kind"), name, kind)
            json_array_foreach (json_object_get(kind, "finess_categories"), i, item)
                taken |= json_equal(item, code);
        if (!taken)
            (void)json_array_append(categories, code);
        json_decref(code);
    }
    return categories;
}

/* Whether the register has the kind; a built-in one is entered. */
static bool ensure_kind(struct plan *p, const char *code)
{
    const struct kind *kind = code != NULL ? kind_find(span_of(code)) : NULL;
    json_t *entry;

    if (plan_known(p, "establishment_kind", code) != NULL)
        return true;
    if (kind == NULL)
        return false;
    entry =
        json_pack("{s:o, s:i, s:s, s:s}", "finess_categories", free_categories(p, kind->categories),
                  "ttl_s", kind->ttl_h * 3600, "modality", modality_codes[kind->modality],
                  "visibility", kind->home ? "commune" : "exact");
    if (entry == NULL)
        p->im->out_of_memory = true;
    else
        plan_put(p, "establishment_kind", "code", code, entry);
    return true;
}

/* Where the establishment hangs when the file does not say: where it hung, unless that was the root
 * for want of a mapping or its commune changed; else its commune's territory; else the root. */
static void choose_territory(struct plan *p, const json_t *known, json_t *merged,
                             const char *departement)
{
    const char *commune = plan_text(merged, "commune"), *before = plan_text(known, "commune");
    const char *present = plan_text(known, "territory");
    const char *of_commune = plan_text(plan_known(p, "commune", commune), "territory");
    char from_commune[GEO_DEPARTEMENT], root[8];
    bool moved = commune != NULL && before != NULL && strcmp(commune, before) != 0;

    if (departement == NULL && commune != NULL &&
        geo_departement(span_of(commune), from_commune) == 0)
        departement = from_commune;
    if (present != NULL && !moved) {
        bool root_now =
            departement != NULL && present[0] == 'd' && strcasecmp(present + 1, departement) == 0;

        if (!root_now || of_commune == NULL)
            return;
    }
    if (of_commune != NULL) {
        import_text(p->im, merged, "territory", span_of(of_commune));
    } else if (departement != NULL) {
        plan_root(p, departement, root, sizeof root);
        import_text(p->im, merged, "territory", span_of(root));
    }
}

/* Somebody's home whose address would be shown to all. */
static bool home_shown(const json_t *merged)
{
    const char *kind_code = plan_text(merged, "establishment_kind");
    const char *visibility = plan_text(merged, "visibility");
    const struct kind *kind = kind_code != NULL ? kind_find(span_of(kind_code)) : NULL;

    return kind != NULL && kind->home && visibility != NULL && strcmp(visibility, "exact") == 0;
}

/* NULL, or what is wrong with the establishment (*ret_value says with what). */
static const char *establishment_fault(struct plan *p, const json_t *command, json_t *merged,
                                       const char **ret_value)
{
    const char *commune = plan_text(merged, "commune");
    const char *territory = plan_text(merged, "territory");

    if (commune != NULL && plan_known(p, "commune", commune) == NULL) {
        *ret_value = commune;
        if (json_object_get(command, "departement") == NULL)
            return "commune_unknown";
        import_count(p->im, "communes_unknown", 1);
        (void)json_object_del(merged, "commune");
    }
    *ret_value = plan_text(merged, "name");
    if (*ret_value == NULL)
        return "name_missing";
    *ret_value = plan_text(merged, "establishment_kind");
    if (*ret_value == NULL || !ensure_kind(p, *ret_value))
        return "kind_unknown";
    if (home_shown(merged))
        return "home_not_exact";
    *ret_value = territory;
    if (territory != NULL && plan_known(p, "territory", territory) == NULL)
        return "territory_unknown";
    return NULL;
}

int plan_establishment(struct plan *p, const json_t *command, const json_t *params)
{
    const char *finess = plan_text(params, "finess"), *value = NULL, *fault;
    const char *id = plan_text(params, "id");
    const json_t *known;
    json_t *merged;

    if (id == NULL)
        return -ENOMEM;
    id = register_id(p, id, finess);
    known = plan_known(p, "establishment", id);
    merged = plan_merge(p, "establishment", id, params, "id");
    if (merged == NULL)
        return -ENOMEM;
    use_register_kind(p, command, merged);
    fault = establishment_fault(p, command, merged, &value);
    if (fault == NULL && json_object_get(params, "territory") == NULL)
        choose_territory(p, known, merged, plan_text(command, "departement"));
    if (fault == NULL && plan_text(merged, "territory") == NULL) {
        fault = "territory_missing";
        value = id;
    }
    if (fault != NULL) {
        plan_bad_line(p, fault, value);
        json_decref(merged);
        return 0;
    }
    if (json_object_get(merged, "point") == NULL)
        (void)json_object_del(merged, "precision");
    plan_put(p, "establishment", "id", id, merged);
    if (finess != NULL) /* last: id may be the text that this replaces */
        import_set(p->im, p->by_finess, finess, json_string(id));
    return 0;
}

int plan_establishment_close(struct plan *p, const json_t *command, const json_t *params)
{
    const char *id = plan_text(params, "establishment"), *unit;
    json_t *units, *value;

    (void)command;
    if (id == NULL)
        return -ENOMEM;
    id = register_id(p, id, NULL);
    if (plan_known(p, "establishment", id) == NULL) {
        import_count(p->im, "closed_never_known", 1);
        return 0;
    }
    plan_send(p, "establishment.close", json_pack("{s:s}", "establishment", id));
    import_count(p->im, "closed", 1);
    units = json_object_get(p->units_of, id);
    json_object_foreach (units, unit, value)
        plan_forget(p, "unit", unit);
    (void)json_object_del(p->units_of, id);
    plan_forget(p, "establishment", id);
    return 0;
}

static void close_unit(struct plan *p, const char *unit)
{
    const char *establishment = plan_text(plan_known(p, "unit", unit), "establishment");

    plan_send(p, "unit.close", json_pack("{s:s}", "unit", unit));
    import_count(p->im, "closed", 1);
    if (establishment != NULL)
        (void)json_object_del(json_object_get(p->units_of, establishment), unit);
    plan_forget(p, "unit", unit);
}

/* The unit that stood for the whole establishment while nothing was known of its activities goes
 * when they are; one that people declare on stays, and is reported. */
static void retire_generic(struct plan *p, const char *establishment)
{
    char generic[80];
    const json_t *unit;

    snprintf(generic, sizeof generic, "u-%s", establishment + 2);
    unit = plan_known(p, "unit", generic);
    if (unit == NULL)
        return;
    if (json_object_get(unit, "declared") == NULL) {
        close_unit(p, generic);
    } else if (json_object_get(p->kept, generic) == NULL) {
        import_set(p->im, p->kept, generic, json_true());
        plan_bad_line(p, "generic_unit_kept", generic);
    }
}

/* The unit's own modality, else its establishment's kind's; NULL unknown. */
static const char *modality_of(const struct plan *p, const json_t *merged)
{
    const json_t *host = plan_known(p, "establishment", plan_text(merged, "establishment"));
    const char *kind = plan_text(host, "establishment_kind"), *code = plan_text(merged, "modality");

    return code != NULL ? code : plan_text(plan_known(p, "establishment_kind", kind), "modality");
}

/* A unit's name when no one gave it one: its modality's. */
static void default_name(struct plan *p, json_t *merged)
{
    const char *code = modality_of(p, merged);
    int modality = code != NULL ? code_find(modality_codes, MODALITY_COUNT, code) : -1;

    if (modality < 0)
        modality = MODALITY_INTERNAT;
    import_text(p->im, merged, "name", span_of(modality_label((enum modality)modality)));
}

static const char *fallback_fault(const struct plan *p, const json_t *merged)
{
    const char *modality = modality_of(p, merged), *fallback = plan_text(merged, "fallback");

    if (fallback == NULL)
        return NULL;
    if (modality == NULL || strcmp(modality, modality_codes[MODALITY_PAD]) != 0)
        return "fallback_only_for_pad";
    return plan_known(p, "unit", fallback) == NULL ? "fallback_unknown" : NULL;
}

static const char *unit_fault(const struct plan *p, const json_t *merged, const char **ret_value)
{
    const json_t *min = json_object_get(merged, "min_months");
    const json_t *max = json_object_get(merged, "max_months");

    *ret_value = plan_text(merged, "establishment");
    if (plan_known(p, "establishment", *ret_value) == NULL)
        return "establishment_unknown";
    *ret_value = "";
    if (min != NULL && max != NULL && json_integer_value(min) >= json_integer_value(max))
        return "ages_reversed";
    *ret_value = plan_text(merged, "fallback");
    return fallback_fault(p, merged);
}

/* Whether the unit's fallback may be a unit of a later line: then the command waits. One that has
 * closed meanwhile, and that the file does not name, is none. */
static bool awaits_fallback(struct plan *p, const json_t *command, json_t *merged)
{
    const char *fallback = plan_text(merged, "fallback");

    if (fallback == NULL || plan_known(p, "unit", fallback) != NULL)
        return false;
    if (plan_text(json_object_get(command, "params"), "fallback") == NULL) {
        (void)json_object_del(merged, "fallback");
        return false;
    }
    if (p->last)
        return false;
    if (json_array_append(p->waiting, (json_t *)command) != 0)
        p->im->out_of_memory = true;
    return true;
}

int plan_unit(struct plan *p, const json_t *command, const json_t *params)
{
    const char *id = plan_text(params, "id"), *host = plan_text(params, "establishment");
    const char *value = NULL, *fault;
    json_t *merged, *units;

    if (id == NULL || host == NULL)
        return -ENOMEM;
    host = register_id(p, host, NULL);
    merged = plan_merge(p, "unit", id, params, "id");
    if (merged == NULL)
        return -ENOMEM;
    import_text(p->im, merged, "establishment", span_of(host));
    if (awaits_fallback(p, command, merged)) {
        json_decref(merged);
        return 0;
    }
    fault = unit_fault(p, merged, &value);
    units = json_object_get(p->units_of, host);
    if (fault != NULL) {
        /* the line of its establishment was reported already */
        if (json_object_get(command, "follows") == NULL)
            plan_bad_line(p, fault, value);
        json_decref(merged);
        return 0;
    }
    if (json_object_get(command, "generic") != NULL && json_object_size(units) > 0 &&
        json_object_get(units, id) == NULL) {
        import_count(p->im, "units_known_better", 1);
        json_decref(merged);
        return 0;
    }
    if (json_object_get(command, "activity") != NULL)
        retire_generic(p, host);
    if (plan_text(merged, "name") == NULL)
        default_name(p, merged);
    index_unit(p, id, host);
    plan_put(p, "unit", "id", id, merged);
    return 0;
}

int plan_unit_close(struct plan *p, const json_t *command, const json_t *params)
{
    const char *id = plan_text(params, "unit");

    (void)command;
    if (id == NULL)
        return -ENOMEM;
    if (plan_known(p, "unit", id) != NULL)
        close_unit(p, id);
    else
        import_count(p->im, "closed_never_known", 1);
    return 0;
}
