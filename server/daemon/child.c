/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/child.h"

#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log/log.h"

int run_as_find(const char *user, struct run_as *ret)
{
    bool root = geteuid() == 0;
    const struct passwd *pw = root ? getpwnam(user) : getpwuid(geteuid());
    if (pw == NULL)
        return root ? RUN_AS_UNKNOWN : RUN_AS_NAMELESS;
    *ret = (struct run_as){pw->pw_uid, pw->pw_gid, root && pw->pw_uid != 0, ""};
    snprintf(ret->name, sizeof ret->name, "%s", pw->pw_name);
    return 0;
}

int run_as_become(const struct run_as *as)
{
    if (!as->drop)
        return 0;
    if (initgroups(as->name, as->gid) < 0 || setresgid(as->gid, as->gid, as->gid) < 0 ||
        setresuid(as->uid, as->uid, as->uid) < 0)
        return -errno;
    return setresuid(0, 0, 0) == 0 ? -EPERM : 0; /* there must be no way back */
}

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static void close_others(const struct child *spec)
{
    int keep[CHILD_KEEP];
    size_t n = spec->n_keep < CHILD_KEEP ? spec->n_keep : CHILD_KEEP;
    unsigned from = STDERR_FILENO + 1;
    if (n > 0)
        memcpy(keep, spec->keep, n * sizeof keep[0]);
    qsort(keep, n, sizeof keep[0], by_value);
    for (size_t i = 0; i < n; i++) {
        unsigned fd = (unsigned)keep[i];
        if (fd > from)
            close_range(from, fd - 1, 0);
        if (fd >= from)
            from = fd + 1;
    }
    close_range(from, ~0U, 0);
}

/* The master blocks what it reads from its signalfd and has no handlers. */
static void unblock_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

pid_t child_fork(const struct child *spec)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid != 0)
        return pid < 0 ? -errno : pid;
    unblock_signals();
    close_others(spec);
    setpgid(0, 0); /* Ctrl-C is for the master, which stops its children in order */
    prctl(PR_SET_NAME, spec->name);
    int r = spec->as != NULL ? run_as_become(spec->as) : 0;
    if (r < 0) {
        log_line(LOG_ERROR, "child_failed", "name=%s doing=become user=%s error=%s", spec->name,
                 spec->as->name, strerror(-r));
        _exit(1);
    }
    /* After the change of user, which clears it; and the master may have died just before. */
    if (prctl(PR_SET_PDEATHSIG, spec->death_signal) < 0 || getppid() != parent)
        _exit(1);
    return 0;
}

int child_wait(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
