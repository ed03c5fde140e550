/* SPDX-License-Identifier: EUPL-1.2 */
/* The verbs' table, options and help. */
#include "admin/ctl.h"

#include <stdlib.h>

static const struct verb verbs[] = {
    {"migrate", NULL, 0, 0, "help_migrate", DATABASE_ANY, ctl_migrate, {{0}}},
    {"import finess",
     "FILE [FILE]",
     1,
     2,
     "help_import_finess",
     DATABASE_OWNER,
     ctl_import,
     {{"--dry-run"}}},
    {"import communes",
     "FILE",
     1,
     1,
     "help_import_communes",
     DATABASE_OWNER,
     ctl_import,
     {{"--dry-run"}}},
    {"import territories",
     "FILE",
     1,
     1,
     "help_import_territories",
     DATABASE_OWNER,
     ctl_import,
     {{"--dry-run"}}},
    {"import outlines",
     "FILE",
     1,
     1,
     "help_import_outlines",
     DATABASE_OWNER,
     ctl_import,
     {{"--tolerance", "METRES"}, {"--dry-run"}}},
    {"import population",
     "FILE",
     1,
     1,
     "help_import_population",
     DATABASE_OWNER,
     ctl_import,
     {{"--dry-run"}}},
    {"import units",
     "FILE",
     1,
     1,
     "help_import_units",
     DATABASE_OWNER,
     ctl_import,
     {{"--dry-run"}}},
    {"calendar",
     NULL,
     0,
     0,
     "help_calendar",
     DATABASE_OWNER,
     ctl_calendar,
     {{"--territory", "CODE", true},
      {"--zone", "ZONE", true},
      {"--office", "DAYS=HH:MM-HH:MM", false, true},
      {"--holidays", "fr:YEAR-YEAR|FILE", false, true}}},
    {"rota import", "FILE", 1, 1, "help_rota_import", DATABASE_OWNER, ctl_rota_import, {{0}}},
    {"rota list", NULL, 0, 0, "help_rota_list", DATABASE_READ, ctl_rota_list, {{0}}},
    {"account add",
     "ACCOUNT",
     1,
     1,
     "help_account_add",
     DATABASE_OWNER,
     ctl_account_add,
     {{"--role", "ROLE", true},
      {"--name", "TEXT"},
      {"--territory", "CODE", false, true},
      {"--establishment", "ID", false, true},
      {"--acts-for", "ACCOUNT"},
      {"--no-token"}}},
    {"account token",
     "ACCOUNT",
     1,
     1,
     "help_account_token",
     DATABASE_OWNER,
     ctl_account_token,
     {{"--revoke-others"}}},
    {"account list", NULL, 0, 0, "help_account_list", DATABASE_READ, ctl_account_list, {{0}}},
    {"account disable",
     "ACCOUNT",
     1,
     1,
     "help_account_disable",
     DATABASE_OWNER,
     ctl_account_disable,
     {{0}}},
    {"account password",
     "ACCOUNT",
     1,
     1,
     "help_account_password",
     DATABASE_OWNER,
     ctl_account_password,
     {{"--generate"}, {"--clear"}}},
    {"account totp",
     "ACCOUNT",
     1,
     1,
     "help_account_totp",
     DATABASE_OWNER,
     ctl_account_totp,
     {{"--clear"}}},
    {"session list",
     NULL,
     0,
     0,
     "help_session_list",
     DATABASE_READ,
     ctl_session_list,
     {{"--account", "ACCOUNT"}}},
    {"session revoke",
     "[SESSION]",
     0,
     1,
     "help_session_revoke",
     DATABASE_OWNER,
     ctl_session_revoke,
     {{"--account", "ACCOUNT"}}},
    {"account remind",
     "ACCOUNT [ADDRESS]",
     1,
     2,
     "help_account_remind",
     DATABASE_OWNER,
     ctl_account_remind,
     {{"--clear"}}},
    {"reminder put",
     "ID",
     1,
     1,
     "help_reminder_put",
     DATABASE_OWNER,
     ctl_reminder_put,
     {{"--territory", "CODE", true},
      {"--question", "declare|hold", true},
      {"--kind", "KIND"},
      {"--establishment", "ID"},
      {"--before", "SECONDS"},
      {"--after", "SECONDS"}}},
    {"reminder list", NULL, 0, 0, "help_reminder_list", DATABASE_READ, ctl_reminder_list, {{0}}},
    {"reminder delete",
     "ID",
     1,
     1,
     "help_reminder_delete",
     DATABASE_OWNER,
     ctl_reminder_delete,
     {{0}}},
    {"link make",
     NULL,
     0,
     0,
     "help_link_make",
     DATABASE_OWNER,
     ctl_link_make,
     {{"--account", "ACCOUNT", true},
      {"--unit", "UNIT", true},
      {"--hold", "HOLD"},
      {"--hours", "N"}}},
    {"link list",
     NULL,
     0,
     0,
     "help_link_list",
     DATABASE_READ,
     ctl_link_list,
     {{"--account", "ACCOUNT"}}},
    {"link revoke",
     "[LINK]",
     0,
     1,
     "help_link_revoke",
     DATABASE_OWNER,
     ctl_link_revoke,
     {{"--account", "ACCOUNT"}}},
    {"cert issue",
     "ACCOUNT",
     1,
     1,
     "help_cert_issue",
     DATABASE_OWNER,
     ctl_cert_issue,
     {{"--dir", "DIR", true}, {"--days", "N"}}},
    {"cert server",
     NULL,
     0,
     0,
     "help_cert_server",
     DATABASE_NONE,
     ctl_cert_server,
     {{"--dir", "DIR", true}, {"--name", "NAME", true, true}, {"--days", "N"}}},
    {"cert revoke",
     "ACCOUNT|FILE|FINGERPRINT",
     1,
     1,
     "help_cert_revoke",
     DATABASE_OWNER,
     ctl_cert_revoke,
     {{0}}},
    {"audit verify",
     NULL,
     0,
     0,
     "help_audit_verify",
     DATABASE_READ,
     ctl_audit_verify,
     {{"--certificate", "FILE", false, false}}},
    {"history retain",
     NULL,
     0,
     0,
     "help_history_retain",
     DATABASE_OWNER,
     ctl_history_retain,
     {{"--years", "N", true}, {"--dry-run"}}},
    {"doctor", NULL, 0, 0, "help_doctor", DATABASE_NONE, ctl_doctor, {{0}}},
    {"demo load",
     NULL,
     0,
     0,
     "help_demo_load",
     DATABASE_OWNER,
     ctl_demo_load,
     {{"--dir", "DIR", true}, {"--seed", "N"}}},
    {"demo accounts",
     NULL,
     0,
     0,
     "help_demo_accounts",
     DATABASE_NONE,
     ctl_demo_accounts,
     {{"--dir", "DIR", true}}},
};

static void add_words(const struct ctl *ctl, FILE *stream, const char *code, va_list arguments)
{
    struct buf line CLEANUP(buf_free) = {0};

    words_add(&line, ctl->language, code, arguments);
    if (buf_check(&line) == 0)
        fprintf(stream, "%.*s\n", (int)line.n, line.n > 0 ? line.p : "");
}

void ctl_say(const struct ctl *ctl, const char *code, ...)
{
    va_list arguments;

    va_start(arguments, code);
    add_words(ctl, stdout, code, arguments);
    va_end(arguments);
}

void ctl_complain(const struct ctl *ctl, const char *code, ...)
{
    va_list arguments;

    va_start(arguments, code);
    fprintf(stderr, "ugoctl: ");
    add_words(ctl, stderr, code, arguments);
    va_end(arguments);
}

void ctl_remark(const struct ctl *ctl, const char *code, ...)
{
    va_list arguments;

    va_start(arguments, code);
    add_words(ctl, stderr, code, arguments);
    va_end(arguments);
}

const char *ctl_number(long long n)
{
    static char texts[4][24];
    static unsigned next;
    char *text = texts[next++ % 4];

    snprintf(text, sizeof texts[0], "%lld", n);
    return text;
}

const char *ctl_option(const struct ctl *ctl, const char *name, int n)
{
    for (int i = 0; i < ctl->n_given; i++)
        if (strcmp(ctl->given[i].name, name) == 0 && n-- == 0)
            return ctl->given[i].value != NULL ? ctl->given[i].value : "";
    return NULL;
}

/* ── help ─────────────────────────────────────────────────────────────────────────────────── */

static void print_usage(const struct ctl *ctl, const struct verb *v)
{
    printf("  ugoctl %s", v->name);
    if (v->arguments != NULL)
        printf(" %s", v->arguments);
    for (const struct ctl_option *o = v->options; o->name != NULL; o++)
        printf(" %s%s%s%s%s%s", o->required ? "" : "[", o->name, o->argument != NULL ? " " : "",
               o->argument != NULL ? o->argument : "", o->required ? "" : "]",
               o->repeated ? "…" : "");
    printf("\n      %s\n", words_get(ctl->language, v->help));
}

static int help(const struct ctl *ctl, const struct verb *only)
{
    if (only == NULL)
        ctl_say(ctl, "help_head", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++)
        if (only == NULL || only == &verbs[i])
            print_usage(ctl, &verbs[i]);
    if (only == NULL)
        ctl_say(ctl, "help_tail", NULL);
    return CTL_DONE;
}

/* ── arguments ────────────────────────────────────────────────────────────────────────────── */

static enum language language_of(const char *text)
{
    return text != NULL && strncmp(text, "fr", 2) == 0 ? LANGUAGE_FR : LANGUAGE_EN;
}

static enum language language_of_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && *value != '\0')
            return language_of(value);
    }
    return LANGUAGE_EN;
}

/* Options every verb has. */
struct general {
    const char *config, *database;
    bool help, version;
};

static const struct ctl_option *option_of(const struct verb *v, const char *name)
{
    static const struct ctl_option general[] = {
        {"--config", "FILE"}, {"--database", "CONNINFO"}, {"--lang", "fr|en"}, {"--help"},
        {"--version"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(general); i++)
        if (strcmp(general[i].name, name) == 0)
            return &general[i];
    for (const struct ctl_option *o = v != NULL ? v->options : NULL; o != NULL && o->name; o++)
        if (strcmp(o->name, name) == 0)
            return o;
    return NULL;
}

static void take_option(struct ctl *ctl, struct general *g, const char *name, const char *value)
{
    if (strcmp(name, "--config") == 0)
        g->config = value;
    else if (strcmp(name, "--database") == 0)
        g->database = value;
    else if (strcmp(name, "--lang") == 0)
        ctl->language = language_of(value);
    else if (strcmp(name, "--help") == 0)
        g->help = true;
    else if (strcmp(name, "--version") == 0)
        g->version = true;
    else if (ctl->n_given < CTL_ARGUMENTS_MAX) {
        ctl->given[ctl->n_given].name = name;
        ctl->given[ctl->n_given++].value = value;
    }
}

/* The verb is the first one or two words that are no option. */
static const struct verb *find_verb(const char *const *words, int n, int *ret_taken)
{
    for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++) {
        const char *blank = strchr(verbs[i].name, ' ');
        size_t first = blank != NULL ? (size_t)(blank - verbs[i].name) : strlen(verbs[i].name);

        if (n < 1 || strlen(words[0]) != first || strncmp(words[0], verbs[i].name, first) != 0)
            continue;
        if (blank != NULL && (n < 2 || strcmp(words[1], blank + 1) != 0))
            continue;
        *ret_taken = blank != NULL ? 2 : 1;
        return &verbs[i];
    }
    return NULL;
}

/* Splits words from options. An option's argument follows it or stands behind "=". 0 or CTL_USAGE.
 */
static int read_words(struct ctl *ctl, struct general *g, int argc, char **argv)
{
    const char *words[CTL_ARGUMENTS_MAX];
    int n_words = 0, taken = 0;

    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-' || argv[i][1] == '\0') {
            if (n_words == CTL_ARGUMENTS_MAX)
                return CTL_USAGE;
            words[n_words++] = argv[i];
            if (ctl->verb == NULL)
                ctl->verb = find_verb(words, n_words, &taken);
            continue;
        }
        char *equals = strchr(argv[i], '=');
        if (equals != NULL)
            *equals = '\0';
        const struct ctl_option *o = option_of(ctl->verb, argv[i]);
        if (o == NULL) {
            ctl_complain(ctl, "option_unknown", argv[i], NULL);
            return CTL_USAGE;
        }
        if (o->argument != NULL && equals == NULL && ++i == argc) {
            ctl_complain(ctl, "option_needs_value", o->name, o->argument, NULL);
            return CTL_USAGE;
        }
        take_option(ctl, g, o->name,
                    o->argument == NULL ? NULL
                    : equals != NULL    ? equals + 1
                                        : argv[i]);
    }
    for (int i = taken; i < n_words; i++)
        ctl->argument[ctl->n_arguments++] = words[i];
    return 0;
}

/* Whether the verb has what it needs. */
static int check_words(const struct ctl *ctl)
{
    const struct verb *v = ctl->verb;

    if (ctl->n_arguments < v->least || ctl->n_arguments > v->most) {
        ctl_complain(ctl, ctl->n_arguments < v->least ? "argument_missing" : "argument_too_many",
                     v->arguments != NULL ? v->arguments : "", NULL);
        return CTL_USAGE;
    }
    for (const struct ctl_option *o = v->options; o->name != NULL; o++) {
        if (o->required && ctl_option(ctl, o->name, 0) == NULL) {
            ctl_complain(ctl, "option_missing", o->name, o->argument, NULL);
            return CTL_USAGE;
        }
        if (!o->repeated && ctl_option(ctl, o->name, 1) != NULL) {
            ctl_complain(ctl, "option_twice", o->name, NULL);
            return CTL_USAGE;
        }
    }
    return 0;
}

/* ── the whole ─────────────────────────────────────────────────────────────────────────────── */

static void ctl_free(struct ctl *ctl)
{
    PQfinish(ctl->connection);
    conf_free(ctl->conf);
    free(ctl->conf);
}

int ctl_main(int argc, char **argv)
{
    struct ctl ctl CLEANUP(ctl_free) = {.language = language_of_locale()};
    struct general g = {0};
    int r = read_words(&ctl, &g, argc, argv);

    if (g.version) {
        printf("ugoctl %s\n", UGO_VERSION);
        return CTL_DONE;
    }
    if (r == 0 && (g.help || (argc == 2 && strcmp(argv[1], "help") == 0)))
        return help(&ctl, ctl.verb);
    if (r == 0 && ctl.verb == NULL) {
        ctl_complain(&ctl, ctl.n_arguments > 0 ? "verb_unknown" : "verb_missing",
                     ctl.n_arguments > 0 ? ctl.argument[0] : "", NULL);
        r = CTL_USAGE;
    }
    if (r == 0)
        r = check_words(&ctl);
    if (r == CTL_USAGE) {
        ctl_complain(&ctl, "see_help", NULL);
        return r;
    }
    if (g.config != NULL)
        r = ctl_configure(&ctl, g.config);
    if (r == 0 && ctl.verb->database != DATABASE_NONE)
        r = ctl_connect(&ctl, g.database);
    else if (r == 0 && (g.database != NULL || g.config != NULL) && ctl.verb->run == ctl_doctor)
        (void)ctl_connect(&ctl, g.database); /* doctor says itself what it lacks */
    if (r == 0)
        r = ctl_check_register(&ctl);
    return r != 0 ? r : ctl.verb->run(&ctl);
}
