/* SPDX-License-Identifier: EUPL-1.2 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/bitmap.h"
#include "core/grid.h"

#define SLOTS 3000
#define WORDS ((SLOTS + 63) / 64)

static double random_within(uint64_t *state, double most)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return ((double)(*state >> 11) / (double)(1ull << 53) * 2 - 1) * most;
}

static struct point at(double lat, double lon)
{
    return (struct point){lat, lon, true};
}

static struct vector vector_at(double lat, double lon)
{
    struct vector v = {0};

    assert_true(vector_of(at(lat, lon), &v));
    return v;
}

/* Along the ground, by the haversine formula in doubles. */
static double haversine_km(struct point a, struct point b)
{
    double to = M_PI / 180, dlat = (b.lat - a.lat) * to, dlon = (b.lon - a.lon) * to;
    double h = pow(sin(dlat / 2), 2) + cos(a.lat * to) * cos(b.lat * to) * pow(sin(dlon / 2), 2);

    return 2 * 6371.0088 * asin(sqrt(fmin(h, 1)));
}

static double km_between(struct point a, struct point b)
{
    return steps_km(vector_steps(vector_at(a.lat, a.lon), vector_at(b.lat, b.lon)));
}

static void test_distances_on_the_ground(void **state)
{
    uint64_t seed = 5;
    (void)state;

    /* Toulouse to Muret, half the Earth, across the dateline. */
    assert_float_equal(km_between(at(43.604, 1.444), at(43.46, 1.326)), 18.61, 0.1);
    assert_float_equal(km_between(at(0, 0), at(0, 180)), 20015.1, 0.5);
    assert_float_equal(km_between(at(-16.8, 179.95), at(-16.8, -179.95)), 10.64, 0.02);
    assert_true(km_between(at(90, 0), at(90, 77)) == 0);
    for (int i = 0; i < 20000; i++) {
        double near = i % 2 ? 0.2 : 1; /* of the whole Earth, or close by */
        struct point a = at(random_within(&seed, 89), random_within(&seed, 179));
        struct point b =
            at(a.lat + random_within(&seed, 0.5 * near), a.lon + random_within(&seed, 0.5 * near));

        if (i % 4 == 0)
            b = at(random_within(&seed, 89), random_within(&seed, 179));
        /* Near the antipodes a step of chord is more than a step of ground. */
        if (haversine_km(a, b) < 15000)
            assert_true(fabs(km_between(a, b) - haversine_km(a, b)) < 0.025);
    }
}

static void test_steps_and_km_are_inverse(void **state)
{
    (void)state;
    for (int km = 0; km < 12000; km++)
        assert_true(fabs(steps_km(steps_of_km(km * 1.003)) - km * 1.003) < 0.016);
    assert_int_equal(steps_of_km(60), 6000);
    assert_true(steps_km(6000) == 60);
    assert_int_equal(steps_of_km(1e9), steps_of_km(20016));
}

static void test_points_that_are_none(void **state)
{
    struct vector v;
    (void)state;

    assert_false(vector_of((struct point){43, 1, false}, &v));
    assert_false(vector_of(at(90.1, 0), &v));
    assert_false(vector_of(at(0, -180.1), &v));
    assert_false(vector_of(at(NAN, 0), &v));
    assert_false(vector_of(at(0, INFINITY), &v));
    assert_true(vector_of(at(90, 180), &v));
    assert_true(vector_of(at(-90, -180), &v));
}

/* Random points, dense in some places, moved and removed */

struct map {
    struct grid grid;
    struct point points[SLOTS];
    int64_t ties[SLOTS];
    uint64_t candidates[WORDS];
};

static struct point random_point(uint64_t *seed)
{
    double kind = random_within(seed, 1);

    if (kind < -0.9)
        return (struct point){0};
    if (kind < 0)
        return at(43.6 + random_within(seed, 0.6), 1.44 + random_within(seed, 0.8));
    if (kind < 0.3)
        return at(floor(random_within(seed, 90)), random_within(seed, 1) < 0 ? 180 : -180);
    return at(random_within(seed, 90), random_within(seed, 180));
}

static void put(struct map *m, size_t slot, struct point p)
{
    assert_int_equal(grid_prepare(&m->grid, p), 0);
    grid_put(&m->grid, slot, p);
    m->points[slot] = p;
}

static struct map *random_map(uint64_t *seed)
{
    struct map *m = calloc(1, sizeof *m);

    assert_non_null(m);
    grid_init(&m->grid, realloc);
    assert_int_equal(grid_room(&m->grid, SLOTS), 0);
    for (size_t i = 0; i < SLOTS; i++)
        put(m, i, random_point(seed));
    for (size_t i = 0; i < 2 * SLOTS; i++)
        put(m, (size_t)(random_within(seed, SLOTS / 2.0) + SLOTS / 2.0), random_point(seed));
    for (size_t i = 0; i < SLOTS; i++) {
        m->ties[i] = (int64_t)random_within(seed, 1e15);
        bits_put(m->candidates, i, random_within(seed, 1) < 0);
    }
    return m;
}

static void map_free(struct map *m)
{
    grid_free(&m->grid);
    free(m);
}

static uint32_t steps_to(const struct map *m, size_t slot, struct vector from)
{
    struct vector v;

    return vector_of(m->points[slot], &v) ? vector_steps(v, from) : STEPS_UNKNOWN;
}

static void test_far(void **state)
{
    uint64_t seed = 11, far[WORDS];
    struct map *m = random_map(&seed);
    (void)state;

    for (int i = 0; i < 300; i++) {
        struct point home = random_point(&seed);
        struct vector from = vector_at(home.lat, home.lon);
        uint32_t most = (uint32_t)pow(10, 3 + random_within(&seed, 3.1));

        grid_look(&m->grid, from);
        grid_far(&m->grid, most, far, WORDS);
        for (size_t slot = 0; slot < SLOTS; slot++) {
            uint32_t steps = steps_to(m, slot, from);

            assert_int_equal(grid_steps(&m->grid, slot), steps);
            assert_int_equal(bits_test(far, slot), steps != STEPS_UNKNOWN && steps > most);
        }
    }
    map_free(m);
}

static void test_nearest(void **state)
{
    uint64_t seed = 13;
    struct map *m = random_map(&seed);
    (void)state;

    for (int i = 0; i < 300; i++) {
        struct point home = random_point(&seed);
        struct vector from = vector_at(home.lat, home.lon);
        struct top got = {.k = 1 + (unsigned)i % TOP_MAX}, want = got;

        grid_look(&m->grid, from);
        assert_true(grid_nearest(&m->grid, m->candidates, m->ties, SIZE_MAX, &got));
        for (uint32_t slot = 0; slot < SLOTS; slot++)
            if (bits_test(m->candidates, slot) && m->points[slot].known)
                top_add(&want, (struct top_item){steps_to(m, slot, from), slot, m->ties[slot]});
        assert_int_equal(got.n, want.n);
        for (unsigned j = 0; j < want.n; j++)
            assert_int_equal(got.items[j].slot, want.items[j].slot);
    }
    map_free(m);
}

static void test_nearest_looks_at_few_and_gives_up(void **state)
{
    uint64_t seed = 17;
    struct map *m = random_map(&seed);
    struct top top = {.k = 10};
    (void)state;

    memset(m->candidates, 0xff, sizeof m->candidates);
    grid_look(&m->grid, vector_at(43.6, 1.44));
    assert_true(grid_nearest(&m->grid, m->candidates, m->ties, SLOTS / 4, &top));
    memset(m->candidates, 0, sizeof m->candidates);
    top.n = 0;
    assert_false(grid_nearest(&m->grid, m->candidates, m->ties, SLOTS / 4, &top));
    map_free(m);
}

static void test_top_keeps_the_best(void **state)
{
    struct top top = {.k = 3};
    static const uint32_t steps[] = {9, 2, 7, 7, 1, 8, 7};
    (void)state;

    for (uint32_t i = 0; i < ARRAY_LENGTH(steps); i++)
        top_add(&top, (struct top_item){steps[i], i, -(int64_t)i});
    assert_int_equal(top.n, 3);
    assert_int_equal(top.items[0].slot, 4);
    assert_int_equal(top.items[1].slot, 1);
    assert_int_equal(top.items[2].slot, 6);
    assert_true(top_admits(&top, 7));
    assert_false(top_admits(&top, 8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distances_on_the_ground),
        cmocka_unit_test(test_steps_and_km_are_inverse),
        cmocka_unit_test(test_points_that_are_none),
        cmocka_unit_test(test_far),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_nearest_looks_at_few_and_gives_up),
        cmocka_unit_test(test_top_keeps_the_best),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
