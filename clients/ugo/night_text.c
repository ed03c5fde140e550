/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/night_text.h"

#include <string.h>

#include "clients/ugo/decision_show.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/moment.h"

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
    if (actor != NULL && strcmp(actor, "daemon") == 0)
        return say(s, MSG_NIGHT_BY_REGISTER);
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
    text = words_join(&s->words, text, DOT, wish_text(s, record));
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
    return label(s, state != NULL && strcmp(state, "refused") == 0 ? "refusal" : "withdrawal",
                 code);
}

/* "sortie · 2 places, le 19/12 · vers Foyer B · majorité"; at once: the event says which it is. */
static const char *movement_text(struct session *x, const json_t *record, bool planned)
{
    struct screen *s = x->screen;
    struct words *w = &s->words;
    const char *on = text_of(record, "on"), *to = text_of(record, "to_unit");
    const char *code = text_of(record, "code");
    const char *text = planned ? label(s, "movement", text_of(record, "type")) : "";

    text = words_join(w, text, DOT,
                      say_n(s, MSG_NIGHT_MOVED,
                            (int64_t)json_integer_value(json_object_get(record, "places")),
                            on != NULL ? moment_day(s, on) : "?"));
    if (to != NULL)
        text = words_join(w, text, DOT, say(s, MSG_MOVEMENT_TO, known_unit_name(x, to)));
    if (code != NULL && (to == NULL || strcmp(code, "transfer") != 0))
        text = words_join(w, text, DOT, label(s, "movement_code", code));
    return text;
}

static const char *offer_text(struct session *x, const json_t *record)
{
    struct screen *s = x->screen;
    const char *places =
        say_n(s, MSG_FOR_PLACES, (int64_t)json_integer_value(json_object_get(record, "places")));
    return words_join(&s->words, places, DOT,
                      say(s, MSG_FOR_REQUEST, known_request_name(x, text_of(record, "request"))));
}

static const char *record_text(struct session *x, const json_t *record, const char *kind,
                               bool planned)
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
    if (strcmp(kind, "movement") == 0)
        return words_join(&s->words, text, DOT, movement_text(x, record, planned));
    if (strcmp(kind, "offer") == 0) /* its state says why it ended */
        return words_join(&s->words, text, DOT, offer_text(x, record));
    return words_join(&s->words, text, DOT, why_text(s, record, kind));
}

/* What happened to a record: the operation, if it was done to this one; else what the record came
 * to by it. An acceptance releases what else was asked, sends a team; an arrival hands over. */
const char *event_code(const json_t *entry)
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
    const char *operation = text_of(entry, "operation"), *kind = text_of(entry, "kind");
    const char *state = text_of(json_object_get(entry, "record"), "state");

    if (operation == NULL || kind == NULL || state == NULL)
        return operation;
    bool of_it = begins(operation, kind) && operation[strlen(kind)] == '.';
    /* The end of a stay, planned or closed by the command that brought or took the child. */
    bool by_mover =
        strcmp(operation, "movement.entry") == 0 || strcmp(operation, "movement.exit") == 0;
    if (by_mover && text_of(json_object_get(entry, "record"), "entry") != NULL)
        of_it = false;
    if (of_it && strcmp(operation, "hold.accept") != 0 && strcmp(operation, "offer.create") != 0)
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
    const char *code = event_code(entry), *what = label(s, "event", code);
    bool at_once = strcmp(code, "movement.exit") == 0 || strcmp(code, "movement.entry") == 0 ||
                   strcmp(code, "movement.transfer") == 0;
    const char *id = text_of(entry, "id");
    if (strcmp(kind, "request") == 0)
        id = json_is_object(record) ? request_name(record) : id;
    if (strcmp(kind, "search") != 0)
        what = words_join(&s->words, what, " ", id);
    if (json_is_true(json_object_get(entry, "withheld")))
        return words_join(&s->words, what, " ", say(s, MSG_CERTIFICATE_WITHHELD));
    return json_is_object(record)
               ? words_join(&s->words, what, DOT, record_text(x, record, kind, !at_once))
               : what;
}
