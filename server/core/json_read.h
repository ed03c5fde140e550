/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading members of a state. The database wrote it, so a missing member and null both say unknown.
 */
#ifndef CORE_JSON_READ_H
#define CORE_JSON_READ_H

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/result.h"
#include "base/span.h"
#include "core/record.h"

static inline void json_release(json_t **json)
{
    json_decref(*json);
}

/* Borrowed; NULL when it is not a text. */
static inline const char *json_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static inline int64_t json_int_or(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

/* Replaces *owned by a copy of the member, or by NULL when it is not a text. 0 or -ENOMEM. */
static inline int json_copy_text(const json_t *object, const char *key, char **owned)
{
    const char *text = json_text(object, key);
    char *copy = text == NULL ? NULL : strdup(text);
    if (text != NULL && copy == NULL)
        return -ENOMEM;
    free(*owned);
    *owned = copy;
    return 0;
}

/* [latitude, longitude], as the database has checked it; anything else is unknown. */
static inline struct point json_point(const json_t *value)
{
    if (json_array_size(value) != 2)
        return (struct point){0};
    return (struct point){json_number_value(json_array_get(value, 0)),
                          json_number_value(json_array_get(value, 1)), true};
}

#endif
