/* SPDX-License-Identifier: EUPL-1.2 */
/* declare, confirm, report-wrong: what people say of a unit. */
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"

static int set_count(struct session *x, json_t *params, enum option option, const char *member)
{
    int64_t n;
    int code = command_count(x->screen, x->command, option, -1, &n);
    if (code == 0 && n >= 0)
        json_object_set_new(params, member, json_integer(n));
    return code;
}

static int set_observed_at(struct session *x, json_t *params)
{
    const char *text = command_value(x->command, OPTION_OBSERVED_AT);
    char instant[32];

    if (text == NULL)
        return 0;
    if (!moment_parse_instant(text, x->screen->now, instant))
        return command_wrong(x->screen, x->command, OPTION_OBSERVED_AT, MSG_WANT_TIME);
    json_object_set_new(params, "observed_at", json_string(instant));
    return 0;
}

static int set_closed(struct session *x, json_t *params)
{
    const struct command *c = x->command;
    const char *reason = command_value(c, OPTION_REASON);
    const char *reopens = command_value(c, OPTION_REOPENS);
    char date[11];
    int64_t n;
    int code = command_count(x->screen, c, OPTION_CLOSED, -1, &n);

    if (code != 0)
        return code;
    if (n < 0) {
        if (reason == NULL && reopens == NULL)
            return 0;
        screen_complain(x->screen, say(x->screen, MSG_REASON_NEEDS_CLOSED));
        return EXIT_USAGE;
    }
    if (n > 0 && reason == NULL) {
        screen_complain(x->screen, say(x->screen, MSG_CLOSED_NEEDS_REASON));
        return EXIT_USAGE;
    }
    json_t *closed = json_pack("{s:I, s:s*}", "n", (json_int_t)n, "reason", reason);
    json_object_set_new(params, "closed", closed);
    if (reopens == NULL)
        return 0;
    if (!moment_parse_date(reopens, date))
        return command_wrong(x->screen, c, OPTION_REOPENS, MSG_WANT_DATE);
    json_object_set_new(closed, "reopens_on", json_string(date));
    return 0;
}

static int declare_params(struct session *x, json_t *params)
{
    const struct command *c = x->command;
    const char *derogation = command_value(c, OPTION_DEROGATION);

    if (command_has(c, OPTION_FREE) == command_has(c, OPTION_OCCUPIED)) {
        screen_complain(x->screen, say(x->screen, MSG_FREE_OR_OCCUPIED));
        return EXIT_USAGE;
    }
    json_t *arrived = command_list(c, OPTION_ARRIVED);
    if (arrived != NULL)
        json_object_set_new(params, "arrived", arrived);
    if (derogation != NULL)
        json_object_set_new(params, "derogation", json_string(derogation));
    int code = set_count(x, params, OPTION_FREE, "free");
    if (code == 0)
        code = set_count(x, params, OPTION_OCCUPIED, "occupied");
    if (code == 0)
        code = set_count(x, params, OPTION_OPEN, "open");
    if (code == 0)
        code = set_count(x, params, OPTION_EMERGENCY_USED, "emergency_used");
    if (code == 0)
        code = set_closed(x, params);
    return code == 0 ? set_observed_at(x, params) : code;
}

/* What the server now shows to everyone: the person who declared sees at once what went wrong. */
static void noted_show(struct screen *s, enum message done, const json_t *unit)
{
    struct words *w = &s->words;
    int64_t held = unit_count(unit, "held"), until;
    int64_t over = unit_count(unit, "occupied") - unit_count(unit, "open");
    const char *counts = words_join(w, say_n(s, MSG_COUNT_OPEN, unit_count(unit, "open")), ", ",
                                    say_n(s, MSG_COUNT_OCCUPIED, unit_count(unit, "occupied")));

    screen_line(s, 2, say(s, done, unit_name(s, unit)));
    screen_line(s, 2, words_printf(w, BOLD "%s" PLAIN " (%s)", unit_places(s, unit, true), counts));
    if (over > 0)
        screen_line(s, 2,
                    words_join(w, say_n(s, MSG_OVER_OCCUPIED, over), " ",
                               json_is_string(json_object_get(unit, "derogation"))
                                   ? ""
                                   : say(s, MSG_OVER_NEEDS_DEROGATION)));
    if (held > 0)
        screen_line(s, 2, say_n(s, MSG_SOME_HELD, held));
    if (unit_free(unit, true) != unit_free(unit, false))
        screen_line(s, 2,
                    say_n(s, MSG_FOR_EMERGENCIES, unit_free(unit, true) - unit_free(unit, false)));
    if (unit_closed(s, unit)[0] != 0)
        screen_line(s, 2, unit_closed(s, unit));
    if (moment_read(unit, "fresh_until", &until))
        screen_line(s, 2, say(s, MSG_BELIEVED_UNTIL, moment_clock(s, until)));
}

static int write_unit(struct session *x, const char *method, json_t *params, enum message done)
{
    struct screen *s = x->screen;
    json_t *answer;
    int code = session_write(x, method, params, &answer);

    if (code != 0)
        return code;
    const json_t *unit = json_object_get(answer, "unit");
    if (s->json)
        screen_json(s, answer);
    else if (done == MSG_REPORTED)
        screen_line(s, 2, say(s, done, unit_name(s, unit)));
    else
        noted_show(s, done, unit);
    json_decref(answer);
    return EXIT_FOUND;
}

int run_declare(struct session *x, const struct command *c)
{
    const char *id;
    json_t *params = json_object();
    int code = declare_params(x, params);

    if (code == 0)
        code = ask_unit(x, c->operand, &id);
    if (code != 0) {
        json_decref(params);
        return code;
    }
    json_object_set_new(params, "unit", json_string(id));
    return write_unit(x, "unit.declare", params, MSG_DECLARED);
}

int run_confirm(struct session *x, const struct command *c)
{
    const char *id;
    json_t *params = json_object();
    int code = set_observed_at(x, params);

    if (code == 0)
        code = ask_unit(x, c->operand, &id);
    if (code != 0) {
        json_decref(params);
        return code;
    }
    json_object_set_new(params, "unit", json_string(id));
    return write_unit(x, "unit.confirm", params, MSG_CONFIRMED);
}

int run_report_wrong(struct session *x, const struct command *c)
{
    const char *id;
    int code = ask_unit(x, c->operand, &id);
    if (code != 0)
        return code;
    return write_unit(x, "unit.report_wrong", json_pack("{s:s}", "unit", id), MSG_REPORTED);
}
