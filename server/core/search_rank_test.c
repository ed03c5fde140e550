/* SPDX-License-Identifier: EUPL-1.2 */
/* The order of results, distances, and what becomes of the index as units change. */
#include "core/search_fixture.h"

/* Ranking */

static void test_freshness_ends_on_time(void **state)
{
    struct unit u = plain("u-1");
    struct search_request q = one_child(84, 'F');
    usec_t until = u.observed_at + u.ttl;
    (void)state;

    q.now = until - 1;
    ask_unit(q, u);
    assert_int_equal(answer.results[0].freshness, FRESHNESS_FRESH);
    q.now = until;
    ask(q);
    assert_int_equal(answer.results[0].freshness, FRESHNESS_STALE);
    assert_int_equal(answer.total, 1);
    q.now = until - 1; /* another reader's clock is behind */
    ask(q);
    assert_int_equal(answer.results[0].freshness, FRESHNESS_FRESH);
    u.contested_at = NOW;
    q.now = NOW + 1;
    ask_unit(q, u);
    assert_int_equal(answer.results[0].freshness, FRESHNESS_STALE);
    assert_int_equal(answer.results[0].why,
                     bit(WHY_STALE) | bit(WHY_REPORTED_WRONG) | bit(WHY_ADMITS_ANY_HOUR));
}

static void test_order_of_ranking(void **state)
{
    struct unit u[6];
    struct search_request q = siblings();
    (void)state;

    /* Each is better than the next by one level, and worse by all that follow. */
    for (int i = 0; i < 6; i++) {
        static const char *const ids[] = {"u-0", "u-1", "u-2", "u-3", "u-4", "u-5"};
        u[i] = plain(ids[i]);
        u[i].public_point = (struct point){43.46 + 0.01 * (6 - i), 1.326, true};
        u[i].occupied = 2;
    }
    u[5].observed_at = NOW - 48 * USEC_HOUR;
    u[0].modality = u[1].modality = u[2].modality = u[3].modality = MODALITY_URGENCE;
    u[3].siblings_max = UNKNOWN;
    u[0].public_point = u[1].public_point = u[2].public_point;
    u[2].public_point.lat += 0.001;
    u[1].open = 40;
    u[1].occupied = 38;
    for (unsigned i = 0; i < 6; i++)
        put(5 - i, u[i]);
    ask(q);
    ASSERT_ORDER(5, 4, 3, 2, 1, 0);
    for (size_t i = 1; i < 6; i++)
        assert_true(answer.results[i].score <= answer.results[i - 1].score);
    assert_true(answer.results[0].score > 0.9 && answer.results[0].score < 1);
    assert_true(answer.results[5].score < 2.0 / 3);
    q.offered = 1 + 0; /* what is kept for them comes first, the worst of all too */
    ask(q);
    ASSERT_ORDER(0, 5, 4, 3, 2, 1);
    assert_true(answer.results[0].why & bit(WHY_OFFERED) &&
                !(answer.results[1].why & bit(WHY_OFFERED)));
    assert_true(answer.results[0].score > 0.5 && answer.results[1].score < 0.5);
    q.offered = 0;
    struct bitmap kept = {0}; /* after all others that were declared: it is not certain */
    assert_int_equal(bitmap_add(&kept, 4), 0);
    q.kept = &kept;
    ask(q);
    ASSERT_ORDER(5, 3, 2, 1, 0, 4);
    assert_true(answer.takes_all);
    for (size_t slot = 0; slot < 6; slot++)
        assert_int_equal(bitmap_add(&kept, slot), 0);
    ask(q);
    assert_false(answer.takes_all);
    assert_int_equal(answer.total, 6);
    bitmap_free(&kept);
    q.kept = NULL;
    q.limit = 2;
    ask(q);
    ASSERT_ORDER(5, 4);
    assert_int_equal(answer.total, 6);
}

static void test_equals_have_one_order_whatever_their_slots(void **state)
{
    static const char *const ids[] = {"u-a", "u-b", "u-c", "u-d"};
    unsigned first[4];
    (void)state;

    for (size_t i = 0; i < 4; i++)
        put(i, plain(ids[i]));
    ask(one_child(84, 'F'));
    for (size_t i = 0; i < 4; i++)
        first[i] = answer.results[i].slot;
    for (size_t i = 0; i < 4; i++)
        put(i, plain(ids[3 - i]));
    ask(one_child(84, 'F'));
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(answer.results[i].slot, 3 - first[i]);
}

static void test_near_misses_are_few_and_varied(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 60; i++) {
        struct unit u = plain("u-1");

        failings[i % ARRAY_LENGTH(failings)].spoil(&u);
        put(i, u);
    }
    ask(siblings());
    assert_int_equal(answer.n_near_misses, SEARCH_NEAR_MISS_MAX);
    assert_int_equal(answer.near_misses[0].criterion, CRITERION_DISTANCE);
    assert_int_equal(answer.near_misses[1].criterion, CRITERION_DISTANCE);
    assert_int_equal(answer.near_misses[2].criterion, CRITERION_AGE);
    assert_int_equal(answer.near_misses[4].criterion, CRITERION_SIBLINGS);
}

/* Places on the map */

static void test_readers_of_public_points_learn_no_other(void **state)
{
    struct unit home = plain("u-home"), hidden = plain("u-hidden");
    struct search_request q = one_child(84, 'F');
    double km;
    (void)state;

    home.point = hidden.point = (struct point){43.47, 1.35, true};
    home.public_point = muret;
    hidden.public_point = (struct point){0};
    q.near = muret;
    q.max_km = 1;
    put(0, home);
    put(1, hidden);
    ask(q);
    ASSERT_ORDER(0, 1);
    assert_true(answer.results[0].km == 0);
    assert_true(answer.results[1].km == KM_UNKNOWN);
    /* Wherever the home really is, the answer is the same. */
    home.point = saint_denis;
    put(0, home);
    ask(q);
    assert_true(answer.results[0].km == 0);
    home.point = (struct point){43.47, 1.35, true};
    put(0, home);
    q.precise = true;
    ask(q);
    assert_int_equal(answer.rejected[CRITERION_DISTANCE], 2);
    q.max_km = 3;
    ask(q);
    km = answer.results[0].km;
    assert_true(km > 2 && km < 3);
    assert_true(answer.results[1].km == km);
}

static void test_overseas_and_the_dateline(void **state)
{
    struct unit reunion = plain("u-reunion"), guyane = plain("u-guyane"), fiji = plain("u-fiji");
    struct search_request q = one_child(84, 'F');
    (void)state;

    reunion.public_point = saint_pierre;
    guyane.public_point = cayenne;
    fiji.public_point = (struct point){-16.8, -179.95, true};
    put(0, plain("u-toulouse"));
    put(1, reunion);
    put(2, guyane);
    put(3, fiji);
    q.near = saint_denis;
    ask(q);
    ASSERT_ORDER(1, 0, 2, 3);
    assert_true(answer.results[0].km > 50 && answer.results[0].km < 53);
    assert_true(answer.results[1].km > 9000 && answer.results[1].km < 9400);
    q.max_km = 60;
    ask(q);
    ASSERT_ORDER(1);
    assert_int_equal(answer.rejected[CRITERION_DISTANCE], 3);
    q.near = (struct point){-16.8, 179.95, true};
    ask(q);
    ASSERT_ORDER(3);
    assert_true(answer.results[0].km > 10 && answer.results[0].km < 11);
}

static void test_why_near_and_same_territory(void **state)
{
    struct unit u = plain("u-1");
    struct search_request q = one_child(84, 'F');
    (void)state;

    assert_int_equal(search_index_set(ix, 0, &u, 7), 0);
    u.public_point = muret;
    assert_int_equal(search_index_set(ix, 1, &u, 8), 0);
    q.near = muret;
    q.near_group = 7;
    ask(q);
    assert_int_equal(answer.results[0].why,
                     bit(WHY_FRESH) | bit(WHY_ADMITS_ANY_HOUR) | bit(WHY_NEAR));
    assert_int_equal(answer.results[1].why,
                     bit(WHY_FRESH) | bit(WHY_ADMITS_ANY_HOUR) | bit(WHY_SAME_TERRITORY));
}

/* The index */

static void test_scope_and_empty_index(void **state)
{
    struct bitmap allowed = {0};
    struct search_request q = siblings();
    (void)state;

    ask(q);
    assert_int_equal(answer.allowed, 0);
    assert_int_equal(answer.n_results, 0);
    for (unsigned i = 0; i < 200; i++)
        put(i, plain("u-1"));
    assert_int_equal(bitmap_add(&allowed, 130), 0);
    assert_int_equal(bitmap_add(&allowed, 5000), 0); /* no such unit */
    q.allowed = &allowed;
    ask(q);
    assert_int_equal(answer.allowed, 1);
    ASSERT_ORDER(130);
    bitmap_free(&allowed);
    ask(q);
    assert_int_equal(answer.allowed, 0);
    assert_int_equal(answer.n_near_misses, 0);
}

static void test_update_clear_and_reuse(void **state)
{
    struct unit u = plain("u-1");
    struct search_request q = one_child(84, 'F');
    (void)state;

    q.near = muret;
    put(3, u);
    assert_int_equal(search_index_count(ix), 1);
    assert_int_equal(search_index_slots(ix), 4);
    u.public_point = saint_denis;
    put(3, u);
    ask(q);
    assert_true(answer.results[0].km > 9000);
    search_index_clear(ix, 3);
    search_index_clear(ix, 3);
    search_index_clear(ix, 99999);
    ask(q);
    assert_int_equal(answer.allowed, 0);
    assert_int_equal(search_index_count(ix), 0);
    put(3, plain("u-2"));
    ask(q);
    assert_true(answer.results[0].km < 20);
    assert_int_equal(search_index_set(ix, SIZE_MAX / 2, &u, 0), -ENOMEM);
}

static void test_every_code_has_a_text(void **state)
{
    (void)state;
    for (int i = 0; i < CRITERION_COUNT; i++) {
        assert_non_null(criterion_codes[i]);
        assert_non_null(criterion_members[i]);
    }
    for (int i = 0; i < WHY_COUNT; i++)
        assert_non_null(why_codes[i]);
    assert_string_equal(criterion_codes[CRITERION_DISTANCE], "distance");
    assert_string_equal(criterion_members[CRITERION_DISTANCE], "max_km");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_freshness_ends_on_time),
        TEST(test_order_of_ranking),
        TEST(test_equals_have_one_order_whatever_their_slots),
        TEST(test_near_misses_are_few_and_varied),
        TEST(test_readers_of_public_points_learn_no_other),
        TEST(test_overseas_and_the_dateline),
        TEST(test_why_near_and_same_territory),
        TEST(test_scope_and_empty_index),
        TEST(test_update_clear_and_reuse),
        TEST(test_every_code_has_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
