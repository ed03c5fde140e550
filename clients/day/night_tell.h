/* SPDX-License-Identifier: EUPL-1.2 */
/* The night in plain sentences, for someone who reads it tired. Records as the server answers
 * them; names of units and places are learned through the session. */
#ifndef UGO_NIGHT_TELL_H
#define UGO_NIGHT_TELL_H

#include "clients/ugo/session.h"

void tell_begins(struct screen *s);
void tell_opened(struct session *x, const json_t *request);
/* certain: how many have places for them; best NULL: none of them can be asked */
void tell_found(struct session *x, const json_t *request, size_t certain, const json_t *best);
void tell_asked(struct session *x, const json_t *answer);
void tell_refused(struct session *x, const json_t *hold);
void tell_accepted(struct session *x, const json_t *hold);
void tell_released(struct session *x, const json_t *hold);
void tell_sent(struct session *x, const json_t *mission);
void tell_under_way(struct session *x);
void tell_fetched(struct session *x);
void tell_arrived(struct session *x, const json_t *hold, const json_t *request);
void tell_waits(struct session *x, const json_t *request);
void tell_still_waits(struct session *x, const json_t *request);
int tell_no_speaker(struct session *x, const json_t *hold); /* an exit code */

/* The commands to go on with, as they are to be typed. */
struct tell_ways {
    const char *program, *folder;
    const json_t *request; /* of the night; NULL none */
    const json_t *waiting; /* NULL none */
    const json_t *unit;    /* of the reader's, with a place; NULL none */
};
void tell_ways(struct screen *s, const struct tell_ways *ways);

#endif
