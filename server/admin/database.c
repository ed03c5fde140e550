/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/database.h"

static void clear(PGresult **r)
{
    PQclear(*r);
}

static void free_text(char **text)
{
    PQfreemem(*text);
}

int database_make(PGconn *connection, const char *name)
{
    char sql[256];
    const char *parameters[] = {name};
    PGresult *found CLEANUP(clear) =
        PQexecParams(connection, "SELECT 1 FROM pg_database WHERE datname = $1", 1, NULL,
                     parameters, NULL, NULL, 0);
    if (PQresultStatus(found) != PGRES_TUPLES_OK)
        return DATABASE_FAILED;
    if (PQntuples(found) > 0)
        return 0;
    char *quoted CLEANUP(free_text) = PQescapeIdentifier(connection, name, strlen(name));
    if (quoted == NULL)
        return DATABASE_FAILED;
    snprintf(sql, sizeof sql, "CREATE DATABASE %s", quoted);
    PGresult *made CLEANUP(clear) = PQexec(connection, sql);
    return PQresultStatus(made) == PGRES_COMMAND_OK ? 0 : DATABASE_FAILED;
}
