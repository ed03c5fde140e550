/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/watch_text.h"

#include <string.h>

#include "clients/ugo/hold_text.h"
#include "clients/ugo/mission_text.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/unit_text.h"

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

const char *watch_unit_text(struct screen *s, const json_t *before, const json_t *unit)
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

/* ── Holds and requests ── */

bool watch_is_kind(const json_t *record, const char *kind)
{
    const char *of = json_string_value(json_object_get(record, "kind"));
    return of != NULL && strcmp(of, kind) == 0;
}

bool watch_is_current(const json_t *record)
{
    const char *state = json_string_value(json_object_get(record, "state"));
    if (watch_is_kind(record, "hold"))
        return hold_is_active(record);
    if (watch_is_kind(record, "offer"))
        return hold_is(record, "offered");
    if (watch_is_kind(record, "mission"))
        return !moment_read(record, "ended_at", &(int64_t){0});
    return watch_is_kind(record, "request") && state != NULL &&
           (strcmp(state, "open") == 0 || strcmp(state, "placed") == 0);
}

const char *watch_hold_text(struct screen *s, const json_t *before, const json_t *hold)
{
    const char *state = hold_state(s, hold);
    return before == NULL ? say(s, MSG_CHANGE_HOLD_NEW, state) : state;
}

const char *watch_offer_text(struct screen *s, const json_t *before, const json_t *offer)
{
    int64_t until;

    (void)before;
    if (!hold_is(offer, "offered") || !moment_read(offer, "offered_until", &until))
        return label(s, "offer", json_string_value(json_object_get(offer, "state")));
    return say_n(s, MSG_OFFER_UNTIL, (int64_t)json_integer_value(json_object_get(offer, "places")),
                 moment_clock(s, until), moment_left(s, until));
}

const char *watch_mission_text(struct screen *s, const json_t *before, const json_t *mission)
{
    const char *state = mission_state(s, mission);
    return before == NULL ? say(s, MSG_CHANGE_MISSION_NEW, state)
                          : say(s, MSG_CHANGE_MISSION, state);
}

const char *watch_request_text(struct screen *s, const json_t *before, const json_t *request)
{
    return say(s, before == NULL ? MSG_CHANGE_REQUEST_NEW : MSG_CHANGE_REQUEST,
               request_name(request), request_state(s, request));
}
