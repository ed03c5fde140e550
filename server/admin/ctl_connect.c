/* SPDX-License-Identifier: EUPL-1.2 */
/* The configuration that a verb is given, and the database that it speaks with. */
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "admin/ctl.h"
#include "admin/files.h"
#include "conf/embedded_place.h"

int ctl_configure(struct ctl *ctl, const char *path)
{
    struct buf text CLEANUP(buf_free) = {0}, line CLEANUP(buf_free) = {0};
    struct conf_errors errors;
    char folder[PATH_MAX];
    int r = files_read(path, 1 << 20, &text);

    if (r < 0) {
        ctl_complain(ctl, "file_unreadable", path, strerror(-r), NULL);
        return CTL_REFUSED;
    }
    files_folder(path, folder, sizeof folder);
    ctl->conf = calloc(1, sizeof *ctl->conf);
    r = ctl->conf == NULL ? -ENOMEM : conf_parse(buf_span(&text), folder, ctl->conf, &errors);
    if (r == 0)
        return 0;
    if (r < 0) {
        ctl_complain(ctl, "out_of_memory", NULL);
        return CTL_REFUSED;
    }
    for (size_t i = 0; i < errors.n && i < CONF_ERRORS_MAX; i++) {
        buf_reset(&line);
        conf_error_text(&errors.error[i], ctl->language == LANGUAGE_FR ? CONF_FR : CONF_EN, &line);
        if (buf_check(&line) == 0)
            fprintf(stderr, "%s: %.*s\n", path, (int)line.n, line.p);
    }
    return CTL_REFUSED;
}

/* How to reach the embedded PostgreSQL as its administrator. It runs as the owner of the data. */
static int embedded_database(const struct ctl *ctl, struct buf *out)
{
    struct stat st;
    const struct passwd *owner;

    if (stat(ctl->conf->data_dir, &st) < 0) {
        ctl_complain(ctl, "database_embedded_unknown", ctl->conf->data_dir, strerror(errno), NULL);
        return CTL_REFUSED;
    }
    owner = getpwuid(st.st_uid);
    embedded_conninfo(ctl->conf->data_dir, EMBEDDED_ADMIN, owner != NULL ? owner->pw_name : NULL,
                      out);
    buf_char(out, '\0');
    return buf_check(out);
}

int ctl_connect(struct ctl *ctl, const char *database)
{
    static const char *const keywords[] = {"dbname", "fallback_application_name", "client_encoding",
                                           NULL};
    const char *values[] = {NULL, "ugoctl", "UTF8", NULL};
    struct buf embedded CLEANUP(buf_free) = {0};

    if (database == NULL && ctl->conf != NULL && ctl->conf->database[0] != '\0')
        database = ctl->conf->database;
    if (database == NULL && ctl->conf != NULL) {
        if (embedded_database(ctl, &embedded) != 0)
            return CTL_REFUSED;
        database = embedded.p;
    }
    if (database == NULL) {
        ctl_complain(ctl, "database_missing", NULL);
        return CTL_USAGE;
    }
    values[0] = database;
    ctl->connection = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(ctl->connection) == CONNECTION_OK)
        return 0;
    ctl_complain(ctl, "database_unreachable", PQerrorMessage(ctl->connection), NULL);
    return CTL_REFUSED;
}

void ctl_clear(PGresult **result)
{
    PQclear(*result);
}

PGresult *ctl_query(struct ctl *ctl, const char *sql, int n_params, const char *const *params)
{
    PGresult *r = PQexecParams(ctl->connection, sql, n_params, NULL, params, NULL, NULL, 0);

    if (PQresultStatus(r) == PGRES_TUPLES_OK || PQresultStatus(r) == PGRES_COMMAND_OK)
        return r;
    ctl_complain(ctl, "database_says", PQerrorMessage(ctl->connection), NULL);
    PQclear(r);
    return NULL;
}

int ctl_check_register(struct ctl *ctl)
{
    PGresult *r CLEANUP(ctl_clear) = NULL;

    if (ctl->verb->database < DATABASE_READ)
        return 0;
    r = ctl_query(ctl,
                  "SELECT to_regclass('ugo.ledger') IS NULL, to_regrole('ugo_owner') IS NULL OR"
                  " NOT pg_has_role(session_user, to_regrole('ugo_owner'), 'MEMBER'), session_user",
                  0, NULL);
    if (r == NULL)
        return CTL_REFUSED;
    if (*PQgetvalue(r, 0, 0) == 't') {
        ctl_complain(ctl, "register_missing", NULL);
        return CTL_REFUSED;
    }
    if (ctl->verb->database == DATABASE_OWNER && *PQgetvalue(r, 0, 1) == 't') {
        ctl_complain(ctl, "role_not_owner", PQgetvalue(r, 0, 2), NULL);
        return CTL_REFUSED;
    }
    return 0;
}
