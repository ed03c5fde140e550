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
        int64_t day = day_read(json_string_value(json_array_get(json, c->n_holidays)));
        if (day == DAY_NONE)
            return -EBADMSG;
        c->holidays[c->n_holidays] = day;
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
        char date[DAY_BYTES];
        day_write(c->holidays[i], date);
        buf_printf(out, "%s\"%s\"", i ? "," : "", date);
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
    int weekday = day_weekday(day);
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

int64_t calendar_today(const struct calendar *c, usec_t at)
{
    return (at / USEC_S + (c ? seconds_east(c, at) : 0)) / DAY_S;
}

void calendar_day(const struct calendar *c, usec_t at, char ret[DAY_BYTES])
{
    day_write(calendar_today(c, at), ret);
}
