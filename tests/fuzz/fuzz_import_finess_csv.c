/* SPDX-License-Identifier: EUPL-1.2 */
/* The FINESS formats with lines: the table with a header, and cs1100502 in either encoding. */
#include "tests/fuzz/fuzz_import.h"

static int read_finess(span file, struct import *im)
{
    return import_finess(file, (span){"", 0}, im);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *own = fuzz_copy((const char *)bytes, n);

    json_object_seed(1);
    check_import(read_finess, (span){own, n});
    free(own);
    return 0;
}
