/* SPDX-License-Identifier: EUPL-1.2 */
/* Searches for a day, held to a count that knows no index: many small registries with random
 * movements. What was laid over the index leaves no trace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/expected.h"
#include "core/movement_fixture.h"
#include "core/search.h"

#define UNITS 12
#define MOVEMENTS 24
#define TRIALS 400

static uint64_t dice = 88172645463325252u;

static int roll(int n)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (int)(dice % (uint64_t)n);
}

struct world {
    struct replica replica;
    int open[UNITS], occupied[UNITS]; /* open -1: never declared */
    struct {
        int unit, to, places; /* to -1: nowhere */
        const char *type, *state;
        char on[24];
    } movements[MOVEMENTS];
    int n_movements;
    int64_t revision;
};

static void name(char *out, size_t room, const char *letter, int n)
{
    snprintf(out, room, "%s-%d", letter, n);
}

static void populate(struct world *w)
{
    static const char *const types[] = {"exit", "entry", "opening", "closing"};
    static const char *const states[] = {"planned", "planned", "planned", "done", "cancelled"};
    char id[16], unit[16], to[16];
    for (int i = 0; i < UNITS; i++) {
        w->open[i] = roll(6) - 1;
        w->occupied[i] = w->open[i] < 0 ? 0 : roll(6);
        struct fixture_unit u = {"e-1",          "dts-nord", "exact", w->open[i],
                                 w->occupied[i], 0,          216,     FIXTURE_AT - USEC_HOUR};
        name(id, sizeof id, "u", 100 + i);
        fixture_put_unit(&w->replica, ++w->revision, id, &u);
    }
    w->n_movements = roll(MOVEMENTS + 1);
    for (int i = 0; i < w->n_movements; i++) {
        w->movements[i].unit = roll(UNITS + 1); /* the last is not there any more */
        w->movements[i].type = types[roll(4)];
        w->movements[i].to = roll(3) == 0 && w->movements[i].type == types[0] ? roll(UNITS) : -1;
        w->movements[i].places = 1 + roll(3);
        w->movements[i].state = states[roll(5)];
        snprintf(w->movements[i].on, sizeof w->movements[i].on, "2025-12-%02d", 1 + roll(9));
        name(id, sizeof id, "v", i);
        name(unit, sizeof unit, "u", 100 + w->movements[i].unit);
        name(to, sizeof to, "u", 100 + w->movements[i].to);
        struct fixture_movement m = {unit,
                                     "e-1",
                                     "dts-nord",
                                     w->movements[i].type,
                                     w->movements[i].places,
                                     w->movements[i].on,
                                     w->movements[i].to < 0 ? NULL : to,
                                     w->movements[i].state};
        fixture_put_movement(&w->replica, ++w->revision, id, &m);
    }
    replica_turn_end(&w->replica);
}

/* What a unit has on a day, counted by hand. */
static void count(const struct world *w, int unit, const char *day, int *ret_open, int *ret_taken)
{
    int open = w->open[unit], taken = w->occupied[unit];
    for (int i = 0; i < w->n_movements; i++) {
        int n = w->movements[i].places;
        const char *type = w->movements[i].type;
        if (strcmp(w->movements[i].state, "planned") != 0 || strcmp(w->movements[i].on, day) > 0)
            continue;
        if (w->movements[i].to == unit)
            taken += n;
        if (w->movements[i].unit != unit)
            continue;
        taken += strcmp(type, "entry") == 0 ? n : strcmp(type, "exit") == 0 ? -n : 0;
        open += strcmp(type, "opening") == 0 ? n : strcmp(type, "closing") == 0 ? -n : 0;
    }
    *ret_open = open < 0 ? 0 : open;
    *ret_taken = taken < 0 ? 0 : taken;
}

static struct search_request wanted(unsigned children)
{
    struct search_request q = {.n_children = children,
                               .together = true,
                               .emergency = roll(2) == 0,
                               .precise = true,
                               .limit = SEARCH_LIMIT_MAX,
                               .now = FIXTURE_AT};
    for (unsigned i = 0; i < children; i++)
        q.children[i].age_months = UNKNOWN;
    return q;
}

static void assert_same(const struct search_answer *a, const struct search_answer *b)
{
    assert_int_equal(a->total, b->total);
    assert_memory_equal(a->rejected, b->rejected, sizeof a->rejected);
    assert_int_equal(a->n_results, b->n_results);
    for (size_t i = 0; i < a->n_results; i++) {
        assert_int_equal(a->results[i].slot, b->results[i].slot);
        assert_true(a->results[i].score == b->results[i].score);
        assert_int_equal(a->results[i].why, b->results[i].why);
    }
}

static void check_day(struct world *w, const char *day)
{
    struct search_request q = wanted(1 + (unsigned)roll(3));
    struct search_answer before, then, after;
    struct expected x;
    size_t total = 0;
    search_run(w->replica.live->index, &q, &before);
    assert_int_equal(expected_lay(&w->replica, day, NULL, &x), 0);
    search_run(w->replica.live->index, &q, &then);
    assert_int_equal(expected_lift(&w->replica, &x), 0);
    search_run(w->replica.live->index, &q, &after);
    assert_same(&before, &after);
    for (int i = 0; i < UNITS; i++) {
        int open, taken;
        char id[16];
        name(id, sizeof id, "u", 100 + i);
        const struct entry *e = replica_find(&w->replica, RECORD_UNIT, span_of(id));
        const struct expectation *found = expected_of(&x, e->slot);
        count(w, i, day, &open, &taken);
        int left = open > taken ? open - taken : 0;
        total += w->open[i] < 0 || (open > 0 && left >= (int)q.n_children);
        if (w->open[i] < 0) {
            assert_null(found);
        } else if (found == NULL) { /* nothing changes, or what changes is undone */
            assert_int_equal(left, unit_free(e->version.unit));
        } else {
            assert_int_equal(found->open, open);
            assert_int_equal(found->occupied, taken);
            assert_int_equal(found->free, left);
            assert_int_equal(found->free_planned, left);
        }
    }
    assert_int_equal(then.total, total);
    expected_free(&x);
}

static void a_search_counts_what_is_planned_up_to_its_day(void **state)
{
    (void)state;
    for (int trial = 0; trial < TRIALS; trial++) {
        struct world w = {.revision = 20};
        replica_init(&w.replica);
        fixture_load(&w.replica);
        for (int i = 0; i < 3; i++) { /* those of the fixture are not counted */
            char id[16];
            name(id, sizeof id, "u", i + 1);
            fixture_put(&w.replica, ++w.revision, "unit", id, NULL);
        }
        populate(&w);
        for (int day = 0; day <= 10; day++) {
            char on[24];
            snprintf(on, sizeof on, "2025-12-%02d", day);
            check_day(&w, on);
        }
        replica_free(&w.replica);
    }
}

static void only_what_the_reader_sees_is_laid(void **state)
{
    (void)state;
    struct replica r;
    struct bitmap allowed = {0};
    struct expected x;
    replica_init(&r);
    fixture_load(&r);
    struct fixture_movement m = {"u-1", "e-1",        "dts-nord", "exit",
                                 3,     "2025-12-01", "u-2",      "planned"};
    fixture_put_movement(&r, 11, "v-1", &m);
    unsigned first = replica_find(&r, RECORD_UNIT, span_of("u-1"))->slot;
    unsigned second = replica_find(&r, RECORD_UNIT, span_of("u-2"))->slot;
    assert_int_equal(bitmap_add(&allowed, second), 0);
    assert_int_equal(expected_lay(&r, "2025-12-01", &allowed, &x), 0);
    assert_null(expected_of(&x, first));
    assert_int_equal(expected_of(&x, second)->occupied,
                     7); /* of four: more than there is room for */
    assert_int_equal(expected_of(&x, second)->free, 0);
    assert_int_equal(expected_lift(&r, &x), 0);
    expected_free(&x);
    bitmap_free(&allowed);
    replica_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_counts_what_is_planned_up_to_its_day),
        cmocka_unit_test(only_what_the_reader_sees_is_laid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
