/* SPDX-License-Identifier: EUPL-1.2 */
/* `account password`, `account totp`, `session list`, `session revoke`: what people sign in with.
 */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "admin/ctl.h"
#include "admin/password.h"

#define LINE (PASSWORD_MOST + 2) /* with its line feed and terminator */

/* ── passwords ────────────────────────────────────────────────────────────────────────────── */

/* A line of standard input without its end; from a terminal without showing it. CTL_DONE or
 * CTL_REFUSED (said). */
static int read_line(const struct ctl *ctl, const char *prompt, char ret_line[static LINE])
{
    struct termios shown, hidden;
    bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &shown) == 0;
    char *line;

    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);  /* an interrupt would leave it hidden */
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden); /* before: what is typed at once counts */
        fprintf(stderr, "%s ", words_get(ctl->language, prompt));
    }
    line = fgets(ret_line, LINE, stdin);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    if (line == NULL) {
        ctl_complain(ctl, "password_none", NULL);
        return CTL_REFUSED;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return CTL_DONE;
}

/* CTL_DONE or CTL_REFUSED (said). */
static int read_password(const struct ctl *ctl, char ret_password[static LINE])
{
    char again[LINE] = "";
    int r = read_line(ctl, "password_prompt", ret_password);

    if (r == CTL_DONE) {
        const char *trouble = password_trouble(span_of(ret_password));
        char code[40];

        snprintf(code, sizeof code, "password_%s", trouble != NULL ? trouble : "");
        if (trouble != NULL)
            ctl_complain(ctl, code, NULL);
        r = trouble != NULL ? CTL_REFUSED : CTL_DONE;
    }
    if (r == CTL_DONE && isatty(STDIN_FILENO)) {
        r = read_line(ctl, "password_again", again);
        if (r == CTL_DONE && strcmp(ret_password, again) != 0) {
            ctl_complain(ctl, "password_differs", NULL);
            r = CTL_REFUSED;
        }
    }
    OPENSSL_cleanse(again, sizeof again);
    return r;
}

/* Applies one command about what the account signs in with, and says how many of its sessions that
 * has ended. Takes the command over. CTL_DONE or CTL_REFUSED (said). */
static int change(struct ctl *ctl, const char *account, json_t *command)
{
    PGresult *n CLEANUP(ctl_clear) =
        ctl_query(ctl, "SELECT count(*) FROM ugo.session WHERE account = $1", 1, &account);

    if (n == NULL) {
        json_decref(command);
        return CTL_REFUSED;
    }
    if (ctl_apply(ctl, json_pack("[o]", command)) != CTL_DONE)
        return CTL_REFUSED;
    if (strcmp(PQgetvalue(n, 0, 0), "0") != 0)
        ctl_say(ctl, "sessions_closed", PQgetvalue(n, 0, 0), NULL);
    return CTL_DONE;
}

/* CTL_DONE or CTL_REFUSED (said). */
static int put_password(struct ctl *ctl, const char *account, const char *password)
{
    char kept[SCRYPT_TEXT];

    if (password_keep(span_of(password), kept) != 0) {
        ctl_complain(ctl, "out_of_memory", NULL);
        return CTL_REFUSED;
    }
    return change(ctl, account,
                  ctl_command("password.put", "{s:s, s:s}", "account", account, "scrypt", kept));
}

static int clear(struct ctl *ctl, const char *op, const char *said)
{
    const char *account = ctl->argument[0];
    int r = change(ctl, account, ctl_command(op, "{s:s}", "account", account));

    if (r == CTL_DONE)
        ctl_say(ctl, said, account, NULL);
    return r;
}

/* CTL_DONE when there is such an account, else CTL_REFUSED (said). */
static int demand_account(struct ctl *ctl, const char *account)
{
    int known = ctl_account_known(ctl, account);

    if (known == 0)
        ctl_complain(ctl, "account_unknown", account, NULL);
    return known > 0 ? CTL_DONE : CTL_REFUSED;
}

/* Roles that see more than their own houses are asked for a code, too. */
static void remark_second_factor(struct ctl *ctl, const char *account)
{
    PGresult *r CLEANUP(ctl_clear) =
        ctl_query(ctl,
                  "SELECT a.role IN ('establishment', 'service'), p.totp IS NOT NULL"
                  " FROM ugo.account a JOIN ugo.password p ON p.account = a.id WHERE a.id = $1",
                  1, &account);

    if (r != NULL && PQntuples(r) == 1 && *PQgetvalue(r, 0, 0) == 'f' &&
        *PQgetvalue(r, 0, 1) == 'f')
        ctl_remark(ctl, "totp_missing", account, NULL);
}

int ctl_account_password(struct ctl *ctl)
{
    const char *account = ctl->argument[0];
    bool make = ctl_option(ctl, "--generate", 0) != NULL;
    char password[LINE] = "";
    int r = demand_account(ctl, account);

    if (r == CTL_DONE && ctl_option(ctl, "--clear", 0) != NULL) {
        if (!make)
            return clear(ctl, "password.clear", "password_cleared");
        ctl_complain(ctl, "options_exclude", "--generate", "--clear", NULL);
        return CTL_USAGE;
    }
    if (r == CTL_DONE && make)
        r = password_make(password) == 0 ? CTL_DONE : CTL_REFUSED;
    else if (r == CTL_DONE)
        r = read_password(ctl, password);
    if (r == CTL_DONE)
        r = put_password(ctl, account, password);
    if (r == CTL_DONE) {
        ctl_say(ctl, make ? "password_once" : "password_set", account, NULL);
        if (make)
            printf("%s\n", password);
        remark_second_factor(ctl, account);
    }
    OPENSSL_cleanse(password, sizeof password);
    return r;
}

int ctl_account_totp(struct ctl *ctl)
{
    const char *account = ctl->argument[0];
    char secret[TOTP_SECRET_TEXT];
    int r = demand_account(ctl, account);

    if (r == CTL_DONE && ctl_option(ctl, "--clear", 0) != NULL)
        return clear(ctl, "totp.clear", "totp_cleared");
    if (r == CTL_DONE && totp_make(secret) != 0)
        r = CTL_REFUSED;
    if (r == CTL_DONE)
        r = change(ctl, account,
                   ctl_command("totp.put", "{s:s, s:s}", "account", account, "secret", secret));
    if (r != CTL_DONE)
        return r;
    ctl_say(ctl, "totp_once", account, NULL);
    /* Names of accounts have no character that a URI would have to escape. */
    printf("%s\notpauth://totp/ugo:%s?secret=%s&issuer=ugo&algorithm=SHA1&digits=6&period=30\n",
           secret, account, secret);
    OPENSSL_cleanse(secret, sizeof secret);
    return CTL_DONE;
}

/* ── sessions ─────────────────────────────────────────────────────────────────────────────── */

int ctl_session_list(struct ctl *ctl)
{
    const char *account = ctl_option(ctl, "--account", 0);
    PGresult *r CLEANUP(ctl_clear) = ctl_query(
        ctl,
        "SELECT left(id, 16), account, to_char(to_timestamp(opened_at / 1000000) AT TIME ZONE"
        " 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), to_char(to_timestamp(seen_at / 1000000)"
        " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM ugo.session"
        " WHERE account = $1 OR $1 IS NULL ORDER BY account COLLATE \"C\", seen_at DESC, id",
        1, &account);

    if (r == NULL)
        return CTL_REFUSED;
    for (int i = 0; i < PQntuples(r); i++)
        printf("%s  %-32s %s  %s\n", PQgetvalue(r, i, 0), PQgetvalue(r, i, 1), PQgetvalue(r, i, 2),
               PQgetvalue(r, i, 3));
    if (PQntuples(r) == 0)
        ctl_say(ctl, "session_none", NULL);
    return CTL_DONE;
}

/* The sessions meant, as ids. NULL when the query failed (said). */
static PGresult *sessions_meant(struct ctl *ctl, const char *id, const char *account)
{
    const char *params[] = {id, account};

    return ctl_query(ctl,
                     "SELECT id FROM ugo.session WHERE account = $2"
                     " OR length($1) >= 8 AND left(id, length($1)) = lower($1)",
                     2, params);
}

int ctl_session_revoke(struct ctl *ctl)
{
    const char *account = ctl_option(ctl, "--account", 0);
    const char *id = ctl->n_arguments > 0 ? ctl->argument[0] : NULL;
    json_t *commands;
    int n, r;

    if ((id == NULL) == (account == NULL)) {
        ctl_complain(ctl, "session_or_account", NULL);
        return CTL_USAGE;
    }
    r = account != NULL ? demand_account(ctl, account) : CTL_DONE;
    if (r != CTL_DONE)
        return r;
    PGresult *found CLEANUP(ctl_clear) = sessions_meant(ctl, id, account);
    if (found == NULL)
        return CTL_REFUSED;
    n = PQntuples(found);
    if (id != NULL && n != 1) {
        ctl_complain(ctl, n == 0 ? "session_unknown" : "session_ambiguous", id, NULL);
        return CTL_REFUSED;
    }
    commands = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(commands,
                              ctl_command("session.close", "{s:s}", "id", PQgetvalue(found, i, 0)));
    r = ctl_apply(ctl, commands);
    if (r == CTL_DONE)
        ctl_say(ctl, "sessions_closed", ctl_number(n), NULL);
    return r;
}
