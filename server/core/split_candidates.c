/* SPDX-License-Identifier: EUPL-1.2 */
/* Candidates are sorted by one coordinate (east or north, whichever spreads them more), so that the
 * solver finds the neighbours of a place in a window of the array. Units of one commune share a
 * point; there the hash of the id decides, as everywhere. */
#include "core/split_candidates.h"

#include <string.h>

#define ALONG_BITS 22 /* of a key: the coordinate, to 3 m; all ones when not located */
#define HASH_BITS 22
#define INDEX_BITS 20
#define DIGIT_BITS 11 /* of the radix sort */
#define SMALL 48      /* fewer are sorted by insertion */
#define TWIN_WITHIN 64

/* Who passes all but siblings. */
static size_t passing(struct search_index *ix, const struct search_plan *p, uint64_t *set)
{
    const uint64_t *failed[CRITERION_COUNT];
    size_t n = ix->n_words;

    plan_failures(ix, p, failed);
    bits_and(set, index_scratch(ix, SCRATCH_VISIBLE), index_plane(ix, PLANE_DECLARED), n);
    for (unsigned c = 0; c < CRITERION_COUNT; c++)
        if (failed[c] != NULL)
            bits_and_not(set, set, failed[c], n);
    return bits_count(set, n);
}

/* Leaves those whose hash is in one part of 2, 4, 8, …: as many as there is room for. */
static void thin_by_hash(const struct search_index *ix, uint64_t *set, size_t count, size_t room)
{
    for (int64_t mask = 1; count > room; mask = mask << 1 | 1) {
        for (size_t word = 0; word < ix->n_words; word++)
            for (uint64_t left = set[word]; left != 0; left &= left - 1) {
                size_t slot = word * 64 + (size_t)__builtin_ctzll(left);

                if (ix->ties[slot] & mask)
                    bits_put(set, slot, false);
            }
        count = bits_count(set, ix->n_words);
    }
}

/* Leaves at most `room`, if possible the nearest to home. */
static void thin_out(struct search_index *ix, const struct search_plan *p, uint64_t *set,
                     size_t count, size_t room)
{
    uint64_t *far = index_scratch(ix, SCRATCH_SPARE);
    const struct grid *grid = plan_grid(ix, p);
    uint32_t most = (uint32_t)STEPS_PER_RADIUS;

    for (; p->located && most > 0 && count > room; most /= 2) {
        grid_far(grid, most, far, ix->n_words);
        bits_and(set, set, grid->known, ix->n_words);
        count = bits_and_not_count(set, set, far, ix->n_words);
    }
    thin_by_hash(ix, set, count, room);
}

/* Lists the slots of the set, and says which coordinate spreads them most. */
static unsigned list_slots(const struct search_index *ix, const struct grid *grid,
                           const uint64_t *set, int *ret_axis)
{
    float least[3] = {2, 2, 2}, greatest[3] = {-2, -2, -2};
    unsigned n = 0;
    int axis = 0;

    for (size_t word = 0; word < ix->n_words; word++) {
        for (uint64_t left = set[word]; left != 0; left &= left - 1) {
            uint32_t slot = (uint32_t)(word * 64 + (size_t)__builtin_ctzll(left));
            struct vector v;

            ix->split.slots[n++] = slot;
            if (!grid_vector(grid, slot, &v))
                continue;
            for (int i = 0; i < 3; i++) {
                float x = vector_along(v, i);

                least[i] = x < least[i] ? x : least[i];
                greatest[i] = x > greatest[i] ? x : greatest[i];
            }
        }
    }
    for (int i = 1; i < 3; i++)
        axis = greatest[i] - least[i] > greatest[axis] - least[axis] ? i : axis;
    *ret_axis = axis;
    return n;
}

static uint64_t key_of(const struct search_index *ix, const struct grid *grid, unsigned index,
                       int axis)
{
    uint32_t slot = ix->split.slots[index];
    uint64_t hash = (uint64_t)ix->ties[slot] & ((1u << HASH_BITS) - 1);
    uint64_t along = (1u << ALONG_BITS) - 1;
    struct vector v;

    if (grid_vector(grid, slot, &v))
        along = (uint64_t)((vector_along(v, axis) + 1) * ((1 << (ALONG_BITS - 1)) - 2));
    return along << (HASH_BITS + INDEX_BITS) | hash << INDEX_BITS | index;
}

static void insertion_sort(uint64_t *keys, unsigned n)
{
    for (unsigned i = 1; i < n; i++) {
        uint64_t key = keys[i];
        unsigned j = i;

        for (; j > 0 && keys[j - 1] > key; j--)
            keys[j] = keys[j - 1];
        keys[j] = key;
    }
}

/* Sorts by all but the index; from and to are both n long, the result is in from. */
static void radix_sort(uint64_t *from, uint64_t *to, unsigned n)
{
    for (unsigned shift = INDEX_BITS; shift < 64; shift += DIGIT_BITS) {
        uint32_t starts[1 << DIGIT_BITS] = {0};
        uint32_t sum = 0;
        uint64_t *swap = from;

        for (unsigned i = 0; i < n; i++)
            starts[from[i] >> shift & (ARRAY_LENGTH(starts) - 1)]++;
        for (size_t i = 0; i < ARRAY_LENGTH(starts); i++) {
            uint32_t count = starts[i];

            starts[i] = sum;
            sum += count;
        }
        for (unsigned i = 0; i < n; i++)
            to[starts[from[i] >> shift & (ARRAY_LENGTH(starts) - 1)]++] = from[i];
        from = to;
        to = swap;
    }
    _Static_assert((64 - INDEX_BITS) / DIGIT_BITS % 2 == 0, "the result is where it began");
}

static struct split_candidate candidate_of(const struct search_index *ix,
                                           const struct search_plan *p, const struct grid *grid,
                                           uint32_t slot, int axis)
{
    const struct search_row *row = &ix->rows[slot];
    struct child_fits fits = plan_children(p, row);
    int most = row_places(row, p->q->emergency);
    struct split_candidate c = {
        .slot = slot,
        .fits = (uint16_t)(((1u << p->n) - 1) & ~fits.age_refused & ~fits.sex_refused),
        .mixed = row->mixed != TRI_NO,
    };

    if (row->siblings_max != UNKNOWN && row->siblings_max < most)
        most = row->siblings_max > 1 ? row->siblings_max : 1; /* one child is no sibling set */
    c.most = (uint8_t)(most < SEARCH_CHILDREN_MAX ? most : SEARCH_CHILDREN_MAX);
    c.located = grid_vector(grid, slot, &c.at);
    c.along = c.located ? vector_along(c.at, axis) : 0;
    c.home = p->located ? grid_steps(grid, slot) : 0;
    return c;
}

static bool same_place(const struct split_candidate *a, const struct split_candidate *b)
{
    return a->located && b->located && a->at.x == b->at.x && a->at.y == b->at.y &&
           a->at.z == b->at.z;
}

/* Looks back a little; a twin that is missed costs time only. */
static uint32_t find_twin(const struct split_candidate *c, uint32_t at)
{
    for (uint32_t i = at; i > 0 && at - i < TWIN_WITHIN && same_place(&c[i - 1], &c[at]); i--)
        if (c[i - 1].fits == c[at].fits && c[i - 1].most == c[at].most &&
            c[i - 1].mixed == c[at].mixed)
            return i - 1;
    return NOBODY;
}

void split_collect(struct search_index *ix, const struct search_plan *p,
                   struct split_candidates *ret)
{
    const struct grid *grid = plan_grid(ix, p);
    uint64_t *set = index_scratch(ix, SCRATCH_ALIVE), *keys = ix->split.keys[0];
    size_t count = passing(ix, p, set);
    unsigned n;
    int axis;

    *ret =
        (struct split_candidates){.c = ix->split.candidates, .complete = count <= ix->split.room};
    thin_out(ix, p, set, count, ix->split.room);
    n = list_slots(ix, grid, set, &axis);
    for (unsigned i = 0; i < n; i++)
        keys[i] = key_of(ix, grid, i, axis);
    if (n <= SMALL)
        insertion_sort(keys, n);
    else
        radix_sort(keys, ix->split.keys[1], n);
    for (unsigned i = 0; i < n; i++) {
        uint32_t slot = ix->split.slots[keys[i] & ((1u << INDEX_BITS) - 1)];

        ix->split.candidates[i] = candidate_of(ix, p, grid, slot, axis);
        ix->split.candidates[i].twin = find_twin(ix->split.candidates, i);
        ret->n_located += ix->split.candidates[i].located;
    }
    ret->n = n;
}
