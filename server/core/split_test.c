/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules of the split one by one. */
#include "core/split_fixture.h"

/* Rules */

static struct unit *place(unsigned number, int free_places, double lat)
{
    struct dice dice = {number + 1};
    struct unit *u = sample_unit(&dice, number);
    char *id = u->id;

    *u = (struct unit){
        .id = id,
        .establishment_kind = (char *)"mecs",
        .sex = UNIT_SEX_ANY,
        .max_months = 216,
        .siblings_max = 5,
        .siblings_mixed = TRI_YES,
        .point = {lat, 1.4, true},
        .public_point = {lat, 1.4, true},
        .open = 5,
        .occupied = 5 - free_places,
        .observed_at = SAMPLE_NOW,
        .ttl = USEC_HOUR,
    };
    return u;
}

static struct search_request family(unsigned n)
{
    struct search_request q = {
        .n_children = n, .emergency = true, .near = {43, 1.4, true}, .now = SAMPLE_NOW};

    for (unsigned i = 0; i < n; i++)
        q.children[i] = (struct search_child){60 + (int)i, i % 2 ? 'M' : 'F'};
    return q;
}

static void test_fewest_units_then_close_then_near_home(void **state)
{
    struct fixture *f = fixture_new();
    struct search_request q = family(3);
    struct split split;
    (void)state;

    put(f, place(0, 1, 43.1));
    put(f, place(1, 1, 43.1));
    put(f, place(2, 1, 43.1)); /* three together at 11 km */
    assert_int_equal(search_split(f->index, &q, &split), 0);
    assert_int_equal(split.units, 3);
    assert_true(split.km_apart == 0);
    put(f, place(3, 2, 43.9)); /* two of them, 89 km from the others */
    assert_int_equal(search_split(f->index, &q, &split), 0);
    assert_int_equal(split.units, 2);
    assert_true(split.km_apart > 88 && split.km_apart < 90);
    put(f, place(4, 1, 44.0)); /* far from home, but close to that one */
    assert_int_equal(search_split(f->index, &q, &split), 0);
    assert_true(split.km_apart > 11 && split.km_apart < 12);
    put(f, place(5, 2, 43.3)); /* the same distance apart, nearer to home */
    put(f, place(6, 1, 43.4));
    assert_int_equal(search_split(f->index, &q, &split), 0);
    assert_true(split.exact);
    assert_true(split.km_home < 3 * 45);
    fixture_free(f);
}

/* Forty pairs, the nearer to home the further apart, from 220 m to 610 m: the last one is best. */
static void test_least_of_many_short_distances(void **state)
{
    struct fixture *f = fixture_new();
    struct search_request q = family(2);
    struct split split;
    (void)state;

    for (unsigned i = 0; i < 40; i++) {
        double lat = 43.1 + 0.05 * i, apart = (61 - (int)i) * 0.00009;

        put(f, place(2 * i, 1, lat));
        put(f, place(2 * i + 1, 1, lat + apart));
    }
    assert_int_equal(search_split(f->index, &q, &split), 0);
    assert_true(split.exact && split.level == SPLIT_ANYWHERE);
    assert_int_equal(split.slot[0], 78);
    assert_int_equal(split.slot[1], 79);
    fixture_free(f);
}

/* One child each for three kinds of unit, on a meridian north of home. Joining the nearest gives
 * 0.1 degree apart; so does the way through the southern unit, which is nearer to home. */
static void test_equal_ways_are_decided_by_home(void **state)
{
    static const double lats[] = {44, 44.05, 43.9, 43.95, 53, 54};
    static const int16_t ages[] = {0, 12, 12, 24, 24, 24};
    struct fixture *f = fixture_new();
    struct search_request q = family(3);
    struct split split;
    (void)state;

    for (unsigned i = 0; i < ARRAY_LENGTH(lats); i++) {
        struct unit *u = place(i, 1, lats[i]);

        u->min_months = ages[i];
        u->max_months = (int16_t)(ages[i] + 12);
        put(f, u);
    }
    for (unsigned i = 0; i < 3; i++)
        q.children[i].age_months = 6 + 12 * (int)i;
    assert_int_equal(search_split(f->index, &q, &split), 0);
    assert_true(split.exact);
    assert_int_equal(split.slot[0], 0);
    assert_int_equal(split.slot[1], 2);
    assert_int_equal(split.slot[2], 3);
    fixture_free(f);
}

static void test_places_are_not_counted_twice(void **state)
{
    struct fixture *f = fixture_new();
    struct search_request q = family(3);
    struct split split;
    (void)state;

    put(f, place(0, 1, 43.1));
    put(f, place(1, 1, 43.1));
    assert_int_equal(search_split(f->index, &q, &split), SPLIT_NONE);
    f->units[1]->occupied = 3;
    f->units[1]->held = 1;
    assert_int_equal(search_index_set(f->index, 1, f->units[1], 0), 0);
    assert_int_equal(search_split(f->index, &q, &split), SPLIT_NONE);
    f->units[1]->held = 0;
    f->units[1]->siblings_max = 1;
    assert_int_equal(search_index_set(f->index, 1, f->units[1], 0), 0);
    assert_int_equal(search_split(f->index, &q, &split), SPLIT_NONE);
    f->units[1]->siblings_max = UNKNOWN;
    assert_int_equal(search_index_set(f->index, 1, f->units[1], 0), 0);
    assert_int_equal(search_split(f->index, &q, &split), 0);
    assert_int_equal(split.units, 2);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(!!(split.to_ask[i] & 1 << CRITERION_SIBLINGS), split.slot[i] == 1);
    fixture_free(f);
}

static void test_never_declared_takes_nobody(void **state)
{
    struct fixture *f = fixture_new();
    struct search_request q = family(2);
    struct split split;
    (void)state;

    assert_int_equal(search_split(f->index, &q, &split), SPLIT_NONE);
    put(f, place(0, 1, 43.1));
    put(f, place(1, 1, 43.1));
    f->units[1]->open = f->units[1]->occupied = UNKNOWN;
    f->units[1]->observed_at = 0;
    assert_int_equal(search_index_set(f->index, 1, f->units[1], 0), 0);
    assert_int_equal(search_split(f->index, &q, &split), SPLIT_NONE);
    q.n_children = 1;
    assert_int_equal(search_split(f->index, &q, &split), SPLIT_NONE);
    fixture_free(f);
}

static void test_hidden_units_only_when_needed(void **state)
{
    struct fixture *f = fixture_new();
    struct search_request q = family(2);
    struct split split;
    (void)state;

    for (unsigned i = 0; i < 2; i++) {
        put(f, place(i, 1, 43.1));
        f->units[i]->public_point = (struct point){0};
        assert_int_equal(search_index_set(f->index, i, f->units[i], 0), 0);
    }
    assert_int_equal(search_split(f->index, &q, &split), 0);
    assert_true(split.km_apart == KM_UNKNOWN && split.km_home == KM_UNKNOWN);
    q.precise = true;
    assert_int_equal(search_split(f->index, &q, &split), 0);
    assert_true(split.km_apart == 0 && split.km_home > 20);
    q.precise = false;
    put(f, place(2, 1, 43.1));
    put(f, place(3, 1, 47.1));
    assert_int_equal(search_split(f->index, &q, &split), 0);
    assert_true(split.km_apart > 400);
    fixture_free(f);
}

/* Hundreds of foster families at one commune's centre: all equal, still proven, and the same
 * families whatever their slots. */
static void test_a_crowd_at_one_point(void **state)
{
    struct fixture *f = fixture_new(), *g = fixture_new();
    struct search_request q = family(4);
    struct split split, other;
    (void)state;

    for (unsigned i = 0; i < UNITS_MAX; i++) {
        put(f, place(i, 1, 43.1));
        put(g, place(UNITS_MAX - 1 - i, 1, 43.1));
    }
    assert_int_equal(search_split(f->index, &q, &split), 0);
    assert_int_equal(search_split(g->index, &q, &other), 0);
    assert_true(split.exact);
    assert_int_equal(split.units, 4);
    assert_true(split.km_apart == 0);
    for (unsigned i = 0; i < 4; i++)
        assert_string_equal(f->units[split.slot[i]]->id, g->units[other.slot[i]]->id);
    fixture_free(f);
    fixture_free(g);
}

/* More children and units than can be proven: an answer that holds, and that says so. */
static void test_bounded_work(void **state)
{
    struct search_index *index = search_index_new();
    struct search_request q = family(10);
    struct dice dice = {3};
    struct split split;
    unsigned per_unit[20000] = {0};
    (void)state;

    for (unsigned i = 0; i < 20000; i++) {
        struct unit *u = place(i, 1 + dice_below(&dice, 2), 43 + 6 * dice_spread(&dice));

        u->public_point.lon += 4 * dice_spread(&dice);
        assert_int_equal(search_index_set(index, i, u, 0), 0);
        sample_free(u);
    }
    assert_int_equal(search_split(index, &q, &split), 0);
    assert_false(split.exact);
    assert_int_equal(split.n_children, 10);
    for (unsigned i = 0; i < 10; i++)
        assert_true(++per_unit[split.slot[i]] <= 2);
    assert_true(split.units >= 5);
    q.near.known = false;
    assert_int_equal(search_split(index, &q, &split), 0);
    assert_true(split.km_home == KM_UNKNOWN);
    search_index_free(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fewest_units_then_close_then_near_home),
        cmocka_unit_test(test_least_of_many_short_distances),
        cmocka_unit_test(test_equal_ways_are_decided_by_home),
        cmocka_unit_test(test_places_are_not_counted_twice),
        cmocka_unit_test(test_never_declared_takes_nobody),
        cmocka_unit_test(test_hidden_units_only_when_needed),
        cmocka_unit_test(test_a_crowd_at_one_point),
        cmocka_unit_test(test_bounded_work),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
