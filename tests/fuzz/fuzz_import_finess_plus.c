/* SPDX-License-Identifier: EUPL-1.2 */
/* The two FINESS+ flows, one behind the other with a line "---" between them. */
#include "tests/fuzz/fuzz_import.h"

static int read_flows(span both, struct import *im)
{
    static const char between[] = "\n---\n";
    const char *end = both.n > 0 ? memmem(both.p, both.n, between, sizeof between - 1) : NULL;
    span one = both, other = {"", 0};

    if (end != NULL) {
        one.n = (size_t)(end - both.p);
        other.p = end + sizeof between - 1;
        other.n = both.n - one.n - (sizeof between - 1);
    }
    return import_finess(one, other, im);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *own = fuzz_copy((const char *)bytes, n);

    json_object_seed(1);
    check_import(read_flows, (span){own, n});
    free(own);
    return 0;
}
