/* SPDX-License-Identifier: EUPL-1.2 */
/* The names of communes and territories: records have codes, people know names. */
#ifndef UGO_PLACES_H
#define UGO_PLACES_H

#include "clients/ugo/session.h"

/* Asks the server for the names of the places of all units in a document (of where requests come
 * from, and of holds' places, too), as far as the session does not know them yet. What cannot be
 * had (an older server, one that has gone) stays a code: nothing is said of it. */
void places_learn(struct session *x, const json_t *document);

/* The same for the `territory` of each of these rows. */
void territories_learn(struct session *x, const json_t *rows);

/* "Muret (31)"; of a unit (a `from`, a `place`) that shows no commune its territory's name; the
 * code for want of a name;
 * "" when neither is there. */
const char *unit_place(const struct session *x, const json_t *unit);

/* The name of a territory, or its code. */
const char *territory_name(const struct session *x, const char *code);

/* "7 chemin des Buis, Muret (31)" of a `place`; an address that ends with its commune is not told
 * it again. "" when nothing is there. */
const char *place_address(const struct session *x, const json_t *place);

#endif
