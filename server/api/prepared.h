/* SPDX-License-Identifier: EUPL-1.2 */
/* The deltas of one turn of the loop, made for the first feed that had caught up and copied for the
 * others that are told the same. */
#ifndef API_PREPARED_H
#define API_PREPARED_H

#include "api/feed.h"

#define PREPARED_PLACES 16 /* kinds of feeds in one turn; with more, less is shared */

/* Where replica and feed stand. */
struct prepared_key {
    uint64_t generation, cursor, last_seq, turn_seq;
    int64_t revision;
};

struct prepared {
    struct prepared_key key;
    char audience[DIGEST_TEXT];
    struct buf deltas; /* empty: the place is free */
};

/* Writes f->audience: to be done when the viewer's rights or the filter are read. 0 or -ENOMEM. */
int prepared_audience(struct feed *f, const struct viewer *v) MUST_USE;

/* False: the feed has something of its own to be told, or nothing. */
bool prepared_key(const struct feed *f, struct prepared_key *ret);

/* What was made in this place for the same audience; an empty span: nothing. */
span prepared_find(const struct feed *f, const struct prepared_key *key);

/* Keeps what was made. Without memory it is not kept. */
void prepared_keep(struct feed *f, const struct prepared_key *key, span deltas);

void prepared_free(struct prepared *places); /* all of them; NULL allowed */

#endif
