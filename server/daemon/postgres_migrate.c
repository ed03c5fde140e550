/* SPDX-License-Identifier: EUPL-1.2 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "admin/database.h"
#include "admin/migrate.h"
#include "conf/embedded_place.h"
#include "daemon/postgres.h"
#include "log/log.h"

static void finish(PGconn **c)
{
    PQfinish(*c);
}

static int fail(const char *doing, const char *message)
{
    log_line(LOG_ERROR, "database_not_prepared", "doing=%s message=%.*s", doing,
             (int)strcspn(message, "\n"), message);
    return 1;
}

/* Line 8 of postmaster.pid, as pg_ctl reads it: asking over the socket would fill the log with
 * refusals. The file may still be that of a server that was killed. */
static bool is_ready(const struct postgres *p, pid_t server)
{
    char path[PATH_MAX + 32], line[PATH_MAX] = "";
    snprintf(path, sizeof path, "%s/postmaster.pid", p->cluster);
    FILE *in = fopen(path, "re");
    bool ready = in != NULL && fgets(line, sizeof line, in) != NULL &&
                 strtol(line, NULL, 10) == (long)server;
    for (int n = 2; ready && n <= 8; n++)
        ready = fgets(line, sizeof line, in) != NULL;
    if (in != NULL)
        fclose(in);
    return ready && strncmp(line, "ready", 5) == 0;
}

/* For as long as recovery takes; the master ends this process if the server dies. */
static void await_server(const struct postgres *p, pid_t server)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    while (!is_ready(p, server))
        nanosleep(&pause, NULL);
}

static int make_database(const char *conninfo)
{
    PGconn *c CLEANUP(finish) = PQconnectdb(conninfo);
    if (PQstatus(c) != CONNECTION_OK)
        return fail("connect", PQerrorMessage(c));
    if (database_make(c, EMBEDDED_DATABASE) != 0)
        return fail("create", PQerrorMessage(c));
    return 0;
}

static int migrate(const char *conninfo)
{
    static const char *const outcomes[] = {
        [MIGRATE_NEWER] = "the database was migrated by a newer ugo: install that version",
        [MIGRATE_CHANGED] = "a migration that was applied has been changed since",
        [MIGRATE_FOREIGN] = "the database has a schema ugo that is not ours",
        [MIGRATE_PENDING] = "migrations are missing",
        [MIGRATE_FAILED] = "PostgreSQL refused a migration",
    };
    struct migrate_report report;
    PGconn *c CLEANUP(finish) = PQconnectdb(conninfo);
    if (PQstatus(c) != CONNECTION_OK)
        return fail("connect", PQerrorMessage(c));
    int r = migrate_run(c, &report);
    if (r == 0) {
        if (report.after != report.before)
            log_line(LOG_NOTICE, "schema_migrated", "from=%d to=%d", report.before, report.after);
        return 0;
    }
    log_line(LOG_ERROR, "schema_not_migrated", "reason=%s detail=%s",
             r > 0 ? outcomes[r] : strerror(-r), report.detail);
    return 1;
}

int postgres_migrate(const char *data_dir, const struct postgres *p, pid_t server)
{
    CLEANUP(buf_free) struct buf first = {0}, own = {0};
    embedded_conninfo(data_dir, EMBEDDED_ADMIN, p->as->name, &own);
    buf_char(&own, '\0');
    embedded_conninfo(data_dir, EMBEDDED_ADMIN, p->as->name, &first);
    buf_text(&first, " dbname='postgres'"); /* the later one counts */
    buf_char(&first, '\0');
    if (buf_check(&own) < 0 || buf_check(&first) < 0)
        return fail("begin", "out of memory");
    await_server(p, server);
    int r = make_database(first.p);
    return r != 0 ? r : migrate(own.p);
}
