/* SPDX-License-Identifier: EUPL-1.2 */
/* The deltas of one turn of the loop, made for the first subscription that had caught up and copied
 * for the others that are told the same. */
#ifndef LINE_PREPARED_H
#define LINE_PREPARED_H

#include "line/session.h"

#define PREPARED_PLACES 16 /* kinds of subscriptions in one turn; with more, less is shared */

/* Where replica and subscription stand. */
struct prepared_key {
    uint64_t generation, cursor, last_seq, turn_seq;
    int64_t revision;
};

struct prepared {
    struct prepared_key key;
    char audience[DIGEST_TEXT];
    struct buf deltas; /* empty: the place is free */
};

/* Writes sub->audience: to be done when the viewer's rights or the filter are read. 0 or -ENOMEM.
 */
int prepared_audience(const struct session *s, struct subscription *sub) MUST_USE;

/* False: the subscription has something of its own to be told, or nothing. */
bool prepared_key(const struct session *s, const struct subscription *sub,
                  struct prepared_key *ret);

/* What was made in this place for the same audience; an empty span: nothing. */
span prepared_find(const struct session *s, const struct subscription *sub,
                   const struct prepared_key *key);

/* Keeps what was made. Without memory it is not kept. */
void prepared_keep(struct session *s, const struct subscription *sub,
                   const struct prepared_key *key, span deltas);

void prepared_free(struct prepared *places); /* all of them; NULL allowed */

#endif
