/* SPDX-License-Identifier: EUPL-1.2 */
/* The command line: one table of options, one of verbs; parsing and help both read them. */
#ifndef UGO_OPTIONS_H
#define UGO_OPTIONS_H

#include "clients/ugo/exits.h"
#include "clients/ugo/say.h"

struct session;
struct command;

/* Enumerator, name, environment variable or NULL, what its value is called (MSG_NONE: a flag),
 * help. Two options may have one name, if no verb takes both: `--from` is a time of a history and a
 * place of a request, `--since` a position and a day. */
#define OPTIONS(X)                                                                                 \
    X(OPTION_SERVER, "--server", "UGO_SERVER", MSG_VALUE_SERVER, MSG_HELP_SERVER)                  \
    X(OPTION_CA, "--ca", "UGO_CA", MSG_VALUE_FILE, MSG_HELP_CA)                                    \
    X(OPTION_NAME, "--name", "UGO_NAME", MSG_VALUE_NAME, MSG_HELP_NAME)                            \
    X(OPTION_CERT, "--cert", "UGO_CERT", MSG_VALUE_FILE, MSG_HELP_CERT)                            \
    X(OPTION_CERT_KEY, "--cert-key", "UGO_CERT_KEY", MSG_VALUE_FILE, MSG_HELP_CERT_KEY)            \
    X(OPTION_TOKEN_FILE, "--token-file", "UGO_TOKEN_FILE", MSG_VALUE_FILE, MSG_HELP_TOKEN_FILE)    \
    X(OPTION_PROFILE, "--profile", "UGO_PROFILE", MSG_VALUE_FILE, MSG_HELP_PROFILE)                \
    X(OPTION_DEMO, "--demo", "UGO_DEMO", MSG_VALUE_FOLDER, MSG_HELP_DEMO)                          \
    X(OPTION_AS, "--as", "UGO_AS", MSG_VALUE_ACCOUNT, MSG_HELP_AS)                                 \
    X(OPTION_TIMEOUT, "--timeout", "UGO_TIMEOUT", MSG_VALUE_SECONDS, MSG_HELP_TIMEOUT)             \
    X(OPTION_AFTER, "--after", "UGO_AFTER", MSG_VALUE_POSITION, MSG_HELP_AFTER)                    \
    X(OPTION_JSON, "--json", NULL, MSG_NONE, MSG_HELP_JSON)                                        \
    X(OPTION_LANG, "--lang", "UGO_LANG", MSG_VALUE_LANG, MSG_HELP_LANG)                            \
    X(OPTION_HELP, "--help", NULL, MSG_NONE, MSG_HELP_HELP)                                        \
    X(OPTION_FREE, "--free", NULL, MSG_VALUE_COUNT, MSG_HELP_FREE)                                 \
    X(OPTION_OCCUPIED, "--occupied", NULL, MSG_VALUE_COUNT, MSG_HELP_OCCUPIED)                     \
    X(OPTION_OPEN, "--open", NULL, MSG_VALUE_COUNT, MSG_HELP_OPEN)                                 \
    X(OPTION_CLOSED, "--closed", NULL, MSG_VALUE_COUNT, MSG_HELP_CLOSED)                           \
    X(OPTION_REASON, "--reason", NULL, MSG_VALUE_CODE, MSG_HELP_REASON)                            \
    X(OPTION_REOPENS, "--reopens", NULL, MSG_VALUE_DATE, MSG_HELP_REOPENS)                         \
    X(OPTION_EMERGENCY_USED, "--emergency-used", NULL, MSG_VALUE_COUNT, MSG_HELP_EMERGENCY_USED)   \
    X(OPTION_DEROGATION, "--derogation", NULL, MSG_VALUE_CODE, MSG_HELP_DEROGATION)                \
    X(OPTION_OBSERVED_AT, "--observed-at", NULL, MSG_VALUE_TIME, MSG_HELP_OBSERVED_AT)             \
    X(OPTION_KEY, "--key", NULL, MSG_VALUE_KEY, MSG_HELP_KEY)                                      \
    X(OPTION_AGE, "--age", NULL, MSG_VALUE_AGE, MSG_HELP_AGE)                                      \
    X(OPTION_SEX, "--sex", NULL, MSG_VALUE_SEX, MSG_HELP_SEX)                                      \
    X(OPTION_NEAR, "--near", NULL, MSG_VALUE_PLACE, MSG_HELP_NEAR)                                 \
    X(OPTION_EMERGENCY, "--emergency", NULL, MSG_NONE, MSG_HELP_EMERGENCY)                         \
    X(OPTION_MAX_KM, "--max-km", NULL, MSG_VALUE_KM, MSG_HELP_MAX_KM)                              \
    X(OPTION_NEED, "--need", NULL, MSG_VALUE_CODE, MSG_HELP_NEED)                                  \
    X(OPTION_MODALITY, "--modality", NULL, MSG_VALUE_CODE, MSG_HELP_MODALITY)                      \
    X(OPTION_KIND, "--kind", NULL, MSG_VALUE_CODE, MSG_HELP_KIND)                                  \
    X(OPTION_TONIGHT, "--tonight", NULL, MSG_NONE, MSG_HELP_TONIGHT)                               \
    X(OPTION_APART, "--apart", NULL, MSG_NONE, MSG_HELP_APART)                                     \
    X(OPTION_LIMIT, "--limit", NULL, MSG_VALUE_COUNT, MSG_HELP_LIMIT)                              \
    X(OPTION_TERRITORY, "--territory", NULL, MSG_VALUE_CODE, MSG_HELP_TERRITORY)                   \
    X(OPTION_SINCE, "--since", NULL, MSG_VALUE_POSITION, MSG_HELP_SINCE)                           \
    X(OPTION_SINCE_DAY, "--since", NULL, MSG_VALUE_DATE, MSG_HELP_SINCE_DAY)                       \
    X(OPTION_BY, "--by", NULL, MSG_VALUE_BY, MSG_HELP_BY)                                          \
    X(OPTION_AT, "--at", NULL, MSG_VALUE_MOMENT, MSG_HELP_AT)                                      \
    X(OPTION_FROM, "--from", NULL, MSG_VALUE_MOMENT, MSG_HELP_FROM)                                \
    X(OPTION_TO, "--to", NULL, MSG_VALUE_MOMENT, MSG_HELP_TO)                                      \
    X(OPTION_ORIGIN, "--from", NULL, MSG_VALUE_PLACE, MSG_HELP_ORIGIN)                             \
    X(OPTION_PARENT, "--parent", NULL, MSG_NONE, MSG_HELP_PARENT)                                  \
    X(OPTION_PREGNANT, "--pregnant", NULL, MSG_NONE, MSG_HELP_PREGNANT)                            \
    X(OPTION_NO_PARENT, "--no-parent", NULL, MSG_NONE, MSG_HELP_NO_PARENT)                         \
    X(OPTION_FRAME, "--frame", NULL, MSG_VALUE_CODE, MSG_HELP_FRAME)                               \
    X(OPTION_WANTED, "--wanted", NULL, MSG_VALUE_DATE, MSG_HELP_WANTED)                            \
    X(OPTION_DECIDED_AT, "--decided-at", NULL, MSG_VALUE_TIME, MSG_HELP_DECIDED_AT)                \
    X(OPTION_REFERENCE, "--reference", NULL, MSG_VALUE_REFERENCE, MSG_HELP_REFERENCE)              \
    X(OPTION_TOGETHER, "--together", NULL, MSG_NONE, MSG_HELP_TOGETHER)                            \
    X(OPTION_PLANNED, "--planned", NULL, MSG_NONE, MSG_HELP_PLANNED)                               \
    X(OPTION_CODE, "--code", NULL, MSG_VALUE_CODE, MSG_HELP_CODE)                                  \
    X(OPTION_REQUEST, "--request", NULL, MSG_VALUE_REQUEST, MSG_HELP_REQUEST)                      \
    X(OPTION_CHILD, "--child", NULL, MSG_VALUE_COUNT, MSG_HELP_CHILD)                              \
    X(OPTION_PLACES, "--places", NULL, MSG_VALUE_COUNT, MSG_HELP_PLACES)                           \
    X(OPTION_MINUTES, "--minutes", NULL, MSG_VALUE_COUNT, MSG_HELP_MINUTES)                        \
    X(OPTION_ARRIVE_BY, "--arrive-by", NULL, MSG_VALUE_TIME, MSG_HELP_ARRIVE_BY)                   \
    X(OPTION_STATE, "--state", NULL, MSG_VALUE_CODE, MSG_HELP_STATE)                               \
    X(OPTION_UNIT, "--unit", NULL, MSG_VALUE_UNIT, MSG_HELP_UNIT)                                  \
    X(OPTION_ARRIVED, "--arrived", NULL, MSG_VALUE_HOLD, MSG_HELP_ARRIVED)                         \
    X(OPTION_TEAM, "--team", NULL, MSG_VALUE_ACCOUNT, MSG_HELP_TEAM)                               \
    X(OPTION_TYPE, "--type", NULL, MSG_VALUE_CODE, MSG_HELP_TYPE)                                  \
    X(OPTION_ON, "--on", NULL, MSG_VALUE_DATE, MSG_HELP_ON)                                        \
    X(OPTION_MOVED, "--places", NULL, MSG_VALUE_COUNT, MSG_HELP_MOVED)                             \
    X(OPTION_TO_UNIT, "--to-unit", NULL, MSG_VALUE_UNIT, MSG_HELP_TO_UNIT)                         \
    X(OPTION_UNTIL, "--until", NULL, MSG_VALUE_DATE, MSG_HELP_UNTIL)                               \
    X(OPTION_ORIGIN_UNIT, "--origin-unit", NULL, MSG_VALUE_UNIT, MSG_HELP_ORIGIN_UNIT)             \
    X(OPTION_WEEKDAYS, "--weekdays", NULL, MSG_VALUE_WEEKDAYS, MSG_HELP_WEEKDAYS)                  \
    X(OPTION_WEEKS, "--weeks", NULL, MSG_VALUE_CODE, MSG_HELP_WEEKS)                               \
    X(OPTION_ENDS, "--ends", NULL, MSG_VALUE_MOVEMENT, MSG_HELP_ENDS)                              \
    X(OPTION_STEP, "--step", NULL, MSG_VALUE_STEP, MSG_HELP_STEP)                                  \
    X(OPTION_FROM_DAY, "--from", NULL, MSG_VALUE_DATE, MSG_HELP_FROM_DAY)                          \
    X(OPTION_TO_DAY, "--to", NULL, MSG_VALUE_DATE, MSG_HELP_TO_DAY)                                \
    X(OPTION_BY_DAYS, "--by", NULL, MSG_VALUE_BY, MSG_HELP_BY_DAYS)                                \
    X(OPTION_AGES, "--ages", NULL, MSG_VALUE_AGES, MSG_HELP_AGES)                                  \
    X(OPTION_PERCENT, "--percent", NULL, MSG_VALUE_PERCENT, MSG_HELP_PERCENT)

#define OPTION_ENUMERATOR(id, name, environment, value, help) id,
enum option { OPTIONS(OPTION_ENUMERATOR) OPTION_COUNT };
#define OPTION_COMMON_COUNT (OPTION_HELP + 1) /* taken by every verb */

struct option_row {
    const char *name;
    const char *environment;
    enum message value, help;
};
extern const struct option_row option_rows[OPTION_COUNT];

struct verb {
    const char *name; /* of one word, or of two: "hold list" stands below "hold" */
    enum message summary;
    enum message operand; /* what it is about; MSG_NONE: nothing */
    bool operand_needed;
    enum message notes; /* at the end of its help; MSG_NONE */
    const enum option *options;
    size_t n_options;
    int (*run)(struct session *session, const struct command *command); /* enum exit_code */
};
extern const struct verb verbs[];
extern const size_t n_verbs;
const struct verb *verb_find(const char *name); /* NULL: none */
/* Whether v is one of the verbs below a word: "hold list" below "hold". */
bool verb_is_below(const struct verb *v, const char *word);

/* Whether it takes an option that has this name: "--places". */
bool verb_takes_name(const struct verb *v, const char *name);

/* Where what it is about is listed: "ugo hold list". */
const char *verb_listed_by(const struct verb *v);

#define GIVEN_MAX 96
#define OPERANDS_MAX 32

struct given {
    enum option option;
    const char *value; /* "" of a flag */
};

struct command {
    const struct verb *verb;            /* NULL: help, or none */
    const char *operand;                /* words after the verb, joined; NULL none */
    const char *operands[OPERANDS_MAX]; /* the same, each */
    size_t n_operands;
    struct given given[GIVEN_MAX];
    size_t n_given;
    bool help;
    bool version;
    const char *topic; /* of help; NULL the overview */
};

/* Reads the language before anything can go wrong in it. */
const char *command_language(int argc, char **argv);

/* 0, or EXIT_USAGE after saying what is wrong. Texts are borrowed from argv. */
int command_parse(struct screen *s, int argc, char **argv, struct command *ret);

const char *command_value(const struct command *c, enum option option); /* the last; or NULL */
bool command_has(const struct command *c, enum option option);

/* 0 and *ret_value (fallback when not given), or EXIT_USAGE after saying so. */
int command_count(struct screen *s, const struct command *c, enum option option, int64_t fallback,
                  int64_t *ret_value);

/* All values of an option, split at commas, as a JSON array; NULL when not given. */
json_t *command_list(const struct command *c, enum option option);

/* EXIT_USAGE, after saying what the option wants. */
int command_wrong(struct screen *s, const struct command *c, enum option option, enum message want);

/* Help on the standard output. 0, or EXIT_USAGE for an unknown topic. */
int help_show(struct screen *s, const char *topic);

#endif
