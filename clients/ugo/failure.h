/* SPDX-License-Identifier: EUPL-1.2 */
/* What went wrong, in words, with what to do next; and its exit code. */
#ifndef UGO_FAILURE_H
#define UGO_FAILURE_H

#include "clients/libugo/transport.h"
#include "clients/ugo/options.h"

/* An error that the server answered. Says it; returns its exit code. */
int failure_error(struct screen *s, const struct command *c, const struct ugo_error *e);
int failure_exit(const char *type); /* of an error type */

/* The server does not want this client (UGO_REFUSED). */
int failure_refused(struct screen *s, const struct ugo_error *e);

/* No connection, or none that holds; where: "host:port". */
int failure_link(struct screen *s, enum ugo_link_fault fault, const char *text, const char *where,
                 const char *server_name);

/* A write was sent and never answered. */
int failure_unknown(struct screen *s, const char *key);

/* In JSON mode, errors are documents, too: {"error":{"type","exit",…}}. */
void failure_document(struct screen *s, const char *type, const json_t *data, int code);

#endif
