/* SPDX-License-Identifier: EUPL-1.2 */
/* The children are divided into as many groups as there are units, in every way; each group has a
 * list, the units that take it, as a bitmap in the order of cost. `descend` gives the group with
 * the shortest list each of its units in turn and leaves, in the lists of the others, those within
 * the limit of it: a ball around its point, found by one sorted coordinate.
 *
 * It is asked three questions, one after the other:
 * 1. is there a way within this limit? For limits that double and then halve the span, beginning
 *    with a bound from below, until the least one is found. Before each, `near_thin_out` removes
 * units that have not all they need around them (split_near.c);
 * 2. within this limit, which way has the least sum of distances from home? A way is left when what
 *    it costs already and the cheapest unit of each other group cost no less than the best way;
 * 3. of those, which is first by the units of the children, in their order? `first_in_order` gives
 *    each group in turn the first of its units with which there still is a way that costs no more.
 *
 * Nothing else is ever left out, so that what is found is the best; of units that differ in nothing
 * (the foster families of one commune share its point) as many are kept as there are children.
 *
 * Groups of the same size with the same list are interchangeable: only the order of children in
 * which the first has the first unit is tried, and it is the first one in order. */
#include "core/split_near.h"
#include "core/split_trial.h"

#include <string.h>

#define FIRST_MORE 64 /* steps */
#define FEW_UNITS 64  /* of so few, ways are improved without searching the limit */
#define FEW_LEFT 256  /* so few are asked one by one for their distance */
#define STEPS_MOST ((uint32_t)(2 * STEPS_PER_RADIUS) + 2)
#define ORDER_BITS_MAX 20

/* Cost */

bool cost_less(struct split_cost a, struct split_cost b)
{
    return a.home != b.home ? a.home < b.home : a.order < b.order;
}

static split_order weight_of(const struct split_search *s, uint16_t group)
{
    unsigned bits = 128 / s->children.n;
    split_order weight = 0;

    bits = bits < ORDER_BITS_MAX ? bits : ORDER_BITS_MAX;
    for (unsigned i = 0; i < s->children.n; i++)
        if (group >> i & 1)
            weight |= (split_order)1 << bits * (s->children.n - 1 - i);
    return weight;
}

/* Of the number of a candidate; with more children fewer fit into the order. */
static split_order digit_of(const struct split_search *s, uint32_t candidate)
{
    unsigned bits = 128 / s->children.n;
    uint32_t most = bits < ORDER_BITS_MAX ? (1u << bits) - 1 : (1u << ORDER_BITS_MAX) - 1;

    return candidate < most ? candidate : most;
}

static struct split_cost cost_by(const struct split_search *s, uint32_t candidate, uint16_t group,
                                 split_order weight)
{
    uint64_t home = s->all->c[candidate].home;

    return (struct split_cost){(home == STEPS_UNKNOWN ? SPLIT_FAR_HOME : home) *
                                   (unsigned)__builtin_popcount(group),
                               digit_of(s, candidate) * weight};
}

struct split_cost split_cost_of(const struct split_search *s, uint32_t candidate, uint16_t group)
{
    return cost_by(s, candidate, group, weight_of(s, group));
}

static inline struct split_cost cost_of_bit(const struct split_search *s, uint32_t bit, unsigned i)
{
    return cost_by(s, s->ix->split.units[bit], s->groups[i], s->weights[i]);
}

static inline struct split_cost cost_sum(struct split_cost a, struct split_cost b)
{
    return (struct split_cost){a.home + b.home, a.order + b.order};
}

static inline bool way_less(uint32_t apart, struct split_cost cost, const struct split_way *than)
{
    if (!than->found || apart != than->apart)
        return !than->found || apart < than->apart;
    return cost_less(cost, than->cost);
}

/* Lists */

static void make_list(const struct split_search *s, uint16_t group, uint64_t *to)
{
    unsigned size = (unsigned)__builtin_popcount(group);

    bits_and(to, trial_plane(s, TRIAL_THINNED), trial_plane(s, TRIAL_MOST + size), s->words);
    if ((group & s->children.girls) && (group & s->children.boys))
        bits_and(to, to, trial_plane(s, TRIAL_MIXED), s->words);
    for (unsigned i = 0; i < s->children.n; i++)
        if (group >> i & 1)
            bits_and(to, to, trial_plane(s, TRIAL_FITS + i), s->words);
}

static bool some_take(struct split_search *s, uint16_t group)
{
    if (s->taken[group] == 0) {
        make_list(s, group, trial_plane(s, TRIAL_BALL));
        s->taken[group] = bits_count(trial_plane(s, TRIAL_BALL), s->words) > 0 ? 2 : 1;
        s->work -= s->words;
    }
    return s->taken[group] == 2;
}

/* Leaves bits above (or below) one. */
static void cut(uint64_t *words, uint32_t n, uint32_t bit, bool above)
{
    uint32_t word = bit >> 6;
    uint64_t low = ((uint64_t)1 << (bit & 63)) - 1;

    if (above) {
        memset(words, 0, word * sizeof *words);
        words[word] &= ~low & ~((uint64_t)1 << (bit & 63));
    } else {
        words[word] &= low;
        memset(words + word + 1, 0, (n - word - 1) * sizeof *words);
    }
}

/* Leaves in the list, one by one, those within the limit. */
static void keep_within(const struct split_search *s, struct vector from, uint64_t *words)
{
    for (uint32_t word = 0; word < s->words; word++)
        for (uint64_t left = words[word]; left != 0; left &= left - 1) {
            uint32_t bit = word * 64 + (uint32_t)__builtin_ctzll(left);

            if (vector_steps(from, trial_unit(s, bit)->at) > s->limit)
                bits_put(words, bit, false);
        }
}

static void make_ball(const struct split_search *s, struct vector from)
{
    uint64_t *ball = trial_plane(s, TRIAL_BALL);
    uint32_t n = near_within(s, from, s->limit, s->ix->split.hits);

    memset(ball, 0, s->words * sizeof *ball);
    for (uint32_t i = 0; i < n; i++)
        bits_put(ball, s->ix->split.hits[i], true);
}

/* Writes the lists of the open groups for the next depth, when group i has the unit. false: one of
 * them is empty. */
static bool narrow(struct split_search *s, unsigned depth, unsigned open, unsigned i, uint32_t bit)
{
    struct vector from = trial_unit(s, bit)->at;
    uint32_t left = 0;
    bool each;

    for (unsigned j = 0; j < s->n_groups; j++)
        left += open >> j & 1 ? s->counts[depth][j] : 0;
    each = left <= FEW_LEFT;
    if (s->limit != STEPS_UNKNOWN && !each)
        make_ball(s, from);
    s->work -= (each ? left : s->n_located / 4) + s->words;
    for (unsigned j = 0; j < s->n_groups; j++) {
        uint64_t *to = trial_list(s, depth + 1, j);

        if (!(open >> j & 1))
            continue;
        if (s->limit == STEPS_UNKNOWN || each)
            memcpy(to, trial_list(s, depth, j), s->words * sizeof *to);
        else
            bits_and(to, trial_list(s, depth, j), trial_plane(s, TRIAL_BALL), s->words);
        bits_put(to, bit, false);
        if (s->same[i] >> j & 1)
            cut(to, s->words, bit, j > i);
        if (s->limit != STEPS_UNKNOWN && each)
            keep_within(s, from, to);
        s->counts[depth + 1][j] = (uint32_t)bits_count(to, s->words);
        if (s->counts[depth + 1][j] == 0)
            return false;
    }
    return true;
}

/* Ways */

static void keep(struct split_search *s, struct split_cost cost)
{
    uint32_t apart = 0;

    for (unsigned i = 0; i < s->n_groups; i++)
        for (unsigned j = 0; j < i; j++) {
            const struct split_candidate *a = trial_unit(s, s->chosen[i]),
                                         *b = trial_unit(s, s->chosen[j]);
            uint32_t steps = a->located && b->located ? vector_steps(a->at, b->at) : STEPS_UNKNOWN;

            apart = steps > apart ? steps : apart;
        }
    s->apart = apart;
    s->found = true;
    if (!way_less(apart, cost, &s->best))
        return;
    s->best = (struct split_way){true, apart, cost, s->n_groups, {0}, {0}};
    memcpy(s->best.groups, s->groups, sizeof s->groups);
    for (unsigned i = 0; i < s->n_groups; i++)
        s->best.chosen[i] = s->ix->split.units[s->chosen[i]];
}

static uint32_t first_bit(const uint64_t *words)
{
    uint32_t word = 0;

    while (words[word] == 0)
        word++;
    return word * 64 + (uint32_t)__builtin_ctzll(words[word]);
}

/* The least that the open groups cost, home only. */
static uint64_t least_home(const struct split_search *s, unsigned depth, unsigned open)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < s->n_groups; i++)
        if (open >> i & 1)
            sum += cost_of_bit(s, first_bit(trial_list(s, depth, i)), i).home;
    return sum;
}

static unsigned shortest(const struct split_search *s, unsigned depth, unsigned open)
{
    unsigned best = (unsigned)__builtin_ctz(open);

    for (unsigned i = best + 1; i < s->n_groups; i++)
        if (open >> i & 1 && s->counts[depth][i] < s->counts[depth][best])
            best = i;
    return best;
}

/* Gives a unit to each of the open groups. true: it is over, a way was found or the work is done.
 */
static bool descend(struct split_search *s, unsigned depth, unsigned open, struct split_cost cost)
{
    const uint64_t *words;
    uint64_t rest;
    unsigned i;

    if (open == 0) {
        keep(s, cost);
        if (s->question != CHEAPEST_WAY || cost.home == 0)
            return true;
        s->budget = cost.home - 1;
        return false;
    }
    i = shortest(s, depth, open);
    words = trial_list(s, depth, i);
    rest = cost.home + least_home(s, depth, open & ~(1u << i));
    for (uint32_t word = 0; word < s->words; word++)
        for (uint64_t left = words[word]; left != 0; left &= left - 1) {
            uint32_t bit = word * 64 + (uint32_t)__builtin_ctzll(left);
            struct split_cost own = cost_of_bit(s, bit, i);

            if (rest + own.home > s->budget)
                return false; /* those after it cost no less */
            if (--s->work <= 0)
                return true;
            if (!narrow(s, depth, open & ~(1u << i), i, bit))
                continue;
            s->chosen[i] = bit;
            if (descend(s, depth + 1, open & ~(1u << i), cost_sum(cost, own)))
                return true;
        }
    return false;
}

/* Whether the group `i` can have the unit, when those before it have theirs. The lists of depth i
 * are of that; those of the next depth are written. */
static bool still_a_way(struct split_search *s, unsigned i, uint32_t bit, struct split_cost cost)
{
    unsigned open = ((1u << s->n_groups) - 1) & ~((2u << i) - 1);

    if (!narrow(s, i, open, i, bit) || cost.home + least_home(s, i + 1, open) > s->budget)
        return false;
    s->chosen[i] = bit;
    s->found = false;
    descend(s, i + 1, open, cost);
    return s->found;
}

/* Improves the best way by the first one in order with this division. */
static void first_in_order(struct split_search *s)
{
    struct split_cost cost = {0};

    for (unsigned i = 0; i < s->n_groups; i++) {
        uint64_t *words = trial_list(s, i, i);
        bool found = false;

        for (uint32_t word = 0; word < s->words && !found; word++)
            for (uint64_t left = words[word]; left != 0 && !found; left &= left - 1) {
                uint32_t bit = word * 64 + (uint32_t)__builtin_ctzll(left);
                struct split_cost now = cost_sum(cost, cost_of_bit(s, bit, i));

                if (now.home > s->budget || now.order >= s->best.cost.order)
                    return; /* no better than the best one, whatever the others have */
                found = still_a_way(s, i, bit, now);
                if (found)
                    cost = now;
                if (s->work <= 0)
                    return;
            }
        if (!found)
            return;
    }
}

/* Divisions of the children into groups */

static bool make_lists(struct split_search *s)
{
    for (unsigned i = 0; i < s->n_groups; i++) {
        make_list(s, s->groups[i], trial_list(s, 0, i));
        s->counts[0][i] = (uint32_t)bits_count(trial_list(s, 0, i), s->words);
        s->weights[i] = weight_of(s, s->groups[i]);
        s->same[i] = 0;
        s->work -= 8 * s->words;
        if (s->counts[0][i] == 0)
            return false;
        for (unsigned j = 0; j < i; j++)
            if (s->counts[0][i] == s->counts[0][j] &&
                __builtin_popcount(s->groups[i]) == __builtin_popcount(s->groups[j]) &&
                memcmp(trial_list(s, 0, i), trial_list(s, 0, j), s->words * sizeof(uint64_t)) ==
                    0) {
                s->same[i] |= (uint16_t)(1 << j);
                s->same[j] |= (uint16_t)(1 << i);
            }
    }
    return true;
}

static bool try_groups(struct split_search *s)
{
    unsigned open = (1u << s->n_groups) - 1;

    if (!make_lists(s))
        return false;
    if (s->question == FIRST_IN_ORDER) {
        if (least_home(s, 0, open) <= s->budget)
            first_in_order(s);
        return s->work <= 0;
    }
    return descend(s, 0, open, (struct split_cost){0});
}

/* Puts the child and those after it into each of the n groups begun, or into one more. */
static bool divide(struct split_search *s, unsigned n, unsigned child)
{
    if (n + (s->children.n - child) < s->n_groups)
        return false;
    if (s->work <= 0)
        return true;
    if (child == s->children.n)
        return try_groups(s);
    for (unsigned i = 0; i <= n && i < s->n_groups; i++) {
        uint16_t before = i < n ? s->groups[i] : 0;
        bool over;

        s->groups[i] = (uint16_t)(before | 1u << child);
        over = some_take(s, s->groups[i]) && divide(s, n + (i == n), child + 1);
        s->groups[i] = before;
        if (over)
            return true;
    }
    return false;
}

/* Asks of all divisions. Whether there is a way with the units in TRIAL_THINNED, within the limit
 * and the budget. */
static bool try_all(struct split_search *s, enum split_question question)
{
    s->question = question;
    s->found = false;
    memset(s->taken, 0, sizeof s->taken);
    memset(s->groups, 0, sizeof s->groups);
    divide(s, 0, 0);
    return s->found;
}

static bool exists(struct split_search *s, uint32_t limit)
{
    s->limit = limit;
    near_thin_out(s, trial_plane(s, TRIAL_THINNED));
    return try_all(s, ANY_WAY);
}

/* The least distance apart, at most `top`; STEPS_UNKNOWN when there is no way. */
static uint32_t least_apart(struct split_search *s, uint32_t top)
{
    uint32_t low = 0, high;

    if (s->n > FEW_UNITS)
        low = near_bound(s);
    if (low > top)
        return STEPS_UNKNOWN;
    for (uint32_t limit = s->n > FEW_UNITS ? low : top, more = FIRST_MORE; !exists(s, limit);
         more *= 2) {
        if (limit >= top || s->work <= 0)
            return STEPS_UNKNOWN;
        low = limit + 1;
        limit = top - limit > more ? limit + more : top;
    }
    for (high = s->apart; low < high && s->work > 0;) {
        uint32_t middle = s->n > FEW_UNITS ? low + (high - low) / 2 : high - 1;

        if (exists(s, middle))
            high = s->apart;
        else
            low = middle + 1;
    }
    return high;
}

void split_improve(struct split_search *s, const struct split_members *m)
{
    bool first = !s->best.found;

    s->n_groups = m->units;
    trial_begin(s, m);
    s->budget = UINT64_MAX;
    if (first && s->work < INT64_MAX) { /* which may end before there is a way within a limit */
        trial_all(s);
        try_all(s, ANY_WAY);
    }
    if (m->located) {
        uint32_t top = s->best.found && s->best.apart < STEPS_MOST ? s->best.apart : STEPS_MOST;

        near_measure(s);
        s->limit = least_apart(s, top);
        if (s->limit == STEPS_UNKNOWN || s->work <= 0)
            return;
        near_thin_out(s, trial_plane(s, TRIAL_THINNED));
    } else {
        if (s->best.found && s->best.apart != STEPS_UNKNOWN)
            return;
        trial_all(s);
    }
    /* As good as the best one is good enough: the order decides between them. */
    s->budget = s->best.found ? s->best.cost.home : UINT64_MAX;
    if (!try_all(s, CHEAPEST_WAY))
        return;
    s->budget = s->best.cost.home;
    try_all(s, FIRST_IN_ORDER);
}
