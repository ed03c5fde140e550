/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/plain.h"

#include <stdbool.h>
#include <string.h>

#define INTEGER_DIGITS 18 /* always within 64 bits */
#define REAL_DIGITS 15    /* below 2^53 */

/* What is left of the line. */
struct rest {
    const char *p, *end;
};

static json_t *read_value(struct rest *r);

static void skip_space(struct rest *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
        r->p++;
}

static bool skip(struct rest *r, char c)
{
    skip_space(r);
    if (r->p == r->end || *r->p != c)
        return false;
    r->p++;
    return true;
}

/* What stands between quotes. False: there is none, or an escape in it. */
static bool read_text(struct rest *r, span *ret)
{
    if (!skip(r, '"'))
        return false;
    const char *from = r->p;
    while (r->p < r->end && *r->p != '"' && *r->p != '\\')
        r->p++;
    if (r->p == r->end || *r->p != '"')
        return false;
    *ret = (span){from, (size_t)(r->p++ - from)};
    return true;
}

static json_t *read_string(struct rest *r)
{
    span text;
    return read_text(r, &text) ? json_stringn_nocheck(text.p, text.n) : NULL;
}

static size_t count_digits(const struct rest *r, const char *p)
{
    const char *from = p;
    while (p < r->end && *p >= '0' && *p <= '9')
        p++;
    return (size_t)(p - from);
}

/* Exact: a whole number below 2^53 by a power of ten that a double holds is rounded once, as the
 * nearest double to the text is. No strtod: it would read another decimal point in another locale.
 */
static json_t *read_real(const char *p, size_t n, bool negative)
{
    double digits = 0, scale = 1;
    bool fraction = false;
    if (n > REAL_DIGITS + 1)
        return NULL;
    for (; n > 0; n--, p++) {
        if (*p == '.') {
            fraction = true;
            continue;
        }
        digits = digits * 10 + (*p - '0');
        scale *= fraction ? 10 : 1;
    }
    return json_real(negative ? -(digits / scale) : digits / scale);
}

static json_t *read_number(struct rest *r)
{
    const char *from = r->p;
    const char *p = from + (*from == '-');
    size_t n = count_digits(r, p);
    if (n == 0 || n > INTEGER_DIGITS || (n > 1 && *p == '0'))
        return NULL;
    r->p = p + n;
    bool whole = r->p == r->end || (*r->p != '.' && *r->p != 'e' && *r->p != 'E');
    if (whole) {
        json_int_t value = 0;
        for (; n > 0; n--)
            value = value * 10 + (*p++ - '0');
        return json_integer(*from == '-' ? -value : value);
    }
    n = *r->p == '.' ? count_digits(r, r->p + 1) : 0;
    if (n == 0)
        return NULL;
    r->p += 1 + n;
    if (r->p < r->end && (*r->p == 'e' || *r->p == 'E'))
        return NULL;
    return read_real(p, (size_t)(r->p - p), *from == '-');
}

static json_t *read_word(struct rest *r)
{
    static const struct {
        const char *text;
        json_t *(*make)(void);
    } words[] = {{"true", json_true}, {"false", json_false}, {"null", json_null}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i].text);
        if ((size_t)(r->end - r->p) >= n && memcmp(r->p, words[i].text, n) == 0) {
            r->p += n;
            return words[i].make();
        }
    }
    return NULL;
}

/* One member into the object; false: it ends here. */
static bool read_member(struct rest *r, json_t *object)
{
    span name;
    skip_space(r);
    if (!read_text(r, &name) || !skip(r, ':') || json_object_getn(object, name.p, name.n) != NULL)
        return false;
    json_t *value = read_value(r);
    return value != NULL && json_object_setn_new_nocheck(object, name.p, name.n, value) == 0;
}

static bool read_element(struct rest *r, json_t *array)
{
    json_t *value = read_value(r);
    return value != NULL && json_array_append_new(array, value) == 0;
}

static json_t *read_group(struct rest *r, json_t *group, char close,
                          bool (*read)(struct rest *r, json_t *group))
{
    r->p++;
    if (group == NULL || skip(r, close))
        return group;
    do {
        if (!read(r, group)) {
            json_decref(group);
            return NULL;
        }
    } while (skip(r, ','));
    if (skip(r, close))
        return group;
    json_decref(group);
    return NULL;
}

static json_t *read_value(struct rest *r)
{
    skip_space(r);
    if (r->p == r->end)
        return NULL;
    switch (*r->p) {
    case '{':
        return read_group(r, json_object(), '}', read_member);
    case '[':
        return read_group(r, json_array(), ']', read_element);
    case '"':
        return read_string(r);
    case 't':
    case 'f':
    case 'n':
        return read_word(r);
    default:
        return read_number(r);
    }
}

json_t *plain_read(span line)
{
    struct rest r = {line.p, line.p + line.n};
    json_t *value = line.n > 0 ? read_value(&r) : NULL;
    skip_space(&r);
    if (value != NULL && r.p == r.end)
        return value;
    json_decref(value);
    return NULL;
}
