/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests over keep-alive TLS, as many as there are answers, by wrk; and the peer of the HTTPS
 * door in this: nginx, with as many workers as ugod, the same certificate and a file to give. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define NGINX_PORT 27946
#define LOAD_BODY 256

/* What is asked, in turn; n 0: without a body. */
struct load_ask {
    const char *method, *path, *token; /* token NULL: none */
    const char (*bodies)[LOAD_BODY];
    int n;
};

struct load_figures {
    double rate;     /* answers per second */
    double p50, p99; /* s */
    long answers;
    double bytes; /* of an answer's body; 0: they were not weighed */
};

/* Writes wrk's script, into the temporary folder. Weighing costs wrk time. */
void load_write(const char *script, const struct load_ask *ask, bool weigh);

/* Asks by one thread over so many connections. Dies when an answer is an error. */
void load_run(struct load_figures *ret, const char *script, int port, int connections, int seconds);

struct nginx {
    pid_t pid, worker;
};

/* Gives what nginx_put makes, files of so many bytes. */
void nginx_start(struct nginx *x);
void nginx_put(const char *name, size_t bytes);
void nginx_stop(struct nginx *x);

#endif
