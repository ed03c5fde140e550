/* SPDX-License-Identifier: EUPL-1.2 */
/* A simulated day looks like a real one, and twice the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those above before it */
#include <cmocka.h>

#include "clients/day/plan.h"

#define UNITS 600

struct day {
    int per_hour[24]; /* from 06:00 */
    int words, confirms;
    int open, occupied; /* at the end */
    unsigned long long trace;
};

static struct plan_unit unit_of(int i, uint64_t seed)
{
    char account[32], id[32];
    struct plan_unit u = {.open = i % 40 == 0 ? -1 : 12, .occupied = 12, .authorised = 12};
    snprintf(account, sizeof account, "mecs-%d", i / 4);
    snprintf(id, sizeof id, "u-%d", i);
    u.ttl_s = i % 10 == 0 ? 4 * 3600 : 24 * 3600;
    u.habit = plan_habit(seed, account);
    plan_begin(&u, seed, id);
    return u;
}

/* The server takes every word; a unit's day is walked to its end. */
static void live(struct plan_unit *u, struct day *d)
{
    int64_t before = PLAN_BEGIN, at;
    while ((at = plan_next(u)) != INT64_MAX) {
        assert_true(at >= before && at < PLAN_END);
        before = at;
        bool declared = u->open >= 0;
        struct plan_word w = plan_say(u);
        d->per_hour[(at - PLAN_BEGIN) / PLAN_HOUR]++;
        d->words++;
        d->confirms += w.confirm;
        d->trace = d->trace * 31 + (unsigned long long)at + (unsigned long long)w.occupied;
        assert_true(w.occupied >= 0);
        assert_true(declared || w.open >= 0);
        assert_int_equal(w.reason != NULL, w.closed > 0);
        if (w.open >= 0)
            u->open = w.open;
        if (w.closed >= 0) {
            u->open += u->closed - w.closed;
            u->closed = w.closed;
        }
        u->occupied = w.occupied;
        assert_int_equal(w.derogation != NULL, u->occupied > u->open);
    }
}

static struct day day_of(uint64_t seed, int days)
{
    struct day d = {{0}, 0, 0, 0, 0, 0};
    for (int i = 0; i < UNITS; i++) {
        struct plan_unit u = unit_of(i, seed);
        for (int n = 0; n < days; n++) {
            char id[40];
            snprintf(id, sizeof id, "u-%d/%d", i, n);
            plan_begin(&u, seed, id);
            live(&u, &d);
        }
        if (u.habit == HABIT_DILIGENT) {
            d.open += u.open;
            d.occupied += u.occupied;
        }
    }
    return d;
}

static void the_same_seed_is_the_same_day(void **state)
{
    (void)state;
    assert_true(day_of(1, 1).trace == day_of(1, 1).trace);
    assert_false(day_of(1, 1).trace == day_of(2, 1).trace);
}

static void shift_changes_are_peaks(void **state)
{
    struct day d = day_of(1, 1);
    (void)state;
    int night = d.per_hour[20]; /* 02:00 */
    for (int hour = 7; hour <= 21; hour += 7)
        assert_true(d.per_hour[hour - 6] > 10 * (night + 1));
    assert_true(d.words > UNITS && d.words < 5 * UNITS);
    assert_true(d.confirms * 3 > d.words); /* mostly nothing has changed */
}

static void places_stay_nearly_all_taken(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct day d = day_of(seed, 4);
        assert_in_range(1000 * d.occupied / d.open, 950, 985);
    }
}

static void some_establishments_are_lazy(void **state)
{
    int count[3] = {0};
    (void)state;
    for (int i = 0; i < 1000; i++) {
        char account[32];
        snprintf(account, sizeof account, "e%d", i);
        count[plan_habit(7, account)]++;
    }
    assert_in_range(count[HABIT_NEVER], 90, 160);
    assert_in_range(count[HABIT_ONCE], 70, 130);

    struct plan_unit u = {.open = 12, .occupied = 12, .ttl_s = 86400, .habit = HABIT_NEVER};
    plan_begin(&u, 1, "u-1");
    assert_int_equal(plan_next(&u), INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_is_the_same_day),
        cmocka_unit_test(shift_changes_are_peaks),
        cmocka_unit_test(places_stay_nearly_all_taken),
        cmocka_unit_test(some_establishments_are_lazy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
