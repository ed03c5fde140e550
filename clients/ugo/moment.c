/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/moment.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "proto/time.h"

#define MINUTE (60 * MOMENT_S)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

bool moment_read(const json_t *object, const char *member, int64_t *ret_at)
{
    const char *text = json_string_value(json_object_get(object, member));
    usec_t at;
    if (text == NULL || time_parse_instant(span_of(text), &at) != 0)
        return false;
    *ret_at = at;
    return true;
}

const char *moment_duration(struct screen *s, int64_t us)
{
    struct words *w = &s->words;
    if (us < MINUTE)
        return say(s, MSG_SECONDS, words_printf(w, "%lld", (long long)(us / MOMENT_S)));
    if (us < HOUR)
        return say(s, MSG_MINUTES, words_printf(w, "%lld", (long long)(us / MINUTE)));
    if (us < 6 * HOUR)
        return say(s, MSG_HOURS_MINUTES, words_printf(w, "%lld", (long long)(us / HOUR)),
                   words_printf(w, "%02lld", (long long)(us % HOUR / MINUTE)));
    if (us < 2 * DAY)
        return say(s, MSG_HOURS, words_printf(w, "%lld", (long long)(us / HOUR)));
    return say_n(s, MSG_DAYS, us / DAY);
}

const char *moment_left(struct screen *s, int64_t until)
{
    int64_t left = until > s->now ? until - s->now : 0;
    return moment_duration(s, left < MINUTE ? left : left + MINUTE / 2);
}

const char *moment_ago(struct screen *s, int64_t at)
{
    int64_t age = s->now - at;
    if (age < MINUTE)
        return say(s, MSG_JUST_NOW);
    return say(s, MSG_AGO, moment_duration(s, age));
}

static struct tm local(int64_t at)
{
    time_t t = (time_t)(at / MOMENT_S);
    struct tm tm = {0};
    localtime_r(&t, &tm);
    return tm;
}

bool moment_is_night(int64_t at)
{
    struct tm then = local(at);
    return then.tm_wday == 0 || then.tm_wday == 6 || then.tm_hour < 8 || then.tm_hour >= 18;
}

const char *moment_clock(struct screen *s, int64_t at)
{
    struct tm then = local(at), now = local(s->now);
    if (then.tm_yday == now.tm_yday && then.tm_year == now.tm_year)
        return words_printf(&s->words, "%02d:%02d", then.tm_hour, then.tm_min);
    struct tm next = local(s->now + DAY);
    if (then.tm_yday == next.tm_yday && then.tm_year == next.tm_year)
        return say(s, MSG_TOMORROW,
                   words_printf(&s->words, "%02d:%02d", then.tm_hour, then.tm_min));
    if (then.tm_year != now.tm_year)
        return words_printf(&s->words, "%02d/%02d/%d\u00A0%02d:%02d", then.tm_mday, then.tm_mon + 1,
                            then.tm_year + 1900, then.tm_hour, then.tm_min);
    return words_printf(&s->words, "%02d/%02d\u00A0%02d:%02d", then.tm_mday, then.tm_mon + 1,
                        then.tm_hour, then.tm_min);
}

const char *moment_full(struct screen *s, int64_t at)
{
    struct tm then = local(at);
    const char *date = words_printf(&s->words, "%04d-%02d-%02d", then.tm_year + 1900,
                                    then.tm_mon + 1, then.tm_mday);

    return words_printf(&s->words, "%s\u00A0%02d:%02d", moment_date(s, date), then.tm_hour,
                        then.tm_min);
}

const char *moment_seconds(struct screen *s, int64_t at)
{
    struct tm then = local(at);
    return words_printf(&s->words, "%02d:%02d:%02d", then.tm_hour, then.tm_min, then.tm_sec);
}

const char *moment_date(struct screen *s, const char *date)
{
    if (s->language != LANGUAGE_FR || strlen(date) != 10)
        return date;
    return words_printf(&s->words, "%.2s/%.2s/%.4s", date + 8, date + 5, date);
}

const char *moment_day(struct screen *s, const char *date)
{
    const char *year = words_printf(&s->words, "%d", local(s->now).tm_year + 1900);

    if (s->language != LANGUAGE_FR || strlen(date) != 10 || strncmp(date, year, 4) != 0)
        return moment_date(s, date);
    return words_printf(&s->words, "%.2s/%.2s", date + 8, date + 5);
}

void moment_write(int64_t at, char ret_text[32])
{
    time_t t = (time_t)(at / MOMENT_S);
    struct tm tm = {0};
    gmtime_r(&t, &tm);
    if (strftime(ret_text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        ret_text[0] = 0;
}

const char *age_months(struct screen *s, int64_t months)
{
    if (months >= 24 && months % 12 == 0)
        return say_n(s, MSG_YEARS, months / 12);
    return say_n(s, MSG_MONTHS, months);
}

const char *age_range(struct screen *s, const json_t *ages)
{
    const json_t *first = json_object_get(ages, "min_months");
    const json_t *end = json_object_get(ages, "max_months");
    json_int_t min = json_integer_value(first), max = json_integer_value(end);

    if (!json_is_integer(end)) {
        if (!json_is_integer(first))
            return say(s, MSG_AGES_TO_ASK);
        return min == 0 ? say(s, MSG_AGES_ALL) : say(s, MSG_AGES_FROM, age_months(s, min));
    }
    if (min == 0)
        return say(s, MSG_AGES_BELOW, age_months(s, max));
    if (min % 12 == 0 && max % 12 == 0 && max >= min + 24)
        return say_n(s, MSG_AGES_YEARS, max / 12 - 1,
                     words_printf(&s->words, "%lld", (long long)min / 12));
    return say(s, MSG_AGES_BETWEEN, age_months(s, min), age_months(s, max));
}

/* The months in a unit of age: "y", "ans", "mois"…; 0: not one. */
static int age_unit(const char *unit, size_t n)
{
    static const struct {
        const char *name;
        int months;
    } units[] = {{"y", 12},  {"yr", 12},  {"yrs", 12},  {"year", 12}, {"years", 12},
                 {"a", 12},  {"an", 12},  {"ans", 12},  {"m", 1},     {"mo", 1},
                 {"mos", 1}, {"mois", 1}, {"month", 1}, {"months", 1}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strlen(units[i].name) == n && strncasecmp(unit, units[i].name, n) == 0)
            return units[i].months;
    }
    return 0;
}

bool moment_parse_age(const char *text, int *ret_months)
{
    long months = 0;
    int last = 13;

    if (strcmp(text, "?") == 0) {
        *ret_months = -1;
        return true;
    }
    if (text[0] == 0)
        return false;
    while (text[0] != 0) {
        char *end;
        if (!isdigit((unsigned char)text[0]))
            return false;
        long n = strtol(text, &end, 10);
        while (*end == ' ')
            end++;
        size_t letters = strcspn(end, " 0123456789");
        /* A bare number is years, as people say ages. */
        int unit = letters == 0 && *end == 0 ? 12 : age_unit(end, letters);
        if (unit == 0 || unit >= last || n > 1200)
            return false;
        months += n * unit;
        last = unit;
        text = end + letters;
        while (text[0] == ' ')
            text++;
    }
    *ret_months = (int)months;
    return months <= 1200;
}

bool moment_parse_date(const char *text, char ret_date[11])
{
    int day, month, year, end = 0;
    int32_t days;

    if (sscanf(text, "%2d/%2d/%4d%n", &day, &month, &year, &end) == 3 && text[end] == 0 &&
        day > 0 && day < 100 && month > 0 && month < 100 && year > 0 && year < 10000)
        snprintf(ret_date, 11, "%04d-%02d-%02d", year, month, day);
    else if (strlen(text) == 10)
        snprintf(ret_date, 11, "%s", text);
    else
        return false;
    return time_parse_date(span_of(ret_date), &days) == 0;
}

void moment_today(const struct screen *s, char ret_date[11])
{
    struct tm now = local(s->now);

    if (strftime(ret_date, 11, "%Y-%m-%d", &now) == 0)
        ret_date[0] = 0;
}

/* Where the day begins that comes so many days after. */
static int64_t day_after(const char *date, int days)
{
    struct tm tm = {.tm_isdst = -1};

    if (sscanf(date, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) != 3)
        return 0;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    tm.tm_mday += days;
    return (int64_t)mktime(&tm) * MOMENT_S;
}

int64_t moment_of_date(const char *date)
{
    return day_after(date, 0);
}

int64_t moment_after_date(const char *date)
{
    return day_after(date, 1);
}

/* "14:05", "14h05": at that time of day, `days` from today. */
static bool read_clock(const char *text, int64_t now, int days, int64_t *ret_at)
{
    int hour, minute, end = 0;
    bool read = sscanf(text, "%2d:%2d%n", &hour, &minute, &end) == 2 ||
                sscanf(text, "%2dh%2d%n", &hour, &minute, &end) == 2;

    if (!read || text[end] != 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return false;
    struct tm tm = local(now);
    tm.tm_hour = hour;
    tm.tm_min = minute;
    tm.tm_sec = 0;
    tm.tm_isdst = -1;
    tm.tm_mday += days;
    *ret_at = (int64_t)mktime(&tm) * MOMENT_S;
    return true;
}

static bool copy_instant(const char *text, char ret_text[32])
{
    usec_t at;
    if (strlen(text) >= 32 || time_parse_instant(span_of(text), &at) != 0)
        return false;
    snprintf(ret_text, 32, "%s", text);
    return true;
}

bool moment_parse_instant(const char *text, int64_t now, char ret_text[32])
{
    int64_t at;

    if (copy_instant(text, ret_text))
        return true;
    if (!read_clock(text, now, 0, &at) || (at > now && !read_clock(text, now, -1, &at)))
        return false;
    moment_write(at, ret_text);
    return true;
}

bool moment_parse_coming(const char *text, int64_t now, char ret_text[32])
{
    int64_t at;

    if (copy_instant(text, ret_text))
        return true;
    if (!read_clock(text, now, 0, &at) || (at <= now && !read_clock(text, now, 1, &at)))
        return false;
    moment_write(at, ret_text);
    return true;
}
