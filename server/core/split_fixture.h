/* SPDX-License-Identifier: EUPL-1.2 */
/* Units in an index, for the tests of the split. */
#ifndef CORE_SPLIT_FIXTURE_H
#define CORE_SPLIT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/search_sample.h"
#include "core/split.h"

#define UNITS_MAX 400

struct fixture {
    struct unit *units[UNITS_MAX];
    unsigned n;
    struct search_index *index;
};

static inline void put(struct fixture *f, struct unit *u)
{
    assert_int_equal(search_index_set(f->index, f->n, u, 0), 0);
    f->units[f->n++] = u;
}

static inline struct fixture *fixture_new(void)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    f->index = search_index_new();
    return f;
}

static inline void fixture_free(struct fixture *f)
{
    for (unsigned i = 0; i < f->n; i++)
        sample_free(f->units[i]);
    search_index_free(f->index);
    free(f);
}

#endif
