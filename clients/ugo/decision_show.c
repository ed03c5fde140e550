/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/decision_show.h"

#include <string.h>

#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/places.h"
#include "clients/ugo/table.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"
#include "clients/ugo/watch_text.h"

#define BLOCKS_MAX 8 /* more are a table */

static const char *text_of(const json_t *record, const char *member)
{
    return json_string_value(json_object_get(record, member));
}

void go_on_show(struct screen *s, const char *command, enum message why)
{
    struct words *w = &s->words;
    const char *row = words_printf(w, "  %s", command), *text = say(s, why);

    if (text_width(row) + 3 + text_width(text) <= s->width) {
        screen_row(s, words_printf(w, "%s   " DIM "%s" PLAIN, row, text));
        return;
    }
    screen_row(s, row);
    screen_line(s, 5, words_printf(w, "     " DIM "%s" PLAIN, text));
}

/* ── A hold ── */

/* Whom to call at this hour, and the id: the exact place's numbers once it is known. */
static void call_show(struct session *x, const json_t *hold, const json_t *unit)
{
    struct screen *s = x->screen;
    const json_t *place = json_object_get(hold, "place");
    const char *phone = "", *asker = text_of(hold, "created_by");

    if (x->of_establishment)
        phone = asker != NULL ? say(s, MSG_HOLD_ASKED_BY, asker) : "";
    else if (json_is_object(place) || unit != NULL)
        phone = unit_phone(s, json_is_object(place) ? place : unit, moment_is_night(s->now));
    screen_line(s, 3,
                words_printf(&s->words, "   %s",
                             words_join(&s->words, phone, DOT,
                                        words_printf(&s->words, DIM "%s" PLAIN, record_id(hold)))));
}

static void place_show(struct session *x, const json_t *hold)
{
    struct screen *s = x->screen;
    const json_t *place = json_object_get(hold, "place");

    if (!json_is_object(place) || x->of_establishment)
        return;
    const char *where = place_address(x, place);
    if (where[0] != 0)
        screen_line(s, 3, words_printf(&s->words, "   %s", say(s, MSG_ADDRESS, where)));
}

void hold_show(struct session *x, const struct hold_view *view, const json_t *hold)
{
    struct screen *s = x->screen;
    struct words *w = &s->words;
    const json_t *unit = known_unit(x, hold_unit(hold));
    const char *request = text_of(hold, "request"),
               *what = view->no_profile ? "" : hold_for(s, hold);

    screen_line(s, 3,
                words_join(w,
                           words_printf(w, "%s" BOLD "%s" PLAIN, view->mark,
                                        known_unit_name(x, hold_unit(hold))),
                           DOT, unit != NULL ? unit_place(x, unit) : ""));
    screen_line(s, 3, words_printf(w, "   %s", hold_state(s, hold)));
    if (!view->no_request && request != NULL && !x->of_establishment)
        what = words_join(w, what, DOT, say(s, MSG_HOLD_FOR_REQUEST, request));
    if (what[0] != 0)
        screen_line(s, 3, words_printf(w, "   %s", what));
    place_show(x, hold);
    call_show(x, hold, unit);
    if (json_is_true(json_object_get(hold, "stale_unit")) && hold_is(hold, "held") &&
        !x->of_establishment)
        screen_line(s, 3, words_printf(w, "   " WARN "%s" PLAIN, say(s, MSG_HOLD_STALE)));
}

void asked_lines_show(struct session *x, const json_t *items)
{
    struct screen *s = x->screen;
    struct words *w = &s->words;
    const json_t *item;
    size_t i;

    json_array_foreach ((json_t *)items, i, item) {
        const json_t *hold = json_object_get(item, "hold");
        screen_line(s, 3,
                    words_printf(w, "   %s" DOT "%s" DOT DIM "%s" PLAIN,
                                 known_unit_name(x, hold_unit(hold)), hold_state(s, hold),
                                 record_id(hold)));
    }
}

/* "41 min"; what is past is marked; "" once it has ended. */
static const char *left_text(struct screen *s, const json_t *hold)
{
    int64_t until;
    if (!hold_is_active(hold) ||
        !moment_read(hold, hold_is(hold, "held") ? "held_until" : "arrive_by", &until))
        return "";
    const char *left = moment_left(s, until);
    return until > s->now ? left : words_printf(&s->words, WARN "%s" PLAIN, left);
}

static void holds_table(struct session *x, const json_t *items)
{
    struct screen *s = x->screen;
    const struct column columns[] = {
        {say(s, MSG_HEAD_LEFT), true, 0, 0},   {say(s, MSG_HEAD_STATE), false, 0, 0},
        {say(s, MSG_HEAD_UNIT), false, 14, 0}, {say(s, MSG_HEAD_FOR), false, 12, 2},
        {say(s, MSG_HEAD_ID), false, 0, 0},
    };
    const json_t *item;
    struct table t;
    size_t i;

    table_begin(&t, s, columns, sizeof columns / sizeof columns[0]);
    json_array_foreach ((json_t *)items, i, item) {
        const json_t *hold = json_object_get(item, "hold");
        table_row(&t, (const char *const[]){
                          left_text(s, hold), label(s, "hold_state", text_of(hold, "state")),
                          known_unit_name(x, hold_unit(hold)), hold_for(s, hold), record_id(hold)});
    }
    table_print(&t);
}

void holds_show(struct session *x, const json_t *items, bool of_one_request)
{
    struct screen *s = x->screen;
    const json_t *item;
    size_t i;

    if (json_array_size(items) > BLOCKS_MAX) {
        holds_table(x, items);
        return;
    }
    json_array_foreach ((json_t *)items, i, item) {
        struct hold_view view = {
            .mark = words_printf(&s->words, "%zu. ", i + 1),
            .no_request = of_one_request,
        };
        if (i > 0)
            screen_blank(s);
        hold_show(x, &view, json_object_get(item, "hold"));
    }
}

/* The server decides; this says it only where it looks possible. */
void decide_show(struct session *x, const json_t *hold)
{
    struct screen *s = x->screen;
    const json_t *unit = known_unit(x, hold_unit(hold));
    int64_t left = unit_count(unit, "emergency_reserved") - unit_count(unit, "emergency_used");

    if (x->may_decide && unit != NULL && hold_is(hold, "held") &&
        json_is_true(json_object_get(hold, "emergency")) &&
        (int64_t)json_integer_value(json_object_get(hold, "places")) <= left)
        go_on(s, MSG_GO_DECIDE, "ugo answer %s accept", record_id(hold));
}

/* ── A request ── */

const char *rhythm_text(struct screen *s, const json_t *rhythm)
{
    const json_t *weekdays = json_object_get(rhythm, "weekdays"), *day;
    const char *text = NULL;
    char code[2] = "";
    size_t i;

    if (weekdays == NULL)
        return NULL;
    json_array_foreach ((json_t *)weekdays, i, day) {
        code[0] = (char)('0' + json_integer_value(day) % 10);
        text = words_join(&s->words, text, ", ", label(s, "weekday", code));
    }
    return words_join(&s->words, text, DOT, label(s, "weeks", text_of(rhythm, "weeks")));
}

const char *wish_text(struct screen *s, const json_t *record)
{
    struct words *w = &s->words;
    const char *wanted = text_of(record, "wanted_on"), *until = text_of(record, "wanted_until");
    const char *text = wanted != NULL ? say(s, MSG_WANTED_ON, moment_date(s, wanted)) : "";

    if (until != NULL)
        text = words_join(w, text, DOT, say(s, MSG_MOVEMENT_UNTIL, moment_date(s, until)));
    return words_join(w, text, DOT, rhythm_text(s, json_object_get(record, "days")));
}

/* What is asked for beyond children: frame, needs, modality, where from, how far, when. */
static const char *conditions(const struct session *x, const json_t *request)
{
    struct screen *s = x->screen;
    struct words *w = &s->words;
    const json_t *km = json_object_get(request, "max_km");
    const char *frame = text_of(request, "legal_frame");
    const char *from = unit_place(x, json_object_get(request, "from"));
    const char *text = frame != NULL ? label(s, "frame", frame) : "";

    text = words_join(w, text, DOT, codes_text(s, json_object_get(request, "needs"), "need"));
    text =
        words_join(w, text, DOT, codes_text(s, json_object_get(request, "modality"), "modality"));
    if (from[0] != 0)
        text = words_join(w, text, DOT, say(s, MSG_FROM, from));
    if (json_is_integer(km))
        text = words_join(
            w, text, DOT,
            say(s, MSG_AT_MOST_KM,
                say(s, MSG_KM, words_printf(w, "%lld", (long long)json_integer_value(km)))));
    return words_join(w, text, DOT, wish_text(s, request));
}

static bool has_index(const json_t *indexes, size_t child)
{
    const json_t *index;
    size_t i;
    json_array_foreach ((json_t *)indexes, i, index) {
        if ((size_t)json_integer_value(index) == child)
            return true;
    }
    return false;
}

static void children_show(struct screen *s, const json_t *request)
{
    const json_t *child;
    size_t i;
    json_array_foreach (json_object_get(request, "children"), i, child) {
        const char *state =
            has_index(json_object_get(request, "arrived"), i)  ? say(s, MSG_CHILD_ARRIVED)
            : has_index(json_object_get(request, "placed"), i) ? say(s, MSG_CHILD_PLACED)
                                                               : "";
        screen_line(s, 6,
                    words_printf(&s->words, "   %zu. %s", i + 1,
                                 words_join(&s->words, child_text(s, child), DOT, state)));
    }
}

void request_show(struct session *x, const char *mark, const json_t *request, bool children)
{
    struct screen *s = x->screen;
    struct words *w = &s->words;
    const char *more = conditions(x, request), *by = text_of(request, "created_by");
    const char *name = request_name(request), *id = record_id(request);
    int64_t decided;

    screen_line(
        s, 3,
        words_printf(w, "%s" BOLD "%s" PLAIN DOT "%s", mark, name, request_state(s, request)));
    screen_line(s, 3, words_printf(w, "   %s", request_for(s, request)));
    if (children && json_array_size(json_object_get(request, "children")) > 1)
        children_show(s, request);
    if (more[0] != 0)
        screen_line(s, 3, words_printf(w, "   %s", more));
    const char *who = moment_read(request, "decided_at", &decided)
                          ? say(s, MSG_DECIDED_AT, moment_clock(s, decided))
                          : "";
    who = words_join(w, who, DOT, by);
    if (strcmp(name, id) != 0)
        who = words_join(w, who, DOT, words_printf(w, DIM "%s" PLAIN, id));
    screen_line(s, 3, words_printf(w, "   %s", who));
}

/* ── An offer ── */

/* " --child 1 --child 3" when not all children are offered a place. */
static const char *children_option(struct screen *s, const json_t *offer, const json_t *request)
{
    const json_t *children = json_object_get(offer, "children"), *index;
    const char *text = "";
    size_t i;

    if (json_array_size(children) == 0 ||
        json_array_size(children) >= json_array_size(json_object_get(request, "children")))
        return "";
    json_array_foreach ((json_t *)children, i, index) {
        text = words_printf(&s->words, "%s --child %lld", text,
                            (long long)json_integer_value(index) + 1);
    }
    return text;
}

void offered_show(const struct session *x, const json_t *offer, const json_t *request)
{
    struct screen *s = x->screen;

    if (!json_is_object(offer))
        return;
    screen_line(s, 3,
                words_printf(&s->words, "   " BOLD "%s" PLAIN DOT "%s" DOT DIM "%s" PLAIN,
                             watch_offer_text(s, NULL, offer), known_unit_name(x, hold_unit(offer)),
                             record_id(offer)));
    offer_ways_show(x, offer, request);
}

void offer_ways_show(const struct session *x, const json_t *offer, const json_t *request)
{
    struct screen *s = x->screen;
    const char *unit = hold_unit(offer), *id = text_of(offer, "request");
    const char *name = request != NULL ? request_name(request) : known_request_name(x, id);

    if (!hold_is(offer, "offered") || unit == NULL)
        return;
    go_on(s, MSG_GO_HOLD, "ugo hold %s --request %s%s", unit, name,
          children_option(s, offer, request));
    go_on(s, MSG_GO_DECLINE, "ugo request decline %s %s", name, record_id(offer));
}

/* ── A mission ── */

void mission_ways_show(const struct session *x, const json_t *mission, bool all)
{
    struct screen *s = x->screen;
    const char *id = record_id(mission);
    bool assigned = hold_is(mission, "assigned"), under_way = hold_is(mission, "under_way");
    bool nobody = assigned && text_of(mission, "team") == NULL;

    if (!x->may_drive || moment_read(mission, "ended_at", &(int64_t){0}))
        return;
    if (x->may_decide && nobody)
        go_on(s, MSG_GO_MISSION_ASSIGN, "ugo mission assign %s --team %s", id,
              say(s, MSG_VALUE_ACCOUNT));
    if (assigned && (all || !nobody))
        go_on(s, MSG_GO_MISSION_START, "ugo mission start %s", id);
    if (under_way || (assigned && all))
        go_on(s, MSG_GO_MISSION_ARRIVE, "ugo mission arrive %s", id);
    if (!assigned && (all || !under_way))
        go_on(s, MSG_GO_MISSION_HANDOVER, "ugo mission handover %s", id);
    if (x->may_decide && !nobody && all)
        go_on(s, MSG_GO_MISSION_ASSIGN, "ugo mission assign %s --team %s", id,
              say(s, MSG_VALUE_ACCOUNT));
}
