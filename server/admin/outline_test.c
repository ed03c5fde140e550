/* SPDX-License-Identifier: EUPL-1.2 */
/* Outlines: what is shared goes, neighbours keep one border, every step drawn by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "admin/outline.h"

/* One unit (10 m) per millionth of a degree: drawn on squared paper, y to the south. */
static const struct plane paper = {{0, 0}, OUTLINE_DEGREE, OUTLINE_DEGREE};

/* x and y of corners, y down. */
static void add(struct border *b, bool hole, size_t n, const int (*xy)[2])
{
    struct corner ring[64];
    for (size_t i = 0; i < n; i++)
        ring[i] = (struct corner){xy[i][0], -xy[i][1]};
    assert_int_equal(border_add_ring(b, ring, n, hole), 0);
}

#define ADD(b, hole, ...)                                                                          \
    add(b, hole, sizeof((const int[][2]){__VA_ARGS__}) / sizeof(int[2]),                           \
        (const int[][2]){__VA_ARGS__})

static void expect(struct border *b, const struct corners *meetings, double tolerance,
                   const char *path)
{
    struct buf out = {0};
    int32_t box[4];
    assert_int_equal(border_path(b, meetings, &paper, tolerance, &out, box), 0);
    buf_char(&out, '\0');
    assert_string_equal(out.p, path);
    buf_free(&out);
}

static const struct corners nowhere = {0};

static void what_is_shared_goes(void **state)
{
    struct border b = {0};
    int32_t box[4];
    struct buf out = {0};
    (void)state;
    /* Two squares side by side, whichever way they are drawn. */
    ADD(&b, false, {0, 0}, {0, 10}, {10, 10}, {10, 0});
    ADD(&b, false, {10, 0}, {20, 0}, {20, 10}, {10, 10});
    assert_int_equal(border_dissolve(&b), 0);
    assert_int_equal(b.n, 6);
    expect(&b, &nowhere, 0.5, "M0 10l20 0 0-10-20 0z");
    assert_int_equal(border_path(&b, &nowhere, &paper, 0.5, &out, box), 0);
    assert_true(box[0] == 0 && box[1] == 0 && box[2] == 20 && box[3] == 10);
    buf_free(&out);
    border_free(&b);
}

static void a_hole_stays_and_may_be_filled(void **state)
{
    struct border b = {0};
    (void)state;
    ADD(&b, false, {0, 0}, {30, 0}, {30, 30}, {0, 30});
    ADD(&b, true, {10, 10}, {20, 10}, {20, 20}, {10, 20});
    assert_int_equal(border_dissolve(&b), 0);
    assert_int_equal(b.n, 8);
    expect(&b, &nowhere, 0, "M0 30l30 0 0-30-30 0zM10 20l0-10 10 0 0 10z");
    ADD(&b, false, {10, 10}, {20, 10}, {20, 20}, {10, 20});
    assert_int_equal(border_dissolve(&b), 0);
    expect(&b, &nowhere, 0, "M0 30l30 0 0-30-30 0z");
    border_free(&b);
}

/* A crooked border between two, thinned for each by itself, is the same line. */
static void neighbours_keep_one_border(void **state)
{
    struct border b[2] = {{0}, {0}};
    struct corners meetings;
    (void)state;
    ADD(&b[0], false, {0, 0}, {10, 0}, {12, 5}, {9, 10}, {11, 15}, {10, 20}, {0, 20});
    ADD(&b[1], false, {30, 0}, {30, 20}, {10, 20}, {11, 15}, {9, 10}, {12, 5}, {10, 0});
    for (int i = 0; i < 2; i++)
        assert_int_equal(border_dissolve(&b[i]), 0);
    assert_int_equal(corners_where_borders_meet(b, 2, &meetings), 0);
    assert_int_equal(meetings.n, 2);
    expect(&b[0], &meetings, 1.5, "M10 20l-1-10 3-5-2-5-10 0 0 20z");
    expect(&b[1], &meetings, 1.5, "M10 20l20 0 0-20-20 0 2 5-3 5z");
    expect(&b[0], &meetings, 5, "M10 20l0-20-10 0 0 20z");
    expect(&b[1], &meetings, 5, "M10 20l20 0 0-20-20 0z");
    corners_free(&meetings);
    for (int i = 0; i < 2; i++)
        border_free(&b[i]);
}

/* Of two corners as far from the line as each other, the same one stays for both. */
static void neighbours_agree_on_equals(void **state)
{
    struct border b[2] = {{0}, {0}};
    struct corners meetings;
    (void)state;
    ADD(&b[0], false, {0, 0}, {10, 0}, {12, 5}, {12, 15}, {10, 20}, {0, 20});
    ADD(&b[1], false, {30, 0}, {30, 20}, {10, 20}, {12, 15}, {12, 5}, {10, 0});
    for (int i = 0; i < 2; i++)
        assert_int_equal(border_dissolve(&b[i]), 0);
    assert_int_equal(corners_where_borders_meet(b, 2, &meetings), 0);
    expect(&b[0], &meetings, 1.5, "M10 20l2-5-2-15-10 0 0 20z");
    expect(&b[1], &meetings, 1.5, "M10 20l20 0 0-20-20 0 2 15z");
    corners_free(&meetings);
    for (int i = 0; i < 2; i++)
        border_free(&b[i]);
}

static void an_island_never_vanishes_altogether(void **state)
{
    struct border b = {0};
    (void)state;
    ADD(&b, false, {0, 0}, {3, 0}, {0, 3});
    ADD(&b, false, {100, 100}, {104, 100}, {104, 104}, {100, 104});
    assert_int_equal(border_dissolve(&b), 0);
    expect(&b, &nowhere, 1000, "M100 104l4 0 0-4-4 0z");
    border_free(&b);
}

static void a_plane_is_right_of_and_below_its_origin(void **state)
{
    (void)state;
    struct plane p =
        plane_of((struct corner){430000, 42690000}, (struct corner){2050000, 43920000});
    assert_int_equal(p.origin.lon, 430000);
    assert_int_equal(p.origin.lat, 43920000);
    assert_int_equal(p.y_scale, 11120);
    assert_in_range(p.x_scale, 8091, 8093); /* cos 43.305° */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shared_goes),
        cmocka_unit_test(a_hole_stays_and_may_be_filled),
        cmocka_unit_test(neighbours_keep_one_border),
        cmocka_unit_test(neighbours_agree_on_equals),
        cmocka_unit_test(an_island_never_vanishes_altogether),
        cmocka_unit_test(a_plane_is_right_of_and_below_its_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
