/* SPDX-License-Identifier: EUPL-1.2 */
/* Cells are a quarter of a degree on each side (28 km by 20 in France). Each is bounded by a ball
 * around its centre, and only the balls are reasoned about: that needs no special case anywhere on
 * Earth. The cells of a whole country are about a thousand, so looking at all balls is cheap. */
#include "core/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/bitmap.h"

#define CELLS_PER_DEGREE 4
#define CELLS_AROUND (360 * CELLS_PER_DEGREE)
#define FIRST_RING 0.004f  /* of the Earth's radius: 25 km; each ring doubles it */
#define ROUNDING 1e-6f     /* more than what float arithmetic may lose: 6 m */
#define WHOLE_EARTH 2.001f /* longer than any chord */

#define LANES 8
typedef float lanes __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t lane_masks __attribute__((vector_size(LANES * 4)));
#define LOAD(p, i) (*(const lanes *)((p) + (i)))
#define STORE(p, i) (*(lanes *)((p) + (i)))

bool vector_of(struct point p, struct vector *ret)
{
    double lat = p.lat * M_PI / 180, lon = p.lon * M_PI / 180;

    if (!p.known || !(fabs(p.lat) <= 90) || !(fabs(p.lon) <= 180))
        return false;
    *ret = (struct vector){(float)(cos(lat) * cos(lon)), (float)(cos(lat) * sin(lon)),
                           (float)sin(lat)};
    return true;
}

double steps_km(uint32_t steps)
{
    double half = steps / (2.0 * (double)STEPS_PER_RADIUS);
    double angle = 2 * asin(half < 1 ? half : 1);

    return round(angle * (double)STEPS_PER_RADIUS) / 100;
}

uint32_t steps_of_km(double km)
{
    double angle = km * 100 / (double)STEPS_PER_RADIUS;

    return (uint32_t)(2 * sin((angle < M_PI ? angle : M_PI) / 2) * (double)STEPS_PER_RADIUS + 0.5);
}

void grid_init(struct grid *g, resize_fn resize)
{
    *g = (struct grid){.resize = resize};
}

void grid_free(struct grid *g)
{
    for (uint32_t i = 0; i < g->n_cells; i++)
        free(g->cells[i].entries);
    free(g->cells);
    free(g->ball.x);
    free(g->ball.y);
    free(g->ball.z);
    free(g->ball.reach);
    free(g->ball.away);
    free(g->table);
    free(g->places);
    free(g->known);
    *g = (struct grid){0};
}

/* Replaces *array by one of `to` elements, those from `from` on zero. */
static int grow(resize_fn resize, void *array, size_t from, size_t to, size_t size)
{
    void **p = array;
    char *grown = resize(*p, to * size);

    if (grown == NULL)
        return -ENOMEM;
    memset(grown + from * size, 0, (to - from) * size);
    *p = grown;
    return 0;
}

int grid_room(struct grid *g, size_t room)
{
    if (room <= g->room)
        return 0;
    if (grow(g->resize, &g->places, g->room, room, sizeof *g->places) < 0 ||
        grow(g->resize, &g->known, (g->room + 63) / 64, (room + 63) / 64, sizeof *g->known) < 0)
        return -ENOMEM;
    g->room = room;
    return 0;
}

/* Cells */

static uint32_t key_of(struct point p)
{
    uint32_t lat = (uint32_t)((p.lat + 90) * CELLS_PER_DEGREE);
    uint32_t lon = (uint32_t)((p.lon + 180) * CELLS_PER_DEGREE) % CELLS_AROUND;

    return lat * CELLS_AROUND + lon;
}

static struct vector corner(uint32_t key, double up, double right)
{
    uint32_t row = key / CELLS_AROUND, column = key % CELLS_AROUND;
    double lat = (row + up) / CELLS_PER_DEGREE - 90;
    double lon = (column + right) / CELLS_PER_DEGREE - 180;
    struct vector v = {0};

    vector_of((struct point){fmin(lat, 90), fmin(lon, 180), true}, &v);
    return v;
}

static void ball_around(struct grid *g, uint32_t cell, uint32_t key)
{
    struct vector centre = corner(key, 0.5, 0.5);
    float reach = 0;

    for (int i = 0; i < 4; i++)
        reach = fmaxf(reach, sqrtf(chord_squared(centre, corner(key, i & 1, i >> 1))));
    g->ball.x[cell] = centre.x;
    g->ball.y[cell] = centre.y;
    g->ball.z[cell] = centre.z;
    g->ball.reach[cell] = reach * 1.01f + ROUNDING;
}

/* Where the key is in the table, or the empty place where it belongs. */
static uint32_t table_find(const struct grid *g, uint32_t key)
{
    uint32_t i = key * 2654435769u;

    for (i ^= i >> 15;; i++) {
        uint32_t cell = g->table[i & (g->room_table - 1)];

        if (cell == 0 || g->cells[cell - 1].key == key)
            return i & (g->room_table - 1);
    }
}

static int table_grow(struct grid *g)
{
    uint32_t room = g->room_table ? g->room_table * 2 : 64;
    uint32_t *table = g->resize(NULL, room * sizeof *table);

    if (table == NULL)
        return -ENOMEM;
    memset(table, 0, room * sizeof *table);
    free(g->table);
    g->table = table;
    g->room_table = room;
    for (uint32_t i = 0; i < g->n_cells; i++)
        table[table_find(g, g->cells[i].key)] = i + 1;
    return 0;
}

static int cells_grow(struct grid *g)
{
    uint32_t room = g->room_cells ? g->room_cells * 2 : 32;

    float **floats[] = {&g->ball.x, &g->ball.y, &g->ball.z, &g->ball.reach, &g->ball.away};

    if (grow(g->resize, &g->cells, g->room_cells, room, sizeof *g->cells) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < ARRAY_LENGTH(floats); i++)
        if (grow(g->resize, floats[i], g->room_cells, room, sizeof(float)) < 0)
            return -ENOMEM;
    g->room_cells = room;
    return 0;
}

/* The cell of the key, made when it is not there yet. */
static int cell_of(struct grid *g, uint32_t key, struct grid_cell **ret)
{
    uint32_t at;

    if ((g->n_cells == g->room_cells && cells_grow(g) < 0) ||
        (g->n_cells * 2 >= g->room_table && table_grow(g) < 0))
        return -ENOMEM;
    at = table_find(g, key);
    if (g->table[at] == 0) {
        g->cells[g->n_cells].key = key;
        ball_around(g, g->n_cells, key);
        g->table[at] = ++g->n_cells;
    }
    *ret = &g->cells[g->table[at] - 1];
    return 0;
}

int grid_prepare(struct grid *g, struct point p)
{
    struct grid_cell *cell;
    struct vector v;
    uint32_t room;

    if (!vector_of(p, &v))
        return 0;
    if (cell_of(g, key_of(p), &cell) < 0)
        return -ENOMEM;
    if (cell->n < cell->room)
        return 0;
    room = cell->room ? cell->room * 2 : 4;
    if (grow(g->resize, &cell->entries, cell->room, room, sizeof *cell->entries) < 0)
        return -ENOMEM;
    cell->room = room;
    return 0;
}

static void take_out(struct grid *g, size_t slot)
{
    struct grid_place place = g->places[slot];
    struct grid_cell *cell;

    if (place.cell == 0)
        return;
    cell = &g->cells[place.cell - 1];
    cell->entries[place.index] = cell->entries[--cell->n];
    g->places[cell->entries[place.index].slot].index = place.index;
    g->places[slot] = (struct grid_place){0};
    bits_put(g->known, slot, false);
}

void grid_put(struct grid *g, size_t slot, struct point p)
{
    struct grid_cell *cell;
    struct vector v;
    uint32_t number;

    take_out(g, slot);
    if (!vector_of(p, &v))
        return;
    number = g->table[table_find(g, key_of(p))];
    cell = &g->cells[number - 1];
    g->places[slot] = (struct grid_place){number, cell->n};
    cell->entries[cell->n++] = (struct grid_entry){v, (uint32_t)slot};
    bits_put(g->known, slot, true);
}

/* Questions */

MULTIVERSION void grid_look(struct grid *g, struct vector from)
{
    const struct grid_ball *b = &g->ball;

    g->from = from;
    for (uint32_t i = 0; i < g->n_cells; i += LANES) {
        lanes dx = LOAD(b->x, i) - from.x;
        lanes dy = LOAD(b->y, i) - from.y;
        lanes dz = LOAD(b->z, i) - from.z;

        STORE(b->away, i) = dx * dx + dy * dy + dz * dz;
    }
}

/* Whether all of the cell, or some of it at all, may be within a chord of `most`. */
static inline bool cell_within(const struct grid *g, uint32_t cell, float most)
{
    float room = most - g->ball.reach[cell];

    return room > 0 && g->ball.away[cell] < room * room;
}

static inline bool cell_meets(const struct grid *g, uint32_t cell, float most)
{
    float room = most + g->ball.reach[cell];

    return g->ball.away[cell] < room * room;
}

static void put_all(const struct grid_cell *cell, bool on, uint64_t *far)
{
    for (uint32_t i = 0; i < cell->n; i++)
        bits_put(far, cell->entries[i].slot, on);
}

static void put_each(const struct grid_cell *cell, struct vector from, uint32_t most, uint64_t *far)
{
    for (uint32_t i = 0; i < cell->n; i++)
        bits_put(far, cell->entries[i].slot, vector_steps(cell->entries[i].at, from) > most);
}

void grid_far(const struct grid *g, uint32_t most, uint64_t *far, size_t n)
{
    float near = (float)most / STEPS_PER_RADIUS, limit = ((float)most + 1) / STEPS_PER_RADIUS;
    size_t inside = 0, outside = 0;
    bool start;

    for (uint32_t i = 0; i < g->n_cells; i++) {
        inside += cell_within(g, i, near) ? g->cells[i].n : 0;
        outside += cell_meets(g, i, limit) ? 0 : g->cells[i].n;
    }
    start = outside > inside; /* touch the fewer */
    if (start)
        memcpy(far, g->known, n * sizeof *far);
    else
        memset(far, 0, n * sizeof *far);
    for (uint32_t i = 0; i < g->n_cells; i++) {
        bool within = cell_within(g, i, near);

        if (!within && cell_meets(g, i, limit))
            put_each(&g->cells[i], g->from, most, far);
        else if (within == start)
            put_all(&g->cells[i], !within, far);
    }
}

static void look_into(const struct grid *g, const struct grid_cell *cell,
                      const uint64_t *candidates, const int64_t *ties, struct top *top)
{
    for (uint32_t i = 0; i < cell->n; i++) {
        const struct grid_entry *e = &cell->entries[i];
        uint32_t steps;

        if (!bits_test(candidates, e->slot))
            continue;
        steps = vector_steps(e->at, g->from);
        if (top_admits(top, steps))
            top_add(top, (struct top_item){steps, e->slot, ties[e->slot]});
    }
}

/* How far a candidate may be to be worth a look. */
static float worth(const struct top *top, float ring)
{
    float limit;

    if (!top_full(top))
        return ring;
    limit = ((float)top->items[top->n - 1].steps + 1) / STEPS_PER_RADIUS;
    return limit < ring ? limit : ring;
}

typedef int64_t halves __attribute__((vector_size(LANES * 4)));

/* Whether any of the LANES cells from `first` on lies in the ring, as far as balls can tell. */
static inline bool any_in_ring(const struct grid *g, uint32_t first, float from, float to)
{
    lanes away = LOAD(g->ball.away, first), reach = LOAD(g->ball.reach, first);
    lanes outer = reach + to, inner = reach + from;
    lane_masks found = away < outer * outer;
    halves h;

    if (from > 0)
        found &= away >= inner * inner;
    h = (halves)found;
    return (h[0] | h[1] | h[2] | h[3]) != 0;
}

/* Looks into the cells of one ring; returns how many entries it looked at. */
MULTIVERSION static size_t look_at_ring(const struct grid *g, float from, float to,
                                        const uint64_t *candidates, const int64_t *ties,
                                        struct top *top)
{
    size_t looked = 0;

    for (uint32_t i = 0; i < g->n_cells; i++) {
        if (i % LANES == 0 && !any_in_ring(g, i, from, worth(top, to))) {
            i += LANES - 1;
            continue;
        }
        if (!cell_meets(g, i, worth(top, to)) || (from > 0 && cell_meets(g, i, from)))
            continue;
        look_into(g, &g->cells[i], candidates, ties, top);
        looked += g->cells[i].n;
    }
    return looked;
}

bool grid_nearest(const struct grid *g, const uint64_t *candidates, const int64_t *ties,
                  size_t patience, struct top *top)
{
    float from = 0, to = FIRST_RING;
    size_t looked = 0;

    /* Before each ring, whoever was not looked at is further than `from`. */
    while (from < WHOLE_EARTH && worth(top, to) > from) {
        looked += look_at_ring(g, from, to, candidates, ties, top);
        if (looked > patience)
            return false;
        from = to;
        to *= 2;
    }
    return true;
}
