/* SPDX-License-Identifier: EUPL-1.2 */
/* One event of a night, or of a certificate, in one line: when, who, what, for whom. */
#ifndef UGO_NIGHT_TEXT_H
#define UGO_NIGHT_TEXT_H

#include "clients/ugo/session.h"

/* What happened, of an entry's operation; units by their names as far as known. NULL: the entry
 * says nothing that another one of the same revision does not say (the request of a hold). */
const char *event_text(struct session *x, const json_t *entry);

/* What happened to the record of an entry, or of a change: the operation, or what the record came
 * to by it, as a label of "event". NULL: nothing is said. */
const char *event_code(const json_t *entry);

/* "astreinte-31", the clock, or the register itself. */
const char *event_actor(struct screen *s, const json_t *entry);

#endif
