/* SPDX-License-Identifier: EUPL-1.2 */
/* One non-blocking socket, one SSL, one ugo_client.
 *
 * DOWN → (client's connect_at) → CONNECTING, address by address → HANDSHAKE → UP → DOWN. Every way
 * down goes through link_down, which tells the client; the client decides when to try again. */
#include "clients/libugo/transport.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECT_TIME_US 5000000    /* per address */
#define HANDSHAKE_TIME_US 10000000 /* a peer that is not TLS may never answer */
#define TURN_BYTES (256 * 1024)    /* read per turn, so that events are drained in between */

enum link_state { LINK_DOWN, LINK_CONNECTING, LINK_HANDSHAKE, LINK_UP };

struct ugo_link {
    struct ugo_client *client;
    char *host, *port, *server_name;
    SSL_CTX *context;
    SSL *ssl;
    int fd;
    enum link_state state;
    int64_t give_up_at; /* CONNECTING, HANDSHAKE */
    struct addrinfo *addresses, *address;
    short wants;        /* poll events */
    bool more;          /* bytes are left in the SSL: do not wait */
    bool write_blocked; /* the last SSL_write wants the socket */
    enum ugo_link_fault fault;
    char fault_text[256];
    char bytes[16 * 1024];
};

int64_t ugo_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

uint64_t ugo_random(void)
{
    uint64_t value = 0;
    /* A failure of the random source leaves the caller with nothing safe to do. */
    if (RAND_bytes((unsigned char *)&value, sizeof value) != 1)
        abort();
    return value;
}

void ugo_new_key(char ret_key[static UGO_KEY_TEXT])
{
    snprintf(ret_key, UGO_KEY_TEXT, "%016llx%016llx", (unsigned long long)ugo_random(),
             (unsigned long long)ugo_random());
}

/* ── Faults ── */

static void link_fault(struct ugo_link *l, enum ugo_link_fault fault, const char *text)
{
    l->fault = fault;
    snprintf(l->fault_text, sizeof l->fault_text, "%s", text);
}

static void link_fault_errno(struct ugo_link *l, enum ugo_link_fault fault, int error)
{
    char text[128];
    link_fault(l, fault, strerror_r(error, text, sizeof text));
}

/* The oldest entry of OpenSSL's queue says what happened first; alerts of the peer are reasons
 * above SSL_AD_REASON_OFFSET. */
static void link_fault_ssl(struct ugo_link *l)
{
    unsigned long error = ERR_get_error();
    int reason = ERR_GET_REASON(error);
    long verify = l->ssl ? SSL_get_verify_result(l->ssl) : X509_V_OK;
    char text[256];

    ERR_error_string_n(error, text, sizeof text);
    if (error == 0) {
        link_fault(l, UGO_LINK_LOST, "end of file");
    } else if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        bool name =
            verify == X509_V_ERR_HOSTNAME_MISMATCH || verify == X509_V_ERR_IP_ADDRESS_MISMATCH;
        link_fault(l, name ? UGO_LINK_NAME : UGO_LINK_CERTIFICATE,
                   X509_verify_cert_error_string(verify));
    } else if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        link_fault(l, UGO_LINK_LOST, "end of file");
    } else if (reason == SSL_AD_REASON_OFFSET + TLS1_AD_UNKNOWN_CA ||
               reason == SSL_AD_REASON_OFFSET + SSL3_AD_BAD_CERTIFICATE ||
               reason == SSL_AD_REASON_OFFSET + SSL3_AD_CERTIFICATE_REVOKED ||
               reason == SSL_AD_REASON_OFFSET + SSL3_AD_CERTIFICATE_EXPIRED ||
               reason == SSL_AD_REASON_OFFSET + SSL3_AD_CERTIFICATE_UNKNOWN ||
               reason == SSL_AD_REASON_OFFSET + TLS1_AD_ACCESS_DENIED ||
               reason == SSL_AD_REASON_OFFSET + TLS13_AD_CERTIFICATE_REQUIRED) {
        link_fault(l, UGO_LINK_REJECTED, text);
    } else {
        link_fault(l, UGO_LINK_TLS, text);
    }
    ERR_clear_error();
}

/* ── Down and up ── */

static void link_close(struct ugo_link *l)
{
    SSL_free(l->ssl);
    l->ssl = NULL;
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
    l->wants = 0;
    l->more = l->write_blocked = false;
}

static int link_down(struct ugo_link *l)
{
    link_close(l);
    if (l->addresses != NULL)
        freeaddrinfo(l->addresses);
    l->addresses = l->address = NULL;
    l->state = LINK_DOWN;
    return ugo_client_disconnected(l->client, ugo_now());
}

static bool is_address(const char *text)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static int link_handshake_begin(struct ugo_link *l)
{
    int on = 1;
    setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ERR_clear_error();
    l->ssl = SSL_new(l->context);
    if (l->ssl == NULL || SSL_set_fd(l->ssl, l->fd) != 1)
        return -ENOMEM;
    int named;
    if (is_address(l->server_name))
        named = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(l->ssl), l->server_name);
    else
        named = SSL_set1_host(l->ssl, l->server_name) &&
                SSL_set_tlsext_host_name(l->ssl, l->server_name);
    if (named != 1)
        return -ENOMEM;
    SSL_set_connect_state(l->ssl);
    l->state = LINK_HANDSHAKE;
    l->give_up_at = ugo_now() + HANDSHAKE_TIME_US;
    l->wants = POLLIN | POLLOUT;
    l->more = true;
    return 0;
}

/* Starts on the next address that lets itself be tried; down when there is none left. */
static int link_connect_next(struct ugo_link *l)
{
    for (; l->address != NULL; l->address = l->address->ai_next) {
        link_close(l);
        l->fd =
            socket(l->address->ai_family, l->address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                   l->address->ai_protocol);
        if (l->fd < 0) {
            link_fault_errno(l, UGO_LINK_CONNECT, errno);
            continue;
        }
        int r = connect(l->fd, l->address->ai_addr, l->address->ai_addrlen);
        if (r == 0)
            return link_handshake_begin(l);
        if (errno == EINPROGRESS) {
            l->state = LINK_CONNECTING;
            l->give_up_at = ugo_now() + CONNECT_TIME_US;
            l->wants = POLLOUT;
            return 0;
        }
        link_fault_errno(l, UGO_LINK_CONNECT, errno);
    }
    return link_down(l);
}

static int link_begin(struct ugo_link *l)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    /* AI_ADDRCONFIG ignores loopback: without a network, "localhost" would not exist. */
    int r = getaddrinfo(l->host, l->port, &hints, &l->addresses);
    if (r != 0) {
        hints.ai_flags = 0;
        r = getaddrinfo(l->host, l->port, &hints, &l->addresses);
    }
    if (r != 0) {
        l->addresses = NULL;
        link_fault(l, UGO_LINK_RESOLVE, gai_strerror(r));
        return link_down(l);
    }
    l->address = l->addresses;
    return link_connect_next(l);
}

static int link_connecting(struct ugo_link *l, short revents)
{
    int error = 0;
    socklen_t size = sizeof error;

    if (revents == 0 && ugo_now() < l->give_up_at)
        return 0;
    if (revents == 0)
        error = ETIMEDOUT;
    else if (getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        error = errno;
    if (error == 0)
        return link_handshake_begin(l);
    link_fault_errno(l, UGO_LINK_CONNECT, error);
    l->address = l->address->ai_next;
    return link_connect_next(l);
}

static int link_handshake(struct ugo_link *l)
{
    l->more = false;
    ERR_clear_error();
    int r = SSL_do_handshake(l->ssl);
    if (r == 1) {
        l->state = LINK_UP;
        l->wants = POLLIN;
        l->more = true;
        link_fault(l, UGO_LINK_FINE, "");
        return ugo_client_connected(l->client, ugo_now());
    }
    int error = SSL_get_error(l->ssl, r);
    if (error == SSL_ERROR_WANT_READ)
        l->wants = POLLIN;
    else if (error == SSL_ERROR_WANT_WRITE)
        l->wants = POLLOUT;
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        if (ugo_now() < l->give_up_at)
            return 0;
        link_fault(l, UGO_LINK_TLS, "no answer to the TLS greeting");
    } else if (error == SSL_ERROR_SYSCALL && ERR_peek_error() == 0 && errno != 0) {
        link_fault_errno(l, UGO_LINK_LOST, errno);
    } else {
        link_fault_ssl(l);
    }
    return link_down(l);
}

/* ── Moving bytes ── */

/* 1: the connection is over. */
static int link_broken(struct ugo_link *l, int r)
{
    int error = SSL_get_error(l->ssl, r);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return 0;
    if (error == SSL_ERROR_ZERO_RETURN)
        link_fault(l, UGO_LINK_LOST, "closed by the server");
    else if (error == SSL_ERROR_SYSCALL && ERR_peek_error() == 0)
        link_fault_errno(l, UGO_LINK_LOST, errno != 0 ? errno : ECONNRESET);
    else
        link_fault_ssl(l);
    return 1;
}

static int link_read(struct ugo_link *l)
{
    size_t total = 0;

    l->more = false;
    while (!ugo_client_is_ending(l->client)) {
        ERR_clear_error();
        int n = SSL_read(l->ssl, l->bytes, sizeof l->bytes);
        if (n <= 0)
            return link_broken(l, n);
        int r = ugo_client_feed(l->client, ugo_now(), l->bytes, (size_t)n);
        if (r < 0)
            return r;
        total += (size_t)n;
        if (total >= TURN_BYTES) {
            l->more = true;
            return 0;
        }
    }
    return 0;
}

static int link_write(struct ugo_link *l)
{
    l->write_blocked = false;
    for (;;) {
        size_t n;
        const char *bytes = ugo_client_output(l->client, &n);
        if (n == 0)
            return 0;
        ERR_clear_error();
        int r = SSL_write(l->ssl, bytes, n > TURN_BYTES ? TURN_BYTES : (int)n);
        if (r <= 0) {
            l->write_blocked = true;
            return link_broken(l, r);
        }
        ugo_client_sent(l->client, (size_t)r);
    }
}

static int link_move(struct ugo_link *l)
{
    int r = link_read(l);
    if (r < 0)
        return r;
    int w = r == 0 ? link_write(l) : 0;
    if (r == 0 && w == 0 && ugo_client_is_ending(l->client)) {
        link_fault(l, UGO_LINK_LOST, "ended by the client library");
        SSL_shutdown(l->ssl);
        r = 1;
    }
    if (r > 0 || w > 0)
        return link_down(l);
    l->wants = (short)(POLLIN | (l->write_blocked ? POLLOUT : 0));
    return 0;
}

int ugo_link_work(struct ugo_link *l, short revents)
{
    int64_t now = ugo_now();
    int r = ugo_client_tick(l->client, now);
    if (r < 0)
        return r;
    switch (l->state) {
    case LINK_DOWN:
        return now >= ugo_client_connect_at(l->client) ? link_begin(l) : 0;
    case LINK_CONNECTING:
        return link_connecting(l, revents);
    case LINK_HANDSHAKE:
        r = link_handshake(l);
        return r == 0 && l->state == LINK_UP ? link_move(l) : r;
    case LINK_UP:
        return link_move(l);
    }
    return 0;
}

/* ── Waiting ── */

void ugo_link_poll(const struct ugo_link *l, struct pollfd *ret_entry)
{
    short wants = l->wants;
    size_t n;
    ugo_client_output(l->client, &n);
    if (l->state == LINK_UP && n > 0)
        wants |= POLLOUT;
    *ret_entry = (struct pollfd){.fd = l->fd, .events = wants};
}

int64_t ugo_link_deadline(const struct ugo_link *l)
{
    int64_t client = ugo_client_deadline(l->client);
    if (l->more)
        return 0;
    if (l->state == LINK_DOWN) {
        int64_t at = ugo_client_connect_at(l->client);
        return at < client ? at : client;
    }
    return l->state != LINK_UP && l->give_up_at < client ? l->give_up_at : client;
}

int ugo_link_step(struct ugo_link *l, int timeout_ms, const sigset_t *mask)
{
    struct pollfd entry;
    int64_t now = ugo_now(), until = now + (int64_t)timeout_ms * 1000;
    int64_t deadline = ugo_link_deadline(l);

    ugo_link_poll(l, &entry);
    if (deadline < until)
        until = deadline;
    int64_t wait = until > now ? until - now : 0;
    struct timespec t = {.tv_sec = (time_t)(wait / 1000000),
                         .tv_nsec = (long)(wait % 1000000) * 1000};
    if (ppoll(&entry, 1, &t, mask) < 0)
        return errno == EINTR ? 0 : -errno;
    return ugo_link_work(l, entry.revents);
}

bool ugo_link_is_up(const struct ugo_link *l)
{
    return l->state == LINK_UP;
}

enum ugo_link_fault ugo_link_fault(const struct ugo_link *l)
{
    return l->fault;
}

const char *ugo_link_fault_text(const struct ugo_link *l)
{
    return l->fault_text;
}

/* ── Lifecycle ── */

/* UGO_LINK_FINE, or which file is wrong. */
static enum ugo_link_fault context_load(SSL_CTX *context, const struct ugo_link_options *o)
{
    if (o->ca_file != NULL ? SSL_CTX_load_verify_file(context, o->ca_file) != 1
                           : SSL_CTX_set_default_verify_paths(context) != 1)
        return UGO_LINK_CA_FILE;
    if (o->cert_file == NULL)
        return UGO_LINK_FINE;
    if (SSL_CTX_use_certificate_chain_file(context, o->cert_file) != 1)
        return UGO_LINK_CERT_FILE;
    const char *key = o->key_file != NULL ? o->key_file : o->cert_file;
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1)
        return UGO_LINK_KEY_FILE;
    return UGO_LINK_FINE;
}

int ugo_link_new(const struct ugo_link_options *o, struct ugo_client *client,
                 enum ugo_link_fault *ret_fault, struct ugo_link **ret_link)
{
    struct ugo_link *l = calloc(1, sizeof *l);
    if (l == NULL)
        return -ENOMEM;
    l->fd = -1;
    l->client = client;
    l->host = strdup(o->host);
    l->port = strdup(o->port);
    l->server_name = strdup(o->server_name != NULL ? o->server_name : o->host);
    l->context = SSL_CTX_new(TLS_client_method());
    if (!l->host || !l->port || !l->server_name || !l->context) {
        ugo_link_free(l);
        return -ENOMEM;
    }
    SSL_CTX_set_min_proto_version(l->context, TLS1_2_VERSION);
    SSL_CTX_set_verify(l->context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(l->context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                     SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                     SSL_MODE_RELEASE_BUFFERS);
    enum ugo_link_fault fault = context_load(l->context, o);
    ERR_clear_error();
    if (fault != UGO_LINK_FINE) {
        ugo_link_free(l);
        *ret_fault = fault;
        return 1;
    }
    *ret_link = l;
    return 0;
}

void ugo_link_free(struct ugo_link *l)
{
    if (l == NULL)
        return;
    if (l->state == LINK_UP) {
        ERR_clear_error();
        SSL_shutdown(l->ssl);
    }
    link_close(l);
    if (l->addresses != NULL)
        freeaddrinfo(l->addresses);
    SSL_CTX_free(l->context);
    free(l->host);
    free(l->port);
    free(l->server_name);
    free(l);
}
