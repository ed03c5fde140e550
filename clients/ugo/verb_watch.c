/* SPDX-License-Identifier: EUPL-1.2 */
/* watch: the changes as they happen, over lost connections and restarts of the server. The library
 * keeps the copy and tells differences only, so whatever happened while we were away comes as the
 * same lines, late but complete. */
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/failure.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"

#define TURN_MS 1000
#define QUIET_US (10 * MOMENT_S) /* marks come every 5 s */

struct watch {
    struct session *session;
    struct screen *screen;
    struct ugo_subscription *subscription;
    bool primed;              /* the first copy is there: what follows is news */
    bool ready;               /* the client is connected, as last seen */
    bool stale;               /* as last told */
    bool quiet;               /* told that no news come */
    int64_t lost_at, mark_at; /* of ugo_now; 0: not lost, none yet */
    int64_t give_up_at;       /* for the first connection */
    bool restarted;           /* the server said that it restarts */
    char why[40];             /* the copy had to start over */
    size_t listed;
    int64_t free;
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

static bool same_member(const json_t *a, const json_t *b, const char *member)
{
    const json_t *x = json_object_get(a, member), *y = json_object_get(b, member);
    return json_equal(x, y) || (x == NULL && y == NULL);
}

/* Whether anything but when and by whom it was said is different. */
static bool same_unit(const json_t *a, const json_t *b)
{
    static const char *const saying[] = {"revision",    "observed_at", "recorded_at",
                                         "fresh_until", "declared_by", "channel"};
    json_t *x = json_copy((json_t *)a), *y = json_copy((json_t *)b);
    for (size_t i = 0; i < sizeof saying / sizeof saying[0]; i++) {
        json_object_del(x, saying[i]);
        json_object_del(y, saying[i]);
    }
    bool same = json_equal(x, y);
    json_decref(x);
    json_decref(y);
    return same;
}

static const char *change_text(struct screen *s, const json_t *before, const json_t *unit)
{
    int64_t then = unit_free(before, true), now = unit_free(unit, true);
    const char *places = unit_places(s, unit, true), *contested;

    if (before == NULL)
        return say(s, MSG_CHANGE_NEW, places);
    if (then != now)
        return say(s, MSG_CHANGE_PLACES,
                   then == COUNT_UNKNOWN ? "?" : words_printf(&s->words, "%lld", (long long)then),
                   places);
    contested = json_string_value(json_object_get(unit, "contested_at"));
    if (contested != NULL && !same_member(before, unit, "contested_at"))
        return say(s, MSG_CHANGE_REPORTED, places);
    if (!same_member(before, unit, "capacity"))
        return say(s, MSG_CHANGE_COUNTS, places, say_n(s, MSG_COUNT_OPEN, unit_count(unit, "open")),
                   say_n(s, MSG_COUNT_OCCUPIED, unit_count(unit, "occupied")));
    /* A confirmation ends a report that the place was wrong. */
    bool settled = contested == NULL && !same_member(before, unit, "contested_at");
    return say(s, settled || same_unit(before, unit) ? MSG_CHANGE_CONFIRMED : MSG_CHANGE_OTHER,
               places);
}

static void change_show(struct watch *w, const struct ugo_event *e)
{
    struct screen *s = w->screen;
    const json_t *unit = e->type == UGO_SET ? e->body : e->before;
    const char *what =
        e->type == UGO_SET ? change_text(s, e->before, e->body) : say(s, MSG_CHANGE_GONE);
    int64_t at = s->now;

    if (e->type == UGO_SET && !same_member(e->before, e->body, "recorded_at"))
        moment_read(e->body, "recorded_at", &at);
    const char *name = unit != NULL ? unit_name(s, unit) : "";
    screen_line(s, 10,
                words_printf(&s->words,
                             DIM "%s" PLAIN "  " BOLD "%s" PLAIN "%s%s" DOT DIM "%s" PLAIN,
                             moment_seconds(s, at), what, name[0] != 0 ? DOT : "", name, e->id));
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
    w->listed++;
    w->free += unit_free(e->body, true) > 0 ? unit_free(e->body, true) : 0;
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
        screen_line(s, 2,
                    say(s, MSG_WATCH_BEGINS, say_n(s, MSG_UNITS, (int64_t)w->listed),
                        say_n(s, MSG_PLACES_FREE_ALL, w->free)));
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
    switch (e->type) {
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

int run_watch(struct session *x, const struct command *c)
{
    struct watch w = {
        .session = x,
        .screen = x->screen,
        .give_up_at = ugo_now() + x->settings.timeout_s * MOMENT_S,
    };
    sigset_t mask = catch_signals();
    json_t *filter = ask_filter(c);
    int code = 0;

    json_object_set_new(filter, "kinds", json_pack("[s]", "unit"));
    /* Not as `since`, even where it is a mark's: who says "from this position at least" wants to
     * see what there is, like everywhere else; to be told only what changed is --since. */
    if (ugo_subscribe_after(x->client, filter, command_value(c, OPTION_SINCE), x->settings.after,
                            &w.subscription) < 0)
        code = EXIT_NO_SERVICE;
    json_decref(filter);
    while (code == 0 && !stopped) {
        code = watch_turn(&w, &mask);
        /* Nobody reads any more: a pager was closed. */
        if (fflush(x->screen->out) != 0)
            return EXIT_FOUND;
    }
    if (code == 0)
        end_show(&w);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    return code;
}
