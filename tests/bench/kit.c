/* SPDX-License-Identifier: EUPL-1.2 */
/* The keeper is the parent: it only waits, for its child, a signal or the end of the time. Orphans
 * become its children (a subreaper), and each dies when its parent does, so that it can wait for
 * all of them without knowing them. */
#include "bench/kit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define END_WAIT 15  /* seconds for orphans to end by themselves */
#define LOG_SHOWN 30 /* lines */
#define FILES 20000

static char folder[] = "/tmp/ugo-bench-XXXXXX";

void kit_die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void *kit_alloc(size_t n, size_t size)
{
    void *p = calloc(n, size);
    if (p == NULL)
        kit_die("out of memory");
    return p;
}

char *kit_path(const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        kit_die("out of memory");
    return path;
}

char *kit_program(const char *name)
{
    const char *bin = getenv("UGO_BIN");
    char *path = NULL;
    if (bin == NULL || asprintf(&path, "%s/%s", bin, name) < 0)
        kit_die("UGO_BIN is not set: the folder of the built programs");
    return path;
}

char *kit_find(const char *name)
{
    const char *at = getenv("PATH");
    char *path = NULL;
    for (size_t n; at != NULL && *at != 0; at += n + (at[n] == ':')) {
        n = strcspn(at, ":");
        if (asprintf(&path, "%.*s/%s", (int)n, at, name) < 0)
            kit_die("out of memory");
        if (access(path, X_OK) == 0)
            return path;
        free(path);
    }
    kit_die("there is no %s here: tests/bench/run fetches it from Debian", name);
}

/* Processes */

pid_t kit_fork(int signo)
{
    pid_t parent = getpid();
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        kit_die("fork: %s", strerror(errno));
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, signo);
        if (getppid() != parent)
            _exit(1);
    }
    return pid;
}

pid_t kit_start(char *const argv[], const char *log)
{
    char *path = kit_path(log);
    pid_t pid = kit_fork(SIGTERM);
    if (pid == 0) {
        int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (fd >= 0 && dup2(fd, 1) >= 0 && dup2(fd, 2) >= 0)
            execv(argv[0], argv);
        _exit(127);
    }
    free(path);
    return pid;
}

void kit_call(char *const argv[])
{
    int status;
    pid_t pid = kit_start(argv, "ugod.log");
    if (waitpid(pid, &status, 0) != pid || status != 0)
        kit_die("%s %s failed", argv[0], argv[1]);
}

pid_t kit_child(pid_t parent, const char *name)
{
    char path[64];
    char called[64];
    int child;
    pid_t found = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *f = fopen(path, "r");
    while (f != NULL && found == 0 && fscanf(f, "%d", &child) == 1) {
        snprintf(path, sizeof path, "/proc/%d/comm", child);
        FILE *c = fopen(path, "r");
        if (c != NULL && fscanf(c, "%63s", called) == 1 && strncmp(called, name, strlen(name)) == 0)
            found = child;
        if (c != NULL)
            fclose(c);
    }
    if (f != NULL)
        fclose(f);
    return found;
}

/* Times */

double kit_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static FILE *proc_open(pid_t p, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)p, name);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        kit_die("cannot open %s", path);
    return f;
}

double kit_processor_time(pid_t p)
{
    unsigned long ns;
    FILE *f = proc_open(p, "schedstat");
    if (fscanf(f, "%lu", &ns) != 1)
        kit_die("no processor time");
    fclose(f);
    return (double)ns / 1e9;
}

double kit_resident_kb(pid_t p)
{
    unsigned long pages;
    FILE *f = proc_open(p, "statm");
    if (fscanf(f, "%*u %lu", &pages) != 1)
        kit_die("no resident memory");
    fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1024;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

double kit_quantile(double *values, int n, double q)
{
    qsort(values, (size_t)n, sizeof *values, by_value);
    int i = (int)(q * n);
    return values[i < n ? i : n - 1];
}

/* The keeper */

/* Runs a program to its end; its standard output goes to standard error. */
static void run_plain(char *const argv[])
{
    pid_t pid = fork();
    if (pid == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        execv(argv[0], argv);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

static void remove_folder(void)
{
    run_plain((char *[]){"/bin/rm", "-rf", folder, NULL});
}

static void show_log(void)
{
    char log[128];
    char lines[16];
    snprintf(log, sizeof log, "%s/ugod.log", folder);
    snprintf(lines, sizeof lines, "%d", LOG_SHOWN);
    run_plain((char *[]){"/usr/bin/tail", "-n", lines, log, NULL});
}

/* Waits for one child, or for all that there are (pid -1). False: not within `seconds`, or told to
 * end. */
static bool await(pid_t pid, unsigned seconds, const sigset_t *signals, int *ret_status)
{
    double until = kit_seconds() + seconds;
    for (;;) {
        pid_t ended = waitpid(pid, ret_status, WNOHANG);
        if (ended == pid || (ended < 0 && errno == ECHILD))
            return true;
        double rest = until - kit_seconds();
        if (rest <= 0)
            return false;
        struct timespec wait = {.tv_sec = ended == 0 ? (time_t)rest + 1 : 0};
        int signo = sigtimedwait(signals, NULL, &wait);
        if (signo > 0 && signo != SIGCHLD)
            return false;
    }
}

/* Children of this process, orphans included, are sent a signal. */
static void signal_children(int signo)
{
    char path[64];
    int child;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *f = fopen(path, "r");
    while (f != NULL && fscanf(f, "%d", &child) == 1)
        kill(child, signo);
    if (f != NULL)
        fclose(f);
}

/* As many descriptors as a run likes to have; else as many as it may. */
static void allow_files(void)
{
    struct rlimit files = {FILES, FILES};
    if (setrlimit(RLIMIT_NOFILE, &files) == 0 || getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

int kit_run(void (*measure)(void), unsigned seconds)
{
    sigset_t signals, before;
    int status = 0;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, &before);
    allow_files();
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0) /* the user ugod looks in */
        kit_die("no temporary folder: %s", strerror(errno));
    pid_t pid = kit_fork(SIGKILL);
    if (pid == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        measure();
        exit(0);
    }
    bool ended = await(pid, seconds, &signals, &status);
    bool good = ended && status == 0;
    if (!ended) {
        fprintf(stderr, "bench: ended before its time, or after %u s\n", seconds);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    if (!await(-1, END_WAIT, &signals, &status)) {
        signal_children(SIGKILL);
        await(-1, END_WAIT, &signals, &status);
    }
    if (!good)
        show_log();
    remove_folder();
    return good ? 0 : 1;
}
