/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/day/night_play.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clients/day/night.h"
#include "clients/day/night_tell.h"
#include "clients/day/voice.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/places.h"
#include "clients/ugo/unit_text.h"

#define SEARCH_LIMIT 50
#define CHILDREN 2 /* of every story */

struct night {
    struct screen *screen;
    const struct night_options *options;
    json_t *demo, *left_alone; /* owned; establishments of the reader's account, as an object */
    struct voice *astreinte, *team;
    const char *reader; /* the account that is left to whoever reads; in demo */

    const struct night_story *story;
    json_t *request; /* owned; as last answered; NULL: none opened */
    size_t n_asked;
    json_t *holds[NIGHT_ASKS]; /* owned; as last answered */
    json_t *mission;           /* owned; likewise */
    struct voice *speakers[NIGHT_ASKS];
    char position[96]; /* of the last answer: who speaks next may be at another worker */
};

/* Time to read what was just told, and to look at `ugo watch` beside it. */
static void pause_for_reader(const struct night *n)
{
    fflush(n->screen->out);
    words_free(&n->screen->words);
    struct timespec t = {.tv_sec = (time_t)(n->options->pause_us / 1000000),
                         .tv_nsec = (long)(n->options->pause_us % 1000000) * 1000};
    nanosleep(&t, NULL);
    session_clock(&n->astreinte->session);
}

/* An answer that the next one to speak is to know of. */
static int answered(struct night *n, const json_t *answer)
{
    const char *position = json_string_value(json_object_get(answer, "position"));
    if (position != NULL)
        snprintf(n->position, sizeof n->position, "%s", position);
    return 0;
}

/* Both take params. */
static int read_as(struct night *n, struct voice *v, const char *method, json_t *params,
                   json_t **ret_answer)
{
    v->session.settings.after = n->position[0] != 0 ? n->position : NULL;
    int code = session_call(&v->session, method, params, ret_answer);
    return code == 0 ? answered(n, *ret_answer) : code;
}

static int write_as(struct night *n, struct voice *v, const char *method, json_t *params,
                    json_t **ret_answer)
{
    v->session.settings.after = n->position[0] != 0 ? n->position : NULL;
    int code = session_write(&v->session, method, params, ret_answer);
    return code == 0 ? answered(n, *ret_answer) : code;
}

/* ── Who is there ── */

/* The establishments that an account speaks for, added to an object. */
static int establishments_of(struct voice *v, json_t *ret_ids)
{
    json_t *me;
    const json_t *id;
    size_t i;
    int code = session_call(&v->session, "me", json_object(), &me);
    if (code != 0)
        return code;
    json_array_foreach (json_object_get(json_object_get(me, "scope"), "establishments"), i, id)
        json_object_set_new(ret_ids, json_string_value(id), json_true());
    json_decref(me);
    return 0;
}

static int enter(struct night *n)
{
    struct screen *s = n->screen;
    struct voice *reader = NULL;
    int code;

    n->demo = demo_read(s, n->options->folder);
    n->left_alone = json_object();
    if (n->demo == NULL)
        return EXIT_USAGE;
    code = voice_open(s, n->options->folder, "astreinte", &n->astreinte);
    if (code == 0)
        code = voice_open(s, n->options->folder, "mobile", &n->team);
    if (code == 0)
        code = voice_open(s, n->options->folder, "establishment", &reader);
    if (code == 0)
        code = establishments_of(reader, n->left_alone);
    voice_free(reader);
    return code;
}

static void leave(struct night *n)
{
    for (size_t i = 0; i < NIGHT_ASKS; i++) {
        voice_free(n->speakers[i]);
        json_decref(n->holds[i]);
    }
    voice_free(n->astreinte);
    voice_free(n->team);
    json_decref(n->request);
    json_decref(n->mission);
    json_decref(n->demo);
    json_decref(n->left_alone);
}

/* Gives those who were asked their voices: the accounts of establishments are tried in turn. */
static int find_speakers(struct night *n)
{
    size_t found = 0, i;
    const json_t *account;
    int code = 0;

    json_array_foreach (json_object_get(n->demo, "accounts"), i, account) {
        const char *role = json_string_value(json_object_get(account, "role"));
        const char *name = json_string_value(json_object_get(account, "account"));
        struct voice *v = NULL;
        json_t *ids = json_object();
        if (found < n->n_asked && role != NULL && name != NULL &&
            strcmp(role, "establishment") == 0)
            code = voice_open(n->screen, n->options->folder, name, &v);
        if (code == 0 && v != NULL)
            code = establishments_of(v, ids);
        for (size_t h = 0; code == 0 && v != NULL && h < n->n_asked; h++) {
            const char *its = json_string_value(json_object_get(n->holds[h], "establishment"));
            if (n->speakers[h] != NULL || its == NULL || json_object_get(ids, its) == NULL)
                continue;
            n->speakers[h] = voice_share(v);
            found++;
        }
        voice_free(v);
        json_decref(ids);
        if (code != 0)
            return code;
    }
    for (size_t h = 0; h < n->n_asked; h++) {
        if (n->speakers[h] == NULL)
            return tell_no_speaker(&n->astreinte->session, n->holds[h]);
    }
    return 0;
}

/* ── The need ── */

static int search(struct night *n, const struct night_story *story, const char *request,
                  json_t **ret_answer)
{
    json_t *params = night_criteria(story);
    json_object_set_new(params, "near", json_pack("{s:s}", "commune", story->commune));
    json_object_set_new(params, "limit", json_integer(SEARCH_LIMIT));
    if (request != NULL)
        json_object_set_new(params, "request", json_string(request));
    return read_as(n, n->astreinte, "search", params, ret_answer);
}

/* Requests of all nights that the server still knows. params of request.list is taken. */
static int known_requests(struct night *n, json_t *params, json_t **ret_answer)
{
    json_object_set_new(params, "limit", json_integer(200));
    return read_as(n, n->astreinte, "request.list", params, ret_answer);
}

static json_t *any_state(void)
{
    return json_pack("{s:[s, s, s, s]}", "state", "open", "placed", "closed", "withdrawn");
}

/* The first story, if it is the first night; else nights before have taken places: the first for
 * which enough can be asked, or the one for which most can. */
static int choose_story(struct night *n)
{
    size_t most = 0;
    json_t *before;
    int code = known_requests(n, any_state(), &before);
    if (code != 0)
        return code;
    bool first = json_array_size(json_object_get(before, "requests")) == 0;
    json_decref(before);
    n->story = &night_stories[0];
    for (size_t i = 0; i < night_n_stories && most < NIGHT_ASKS && !first; i++) {
        const json_t *units[NIGHT_ASKS];
        json_t *answer;
        code = search(n, &night_stories[i], NULL, &answer);
        if (code != 0)
            return code;
        size_t can =
            night_choose(json_object_get(answer, "results"), n->left_alone, CHILDREN, units);
        json_decref(answer);
        if (can <= most)
            continue;
        most = can;
        n->story = &night_stories[i];
    }
    return 0;
}

static int open_request(struct night *n, json_t *params, json_t **ret_request)
{
    char reference[NIGHT_REFERENCE];
    json_t *all, *answer;
    int code = known_requests(n, any_state(), &all);
    if (code == 0) {
        night_reference(json_object_get(all, "requests"), reference);
        json_decref(all);
        json_object_set_new(params, "reference", json_string(reference));
        code = write_as(n, n->astreinte, "request.open", json_incref(params), &answer);
    }
    json_decref(params);
    if (code != 0)
        return code;
    *ret_request = json_incref(json_object_get(answer, "request"));
    json_decref(answer);
    return 0;
}

static int need(struct night *n)
{
    int code = choose_story(n);
    if (code != 0)
        return code;
    json_t *params = night_criteria(n->story);
    json_object_set_new(params, "from", json_pack("{s:s}", "commune", n->story->commune));
    json_object_set_new(params, "legal_frame", json_string("opp"));
    code = open_request(n, params, &n->request);
    if (code == 0) {
        tell_opened(&n->astreinte->session, n->request);
        pause_for_reader(n);
    }
    return code;
}

/* ── Asks and answers ── */

static int ask(struct night *n)
{
    struct session *x = &n->astreinte->session;
    const json_t *units[NIGHT_ASKS];
    json_t *found, *ids, *answer;
    int code = search(n, n->story, record_id(n->request), &found);
    if (code != 0)
        return code;
    const json_t *results = json_object_get(found, "results");
    size_t can = night_choose(results, n->left_alone, CHILDREN, units);
    tell_found(x, n->request, night_certain(results, CHILDREN), can > 0 ? units[0] : NULL);
    pause_for_reader(n);
    ids = json_array();
    for (size_t i = 0; i < can; i++)
        json_array_append_new(ids, json_string(unit_id(units[i])));
    json_decref(found);
    if (can == 0) {
        json_decref(ids);
        return 0;
    }
    code =
        write_as(n, n->astreinte, "hold.create",
                 json_pack("{s:s, s:o}", "request", record_id(n->request), "units", ids), &answer);
    if (code != 0)
        return code;
    const json_t *item;
    size_t i;
    json_array_foreach (json_object_get(answer, "holds"), i, item) {
        if (i < NIGHT_ASKS)
            n->holds[n->n_asked++] = json_incref(json_object_get(item, "hold"));
    }
    tell_asked(x, answer);
    json_decref(answer);
    pause_for_reader(n);
    return find_speakers(n);
}

/* What becomes of the i-th hold, said by its establishment. params is taken. */
static int say_of(struct night *n, size_t i, const char *method, json_t *params)
{
    json_t *answer;
    json_object_set_new(params, "hold", json_string(record_id(n->holds[i])));
    int code = write_as(n, n->speakers[i], method, params, &answer);
    if (code != 0)
        return code;
    json_decref(n->holds[i]);
    n->holds[i] = json_incref(json_object_get(answer, "hold"));
    json_decref(answer);
    return 0;
}

/* The request, and of its holds what the astreinte sees of them. */
static int look_again(struct night *n)
{
    json_t *answer;
    const json_t *item;
    size_t i;
    int code = read_as(n, n->astreinte, "request.get",
                       json_pack("{s:s}", "request", record_id(n->request)), &answer);
    if (code != 0)
        return code;
    json_decref(n->request);
    n->request = json_incref(json_object_get(answer, "request"));
    json_array_foreach (json_object_get(answer, "holds"), i, item) {
        const json_t *hold = json_object_get(item, "hold");
        for (size_t h = 0; h < n->n_asked; h++) {
            if (strcmp(record_id(n->holds[h]), record_id(hold)) != 0)
                continue;
            json_decref(n->holds[h]);
            n->holds[h] = json_incref((json_t *)hold);
        }
    }
    json_decref(answer);
    return 0;
}

/* One says no, the next says yes. *ret_taken: which. */
static int answers(struct night *n, size_t *ret_taken)
{
    struct session *x = &n->astreinte->session;
    size_t i = 0;
    int code = 0;

    for (; night_refuses(i, n->n_asked); i++) {
        const char *reason = night_reason(n->options->seed, hold_unit(n->holds[i]));
        code = say_of(n, i, "hold.refuse", json_pack("{s:s}", "code", reason));
        if (code != 0)
            return code;
        tell_refused(x, n->holds[i]);
        pause_for_reader(n);
    }
    code = say_of(n, i, "hold.accept", json_object());
    if (code == 0)
        code = look_again(n);
    if (code != 0)
        return code;
    tell_accepted(x, n->holds[i]);
    pause_for_reader(n);
    for (size_t other = 0; other < n->n_asked; other++) {
        if (!hold_is(n->holds[other], "released"))
            continue;
        tell_released(x, n->holds[other]);
        pause_for_reader(n);
    }
    *ret_taken = i;
    return 0;
}

/* ── The way there ── */

/* A step of the mission, as an account says it. params is taken. */
static int mission_step(struct night *n, struct voice *who, const char *method, json_t *params)
{
    json_t *answer;
    if (n->mission != NULL)
        json_object_set_new(params, "mission", json_string(record_id(n->mission)));
    int code = write_as(n, who, method, params, &answer);
    if (code != 0)
        return code;
    json_decref(n->mission);
    n->mission = json_incref(json_object_get(answer, "mission"));
    json_decref(answer);
    return 0;
}

/* Out of office hours the acceptance has made one, perhaps for the team on call; else the astreinte
 * sends the team. */
static int send_team(struct night *n, const json_t *hold)
{
    json_t *made, *me;
    int code = read_as(n, n->astreinte, "mission.list", json_pack("{s:s}", "hold", record_id(hold)),
                       &made);
    if (code != 0)
        return code;
    const json_t *first = json_array_get(json_object_get(made, "missions"), 0);
    n->mission = json_incref(json_object_get(first, "mission"));
    json_decref(made);
    code = read_as(n, n->team, "me", json_object(), &me);
    if (code != 0)
        return code;
    json_t *params = json_object();
    json_object_set(params, "team", json_object_get(me, "account"));
    if (n->mission == NULL)
        json_object_set_new(params, "hold", json_string(record_id(hold)));
    const json_t *team = json_object_get(n->mission, "team");
    if (team != NULL && json_equal(team, json_object_get(me, "account")))
        json_decref(params);
    else
        code = mission_step(n, n->astreinte,
                            n->mission == NULL ? "mission.create" : "mission.assign", params);
    json_decref(me);
    return code;
}

static int fetch(struct night *n, size_t taken)
{
    struct session *x = &n->astreinte->session;
    int code = send_team(n, n->holds[taken]);
    if (code != 0)
        return code;
    tell_sent(x, n->mission);
    pause_for_reader(n);
    code = mission_step(n, n->team, "mission.start", json_object());
    if (code != 0)
        return code;
    tell_under_way(x);
    pause_for_reader(n);
    code = mission_step(n, n->team, "mission.arrive", json_object());
    if (code != 0)
        return code;
    tell_fetched(x);
    pause_for_reader(n);
    return 0;
}

static int arrival(struct night *n, size_t taken)
{
    int code = mission_step(n, n->team, "mission.hand_over", json_object());
    if (code == 0)
        code = look_again(n);
    if (code != 0)
        return code;
    tell_arrived(&n->astreinte->session, n->holds[taken], n->request);
    pause_for_reader(n);
    return 0;
}

/* ── What is left to the reader ── */

/* A unit of the reader's that has a place for someone; NULL: none. The caller's. */
static int reader_unit(struct night *n, json_t **ret_unit)
{
    struct voice *reader;
    json_t *answer = NULL;
    const json_t *unit;
    size_t i;
    int code = voice_open(n->screen, n->options->folder, "establishment", &reader);
    *ret_unit = NULL;
    if (code == 0)
        code = read_as(n, reader, "unit.list", json_pack("{s:i}", "limit", 200), &answer);
    json_array_foreach (json_object_get(answer, "units"), i, unit) {
        if (*ret_unit == NULL && unit_free(unit, false) > 0)
            *ret_unit = json_incref((json_t *)unit);
    }
    json_decref(answer);
    voice_free(reader);
    return code;
}

/* A need that waits: one that waits already, else a new one. */
static int leave_waiting(struct night *n, const json_t *unit, json_t **ret_request)
{
    struct session *x = &n->astreinte->session;
    json_t *list, *need = night_waiting_need(unit);
    int code = known_requests(n, json_pack("{s:[s]}", "state", "open"), &list);

    *ret_request = NULL;
    if (code == 0) {
        const json_t *first = json_array_get(json_object_get(list, "requests"), 0);
        *ret_request = json_incref(json_object_get(first, "request"));
        json_decref(list);
    }
    if (code == 0 && *ret_request != NULL &&
        strcmp(record_id(*ret_request), n->request != NULL ? record_id(n->request) : "") != 0)
        tell_still_waits(x, *ret_request);
    if (code != 0 || *ret_request != NULL || need == NULL) {
        json_decref(need);
        return code;
    }
    code = open_request(n, need, ret_request);
    if (code == 0)
        tell_waits(x, *ret_request);
    return code;
}

static int end(struct night *n)
{
    json_t *unit = NULL, *waiting = NULL;
    int code = reader_unit(n, &unit);
    if (code == 0)
        code = leave_waiting(n, unit, &waiting);
    if (code == 0) {
        struct tell_ways ways = {
            .program = n->options->program,
            .folder = n->options->folder,
            .request = n->request,
            .waiting = waiting,
            .unit = unit,
        };
        tell_ways(n->screen, &ways);
    }
    json_decref(unit);
    json_decref(waiting);
    return code;
}

int night_play(struct screen *s, const struct night_options *options)
{
    struct night n = {.screen = s, .options = options};
    size_t taken = 0;
    int code = enter(&n);

    if (code == 0)
        tell_begins(s);
    if (code == 0)
        code = need(&n);
    if (code == 0)
        code = ask(&n);
    if (code == 0 && n.n_asked > 0)
        code = answers(&n, &taken);
    if (code == 0 && n.n_asked > 0)
        code = fetch(&n, taken);
    if (code == 0 && n.n_asked > 0)
        code = arrival(&n, taken);
    if (code == 0)
        code = end(&n);
    leave(&n);
    return code;
}
