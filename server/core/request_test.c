/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/request.h"

static const char full[] =
    "{\"reference\":\"A-12\",\"children\":[{\"age_months\":84,\"sex\":\"F\"},"
    "{\"age_months\":null,\"sex\":null},{\"age_months\":5,\"sex\":\"M\"}],\"together\":true,"
    "\"parent\":{\"pregnant\":false},\"emergency\":true,\"modality\":[\"familial\",\"urgence\"],"
    "\"legal_frame\":\"opp\",\"needs\":[\"disability\"],"
    "\"from\":{\"commune\":\"31395\",\"territory\":\"dts-sud\"},\"origin\":\"dts-nord\","
    "\"max_km\":60,\"wanted_on\":\"2026-12-01\",\"decided_at\":1790000000000000,"
    "\"opened_at\":1790000060000000,\"state\":\"placed\",\"code\":\"other\",\"placed\":[0,2],"
    "\"arrived\":[2],\"placed_at\":1790000120000000,\"closed_at\":1790000180000000,"
    "\"created_by\":\"dts\"}";

static void everything_comes_back_on_the_wire(void **state)
{
    (void)state;
    struct request *q = NULL;
    struct buf out = {0};
    assert_int_equal(request_decode("r-1", full, &q), 0);
    request_encode(q, &out);
    buf_char(&out, '\0');
    assert_string_equal(
        out.p,
        ",\"reference\":\"A-12\",\"children\":[{\"age_months\":84,\"sex\":\"F\"},"
        "{\"age_months\":null,\"sex\":null},{\"age_months\":5,\"sex\":\"M\"}],"
        "\"parent\":{\"pregnant\":false},\"together\":true,\"emergency\":true,"
        "\"modality\":[\"urgence\",\"familial\"],\"legal_frame\":\"opp\",\"needs\":[\"disability\"]"
        ","
        "\"from\":{\"commune\":\"31395\",\"territory\":\"dts-sud\"},\"territory\":\"dts-nord\","
        "\"max_km\":60,\"wanted_on\":\"2026-12-01\",\"decided_at\":\"2026-09-21T14:13:20Z\","
        "\"opened_at\":\"2026-09-21T14:14:20Z\",\"state\":\"placed\",\"code\":\"other\","
        "\"placed\":[0,2],\"arrived\":[2],\"placed_at\":\"2026-09-21T14:15:20Z\","
        "\"closed_at\":\"2026-09-21T14:16:20Z\",\"created_by\":\"dts\"");
    buf_free(&out);
    request_destroy(q);
}

static void what_is_no_request_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{}",
        "{\"origin\":\"d31\",\"created_by\":\"dts\"}",
        "{\"origin\":\"d31\",\"created_by\":\"dts\",\"state\":\"waiting\"}",
        "{\"origin\":null,\"created_by\":\"dts\",\"state\":\"open\"}",
        "{\"origin\":\"d31\",\"state\":\"open\"}",
        "{\"origin\":\"d31\",\"created_by\":\"dts\",\"state\":\"open\",\"placed\":[-1]}",
        "{\"origin\":\"d31\",\"created_by\":\"dts\",\"state\":\"open\",\"children\":[7]}",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct request *q = NULL;
        assert_int_equal(request_decode("r-1", bad[i], &q), -EBADMSG);
        assert_null(q);
    }
}

static void the_waiting_list_has_one_order(void **state)
{
    (void)state;
    static const struct request_order list[] = {
        {true, 20, UNKNOWN, "r-9"},  {true, 30, 3, "r-8"},  {false, 10, 200, "r-7"},
        {false, 11, 0, "r-6"},       {false, 11, 7, "r-4"}, {false, 11, 7, "r-5"},
        {false, 11, UNKNOWN, "r-1"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(list); i++)
        for (size_t k = 0; k < ARRAY_LENGTH(list); k++) {
            int order = request_order_compare(&list[i], &list[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
}

static void the_youngest_known_age_counts(void **state)
{
    (void)state;
    struct request *q = NULL;
    assert_int_equal(request_decode("r-1", full, &q), 0);
    struct request_order order = request_order(q);
    assert_true(order.emergency);
    assert_int_equal(order.decided_at, 1790000000000000);
    assert_int_equal(order.youngest, 5);
    q->who.children[2].age_months = q->who.children[0].age_months = UNKNOWN;
    assert_int_equal(request_order(q).youngest, UNKNOWN);
    request_destroy(q);
}

static void its_clock_runs_from_the_decision_to_the_place(void **state)
{
    (void)state;
    struct request q = {.decided_at = 100};
    assert_int_equal(request_waited(&q, 160), 60);
    assert_int_equal(request_waited(&q, 90), 0); /* a decision in the next two minutes */
    q.closed_at = 150;
    assert_int_equal(request_waited(&q, 160), 50);
    q.placed_at = 130;
    assert_int_equal(request_waited(&q, 160), 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back_on_the_wire),
        cmocka_unit_test(what_is_no_request_is_refused),
        cmocka_unit_test(the_waiting_list_has_one_order),
        cmocka_unit_test(the_youngest_known_age_counts),
        cmocka_unit_test(its_clock_runs_from_the_decision_to_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
