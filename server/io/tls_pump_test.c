/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "io/pump_fixture.h"
#include "io/tls_fixture.h"

static struct authority ca, foreign_ca;
static struct leaf server, client, foreign, expired;
static struct tls_identity identity;
static struct fixture f;

static const struct pump_limits roomy = {
    .connections = 1000,
    .connections_per_address = 1000,
    .handshakes = 100,
    .accepts_per_turn = 16,
    .handshake_timeout = 10 * USEC_S,
    .close_timeout = 300 * USEC_MS,
    .send_buffer = 65536,
};

static int make(void **unused)
{
    (void)unused;
    signal(SIGPIPE, SIG_IGN);
    ca = fixture_authority("authority");
    foreign_ca = fixture_authority("somebody else");
    server = fixture_leaf("localhost", 30, &ca);
    client = fixture_leaf("client", 30, &ca);
    foreign = fixture_leaf("client", 30, &foreign_ca);
    expired = fixture_leaf("client", -1, &ca);
    fixture_cert_pem(server.cert, &identity.cert);
    fixture_key_pem(server.key, &identity.key);
    fixture_cert_pem(ca.cert, &identity.client_ca);
    return 0;
}

static int unmake(void **unused)
{
    (void)unused;
    fixture_free(ca.key, ca.cert);
    fixture_free(foreign_ca.key, foreign_ca.cert);
    fixture_free(server.key, server.cert);
    fixture_free(client.key, client.cert);
    fixture_free(foreign.key, foreign.cert);
    fixture_free(expired.key, expired.cert);
    tls_identity_free(&identity);
    return 0;
}

static void start(struct pump_limits limits)
{
    f = fixture_start(&(struct fixture_config){.identity = &identity, .limits = limits});
}

static int stop(void **unused)
{
    (void)unused;
    fixture_stop(&f);
    return 0;
}

/* ── a client ── */

struct link {
    SSL_CTX *ctx;
    SSL *ssl;
    int fd;
};

static struct link link_new(int fd, const struct leaf *leaf, int version)
{
    struct link l = {.ctx = SSL_CTX_new(TLS_client_method()), .fd = fd};
    SSL_CTX_set_min_proto_version(l.ctx, version);
    SSL_CTX_set_max_proto_version(l.ctx, version);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(l.ctx), ca.cert);
    SSL_CTX_set_verify(l.ctx, SSL_VERIFY_PEER, NULL);
    if (leaf != NULL) {
        SSL_CTX_use_certificate(l.ctx, leaf->cert);
        SSL_CTX_use_PrivateKey(l.ctx, leaf->key);
    }
    l.ssl = SSL_new(l.ctx);
    SSL_set_fd(l.ssl, fd);
    return l;
}

static void link_close(struct link *l)
{
    ERR_clear_error();
    SSL_free(l->ssl);
    SSL_CTX_free(l->ctx);
    close(l->fd);
}

static struct link dial(const char *from, const struct leaf *leaf, int version)
{
    struct link l = link_new(fixture_connect(&f, from), leaf, version);
    assert_int_equal(SSL_connect(l.ssl), 1);
    return l;
}

static void say(struct link *l, const char *text)
{
    assert_int_equal(SSL_write(l->ssl, text, (int)strlen(text)), (int)strlen(text));
}

/* One line, without its end; "" at the end of the stream. */
static const char *hear(struct link *l)
{
    static char line[512];
    size_t n = 0;
    while (n < sizeof line - 1) {
        int r = SSL_read(l->ssl, line + n, 1);
        if (r <= 0 || line[n] == '\n')
            break;
        n++;
    }
    line[n] = '\0';
    return line;
}

/* ── tests ── */

static void echoes(void **unused)
{
    (void)unused;
    const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    start(roomy);
    for (size_t i = 0; i < ARRAY_LENGTH(versions); i++) {
        struct link l = dial("127.0.0.9", NULL, versions[i]);
        assert_string_equal(hear(&l), "hello 127.0.0.9 []");
        say(&l, "one\n");
        assert_string_equal(hear(&l), "one");
        say(&l, "two\nthree\nquit\n");
        assert_string_equal(hear(&l), "two");
        assert_string_equal(hear(&l), "three");
        assert_string_equal(hear(&l), "quit");
        assert_string_equal(hear(&l), "");
        assert_int_equal(SSL_get_shutdown(l.ssl), SSL_RECEIVED_SHUTDOWN); /* said goodbye */
        link_close(&l);
    }
    FIXTURE_AWAIT(f.seen->counts.connections == 0);
    assert_int_equal(f.seen->counts.opened, 2);
    assert_int_equal(f.seen->counts.closed, 2);
}

static void old_versions_and_resumption(void **unused)
{
    (void)unused;
    start(roomy);
    struct link l = link_new(fixture_connect(&f, NULL), NULL, TLS1_1_VERSION);
    SSL_set_security_level(l.ssl, 0);
    assert_int_not_equal(SSL_connect(l.ssl), 1);
    link_close(&l);
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        struct link first = dial(NULL, NULL, version);
        hear(&first);
        SSL_SESSION *session = SSL_get1_session(first.ssl);
        assert_int_equal(SSL_SESSION_is_resumable(session) && SSL_SESSION_has_ticket(session), 0);
        struct link second = link_new(fixture_connect(&f, NULL), NULL, version);
        SSL_set_session(second.ssl, session);
        assert_int_equal(SSL_connect(second.ssl), 1);
        assert_int_equal(SSL_session_reused(second.ssl), 0);
        SSL_SESSION_free(session);
        link_close(&first);
        link_close(&second);
    }
}

static void certificates(void **unused)
{
    (void)unused;
    unsigned char digest[32];
    char fingerprint[TLS_FINGERPRINT], greeting[128];
    unsigned n;
    start(roomy);
    X509_digest(client.cert, EVP_sha256(), digest, &n);
    for (unsigned i = 0; i < n; i++)
        snprintf(fingerprint + 2 * (size_t)i, 3, "%02x", digest[i]);
    snprintf(greeting, sizeof greeting, "hello 127.0.0.1 [%s]", fingerprint);
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        struct link l = dial(NULL, &client, version);
        assert_string_equal(hear(&l), greeting);
        link_close(&l);
        const struct leaf *bad[] = {&foreign, &expired};
        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
            l = link_new(fixture_connect(&f, NULL), bad[i], version);
            /* In TLS 1.3 the client learns of the refusal when it first reads. */
            assert_true(SSL_connect(l.ssl) != 1 || strcmp(hear(&l), "") == 0);
            int alert = ERR_GET_REASON(ERR_peek_last_error());
            assert_int_equal(alert, bad[i] == &foreign ? SSL_R_TLSV1_ALERT_UNKNOWN_CA
                                                       : SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED);
            link_close(&l);
        }
    }
    FIXTURE_AWAIT(f.seen->counts.handshake_failed == 4 && f.seen->counts.connections == 0);
    assert_int_equal(f.seen->counts.opened, 2);
}

/* Each byte of the TLS stream in a segment of its own, handshake included. */
static void byte_by_byte(void **unused)
{
    (void)unused;
    start(roomy);
    struct link l = link_new(fixture_connect(&f, NULL), &client, TLS1_3_VERSION);
    BIO *out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(out, -1);
    SSL_set0_wbio(l.ssl, out);
    struct timeval patience = {.tv_usec = 20000};
    setsockopt(l.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    bool said = false;
    char heard[256];
    size_t n = 0;
    while (n < 5 || memcmp(heard + n - 5, "slow\n", 5) != 0) {
        if (!said && SSL_connect(l.ssl) == 1) {
            say(&l, "slow\n");
            said = true;
        }
        char byte;
        while (BIO_read(out, &byte, 1) == 1)
            assert_int_equal(send(l.fd, &byte, 1, 0), 1);
        if (said && SSL_read(l.ssl, heard + n, 1) == 1)
            n++;
        assert_true(n < sizeof heard);
    }
    link_close(&l);
}

/* Collects what the client sends from here on; taken by post(). */
static BIO *hold(struct link *l)
{
    BIO *out = BIO_new(BIO_s_mem());
    SSL_set0_wbio(l->ssl, out);
    return out;
}

static void post(struct link *l, BIO *held, size_t n)
{
    static char piece[1 << 17];
    size_t at = 0;
    assert_true(n <= sizeof piece);
    assert_int_equal(BIO_read(held, piece, (int)n), (int)n);
    while (at < n) {
        ssize_t sent = send(l->fd, piece + at, n - at, 0);
        assert_true(sent > 0);
        at += (size_t)sent;
    }
}

/* What OpenSSL has read ahead is heard without another event from the socket: data behind a record
 * that had none, and more records than are read in one go. */
static void read_ahead(void **unused)
{
    (void)unused;
    enum { RECORDS = 5 * 64 };
    start(roomy);
    struct link l = dial(NULL, NULL, TLS1_3_VERSION);
    hear(&l);
    BIO *held = hold(&l);
    SSL_key_update(l.ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
    assert_int_equal(SSL_do_handshake(l.ssl), 1);
    say(&l, "behind\n");
    post(&l, held, BIO_ctrl_pending(held));
    assert_string_equal(hear(&l), "behind");
    for (int i = 0; i < RECORDS; i++)
        say(&l, "x\n");
    post(&l, held, BIO_ctrl_pending(held));
    for (int i = 0; i < RECORDS; i++)
        assert_string_equal(hear(&l), "x");
    link_close(&l);
}

/* Half a record lies in OpenSSL's buffer: that is nothing to spin on. */
static void half_a_record(void **unused)
{
    (void)unused;
    start(roomy);
    struct link l = dial(NULL, NULL, TLS1_3_VERSION);
    hear(&l);
    say(&l, "silent\n");
    hear(&l);
    BIO *held = hold(&l);
    say(&l, "never whole\n");
    uint64_t turns = f.seen->turns;
    post(&l, held, 11);
    assert_string_equal(hear(&l), "bye"); /* after FIXTURE_SILENCE */
    assert_true(f.seen->turns < turns + 20);
    link_close(&l);
}

/* Key updates are records without data, before, between and behind those with some. */
static void key_updates(void **unused)
{
    (void)unused;
    start(roomy);
    struct link l = dial(NULL, NULL, TLS1_3_VERSION);
    hear(&l);
    for (int round = 0; round < 300; round++) {
        for (int n = 0; n < round % 4; n++) {
            int kind = round % 2 ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED;
            assert_int_equal(SSL_key_update(l.ssl, kind), 1);
            if (n < 2)
                assert_int_equal(SSL_do_handshake(l.ssl), 1);
        }
        say(&l, "line\n");
        assert_string_equal(hear(&l), "line");
    }
    link_close(&l);
}

static void half_closes(void **unused)
{
    (void)unused;
    start(roomy);
    for (int with_notify = 0; with_notify < 2; with_notify++) {
        struct link l = dial(NULL, NULL, TLS1_3_VERSION);
        hear(&l);
        say(&l, "last words\n");
        if (with_notify)
            SSL_shutdown(l.ssl);
        else
            shutdown(l.fd, SHUT_WR);
        assert_string_equal(hear(&l), "last words");
        assert_string_equal(hear(&l), "finished");
        assert_string_equal(hear(&l), "");
        link_close(&l);
    }
    FIXTURE_AWAIT(f.seen->counts.connections == 0);
}

/* An end of file stays readable for as long as the connection lives: it is not spun on. */
static void half_closed_for_long(void **unused)
{
    (void)unused;
    start(roomy);
    struct link l = dial(NULL, NULL, TLS1_3_VERSION);
    hear(&l);
    say(&l, "stay\nsilent\n");
    hear(&l);
    hear(&l);
    uint64_t turns = f.seen->turns;
    shutdown(l.fd, SHUT_WR);
    assert_string_equal(hear(&l), "finished");
    assert_string_equal(hear(&l), "bye"); /* after FIXTURE_SILENCE */
    assert_true(f.seen->turns < turns + 20);
    link_close(&l);
}

static void plaintext(void **unused)
{
    (void)unused;
    char answer[64];
    start(roomy);
    int fd = fixture_connect(&f, NULL);
    const char *request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_true(send(fd, request, strlen(request), 0) > 0);
    assert_true(recv(fd, answer, sizeof answer, 0) >= 0); /* an alert, not a reset */
    close(fd);
    FIXTURE_AWAIT(f.seen->counts.handshake_failed == 1 && f.seen->counts.connections == 0);
    struct link l = dial(NULL, NULL, TLS1_3_VERSION);
    assert_string_equal(hear(&l), "hello 127.0.0.1 []");
    link_close(&l);
}

/* What a reader that never reads makes the pump hold is bounded, costs no turns, and ends. */
static void never_reads(void **unused)
{
    (void)unused;
    start(roomy);
    struct link l = dial(NULL, NULL, TLS1_3_VERSION);
    struct link other = dial(NULL, NULL, TLS1_3_VERSION);
    hear(&l);
    hear(&other);
    say(&l, "flood\n");
    FIXTURE_AWAIT(f.seen->counts.blocked == 1);
    uint64_t out = f.seen->counts.bytes_out, turns = f.seen->turns;
    for (int i = 0; i < 20; i++) {
        say(&other, "still served\n");
        assert_string_equal(hear(&other), "still served");
    }
    FIXTURE_AWAIT(f.seen->counts.bytes_out == out + (size_t)20 * 13);
    assert_true(f.seen->turns < turns + 100);
    say(&l, "quit\n"); /* closing, but its bytes are never taken: close_timeout ends it */
    FIXTURE_AWAIT(f.seen->counts.connections == 1);
    assert_int_equal(f.seen->counts.blocked, 0);
    link_close(&l);
    link_close(&other);
}

enum { MUCH = 8 << 20, PIECE = 64 * 1024 };

static char much_byte(size_t at)
{
    return (char)('a' + at * 7 / 5 % 26);
}

/* Writes MUCH bytes from a process of its own; what comes back is read with pauses, so that buffers
 * fill on the way. l->ssl NULL: plain. */
static void there_and_back(struct link *l)
{
    static char piece[PIECE];
    pid_t writer = fork();
    if (writer == 0) { /* the two directions of an SSL share no state that we touch */
        for (size_t sent = 0; sent < MUCH; sent += PIECE) {
            for (size_t i = 0; i < PIECE; i++)
                piece[i] = much_byte(sent + i);
            if ((l->ssl != NULL ? SSL_write(l->ssl, piece, PIECE)
                                : (int)send(l->fd, piece, PIECE, 0)) != PIECE)
                _exit(1);
        }
        _exit(0);
    }
    for (size_t got = 0; got < MUCH;) {
        int n = l->ssl != NULL ? SSL_read(l->ssl, piece, PIECE) : (int)recv(l->fd, piece, PIECE, 0);
        assert_true(n > 0);
        for (size_t i = 0; i < (size_t)n; i++)
            assert_int_equal(piece[i], much_byte(got + i));
        got += (size_t)n;
        if (got % (1 << 20) < 1000)
            poll(NULL, 0, 20); /* load, not synchronisation */
    }
    int status;
    assert_int_equal(waitpid(writer, &status, 0), writer);
    assert_int_equal(status, 0);
}

static void much_over_tls(void **unused)
{
    (void)unused;
    start(roomy);
    struct link l = dial(NULL, NULL, TLS1_3_VERSION);
    hear(&l);
    there_and_back(&l);
    link_close(&l);
}

static void much_over_plain(void **unused)
{
    (void)unused;
    char greeting[64];
    struct pump_limits limits = roomy;
    limits.send_buffer = 4096; /* the socket takes a record in pieces */
    f = fixture_start(&(struct fixture_config){.limits = limits});
    struct link l = {.fd = fixture_connect(&f, NULL)};
    ssize_t n = recv(l.fd, greeting, sizeof greeting - 1, 0);
    assert_true(n > 0);
    greeting[n] = '\0';
    assert_string_equal(greeting, "hello 127.0.0.1 []\n");
    there_and_back(&l);
    close(l.fd);
}

static void deadlines_and_faults(void **unused)
{
    (void)unused;
    start(roomy);
    struct link l = dial(NULL, NULL, TLS1_3_VERSION);
    hear(&l);
    usec_t before = loop_now();
    say(&l, "silent\n");
    assert_string_equal(hear(&l), "silent");
    assert_string_equal(hear(&l), "bye");
    assert_true(loop_now() - before >= FIXTURE_SILENCE);
    assert_string_equal(hear(&l), "");
    link_close(&l);
    l = dial(NULL, NULL, TLS1_3_VERSION);
    hear(&l);
    say(&l, "fail\n");
    assert_string_equal(hear(&l), "");
    link_close(&l);
    FIXTURE_AWAIT(f.seen->counts.connections == 0);
}

static void drain(void **unused)
{
    (void)unused;
    struct link l[20];
    start(roomy);
    for (size_t i = 0; i < ARRAY_LENGTH(l); i++) {
        l[i] = dial(NULL, NULL, TLS1_3_VERSION);
        hear(&l[i]);
    }
    int silent = fixture_connect(&f, NULL);
    struct link late = link_new(fixture_connect(&f, NULL), NULL, TLS1_3_VERSION);
    FIXTURE_AWAIT(f.seen->counts.connections == ARRAY_LENGTH(l) + 2);
    kill(f.pid, SIGUSR1);
    assert_int_equal(SSL_connect(late.ssl), 1); /* it was let in before */
    assert_string_equal(hear(&late), "hello 127.0.0.1 []");
    assert_string_equal(hear(&late), "bye");
    link_close(&late);
    for (size_t i = 0; i < ARRAY_LENGTH(l); i++) {
        assert_string_equal(hear(&l[i]), "bye");
        assert_string_equal(hear(&l[i]), "");
        link_close(&l[i]);
    }
    FIXTURE_AWAIT(f.seen->counts.connections == 0);
    close(silent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(echoes, stop),
        cmocka_unit_test_teardown(old_versions_and_resumption, stop),
        cmocka_unit_test_teardown(certificates, stop),
        cmocka_unit_test_teardown(byte_by_byte, stop),
        cmocka_unit_test_teardown(key_updates, stop),
        cmocka_unit_test_teardown(read_ahead, stop),
        cmocka_unit_test_teardown(half_a_record, stop),
        cmocka_unit_test_teardown(half_closes, stop),
        cmocka_unit_test_teardown(half_closed_for_long, stop),
        cmocka_unit_test_teardown(plaintext, stop),
        cmocka_unit_test_teardown(never_reads, stop),
        cmocka_unit_test_teardown(much_over_tls, stop),
        cmocka_unit_test_teardown(much_over_plain, stop),
        cmocka_unit_test_teardown(deadlines_and_faults, stop),
        cmocka_unit_test_teardown(drain, stop),
    };
    return cmocka_run_group_tests_name("tls_pump", tests, make, unmake);
}
