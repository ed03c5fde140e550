/* SPDX-License-Identifier: EUPL-1.2 */
/* search: from the command line to the question. What is shown is in search_show.c. */
#include <stdlib.h>
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/places.h"
#include "clients/ugo/verbs.h"

#define LIMIT_SHOWN 5 /* on a phone, the best must not scroll away */

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
static int children_read(struct session *x, json_t *children)
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
    if (json_array_size(children) > 0)
        return 0;
    screen_complain(x->screen, say(x->screen, MSG_NO_CHILD));
    return EXIT_USAGE;
}

static int criteria_read(struct session *x, json_t *params)
{
    static const struct {
        enum option option;
        const char *member;
    } lists[] = {
        {OPTION_NEED, "needs"},
        {OPTION_MODALITY, "modality"},
        {OPTION_KIND, "establishment_kinds"},
    };
    const struct command *c = x->command;
    const char *km = command_value(c, OPTION_MAX_KM);
    char *end;

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        json_t *list = command_list(c, lists[i].option);
        if (list != NULL)
            json_object_set_new(params, lists[i].member, list);
    }
    if (command_has(c, OPTION_EMERGENCY))
        json_object_set_new(params, "emergency", json_true());
    if (command_has(c, OPTION_TONIGHT))
        json_object_set_new(params, "tonight", json_true());
    if (command_has(c, OPTION_APART))
        json_object_set_new(params, "together", json_false());
    if (km == NULL)
        return 0;
    double value = strtod(km, &end);
    if (end == km || *end != 0 || !(value >= 0 && value <= 1500))
        return command_wrong(x->screen, c, OPTION_MAX_KM, MSG_WANT_KM);
    if (!command_has(c, OPTION_NEAR)) {
        screen_complain(x->screen, say(x->screen, MSG_KM_NEEDS_NEAR));
        return EXIT_USAGE;
    }
    json_object_set_new(params, "max_km", json_real(value));
    return 0;
}

static int search_params(struct session *x, json_t *params, const char **ret_place)
{
    const struct command *c = x->command;
    const char *near = command_value(c, OPTION_NEAR);
    json_t *children = json_array(), *place = NULL;
    int64_t limit;

    json_object_set_new(params, "children", children);
    int code = children_read(x, children);
    if (code == 0)
        code = criteria_read(x, params);
    if (code == 0)
        code =
            command_count(x->screen, c, OPTION_LIMIT, x->screen->json ? 10 : LIMIT_SHOWN, &limit);
    if (code != 0)
        return code;
    json_object_set_new(params, "limit", json_integer(limit));
    *ret_place = NULL;
    if (near != NULL)
        code = ask_place(x, near, &place, ret_place);
    if (place != NULL)
        json_object_set_new(params, "near", place);
    return code;
}

int run_search(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    const char *place;
    json_t *params = json_object(), *answer;
    int code = search_params(x, params, &place);

    if (code != 0) {
        json_decref(params);
        return code;
    }
    json_t *children = json_incref(json_object_get(params, "children"));
    code = session_call(x, "search", params, &answer);
    if (code == 0) {
        struct search_view view = {
            .session = x,
            .children = children,
            .place = place,
            .emergency = command_has(c, OPTION_EMERGENCY),
            .tonight = command_has(c, OPTION_TONIGHT),
            .apart = command_has(c, OPTION_APART),
            .max_km = command_has(c, OPTION_MAX_KM),
            .modality = command_has(c, OPTION_MODALITY),
            .kind = command_has(c, OPTION_KIND),
            .needs = command_has(c, OPTION_NEED),
        };
        if (json_array_size(json_object_get(answer, "results")) == 0)
            code = EXIT_NOTHING;
        if (s->json) {
            screen_json(s, answer);
        } else {
            places_learn(x, answer);
            search_show(s, &view, answer);
        }
        json_decref(answer);
    }
    json_decref(children);
    return code;
}
