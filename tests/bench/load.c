/* SPDX-License-Identifier: EUPL-1.2 */
#include "bench/load.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/kit.h"
#include "bench/server.h"

#define START_WAIT 10 /* seconds */

static FILE *create(const char *name)
{
    char *path = kit_path(name);
    FILE *f = fopen(path, "w");
    if (f == NULL || fchmod(fileno(f), 0644) != 0)
        kit_die("cannot write %s", path);
    free(path);
    return f;
}

/* wrk */

/* What is asked holds neither an apostrophe nor the end of a long bracket. */
void load_write(const char *script, const struct load_ask *ask, bool weigh)
{
    FILE *f = create(script);
    char *figures = kit_path("wrk.figures");
    fprintf(f, "local bodies, requests, threads, turn = {}, {}, {}, 0\n");
    for (int i = 0; i < ask->n; i++)
        fprintf(f, "bodies[%d] = [[%s]]\n", i + 1, ask->bodies[i]);
    fprintf(f, "function setup(thread) threads[#threads + 1] = thread end\n"
               "function init(args)\n"
               "  weighed = 0\n"
               "  local headers = {['Host'] = 'localhost'}\n");
    if (ask->token != NULL)
        fprintf(f, "  headers['Authorization'] = 'Bearer %s'\n", ask->token);
    if (ask->n > 0)
        fprintf(f, "  headers['Content-Type'] = 'application/json'\n");
    fprintf(f,
            "  for i = 1, math.max(1, #bodies) do\n"
            "    requests[i] = wrk.format('%s', '%s', headers, bodies[i])\n"
            "  end\n"
            "end\n"
            "function request() turn = turn %% #requests + 1; return requests[turn] end\n",
            ask->method, ask->path);
    if (weigh)
        fprintf(f, "function response(status, headers, body) weighed = weighed + #body end\n");
    fprintf(f,
            "function done(summary, latency)\n"
            "  local e, bytes = summary.errors, 0\n"
            "  for _, thread in ipairs(threads) do bytes = bytes + thread:get('weighed') end\n"
            "  local f = io.open('%s', 'w')\n"
            "  f:write(string.format('%%d %%d %%d %%d %%d %%d\\n', summary.requests,"
            " summary.duration,\n"
            "    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50),\n"
            "    latency:percentile(99), bytes))\n"
            "  f:close()\n"
            "end\n",
            figures);
    fclose(f);
    free(figures);
}

static void read_figures(struct load_figures *ret, const char *script)
{
    char *path = kit_path("wrk.figures");
    long answers, took, errors, p50, p99, bytes;
    FILE *f = fopen(path, "r");
    if (f == NULL ||
        fscanf(f, "%ld %ld %ld %ld %ld %ld", &answers, &took, &errors, &p50, &p99, &bytes) != 6)
        kit_die("wrk gave no figures");
    fclose(f);
    remove(path);
    if (errors != 0 || answers == 0)
        kit_die("%s: %ld answers, %ld errors", script, answers, errors);
    *ret = (struct load_figures){.rate = (double)answers * 1e6 / (double)took,
                                 .p50 = (double)p50 / 1e6,
                                 .p99 = (double)p99 / 1e6,
                                 .answers = answers,
                                 .bytes = (double)bytes / (double)answers};
    free(path);
}

void load_run(struct load_figures *ret, const char *script, int port, int connections, int seconds)
{
    char *program = kit_find("wrk"), *path = kit_path(script);
    char with[24], for_[24], url[64];
    snprintf(with, sizeof with, "-c%d", connections);
    snprintf(for_, sizeof for_, "-d%ds", seconds);
    snprintf(url, sizeof url, "https://127.0.0.1:%d", port);
    kit_call((char *[]){program, "-t1", with, for_, "-s", path, url, NULL});
    read_figures(ret, script);
    free(program);
    free(path);
}

/* nginx */

static void write_configuration(void)
{
    char *folder = kit_path("nginx");
    if (mkdir(folder, 0755) != 0 || chmod(folder, 0755) != 0)
        kit_die("cannot make %s", folder);
    FILE *f = create("nginx/nginx.conf");
    fprintf(f,
            "daemon off;\n"
            "worker_processes %d;\n"
            "pid %s/pid;\n"
            "error_log stderr;\n"
            "events { worker_connections 4096; multi_accept on; }\n"
            "http {\n"
            "  access_log off;\n"
            "  default_type application/json;\n"
            "  keepalive_requests 1000000000;\n"
            "  open_file_cache max=16 inactive=1h;\n"
            "  open_file_cache_valid 1h;\n"
            "  client_body_temp_path %s/a; proxy_temp_path %s/b; fastcgi_temp_path %s/c;\n"
            "  uwsgi_temp_path %s/d; scgi_temp_path %s/e;\n"
            "  server {\n"
            "    listen 127.0.0.1:%d ssl;\n"
            "    ssl_certificate ../server.pem;\n"
            "    ssl_certificate_key ../server.key;\n"
            "    ssl_protocols TLSv1.2 TLSv1.3;\n"
            "    root %s;\n"
            "  }\n"
            "}\n",
            SERVER_WORKERS, folder, folder, folder, folder, folder, folder, NGINX_PORT, folder);
    fclose(f);
    free(folder);
}

void nginx_start(struct nginx *x)
{
    char *program = kit_find("nginx");
    write_configuration();
    char *conf = kit_path("nginx/nginx.conf"), *folder = kit_path("nginx");
    x->pid =
        kit_start((char *[]){program, "-e", "stderr", "-p", folder, "-c", conf, NULL}, "ugod.log");
    double until = kit_seconds() + START_WAIT;
    /* It listens before it has workers. */
    while ((x->worker = kit_child(x->pid, "nginx")) == 0) {
        if (kit_seconds() > until || waitpid(x->pid, NULL, WNOHANG) != 0)
            kit_die("nginx did not start");
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    free(program);
    free(conf);
    free(folder);
}

void nginx_put(const char *name, size_t bytes)
{
    char path[64];
    snprintf(path, sizeof path, "nginx/%s", name);
    FILE *f = create(path);
    for (size_t i = 0; i < bytes; i++)
        putc(' ', f);
    fclose(f);
}

void nginx_stop(struct nginx *x)
{
    kill(x->pid, SIGTERM);
    waitpid(x->pid, NULL, 0);
}
