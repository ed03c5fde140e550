/* SPDX-License-Identifier: EUPL-1.2 */
/* hold, hold list, hold show, hold release, extend, withdraw, arrive: places asked for. */
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/decision_show.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"
#include "proto/format.h"

#define UNITS_MAX 8 /* in one ask */
#define CHILDREN_MAX 10
#define MINUTES_MAX 240
#define PLACES_MAX 99
#define EXTENSIONS_MAX 2

/* ── hold: from the command line to the ask ── */

static int add_unit(struct session *x, const char *text, json_t *units)
{
    const char *id;
    int code = ask_unit(x, text, &id);
    if (code == 0)
        json_array_append_new(units, json_string(id));
    return code;
}

/* Ids and quoted names stand for themselves; other words next to each other are one name. */
static int units_read(struct session *x, json_t *units)
{
    const struct command *c = x->command;
    const char *name = NULL;
    int code = 0;

    for (size_t i = 0; i < c->n_operands && code == 0; i++) {
        const char *word = c->operands[i];
        bool alone = format_unit_id(span_of(word)) || strchr(word, ' ') != NULL;
        if (!alone) {
            name = words_join(&x->keep, name, " ", word);
            continue;
        }
        if (name != NULL)
            code = add_unit(x, name, units);
        name = NULL;
        if (code == 0)
            code = add_unit(x, word, units);
    }
    if (code == 0 && name != NULL)
        code = add_unit(x, name, units);
    if (code != 0 || json_array_size(units) <= UNITS_MAX)
        return code;
    screen_complain(x->screen, say(x->screen, MSG_TOO_MANY_UNITS));
    return EXIT_USAGE;
}

/* --child 1 --child 2: indexes from 0 on the wire. */
static int children_chosen(struct session *x, json_t *params)
{
    json_t *numbers = command_list(x->command, OPTION_CHILD), *number, *indexes;
    size_t i;

    if (numbers == NULL)
        return 0;
    indexes = json_array();
    json_object_set_new(params, "children", indexes);
    json_array_foreach (numbers, i, number) {
        const char *text = json_string_value(number);
        int n = 0, end = 0;
        if (sscanf(text, "%2d%n", &n, &end) != 1 || text[end] != 0 || n < 1 || n > CHILDREN_MAX) {
            json_decref(numbers);
            return command_wrong(x->screen, x->command, OPTION_CHILD, MSG_WANT_CHILD);
        }
        json_array_append_new(indexes, json_integer(n - 1));
    }
    json_decref(numbers);
    return 0;
}

static int complain(struct session *x, enum message m)
{
    screen_complain(x->screen, say(x->screen, m));
    return EXIT_USAGE;
}

/* For a request, or for children said here. */
static int whom_read(struct session *x, json_t *params)
{
    const struct command *c = x->command;
    const char *text = command_value(c, OPTION_REQUEST), *id;
    json_t *children = json_array(), *needs;
    int code = ask_codes(x, OPTION_NEED, "need", &needs);
    json_t *need = json_pack("{s:o, s:o*, s:o*}", "children", children, "parent", ask_parent(c),
                             "needs", needs);
    if (code == 0)
        code = ask_children(x, children);
    bool said = json_array_size(children) > 0 || ask_with_parent(c);

    if (code == 0 && text != NULL && (said || needs != NULL))
        code = complain(x, MSG_REQUEST_OR_AGES);
    if (code == 0 && text == NULL && !said)
        code = complain(x, MSG_NO_PROFILE);
    if (code == 0 && text == NULL && command_has(c, OPTION_CHILD))
        code = complain(x, MSG_CHILD_NEEDS_REQUEST);
    if (code == 0 && text == NULL)
        json_object_set(params, "need", need);
    json_decref(need);
    if (code != 0 || text == NULL)
        return code;
    code = children_chosen(x, params);
    if (code == 0)
        code = ask_request(x, text, &id);
    if (code == 0)
        json_object_set_new(params, "request", json_string(id));
    return code;
}

static int ask_params(struct session *x, json_t *params)
{
    json_t *units = json_array();
    int code = ask_count(x, params, OPTION_PLACES, "places", PLACES_MAX, MSG_WANT_PLACES);

    if (code == 0)
        code = ask_count(x, params, OPTION_MINUTES, "minutes", MINUTES_MAX, MSG_WANT_MINUTES);
    if (command_has(x->command, OPTION_EMERGENCY))
        json_object_set_new(params, "emergency", json_true());
    if (code == 0)
        code = whom_read(x, params);
    if (code == 0)
        code = units_read(x, units);
    if (code == 0 && json_array_size(units) == 1)
        json_object_set(params, "unit", json_array_get(units, 0));
    else if (code == 0)
        json_object_set(params, "units", units);
    json_decref(units);
    return code;
}

/* ── hold: what was asked ── */

static void not_asked_show(struct session *x, const json_t *refused)
{
    struct screen *s = x->screen;
    const json_t *one;
    size_t i;

    if (json_array_size(refused) == 0)
        return;
    screen_blank(s);
    screen_line(s, 2, say(s, MSG_NOT_ASKED));
    json_array_foreach ((json_t *)refused, i, one) {
        const char *detail = json_string_value(json_object_get(one, "detail"));
        const char *why = json_string_value(json_object_get(one, "type"));
        const char *unit = json_string_value(json_object_get(one, "unit"));
        if (detail != NULL && label_known("not_asked", detail))
            why = detail;
        screen_line(s, 3,
                    words_printf(&s->words, " - %s",
                                 say(s, MSG_NOT_ASKED_UNIT, known_unit_name(x, unit),
                                     label(s, "not_asked", why))));
    }
}

static void asked_show(struct session *x, const json_t *items, const json_t *refused)
{
    struct screen *s = x->screen;
    size_t n = json_array_size(items), i;
    const json_t *first = json_object_get(json_array_get(items, 0), "hold"), *item;
    const char *request = json_string_value(json_object_get(first, "request"));

    screen_line(s, 2, say_n(s, MSG_ASKED, (int64_t)n, hold_for(s, first)));
    json_array_foreach ((json_t *)items, i, item) {
        struct hold_view view = {
            .mark = words_printf(&s->words, "%zu. ", i + 1),
            .no_profile = true,
            .no_request = true,
        };
        screen_blank(s);
        hold_show(x, &view, json_object_get(item, "hold"));
    }
    not_asked_show(x, refused);
    screen_blank(s);
    screen_line(s, 2, say(s, MSG_ASKED_KEPT));
    screen_line(s, 2, say(s, MSG_GO_ON));
    go_on(s, MSG_GO_LIST, "ugo hold list");
    if (request != NULL)
        go_on(s, MSG_GO_WATCH, "ugo watch --request %s", request);
    else
        go_on(s, MSG_GO_WATCH, "ugo watch");
    go_on(s, MSG_GO_RELEASE, "ugo hold release %s", n == 1 ? record_id(first) : "H");
}

int run_hold(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    json_t *params = json_object(), *answer;
    int code = ask_params(x, params);

    (void)c;
    if (code != 0) {
        json_decref(params);
        return code;
    }
    code = session_write(x, "hold.create", params, &answer);
    if (code != 0)
        return code;
    if (s->json) {
        screen_json(s, answer);
    } else {
        json_t *items = json_incref(json_object_get(answer, "holds"));
        if (items == NULL)
            items = json_pack("[O]", answer);
        known_learn(x, answer);
        asked_show(x, items, json_object_get(answer, "refused"));
        json_decref(items);
    }
    json_decref(answer);
    return EXIT_FOUND;
}

/* ── hold list, hold show ── */

static int list_params(struct session *x, json_t *params)
{
    const struct command *c = x->command;
    const char *request = command_value(c, OPTION_REQUEST), *unit = command_value(c, OPTION_UNIT);
    json_t *states;
    const char *id;
    int code = ask_codes(x, OPTION_STATE, "hold_state", &states);

    if (states != NULL)
        json_object_set_new(params, "state", states);
    if (code == 0 && request != NULL)
        code = ask_request(x, request, &id);
    if (code == 0 && request != NULL)
        json_object_set_new(params, "request", json_string(id));
    if (code == 0 && unit != NULL)
        code = ask_unit(x, unit, &id);
    if (code == 0 && unit != NULL)
        json_object_set_new(params, "unit", json_string(id));
    return code;
}

int run_hold_list(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    json_t *params = json_object(), *answer;
    int code = list_params(x, params);

    if (code != 0) {
        json_decref(params);
        return code;
    }
    if (command_has(c, OPTION_SINCE_DAY)) {
        code = holds_since(x, params);
        json_decref(params);
        return code;
    }
    code = ask_pages(x, "hold.list", "holds", params, &answer);
    if (code != 0)
        return code;
    const json_t *items = json_object_get(answer, "holds");
    size_t n = json_array_size(items);
    if (s->json) {
        screen_json(s, answer);
    } else {
        stale_show(s, answer);
        screen_line(s, 2, n == 0 ? say(s, MSG_NO_HOLDS) : say_n(s, MSG_HOLDS_ARE, (int64_t)n));
        known_learn(x, answer);
        holds_show(x, items, command_has(c, OPTION_REQUEST));
    }
    json_decref(answer);
    return n > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

/* Refused as full, by a unit that has not been counted again since, for those who may count it. */
static bool full_was_said(const struct session *x, const json_t *hold)
{
    const char *code = json_string_value(json_object_get(hold, "code"));
    int64_t at;

    return (x->of_establishment || x->may_decide) && hold_is(hold, "refused") && code != NULL &&
           strcmp(code, "full") == 0 &&
           moment_read(known_unit(x, hold_unit(hold)), "contested_at", &at);
}

/* What the reader may do with it as it is. */
static void ways_show(struct session *x, const json_t *hold)
{
    struct screen *s = x->screen;
    const char *id = record_id(hold);
    bool held = hold_is(hold, "held");

    if (full_was_said(x, hold)) {
        screen_blank(s);
        screen_line(s, 2, say(s, MSG_GO_ON));
        go_on(s, MSG_GO_DECLARE, "ugo declare %s --free 0", hold_unit(hold));
    }
    if (!hold_is_active(hold))
        return;
    screen_blank(s);
    screen_line(s, 2, say(s, MSG_GO_ON));
    if (held && x->of_establishment) {
        go_on(s, MSG_GO_ACCEPT, "ugo answer %s accept", id);
        go_on(s, MSG_GO_REFUSE, "ugo answer %s refuse --code CODE", id);
    } else if (held) {
        decide_show(x, hold);
        if (json_integer_value(json_object_get(hold, "extensions")) < EXTENSIONS_MAX)
            go_on(s, MSG_GO_EXTEND, "ugo hold extend %s", id);
        go_on(s, MSG_GO_RELEASE, "ugo hold release %s", id);
    } else {
        go_on(s, MSG_GO_ARRIVE, "ugo hold arrive %s", id);
        if (!x->of_establishment)
            go_on(s, MSG_GO_WITHDRAW, "ugo hold withdraw %s --code CODE", id);
    }
}

/* The answer to something about one hold. done: MSG_NONE when it was only read. */
static void one_show(struct session *x, const json_t *answer, enum message done)
{
    struct screen *s = x->screen;
    const json_t *hold = json_object_get(answer, "hold");

    if (s->json) {
        screen_json(s, answer);
        return;
    }
    stale_show(s, answer);
    known_learn(x, answer);
    if (done != MSG_NONE)
        screen_line(s, 2, say(s, done));
    hold_show(x, &(struct hold_view){.mark = ""}, hold);
    ways_show(x, hold);
}

int run_hold_show(struct session *x, const struct command *c)
{
    const char *id;
    json_t *answer;
    int code = ask_hold(x, c->operand, &id);

    if (code == 0)
        code = session_call(x, "hold.get", json_pack("{s:s}", "hold", id), &answer);
    if (code != 0)
        return code;
    one_show(x, answer, MSG_NONE);
    json_decref(answer);
    return EXIT_FOUND;
}

/* ── What becomes of a hold ── */

int hold_write(struct session *x, const char *method, const char *text, json_t *params,
               enum message done)
{
    const char *id;
    json_t *answer;
    int code = ask_hold(x, text, &id);

    if (code != 0) {
        json_decref(params);
        return code;
    }
    json_object_set_new(params, "hold", json_string(id));
    code = session_write(x, method, params, &answer);
    if (code != 0)
        return code;
    one_show(x, answer, done);
    json_decref(answer);
    return EXIT_FOUND;
}

/* The same for each hold that is named: one that fails does not keep the others from it. params is
 * taken. The first exit code that is not 0. */
static int each_hold(struct session *x, const char *method, json_t *params, enum message done)
{
    const struct command *c = x->command;
    int code = 0;

    if (c->n_operands > 1 && command_has(c, OPTION_KEY)) {
        json_decref(params);
        return complain(x, MSG_KEY_FOR_ONE);
    }
    for (size_t i = 0; i < c->n_operands; i++) {
        if (i > 0 && !x->screen->json)
            screen_blank(x->screen);
        int one = hold_write(x, method, c->operands[i], json_deep_copy(params), done);
        code = code != 0 ? code : one;
    }
    json_decref(params);
    return code;
}

int run_hold_release(struct session *x, const struct command *c)
{
    (void)c;
    return each_hold(x, "hold.release", json_object(), MSG_DONE_RELEASE);
}

int run_hold_extend(struct session *x, const struct command *c)
{
    json_t *params = json_object();
    int code = ask_count(x, params, OPTION_MINUTES, "minutes", MINUTES_MAX, MSG_WANT_MINUTES);

    (void)c;
    if (code == 0)
        return each_hold(x, "hold.extend", params, MSG_DONE_EXTEND);
    json_decref(params);
    return code;
}

int run_hold_withdraw(struct session *x, const struct command *c)
{
    const char *why;
    int code = ask_code(x, OPTION_CODE, "withdrawal", &why);

    (void)c;
    if (code != 0)
        return code;
    return each_hold(x, "hold.withdraw", json_pack("{s:s}", "code", why), MSG_DONE_WITHDRAW);
}

int run_hold_arrive(struct session *x, const struct command *c)
{
    json_t *params = json_object();
    int code = ask_instant(x, params, OPTION_OBSERVED_AT, "observed_at", false);

    (void)c;
    if (code == 0)
        return each_hold(x, "hold.arrive", params, MSG_DONE_ARRIVE);
    json_decref(params);
    return code;
}
