/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/memory.h"

#include <jansson.h>
#include <stdlib.h>

static void *malloc_or_abort(size_t n)
{
    void *p = malloc(n);
    if (p == NULL && n > 0)
        abort();
    return p;
}

void proto_memory_or_abort(void)
{
    json_set_alloc_funcs(malloc_or_abort, free);
}
