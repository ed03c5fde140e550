/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/codes.h"

#define CODE_TEXT(name, code) [name] = code,
const char *const role_codes[] = {ROLES(CODE_TEXT)};
const char *const modality_codes[] = {MODALITIES(CODE_TEXT)};
const char *const need_codes[] = {NEEDS(CODE_TEXT)};
const char *const tristate_codes[] = {TRISTATES(CODE_TEXT)};
const char *const unit_sex_codes[] = {UNIT_SEXES(CODE_TEXT)};
const char *const admission_codes[] = {ADMISSIONS(CODE_TEXT)};
const char *const visibility_codes[] = {VISIBILITIES(CODE_TEXT)};

int code_find(const char *const *codes, int n, const char *code)
{
    for (int i = 0; i < n; i++)
        if (strcmp(codes[i], code) == 0)
            return i;
    return -1;
}
