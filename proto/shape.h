/* SPDX-License-Identifier: EUPL-1.2 */
/* The shape of a JSON object as a static table: what a request may say, member by member. One call
 * refuses unknown members, wrong types and values out of range, and names each by its JSON pointer
 * and a code. The JSON Schemas in proto/schemas/ say the same; the vectors hold both to it.
 *
 *     static const struct shape closed_members[] = {
 *         {"n", SHAPE_INT, .required = true, .min = 0, .max = 9999},
 *         {"reason", SHAPE_TEXT, .required = true, .format = format_code},
 *         {"reopens_on", SHAPE_TEXT, .nullable = true, .format = format_date},
 *         {0},
 *     };
 *     static const struct shape declare_members[] = {
 *         {"unit", SHAPE_TEXT, .required = true, .format = format_unit_id},
 *         {"free", SHAPE_INT, .min = 0, .max = 9999},
 *         {"closed", SHAPE_OBJECT, .members = closed_members},
 *         {"modality", SHAPE_ARRAY, .max = 10, .element = &modality_element},
 *         {0},
 *     };
 *
 *     struct shape_errors errors = {0};
 *     if (shape_check(declare_members, params, &errors) != 0) … invalid_params with errors …
 *     if (shape_has(params, "free") == shape_has(params, "occupied"))
 *         shape_refuse(&errors, "/free", "free_or_occupied");
 *     int64_t free = shape_int(params, "free", -1);
 *
 * Nothing is allocated. Depth follows the table, never the input. */
#ifndef PROTO_SHAPE_H
#define PROTO_SHAPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/result.h"
#include "base/span.h"

/* Outcome of shape_check. */
enum {
    SHAPE_REFUSED = 1, /* errors says what and where */
};

/* The codes of errors. Callers add their own (shape_refuse). */
#define SHAPE_UNKNOWN_MEMBER "unknown_member"
#define SHAPE_WRONG_TYPE "wrong_type" /* null, too, where the table does not allow it */
#define SHAPE_MISSING "required"
#define SHAPE_OUT_OF_RANGE "out_of_range" /* a number */
#define SHAPE_TOO_LONG "too_long"         /* a text or an array */
#define SHAPE_TOO_SHORT "too_short"       /* a text or an array */
#define SHAPE_NOT_ONE_OF "not_one_of"
#define SHAPE_BAD_FORMAT "bad_format"

enum shape_type {
    SHAPE_END = 0, /* {0} ends a table */
    SHAPE_OBJECT,  /* members */
    SHAPE_ARRAY,   /* element; min..max items */
    SHAPE_INT,     /* min..max; written without fraction or exponent */
    SHAPE_NUMBER,  /* min..max; integer or real */
    SHAPE_BOOL,
    SHAPE_TEXT,  /* min..max code points, no control character; or a format */
    SHAPE_CODE,  /* a text out of one_of */
    SHAPE_POINT, /* [latitude, longitude], degrees */
    SHAPE_ANY,   /* any JSON value */
};

struct shape {
    const char *name; /* member name; NULL for the element of an array */
    enum shape_type type;
    bool required;
    bool nullable; /* null is taken too, and means the same as absent */

    /* Bounds, both included and always applied: a forgotten max refuses all but 0. A TEXT with a
     * format and max 0 is bounded by its format alone. */
    int64_t min, max;

    bool (*format)(span text);   /* TEXT; see proto/format.h. NULL: any text */
    const char *const *one_of;   /* CODE; a NULL entry is skipped */
    int n_one_of;                /* CODE */
    const struct shape *members; /* OBJECT; ended by {0} */
    const struct shape *element; /* ARRAY */
};

#define SHAPE_ERRORS_MAX 16
#define SHAPE_POINTER_MAX 128 /* bytes with the terminator */

struct shape_error {
    char pointer[SHAPE_POINTER_MAX]; /* RFC 6901; the parent's when a name is too long to say */
    const char *detail;              /* static snake_case code */
};

/* Starts as {0}. Errors beyond the last place are counted only. */
struct shape_errors {
    int n; /* found; the list holds the first SHAPE_ERRORS_MAX */
    struct shape_error list[SHAPE_ERRORS_MAX];
};

/* Checks object against the table, in the table's order, then its unknown members. 0 or
 * SHAPE_REFUSED; adds to *errors. An object that is NULL or no object is refused at pointer "". */
int shape_check(const struct shape *members, const json_t *object,
                struct shape_errors *errors) MUST_USE;

/* Adds an error that no table can express. detail must be static. */
void shape_refuse(struct shape_errors *errors, const char *pointer, const char *detail);

/* How many errors the list really holds. */
static inline int shape_errors_listed(const struct shape_errors *errors)
{
    return errors->n < SHAPE_ERRORS_MAX ? errors->n : SHAPE_ERRORS_MAX;
}

/* Readers of a checked object. Absent and null are the same: the fallback. Texts are borrowed from
 * the object and hold no NUL. */
bool shape_has(const json_t *object, const char *name);
int64_t shape_int(const json_t *object, const char *name, int64_t fallback);
double shape_number(const json_t *object, const char *name, double fallback);
bool shape_bool(const json_t *object, const char *name, bool fallback);
const char *shape_text(const json_t *object, const char *name); /* NULL when absent */
usec_t shape_instant(const json_t *object, const char *name, usec_t fallback);
bool shape_point(const json_t *object, const char *name, double *ret_lat, double *ret_lon);
const json_t *shape_member(const json_t *object, const char *name); /* NULL when absent or null */

#endif
