/* SPDX-License-Identifier: EUPL-1.2 */
/* Searches for days to come, held to a count of every day that knows no index: many small
 * registries with random movements and sequences. What was laid over the index leaves no trace. */
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
        int64_t on, until; /* until DAY_NEVER: none */
        rhythm rhythm;     /* of a sequence */
    } movements[MOVEMENTS];
    int n_movements;
    int64_t revision;
};

static void name(char *out, size_t room, const char *letter, int n)
{
    snprintf(out, room, "%s-%d", letter, n);
}

#define TODAY 20413 /* FIXTURE_AT, of UTC */
#define FAR 40      /* how far plans go, days */

static void put_movement(struct world *w, int i)
{
    char id[16], unit[16], to[16], on[DAY_BYTES], until[DAY_BYTES], weekdays[32];
    name(id, sizeof id, "v", i);
    name(unit, sizeof unit, "u", 100 + w->movements[i].unit);
    name(to, sizeof to, "u", 100 + w->movements[i].to);
    day_write(w->movements[i].on, on);
    struct fixture_movement m = {.unit = unit,
                                 .establishment = "e-1",
                                 .territory = "dts-nord",
                                 .type = w->movements[i].type,
                                 .places = w->movements[i].places,
                                 .on = on,
                                 .to_unit = w->movements[i].to < 0 ? NULL : to,
                                 .state = w->movements[i].state};
    if (w->movements[i].rhythm != 0) {
        unsigned bits = rhythm_weekdays(w->movements[i].rhythm);
        size_t n = 0;
        for (int day = 1; day <= 7; day++)
            if (bits & 1u << (day - 1))
                n +=
                    (size_t)snprintf(weekdays + n, sizeof weekdays - n, "%c%d", n ? ',' : '[', day);
        snprintf(weekdays + n, sizeof weekdays - n, "]");
        m.weekdays = weekdays;
        m.weeks = weeks_codes[rhythm_weeks(w->movements[i].rhythm)];
        if (w->movements[i].until != DAY_NEVER) {
            day_write(w->movements[i].until, until);
            m.until = until;
        }
    }
    fixture_put_movement(&w->replica, ++w->revision, id, &m);
}

static void populate(struct world *w)
{
    static const char *const types[] = {"exit", "entry", "opening", "closing", "sequence"};
    static const char *const states[] = {"planned", "planned", "planned", "done", "cancelled"};
    char id[16];
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
        w->movements[i].type = types[roll(5)];
        w->movements[i].to = roll(3) == 0 && w->movements[i].type == types[0] ? roll(UNITS) : -1;
        w->movements[i].places = 1 + roll(3);
        w->movements[i].state = states[roll(5)];
        w->movements[i].on = TODAY - FAR / 2 + roll(FAR);
        w->movements[i].until = roll(2) ? DAY_NEVER : w->movements[i].on + 1 + roll(FAR);
        if (w->movements[i].type == types[4])
            w->movements[i].rhythm =
                rhythm_of(1 + (unsigned)roll(127), (enum weeks)roll(WEEKS_COUNT));
        put_movement(w, i);
    }
    replica_turn_end(&w->replica);
}

static bool is_present(const struct world *w, int i, int64_t day)
{
    return w->movements[i].on <= day && day <= w->movements[i].until &&
           (w->movements[i].rhythm & day_class(day)) != 0;
}

/* What a unit has on a day, counted by hand. */
static void count(const struct world *w, int unit, int64_t day, int *ret_open, int *ret_taken)
{
    int open = w->open[unit], taken = w->occupied[unit];
    for (int i = 0; i < w->n_movements; i++) {
        int n = w->movements[i].places;
        const char *type = w->movements[i].type;
        if (strcmp(w->movements[i].state, "planned") != 0)
            continue;
        if (strcmp(type, "sequence") == 0 && w->movements[i].unit == unit)
            taken += n * (is_present(w, i, day) - is_present(w, i, TODAY));
        if (strcmp(type, "sequence") == 0 || w->movements[i].on > day)
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

/* The first of the days on which least is left, and the first on which less than n is. */
static void count_days(const struct world *w, int unit, const struct days *days, int n,
                       int64_t *ret_tightest, int64_t *ret_short)
{
    int least = 0;
    *ret_tightest = DAY_NONE;
    *ret_short = DAY_NEVER;
    for (int64_t day = days->from; day <= days->until; day++) {
        int open, taken;
        if (!(days->rhythm & day_class(day)))
            continue;
        count(w, unit, day, &open, &taken);
        if (*ret_tightest == DAY_NONE || open - taken < least) {
            *ret_tightest = day;
            least = open - taken;
        }
        if (*ret_short == DAY_NEVER && (open > taken ? open - taken : 0) < n)
            *ret_short = day;
    }
}

static bool has_plans(const struct world *w, int unit)
{
    for (int i = 0; i < w->n_movements; i++)
        if (strcmp(w->movements[i].state, "planned") == 0 &&
            (w->movements[i].unit == unit || w->movements[i].to == unit))
            return true;
    return false;
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

static void check_unit(const struct world *w, int i, const struct days *days,
                       const struct expected *x, const struct search_request *q, size_t *total)
{
    int64_t tightest, missing;
    int open, taken, n = (int)q->n_children;
    char id[16];
    name(id, sizeof id, "u", 100 + i);
    const struct entry *e = replica_find(&w->replica, RECORD_UNIT, span_of(id));
    const struct expectation *found = expected_of(x, e->slot);
    count_days(w, i, days, n, &tightest, &missing);
    count(w, i, tightest, &open, &taken);
    int left = open > taken ? open - taken : 0;
    *total += w->open[i] < 0 || (open > 0 && left >= n);
    if (w->open[i] < 0) {
        assert_null(found);
    } else if (found == NULL) { /* nothing changes, or what changes is undone */
        assert_int_equal(open, e->version.unit->open);
        assert_int_equal(taken, e->version.unit->occupied);
    } else {
        assert_int_equal(found->open, open);
        assert_int_equal(found->occupied, taken);
        assert_int_equal(found->free, left);
        assert_int_equal(found->free_planned, left);
        assert_int_equal(found->day, tightest);
    }
    bool known = w->open[i] >= 0 && has_plans(w, i);
    assert_int_equal(expected_short(&w->replica, x, e->slot, days, n, q->emergency),
                     known ? missing : DAY_NEVER);
}

static void check_days(struct world *w, const struct days *days)
{
    struct search_request q = wanted(1 + (unsigned)roll(3));
    struct search_answer before, then, after;
    struct expected x;
    size_t total = 0;
    search_run(w->replica.live->index, &q, &before);
    assert_int_equal(expected_read(&w->replica, FIXTURE_AT, NULL, &x), 0);
    assert_int_equal(expected_lay(&w->replica, days, &x), 0);
    search_run(w->replica.live->index, &q, &then);
    assert_int_equal(expected_lift(&w->replica, &x), 0);
    search_run(w->replica.live->index, &q, &after);
    assert_same(&before, &after);
    for (int i = 0; i < UNITS; i++)
        check_unit(w, i, days, &x, &q, &total);
    assert_int_equal(then.total, total);
    expected_free(&x);
}

static void a_search_counts_what_is_planned_on_its_days(void **state)
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
        for (int i = 0; i < 8; i++) { /* now one day, now a span, now a rhythm of one */
            int64_t from = TODAY - 3 + roll(FAR);
            struct days days = {from, roll(3) ? from + roll(3 * FAR) : from, RHYTHM_ALL};
            if (roll(2))
                days.rhythm = rhythm_of(1 + (unsigned)roll(127), (enum weeks)roll(WEEKS_COUNT));
            if (!days_none(&days))
                check_days(&w, &days);
        }
        replica_free(&w.replica);
    }
}

/* What is wanted, as it is today. */
static void what_has_passed_is_wanted_now(void **state)
{
    (void)state;
    const int64_t d = TODAY;
    const rhythm mondays = rhythm_of(1, WEEKS_ALL);
    const struct {
        int64_t on, until;
        rhythm rhythm;
        bool dated;
        int64_t from, last;
    } cases[] = {
        {DAY_NONE, DAY_NONE, 0, false, 0, 0},
        {d - 1, DAY_NONE, 0, false, 0, 0},
        {d - 9, d - 1, 0, false, 0, 0},
        {d, DAY_NONE, 0, true, d, d},
        {d + 3, DAY_NONE, 0, true, d + 3, d + 3},
        {d + 3, d + 9, 0, true, d + 3, d + 9},
        {d - 3, d + 9, 0, true, d, d + 9},
        {DAY_NONE, d + 9, 0, true, d, d + 9},
        {d + 3, DAY_NONE, mondays, true, d + 3, d + 3 + DAYS_MOST},
        {d - 3, d + 9, mondays, true, d, d + 9},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct days days = {0};
        assert_int_equal(days_wanted(cases[i].on, cases[i].until, cases[i].rhythm, d, &days),
                         cases[i].dated);
        assert_int_equal(days.from, cases[i].from);
        assert_int_equal(days.until, cases[i].last);
        assert_int_equal(days.rhythm, !cases[i].dated        ? 0
                                      : cases[i].rhythm != 0 ? mondays
                                                             : RHYTHM_ALL);
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
    struct fixture_movement m = {.unit = "u-1",
                                 .establishment = "e-1",
                                 .territory = "dts-nord",
                                 .type = "exit",
                                 .places = 3,
                                 .on = "2025-12-01",
                                 .to_unit = "u-2",
                                 .state = "planned"};
    fixture_put_movement(&r, 11, "v-1", &m);
    unsigned first = replica_find(&r, RECORD_UNIT, span_of("u-1"))->slot;
    unsigned second = replica_find(&r, RECORD_UNIT, span_of("u-2"))->slot;
    assert_int_equal(bitmap_add(&allowed, second), 0);
    int64_t day = day_read("2025-12-01");
    assert_int_equal(expected_read(&r, FIXTURE_AT, &allowed, &x), 0);
    assert_int_equal(expected_lay(&r, &(struct days){day, day, RHYTHM_ALL}, &x), 0);
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
        cmocka_unit_test(a_search_counts_what_is_planned_on_its_days),
        cmocka_unit_test(what_has_passed_is_wanted_now),
        cmocka_unit_test(only_what_the_reader_sees_is_laid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
