/* SPDX-License-Identifier: EUPL-1.2 */
/* The number of units p is tried from 2 upwards; the first p with a way is the answer's. For each
 * p, the children are divided into p groups in every way, and each group needs a unit of its own.
 *
 * Distances are chords, so the triangle inequality holds and the best pair of distances found so
 * far bounds all that follow: partners of a unit are looked for only in the window of candidates
 * that are no further along the sorted coordinate, and a unit further from home than the best sum
 * allows is not tried. `join_nearest` first joins each unit with its nearest partners: that
 * gives the bound, and for two groups already the best; `descend` then tries every combination
 * within it.
 *
 * Units without a known point come last: a way that needs one has no known distance, so only the
 * sum to home counts there, and for it only the p nearest units of each group can matter.
 *
 * Units that differ in nothing (the foster families of one commune share its point) are tried in
 * one order only.
 *
 * Work is counted in candidates looked at. When it runs out, the best way so far is the answer and
 * is not called exact. */
#include "core/split.h"

#include <string.h>

#include "core/search_explain.h"
#include "core/split_candidates.h"

#define WORK_FIRST 262144 /* candidates looked at, for the first p: about a millisecond */
#define WORK_MORE 65536   /* for each further p, when it had run out */
#define FAR_HOME ((uint64_t)1 << 40) /* of one child whose distance from home is unknown */

/* A group of children, and what a unit must be to take it. */
struct group {
    uint16_t children; /* bit per child */
    uint8_t size;
    bool mixed; /* girls and boys */
};

struct way {
    bool found;
    uint32_t apart; /* steps; STEPS_UNKNOWN */
    uint64_t home;  /* steps, FAR_HOME for each unknown */
    unsigned n_groups;
    struct group groups[SEARCH_CHILDREN_MAX];
    uint32_t chosen[SEARCH_CHILDREN_MAX]; /* candidate of each group */
};

struct solver {
    const struct search_plan *p;
    struct split_candidates all;
    uint16_t girls, boys;
    unsigned n_groups;
    struct group groups[SEARCH_CHILDREN_MAX]; /* of the partition at hand, rarest first */
    uint32_t chosen[SEARCH_CHILDREN_MAX];
    /* Of each set of children: how many units take it, and 1; 0: not counted yet. */
    uint16_t takers[1 << SEARCH_CHILDREN_MAX];
    void (*solve)(struct solver *s);
    int64_t work;
    struct way best;
};

static struct group group_of(const struct solver *s, uint16_t children)
{
    return (struct group){children, (uint8_t)__builtin_popcount(children),
                          (children & s->girls) != 0 && (children & s->boys) != 0};
}

static inline bool takes(const struct split_candidate *c, struct group group)
{
    return (group.children & ~c->fits) == 0 && group.size <= c->most && (c->mixed || !group.mixed);
}

static inline uint64_t home_of(const struct split_candidate *c, struct group group)
{
    return (c->home == STEPS_UNKNOWN ? FAR_HOME : c->home) * group.size;
}

/* Whether something this far apart, and at least this far from home, is no improvement. */
static inline bool no_better(const struct solver *s, uint32_t apart, uint64_t home)
{
    return s->best.found &&
           (apart > s->best.apart || (apart == s->best.apart && home >= s->best.home));
}

static void keep(struct solver *s, uint32_t apart, uint64_t home)
{
    if (no_better(s, apart, home))
        return;
    s->best.found = true;
    s->best.apart = apart;
    s->best.home = home;
    s->best.n_groups = s->n_groups;
    memcpy(s->best.groups, s->groups, sizeof s->groups);
    memcpy(s->best.chosen, s->chosen, sizeof s->chosen);
}

/* How far along the coordinate a partner may be. */
static float window_of(const struct solver *s)
{
    float rounding = 2e-6f; /* of coordinates and of the order by them */

    return s->best.found && s->best.apart != STEPS_UNKNOWN
               ? ((float)s->best.apart + 1) / STEPS_PER_RADIUS + rounding
               : 3;
}

/* The least that the groups from `first` on can add to the sum, when each of them must be within
 * `apart` of the unit chosen for the rarest group. Two steps for the rounding of distances. */
static uint64_t least_home(const struct solver *s, unsigned first, uint32_t apart)
{
    uint32_t anchor = s->all.c[s->chosen[0]].home;
    uint64_t least = anchor > apart + 2 ? anchor - apart - 2 : 0, sum = 0;

    for (unsigned i = first; i < s->n_groups; i++)
        sum += least * s->groups[i].size;
    return sum;
}

static bool is_chosen(const struct solver *s, unsigned n, uint32_t candidate)
{
    for (unsigned i = 0; i < n; i++)
        if (s->chosen[i] == candidate)
            return true;
    return false;
}

/* Whether the candidate may be chosen for group i. Of twins the first ones are chosen first: any
 * way can be written so, and a crowd of equals is tried once. */
static inline bool may_choose(const struct solver *s, unsigned i, uint32_t candidate)
{
    const struct split_candidate *c = &s->all.c[candidate];

    return takes(c, s->groups[i]) && !is_chosen(s, i, candidate) &&
           (c->twin == NOBODY || is_chosen(s, i, c->twin));
}

/* The greatest distance from a candidate to the n chosen. */
static uint32_t furthest(const struct solver *s, unsigned n, uint32_t candidate, uint32_t apart)
{
    for (unsigned i = 0; i < n; i++) {
        uint32_t steps = vector_steps(s->all.c[s->chosen[i]].at, s->all.c[candidate].at);

        apart = steps > apart ? steps : apart;
    }
    return apart;
}

/* Windows: candidates around the anchor, outwards on one side, then on the other. */

struct window {
    uint32_t anchor, next;
    bool up;
};

/* The next candidate whose coordinate is near enough to the anchor's; NOBODY at the end. */
static inline uint32_t window_next(struct solver *s, struct window *w)
{
    const struct split_candidate *c = s->all.c;
    float width = window_of(s);

    s->work--;
    if (w->up) {
        if (w->next < s->all.n_located && c[w->next].along - c[w->anchor].along <= width)
            return w->next++;
        w->up = false;
        w->next = w->anchor;
    }
    if (w->next == 0 || c[w->anchor].along - c[w->next - 1].along > width)
        return NOBODY;
    return --w->next;
}

static struct window window_around(uint32_t anchor)
{
    return (struct window){anchor, anchor + 1, true};
}

/* Located units */

/* The taker of group i nearest to the anchor, then nearest to home; NOBODY. */
static uint32_t nearest_partner(struct solver *s, unsigned i)
{
    struct window w = window_around(s->chosen[0]);
    uint32_t best = NOBODY, best_steps = 0;

    for (uint32_t at; (at = window_next(s, &w)) != NOBODY;) {
        const struct split_candidate *c = &s->all.c[at];
        uint32_t steps;

        if (!may_choose(s, i, at))
            continue;
        steps = vector_steps(s->all.c[s->chosen[0]].at, c->at);
        if (best == NOBODY || steps < best_steps ||
            (steps == best_steps && c->home < s->all.c[best].home)) {
            best = at;
            best_steps = steps;
        }
    }
    return best;
}

/* Joins the anchor, already chosen for the rarest group, with its nearest partners. */
static void join_nearest(struct solver *s)
{
    uint64_t home = home_of(&s->all.c[s->chosen[0]], s->groups[0]);
    uint32_t apart = 0;

    for (unsigned i = 1; i < s->n_groups; i++) {
        uint32_t partner = nearest_partner(s, i);

        if (partner == NOBODY)
            return;
        apart = furthest(s, i, partner, apart);
        home += home_of(&s->all.c[partner], s->groups[i]);
        s->chosen[i] = partner;
        if (no_better(s, apart, home))
            return;
    }
    keep(s, apart, home);
}

/* Chooses for group i and those after it; before it `apart` and `home` have come together. */
static void descend(struct solver *s, unsigned i, uint32_t apart, uint64_t home)
{
    struct window w = window_around(s->chosen[0]);

    if (i == s->n_groups) {
        keep(s, apart, home);
        return;
    }
    for (uint32_t at; s->work > 0 && (at = window_next(s, &w)) != NOBODY;) {
        const struct split_candidate *c = &s->all.c[at];
        uint64_t home_now = home + home_of(c, s->groups[i]);
        uint32_t apart_now;

        if (!may_choose(s, i, at))
            continue;
        apart_now = furthest(s, i, at, apart);
        if (no_better(s, apart_now, home_now + least_home(s, i + 1, s->best.apart)))
            continue;
        s->chosen[i] = at;
        descend(s, i + 1, apart_now, home_now);
    }
}

/* Tries every located taker of the rarest group, with what `try` does about the others. */
static void for_each_anchor(struct solver *s, void (*try)(struct solver *s, uint64_t home))
{
    for (uint32_t at = 0; at < s->all.n_located && s->work > 0; at++) {
        const struct split_candidate *c = &s->all.c[at];
        uint64_t home = home_of(c, s->groups[0]);

        s->work--;
        if (!may_choose(s, 0, at))
            continue;
        s->chosen[0] = at;
        if (s->best.found && no_better(s, 0, home + least_home(s, 1, s->best.apart)))
            continue;
        try(s, home);
    }
}

static void try_nearest(struct solver *s, uint64_t home)
{
    (void)home;
    join_nearest(s);
}

static void try_all(struct solver *s, uint64_t home)
{
    descend(s, 1, 0, home);
}

static void solve_nearest(struct solver *s)
{
    for_each_anchor(s, try_nearest);
}

static void solve_all(struct solver *s)
{
    for_each_anchor(s, try_all);
}

/* Any units: the sum to home alone */

/* The takers of group i that are nearest to home, at most one per group. */
static unsigned nearest_home(struct solver *s, unsigned i, uint32_t ret[SEARCH_CHILDREN_MAX])
{
    unsigned n = 0;

    for (uint32_t at = 0; at < s->all.n; at++) {
        unsigned j;

        if (!takes(&s->all.c[at], s->groups[i]) ||
            (n == s->n_groups && s->all.c[at].home >= s->all.c[ret[n - 1]].home))
            continue;
        n -= n == s->n_groups;
        for (j = n++; j > 0 && s->all.c[ret[j - 1]].home > s->all.c[at].home; j--)
            ret[j] = ret[j - 1];
        ret[j] = at;
    }
    s->work -= s->all.n;
    return n;
}

static void assign(struct solver *s, unsigned i, uint64_t home)
{
    uint32_t nearest[SEARCH_CHILDREN_MAX];
    unsigned n;

    if (i == s->n_groups) {
        keep(s, STEPS_UNKNOWN, home);
        return;
    }
    n = s->work > 0 ? nearest_home(s, i, nearest) : 0;
    for (unsigned j = 0; j < n; j++) {
        uint64_t home_now = home + home_of(&s->all.c[nearest[j]], s->groups[i]);

        if (is_chosen(s, i, nearest[j]) || no_better(s, STEPS_UNKNOWN, home_now))
            continue;
        s->chosen[i] = nearest[j];
        assign(s, i + 1, home_now);
    }
}

static void solve_anywhere(struct solver *s)
{
    assign(s, 0, 0);
}

/* Partitions */

/* How many units take the group. */
static unsigned takers_of(struct solver *s, uint16_t children)
{
    struct group group = group_of(s, children);
    unsigned n = 0;

    if (s->takers[children] == 0) {
        for (uint32_t at = 0; at < s->all.n; at++)
            n += takes(&s->all.c[at], group);
        s->takers[children] = (uint16_t)(n + 1);
        s->work -= s->all.n / 4;
    }
    return s->takers[children] - 1u;
}

/* Solves one partition, if each group has a taker: rarest group first. */
static void solve_partition(struct solver *s, const uint16_t *groups)
{
    s->work--;
    for (unsigned i = 0; i < s->n_groups; i++) {
        unsigned j = i;

        if (takers_of(s, groups[i]) == 0)
            return;
        for (; j > 0 && takers_of(s, s->groups[j - 1].children) > takers_of(s, groups[i]); j--)
            s->groups[j] = s->groups[j - 1];
        s->groups[j] = group_of(s, groups[i]);
    }
    s->solve(s);
}

/* Puts the child and those after it into each of the n groups begun, or into one more. */
static void partition(struct solver *s, uint16_t *groups, unsigned n, unsigned child)
{
    if (s->work <= 0 || n + (s->p->n - child) < s->n_groups)
        return;
    if (child == s->p->n) {
        solve_partition(s, groups);
        return;
    }
    for (unsigned i = 0; i <= n && i < s->n_groups; i++) {
        uint16_t before = i < n ? groups[i] : 0;

        groups[i] = (uint16_t)(before | 1u << child);
        if (takers_of(s, groups[i]) > 0)
            partition(s, groups, n + (i == n), child + 1);
        groups[i] = before;
    }
}

static void solve_with(struct solver *s, void (*solve)(struct solver *s))
{
    uint16_t groups[SEARCH_CHILDREN_MAX] = {0};

    s->solve = solve;
    partition(s, groups, 0, 0);
}

/* Finds the best way with exactly n_groups units. */
static void solve_groups(struct solver *s, unsigned n_groups)
{
    s->n_groups = n_groups;
    solve_with(s, solve_nearest);
    if (n_groups > 2) /* with two, the nearest partner is the best one */
        solve_with(s, solve_all);
    if (!s->best.found)
        solve_with(s, solve_anywhere);
}

/* The answer */

static uint16_t to_ask(const struct search_index *ix, const struct search_request *q,
                       struct group group, const struct split_candidate *c)
{
    struct search_request of_group = *q;
    struct search_result result = {.slot = c->slot, .km = c->located ? 0 : KM_UNKNOWN};
    struct search_plan p;

    of_group.n_children = 0;
    of_group.together = true;
    for (unsigned i = 0; i < SEARCH_CHILDREN_MAX; i++)
        if (group.children & 1u << i)
            of_group.children[of_group.n_children++] = q->children[i];
    plan_make(&of_group, &p);
    explain_fit(&p, &ix->rows[c->slot], &result);
    return result.to_ask;
}

static void write_way(const struct search_index *ix, const struct solver *s, struct split *ret)
{
    const struct way *way = &s->best;
    bool home_known = s->p->located && way->home < FAR_HOME;

    *ret = (struct split){
        .n_children = s->p->n,
        .units = way->n_groups,
        .km_apart = way->apart == STEPS_UNKNOWN ? KM_UNKNOWN : steps_km(way->apart),
        .km_home = home_known ? 0 : KM_UNKNOWN,
        .exact = s->work > 0 && s->all.complete,
    };
    for (unsigned i = 0; i < way->n_groups; i++) {
        const struct split_candidate *c = &s->all.c[way->chosen[i]];
        uint16_t ask = to_ask(ix, s->p->q, way->groups[i], c);

        ret->km_home += home_known ? steps_km(c->home) * way->groups[i].size : 0;
        for (unsigned child = 0; child < s->p->n; child++)
            if (way->groups[i].children & 1u << child) {
                ret->slot[child] = c->slot;
                ret->to_ask[child] = ask;
            }
    }
}

int search_split(struct search_index *ix, const struct search_request *q, struct split *ret)
{
    struct search_request apart = *q;
    struct search_plan p;
    struct solver s = {.p = &p, .work = WORK_FIRST};
    bool ran_out = false;

    apart.together = false;
    plan_make(&apart, &p);
    if (p.n < 2 || ix->n_words == 0)
        return SPLIT_NONE;
    if (p.located)
        grid_look(plan_grid(ix, &p), p.from);
    split_collect(ix, &p, &s.all);
    for (unsigned i = 0; i < p.n; i++) {
        s.girls |= (uint16_t)((p.children[i].sex == 'F') << i);
        s.boys |= (uint16_t)((p.children[i].sex == 'M') << i);
    }
    for (unsigned n = 2; n <= p.n && !s.best.found; n++) {
        ran_out = ran_out || s.work <= 0;
        s.work = s.work > 0 ? s.work : WORK_MORE;
        solve_groups(&s, n);
    }
    if (!s.best.found)
        return s.work > 0 && !ran_out && s.all.complete ? SPLIT_NONE : SPLIT_NONE_FOUND;
    write_way(ix, &s, ret);
    ret->exact = ret->exact && !ran_out;
    return 0;
}
