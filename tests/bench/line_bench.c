/* SPDX-License-Identifier: EUPL-1.2 */
/* The line door of one real worker, over real TLS, beside what it stands on: a bare commit of one
 * row in the same PostgreSQL, a bare loop of SSL_write over as many connections. Starts everything
 * it needs in a temporary folder and ends it. Needs UGO_BIN, the folder of the built programs.
 *
 * Client and server share the machine, so latencies contain both; the peers are measured by the
 * same client in the same run. What a worker alone costs is read from /proc. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT 27943
#define PORT_BARE 27944
#define DECLARATIONS 2000
#define IDLE 2000
#define HANDSHAKES 1500

static char folder[] = "/tmp/ugo-bench-XXXXXX";
static pid_t ugod;

static void die(const char *what)
{
    fprintf(stderr, "line_bench: %s\n", what);
    if (ugod > 0)
        kill(ugod, SIGTERM);
    exit(1);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(double *values, int n, double q)
{
    qsort(values, (size_t)n, sizeof *values, by_value);
    int i = (int)(q * n);
    return values[i < n ? i : n - 1];
}

/* Programs */

static pid_t start(char *const argv[], const char *log)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, 1);
    dup2(fd, 2);
    execv(argv[0], argv);
    _exit(127);
}

static char *path_of(const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        die("out of memory");
    return path;
}

static char *program(const char *name)
{
    const char *bin = getenv("UGO_BIN");
    char *path = NULL;
    if (bin == NULL || asprintf(&path, "%s/%s", bin, name) < 0)
        die("UGO_BIN is not set");
    return path;
}

static void run(char *const argv[])
{
    char *log = path_of("log");
    int status;
    pid_t pid = start(argv, log);
    if (waitpid(pid, &status, 0) != pid || status != 0)
        die(argv[0]);
    free(log);
}

static int connect_to(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int one = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void write_configuration(void)
{
    char *path = path_of("ugod.conf");
    FILE *f = fopen(path, "w");
    if (f == NULL)
        die(path);
    fprintf(f,
            "data_dir = %s/data\nlisten = 127.0.0.1:%d\nserver_cert = server.pem\n"
            "server_key = server.key\nclient_ca = ca.pem\nworkers = 1\ndrain_timeout = 1s\n"
            "max_connections = 20000\nmax_connections_per_address = 20000\nlog_target = stderr\n",
            folder, PORT);
    fclose(f);
    free(path);
}

/* The only child of ugod that is a worker: named as ugod, while PostgreSQL is not. */
static pid_t worker(void)
{
    char path[64];
    char name[64] = "";
    int child;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", ugod, ugod);
    FILE *f = fopen(path, "r");
    pid_t found = 0;
    while (f != NULL && found == 0 && fscanf(f, "%d", &child) == 1) {
        snprintf(path, sizeof path, "/proc/%d/comm", child);
        FILE *c = fopen(path, "r");
        if (c != NULL && fscanf(c, "%63s", name) == 1 && strncmp(name, "ugod", 4) == 0)
            found = child;
        if (c != NULL)
            fclose(c);
    }
    if (f != NULL)
        fclose(f);
    if (found == 0)
        die("no worker");
    return found;
}

static double worker_cpu(pid_t pid)
{
    char path[64];
    long user = 0;
    long system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = fopen(path, "r");
    if (f == NULL || fscanf(f, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user,
                            &system) != 2)
        die("no /proc/PID/stat");
    fclose(f);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static double worker_rss_kb(pid_t pid)
{
    char path[64];
    long size = 0;
    long resident = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", pid);
    FILE *f = fopen(path, "r");
    if (f == NULL || fscanf(f, "%ld %ld", &size, &resident) != 2)
        die("no /proc/PID/statm");
    fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1024;
}

/* Connections */

struct link {
    int fd;
    SSL *ssl;
    char in[64 * 1024];
    size_t n;
};

static SSL_CTX *client_context(const char *cert, const char *key)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    char *ca = path_of("ca.pem");
    if (ctx == NULL || SSL_CTX_load_verify_locations(ctx, ca, NULL) != 1)
        die("no authority");
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    if (cert != NULL && (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 ||
                         SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1))
        die("no client certificate");
    free(ca);
    return ctx;
}

static void link_open(struct link *l, SSL_CTX *ctx, int port)
{
    *l = (struct link){.fd = connect_to(port)};
    l->ssl = SSL_new(ctx);
    if (l->fd < 0 || l->ssl == NULL || SSL_set_fd(l->ssl, l->fd) != 1 ||
        SSL_set1_host(l->ssl, "localhost") != 1 || SSL_connect(l->ssl) != 1)
        die("handshake failed");
}

static void link_close(struct link *l)
{
    SSL_free(l->ssl);
    close(l->fd);
}

static void link_send(struct link *l, const char *text)
{
    if (SSL_write(l->ssl, text, (int)strlen(text)) <= 0)
        die("cannot send");
}

/* Reads until a line holds part; blocking. */
static void link_await(struct link *l, const char *part)
{
    for (;;) {
        char *end;
        while ((end = memchr(l->in, '\n', l->n)) != NULL) {
            *end = 0;
            bool found = strstr(l->in, part) != NULL;
            bool refused = strstr(l->in, "\"error\":{") != NULL;
            if (refused)
                die(l->in);
            l->n -= (size_t)(end + 1 - l->in);
            memmove(l->in, end + 1, l->n);
            if (found)
                return;
        }
        int n = SSL_read(l->ssl, l->in + l->n, (int)(sizeof l->in - l->n));
        if (n <= 0)
            die("the server went away");
        l->n += (size_t)n;
    }
}

static void link_greet(struct link *l, const char *token)
{
    char line[400];
    char with[300] = "";
    if (token != NULL)
        snprintf(with, sizeof with, ",\"token\":\"%s\"", token);
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\",\"params\":{\"protocol\":[1,1],"
             "\"client\":\"bench/1\"%s}}\n",
             with);
    link_send(l, line);
    link_await(l, "\"id\":1,\"result\"");
}

static void start_ugod(void)
{
    char *conf = path_of("ugod.conf");
    char *log = path_of("ugod.log");
    run((char *[]){program("ugoctl"), "cert", "server", "--dir", folder, "--name", "localhost",
                   NULL});
    write_configuration();
    ugod = start((char *[]){program("ugod"), "-c", conf, NULL}, log);
    double until = seconds() + 60;
    int fd;
    while ((fd = connect_to(PORT)) < 0) {
        if (seconds() > until || waitpid(ugod, NULL, WNOHANG) != 0)
            die("ugod did not start; see its log");
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    close(fd);
    /* The master listens from the start; the greeting says that the worker is there too. */
    SSL_CTX *ctx = client_context(NULL, NULL);
    struct link *l = malloc(sizeof *l);
    if (l == NULL)
        die("out of memory");
    link_open(l, ctx, PORT);
    link_await(l, "\"method\":\"hello\"");
    link_close(l);
    free(l);
    SSL_CTX_free(ctx);
    run((char *[]){program("ugoctl"), "--config", conf, "demo", "load", "--dir", folder, NULL});
    free(conf);
    free(log);
}

/* Accounts of the demonstration */

static json_t *account_of(const json_t *accounts, const char *role)
{
    size_t i;
    json_t *account;
    json_array_foreach (accounts, i, account) {
        if (strcmp(json_string_value(json_object_get(account, "role")), role) == 0)
            return account;
    }
    die("the demonstration lacks an account");
    return NULL;
}

static const char *token_of(const json_t *account)
{
    return json_string_value(json_object_get(account, "token"));
}

/* declare → acknowledged, beside a bare commit */

static const char *declared_unit = "u-demo-mecs-tilleul-bleu-1";

static void send_declaration(struct link *l, int i)
{
    char line[256];
    snprintf(
        line, sizeof line,
        "{\"jsonrpc\":\"2.0\",\"id\":\"d\",\"method\":\"unit.declare\",\"params\":{\"unit\":\"%s\","
        "\"free\":%d}}\n",
        declared_unit, i % 4);
    link_send(l, line);
}

static void measure_acknowledgement(SSL_CTX *ctx, const json_t *accounts)
{
    static double door[DECLARATIONS];
    static double bare[DECLARATIONS];
    struct link *l = malloc(sizeof *l);
    char conninfo[256];
    snprintf(conninfo, sizeof conninfo, "host=%s/data/socket user=ugo_admin dbname=ugo", folder);
    PGconn *pg = PQconnectdb(conninfo);
    if (l == NULL || PQstatus(pg) != CONNECTION_OK)
        die(PQerrorMessage(pg));
    PQclear(PQexec(pg, "CREATE TABLE IF NOT EXISTS public.bare (n integer)"));
    link_open(l, ctx, PORT);
    link_greet(l, token_of(account_of(accounts, "establishment")));
    for (int i = 0; i < DECLARATIONS; i++) { /* in turn, so that both see the same machine */
        double from = seconds();
        send_declaration(l, i);
        link_await(l, "\"id\":\"d\",\"result\"");
        door[i] = seconds() - from;
        from = seconds();
        PGresult *r = PQexec(pg, "INSERT INTO public.bare VALUES (1)");
        bare[i] = seconds() - from;
        if (PQresultStatus(r) != PGRES_COMMAND_OK)
            die(PQerrorMessage(pg));
        PQclear(r);
    }
    double d50 = quantile(door, DECLARATIONS, 0.5);
    double b50 = quantile(bare, DECLARATIONS, 0.5);
    printf("declare, acknowledged     p50 %7.0f us  p99 %7.0f us\n", d50 * 1e6,
           quantile(door, DECLARATIONS, 0.99) * 1e6);
    printf("  a bare commit of a row  p50 %7.0f us  p99 %7.0f us   ratio %.2f (aim 2)\n", b50 * 1e6,
           quantile(bare, DECLARATIONS, 0.99) * 1e6, d50 / b50);
    link_close(l);
    free(l);
    PQfinish(pg);
}

/* declare → seen by the last of many, beside a bare loop of SSL_write */

struct crowd {
    struct link *links;
    int n, poll;
    bool *has;
};

static void crowd_open(struct crowd *c, int n, SSL_CTX *ctx, int port, const char *token)
{
    c->n = n;
    c->links = calloc((size_t)n, sizeof *c->links);
    c->has = calloc((size_t)n, sizeof *c->has);
    c->poll = epoll_create1(0);
    if (c->links == NULL || c->has == NULL || c->poll < 0)
        die("out of memory");
    for (int i = 0; i < n; i++) {
        struct link *l = &c->links[i];
        link_open(l, ctx, port);
        if (token != NULL) {
            char line[300];
            link_greet(l, token);
            snprintf(
                line, sizeof line,
                "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"subscribe\",\"params\":{\"sub\":\"a\","
                "\"filter\":{\"units\":[\"%s\"]}}}\n",
                declared_unit);
            link_send(l, line);
            link_await(l, "\"method\":\"mark\"");
        }
        fcntl(l->fd, F_SETFL, O_NONBLOCK);
        struct epoll_event e = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        epoll_ctl(c->poll, EPOLL_CTL_ADD, l->fd, &e);
    }
}

static void crowd_close(struct crowd *c)
{
    for (int i = 0; i < c->n; i++)
        link_close(&c->links[i]);
    close(c->poll);
    free(c->links);
    free(c->has);
}

/* True when this connection has now received a change (not only a mark that came by time). */
static bool hears_change(struct link *l)
{
    bool change = false;
    int n;
    while ((n = SSL_read(l->ssl, l->in, sizeof l->in - 1)) > 0) {
        l->in[n] = 0;
        change |= strstr(l->in, "\"method\":\"delta\"") != NULL;
    }
    ERR_clear_error();
    return change;
}

static void crowd_await(struct crowd *c)
{
    struct epoll_event events[256];
    int missing = c->n;
    memset(c->has, 0, (size_t)c->n * sizeof *c->has);
    while (missing > 0) {
        int n = epoll_wait(c->poll, events, 256, 10000);
        if (n <= 0)
            die("a change did not reach everybody in 10 s");
        for (int i = 0; i < n; i++) {
            uint32_t who = events[i].data.u32;
            if (hears_change(&c->links[who]) && !c->has[who]) {
                c->has[who] = true;
                missing--;
            }
        }
    }
}

static int bare_listener(void)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(PORT_BARE), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 1024) != 0)
        die("the bare server's port is taken");
    return fd;
}

/* The peer: accepts n connections, then writes the same bytes to each whenever it is poked. */
static pid_t bare_server(int listener, int n, int poke)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    static char bytes[1500];
    memset(bytes, ' ', sizeof bytes);
    memcpy(bytes, "{\"method\":\"delta\"", 17);
    bytes[sizeof bytes - 1] = '\n';
    int one = 1;
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_num_tickets(ctx, 0);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    char *cert = path_of("server.pem");
    char *key = path_of("server.key");
    SSL **peers = calloc((size_t)n, sizeof(SSL *));
    if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 ||
        SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 || peers == NULL)
        _exit(1);
    for (int i = 0; i < n; i++) {
        int fd = accept(listener, NULL, NULL);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        peers[i] = SSL_new(ctx);
        if (SSL_set_fd(peers[i], fd) != 1 || SSL_accept(peers[i]) != 1)
            _exit(1);
    }
    char c;
    while (read(poke, &c, 1) == 1)
        for (int i = 0; i < n; i++)
            if (SSL_write(peers[i], bytes, sizeof bytes) <= 0)
                _exit(1);
    _exit(0);
}

static void measure_fan_out(SSL_CTX *ctx, const json_t *accounts, int n, int rounds)
{
    double *door = calloc((size_t)rounds, sizeof *door);
    double *bare = calloc((size_t)rounds, sizeof *bare);
    struct crowd subscribers;
    struct crowd listeners;
    struct link *declarer = malloc(sizeof *declarer);
    int poke[2];
    if (door == NULL || bare == NULL || declarer == NULL || pipe(poke) != 0)
        die("out of memory");
    int listener = bare_listener();
    pid_t peer = bare_server(listener, n, poke[0]);
    close(listener);
    crowd_open(&listeners, n, ctx, PORT_BARE, NULL);
    crowd_open(&subscribers, n, ctx, PORT, token_of(account_of(accounts, "def")));
    link_open(declarer, ctx, PORT);
    link_greet(declarer, token_of(account_of(accounts, "establishment")));
    for (int i = 0; i < rounds; i++) {
        double from = seconds();
        send_declaration(declarer, i);
        crowd_await(&subscribers);
        door[i] = seconds() - from;
        link_await(declarer, "\"id\":\"d\",\"result\"");
        from = seconds();
        if (write(poke[1], "x", 1) != 1)
            die("the bare server is gone");
        crowd_await(&listeners);
        bare[i] = seconds() - from;
    }
    double d50 = quantile(door, rounds, 0.5);
    double b50 = quantile(bare, rounds, 0.5);
    printf("declare, seen by the last of %4d  p50 %7.2f ms  p99 %7.2f ms\n", n, d50 * 1e3,
           quantile(door, rounds, 0.99) * 1e3);
    printf("  a bare loop of SSL_write         p50 %7.2f ms  p99 %7.2f ms   ratio %.2f%s\n",
           b50 * 1e3, quantile(bare, rounds, 0.99) * 1e3, d50 / b50, n >= 1000 ? " (aim 1.3)" : "");
    close(poke[1]);
    waitpid(peer, NULL, 0);
    close(poke[0]);
    crowd_close(&subscribers);
    crowd_close(&listeners);
    link_close(declarer);
    free(declarer);
    free(door);
    free(bare);
}

/* Handshakes and idle connections */

static void measure_handshakes(const char *what, SSL_CTX *ctx)
{
    pid_t pid = worker();
    struct link *l = malloc(sizeof *l);
    double cpu = worker_cpu(pid);
    for (int i = 0; i < HANDSHAKES; i++) {
        link_open(l, ctx, PORT);
        link_close(l);
    }
    cpu = worker_cpu(pid) - cpu;
    printf("handshakes, %-16s %6.0f per second of the worker's processor time\n", what,
           HANDSHAKES / cpu);
    free(l);
}

static void measure_idle(const char *what, SSL_CTX *ctx, const char *token, double aim)
{
    pid_t pid = worker();
    struct link *l = malloc(sizeof *l); /* one at a time: only the sockets are kept */
    SSL **kept = calloc(IDLE, sizeof(SSL *));
    int *fds = calloc(IDLE, sizeof *fds);
    double before = 0;
    if (l == NULL || kept == NULL || fds == NULL)
        die("out of memory");
    for (int i = 0; i < IDLE; i++) {
        if (i == 200) /* what the first ones warmed up is not theirs */
            before = worker_rss_kb(pid);
        link_open(l, ctx, PORT);
        link_greet(l, token);
        kept[i] = l->ssl;
        fds[i] = l->fd;
    }
    printf("idle connection, %-11s %6.1f KB (aim %.0f)\n", what,
           (worker_rss_kb(pid) - before) / (IDLE - 200), aim);
    for (int i = 0; i < IDLE; i++) {
        SSL_free(kept[i]);
        close(fds[i]);
    }
    free(kept);
    free(fds);
    free(l);
}

/* A number out of what is asked at the door: searches per second of the worker's time. */
static void measure_search(SSL_CTX *ctx, const json_t *accounts)
{
    static const char question[] =
        "{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"search\",\"params\":{\"children\":[{"
        "\"age_months\":84,\"sex\":\"F\"},{\"age_months\":50,\"sex\":\"M\"}],\"emergency\":true,"
        "\"near\":{\"point\":[43.46,1.33]},\"max_km\":60}}\n";
    pid_t pid = worker();
    struct link *l = malloc(sizeof *l);
    const int rounds = 3000;
    static double times[3000];
    link_open(l, ctx, PORT);
    link_greet(l, token_of(account_of(accounts, "astreinte")));
    double cpu = worker_cpu(pid);
    for (int i = 0; i < rounds; i++) {
        double from = seconds();
        link_send(l, question);
        link_await(l, "\"id\":\"q\",\"result\"");
        times[i] = seconds() - from;
    }
    cpu = worker_cpu(pid) - cpu;
    printf("search, 558 units         p50 %7.0f us  p99 %7.0f us   %.0f per second of the worker\n",
           quantile(times, rounds, 0.5) * 1e6, quantile(times, rounds, 0.99) * 1e6, rounds / cpu);
    link_close(l);
    free(l);
}

int main(void)
{
    struct rlimit files = {20000, 20000};
    setrlimit(RLIMIT_NOFILE, &files);
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0)
        die("no temporary folder");
    start_ugod();
    char *path = path_of("accounts.json");
    json_t *accounts = json_load_file(path, 0, NULL);
    json_t *astreinte = account_of(accounts, "astreinte");
    char *cert = path_of(json_string_value(json_object_get(astreinte, "cert")));
    char *key = path_of(json_string_value(json_object_get(astreinte, "key")));
    SSL_CTX *plain = client_context(NULL, NULL);
    SSL_CTX *certified = client_context(cert, key);
    measure_acknowledgement(plain, accounts);
    measure_fan_out(plain, accounts, 100, 200);
    measure_fan_out(plain, accounts, 1000, 60);
    measure_search(plain, accounts);
    measure_handshakes("token", plain);
    measure_handshakes("certificate", certified);
    measure_idle("token", plain, token_of(astreinte), 16);
    measure_idle("certificate", certified, NULL, 21);
    kill(ugod, SIGTERM);
    waitpid(ugod, NULL, 0);
    SSL_CTX_free(plain);
    SSL_CTX_free(certified);
    json_decref(accounts);
    free(cert);
    free(key);
    free(path);
    run((char *[]){"/bin/rm", "-rf", folder, NULL});
    return 0;
}
