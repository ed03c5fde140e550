/* SPDX-License-Identifier: EUPL-1.2 */
/* `demo load`: the demonstration département into the database, and what its accounts prove
 * themselves with into a folder. Everything that is there already, in either, is kept. */
#include <limits.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "admin/cert.h"
#include "admin/ctl.h"
#include "admin/demo.h"
#include "admin/demo_logins.h"
#include "admin/files.h"
#include "admin/import.h"
#include "admin/register.h"
#include "admin/token.h"

#define CLIENT_DAYS 730
#define ACCOUNTS "accounts" /* folder below --dir */

struct load {
    struct ctl *ctl;
    const char *folder;
    char accounts_folder[PATH_MAX];
    struct demo demo;
    json_t *known;       /* register_read's */
    json_t *credentials; /* id → account, those in use */
    json_t *listed;      /* entries of accounts.json */
    struct demo_logins logins;
    usec_t now;
};

static void load_free(struct load *l)
{
    demo_free(&l->demo);
    json_decref(l->known);
    json_decref(l->credentials);
    json_decref(l->listed);
    demo_logins_free(&l->logins);
}

static const char *text(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static int out_of_memory(const struct load *l)
{
    ctl_complain(l->ctl, "out_of_memory", NULL);
    return CTL_REFUSED;
}

/* ── what is there ────────────────────────────────────────────────────────────────────────── */

/* Enters the rows of a two-column query under known[kind]. CTL_DONE or CTL_REFUSED (said). */
static int read_pairs(struct load *l, const char *sql, json_t *into)
{
    PGresult *r CLEANUP(ctl_clear) = ctl_query(l->ctl, sql, 0, NULL);

    if (r == NULL)
        return CTL_REFUSED;
    for (int i = 0; i < PQntuples(r); i++)
        if (json_object_set_new(into, PQgetvalue(r, i, 0), json_string(PQgetvalue(r, i, 1))) != 0)
            return out_of_memory(l);
    return CTL_DONE;
}

static int read_register(struct load *l)
{
    PGresult *clock CLEANUP(ctl_clear) = ctl_query(l->ctl, "SELECT ugo.clock_us()", 0, NULL);
    json_t *accounts = json_object();
    long long revision;
    int r = clock != NULL ? register_read(l->ctl->connection, &l->known, &revision) : -EIO;

    if (r != 0) {
        if (clock != NULL)
            ctl_complain(l->ctl, "database_says", PQerrorMessage(l->ctl->connection), NULL);
        json_decref(accounts);
        return CTL_REFUSED;
    }
    l->now = strtoll(PQgetvalue(clock, 0, 0), NULL, 10);
    l->credentials = json_object();
    l->listed = json_array();
    if (json_object_set_new(l->known, "account", accounts) != 0)
        return out_of_memory(l);
    r = read_pairs(l, "SELECT id, role FROM ugo.account", accounts);
    return r != CTL_DONE ? r
                         : read_pairs(l, "SELECT id, account FROM ugo.credential WHERE NOT revoked",
                                      l->credentials);
}

/* A register with establishments of which none is the demonstration's is somebody's work. */
static bool is_other(const struct load *l)
{
    json_t *all = json_object_get(l->known, "establishment"), *value;
    const char *id;

    json_object_foreach (all, id, value)
        if (strncmp(id, "e-demo-", 7) == 0)
            return false;
    return json_object_size(all) > 0;
}

/* Commands about what the register has not got yet. */
static json_t *missing(const struct load *l, const json_t *commands)
{
    json_t *left = json_array(), *command;
    size_t i;

    json_array_foreach (commands, i, command) {
        const char *op = text(command, "op"), *id = NULL;
        const json_t *params = json_object_get(command, "params"), *all;
        char kind[32];

        snprintf(kind, sizeof kind, "%.*s", (int)strcspn(op, "."), op);
        for (size_t k = 0; id == NULL && k < 3; k++)
            id = text(params, (const char *[]){"id", "code", "insee"}[k]);
        all = json_object_get(l->known, kind);
        if (id != NULL && json_object_get(all, id) == NULL &&
            json_array_append(left, command) != 0) {
            json_decref(left);
            return NULL;
        }
    }
    return left;
}

/* Declarations on units that nobody has declared on, which a second load finds declared. */
static json_t *undeclared(const struct load *l)
{
    json_t *left = json_array(), *command;
    size_t i;

    json_array_foreach (l->demo.declarations, i, command) {
        const char *unit = text(json_object_get(command, "params"), "unit");
        const json_t *known = json_object_get(json_object_get(l->known, "unit"), unit);

        if (json_object_get(known, "declared") == NULL && json_array_append(left, command) != 0) {
            json_decref(left);
            return NULL;
        }
    }
    return left;
}

/* The first account's unit is promised to be fresh: confirms it when it was declared before. */
static json_t *refreshed(const struct load *l)
{
    const json_t *first = json_array_get(l->demo.declarations, 0);
    const char *unit = text(json_object_get(first, "params"), "unit");
    const json_t *known = json_object_get(json_object_get(l->known, "unit"), unit);
    json_t *confirm;

    if (json_object_get(known, "declared") == NULL)
        return json_array();
    confirm = ctl_command("unit.confirm", "{s:s}", "unit", unit);
    if (json_object_set_new(confirm, "account", json_string(text(first, "account"))) != 0 ||
        json_object_set_new(confirm, "channel", json_string("import")) != 0) {
        json_decref(confirm);
        return NULL;
    }
    return json_pack("[o]", confirm);
}

/* ── credentials ──────────────────────────────────────────────────────────────────────────── */

static int add_credential(json_t *commands, const char *account, const char *type, const char *id,
                          usec_t expires_at)
{
    json_t *put = ctl_command("credential.put", "{s:s, s:s, s:s, s:s}", "id", id, "account",
                              account, "type", type, "label", "demo");

    if (put != NULL && expires_at > 0 &&
        json_object_set_new(json_object_get(put, "params"), "expires_at",
                            json_integer(expires_at)) != 0) {
        json_decref(put);
        put = NULL;
    }
    return json_array_append_new(commands, put) == 0 ? 0 : -ENOMEM;
}

/* The account's token: the one in its file while the register knows it, else a new one. */
static int provide_token(struct load *l, const char *account, json_t *commands,
                         char ret_token[static TOKEN_TEXT])
{
    struct buf known CLEANUP(buf_free) = {0};
    char path[PATH_MAX + 80], hash[TOKEN_HASH];
    int r;

    snprintf(path, sizeof path, "%s/%s.token", l->accounts_folder, account);
    if (files_read(path, 256, &known) == 0 && known.n == TOKEN_TEXT) {
        snprintf(ret_token, TOKEN_TEXT, "%.*s", TOKEN_TEXT - 1, known.p);
        token_hash(ret_token, hash);
        if (json_object_get(l->credentials, hash) != NULL)
            return 0;
    }
    r = token_make(ret_token);
    if (r != 0)
        return r;
    token_hash(ret_token, hash);
    buf_reset(&known);
    buf_text(&known, ret_token);
    buf_char(&known, '\n');
    r = buf_check(&known);
    if (r == 0)
        r = files_write(path, buf_span(&known), FILES_SECRET);
    return r != 0 ? r : add_credential(commands, account, "token", hash, 0);
}

/* The account's certificate, likewise. 0, an outcome of cert_issue or negative. */
static int provide_certificate(struct load *l, struct cert_authority *ca, const char *account,
                               json_t *commands)
{
    struct cert_request request = {
        .name = account, .days = CLIENT_DAYS, .folder = l->accounts_folder};
    struct cert_issued issued;
    char path[PATH_MAX + 80];
    int r;

    snprintf(path, sizeof path, "%s/%s.pem", l->accounts_folder, account);
    if (cert_read(path, &issued) == 0 &&
        json_object_get(l->credentials, issued.fingerprint) != NULL &&
        issued.expires_at > l->now + 24 * USEC_HOUR)
        return 0;
    r = cert_issue(ca, &request, &issued);
    return r != 0 ? r
                  : add_credential(commands, account, "certificate", issued.fingerprint,
                                   issued.expires_at);
}

/* Its entry of accounts.json, with what it signs in with. */
static int list_account(struct load *l, const json_t *params, const char *token, json_t *commands)
{
    const char *account = text(params, "id");
    char cert[160], key[160];
    json_t *entry;

    snprintf(cert, sizeof cert, ACCOUNTS "/%s.pem", account);
    snprintf(key, sizeof key, ACCOUNTS "/%s.key", account);
    entry = json_pack("{s:s, s:s, s:s, s:s, s:s}", "account", account, "role", text(params, "role"),
                      "cert", cert, "key", key, "token", token);
    if (json_array_append_new(l->listed, entry) != 0)
        return -ENOMEM;
    return demo_logins_provide(&l->logins, account, text(params, "role"), commands, entry);
}

/* Makes what is missing of every account's credentials. 0, an outcome of cert.h or negative. */
static int provide(struct load *l, struct cert_authority *ca, json_t *commands)
{
    json_t *command;
    size_t i;

    json_array_foreach (l->demo.accounts, i, command) {
        const json_t *params = json_object_get(command, "params");
        char token[TOKEN_TEXT];
        int r = provide_token(l, text(params, "id"), commands, token);

        if (r == 0)
            r = provide_certificate(l, ca, text(params, "id"), commands);
        if (r == 0)
            r = list_account(l, params, token, commands);
        if (r != 0)
            return r;
    }
    return 0;
}

static int write_list(struct load *l)
{
    char path[PATH_MAX];
    char *list = json_dumps(l->listed, JSON_INDENT(1));
    int r = list == NULL ? -ENOMEM : files_join(l->folder, "accounts.json", path, sizeof path);

    if (r == 0)
        r = files_write(path, span_of(list), FILES_SECRET);
    free(list);
    return r;
}

static int credentials(struct load *l)
{
    struct cert_authority *ca = NULL;
    json_t *commands = json_array();
    bool created;
    int r = files_join(l->folder, ACCOUNTS, l->accounts_folder, sizeof l->accounts_folder);

    if (r == 0)
        r = files_make_folder(l->accounts_folder, 0700);
    if (r == 0)
        r = demo_logins_open(l->ctl, l->accounts_folder, &l->logins);
    if (r == 0)
        r = cert_authority_open(l->folder, &ca, &created);
    if (r == 0)
        r = provide(l, ca, commands);
    cert_authority_close(ca);
    if (r != 0) {
        json_decref(commands);
        if (r == -EPROTO) /* said */
            return CTL_REFUSED;
        if (r < 0)
            ctl_complain(l->ctl, "file_unwritable", l->folder, strerror(-r), NULL);
        else
            ctl_complain(l->ctl, r == CERT_UNREADABLE ? "cert_authority_damaged" : "cert_failed",
                         r == CERT_UNREADABLE ? l->folder : cert_error(), NULL);
        return CTL_REFUSED;
    }
    if (ctl_apply(l->ctl, commands) != CTL_DONE)
        return CTL_REFUSED;
    r = write_list(l);
    if (r != 0)
        ctl_complain(l->ctl, "file_unwritable", l->folder, strerror(-r), NULL);
    return r != 0 ? CTL_REFUSED : CTL_DONE;
}

/* ── the verb ─────────────────────────────────────────────────────────────────────────────── */

static size_t count(const json_t *commands, const char *op)
{
    size_t n = 0, i;
    json_t *command;

    json_array_foreach (commands, i, command)
        n += strcmp(text(command, "op"), op) == 0;
    return n;
}

/* Offices open in the week; one shift of two years for each duty, by the account that has its
 * name. CTL_DONE or CTL_REFUSED. */
static int calendar(struct load *l)
{
    static const char *const duties[] = {"astreinte", "def", "mobile"};
    PGresult *known CLEANUP(ctl_clear) =
        ctl_query(l->ctl,
                  "SELECT (SELECT count(*) FROM ugo.calendar) + (SELECT count(*) FROM ugo.rota),"
                  " extract(year FROM clock_timestamp())::integer",
                  0, NULL);
    json_t *commands;

    if (known == NULL)
        return CTL_REFUSED;
    if (strcmp(PQgetvalue(known, 0, 0), "0") != 0)
        return CTL_DONE;
    commands = json_pack(
        "[o]", ctl_calendar_demo(DEMO_ROOT, (int)strtol(PQgetvalue(known, 0, 1), NULL, 10)));
    for (size_t i = 0; i < ARRAY_LENGTH(duties); i++) {
        char id[40], account[40];
        snprintf(id, sizeof id, "t-demo-%s", duties[i]);
        snprintf(account, sizeof account, "%s-31", duties[i]);
        json_array_append_new(
            commands, ctl_command("rota.put", "{s:s, s:s, s:s, s:s, s:I, s:I}", "id", id, "duty",
                                  duties[i], "territory", DEMO_ROOT, "account", account, "from_at",
                                  (json_int_t)(l->now - 24 * USEC_HOUR), "to_at",
                                  (json_int_t)(l->now + (usec_t)2 * 365 * 24 * USEC_HOUR)));
    }
    return ctl_apply(l->ctl, commands);
}

/* Whether a table holds nothing; -1: it could not be asked (said). */
static int is_empty(const struct load *l, const char *sql)
{
    PGresult *found CLEANUP(ctl_clear) = ctl_query(l->ctl, sql, 0, NULL);

    return found == NULL ? -1 : PQntuples(found) == 0;
}

/* Outlines and inhabitants of the territories. CTL_DONE or CTL_REFUSED. */
static int map(struct load *l)
{
    json_t *commands;
    int empty = is_empty(l, "SELECT FROM ugo.outline UNION ALL SELECT FROM ugo.population LIMIT 1");

    if (empty <= 0)
        return empty < 0 ? CTL_REFUSED : CTL_DONE;
    return demo_make_map(&commands) == 0 ? ctl_apply(l->ctl, commands) : out_of_memory(l);
}

/* Who is in charge of a MECS is reminded half an hour before what it said is too old. */
static int reminders(struct load *l)
{
    int empty = is_empty(l, "SELECT FROM ugo.reminder LIMIT 1");

    if (empty <= 0)
        return empty < 0 ? CTL_REFUSED : CTL_DONE;
    return ctl_apply(
        l->ctl,
        json_pack("[o]", ctl_command("reminder.put", "{s:s, s:s, s:s, s:s, s:i}", "id",
                                     "n-demo-mecs", "territory", DEMO_ROOT, "question", "declare",
                                     "establishment_kind", "mecs", "before_s", 1800)));
}

/* Reference data, accounts, declarations: only what is missing of each. */
static int fill_register(struct load *l)
{
    json_t *reference = missing(l, l->demo.reference);
    bool fresh = json_array_size(reference) > 0;

    if (ctl_apply(l->ctl, reference) != CTL_DONE ||
        ctl_apply(l->ctl, missing(l, l->demo.accounts)) != CTL_DONE || calendar(l) != CTL_DONE ||
        ctl_apply(l->ctl, undeclared(l)) != CTL_DONE ||
        ctl_apply(l->ctl, refreshed(l)) != CTL_DONE || map(l) != CTL_DONE ||
        reminders(l) != CTL_DONE)
        return CTL_REFUSED;
    if (fresh)
        ctl_say(l->ctl, "demo_loaded",
                ctl_number((long long)count(l->demo.reference, "establishment.put")),
                ctl_number((long long)count(l->demo.reference, "unit.put")),
                ctl_number((long long)json_array_size(l->demo.accounts)), NULL);
    else
        ctl_say(l->ctl, "demo_kept", NULL);
    return CTL_DONE;
}

int ctl_demo_load(struct ctl *ctl)
{
    struct load l CLEANUP(load_free) = {.ctl = ctl, .folder = ctl_option(ctl, "--dir", 0)};
    const char *seed = ctl_option(ctl, "--seed", 0);
    int number = 31;
    char path[PATH_MAX + 32];

    if (seed != NULL && import_number(span_of(seed), &number) != 0) {
        ctl_complain(ctl, "option_value_invalid", "--seed", seed, NULL);
        return CTL_USAGE;
    }
    if (read_register(&l) != CTL_DONE)
        return CTL_REFUSED;
    if (is_other(&l)) {
        ctl_complain(ctl, "demo_other", NULL);
        return CTL_REFUSED;
    }
    if (demo_make((uint64_t)number, l.now, &l.demo) != 0)
        return out_of_memory(&l);
    if (fill_register(&l) != CTL_DONE || credentials(&l) != CTL_DONE)
        return CTL_REFUSED;
    snprintf(path, sizeof path, "%s/accounts.json", l.folder);
    ctl_say(ctl, "demo_accounts", path, NULL);
    return CTL_DONE;
}
