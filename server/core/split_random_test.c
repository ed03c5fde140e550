/* SPDX-License-Identifier: EUPL-1.2 */
/* The split against trying every unit for every child, on small random registries. A failure prints
 * the seed; UGO_SEED=n runs that one alone. */
#include "core/split_fixture.h"

#include "core/search_model.h"

#define FAR ((uint64_t)1 << 40)

struct way {
    bool found;
    enum split_level level;
    unsigned units;
    uint64_t apart, home; /* steps; unknown is greater than any known */
    unsigned at[SEARCH_CHILDREN_MAX];
};

/* The request for the children in the mask alone, kept together. */
static struct search_request of_group(const struct search_request *q, unsigned group)
{
    struct search_request of = *q;

    of.n_children = 0;
    of.together = true;
    for (unsigned i = 0; i < q->n_children; i++)
        if (group >> i & 1)
            of.children[of.n_children++] = q->children[i];
    return of;
}

static bool takes_group(const struct search_request *q, const struct unit *u, unsigned group)
{
    struct search_request of = of_group(q, group);
    bool failed[CRITERION_COUNT], any = u->open == UNKNOWN;

    model_failures(&of, u, failed);
    for (int c = 0; c < CRITERION_COUNT; c++)
        any |= failed[c];
    return !any;
}

static uint64_t steps_between(const struct search_request *q, const struct unit *a,
                              const struct unit *b)
{
    struct vector x, y;
    bool known = vector_of(q->precise ? a->point : a->public_point, &x) &&
                 vector_of(q->precise ? b->point : b->public_point, &y);

    return known ? vector_steps(x, y) : STEPS_UNKNOWN;
}

static const char *commune_known(const struct search_request *q, const struct unit *u)
{
    return q->precise || u->visibility != VISIBILITY_HIDDEN ? u->commune : NULL;
}

static bool same_text(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static enum split_level level_of(const struct fixture *f, const struct search_request *q,
                                 const unsigned *at)
{
    const struct unit *first = f->units[at[0]];
    bool unit = true, establishment = true, commune = true;

    for (unsigned i = 1; i < q->n_children; i++) {
        const struct unit *u = f->units[at[i]];

        unit = unit && at[i] == at[0];
        establishment = establishment && same_text(u->establishment, first->establishment);
        commune = commune && same_text(commune_known(q, u), commune_known(q, first));
    }
    return unit            ? SPLIT_ONE_UNIT
           : establishment ? SPLIT_ONE_ESTABLISHMENT
           : commune       ? SPLIT_ONE_COMMUNE
                           : SPLIT_ANYWHERE;
}

/* The worth of placing child i in unit at[i]; found is false when some group does not fit. */
static struct way judge(const struct fixture *f, const struct search_request *q, const unsigned *at)
{
    struct way way = {.found = true, .level = level_of(f, q, at)};
    bool near = q->near.known;

    memcpy(way.at, at, q->n_children * sizeof *at);
    for (unsigned i = 0; i < q->n_children; i++) {
        const struct unit *u = f->units[at[i]];
        uint32_t steps = model_steps(q, u);
        unsigned group = 0, first = UINT32_MAX;

        for (unsigned j = 0; j < q->n_children; j++) {
            uint64_t apart = steps_between(q, u, f->units[at[j]]);

            if (at[j] == at[i]) {
                first = j < first ? j : first;
                group |= 1u << j;
            } else if (apart > way.apart) {
                way.apart = apart;
            }
        }
        way.units += first == i;
        way.home += !near ? 0 : steps == STEPS_UNKNOWN ? FAR : steps;
        way.found = way.found && (first != i || takes_group(q, u, group));
    }
    return way;
}

/* Units by distance from home, then by hash. */
static int compare_units(const struct search_request *q, const struct unit *a, const struct unit *b)
{
    uint32_t x = model_steps(q, a), y = model_steps(q, b);
    uint64_t p = model_hash(a->id), r = model_hash(b->id);

    return x != y ? (x > y) - (x < y) : (p > r) - (p < r);
}

static int compare_ways(const struct fixture *f, const struct search_request *q,
                        const struct way *a, const struct way *b)
{
    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    if (a->units != b->units)
        return a->units < b->units ? -1 : 1;
    if (a->apart != b->apart)
        return a->apart < b->apart ? -1 : 1;
    if (a->home != b->home)
        return a->home < b->home ? -1 : 1;
    for (unsigned i = 0; i < q->n_children; i++) {
        int c = compare_units(q, f->units[a->at[i]], f->units[b->at[i]]);

        if (c != 0)
            return c;
    }
    return 0;
}

static bool better(const struct fixture *f, const struct search_request *q, const struct way *a,
                   const struct way *b)
{
    return a->found && (!b->found || compare_ways(f, q, a, b) < 0);
}

struct everything {
    const struct fixture *f;
    const struct search_request *q;
    bool takes[UNITS_MAX][1 << 6]; /* each group of children */
    unsigned group[UNITS_MAX];     /* of the children placed so far */
    unsigned at[SEARCH_CHILDREN_MAX];
    struct way best;
};

/* Every unit for this child and those after it. */
static void try_child(struct everything *e, unsigned child)
{
    bool good = true;

    for (unsigned slot = 0; child < e->q->n_children && slot < e->f->n; slot++)
        if (e->takes[slot][1u << child]) {
            e->at[child] = slot;
            e->group[slot] |= 1u << child;
            try_child(e, child + 1);
            e->group[slot] &= ~(1u << child);
        }
    if (child < e->q->n_children)
        return;
    for (unsigned i = 0; i < child && good; i++)
        good = e->takes[e->at[i]][e->group[e->at[i]]];
    if (good) {
        struct way way = judge(e->f, e->q, e->at);

        e->best = better(e->f, e->q, &way, &e->best) ? way : e->best;
    }
}

static struct way try_everything(const struct fixture *f, const struct search_request *q)
{
    static struct everything e;

    memset(&e, 0, sizeof e);
    e.f = f;
    e.q = q;
    for (unsigned slot = 0; slot < f->n; slot++)
        for (unsigned group = 1; group < 1u << q->n_children; group++)
            e.takes[slot][group] = takes_group(q, f->units[slot], group);
    try_child(&e, 0);
    return e.best;
}

/* Whether the children from this one on can be placed, each group in a unit that takes it; free: as
 * if every place were. Only units of which `in` is true. */
static bool some_way(const bool (*takes)[1 << 6], const bool *in, unsigned n, unsigned *group,
                     unsigned children, unsigned child)
{
    bool good = false;

    if (child == children) {
        for (unsigned slot = 0; slot < n; slot++)
            if (group[slot] != 0 && !takes[slot][group[slot]])
                return false;
        return true;
    }
    for (unsigned slot = 0; slot < n && !good; slot++)
        if (in[slot] && takes[slot][1u << child]) {
            group[slot] |= 1u << child;
            good = some_way(takes, in, n, group, children, child + 1);
            group[slot] &= ~(1u << child);
        }
    return good;
}

/* What each unit takes as it is, were all its places free, and whoever were of the right sex. */
struct abilities {
    bool now[UNITS_MAX][1 << 6], free[UNITS_MAX][1 << 6], age[UNITS_MAX][1 << 6];
    bool candidate[UNITS_MAX];
};

static void find_abilities(const struct fixture *f, const struct search_request *q,
                           struct abilities *ret)
{
    memset(ret, 0, sizeof *ret);
    for (unsigned slot = 0; slot < f->n; slot++) {
        struct unit emptied = *f->units[slot], any_sex = emptied;
        unsigned groups = 1u << q->n_children;

        emptied.open = 50;
        emptied.occupied = emptied.held = emptied.emergency_reserved = 0;
        any_sex.sex = UNIT_SEX_ANY;
        for (unsigned group = 1; group < groups; group++) {
            ret->now[slot][group] = takes_group(q, f->units[slot], group);
            ret->free[slot][group] = takes_group(q, &emptied, group);
            ret->age[slot][group] = takes_group(q, &any_sex, group);
        }
        for (unsigned child = 0; child < q->n_children; child++)
            ret->candidate[slot] = ret->candidate[slot] || ret->now[slot][1u << child];
    }
}

/* The first reason for which the units have no way. */
static enum criterion reason_of(const struct fixture *f, const struct search_request *q,
                                const struct abilities *can, const bool *in)
{
    unsigned group[UNITS_MAX] = {0};

    for (int pass = 0; pass < 2; pass++)
        for (unsigned child = 0; child < q->n_children; child++) {
            bool taken = false;

            for (unsigned slot = 0; slot < f->n; slot++)
                taken = taken || (in[slot] && (pass == 0 ? can->age : can->now)[slot][1u << child]);
            if (!taken)
                return pass == 0 ? CRITERION_AGE : CRITERION_SEX;
        }
    return some_way(can->free, in, f->n, group, q->n_children, 0) ? CRITERION_FULL
                                                                  : CRITERION_SIBLINGS;
}

static bool same_group(const struct search_request *q, enum split_level level, const struct unit *a,
                       const struct unit *b)
{
    if (level == SPLIT_ONE_UNIT)
        return a == b;
    return level == SPLIT_ONE_ESTABLISHMENT ? same_text(a->establishment, b->establishment)
                                            : same_text(commune_known(q, a), commune_known(q, b));
}

/* The reasons of a level, group by group. */
static struct split_why_not reasons_of(const struct fixture *f, const struct search_request *q,
                                       const struct abilities *can, enum split_level level)
{
    struct split_why_not why = {0};
    bool done[UNITS_MAX] = {0};

    for (unsigned slot = 0; slot < f->n; slot++) {
        bool in[UNITS_MAX] = {0};

        if (done[slot] || !can->candidate[slot] ||
            !same_group(q, level, f->units[slot], f->units[slot]))
            continue;
        for (unsigned other = 0; other < f->n; other++)
            if (can->candidate[other] && same_group(q, level, f->units[slot], f->units[other]))
                in[other] = done[other] = true;
        why.considered++;
        why.rejected[reason_of(f, q, can, in)]++;
    }
    return why;
}

static bool check_why_not(const struct fixture *f, const struct search_request *q,
                          const struct split *split)
{
    static struct abilities can;

    find_abilities(f, q, &can);
    for (enum split_level level = SPLIT_ONE_UNIT; level < split->level; level++) {
        struct split_why_not want = reasons_of(f, q, &can, level);

        if (memcmp(&want, &split->why_not[level], sizeof want) != 0) {
            printf("why not %s: considered %zu, expected %zu\n", split_level_codes[level],
                   split->why_not[level].considered, want.considered);
            return false;
        }
    }
    return true;
}

static void print_way(const char *name, const struct search_request *q, const struct way *w)
{
    printf("%s: found %d level %d units %u apart %llu home %llu at", name, w->found, (int)w->level,
           w->units, (unsigned long long)w->apart, (unsigned long long)w->home);
    for (unsigned i = 0; i < q->n_children; i++)
        printf(" %u", w->at[i]);
    printf("\n");
}

static bool check(const struct fixture *f, const struct search_request *q, const struct way *want)
{
    struct split split;
    struct way got = {0};
    int r = search_split(f->index, q, &split);

    if (r == SPLIT_NONE)
        return !want->found;
    if (r == SPLIT_TOGETHER)
        return want->found && want->level == SPLIT_ONE_UNIT;
    if (r != 0 || !split.exact)
        return false;
    got = judge(f, q, split.slot);
    if (split.units != got.units || split.level != got.level || split.n_children != q->n_children ||
        (split.km_apart < 0) != (got.apart == STEPS_UNKNOWN) ||
        (split.km_home < 0) != (!q->near.known || got.home >= FAR) || !check_why_not(f, q, &split))
        return false;
    if (got.found && want->found && compare_ways(f, q, &got, want) == 0)
        return true;
    print_way("got", q, &got);
    print_way("expected", q, want);
    return false;
}

/* Where many distances are equal, and the distance to home decides. */
static struct point on_a_lattice(struct point p)
{
    return (struct point){round(p.lat * 10) / 10, round(p.lon * 10) / 10, true};
}

static const char *const establishments[] = {"e-a", "e-b", "e-c", "e-d", "e-e", "e-f"};
static const char *const communes[] = {"31001", "31002", "31003", "31004"};

/* Some belong together; a few have many free places, most have one or two. */
static void put_random(struct fixture *f, struct dice *dice, double spread, bool coarse)
{
    struct unit *u = sample_unit(dice, f->n);
    int establishment = dice_below(dice, 10), commune = dice_below(dice, 6);

    sample_place(dice, u, 43.6, 1.44, spread);
    if (coarse && u->public_point.known)
        u->point = u->public_point = on_a_lattice(u->point);
    u->establishment = establishment < 6 ? (char *)establishments[establishment] : NULL;
    u->commune = commune < 4 ? (char *)communes[commune] : NULL;
    if (dice_in(dice, 70) && u->open > 0)
        u->occupied = u->open - DICE_ONE_OF(dice, 1, 1, 1, 2, 2, 3);
    u->occupied = u->open > 0 && u->occupied < 0 ? 0 : u->occupied;
    put(f, u);
}

static bool run_seed(uint64_t seed)
{
    static const int units[] = {0, 0, 200, 40, 20, 12, 9};
    struct dice dice = {seed * 0x9E3779B97F4A7C15u + 1};
    struct fixture *f = fixture_new();
    unsigned n_children = (unsigned)DICE_ONE_OF(&dice, 2, 2, 3, 3, 4, 5, 6);
    int n = 1 + dice_below(&dice, units[n_children]);
    double spread = DICE_ONE_OF(&dice, 0, 1, 1, 30) * 0.3;
    bool good = true, coarse = dice_in(&dice, 50);

    for (int i = 0; i < n; i++)
        put_random(f, &dice, spread, coarse);
    for (int i = 0; i < 5 && good; i++) {
        struct search_request q = sample_request(&dice);
        struct way want;

        q.n_children = n_children;
        if (dice_in(&dice, 50)) {
            q.needs = q.modalities = 0;
            q.n_kinds = 0;
            q.tonight = false;
        }
        for (unsigned c = 0; c < n_children; c++)
            q.children[c] =
                (struct search_child){dice_in(&dice, 90) ? dice_below(&dice, 216) : UNKNOWN,
                                      (char)DICE_ONE_OF(&dice, 'F', 'F', 'F', 'M', 'M', 'M', 0)};
        if (dice_in(&dice, 80))
            q.near = sample_point(&dice, 43.6, 1.44, 0.3);
        want = try_everything(f, &q);
        good = check(f, &q, &want);
    }
    fixture_free(f);
    return good;
}

static void test_same_as_trying_everything(void **state)
{
    const char *one = getenv("UGO_SEED");
    (void)state;

    for (uint64_t seed = 1; seed <= 3000 && one == NULL; seed++)
        if (!run_seed(seed))
            fail_msg("seed %llu", (unsigned long long)seed);
    if (one != NULL)
        assert_true(run_seed(strtoull(one, NULL, 10)));
}

/* Anybody's units; or, when two boys are among the children, girls' units between two boys' ones
 * that are far apart. */
static void put_crowd(struct fixture *f, struct dice *dice, unsigned n, bool between)
{
    bool coarse = dice_in(dice, 30), rare = dice_in(dice, 50);

    for (unsigned i = 0; i < n; i++) {
        struct unit *u;

        put_random(f, dice, 0.5, coarse);
        u = f->units[i];
        u->sex = i < 4 || !rare ? UNIT_SEX_ANY : UNIT_SEX_GIRLS;
        u->min_months = 0;
        u->max_months = 216;
        u->siblings_max = 1;
        u->held = u->held_emergency = u->occupied = 0;
        u->open = 1 + dice_below(dice, 2);
        u->emergency_reserved = 0;
        u->observed_at = SAMPLE_NOW;
        u->establishment = u->commune = NULL;
        if (between) {
            u->sex = i < 2 ? UNIT_SEX_BOYS : UNIT_SEX_GIRLS;
            u->point.known = u->public_point.known = true;
            u->point.lat = u->public_point.lat = i < 2 ? 43.3 + 0.6 * i : u->point.lat;
        }
        assert_int_equal(search_index_set(f->index, i, u, 0), 0);
    }
}

/* So many units that distances are found by the sorted coordinate, and limits by halving. */
static bool run_crowd(uint64_t seed)
{
    struct dice dice = {seed * 0x9E3779B97F4A7C15u + 1};
    struct fixture *f = fixture_new();
    bool good = true, between = seed % 3 == 2;
    struct search_request q = {.n_children = seed % 3 == 0 ? 2 : 3, .now = SAMPLE_NOW};

    put_crowd(f, &dice, seed % 3 == 1 ? 90 : UNITS_MAX, between);
    for (int i = 0; i < 3 && good; i++) {
        struct way want;

        for (unsigned c = 0; c < q.n_children; c++)
            q.children[c] = (struct search_child){40 + dice_below(&dice, 60),
                                                  c == 0 || (c == 1 && between) ? 'M' : 'F'};
        q.near = i == 0 ? (struct point){0} : sample_point(&dice, 43.6, 1.44, 0.6);
        want = try_everything(f, &q);
        good = check(f, &q, &want);
    }
    fixture_free(f);
    return good;
}

static void test_same_in_a_crowd(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 18; seed++)
        if (!run_crowd(seed))
            fail_msg("seed %llu", (unsigned long long)seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_trying_everything),
        cmocka_unit_test(test_same_in_a_crowd),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
