/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/split_near.h"

#include <string.h>

#define LANES 8
typedef float lanes __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
#define LOAD(p, i) (*(const lanes *)((p) + (i)))

#define FAR_AWAY 1e3f      /* a coordinate: of what pads the arrays */
#define WHOLE_EARTH 4.001f /* more than the square of any chord */

_Static_assert(SPLIT_PADDING >= LANES, "whole vectors can be read");

/* The first element that is at least x. */
static uint32_t first_along(const float *line, uint32_t n, float x)
{
    uint32_t low = 0, high = n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (line[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Squares of chords that are surely within the limit, and those that may be. */
struct squares {
    float surely, maybe;
    float along; /* as far as one coordinate may differ */
};

static struct squares squares_of(uint32_t limit)
{
    float chord = ((float)limit + 0.5f) / STEPS_PER_RADIUS;
    float square = chord * chord;

    return (struct squares){square * 0.9999f, square * 1.0001f,
                            chord * 1.0001f + 1e-7f /* of the subtraction */};
}

static inline struct vector place_at(const struct split_room *room, uint32_t place)
{
    return (struct vector){room->x[place], room->y[place], room->z[place]};
}

MULTIVERSION uint32_t near_within(const struct split_search *s, struct vector from, uint32_t limit,
                                  uint32_t *hits)
{
    const struct split_room *room = &s->ix->split;
    struct squares reach = squares_of(limit);
    float at = vector_along(from, s->all->axis);
    uint32_t n = 0, end = s->n_located;

    for (uint32_t place = first_along(room->line, end, at - reach.along);
         place < end && room->line[place] <= at + reach.along; place += LANES) {
        lanes x = LOAD(room->x, place) - from.x, y = LOAD(room->y, place) - from.y;
        lanes z = LOAD(room->z, place) - from.z, squares = x * x + y * y + z * z;
        uint32_t some = end - place < LANES ? end - place : LANES;

        for (uint32_t i = 0; i < some; i++) {
            if (squares[i] > reach.maybe)
                continue;
            if (squares[i] > reach.surely && vector_steps(from, place_at(room, place + i)) > limit)
                continue;
            hits[n++] = room->bits[place + i];
        }
    }
    return n;
}

/* Needs */

/* Gathers the places of those that take the child; how many. */
static uint32_t gather_takers(const struct split_search *s, unsigned child)
{
    struct split_room *room = &s->ix->split;
    uint32_t n = 0;

    for (uint32_t place = 0; place < s->n_located; place++) {
        if (!(s->all->c[room->units[room->bits[place]]].fits >> child & 1))
            continue;
        room->taker_x[n] = room->x[place];
        room->taker_y[n] = room->y[place];
        room->taker_z[n] = room->z[place];
        room->taker_line[n++] = room->line[place];
    }
    for (uint32_t i = n; i < n + LANES; i++)
        room->taker_x[i] = room->taker_y[i] = room->taker_z[i] = FAR_AWAY;
    return n;
}

/* The least of squares of chords from `from` to LANES takers, or `least`. */
#define LOWER_BY(i)                                                                                \
    do {                                                                                           \
        lanes x = LOAD(room->taker_x, i) - from.x, y = LOAD(room->taker_y, i) - from.y;            \
        lanes z = LOAD(room->taker_z, i) - from.z, squares = x * x + y * y + z * z;                \
                                                                                                   \
        for (int lane = 0; lane < LANES; lane++)                                                   \
            least = squares[lane] < least ? squares[lane] : least;                                 \
    } while (0)

/* The square of the chord to the nearest of the n takers; no more than WHOLE_EARTH. */
MULTIVERSION static float nearest_taker(const struct split_room *room, uint32_t n,
                                        struct vector from, float at)
{
    uint32_t start = first_along(room->taker_line, n, at);
    float least = WHOLE_EARTH;

    for (uint32_t i = start; i < n; i += LANES) {
        float along = room->taker_line[i] - at;

        if (along * along > least)
            break;
        LOWER_BY(i);
    }
    for (uint32_t i = start; i > 0; i -= i < LANES ? i : LANES) {
        float along = at - room->taker_line[i - 1];

        if (along * along > least)
            break;
        LOWER_BY(i < LANES ? 0 : i - LANES);
    }
    return least;
}

static inline unsigned fits_at(const struct split_search *s, uint32_t place)
{
    return s->all->c[s->ix->split.units[s->ix->split.bits[place]]].fits;
}

/* Whether the same units take both. */
static bool same_takers(const struct split_search *s, unsigned a, unsigned b)
{
    for (uint32_t place = 0; place < s->n_located; place++)
        if ((fits_at(s, place) >> a & 1) != (fits_at(s, place) >> b & 1))
            return false;
    return true;
}

static bool measured_before(const struct split_search *s, unsigned child)
{
    for (unsigned i = 0; i < child; i++)
        if (same_takers(s, i, child))
            return true;
    return false;
}

void near_measure(struct split_search *s)
{
    struct split_room *room = &s->ix->split;

    memset(room->needs, 0, s->n_located * sizeof *room->needs);
    for (unsigned child = 0; child < s->children.n; child++) {
        uint32_t n;

        if (measured_before(s, child))
            continue;
        n = gather_takers(s, child);
        for (uint32_t place = 0; place < s->n_located; place++) {
            float square;
            uint32_t steps;

            if (fits_at(s, place) >> child & 1)
                continue;
            square = nearest_taker(room, n, place_at(room, place), room->line[place]);
            steps = (uint32_t)(__builtin_sqrtf(square) * STEPS_PER_RADIUS + 0.5f);
            steps = steps > 0 ? steps - 1 : 0; /* however this compiler rounds */
            room->needs[place] = steps > room->needs[place] ? steps : room->needs[place];
        }
    }
}

uint32_t near_bound(const struct split_search *s)
{
    uint32_t bound = 0;

    for (unsigned child = 0; child < s->children.n; child++) {
        uint32_t least = STEPS_UNKNOWN;

        for (uint32_t place = 0; place < s->n_located; place++)
            if (fits_at(s, place) >> child & 1 && s->ix->split.needs[place] < least)
                least = s->ix->split.needs[place];
        bound = least > bound ? least : bound;
    }
    return bound;
}

/* Whether there are as many units as groups within the limit of the place, itself included. */
static bool has_company(const struct split_search *s, uint32_t place, struct squares reach)
{
    const struct split_room *room = &s->ix->split;
    struct vector from = place_at(room, place);
    uint32_t n = 1;

    for (uint32_t i = place + 1;
         i < s->n_located && n < s->n_groups && room->line[i] - room->line[place] <= reach.along;
         i++)
        n += chord_squared(from, place_at(room, i)) <= reach.maybe;
    for (uint32_t i = place;
         i > 0 && n < s->n_groups && room->line[place] - room->line[i - 1] <= reach.along; i--)
        n += chord_squared(from, place_at(room, i - 1)) <= reach.maybe;
    return n >= s->n_groups;
}

void near_thin_out(struct split_search *s, uint64_t *thinned)
{
    const struct split_room *room = &s->ix->split;
    struct squares reach = squares_of(s->limit);

    memset(thinned, 0, s->words * sizeof *thinned);
    for (uint32_t place = 0; place < s->n_located; place++)
        if (room->needs[place] <= s->limit && has_company(s, place, reach))
            bits_put(thinned, room->bits[place], true);
    s->work -= s->n_located;
}
