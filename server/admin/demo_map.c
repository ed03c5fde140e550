/* SPDX-License-Identifier: EUPL-1.2 */
/* What the demonstration's territories look like and who lives there. Nothing is copied from a map:
 * within a rough border, each square of a grid belongs to whoever has the nearest centre; import's
 * own planning then makes outlines of them, as it would of communes. */
#include <math.h>

#include "admin/demo.h"
#include "admin/demo_tables.h"
#include "admin/import_outlines.h"
#include "admin/outline.h"

/* The grid, in degrees times a million: squares of some 560 m. */
#define WEST 430000
#define NORTH 43930000
#define WIDE 7000
#define HIGH 5040
#define COLUMNS 234
#define ROWS 252
#define SMOOTH_M 700 /* the stairs of the squares become lines */

#define TOULOUSE_RADIUS 0.03 /* degrees of latitude: how far its MDS are from its centre */
#define LON_OF_LAT 1.38      /* degrees of longitude as long as one of latitude, here */
#define INHABITANTS 1400     /* aged 0 to 20, for each unit of weight */

static const struct {
    double lon, lat;
} rough_border[] = {
    {1.02, 43.80}, {1.25, 43.85}, {1.36, 43.91}, {1.56, 43.90}, {1.62, 43.80}, {1.77, 43.70},
    {1.80, 43.60}, {2.04, 43.50}, {2.02, 43.42}, {1.80, 43.34}, {1.60, 43.26}, {1.40, 43.26},
    {1.30, 43.14}, {1.05, 43.06}, {0.98, 42.96}, {0.86, 42.82}, {0.66, 42.69}, {0.48, 42.70},
    {0.52, 42.90}, {0.44, 43.08}, {0.52, 43.28}, {0.78, 43.42}, {1.00, 43.44}, {1.06, 43.58},
};

struct centre {
    double lat, lon;
    const char *territory;
    int weight;
};

#define CENTRES 96

static bool within_border(double lat, double lon)
{
    bool in = false;
    size_t n = ARRAY_LENGTH(rough_border);
    for (size_t i = 0, j = n - 1; i < n; j = i++) {
        double a = rough_border[i].lat, b = rough_border[j].lat;
        if ((a > lat) != (b > lat) &&
            lon < rough_border[i].lon +
                      (rough_border[j].lon - rough_border[i].lon) * (lat - a) / (b - a))
            in = !in;
    }
    return in;
}

/* Communes; of the one that has several MDS, these in a ring around it. */
static int find_centres(struct centre ret[static CENTRES])
{
    int n = 0, ring = 0;
    for (int i = 0; i < demo_communes_n; i++) {
        const struct demo_commune *c = &demo_communes[i];
        int parts = 0;
        for (int t = 0; t < demo_territories_n; t++)
            parts += demo_territories[t].parent != NULL &&
                     strcmp(demo_territories[t].parent, c->territory) == 0;
        if (parts == 0)
            ret[n++] = (struct centre){c->lat, c->lon, c->territory, c->weight};
        for (int t = 0; parts > 0 && t < demo_territories_n; t++) {
            const struct demo_territory *part = &demo_territories[t];
            if (part->parent == NULL || strcmp(part->parent, c->territory) != 0)
                continue;
            double angle = 2 * M_PI * ring++ / parts;
            ret[n++] = (struct centre){c->lat + TOULOUSE_RADIUS * sin(angle),
                                       c->lon + TOULOUSE_RADIUS * LON_OF_LAT * cos(angle),
                                       part->code, c->weight / parts};
        }
    }
    return n;
}

static const char *nearest(const struct centre *centres, int n, double lat, double lon)
{
    const char *found = NULL;
    double least = INFINITY;
    for (int i = 0; i < n; i++) {
        double d = hypot(centres[i].lat - lat, (centres[i].lon - lon) / LON_OF_LAT);
        if (d < least) {
            least = d;
            found = centres[i].territory;
        }
    }
    return found;
}

/* A square, as import_outlines would have read a commune of that name. */
static void add_square(struct import *im, const char *territory, int column, int row)
{
    int west = WEST + column * WIDE, east = west + WIDE;
    int north = NORTH - row * HIGH, south = north - HIGH;
    json_t *params = import_command(im, "outline.read", 0);
    import_text(im, params, "code", span_of(territory));
    import_set(im, params, "rings",
               json_pack("[{s:b, s:[i,i,i,i,i,i,i,i,i,i]}]", "hole", 0, "corners", west, south,
                         east, south, east, north, west, north, west, south));
}

static void add_squares(struct import *im, const struct centre *centres, int n)
{
    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < COLUMNS; column++) {
            double lat = (NORTH - (row + 0.5) * HIGH) / OUTLINE_DEGREE;
            double lon = (WEST + (column + 0.5) * WIDE) / OUTLINE_DEGREE;
            if (within_border(lat, lon))
                add_square(im, nearest(centres, n, lat, lon), column, row);
        }
}

/* What the planning must know: who is in whom; and a commune of each one's own name in it, so that
 * its squares are also those of the territories above. */
static json_t *known_of(void)
{
    json_t *territories = json_object(), *communes = json_object();
    for (int i = 0; i < demo_territories_n; i++) {
        const struct demo_territory *t = &demo_territories[i];
        json_object_set_new(territories, t->code, json_pack("{s:s*}", "parent", t->parent));
        json_object_set_new(communes, t->code, json_pack("{s:s}", "territory", t->code));
    }
    return json_pack("{s:o, s:o}", "territory", territories, "commune", communes);
}

/* Who lives around a centre, bracket by bracket; import's planning adds up. */
static void add_people(struct import *im, const struct centre *c)
{
    static const int from[] = {0, 3, 6, 11, 15, 18, 21};
    for (size_t i = 0; i + 1 < ARRAY_LENGTH(from); i++) {
        json_t *params = import_command(im, "population.read", 0);
        int years = from[i + 1] - from[i];
        import_text(im, params, "code", span_of(c->territory));
        import_set(im, params, "from", json_integer(from[i]));
        import_set(im, params, "to", json_integer(from[i + 1] - 1));
        import_set(im, params, "number", json_real(c->weight * INHABITANTS * years / 21.0));
    }
}

int demo_make_map(json_t **ret_commands)
{
    struct centre centres[CENTRES];
    struct import outlines, people;
    int n = find_centres(centres);
    json_t *known = known_of();

    import_init(&outlines);
    import_init(&people);
    add_squares(&outlines, centres, n);
    for (int i = 0; i < n; i++)
        add_people(&people, &centres[i]);
    int r = import_outlines_plan(&outlines, known, SMOOTH_M);
    if (r == 0)
        r = import_population_plan(&people, known);
    if (r == 0 && json_array_extend(outlines.commands, people.commands) == 0)
        *ret_commands = json_incref(outlines.commands);
    else
        r = -ENOMEM;
    import_free(&outlines);
    import_free(&people);
    json_decref(known);
    return r;
}
