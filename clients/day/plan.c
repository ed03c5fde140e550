/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/day/plan.h"

/* splitmix64 */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15ULL;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return z ^ z >> 31;
}

static double chance(uint64_t *state)
{
    return (double)(draw(state) >> 11) / 9007199254740992.0;
}

/* FNV-1a of a name, with the seed. */
static uint64_t stream(uint64_t seed, const char *name)
{
    uint64_t hash = 0xCBF29CE484222325ULL ^ seed * 0x9E3779B97F4A7C15ULL;
    for (; *name != 0; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001B3ULL;
    return hash;
}

enum plan_habit plan_habit(uint64_t seed, const char *account)
{
    uint64_t state = stream(seed, account);
    double c = chance(&state);
    return c < 0.125 ? HABIT_NEVER : c < 0.225 ? HABIT_ONCE : HABIT_DILIGENT;
}

/* Between first and last, most often in the middle. */
static int64_t around(uint64_t *state, int64_t first, int64_t last)
{
    double c = (chance(state) + chance(state)) / 2;
    return first + (int64_t)(c * (double)(last - first));
}

static void event(struct plan_unit *u, int64_t at)
{
    size_t i = u->n_events;
    if (i == PLAN_EVENTS_MAX || at < PLAN_BEGIN || at >= PLAN_END)
        return;
    for (u->n_events++; i > 0 && u->events[i - 1] > at; i--)
        u->events[i] = u->events[i - 1];
    u->events[i] = at;
}

/* At a shift change: from half an hour before it to one hour after. */
static void shift(struct plan_unit *u, int hour, double likely)
{
    if (chance(&u->random) < likely)
        event(u, around(&u->random, hour * PLAN_HOUR - 30 * PLAN_MINUTE, (hour + 1) * PLAN_HOUR));
}

void plan_begin(struct plan_unit *u, uint64_t seed, const char *id)
{
    bool family = u->ttl_s >= 48 * 3600, emergency = u->ttl_s <= 6 * 3600;

    u->random = stream(seed, id);
    u->n_events = u->next = 0;
    if (u->habit == HABIT_NEVER)
        return;
    if (u->habit == HABIT_ONCE || family) {
        shift(u, 7 + (int)(draw(&u->random) % 3) * (family ? 6 : 1), family ? 0.5 : 0.8);
        return;
    }
    shift(u, 7, 0.9);
    shift(u, 14, 0.9);
    shift(u, 21, 0.9);
    /* Now and then something moves in between; in emergency units more often, at night too. */
    if (chance(&u->random) < 0.5)
        event(u, around(&u->random, 8 * PLAN_HOUR, 20 * PLAN_HOUR));
    for (int i = 0; emergency && i < 5; i++)
        event(u, PLAN_BEGIN + (int64_t)(chance(&u->random) * (double)(PLAN_END - PLAN_BEGIN)));
}

int64_t plan_next(const struct plan_unit *u)
{
    return u->next < u->n_events ? u->events[u->next] : INT64_MAX;
}

/* How many of n do it, each with this likelihood. */
static int of(uint64_t *state, int n, double likely)
{
    int some = 0;
    for (int i = 0; i < n; i++)
        some += chance(state) < likely;
    return some;
}

/* Exits are rare, and a free place is soon taken: the balance of the two is about 97 % occupied. */
static int moved(struct plan_unit *u, int open)
{
    int exits = of(&u->random, u->occupied, 0.018);
    int free = open > u->occupied ? open - u->occupied : 0;
    int arrivals = of(&u->random, free, 0.6);
    /* In an emergency one more is taken in, with a derogation. */
    if (free == 0 && open >= 8 && u->occupied == open && chance(&u->random) < 0.01)
        arrivals = 1;
    return u->occupied - exits + arrivals;
}

struct plan_word plan_say(struct plan_unit *u)
{
    struct plan_word word = {.occupied = -1, .open = -1, .closed = -1};
    int open = u->open;

    u->next++;
    if (open < 0) { /* the first declaration of all */
        word.open = open = u->authorised > 0 ? u->authorised : 6;
        word.occupied = open - of(&u->random, open, 0.03);
        return word;
    }
    if (u->closed == 0 && u->occupied < open && open > 3 && chance(&u->random) < 0.02) {
        word.closed = 1;
        word.reason = "staff";
        open--;
    } else if (u->closed > 0 && chance(&u->random) < 0.3) {
        word.closed = 0;
        open += u->closed;
    }
    word.occupied = moved(u, open);
    word.confirm = word.closed < 0 && word.occupied == u->occupied;
    if (word.occupied > open)
        word.derogation = "emergency";
    return word;
}
