/* SPDX-License-Identifier: EUPL-1.2 */
/* A follower's sink that keeps what it is told and distrusts it: the simplest possible replica. */
#ifndef SIM_COPY_H
#define SIM_COPY_H

#include "sync/follower.h"

struct model;
struct json_t;

struct copy {
    struct json_t *records;  /* "kind id" → [revision, state] */
    struct json_t *loading;  /* the same, of a load under way; NULL none */
    struct json_t *pending;  /* rows of the revision under way */
    struct json_t *departed; /* of the last load */
    struct json_t *epochs;
    int64_t revision, loading_revision;
    usec_t at; /* the latest ledger time told */
};

extern const struct follower_sink copy_sink; /* its ctx is the copy */

void copy_init(struct copy *c);
void copy_free(struct copy *c);

/* Ends the program when the copy is not at this revision (as its follower believes). */
void copy_check(const struct copy *c, int64_t revision);

/* NULL when the copy equals the model's records, else what differs (static text). */
const char *copy_difference(const struct copy *c, const struct model *m);

#endif
