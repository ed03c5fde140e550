/* SPDX-License-Identifier: EUPL-1.2 */
/* Our own tables. The first byte chooses which: t territories, c communes, else units. */
#include "tests/fuzz/fuzz_import.h"

static int read_table(span file, struct import *im)
{
    span rest = {file.p + 1, file.n - 1};

    if (file.p[0] == 't')
        return import_territories(rest, im);
    return file.p[0] == 'c' ? import_communes(rest, im) : import_units(rest, im);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *own;

    if (n == 0)
        return 0;
    own = fuzz_copy((const char *)bytes, n);
    json_object_seed(1);
    check_import(read_table, (span){own, n});
    free(own);
    return 0;
}
