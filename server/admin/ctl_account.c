/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/ctl.h"
#include "admin/token.h"
#include "core/codes.h"

/* What a role cannot do without: an account that sees nothing, or everything by accident, is a
 * mistake of who makes it. */
static const struct {
    enum role role;
    const char *option; /* at least one; NULL none */
    bool root;          /* without a --territory: the département's root, when there is one only */
} needs[] = {
    {ROLE_ESTABLISHMENT, "--establishment", false},
    {ROLE_SERVICE, "--acts-for", false},
    {ROLE_TERRITORY, "--territory", false},
    {ROLE_MOBILE, NULL, true},
    {ROLE_ASTREINTE, NULL, true},
    {ROLE_DEF, NULL, true},
    {ROLE_ADMIN, NULL, false},
};

static json_t *option_texts(const struct ctl *ctl, const char *name)
{
    json_t *texts = json_array();
    const char *value;

    for (int i = 0; (value = ctl_option(ctl, name, i)) != NULL; i++)
        if (json_array_append_new(texts, json_string(value)) != 0) {
            json_decref(texts);
            return NULL;
        }
    return texts;
}

int ctl_account_known(struct ctl *ctl, const char *account)
{
    PGresult *r CLEANUP(ctl_clear) =
        ctl_query(ctl, "SELECT FROM ugo.account WHERE id = $1", 1, &account);

    return r == NULL ? -EIO : PQntuples(r) > 0;
}

/* Adds the only root territory to a scope that names none. CTL_DONE or CTL_REFUSED. */
static int default_scope(struct ctl *ctl, json_t *territories)
{
    PGresult *r CLEANUP(ctl_clear) =
        ctl_query(ctl, "SELECT code FROM ugo.territory WHERE parent IS NULL", 0, NULL);

    if (r == NULL)
        return CTL_REFUSED;
    if (PQntuples(r) != 1) {
        ctl_complain(ctl, "scope_missing", ctl_option(ctl, "--role", 0), "--territory", NULL);
        return CTL_REFUSED;
    }
    if (json_array_append_new(territories, json_string(PQgetvalue(r, 0, 0))) == 0)
        ctl_say(ctl, "scope_default", PQgetvalue(r, 0, 0), NULL);
    return CTL_DONE;
}

static int check_scope(struct ctl *ctl, enum role role, json_t *territories)
{
    for (size_t i = 0; i < ARRAY_LENGTH(needs); i++) {
        if (needs[i].role != role)
            continue;
        if (needs[i].option != NULL && ctl_option(ctl, needs[i].option, 0) == NULL) {
            ctl_complain(ctl, "scope_missing", role_codes[role], needs[i].option, NULL);
            return CTL_USAGE;
        }
        if (needs[i].root && json_array_size(territories) == 0)
            return default_scope(ctl, territories);
    }
    return CTL_DONE;
}

static json_t *token_command(const char *account, const char *token)
{
    char hash[TOKEN_HASH];

    token_hash(token, hash);
    return ctl_command("credential.put", "{s:s, s:s, s:s, s:s}", "id", hash, "account", account,
                       "type", "token", "label", "ugoctl");
}

static void show_token(const struct ctl *ctl, const char *token)
{
    ctl_say(ctl, "token_once", NULL);
    printf("%s\n", token);
}

/* The commands that make the account; NULL when memory is out. Takes territories over. */
static json_t *add_commands(const struct ctl *ctl, json_t *territories, const char *token)
{
    const char *account = ctl->argument[0], *name = ctl_option(ctl, "--name", 0);
    json_t *commands = json_array();
    json_t *put =
        ctl_command("account.put", "{s:s, s:s, s:o, s:o, s:s*, s:s}", "id", account, "role",
                    ctl_option(ctl, "--role", 0), "territories", territories, "establishments",
                    option_texts(ctl, "--establishment"), "acts_for",
                    ctl_option(ctl, "--acts-for", 0), "name", name != NULL ? name : account);

    if (json_array_append_new(commands, put) != 0 ||
        (*token != '\0' && json_array_append_new(commands, token_command(account, token)) != 0)) {
        json_decref(commands);
        return NULL;
    }
    return commands;
}

int ctl_account_add(struct ctl *ctl)
{
    const char *account = ctl->argument[0];
    int role = code_find(role_codes, ROLE_COUNT, ctl_option(ctl, "--role", 0));
    char token[TOKEN_TEXT] = "";
    json_t *territories;
    int r;

    if (role < 0) {
        ctl_complain(ctl, "role_unknown", ctl_option(ctl, "--role", 0), NULL);
        return CTL_USAGE;
    }
    r = ctl_account_known(ctl, account);
    if (r != 0) {
        if (r > 0)
            ctl_complain(ctl, "account_exists", account, NULL);
        return CTL_REFUSED;
    }
    territories = option_texts(ctl, "--territory");
    r = check_scope(ctl, (enum role)role, territories);
    if (r == CTL_DONE && ctl_option(ctl, "--no-token", 0) == NULL && token_make(token) != 0)
        r = CTL_REFUSED;
    if (r != CTL_DONE) {
        json_decref(territories);
        return r;
    }
    r = ctl_apply(ctl, add_commands(ctl, territories, token));
    if (r != CTL_DONE)
        return r;
    ctl_say(ctl, "account_added", account, role_codes[role], NULL);
    if (*token != '\0')
        show_token(ctl, token);
    return CTL_DONE;
}

/* Revocations of the account's tokens in use. *ret_n of them. NULL when something failed (said). */
static json_t *revocations(struct ctl *ctl, const char *account, int *ret_n)
{
    PGresult *r CLEANUP(ctl_clear) = ctl_query(ctl,
                                               "SELECT id FROM ugo.credential WHERE account = $1"
                                               " AND type = 'token' AND NOT revoked",
                                               1, &account);
    json_t *commands = r != NULL ? json_array() : NULL;

    *ret_n = r != NULL ? PQntuples(r) : 0;
    for (int i = 0; commands != NULL && i < *ret_n; i++)
        if (json_array_append_new(commands, ctl_command("credential.revoke", "{s:s}", "id",
                                                        PQgetvalue(r, i, 0))) != 0) {
            json_decref(commands);
            commands = NULL;
        }
    return commands;
}

int ctl_account_token(struct ctl *ctl)
{
    const char *account = ctl->argument[0];
    bool revoke = ctl_option(ctl, "--revoke-others", 0) != NULL;
    char token[TOKEN_TEXT];
    json_t *commands;
    int n = 0, r = ctl_account_known(ctl, account);

    if (r <= 0) {
        if (r == 0)
            ctl_complain(ctl, "account_unknown", account, NULL);
        return CTL_REFUSED;
    }
    if (token_make(token) != 0)
        return CTL_REFUSED;
    commands = revoke ? revocations(ctl, account, &n) : json_array();
    if (commands != NULL && json_array_append_new(commands, token_command(account, token)) != 0) {
        json_decref(commands);
        commands = NULL;
    }
    r = ctl_apply(ctl, commands);
    if (r != CTL_DONE)
        return r;
    if (revoke)
        ctl_say(ctl, "tokens_revoked", ctl_number(n), NULL);
    show_token(ctl, token);
    return CTL_DONE;
}

int ctl_account_list(struct ctl *ctl)
{
    PGresult *r CLEANUP(ctl_clear) = ctl_query(
        ctl,
        "SELECT a.id, a.role || CASE WHEN a.disabled THEN ' (disabled)' ELSE '' END,"
        " coalesce('→ ' || a.acts_for, array_to_string((a.territories || a.establishments)[1:4],"
        " ' ') || CASE WHEN cardinality(a.territories || a.establishments) > 4 THEN ' … ' ||"
        " cardinality(a.territories || a.establishments) ELSE '' END),"
        " count(c.id) FILTER (WHERE c.type = 'token' AND NOT c.revoked) || ' token, ' ||"
        " count(c.id) FILTER (WHERE c.type = 'certificate' AND NOT c.revoked) || ' cert'"
        " || coalesce((SELECT CASE WHEN (state ->> 'password')::boolean THEN ', password' ELSE '' "
        "END"
        " || CASE WHEN (state ->> 'totp')::boolean THEN ', totp' ELSE '' END FROM ugo.record"
        " WHERE kind = 'credential' AND id = encode(sha256(convert_to('password-' || a.id, "
        "'UTF8')),"
        " 'hex')), '')"
        " FROM ugo.account a LEFT JOIN ugo.credential c ON c.account = a.id"
        " GROUP BY a.id ORDER BY a.id COLLATE \"C\"",
        0, NULL);

    if (r == NULL)
        return CTL_REFUSED;
    for (int i = 0; i < PQntuples(r); i++)
        printf("%-32s %-24s %-34s %s\n", PQgetvalue(r, i, 0), PQgetvalue(r, i, 1),
               PQgetvalue(r, i, 3), PQgetvalue(r, i, 2));
    if (PQntuples(r) == 0)
        ctl_say(ctl, "account_none", NULL);
    return CTL_DONE;
}

int ctl_account_disable(struct ctl *ctl)
{
    const char *account = ctl->argument[0];
    PGresult *found CLEANUP(ctl_clear) =
        ctl_query(ctl, "SELECT disabled FROM ugo.account WHERE id = $1", 1, &account);
    int r;

    if (found == NULL)
        return CTL_REFUSED;
    if (PQntuples(found) == 0) {
        ctl_complain(ctl, "account_unknown", account, NULL);
        return CTL_REFUSED;
    }
    if (*PQgetvalue(found, 0, 0) == 't') {
        ctl_say(ctl, "account_disabled_already", account, NULL);
        return CTL_DONE;
    }
    r = ctl_apply(ctl, json_pack("[o]", ctl_command("account.disable", "{s:s}", "id", account)));
    if (r == CTL_DONE)
        ctl_say(ctl, "account_disabled", account, NULL);
    return r;
}
