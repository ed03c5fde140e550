/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/household.h"

#include "core/json_read.h"

static int child_read(const json_t *json, struct child *ret)
{
    const json_t *age = json_object_get(json, "age_months");
    const char *sex = json_text(json, "sex");
    struct child c = {UNKNOWN, 0};
    if (json_is_integer(age)) {
        if (json_integer_value(age) < 0 || json_integer_value(age) > INT16_MAX)
            return -EBADMSG;
        c.age_months = (int)json_integer_value(age);
    }
    if (sex != NULL) {
        if (strcmp(sex, "F") != 0 && strcmp(sex, "M") != 0)
            return -EBADMSG;
        c.sex = sex[0];
    }
    *ret = c;
    return json_is_object(json) ? 0 : -EBADMSG;
}

int household_read(const json_t *children, const json_t *parent, struct household *ret)
{
    struct household h = {0};
    if (json_array_size(children) > HOUSEHOLD_CHILDREN_MAX)
        return -EBADMSG;
    for (; h.n_children < json_array_size(children); h.n_children++)
        if (child_read(json_array_get(children, h.n_children), &h.children[h.n_children]) < 0)
            return -EBADMSG;
    if (json_is_object(parent))
        h.parent = json_is_true(json_object_get(parent, "pregnant")) ? PARENT_PREGNANT
                                                                     : PARENT_NOT_PREGNANT;
    *ret = h;
    return 0;
}

int child_set_read(const json_t *indexes, struct child_set *ret)
{
    struct child_set c = {0};
    if (json_array_size(indexes) > HOUSEHOLD_CHILDREN_MAX)
        return -EBADMSG;
    for (; c.n < json_array_size(indexes); c.n++) {
        const json_t *index = json_array_get(indexes, c.n);
        if (!json_is_integer(index) || json_integer_value(index) < 0 ||
            json_integer_value(index) >= HOUSEHOLD_CHILDREN_MAX)
            return -EBADMSG;
        c.index[c.n] = (uint8_t)json_integer_value(index);
    }
    *ret = c;
    return 0;
}

unsigned codes_read(const json_t *array, const char *const *codes, int n)
{
    unsigned bits = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *text = json_string_value(json_array_get(array, i));
        int code = text ? code_find(codes, n, text) : -1;
        bits |= code < 0 ? 0 : 1u << code;
    }
    return bits;
}

void children_write(const char *name, const struct household *h, struct buf *out)
{
    buf_printf(out, ",\"%s\":[", name);
    for (unsigned i = 0; i < h->n_children; i++) {
        const struct child *c = &h->children[i];
        buf_text(out, i ? ",{\"age_months\":" : "{\"age_months\":");
        if (c->age_months == UNKNOWN)
            buf_text(out, "null");
        else
            buf_int(out, c->age_months);
        buf_text(out, c->sex == 0     ? ",\"sex\":null}"
                      : c->sex == 'F' ? ",\"sex\":\"F\"}"
                                      : ",\"sex\":\"M\"}");
    }
    buf_char(out, ']');
}

void household_write(const char *name, const struct household *h, struct buf *out)
{
    static const char *const parents[] = {"null", "{\"pregnant\":false}", "{\"pregnant\":true}"};
    children_write(name, h, out);
    buf_printf(out, ",\"parent\":%s", parents[h->parent]);
}

void child_set_write(const char *name, const struct child_set *c, struct buf *out)
{
    buf_printf(out, ",\"%s\":[", name);
    for (unsigned i = 0; i < c->n; i++)
        buf_printf(out, i ? ",%u" : "%u", c->index[i]);
    buf_char(out, ']');
}

int household_youngest(const struct household *h)
{
    int youngest = UNKNOWN;
    for (unsigned i = 0; i < h->n_children; i++) {
        int age = h->children[i].age_months;
        if (age != UNKNOWN && (youngest == UNKNOWN || age < youngest))
            youngest = age;
    }
    return youngest;
}
