/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/movement.h"

static void everything_comes_back_on_the_wire(void **state)
{
    (void)state;
    struct movement *m = NULL;
    struct buf out = {0};
    assert_int_equal(
        movement_decode("v-1",
                        "{\"unit\":\"u-1\",\"establishment\":\"e-1\",\"territory\":\"dts-sud\","
                        "\"type\":\"exit\",\"places\":2,\"on\":\"2026-12-18\","
                        "\"code\":\"end_of_stay\",\"to_unit\":\"u-2\",\"hold\":\"h-1\","
                        "\"state\":\"done\",\"limit\":true,\"due_soon\":true,"
                        "\"created_by\":\"mecs-1\",\"created_at\":1790000000000000,"
                        "\"ended_at\":1790000060000000,\"a_later\":1}",
                        &m),
        0);
    movement_encode(m, &out);
    buf_char(&out, '\0');
    assert_string_equal(
        out.p, ",\"unit\":\"u-1\",\"establishment\":\"e-1\",\"territory\":\"dts-sud\","
               "\"type\":\"exit\",\"places\":2,\"on\":\"2026-12-18\",\"code\":\"end_of_stay\","
               "\"to_unit\":\"u-2\",\"hold\":\"h-1\",\"state\":\"done\",\"limit\":true,"
               "\"due_soon\":true,\"created_by\":\"mecs-1\","
               "\"created_at\":\"2026-09-21T14:13:20Z\",\"ended_at\":\"2026-09-21T14:14:20Z\"");
    buf_free(&out);
    movement_destroy(m);
}

#define START                                                                                      \
    "{\"unit\":\"u-1\",\"establishment\":\"e-1\",\"created_by\":\"x\",\"on\":\"2026-12-18\","

static void what_is_not_known_is_null(void **state)
{
    (void)state;
    struct movement *m = NULL;
    struct buf out = {0};
    assert_int_equal(movement_decode("v-1",
                                     START "\"type\":\"opening\",\"state\":\"planned\","
                                           "\"places\":999,\"code\":null}",
                                     &m),
                     0);
    movement_encode(m, &out);
    buf_char(&out, '\0');
    assert_non_null(strstr(out.p, "\"code\":null,\"to_unit\":null,\"hold\":null,"
                                  "\"state\":\"planned\",\"limit\":false,\"due_soon\":false"));
    assert_non_null(strstr(out.p, "\"ended_at\":null"));
    buf_free(&out);
    movement_destroy(m);
}

#define WITHOUT_TERRITORY                                                                          \
    "{\"unit\":\"u-1\",\"establishment\":\"e-1\",\"created_by\":\"x\",\"type\":\"exit\","          \
    "\"state\":\"planned\",\"places\":1}"

static void what_makes_it_a_stay_is_said_where_it_is(void **state)
{
    static const struct {
        const char *members, *wire; /* wire NULL: refused */
    } cases[] = {
        {"\"type\":\"exit\",\"entry\":\"v-0\",\"origin_unit\":\"u-2\"",
         ",\"hold\":null,\"entry\":\"v-0\",\"origin_unit\":\"u-2\",\"state\""},
        {"\"type\":\"sequence\",\"until\":\"2027-06-30\",\"weekdays\":[1,5,7],\"weeks\":\"even\"",
         ",\"hold\":null,\"until\":\"2027-06-30\",\"weekdays\":[1,5,7],\"weeks\":\"even\","
         "\"state\""},
        {"\"type\":\"sequence\",\"weekdays\":[2],\"weeks\":\"all\"",
         ",\"hold\":null,\"weekdays\":[2],\"weeks\":\"all\",\"state\""},
        {"\"type\":\"sequence\",\"weekdays\":[],\"weeks\":\"all\"", NULL},
        {"\"type\":\"sequence\",\"weekdays\":[8],\"weeks\":\"all\"", NULL},
        {"\"type\":\"sequence\",\"weekdays\":[1],\"weeks\":\"some\"", NULL},
        {"\"type\":\"sequence\",\"weekdays\":[1]", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct movement *m = NULL;
        struct buf out = {0};
        char text[512];
        snprintf(text, sizeof text, START "%s,\"state\":\"planned\",\"places\":1}",
                 cases[i].members);
        int r = movement_decode("v-1", text, &m);
        assert_int_equal(r, cases[i].wire ? 0 : -EBADMSG);
        if (r < 0)
            continue;
        movement_encode(m, &out);
        buf_char(&out, '\0');
        assert_non_null(strstr(out.p, cases[i].wire));
        buf_free(&out);
        movement_destroy(m);
    }
}

static void another_state_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        START "\"type\":\"leave\",\"state\":\"planned\",\"places\":1}",
        START "\"type\":\"exit\",\"state\":\"gone\",\"places\":1}",
        START "\"type\":\"exit\",\"state\":\"planned\",\"places\":0}",
        START "\"type\":\"exit\",\"state\":\"planned\"}",
        START "\"state\":\"planned\",\"places\":1}",
        (WITHOUT_TERRITORY),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct movement *m = NULL;
        assert_int_equal(movement_decode("v-1", bad[i], &m), -EBADMSG);
        assert_null(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back_on_the_wire),
        cmocka_unit_test(what_is_not_known_is_null),
        cmocka_unit_test(what_makes_it_a_stay_is_said_where_it_is),
        cmocka_unit_test(another_state_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
