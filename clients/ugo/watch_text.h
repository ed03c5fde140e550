/* SPDX-License-Identifier: EUPL-1.2 */
/* What happened to a record, in the words of one line of `ugo watch`. */
#ifndef UGO_WATCH_TEXT_H
#define UGO_WATCH_TEXT_H

#include "clients/ugo/say.h"

/* before: NULL when it is new. */
const char *watch_unit_text(struct screen *s, const json_t *before, const json_t *unit);
/* What came of it; for whom is another part of the line (hold_for, request_for). */
const char *watch_hold_text(struct screen *s, const json_t *before, const json_t *hold);
const char *watch_offer_text(struct screen *s, const json_t *before, const json_t *offer);
const char *watch_mission_text(struct screen *s, const json_t *before, const json_t *mission);
const char *watch_request_text(struct screen *s, const json_t *before, const json_t *request);

bool watch_is_kind(const json_t *record, const char *kind);
/* Whether it is something that somebody waits for: an active hold, offer or mission, a request not
 * ended. */
bool watch_is_current(const json_t *record);

#endif
