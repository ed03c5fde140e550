/* SPDX-License-Identifier: EUPL-1.2 */
/* Commands that wait for the database or have been answered, in queues, oldest first. */
#ifndef SYNC_COMMAND_H
#define SYNC_COMMAND_H

#include <jansson.h>

#include "sync/failure.h"
#include "sync/writer.h"

struct command {
    struct command *next;
    uint64_t ticket;
    char *json; /* owned */
    size_t n;
    usec_t submitted;
    bool maybe; /* a statement with it ended without an answer */
    bool alone; /* its batch failed: to be run by itself */

    /* the outcome */
    const char *type;    /* static, or inside result */
    json_t *result;      /* owned reference to the whole result of apply_batch; NULL none */
    const json_t *reply; /* inside result */
    char sqlstate[FAILURE_SQLSTATE];
};

struct queue {
    struct command *head, **tail;
    size_t n;
};

/* What an outcome lends. */
struct lent {
    struct command *command; /* owned, with the texts made of its reply */
    char *errors, *answer, *reply;
};

/* NULL without memory; json is taken on success only. */
struct command *command_new(usec_t now, uint64_t ticket, char *json, size_t n);
void command_free(struct command *c); /* NULL allowed */

void queue_init(struct queue *q);
void queue_add(struct queue *q, struct command *c);
struct command *queue_take(struct queue *q); /* NULL: empty */
void queue_free(struct queue *q);

/* What became of a command (taken), in texts that live until lent_clear. */
void lent_outcome(struct lent *l, struct command *c, struct outcome *ret);
void lent_clear(struct lent *l);

#endif
