/* SPDX-License-Identifier: EUPL-1.2 */
/* Three ways to the same answer: asking each slot of the set, walking the cells nearest first, and,
 * where there are no distances, running over the ties. Which is cheapest depends on how many there
 * are to choose from. */
#include "core/search_pick.h"

/* Whether asking all of `count` is cheaper than walking cells until k of them are found among n
 * units, of which one step costs a quarter. */
static bool few(size_t count, size_t k, size_t n)
{
    return count <= 64 || count * count < k * n / 2;
}

/* Asks each slot of the set for its distance. */
static void ask_each(const struct search_index *ix, const struct grid *grid, const uint64_t *set,
                     struct top *top)
{
    for (size_t word = 0; word < ix->n_words; word++) {
        for (uint64_t left = set[word]; left != 0; left &= left - 1) {
            uint32_t slot = (uint32_t)(word * 64 + (size_t)__builtin_ctzll(left));
            uint32_t steps = grid_steps(grid, slot);

            if (top_admits(top, steps))
                top_add(top, (struct top_item){steps, slot, ix->ties[slot]});
        }
    }
}

#define LANES 8
typedef int32_t lanes __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int64_t halves __attribute__((vector_size(LANES * 4)));

/* Whether any of 64 is at most `worst`. */
static inline bool any_at_most(const int32_t *rough_ties, int32_t worst)
{
    lanes found = {0};
    halves h;

    for (size_t i = 0; i < 64; i += LANES)
        found |= *(const lanes *)(rough_ties + i) <= worst;
    h = (halves)found;
    return (h[0] | h[1] | h[2] | h[3]) != 0;
}

#define DENSE 6 /* of 64: from here on comparing all at once is cheaper */

/* Takes those without a distance: only ties decide. */
MULTIVERSION static void take_by_tie(const struct search_index *ix, const uint64_t *set,
                                     struct top *top)
{
    int64_t worst = INT64_MAX;

    for (size_t word = 0; word < ix->n_words; word++) {
        if (set[word] == 0 || (__builtin_popcountll(set[word]) >= DENSE &&
                               !any_at_most(ix->rough_ties + word * 64, (int32_t)(worst >> 32))))
            continue;
        for (uint64_t left = set[word]; left != 0; left &= left - 1) {
            uint32_t slot = (uint32_t)(word * 64 + (size_t)__builtin_ctzll(left));

            if (ix->ties[slot] > worst)
                continue;
            top_add(top, (struct top_item){STEPS_UNKNOWN, slot, ix->ties[slot]});
            worst = top_full(top) ? top->items[top->n - 1].tie : worst;
        }
    }
}

void search_pick(struct search_index *ix, const struct search_plan *p, const uint64_t *set,
                 size_t count, struct top *top)
{
    const struct grid *grid = plan_grid(ix, p);
    uint64_t *placeless = index_scratch(ix, SCRATCH_SPARE);

    if (!p->located) {
        take_by_tie(ix, set, top);
        return;
    }
    if (few(count, top->k, ix->count) || !grid_nearest(grid, set, ix->ties, 4 * count, top)) {
        top->n = 0;
        ask_each(ix, grid, set, top);
        return;
    }
    if (top_full(top))
        return;
    bits_and_not(placeless, set, grid->known, ix->n_words);
    take_by_tie(ix, placeless, top);
}
