/* SPDX-License-Identifier: EUPL-1.2 */
/* `account remind`, `reminder put`, `reminder list`, `reminder delete`: who is asked to declare or
 * to answer, when, and where. */
#include <stdlib.h>

#include "admin/ctl.h"

/* The account as it is, as the params of account.put; NULL when there is none (said). */
static json_t *account_of(struct ctl *ctl, const char *account)
{
    PGresult *r CLEANUP(ctl_clear) = ctl_query(
        ctl, "SELECT state FROM ugo.record WHERE kind = 'account' AND id = $1", 1, &account);
    json_t *state;

    if (r == NULL)
        return NULL;
    if (PQntuples(r) == 0) {
        ctl_complain(ctl, "account_unknown", account, NULL);
        return NULL;
    }
    state = json_loads(PQgetvalue(r, 0, 0), 0, NULL);
    if (json_object_set_new(state, "id", json_string(account)) < 0) {
        json_decref(state);
        return NULL;
    }
    return state;
}

int ctl_account_remind(struct ctl *ctl)
{
    bool clear = ctl_option(ctl, "--clear", 0) != NULL;
    json_t *params;
    int r;

    if (clear == (ctl->n_arguments > 1)) {
        ctl_complain(ctl, "remind_or_clear", NULL);
        return CTL_USAGE;
    }
    params = account_of(ctl, ctl->argument[0]);
    if (params == NULL)
        return CTL_REFUSED;
    if (json_object_set_new(params, "remind", clear ? json_null() : json_string(ctl->argument[1])) <
        0) {
        json_decref(params);
        return CTL_REFUSED;
    }
    r = ctl_apply(ctl, json_pack("[{s:s, s:o}]", "op", "account.put", "params", params));
    if (r == CTL_DONE)
        ctl_say(ctl, clear ? "remind_cleared" : "remind_set", ctl->argument[0],
                clear ? NULL : ctl->argument[1], NULL);
    return r;
}

/* A number of seconds as an option gives it; NULL: it does not. */
static json_t *seconds(const struct ctl *ctl, const char *name)
{
    const char *text = ctl_option(ctl, name, 0);
    char *rest = NULL;
    long n = text != NULL ? strtol(text, &rest, 10) : 0;

    if (text == NULL)
        return NULL;
    return rest != text && *rest == '\0' ? json_integer(n) : json_string(text);
}

int ctl_reminder_put(struct ctl *ctl)
{
    const char *kind = ctl_option(ctl, "--kind", 0);
    const char *establishment = ctl_option(ctl, "--establishment", 0);

    return ctl_apply(
        ctl,
        json_pack("[o]",
                  ctl_command("reminder.put", "{s:s, s:s, s:s, s:s*, s:s*, s:o*, s:o*}", "id",
                              ctl->argument[0], "territory", ctl_option(ctl, "--territory", 0),
                              "question", ctl_option(ctl, "--question", 0), "establishment_kind",
                              kind, "establishment", establishment, "before_s",
                              seconds(ctl, "--before"), "after_s", seconds(ctl, "--after"))));
}

int ctl_reminder_delete(struct ctl *ctl)
{
    return ctl_apply(
        ctl, json_pack("[o]", ctl_command("reminder.delete", "{s:s}", "id", ctl->argument[0])));
}

int ctl_reminder_list(struct ctl *ctl)
{
    PGresult *r CLEANUP(ctl_clear) =
        ctl_query(ctl,
                  "SELECT id, question, territory, coalesce(establishment_kind, '-'),"
                  " coalesce(establishment, '-'), CASE question WHEN 'declare' THEN '-' || before_s"
                  " ELSE '+' || after_s END || ' s' FROM ugo.reminder ORDER BY id COLLATE \"C\"",
                  0, NULL);

    if (r == NULL)
        return CTL_REFUSED;
    for (int i = 0; i < PQntuples(r); i++)
        printf("%-20s %-8s %-20s %-20s %-20s %s\n", PQgetvalue(r, i, 0), PQgetvalue(r, i, 1),
               PQgetvalue(r, i, 2), PQgetvalue(r, i, 3), PQgetvalue(r, i, 4), PQgetvalue(r, i, 5));
    if (PQntuples(r) == 0)
        ctl_say(ctl, "reminder_none", NULL);
    return CTL_DONE;
}
