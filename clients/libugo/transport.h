/* SPDX-License-Identifier: EUPL-1.2 */
/* A TLS connection for a ugo_client, on OpenSSL and poll: the only file of libugo that touches the
 * world. It connects when the client says so, checks the server's certificate and name, moves
 * bytes, and connects again after a loss.
 *
 * One connection:   while (ugo_link_step(link, 1000, NULL) == 0) drain ugo_client_next.
 * Many, or a loop of your own: ugo_link_poll, ugo_link_deadline, ugo_link_work.
 *
 * The program must ignore SIGPIPE. Host names are resolved by getaddrinfo, which waits: give an
 * address where that matters. */
#ifndef UGO_TRANSPORT_H
#define UGO_TRANSPORT_H

#include <poll.h>
#include <signal.h>

#include "clients/libugo/ugo.h"

struct ugo_link;

struct ugo_link_options {
    const char *host;        /* name or address */
    const char *port;        /* number or service name */
    const char *server_name; /* what the certificate must be for; NULL: host */
    const char *ca_file;     /* PEM; NULL: the system's authorities */
    const char *cert_file;   /* PEM chain of the client; NULL: none (a token then) */
    const char *key_file;    /* PEM; NULL: in cert_file */
};

enum ugo_link_fault {
    UGO_LINK_FINE,
    UGO_LINK_CA_FILE,     /* cannot be read */
    UGO_LINK_CERT_FILE,   /* cannot be read */
    UGO_LINK_KEY_FILE,    /* cannot be read, or is not the certificate's */
    UGO_LINK_RESOLVE,     /* no such host */
    UGO_LINK_CONNECT,     /* nobody answers there */
    UGO_LINK_CERTIFICATE, /* the server's certificate is not signed by the CA, or is out of date */
    UGO_LINK_NAME,        /* the server's certificate is for another name */
    UGO_LINK_REJECTED,    /* the server rejects our certificate (or wants one) */
    UGO_LINK_TLS,         /* another TLS failure: not a TLS port, perhaps */
    UGO_LINK_LOST,        /* the connection ended */
};

/* Reads the files. 0; -ENOMEM; 1: a file is wrong, *ret_fault says which. The client stays its
 * owner's and must outlive the link. Strings are copied. */
int ugo_link_new(const struct ugo_link_options *options, struct ugo_client *client,
                 enum ugo_link_fault *ret_fault, struct ugo_link **ret_link);
void ugo_link_free(struct ugo_link *link); /* closes; NULL allowed */

/* Waits at most timeout_ms for something to happen and does it; mask as for ppoll, NULL none.
 * Returns also after a signal. 0 or -ENOMEM. */
int ugo_link_step(struct ugo_link *link, int timeout_ms, const sigset_t *mask);

void ugo_link_poll(const struct ugo_link *link, struct pollfd *ret_entry); /* fd -1: nothing */
int64_t ugo_link_deadline(const struct ugo_link *link);          /* of ugo_now; INT64_MAX: none */
int ugo_link_work(struct ugo_link *link, short revents);         /* 0 or -ENOMEM */
bool ugo_link_is_up(const struct ugo_link *link);                /* TLS is established */
enum ugo_link_fault ugo_link_fault(const struct ugo_link *link); /* of the last attempt */
const char *ugo_link_fault_text(const struct ugo_link *link);    /* its cause, for a log */

/* Monotonic µs. */
int64_t ugo_now(void);

#define UGO_KEY_TEXT 33
/* A fresh idempotency key: 128 random bits in hexadecimal. */
void ugo_new_key(char ret_key[static UGO_KEY_TEXT]);
uint64_t ugo_random(void);

#endif
