/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/unit_text.h"

#include <string.h>

#include "clients/ugo/moment.h"

static const char *text_of(const json_t *unit, const char *member)
{
    const char *text = json_string_value(json_object_get(unit, member));
    return text != NULL && text[0] != 0 ? text : NULL;
}

int64_t unit_count(const json_t *unit, const char *member)
{
    const json_t *count = json_object_get(json_object_get(unit, "capacity"), member);
    return json_is_integer(count) ? json_integer_value(count) : COUNT_UNKNOWN;
}

int64_t unit_free(const json_t *unit, bool emergency)
{
    return unit_count(unit, emergency ? "free" : "free_planned");
}

enum freshness unit_freshness(const struct screen *s, const json_t *unit)
{
    int64_t at;
    if (!moment_read(unit, "observed_at", &at))
        return NEVER_DECLARED;
    if (moment_read(unit, "contested_at", &at))
        return REPORTED_WRONG;
    return moment_read(unit, "fresh_until", &at) && at > s->now ? FRESH : STALE;
}

const char *unit_id(const json_t *unit)
{
    const char *id = text_of(unit, "id");
    return id != NULL ? id : "?";
}

const char *unit_establishment(const json_t *unit)
{
    const char *name = text_of(unit, "establishment_name");
    return name != NULL ? name : text_of(unit, "establishment");
}

const char *unit_name(struct screen *s, const json_t *unit)
{
    const char *establishment = unit_establishment(unit), *name = text_of(unit, "name");
    /* One foster family is one unit: its name says all. */
    if (name != NULL && establishment != NULL && text_same(name, establishment))
        return name;
    return words_join(&s->words, establishment, DOT, name);
}

const char *unit_since(struct screen *s, const json_t *unit)
{
    int64_t observed = 0, contested = 0, until = 0;
    moment_read(unit, "observed_at", &observed);
    moment_read(unit, "contested_at", &contested);
    moment_read(unit, "fresh_until", &until);
    switch (unit_freshness(s, unit)) {
    case NEVER_DECLARED:
        return say(s, MSG_NEVER_DECLARED);
    case REPORTED_WRONG:
        return say(s, MSG_REPORTED_WRONG, moment_ago(s, contested));
    case STALE:
        return say(s, MSG_STALE, moment_ago(s, observed), moment_duration(s, s->now - until));
    case FRESH:
        break;
    }
    return moment_ago(s, observed);
}

const char *unit_since_short(struct screen *s, const json_t *unit)
{
    int64_t observed = s->now;
    enum freshness f = unit_freshness(s, unit);
    if (f == NEVER_DECLARED)
        return words_printf(&s->words, WARN "%s" PLAIN, say(s, MSG_NEVER_SHORT));
    moment_read(unit, "observed_at", &observed);
    const char *age = moment_duration(s, s->now > observed ? s->now - observed : 0);
    if (f == FRESH)
        return age;
    return words_printf(&s->words, WARN "%s" PLAIN, say(s, MSG_STALE_SHORT, age));
}

const char *unit_places(struct screen *s, const json_t *unit, bool emergency)
{
    int64_t free = unit_free(unit, emergency);
    if (free == COUNT_UNKNOWN)
        return say(s, MSG_PLACES_UNKNOWN);
    return say_n(s, MSG_PLACES_FREE, free);
}

const char *unit_sex(struct screen *s, const json_t *unit)
{
    const char *sex = text_of(unit, "sex");
    return label(s, "sex", sex != NULL ? sex : "unknown");
}

const char *unit_siblings(struct screen *s, const json_t *unit)
{
    const json_t *most = json_object_get(unit, "siblings_max");
    const json_t *mixed = json_object_get(unit, "siblings_mixed");
    if (!json_is_integer(most))
        return "";
    if (json_integer_value(most) < 2)
        return say(s, MSG_SIBLINGS_NONE);
    return say_n(s, json_is_false(mixed) ? MSG_SIBLINGS_NOT_MIXED : MSG_SIBLINGS,
                 json_integer_value(most));
}

const char *unit_conditions(struct screen *s, const json_t *unit)
{
    struct words *w = &s->words;
    const char *text = label(s, "modality", text_of(unit, "modality"));
    text = words_join(w, text, DOT, age_range(s, json_object_get(unit, "ages")));
    text = words_join(w, text, DOT, unit_sex(s, unit));
    return words_join(w, text, DOT, unit_siblings(s, unit));
}

const char *unit_phone(struct screen *s, const json_t *unit, bool night)
{
    const json_t *contact = json_object_get(unit, "contact");
    const char *by_day = text_of(contact, "day"), *by_night = text_of(contact, "night");
    if (by_day == NULL && by_night == NULL)
        return "";
    if (by_day != NULL && by_night != NULL && strcmp(by_day, by_night) == 0)
        return say(s, MSG_PHONE, by_day);
    if (by_night != NULL && (night || by_day == NULL))
        return say(s, MSG_PHONE_NIGHT, by_night);
    return say(s, MSG_PHONE_DAY, by_day);
}

const char *unit_closed(struct screen *s, const json_t *unit)
{
    int64_t n = unit_count(unit, "closed");
    const char *reason = text_of(unit, "closed_reason"), *date = text_of(unit, "reopens_on");
    if (n <= 0)
        return "";
    const char *text = say_n(s, MSG_CLOSED_PLACES, n);
    if (reason != NULL)
        text = say(s, MSG_WITH_REASON, text, label(s, "closed", reason));
    if (date != NULL)
        text = words_join(&s->words, text, ", ", say(s, MSG_REOPENS, moment_date(s, date)));
    return text;
}
