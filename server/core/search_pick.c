/* SPDX-License-Identifier: EUPL-1.2 */
/* Three ways to the same answer: asking each slot of the set, walking the cells nearest first, and,
 * where there are no distances, running over the ties. Which is cheapest depends on how many there
 * are to choose from. */
#include "core/search_pick.h"

#define FEW 64

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

typedef int64_t lanes __attribute__((vector_size(32), aligned(8), may_alias));

/* Whether any of 64 ties is at most `worst`. */
static inline bool any_at_most(const int64_t *ties, int64_t worst)
{
    lanes found = {0};

    for (size_t i = 0; i < 64; i += 4)
        found |= *(const lanes *)(ties + i) <= worst;
    return (found[0] | found[1] | found[2] | found[3]) != 0;
}

/* Takes those without a distance: only ties decide. */
MULTIVERSION static void take_by_tie(const struct search_index *ix, const uint64_t *set,
                                     struct top *top)
{
    for (size_t word = 0; word < ix->n_words; word++) {
        if (set[word] == 0 ||
            (top_full(top) && !any_at_most(ix->ties + word * 64, top->items[top->n - 1].tie)))
            continue;
        for (uint64_t left = set[word]; left != 0; left &= left - 1) {
            uint32_t slot = (uint32_t)(word * 64 + (size_t)__builtin_ctzll(left));

            if (top_full(top) && ix->ties[slot] > top->items[top->n - 1].tie)
                continue;
            top_add(top, (struct top_item){STEPS_UNKNOWN, slot, ix->ties[slot]});
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
    if (count <= FEW || !grid_nearest(grid, set, ix->ties, 4 * count, top)) {
        top->n = 0;
        ask_each(ix, grid, set, top);
        return;
    }
    if (top_full(top))
        return;
    bits_and_not(placeless, set, grid->known, ix->n_words);
    take_by_tie(ix, placeless, top);
}
