/* SPDX-License-Identifier: EUPL-1.2 */
/* The children of a command line: searched for, requested for, asked for. */
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/moment.h"

/* F, M (or G, for garçon), ?; NULL: not one. */
static json_t *sex_read(const char *text)
{
    if (strlen(text) != 1 || strchr("FfMmGg?", text[0]) == NULL)
        return NULL;
    if (text[0] == '?')
        return json_null();
    return json_string(strchr("Ff", text[0]) != NULL ? "F" : "M");
}

/* The age or sex of one option; NULL: it is none. */
static json_t *value_read(const struct given *given)
{
    int months;

    if (given->option == OPTION_SEX)
        return sex_read(given->value);
    if (!moment_parse_age(given->value, &months))
        return NULL;
    return months < 0 ? json_null() : json_integer(months);
}

static size_t count(const struct command *c, enum option option)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_given; i++)
        n += c->given[i].option == option;
    return n;
}

/* As many ages as sexes: the first age goes with the first sex, in whatever order they are said.
 * Else in the order they are given: each child has at most one of either, a second one begins the
 * next child. */
int ask_children(struct session *x, json_t *children)
{
    const struct command *c = x->command;
    bool pairs = count(c, OPTION_AGE) == count(c, OPTION_SEX);
    size_t ages = 0, sexes = 0;

    for (size_t i = 0; i < c->n_given; i++) {
        enum option option = c->given[i].option;
        const char *member = option == OPTION_AGE ? "age_months" : "sex";
        if (option != OPTION_AGE && option != OPTION_SEX)
            continue;
        json_t *value = value_read(&c->given[i]);
        if (value == NULL) {
            struct command one = {.verb = c->verb, .given = {c->given[i]}, .n_given = 1};
            return command_wrong(x->screen, &one, option,
                                 option == OPTION_AGE ? MSG_WANT_AGE : MSG_WANT_SEX);
        }
        size_t n = json_array_size(children), at = option == OPTION_AGE ? ages++ : sexes++;
        json_t *child = json_array_get(children, pairs ? at : n - 1);
        if (child == NULL || (!pairs && json_object_get(child, member) != NULL)) {
            child = json_object();
            json_array_append_new(children, child);
        }
        json_object_set_new(child, member, value);
    }
    return 0;
}

/* A pregnant woman is a parent, too. */
bool ask_with_parent(const struct command *c)
{
    return command_has(c, OPTION_PARENT) || command_has(c, OPTION_PREGNANT);
}

json_t *ask_parent(const struct command *c)
{
    if (!ask_with_parent(c))
        return NULL;
    return json_pack("{s:b}", "pregnant", (int)command_has(c, OPTION_PREGNANT));
}
