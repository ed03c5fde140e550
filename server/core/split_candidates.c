/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/split_candidates.h"

#include <string.h>

/* Who passes all but siblings. */
static void passing(struct search_index *ix, const struct search_plan *p, uint64_t *set)
{
    const uint64_t *failed[CRITERION_COUNT];
    size_t n = ix->n_words;

    plan_failures(ix, p, failed);
    bits_and(set, index_scratch(ix, SCRATCH_VISIBLE), index_plane(ix, PLANE_DECLARED), n);
    for (unsigned c = 0; c < CRITERION_COUNT; c++)
        if (failed[c] != NULL)
            bits_and_not(set, set, failed[c], n);
}

/* Sorting */

static inline bool before(const struct split_key *a, const struct split_key *b)
{
    return a->major != b->major ? a->major < b->major : a->minor < b->minor;
}

static void merge(const struct split_key *from, struct split_key *to, uint32_t middle, uint32_t end)
{
    uint32_t a = 0, b = middle;

    for (uint32_t i = 0; i < end; i++)
        to[i] = b == end || (a < middle && !before(&from[b], &from[a])) ? from[a++] : from[b++];
}

/* Stable; the result is in keys[0]. */
static void sort_keys(struct split_key *keys[2], uint32_t n)
{
    struct split_key *from = keys[0], *to = keys[1];

    for (uint32_t width = 1; width < n; width *= 2) {
        struct split_key *swap = from;

        for (uint32_t start = 0; start < n; start += 2 * width) {
            uint32_t end = n - start < 2 * width ? n - start : 2 * width;

            merge(from + start, to + start, width < end ? width : end, end);
        }
        from = to;
        to = swap;
    }
    if (from != keys[0])
        memcpy(keys[0], from, n * sizeof *from);
}

/* Candidates */

static uint32_t list_slots(const struct search_index *ix, const struct grid *grid,
                           const struct search_plan *p, const uint64_t *set)
{
    struct split_key *keys = ix->split.keys[0];
    uint32_t n = 0;

    for (size_t word = 0; word < ix->n_words; word++) {
        for (uint64_t left = set[word]; left != 0; left &= left - 1) {
            uint32_t slot = (uint32_t)(word * 64 + (size_t)__builtin_ctzll(left));

            keys[n++] = (struct split_key){
                .major = p->located ? grid_steps(grid, slot) : 0,
                .minor = (uint64_t)ix->ties[slot] & (((uint64_t)1 << TIE_HASH_BITS) - 1),
                .value = slot,
            };
        }
    }
    return n;
}

static unsigned least(int a, int b)
{
    return (unsigned)(a < b ? a : b);
}

static struct split_candidate candidate_of(const struct search_index *ix,
                                           const struct search_plan *p, const struct grid *grid,
                                           uint32_t slot)
{
    const struct search_row *row = &ix->rows[slot];
    struct child_fits fits = plan_children(p, row);
    unsigned all = (1u << p->n) - 1;
    int siblings = SEARCH_CHILDREN_MAX;
    struct split_candidate c = {
        .slot = slot,
        .fits_age = (uint16_t)(all & ~fits.age_refused),
        .fits = (uint16_t)(all & ~fits.age_refused & ~fits.sex_refused),
        .mixed = row->mixed != TRI_NO,
        .establishment = row->establishment,
        .commune = p->q->precise ? row->commune : row->public_commune,
    };

    if (row->siblings_max != UNKNOWN)
        siblings = row->siblings_max > 1 ? row->siblings_max : 1; /* one child is no sibling set */
    c.siblings = (uint8_t)least(siblings, SEARCH_CHILDREN_MAX);
    c.most = (uint8_t)least(row_places(row, p->q->emergency), c.siblings);
    c.located = grid_vector(grid, slot, &c.at);
    c.home = p->located ? grid_steps(grid, slot) : 0;
    return c;
}

/* The coordinate that spreads them most. */
static int axis_of(const struct split_candidates *all)
{
    float width[3] = {0};
    int axis = 0;

    for (int i = 0; i < 3; i++) {
        float low = 2, high = -2;

        for (uint32_t at = 0; at < all->n; at++) {
            float x = vector_along(all->c[at].at, i);

            low = all->c[at].located && x < low ? x : low;
            high = all->c[at].located && x > high ? x : high;
        }
        width[i] = high - low;
        axis = width[i] > width[axis] ? i : axis;
    }
    return axis;
}

/* A number that orders as the coordinate does; 0.. up to 4 for those not located. */
static uint64_t along_key(const struct split_candidate *c, int axis)
{
    double x = c->located ? (double)vector_along(c->at, axis) : 3;

    return (uint64_t)((x + 1) * (double)((uint64_t)1 << 50));
}

/* By one coordinate; at one point by all of them, so that equal points are neighbours. */
static void sort_along(struct search_index *ix, struct split_candidates *all)
{
    struct split_key *keys = ix->split.keys[0];

    for (uint32_t i = 0; i < all->n; i++) {
        const struct split_candidate *c = &all->c[i];
        uint64_t other = c->located ? along_key(c, (all->axis + 1) % 3) >> 21 << 32 |
                                          along_key(c, (all->axis + 2) % 3) >> 21
                                    : 0;

        keys[i] = (struct split_key){along_key(c, all->axis), other, i};
    }
    sort_keys(ix->split.keys, all->n);
    for (uint32_t i = 0; i < all->n; i++)
        ix->split.along[i] = keys[i].value;
}

void split_collect(struct search_index *ix, const struct search_plan *p,
                   struct split_candidates *ret)
{
    const struct grid *grid = plan_grid(ix, p);
    uint64_t *set = index_scratch(ix, SCRATCH_ALIVE);

    passing(ix, p, set);
    *ret = (struct split_candidates){.c = ix->split.candidates, .along = ix->split.along};
    ret->n = list_slots(ix, grid, p, set);
    sort_keys(ix->split.keys, ret->n);
    for (uint32_t i = 0; i < ret->n; i++)
        ix->split.candidates[i] = candidate_of(ix, p, grid, ix->split.keys[0][i].value);
    ret->axis = axis_of(ret);
    sort_along(ix, ret);
}

/* Groups */

static uint64_t hash_by(const struct split_candidate *c, enum split_grouping grouping)
{
    return grouping == GROUP_ALL              ? 1
           : grouping == GROUP_ESTABLISHMENTS ? c->establishment
                                              : c->commune;
}

/* Numbers the hashes in the order of their first candidate; how many there are. */
static uint32_t number_groups(struct search_index *ix, const struct split_candidates *all,
                              enum split_grouping grouping)
{
    struct split_key *table = ix->split.keys[0];
    uint32_t mask = 2, n = 0;

    while (mask <
           2 * all->n) /* at most half full; at most twice the room, which both arrays have */
        mask *= 2;
    memset(table, 0, mask-- * sizeof *table);
    for (uint32_t i = 0; i < all->n; i++) {
        uint64_t hash = hash_by(&all->c[i], grouping);
        uint32_t at = (uint32_t)(hash ^ hash >> 32) & mask;

        if (hash == 0) {
            ix->split.numbers[i] = UINT32_MAX;
            continue;
        }
        while (table[at].major != 0 && table[at].major != hash)
            at = (at + 1) & mask;
        if (table[at].major == 0)
            table[at] = (struct split_key){.major = hash, .value = n++};
        ix->split.numbers[i] = table[at].value;
    }
    return n;
}

/* Puts the candidates, in the order given, each behind those of its group before it. */
static void distribute(const struct search_index *ix, const uint32_t *order, uint32_t n,
                       uint32_t n_groups, uint32_t *to)
{
    uint32_t *starts = ix->split.starts;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t candidate = order == NULL ? i : order[i];
        uint32_t group = ix->split.numbers[candidate];

        if (group != UINT32_MAX)
            to[starts[group]++] = candidate;
    }
    memmove(starts + 1, starts, n_groups * sizeof *starts);
    starts[0] = 0;
}

void split_group(struct search_index *ix, const struct split_candidates *all,
                 enum split_grouping grouping, struct split_groups *ret)
{
    uint32_t *starts = ix->split.starts, sum = 0;
    uint32_t n = number_groups(ix, all, grouping);

    memset(starts, 0, ((size_t)n + 1) * sizeof *starts);
    for (uint32_t i = 0; i < all->n; i++)
        if (ix->split.numbers[i] != UINT32_MAX)
            starts[ix->split.numbers[i]]++;
    for (uint32_t i = 0; i <= n; i++) {
        uint32_t count = starts[i];

        starts[i] = sum;
        sum += count;
    }
    distribute(ix, NULL, all->n, n, ix->split.members[0]);
    distribute(ix, all->along, all->n, n, ix->split.members[1]);
    *ret = (struct split_groups){n, starts, ix->split.members[0], ix->split.members[1]};
}
