/* SPDX-License-Identifier: EUPL-1.2 */
/* Brings a database to the schema this program was built with. Forward only; all pending migrations
 * in one transaction, so a database is never between two versions. */
#ifndef ADMIN_MIGRATE_H
#define ADMIN_MIGRATE_H

#include <libpq-fe.h>

#include "base/result.h"

enum migrate_outcome {
    MIGRATE_NEWER = 1, /* the database has migrations this program does not know: a newer ugo */
    MIGRATE_CHANGED,   /* a migration it has was changed since: detail names it */
    MIGRATE_FOREIGN,   /* there is a schema "ugo" that no migration made */
    MIGRATE_PENDING,   /* migrate_check only: migrations are missing */
    MIGRATE_FAILED,    /* PostgreSQL refused: detail has its words */
};

struct migrate_report {
    int before, after; /* number of the last migration, 0 none */
    char detail[512];  /* for CHANGED and FAILED; else empty */
};

/* Applies what is pending, waiting for another migrate to end. Needs the database's owner or a
 * superuser. 0, an enum migrate_outcome, or negative; the report is always written. */
int migrate_run(PGconn *connection, struct migrate_report *ret_report) MUST_USE;

/* Looks only; for any role that may read the schema. Same results, and MIGRATE_PENDING. */
int migrate_check(PGconn *connection, struct migrate_report *ret_report) MUST_USE;

#endif
