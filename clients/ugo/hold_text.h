/* SPDX-License-Identifier: EUPL-1.2 */
/* What is said of the records of requests and holds, piece by piece: the same words on every
 * screen. No function here knows more than the record. */
#ifndef UGO_HOLD_TEXT_H
#define UGO_HOLD_TEXT_H

#include "clients/ugo/say.h"

/* "fille de 7 ans, garçon de 4 ans", "une femme enceinte avec garçon de 4 ans" */
const char *profile_text(struct screen *s, const json_t *children, const json_t *parent);

/* Codes by what they are called: "handicap, grossesse". */
const char *codes_text(struct screen *s, const json_t *codes, const char *kind);

/* Of a record: its id; "?" without one. */
const char *record_id(const json_t *record);

bool hold_is(const json_t *hold, const char *state);
bool hold_is_active(const json_t *hold);   /* held or accepted: keeps places */
const char *hold_unit(const json_t *hold); /* id, or NULL */
/* "fille de 7 ans, garçon de 4 ans · 2 places · urgence · handicap" */
const char *hold_for(struct screen *s, const json_t *hold);
/* "réponse attendue avant 02:59 (encore 41 min)"; what is urgent is marked. */
const char *hold_state(struct screen *s, const json_t *hold);

/* Its reference, or its id. */
const char *request_name(const json_t *request);
/* "fille de 7 ans, garçon de 4 ans · ensemble · urgence" */
const char *request_for(struct screen *s, const json_t *request);
/* "en attente depuis 1 h 05" */
const char *request_state(struct screen *s, const json_t *request);
/* Since when it waits, by the server's clock; µs. */
int64_t request_waited(const struct screen *s, const json_t *request);

#endif
