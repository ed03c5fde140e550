/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/calendar.h"

#include "core/json_read.h"
#include "core/member.h"

#define DAY_S 86400
#define MINUTES 1440

static void cleanup(struct calendar **c)
{
    calendar_destroy(*c);
}

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar (H. Hinnant, "chrono-
 * Compatible Low-Level Date Algorithms", days_from_civil). */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = year / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(int64_t days, int64_t *year, int *month, int *day)
{
    days += 719468;
    int64_t era = days / 146097;
    int64_t of_era = days - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = y + era * 400 + (*month <= 2);
}

/* A number of n digits, or -1. */
static int digits(const char *text, size_t n)
{
    int number = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + text[i] - '0';
    }
    return number;
}

/* Minutes of "HH:MM", or -1. */
static int clock_read(const char *text)
{
    if (text == NULL || strlen(text) != 5 || text[2] != ':')
        return -1;
    int hours = digits(text, 2);
    int minutes = digits(text + 3, 2);
    return hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > MINUTES
               ? -1
               : hours * 60 + minutes;
}

static int office_read(const json_t *json, struct calendar *c)
{
    size_t n = json_array_size(json);
    c->office = calloc(n + 1, sizeof *c->office);
    if (c->office == NULL)
        return -ENOMEM;
    for (; c->n_office < n; c->n_office++) {
        const json_t *hours = json_array_get(json, c->n_office);
        struct office_hours h = {(int)json_int_or(hours, "day", 0),
                                 clock_read(json_text(hours, "from")),
                                 clock_read(json_text(hours, "to"))};
        if (h.day < 1 || h.day > 7 || h.from < 0 || h.to <= h.from)
            return -EBADMSG;
        c->office[c->n_office] = h;
    }
    return 0;
}

static int holidays_read(const json_t *json, struct calendar *c)
{
    size_t n = json_array_size(json);
    c->holidays = calloc(n + 1, sizeof *c->holidays);
    if (c->holidays == NULL)
        return -ENOMEM;
    for (; c->n_holidays < n; c->n_holidays++) {
        const char *text = json_string_value(json_array_get(json, c->n_holidays));
        if (text == NULL || strlen(text) != 10)
            return -EBADMSG;
        int year = digits(text, 4);
        int month = digits(text + 5, 2);
        int day = digits(text + 8, 2);
        if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31)
            return -EBADMSG;
        c->holidays[c->n_holidays] = days_of(year, month, day);
    }
    return 0;
}

static int zone_read(const json_t *json, struct calendar *c)
{
    size_t n = json_array_size(json);
    c->zone = calloc(n + 1, sizeof *c->zone);
    if (c->zone == NULL)
        return -ENOMEM;
    for (; c->n_zone < n; c->n_zone++) {
        const json_t *step = json_array_get(json, c->n_zone);
        const json_t *at = json_array_get(step, 0);
        const json_t *seconds = json_array_get(step, 1);
        if (!json_is_integer(at) || !json_is_integer(seconds))
            return -EBADMSG;
        c->zone[c->n_zone] =
            (struct zone_step){json_integer_value(at), json_integer_value(seconds)};
    }
    return n > 0 ? 0 : -EBADMSG;
}

int calendar_decode(const char *id, const char *state, struct calendar **ret)
{
    CLEANUP(json_release) json_t *json = json_loads(state, 0, NULL);
    CLEANUP(cleanup) struct calendar *c = calloc(1, sizeof *c);
    if (c == NULL || (c->id = strdup(id)) == NULL ||
        json_copy_text(json, "time_zone", &c->time_zone) < 0)
        return -ENOMEM;
    int r = c->time_zone ? office_read(json_object_get(json, "office"), c) : -EBADMSG;
    r = r < 0 ? r : holidays_read(json_object_get(json, "holidays"), c);
    r = r < 0 ? r : zone_read(json_object_get(json, "offsets"), c);
    if (r < 0)
        return r;
    *ret = c;
    c = NULL;
    return 0;
}

void calendar_destroy(struct calendar *c)
{
    if (c == NULL)
        return;
    free(c->id);
    free(c->time_zone);
    free(c->office);
    free(c->holidays);
    free(c->zone);
    free(c);
}

void calendar_encode(const struct calendar *c, struct buf *out)
{
    member_text(out, "time_zone", c->time_zone);
    buf_text(out, ",\"office\":[");
    for (size_t i = 0; i < c->n_office; i++) {
        const struct office_hours *h = &c->office[i];
        buf_printf(out, "%s{\"day\":%d,\"from\":\"%02d:%02d\",\"to\":\"%02d:%02d\"}", i ? "," : "",
                   h->day, h->from / 60, h->from % 60, h->to / 60, h->to % 60);
    }
    buf_text(out, "],\"holidays\":[");
    for (size_t i = 0; i < c->n_holidays; i++) {
        int64_t year;
        int month, day;
        date_of(c->holidays[i], &year, &month, &day);
        buf_printf(out, "%s\"%04d-%02d-%02d\"", i ? "," : "", (int)year, month, day);
    }
    buf_char(out, ']');
}

/* What is known first and last holds before and after what is known. */
static int64_t seconds_east(const struct calendar *c, usec_t at)
{
    size_t i = c->n_zone;
    while (i > 1 && c->zone[i - 1].at > at)
        i--;
    return c->zone[i - 1].seconds;
}

usec_t calendar_open_since(const struct calendar *c, usec_t at)
{
    int64_t local = at / USEC_S + seconds_east(c, at);
    int64_t day = local / DAY_S;
    int minute = (int)(local % DAY_S / 60);
    int weekday = (int)((day + 3) % 7) + 1; /* 1970 began on a Thursday */
    int from = MINUTES;
    for (size_t i = 0; i < c->n_holidays; i++)
        if (c->holidays[i] == day)
            return 0;
    for (size_t i = 0; i < c->n_office; i++)
        if (c->office[i].day == weekday && c->office[i].from <= minute &&
            minute < c->office[i].to && c->office[i].from < from)
            from = c->office[i].from;
    return from == MINUTES ? 0 : (at / USEC_S - (local % DAY_S - from * 60)) * USEC_S;
}

bool calendar_is_open(const struct calendar *c, usec_t at)
{
    return calendar_open_since(c, at) != 0;
}

void calendar_day(const struct calendar *c, usec_t at, char ret[CALENDAR_DAY])
{
    int64_t year;
    int month, day;
    date_of((at / USEC_S + (c ? seconds_east(c, at) : 0)) / DAY_S, &year, &month, &day);
    snprintf(ret, CALENDAR_DAY, "%04u-%02u-%02u", (unsigned)year % 10000u, (unsigned)month % 100u,
             (unsigned)day % 100u);
}
