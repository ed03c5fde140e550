/* SPDX-License-Identifier: EUPL-1.2 */
/* Door 1 without what is around it: the pure middle of a worker (replica, desk, session) in this
 * process, filled from the database of the server under measurement. What goes in are the bytes of
 * a request, what comes out those of its answer. */
#ifndef BENCH_INNER_DOOR_H
#define BENCH_INNER_DOOR_H

#include <libpq-fe.h>
#include <stddef.h>

struct inner_door;

/* Reads the register and greets with a token. Dies when that fails; so do the others. */
struct inner_door *inner_door_open(PGconn *pg, const char *token);
void inner_door_close(struct inner_door *i);

/* Bytes of the answer to one line; they stay until the next call. */
size_t inner_door_ask(struct inner_door *i, const char *line, const char **ret_answer);

#endif
