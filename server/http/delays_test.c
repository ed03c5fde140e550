/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/delays.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define ADA span_of("ada")
#define HOME span_of("192.0.2.1")
#define ELSEWHERE span_of("198.51.100.7")

static void failures_slow_down_and_never_lock(void **state)
{
    (void)state;
    static const usec_t waits[] = {0, 0, 1, 2, 4, 8, 8, 8};
    struct delays d = {.seed = 7};
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        assert_int_equal(delays_wait(&d, USEC_S, ADA, HOME), waits[i] * USEC_S);
        delays_failed(&d, USEC_S, ADA, HOME);
    }
    assert_int_equal(delays_wait(&d, USEC_S, span_of("bea"), HOME), DELAY_MOST);
    delays_free(&d);
}

static void who_has_not_failed_waits_little(void **state)
{
    (void)state;
    struct delays d = {.seed = 7};
    for (int i = 0; i < 1000; i++)
        delays_failed(&d, USEC_S, ADA, ELSEWHERE);
    assert_int_equal(delays_wait(&d, USEC_S, ADA, ELSEWHERE), DELAY_MOST);
    assert_int_equal(delays_wait(&d, USEC_S, ADA, HOME), DELAY_OF_OTHERS);
    assert_int_equal(delays_wait(&d, USEC_S, span_of("bea"), HOME), 0);
    delays_free(&d);
}

static void failures_are_forgiven_and_forgotten(void **state)
{
    (void)state;
    struct delays d = {.seed = 7};
    for (int i = 0; i < 5; i++)
        delays_failed(&d, USEC_S, ADA, HOME);
    assert_int_equal(delays_wait(&d, USEC_S + DELAYS_FORGOTTEN - 1, ADA, HOME), DELAY_MOST);
    assert_int_equal(delays_wait(&d, USEC_S + DELAYS_FORGOTTEN, ADA, HOME), 0);
    delays_forgive(&d, ADA, HOME);
    assert_int_equal(delays_wait(&d, USEC_S, ADA, HOME), 0);
    delays_free(&d);
}

/* Many names cannot push out one that keeps failing: places are those of the keys. */
static void the_table_is_bounded(void **state)
{
    (void)state;
    struct delays d = {.seed = 7};
    char name[32];
    for (int i = 0; i < 100000; i++) {
        int n = snprintf(name, sizeof name, "x%d", i);
        delays_failed(&d, USEC_S + i, (span){name, (size_t)n}, (span){name, (size_t)n});
        if (i % 100 == 0)
            delays_failed(&d, USEC_S + i, ADA, HOME);
    }
    assert_int_equal(delays_wait(&d, 2 * USEC_S, ADA, HOME), DELAY_MOST);
    delays_free(&d);
}

static void an_address_is_a_network(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"192.0.2.1", "192.0.2.1"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
        {"2001:db8:1:2::9", "2001:db8:1:2::"},
        {"2001:db8::9", "2001:db8::"},
        {"2001:db8::6:7:8:9:a", "2001:db8:0:6::"},
        {"::1", "::"},
        {"fe80::1", "fe80::"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char network[NETWORK_TEXT];
        network_of(cases[i][0], network);
        assert_string_equal(network, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_slow_down_and_never_lock),
        cmocka_unit_test(who_has_not_failed_waits_little),
        cmocka_unit_test(failures_are_forgiven_and_forgotten),
        cmocka_unit_test(the_table_is_bounded),
        cmocka_unit_test(an_address_is_a_network),
    };
    return cmocka_run_group_tests_name("delays", tests, NULL, NULL);
}
