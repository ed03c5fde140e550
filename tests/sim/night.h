/* SPDX-License-Identifier: EUPL-1.2 */
/* What clients decide about requests and holds, and what they were told: the other half of a world
 * (world.h). Who decides knows what the log says; what he may do is for the database to say. */
#ifndef SIM_NIGHT_H
#define SIM_NIGHT_H

#include <jansson.h>

#include "base/instant.h"
#include "sim/judge.h"

struct world;
struct client;
struct rpc_message;

/* A command about a request or a hold. */
struct decision {
    int client;
    int number; /* the idempotency key says it */
    const char *operation;
    json_t *params;
    bool answered, done; /* done: it has a revision */
    int64_t revision;
    char epoch[40]; /* of that */
    char id[64];    /* of the record that the answer shows */
    bool lost;      /* an asynchronous failover took it: not promised */
    struct decision *next;
};

struct night {
    struct judge judge;
    struct decision *decisions; /* newest first */
    int n_decisions;
    usec_t due_since; /* since when a hold is there whose end has passed; 0: none is */
    unsigned long held, accepted, arrived, fetched, moved; /* acknowledged */
    size_t n_offers;                                       /* in the log, in the end */
};

void night_open(struct world *w);
void night_close(struct world *w);

/* After every step: reads the log; P12's second. */
void night_judge(struct world *w);

/* P1 and P2 of decisions: what was acknowledged is in the log, and nothing twice; the audit. */
void night_check(struct world *w);

/* A failover lost what is above the model's revision. */
void night_lose(struct world *w);

/* A request or hold that a client was sent; what it has at a mark is judged. */
void night_copy(struct client *c, const json_t *record);
void night_replay(struct client *c, const json_t *row); /* of the log */
void night_check_mark(struct client *c);

/* A client decides something, or asks again what it has no answer to. */
void night_act(struct client *c);
void night_again(struct client *c); /* it is connected again */
/* An accepted hold of a unit, now and then; NULL: none. */
const char *night_arrival(struct world *w, int unit);
void night_answer(struct client *c, const struct rpc_message *m);

/* inside: how clients choose */

/* One of the records in one of the states (space separated; NULL: any); of an establishment's only
 * when it has one (-1: any). NULL: there is none. */
const char *night_pick(struct world *w, json_t *records, const char *states, int establishment);
/* Takes params. */
struct decision *night_decide(struct client *c, const char *operation, json_t *params);

/* night_more.c: what is offered, fetched, moved; NULL: there is nothing. */
struct decision *night_answer_offer(struct client *c);
struct decision *night_send(struct client *c);
struct decision *night_fetch(struct client *c);
struct decision *night_move(struct client *c);

#endif
