/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/query.h"

#include <stdlib.h>

#include "base/buf.h"
#include "proto/limits.h"
#include "proto/scan.h"

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* Decodes into *ret (emptied first). 0, QUERY_MALFORMED, -ENOMEM. */
static int decode(span text, struct buf *ret)
{
    buf_reset(ret);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i] == '+' ? ' ' : text.p[i];
        if (c == '%') {
            if (text.n - i < 3 || hex_digit(text.p[i + 1]) < 0 || hex_digit(text.p[i + 2]) < 0)
                return QUERY_MALFORMED;
            c = (char)(hex_digit(text.p[i + 1]) << 4 | hex_digit(text.p[i + 2]));
            i += 2;
        }
        if (c == '\0')
            return QUERY_MALFORMED;
        buf_char(ret, c);
    }
    if (buf_check(ret) < 0)
        return -ENOMEM;
    return scan_utf8(buf_span(ret)) ? 0 : QUERY_MALFORMED;
}

/* Any JSON value, no deeper than a line may be; NULL: it is none. */
static json_t *json_of(span text)
{
    if (text.n == 0 || scan_line(text, LIMIT_DEPTH, LIMIT_STRUCTURAL) != 0)
        return NULL;
    return json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
}

/* A JSON number and nothing around it; NULL: it is none. */
static json_t *number_of(span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (strchr("+-.0123456789eE", text.p[i]) == NULL)
            return NULL;
    return json_of(text);
}

static bool is_simple(const struct shape *s)
{
    return s->type == SHAPE_INT || s->type == SHAPE_NUMBER || s->type == SHAPE_BOOL ||
           s->type == SHAPE_TEXT || s->type == SHAPE_CODE;
}

/* Of a simple shape: NULL when text is not of that type. */
static json_t *simple_of(const struct shape *s, span text)
{
    switch (s->type) {
    case SHAPE_INT:
    case SHAPE_NUMBER:
        return number_of(text);
    case SHAPE_BOOL:
        return span_is(text, "true") ? json_true() : span_is(text, "false") ? json_false() : NULL;
    default:
        return json_stringn(text.p, text.n);
    }
}

/* What is between commas. An element that is not of its type stays a text. */
static json_t *list_of(const struct shape *element, span text)
{
    json_t *list = json_array();
    span rest = text;
    for (bool more = text.n > 0; more;) {
        const char *comma = rest.n > 0 ? memchr(rest.p, ',', rest.n) : NULL;
        span part = {rest.p, comma != NULL ? (size_t)(comma - rest.p) : rest.n};
        json_t *value = simple_of(element, part);
        value = value != NULL ? value : json_stringn(part.p, part.n);
        if (json_array_append_new(list, value) != 0) {
            json_decref(list);
            return NULL;
        }
        more = comma != NULL;
        if (more)
            rest = (span){comma + 1, rest.n - part.n - 1};
    }
    return list;
}

static json_t *value_of(const struct shape *s, span text)
{
    static const struct shape degrees = {NULL, SHAPE_NUMBER};
    if (s == NULL)
        return NULL;
    if (is_simple(s))
        return simple_of(s, text);
    if (s->type == SHAPE_POINT)
        return list_of(&degrees, text);
    if (s->type == SHAPE_ARRAY && is_simple(s->element))
        return list_of(s->element, text);
    return json_of(text);
}

static const struct shape *member_of(const struct shape *members, const char *name)
{
    for (const struct shape *m = members; m->type != SHAPE_END; m++)
        if (strcmp(m->name, name) == 0)
            return m;
    return NULL;
}

/* name=value, both encoded. */
static int add(json_t *params, span part, const struct shape *members, struct shape_errors *errors)
{
    struct buf name CLEANUP(buf_free) = {0}, value CLEANUP(buf_free) = {0};
    const char *equals = memchr(part.p, '=', part.n);
    size_t n = equals != NULL ? (size_t)(equals - part.p) : part.n;
    int r = decode((span){part.p, n}, &name);
    if (r == 0 && equals != NULL)
        r = decode((span){equals + 1, part.n - n - 1}, &value);
    if (r != 0)
        return r;
    buf_char(&name, '\0');
    if (buf_check(&name) < 0)
        return -ENOMEM;
    if (name.n == 1)
        return QUERY_MALFORMED;

    const struct shape *member = member_of(members, name.p);
    if (member != NULL && json_object_get(params, name.p) != NULL) {
        char pointer[SHAPE_POINTER_MAX];
        snprintf(pointer, sizeof pointer, "/%s", name.p);
        shape_refuse(errors, pointer, "given_twice");
        return QUERY_TWICE;
    }
    span text = value.p != NULL ? buf_span(&value) : (span){"", 0};
    json_t *json = value_of(member, text);
    if (json == NULL)
        json = json_stringn(text.p, text.n);
    return json_object_set_new(params, name.p, json) == 0 ? 0 : -ENOMEM;
}

int query_params(span query, const struct shape *members, json_t **ret_params,
                 struct shape_errors *errors)
{
    json_t *params = json_object();
    int result = params != NULL ? 0 : -ENOMEM;
    for (span rest = query; result == 0 && rest.n > 0;) {
        const char *end = memchr(rest.p, '&', rest.n);
        span part = {rest.p, end != NULL ? (size_t)(end - rest.p) : rest.n};
        result = part.n > 0 ? add(params, part, members, errors) : QUERY_MALFORMED;
        size_t used = part.n + (end != NULL);
        rest = (span){rest.p + used, rest.n - used};
        if (end != NULL && rest.n == 0 && result == 0)
            result = QUERY_MALFORMED;
    }
    if (result != 0) {
        json_decref(params);
        return result;
    }
    *ret_params = params;
    return 0;
}
