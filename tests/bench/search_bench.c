/* SPDX-License-Identifier: EUPL-1.2 */
/* How long a search takes in the engine, with all reasons and near misses, beside the obvious scan
 * of all units.
 *
 * search_bench [UNITS…]   default 600 6000 60000: a département, ten, the country
 *
 * Units are spread over départements of 600, 97 % of their places are taken. Requests are of every
 * shape the protocol allows; three in four say from where. Prints per size: the search, the scan,
 * the split of siblings where the search says that one is wanted, and an update of the index. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/search.h"
#include "core/search_model.h"
#include "core/search_sample.h"
#include "core/split.h"

#define REQUESTS 20000
#define SCANS 400
#define ROUNDS 4

struct bench {
    size_t n;
    struct unit **units;
    struct search_index *index;
    struct search_request *requests;
    struct model model;
    double *times; /* µs */
};

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void print_times(const char *name, double *times, size_t n)
{
    qsort(times, n, sizeof *times, compare_doubles);
    if (n == 0)
        printf("; %s none", name);
    else
        printf("; %s p50 %.1f p99 %.1f", name, times[n / 2], times[n * 99 / 100]);
}

/* The centre of a département: Haute-Garonne, then a grid over France. */
static void centre_of(size_t number, double *ret_lat, double *ret_lon)
{
    *ret_lat = number == 0 ? 43.4 : 43 + (double)(number * 37 % 100) * 0.075;
    *ret_lon = number == 0 ? 1.2 : -1.5 + (double)(number * 61 % 100) * 0.085;
}

static void fill_up(struct dice *d, struct unit *u)
{
    if (u->open <= 0)
        return;
    u->occupied = u->open;
    for (int place = 0; place < u->open; place++)
        u->occupied -= dice_in(d, 3);
    u->held = u->held && u->occupied < u->open;
}

static void make_units(struct bench *b, struct dice *d)
{
    struct model_unit *all = calloc(b->n, sizeof *all);

    for (size_t i = 0; i < b->n; i++) {
        double lat, lon;
        struct unit *u = sample_unit(d, (unsigned)i);

        centre_of(i % ((b->n + 599) / 600), &lat, &lon);
        sample_place(d, u, lat, lon, 0.6);
        fill_up(d, u);
        b->units[i] = u;
        all[i] = (struct model_unit){u, (unsigned)(i % 5 + 1)};
    }
    b->model = (struct model){all, b->n, calloc(b->n, sizeof(struct model_candidate)),
                              calloc(b->n, sizeof(struct model_candidate))};
}

static void make_requests(struct bench *b, struct dice *d)
{
    for (size_t i = 0; i < REQUESTS; i++) {
        struct search_request *q = &b->requests[i];
        double lat, lon;

        *q = sample_request(d);
        centre_of((size_t)dice_below(d, (int)((b->n + 599) / 600)), &lat, &lon);
        if (dice_in(d, 75))
            q->near = sample_point(d, lat, lon, 0.6);
        q->now += (usec_t)i * USEC_MS;
    }
}

static void time_updates(struct bench *b, struct dice *d)
{
    double start;

    start = now_us();
    for (size_t i = 0; i < b->n; i++)
        if (search_index_set(b->index, i, b->units[i], (unsigned)(i % 5 + 1)) < 0)
            abort();
    printf(" build %.3f a unit", (now_us() - start) / (double)b->n);
    for (size_t i = 0; i < b->n; i++)
        fill_up(d, b->units[i]);
    start = now_us();
    for (size_t i = 0; i < b->n; i++)
        if (search_index_set(b->index, i * 7919 % b->n, b->units[i * 7919 % b->n],
                             (unsigned)(i % 5 + 1)) < 0)
            abort();
    printf("; declare %.3f", (now_us() - start) / (double)b->n);
}

/* All requests one after the other, several times over; of each the best time counts, so that what
 * else the machine did in between does not. */
static size_t time_searches(struct bench *b)
{
    struct search_answer answer;
    size_t sum = 0;

    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < REQUESTS; i++) {
            double start = now_us(), took;

            search_run(b->index, &b->requests[i], &answer);
            took = now_us() - start;
            b->times[i] = round == 0 || took < b->times[i] ? took : b->times[i];
            sum += answer.total;
        }
    print_times("search", b->times, REQUESTS);
    return sum;
}

static void time_scans(struct bench *b)
{
    struct search_answer answer;

    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < SCANS; i++) {
            double start = now_us(), took;

            model_run(&b->model, &b->requests[i], &answer);
            took = now_us() - start;
            b->times[i] = round == 0 || took < b->times[i] ? took : b->times[i];
        }
    print_times("scan", b->times, SCANS);
}

static void time_splits(struct bench *b)
{
    struct search_answer answer;
    struct split split;
    size_t n = 0, exact = 0;

    for (size_t i = 0; i < REQUESTS; i++) {
        double start;

        search_run(b->index, &b->requests[i], &answer);
        if (answer.takes_all)
            continue;
        start = now_us();
        exact += search_split(b->index, &b->requests[i], &split) == 0 ? split.exact : 1;
        b->times[n++] = now_us() - start;
    }
    print_times("split", b->times, n);
    printf(" (%zu of %zu exact)", exact, n);
}

static void run(size_t n)
{
    struct dice dice = {4711};
    struct bench b = {.n = n};

    b.units = calloc(n, sizeof(struct unit *));
    b.requests = calloc(REQUESTS, sizeof *b.requests);
    b.times = calloc(REQUESTS, sizeof *b.times);
    b.index = search_index_new();
    make_units(&b, &dice);
    make_requests(&b, &dice);
    printf("%6zu units, µs:", n);
    time_updates(&b, &dice);
    time_searches(&b);
    time_scans(&b);
    time_splits(&b);
    printf("\n");
    for (size_t i = 0; i < n; i++)
        sample_free(b.units[i]);
    free((void *)b.model.units);
    free(b.model.candidates);
    free(b.model.misses);
    free(b.units);
    free(b.requests);
    free(b.times);
    search_index_free(b.index);
}

int main(int argc, char **argv)
{
    static const size_t usual[] = {600, 6000, 60000};

    for (int i = 1; i < argc; i++)
        run(strtoul(argv[i], NULL, 10));
    for (size_t i = 0; argc == 1 && i < ARRAY_LENGTH(usual); i++)
        run(usual[i]);
    return 0;
}
