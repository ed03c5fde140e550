/* SPDX-License-Identifier: EUPL-1.2 */
/* Who gets in: limits, shares, proxies, and what happens when descriptors run out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "io/pump_fixture.h"
#include "io/tls_fixture.h"

static struct authority ca;
static struct leaf server;
static struct tls_identity identity;
static struct fixture f;

static const struct pump_limits roomy = {
    .connections = 1000,
    .connections_per_address = 1000,
    .handshakes = 100,
    .accepts_per_turn = 16,
    .handshake_timeout = 10 * USEC_S,
    .close_timeout = USEC_S,
    .send_buffer = 65536,
};

static int make(void **unused)
{
    (void)unused;
    signal(SIGPIPE, SIG_IGN);
    ca = fixture_authority("authority");
    server = fixture_leaf("localhost", 30, &ca);
    fixture_cert_pem(server.cert, &identity.cert);
    fixture_key_pem(server.key, &identity.key);
    return 0;
}

static int unmake(void **unused)
{
    (void)unused;
    fixture_free(ca.key, ca.cert);
    fixture_free(server.key, server.cert);
    tls_identity_free(&identity);
    return 0;
}

static int stop(void **unused)
{
    (void)unused;
    fixture_stop(&f);
    return 0;
}

static void start(struct fixture_config config)
{
    f = fixture_start(&config);
}

/* A whole TLS visit on a connected socket: handshake, greeting, goodbye. */
static bool visit(int fd, char *ret_greeting, size_t room)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(ctx);
    SSL_set_fd(ssl, fd);
    int n = SSL_connect(ssl) == 1 ? SSL_read(ssl, ret_greeting, (int)room - 1) : -1;
    ret_greeting[n > 0 ? n : 0] = '\0';
    if (n > 0)
        SSL_shutdown(ssl);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    close(fd);
    return n > 0;
}

static bool closed(int fd)
{
    char byte;
    return recv(fd, &byte, 1, 0) <= 0;
}

static void close_all(int *fd, size_t n)
{
    for (size_t i = 0; i < n; i++)
        close(fd[i]);
}

static void one_address(void **unused)
{
    (void)unused;
    struct pump_limits limits = roomy;
    limits.connections_per_address = 10;
    int fd[13];
    char greeting[128];
    start((struct fixture_config){.limits = limits}); /* plain: each is open at once */
    for (size_t i = 0; i < ARRAY_LENGTH(fd); i++) {
        fd[i] = fixture_connect(&f, "127.0.0.2");
        if (i < 10)
            assert_int_equal(recv(fd[i], greeting, 6, MSG_WAITALL), 6);
        else
            assert_true(closed(fd[i]));
    }
    int other = fixture_connect(&f, "127.0.0.3");
    assert_int_equal(recv(other, greeting, 6, MSG_WAITALL), 6);
    FIXTURE_AWAIT(f.seen->counts.refused_address == 3 && f.seen->counts.connections == 11);
    close(fd[0]); /* gives its place back */
    FIXTURE_AWAIT(f.seen->counts.connections == 10);
    int again = fixture_connect(&f, "127.0.0.2");
    assert_int_equal(recv(again, greeting, 6, MSG_WAITALL), 6);
    close(again);
    close(other);
    close_all(fd + 1, ARRAY_LENGTH(fd) - 1);
}

static void full(void **unused)
{
    (void)unused;
    struct pump_limits limits = roomy;
    limits.connections = 5;
    int fd[8];
    char greeting[8];
    start((struct fixture_config){.limits = limits});
    for (size_t i = 0; i < ARRAY_LENGTH(fd); i++) {
        fd[i] = fixture_connect(&f, NULL);
        if (i < 5)
            assert_int_equal(recv(fd[i], greeting, 6, MSG_WAITALL), 6);
        else
            assert_true(closed(fd[i]));
    }
    FIXTURE_AWAIT(f.seen->counts.refused_full == 3 && f.seen->counts.connections == 5);
    close_all(fd, ARRAY_LENGTH(fd));
}

/* Silent connections of one address fill its share of the handshakes, not all of them; what waits
 * for a share gets it when one is free. */
static void handshake_share(void **unused)
{
    (void)unused;
    struct pump_limits limits = roomy;
    limits.handshakes = 8;
    int silent[30];
    char greeting[128];
    start((struct fixture_config){.identity = &identity, .limits = limits});
    for (size_t i = 0; i < ARRAY_LENGTH(silent); i++)
        silent[i] = fixture_connect(&f, "127.0.0.2");
    FIXTURE_AWAIT(f.seen->counts.connections == ARRAY_LENGTH(silent));
    assert_int_equal(f.seen->counts.handshakes, 2);
    assert_true(visit(fixture_connect(&f, "127.0.0.3"), greeting, sizeof greeting));
    int late = fixture_connect(&f, "127.0.0.2");
    FIXTURE_AWAIT(f.seen->counts.connections == ARRAY_LENGTH(silent) + 1);
    close_all(silent, ARRAY_LENGTH(silent));
    assert_true(visit(late, greeting, sizeof greeting));
    FIXTURE_AWAIT(f.seen->counts.connections == 0 && f.seen->counts.handshakes == 0);
}

static void handshake_deadline(void **unused)
{
    (void)unused;
    struct pump_limits limits = roomy;
    limits.handshake_timeout = 100 * USEC_MS;
    limits.handshakes = 4; /* one per address: two of three only wait */
    int fd[3];
    start((struct fixture_config){.identity = &identity, .limits = limits});
    usec_t before = loop_now();
    for (size_t i = 0; i < ARRAY_LENGTH(fd); i++)
        fd[i] = fixture_connect(&f, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(fd); i++)
        assert_true(closed(fd[i]));
    assert_true(loop_now() - before >= 100 * USEC_MS);
    FIXTURE_AWAIT(f.seen->counts.handshake_late == 3 && f.seen->counts.connections == 0);
    assert_true(f.seen->turns < 100);
    close_all(fd, ARRAY_LENGTH(fd));
}

/* More handshakes than are allowed at a time: all are made. */
static void many_handshakes(void **unused)
{
    (void)unused;
    struct pump_limits limits = roomy;
    limits.handshakes = 4;
    limits.accepts_per_turn = 2;
    enum { VISITORS = 8, VISITS = 10 };
    pid_t visitor[VISITORS];
    start((struct fixture_config){.identity = &identity, .limits = limits});
    for (int i = 0; i < VISITORS; i++) {
        char from[32], greeting[128];
        snprintf(from, sizeof from, "127.0.1.%d", 1 + i / 2);
        visitor[i] = fork();
        for (int n = 0; visitor[i] == 0 && n < VISITS; n++)
            if (!visit(fixture_connect(&f, from), greeting, sizeof greeting))
                _exit(1);
        if (visitor[i] == 0)
            _exit(0);
    }
    for (int i = 0; i < VISITORS; i++) {
        int status;
        assert_int_equal(waitpid(visitor[i], &status, 0), visitor[i]);
        assert_int_equal(status, 0);
    }
    FIXTURE_AWAIT(f.seen->counts.connections == 0);
    assert_int_equal(f.seen->counts.opened, VISITORS * VISITS);
}

static void proxies(void **unused)
{
    (void)unused;
    char greeting[128];
    struct pump_limits limits = roomy;
    limits.connections_per_address = 2;
    start(
        (struct fixture_config){.identity = &identity, .limits = limits, .proxy = "127.0.0.2/31"});
    const char *v1 = "PROXY TCP4 192.0.2.7 198.51.100.1 51234 7443\r\n";
    int fd = fixture_connect(&f, "127.0.0.2");
    for (const char *p = v1; *p != '\0'; p++)
        assert_int_equal(send(fd, p, 1, MSG_NOSIGNAL), 1);
    assert_true(visit(fd, greeting, sizeof greeting));
    assert_string_equal(greeting, "hello 192.0.2.7 []\n");

    static const char v2[] = "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x08\xc6\x33\x64\x01"
                             "\xc8\x22\x1d\x13";
    fd = fixture_connect(&f, "127.0.0.3");
    assert_int_equal(send(fd, v2, sizeof v2 - 1, 0), sizeof v2 - 1);
    assert_true(visit(fd, greeting, sizeof greeting));
    assert_string_equal(greeting, "hello 192.0.2.8 []\n");

    fd = fixture_connect(&f, "127.0.0.2"); /* no header: TLS is none */
    assert_false(visit(fd, greeting, sizeof greeting));
    FIXTURE_AWAIT(f.seen->counts.proxy_failed == 1);

    fd = fixture_connect(&f, "127.0.0.9"); /* not a proxy: its header is no TLS */
    assert_int_equal(send(fd, v2, sizeof v2 - 1, 0), sizeof v2 - 1);
    assert_false(visit(fd, greeting, sizeof greeting));
    assert_true(visit(fixture_connect(&f, "127.0.0.9"), greeting, sizeof greeting));
    assert_string_equal(greeting, "hello 127.0.0.9 []\n");
    FIXTURE_AWAIT(f.seen->counts.connections == 0);

    int crowd[5]; /* counted by client, not by proxy */
    for (size_t i = 0; i < ARRAY_LENGTH(crowd); i++) {
        crowd[i] = fixture_connect(&f, "127.0.0.2");
        assert_true(send(crowd[i], v1, strlen(v1), 0) > 0);
    }
    FIXTURE_AWAIT(f.seen->counts.refused_address == 3 && f.seen->counts.connections == 2);
    close_all(crowd, ARRAY_LENGTH(crowd));
}

/* Without descriptors the loop rests instead of spinning, peers are told by closing, and service
 * goes on when some are free again. */
static void descriptors_run_out(void **unused)
{
    (void)unused;
    int fd[60];
    char greeting[8];
    start((struct fixture_config){.limits = roomy, .descriptors = 40});
    for (size_t i = 0; i < ARRAY_LENGTH(fd); i++)
        fd[i] = fixture_connect(&f, NULL);
    FIXTURE_AWAIT(f.seen->turns > 0 && f.seen->counts.opened > 20);
    uint64_t turns = f.seen->turns;
    usec_t from = loop_now();
    struct pollfd told = {.fd = fd[ARRAY_LENGTH(fd) - 1], .events = POLLIN};
    assert_true(poll(&told, 1, 20000) == 1); /* the last one has been accepted and closed */
    usec_t took = loop_now() - from;
    assert_true(f.seen->turns - turns < 60 + (uint64_t)(took / (20 * USEC_MS)));
    close_all(fd, ARRAY_LENGTH(fd));
    FIXTURE_AWAIT(f.seen->counts.connections == 0);
    int again = fixture_connect(&f, NULL);
    assert_int_equal(recv(again, greeting, 6, MSG_WAITALL), 6);
    close(again);
}

static void everyone_is_woken(void **unused)
{
    (void)unused;
    int fd[200];
    char greeting[64];
    start((struct fixture_config){.limits = roomy});
    for (size_t i = 0; i < ARRAY_LENGTH(fd); i++) {
        fd[i] = fixture_connect(&f, NULL);
        assert_true(recv(fd[i], greeting, sizeof greeting, 0) > 0);
        assert_int_equal(send(fd[i], "flood\n", 6, 0), 6);
    }
    FIXTURE_AWAIT(f.seen->counts.blocked == ARRAY_LENGTH(fd));
    kill(f.pid, SIGUSR2); /* wake_all leaves those alone whose socket is full */
    uint64_t turns = f.seen->turns;
    FIXTURE_AWAIT(f.seen->turns > turns);
    /* The kernel may take some more meanwhile: in the end they are all full again. */
    FIXTURE_AWAIT(f.seen->counts.blocked == ARRAY_LENGTH(fd));
    assert_int_equal(f.seen->counts.connections, ARRAY_LENGTH(fd));
    close_all(fd, ARRAY_LENGTH(fd));
    FIXTURE_AWAIT(f.seen->counts.connections == 0 && f.seen->counts.blocked == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(one_address, stop),
        cmocka_unit_test_teardown(full, stop),
        cmocka_unit_test_teardown(handshake_share, stop),
        cmocka_unit_test_teardown(handshake_deadline, stop),
        cmocka_unit_test_teardown(many_handshakes, stop),
        cmocka_unit_test_teardown(proxies, stop),
        cmocka_unit_test_teardown(descriptors_run_out, stop),
        cmocka_unit_test_teardown(everyone_is_woken, stop),
    };
    return cmocka_run_group_tests_name("admission", tests, make, unmake);
}
