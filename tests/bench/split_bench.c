/* SPDX-License-Identifier: EUPL-1.2 */
/* How long it takes to place six children apart, provably best, over registries made to be hard.
 *
 * split_bench [UNITS]   default 6000, all of them with free places, and NAME… of cases
 *
 * Prints for each case the slowest and the median of a few requests from different places (with
 * and without a place), in ms of processor time, and what was found. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/search_sample.h"
#include "core/split.h"

#define CHILDREN 6
#define REQUESTS 12
#define ROUNDS 3
#define HOME_LAT 43.6
#define HOME_LON 1.44

/* Writes what the case wants of unit i of n. */
typedef void (*make_fn)(struct dice *d, struct unit *u, unsigned i, unsigned n);

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void places(struct unit *u, int free_places)
{
    u->open = free_places;
    u->occupied = 0;
}

/* Uniformly in a square of the given half side, in degrees of latitude. */
static void spread(struct dice *d, struct unit *u, double lat, double lon, double half)
{
    u->point = (struct point){lat + half * (dice_below(d, 200001) / 1e5 - 1),
                              lon + half * 1.4 * (dice_below(d, 200001) / 1e5 - 1), true};
    u->public_point = u->point;
}

/* Takes child `band` only (see children_of), or those from one band to another. */
static void bands(struct unit *u, int from, int to)
{
    u->min_months = (int16_t)(from * 24);
    u->max_months = (int16_t)((to + 1) * 24);
}

static void make_uniform(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    (void)i;
    (void)n;
    spread(d, u, HOME_LAT, HOME_LON, 0.7);
    places(u, 1);
}

static void make_country(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    (void)i;
    (void)n;
    spread(d, u, 46.5, 2.5, 4);
    places(u, 1);
}

static void make_pairs(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    make_uniform(d, u, i, n);
    places(u, 2);
}

static void make_five(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    make_uniform(d, u, i, n);
    places(u, 5);
}

static void make_bands(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    make_uniform(d, u, i, n);
    bands(u, (int)(i % CHILDREN), (int)(i % CHILDREN));
}

/* Girls in the north, boys in the south. */
static void make_sexes(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    make_uniform(d, u, i, n);
    u->sex = i % 2 ? UNIT_SEX_GIRLS : UNIT_SEX_BOYS;
    u->point.lat += i % 2 ? 1 : -1;
    u->public_point = u->point;
}

/* One child has three units, far from all others. */
static void make_rare(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    make_bands(d, u, i, n);
    if (i % CHILDREN == 0)
        bands(u, 1, 1);
    if (i < 3) {
        bands(u, 0, 0);
        u->point.lat = u->public_point.lat = 45.6 + i * 0.2;
    }
}

/* Around a circle: each child has its own quarter of the country. */
static void ring(struct dice *d, struct unit *u, unsigned i, unsigned corners, double radius)
{
    double angle = 2 * M_PI * (i % corners) / corners;

    spread(d, u, HOME_LAT + radius * sin(angle), HOME_LON + 1.4 * radius * cos(angle), 0.02);
}

static void make_triangle(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    (void)n;
    ring(d, u, i, 3, 0.6);
    places(u, 2);
    bands(u, (int)(i % 3) * 2, (int)(i % 3) * 2 + 1);
}

static void make_triangle_singles(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    make_triangle(d, u, i, n);
    places(u, 1);
}

static void make_hexagon(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    (void)n;
    ring(d, u, i, 6, 0.6);
    places(u, 1);
    bands(u, (int)(i % 6), (int)(i % 6));
}

/* All of a child at the same distance from the first one's only unit: nothing tells them apart. */
static void make_arcs(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    double angle = 2 * M_PI * dice_below(d, 100000) / 1e5;

    (void)n;
    places(u, 1);
    bands(u, (int)(i % 5) + 1, (int)(i % 5) + 1);
    u->point = (struct point){HOME_LAT + 0.5 * sin(angle), HOME_LON + 0.69 * cos(angle), true};
    if (i == 0) {
        bands(u, 0, 0);
        u->point = (struct point){HOME_LAT, HOME_LON, true};
    }
    u->public_point = u->point;
}

/* Foster families shown by their commune, one or two places, of every profile. */
static void make_communes(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    int band = dice_below(d, CHILDREN);

    (void)n;
    spread(d, u, HOME_LAT, HOME_LON, 0.7);
    u->point.lat = round(u->point.lat * 15) / 15;
    u->point.lon = round(u->point.lon * 12) / 12;
    u->public_point = u->point;
    places(u, 1 + dice_in(d, 20));
    bands(u, band, band + dice_below(d, 3));
    u->sex = (enum unit_sex)(1 + dice_below(d, 3));
    (void)i;
}

static void make_one_point(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    make_communes(d, u, i, n);
    u->point = u->public_point = (struct point){HOME_LAT, HOME_LON, true};
}

static void make_hidden(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    make_communes(d, u, i, n);
    u->point = u->public_point = (struct point){0};
}

/* Everything as in the tests, half of it unknown. */
static void make_random(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    struct unit *sample = sample_unit(d, i);
    char *id = u->id;

    (void)n;
    free(sample->id);
    *u = *sample;
    free(sample);
    u->id = id;
    u->siblings_max = (int16_t)DICE_ONE_OF(d, UNKNOWN, 1, 1, 2, 2);
    sample_place(d, u, HOME_LAT, HOME_LON, 0.7);
    places(u, 1 + dice_below(d, 3));
}

static char *numbered(const char *prefix, unsigned number)
{
    char *text = malloc(24);

    snprintf(text, 24, "%s%u", prefix, number);
    return text;
}

/* Establishments of two units with three places each, in communes of ten. */
static void make_establishments(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    make_uniform(d, u, i, n);
    places(u, 3);
    u->establishment = numbered("e-", i / 2);
    u->commune = numbered("c-", i / 20);
}

/* Three services with all the families, all over the place. */
static void make_services(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    make_communes(d, u, i, n);
    spread(d, u, HOME_LAT, HOME_LON, 0.7);
    u->establishment = numbered("e-", i % 3);
}

static void make_one_unit(struct dice *d, struct unit *u, unsigned i, unsigned n)
{
    make_uniform(d, u, i, n);
    places(u, i == n / 2 ? 6 : 1);
}

static const struct hard {
    const char *name;
    make_fn make;
} hards[] = {
    {"one-unit-takes-all", make_one_unit},
    {"uniform-singles", make_uniform},
    {"country-singles", make_country},
    {"uniform-pairs", make_pairs},
    {"uniform-fives", make_five},
    {"a-profile-each", make_bands},
    {"girls-north-boys-south", make_sexes},
    {"one-rare-and-far", make_rare},
    {"triangle-pairs", make_triangle},
    {"triangle-singles", make_triangle_singles},
    {"hexagon", make_hexagon},
    {"equal-distances", make_arcs},
    {"communes", make_communes},
    {"all-at-one-point", make_one_point},
    {"all-hidden", make_hidden},
    {"random", make_random},
    {"3000-establishments", make_establishments},
    {"three-services", make_services},
};

static struct search_index *build(const struct hard *hard, unsigned n)
{
    struct search_index *index = search_index_new();
    struct dice dice = {4711};

    for (unsigned i = 0; i < n; i++) {
        struct unit u = {.id = numbered("u-", i),
                         .establishment_kind = (char *)"mecs",
                         .sex = UNIT_SEX_ANY,
                         .max_months = 216,
                         .siblings_max = UNKNOWN,
                         .siblings_mixed = TRI_YES,
                         .observed_at = SAMPLE_NOW,
                         .ttl = USEC_HOUR};

        hard->make(&dice, &u, i, n);
        if (search_index_set(index, i, &u, 0) < 0)
            abort();
        free(u.id);
        free(u.establishment);
        free(u.commune);
    }
    return index;
}

static struct search_request request(struct dice *d, unsigned number)
{
    struct search_request q = {.n_children = CHILDREN, .emergency = true, .now = SAMPLE_NOW};

    for (unsigned i = 0; i < CHILDREN; i++)
        q.children[i] = (struct search_child){12 + 24 * (int)i, i % 2 ? 'M' : 'F'};
    if (number > 0)
        q.near = sample_point(d, HOME_LAT, HOME_LON, 0.7);
    return q;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void print_found(int r, const struct split *split)
{
    if (r == SPLIT_TOGETHER)
        printf("one unit\n");
    else if (r != 0)
        printf("no way (%d)\n", r);
    else
        printf("%u units, %s, %.1f km apart%s\n", split->units, split_level_codes[split->level],
               split->km_apart, split->exact ? "" : ", NOT PROVEN");
}

static void run(const struct hard *hard, unsigned n)
{
    struct search_index *index = build(hard, n);
    struct dice dice = {1};
    struct search_answer answer;
    struct split split;
    double times[REQUESTS];
    int r = 0;

    for (unsigned i = 0; i < REQUESTS; i++) {
        struct search_request q = request(&dice, i);

        for (int round = 0; round < ROUNDS; round++) {
            double start = now_ms(), took;

            search_run(index, &q, &answer);
            r = search_split(index, &q, &split);
            took = now_ms() - start;
            times[i] = round == 0 || took < times[i] ? took : times[i];
        }
    }
    qsort(times, REQUESTS, sizeof *times, compare_doubles);
    printf("%-24s slowest %7.2f ms, median %7.2f: ", hard->name, times[REQUESTS - 1],
           times[REQUESTS / 2]);
    print_found(r, &split);
    search_index_free(index);
}

int main(int argc, char **argv)
{
    unsigned n = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 6000;

    printf("%d children, %u units with free places\n", CHILDREN, n);
    for (size_t i = 0; i < sizeof hards / sizeof hards[0]; i++) {
        bool wanted = argc < 3;

        for (int a = 2; a < argc; a++)
            wanted = wanted || strcmp(argv[a], hards[i].name) == 0;
        if (wanted)
            run(&hards[i], n);
        fflush(stdout);
    }
    return 0;
}
