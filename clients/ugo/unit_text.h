/* SPDX-License-Identifier: EUPL-1.2 */
/* What is said of a unit's record, piece by piece: the same words on every screen. */
#ifndef UGO_UNIT_TEXT_H
#define UGO_UNIT_TEXT_H

#include "clients/ugo/say.h"

#define COUNT_UNKNOWN (-1)
#define DOT "\u00A0· " /* between facts; a line may break after it */

enum freshness { FRESH, STALE, REPORTED_WRONG, NEVER_DECLARED };

/* By the server's clock: stale from fresh_until on. */
enum freshness unit_freshness(const struct screen *s, const json_t *unit);

int64_t unit_count(const json_t *unit, const char *member); /* of capacity; COUNT_UNKNOWN */
int64_t unit_free(const json_t *unit, bool emergency);

const char *unit_id(const json_t *unit);
const char *unit_establishment(const json_t *unit);
const char *unit_name(struct screen *s, const json_t *unit); /* "Foyer des Cèdres · Les grands" */
const char *unit_since(struct screen *s, const json_t *unit); /* "il y a 20 min", "à vérifier, …" */
const char *unit_since_short(struct screen *s, const json_t *unit);            /* "20 min" */
const char *unit_places(struct screen *s, const json_t *unit, bool emergency); /* "2 libres" */
const char *unit_conditions(struct screen *s, const json_t *unit); /* "urgence · 3 à 11 ans · …" */
const char *unit_sex(struct screen *s, const json_t *unit);
const char *unit_siblings(struct screen *s, const json_t *unit); /* "" when unknown */
/* The number to call now; day or night first, "" when none is known. */
const char *unit_phone(struct screen *s, const json_t *unit, bool night);
const char *unit_closed(struct screen *s, const json_t *unit); /* "" when nothing is closed */

#endif
