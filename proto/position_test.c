/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/position.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEX32 "0123456789abcdef0123456789abcdef"
#define HEX33 HEX32 "0"

static void both_ways(void **state)
{
    (void)state;
    static const struct {
        const char *text, *epoch, *fingerprint;
        int64_t revision;
    } cases[] = {
        {"9b1e.48211", "9b1e", "", 48211},
        {"0.0", "0", "", 0},
        {"9b1e.5f.1", "9b1e", "5f", 1},
        {HEX32 "." HEX32 ".9007199254740991", HEX32, HEX32, 9007199254740991},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct position p;
        char text[POSITION_TEXT];
        assert_int_equal(position_parse(span_of(cases[i].text), &p), 0);
        assert_string_equal(p.epoch, cases[i].epoch);
        assert_string_equal(p.fingerprint, cases[i].fingerprint);
        assert_int_equal(p.revision, cases[i].revision);
        assert_string_equal(position_format(&p, text), cases[i].text);
    }
}

static void refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        ".",
        "..",
        "9b1e",
        "9b1e.",
        ".5",
        "9b1e..5",
        "9b1e.5.",
        "9b1e.5f.1.2",
        "9B1E.5",
        "g.5",
        "9b1e.05",
        "9b1e.-5",
        "9b1e.+5",
        "9b1e. 5",
        "9b1e.5 ",
        "9b1e.5f.01",
        "9b1e.9007199254740992",
        "9b1e.99999999999999999999",
        "9b1e.0x5",
        "9b1e.5f.",
        "9b1e.xy.5",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct position p = {.revision = 42};
        if (position_parse(span_of(bad[i]), &p) != POSITION_BAD || p.revision != 42)
            fail_msg("taken: %s", bad[i]);
    }
    struct position p;
    assert_int_equal(position_parse(span_of(HEX33 ".5"), &p), POSITION_BAD);
    assert_int_equal(position_parse(span_of("9b1e." HEX33 ".5"), &p), POSITION_BAD);
    assert_int_equal(position_parse((span){NULL, 0}, &p), POSITION_BAD);
    assert_int_equal(position_parse((span){"9\0.5", 4}, &p), POSITION_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
