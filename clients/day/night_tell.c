/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/day/night_tell.h"

#include <string.h>

#include "clients/ugo/decision_show.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/places.h"
#include "clients/ugo/unit_text.h"

#define INDENT 12 /* of what is said, behind the time */

/* "  02:13:07  sentence" */
static void tell(struct session *x, const char *sentence)
{
    struct screen *s = x->screen;
    session_clock(x);
    screen_line(s, INDENT - 2,
                words_printf(&s->words, "  %s",
                             say(s, MSG_PLAY_STEP, moment_seconds(s, s->now), sentence)));
}

static const char *from_text(struct session *x, const json_t *request)
{
    return say(x->screen, MSG_FROM, unit_place(x, json_object_get(request, "from")));
}

static const char *clock_of(struct screen *s, const json_t *record, const char *member)
{
    int64_t at;
    return moment_read(record, member, &at) ? moment_clock(s, at) : "?";
}

/* The name of the unit of a hold. */
static const char *who(struct session *x, const json_t *hold)
{
    known_learn(x, hold);
    return known_unit_name(x, hold_unit(hold));
}

void tell_begins(struct screen *s)
{
    screen_line(s, 0, say(s, MSG_PLAY_BEGINS));
    screen_blank(s);
}

void tell_opened(struct session *x, const json_t *request)
{
    places_learn(x, request);
    tell(x, say(x->screen, MSG_PLAY_OPENED, request_for(x->screen, request), from_text(x, request),
                request_name(request)));
}

void tell_found(struct session *x, const json_t *request, size_t certain, const json_t *best)
{
    struct screen *s = x->screen;
    if (best == NULL) {
        tell(x, say(s, MSG_PLAY_NONE, request_name(request)));
        return;
    }
    places_learn(x, best);
    tell(x, say_n(s, MSG_PLAY_FOUND, (int64_t)certain, unit_name(s, best), unit_place(x, best),
                  unit_since(s, best)));
}

void tell_asked(struct session *x, const json_t *answer)
{
    struct screen *s = x->screen;
    const json_t *holds = json_object_get(answer, "holds"), *item;
    const json_t *first = json_object_get(json_array_get(holds, 0), "hold");
    size_t i;

    known_learn(x, answer);
    tell(x, say_n(s, MSG_PLAY_ASKED, (int64_t)json_array_size(holds),
                  clock_of(s, first, "held_until")));
    json_array_foreach ((json_t *)holds, i, item) {
        const json_t *hold = json_object_get(item, "hold"), *unit = known_unit(x, hold_unit(hold));
        screen_line(s, 2,
                    words_printf(&s->words, "%*s- %s", INDENT, "",
                                 words_join(&s->words, known_unit_name(x, hold_unit(hold)), DOT,
                                            unit != NULL ? unit_place(x, unit) : "")));
    }
}

void tell_refused(struct session *x, const json_t *hold)
{
    const char *code = json_string_value(json_object_get(hold, "code"));
    tell(x, say(x->screen, MSG_PLAY_REFUSED, who(x, hold), label(x->screen, "refusal", code)));
}

/* The exact place of an accepted hold, or of its mission. */
static const char *address_of(struct session *x, const json_t *record)
{
    const json_t *place = json_object_get(record, "place");
    const char *address = json_string_value(json_object_get(place, "address"));
    if (address != NULL)
        return address;
    places_learn(x, record);
    return json_is_object(place) ? unit_place(x, place) : "?";
}

void tell_accepted(struct session *x, const json_t *hold)
{
    tell(x, say(x->screen, MSG_PLAY_ACCEPTED, who(x, hold), address_of(x, hold)));
}

void tell_released(struct session *x, const json_t *hold)
{
    tell(x, say(x->screen, MSG_PLAY_RELEASED, who(x, hold)));
}

void tell_sent(struct session *x, const json_t *mission)
{
    struct screen *s = x->screen;
    places_learn(x, mission);
    tell(x, say(s, MSG_PLAY_SENT, profile_text(s, json_object_get(mission, "profile"), NULL),
                from_text(x, mission), address_of(x, mission)));
}

void tell_under_way(struct session *x)
{
    tell(x, say(x->screen, MSG_PLAY_UNDER_WAY));
}

void tell_fetched(struct session *x)
{
    tell(x, say(x->screen, MSG_PLAY_FETCHED));
}

void tell_arrived(struct session *x, const json_t *hold, const json_t *request)
{
    struct screen *s = x->screen;
    int64_t decided, closed;
    int64_t places = (int64_t)json_integer_value(json_object_get(hold, "places"));
    tell(x, say(s, MSG_PLAY_ARRIVED, who(x, hold), say_n(s, MSG_FOR_PLACES, places)));
    if (moment_read(request, "decided_at", &decided) && moment_read(request, "closed_at", &closed))
        tell(x,
             say(s, MSG_PLAY_CLOSED, request_name(request), moment_duration(s, closed - decided)));
}

void tell_waits(struct session *x, const json_t *request)
{
    struct screen *s = x->screen;
    const char *km = words_printf(
        &s->words, "%lld", (long long)json_integer_value(json_object_get(request, "max_km")));
    places_learn(x, request);
    tell(x, say(s, MSG_PLAY_WAITS, request_for(s, request), from_text(x, request),
                say(s, MSG_AT_MOST_KM, say(s, MSG_KM, km)), request_name(request)));
}

void tell_still_waits(struct session *x, const json_t *request)
{
    tell(x, say(x->screen, MSG_PLAY_STILL_WAITS, request_name(request),
                request_for(x->screen, request)));
}

int tell_no_speaker(struct session *x, const json_t *hold)
{
    screen_complain(x->screen, say(x->screen, MSG_PLAY_NO_SPEAKER, who(x, hold)));
    return EXIT_NOTHING;
}

/* ── Commands ── */

/* As a shell reads it: between quotes if it must be. */
static const char *typed(struct screen *s, const char *text)
{
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:+@%";
    const char *quoted = "'";
    if (text[0] != 0 && text[strspn(text, plain)] == 0)
        return text;
    for (; *text != 0; text++)
        quoted = *text == '\'' ? words_printf(&s->words, "%s'\\''", quoted)
                               : words_printf(&s->words, "%s%c", quoted, *text);
    return words_printf(&s->words, "%s'", quoted);
}

/* `ugo` stands beside the program that runs. */
static const char *ugo_typed(struct screen *s, const char *program)
{
    const char *slash = strrchr(program, '/');
    if (slash == NULL)
        return "ugo";
    return typed(s, words_printf(&s->words, "%.*s/ugo", (int)(slash - program), program));
}

void tell_ways(struct screen *s, const struct tell_ways *ways)
{
    const char *ugo = ugo_typed(s, ways->program), *folder = typed(s, ways->folder);
    const char *by = words_printf(&s->words, "--demo %s --as astreinte", folder);

    screen_blank(s);
    screen_line(s, 2, say(s, MSG_PLAY_YOURS));
    if (ways->waiting != NULL) {
        const char *name = request_name(ways->waiting);
        go_on(s, MSG_PLAY_GO_WAITING, "%s waiting %s", ugo, by);
        go_on(s, MSG_PLAY_GO_SEARCH, "%s search --request %s %s", ugo, name, by);
        if (ways->unit != NULL) {
            go_on(s, MSG_PLAY_GO_HOLD, "%s hold %s --request %s %s", ugo, unit_id(ways->unit), name,
                  by);
            go_on(s, MSG_PLAY_GO_ANSWER, "%s answer --demo %s --as establishment", ugo, folder);
        }
    }
    go_on(s, MSG_PLAY_GO_NIGHT, "%s night %s", ugo, by);
    if (ways->request != NULL)
        go_on(s, MSG_PLAY_GO_CERTIFICATE, "%s request certificate %s %s", ugo,
              record_id(ways->request), by);
    screen_blank(s);
}
