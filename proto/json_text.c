/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/json_text.h"

#include "proto/limits.h"
#include "proto/plain.h"
#include "proto/scan.h"

static const char *detail_of(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_duplicate_key:
        return "duplicate_key";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "nul_character";
    case json_error_numeric_overflow:
        return "number_out_of_range";
    default:
        return "not_json";
    }
}

json_t *json_text_read(span text, size_t structural_max, const char **ret_detail)
{
    json_error_t error;
    int r = scan_line(text, LIMIT_DEPTH, structural_max);
    if (r != 0) {
        *ret_detail = scan_detail(r);
        return NULL;
    }
    json_t *value = plain_read(text);
    if (value == NULL)
        value = json_loadb(text.n > 0 ? text.p : "", text.n,
                           JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (value == NULL)
        *ret_detail = detail_of(&error);
    return value;
}
