/* SPDX-License-Identifier: EUPL-1.2 */
/* What every benchmark needs: a run that always ends and leaves nothing behind, children that die
 * with it, times and their quantiles. */
#ifndef BENCH_KIT_H
#define BENCH_KIT_H

#include <stdbool.h>
#include <sys/types.h>

/* Runs measure() in a child, in a fresh temporary folder, and returns the program's exit status.
 * Whatever happens (an error, a signal, more than `seconds`), every process that was started is
 * ended and the folder is removed; after an error the end of ugod's log is shown. */
int kit_run(void (*measure)(void), unsigned seconds);

/* A file of the temporary folder, or a built program of UGO_BIN; the caller frees it. */
char *kit_path(const char *name);
char *kit_program(const char *name);

/* A program of the machine, found as a shell would; the caller frees it. */
char *kit_find(const char *name);

/* Says why on stderr and ends the run. */
_Noreturn void kit_die(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *kit_alloc(size_t n, size_t size); /* zeroed, never NULL */

/* Like fork; the child dies with the run, by `signo`. */
pid_t kit_fork(int signo);
/* Starts a program, its output appended to a file of the folder. */
pid_t kit_start(char *const argv[], const char *log);
/* Starts a program and waits; dies when it fails. */
void kit_call(char *const argv[]);
/* The first child of a process whose name begins so; 0: none. */
pid_t kit_child(pid_t parent, const char *name);

double kit_seconds(void);           /* monotonic */
double kit_processor_time(pid_t p); /* seconds used by a process of one thread */
double kit_resident_kb(pid_t p);

/* Sorts values. */
double kit_quantile(double *values, int n, double q);

#endif
