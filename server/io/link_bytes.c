/* SPDX-License-Identifier: EUPL-1.2 */
/* Bytes between the socket and the door. OpenSSL keeps an encrypted record that the socket did not
 * take and wants the same plaintext again: that is `kept`, the only output this layer holds. */
#include "io/link.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>

#include "log/log.h"

const char *link_ssl_reason(struct tls_link *l)
{
    long verified = SSL_get_verify_result(l->ssl);
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);
    bool certificate =
        ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED;
    int error = errno;
    ERR_clear_error();
    if (certificate && verified != X509_V_OK)
        return X509_verify_cert_error_string(verified);
    if (reason != NULL)
        return reason;
    return code == 0 && error != 0 ? strerrordesc_np(error) : "closed by the peer";
}

enum moved { MOVED, MOVE_LATER, MOVE_NEEDS_WRITE, MOVE_NEEDS_READ, MOVE_END, MOVE_FAILED };

static enum moved ssl_outcome(struct tls_link *l, int r)
{
    switch (SSL_get_error(l->ssl, r)) {
    case SSL_ERROR_WANT_READ:
        return MOVE_NEEDS_READ;
    case SSL_ERROR_WANT_WRITE:
        return MOVE_NEEDS_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return MOVE_END;
    default:
        return MOVE_FAILED;
    }
}

static enum moved take(struct tls_link *l, char *out, size_t room, size_t *ret_n)
{
    if (l->ssl != NULL) {
        errno = 0;
        ERR_clear_error();
        int n = SSL_read(l->ssl, out, (int)room);
        *ret_n = n > 0 ? (size_t)n : 0;
        if (n > 0)
            return MOVED;
        /* Without SSL_MODE_AUTO_RETRY a record without data ends the call. What was read ahead
         * behind a key update OpenSSL 3.2 and later keep where SSL_has_pending does not look, so
         * only a socket that was asked and had nothing ends the reading. */
        enum moved why = ssl_outcome(l, n);
        return why == MOVE_NEEDS_READ && errno != EAGAIN ? MOVE_LATER : why;
    }
    ssize_t n = recv(l->fd, out, room, 0);
    *ret_n = n > 0 ? (size_t)n : 0;
    if (n > 0)
        return MOVED;
    if (n == 0)
        return MOVE_END;
    return errno == EAGAIN || errno == EINTR ? MOVE_NEEDS_READ : MOVE_FAILED;
}

static enum moved give(struct tls_link *l, const char *in, size_t n, size_t *ret_n)
{
    ssize_t sent;
    if (l->ssl != NULL) {
        errno = 0;
        ERR_clear_error();
        sent = SSL_write(l->ssl, in, (int)n);
        if (sent <= 0) {
            enum moved why = ssl_outcome(l, (int)sent);
            return why == MOVE_NEEDS_READ ? MOVE_LATER : why;
        }
    } else {
        sent = send(l->fd, in, n, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN || errno == EINTR ? MOVE_NEEDS_WRITE : MOVE_FAILED;
    }
    *ret_n = (size_t)sent;
    l->pump->counts.bytes_out += (size_t)sent;
    return MOVED;
}

static void failed(struct tls_link *l, const char *doing)
{
    log_line(LOG_DEBUG, "connection_lost", "door=%s peer=%s doing=%s reason=%s", l->pump->name,
             l->address.text, doing, l->ssl != NULL ? link_ssl_reason(l) : strerrordesc_np(errno));
    link_free(l);
}

/* ── input ── */

/* No more is read; the door is closed once it has said everything, or close_timeout later. */
static void set_ending(struct tls_link *l, usec_t now)
{
    if (l->ending)
        return;
    l->ending = true;
    l->due = now + l->pump->limits.close_timeout;
    event_del(&l->read);
}

/* Results of the door's calls. False: the link is gone. */
static bool obey(struct tls_link *l, int result, usec_t now)
{
    if (result < 0) {
        log_line(LOG_WARNING, "door_failed", "door=%s peer=%s error=%s", l->pump->name,
                 l->address.text, strerrordesc_np(-result));
        link_free(l);
        return false;
    }
    if (result > 0)
        set_ending(l, now);
    return true;
}

static bool input_end(struct tls_link *l, usec_t now)
{
    l->input_ended = true;
    event_del(&l->read); /* an end of file stays readable */
    return obey(l, door_finish(l->door, now), now);
}

/* Whether OpenSSL holds input that no event will tell about. Asked only after data came: when it
 * gave none (see take), it has been through all it had read ahead, but for a part of a record. */
static bool more_read_ahead(const struct tls_link *l)
{
    return l->ssl != NULL && SSL_has_pending(l->ssl);
}

/* Hears what one step of reading gave. False: the link is gone. */
static bool hear(struct tls_link *l, enum moved moved, size_t n, usec_t now)
{
    switch (moved) {
    case MOVED:
        l->pump->counts.bytes_in += n;
        return obey(l, door_feed(l->door, now, (span){l->pump->buffer, n}), now);
    case MOVE_FAILED:
        failed(l, "read");
        return false;
    case MOVE_END:
        return input_end(l, now);
    case MOVE_NEEDS_WRITE:
        l->read_blocked = true;
        event_add(&l->write, NULL);
        return true;
    case MOVE_LATER:
    case MOVE_NEEDS_READ:
        break;
    }
    return true;
}

void link_read(struct tls_link *l)
{
    struct tls_pump *p = l->pump;
    size_t taken = 0, n;
    usec_t now = loop_now();
    bool more = true;
    l->read_blocked = false;
    for (int step = 0; more && step < READS_PER_TURN && taken < READ_PER_TURN; step++) {
        enum moved moved = take(l, p->buffer, sizeof p->buffer, &n);
        if (!hear(l, moved, n, now))
            return;
        taken += n;
        more = !l->ending && (moved == MOVE_LATER || (moved == MOVED && more_read_ahead(l)));
    }
    if (more)
        event_active(&l->read, EV_READ, 0);
    link_enqueue(l, QUEUE_FIRST);
    loop_again(p->loop);
    link_set_timer(l, now);
}

/* ── output ── */

static void wait_for_room(struct tls_link *l, enum moved why)
{
    if (!l->blocked)
        l->pump->counts.blocked++;
    l->blocked = true;
    if (why == MOVE_NEEDS_WRITE)
        event_add(&l->write, NULL);
}

/* The rest of what was pulled, for the next time. False: no memory, the link is gone. */
static bool keep(struct tls_link *l, const char *rest, size_t n)
{
    l->kept = malloc(n);
    if (l->kept == NULL) {
        errno = ENOMEM;
        failed(l, "keep");
        return false;
    }
    memcpy(l->kept, rest, n);
    l->kept_n = (uint16_t)n;
    l->kept_at = 0;
    return true;
}

/* Sends all of it or keeps the rest. False: the link is gone. */
static bool send_all(struct tls_link *l, const char *in, size_t n)
{
    size_t at = 0, sent;
    while (at < n) {
        enum moved moved = give(l, in + at, n - at, &sent);
        if (moved == MOVED) {
            at += sent;
        } else if (moved == MOVE_FAILED || moved == MOVE_END) {
            failed(l, "write");
            return false;
        } else {
            wait_for_room(l, moved);
            return keep(l, in + at, n - at);
        }
    }
    return true;
}

/* Sends what was kept. False: the link is gone. */
static bool send_kept(struct tls_link *l)
{
    size_t sent;
    while (l->kept_at < l->kept_n) {
        enum moved moved = give(l, l->kept + l->kept_at, l->kept_n - l->kept_at, &sent);
        if (moved == MOVE_FAILED || moved == MOVE_END) {
            failed(l, "write");
            return false;
        }
        if (moved != MOVED) {
            wait_for_room(l, moved);
            return true;
        }
        l->kept_at = (uint16_t)(l->kept_at + sent);
    }
    free(l->kept);
    l->kept = NULL;
    l->kept_n = l->kept_at = 0;
    if (l->blocked)
        l->pump->counts.blocked--;
    l->blocked = false;
    return true;
}

void link_flush(struct tls_link *l)
{
    if (l->blocked && !send_kept(l))
        return;
    if (l->read_blocked && !l->ending) {
        link_read(l);
    } else if (!l->blocked && l->queue == QUEUE_NONE) {
        link_enqueue(l, QUEUE_REST);
        loop_again(l->pump->loop);
    }
}

/* Pulls and sends one connection's share of a turn. */
void link_write(struct tls_link *l, usec_t now)
{
    struct tls_pump *p = l->pump;
    size_t total = 0, n = 0;
    while (!l->blocked && total < WRITE_PER_TURN) {
        n = door_pull(l->door, now, p->buffer, sizeof p->buffer);
        if (n == 0)
            break;
        total += n;
        if (!send_all(l, p->buffer, n))
            return;
    }
    if (door_closing(l->door))
        set_ending(l, now);
    if (l->ending && !l->blocked && n == 0) {
        link_end(l);
        return;
    }
    if (!l->blocked && n > 0)
        link_enqueue(l, QUEUE_REST); /* its share is used up */
    link_set_timer(l, now);
}
