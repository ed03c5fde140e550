/* SPDX-License-Identifier: EUPL-1.2 */
/* Searches that were answered, to be told to the database when their answers are on their way:
 * while it runs, a search does no more than note what it would have to say. */
#ifndef API_JOURNAL_H
#define API_JOURNAL_H

#include "api/desk.h"
#include "core/search.h"

#define JOURNAL_BEST 5

/* A search as it was asked, and what it found. */
struct journal_note {
    json_t *params; /* owned reference to those of the call */
    char account[64];
    char channel[16];
    usec_t searched_at; /* logical */
    size_t total, n_best;
    char best[JOURNAL_BEST][64]; /* ids of the first units */
};

/* Notes a search that was answered at `at` (logical). 0 or -ENOMEM. */
int journal_note(struct desk *d, const struct call *c, const struct search_answer *answer,
                 usec_t at) MUST_USE;

/* The command that tells of the oldest note, which leaves: false when there is none. Taken texts
 * are the taker's to free. */
bool desk_take_entry(struct desk *d, struct desk_command *ret);

void journal_free(struct desk *d);

#endif
