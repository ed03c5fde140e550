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

/* Ages and sexes in the order they are given: each child has at most one of either, a second one
 * begins the next child. */
int ask_children(struct session *x, json_t *children)
{
    const struct command *c = x->command;
    json_t *child = NULL;

    for (size_t i = 0; i < c->n_given; i++) {
        enum option option = c->given[i].option;
        const char *member = option == OPTION_AGE ? "age_months" : "sex";
        json_t *value = NULL;
        int months;
        if (option != OPTION_AGE && option != OPTION_SEX)
            continue;
        if (option == OPTION_SEX)
            value = sex_read(c->given[i].value);
        else if (moment_parse_age(c->given[i].value, &months))
            value = months < 0 ? json_null() : json_integer(months);
        if (value == NULL) {
            struct command one = {.verb = c->verb, .given = {c->given[i]}, .n_given = 1};
            return command_wrong(x->screen, &one, option,
                                 option == OPTION_AGE ? MSG_WANT_AGE : MSG_WANT_SEX);
        }
        if (child == NULL || json_object_get(child, member) != NULL) {
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
