/* SPDX-License-Identifier: EUPL-1.2 */
/* Every allocation fails once: stands between the code under test and malloc and its like (the
 * linker's --wrap: UGO_SCARCE in CMakeLists.txt). What other libraries allocate does not fail. For
 * the one file of a test program. */
#ifndef BASE_SCARCE_FIXTURE_H
#define BASE_SCARCE_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_reallocarray(void *p, size_t n, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_reallocarray(void *p, size_t n, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t n);

static long scarce_left = -1; /* allocations before the one that fails; negative: none does */

static bool scarce(void)
{
    return scarce_left >= 0 && scarce_left-- == 0;
}

void *__wrap_malloc(size_t n)
{
    return scarce() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return scarce() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return scarce() ? NULL : __real_realloc(p, n);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
    return scarce() ? NULL : __real_reallocarray(p, n, size);
}

char *__wrap_strdup(const char *text)
{
    return scarce() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t n)
{
    return scarce() ? NULL : __real_strndup(text, n);
}

/* The allocation after nth others fails in what follows. */
static inline void scarce_begin(long nth)
{
    scarce_left = nth;
}

/* Whether one has failed; none does any more. */
static inline bool scarce_end(void)
{
    bool failed = scarce_left < 0;
    scarce_left = -1;
    return failed;
}

#endif
