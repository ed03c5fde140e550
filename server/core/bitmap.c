/* SPDX-License-Identifier: EUPL-1.2 */
/* The vectors are written out with the compiler's vector types: at -O2 it would not vectorise loops
 * of unknown length by itself, and these loops are most of a search over a whole country. */
#include "core/bitmap.h"

#include <stdlib.h>
#include <string.h>

#define LANES 4

typedef uint64_t lanes __attribute__((vector_size(LANES * 8), aligned(8), may_alias));

#define LOAD(p, i) (*(const lanes *)((p) + (i)))
#define STORE(p, i) (*(lanes *)((p) + (i)))

void bitmap_free(struct bitmap *b)
{
    if (b == NULL)
        return;
    free(b->words);
    *b = (struct bitmap){0};
}

int bitmap_add(struct bitmap *b, size_t bit)
{
    size_t word = bit >> 6;

    if (word >= b->n_words) {
        size_t n = word + 1 > b->n_words * 2 ? word + 1 : b->n_words * 2;
        uint64_t *words = realloc(b->words, n * sizeof *words);

        if (words == NULL)
            return -ENOMEM;
        memset(words + b->n_words, 0, (n - b->n_words) * sizeof *words);
        b->words = words;
        b->n_words = n;
    }
    bits_put(b->words, bit, true);
    return 0;
}

void bitmap_remove(struct bitmap *b, size_t bit)
{
    if (bit >> 6 < b->n_words)
        bits_put(b->words, bit, false);
}

void bitmap_clear(struct bitmap *b)
{
    if (b->n_words > 0)
        memset(b->words, 0, b->n_words * sizeof *b->words);
}

bool bitmap_has(const struct bitmap *b, size_t bit)
{
    return bit >> 6 < b->n_words && bits_test(b->words, bit);
}

static inline size_t ones(uint64_t word)
{
    return (size_t)__builtin_popcountll(word);
}

static inline size_t ones_of(const uint64_t *a)
{
    return ones(a[0]) + ones(a[1]) + ones(a[2]) + ones(a[3]);
}

MULTIVERSION size_t bits_count(const uint64_t *a, size_t n)
{
    size_t count = 0, i = 0;

    for (; i + LANES <= n; i += LANES)
        count += ones_of(a + i);
    for (; i < n; i++)
        count += ones(a[i]);
    return count;
}

MULTIVERSION void bits_or(uint64_t *dst, const uint64_t *a, const uint64_t *b, size_t n)
{
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        STORE(dst, i) = LOAD(a, i) | LOAD(b, i);
    for (; i < n; i++)
        dst[i] = a[i] | b[i];
}

MULTIVERSION void bits_and(uint64_t *dst, const uint64_t *a, const uint64_t *b, size_t n)
{
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        STORE(dst, i) = LOAD(a, i) & LOAD(b, i);
    for (; i < n; i++)
        dst[i] = a[i] & b[i];
}

MULTIVERSION void bits_and_not(uint64_t *dst, const uint64_t *a, const uint64_t *b, size_t n)
{
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        STORE(dst, i) = LOAD(a, i) & ~LOAD(b, i);
    for (; i < n; i++)
        dst[i] = a[i] & ~b[i];
}

MULTIVERSION void bits_or_and_not(uint64_t *dst, const uint64_t *a, const uint64_t *b, size_t n)
{
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        STORE(dst, i) = LOAD(dst, i) | (LOAD(a, i) & ~LOAD(b, i));
    for (; i < n; i++)
        dst[i] |= a[i] & ~b[i];
}

MULTIVERSION size_t bits_and_count(uint64_t *dst, const uint64_t *a, const uint64_t *b, size_t n)
{
    size_t count = 0, i = 0;

    for (; i + LANES <= n; i += LANES) {
        STORE(dst, i) = LOAD(a, i) & LOAD(b, i);
        count += ones_of(dst + i);
    }
    for (; i < n; i++) {
        dst[i] = a[i] & b[i];
        count += ones(dst[i]);
    }
    return count;
}

MULTIVERSION size_t bits_and_not_count(uint64_t *dst, const uint64_t *a, const uint64_t *b,
                                       size_t n)
{
    size_t count = 0, i = 0;

    for (; i + LANES <= n; i += LANES) {
        STORE(dst, i) = LOAD(a, i) & ~LOAD(b, i);
        count += ones_of(dst + i);
    }
    for (; i < n; i++) {
        dst[i] = a[i] & ~b[i];
        count += ones(dst[i]);
    }
    return count;
}

MULTIVERSION size_t bits_and_xor_count(uint64_t *dst, const uint64_t *a, const uint64_t *b,
                                       const uint64_t *c, size_t n)
{
    size_t count = 0, i = 0;

    for (; i + LANES <= n; i += LANES) {
        STORE(dst, i) = LOAD(a, i) & (LOAD(b, i) ^ LOAD(c, i));
        count += ones_of(dst + i);
    }
    for (; i < n; i++) {
        dst[i] = a[i] & (b[i] ^ c[i]);
        count += ones(dst[i]);
    }
    return count;
}

MULTIVERSION size_t bits_reject(uint64_t *alive, uint64_t *one, uint64_t *two,
                                const uint64_t *failed, size_t n)
{
    size_t left = 0, i = 0;

    for (; i + LANES <= n; i += LANES) {
        lanes f = LOAD(failed, i), o = LOAD(one, i);

        STORE(two, i) = LOAD(two, i) | (o & f);
        STORE(one, i) = o | f;
        STORE(alive, i) = LOAD(alive, i) & ~f;
        left += ones_of(alive + i);
    }
    for (; i < n; i++) {
        two[i] |= one[i] & failed[i];
        one[i] |= failed[i];
        alive[i] &= ~failed[i];
        left += ones(alive[i]);
    }
    return left;
}
