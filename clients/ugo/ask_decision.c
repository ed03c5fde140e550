/* SPDX-License-Identifier: EUPL-1.2 */
/* What the verbs of requests and holds read from the command line and ask of the server alike. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/failure.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/unit_text.h"
#include "proto/format.h"

#define CANDIDATES_MAX 12

/* ── Which one is meant ── */

struct finder {
    const char *method, *list, *member;
    const char *ended; /* states beyond those that are listed by themselves, as JSON */
    enum message none;
    const char *none_type;
};

static const struct finder holds = {
    "hold.list",      "holds",
    "hold",           "[\"arrived\",\"refused\",\"released\",\"expired\",\"withdrawn\"]",
    MSG_NO_SUCH_HOLD, "no_such_hold",
};
static const struct finder requests = {
    "request.list",      "requests",        "request", "[\"closed\",\"withdrawn\"]",
    MSG_NO_SUCH_REQUEST, "no_such_request",
};

static const struct finder missions = {
    "mission.list",      "missions",        "mission", "[\"handed_over\",\"cancelled\"]",
    MSG_NO_SUCH_MISSION, "no_such_mission",
};

/* Only what is offered now can be declined. */
static const struct finder offers = {
    "request.list", "requests", "offer", NULL, MSG_NO_SUCH_OFFER, "no_such_offer",
};

/* Its reference, or the end of its id. */
static bool is_meant(const json_t *record, const char *text)
{
    const char *reference = json_string_value(json_object_get(record, "reference"));
    const char *id = record_id(record);
    size_t n = strlen(text), length = strlen(id);

    if (reference != NULL && strcasecmp(reference, text) == 0)
        return true;
    return n > 0 && length > n && id[length - n - 1] == '-' &&
           strcasecmp(id + length - n, text) == 0;
}

static void candidates_show(struct screen *s, const struct finder *f, const char *text,
                            const json_t *items)
{
    const json_t *item;
    size_t i, shown = 0;

    screen_complain(s, say(s, MSG_AMBIGUOUS_HOLD, text));
    json_array_foreach ((json_t *)items, i, item) {
        const json_t *record = json_object_get(item, f->member);
        if (shown == CANDIDATES_MAX || !is_meant(record, text))
            continue;
        const char *what = f == &requests ? request_for(s, record) : hold_for(s, record);
        screen_complain(s, words_printf(&s->words, "%s  %s", record_id(record), what));
        shown++;
    }
    failure_document(s, "ambiguous", NULL, EXIT_USAGE);
}

/* Among those in these states (NULL: the current ones). 0 and *ret_id (NULL: none), or an exit
 * code, told. */
static int find_in(struct session *x, const struct finder *f, const char *text, const char *states,
                   const char **ret_id)
{
    json_t *params = json_object(), *document;
    const json_t *item;
    size_t i, n = 0;

    *ret_id = NULL;
    if (states != NULL)
        json_object_set_new(params, "state", json_loads(states, 0, NULL));
    int code = ask_pages(x, f->method, f->list, params, &document);
    if (code != 0)
        return code;
    json_array_foreach (json_object_get(document, f->list), i, item) {
        const json_t *record = json_object_get(item, f->member);
        if (!is_meant(record, text))
            continue;
        *ret_id = words_copy(&x->keep, record_id(record), strlen(record_id(record)));
        n++;
    }
    if (n > 1) {
        candidates_show(x->screen, f, text, json_object_get(document, f->list));
        code = EXIT_USAGE;
    }
    json_decref(document);
    return code;
}

static int find(struct session *x, const struct finder *f, const char *text, const char **ret_id)
{
    int code = find_in(x, f, text, NULL, ret_id);
    if (code == 0 && *ret_id == NULL && f->ended != NULL)
        code = find_in(x, f, text, f->ended, ret_id);
    if (code != 0 || *ret_id != NULL)
        return code;
    screen_complain(x->screen, say(x->screen, f->none, text));
    failure_document(x->screen, f->none_type, NULL, EXIT_NOTHING);
    return EXIT_NOTHING;
}

int ask_hold(struct session *x, const char *text, const char **ret_id)
{
    *ret_id = text;
    return format_hold_id(span_of(text)) ? 0 : find(x, &holds, text, ret_id);
}

int ask_request(struct session *x, const char *text, const char **ret_id)
{
    *ret_id = text;
    return format_request_id(span_of(text)) ? 0 : find(x, &requests, text, ret_id);
}

int ask_offer(struct session *x, const char *text, const char **ret_id)
{
    *ret_id = text;
    return format_offer_id(span_of(text)) ? 0 : find(x, &offers, text, ret_id);
}

int ask_mission(struct session *x, const char *text, const char **ret_id)
{
    *ret_id = text;
    return format_mission_id(span_of(text)) ? 0 : find(x, &missions, text, ret_id);
}

/* ── Where from ── */

int ask_origin(struct session *x, const char *text, json_t **ret_from)
{
    struct screen *s = x->screen;
    json_t *answer = NULL;
    const char *name;

    /* Codes of territories have digits or hyphens, like few communes: asked first, they cost one
     * question, which may go without an answer. */
    if (format_territory(span_of(text)) && !format_commune(span_of(text)) &&
        session_try(x, "territory.find", json_pack("{s:[s]}", "codes", text), 2000, &answer)) {
        bool known = json_array_size(json_object_get(answer, "territories")) > 0;
        json_decref(answer);
        if (known) {
            *ret_from = json_pack("{s:s}", "territory", text);
            return 0;
        }
    }
    int code = ask_place(x, text, ret_from, &name);
    if (code != 0 || json_object_get(*ret_from, "point") == NULL)
        return code;
    json_decref(*ret_from);
    *ret_from = NULL;
    screen_complain(s, say(s, MSG_NO_POINT));
    return EXIT_USAGE;
}

/* ── Values ── */

/* `arrived` ends a request by itself; nobody says it. */
static bool may_be_said(const char *kind, const char *code)
{
    return strcmp(kind, "request_end") != 0 || strcmp(code, "arrived") != 0;
}

/* The only code whose label ends in this word: "paires" for "semaines paires". NULL: none. */
static const char *code_by_word(struct screen *s, const char *kind, const char *text)
{
    const char *code, *found = NULL;
    size_t n = strlen(text);

    for (size_t i = 0; (code = label_code(kind, i)) != NULL; i++) {
        const char *called = label(s, kind, code);
        size_t length = strlen(called);
        if (n == 0 || length <= n || called[length - n - 1] != ' ' || !may_be_said(kind, code) ||
            !text_same(called + length - n, text))
            continue;
        if (found != NULL)
            return NULL;
        found = code;
    }
    return found;
}

/* The code that a text is, or is the name of, in the reader's language; NULL: none. */
static const char *code_meant(struct screen *s, const char *kind, const char *text)
{
    const char *code;
    for (size_t i = 0; (code = label_code(kind, i)) != NULL; i++) {
        if (may_be_said(kind, code) &&
            (strcmp(code, text) == 0 || text_same(label(s, kind, code), text)))
            return code;
    }
    return code_by_word(s, kind, text);
}

/* given: NULL when it was left out. */
static int codes_listed(struct screen *s, enum option option, const char *kind, const char *given)
{
    const char *name = option_rows[option].name, *code;

    /* Only a --code is a reason. */
    screen_complain(s, say(s,
                           given != NULL           ? MSG_CODE_UNKNOWN
                           : option == OPTION_CODE ? MSG_CODE_NEEDED
                                                   : MSG_CODE_MISSING,
                           name, given));
    for (size_t i = 0; (code = label_code(kind, i)) != NULL; i++) {
        if (may_be_said(kind, code))
            screen_complain(s, say(s, MSG_CODE_LINE, words_printf(&s->words, "%-20s", code),
                                   label(s, kind, code)));
    }
    return EXIT_USAGE;
}

int ask_code(struct session *x, enum option option, const char *kind, const char **ret_code)
{
    const char *given = command_value(x->command, option);
    const char *code = given != NULL ? code_meant(x->screen, kind, given) : NULL;

    if (code == NULL)
        return codes_listed(x->screen, option, kind, given);
    *ret_code = code;
    return 0;
}

int ask_codes(struct session *x, enum option option, const char *kind, json_t **ret_codes)
{
    json_t *given = command_list(x->command, option), *text;
    size_t i;
    int result = 0;

    *ret_codes = given != NULL ? json_array() : NULL;
    json_array_foreach (given, i, text) {
        const char *code = code_meant(x->screen, kind, json_string_value(text));
        if (code == NULL) {
            result = codes_listed(x->screen, option, kind, json_string_value(text));
            break;
        }
        json_array_append_new(*ret_codes, json_string(code));
    }
    if (result != 0) {
        json_decref(*ret_codes);
        *ret_codes = NULL;
    }
    json_decref(given);
    return result;
}

/* Whether some unit is of this kind. 0 or an exit code, told. */
static int kind_is_used(struct session *x, const char *kind, bool *ret_used)
{
    json_t *answer;
    json_t *params =
        json_pack("{s:{s:[s]}, s:i}", "filter", "establishment_kinds", kind, "limit", 1);
    int code = session_call(x, "unit.list", params, &answer);

    if (code != 0)
        return code;
    *ret_used = json_array_size(json_object_get(answer, "units")) > 0;
    json_decref(answer);
    return 0;
}

int ask_kinds(struct session *x, json_t **ret_codes)
{
    json_t *given = command_list(x->command, OPTION_KIND), *item;
    json_t *codes = given != NULL ? json_array() : NULL;
    size_t i;
    int result = 0;

    json_array_foreach (given, i, item) {
        const char *text = json_string_value(item);
        const char *code = code_meant(x->screen, "kind", text);
        bool used = code != NULL;
        if (code == NULL && format_code(span_of(text)))
            result = kind_is_used(x, text, &used);
        if (result == 0 && !used)
            result = codes_listed(x->screen, OPTION_KIND, "kind", text);
        if (result != 0)
            break;
        json_array_append_new(codes, json_string(code != NULL ? code : text));
    }
    json_decref(given);
    *ret_codes = result == 0 ? codes : NULL;
    if (result != 0)
        json_decref(codes);
    return result;
}

int ask_count(struct session *x, json_t *params, enum option option, const char *member,
              int64_t most, enum message want)
{
    const char *text = command_value(x->command, option);
    char *end;

    if (text == NULL)
        return 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end != 0 || n < 1 || n > most)
        return command_wrong(x->screen, x->command, option, want);
    json_object_set_new(params, member, json_integer(n));
    return 0;
}

int ask_date(struct session *x, json_t *params, enum option option, const char *member)
{
    const char *text = command_value(x->command, option);
    char date[11];

    if (text == NULL)
        return 0;
    if (!moment_parse_date(text, date))
        return command_wrong(x->screen, x->command, option, MSG_WANT_DATE);
    json_object_set_new(params, member, json_string(date));
    return 0;
}

/* A day for one of the options that may be one. */
static bool parse_day(const struct session *x, enum option option, const char *text,
                      char ret_instant[32])
{
    int64_t now = x->screen->now + MOMENT_S; /* whole seconds: this one, too */
    char date[11];

    if (!moment_parse_date(text, date))
        return false;
    int64_t end = moment_after_date(date);
    moment_write(option != OPTION_TO ? moment_of_date(date) : end < now ? end : now, ret_instant);
    return true;
}

int ask_instant(struct session *x, json_t *params, enum option option, const char *member,
                bool coming)
{
    const char *text = command_value(x->command, option);
    bool may_be_day = option == OPTION_FROM || option == OPTION_TO || option == OPTION_AT;
    int64_t now = x->screen->now;
    char instant[32];

    if (text == NULL)
        return 0;
    if (!(coming ? moment_parse_coming(text, now, instant)
                 : moment_parse_instant(text, now, instant)) &&
        !(may_be_day && parse_day(x, option, text, instant)))
        return command_wrong(x->screen, x->command, option,
                             may_be_day ? MSG_WANT_MOMENT
                             : coming   ? MSG_WANT_COMING
                                        : MSG_WANT_TIME);
    json_object_set_new(params, member, json_string(instant));
    return 0;
}

int ask_rhythm(struct session *x, json_t *params)
{
    const char *weeks = "all";
    json_t *codes, *days;
    size_t i;
    const json_t *code;

    if (ask_codes(x, OPTION_WEEKDAYS, "weekday", &codes) != 0)
        return EXIT_USAGE;
    if (codes == NULL)
        return command_has(x->command, OPTION_WEEKS)
                   ? command_wrong(x->screen, x->command, OPTION_WEEKDAYS, MSG_WANT_WEEKDAYS)
                   : 0;
    if (command_has(x->command, OPTION_WEEKS) && ask_code(x, OPTION_WEEKS, "weeks", &weeks) != 0) {
        json_decref(codes);
        return EXIT_USAGE;
    }
    days = json_array();
    json_array_foreach (codes, i, code)
        json_array_append_new(days, json_integer(json_string_value(code)[0] - '0'));
    json_decref(codes);
    json_object_set_new(params, "weekdays", days);
    json_object_set_new(params, "weeks", json_string(weeks));
    return 0;
}

int ask_days(struct session *x, json_t *params)
{
    json_t *days = json_object();
    int code = ask_rhythm(x, days);

    if (code == 0 && json_object_size(days) > 0)
        json_object_set(params, "days", days);
    json_decref(days);
    return code;
}
