/* SPDX-License-Identifier: EUPL-1.2 */
/* The best few of many: kept sorted, bounded, the worst falls out. */
#ifndef CORE_TOP_H
#define CORE_TOP_H

#include <stdbool.h>
#include <stdint.h>

#define TOP_MAX 50

struct top_item {
    uint32_t steps; /* distance: less is better */
    uint32_t slot;
    int64_t tie; /* among equal distances less is better; then the lower slot */
};

struct top {
    unsigned k; /* 1..TOP_MAX */
    unsigned n;
    struct top_item items[TOP_MAX]; /* best first */
};

static inline bool top_before(struct top_item a, struct top_item b)
{
    if (a.steps != b.steps)
        return a.steps < b.steps;
    return a.tie != b.tie ? a.tie < b.tie : a.slot < b.slot;
}

static inline bool top_full(const struct top *t)
{
    return t->n == t->k;
}

/* Whether something that far away could still enter. */
static inline bool top_admits(const struct top *t, uint32_t steps)
{
    return t->n < t->k || steps <= t->items[t->n - 1].steps;
}

static inline void top_add(struct top *t, struct top_item item)
{
    unsigned i;

    if (top_full(t)) {
        if (!top_before(item, t->items[t->n - 1]))
            return;
        t->n--;
    }
    for (i = t->n++; i > 0 && top_before(item, t->items[i - 1]); i--)
        t->items[i] = t->items[i - 1];
    t->items[i] = item;
}

#endif
