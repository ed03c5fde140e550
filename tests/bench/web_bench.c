/* SPDX-License-Identifier: EUPL-1.2 */
/* The HTTPS door of one real worker: searches and declarations over keep-alive TLS beside nginx,
 * which gives a file as long as their answers; a stream's way to a thousand followers beside a bare
 * loop of SSL_write; what a stream costs that nothing happens on. Needs UGO_BIN, the folder of the
 * built programs, and wrk and nginx, which tests/bench/run fetches.
 *
 * wrk asks again as soon as it has its answer, so p99 with many connections is the wait in a queue
 * that wrk itself keeps full. nginx reads no body, knows nobody and decides nothing, and a
 * declaration has a commit in it: the ratios say what all that costs. Bare commits by as many
 * callers are what a declaration could be at best, unless several share one. Turns alternate. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bench/declare.h"
#include "bench/kit.h"
#include "bench/load.h"

#define SECONDS_AT_MOST 900
#define TURNS 5
#define TURN_SECONDS 2
#define QUESTIONS 64
#define DECLARATIONS 4
#define FOLLOWERS 1000
#define FOLLOWER_ROUNDS 60
#define IDLE 10000
#define IDLE_WARM 300    /* what the first ones warmed up is not theirs */
#define IDLE_OTHER 256   /* descriptors for everything else */
#define IDLE_SECONDS 12  /* three times the longest without a mark */
#define IDLE_AIM_KB 16.0 /* the line door's, of a connection with a token */

/* A kind of request at the door and, at nginx, the file as long as its answers. */
struct pair {
    const char *name, *file;
    bool commits;
    char script[32], peer_script[32], weigher[32];
    size_t bytes;
};

/* Of one side, turn by turn. */
struct side {
    double rate[TURNS], p50[TURNS], p99[TURNS];
    double answers, cpu; /* in all */
};

static void write_scripts(struct pair *p, const struct load_ask *ask)
{
    char path[32];
    struct load_figures f;
    struct load_ask peer = {.method = "GET", .path = path, .token = ask->token};
    snprintf(p->script, sizeof p->script, "%s.lua", p->name);
    snprintf(p->peer_script, sizeof p->peer_script, "%s-peer.lua", p->name);
    snprintf(p->weigher, sizeof p->weigher, "%s-weigh.lua", p->name);
    snprintf(path, sizeof path, "/%s", p->file);
    load_write(p->weigher, ask, true);
    load_write(p->script, ask, false);
    load_write(p->peer_script, &peer, false);
    load_run(&f, p->weigher, SERVER_PORT_HTTPS, 1, TURN_SECONDS);
    p->bytes = (size_t)(f.bytes + 0.5);
    nginx_put(p->file, p->bytes);
    load_run(&f, p->peer_script, NGINX_PORT, 1, 1); /* warm, too */
}

/* Emergencies for a girl, or for two siblings, here and there in the département. */
static void prepare_search(struct pair *p)
{
    static char bodies[QUESTIONS][LOAD_BODY];
    for (int i = 0; i < QUESTIONS; i++) {
        int row = i / 8, column = i % 8;
        snprintf(bodies[i], LOAD_BODY,
                 "{\"children\":[{\"age_months\":%d,\"sex\":\"F\"}%s],\"emergency\":true,"
                 "\"near\":{\"point\":[%.2f,%.2f]},\"max_km\":60,\"limit\":10}",
                 24 + i * 37 % 168, i % 2 ? ",{\"age_months\":60,\"sex\":\"M\"}" : "",
                 43.05 + column * 0.1, 0.95 + row * 0.1);
    }
    write_scripts(p, &(struct load_ask){.method = "POST",
                                        .path = "/v1/search",
                                        .token = server_token("astreinte"),
                                        .bodies = (const char(*)[LOAD_BODY])bodies,
                                        .n = QUESTIONS});
}

static void prepare_declare(struct pair *p)
{
    static char bodies[DECLARATIONS][LOAD_BODY];
    for (int i = 0; i < DECLARATIONS; i++)
        snprintf(bodies[i], LOAD_BODY, "{\"free\":%d}", i);
    write_scripts(p, &(struct load_ask){.method = "PUT",
                                        .path = "/v1/units/" SERVER_DECLARED_UNIT "/availability",
                                        .token = server_token("establishment"),
                                        .bodies = (const char(*)[LOAD_BODY])bodies,
                                        .n = DECLARATIONS});
}

static void turn(struct side *s, int i, pid_t worker, const char *script, int port, int connections)
{
    struct load_figures f;
    double cpu = kit_processor_time(worker);
    load_run(&f, script, port, connections, TURN_SECONDS);
    s->cpu += kit_processor_time(worker) - cpu;
    s->answers += (double)f.answers;
    s->rate[i] = f.rate;
    s->p50[i] = f.p50;
    s->p99[i] = f.p99;
}

/* Of the turns, the median; of its own processor time, all. */
struct figures {
    double rate, p50, p99, each; /* /s, s, s, s of the worker's processor time */
};

static struct figures median(struct side *s)
{
    return (struct figures){.rate = kit_quantile(s->rate, TURNS, 0.5),
                            .p50 = kit_quantile(s->p50, TURNS, 0.5),
                            .p99 = kit_quantile(s->p99, TURNS, 0.5),
                            .each = s->cpu / s->answers};
}

static void print_figures(const char *what, const struct figures *f)
{
    printf("%-32s %7.0f /s  p50 %7.3f ms  p99 %7.2f ms  %7.1f us of its worker\n", what, f->rate,
           f->p50 * 1e3, f->p99 * 1e3, f->each * 1e6);
}

static PGresult *sql(PGconn *pg, const char *text)
{
    PGresult *r = PQexec(pg, text);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        kit_die("%s", PQerrorMessage(pg));
    return r;
}

static void prepare_commits(void)
{
    PGconn *pg = server_database();
    char *path = kit_path("bare.sql");
    FILE *f = fopen(path, "w");
    if (f == NULL || fputs("INSERT INTO public.bare VALUES (1);\n", f) < 0)
        kit_die("cannot write %s", path);
    fclose(f);
    PQclear(sql(pg, "CREATE TABLE public.bare (n integer)"));
    PQfinish(pg);
    free(path);
}

/* Commits of one row per second, by so many that do nothing else. */
static double bare_commits(int callers)
{
    char clients[16], seconds[16];
    char *program = server_postgres("pgbench"), *socket = kit_path("data/socket"),
         *file = kit_path("bare.sql");
    PGconn *pg = server_database();
    snprintf(clients, sizeof clients, "%d", callers);
    snprintf(seconds, sizeof seconds, "%d", TURN_SECONDS);
    PQclear(sql(pg, "TRUNCATE public.bare"));
    kit_call((char *[]){program, "-n", "-M", "prepared", "-c", clients, "-T", seconds, "-h", socket,
                        "-U", "ugo_admin", "-f", file, "ugo", NULL});
    PGresult *r = sql(pg, "SELECT count(*) FROM public.bare");
    double rate = strtod(PQgetvalue(r, 0, 0), NULL) / TURN_SECONDS;
    PQclear(r);
    PQfinish(pg);
    free(program);
    free(socket);
    free(file);
    return rate;
}

static void measure_pair(const struct pair *p, const struct nginx *x, int connections)
{
    struct side door = {0}, peer = {0};
    double commits[TURNS];
    char what[64];
    for (int i = 0; i < TURNS; i++) {
        turn(&door, i, server_worker(), p->script, SERVER_PORT_HTTPS, connections);
        turn(&peer, i, x->worker, p->peer_script, NGINX_PORT, connections);
        if (p->commits)
            commits[i] = bare_commits(connections);
    }
    struct figures d = median(&door), n = median(&peer);
    snprintf(what, sizeof what, "%s, %d connection%s", p->name, connections,
             connections > 1 ? "s" : "");
    print_figures(what, &d);
    snprintf(what, sizeof what, "  nginx, a file of %zu bytes", p->bytes);
    print_figures(what, &n);
    printf("%-32s %7.3f     p50 %7.1f     p99 %7.1f     %7.1f\n", "  ratio", d.rate / n.rate,
           d.p50 / n.p50, d.p99 / n.p99, d.each / n.each);
    if (!p->commits)
        return;
    double bare = kit_quantile(commits, TURNS, 0.5);
    printf("%-32s %7.0f /s  ratio %.2f\n", "  bare commits of one row", bare, d.rate / bare);
}

static void measure_requests(void)
{
    struct pair search = {.name = "search", .file = "search.json"};
    struct pair declare = {.name = "declare", .file = "declare.json", .commits = true};
    struct nginx x;
    nginx_start(&x);
    prepare_search(&search);
    prepare_declare(&declare);
    prepare_commits();
    for (int connections = 1; connections <= 16; connections *= 16) {
        measure_pair(&search, &x, connections);
        measure_pair(&declare, &x, connections);
    }
    nginx_stop(&x);
}

/* Idle streams */

static int idle_most(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur > IDLE + IDLE_OTHER)
        return IDLE;
    return (int)files.rlim_cur - IDLE_OTHER;
}

static void measure_idle(SSL_CTX *ctx)
{
    int n = idle_most();
    pid_t worker = server_worker();
    struct link *l = kit_alloc(1, sizeof *l); /* one at a time: only the sockets are kept */
    SSL **kept = kit_alloc((size_t)n, sizeof(SSL *));
    int *fds = kit_alloc((size_t)n, sizeof *fds);
    double before = 0;
    for (int i = 0; i < n; i++) {
        if (i == IDLE_WARM)
            before = kit_resident_kb(worker);
        crowd_join(l, ctx, CROWD_EVENTS, server_token("astreinte"));
        kept[i] = l->ssl;
        fds[i] = l->fd;
    }
    double cpu = kit_processor_time(worker);
    nanosleep(&(struct timespec){.tv_sec = IDLE_SECONDS}, NULL);
    cpu = kit_processor_time(worker) - cpu;
    double each = (kit_resident_kb(worker) - before) / (n - IDLE_WARM);
    printf("idle stream, one of %5d        %6.1f KB  ratio %.2f (aim %.0f KB)\n", n, each,
           each / IDLE_AIM_KB, IDLE_AIM_KB);
    printf("  their marks                    %6.1f %% of the worker's processor time\n",
           cpu * 100 / IDLE_SECONDS);
    for (int i = 0; i < n; i++) {
        SSL_free(kept[i]);
        close(fds[i]);
    }
    free(kept);
    free(fds);
    free(l);
}

static void measure(void)
{
    server_start();
    SSL_CTX *ctx = server_client(NULL);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS); /* ten thousand clients live here as well */
    measure_requests();
    declare_fan_out(ctx, CROWD_EVENTS, FOLLOWERS, FOLLOWER_ROUNDS);
    server_restart(); /* a heap that thousands left is full of room: idle ones would cost nothing */
    measure_idle(ctx);
    server_stop();
    SSL_CTX_free(ctx);
}

int main(void)
{
    return kit_run(measure, SECONDS_AT_MOST);
}
