/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/field.h"

const char *const coding_names[CODING_COUNT] = {
    [CODING_IDENTITY] = "identity", [CODING_GZIP] = "gzip", [CODING_BR] = "br"};

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char lower_of(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static span from(span text, size_t n)
{
    return (span){text.p + n, text.n - n};
}

/* The bytes before the first c, or all. */
static span until(span text, char c)
{
    const char *end = text.n > 0 ? memchr(text.p, c, text.n) : NULL;
    return (span){text.p, end != NULL ? (size_t)(end - text.p) : text.n};
}

bool field_is_tchar(char c)
{
    return is_alphanumeric(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

bool field_is_token(span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!field_is_tchar(text.p[i]))
            return false;
    return text.n > 0;
}

bool field_is(span text, const char *lower)
{
    for (size_t i = 0; i < text.n; i++)
        if (lower[i] == '\0' || lower_of(text.p[i]) != lower[i])
            return false;
    return lower[text.n] == '\0';
}

span field_trim(span text)
{
    while (text.n > 0 && is_blank(text.p[0]))
        text = from(text, 1);
    while (text.n > 0 && is_blank(text.p[text.n - 1]))
        text.n--;
    return text;
}

bool field_next(span *rest, span *ret_element)
{
    while (rest->n > 0) {
        span element = until(*rest, ',');
        *rest = from(*rest, element.n + (element.n < rest->n));
        element = field_trim(element);
        if (element.n > 0) {
            *ret_element = element;
            return true;
        }
    }
    return false;
}

/* Entity tags: a tag may hold a comma, so their list is walked tag by tag. */

/* Takes [W/]"tag" from the front. False: no tag there. */
static bool take_tag(span *rest, span *ret_tag, bool *ret_weak)
{
    span text = *rest;
    *ret_weak = text.n >= 2 && text.p[0] == 'W' && text.p[1] == '/';
    if (*ret_weak)
        text = from(text, 2);
    if (text.n < 2 || text.p[0] != '"')
        return false;
    text = from(text, 1);
    span tag = until(text, '"');
    if (tag.n == text.n)
        return false;
    for (size_t i = 0; i < tag.n; i++)
        if (is_blank(tag.p[i]))
            return false;
    *ret_tag = tag;
    *rest = from(text, tag.n + 1);
    return true;
}

bool field_names_tag(span list, span tag, bool weak)
{
    span rest = field_trim(list), named;
    bool named_weak, found = false;
    if (span_is(rest, "*"))
        return true;
    while (rest.n > 0) {
        if (!take_tag(&rest, &named, &named_weak))
            return false;
        found |= (weak || !named_weak) && span_equals(named, tag);
        rest = field_trim(rest);
        if (rest.n > 0 && rest.p[0] != ',')
            return false;
        rest = rest.n > 0 ? field_trim(from(rest, 1)) : rest;
    }
    return found;
}

bool field_revision(span if_match, int64_t *ret_revision)
{
    span rest = field_trim(if_match), tag;
    bool weak;
    int64_t revision = 0;
    if (!take_tag(&rest, &tag, &weak) || weak || rest.n > 0 || tag.n == 0 || tag.n > 15)
        return false;
    if (tag.n > 1 && tag.p[0] == '0')
        return false;
    for (size_t i = 0; i < tag.n; i++) {
        if (tag.p[i] < '0' || tag.p[i] > '9')
            return false;
        revision = revision * 10 + (tag.p[i] - '0');
    }
    *ret_revision = revision;
    return true;
}

/* Codings */

/* 0, 1, 0.5, 1.000: in thousandths; -1: not a weight. */
static int weight(span text)
{
    int value = 0, unit = 1000;
    if (text.n == 0 || text.n > 5 || (text.p[0] != '0' && text.p[0] != '1'))
        return -1;
    value = (text.p[0] - '0') * unit;
    if (text.n > 1 && text.p[1] != '.')
        return -1;
    for (size_t i = 2; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return -1;
        unit /= 10;
        value += (text.p[i] - '0') * unit;
    }
    return value <= 1000 ? value : -1;
}

/* name[;q=weight] */
static bool take_coding(span element, span *ret_name, int *ret_weight)
{
    span name = until(element, ';');
    *ret_name = field_trim(name);
    *ret_weight = 1000;
    if (!field_is_token(*ret_name))
        return false;
    if (name.n == element.n)
        return true;
    span q = field_trim(from(element, name.n + 1));
    if (q.n < 2 || lower_of(q.p[0]) != 'q' || q.p[1] != '=')
        return false;
    *ret_weight = weight(from(q, 2));
    return *ret_weight >= 0;
}

enum coding field_coding(span accept_encoding, unsigned offered)
{
    int weights[CODING_COUNT] = {-1, -1, -1}, any = -1;
    span rest = accept_encoding, element, name;
    int w;
    while (accept_encoding.p != NULL && field_next(&rest, &element)) {
        if (!take_coding(element, &name, &w))
            return CODING_IDENTITY;
        if (span_is(name, "*"))
            any = w;
        for (int c = 0; c < CODING_COUNT; c++)
            if (field_is(name, coding_names[c]))
                weights[c] = w;
        if (field_is(name, "x-gzip"))
            weights[CODING_GZIP] = w;
    }
    /* Identity that is not named is acceptable, but anything named is better. */
    for (int c = 0; c < CODING_COUNT; c++)
        if (weights[c] < 0)
            weights[c] = any;
    enum coding best = CODING_IDENTITY;
    for (int c = CODING_COUNT - 1; c >= 0; c--)
        if ((offered & 1u << c) && weights[c] > 0 &&
            (best == CODING_IDENTITY ? weights[c] >= weights[best] : weights[c] > weights[best]))
            best = (enum coding)c;
    return best;
}

bool field_is_json(span content_type)
{
    span media = until(content_type, ';');
    if (!field_is(field_trim(media), "application/json"))
        return false;
    if (media.n == content_type.n)
        return true;
    span parameter = field_trim(from(content_type, media.n + 1));
    return field_is(parameter, "charset=utf-8") || field_is(parameter, "charset=\"utf-8\"");
}

bool field_cookie(span cookies, const char *name, span *ret_value)
{
    bool found = false;
    span value = {0};
    for (span rest = cookies; rest.n > 0;) {
        span pair = until(rest, ';');
        rest = from(rest, pair.n + (pair.n < rest.n));
        pair = field_trim(pair);
        span own = until(pair, '=');
        if (own.n == pair.n || !span_is(own, name))
            continue;
        if (found)
            return false;
        found = true;
        value = from(pair, own.n + 1);
    }
    if (found)
        *ret_value = value;
    return found;
}
