/* SPDX-License-Identifier: EUPL-1.2 */
/* `doctor`: one line per check, OK or ATTENTION with what to do; exit status 1 when any asks for
 * attention. */
#include <openssl/crypto.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "admin/cert.h"
#include "admin/ctl.h"
#include "admin/migrate.h"

/* The first Debian libevent whose TLS and resolver defects are mended; the library itself cannot
 * tell its patches. */
#define LIBEVENT_LEAST "2.1.12-stable-8+deb12u1"
#define SOON (30 * 24 * USEC_HOUR)
#define SILENCE (3 * USEC_S) /* after it, answers of the daemon say stale */

extern char **environ;

static int attentions; /* of this run */

static void line(const struct ctl *ctl, bool good, const char *code, const char *one,
                 const char *two, const char *three)
{
    printf("%s", words_get(ctl->language, good ? "doctor_ok" : "doctor_attention"));
    ctl_say(ctl, code, one, two, three, NULL);
    attentions += !good;
}

static usec_t wall_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * USEC_S + t.tv_nsec / 1000;
}

static const char *day_of(usec_t at, char room[static INSTANT_TEXT])
{
    instant_format(at, room);
    room[10] = '\0';
    return room;
}

/* Runs a program; its output's first line into out. Its exit status, or -1. */
static int run_program(char *const argv[], char *out, size_t size)
{
    posix_spawn_file_actions_t actions;
    int ends[2], status = -1, failed;
    pid_t child;
    size_t n = 0;
    ssize_t got;

    if (pipe(ends) != 0)
        return -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1 /* O_WRONLY */, 0);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    failed = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    while (failed == 0 && n < size - 1 && (got = read(ends[0], out + n, size - 1 - n)) > 0)
        n += (size_t)got;
    out[n] = '\0';
    out[strcspn(out, "\n")] = '\0';
    close(ends[0]);
    if (failed != 0 || waitpid(child, &status, 0) != child)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void check_versions(const struct ctl *ctl)
{
    static char *const packages[] = {"libevent-core-2.1-7", "libevent-core-2.1-7t64"};
    char libpq[24], version[128] = "", nothing[2];

    snprintf(libpq, sizeof libpq, "%d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000);
    line(ctl, true, "doctor_versions", UGO_VERSION, OpenSSL_version(OPENSSL_VERSION_STRING), libpq);
    for (size_t i = 0; i < ARRAY_LENGTH(packages) && version[0] == '\0'; i++) {
        char *const ask[] = {"dpkg-query", "-W", "-f=${Version}", packages[i], NULL};

        if (run_program(ask, version, sizeof version) != 0)
            version[0] = '\0';
    }
    if (version[0] == '\0') {
        line(ctl, false, "doctor_libevent_unknown", LIBEVENT_LEAST, NULL, NULL);
    } else {
        char *const compare[] = {"dpkg", "--compare-versions", version, "ge", LIBEVENT_LEAST, NULL};
        bool good = run_program(compare, nothing, sizeof nothing) == 0;

        line(ctl, good, good ? "doctor_libevent" : "doctor_libevent_old", version, NULL, NULL);
    }
}

static void check_file(const struct ctl *ctl, const char *path)
{
    struct cert_issued cert;
    char room[INSTANT_TEXT];
    int r;

    if (path[0] == '\0')
        return;
    r = cert_read(path, &cert);
    if (r != 0) {
        line(ctl, false, "doctor_cert_unreadable", path, r < 0 ? strerror(-r) : cert_error(), NULL);
        return;
    }
    bool good = cert.expires_at > wall_clock() + SOON;
    line(ctl, good, good ? "doctor_cert" : "doctor_cert_soon", path, day_of(cert.expires_at, room),
         NULL);
}

static void check_schema(struct ctl *ctl)
{
    static const char *const codes[] = {
        [MIGRATE_NEWER] = "migrate_newer",
        [MIGRATE_CHANGED] = "migrate_changed",
        [MIGRATE_FOREIGN] = "migrate_foreign",
        [MIGRATE_FAILED] = "database_says",
    };
    struct migrate_report report;
    int r = migrate_check(ctl->connection, &report);

    if (r == 0)
        line(ctl, true, "doctor_schema", ctl_number(report.after), NULL, NULL);
    else if (r == MIGRATE_PENDING)
        line(ctl, false, "doctor_schema_pending", ctl_number(report.before), NULL, NULL);
    else
        line(ctl, false, r > 0 ? codes[r] : "out_of_memory", report.detail, NULL, NULL);
}

/* The ledger's heartbeat and the clocks, from one row read between two looks at our own clock. */
static void check_ledger(struct ctl *ctl)
{
    usec_t before = wall_clock(), after, ours, theirs, logical;
    char room[32];
    PGresult *r CLEANUP(ctl_clear) =
        ctl_query(ctl,
                  "SELECT revision, at, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
                  " FROM ugo.ledger",
                  0, NULL);

    if (r == NULL || PQntuples(r) != 1) {
        attentions++;
        return;
    }
    after = wall_clock();
    ours = before + (after - before) / 2;
    logical = strtoll(PQgetvalue(r, 0, 1), NULL, 10);
    theirs = strtoll(PQgetvalue(r, 0, 2), NULL, 10);
    snprintf(room, sizeof room, "%.1f", (double)(theirs - logical) / USEC_S);
    if (theirs - logical > SILENCE)
        line(ctl, false, "doctor_silent", room, NULL, NULL);
    else
        line(ctl, true, "doctor_alive", room, PQgetvalue(r, 0, 0), NULL);
    if (logical - theirs > 10 * USEC_S)
        line(ctl, false, "doctor_logical", ctl_number((logical - theirs) / USEC_S), NULL, NULL);
    bool good = llabs(theirs - ours) < USEC_S + (after - before);
    line(ctl, good, good ? "doctor_clock" : "doctor_clock_off",
         ctl_number((theirs - ours) / USEC_MS), NULL, NULL);
}

static void check_client_certificates(struct ctl *ctl)
{
    PGresult *r CLEANUP(ctl_clear) =
        ctl_query(ctl,
                  "SELECT count(*), count(*) FILTER (WHERE expires_at <"
                  " (extract(epoch FROM clock_timestamp() + interval '30 days') * 1000000))"
                  " FROM ugo.credential c JOIN ugo.account a ON a.id = c.account"
                  " WHERE c.type = 'certificate' AND NOT c.revoked AND NOT a.disabled",
                  0, NULL);

    if (r == NULL) {
        attentions++;
        return;
    }
    line(ctl, true, "doctor_client_certs", PQgetvalue(r, 0, 0), NULL, NULL);
    if (strcmp(PQgetvalue(r, 0, 1), "0") != 0)
        line(ctl, false, "doctor_client_soon", PQgetvalue(r, 0, 1), NULL, NULL);
}

int ctl_doctor(struct ctl *ctl)
{
    attentions = 0;
    check_versions(ctl);
    if (ctl->conf != NULL) {
        check_file(ctl, ctl->conf->server_cert);
        check_file(ctl, ctl->conf->client_ca);
    }
    if (PQstatus(ctl->connection) != CONNECTION_OK) {
        line(ctl, false, "doctor_no_database", NULL, NULL, NULL);
    } else {
        line(ctl, true, "doctor_database", PQparameterStatus(ctl->connection, "server_version"),
             NULL, NULL);
        check_schema(ctl);
        check_ledger(ctl);
        check_client_certificates(ctl);
    }
    return attentions > 0 ? CTL_REFUSED : CTL_DONE;
}
