/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/error.h"

#define ROW(name, type, code, status, title) [name] = {type, code, status, title},
const struct error_row error_rows[ERROR_COUNT] = {ERRORS(ROW)};

int error_find(span type)
{
    for (int i = 0; i < ERROR_COUNT; i++)
        if (span_is(type, error_rows[i].type))
            return i;
    return -1;
}
