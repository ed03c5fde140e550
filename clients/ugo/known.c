/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/known.h"

#include <string.h>

#include "clients/ugo/places.h"
#include "clients/ugo/unit_text.h"
#include "proto/limits.h"

#define DEPTH_MAX 6      /* of an answer: where holds stand in it */
#define PATIENCE_MS 2000 /* names are worth less than the answer that they are for */

/* A request, or an entry about one, says what it is called. */
static void reference_learn(const struct session *x, const json_t *value)
{
    const char *kind = json_string_value(json_object_get(value, "kind"));
    const char *id = json_string_value(json_object_get(value, "id"));
    json_t *of = json_object_get(value, "reference");

    if (of == NULL)
        of = json_object_get(json_object_get(value, "record"), "reference");
    if (kind != NULL && strcmp(kind, "request") == 0 && id != NULL && json_is_string(of))
        json_object_set(x->references, id, of);
}

static void unit_wanted(const struct session *x, const json_t *id, json_t *wanted)
{
    if (json_is_string(id) && json_object_get(x->units, json_string_value(id)) == NULL)
        json_object_set_new(wanted, json_string_value(id), json_true());
}

static void collect(const struct session *x, const json_t *value, json_t *wanted, int depth)
{
    const char *member;
    const json_t *item;
    json_t *of;
    size_t i;

    if (depth == 0)
        return;
    unit_wanted(x, json_object_get(value, "unit"), wanted);
    unit_wanted(x, json_object_get(value, "to_unit"), wanted);
    unit_wanted(x, json_object_get(value, "origin_unit"), wanted);
    unit_wanted(x, json_object_get(value, "fallback"), wanted);
    reference_learn(x, value);
    json_array_foreach ((json_t *)value, i, item)
        collect(x, item, wanted, depth - 1);
    json_object_foreach ((json_t *)value, member, of)
        collect(x, of, wanted, depth - 1);
}

/* One question; takes ids. False: no answer. */
static bool ask(struct session *x, json_t *ids)
{
    json_t *params = json_pack("{s:{s:o}, s:i}", "filter", "units", ids, "limit", LIMIT_PAGE);
    json_t *answer = NULL;
    const json_t *unit;
    size_t i;

    if (!session_try(x, "unit.list", params, PATIENCE_MS, &answer))
        return false;
    json_array_foreach (json_object_get(answer, "units"), i, unit)
        json_object_set(x->units, unit_id(unit), (json_t *)unit);
    json_decref(answer);
    return true;
}

void known_learn(struct session *x, const json_t *document)
{
    json_t *wanted = json_object(), *ids = NULL, *of;
    const char *id;
    bool more = true;

    if (x->units == NULL)
        x->units = json_object();
    if (x->references == NULL)
        x->references = json_object();
    collect(x, document, wanted, DEPTH_MAX);
    json_object_foreach (wanted, id, of) {
        if (!more)
            break;
        if (ids == NULL)
            ids = json_array();
        json_array_append_new(ids, json_string(id));
        if (json_array_size(ids) == LIMIT_FILTER_ITEMS) {
            more = ask(x, ids);
            ids = NULL;
        }
    }
    if (ids != NULL)
        ask(x, ids);
    json_decref(wanted);
    places_learn(x, x->units);
    places_learn(x, document);
}

const json_t *known_unit(const struct session *x, const char *id)
{
    return id != NULL ? json_object_get(x->units, id) : NULL;
}

const char *known_unit_name(const struct session *x, const char *id)
{
    const json_t *unit = known_unit(x, id);
    return unit != NULL ? unit_name(x->screen, unit) : id != NULL ? id : "?";
}

const char *known_request_name(const struct session *x, const char *id)
{
    const char *name = id != NULL ? json_string_value(json_object_get(x->references, id)) : NULL;
    return name != NULL ? name : id != NULL ? id : "?";
}
