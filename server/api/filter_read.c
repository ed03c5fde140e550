/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/filter_read.h"

#include <stdlib.h>

#include "api/desk.h"
#include "core/near.h"
#include "proto/format.h"
#include "proto/limits.h"

static const char *const child_sexes[] = {"F", "M"};

static const struct shape child_members[] = {
    {"age_months", SHAPE_INT, .nullable = true, .min = 0, .max = LIMIT_MONTHS},
    {"sex", SHAPE_CODE, .nullable = true, .one_of = child_sexes, .n_one_of = 2},
    {0},
};
const struct shape child_element = {NULL, SHAPE_OBJECT, .members = child_members};

const struct shape parent_members[] = {{"pregnant", SHAPE_BOOL}, {0}};

const struct shape near_members[] = {
    {"commune", SHAPE_TEXT, .format = format_commune},
    {"point", SHAPE_POINT},
    {"territory", SHAPE_TEXT, .format = format_territory},
    {0},
};

const struct shape modality_element = {NULL, SHAPE_CODE, .one_of = modality_codes,
                                       .n_one_of = MODALITY_COUNT};
const struct shape need_element = {NULL, SHAPE_CODE, .one_of = need_codes, .n_one_of = NEED_COUNT};
const struct shape kind_element = {NULL, SHAPE_TEXT, .format = format_code};
static const struct shape territory_element = {NULL, SHAPE_TEXT, .format = format_territory};
static const struct shape unit_element = {NULL, SHAPE_TEXT, .format = format_unit_id};
static const struct shape request_element = {NULL, SHAPE_TEXT, .format = format_request_id};
static const struct shape establishment_element = {NULL, SHAPE_TEXT,
                                                   .format = format_establishment_id};
static const struct shape record_kind_element = {NULL, SHAPE_CODE, .one_of = record_kind_codes,
                                                 .n_one_of = RECORD_KIND_COUNT};

static const struct shape criteria_members[] = {
    {CRITERIA_CHILDREN, .required = true}, CRITERIA_MEMBERS, {0}};

const struct shape filter_members[] = {
    {"kinds", SHAPE_ARRAY, .min = 1, .max = RECORD_KIND_COUNT, .element = &record_kind_element},
    {"territories", SHAPE_ARRAY, .min = 1, .max = LIMIT_FILTER_ITEMS,
     .element = &territory_element},
    {"units", SHAPE_ARRAY, .min = 1, .max = LIMIT_FILTER_ITEMS, .element = &unit_element},
    {"requests", SHAPE_ARRAY, .min = 1, .max = LIMIT_FILTER_ITEMS, .element = &request_element},
    {"establishments", SHAPE_ARRAY, .min = 1, .max = LIMIT_FILTER_ITEMS,
     .element = &establishment_element},
    {"establishment_kinds", SHAPE_ARRAY, .min = 1, .max = LIMIT_FILTER_ITEMS,
     .element = &kind_element},
    {"modality", SHAPE_ARRAY, .min = 1, .max = MODALITY_COUNT, .element = &modality_element},
    {"search", SHAPE_OBJECT, .members = criteria_members},
    {0},
};

/* Bits of the codes in an array. */
static unsigned bits_read(const json_t *array, const char *const *codes, int n)
{
    unsigned bits = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        int code = code_find(codes, n, json_string_value(json_array_get(array, i)));
        bits |= code < 0 ? 0 : 1u << code;
    }
    return bits;
}

static int texts_read(const json_t *array, struct texts *ret)
{
    size_t n = json_array_size(array);
    ret->p = n ? calloc(n, sizeof(char *)) : NULL;
    if (n > 0 && ret->p == NULL)
        return -ENOMEM;
    for (; ret->n < n; ret->n++) {
        ret->p[ret->n] = strdup(json_string_value(json_array_get(array, ret->n)));
        if (ret->p[ret->n] == NULL)
            return -ENOMEM;
    }
    return 0;
}

static void filter_cleanup(struct filter **f)
{
    filter_destroy(*f);
}

static int filter_search_read(const json_t *json, const struct replica *r, const struct viewer *v,
                              struct filter *f)
{
    const char *kinds[CRITERIA_KINDS_MAX];
    f->search = calloc(1, sizeof *f->search);
    if (f->search == NULL)
        return -ENOMEM;
    criteria_read(json, r, v, kinds, f->search);
    int result = texts_read(shape_member(json, "establishment_kinds"), &f->search_kinds);
    f->search->kinds = (const char *const *)f->search_kinds.p;
    return result;
}

int filter_read(const json_t *json, const struct replica *r, const struct viewer *v,
                struct filter **ret)
{
    CLEANUP(filter_cleanup) struct filter *f = calloc(1, sizeof *f);
    if (f == NULL)
        return -ENOMEM;
    f->kinds = bits_read(shape_member(json, "kinds"), record_kind_codes, RECORD_KIND_COUNT);
    f->modality = bits_read(shape_member(json, "modality"), modality_codes, MODALITY_COUNT);
    const json_t *search = shape_member(json, "search");
    if (texts_read(shape_member(json, "territories"), &f->territories) < 0 ||
        texts_read(shape_member(json, "units"), &f->units) < 0 ||
        texts_read(shape_member(json, "requests"), &f->requests) < 0 ||
        texts_read(shape_member(json, "establishments"), &f->establishments) < 0 ||
        texts_read(shape_member(json, "establishment_kinds"), &f->establishment_kinds) < 0 ||
        (search != NULL && filter_search_read(search, r, v, f) < 0))
        return -ENOMEM;
    *ret = f;
    f = NULL;
    return 0;
}

static bool has_parent(const json_t *json)
{
    return json_is_object(json_object_get(json, "parent"));
}

void criteria_check(const json_t *json, const struct replica *r, const char *pointer,
                    struct shape_errors *errors)
{
    char where[SHAPE_POINTER_MAX];
    const json_t *near = shape_member(json, "near");
    snprintf(where, sizeof where, "%s/children", pointer);
    if (json_array_size(shape_member(json, "children")) == 0 && !has_parent(json))
        shape_refuse(errors, where, "too_short");
    if (near == NULL) {
        snprintf(where, sizeof where, "%s/max_km", pointer);
        if (shape_has(json, "max_km"))
            shape_refuse(errors, where, "needs_near");
        return;
    }
    int given =
        shape_has(near, "commune") + shape_has(near, "point") + shape_has(near, "territory");
    snprintf(where, sizeof where, "%s/near", pointer);
    if (given != 1)
        shape_refuse(errors, where, "one_of_commune_point_territory");
    const char *insee = shape_text(near, "commune");
    const struct commune *commune = insee ? replica_commune(r, span_of(insee)) : NULL;
    snprintf(where, sizeof where, "%s/near/commune", pointer);
    if (insee != NULL && (commune == NULL || !commune->point.known))
        shape_refuse(errors, where, "unknown_reference");
    const char *code = shape_text(near, "territory");
    snprintf(where, sizeof where, "%s/near/territory", pointer);
    if (code != NULL && replica_territory(r, span_of(code)) == NULL)
        shape_refuse(errors, where, "unknown_reference");
}

static void children_read(const json_t *array, struct search_request *q)
{
    for (size_t i = 0; i < json_array_size(array) && i < SEARCH_CHILDREN_MAX; i++) {
        const json_t *child = json_array_get(array, i);
        const char *sex = shape_text(child, "sex");
        q->children[i].age_months = (int)shape_int(child, "age_months", UNKNOWN);
        q->children[i].sex = sex ? sex[0] : 0;
        q->n_children++;
    }
}

static void near_read(const json_t *near, const struct replica *r, struct search_request *q)
{
    near_find(r, shape_text(near, "commune"), shape_text(near, "territory"), q);
    if (shape_has(near, "point"))
        q->near.known = shape_point(near, "point", &q->near.lat, &q->near.lon);
}

void criteria_read(const json_t *json, const struct replica *r, const struct viewer *v,
                   const char **kinds, struct search_request *ret)
{
    struct search_request q = {0};
    children_read(shape_member(json, "children"), &q);
    q.parent = has_parent(json);
    q.pregnant = q.parent && shape_bool(shape_member(json, "parent"), "pregnant", false);
    q.together = q.parent || shape_bool(json, "together", true);
    q.emergency = shape_bool(json, "emergency", false);
    q.tonight = shape_bool(json, "tonight", false);
    q.max_km = shape_number(json, "max_km", 0);
    q.modalities = bits_read(shape_member(json, "modality"), modality_codes, MODALITY_COUNT);
    if (q.modalities == 0)
        q.modalities = modalities_usual(q.parent);
    q.needs = bits_read(shape_member(json, "needs"), need_codes, NEED_COUNT);
    q.precise = viewer_is_precise(v);
    const json_t *array = shape_member(json, "establishment_kinds");
    for (; q.n_kinds < json_array_size(array) && q.n_kinds < CRITERIA_KINDS_MAX; q.n_kinds++)
        kinds[q.n_kinds] = json_string_value(json_array_get(array, q.n_kinds));
    q.kinds = kinds;
    near_read(shape_member(json, "near"), r, &q);
    *ret = q;
}

char *filter_text(const json_t *json)
{
    return json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
}

int filter_fingerprint(const char *filter, const struct viewer *v,
                       char ret_text[static FINGERPRINT_TEXT])
{
    struct buf text = {0};
    buf_text(&text, filter ? filter : "{}");
    buf_printf(&text, "\n%s\n%s\n%s\n", role_codes[v->role], v->account, v->acts_for);
    buf_add(&text, buf_span(&v->scope));
    /* A territory that moved changes no unit, but what filter and scope reach. */
    buf_printf(&text, "\n%llx", (unsigned long long)v->tree);
    char digest[DIGEST_TEXT];
    digest_hex(buf_span(&text), digest);
    snprintf(ret_text, FINGERPRINT_TEXT, "%.16s", digest);
    int r = buf_check(&text);
    buf_free(&text);
    return r;
}
