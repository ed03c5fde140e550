/* SPDX-License-Identifier: EUPL-1.2 */
/* Different waits for those who are sent away at once, so that they do not come back at once. */
#ifndef BASE_SPREAD_H
#define BASE_SPREAD_H

#include <stdint.h>

/* ms, from least to below most; another at each call (splitmix64). *seed: random at first. */
static inline unsigned spread_ms(uint64_t *seed, unsigned least, unsigned most)
{
    uint64_t z = *seed += 0x9E3779B97F4A7C15ULL;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return least + (unsigned)((z ^ z >> 31) % (most - least));
}

#endif
