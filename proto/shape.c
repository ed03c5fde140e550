/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/shape.h"

#include <stdio.h>

#include "proto/time.h"

/* Where the check is: a JSON pointer, and whether a name was too long to be said. Then the pointer
 * stays at the parent, and nothing below is said either. */
struct place {
    char pointer[SHAPE_POINTER_MAX];
    size_t n;
    bool cut;
    struct shape_errors *errors;
};

struct step {
    size_t n;
    bool cut;
};

static struct step enter(struct place *at, const char *name)
{
    struct step before = {at->n, at->cut};
    size_t n = at->n;
    if (at->cut)
        return before;
    at->cut = true;
    at->pointer[n++] = '/';
    for (; *name != '\0'; name++) {
        bool escape = *name == '~' || *name == '/';
        if (n + escape + 2 > SHAPE_POINTER_MAX) {
            at->pointer[before.n] = '\0';
            return before;
        }
        if (escape)
            at->pointer[n++] = '~';
        at->pointer[n++] = (char)(*name == '~' ? '0' : *name == '/' ? '1' : *name);
    }
    at->pointer[n] = '\0';
    at->n = n;
    at->cut = false;
    return before;
}

static void leave(struct place *at, struct step before)
{
    at->n = before.n;
    at->cut = before.cut;
    at->pointer[at->n] = '\0';
}

static void refuse(struct place *at, const char *detail)
{
    shape_refuse(at->errors, at->pointer, detail);
}

static void check_value(const struct shape *s, const json_t *value, struct place *at);

static bool is_member(const struct shape *members, const char *name)
{
    for (const struct shape *m = members; m->type != SHAPE_END; m++)
        if (strcmp(m->name, name) == 0)
            return true;
    return false;
}

static void check_object(const struct shape *members, const json_t *object, struct place *at)
{
    if (!json_is_object(object)) {
        refuse(at, SHAPE_WRONG_TYPE);
        return;
    }
    for (const struct shape *m = members; m->type != SHAPE_END; m++) {
        const json_t *value = json_object_get(object, m->name);
        if (value == NULL && !m->required)
            continue;
        struct step before = enter(at, m->name);
        if (value == NULL)
            refuse(at, SHAPE_MISSING);
        else
            check_value(m, value, at);
        leave(at, before);
    }
    json_t *walked = (json_t *)object; /* jansson's iterators take no const */
    const char *name;
    json_t *value;
    json_object_foreach (walked, name, value) {
        if (is_member(members, name))
            continue;
        struct step before = enter(at, name);
        refuse(at, SHAPE_UNKNOWN_MEMBER);
        leave(at, before);
    }
}

/* Whether size is within the bounds of a text or an array. */
static bool check_size(const struct shape *s, size_t size, struct place *at)
{
    if (size > (uint64_t)s->max)
        refuse(at, SHAPE_TOO_LONG);
    else if (size < (uint64_t)s->min)
        refuse(at, SHAPE_TOO_SHORT);
    else
        return true;
    return false;
}

static void check_array(const struct shape *s, const json_t *array, struct place *at)
{
    if (!json_is_array(array)) {
        refuse(at, SHAPE_WRONG_TYPE);
        return;
    }
    if (!check_size(s, json_array_size(array), at))
        return;
    for (size_t i = 0; i < json_array_size(array); i++) {
        char index[24];
        snprintf(index, sizeof index, "%zu", i);
        struct step before = enter(at, index);
        check_value(s->element, json_array_get(array, i), at);
        leave(at, before);
    }
}

static void check_number(const struct shape *s, const json_t *value, struct place *at)
{
    bool in_range;
    if (json_is_integer(value))
        in_range = json_integer_value(value) >= s->min && json_integer_value(value) <= s->max;
    else if (json_is_real(value) && s->type == SHAPE_NUMBER)
        in_range =
            json_real_value(value) >= (double)s->min && json_real_value(value) <= (double)s->max;
    else {
        refuse(at, SHAPE_WRONG_TYPE);
        return;
    }
    if (!in_range)
        refuse(at, SHAPE_OUT_OF_RANGE);
}

static size_t code_points(span text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.p[i] & 0xC0) != 0x80;
    return n;
}

static bool has_control(span text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7F)
            return true;
    return false;
}

static void check_text(const struct shape *s, const json_t *value, struct place *at)
{
    if (!json_is_string(value)) {
        refuse(at, SHAPE_WRONG_TYPE);
        return;
    }
    span text = {json_string_value(value), json_string_length(value)};
    if ((s->format == NULL || s->max > 0) && !check_size(s, code_points(text), at))
        return;
    if (has_control(text) || (s->format != NULL && !s->format(text)))
        refuse(at, SHAPE_BAD_FORMAT);
}

static void check_code(const struct shape *s, const json_t *value, struct place *at)
{
    if (!json_is_string(value)) {
        refuse(at, SHAPE_WRONG_TYPE);
        return;
    }
    for (int i = 0; i < s->n_one_of; i++)
        if (s->one_of[i] != NULL && strcmp(s->one_of[i], json_string_value(value)) == 0)
            return;
    refuse(at, SHAPE_NOT_ONE_OF);
}

static void check_point(const json_t *value, struct place *at)
{
    static const struct shape degrees[] = {
        {NULL, SHAPE_NUMBER, .min = -90, .max = 90},
        {NULL, SHAPE_NUMBER, .min = -180, .max = 180},
    };
    if (!json_is_array(value) || json_array_size(value) != 2) {
        refuse(at, SHAPE_WRONG_TYPE);
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        struct step before = enter(at, i == 0 ? "0" : "1");
        check_number(&degrees[i], json_array_get(value, i), at);
        leave(at, before);
    }
}

static void check_value(const struct shape *s, const json_t *value, struct place *at)
{
    if (s->nullable && json_is_null(value))
        return;
    switch (s->type) {
    case SHAPE_OBJECT:
        check_object(s->members, value, at);
        break;
    case SHAPE_ARRAY:
        check_array(s, value, at);
        break;
    case SHAPE_INT:
    case SHAPE_NUMBER:
        check_number(s, value, at);
        break;
    case SHAPE_BOOL:
        if (!json_is_boolean(value))
            refuse(at, SHAPE_WRONG_TYPE);
        break;
    case SHAPE_TEXT:
        check_text(s, value, at);
        break;
    case SHAPE_CODE:
        check_code(s, value, at);
        break;
    case SHAPE_POINT:
        check_point(value, at);
        break;
    case SHAPE_ANY:
    case SHAPE_END:
        break;
    }
}

int shape_check(const struct shape *members, const json_t *object, struct shape_errors *errors)
{
    int before = errors->n;
    struct place at = {.errors = errors};
    check_object(members, object, &at);
    return errors->n > before ? SHAPE_REFUSED : 0;
}

void shape_refuse(struct shape_errors *errors, const char *pointer, const char *detail)
{
    if (errors->n < SHAPE_ERRORS_MAX) {
        struct shape_error *e = &errors->list[errors->n];
        snprintf(e->pointer, sizeof e->pointer, "%s", pointer);
        e->detail = detail;
    }
    errors->n++;
}

const json_t *shape_member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_null(value) ? NULL : value;
}

bool shape_has(const json_t *object, const char *name)
{
    return shape_member(object, name) != NULL;
}

int64_t shape_int(const json_t *object, const char *name, int64_t fallback)
{
    const json_t *value = shape_member(object, name);
    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

double shape_number(const json_t *object, const char *name, double fallback)
{
    const json_t *value = shape_member(object, name);
    return json_is_number(value) ? json_number_value(value) : fallback;
}

bool shape_bool(const json_t *object, const char *name, bool fallback)
{
    const json_t *value = shape_member(object, name);
    return json_is_boolean(value) ? json_is_true(value) : fallback;
}

const char *shape_text(const json_t *object, const char *name)
{
    return json_string_value(shape_member(object, name));
}

usec_t shape_instant(const json_t *object, const char *name, usec_t fallback)
{
    const char *text = shape_text(object, name);
    usec_t at;
    return text != NULL && time_parse_instant(span_of(text), &at) == 0 ? at : fallback;
}

bool shape_point(const json_t *object, const char *name, double *ret_lat, double *ret_lon)
{
    const json_t *value = shape_member(object, name);
    if (json_array_size(value) != 2)
        return false;
    *ret_lat = json_number_value(json_array_get(value, 0));
    *ret_lon = json_number_value(json_array_get(value, 1));
    return true;
}
