/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/import_plan.h"

#include <math.h>

#include "admin/geo.h"
#include "admin/plan_records.h"

/* The entry of a kind's id in the register; NULL when there is none. */
json_t *plan_known(const struct plan *p, const char *kind, const char *id)
{
    return id != NULL ? json_object_get(json_object_get(p->known, kind), id) : NULL;
}

const char *plan_text(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

void plan_bad_line(struct plan *p, const char *code, const char *value)
{
    import_bad_line(p->im, p->line, code, span_of(value != NULL ? value : ""));
}

static bool array_has(const json_t *array, const json_t *value)
{
    size_t i;
    json_t *item;

    json_array_foreach (array, i, item)
        if (json_equal(item, value))
            return true;
    return false;
}

/* Equal as the register sees it: 43 is 43.0; lists of texts are sets. */
static bool same(const json_t *a, const json_t *b)
{
    const char *member;
    json_t *value;
    size_t i;

    if (json_is_number(a) && json_is_number(b))
        return fabs(json_number_value(a) - json_number_value(b)) < 1e-9;
    if (json_typeof(a) != json_typeof(b))
        return false;
    if (json_is_array(a)) {
        if (json_array_size(a) != json_array_size(b))
            return false;
        json_array_foreach (a, i, value)
            if (json_is_string(value) ? !array_has(b, value) : !same(value, json_array_get(b, i)))
                return false;
        return true;
    }
    if (!json_is_object(a))
        return json_equal(a, b);
    if (json_object_size(a) != json_object_size(b))
        return false;
    json_object_foreach ((json_t *)a, member, value)
        if (json_object_get(b, member) == NULL || !same(value, json_object_get(b, member)))
            return false;
    return true;
}

/* Lays over base what says something; null and "unknown" take away. Objects are laid over member by
 * member. */
static void overlay(struct plan *p, json_t *base, const json_t *says)
{
    const char *member;
    json_t *value;

    json_object_foreach ((json_t *)says, member, value) {
        json_t *under = json_object_get(base, member);

        if (json_is_null(value) ||
            (json_is_string(value) && strcmp(json_string_value(value), "unknown") == 0)) {
            if (under != NULL && json_object_del(base, member) != 0)
                p->im->out_of_memory = true;
        } else if (json_is_object(value)) {
            if (under == NULL)
                import_set(p->im, base, member, json_object());
            overlay(p, json_object_get(base, member), value);
            if (json_object_size(json_object_get(base, member)) == 0)
                (void)json_object_del(base, member);
        } else {
            import_set(p->im, base, member, json_incref(value));
        }
    }
}

json_t *plan_merge(struct plan *p, const char *kind, const char *id, const json_t *says,
                   const char *key)
{
    const json_t *known = plan_known(p, kind, id);
    json_t *merged = known != NULL ? json_deep_copy(known) : json_object();

    if (merged == NULL) {
        p->im->out_of_memory = true;
        return NULL;
    }
    overlay(p, merged, says);
    (void)json_object_del(merged, key);
    return merged;
}

void plan_send(struct plan *p, const char *op, json_t *params)
{
    json_t *command = json_pack("{s:s, s:i, s:o?}", "op", op, "line", p->line, "params", params);

    if (command == NULL || params == NULL || json_array_append_new(p->out, command) != 0)
        p->im->out_of_memory = true;
}

void plan_put(struct plan *p, const char *kind, const char *key, const char *id, json_t *merged)
{
    json_t *known = plan_known(p, kind, id), *all = json_object_get(p->known, kind), *params;
    char op[64];

    if (known != NULL && same(known, merged)) {
        import_count(p->im, "unchanged", 1);
        json_decref(merged);
        return;
    }
    import_count(p->im, known == NULL ? "created" : "updated", 1);
    params = json_copy(merged);
    if (params != NULL)
        (void)json_object_del(params, "declared");
    import_set(p->im, params, key, json_string(id));
    snprintf(op, sizeof op, "%s.put", kind);
    plan_send(p, op, params);
    if (all == NULL) {
        import_set(p->im, p->known, kind, json_object());
        all = json_object_get(p->known, kind);
    }
    import_set(p->im, all, id, merged);
}

void plan_forget(struct plan *p, const char *kind, const char *id)
{
    (void)json_object_del(json_object_get(p->known, kind), id);
}

/* The operations of a file, and what each means. */
static const struct {
    const char *op;
    int (*plan)(struct plan *p, const json_t *command, const json_t *params);
} operations[] = {
    {"territory.put", plan_territory},
    {"commune.put", plan_commune},
    {"establishment_kind.put", plan_kind},
    {"establishment.put", plan_establishment},
    {"establishment.close", plan_establishment_close},
    {"unit.put", plan_unit},
    {"unit.close", plan_unit_close},
};

static int plan_command(struct plan *p, const json_t *command)
{
    const char *op = plan_text(command, "op");

    p->line = (int)json_integer_value(json_object_get(command, "line"));
    for (size_t i = 0; op != NULL && i < ARRAY_LENGTH(operations); i++)
        if (strcmp(op, operations[i].op) == 0)
            return operations[i].plan(p, command, json_object_get(command, "params"));
    return -EINVAL;
}

static int plan_commands(struct plan *p, const json_t *commands)
{
    json_t *command;
    size_t i;
    int r = 0;

    json_array_foreach (commands, i, command) {
        r = plan_command(p, command);
        if (r != 0)
            break;
    }
    return r;
}

static void plan_free(struct plan *p)
{
    json_decref(p->out);
    json_decref(p->moved);
    json_decref(p->kept);
    json_decref(p->by_finess);
    json_decref(p->units_of);
    json_decref(p->waiting);
}

int import_plan(struct import *im, json_t *known)
{
    struct plan p CLEANUP(plan_free) = {
        .im = im,
        .known = known,
        .out = json_array(),
        .moved = json_object(),
        .kept = json_object(),
        .by_finess = json_object(),
        .units_of = json_object(),
        .waiting = json_array(),
    };
    int r;

    if (!p.out || !p.moved || !p.kept || !p.by_finess || !p.units_of || !p.waiting)
        return -ENOMEM;
    plan_index(&p);
    r = plan_commands(&p, im->commands);
    p.last = true;
    r = r != 0 ? r : plan_commands(&p, p.waiting);
    if (r != 0)
        return r;
    plan_follow_communes(&p);
    if (im->out_of_memory)
        return -ENOMEM;
    json_decref(im->commands);
    im->commands = json_incref(p.out);
    return 0;
}
