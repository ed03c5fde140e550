/* SPDX-License-Identifier: EUPL-1.2 */
/* request open, show, update, close: what is needed, for whom, without a name. */
#include <stdlib.h>
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/decision_show.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/verbs.h"

#define KM_MAX 1500

/* ── From the command line ── */

static bool is_none(const char *text)
{
    return text != NULL &&
           (strcmp(text, "none") == 0 || text_same(text, "aucun") || text_same(text, "aucune"));
}

/* Whether an update takes back what the option says. Aucun is a commune: there only "none" does. */
static bool takes_back(const struct command *c, enum option option)
{
    const char *text = command_value(c, option);
    bool of_place = option == OPTION_ORIGIN || option == OPTION_NEAR;
    return c->verb->run == run_request_update && is_none(text) &&
           (!of_place || strcmp(text, "none") == 0);
}

static void set_cleared(const struct command *c, json_t *params)
{
    static const struct {
        enum option option;
        const char *member;
    } options[] = {
        {OPTION_REFERENCE, "reference"}, {OPTION_FRAME, "legal_frame"},
        {OPTION_ORIGIN, "from"},         {OPTION_NEAR, "from"},
        {OPTION_MAX_KM, "max_km"},       {OPTION_WANTED, "wanted_on"},
        {OPTION_UNTIL, "wanted_until"},  {OPTION_WEEKDAYS, "days"},
    };
    json_t *names = json_array();

    if (command_has(c, OPTION_NO_PARENT))
        json_array_append_new(names, json_string("parent"));
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (takes_back(c, options[i].option))
            json_array_append_new(names, json_string(options[i].member));
    }
    if (json_array_size(names) > 0)
        json_object_set(params, "clear", names);
    json_decref(names);
}

/* "none" takes all of a list away. */
static int set_list(struct session *x, json_t *params, enum option option, const char *kind,
                    const char *member)
{
    const char *text = command_value(x->command, option);
    json_t *list = NULL;
    int code = 0;

    if (is_none(text))
        list = json_array();
    else
        code = ask_codes(x, option, kind, &list);
    if (list != NULL)
        json_object_set_new(params, member, list);
    return code;
}

/* A flag that says yes, and one that says no. */
static int set_either(struct session *x, json_t *params, enum option yes, enum option no,
                      const char *member)
{
    const struct command *c = x->command;
    if (command_has(c, yes) && command_has(c, no)) {
        screen_complain(
            x->screen, say(x->screen, MSG_ONE_OF_TWO, option_rows[yes].name, option_rows[no].name));
        return EXIT_USAGE;
    }
    if (command_has(c, yes) || command_has(c, no))
        json_object_set_new(params, member, json_boolean(command_has(c, yes)));
    return 0;
}

static int set_wanted(struct session *x, json_t *params)
{
    const char *text = command_value(x->command, OPTION_WANTED);
    char date[11];

    if (text == NULL || takes_back(x->command, OPTION_WANTED))
        return 0;
    if (!moment_parse_date(text, date))
        return command_wrong(x->screen, x->command, OPTION_WANTED, MSG_WANT_DATE);
    json_object_set_new(params, "wanted_on", json_string(date));
    return 0;
}

/* Typed in any case; never a name, so there must be a digit. */
static int set_reference(struct session *x, json_t *params)
{
    const char *text = command_value(x->command, OPTION_REFERENCE);
    char reference[21];
    size_t n = text != NULL ? strlen(text) : 0;
    bool digit = false;

    if (text == NULL || takes_back(x->command, OPTION_REFERENCE))
        return 0;
    for (size_t i = 0; i < n && n < sizeof reference; i++) {
        char c = text[i];
        reference[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        bool number = c >= '0' && c <= '9';
        bool letter = reference[i] >= 'A' && reference[i] <= 'Z';
        digit = digit || number;
        if (!number && !letter && c != '-')
            return command_wrong(x->screen, x->command, OPTION_REFERENCE, MSG_WANT_REFERENCE);
    }
    if (!digit || n >= sizeof reference)
        return command_wrong(x->screen, x->command, OPTION_REFERENCE, MSG_WANT_REFERENCE);
    json_object_set_new(params, "reference", json_stringn(reference, n));
    return 0;
}

static int set_frame(struct session *x, json_t *params)
{
    const char *frame;
    if (!command_has(x->command, OPTION_FRAME) || takes_back(x->command, OPTION_FRAME))
        return 0;
    int code = ask_code(x, OPTION_FRAME, "frame", &frame);
    if (code == 0)
        json_object_set_new(params, "legal_frame", json_string(frame));
    return code;
}

/* --from and --near are the same here: the line of a search serves to open a request. */
static int set_origin(struct session *x, json_t *params)
{
    const char *from = command_value(x->command, OPTION_ORIGIN);
    const char *near = command_value(x->command, OPTION_NEAR);
    json_t *origin = NULL;

    if (from != NULL && near != NULL) {
        screen_complain(x->screen, say(x->screen, MSG_ONE_OF_TWO, option_rows[OPTION_ORIGIN].name,
                                       option_rows[OPTION_NEAR].name));
        return EXIT_USAGE;
    }
    if ((from == NULL && near == NULL) || takes_back(x->command, OPTION_ORIGIN) ||
        takes_back(x->command, OPTION_NEAR))
        return 0;
    int code = ask_origin(x, from != NULL ? from : near, &origin);
    if (origin != NULL)
        json_object_set_new(params, "from", origin);
    return code;
}

static int set_whom(struct session *x, json_t *params)
{
    json_t *children = json_array(), *parent = ask_parent(x->command);
    int code = ask_children(x, children);

    if (json_array_size(children) > 0)
        json_object_set(params, "children", children);
    if (parent != NULL)
        json_object_set_new(params, "parent", parent);
    json_decref(children);
    return code;
}

/* What both open and update take. Nothing is asked of the server before all the rest is right. */
static int need_read(struct session *x, json_t *params)
{
    int code = set_whom(x, params);

    if (code == 0)
        code = set_list(x, params, OPTION_NEED, "need", "needs");
    if (code == 0)
        code = set_list(x, params, OPTION_MODALITY, "modality", "modality");
    if (code == 0)
        code = set_either(x, params, OPTION_EMERGENCY, OPTION_PLANNED, "emergency");
    if (code == 0)
        code = set_either(x, params, OPTION_TOGETHER, OPTION_APART, "together");
    if (code == 0 && !takes_back(x->command, OPTION_MAX_KM))
        code = ask_count(x, params, OPTION_MAX_KM, "max_km", KM_MAX, MSG_WANT_WHOLE_KM);
    if (code == 0)
        code = set_wanted(x, params);
    if (code == 0 && !takes_back(x->command, OPTION_UNTIL))
        code = ask_date(x, params, OPTION_UNTIL, "wanted_until");
    if (code == 0 && !takes_back(x->command, OPTION_WEEKDAYS))
        code = ask_days(x, params);
    if (code == 0)
        code = set_reference(x, params);
    if (code == 0)
        code = set_frame(x, params);
    return code;
}

/* ── What it has become ── */

static void ways_show(struct session *x, const json_t *request)
{
    struct screen *s = x->screen;
    const char *name = request_name(request),
               *state = json_string_value(json_object_get(request, "state"));

    if (state == NULL || (strcmp(state, "open") != 0 && strcmp(state, "placed") != 0))
        return;
    screen_blank(s);
    screen_line(s, 2, say(s, MSG_GO_ON));
    if (strcmp(state, "open") == 0) {
        go_on(s, MSG_GO_SEARCH, "ugo search --request %s", name);
        go_on(s, MSG_GO_HOLD, "ugo hold %s --request %s", say(s, MSG_VALUE_UNITS), name);
        go_on(s, MSG_GO_CLOSE, "ugo request close %s --code CODE", name);
    } else {
        /* It closes by itself; before that, what is accepted is to be withdrawn. */
        go_on(s, MSG_GO_LIST, "ugo hold list --request %s", name);
    }
}

static int request_write(struct session *x, const char *method, json_t *params, enum message done)
{
    struct screen *s = x->screen;
    json_t *answer;
    int code = session_write(x, method, params, &answer);

    if (code != 0)
        return code;
    const json_t *request = json_object_get(answer, "request");
    if (s->json) {
        screen_json(s, answer);
    } else {
        known_learn(x, answer);
        screen_line(s, 2, say(s, done, request_name(request)));
        request_show(x, "", request, false);
        ways_show(x, request);
    }
    json_decref(answer);
    return EXIT_FOUND;
}

int run_request_open(struct session *x, const struct command *c)
{
    json_t *params = json_object();
    int code = need_read(x, params);

    if (code == 0 && json_object_get(params, "children") == NULL && !ask_with_parent(c)) {
        screen_complain(x->screen, say(x->screen, MSG_NO_CHILD));
        code = EXIT_USAGE;
    }
    if (code == 0)
        code = ask_instant(x, params, OPTION_DECIDED_AT, "decided_at", false);
    if (code == 0)
        code = set_origin(x, params);
    if (code == 0)
        return request_write(x, "request.open", params, MSG_DONE_OPEN);
    json_decref(params);
    return code;
}

int run_request_update(struct session *x, const struct command *c)
{
    json_t *params = json_object();
    const char *id;
    int code = need_read(x, params);

    if (code == 0)
        code = set_origin(x, params);
    set_cleared(c, params);
    if (code == 0 && json_object_size(params) == 0) {
        screen_complain(x->screen, say(x->screen, MSG_NOTHING_TO_UPDATE));
        code = EXIT_USAGE;
    }
    if (code == 0)
        code = ask_request(x, c->operand, &id);
    if (code == 0) {
        json_object_set_new(params, "request", json_string(id));
        return request_write(x, "request.update", params, MSG_DONE_UPDATE);
    }
    json_decref(params);
    return code;
}

int run_request_close(struct session *x, const struct command *c)
{
    const char *why, *id;
    int code = ask_code(x, OPTION_CODE, "request_end", &why);

    if (code == 0)
        code = ask_request(x, c->operand, &id);
    if (code != 0)
        return code;
    return request_write(x, "request.close", json_pack("{s:s, s:s}", "request", id, "code", why),
                         MSG_DONE_CLOSE);
}

int run_request_decline(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    const char *id, *offer;
    json_t *answer;

    if (c->n_operands != 2) {
        screen_complain(
            s, say(s, MSG_NEEDS_OPERAND, c->verb->name, say(s, c->verb->operand), "ugo waiting"));
        return EXIT_USAGE;
    }
    int code = ask_request(x, c->operands[0], &id);
    if (code == 0)
        code = ask_offer(x, c->operands[1], &offer);
    if (code == 0)
        code = session_write(x, "request.decline",
                             json_pack("{s:s, s:s}", "request", id, "offer", offer), &answer);
    if (code != 0)
        return code;
    if (s->json)
        screen_json(s, answer);
    else
        screen_line(s, 2, say(s, MSG_DONE_DECLINE));
    json_decref(answer);
    return EXIT_FOUND;
}

int run_request_show(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    const char *id;
    json_t *answer;
    int code = ask_request(x, c->operand, &id);

    if (code == 0)
        code = session_call(x, "request.get", json_pack("{s:s}", "request", id), &answer);
    if (code != 0)
        return code;
    if (s->json) {
        screen_json(s, answer);
    } else {
        const json_t *request = json_object_get(answer, "request");
        const json_t *items = json_object_get(answer, "holds");
        stale_show(s, answer);
        known_learn(x, answer);
        request_show(x, "", request, true);
        offered_show(x, json_object_get(answer, "offer"), request);
        screen_blank(s);
        screen_line(s, 2,
                    say(s, json_array_size(items) > 0 ? MSG_REQUEST_HOLDS : MSG_REQUEST_NO_HOLDS));
        holds_show(x, items, true);
        ways_show(x, request);
    }
    json_decref(answer);
    return EXIT_FOUND;
}
