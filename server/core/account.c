/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/account.h"

#include "core/json_read.h"

static void texts_free(char **texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(texts[i]);
    free(texts);
}

static int texts_copy(const json_t *array, char ***ret_texts, size_t *ret_n)
{
    size_t n = json_array_size(array);
    char **texts = calloc(n ? n : 1, sizeof *texts);
    if (texts == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        texts[i] = strdup(text ? text : "");
        if (texts[i] == NULL) {
            texts_free(texts, i);
            return -ENOMEM;
        }
    }
    *ret_texts = texts;
    *ret_n = n;
    return 0;
}

static void account_cleanup(struct account **a)
{
    account_destroy(*a);
}

int account_decode(const char *id, const char *state, struct account **ret)
{
    CLEANUP(json_release) json_t *json = json_loads(state, 0, NULL);
    const char *role = json_text(json, "role");
    int role_number = role ? code_find(role_codes, ROLE_COUNT, role) : -1;
    if (role_number < 0)
        return -EBADMSG;
    CLEANUP(account_cleanup) struct account *a = calloc(1, sizeof *a);
    if (a == NULL || (a->id = strdup(id)) == NULL)
        return -ENOMEM;
    a->role = (enum role)role_number;
    a->disabled = json_is_true(json_object_get(json, "disabled"));
    if (json_copy_text(json, "name", &a->name) < 0 ||
        json_copy_text(json, "acts_for", &a->acts_for) < 0 ||
        texts_copy(json_object_get(json, "territories"), &a->territories, &a->n_territories) < 0 ||
        texts_copy(json_object_get(json, "establishments"), &a->establishments,
                   &a->n_establishments) < 0)
        return -ENOMEM;
    *ret = a;
    a = NULL;
    return 0;
}

void account_destroy(struct account *a)
{
    if (a == NULL)
        return;
    texts_free(a->territories, a->n_territories);
    texts_free(a->establishments, a->n_establishments);
    free(a->acts_for);
    free(a->name);
    free(a->id);
    free(a);
}

static const char *const type_codes[] = {
    [CREDENTIAL_TOKEN] = "token",     [CREDENTIAL_CERTIFICATE] = "certificate",
    [CREDENTIAL_SESSION] = "session", [CREDENTIAL_PASSWORD] = "password",
    [CREDENTIAL_LINK] = "link",
};

static void credential_cleanup(struct credential **c)
{
    credential_destroy(*c);
}

int credential_decode(const char *id, const char *state, struct credential **ret)
{
    CLEANUP(json_release) json_t *json = json_loads(state, 0, NULL);
    const char *type = json_text(json, "type");
    if (type == NULL || json_text(json, "account") == NULL)
        return -EBADMSG;
    CLEANUP(credential_cleanup) struct credential *c = calloc(1, sizeof *c);
    if (c == NULL || (c->id = strdup(id)) == NULL)
        return -ENOMEM;
    int number = code_find(type_codes, CREDENTIAL_TYPES, type);
    if (number < 0 || (number == CREDENTIAL_LINK && json_text(json, "unit") == NULL))
        return -EBADMSG;
    c->type = (enum credential_type)number;
    c->expires_at = json_int_or(json, "expires_at", USEC_NEVER);
    c->seen_at = json_int_or(json, "seen_at", 0);
    c->second_factor = json_is_true(json_object_get(json, "totp"));
    c->revoked = !json_is_false(json_object_get(json, "revoked"));
    if (json_copy_text(json, "account", &c->account) < 0 ||
        json_copy_text(json, "unit", &c->unit) < 0 || json_copy_text(json, "hold", &c->hold) < 0)
        return -ENOMEM;
    *ret = c;
    c = NULL;
    return 0;
}

void credential_destroy(struct credential *c)
{
    if (c == NULL)
        return;
    free(c->hold);
    free(c->unit);
    free(c->account);
    free(c->id);
    free(c);
}

usec_t credential_end(const struct credential *c)
{
    usec_t idle = c->type == CREDENTIAL_SESSION ? c->seen_at + SESSION_IDLE : USEC_NEVER;
    return idle < c->expires_at ? idle : c->expires_at;
}

const char *credential_trouble(const struct credential *c, enum credential_type type, usec_t at)
{
    bool is_one = c != NULL && c->type == type;
    /* The database forgets a session that has ended, soon: one word, whoever is first. */
    if (type == CREDENTIAL_SESSION)
        return is_one && !c->revoked && credential_end(c) > at ? NULL : "session_ended";
    if (!is_one || type == CREDENTIAL_PASSWORD)
        return "bad_credential";
    if (c->revoked)
        return "revoked";
    return credential_end(c) <= at ? "expired" : NULL;
}

bool session_touch_due(const struct credential *c, usec_t at)
{
    return c->type == CREDENTIAL_SESSION && at - c->seen_at > SESSION_TOUCH;
}

bool credential_rights_differ(const struct credential *was, const struct credential *is)
{
    const struct credential *any = is != NULL ? is : was;
    if (any == NULL || any->type == CREDENTIAL_PASSWORD)
        return false;
    if (any->type != CREDENTIAL_SESSION && any->type != CREDENTIAL_LINK)
        return true;
    return was != NULL && (is == NULL || strcmp(was->account, is->account) != 0 ||
                           was->expires_at != is->expires_at);
}
