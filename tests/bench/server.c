/* SPDX-License-Identifier: EUPL-1.2 */
#include "bench/server.h"

#include <glob.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/kit.h"

#define START_WAIT 60 /* seconds */

static pid_t ugod;
static json_t *accounts;

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

/* ugod */

char *server_postgres(const char *name)
{
    glob_t found;
    char *path = NULL;
    if (glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &found) != 0 ||
        asprintf(&path, "%.*s%s",
                 (int)(strlen(found.gl_pathv[found.gl_pathc - 1]) - strlen("postgres")),
                 found.gl_pathv[found.gl_pathc - 1], name) < 0)
        kit_die("no programs of PostgreSQL");
    globfree(&found);
    return path;
}

/* The postgres that ugod is told of: the same one, with room for a peer's connections. */
static void write_roomy_postgres(void)
{
    char *folder = kit_path("pg"), *program = kit_path("pg/postgres");
    char *link = kit_path("pg/initdb"), *initdb = server_postgres("initdb");
    char *postgres = server_postgres("postgres");
    FILE *f = NULL;
    if (mkdir(folder, 0755) != 0 || symlink(initdb, link) != 0 ||
        (f = fopen(program, "w")) == NULL || chmod(folder, 0755) != 0)
        kit_die("cannot write %s", program);
    fprintf(f, "#!/bin/sh\nexec %s \"$@\" -c max_connections=%d\n", postgres,
            SERVER_PEER_CONNECTIONS + 32);
    fclose(f);
    if (chmod(program, 0755) != 0)
        kit_die("cannot write %s", program);
    free(folder);
    free(program);
    free(link);
    free(initdb);
    free(postgres);
}

static void write_configuration(const char *path)
{
    char *data = kit_path("data"), *programs = kit_path("pg");
    write_roomy_postgres();
    FILE *f = fopen(path, "w");
    if (f == NULL)
        kit_die("cannot write %s", path);
    fprintf(f,
            "data_dir = %s\nlisten = 127.0.0.1:%d\nlisten_https = 127.0.0.1:%d\nserver_cert = "
            "server.pem\n"
            "server_key = server.key\nclient_ca = ca.pem\nworkers = %d\ndrain_timeout = 1s\n"
            "max_connections = 20000\nmax_connections_per_address = 20000\nlog_target = stderr\n"
            "postgres_bin = %s\n",
            data, SERVER_PORT, SERVER_PORT_HTTPS, SERVER_WORKERS, programs);
    fclose(f);
    free(data);
    free(programs);
}

/* The master listens from the start; the greeting says that the worker is there too. */
static void await_greeting(void)
{
    double until = kit_seconds() + START_WAIT;
    int fd;
    while ((fd = connect_to(SERVER_PORT)) < 0) {
        if (kit_seconds() > until || waitpid(ugod, NULL, WNOHANG) != 0)
            kit_die("ugod did not start");
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    close(fd);
    SSL_CTX *ctx = server_client(NULL);
    struct link *l = kit_alloc(1, sizeof *l);
    link_open(l, ctx, SERVER_PORT);
    link_await(l, "\"method\":\"hello\"");
    link_close(l);
    free(l);
    SSL_CTX_free(ctx);
}

static void run_ugod(void)
{
    char *program = kit_program("ugod");
    char *conf = kit_path("ugod.conf");
    ugod = kit_start((char *[]){program, "-c", conf, NULL}, "ugod.log");
    await_greeting();
    free(program);
    free(conf);
}

void server_start(void)
{
    char *ctl = kit_program("ugoctl");
    char *conf = kit_path("ugod.conf");
    char *folder = kit_path("");
    char *path = kit_path("accounts.json");
    kit_call((char *[]){ctl, "cert", "server", "--dir", folder, "--name", "localhost", NULL});
    write_configuration(conf);
    run_ugod();
    kit_call((char *[]){ctl, "--config", conf, "demo", "load", "--dir", folder, NULL});
    accounts = json_load_file(path, 0, NULL);
    if (accounts == NULL)
        kit_die("no accounts");
    free(ctl);
    free(conf);
    free(folder);
    free(path);
}

void server_stop(void)
{
    kill(ugod, SIGTERM);
    waitpid(ugod, NULL, 0);
}

void server_restart(void)
{
    server_stop();
    run_ugod();
}

/* The only child of ugod that is a worker: named as ugod, while PostgreSQL is not. */
pid_t server_worker(void)
{
    pid_t found = kit_child(ugod, "ugod");
    if (found == 0)
        kit_die("no worker");
    return found;
}

PGconn *server_database(void)
{
    char conninfo[256];
    char *socket = kit_path("data/socket");
    snprintf(conninfo, sizeof conninfo, "host=%s user=ugo_admin dbname=ugo", socket);
    free(socket);
    PGconn *pg = PQconnectdb(conninfo);
    if (PQstatus(pg) != CONNECTION_OK)
        kit_die("%s", PQerrorMessage(pg));
    return pg;
}

/* Accounts of the demonstration */

static const json_t *account_of(const char *role)
{
    size_t i;
    json_t *account;
    json_array_foreach (accounts, i, account)
        if (strcmp(json_string_value(json_object_get(account, "role")), role) == 0)
            return account;
    kit_die("the demonstration has no account of role %s", role);
}

const char *server_token(const char *role)
{
    return json_string_value(json_object_get(account_of(role), "token"));
}

SSL_CTX *server_client(const char *role)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    char *ca = kit_path("ca.pem");
    if (ctx == NULL || SSL_CTX_load_verify_locations(ctx, ca, NULL) != 1)
        kit_die("no authority");
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    if (role != NULL) {
        const json_t *account = account_of(role);
        char *cert = kit_path(json_string_value(json_object_get(account, "cert")));
        char *key = kit_path(json_string_value(json_object_get(account, "key")));
        if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 ||
            SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
            kit_die("no client certificate");
        free(cert);
        free(key);
    }
    free(ca);
    return ctx;
}

/* Connections */

void link_open(struct link *l, SSL_CTX *ctx, int port)
{
    l->n = l->at = 0;
    l->received = 0;
    l->fd = connect_to(port);
    l->ssl = SSL_new(ctx);
    if (l->fd < 0 || l->ssl == NULL || SSL_set_fd(l->ssl, l->fd) != 1 ||
        SSL_set1_host(l->ssl, "localhost") != 1 || SSL_connect(l->ssl) != 1)
        kit_die("handshake failed: %s", ERR_reason_error_string(ERR_peek_error()));
}

void link_close(struct link *l)
{
    SSL_free(l->ssl);
    close(l->fd);
}

void link_send(struct link *l, const char *text)
{
    if (SSL_write(l->ssl, text, (int)strlen(text)) <= 0)
        kit_die("cannot send");
}

/* One line that is complete, terminated; NULL: none. Answers the server's probes. */
static const char *next_line(struct link *l)
{
    char *line = l->in + l->at;
    char *end = memchr(line, '\n', l->n - l->at);
    if (end == NULL) {
        memmove(l->in, line, l->n - l->at);
        l->n -= l->at;
        l->at = 0;
        return NULL;
    }
    *end = 0;
    l->at = (size_t)(end + 1 - l->in);
    if (strncmp(line, "{\"jsonrpc\":\"2.0\",\"method\":\"bye\"", 33) == 0 ||
        strstr(line, "\"error\":{") != NULL)
        kit_die("the server says %s", line);
    if (strstr(line, "\"method\":\"echo\"") != NULL)
        link_send(l, "{\"jsonrpc\":\"2.0\",\"id\":\"probe\",\"result\":{}}\n");
    return line;
}

/* One read; false: nothing there. */
static bool receive(struct link *l)
{
    ERR_clear_error();
    int n = SSL_read(l->ssl, l->in + l->n, (int)(sizeof l->in - l->n));
    if (n <= 0) {
        if (SSL_get_error(l->ssl, n) != SSL_ERROR_WANT_READ)
            kit_die("the server went away");
        return false;
    }
    l->n += (size_t)n;
    l->received += (uint64_t)n;
    return true;
}

void link_await(struct link *l, const char *part)
{
    for (;;) {
        const char *line = next_line(l);
        if (line != NULL && strstr(line, part) != NULL)
            return;
        if (line == NULL)
            receive(l);
    }
}

bool link_heard(struct link *l, const char *part)
{
    bool found = false;
    while (receive(l))
        for (const char *line; (line = next_line(l)) != NULL;)
            found = found || strstr(line, part) != NULL;
    return found;
}

void link_greet(struct link *l, const char *token)
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
