/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/postgres.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "conf/embedded_place.h"
#include "log/log.h"

#define INSTALLED "/usr/lib/postgresql" /* Debian's: one folder per major version */

/* ── programs ── */

/* First line of PG_VERSION; 0: there are no data yet. */
static long version_of(const char *cluster)
{
    char path[PATH_MAX + 16], text[16] = "";
    snprintf(path, sizeof path, "%s/PG_VERSION", cluster);
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return 0;
    if (fgets(text, sizeof text, in) == NULL)
        text[0] = '\0';
    fclose(in);
    return strtol(text, NULL, 10);
}

static bool has_programs(const char *folder)
{
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/initdb", folder);
    if (access(path, X_OK) < 0)
        return false;
    snprintf(path, sizeof path, "%s/postgres", folder);
    return access(path, X_OK) == 0;
}

/* The newest version installed, 0 when there is none. */
static long newest_installed(void)
{
    long newest = 0;
    DIR *folder = opendir(INSTALLED);
    const struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char bin[PATH_MAX];
        long version = strtol(entry->d_name, NULL, 10);
        snprintf(bin, sizeof bin, INSTALLED "/%s/bin", entry->d_name);
        if (version > newest && has_programs(bin))
            newest = version;
    }
    if (folder != NULL)
        closedir(folder);
    return newest;
}

#define EITHER(language, en, fr) ((language) == CONF_FR ? (fr) : (en))

static int find_programs(const struct conf *c, enum conf_language language, struct postgres *p,
                         struct buf *why)
{
    long version = version_of(p->cluster);
    if (c->postgres_bin[0] != '\0')
        snprintf(p->programs, sizeof p->programs, "%s", c->postgres_bin);
    else
        snprintf(p->programs, sizeof p->programs, INSTALLED "/%ld/bin",
                 version != 0 ? version : newest_installed());
    if (has_programs(p->programs))
        return 0;
    if (c->postgres_bin[0] != '\0')
        buf_printf(why,
                   EITHER(language, "postgres_bin: there is no initdb and postgres in %s",
                          "postgres_bin : pas d'initdb ni de postgres dans %s"),
                   p->programs);
    else if (version != 0)
        buf_printf(why,
                   EITHER(language,
                          "%s was made by PostgreSQL %ld, which is not installed; install "
                          "postgresql-%ld",
                          "%s a été créé par PostgreSQL %ld, qui n'est pas installé ; installez "
                          "postgresql-%ld"),
                   p->cluster, version, version);
    else
        buf_text(why, EITHER(language,
                             "PostgreSQL is not installed; apt install postgresql, or set "
                             "database to use a server",
                             "PostgreSQL n'est pas installé ; apt install postgresql, ou donnez "
                             "database pour utiliser un serveur"));
    return POSTGRES_REFUSED;
}

int postgres_find(const struct conf *c, const struct run_as *as, enum conf_language language,
                  struct postgres *ret, struct buf *ret_why)
{
    struct postgres p = {.as = as};
    char socket[EMBEDDED_SOCKET_ROOM];
    if (strlen(c->data_dir) > PATH_MAX - 64) {
        buf_printf(ret_why, "data_dir: %s", strerror(ENAMETOOLONG));
        return POSTGRES_REFUSED;
    }
    snprintf(p.cluster, sizeof p.cluster, "%s/postgres", c->data_dir);
    embedded_socket_folder(c->data_dir, socket);
    snprintf(p.socket, sizeof p.socket, "%s", socket);
    p.connections = 16 + 8 * (unsigned)c->workers;
    int r = find_programs(c, language, &p, ret_why);
    if (r == 0)
        *ret = p;
    return r;
}

/* ── a server that was left behind ── */

static void pause_ms(long ms)
{
    struct timespec wait = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&wait, NULL);
}

static bool link_ends(pid_t pid, const char *what, const char *end)
{
    char path[64], target[PATH_MAX];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, what);
    ssize_t n = readlink(path, target, sizeof target - 1);
    size_t length = strlen(end);
    if (n < 0 || (size_t)n < length)
        return false;
    target[n] = '\0';
    return strcmp(target + n - length, end) == 0;
}

/* The postmaster of exactly this cluster, running as us; 0: none. A pid alone proves nothing: it
 * may be anybody's by now. */
static pid_t live_server(const struct postgres *p)
{
    char path[PATH_MAX + 32], text[16] = "", real[PATH_MAX];
    snprintf(path, sizeof path, "%s/postmaster.pid", p->cluster);
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return 0;
    if (fgets(text, sizeof text, in) == NULL)
        text[0] = '\0';
    fclose(in);
    pid_t pid = (pid_t)strtol(text, NULL, 10);
    if (pid <= 1 || kill(pid, 0) < 0 || realpath(p->cluster, real) == NULL)
        return 0;
    return link_ends(pid, "cwd", real) && link_ends(pid, "exe", "/postgres") ? pid : 0;
}

/* Fast, then immediate, then by force: what it acknowledged is on disk in every case. */
static void stop_left_behind(const struct postgres *p)
{
    const struct {
        int signo;
        long wait_ms;
    } steps[] = {{SIGINT, 15000}, {SIGQUIT, 10000}, {SIGKILL, 10000}};
    pid_t pid = live_server(p);
    if (pid == 0)
        return;
    log_line(LOG_WARNING, "postgres_left_behind", "pid=%d doing=stop", (int)pid);
    for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
        kill(pid, steps[i].signo);
        for (long ms = 0; ms < steps[i].wait_ms; ms += 20) {
            if (live_server(p) != pid) /* gone, or a zombie that nobody reaps */
                return;
            pause_ms(20);
        }
    }
}

/* ── the cluster ── */

static int fail(const char *doing, const char *path)
{
    log_line(LOG_ERROR, "postgres_not_prepared", "doing=%s path=%s error=%s", doing, path,
             strerror(errno));
    return 1;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

/* Runs initdb; what it complains about comes out on our standard error. */
static int run_initdb(char *const argv[])
{
    struct child child = {"initdb", NULL, SIGKILL, NULL, 0};
    pid_t pid = child_fork(&child);
    if (pid == 0) {
        dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
        execv(argv[0], argv);
        _exit(127);
    }
    return pid < 0 ? 1 : child_wait(pid);
}

/* Made under another name and renamed, so that a cluster is there whole or not at all. */
static int make_cluster(const struct postgres *p)
{
    char program[PATH_MAX + 16], fresh[PATH_MAX + 8];
    /* By its path: PostgreSQL's programs find each other from there. */
    snprintf(program, sizeof program, "%s/initdb", p->programs);
    snprintf(fresh, sizeof fresh, "%s.new", p->cluster);
    if (access(fresh, F_OK) == 0 && nftw(fresh, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        return fail("remove", fresh);
    char *argv[] = {program,
                    "--pgdata",
                    fresh,
                    "--username",
                    EMBEDDED_ADMIN,
                    "--encoding=UTF8",
                    "--locale=C",
                    "--auth=peer",
                    "--data-checksums",
                    "--no-instructions",
                    NULL};
    int status = run_initdb(argv);
    if (status != 0) {
        log_line(LOG_ERROR, "postgres_not_prepared", "doing=initdb status=%d programs=%s", status,
                 p->programs);
        return 1;
    }
    return rename(fresh, p->cluster) < 0 ? fail("rename", fresh) : 0;
}

static int write_file(const struct postgres *p, const char *name, const char *text)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s", p->cluster, name);
    FILE *out = fopen(path, "we");
    if (out == NULL)
        return fail("write", path);
    bool written = fputs(text, out) >= 0;
    return fclose(out) == 0 && written ? 0 : fail("write", path);
}

/* Only the local socket, only by system user: root administers, our user serves. */
static int write_access(const struct postgres *p)
{
    char ident[1024];
    snprintf(ident, sizeof ident,
             "# written by ugod at every start\n"
             "ugo root \"" EMBEDDED_ADMIN "\"\n"
             "ugo \"%s\" \"" EMBEDDED_ADMIN "\"\n"
             "ugo \"%s\" \"" EMBEDDED_WORKER "\"\n",
             p->as->name, p->as->name);
    int r = write_file(p, "pg_ident.conf", ident);
    return r != 0 ? r
                  : write_file(p, "pg_hba.conf",
                               "# written by ugod at every start\n"
                               "local all all peer map=ugo\n");
}

/* In a shared folder the name may have been taken by somebody else. */
static int make_socket_folder(const struct postgres *p)
{
    struct stat st;
    if (mkdir(p->socket, 0700) < 0 && errno != EEXIST)
        return fail("mkdir", p->socket);
    if (lstat(p->socket, &st) < 0)
        return fail("look at", p->socket);
    if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 022) != 0) {
        errno = EPERM;
        return fail("own", p->socket);
    }
    return 0;
}

int postgres_prepare(const struct postgres *p)
{
    umask(077);
    if (chdir("/") < 0)
        return fail("chdir", "/");
    stop_left_behind(p);
    if (version_of(p->cluster) == 0 && make_cluster(p) != 0)
        return 1;
    if (make_socket_folder(p) != 0)
        return 1;
    return write_access(p);
}

/* ── the server ── */

static void clear_environment(void)
{
    static const char *const names[] = {"PGDATA",     "PGPORT",     "PGHOST",
                                        "PGUSER",     "PGDATABASE", "PGOPTIONS",
                                        "PGPASSFILE", "PGSERVICE",  "PGCLIENTENCODING"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        unsetenv(names[i]);
    setenv("LC_ALL", "C", 1);
}

void postgres_exec(const struct postgres *p)
{
    char program[PATH_MAX + 16], sockets[2 * PATH_MAX], connections[32];
    snprintf(program, sizeof program, "%s/postgres", p->programs);
    snprintf(sockets, sizeof sockets, "unix_socket_directories=\"%s\"", p->socket);
    snprintf(connections, sizeof connections, "max_connections=%u", p->connections);
    char *argv[] = {program,
                    "-D",
                    (char *)p->cluster,
                    "-c",
                    "listen_addresses=",
                    "-c",
                    "port=5432",
                    "-c",
                    sockets,
                    "-c",
                    "unix_socket_permissions=0700",
                    "-c",
                    connections,
                    "-c",
                    "fsync=on",
                    "-c",
                    "synchronous_commit=on",
                    "-c",
                    "full_page_writes=on",
                    "-c",
                    "shared_buffers=64MB",
                    "-c",
                    "timezone=UTC",
                    "-c",
                    "logging_collector=off",
                    "-c",
                    "log_destination=stderr",
                    "-c",
                    "log_line_prefix=",
                    "-c",
                    "log_checkpoints=off",
                    "-c",
                    "log_min_error_statement=panic", /* statements carry what people sent */
                    "-c",
                    "cluster_name=ugo",
                    NULL};
    umask(077);
    clear_environment();
    execv(program, argv);
}
