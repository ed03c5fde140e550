/* SPDX-License-Identifier: EUPL-1.2 */
/* What every fuzz target offers (libFuzzer's names), and how it says that something is wrong. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One input; always 0. The same input does the same again. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* A property that must hold for every input. */
#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* The bytes in memory of exactly their size, so that a look beyond them is seen. To be freed. */
static inline char *fuzz_copy(const void *bytes, size_t n)
{
    char *copy = malloc(n > 0 ? n : 1);
    REQUIRE(copy != NULL);
    if (n > 0)
        memcpy(copy, bytes, n);
    return copy;
}

#endif
