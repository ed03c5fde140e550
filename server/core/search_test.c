/* SPDX-License-Identifier: EUPL-1.2 */
/* Who passes, who is refused and what is said about it, rule by rule. That all rules together are
 * right on any registry is search_random_test.c. */
#include "core/search_fixture.h"

/* Criteria */

static void test_what_fits_is_said(void **state)
{
    (void)state;
    ask_unit(siblings(), plain("u-1"));
    assert_int_equal(answer.allowed, 1);
    assert_int_equal(answer.total, 1);
    assert_true(answer.takes_all);
    assert_int_equal(answer.n_near_misses, 0);
    assert_int_equal(answer.results[0].fits, bit(CRITERION_AGE) | bit(CRITERION_SEX) |
                                                 bit(CRITERION_SIBLINGS) | bit(CRITERION_NEEDS) |
                                                 bit(CRITERION_MODALITY) | bit(CRITERION_KIND) |
                                                 bit(CRITERION_NIGHT) | bit(CRITERION_DISTANCE));
    assert_int_equal(answer.results[0].to_ask, 0);
    assert_int_equal(answer.results[0].needs_fit, bit(NEED_DISABILITY) | bit(NEED_MEDICAL));
    assert_int_equal(answer.results[0].children, 3);
    assert_int_equal(answer.results[0].why,
                     bit(WHY_FRESH) | bit(WHY_ADMITS_ANY_HOUR) | bit(WHY_SIBLINGS_TOGETHER));
    ask_unit(one_child(84, 'F'), plain("u-1"));
    assert_int_equal(answer.results[0].fits, bit(CRITERION_AGE) | bit(CRITERION_SEX));
}

static void test_each_criterion_rejects_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(failings); i++) {
        struct search_request q = siblings();
        struct unit u = plain("u-1");

        failings[i].spoil(&u);
        ask_unit(q, u);
        assert_int_equal(answer.total, 0);
        assert_false(answer.takes_all);
        assert_int_equal(answer.rejected[failings[i].criterion], 1);
        assert_int_equal(answer.n_near_misses, 1);
        assert_int_equal(answer.near_misses[0].criterion, failings[i].criterion);
        assert_float_equal((float)answer.near_misses[0].need, (float)failings[i].need, 1e-3f);
        assert_float_equal((float)answer.near_misses[0].has, (float)failings[i].has, 1e-3f);
    }
}

static void test_counted_once_under_the_first_criterion(void **state)
{
    struct unit u = plain("u-1");
    (void)state;

    /* Spoil from the last criterion to the first: each time the count moves. */
    for (size_t i = ARRAY_LENGTH(failings); i-- > 0;) {
        size_t sum = 0;

        failings[i].spoil(&u);
        ask_unit(siblings(), u);
        assert_int_equal(answer.rejected[failings[i].criterion], 1);
        for (int c = 0; c < CRITERION_COUNT; c++)
            sum += answer.rejected[c];
        assert_int_equal(sum, 1);
        assert_int_equal(answer.n_near_misses, i + 1 == ARRAY_LENGTH(failings));
    }
}

static void test_unknown_is_asked_never_refused(void **state)
{
    struct unit u = plain("u-1");
    struct search_request q = siblings();
    (void)state;

    u.sex = UNIT_SEX_UNKNOWN;
    u.admission = ADMISSION_UNKNOWN;
    u.max_months = UNKNOWN;
    u.siblings_max = UNKNOWN;
    u.accepts[NEED_MEDICAL] = TRI_UNKNOWN;
    u.point = u.public_point = (struct point){0};
    ask_unit(q, u);
    assert_int_equal(answer.total, 1);
    assert_int_equal(answer.results[0].to_ask, bit(CRITERION_AGE) | bit(CRITERION_SEX) |
                                                   bit(CRITERION_SIBLINGS) | bit(CRITERION_NEEDS) |
                                                   bit(CRITERION_NIGHT) | bit(CRITERION_DISTANCE));
    assert_int_equal(answer.results[0].fits, bit(CRITERION_MODALITY) | bit(CRITERION_KIND));
    assert_int_equal(answer.results[0].needs_ask, bit(NEED_MEDICAL));
    assert_int_equal(answer.results[0].needs_fit, bit(NEED_DISABILITY));
    assert_true(answer.results[0].km == KM_UNKNOWN);
    /* The bound that is known still refuses. */
    u.min_months = 60;
    ask_unit(q, u);
    assert_int_equal(answer.rejected[CRITERION_AGE], 1);
}

static void test_unknown_child(void **state)
{
    struct unit u = plain("u-1");
    (void)state;

    ask_unit(one_child(UNKNOWN, 0), u);
    assert_int_equal(answer.results[0].to_ask, bit(CRITERION_AGE));
    assert_int_equal(answer.results[0].fits, bit(CRITERION_SEX)); /* any sex is any sex */
    u.sex = UNIT_SEX_BOYS;
    ask_unit(one_child(UNKNOWN, 0), u);
    assert_int_equal(answer.results[0].to_ask, bit(CRITERION_AGE) | bit(CRITERION_SEX));
}

static void test_ages_are_half_open(void **state)
{
    static const int ages[] = {35, 36, 215, 216}, passes[] = {0, 1, 1, 0};
    struct unit u = plain("u-1");
    (void)state;

    for (size_t i = 0; i < ARRAY_LENGTH(ages); i++) {
        ask_unit(one_child(ages[i], 'F'), u);
        assert_int_equal(answer.total, passes[i]);
    }
    /* Beyond 25 years ages are searched as 25 years. */
    u.max_months = 301;
    ask_unit(one_child(600, 'F'), u);
    assert_int_equal(answer.total, 1);
}

static void test_age_near_misses_are_near(void **state)
{
    struct unit u = plain("u-1");
    (void)state;

    ask_unit(one_child(24, 'F'), u);
    assert_int_equal(answer.n_near_misses, 1);
    ask_unit(one_child(23, 'F'), u);
    assert_int_equal(answer.n_near_misses, 0);
    ask_unit(one_child(227, 'F'), u);
    assert_int_equal(answer.n_near_misses, 1);
    ask_unit(one_child(228, 'F'), u);
    assert_int_equal(answer.n_near_misses, 0);
}

/* Siblings */

static void test_siblings_of_perhaps_both_sexes(void **state)
{
    struct unit u = plain("u-1");
    struct search_request q = siblings();
    (void)state;

    q.children[1].sex = 0;
    u.siblings_mixed = TRI_NO;
    ask_unit(q, u);
    assert_int_equal(answer.total, 1);
    assert_true(answer.results[0].to_ask & bit(CRITERION_SIBLINGS));
    q.children[1].sex = 'F';
    ask_unit(q, u);
    assert_true(answer.results[0].fits & bit(CRITERION_SIBLINGS));
    q.children[1].sex = 'M';
    u.siblings_mixed = TRI_UNKNOWN;
    ask_unit(q, u);
    assert_true(answer.results[0].to_ask & bit(CRITERION_SIBLINGS));
}

static void test_apart_takes_some(void **state)
{
    struct unit girls = plain("u-girls"), both = plain("u-both"), ask_both = plain("u-ask");
    struct search_request q = siblings();
    (void)state;

    girls.sex = UNIT_SEX_GIRLS;
    girls.public_point = muret; /* nearest, but takes one only */
    ask_both.siblings_max = UNKNOWN;
    ask_both.public_point = muret;
    q.together = false;
    put(0, girls);
    put(1, ask_both);
    put(2, both);
    ask(q);
    ASSERT_ORDER(2, 1, 0);
    assert_int_equal(answer.results[2].children, 1);
    assert_false(answer.results[2].why & bit(WHY_SIBLINGS_TOGETHER));
    assert_true(answer.takes_all);
    search_index_clear(ix, 1);
    search_index_clear(ix, 2);
    ask(q);
    assert_int_equal(answer.total, 1);
    assert_false(answer.takes_all);
    /* The girl is refused by age, the boy by sex: nobody is left, and sex is the reason. */
    girls.max_months = 70;
    ask_unit(q, girls);
    assert_int_equal(answer.rejected[CRITERION_SEX], 1);
}

/* Places */

static void test_places_for_planned_and_emergency(void **state)
{
    struct unit u = plain("u-1");
    struct search_request q = one_child(84, 'F');
    (void)state;

    u.emergency_reserved = 2;
    ask_unit(q, u);
    assert_int_equal(answer.total, 1);
    assert_true(answer.results[0].why & bit(WHY_EMERGENCY_PLACE));
    q.emergency = false;
    ask_unit(q, u);
    assert_int_equal(answer.rejected[CRITERION_FULL], 1);
    u.emergency_used = 1;
    ask_unit(q, u);
    assert_int_equal(answer.total, 1);
    assert_false(answer.results[0].why & bit(WHY_EMERGENCY_PLACE));
    u.occupied = 9; /* more than open is legal, and full */
    ask_unit(q, u);
    assert_int_equal(answer.rejected[CRITERION_FULL], 1);
}

static void test_never_declared_is_last_and_not_free(void **state)
{
    struct unit never = plain("u-never"), stale = plain("u-stale");
    (void)state;

    never.open = never.occupied = UNKNOWN;
    never.observed_at = 0;
    never.public_point = muret;
    stale.observed_at = NOW - 48 * USEC_HOUR;
    put(0, never);
    ask(siblings());
    assert_int_equal(answer.total, 1);
    assert_int_equal(answer.never_declared, 1);
    assert_false(answer.takes_all);
    assert_int_equal(answer.results[0].to_ask, bit(CRITERION_FULL));
    assert_int_equal(answer.results[0].freshness, FRESHNESS_NEVER_DECLARED);
    put(1, stale);
    ask(siblings());
    ASSERT_ORDER(1, 0);
    assert_true(answer.takes_all);
}

/* A parent comes with the children, or alone; pregnant or not. */
static void test_parents(void **state)
{
    struct search_request q = siblings();
    struct unit u = plain("u-1");
    (void)state;

    q.parent = true;
    ask_unit(q, u);
    assert_true(answer.results[0].fits & bit(CRITERION_PARENT));
    u.accepts[NEED_MOTHER_CHILD] = TRI_UNKNOWN;
    ask_unit(q, u);
    assert_true(answer.results[0].to_ask & bit(CRITERION_PARENT));
    u.modality = MODALITY_PARENTAL; /* that is what it is for */
    q.modalities = 0;
    ask_unit(q, u);
    assert_true(answer.results[0].fits & bit(CRITERION_PARENT));
    u.accepts[NEED_PREGNANT] = TRI_UNKNOWN;
    q.pregnant = true;
    ask_unit(q, u);
    assert_true(answer.results[0].to_ask & bit(CRITERION_PARENT));
    u.accepts[NEED_PREGNANT] = TRI_NO;
    ask_unit(q, u);
    assert_int_equal(answer.rejected[CRITERION_PARENT], 1);
    assert_int_equal(answer.near_misses[0].criterion, CRITERION_PARENT);
    assert_int_equal((int)answer.near_misses[0].need, bit(NEED_PREGNANT) | bit(NEED_MOTHER_CHILD));
    assert_int_equal((int)answer.near_misses[0].has, bit(NEED_PREGNANT));
    /* Alone: one place, no age and no sex to ask, and only `pregnant` for a pregnant woman. */
    q.n_children = 0;
    u.accepts[NEED_PREGNANT] = TRI_YES;
    u.accepts[NEED_MOTHER_CHILD] = TRI_NO;
    u.min_months = u.max_months = UNKNOWN;
    u.occupied = 3;
    ask_unit(q, u);
    assert_int_equal(answer.total, 1);
    assert_int_equal(answer.results[0].to_ask, 0);
    assert_false(answer.results[0].fits & (bit(CRITERION_AGE) | bit(CRITERION_SEX)));
    q.pregnant = false;
    ask_unit(q, u);
    assert_int_equal(answer.rejected[CRITERION_PARENT], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_fits_is_said),
        TEST(test_each_criterion_rejects_alone),
        TEST(test_counted_once_under_the_first_criterion),
        TEST(test_unknown_is_asked_never_refused),
        TEST(test_unknown_child),
        TEST(test_ages_are_half_open),
        TEST(test_age_near_misses_are_near),
        TEST(test_siblings_of_perhaps_both_sexes),
        TEST(test_apart_takes_some),
        TEST(test_places_for_planned_and_emergency),
        TEST(test_parents),
        TEST(test_never_declared_is_last_and_not_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
