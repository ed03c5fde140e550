/* SPDX-License-Identifier: EUPL-1.2 */
/* The state is a short text in a memory file, so that programs of different versions understand
 * each other:
 *
 *   ugod-upgrade 1
 *   lock FD            server PID FD
 *   slot PID CONTROL N FD:DOOR …
 *   end */
#include "daemon/upgrade.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "log/log.h"

#define STATE_VARIABLE "UGOD_UPGRADE_FD"

/* ── the old program ── */

static bool accepts(const char *program, const char *config)
{
    struct child child = {"ugod-test", NULL, SIGKILL, NULL, 0};
    pid_t pid = child_fork(&child);
    if (pid == 0) {
        execl(program, program, "-t", "-c", config, (char *)NULL);
        _exit(127);
    }
    return pid > 0 && child_wait(pid) == 0;
}

static void set_inherited(int fd, bool inherited)
{
    if (fd >= 0)
        fcntl(fd, F_SETFD, inherited ? 0 : FD_CLOEXEC);
}

static void set_all_inherited(const struct upgrade *u, bool inherited)
{
    set_inherited(u->lock, inherited);
    set_inherited(u->words, inherited);
    for (unsigned i = 0; i < u->n; i++) {
        set_inherited(u->elder[i].control, inherited);
        for (size_t k = 0; k < u->sockets[i].n; k++)
            set_inherited(u->sockets[i].socket[k].fd, inherited);
    }
}

/* The memory file's descriptor (inherited by exec) or -errno. */
static int write_state(const struct upgrade *u)
{
    int fd = memfd_create("ugod-upgrade", 0);
    FILE *out = fd >= 0 ? fdopen(dup(fd), "w") : NULL;
    if (out == NULL)
        return -errno;
    fprintf(out, "ugod-upgrade 1\nlock %d\nserver %d %d\n", u->lock, (int)u->server, u->words);
    for (unsigned i = 0; i < u->n; i++) {
        fprintf(out, "slot %d %d %zu", (int)u->elder[i].pid, u->elder[i].control, u->sockets[i].n);
        for (size_t k = 0; k < u->sockets[i].n; k++)
            fprintf(out, " %d:%d", u->sockets[i].socket[k].fd, (int)u->sockets[i].socket[k].door);
        fputc('\n', out);
    }
    fputs("end\n", out);
    return fclose(out) == 0 ? fd : -EIO;
}

void upgrade_exec(const struct upgrade *u, const char *program, char **argv, const char *config)
{
    char number[16];
    if (!accepts(program, config)) {
        log_line(LOG_ERROR, "upgrade_refused", "program=%s reason=%s", program,
                 "its own check (-t) fails");
        return;
    }
    int fd = write_state(u);
    if (fd < 0) {
        log_line(LOG_ERROR, "upgrade_refused", "program=%s reason=%s", program, strerror(-fd));
        return;
    }
    snprintf(number, sizeof number, "%d", fd);
    setenv(STATE_VARIABLE, number, 1);
    log_line(LOG_NOTICE, "upgrading", "program=%s", program);
    set_all_inherited(u, true);
    execv(program, argv);
    log_line(LOG_ERROR, "upgrade_refused", "program=%s reason=%s", program, strerror(errno));
    set_all_inherited(u, false);
    unsetenv(STATE_VARIABLE);
    close(fd);
}

/* ── the new program ── */

static bool read_sockets(FILE *in, size_t n, struct slot_sockets *ret)
{
    if (n > WORKER_SOCKETS_MAX)
        return false;
    for (ret->n = 0; ret->n < n; ret->n++) {
        int fd, door;
        if (fscanf(in, " %d:%d", &fd, &door) != 2)
            return false;
        ret->socket[ret->n] = (struct worker_socket){fd, (enum control_door)door};
    }
    return true;
}

static bool read_state(FILE *in, struct upgrade *u)
{
    int version, server;
    char word[16];
    if (fscanf(in, "ugod-upgrade %d lock %d server %d %d", &version, &u->lock, &server,
               &u->words) != 4 ||
        version != 1)
        return false;
    u->server = server;
    while (fscanf(in, "%15s", word) == 1 && strcmp(word, "slot") == 0 && u->n < SLOTS_MAX) {
        int pid;
        size_t sockets;
        if (fscanf(in, "%d %d %zu", &pid, &u->elder[u->n].control, &sockets) != 3 ||
            !read_sockets(in, sockets, &u->sockets[u->n]))
            return false;
        u->elder[u->n++].pid = pid;
    }
    return strcmp(word, "end") == 0;
}

int upgrade_take(struct upgrade *ret)
{
    const char *number = getenv(STATE_VARIABLE);
    if (number == NULL)
        return UPGRADE_NONE;
    int fd = (int)strtol(number, NULL, 10);
    unsetenv(STATE_VARIABLE);
    *ret = (struct upgrade){0};
    FILE *in = lseek(fd, 0, SEEK_SET) == 0 ? fdopen(fd, "r") : NULL;
    if (in == NULL)
        return -errno;
    bool whole = read_state(in, ret);
    fclose(in);
    if (!whole)
        return -EPROTO;
    set_all_inherited(ret, false);
    return 0;
}
