/* SPDX-License-Identifier: EUPL-1.2 */
/* movement list, plan, done, cancel; exit; transfer: who will leave or come, and when. */
#include <stdlib.h>
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/decision_show.h"
#include "clients/ugo/failure.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"
#include "proto/format.h"
#include "proto/limits.h"

static const char *text_of(const json_t *record, const char *member)
{
    return json_string_value(json_object_get(record, member));
}

static bool is_planned(const json_t *movement)
{
    const char *state = text_of(movement, "state");
    return state != NULL && strcmp(state, "planned") == 0;
}

/* "18/12/2026 : sortie, 1 place · majorité" */
static void movement_show(struct session *x, const char *mark, const json_t *movement)
{
    struct screen *s = x->screen;
    struct words *w = &s->words;
    const char *code = text_of(movement, "code"), *to = text_of(movement, "to_unit");
    const char *what =
        say(s, MSG_MOVEMENT_LINE, moment_date(s, text_of(movement, "on")),
            label(s, "movement", text_of(movement, "type")),
            say_n(s, MSG_FOR_PLACES, json_integer_value(json_object_get(movement, "places"))));

    const char *origin = text_of(movement, "origin_unit"), *type = text_of(movement, "type");

    if (origin != NULL && strcmp(type, "exit") == 0)
        what = words_join(w, what, DOT, say(s, MSG_MOVEMENT_BACK, known_unit_name(x, origin)));
    else if (code != NULL)
        what = words_join(w, what, DOT, label(s, "movement_code", code));
    what = words_join(w, what, DOT, rhythm_text(s, movement));
    if (text_of(movement, "until") != NULL)
        what = words_join(w, what, DOT,
                          say(s, MSG_MOVEMENT_UNTIL, moment_date(s, text_of(movement, "until"))));
    if (origin != NULL && strcmp(type, "exit") != 0)
        what = words_join(w, what, DOT, say(s, MSG_MOVEMENT_ORIGIN, known_unit_name(x, origin)));
    if (to != NULL)
        what = words_join(w, what, DOT, say(s, MSG_MOVEMENT_TO, known_unit_name(x, to)));
    if (!is_planned(movement))
        what = words_join(w, what, DOT, label(s, "movement_state", text_of(movement, "state")));
    screen_line(s, 3, words_printf(w, "%s" BOLD "%s" PLAIN, mark, what));
    screen_line(s, 3,
                words_printf(w, "   %s" DOT DIM "%s" PLAIN,
                             known_unit_name(x, text_of(movement, "unit")), record_id(movement)));
    if (is_planned(movement) && json_is_true(json_object_get(movement, "due_soon")))
        screen_line(s, 3,
                    words_printf(w, "   " WARN "%s" PLAIN,
                                 say(s, json_is_true(json_object_get(movement, "limit"))
                                            ? MSG_MOVEMENT_DUE
                                            : MSG_MOVEMENT_ENDING)));
}

static int answered(struct session *x, int code, json_t *answer, enum message done)
{
    struct screen *s = x->screen;
    const json_t *movement = json_object_get(answer, "movement"), *unit;
    size_t i;

    if (code != 0)
        return code;
    if (s->json) {
        screen_json(s, answer);
        json_decref(answer);
        return EXIT_FOUND;
    }
    known_learn(x, answer);
    screen_line(s, 2, say(s, done));
    movement_show(x, "", movement);
    json_array_foreach (json_object_get(answer, "units"), i, unit) {
        screen_line(s, 2,
                    say(s, MSG_MOVEMENT_UNIT_NOW, unit_name(s, unit), unit_places(s, unit, true)));
    }
    const json_t *others = json_object_get(answer, "movements"), *other;
    if (json_array_size(others) > 0)
        screen_line(s, 2, say(s, MSG_MOVEMENTS_TOO));
    json_array_foreach ((json_t *)others, i, other) {
        movement_show(x, "", other);
    }
    if (is_planned(movement)) {
        screen_blank(s);
        screen_line(s, 2, say(s, MSG_GO_ON));
        if (strcmp(text_of(movement, "type"), "sequence") != 0)
            go_on(s, MSG_GO_MOVEMENT_DONE, "ugo movement done %s", record_id(movement));
        go_on(s, MSG_GO_MOVEMENT_CANCEL, "ugo movement cancel %s", record_id(movement));
    }
    json_decref(answer);
    return EXIT_FOUND;
}

/* ── list ── */

static int list_params(struct session *x, json_t *params)
{
    const char *unit = command_value(x->command, OPTION_UNIT), *id;
    json_t *states = NULL, *types = NULL;
    int code = ask_codes(x, OPTION_STATE, "movement_state", &states);

    if (states != NULL)
        json_object_set_new(params, "state", states);
    if (code == 0)
        code = ask_codes(x, OPTION_TYPE, "movement", &types);
    if (types != NULL)
        json_object_set_new(params, "type", types);
    if (code == 0 && unit != NULL && (code = ask_unit(x, unit, &id)) == 0)
        json_object_set_new(params, "unit", json_string(id));
    return code;
}

int run_movement_list(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    json_t *params = json_object(), *answer;
    const json_t *item;
    size_t i;
    int code = list_params(x, params);

    (void)c;
    if (code != 0) {
        json_decref(params);
        return code;
    }
    code = ask_pages(x, "movement.list", "movements", params, &answer);
    if (code != 0)
        return code;
    const json_t *items = json_object_get(answer, "movements");
    size_t n = json_array_size(items);
    if (s->json) {
        screen_json(s, answer);
    } else {
        stale_show(s, answer);
        screen_line(s, 2,
                    n == 0 ? say(s, MSG_NO_MOVEMENTS) : say_n(s, MSG_MOVEMENTS_ARE, (int64_t)n));
        known_learn(x, answer);
        json_array_foreach ((json_t *)items, i, item) {
            movement_show(x, "", item);
        }
    }
    json_decref(answer);
    return n > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

/* ── done, cancel ── */

/* The planned movement that is meant: its id, or the end of it. 0 or an exit code, told. */
static int ask_movement(struct session *x, const char *text, const char **ret_id)
{
    json_t *document;
    const json_t *item;
    size_t i, length = strlen(text);

    *ret_id = format_movement_id(span_of(text)) ? text : NULL;
    if (*ret_id != NULL)
        return 0;
    int code = ask_pages(x, "movement.list", "movements", json_object(), &document);
    if (code != 0)
        return code;
    json_array_foreach (json_object_get(document, "movements"), i, item) {
        const char *id = record_id(item);
        size_t n = strlen(id);
        if (n > length && id[n - length - 1] == '-' && strcmp(id + n - length, text) == 0)
            *ret_id = words_copy(&x->keep, id, n);
    }
    json_decref(document);
    if (*ret_id != NULL)
        return 0;
    screen_complain(x->screen, say(x->screen, MSG_NO_SUCH_MOVEMENT, text));
    failure_document(x->screen, "no_such_movement", NULL, EXIT_NOTHING);
    return EXIT_NOTHING;
}

/* params is taken. */
static int movement_write(struct session *x, const char *method, json_t *params, enum message done)
{
    json_t *answer = NULL;
    const char *id;
    int code = ask_movement(x, x->command->operand, &id);

    if (code == 0)
        code = ask_instant(x, params, OPTION_OBSERVED_AT, "observed_at", false);
    if (code != 0) {
        json_decref(params);
        return code;
    }
    json_object_set_new(params, "movement", json_string(id));
    code = session_write(x, method, params, &answer);
    return answered(x, code, answer, done);
}

int run_movement_done(struct session *x, const struct command *c)
{
    (void)c;
    return movement_write(x, "movement.done", json_object(), MSG_DONE_MOVEMENT);
}

int run_movement_cancel(struct session *x, const struct command *c)
{
    (void)c;
    return movement_write(x, "movement.cancel", json_object(), MSG_DONE_MOVEMENT_CANCEL);
}

/* ── plan, exit, transfer ── */

static int set_code(struct session *x, json_t *params)
{
    const char *why;
    int code = ask_code(x, OPTION_CODE, "movement_code", &why);

    if (code == 0)
        json_object_set_new(params, "code", json_string(why));
    return code;
}

static int set_unit(struct session *x, json_t *params, const char *member, const char *text)
{
    const char *id;
    int code = ask_unit(x, text, &id);

    if (code == 0)
        json_object_set_new(params, member, json_string(id));
    return code;
}

/* Until when, and where the child's own place is kept. */
static int set_stay(struct session *x, json_t *params)
{
    const char *origin = command_value(x->command, OPTION_ORIGIN_UNIT);
    int code = ask_date(x, params, OPTION_UNTIL, "until");

    return code == 0 && origin != NULL ? set_unit(x, params, "origin_unit", origin) : code;
}

static int plan_params(struct session *x, json_t *params)
{
    const struct command *c = x->command;
    const char *on = command_value(c, OPTION_ON), *to = command_value(c, OPTION_TO_UNIT), *type;
    char date[11];
    int code = ask_code(x, OPTION_TYPE, "movement", &type);

    if (code != 0)
        return code;
    json_object_set_new(params, "type", json_string(type));
    if (!command_has(c, OPTION_MOVED))
        return command_wrong(x->screen, c, OPTION_MOVED, MSG_WANT_MOVED);
    if (on == NULL || !moment_parse_date(on, date)) /* nobody invents the day */
        return command_wrong(x->screen, c, OPTION_ON, MSG_WANT_DATE);
    json_object_set_new(params, "on", json_string(date));
    code = ask_count(x, params, OPTION_MOVED, "places", LIMIT_MOVED, MSG_WANT_MOVED);
    if (code == 0 && (strcmp(type, "exit") == 0 || command_has(c, OPTION_CODE)))
        code = set_code(x, params);
    if (code == 0 && to != NULL)
        code = set_unit(x, params, "to_unit", to);
    if (code == 0)
        code = ask_rhythm(x, params);
    if (code == 0)
        code = set_stay(x, params);
    return code == 0 ? set_unit(x, params, "unit", c->operand) : code;
}

int run_movement_plan(struct session *x, const struct command *c)
{
    json_t *params = json_object(), *answer = NULL;
    int code = plan_params(x, params);

    (void)c;
    if (code != 0) {
        json_decref(params);
        return code;
    }
    code = session_write(x, "movement.plan", params, &answer);
    return answered(x, code, answer, MSG_DONE_MOVEMENT_PLAN);
}

/* The last word, a number of places; 0: it is none. */
static long places_of(const struct command *c)
{
    char *end = NULL;
    long n = c->n_operands > 0 ? strtol(c->operands[c->n_operands - 1], &end, 10) : 0;
    return end != NULL && *end == 0 && n >= 1 && n <= LIMIT_MOVED ? n : 0;
}

static int usage(struct session *x, enum message want)
{
    screen_complain(x->screen, say(x->screen, want));
    return EXIT_USAGE;
}

/* The words before the last, one after the other. */
static const char *words_before_last(struct session *x, const struct command *c)
{
    const char *text = NULL;
    for (size_t i = 0; i + 1 < c->n_operands; i++)
        text = words_join(&x->keep, text, " ", c->operands[i]);
    return text;
}

/* The unit and the number of places of the line. 0 or an exit code, told. */
static int set_places(struct session *x, json_t *params, enum message want)
{
    long n = places_of(x->command);

    if (n == 0 || x->command->n_operands < 2)
        return usage(x, want);
    json_object_set_new(params, "places", json_integer(n));
    return set_unit(x, params, "unit", words_before_last(x, x->command));
}

int run_entry(struct session *x, const struct command *c)
{
    json_t *params = json_object(), *answer = NULL;
    int code = set_places(x, params, MSG_WANT_ENTRY);

    (void)c;
    if (code == 0)
        code = set_stay(x, params);
    if (code == 0)
        code = ask_instant(x, params, OPTION_OBSERVED_AT, "observed_at", false);
    if (code != 0) {
        json_decref(params);
        return code;
    }
    code = session_write(x, "movement.entry", params, &answer);
    return answered(x, code, answer, MSG_DONE_MOVEMENT);
}

static int set_ends(struct session *x, json_t *params)
{
    json_t *given = command_list(x->command, OPTION_ENDS), *ids = json_array();
    const json_t *text;
    const char *id;
    size_t i;
    int code = 0;

    json_array_foreach (given, i, text) {
        code = ask_movement(x, json_string_value(text), &id);
        if (code != 0)
            break;
        json_array_append_new(ids, json_string(id));
    }
    if (code == 0 && json_array_size(ids) > 0)
        json_object_set(params, "ends", ids);
    json_decref(given);
    json_decref(ids);
    return code;
}

#define DUE_DAYS 7

/* What else is to leave the unit soon: perhaps it was that one. The server counts the days: it has
 * the calendar. */
static void exits_due_show(struct session *x, const char *unit)
{
    struct screen *s = x->screen;
    json_t *answer;
    const json_t *movement;
    size_t i;

    if (ask_pages(
            x, "movement.list", "movements",
            json_pack("{s:s, s:[s], s:i}", "unit", unit, "type", "exit", "within_days", DUE_DAYS),
            &answer) != 0)
        return;
    const json_t *exits = json_object_get(answer, "movements");
    if (json_array_size(exits) > 0) {
        screen_blank(s);
        screen_line(s, 2, say(s, MSG_EXITS_DUE));
        known_learn(x, answer);
    }
    json_array_foreach ((json_t *)exits, i, movement) {
        movement_show(x, "", movement);
        go_on(s, MSG_GO_EXIT_WAS, "ugo movement cancel %s", record_id(movement));
    }
    json_decref(answer);
}

int run_exit(struct session *x, const struct command *c)
{
    json_t *params = json_object(), *answer = NULL;
    int code = set_places(x, params, MSG_WANT_EXIT);

    (void)c;
    if (code == 0)
        code = set_code(x, params);
    if (code == 0)
        code = set_ends(x, params);
    if (code == 0)
        code = ask_instant(x, params, OPTION_OBSERVED_AT, "observed_at", false);
    if (code != 0) {
        json_decref(params);
        return code;
    }
    const char *id = text_of(params, "unit"), *unit = words_copy(&x->keep, id, strlen(id));
    code = session_write(x, "movement.exit", params, &answer);
    code = answered(x, code, answer, MSG_DONE_MOVEMENT);
    if (code == EXIT_FOUND && !x->screen->json)
        exits_due_show(x, unit);
    return code;
}

int run_transfer(struct session *x, const struct command *c)
{
    json_t *params, *answer = NULL;
    long n = places_of(c);

    if (n == 0 || c->n_operands != 3)
        return usage(x, MSG_WANT_TRANSFER);
    params = json_pack("{s:I}", "places", (json_int_t)n);
    int code = set_unit(x, params, "from_unit", c->operands[0]);
    if (code == 0)
        code = set_unit(x, params, "unit", c->operands[1]);
    if (code == 0)
        code = ask_instant(x, params, OPTION_OBSERVED_AT, "observed_at", false);
    if (code != 0) {
        json_decref(params);
        return code;
    }
    code = session_write(x, "movement.transfer", params, &answer);
    return answered(x, code, answer, MSG_DONE_MOVEMENT);
}
