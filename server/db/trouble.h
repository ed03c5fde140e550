/* SPDX-License-Identifier: EUPL-1.2 */
/* libpq's messages as one line of a log. */
#ifndef DB_TROUBLE_H
#define DB_TROUBLE_H

#include <stddef.h>

/* Copies message, lines joined by spaces, cut to room. NULL: "out of memory" (libpq's only reason
 * to have none). */
void trouble_copy(char *to, size_t room, const char *message);

#endif
