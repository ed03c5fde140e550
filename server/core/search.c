/* SPDX-License-Identifier: EUPL-1.2 */
/* A search in four steps, each over whole planes:
 *
 * 1. who fails what (search_plan.c);
 * 2. the criteria in their order: those still alive lose the ones who fail, and how many are lost
 *    is the count for that criterion; on the way two planes note who failed once, and twice;
 * 3. who is alive at the end is divided into classes, best first, and the nearest of each class are
 *    picked until there are enough;
 * 4. who failed exactly once gives the near misses.
 *
 * Only the units picked are looked at one by one. */
#include "core/search.h"

#include <string.h>

#include "core/search_explain.h"
#include "core/search_pick.h"

#define CODE_TEXT(name, code) [name] = code,
#define CRITERION_TEXT(name, code, member) [name] = code,
#define MEMBER_TEXT(name, code, member) [name] = member,
const char *const criterion_codes[] = {CRITERIA(CRITERION_TEXT)};
const char *const criterion_members[] = {CRITERIA(MEMBER_TEXT)};
const char *const why_codes[] = {WHYS(CODE_TEXT)};

#define NEAR_MISSES_PER_CRITERION 2
#define NEAR_MISS_MONTHS 12
#define KEPT_CLASS FRESHNESS_NEVER_DECLARED /* before those never declared */

struct run {
    struct search_index *ix;
    struct search_plan plan;
    const uint64_t *failed[CRITERION_COUNT];
    struct search_answer *answer;
};

/* The order of near misses: what bends most easily first. */
static const enum criterion bending[] = {
    CRITERION_DISTANCE, CRITERION_AGE,      CRITERION_SIBLINGS, CRITERION_FULL,
    CRITERION_NIGHT,    CRITERION_MODALITY, CRITERION_KIND,     CRITERION_NEEDS,
    CRITERION_PARENT,   CRITERION_CLOSED,   CRITERION_SEX,
};

/* Classes of the ranking */

/* dst: those of src that are of the class; how many. */
typedef size_t (*classify_fn)(const struct search_index *ix, unsigned class, const uint64_t *src,
                              uint64_t *dst);

static size_t by_freshness(const struct search_index *ix, unsigned class, const uint64_t *src,
                           uint64_t *dst)
{
    const uint64_t *declared = index_plane(ix, PLANE_DECLARED);
    const uint64_t *fresh = index_plane(ix, PLANE_FRESH);

    if (class == FRESHNESS_FRESH)
        return bits_and_count(dst, src, fresh, ix->n_words);
    if (class == FRESHNESS_STALE)
        return bits_and_xor_count(dst, src, declared, fresh, ix->n_words);
    return bits_and_not_count(dst, src, declared, ix->n_words);
}

/* 0: admits at any hour and has an emergency place; 1: one of both; 2: none. */
static size_t by_emergency(const struct search_index *ix, unsigned class, const uint64_t *src,
                           uint64_t *dst)
{
    const uint64_t *place = index_plane(ix, PLANE_EMERGENCY_PLACE);
    const uint64_t *always = index_plane(ix, PLANE_ADMITS_ALWAYS);

    if (class == 1)
        return bits_and_xor_count(dst, src, place, always, ix->n_words);
    if (class == 0) {
        bits_and(dst, src, place, ix->n_words);
        return bits_and_count(dst, dst, always, ix->n_words);
    }
    bits_and_not(dst, src, place, ix->n_words);
    return bits_and_not_count(dst, dst, always, ix->n_words);
}

/* Together. 0: nothing to ask about siblings; 1: something. */
static size_t by_asking(const struct search_index *ix, unsigned class, const uint64_t *src,
                        uint64_t *dst)
{
    const uint64_t *ask = index_scratch(ix, SCRATCH_ASK);

    return class == 0 ? bits_and_not_count(dst, src, ask, ix->n_words)
                      : bits_and_count(dst, src, ask, ix->n_words);
}

/* Apart. 0: takes all, nothing to ask about siblings; 1: takes all, something; 2: takes some. */
static size_t by_taking(const struct search_index *ix, unsigned class, const uint64_t *src,
                        uint64_t *dst)
{
    const uint64_t *some = index_scratch(ix, SCRATCH_SOME);

    if (class == 2)
        return bits_and_count(dst, src, some, ix->n_words);
    bits_and_not(dst, src, some, ix->n_words);
    return by_asking(ix, class, dst, dst);
}

/* 0: what is offered to them; 1: all others. */
static size_t by_offer(const struct search_index *ix, unsigned class, const uint64_t *src,
                       uint64_t *dst)
{
    const uint64_t *offered = index_scratch(ix, SCRATCH_OFFERED);

    return class == 0 ? bits_and_count(dst, src, offered, ix->n_words)
                      : bits_and_not_count(dst, src, offered, ix->n_words);
}

/* As by_freshness, with what is kept for others in a class of its own: what was declared, but is
 * not certain. */
static size_t by_certainty(const struct search_index *ix, unsigned class, const uint64_t *src,
                           uint64_t *dst)
{
    const uint64_t *kept = index_scratch(ix, SCRATCH_KEPT);

    if (class == KEPT_CLASS) {
        bits_and(dst, src, index_plane(ix, PLANE_DECLARED), ix->n_words);
        return bits_and_count(dst, dst, kept, ix->n_words);
    }
    if (class > KEPT_CLASS)
        return by_freshness(ix, FRESHNESS_NEVER_DECLARED, src, dst);
    by_freshness(ix, class, src, dst);
    return bits_and_not_count(dst, dst, kept, ix->n_words);
}

#define LEVELS 4

struct level {
    classify_fn classify;
    unsigned classes; /* 1: not asked */
};

/* The levels of the ranking for this request, most important first. */
static void levels_of(const struct search_plan *p, struct level ret[LEVELS])
{
    ret[0] = (struct level){by_offer, p->q->offered ? 2 : 1};
    ret[1] = p->q->kept ? (struct level){by_certainty, FRESHNESS_COUNT + 1}
                        : (struct level){by_freshness, FRESHNESS_COUNT};
    ret[2] = (struct level){by_emergency, p->q->emergency ? 3 : 1};
    ret[3] = p->apart ? (struct level){by_taking, 3} : (struct level){by_asking, p->together + 1};
}

/* Results */

static void pick_results(struct run *run, const uint64_t *set, size_t count, struct band band)
{
    struct search_answer *answer = run->answer;
    struct top top = {.k = run->plan.limit - (unsigned)answer->n_results};

    search_pick(run->ix, &run->plan, set, count, &top);
    for (unsigned i = 0; i < top.n; i++)
        explain_result(run->ix, &run->plan, top.items[i], band,
                       &answer->results[answer->n_results++]);
}

static void mark_offered(struct run *run, unsigned offered)
{
    uint64_t *plane = index_scratch(run->ix, SCRATCH_OFFERED);
    size_t word = (offered - 1) / 64;

    memset(plane, 0, run->ix->n_words * sizeof *plane);
    if (word < run->ix->n_words)
        plane[word] = (uint64_t)1 << (offered - 1) % 64;
}

static void mark_kept(struct run *run, const struct bitmap *kept)
{
    uint64_t *plane = index_scratch(run->ix, SCRATCH_KEPT);
    size_t n = kept->n_words < run->ix->n_words ? kept->n_words : run->ix->n_words;

    memset(plane, 0, run->ix->n_words * sizeof *plane);
    if (n > 0)
        memcpy(plane, kept->words, n * sizeof *plane);
}

/* Divides the set by this level and those below, and picks from each class, best first. */
static void rank(struct run *run, const struct level *levels, unsigned level, const uint64_t *set,
                 size_t count, unsigned band)
{
    uint64_t *part;

    if (count == 0 || run->answer->n_results >= run->plan.limit)
        return;
    if (level == LEVELS) {
        struct band last = {band, 1, levels[LEVELS - 1].classes};

        for (unsigned i = 0; i < LEVELS; i++)
            last.count *= levels[i].classes;
        pick_results(run, set, count, last);
        return;
    }
    if (levels[level].classes == 1) {
        rank(run, levels, level + 1, set, count, band);
        return;
    }
    part = index_scratch(run->ix, SCRATCH_LEVEL + level);
    for (unsigned class = 0; class < levels[level].classes && count > 0; class ++) {
        size_t n = levels[level].classify(run->ix, class, set, part);

        rank(run, levels, level + 1, part, n, band * levels[level].classes + class);
        count -= n;
        if (run->answer->n_results >= run->plan.limit)
            break;
    }
}

/* Criteria */

/* Runs the criteria in their order. SCRATCH_ALIVE holds who passes; returns how many. */
static size_t reject(struct run *run)
{
    struct search_index *ix = run->ix;
    uint64_t *alive = index_scratch(ix, SCRATCH_ALIVE);
    uint64_t *one = index_scratch(ix, SCRATCH_ONE), *two = index_scratch(ix, SCRATCH_TWO);
    size_t size = ix->n_words * sizeof *alive, left;

    memcpy(alive, index_scratch(ix, SCRATCH_VISIBLE), size);
    memset(one, 0, size);
    memset(two, 0, size);
    left = run->answer->allowed = bits_count(alive, ix->n_words);
    for (unsigned c = 0; c < CRITERION_COUNT; c++) {
        size_t before = left;

        if (run->failed[c] == NULL)
            continue;
        left = bits_reject(alive, one, two, run->failed[c], ix->n_words);
        run->answer->rejected[c] = before - left;
    }
    return left;
}

static bool all_taken(const struct run *run)
{
    struct search_index *ix = run->ix;
    uint64_t *takers = index_scratch(ix, SCRATCH_SPARE);
    size_t n;

    if (run->plan.n == 1)
        return true;
    n = bits_and_count(takers, index_scratch(ix, SCRATCH_ALIVE), index_plane(ix, PLANE_DECLARED),
                       ix->n_words);
    if (run->plan.q->kept)
        n = bits_and_not_count(takers, takers, index_scratch(ix, SCRATCH_KEPT), ix->n_words);
    if (run->plan.apart)
        n = bits_and_not_count(takers, takers, index_scratch(ix, SCRATCH_SOME), ix->n_words);
    return n > 0;
}

/* Near misses */

/* At most k of the set, fresh ones first. */
static void pick_near_misses(struct run *run, enum criterion criterion, const uint64_t *set,
                             unsigned k)
{
    struct search_answer *answer = run->answer;
    uint64_t *part = index_scratch(run->ix, SCRATCH_LEVEL + 1);

    for (unsigned class = 0; class < FRESHNESS_COUNT && k > 0; class ++) {
        struct top top = {.k = k};
        size_t n = by_freshness(run->ix, class, set, part);

        if (n > 0)
            search_pick(run->ix, &run->plan, part, n, &top);
        for (unsigned i = 0; i < top.n; i++)
            explain_near_miss(run->ix, &run->plan, top.items[i], criterion,
                              &answer->near_misses[answer->n_near_misses++]);
        k -= top.n;
    }
}

static void find_near_misses(struct run *run)
{
    struct search_index *ix = run->ix;
    uint64_t *once = index_scratch(ix, SCRATCH_ONE), *set = index_scratch(ix, SCRATCH_LEVEL);

    bits_and_not(once, once, index_scratch(ix, SCRATCH_TWO), ix->n_words);
    bits_and(once, once, index_scratch(ix, SCRATCH_VISIBLE), ix->n_words);
    for (size_t i = 0; i < ARRAY_LENGTH(bending); i++) {
        const uint64_t *failed = run->failed[bending[i]];
        size_t room = SEARCH_NEAR_MISS_MAX - run->answer->n_near_misses;
        size_t n = failed == NULL || room == 0 ? 0 : bits_and_count(set, once, failed, ix->n_words);

        if (n > 0 && bending[i] == CRITERION_AGE)
            n = plan_age_close(ix, &run->plan, NEAR_MISS_MONTHS, set);
        if (n > 0)
            pick_near_misses(run, bending[i], set,
                             room < NEAR_MISSES_PER_CRITERION ? (unsigned)room
                                                              : NEAR_MISSES_PER_CRITERION);
    }
}

/* The whole */

static void answer_nothing(const struct search_plan *p, struct search_answer *ret)
{
    ret->n_results = ret->n_near_misses = 0;
    ret->allowed = ret->total = ret->never_declared = 0;
    ret->takes_all = p->n == 1;
    memset(ret->rejected, 0, sizeof ret->rejected);
}

void search_run(struct search_index *ix, const struct search_request *q, struct search_answer *ret)
{
    struct run run = {.ix = ix, .answer = ret};
    struct level levels[LEVELS];
    const uint64_t *alive;

    plan_make(q, &run.plan);
    answer_nothing(&run.plan, ret);
    if (ix->n_words == 0)
        return;
    index_refresh(ix, q->now);
    if (run.plan.located)
        grid_look(plan_grid(ix, &run.plan), run.plan.from);
    plan_failures(ix, &run.plan, run.failed);
    alive = index_scratch(ix, SCRATCH_ALIVE);
    ret->total = reject(&run);
    ret->never_declared =
        by_freshness(ix, FRESHNESS_NEVER_DECLARED, alive, index_scratch(ix, SCRATCH_SPARE));
    if (q->kept)
        mark_kept(&run, q->kept);
    if (run.plan.n > 1)
        plan_siblings(ix, &run.plan);
    ret->takes_all = all_taken(&run);
    if (q->offered)
        mark_offered(&run, q->offered);
    levels_of(&run.plan, levels);
    rank(&run, levels, 0, alive, ret->total, 0);
    find_near_misses(&run);
}
