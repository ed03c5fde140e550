/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/evidence.h"

#include <stdio.h>
#include <string.h>

/* Goes one step down; where to cut the pointer to come back. */
static size_t step(char *pointer, const char *name)
{
    size_t n = strlen(pointer);
    snprintf(pointer + n, EVIDENCE_POINTER - n, "/%s", name);
    return n;
}

static bool member_differs(const json_t *given, const json_t *held, const char *name, char *pointer)
{
    size_t back = step(pointer, name);
    bool differs =
        evidence_differs(json_object_get(given, name), json_object_get(held, name), pointer);
    if (!differs)
        pointer[back] = 0;
    return differs;
}

static bool objects_differ(const json_t *given, const json_t *held, char *pointer)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)held, name, value)
        if (member_differs(given, held, name, pointer))
            return true;
    json_object_foreach ((json_t *)given, name, value)
        if (json_object_get(held, name) == NULL) {
            step(pointer, name);
            return true;
        }
    return false;
}

static bool arrays_differ(const json_t *given, const json_t *held, char *pointer,
                          bool (*differs)(const json_t *, const json_t *, char *))
{
    size_t most = json_array_size(held);
    most = json_array_size(given) > most ? json_array_size(given) : most;
    for (size_t i = 0; i < most; i++) {
        char name[24];
        snprintf(name, sizeof name, "%zu", i);
        size_t back = step(pointer, name);
        if (differs(json_array_get(given, i), json_array_get(held, i), pointer))
            return true;
        pointer[back] = 0;
    }
    return false;
}

bool evidence_differs(const json_t *given, const json_t *held, char *pointer)
{
    if (json_is_object(given) && json_is_object(held))
        return objects_differ(given, held, pointer);
    if (json_is_array(given) && json_is_array(held))
        return arrays_differ(given, held, pointer, evidence_differs);
    return !json_equal(given, held); /* a missing one equals nothing */
}

static bool entry_differs(const json_t *given, const json_t *held, char *pointer)
{
    if (!json_is_true(json_object_get(given, "withheld")) ||
        !json_is_null(json_object_get(given, "record")) || !json_is_object(held))
        return evidence_differs(given, held, pointer);
    json_t *as_shown = json_copy((json_t *)held);
    json_object_set_new(as_shown, "record", json_null());
    json_object_set_new(as_shown, "withheld", json_true());
    bool differs = evidence_differs(given, as_shown, pointer);
    json_decref(as_shown);
    return differs;
}

bool evidence_entries_differ(const json_t *given, const json_t *held, char *pointer)
{
    if (!json_is_array(given))
        return true;
    return arrays_differ(given, held, pointer, entry_differs);
}
