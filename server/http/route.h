/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of routes: which operation a method and a path ask for, and which of its members the
 * path gives. Operations are named, not pointed to: the table is data. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include <jansson.h>
#include <stddef.h>

#include "base/result.h"
#include "base/span.h"
#include "http/request.h"
#include "proto/shape.h"

#define ROUTE_VALUES_MAX 2 /* members that a path gives */

/* What the door answers itself. */
enum route_own {
    ROUTE_OPERATION, /* nothing: an operation */
    ROUTE_EVENTS,
    ROUTE_LOGIN,
    ROUTE_LOGOUT,
    ROUTE_SESSION,
    ROUTE_LINK,
    ROUTE_PASSWORD,
};

struct route {
    enum http_method method; /* GET: for HEAD, too, but for events */
    const char *path;        /* /v1/units/{unit}/confirm: {member} is one segment */
    const char *operation;   /* NULL: the door's own */
    enum route_own own;
};

struct route_match {
    const struct route *route;
    size_t n;
    struct {
        span name;  /* of the member; the table's */
        span value; /* borrowed from the path */
    } values[ROUTE_VALUES_MAX];
    unsigned allow; /* of ROUTE_OTHER_METHOD: bits 1 << enum http_method */
};

/* Outcomes of route_find. */
enum {
    ROUTE_UNKNOWN = 1,      /* 404 */
    ROUTE_OTHER_METHOD = 2, /* 405, *ret_match has `allow` */
};

const struct route *route_at(size_t i); /* NULL past the end */

/* path as http_request has it: decoded, no empty segment. At most one route takes a method and a
 * path. 0 or an outcome. */
int route_find(enum http_method method, const char *path, struct route_match *ret_match) MUST_USE;

/* Adds what the path gave to params (an object). A member that is there already was given twice:
 * that is refused. 0; ROUTE_TWICE with *errors; -ENOMEM. */
enum {
    ROUTE_TWICE = 1,
};
#define ROUTE_DETAIL_TWICE "given_twice"
int route_join(const struct route_match *match, json_t *params,
               struct shape_errors *errors) MUST_USE;

#endif
