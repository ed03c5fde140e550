/* SPDX-License-Identifier: EUPL-1.2 */
/* The query of a GET as the params of an operation, read by its shape:
 *
 *     ?state=held,accepted&limit=20&filter=%7B%22kinds%22%3A%5B%22unit%22%5D%7D
 *     → {"state":["held","accepted"],"limit":20,"filter":{"kinds":["unit"]}}
 *
 * A number, a truth value (true, false), a text; an array as elements between commas, empty for
 * none; a point as latitude,longitude; an object, or an array of what is not simple, as JSON. Space
 * may be written as + or %20.
 *
 * Only the form is read here. A value that is not what the shape says stays a text, and a name that
 * the shape has not is kept too, so that one check of params (shape_check) names every fault in the
 * same words as for a body. */
#ifndef HTTP_QUERY_H
#define HTTP_QUERY_H

#include <jansson.h>

#include "base/result.h"
#include "base/span.h"
#include "proto/shape.h"

/* Outcomes of query_params. */
enum {
    QUERY_MALFORMED = 1, /* 400: a bad percent-encoding, a NUL, not UTF-8, a part without a name */
    QUERY_TWICE = 2,     /* invalid_params: *errors names the member given twice */
};
#define QUERY_DETAIL_MALFORMED "query"

/* query is as sent, without its '?'. *ret_params is an object, the caller's to release. 0, an
 * outcome, or -ENOMEM. */
int query_params(span query, const struct shape *members, json_t **ret_params,
                 struct shape_errors *errors) MUST_USE;

#endif
