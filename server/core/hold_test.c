/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/hold.h"

static const char full[] =
    "{\"unit\":\"u-1\",\"establishment\":\"e-1\",\"territory\":\"dts-sud\",\"origin\":\"dts-nord\","
    "\"request\":\"r-1\",\"children\":[1,0],\"profile\":[{\"age_months\":50,\"sex\":\"M\"},"
    "{\"age_months\":null,\"sex\":null}],\"parent\":{\"pregnant\":true},"
    "\"needs\":[\"disability\",\"mna\",\"a_later_one\"],\"places\":3,\"emergency\":true,"
    "\"state\":\"accepted\",\"code\":\"other\",\"created_by\":\"astreinte\","
    "\"created_at\":1790000000000000,\"held_until\":1790002700000000,\"extensions\":2,"
    "\"escalated\":true,\"overdue\":true,\"answered_by\":\"mecs-1\","
    "\"answered_at\":1790000060000000,\"arrive_by\":1790086460000000,\"ended_at\":null,"
    "\"stale_unit\":true,\"place\":{\"address\":\"3 all\\u00e9e\",\"commune\":\"31395\","
    "\"point\":[43.46,1.32],\"contact\":{\"day\":\"05 00\",\"night\":null}},\"a_later\":1}";

#define START                                                                                      \
    "{\"unit\":\"u-1\",\"establishment\":\"e-1\",\"territory\":null,\"origin\":null,"              \
    "\"request\":null,\"children\":[],\"profile\":[],\"parent\":null,\"needs\":[],"                \
    "\"created_by\":\"astreinte\",\"place\":null,\"held_until\":1790002700000000,"

static struct hold *decoded(const char *state)
{
    struct hold *h = NULL;
    assert_int_equal(hold_decode("h-1", state, &h), 0);
    return h;
}

static void everything_comes_back_on_the_wire(void **state)
{
    (void)state;
    struct hold *h = decoded(full);
    struct buf out = {0};
    hold_encode(h, &out);
    buf_char(&out, '\0');
    assert_string_equal(
        out.p,
        ",\"unit\":\"u-1\",\"establishment\":\"e-1\",\"territory\":\"dts-sud\",\"request\":\"r-1\","
        "\"children\":[1,0],\"profile\":[{\"age_months\":50,\"sex\":\"M\"},{\"age_months\":null,"
        "\"sex\":null}],\"parent\":{\"pregnant\":true},\"needs\":[\"mna\",\"disability\"],"
        "\"places\":3,\"emergency\":true,\"state\":\"accepted\",\"code\":\"other\","
        "\"created_by\":\"astreinte\",\"created_at\":\"2026-09-21T14:13:20Z\","
        "\"held_until\":\"2026-09-21T14:58:20Z\",\"extensions\":2,\"escalated\":true,"
        "\"overdue\":true,\"answered_by\":\"mecs-1\",\"answered_at\":\"2026-09-21T14:14:20Z\","
        "\"arrive_by\":\"2026-09-22T14:14:20Z\",\"ended_at\":null,\"stale_unit\":true,"
        "\"place\":{\"address\":\"3 allée\",\"commune\":\"31395\",\"point\":[43.46000,1.32000],"
        "\"contact\":{\"day\":\"05 00\",\"night\":null}}");
    assert_string_equal(h->origin, "dts-nord");
    assert_int_equal(hold_due_at(h), 1790086460000000);
    buf_free(&out);
    hold_destroy(h);
}

static void only_held_and_accepted_ones_keep_places(void **state)
{
    (void)state;
    static const struct {
        const char *state;
        bool active;
        usec_t due;
    } cases[] = {
        {"held", true, 1790002700000000},
        {"accepted", true, 1790086460000000},
        {"arrived", false, 0},
        {"refused", false, 0},
        {"released", false, 0},
        {"expired", false, 0},
        {"withdrawn", false, 0},
    };
    assert_int_equal(ARRAY_LENGTH(cases), HOLD_STATE_COUNT);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char text[1024];
        snprintf(text, sizeof text,
                 START "\"places\":1,\"arrive_by\":1790086460000000,\"state\":\"%s\"}",
                 cases[i].state);
        struct hold *h = decoded(text);
        assert_int_equal(hold_is_active(h), cases[i].active);
        assert_int_equal(hold_due_at(h), cases[i].due);
        struct buf out = {0};
        hold_encode(h, &out);
        buf_char(&out, '\0');
        assert_null(strstr(out.p, "place\""));
        buf_free(&out);
        hold_destroy(h);
    }
}

static void what_is_no_hold_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        START "\"places\":1,\"state\":\"kept\"}",
        START "\"places\":1}",
        START "\"places\":0,\"state\":\"held\"}",
        "{\"establishment\":\"e-1\",\"created_by\":\"a\",\"places\":1,\"state\":\"held\"}",
        "{\"unit\":\"u-1\",\"created_by\":\"a\",\"places\":1,\"state\":\"held\"}",
        "{\"unit\":\"u-1\",\"establishment\":\"e-1\",\"places\":1,\"state\":\"held\"}",
        "{\"unit\":\"u-1\",\"establishment\":\"e-1\",\"created_by\":\"a\",\"places\":1,"
        "\"state\":\"held\",\"children\":[10]}",
        "{\"unit\":\"u-1\",\"establishment\":\"e-1\",\"created_by\":\"a\",\"places\":1,"
        "\"state\":\"held\",\"profile\":[{\"age_months\":-1,\"sex\":null}]}",
        "{\"unit\":\"u-1\",\"establishment\":\"e-1\",\"created_by\":\"a\",\"places\":1,"
        "\"state\":\"held\",\"profile\":[{\"age_months\":1,\"sex\":\"X\"}]}",
        "{\"unit\":\"u-1\",\"establishment\":\"e-1\",\"created_by\":\"a\",\"places\":1,"
        "\"state\":\"held\",\"profile\":[0,1,2,3,4,5,6,7,8,9,10]}",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct hold *h = NULL;
        assert_int_equal(hold_decode("h-1", bad[i], &h), -EBADMSG);
        assert_null(h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back_on_the_wire),
        cmocka_unit_test(only_held_and_accepted_ones_keep_places),
        cmocka_unit_test(what_is_no_hold_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
