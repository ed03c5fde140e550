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
const char *const closed_reason_codes[] = {CLOSED_REASONS(CODE_TEXT)};
const char *const derogation_codes[] = {DEROGATIONS(CODE_TEXT)};
const char *const request_state_codes[] = {REQUEST_STATES(CODE_TEXT)};
const char *const hold_state_codes[] = {HOLD_STATES(CODE_TEXT)};
const char *const offer_state_codes[] = {OFFER_STATES(CODE_TEXT)};
const char *const mission_state_codes[] = {MISSION_STATES(CODE_TEXT)};
const char *const duty_codes[] = {DUTIES(CODE_TEXT)};
const char *const legal_frame_codes[] = {LEGAL_FRAMES(CODE_TEXT)};
const char *const refusal_codes[] = {REFUSALS(CODE_TEXT)};
const char *const withdrawal_codes[] = {WITHDRAWALS(CODE_TEXT)};
const char *const request_end_codes[] = {REQUEST_ENDS(CODE_TEXT)};
const char *const weeks_codes[] = {WEEKS(CODE_TEXT)};
const char *const movement_type_codes[] = {MOVEMENT_TYPES(CODE_TEXT)};
const char *const movement_state_codes[] = {MOVEMENT_STATES(CODE_TEXT)};
const char *const movement_code_codes[] = {MOVEMENT_CODES(CODE_TEXT)};
const char *const hold_end_codes[] = {HOLD_ENDS(CODE_TEXT)};

int code_find(const char *const *codes, int n, const char *code)
{
    for (int i = 0; i < n; i++)
        if (strcmp(codes[i], code) == 0)
            return i;
    return -1;
}
