/* SPDX-License-Identifier: EUPL-1.2 */
/* Accounts, what they prove themselves with, their sessions and links: what may be said of each. */
#include "api/admin.h"
#include "api/draw.h"
#include "proto/format.h"
#include "proto/limits.h"

/* SHA-256, in hexadecimal. */
static bool format_digest(span text)
{
    if (text.n != DIGEST_TEXT - 1)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (!(text.p[i] >= '0' && text.p[i] <= '9') && !(text.p[i] >= 'a' && text.p[i] <= 'f'))
            return false;
    return true;
}

static const char *const types_made[] = {"token", "certificate"};
static const char *const types_listed[] = {"token", "certificate", "password", "link"};
static const char *const questions_linked[] = {"declare"};
static const struct shape territory_element = {NULL, SHAPE_TEXT, .format = format_territory};
static const struct shape establishment_element = {NULL, SHAPE_TEXT,
                                                   .format = format_establishment_id};

#define MEMBERS_OF_PAGE                                                                            \
    {"limit", SHAPE_INT, .min = 1, .max = LIMIT_PAGE},                                             \
        {"cursor", SHAPE_TEXT, .format = format_cursor}, MEMBER_AFTER
#define MEMBER_ACCOUNT                                                                             \
    {                                                                                              \
        "account", SHAPE_TEXT, .required = true, .format = format_account                          \
    }
#define MEMBER_DIGEST                                                                              \
    {                                                                                              \
        "id", SHAPE_TEXT, .required = true, .format = format_digest                                \
    }

const struct shape account_list_params[] = {
    {"words", SHAPE_TEXT, .min = 1, .max = 60},
    {"role", SHAPE_CODE, .one_of = role_codes, .n_one_of = ROLE_COUNT},
    {"disabled", SHAPE_BOOL},
    MEMBERS_OF_PAGE,
    {0},
};

const struct shape account_get_params[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_account}, MEMBER_AFTER, {0}};

const struct shape account_put_params[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_account},
    {"role", SHAPE_CODE, .required = true, .one_of = role_codes, .n_one_of = ROLE_COUNT},
    {"territories", SHAPE_ARRAY, .max = 1000, .element = &territory_element},
    {"establishments", SHAPE_ARRAY, .max = 1000, .element = &establishment_element},
    {"acts_for", SHAPE_TEXT, .nullable = true, .format = format_account},
    {"remind", SHAPE_TEXT, .nullable = true, .min = 1, .max = 200},
    {"name", SHAPE_TEXT, .required = true, .min = 1, .max = 200},
    {"disabled", SHAPE_BOOL},
    MEMBER_IF_REVISION,
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape account_disable_params[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_account}, MEMBER_KEY, MEMBER_AFTER, {0}};

const struct shape credential_list_params[] = {
    {"account", SHAPE_TEXT, .format = format_account},
    {"type", SHAPE_CODE, .one_of = types_listed, .n_one_of = ARRAY_LENGTH(types_listed)},
    MEMBERS_OF_PAGE,
    {0},
};

const struct shape credential_put_params[] = {
    MEMBER_ACCOUNT,
    {"type", SHAPE_CODE, .required = true, .one_of = types_made,
     .n_one_of = ARRAY_LENGTH(types_made)},
    {"id", SHAPE_TEXT, .format = format_digest},
    {"expires_at", SHAPE_TEXT, .nullable = true, .format = format_instant},
    {"label", SHAPE_TEXT, .nullable = true, .min = 1, .max = 200},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape credential_revoke_params[] = {MEMBER_DIGEST, MEMBER_KEY, MEMBER_AFTER, {0}};

/* Passwords and second factors: made here, or taken away. */
const struct shape secret_params[] = {MEMBER_ACCOUNT, MEMBER_KEY, MEMBER_AFTER, {0}};

/* Of holds an administrator knows nothing: a link that answers one is made by a reminder. */
const struct shape link_put_params[] = {
    MEMBER_ACCOUNT,
    {"unit", SHAPE_TEXT, .required = true, .format = format_unit_id},
    {"question", SHAPE_CODE, .required = true, .one_of = questions_linked,
     .n_one_of = ARRAY_LENGTH(questions_linked)},
    {"expires_at", SHAPE_TEXT, .nullable = true, .format = format_instant},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape session_list_params[] = {
    {"account", SHAPE_TEXT, .format = format_account}, MEMBERS_OF_PAGE, {0}};

const struct shape session_close_params[] = {MEMBER_DIGEST, MEMBER_KEY, MEMBER_AFTER, {0}};
