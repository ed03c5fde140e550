/* SPDX-License-Identifier: EUPL-1.2 */
/* The index against the obvious search, on random registries that change between the questions. A
 * failure prints the seed; UGO_SEED=n runs that one alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/admit.h"
#include "core/search_index.h"
#include "core/search_model.h"
#include "core/search_sample.h"

#define SLOTS_MAX 1500

struct registry {
    struct model_unit units[SLOTS_MAX];
    struct unit *owned[SLOTS_MAX];
    struct model_candidate candidates[SLOTS_MAX], misses[SLOTS_MAX];
    struct search_index *index;
    size_t n_slots;
    unsigned made;
    bool mostly_hidden;
    struct bitmap allowed, kept;
};

/* Haute-Garonne, Paris, La Réunion, Cayenne, and both sides of the dateline (Wallis, Fiji). */
static const double places[][3] = {
    {43.6, 1.44, 0.7},  {43.6, 1.44, 0.05}, {43.6, 1.44, 5},      {48.86, 2.35, 0.3},
    {-21.1, 55.5, 0.3}, {4.93, -52.3, 0.5}, {-14.3, 179.99, 1.5}, {89.9, 10, 0.2},
};

static struct point place_near(struct dice *d, const double place[3])
{
    struct point p = sample_point(d, place[0], place[1], place[2]);
    p.lat = fmin(fmax(p.lat, -90), 90);
    p.lon = p.lon > 180 ? p.lon - 360 : p.lon;
    return p;
}

static struct unit *random_unit(struct dice *d, struct registry *r)
{
    struct unit *u = sample_unit(d, r->made++);
    const double *place = places[dice_in(d, 70) ? dice_below(d, 2) : dice_below(d, 8)];

    sample_place(d, u, place[0], place[1], 0);
    if (u->point.known)
        u->point = place_near(d, place);
    if (u->visibility == VISIBILITY_EXACT)
        u->public_point = u->point;
    if (r->mostly_hidden && dice_in(d, 97))
        u->point = u->public_point = (struct point){0};
    return u;
}

static void put_unit(struct registry *r, size_t slot, struct unit *u, unsigned group)
{
    assert_int_equal(search_index_set(r->index, slot, u, group), 0);
    sample_free(r->owned[slot]);
    r->owned[slot] = u;
    r->units[slot] = (struct model_unit){u, group};
    r->n_slots = slot >= r->n_slots ? slot + 1 : r->n_slots;
}

static void clear_unit(struct registry *r, size_t slot)
{
    search_index_clear(r->index, slot);
    sample_free(r->owned[slot]);
    r->owned[slot] = NULL;
    r->units[slot] = (struct model_unit){0};
}

/* A declaration: counts and times change, nothing else. */
static void declare(struct dice *d, struct registry *r, size_t slot)
{
    struct unit *u = r->owned[slot];

    u->open = dice_below(d, 8);
    u->occupied = dice_below(d, 9);
    u->held = dice_below(d, 2);
    u->observed_at = SAMPLE_NOW - dice_below(d, 40 * 3600) * USEC_S;
    u->contested_at = 0;
    assert_int_equal(search_index_set(r->index, slot, u, r->units[slot].group), 0);
}

static void change_some(struct dice *d, struct registry *r, int times)
{
    while (times-- > 0) {
        size_t slot = (size_t)dice_below(d, (int)r->n_slots);

        if (dice_in(d, 20))
            clear_unit(r, slot);
        else if (r->owned[slot] != NULL && dice_in(d, 50))
            declare(d, r, slot);
        else
            put_unit(r, slot, random_unit(d, r), (unsigned)dice_below(d, 4));
    }
}

static struct registry *registry_new(struct dice *d)
{
    struct registry *r = calloc(1, sizeof *r);
    int n = DICE_ONE_OF(d, 1, 3, 20, 63, 64, 65, 300, 300, 600, SLOTS_MAX);

    assert_non_null(r);
    r->mostly_hidden = dice_in(d, 10);
    r->index = search_index_new();
    assert_non_null(r->index);
    for (int i = 0; i < n; i++)
        put_unit(r, (size_t)i, random_unit(d, r), (unsigned)dice_below(d, 4));
    return r;
}

static void registry_free(struct registry *r)
{
    for (size_t i = 0; i < r->n_slots; i++)
        sample_free(r->owned[i]);
    bitmap_free(&r->allowed);
    bitmap_free(&r->kept);
    search_index_free(r->index);
    free(r);
}

static struct search_request random_request(struct dice *d, struct registry *r)
{
    struct search_request q = sample_request(d);

    q.parent = dice_in(d, 15);
    q.pregnant = q.parent && dice_in(d, 40);
    q.together = q.together || q.parent;
    if (dice_in(d, 75))
        q.near = place_near(d, places[dice_in(d, 70) ? 0 : dice_below(d, 8)]);
    if (dice_in(d, 5))
        q.max_km = 9000;
    q.now += DICE_ONE_OF(d, 0, 0, 1, 7, -3, 50) * USEC_HOUR;
    if (dice_in(d, 30))
        q.offered = (unsigned)dice_below(d, (int)r->n_slots + 70);
    if (dice_in(d, 30)) {
        bitmap_clear(&r->kept);
        for (size_t i = 0; i < r->n_slots / 4 + 2; i++)
            assert_int_equal(bitmap_add(&r->kept, (size_t)dice_below(d, (int)r->n_slots + 70)), 0);
        q.kept = &r->kept;
    }
    if (dice_in(d, 30)) {
        bitmap_clear(&r->allowed);
        for (size_t i = 0; i < r->n_slots / 2 + 3; i++)
            assert_int_equal(bitmap_add(&r->allowed, (size_t)dice_below(d, (int)r->n_slots + 70)),
                             0);
        q.allowed = &r->allowed;
    }
    return q;
}

/* Whether both answers say the same; prints the first difference. */
static bool same_answers(const struct search_answer *got, const struct search_answer *want)
{
#define SAME(name, a, b)                                                                           \
    if ((a) != (b)) {                                                                              \
        printf("%s: %g, expected %g\n", name, (double)(a), (double)(b));                           \
        return false;                                                                              \
    }
    SAME("allowed", got->allowed, want->allowed)
    for (int c = 0; c < CRITERION_COUNT; c++)
        SAME(criterion_codes[c], got->rejected[c], want->rejected[c])
    SAME("total", got->total, want->total)
    SAME("never declared", got->never_declared, want->never_declared)
    SAME("takes all", got->takes_all, want->takes_all)
    SAME("results", got->n_results, want->n_results)
    for (size_t i = 0; i < want->n_results; i++) {
        SAME("slot", got->results[i].slot, want->results[i].slot)
        SAME("freshness", got->results[i].freshness, want->results[i].freshness)
        SAME("km", got->results[i].km, want->results[i].km)
    }
    SAME("near misses", got->n_near_misses, want->n_near_misses)
    for (size_t i = 0; i < want->n_near_misses; i++)
        SAME("near miss", got->near_misses[i].slot, want->near_misses[i].slot)
    return true;
}

static bool counts_add_up(const struct search_answer *a)
{
    size_t sum = a->total;

    for (int c = 0; c < CRITERION_COUNT; c++)
        sum += a->rejected[c];
    return sum == a->allowed;
}

static bool scores_fall(const struct search_answer *a)
{
    for (size_t i = 0; i < a->n_results; i++)
        if (a->results[i].score < 0 || a->results[i].score > 1 ||
            (i > 0 && a->results[i].score > a->results[i - 1].score))
            return false;
    return true;
}

/* The standing filter on one unit says the same as the search. It computes distances in its own
 * way: units within 20 m of the limit are left out. */
static bool admits_agree(const struct registry *r, const struct search_request *q)
{
    for (size_t i = 0; i < r->n_slots; i++) {
        const struct unit *u = r->owned[i];
        bool failed[CRITERION_COUNT], any = false;
        uint32_t steps = u == NULL ? 0 : model_steps(q, u);

        if (u == NULL ||
            (q->max_km > 0 && steps != STEPS_UNKNOWN && fabs(steps_km(steps) - q->max_km) < 0.02))
            continue;
        model_failures(q, u, failed);
        for (int c = 0; c < CRITERION_COUNT; c++)
            any |= failed[c];
        if (any == search_admits(q, u))
            return false;
    }
    return true;
}

static bool said(bool good, const char *otherwise)
{
    if (!good)
        printf("%s\n", otherwise);
    return good;
}

static bool run_seed(uint64_t seed)
{
    struct dice dice = {seed * 0x9E3779B97F4A7C15u + 1};
    struct registry *r = registry_new(&dice);
    bool good = true;

    for (int i = 0; i < 40 && good; i++) {
        struct model model = {r->units, r->n_slots, r->candidates, r->misses};
        struct search_request q = random_request(&dice, r);
        struct search_answer got, want;

        search_run(r->index, &q, &got);
        model_run(&model, &q, &want);
        good = same_answers(&got, &want) && said(counts_add_up(&got), "counts do not add up") &&
               said(scores_fall(&got), "a score rises") &&
               said(admits_agree(r, &q), "search_admits differs");
        change_some(&dice, r, dice_below(&dice, 30));
    }
    registry_free(r);
    return good;
}

static void test_same_as_the_obvious_search(void **state)
{
    const char *one = getenv("UGO_SEED");
    (void)state;

    for (uint64_t seed = 1; seed <= 400 && one == NULL; seed++)
        if (!run_seed(seed))
            fail_msg("seed %llu", (unsigned long long)seed);
    if (one != NULL)
        assert_true(run_seed(strtoull(one, NULL, 10)));
}

/* An index that was changed a thousand times equals one built from what is there now. */
static void test_updates_leave_no_trace(void **state)
{
    struct dice dice = {77};
    struct registry *r = registry_new(&dice);
    struct search_index *built = search_index_new();
    (void)state;

    change_some(&dice, r, 1000);
    for (size_t i = 0; i < r->n_slots; i++)
        if (r->owned[i] != NULL)
            assert_int_equal(search_index_set(built, i, r->owned[i], r->units[i].group), 0);
    assert_int_equal(search_index_count(built), search_index_count(r->index));
    for (unsigned plane = 0; plane < PLANE_COUNT; plane++)
        assert_memory_equal(index_plane(built, plane), index_plane(r->index, plane),
                            built->n_words * sizeof(uint64_t));
    for (size_t i = 0; i < r->n_slots; i++)
        clear_unit(r, i);
    assert_int_equal(search_index_count(r->index), 0);
    for (unsigned plane = 0; plane < PLANE_COUNT; plane++)
        assert_int_equal(bits_count(index_plane(r->index, plane), r->index->n_words), 0);
    search_index_free(built);
    registry_free(r);
}

/* Every allocation fails once, each time leaving an index that answers as before. */

static unsigned allocations_left;

static void *failing_resize(void *p, size_t n)
{
    return allocations_left-- == 0 ? NULL : realloc(p, n);
}

static void let_fail(struct search_index *ix, resize_fn resize)
{
    ix->resize = ix->public_places.resize = ix->true_places.resize = resize;
}

/* Lets the nth allocation of an update fail that grows everything; whether it got that far. */
static bool nth_allocation_fails(unsigned nth)
{
    struct dice dice = {99};
    struct registry *r = registry_new(&dice);
    struct search_answer before, after;
    struct search_request q;
    struct unit *u;
    int result;

    for (size_t i = 0; i < 600; i++)
        put_unit(r, i, random_unit(&dice, r), 1);
    q = random_request(&dice, r);
    u = random_unit(&dice, r);
    u->establishment_kind = (char *)"never_seen_before";
    u->point = u->public_point = (struct point){-50.5, 70, true};
    search_run(r->index, &q, &before);
    let_fail(r->index, failing_resize);
    allocations_left = nth;
    result = search_index_set(r->index, 20000, u, 1);
    let_fail(r->index, realloc);
    assert_int_equal(result, allocations_left == UINT32_MAX ? -ENOMEM : 0);
    search_run(r->index, &q, &after);
    assert_true(result == 0 || same_answers(&after, &before));
    assert_int_equal(search_index_set(r->index, 20000, u, 1), 0);
    assert_int_equal(search_index_slots(r->index), 20001);
    sample_free(u);
    registry_free(r);
    return result != 0;
}

static void test_every_allocation_fails_once(void **state)
{
    unsigned nth = 0;
    (void)state;

    while (nth_allocation_fails(nth))
        nth++;
    assert_in_range(nth, 20, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_the_obvious_search),
        cmocka_unit_test(test_updates_leave_no_trace),
        cmocka_unit_test(test_every_allocation_fails_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
