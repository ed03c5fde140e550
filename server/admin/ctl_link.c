/* SPDX-License-Identifier: EUPL-1.2 */
/* `link make`, `link list`, `link revoke`: addresses by which one question is answered without
 * signing in. The secret in an address is shown once and kept nowhere. */
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "admin/ctl.h"
#include "admin/token.h"
#include "api/secret.h"
#include "conf/conf.h"

#define HOURS_MOST 168

/* Until when, as the database counts; NULL: as it likes. CTL_DONE, CTL_USAGE or CTL_REFUSED (both
 * said). */
static int end_of(struct ctl *ctl, char *ret_end, size_t room)
{
    const char *hours = ctl_option(ctl, "--hours", 0);
    char *rest = NULL;
    long n = hours != NULL ? strtol(hours, &rest, 10) : 0;

    ret_end[0] = '\0';
    if (hours == NULL)
        return CTL_DONE;
    if (rest == hours || *rest != '\0' || n < 1 || n > HOURS_MOST) {
        ctl_complain(ctl, "link_hours", NULL);
        return CTL_USAGE;
    }
    PGresult *r CLEANUP(ctl_clear) =
        ctl_query(ctl, "SELECT ugo.clock_us() + $1::bigint * 3600000000", 1, &hours);
    if (r == NULL)
        return CTL_REFUSED;
    snprintf(ret_end, room, "%s", PQgetvalue(r, 0, 0));
    return CTL_DONE;
}

/* The command that makes it; NULL when memory is out. */
static json_t *put_command(const struct ctl *ctl, const char *secret, const char *end)
{
    const char *hold = ctl_option(ctl, "--hold", 0);
    char id[TOKEN_HASH];

    token_hash(secret, id);
    return ctl_command("link.put", "{s:s, s:s, s:s, s:s, s:o*, s:o*}", "id", id, "account",
                       ctl_option(ctl, "--account", 0), "unit", ctl_option(ctl, "--unit", 0),
                       "question", hold != NULL ? "hold" : "declare", "hold",
                       hold != NULL ? json_string(hold) : NULL, "expires_at",
                       *end != '\0' ? json_integer(strtoll(end, NULL, 10)) : NULL);
}

static void show(const struct ctl *ctl, const char *secret)
{
    const char *url = ctl->conf != NULL ? ctl->conf->public_url : "";
    char *address = link_address(url, secret);

    if (*url == '\0')
        ctl_remark(ctl, "link_no_url", NULL);
    ctl_say(ctl, "link_once", NULL);
    printf("%s\n", address != NULL ? address : secret);
    free(address);
}

int ctl_link_make(struct ctl *ctl)
{
    unsigned char bytes[LINK_BYTES];
    char secret[BASE64URL_TEXT(LINK_BYTES)], end[24];
    int r = end_of(ctl, end, sizeof end);

    if (r != CTL_DONE)
        return r;
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return CTL_REFUSED;
    base64url_write(bytes, sizeof bytes, secret);
    r = ctl_apply(ctl, json_pack("[o]", put_command(ctl, secret, end)));
    if (r == CTL_DONE)
        show(ctl, secret);
    OPENSSL_cleanse(bytes, sizeof bytes);
    OPENSSL_cleanse(secret, sizeof secret);
    return r;
}

int ctl_link_list(struct ctl *ctl)
{
    const char *account = ctl_option(ctl, "--account", 0);
    PGresult *r CLEANUP(ctl_clear) = ctl_query(
        ctl,
        "SELECT left(id, 16), account, unit, coalesce(hold, question),"
        " to_char(to_timestamp(expires_at / 1000000) AT TIME ZONE 'UTC',"
        " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM ugo.link WHERE account = $1 OR $1 IS NULL"
        " ORDER BY account COLLATE \"C\", unit COLLATE \"C\", made_at, id",
        1, &account);

    if (r == NULL)
        return CTL_REFUSED;
    for (int i = 0; i < PQntuples(r); i++)
        printf("%s  %-32s %-24s %-24s %s\n", PQgetvalue(r, i, 0), PQgetvalue(r, i, 1),
               PQgetvalue(r, i, 2), PQgetvalue(r, i, 3), PQgetvalue(r, i, 4));
    if (PQntuples(r) == 0)
        ctl_say(ctl, "link_none", NULL);
    return CTL_DONE;
}

int ctl_link_revoke(struct ctl *ctl)
{
    const char *account = ctl_option(ctl, "--account", 0);
    const char *id = ctl->n_arguments > 0 ? ctl->argument[0] : NULL;
    const char *params[] = {id, account};
    json_t *commands;
    int n, r;

    if ((id == NULL) == (account == NULL)) {
        ctl_complain(ctl, "link_or_account", NULL);
        return CTL_USAGE;
    }
    PGresult *found CLEANUP(ctl_clear) =
        ctl_query(ctl,
                  "SELECT id FROM ugo.link WHERE account = $2"
                  " OR length($1) >= 8 AND left(id, length($1)) = lower($1)",
                  2, params);
    if (found == NULL)
        return CTL_REFUSED;
    n = PQntuples(found);
    if (id != NULL && n != 1) {
        ctl_complain(ctl, n == 0 ? "link_unknown" : "link_ambiguous", id, NULL);
        return CTL_REFUSED;
    }
    commands = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(commands,
                              ctl_command("link.revoke", "{s:s}", "id", PQgetvalue(found, i, 0)));
    r = ctl_apply(ctl, commands);
    if (r == CTL_DONE)
        ctl_say(ctl, "links_revoked", ctl_number(n), NULL);
    return r;
}
