/* SPDX-License-Identifier: EUPL-1.2 */
/* search: from the command line to the question. What is shown is in search_show.c. */
#include <stdlib.h>
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/known.h"
#include "clients/ugo/places.h"
#include "clients/ugo/verbs.h"

#define LIMIT_SHOWN 5 /* on a phone, the best must not scroll away */

static int criteria_read(struct session *x, json_t *params)
{
    static const struct {
        enum option option;
        const char *member, *codes;
    } lists[] = {
        {OPTION_NEED, "needs", "need"},
        {OPTION_MODALITY, "modality", "modality"},
    };
    const struct command *c = x->command;
    const char *km = command_value(c, OPTION_MAX_KM);
    char *end;

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        json_t *list;
        if (ask_codes(x, lists[i].option, lists[i].codes, &list) != 0)
            return EXIT_USAGE;
        if (list != NULL)
            json_object_set_new(params, lists[i].member, list);
    }
    if (ask_with_parent(c))
        json_object_set_new(params, "parent", ask_parent(c));
    if (command_has(c, OPTION_EMERGENCY))
        json_object_set_new(params, "emergency", json_true());
    if (command_has(c, OPTION_TONIGHT))
        json_object_set_new(params, "tonight", json_true());
    if (command_has(c, OPTION_APART))
        json_object_set_new(params, "together", json_false());
    if (ask_date(x, params, OPTION_WANTED, "wanted_on") != 0 ||
        ask_date(x, params, OPTION_UNTIL, "wanted_until") != 0 || ask_days(x, params) != 0)
        return EXIT_USAGE;
    if (km == NULL)
        return 0;
    double value = strtod(km, &end);
    if (end == km || *end != 0 || !(value >= 0 && value <= 1500))
        return command_wrong(x->screen, c, OPTION_MAX_KM, MSG_WANT_KM);
    if (!command_has(c, OPTION_NEAR) && !command_has(c, OPTION_REQUEST)) {
        screen_complain(x->screen, say(x->screen, MSG_KM_NEEDS_NEAR));
        return EXIT_USAGE;
    }
    json_object_set_new(params, "max_km", json_real(value));
    return 0;
}

/* The children of a request that have no place yet. */
static json_t *unplaced(const json_t *request)
{
    const json_t *placed = json_object_get(request, "placed"), *child, *index;
    json_t *children = json_array();
    size_t i, p;

    json_array_foreach (json_object_get(request, "children"), i, child) {
        bool has_place = false;
        json_array_foreach ((json_t *)placed, p, index)
            has_place = has_place || (size_t)json_integer_value(index) == i;
        if (!has_place)
            json_array_append(children, (json_t *)child);
    }
    return children;
}

/* What the line does not say, as the request has it. */
static void criteria_of(const json_t *request, json_t *params)
{
    static const char *const members[] = {"parent", "together", "emergency", "modality", "needs"};
    const json_t *from = json_object_get(request, "from"), *km = json_object_get(request, "max_km");
    const char *commune = json_string_value(json_object_get(from, "commune"));
    const char *territory = json_string_value(json_object_get(from, "territory"));

    if (json_array_size(json_object_get(params, "children")) == 0 &&
        json_object_get(params, "parent") == NULL)
        json_object_set_new(params, "children", unplaced(request));
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        json_t *value = json_object_get(request, members[i]);
        bool empty = value == NULL || json_is_null(value) ||
                     (json_is_array(value) && json_array_size(value) == 0);
        if (!empty && json_object_get(params, members[i]) == NULL)
            json_object_set(params, members[i], value);
    }
    if (json_object_get(params, "near") == NULL && (commune != NULL || territory != NULL))
        json_object_set_new(params, "near",
                            commune != NULL ? json_pack("{s:s}", "commune", commune)
                                            : json_pack("{s:s}", "territory", territory));
    if (json_is_integer(km) && json_object_get(params, "max_km") == NULL &&
        json_object_get(params, "near") != NULL)
        json_object_set_new(
            params, "max_km",
            json_integer(json_integer_value(km) < 1500 ? json_integer_value(km) : 1500));
}

/* --request: the question is the request's. *ret_request: the caller's, NULL without one. */
static int request_read(struct session *x, json_t *params, const char **ret_place,
                        json_t **ret_request)
{
    const char *text = command_value(x->command, OPTION_REQUEST), *id;
    bool near = json_object_get(params, "near") != NULL;
    json_t *answer;

    if (text == NULL)
        return 0;
    int code = ask_request(x, text, &id);
    if (code == 0)
        code = session_call(x, "request.get", json_pack("{s:s}", "request", id), &answer);
    if (code != 0)
        return code;
    json_t *request = json_object_get(answer, "request");
    criteria_of(request, params);
    *ret_request = json_incref(request);
    json_object_set_new(params, "request", json_string(id)); /* for the journal */
    if (!near && json_object_get(params, "near") != NULL) {
        places_learn(x, answer);
        const char *place = unit_place(x, json_object_get(request, "from"));
        *ret_place = words_copy(&x->keep, place, strlen(place));
    }
    json_decref(answer);
    return 0;
}

static int search_params(struct session *x, json_t *params, const char **ret_place,
                         json_t **ret_request)
{
    const struct command *c = x->command;
    const char *near = command_value(c, OPTION_NEAR);
    json_t *children = json_array(), *place = NULL, *kinds = NULL;
    int64_t limit;

    json_object_set_new(params, "children", children);
    int code = ask_children(x, children);
    if (code == 0 && json_array_size(children) == 0 && !ask_with_parent(c) &&
        !command_has(c, OPTION_REQUEST)) {
        screen_complain(x->screen, say(x->screen, MSG_NO_CHILD));
        code = EXIT_USAGE;
    }
    if (code == 0)
        code = criteria_read(x, params);
    if (code == 0)
        code =
            command_count(x->screen, c, OPTION_LIMIT, x->screen->json ? 10 : LIMIT_SHOWN, &limit);
    if (code != 0)
        return code;
    json_object_set_new(params, "limit", json_integer(limit));
    *ret_place = NULL;
    code = ask_kinds(x, &kinds);
    if (kinds != NULL)
        json_object_set_new(params, "establishment_kinds", kinds);
    if (code == 0 && near != NULL)
        code = ask_place(x, near, &place, ret_place);
    if (place != NULL)
        json_object_set_new(params, "near", place);
    return code == 0 ? request_read(x, params, ret_place, ret_request) : code;
}

static bool asked(const json_t *params, const char *member)
{
    return json_object_get(params, member) != NULL;
}

int run_search(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    const char *place;
    json_t *params = json_object(), *request = NULL, *answer;

    (void)c;
    int code = search_params(x, params, &place, &request);

    if (code != 0) {
        json_decref(params);
        return code;
    }
    json_t *question = json_deep_copy(params);
    const json_t *parent = json_object_get(question, "parent");
    code = session_call(x, "search", params, &answer);
    if (code == 0) {
        struct search_view view = {
            .session = x,
            .question = question,
            .children = json_object_get(question, "children"),
            .place = place,
            .request = request,
            .emergency = json_is_true(json_object_get(question, "emergency")),
            .tonight = asked(question, "tonight"),
            .apart = json_is_false(json_object_get(question, "together")),
            .parent = parent != NULL,
            .pregnant = json_is_true(json_object_get(parent, "pregnant")),
            .max_km = asked(question, "max_km"),
            .modality = asked(question, "modality"),
            .kind = asked(question, "establishment_kinds"),
            .needs = asked(question, "needs"),
        };
        if (json_array_size(json_object_get(answer, "results")) == 0)
            code = EXIT_NOTHING;
        if (s->json) {
            screen_json(s, answer);
        } else {
            known_learn(x, answer);
            search_show(s, &view, answer);
        }
        json_decref(answer);
    }
    json_decref(question);
    json_decref(request);
    return code;
}
