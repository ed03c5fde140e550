/* SPDX-License-Identifier: EUPL-1.2 */
/* The judge of holds, and of what goes with them: offers, missions, movements. Replays the log in
 * revision order and says which revision broke invariants 1 and 2 or P12. It knows the rows of the
 * log and nothing else: neither the tables of the model nor what anybody was told. */
#ifndef SIM_JUDGE_H
#define SIM_JUDGE_H

#include <jansson.h>

#include "base/instant.h"
#include "sim/model.h"

struct judge {
    json_t *units, *requests, *holds; /* id → state as of `revision` */
    json_t *active;                   /* those of the holds that are held or accepted */
    json_t *of_request;               /* request → its holds: id → true */
    json_t *offers, *missions, *movements;
    json_t *last; /* "kind id" → [revision, state] */
    json_t *met;  /* operation → how often */
    int64_t revision;
    size_t rows; /* of the log, read so far */
    const json_t *newest;
    char failure[300]; /* "" while nothing was found; the first is kept */
};

void judge_init(struct judge *j);
void judge_clear(struct judge *j);

/* Reads what the log has beyond the last time; all of it when it is another log. */
void judge_read(struct judge *j, const struct model *m);

/* Whether the tables hold what the log says, record by record. After judge_read. */
void judge_audit(struct judge *j, const struct model *m);

/* How many revisions it has read that were this operation. */
size_t judge_count(const struct judge *j, const char *operation);

/* The earliest end of a hold that is held; 0: none is. */
usec_t judge_next_end(const struct judge *j);

#endif
