/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/night_text.h"

#include <string.h>

#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"

#define DOT " · "

static const char *text_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

const char *event_actor(struct screen *s, const json_t *entry)
{
    const char *actor = text_of(entry, "actor");
    return actor == NULL || strcmp(actor, "system") == 0 ? say(s, MSG_NIGHT_BY_CLOCK) : actor;
}

static const char *search_text(struct screen *s, const json_t *record)
{
    const char *text =
        profile_text(s, json_object_get(record, "children"), json_object_get(record, "parent"));
    json_int_t total = json_integer_value(json_object_get(record, "total"));
    if (json_is_true(json_object_get(record, "emergency")))
        text = words_join(&s->words, text, DOT, say(s, MSG_ASKED_EMERGENCY));
    text =
        words_join(&s->words, text, DOT, codes_text(s, json_object_get(record, "needs"), "need"));
    return words_join(&s->words, text, DOT,
                      total > 0 ? say_n(s, MSG_NIGHT_FOUND, (int64_t)total)
                                : say(s, MSG_NIGHT_NOTHING_FOUND));
}

/* Why it ended, when there is a code for it. */
static const char *why_text(struct screen *s, const json_t *record, const char *kind)
{
    const char *code = text_of(record, "code"), *state = text_of(record, "state");
    if (code == NULL)
        return "";
    if (strcmp(kind, "request") == 0)
        return label(s, "request_end", code);
    if (strcmp(kind, "movement") == 0)
        return label(s, "movement_code", code);
    if (strcmp(kind, "offer") == 0)
        return ""; /* its state says enough */
    return label(s, state != NULL && strcmp(state, "refused") == 0 ? "refusal" : "withdrawal",
                 code);
}

static const char *record_text(struct session *x, const json_t *record, const char *kind)
{
    struct screen *s = x->screen;
    const char *text = "";
    if (strcmp(kind, "search") == 0)
        return search_text(s, record);
    if (strcmp(kind, "request") == 0)
        text = request_for(s, record);
    else if (hold_unit(record) != NULL)
        text = known_unit_name(x, hold_unit(record));
    if (strcmp(kind, "hold") == 0)
        text = words_join(&s->words, text, DOT, hold_for(s, record));
    return words_join(&s->words, text, DOT, why_text(s, record, kind));
}

/* What happened to a record: the operation, if it was done to this one; else what the record came
 * to by it. An acceptance releases what else was asked, sends a team; an arrival hands over. */
static const char *event_code(const char *operation, const char *kind, const char *state)
{
    static const struct {
        const char *kind, *state, *event;
    } by_state[] = {
        {"hold", "accepted", "hold.accept"},
        {"hold", "refused", "hold.refuse"},
        {"hold", "released", "hold.release"},
        {"hold", "expired", "hold.expire"},
        {"hold", "withdrawn", "hold.withdraw"},
        {"hold", "arrived", "hold.arrive"},
        {"mission", "assigned", "mission.create"},
        {"mission", "handed_over", "mission.hand_over"},
        {"mission", "cancelled", "mission.cancel"},
        {"offer", "offered", "offer.create"},
        {"offer", "taken", "offer.taken"},
        {"offer", "void", "offer.void"},
        {"movement", "planned", "movement.plan"},
        {"movement", "done", "movement.done"},
        {"movement", "cancelled", "movement.cancel"},
    };
    bool of_it = begins(operation, kind) && operation[strlen(kind)] == '.';

    if (state == NULL || (of_it && strcmp(operation, "hold.accept") != 0))
        return operation;
    for (size_t i = 0; i < sizeof by_state / sizeof by_state[0]; i++) {
        if (strcmp(by_state[i].kind, kind) == 0 && strcmp(by_state[i].state, state) == 0)
            return by_state[i].event;
    }
    return operation;
}

const char *event_text(struct session *x, const json_t *entry)
{
    struct screen *s = x->screen;
    const char *operation = text_of(entry, "operation"), *kind = text_of(entry, "kind");
    const json_t *record = json_object_get(entry, "record");
    if (operation == NULL || kind == NULL)
        return NULL;
    if (strcmp(kind, "request") == 0 && !begins(operation, "request."))
        return NULL;
    const char *what = label(s, "event", event_code(operation, kind, text_of(record, "state")));
    const char *id = text_of(entry, "id");
    if (strcmp(kind, "request") == 0)
        id = json_is_object(record) ? request_name(record) : id;
    if (strcmp(kind, "search") != 0)
        what = words_join(&s->words, what, " ", id);
    if (json_is_true(json_object_get(entry, "withheld")))
        return words_join(&s->words, what, " ", say(s, MSG_CERTIFICATE_WITHHELD));
    return json_is_object(record) ? words_join(&s->words, what, DOT, record_text(x, record, kind))
                                  : what;
}
