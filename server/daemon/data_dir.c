/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/data_dir.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define EITHER(language, en, fr) ((language) == CONF_FR ? (fr) : (en))

/* The n-th folder above path or path itself: "/", "/var", "/var/lib", … False: there is none. */
static bool prefix(const char *path, unsigned n, char ret[static PATH_MAX])
{
    size_t at = 1;
    if (strlen(path) >= PATH_MAX || path[0] != '/')
        return false;
    for (; n > 0; n--) {
        while (path[at] == '/')
            at++;
        if (path[at] == '\0')
            return false;
        at += strcspn(path + at, "/");
    }
    memcpy(ret, path, at);
    ret[at] = '\0';
    return true;
}

/* In a process that runs as the user: 0, or 1 + the number of the folder that it cannot search. */
static int first_blocked(const char *path)
{
    char folder[PATH_MAX];
    for (unsigned n = 0; n < 100 && prefix(path, n, folder); n++)
        if (faccessat(AT_FDCWD, folder, X_OK, AT_EACCESS) < 0)
            return errno == ENOENT ? 0 : (int)n + 1;
    return 0;
}

int data_dir_check(const char *path, const struct run_as *as, enum conf_language language,
                   struct buf *ret_why)
{
    char folder[PATH_MAX];
    struct child child = {"ugod-check", as, SIGKILL, NULL, 0};
    pid_t pid = child_fork(&child);
    if (pid == 0)
        _exit(first_blocked(path));
    if (pid < 0)
        return (int)pid;
    int blocked = child_wait(pid);
    if (blocked == 0)
        return 0;
    if (!prefix(path, (unsigned)blocked - 1, folder))
        snprintf(folder, sizeof folder, "%s", path);
    buf_printf(ret_why,
               EITHER(language,
                      "data_dir %s: the user %s cannot enter %s; make that folder searchable "
                      "(chmod o+x %s) or choose another data_dir",
                      "data_dir %s : l'utilisateur %s ne peut pas traverser %s ; rendez ce dossier "
                      "traversable (chmod o+x %s) ou choisissez un autre data_dir"),
               path, as->name, folder, folder);
    return DATA_DIR_REFUSED;
}

static int refuse(struct buf *why, const char *path, int r)
{
    buf_printf(why, "data_dir %s: %s", path, strerror(-r));
    return DATA_DIR_REFUSED;
}

static int make_above(const char *path)
{
    char folder[PATH_MAX], next[PATH_MAX];
    for (unsigned n = 1; prefix(path, n, folder) && prefix(path, n + 1, next); n++)
        if (mkdir(folder, 0755) < 0 && errno != EEXIST)
            return -errno;
    return 0;
}

/* A folder that is there keeps its mode: somebody may have chosen it. */
static int make(const char *path, const struct run_as *as)
{
    int r = make_above(path);
    if (r < 0)
        return r;
    if (mkdir(path, 0700) == 0)
        return as->drop && chown(path, as->uid, as->gid) < 0 ? -errno : 0;
    return errno == EEXIST ? 0 : -errno;
}

static int check_owner(const char *path, const struct run_as *as, enum conf_language language,
                       struct buf *why)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return refuse(why, path, -errno);
    if (!S_ISDIR(st.st_mode))
        return refuse(why, path, -ENOTDIR);
    if (st.st_uid == as->uid)
        return 0;
    buf_printf(why,
               EITHER(language, "data_dir %s: it does not belong to the user %s; chown %s it",
                      "data_dir %s : il n'appartient pas à l'utilisateur %s ; faites chown %s"),
               path, as->name, as->name);
    return DATA_DIR_REFUSED;
}

/* POSIX locks are not inherited by fork, so no surviving child keeps a dead master's lock. */
static int lock(const char *path, enum conf_language language, int *ret, struct buf *why)
{
    char name[PATH_MAX];
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (snprintf(name, sizeof name, "%s/ugod.lock", path) >= (int)sizeof name)
        return refuse(why, path, -ENAMETOOLONG);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return refuse(why, name, -errno);
    if (fcntl(fd, F_SETLK, &whole) == 0) {
        *ret = fd;
        return 0;
    }
    int error = errno;
    if (fcntl(fd, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK)
        buf_printf(why,
                   EITHER(language, "data_dir %s: another ugod (pid %d) works in it",
                          "data_dir %s : un autre ugod (pid %d) y travaille"),
                   path, (int)whole.l_pid);
    else
        (void)refuse(why, name, -error);
    close(fd);
    return DATA_DIR_REFUSED;
}

int data_dir_take(const char *path, const struct run_as *as, enum conf_language language,
                  int *ret_lock, struct buf *ret_why)
{
    int r = data_dir_check(path, as, language, ret_why);
    if (r != 0)
        return r;
    r = make(path, as);
    if (r < 0)
        return refuse(ret_why, path, r);
    r = check_owner(path, as, language, ret_why);
    return r != 0 ? r : lock(path, language, ret_lock, ret_why);
}
