/* SPDX-License-Identifier: EUPL-1.2 */
/* Filters and search criteria from their JSON. */
#ifndef API_FILTER_READ_H
#define API_FILTER_READ_H

#include "core/filter.h"
#include "core/search.h"
#include "core/viewer.h"
#include "proto/shape.h"

extern const struct shape filter_members[];

/* The members of a search's criteria, which a filter has too, for tables of shapes:
 * CRITERIA_CHILDREN inside the braces of its row, CRITERIA_MEMBERS as rows. */
#define CRITERIA_CHILDREN                                                                          \
    "children", SHAPE_ARRAY, .max = SEARCH_CHILDREN_MAX, .element = &child_element
#define CRITERIA_MEMBERS                                                                           \
    {"parent", SHAPE_OBJECT, .nullable = true, .members = parent_members},                         \
        {"together", SHAPE_BOOL}, {"emergency", SHAPE_BOOL},                                       \
        {"near", SHAPE_OBJECT, .members = near_members},                                           \
        {"max_km", SHAPE_NUMBER, .min = 0, .max = LIMIT_KM},                                       \
        {"modality", SHAPE_ARRAY, .min = 1, .max = MODALITY_COUNT, .element = &modality_element},  \
        {"establishment_kinds", SHAPE_ARRAY, .min = 1, .max = LIMIT_FILTER_ITEMS,                  \
         .element = &kind_element},                                                                \
    {                                                                                              \
        "needs", SHAPE_ARRAY, .min = 1, .max = NEED_COUNT, .element = &need_element                \
    }

extern const struct shape parent_members[], near_members[], child_element, modality_element,
    need_element, kind_element;

/* Reads a checked filter (NULL: everything). 0 or -ENOMEM; *ret is the caller's. */
int filter_read(const json_t *json, const struct replica *r, const struct viewer *v,
                struct filter **ret) MUST_USE;

/* The one text of a filter, in whatever order its members came: the caller's; NULL: no memory. */
char *filter_text(const json_t *json) MUST_USE;

/* Checks what a table cannot: there is a child or a parent, the place of `near` is known. */
void criteria_check(const json_t *json, const struct replica *r, const char *pointer,
                    struct shape_errors *errors);

#define CRITERIA_KINDS_MAX 64

/* Reads checked criteria; texts stay the JSON's, which must outlive *ret. kinds: room for
 * CRITERIA_KINDS_MAX. */
void criteria_read(const json_t *json, const struct replica *r, const struct viewer *v,
                   const char **kinds, struct search_request *ret);

/* A name for what a stream sends, of filter and rights: resuming needs the same. What an account
 * has asked for itself is among its rights, so its id is part of them. filter: as filter_text
 * gives it; NULL: everything. */
#define FINGERPRINT_TEXT 17
int filter_fingerprint(const char *filter, const struct viewer *v,
                       char ret_text[static FINGERPRINT_TEXT]) MUST_USE;

#endif
