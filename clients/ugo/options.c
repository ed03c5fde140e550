/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OPTION_ROW(id, name, environment, value, help) [id] = {name, environment, value, help},
const struct option_row option_rows[OPTION_COUNT] = {OPTIONS(OPTION_ROW)};

const struct verb *verb_find(const char *name)
{
    for (size_t i = 0; i < n_verbs; i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    }
    return NULL;
}

bool verb_is_below(const struct verb *v, const char *word)
{
    size_t n = strlen(word);
    return strncmp(v->name, word, n) == 0 && v->name[n] == ' ';
}

const char *verb_listed_by(const struct verb *v)
{
    return v->operand == MSG_VALUE_HOLD || v->operand == MSG_VALUE_ANSWER ? "ugo hold list"
           : v->operand == MSG_VALUE_OFFER                                ? "ugo waiting"
           : v->operand == MSG_VALUE_REQUEST                              ? "ugo request list"
           : v->operand == MSG_VALUE_MISSION                              ? "ugo mission list"
           : v->operand == MSG_VALUE_MOVEMENT                             ? "ugo movement list"
           : v->operand == MSG_VALUE_NAME                                 ? "ugo alert"
                                                                          : "ugo units";
}

static bool has_below(const struct verb *v)
{
    for (size_t i = 0; i < n_verbs; i++) {
        if (verb_is_below(&verbs[i], v->name))
            return true;
    }
    return false;
}

/* Changes (insertions, deletions, replacements) from a to b; words are short. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(b), row[40];
    if (n >= sizeof row / sizeof row[0])
        return n;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != 0; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
        }
    }
    return row[n];
}

/* What was probably meant; NULL when nothing is near. */
static const char *nearest_verb(const char *word)
{
    const char *best = NULL;
    size_t least = 3;
    for (size_t i = 0; i < n_verbs; i++) {
        size_t d = distance(word, verbs[i].name);
        if (d < least) {
            least = d;
            best = verbs[i].name;
        }
    }
    return best;
}

static const char *nearest_option(const char *word)
{
    const char *best = NULL;
    size_t least = 4;
    for (int i = 0; i < OPTION_COUNT; i++) {
        size_t d = distance(word, option_rows[i].name);
        if (d < least) {
            least = d;
            best = option_rows[i].name;
        }
    }
    return best;
}

static int usage(struct screen *s, const struct command *c, const char *text)
{
    screen_complain(s, text);
    const char *verb = c->verb != NULL ? c->verb->name : NULL;
    screen_complain(s, verb != NULL ? say(s, MSG_SEE_HELP_VERB, verb) : say(s, MSG_SEE_HELP));
    return EXIT_USAGE;
}

int command_wrong(struct screen *s, const struct command *c, enum option option, enum message want)
{
    const char *value = command_value(c, option), *name = option_rows[option].name;
    return usage(s, c,
                 value != NULL ? say(s, MSG_WRONG_VALUE, name, say(s, want), value)
                               : say(s, MSG_OPTION_MISSING, name, say(s, want)));
}

static bool verb_takes(const struct verb *v, int option)
{
    if (option < OPTION_COMMON_COUNT)
        return true;
    for (size_t i = 0; i < v->n_options; i++) {
        if ((int)v->options[i] == option)
            return true;
    }
    return false;
}

static int option_find(const char *name, size_t n)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (strlen(option_rows[i].name) == n && strncmp(option_rows[i].name, name, n) == 0)
            return i;
    }
    return -1;
}

/* An option and its value, which may be the next word (*at then moves on). */
static int parse_option(struct screen *s, char **argv, int argc, int *at, struct command *c)
{
    const char *word = argv[*at], *equals = strchr(word, '=');
    size_t n = equals != NULL ? (size_t)(equals - word) : strlen(word);
    int option = strcmp(word, "-h") == 0 ? OPTION_HELP : option_find(word, n);

    if (option < 0) {
        const char *near = nearest_option(word);
        return usage(s, c,
                     near != NULL ? say(s, MSG_UNKNOWN_OPTION_NEAR, word, near)
                                  : say(s, MSG_UNKNOWN_OPTION, word));
    }
    const char *value = "";
    if (option_rows[option].value == MSG_NONE) {
        if (equals != NULL)
            return usage(s, c, say(s, MSG_OPTION_IS_FLAG, option_rows[option].name));
    } else if (equals != NULL) {
        value = equals + 1;
    } else if (*at + 1 < argc) {
        value = argv[++*at];
    } else {
        return usage(s, c,
                     say(s, MSG_OPTION_NEEDS_VALUE, option_rows[option].name,
                         say(s, option_rows[option].value)));
    }
    if (c->n_given == GIVEN_MAX)
        return usage(s, c, say(s, MSG_TOO_MANY_OPTIONS));
    c->given[c->n_given++] = (struct given){(enum option)option, value};
    c->help = c->help || option == OPTION_HELP;
    return 0;
}

static int unknown_verb(struct screen *s, const struct command *c, const char *word)
{
    const char *near = nearest_verb(word);
    return usage(s, c,
                 near != NULL ? say(s, MSG_UNKNOWN_VERB_NEAR, word, near)
                              : say(s, MSG_UNKNOWN_VERB, word));
}

/* A word after the verb: the second one of its name, or what it is about. */
static int parse_operand(struct screen *s, const char *word, bool plain, struct command *c)
{
    const char *both = words_printf(&s->words, "%s %s", c->verb->name, word);
    const struct verb *below = plain || c->n_operands > 0 ? NULL : verb_find(both);

    if (below != NULL) {
        c->verb = below;
        return 0;
    }
    if (c->verb->operand == MSG_NONE)
        return has_below(c->verb) ? unknown_verb(s, c, both)
                                  : usage(s, c, say(s, MSG_NO_OPERAND, c->verb->name, word));
    if (c->n_operands == OPERANDS_MAX)
        return usage(s, c, say(s, MSG_TOO_MANY_OPTIONS));
    c->operands[c->n_operands++] = word;
    c->operand = words_join(&s->words, c->operand, " ", word);
    return 0;
}

/* plain: after "--", only words. */
static int parse_word(struct screen *s, const char *word, bool plain, struct command *c)
{
    if (c->help && c->verb == NULL) {
        c->topic = words_join(&s->words, c->topic, " ", word);
        return 0;
    }
    if (c->verb != NULL)
        return parse_operand(s, word, plain, c);
    if (strcmp(word, "help") == 0) {
        c->help = true;
        return 0;
    }
    c->verb = verb_find(word);
    return c->verb != NULL ? 0 : unknown_verb(s, c, word);
}

bool verb_takes_name(const struct verb *v, const char *name)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (strcmp(option_rows[i].name, name) == 0 && verb_takes(v, i))
            return true;
    }
    return false;
}

/* Of the options with this name, the one that the verb takes; itself when there is none. */
static enum option option_meant(const struct verb *v, enum option option)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (strcmp(option_rows[i].name, option_rows[option].name) == 0 && verb_takes(v, i))
            return (enum option)i;
    }
    return option;
}

/* What only the whole line can tell. */
static int check(struct screen *s, struct command *c)
{
    if (c->verb == NULL) {
        screen_complain(s, say(s, MSG_NO_VERB));
        help_show(s, NULL);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < c->n_given; i++) {
        c->given[i].option = option_meant(c->verb, c->given[i].option);
        if (!verb_takes(c->verb, (int)c->given[i].option))
            return usage(
                s, c,
                say(s, MSG_OPTION_NOT_HERE, option_rows[c->given[i].option].name, c->verb->name));
    }
    if (c->verb->operand_needed && c->operand == NULL)
        return usage(s, c,
                     say(s, MSG_NEEDS_OPERAND, c->verb->name, say(s, c->verb->operand),
                         verb_listed_by(c->verb)));
    return 0;
}

int command_parse(struct screen *s, int argc, char **argv, struct command *ret)
{
    bool options = true;
    int r = 0;

    *ret = (struct command){0};
    for (int i = 1; i < argc && r == 0; i++) {
        if (options && strcmp(argv[i], "--") == 0)
            options = false;
        else if (options && strcmp(argv[i], "--version") == 0)
            ret->version = true;
        else if (options && argv[i][0] == '-' && argv[i][1] != 0)
            r = parse_option(s, argv, argc, &i, ret);
        else
            r = parse_word(s, argv[i], !options, ret);
    }
    if (r != 0 || ret->help || ret->version)
        return r;
    return check(s, ret);
}

const char *command_language(int argc, char **argv)
{
    const char *lang = getenv(option_rows[OPTION_LANG].environment);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            lang = argv[i + 1];
        else if (strncmp(argv[i], "--lang=", 7) == 0)
            lang = argv[i] + 7;
    }
    return lang;
}

const char *command_value(const struct command *c, enum option option)
{
    for (size_t i = c->n_given; i > 0; i--) {
        if (c->given[i - 1].option == option)
            return c->given[i - 1].value;
    }
    return NULL;
}

bool command_has(const struct command *c, enum option option)
{
    return command_value(c, option) != NULL;
}

int command_count(struct screen *s, const struct command *c, enum option option, int64_t fallback,
                  int64_t *ret_value)
{
    const char *text = command_value(c, option);
    char *end;

    *ret_value = fallback;
    if (text == NULL)
        return 0;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != 0 || value < 0 || value > 9999)
        return command_wrong(s, c, option, MSG_WANT_COUNT);
    *ret_value = value;
    return 0;
}

json_t *command_list(const struct command *c, enum option option)
{
    json_t *list = NULL;
    for (size_t i = 0; i < c->n_given; i++) {
        if (c->given[i].option != option)
            continue;
        if (list == NULL)
            list = json_array();
        for (const char *at = c->given[i].value; *at != 0;) {
            size_t n = strcspn(at, ",");
            if (n > 0)
                json_array_append_new(list, json_stringn(at, n));
            at += n + (at[n] == ',');
        }
    }
    return list;
}
