/* SPDX-License-Identifier: EUPL-1.2 */
/* Sets of small numbers as bits in 64-bit words. The word functions are the search's inner loops:
 * they take whole arrays, and n is the number of words. dst may be one of the sources. */
#ifndef CORE_BITMAP_H
#define CORE_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

/* A function compiled also for processors with wider vectors and a population count; chosen when
 * the program is loaded. Sanitizers run too early for that choice. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) &&       \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define MULTIVERSION __attribute__((target_clones("avx2", "popcnt", "default")))
#else
#define MULTIVERSION
#endif

/* A set that grows; zeroed is empty. */
struct bitmap {
    uint64_t *words; /* owned */
    size_t n_words;
};

void bitmap_free(struct bitmap *b); /* leaves an empty set; NULL allowed */
/* 0 or -ENOMEM. Grows to hold bit. */
int bitmap_add(struct bitmap *b, size_t bit) MUST_USE;
void bitmap_remove(struct bitmap *b, size_t bit);
void bitmap_clear(struct bitmap *b); /* empties, keeps the memory */
bool bitmap_has(const struct bitmap *b, size_t bit);

static inline bool bits_test(const uint64_t *words, size_t bit)
{
    return (words[bit >> 6] >> (bit & 63)) & 1;
}

static inline void bits_put(uint64_t *words, size_t bit, bool on)
{
    uint64_t mask = (uint64_t)1 << (bit & 63);

    words[bit >> 6] = on ? words[bit >> 6] | mask : words[bit >> 6] & ~mask;
}

size_t bits_count(const uint64_t *a, size_t n);
void bits_or(uint64_t *dst, const uint64_t *a, const uint64_t *b, size_t n);
void bits_and(uint64_t *dst, const uint64_t *a, const uint64_t *b, size_t n);
void bits_and_not(uint64_t *dst, const uint64_t *a, const uint64_t *b, size_t n); /* a & ~b */

/* dst |= a & ~b. */
void bits_or_and_not(uint64_t *dst, const uint64_t *a, const uint64_t *b, size_t n);

/* dst = a & b, or a & ~b; how many are left. */
size_t bits_and_count(uint64_t *dst, const uint64_t *a, const uint64_t *b, size_t n);
size_t bits_and_not_count(uint64_t *dst, const uint64_t *a, const uint64_t *b, size_t n);

/* dst = a & (b ^ c); how many. */
size_t bits_and_xor_count(uint64_t *dst, const uint64_t *a, const uint64_t *b, const uint64_t *c,
                          size_t n);

/* One criterion of a search: removes who failed from alive, and remembers in one and two who has
 * failed at least one, two criteria. How many are left alive. */
size_t bits_reject(uint64_t *alive, uint64_t *one, uint64_t *two, const uint64_t *failed, size_t n);

#endif
