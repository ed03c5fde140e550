/* SPDX-License-Identifier: EUPL-1.2 */
/* mission list, show, create, assign, start, arrive, handover, cancel; oncall: who fetches a child.
 * Made for a team on the road: one short command a step. */
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/decision_show.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/mission_text.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/places.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"

static const char *text_of(const json_t *record, const char *member)
{
    return json_string_value(json_object_get(record, member));
}

static void mission_show(struct session *x, const char *mark, const json_t *mission)
{
    struct screen *s = x->screen;
    struct words *w = &s->words;
    const json_t *place = json_object_get(mission, "place");
    const char *what = mission_for(x, mission);
    const char *where = place_address(x, place);

    screen_line(s, 3, words_printf(w, "%s" BOLD "%s" PLAIN, mark, mission_name(x, mission)));
    screen_line(s, 3, words_printf(w, "   %s", mission_state(s, mission)));
    if (what != NULL && what[0] != 0)
        screen_line(s, 3, words_printf(w, "   %s", what));
    if (where[0] != 0)
        screen_line(s, 3, words_printf(w, "   %s", say(s, MSG_ADDRESS, where)));
    screen_line(s, 3,
                words_printf(w, "   %s",
                             words_join(w, unit_phone(s, place, moment_is_night(s->now)), DOT,
                                        words_printf(w, DIM "%s · %s" PLAIN, record_id(mission),
                                                     text_of(mission, "hold")))));
}

static void ways_show(struct session *x, const json_t *mission)
{
    if (!x->may_drive || moment_read(mission, "ended_at", &(int64_t){0}))
        return;
    screen_blank(x->screen);
    screen_line(x->screen, 2, say(x->screen, MSG_GO_ON));
    mission_ways_show(x, mission, true);
}

static void one_show(struct session *x, const json_t *answer, enum message done)
{
    struct screen *s = x->screen;
    const json_t *mission = json_object_get(answer, "mission");

    if (s->json) {
        screen_json(s, answer);
        return;
    }
    stale_show(s, answer);
    known_learn(x, answer);
    if (done != MSG_NONE)
        screen_line(s, 2, say(s, done));
    mission_show(x, "", mission);
    ways_show(x, mission);
}

/* ── list, show ── */

int run_mission_list(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    json_t *params = json_object(), *states = NULL, *answer;
    const json_t *item;
    size_t i;
    int code = ask_codes(x, OPTION_STATE, "mission_state", &states);

    (void)c;
    if (states != NULL)
        json_object_set_new(params, "state", states);
    if (code != 0) {
        json_decref(params);
        return code;
    }
    code = ask_pages(x, "mission.list", "missions", params, &answer);
    if (code != 0)
        return code;
    const json_t *items = json_object_get(answer, "missions");
    size_t n = json_array_size(items);
    if (s->json) {
        screen_json(s, answer);
    } else {
        stale_show(s, answer);
        screen_line(s, 2,
                    n == 0 ? say(s, MSG_NO_MISSIONS) : say_n(s, MSG_MISSIONS_ARE, (int64_t)n));
        known_learn(x, answer);
        json_array_foreach ((json_t *)items, i, item) {
            screen_blank(s);
            mission_show(x, words_printf(&s->words, "%zu. ", i + 1),
                         json_object_get(item, "mission"));
            mission_ways_show(x, json_object_get(item, "mission"), false);
        }
    }
    json_decref(answer);
    return n > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

int run_mission_show(struct session *x, const struct command *c)
{
    const char *id;
    json_t *answer;
    int code = ask_mission(x, c->operand, &id);

    if (code == 0)
        code = session_call(x, "mission.get", json_pack("{s:s}", "mission", id), &answer);
    if (code != 0)
        return code;
    one_show(x, answer, MSG_NONE);
    json_decref(answer);
    return EXIT_FOUND;
}

/* ── Steps ── */

static int answered(struct session *x, int code, json_t *answer, enum message done)
{
    if (code != 0)
        return code;
    one_show(x, answer, done);
    json_decref(answer);
    return EXIT_FOUND;
}

static const char *clock_of(struct screen *s, const json_t *record, const char *member)
{
    int64_t at;
    return moment_read(record, member, &at) ? moment_clock(s, at) : "?";
}

/* One step of the mission that is named. params is taken. */
static int step(struct session *x, const char *method, json_t *params, enum message done)
{
    const char *id;
    json_t *answer = NULL;
    int code = ask_mission(x, x->command->operand, &id);

    if (code != 0) {
        json_decref(params);
        return code;
    }
    json_object_set_new(params, "mission", json_string(id));
    code = session_write(x, method, params, &answer);
    return answered(x, code, answer, done);
}

int run_mission_create(struct session *x, const struct command *c)
{
    const char *id, *team = command_value(c, OPTION_TEAM);
    json_t *answer = NULL;
    int code = ask_hold(x, c->operand, &id);

    if (code != 0)
        return code;
    code = session_write(x, "mission.create", json_pack("{s:s, s:s*}", "hold", id, "team", team),
                         &answer);
    return answered(x, code, answer, MSG_DONE_MISSION_CREATE);
}

int run_mission_assign(struct session *x, const struct command *c)
{
    const char *team = command_value(c, OPTION_TEAM);

    if (team == NULL)
        return command_wrong(x->screen, c, OPTION_TEAM, MSG_HELP_TEAM);
    return step(x, "mission.assign", json_pack("{s:s}", "team", team), MSG_DONE_MISSION_ASSIGN);
}

int run_mission_start(struct session *x, const struct command *c)
{
    (void)c;
    return step(x, "mission.start", json_object(), MSG_DONE_MISSION_START);
}

int run_mission_arrive(struct session *x, const struct command *c)
{
    (void)c;
    return step(x, "mission.arrive", json_object(), MSG_DONE_MISSION_ARRIVE);
}

int run_mission_handover(struct session *x, const struct command *c)
{
    json_t *params = json_object();
    int code = ask_instant(x, params, OPTION_OBSERVED_AT, "observed_at", false);

    (void)c;
    if (code == 0)
        return step(x, "mission.hand_over", params, MSG_DONE_MISSION_HANDOVER);
    json_decref(params);
    return code;
}

int run_mission_cancel(struct session *x, const struct command *c)
{
    const char *why;

    if (!command_has(c, OPTION_CODE))
        return step(x, "mission.cancel", json_object(), MSG_DONE_MISSION_CANCEL);
    int code = ask_code(x, OPTION_CODE, "withdrawal", &why);
    if (code != 0)
        return code;
    return step(x, "mission.cancel", json_pack("{s:s}", "code", why), MSG_DONE_MISSION_CANCEL);
}

/* ── oncall ── */

int run_oncall(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    json_t *params = json_object(), *answer;
    const json_t *item;
    size_t i;
    int code = ask_instant(x, params, OPTION_AT, "at", true);

    (void)c;
    if (code != 0) {
        json_decref(params);
        return code;
    }
    code = session_call(x, "on_call", params, &answer);
    if (code != 0)
        return code;
    const json_t *items = json_object_get(answer, "on_call");
    size_t n = json_array_size(items);
    if (s->json)
        screen_json(s, answer);
    else
        stale_show(s, answer);
    if (!s->json && n == 0)
        screen_line(s, 2, say(s, MSG_ON_CALL_NOBODY));
    json_array_foreach ((json_t *)items, i, item) {
        const char *name = text_of(item, "name"), *account = text_of(item, "account");
        if (s->json)
            break;
        screen_line(s, 2,
                    say(s, MSG_ON_CALL, label(s, "duty", text_of(item, "duty")),
                        name != NULL ? words_printf(&s->words, "%s (%s)", name, account) : account,
                        clock_of(s, item, "until")));
    }
    json_decref(answer);
    return n > 0 ? EXIT_FOUND : EXIT_NOTHING;
}
