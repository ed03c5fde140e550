/* SPDX-License-Identifier: EUPL-1.2 */
/* The records that the answer of a command shows, each as it was at the revision of that command,
 * also when the answer is repeated later: from the replica while that is the record's last change,
 * else from its row of the log. What was refused shows the records as they are now. */
#ifndef API_ANSWER_H
#define API_ANSWER_H

#include "api/desk.h"

/* One of them. */
struct shown {
    enum record_kind kind;
    char *id; /* owned */
    bool done;
    struct buf json; /* the record */
    usec_t due_at;   /* of a hold: see hold_due_at */
    bool stale_unit; /* of a hold */
};

/* Names one more record to show. 0 or -ENOMEM. */
int answer_add(struct call *c, enum record_kind kind, const char *id) MUST_USE;

/* 0: all that were named are there. 1: not yet, or the call was refused: return 0. -ENOMEM. */
int answer_gather(struct desk *d, usec_t now, struct call *c) MUST_USE;

/* For the table of operations: the row of the log that answer_gather asked for; goes on with the
 * operation's answer. */
int rows_answer(struct desk *d, usec_t now, struct call *c, const struct rows *rows);

/* Ends the answer of a command: position, brace, done; or the refusal that it was. */
void answer_end(struct desk *d, struct call *c);

/* {"hold":…,"expires_in_ms":…} without its closing brace. */
void hold_item(const struct desk *d, usec_t now, span hold, usec_t due_at, struct buf *out);

/* Says, in the error, which active holds of a unit or of a request (the other NULL) are in the way,
 * as far as the viewer sees them, soonest end first; and what to do. 0 or -ENOMEM. */
int refuse_for_holds(const struct desk *d, struct call *c, const char *unit,
                     const char *request) MUST_USE;

/* ,"holds":[item…]: the holds of a request that the viewer sees, all or only those that still keep
 * places. 0 or -ENOMEM. */
int write_holds_of(const struct desk *d, usec_t now, const struct call *c, const char *request,
                   bool all, struct buf *out) MUST_USE;

/* What a request is offered now; NULL: nothing. */
struct entry *offer_to(const struct desk *d, const char *request);

/* Ends a refusal with the hold as it is, for whom may see it: why the command came too late. */
void refuse_hold(struct desk *d, struct call *c, const char *id);

void answer_clear(struct call *c);

#endif
