/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "daemon/control.h"

static int pair[2];

static int open_pair(void **unused)
{
    (void)unused;
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair);
}

static int close_pair(void **unused)
{
    (void)unused;
    close(pair[0]);
    close(pair[1]);
    return 0;
}

static void messages(void **unused)
{
    (void)unused;
    struct control_message got;
    int fd = 7;
    assert_int_equal(control_receive(pair[1], &got, &fd), CONTROL_NONE);
    assert_int_equal(control_send(pair[0], &(struct control_message){CONTROL_RELEASE, 0, 513}, -1),
                     0);
    assert_int_equal(control_send(pair[0], &(struct control_message){CONTROL_DRAIN, 0, 0}, -1), 0);
    assert_int_equal(control_receive(pair[1], &got, &fd), 0);
    assert_int_equal(got.kind, CONTROL_RELEASE);
    assert_int_equal(got.slot, 513);
    assert_int_equal(fd, -1);
    assert_int_equal(control_receive(pair[1], &got, &fd), 0);
    assert_int_equal(got.kind, CONTROL_DRAIN);
}

static void descriptors(void **unused)
{
    (void)unused;
    struct control_message got;
    int ends[2], fd;
    char byte = 0;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(control_send(pair[0], &(struct control_message){CONTROL_ADOPT, 1, 2}, ends[0]),
                     0);
    close(ends[0]);
    assert_int_equal(control_receive(pair[1], &got, &fd), 0);
    assert_true(fd >= 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(read(fd, &byte, 1), 1);
    assert_int_equal(byte, 'x');
    close(fd);
    close(ends[1]);
}

static void ends_and_limits(void **unused)
{
    (void)unused;
    struct control_message m = {CONTROL_ALIVE, 0, 0}, got;
    int fd, r;
    do
        r = control_send(pair[0], &m, -1);
    while (r == 0);
    assert_int_equal(r, CONTROL_NONE); /* full: never blocks */
    do
        r = control_receive(pair[1], &got, &fd);
    while (r == 0);
    assert_int_equal(r, CONTROL_NONE);
    assert_int_equal(send(pair[0], "?", 1, 0), 1);
    assert_int_equal(control_receive(pair[1], &got, &fd), -EPROTO);
    close(pair[0]);
    assert_int_equal(control_receive(pair[1], &got, &fd), CONTROL_END);
    assert_int_equal(control_send(pair[1], &m, -1), CONTROL_END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(messages, open_pair, close_pair),
        cmocka_unit_test_setup_teardown(descriptors, open_pair, close_pair),
        cmocka_unit_test_setup_teardown(ends_and_limits, open_pair, close_pair),
    };
    return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
