/* SPDX-License-Identifier: EUPL-1.2 */
/* The written forms of identifiers and of other texts on the wire, one predicate each. They are
 * what the tables of proto/shape.h point at; the pattern beside each is the one of the schemas. */
#ifndef PROTO_FORMAT_H
#define PROTO_FORMAT_H

#include <stdbool.h>

#include "base/span.h"

bool format_unit_id(span text);          /* ^u-[0-9a-z][0-9a-z-]{0,60}$ */
bool format_establishment_id(span text); /* ^e-… */
bool format_hold_id(span text);          /* ^h-… */
bool format_request_id(span text);       /* ^r-… */
bool format_offer_id(span text);         /* ^o-… */
bool format_movement_id(span text);      /* ^v-… */
bool format_mission_id(span text);       /* ^m-… */
bool format_reminder_id(span text);      /* ^n-… */
bool format_record_id(span text);        /* ^[uehrmtov]-… */

bool format_account(span text);   /* ^[a-z0-9][a-z0-9._-]{0,62}$ */
bool format_territory(span text); /* ^[a-z0-9][a-z0-9-]{0,30}$ */
bool format_commune(span text);   /* ^[0-9][0-9AB][0-9]{3}$, INSEE code */
bool format_code(span text);      /* ^[a-z][a-z0-9_]{0,39}$: a reason, a kind, a channel */

bool format_reference(span text); /* ^[A-Z0-9-]{1,20}$ with a digit: no name */

bool format_key(span text);      /* ^[!-~]{1,64}$: an idempotency key */
bool format_name(span text);     /* ^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$: a subscription */
bool format_token(span text);    /* ^[!-~]{8,256}$: a credential */
bool format_position(span text); /* either form of proto/position.h */
bool format_since(span text);    /* epoch.fingerprint.revision */
bool format_cursor(span text);   /* ^[A-Za-z0-9._~-]{1,128}$: opaque to clients */

bool format_instant(span text); /* RFC 3339 date-time, see proto/time.h */
bool format_date(span text);    /* YYYY-MM-DD, a day that exists */

#endif
