/* SPDX-License-Identifier: EUPL-1.2 */
/* The units that holds are of: holds have ids, people know names and call numbers. */
#ifndef UGO_KNOWN_H
#define UGO_KNOWN_H

#include "clients/ugo/session.h"

/* Asks the server for all units that a document names by their id ("unit": "u-…"), and for the
 * names of their places, as far as the session does not know them yet. What cannot be had is shown
 * by its id: nothing is said of it. */
void known_learn(struct session *x, const json_t *document);

const json_t *known_unit(const struct session *x, const char *id); /* NULL: not known */

/* "Foyer des Cèdres · Les grands", or the id. */
const char *known_unit_name(const struct session *x, const char *id);

/* Its reference, as far as a document had it; or the id. */
const char *known_request_name(const struct session *x, const char *id);

#endif
