/* SPDX-License-Identifier: EUPL-1.2 */
/* The errors of both doors: one row each, and nothing else is ever answered. */
#ifndef PROTO_ERROR_H
#define PROTO_ERROR_H

#include "base/span.h"

/* Enumerator, type, JSON-RPC code, HTTP status, title (short English, for logs and developers:
 * people read the dictionary of their client). */
#define ERRORS(X)                                                                                  \
    X(ERROR_PARSE, "parse", -32700, 400, "not a line of JSON")                                     \
    X(ERROR_INVALID_REQUEST, "invalid_request", -32600, 400, "not a request")                      \
    X(ERROR_UNKNOWN_OPERATION, "unknown_operation", -32601, 404, "no such operation")              \
    X(ERROR_INVALID_PARAMS, "invalid_params", -32602, 422, "parameters refused")                   \
    X(ERROR_UNAUTHENTICATED, "unauthenticated", 1, 401, "not signed in")                           \
    X(ERROR_FORBIDDEN, "forbidden", 2, 403, "not allowed")                                         \
    X(ERROR_NOT_FOUND, "not_found", 3, 404, "no such record")                                      \
    X(ERROR_NO_FREE_PLACE, "no_free_place", 10, 409, "no free place")                              \
    X(ERROR_HOLD_NOT_ACTIVE, "hold_not_active", 11, 409, "the hold has ended")                     \
    X(ERROR_OUTDATED, "outdated", 12, 409, "a newer declaration exists")                           \
    X(ERROR_CONFLICT, "conflict", 13, 409, "idempotency key used for something else")              \
    X(ERROR_CONFLICTS_WITH_HOLDS, "conflicts_with_holds", 14, 409, "places are promised by holds") \
    X(ERROR_TOO_MANY_REQUESTS, "too_many_requests", 20, 429, "too many requests")                  \
    X(ERROR_UNAVAILABLE, "unavailable", 30, 503, "not available now, nothing was done")            \
    X(ERROR_UNKNOWN_OUTCOME, "unknown_outcome", 31, 503, "outcome unknown, repeat with the key")   \
    X(ERROR_BEHIND, "behind", 32, 503, "this server is behind the position asked for")             \
    X(ERROR_PRECONDITION_FAILED, "precondition_failed", 33, 412, "precondition failed")            \
    X(ERROR_INTERNAL, "internal", -32603, 500, "internal error")

#define ERROR_ENUMERATOR(name, type, code, status, title) name,
enum error_type { ERRORS(ERROR_ENUMERATOR) ERROR_COUNT };

struct error_row {
    const char *type; /* stable name; HTTPS says urn:ugo:error:<type> */
    int code;         /* JSON-RPC */
    int status;       /* HTTP */
    const char *title;
};

extern const struct error_row error_rows[ERROR_COUNT];

/* The row of a type's name, or -1 (a newer server's). */
int error_find(span type);

#endif
