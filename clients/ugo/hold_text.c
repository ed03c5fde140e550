/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/hold_text.h"

#include <string.h>

#include "clients/ugo/moment.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"

static const char *text_of(const json_t *record, const char *member)
{
    return json_string_value(json_object_get(record, member));
}

static bool flag(const json_t *record, const char *member)
{
    return json_is_true(json_object_get(record, member));
}

const char *record_id(const json_t *record)
{
    const char *id = text_of(record, "id");
    return id != NULL ? id : "?";
}

const char *codes_text(struct screen *s, const json_t *codes, const char *kind)
{
    const char *text = "";
    const json_t *code;
    size_t i;
    json_array_foreach ((json_t *)codes, i, code)
        text = words_join(&s->words, text, ", ", label(s, kind, json_string_value(code)));
    return text;
}

const char *profile_text(struct screen *s, const json_t *children, const json_t *parent)
{
    const char *text = "";
    const json_t *child;
    size_t i;
    json_array_foreach ((json_t *)children, i, child)
        text = words_join(&s->words, text, ", ", child_text(s, child));
    if (!json_is_object(parent))
        return text;
    const char *who = say(s, flag(parent, "pregnant") ? MSG_PARENT_PREGNANT : MSG_PARENT_ALONE);
    return text[0] == 0 ? who : say(s, MSG_PARENT_WITH, who, text);
}

/* ── A hold ── */

bool hold_is(const json_t *hold, const char *state)
{
    const char *is = text_of(hold, "state");
    return is != NULL && strcmp(is, state) == 0;
}

bool hold_is_active(const json_t *hold)
{
    return hold_is(hold, "held") || hold_is(hold, "accepted");
}

const char *hold_unit(const json_t *hold)
{
    return text_of(hold, "unit");
}

const char *hold_for(struct screen *s, const json_t *hold)
{
    struct words *w = &s->words;
    const char *text =
        profile_text(s, json_object_get(hold, "profile"), json_object_get(hold, "parent"));
    text = words_join(
        w, text, DOT,
        say_n(s, MSG_FOR_PLACES, (int64_t)json_integer_value(json_object_get(hold, "places"))));
    if (flag(hold, "emergency"))
        text = words_join(w, text, DOT, say(s, MSG_ASKED_EMERGENCY));
    return words_join(w, text, DOT, codes_text(s, json_object_get(hold, "needs"), "need"));
}

/* A clock time of the record; "?" without one. */
static const char *clock_of(struct screen *s, const json_t *record, const char *member)
{
    int64_t at;
    return moment_read(record, member, &at) ? moment_clock(s, at) : "?";
}

/* Waiting for an answer. */
static const char *held_state(struct screen *s, const json_t *hold)
{
    struct words *w = &s->words;
    int64_t until = 0,
            extensions = (int64_t)json_integer_value(json_object_get(hold, "extensions"));
    const char *clock = clock_of(s, hold, "held_until");
    const char *text = moment_read(hold, "held_until", &until) && until > s->now
                           ? say(s, MSG_HOLD_HELD, clock, moment_left(s, until))
                           : say(s, MSG_HOLD_ENDING, clock);
    if (extensions > 0)
        text = words_join(w, text, DOT, say_n(s, MSG_HOLD_EXTENDED, extensions));
    if (flag(hold, "escalated"))
        text =
            words_join(w, text, DOT, words_printf(w, WARN "%s" PLAIN, say(s, MSG_HOLD_ESCALATED)));
    return text;
}

static const char *accepted_state(struct screen *s, const json_t *hold)
{
    int64_t by = 0;
    const char *clock = clock_of(s, hold, "arrive_by");
    if (flag(hold, "overdue") || !moment_read(hold, "arrive_by", &by) || by <= s->now)
        return words_printf(&s->words, WARN "%s" PLAIN, say(s, MSG_HOLD_OVERDUE, clock));
    return say(s, MSG_HOLD_ACCEPTED, clock, moment_left(s, by));
}

const char *hold_state(struct screen *s, const json_t *hold)
{
    const char *state = text_of(hold, "state"), *code = text_of(hold, "code");
    const char *ended = clock_of(s, hold, "ended_at");

    if (state == NULL)
        return "?";
    if (strcmp(state, "held") == 0)
        return held_state(s, hold);
    if (strcmp(state, "accepted") == 0)
        return accepted_state(s, hold);
    if (strcmp(state, "arrived") == 0)
        return say(s, MSG_HOLD_ARRIVED, ended);
    if (strcmp(state, "refused") == 0)
        return say(s, MSG_HOLD_REFUSED, ended, label(s, "refusal", code));
    if (strcmp(state, "released") == 0)
        return say(s, MSG_HOLD_RELEASED, ended);
    if (strcmp(state, "expired") == 0)
        return say(s, MSG_HOLD_EXPIRED, ended);
    if (strcmp(state, "withdrawn") == 0)
        return say(s, MSG_HOLD_WITHDRAWN, ended, label(s, "withdrawal", code));
    return label(s, "hold_state", state);
}

/* ── A request ── */

const char *request_name(const json_t *request)
{
    const char *reference = text_of(request, "reference");
    return reference != NULL ? reference : record_id(request);
}

const char *request_for(struct screen *s, const json_t *request)
{
    struct words *w = &s->words;
    const json_t *children = json_object_get(request, "children");
    const char *text = profile_text(s, children, json_object_get(request, "parent"));

    if (json_array_size(children) > 1)
        text =
            words_join(w, text, DOT, say(s, flag(request, "together") ? MSG_TOGETHER : MSG_APART));
    if (flag(request, "emergency"))
        text = words_join(w, text, DOT, say(s, MSG_ASKED_EMERGENCY));
    return text;
}

int64_t request_waited(const struct screen *s, const json_t *request)
{
    int64_t since;
    if (!moment_read(request, "decided_at", &since) || since > s->now)
        return 0;
    return s->now - since;
}

static const char *open_state(struct screen *s, const json_t *request)
{
    int64_t us = request_waited(s, request);
    const char *waited = us < 60 * MOMENT_S ? say(s, MSG_A_MOMENT) : moment_duration(s, us);
    size_t n = json_array_size(json_object_get(request, "children"));
    size_t placed = json_array_size(json_object_get(request, "placed"));
    if (placed == 0)
        return say(s, MSG_REQUEST_OPEN, waited);
    return say_n(s, MSG_REQUEST_PARTLY, (int64_t)placed, waited, words_printf(&s->words, "%zu", n));
}

const char *request_state(struct screen *s, const json_t *request)
{
    const char *state = text_of(request, "state"), *code = text_of(request, "code");
    const char *closed = clock_of(s, request, "closed_at");

    if (state == NULL)
        return "?";
    if (strcmp(state, "open") == 0)
        return open_state(s, request);
    if (strcmp(state, "placed") == 0)
        return say(s, MSG_REQUEST_PLACED, clock_of(s, request, "placed_at"));
    if (strcmp(state, "closed") == 0)
        return say(s, MSG_REQUEST_CLOSED, closed, label(s, "request_end", code));
    if (strcmp(state, "withdrawn") == 0)
        return say(s, MSG_REQUEST_WITHDRAWN, closed, label(s, "request_end", code));
    return label(s, "request_state", state);
}
