/* SPDX-License-Identifier: EUPL-1.2 */
/* What is said of a mission's record, piece by piece: the same words on every screen. */
#ifndef UGO_MISSION_TEXT_H
#define UGO_MISSION_TEXT_H

#include "clients/ugo/session.h"

const char *mission_state(struct screen *s, const json_t *mission); /* "en route depuis 02:20" */
/* Where it goes: "Foyer des Cèdres · Les grands". */
const char *mission_name(struct session *x, const json_t *mission);
/* Whom, and from where: "fille de 7 ans · depuis Muret (31)". */
const char *mission_for(struct session *x, const json_t *mission);

#endif
