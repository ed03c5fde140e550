/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/outline.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define UNITS_PER_DEGREE 11119.5 /* of latitude: 10 m each */

static int corner_order(struct corner a, struct corner b)
{
    return a.lon != b.lon   ? (a.lon < b.lon ? -1 : 1)
           : a.lat != b.lat ? (a.lat < b.lat ? -1 : 1)
                            : 0;
}

static int by_corner(const void *a, const void *b)
{
    return corner_order(*(const struct corner *)a, *(const struct corner *)b);
}

/* Edges by their lesser corner, then their greater one, whichever way they run. */
static int by_line(const void *a, const void *b)
{
    const struct corner *e = a, *f = b;
    bool e_up = corner_order(e[0], e[1]) < 0, f_up = corner_order(f[0], f[1]) < 0;
    int order = corner_order(e[!e_up], f[!f_up]);
    return order != 0 ? order : corner_order(e[e_up], f[f_up]);
}

static int by_start(const void *a, const void *b)
{
    return corner_order(*(const struct corner *)a, *(const struct corner *)b);
}

struct plane plane_of(struct corner south_west, struct corner north_east)
{
    double middle = ((double)south_west.lat + north_east.lat) / 2 / OUTLINE_DEGREE;
    return (struct plane){
        .origin = {south_west.lon, north_east.lat},
        .x_scale = (int32_t)lround(UNITS_PER_DEGREE * cos(middle * M_PI / 180)),
        .y_scale = (int32_t)lround(UNITS_PER_DEGREE),
    };
}

void border_free(struct border *b)
{
    free(b->edges);
    *b = (struct border){0};
}

void corners_free(struct corners *c)
{
    free(c->list);
    *c = (struct corners){0};
}

/* Twice the area, positive when the ring runs counter-clockwise. */
static double ring_area(const struct corner *ring, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const struct corner *a = &ring[i], *b = &ring[(i + 1) % n];
        sum += ((double)a->lon - ring[0].lon) * ((double)b->lat - ring[0].lat) -
               ((double)b->lon - ring[0].lon) * ((double)a->lat - ring[0].lat);
    }
    return sum;
}

static int add_edge(struct border *b, struct corner from, struct corner to)
{
    if (corner_order(from, to) == 0)
        return 0;
    if (b->n == b->room) {
        size_t room = b->room ? b->room * 2 : 256;
        void *edges = realloc(b->edges, room * sizeof *b->edges);
        if (edges == NULL)
            return -ENOMEM;
        b->edges = edges;
        b->room = room;
    }
    b->edges[b->n][0] = from;
    b->edges[b->n++][1] = to;
    return 0;
}

int border_add_ring(struct border *b, const struct corner *ring, size_t n, bool hole)
{
    bool counter = ring_area(ring, n) > 0;
    for (size_t i = 0; i < n; i++) {
        struct corner here = ring[i], next = ring[(i + 1) % n];
        int r = counter != hole ? add_edge(b, here, next) : add_edge(b, next, here);
        if (r < 0)
            return r;
    }
    return 0;
}

int border_dissolve(struct border *b)
{
    size_t kept = 0;
    if (b->n > 0)
        qsort(b->edges, b->n, sizeof *b->edges, by_line);
    for (size_t i = 0, end; i < b->n; i = end) {
        int ways = 0; /* of this line: how often it runs up more than down */
        for (end = i; end < b->n && by_line(b->edges[i], b->edges[end]) == 0; end++)
            ways += corner_order(b->edges[end][0], b->edges[end][1]) < 0 ? 1 : -1;
        if (ways == 0)
            continue;
        struct corner from = b->edges[i][0], to = b->edges[i][1];
        bool up = corner_order(from, to) < 0;
        b->edges[kept][0] = up == (ways > 0) ? from : to;
        b->edges[kept++][1] = up == (ways > 0) ? to : from;
    }
    b->n = kept;
    return 0;
}

int corners_where_borders_meet(const struct border *borders, size_t n, struct corners *ret)
{
    struct border all = {0};
    struct corner *ends = NULL;
    size_t n_ends = 0, kept = 0;
    int r = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t e = 0; r == 0 && e < borders[i].n; e++)
            r = add_edge(&all, borders[i].edges[e][0], borders[i].edges[e][1]);
    if (r == 0 && all.n > 0 && (ends = calloc(all.n * 2, sizeof *ends)) == NULL)
        r = -ENOMEM;
    if (ends == NULL) {
        border_free(&all);
        *ret = (struct corners){0};
        return r;
    }
    qsort(all.edges, all.n, sizeof *all.edges, by_line);
    for (size_t i = 0; i < all.n; i++) {
        if (i > 0 && by_line(all.edges[i - 1], all.edges[i]) == 0)
            continue;
        ends[n_ends++] = all.edges[i][0];
        ends[n_ends++] = all.edges[i][1];
    }
    border_free(&all);
    qsort(ends, n_ends, sizeof *ends, by_corner);
    for (size_t i = 0, end; i < n_ends; i = end) {
        for (end = i; end < n_ends && corner_order(ends[i], ends[end]) == 0; end++)
            ;
        if (end - i != 2)
            ends[kept++] = ends[i];
    }
    *ret = (struct corners){ends, kept};
    return 0;
}

/* A line in the plane, and which of its points stay. */
struct line {
    const struct corner *corner;
    bool *stays;
    const struct plane *plane;
    double tolerance;
};

static double across(const struct plane *p, struct corner a, struct corner b)
{
    return ((double)b.lon - a.lon) * p->x_scale / OUTLINE_DEGREE;
}

static double down(const struct plane *p, struct corner a, struct corner b)
{
    return ((double)a.lat - b.lat) * p->y_scale / OUTLINE_DEGREE;
}

/* How far corner `at` is from the line between two others. */
static double distance(const struct line *l, struct corner at, struct corner a, struct corner b)
{
    double x = across(l->plane, a, b), y = down(l->plane, a, b);
    double u = across(l->plane, a, at), v = down(l->plane, a, at);
    double length = x * x + y * y;
    double t = length > 0 ? (u * x + v * y) / length : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypot(u - t * x, v - t * y);
}

/* Douglas and Peucker: of what is between two points that stay, the farthest stays when it is
 * farther than the tolerance, and so on on both its sides. */
static void thin(const struct line *l, size_t first, size_t last)
{
    while (last > first + 1) {
        size_t farthest = first;
        double most = l->tolerance;
        for (size_t i = first + 1; i < last; i++) {
            double far = distance(l, l->corner[i], l->corner[first], l->corner[last]);
            if (far > most) {
                most = far;
                farthest = i;
            }
        }
        if (farthest == first)
            return;
        l->stays[farthest] = true;
        /* The shorter side by recursion: its depth is bounded by the logarithm. */
        if (farthest - first < last - farthest) {
            thin(l, first, farthest);
            first = farthest;
        } else {
            thin(l, farthest, last);
            last = farthest;
        }
    }
}

static void turn_round(struct corner *corner, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct corner c = corner[i];
        corner[i] = corner[n - 1 - i];
        corner[n - 1 - i] = c;
    }
}

/* Thins the piece of n corners, both ends staying: always from its lesser end, whoever asks, so
 * that equal distances are decided alike. A piece that ends where it began is cut at its farthest
 * corner first. Gives how many stay, at the beginning of the piece. */
static size_t thin_piece(struct corner *corner, bool *stays, size_t n, const struct plane *plane,
                         double tolerance)
{
    int order = corner_order(corner[0], corner[n - 1]);
    bool turned = order > 0 || (order == 0 && corner_order(corner[1], corner[n - 2]) > 0);
    if (turned)
        turn_round(corner, n);
    struct line l = {corner, stays, plane, tolerance};
    size_t middle = 0, kept = 0;
    memset(stays, 0, n * sizeof *stays);
    stays[0] = stays[n - 1] = true;
    if (order == 0) {
        double most = -1;
        for (size_t i = 1; i + 1 < n; i++) {
            double far =
                hypot(across(plane, corner[0], corner[i]), down(plane, corner[0], corner[i]));
            if (far > most) {
                most = far;
                middle = i;
            }
        }
        stays[middle] = true;
        thin(&l, 0, middle);
    }
    thin(&l, middle, n - 1);
    for (size_t i = 0; i < n; i++)
        if (stays[i])
            corner[kept++] = corner[i];
    if (turned)
        turn_round(corner, kept);
    return kept;
}

static bool is_meeting(const struct corners *meetings, struct corner c)
{
    return meetings->n > 0 && bsearch(&c, meetings->list, meetings->n, sizeof c, by_corner) != NULL;
}

/* Turns the ring so that it begins at a meeting, or, having none, at its least corner. */
static void begin_ring(struct corner *ring, size_t n, const struct corners *meetings,
                       struct corner *room)
{
    size_t begin = 0;
    bool met = is_meeting(meetings, ring[0]);
    for (size_t i = 1; i < n && !met; i++) {
        met = is_meeting(meetings, ring[i]);
        if (met || corner_order(ring[i], ring[begin]) < 0)
            begin = i;
    }
    memcpy(room, ring, n * sizeof *ring);
    for (size_t i = 0; i < n; i++)
        ring[i] = room[(begin + i) % n];
}

/* Thins a ring of n corners (there is room for one more), piece by piece. Gives how many stay. */
static size_t thin_ring(struct corner *ring, size_t n, const struct corners *meetings,
                        struct corner *room, bool *stays, const struct plane *plane,
                        double tolerance)
{
    size_t kept = 0;
    begin_ring(ring, n, meetings, room);
    memcpy(room, ring, n * sizeof *ring);
    room[n] = ring[0];
    for (size_t first = 0, last; first < n; first = last) {
        for (last = first + 1; last < n && !is_meeting(meetings, room[last]); last++)
            ;
        /* The next piece begins where this one ends: that corner must stay as it is. */
        struct corner end = room[last];
        size_t n_piece = thin_piece(room + first, stays, last - first + 1, plane, tolerance);
        memcpy(ring + kept, room + first, (n_piece - 1) * sizeof *ring);
        kept += n_piece - 1;
        room[last] = end;
    }
    return kept;
}

struct point {
    int32_t x, y;
};

static struct point point_of(const struct plane *p, struct corner c)
{
    return (struct point){(int32_t)lround(across(p, p->origin, c)),
                          (int32_t)lround(down(p, p->origin, c))};
}

static void write_ring(const struct corner *ring, size_t n, const struct plane *plane,
                       struct buf *out, int32_t *box)
{
    struct point before = {0, 0};
    for (size_t i = 0; i < n; i++) {
        struct point p = point_of(plane, ring[i]);
        int32_t x = p.x - before.x, y = p.y - before.y;
        if (i > 0 && x == 0 && y == 0)
            continue;
        /* A minus sign separates, too. */
        buf_printf(out, "%s%d%s%d",
                   i == 0   ? "M"
                   : i == 1 ? "l"
                   : x < 0  ? ""
                            : " ",
                   x, y < 0 ? "" : " ", y);
        before = p;
        box[0] = p.x < box[0] ? p.x : box[0];
        box[1] = p.y < box[1] ? p.y : box[1];
        box[2] = p.x > box[2] ? p.x : box[2];
        box[3] = p.y > box[3] ? p.y : box[3];
    }
    buf_char(out, 'z');
}

/* The edge that begins at a corner and is not used yet; n: none. */
static size_t edge_from(const struct border *b, const bool *used, struct corner c)
{
    size_t low = 0, high = b->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (corner_order(b->edges[middle][0], c) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (low < b->n && corner_order(b->edges[low][0], c) == 0 && used[low])
        low++;
    return low < b->n && corner_order(b->edges[low][0], c) == 0 ? low : b->n;
}

/* The ring of edges that begins with one. Gives how many corners. */
static size_t trace(const struct border *b, bool *used, size_t edge, struct corner *ret)
{
    size_t n = 0;
    for (; edge < b->n; edge = edge_from(b, used, b->edges[edge][1])) {
        used[edge] = true;
        ret[n++] = b->edges[edge][0];
    }
    return n;
}

int border_path(struct border *b, const struct corners *meetings, const struct plane *plane,
                double tolerance, struct buf *out, int32_t ret_box[static 4])
{
    struct corner *ring = calloc(b->n + 1, sizeof *ring), *room = calloc(b->n + 1, sizeof *room);
    struct corner *longest = calloc(b->n + 1, sizeof *longest);
    bool *used = calloc(b->n + 1, sizeof *used), *stays = calloc(b->n + 1, sizeof *stays);
    bool written = false;
    size_t n_longest = 0;
    int32_t box[4] = {INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN};
    int r = ring && room && longest && used && stays ? 0 : -ENOMEM;
    if (r == 0 && b->n > 0)
        qsort(b->edges, b->n, sizeof *b->edges, by_start);
    for (size_t edge = 0; r == 0 && edge < b->n; edge++) {
        if (used[edge])
            continue;
        size_t n = trace(b, used, edge, ring);
        if (n > n_longest && !written) {
            memcpy(longest, ring, n * sizeof *ring);
            n_longest = n;
        }
        n = n < 3 ? 0 : thin_ring(ring, n, meetings, room, stays, plane, tolerance);
        if (n < 3)
            continue;
        write_ring(ring, n, plane, out, box);
        written = true;
    }
    if (r == 0 && !written && n_longest > 0)
        write_ring(longest, n_longest, plane, out, box);
    memcpy(ret_box, box, sizeof box);
    free(ring);
    free(room);
    free(longest);
    free(used);
    free(stays);
    return r < 0 || out->failed ? -ENOMEM : 0;
}
