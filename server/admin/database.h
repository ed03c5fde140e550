/* SPDX-License-Identifier: EUPL-1.2 */
/* The database itself, in a server that is ours alone. */
#ifndef ADMIN_DATABASE_H
#define ADMIN_DATABASE_H

#include <libpq-fe.h>

#include "base/result.h"

#define DATABASE_FAILED 1 /* PostgreSQL refused: PQerrorMessage has its words */

/* Makes the database if it is not there; connection: a superuser's, to another one. */
int database_make(PGconn *connection, const char *name) MUST_USE;

#endif
