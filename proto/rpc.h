/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON-RPC 2.0 messages, one per line, as both ends of door 1 read and write them. */
#ifndef PROTO_RPC_H
#define PROTO_RPC_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "base/span.h"
#include "proto/limits.h"

/* Outcomes of rpc_decode: the type of the error that answers the line. */
enum {
    RPC_PARSE = 1,   /* ERROR_PARSE: not one JSON value within the limits */
    RPC_INVALID = 2, /* ERROR_INVALID_REQUEST: JSON, but no message of this protocol */
};

/* Who reads. The server refuses members it does not know in requests and notifications; a client
 * ignores them, and takes lines of any number of structural characters. Both ignore unknown
 * members of answers. */
enum rpc_reader {
    RPC_SERVER,
    RPC_CLIENT,
};

enum rpc_kind {
    RPC_REQUEST,      /* id, method, body: params */
    RPC_NOTIFICATION, /* method, body: params */
    RPC_RESULT,       /* id, body: result */
    RPC_ERROR,        /* id (null when the other side could not tell), body: error object */
};

#define RPC_ID_TEXT (2 * LIMIT_ID + 3) /* longest id as JSON, with its terminator */

struct rpc_message {
    enum rpc_kind kind;
    char id[RPC_ID_TEXT]; /* JSON text, to be written back as it is: "\"a\"", "17" or "null" */
    char method[LIMIT_METHOD + 1];
    json_t *body;       /* owned; params are always an object, {} when absent */
    const char *detail; /* static code, when the outcome is not 0 */
};

/* The error of an answer, borrowed from its message. */
struct rpc_error {
    int64_t code;
    const char *message;
    const char *type;   /* data.type; NULL when absent */
    const char *detail; /* data.detail; NULL when absent */
    const json_t *data; /* NULL when absent */
};

void rpc_message_clear(struct rpc_message *m); /* NULL allowed */

/* Decodes one line (without LF): pre-scan, JSON without duplicate keys, then the rules of
 * PROTOCOL.md, "Messages". 0; -ENOMEM; or an outcome, after which *ret has only `detail` and `id`:
 * the id of the request when it could be told, else "null". Nothing is to be cleared then. */
int rpc_decode(span line, enum rpc_reader reader, struct rpc_message *ret) MUST_USE;

/* What an RPC_ERROR message says. */
struct rpc_error rpc_error_of(const struct rpc_message *m);

/* The id of a message as an integer: what a client that numbers its requests looks up. False when
 * it is null or a text. */
bool rpc_id_number(const struct rpc_message *m, int64_t *ret);

/* Lines to send, with their LF, terminated, to be given to free(). params, result and data are
 * borrowed and may be NULL ({} is written for params and result, data is left out). id is JSON
 * text. 0 or -ENOMEM; -EINVAL when a value cannot be written (a text that is not UTF-8). */
int rpc_build_request(const char *id, const char *method, const json_t *params,
                      char **ret_line) MUST_USE;
int rpc_build_notification(const char *method, const json_t *params, char **ret_line) MUST_USE;
int rpc_build_result(const char *id, const json_t *result, char **ret_line) MUST_USE;
int rpc_build_error(const char *id, int code, const char *message, const json_t *data,
                    char **ret_line) MUST_USE;

#endif
