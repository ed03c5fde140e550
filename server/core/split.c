/* SPDX-License-Identifier: EUPL-1.2 */
/* The levels are tried from the best one on. At each, for the units of each establishment, of each
 * commune, then for all: how few units take all the children (split_reach.c); why none do; and,
 * where the fewest are as few as anywhere at this level, the best way (split_search.c). The first
 * level that has a way is the answer's.
 *
 * For up to SPLIT_EXACT_CHILDREN nothing bounds the work; beyond, it is counted, and when it runs
 * out the best way so far is the answer and is not called exact. */
#include "core/split.h"

#include <string.h>

#include "core/search_explain.h"
#include "core/split_search.h"

#define WORK_MANY 20000000 /* about a nanosecond each */

#define LEVEL_TEXT(name, code) [name] = code,
const char *const split_level_codes[] = {SPLIT_LEVELS(LEVEL_TEXT)};

/* What the units of one group can do. */
struct ability {
    unsigned units;         /* that take all the children, the fewest; 0: none do */
    bool located;           /* as few do among those with a point */
    enum criterion why_not; /* when none do */
};

/* How few of the units take all the children. */
enum reach_of { REACH_ALL, REACH_LOCATED, REACH_WERE_ALL_FREE };

static unsigned reach_of(const struct split_search *s, const struct split_members *m,
                         enum reach_of which)
{
    struct split_room *room = &s->ix->split;
    struct split_reach r;

    room->stamp += SEARCH_CHILDREN_MAX + 1;
    reach_begin(&r, s->children);
    for (uint32_t i = 0; i < m->n && r.fewest != 1; i++) {
        const struct split_candidate *c = &s->all->c[m->members[i]];
        struct split_type t = split_type_of(c);
        uint32_t *seen;

        if (which == REACH_LOCATED && !c->located)
            continue;
        t.most = which == REACH_WERE_ALL_FREE ? c->siblings : t.most;
        seen = &room->seen[type_number(t)];
        *seen = *seen < room->stamp ? room->stamp : *seen;
        if (*seen - room->stamp >= s->children.n)
            continue;
        ++*seen;
        reach_add(&r, t);
    }
    return r.fewest;
}

static struct ability ability_of(const struct split_search *s, const struct split_members *m)
{
    unsigned full = (1u << s->children.n) - 1, age = 0, fits = 0, places = 0;
    bool located = true;

    for (uint32_t i = 0; i < m->n; i++) {
        const struct split_candidate *c = &s->all->c[m->members[i]];

        age |= c->fits_age;
        fits |= c->fits;
        places += c->most;
        located = located && c->located;
    }
    if (age != full)
        return (struct ability){.why_not = CRITERION_AGE};
    if (fits != full)
        return (struct ability){.why_not = CRITERION_SEX};
    if (places >= s->children.n) {
        unsigned units = reach_of(s, m, REACH_ALL);

        if (units > 0)
            return (struct ability){
                .units = units,
                .located = located || reach_of(s, m, REACH_LOCATED) == units,
            };
    }
    return (struct ability){
        .why_not = reach_of(s, m, REACH_WERE_ALL_FREE) > 0 ? CRITERION_FULL : CRITERION_SIBLINGS};
}

/* One unit for all, or why not. */
static bool one_takes_all(const struct split_search *s, struct split_why_not *ret)
{
    unsigned full = (1u << s->children.n) - 1;

    *ret = (struct split_why_not){.considered = s->all->n};
    for (uint32_t i = 0; i < s->all->n; i++) {
        const struct split_candidate *c = &s->all->c[i];
        struct split_type t = split_type_of(c);

        if (type_takes(t, s->children, full))
            return true;
        t.most = c->siblings;
        ret->rejected[c->fits_age != full                 ? CRITERION_AGE
                      : c->fits != full                   ? CRITERION_SEX
                      : !type_takes(t, s->children, full) ? CRITERION_SIBLINGS
                                                          : CRITERION_FULL]++;
    }
    return false;
}

static struct split_members members_of(const struct split_groups *groups, uint32_t i)
{
    uint32_t start = groups->starts[i];

    return (struct split_members){.members = groups->members + start,
                                  .along = groups->along + start,
                                  .n = groups->starts[i + 1] - start};
}

/* Whether the group may have a better way than the best one, by the cheapest unit of each child.
 * Only the cost can be compared, where no way is closer than the best one. */
static bool may_improve(const struct split_search *s, const struct split_members *m)
{
    struct split_cost sum = {0};
    unsigned left = (1u << s->children.n) - 1;

    if (!s->best.found || s->best.apart > 0)
        return true;
    for (uint32_t i = 0; i < m->n && left != 0; i++) {
        uint16_t group = (uint16_t)(s->all->c[m->members[i]].fits & left);

        if (group != 0) {
            struct split_cost cost = split_cost_of(s, m->members[i], group);

            sum = (struct split_cost){sum.home + cost.home, sum.order + cost.order};
        }
        left &= ~(unsigned)group;
    }
    return cost_less(sum, s->best.cost);
}

/* Finds the best way of the level, or why there is none. */
static void try_level(struct split_search *s, enum split_grouping grouping,
                      struct split_why_not *why_not)
{
    struct split_groups groups;
    unsigned fewest = 0;

    split_group(s->ix, s->all, grouping, &groups);
    *why_not = (struct split_why_not){.considered = groups.n};
    for (uint32_t i = 0; i < groups.n; i++) {
        struct split_members m = members_of(&groups, i);
        struct ability can = ability_of(s, &m);

        if (can.units == 0)
            why_not->rejected[can.why_not]++;
        else if (fewest == 0 || can.units < fewest)
            fewest = can.units;
    }
    for (uint32_t i = 0; fewest > 0 && i < groups.n; i++) {
        struct split_members m = members_of(&groups, i);
        struct ability can;

        if (!may_improve(s, &m))
            continue;
        can = ability_of(s, &m);
        m.units = fewest;
        m.located = can.located;
        if (can.units == fewest)
            split_improve(s, &m);
    }
}

/* The answer */

static uint16_t to_ask(const struct search_index *ix, const struct search_request *q,
                       uint16_t group, const struct split_candidate *c)
{
    struct search_request of_group = *q;
    struct search_result result = {.slot = c->slot, .km = c->located ? 0 : KM_UNKNOWN};
    struct search_plan p;

    of_group.n_children = 0;
    of_group.together = true;
    for (unsigned i = 0; i < SEARCH_CHILDREN_MAX; i++)
        if (group & 1u << i)
            of_group.children[of_group.n_children++] = q->children[i];
    plan_make(&of_group, &p);
    explain_fit(&p, &ix->rows[c->slot], &result);
    return result.to_ask;
}

static void write_way(const struct split_search *s, const struct search_plan *p, struct split *ret)
{
    const struct split_way *way = &s->best;
    bool home_known = p->located && way->cost.home < SPLIT_FAR_HOME;

    ret->n_children = p->n;
    ret->units = way->n_groups;
    ret->km_apart = way->apart == STEPS_UNKNOWN ? KM_UNKNOWN : steps_km(way->apart);
    ret->km_home = home_known ? 0 : KM_UNKNOWN;
    for (unsigned i = 0; i < way->n_groups; i++) {
        const struct split_candidate *c = &s->all->c[way->chosen[i]];
        uint16_t ask = to_ask(s->ix, p->q, way->groups[i], c);

        ret->km_home += home_known ? steps_km(c->home) * __builtin_popcount(way->groups[i]) : 0;
        for (unsigned child = 0; child < p->n; child++)
            if (way->groups[i] & 1u << child) {
                ret->slot[child] = c->slot;
                ret->to_ask[child] = ask;
            }
    }
}

int search_split(struct search_index *ix, const struct search_request *q, struct split *ret)
{
    static const enum split_grouping groupings[] = {
        [SPLIT_ONE_ESTABLISHMENT] = GROUP_ESTABLISHMENTS,
        [SPLIT_ONE_COMMUNE] = GROUP_COMMUNES,
        [SPLIT_ANYWHERE] = GROUP_ALL,
    };
    struct search_request apart = *q;
    struct search_plan p;
    struct split_candidates all;
    struct split_search s = {.ix = ix, .all = &all};
    bool ran_out = false;

    apart.together = false;
    plan_make(&apart, &p);
    if (p.n < 2 || q->parent || ix->n_words == 0)
        return SPLIT_NONE;
    s.children.n = p.n;
    if (p.located)
        grid_look(plan_grid(ix, &p), p.from);
    split_collect(ix, &p, &all);
    for (unsigned i = 0; i < p.n; i++) {
        s.children.girls |= (uint16_t)((p.children[i].sex == 'F') << i);
        s.children.boys |= (uint16_t)((p.children[i].sex == 'M') << i);
    }
    ix->split.stamp = 0;
    memset(ix->split.seen, 0, ((size_t)1 << (p.n + 5)) * sizeof *ix->split.seen);
    *ret = (struct split){0};
    if (one_takes_all(&s, &ret->why_not[SPLIT_ONE_UNIT]))
        return SPLIT_TOGETHER;
    for (ret->level = SPLIT_ONE_ESTABLISHMENT; ret->level < SPLIT_LEVEL_COUNT; ret->level++) {
        s.work = p.n > SPLIT_EXACT_CHILDREN ? WORK_MANY : INT64_MAX;
        try_level(&s, groupings[ret->level], &ret->why_not[ret->level]);
        ran_out = ran_out || s.work <= 0;
        if (s.best.found)
            break;
    }
    if (!s.best.found)
        return ran_out ? SPLIT_NONE_FOUND : SPLIT_NONE;
    write_way(&s, &p, ret);
    ret->exact = !ran_out;
    return 0;
}
