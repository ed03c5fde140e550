/* SPDX-License-Identifier: EUPL-1.2 */
/* watch: the changes as they happen, over lost connections and restarts of the server. The library
 * keeps the copy and tells differences only, so whatever happened while we were away comes as the
 * same lines, late but complete. */
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/decision_show.h"
#include "clients/ugo/failure.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/mission_text.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/places.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"
#include "clients/ugo/watch_text.h"

#define TURN_MS 1000
#define QUIET_US (10 * MOMENT_S) /* marks come every 5 s */
#define WARN_US (600 * MOMENT_S) /* before a hold ends */

struct watch {
    struct session *session;
    struct screen *screen;
    struct ugo_subscription *subscription;
    struct ugo_subscription *units; /* only for their names, of a watch that shows none; or NULL */
    bool primed;                    /* the first copy is there: what follows is news */
    bool ready;                     /* the client is connected, as last seen */
    bool stale;                     /* as last told */
    bool quiet;                     /* told that no news come */
    int64_t lost_at, mark_at;       /* of ugo_now; 0: not lost, none yet */
    int64_t give_up_at;             /* for the first connection */
    bool restarted;                 /* the server said that it restarts */
    char why[40];                   /* the copy had to start over */
    size_t listed, holds, requests, missions;
    int64_t free;
    json_t *warned; /* owned; hold id → the end that was warned of */
};

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

/* Signals wait but inside ppoll, so that none is lost between a look at the flag and the wait. */
static sigset_t catch_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t block, before;

    sigemptyset(&block);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        sigaddset(&block, signals[i]);
        sigaction(signals[i], &action, NULL);
    }
    sigprocmask(SIG_BLOCK, &block, &before);
    return before;
}

/* ── Lines ── */

static void note(struct watch *w, const char *text)
{
    struct screen *s = w->screen;
    screen_line(s, 10,
                words_printf(&s->words, DIM "%s  %s" PLAIN, moment_seconds(s, s->now), text));
}

static void json_event(struct watch *w, const char *name, json_t *members)
{
    json_object_set_new(members, "event", json_string(name));
    screen_json(w->screen, members);
    json_decref(members);
}

/* "02:14:03  what · of which unit, for whom · id" */
static void line_show(struct watch *w, int64_t at, const char *what, const char *of, const char *id)
{
    struct screen *s = w->screen;
    screen_line(s, 10,
                words_printf(&s->words,
                             DIM "%s" PLAIN "  " BOLD "%s" PLAIN "%s%s" DOT DIM "%s" PLAIN,
                             moment_seconds(s, at), what, of[0] != 0 ? DOT : "", of, id));
}

/* The unit that a hold is of, from the copy, or as it was known before. */
static const char *hold_unit_name(const struct watch *w, const json_t *hold)
{
    const char *id = hold_unit(hold);
    const struct ugo_subscription *units = w->units != NULL ? w->units : w->subscription;
    const json_t *unit = id != NULL ? json_object_get(ugo_copy(units), id) : NULL;
    return unit != NULL ? unit_name(w->screen, unit) : known_unit_name(w->session, id);
}

static void offer_show(struct watch *w, const json_t *before, const json_t *offer, const char *id)
{
    struct screen *s = w->screen;
    const char *of = json_string_value(json_object_get(offer, "request"));
    const json_t *request = of != NULL ? json_object_get(ugo_copy(w->subscription), of) : NULL;
    const char *name = request != NULL ? request_name(request) : known_request_name(w->session, of);

    line_show(w, s->now, watch_offer_text(s, before, offer),
              words_join(&s->words, hold_unit_name(w, offer), DOT, say(s, MSG_FOR_REQUEST, name)),
              id);
    offer_ways_show(w->session, offer, request);
}

/* Where its children are is a code in the record: its name is asked for. What an event lends does
 * not outlive a question. */
static void mission_show(struct watch *w, const json_t *before, const json_t *mission,
                         const char *id)
{
    struct screen *s = w->screen;
    json_t *then = json_incref((json_t *)before), *now = json_incref((json_t *)mission);

    id = words_copy(&s->words, id, strlen(id));
    if (ugo_client_is_ready(w->session->client))
        places_learn(w->session, now);
    line_show(
        w, s->now, watch_mission_text(s, then, now),
        words_join(&s->words, mission_name(w->session, now), DOT, mission_for(w->session, now)),
        id);
    mission_ways_show(w->session, now, false);
    json_decref(then);
    json_decref(now);
}

/* What came of it, of which unit, for whom: the end of the line may be out of sight. */
static void decision_show(struct watch *w, const json_t *before, const json_t *record,
                          const char *id)
{
    struct screen *s = w->screen;
    struct words *words = &s->words;

    if (watch_is_kind(record, "hold"))
        line_show(w, s->now, watch_hold_text(s, before, record),
                  words_join(words, hold_unit_name(w, record), DOT, hold_for(s, record)), id);
    else if (watch_is_kind(record, "offer"))
        offer_show(w, before, record, id);
    else if (watch_is_kind(record, "mission"))
        mission_show(w, before, record, id);
    else
        line_show(w, s->now, watch_request_text(s, before, record), request_for(s, record), id);
}

static void unit_show(struct watch *w, const struct ugo_event *e)
{
    struct screen *s = w->screen;
    const json_t *unit = e->type == UGO_SET ? e->body : e->before;
    const char *what =
        e->type == UGO_SET ? watch_unit_text(s, e->before, e->body) : say(s, MSG_CHANGE_GONE);
    int64_t at = s->now;

    /* A place that is promised or given back is not a declaration: its time is now. */
    if (e->type == UGO_SET && !json_equal(json_object_get(e->before, "recorded_at"),
                                          json_object_get(e->body, "recorded_at")))
        moment_read(e->body, "recorded_at", &at);
    line_show(w, at, what, unit != NULL ? unit_name(s, unit) : "", e->id);
}

static void change_show(struct watch *w, const struct ugo_event *e)
{
    const json_t *record = e->type == UGO_SET ? e->body : e->before;

    if (record == NULL || watch_is_kind(record, "unit"))
        unit_show(w, e);
    else if (e->type == UGO_SET)
        decision_show(w, e->before, record, e->id);
    else if (watch_is_current(record)) /* what has ended leaves in silence, 48 h later */
        line_show(w, w->screen->now, say(w->screen, MSG_CHANGE_GONE), "", e->id);
}

/* ── Time that runs out ── */

/* Once for each end: ten minutes before, or when two thirds of a short time have passed. */
static void warn_of(struct watch *w, const char *id, const json_t *hold)
{
    struct screen *s = w->screen;
    json_t *until_text = json_object_get(hold, "held_until");
    int64_t until, since;

    if (!hold_is(hold, "held") || !moment_read(hold, "held_until", &until) ||
        !moment_read(hold, "created_at", &since) || until <= s->now || until - s->now > WARN_US ||
        until - s->now > (until - since) / 3 ||
        json_equal(json_object_get(w->warned, id), until_text))
        return;
    json_object_set(w->warned, id, until_text);
    line_show(w, s->now, say(s, MSG_WATCH_SOON, moment_left(s, until)), hold_unit_name(w, hold),
              id);
}

static void warn(struct watch *w)
{
    const char *id;
    json_t *record;

    if (!w->primed || w->screen->json)
        return;
    json_object_foreach ((json_t *)ugo_copy(w->subscription), id, record) {
        if (watch_is_kind(record, "hold"))
            warn_of(w, id, record);
    }
}

/* ── Events ── */

static void on_change(struct watch *w, const struct ugo_event *e)
{
    if (w->screen->json) {
        json_event(w, e->type == UGO_SET ? "set" : "gone",
                   e->type == UGO_SET ? json_pack("{s:O}", "record", e->body)
                                      : json_pack("{s:s}", "id", e->id));
        return;
    }
    if (w->primed) {
        change_show(w, e);
        return;
    }
    w->holds += watch_is_kind(e->body, "hold") && watch_is_current(e->body);
    w->requests += watch_is_kind(e->body, "request") && watch_is_current(e->body);
    w->missions += watch_is_kind(e->body, "mission") && watch_is_current(e->body);
    if (!watch_is_kind(e->body, "unit"))
        return;
    w->listed++;
    w->free += unit_free(e->body, true) > 0 ? unit_free(e->body, true) : 0;
}

/* What there is at the beginning: units are counted, what somebody waits for is listed. */
static void begin_show(struct watch *w)
{
    struct screen *s = w->screen;
    const char *id;
    json_t *record, *copy;

    screen_line(s, 2,
                w->units != NULL ? say(s, MSG_WATCH_BEGINS_REQUEST)
                                 : say(s, MSG_WATCH_BEGINS, say_n(s, MSG_UNITS, (int64_t)w->listed),
                                       say_n(s, MSG_PLACES_FREE_ALL, w->free)));
    if (w->holds + w->requests + w->missions == 0)
        return;
    const char *holds = say_n(s, MSG_HOLDS, (int64_t)w->holds);
    if (w->missions > 0)
        holds =
            words_join(&s->words, holds, ", ", say_n(s, MSG_WATCH_MISSIONS, (int64_t)w->missions));
    screen_line(s, 2,
                say(s, MSG_WATCH_CURRENT, say_n(s, MSG_REQUESTS, (int64_t)w->requests), holds));
    copy = json_copy((json_t *)ugo_copy(w->subscription)); /* names that are asked for take time */
    json_object_foreach (copy, id, record) {
        if (watch_is_current(record))
            decision_show(w, record, record, id);
    }
    json_decref(copy);
}

static void on_start(struct watch *w, const struct ugo_event *e)
{
    struct screen *s = w->screen;
    bool first = w->mark_at == 0;

    if (s->json) {
        json_event(w, "start", json_pack("{s:b, s:s?}", "resumed", e->resumed, "why", e->why));
        return;
    }
    if (first && e->resumed) {
        w->primed = true;
        note(w, say(s, MSG_WATCH_RESUMED));
    } else if (!e->resumed && e->why != NULL) {
        snprintf(w->why, sizeof w->why, "%s", e->why);
        if (first)
            note(w, say(s, MSG_WATCH_NOT_RESUMED, label(s, "start", w->why)));
    }
}

/* Back after a loss: how long it was, and that nothing is missing. */
static void back_show(struct watch *w)
{
    struct screen *s = w->screen;
    int64_t away = ugo_now() - w->lost_at;

    w->lost_at = 0;
    if (s->json) {
        json_event(w, "back",
                   json_pack("{s:f, s:b, s:s?}", "away_s", round((double)away / 1e3) / 1e3,
                             "resumed", w->why[0] == 0, "why", w->why[0] != 0 ? w->why : NULL));
    } else if (w->why[0] == 0) {
        note(w, say(s, MSG_WATCH_BACK, moment_duration(s, away)));
    } else {
        note(w, say(s, MSG_WATCH_BACK_ANEW, moment_duration(s, away), label(s, "start", w->why)));
    }
    w->why[0] = 0;
}

static void on_mark(struct watch *w, const struct ugo_event *e)
{
    struct screen *s = w->screen;
    bool stale = json_is_true(json_object_get(e->body, "stale")), was_quiet = w->quiet;
    int64_t at = s->now;

    if (w->lost_at != 0)
        back_show(w);
    else if (was_quiet && !s->json)
        note(w, say(s, MSG_WATCH_NEWS_AGAIN));
    w->mark_at = ugo_now();
    w->quiet = false;
    if (s->json) {
        json_event(w, "mark", json_copy((json_t *)e->body));
        return;
    }
    if (!w->primed)
        begin_show(w);
    w->primed = true;
    w->why[0] = 0;
    moment_read(e->body, "fresh_at", &at);
    if (stale != w->stale)
        note(w, stale ? say(s, MSG_ANSWER_STALE, moment_clock(s, at)) : say(s, MSG_WATCH_FRESH));
    w->stale = stale;
}

/* 0 to go on, or an exit code. */
static int on_event(struct watch *w, const struct ugo_event *e)
{
    if (w->units != NULL && e->subscription == w->units && e->type != UGO_ERROR)
        return 0;
    switch (e->type) {
    case UGO_READY:
        session_greeted(w->session, e->body);
        break;
    case UGO_START:
        on_start(w, e);
        break;
    case UGO_SET:
    case UGO_GONE:
        on_change(w, e);
        break;
    case UGO_MARK:
        on_mark(w, e);
        break;
    case UGO_BYE:
        w->restarted = true;
        break;
    case UGO_REFUSED:
        return failure_refused(w->screen, &e->error);
    case UGO_ERROR:
        return failure_error(w->screen, w->session->command, &e->error);
    default:
        break;
    }
    return 0;
}

/* ── The loop ── */

static void look_at_connection(struct watch *w)
{
    struct screen *s = w->screen;
    bool ready = ugo_client_is_ready(w->session->client);

    if (w->ready && !ready && w->lost_at == 0) {
        w->lost_at = ugo_now();
        if (s->json)
            json_event(w, "away", json_pack("{s:b}", "planned", w->restarted));
        else
            note(w, say(s, w->restarted ? MSG_WATCH_RESTART : MSG_WATCH_AWAY));
        w->restarted = false;
    }
    w->ready = ready;
    if (ready && w->lost_at == 0 && w->mark_at != 0 && !w->quiet && !s->json &&
        ugo_now() - w->mark_at > QUIET_US) {
        w->quiet = true;
        note(w, say(s, MSG_WATCH_QUIET));
    }
}

/* 0, or the exit code of a first connection that does not come. */
static int first_connection(struct watch *w)
{
    struct session *x = w->session;
    if (w->mark_at != 0 || w->ready)
        return 0;
    session_tell_waiting(x);
    if (ugo_now() < w->give_up_at)
        return 0;
    return failure_link(
        x->screen, ugo_link_fault(x->link), ugo_link_fault_text(x->link),
        words_printf(&x->screen->words, "%s:%s", x->settings.host, x->settings.port),
        x->settings.server_name != NULL ? x->settings.server_name : x->settings.host);
}

static int watch_turn(struct watch *w, const sigset_t *mask)
{
    struct session *x = w->session;
    struct ugo_event e;
    int code = 0, r = ugo_link_step(x->link, TURN_MS, mask);

    session_clock(x);
    while (r >= 0 && code == 0 && ugo_client_next(x->client, &e)) {
        code = on_event(w, &e);
        words_free(&w->screen->words);
    }
    look_at_connection(w);
    warn(w);
    if (code == 0)
        code = session_fatal_fault(x);
    if (code == 0)
        code = first_connection(w);
    words_free(&w->screen->words);
    return r < 0 ? EXIT_NO_SERVICE : code;
}

static void end_show(struct watch *w)
{
    struct screen *s = w->screen;
    const char *since = ugo_position(w->subscription);
    if (s->json)
        json_event(w, "end", json_pack("{s:s?}", "since", since));
    if (s->json || since == NULL)
        return;
    screen_line(s, 2, say(s, MSG_WATCH_ENDS));
    /* Not wrapped: it is to be copied. */
    screen_row(s, words_printf(&s->words, "ugo watch --since %s", since));
}

/* --request: that one and its holds; the units asked so far are learned before anything comes. */
static int request_filter(struct session *x, const struct command *c, json_t *filter)
{
    const char *text = command_value(c, OPTION_REQUEST), *id;
    json_t *answer;

    if (text == NULL)
        return 0;
    int code = ask_request(x, text, &id);
    if (code == 0)
        code = session_call(x, "request.get", json_pack("{s:s}", "request", id), &answer);
    if (code != 0)
        return code;
    known_learn(x, answer);
    json_decref(answer);
    json_object_set_new(filter, "requests", json_pack("[s]", id));
    return 0;
}

static int units_follow(struct watch *w)
{
    json_t *filter = json_pack("{s:[s]}", "kinds", "unit");
    int r = ugo_subscribe(w->session->client, filter, NULL, &w->units);
    json_decref(filter);
    return r < 0 ? EXIT_NO_SERVICE : 0;
}

int run_watch(struct session *x, const struct command *c)
{
    struct watch w = {
        .session = x,
        .screen = x->screen,
        .give_up_at = ugo_now() + x->settings.timeout_s * MOMENT_S,
    };
    json_t *filter;
    int code = ask_filter(x, &filter);

    if (code != 0)
        return code;
    code = request_filter(x, c, filter);
    if (code != 0) {
        json_decref(filter);
        return code;
    }
    sigset_t mask = catch_signals();
    w.warned = json_object();
    json_object_set_new(filter, "kinds",
                        json_pack("[s,s,s,s,s]", "unit", "hold", "request", "offer", "mission"));
    /* Not as `since`, even where it is a mark's: who says "from this position at least" wants to
     * see what there is, like everywhere else; to be told only what changed is --since. */
    if (ugo_subscribe_after(x->client, filter, command_value(c, OPTION_SINCE), x->settings.after,
                            &w.subscription) < 0)
        code = EXIT_NO_SERVICE;
    if (code == 0 && command_has(c, OPTION_REQUEST) && !x->screen->json)
        code = units_follow(&w);
    json_decref(filter);
    while (code == 0 && !stopped) {
        code = watch_turn(&w, &mask);
        /* Nobody reads any more: a pager was closed. */
        if (fflush(x->screen->out) != 0)
            break;
    }
    json_decref(w.warned);
    if (code == 0 && ferror(x->screen->out) == 0)
        end_show(&w);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    return code;
}
