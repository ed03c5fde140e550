/* SPDX-License-Identifier: EUPL-1.2 */
/* One ugod with one worker and its own PostgreSQL, loaded with the demonstration, and TLS
 * connections to it. */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include <jansson.h>
#include <libpq-fe.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define SERVER_PORT 27943
#define SERVER_PORT_HTTPS 27945
#define SERVER_WORKERS 1
#define SERVER_PEER_CONNECTIONS 64                        /* to the database, beside ugod's own */
#define SERVER_UNITS 558                                  /* of the demonstration */
#define SERVER_DECLARED_UNIT "u-demo-mecs-tilleul-bleu-1" /* of the establishment's account */

void server_start(void);   /* and loads the demonstration */
void server_restart(void); /* after the database was changed behind its back */
void server_stop(void);
pid_t server_worker(void);
PGconn *server_database(void);           /* as its owner */
char *server_postgres(const char *name); /* a program of PostgreSQL; the caller frees it */

/* The first account of a role. */
const char *server_token(const char *role);
/* Verifies the server; role NULL: without a client certificate. */
SSL_CTX *server_client(const char *role);

struct link {
    int fd;
    SSL *ssl;
    size_t at, n;      /* lines not looked at yet */
    uint64_t received; /* bytes */
    char in[64 * 1024];
};

/* All of these die when the other side does not do what it should. */
void link_open(struct link *l, SSL_CTX *ctx, int port);
void link_close(struct link *l);
void link_send(struct link *l, const char *text);
void link_greet(struct link *l, const char *token); /* NULL: the certificate says who */

/* Reads lines up to the first that holds `part`. */
void link_await(struct link *l, const char *part);

/* Reads what is there without waiting: whether a line held `part`. */
bool link_heard(struct link *l, const char *part);

#endif
