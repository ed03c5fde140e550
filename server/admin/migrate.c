/* SPDX-License-Identifier: EUPL-1.2 */
/* ugo.migration remembers number, name and SHA-256 of every migration applied. Two programs may
 * start at the same time (worker hosts, a package's upgrade): a transaction-level advisory lock
 * lets the second one find the work done. */
#include "admin/migrate.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>

#include "admin/migrations.h"
#include "base/buf.h"

#define MIGRATE_LOCK "7694192" /* apply_batch's is 7694191 */

static void result_clear(PGresult **r)
{
    PQclear(*r);
}

static void keep_detail(struct migrate_report *report, const char *text)
{
    size_t n = strcspn(text, "\n");

    snprintf(report->detail, sizeof report->detail, "%.*s", (int)(n < 500 ? n : 500), text);
}

static int run(PGconn *c, const char *sql, struct migrate_report *report)
{
    PGresult *r CLEANUP(result_clear) = PQexec(c, sql);

    if (PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK)
        return 0;
    keep_detail(report, PQerrorMessage(c));
    return MIGRATE_FAILED;
}

static void checksum(const struct migration *m, char ret_hex[static 65])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)m->sql, m->n, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

/* What the database says it has: 0 and *ret_rows (NULL: nothing at all), or an outcome. */
static int read_applied(PGconn *c, PGresult **ret_rows, struct migrate_report *report)
{
    PGresult *found CLEANUP(result_clear) =
        PQexec(c, "SELECT to_regclass('ugo.migration') IS NOT NULL,"
                  " to_regclass('ugo.ledger') IS NOT NULL");
    PGresult *rows;

    *ret_rows = NULL;
    if (PQresultStatus(found) != PGRES_TUPLES_OK) {
        keep_detail(report, PQerrorMessage(c));
        return MIGRATE_FAILED;
    }
    if (*PQgetvalue(found, 0, 0) != 't')
        return *PQgetvalue(found, 0, 1) == 't' ? MIGRATE_FOREIGN : 0;
    rows = PQexec(c, "SELECT number, name, checksum FROM ugo.migration ORDER BY number");
    if (PQresultStatus(rows) != PGRES_TUPLES_OK) {
        keep_detail(report, PQerrorMessage(c));
        PQclear(rows);
        return MIGRATE_FAILED;
    }
    *ret_rows = rows;
    return 0;
}

/* Compares with what this program carries; *ret_applied migrations need not be run. */
static int compare(const PGresult *rows, int *ret_applied, struct migrate_report *report)
{
    int n = rows != NULL ? PQntuples(rows) : 0;

    *ret_applied = 0;
    for (int i = 0; i < n && i < migrations_n; i++) {
        char hex[65];

        checksum(&migrations[i], hex);
        if (strtol(PQgetvalue(rows, i, 0), NULL, 10) != migrations[i].number ||
            strcmp(PQgetvalue(rows, i, 2), hex) != 0) {
            keep_detail(report, PQgetvalue(rows, i, 1));
            return MIGRATE_CHANGED;
        }
    }
    if (n > 0)
        report->before = report->after = (int)strtol(PQgetvalue(rows, n - 1, 0), NULL, 10);
    *ret_applied = n;
    return n > migrations_n ? MIGRATE_NEWER : 0;
}

static int state_of(PGconn *c, int *ret_applied, struct migrate_report *report)
{
    PGresult *rows CLEANUP(result_clear) = NULL;
    int r;

    *ret_applied = 0;
    r = read_applied(c, &rows, report);
    return r != 0 ? r : compare(rows, ret_applied, report);
}

static int apply(PGconn *c, const struct migration *m, struct migrate_report *report)
{
    char number[12], hex[65];
    const char *values[] = {number, m->name, hex};
    PGresult *r CLEANUP(result_clear) = NULL;
    char text[sizeof report->detail];

    if (run(c, m->sql, report) != 0) {
        snprintf(text, sizeof text, "%s: %.400s", m->name, report->detail);
        keep_detail(report, text);
        return MIGRATE_FAILED;
    }
    snprintf(number, sizeof number, "%d", m->number);
    checksum(m, hex);
    r = PQexecParams(c,
                     "INSERT INTO ugo.migration VALUES ($1::integer, $2, $3,"
                     " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)",
                     3, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(r) == PGRES_COMMAND_OK)
        return 0;
    keep_detail(report, PQerrorMessage(c));
    return MIGRATE_FAILED;
}

/* Inside the transaction, with the lock. */
static int apply_pending(PGconn *c, struct migrate_report *report)
{
    int applied, r = state_of(c, &applied, report);

    if (r == 0 && applied == 0)
        r = run(c,
                "CREATE SCHEMA IF NOT EXISTS ugo;"
                "CREATE TABLE ugo.migration (number integer PRIMARY KEY, name text NOT NULL,"
                " checksum text NOT NULL, applied_at bigint NOT NULL)",
                report);
    for (int i = applied; r == 0 && i < migrations_n; i++)
        r = apply(c, &migrations[i], report);
    return r;
}

int migrate_run(PGconn *c, struct migrate_report *ret_report)
{
    int r;

    *ret_report = (struct migrate_report){0};
    r = run(c,
            "SET client_min_messages = warning; BEGIN; SELECT pg_advisory_xact_lock(" MIGRATE_LOCK
            ")",
            ret_report);
    if (r == 0)
        r = apply_pending(c, ret_report);
    if (r == 0)
        r = run(c, "COMMIT; RESET client_min_messages", ret_report);
    else if (PQstatus(c) == CONNECTION_OK)
        PQclear(PQexec(c, "ROLLBACK; RESET client_min_messages"));
    if (r == 0)
        ret_report->after = migrations[migrations_n - 1].number;
    return r;
}

int migrate_check(PGconn *c, struct migrate_report *ret_report)
{
    int applied, r;

    *ret_report = (struct migrate_report){0};
    r = state_of(c, &applied, ret_report);
    return r == 0 && applied < migrations_n ? MIGRATE_PENDING : r;
}
