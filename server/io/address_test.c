/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "io/address.h"

static struct address at(const char *text)
{
    struct address a = {0};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(9)};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(9)};
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        address_of((struct sockaddr *)&in, &a);
    else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
        address_of((struct sockaddr *)&in6, &a);
    else
        fail();
    return a;
}

static void texts(void **unused)
{
    (void)unused;
    assert_string_equal(at("192.0.2.7").text, "192.0.2.7");
    assert_string_equal(at("::ffff:192.0.2.7").text, "192.0.2.7"); /* on a dual-stack socket */
    assert_string_equal(at("2001:DB8::7").text, "2001:db8::7");
    assert_int_equal(at("192.0.2.7").port, 9);
}

static bool has(const char *network, const char *address)
{
    struct network n;
    struct address a = at(address);
    assert_int_equal(network_parse(network, &n), 0);
    return network_has(&n, &a);
}

static void networks(void **unused)
{
    (void)unused;
    assert_true(has("10.0.0.0/8", "10.255.0.1"));
    assert_false(has("10.0.0.0/8", "11.0.0.1"));
    assert_true(has("10.0.0.1", "10.0.0.1"));
    assert_false(has("10.0.0.1", "10.0.0.2"));
    assert_true(has("10.0.0.128/25", "10.0.0.200"));
    assert_false(has("10.0.0.128/25", "10.0.0.127"));
    assert_true(has("0.0.0.0/0", "203.0.113.9"));
    assert_false(has("0.0.0.0/0", "2001:db8::1"));
    assert_true(has("2001:db8::/33", "2001:db8:7fff::1"));
    assert_false(has("2001:db8::/33", "2001:db8:8000::1"));
    struct network n;
    assert_int_equal(network_parse("10.0.0.0/33", &n), 1);
    assert_int_equal(network_parse("10.0.0.0/", &n), 1);
    assert_int_equal(network_parse("example.org", &n), 1);
}

static void tallies(void **unused)
{
    (void)unused;
    struct tally t = {0};
    struct address a = at("2001:db8::1"), b = at("2001:db8::ffff:2"), c = at("2001:db8:0:1::1");
    struct address d = at("192.0.2.1"), e = at("192.0.2.2");
    struct tally_entry *first = tally_of(&t, &a);
    first->connections = 1;
    assert_ptr_equal(tally_of(&t, &b), first);
    assert_ptr_not_equal(tally_of(&t, &c), first);
    assert_ptr_not_equal(tally_of(&t, &d), tally_of(&t, &e));
    assert_int_equal(t.entries.count, 4);
    tally_drop(&t, first); /* still counts one */
    assert_int_equal(t.entries.count, 4);
    first->connections = 0;
    tally_drop(&t, first);
    assert_int_equal(t.entries.count, 3);
    tally_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(networks),
        cmocka_unit_test(tallies),
    };
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
