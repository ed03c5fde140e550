/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/day.h"

#include <stdio.h>
#include <string.h>

/* H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
int64_t day_number(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = year / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* The same, civil_from_days. */
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

int64_t day_read(const char *date)
{
    if (date == NULL || strlen(date) != DAY_BYTES - 1)
        return DAY_NONE;
    int year = digits(date, 4);
    int month = digits(date + 5, 2);
    int day = digits(date + 8, 2);
    return year < 0 || month < 1 || month > 12 || day < 1 || day > 31
               ? DAY_NONE
               : day_number(year, month, day);
}

void day_write(int64_t day, char ret[DAY_BYTES])
{
    int64_t year;
    int month, of_month;
    date_of(day, &year, &month, &of_month);
    snprintf(ret, DAY_BYTES, "%04u-%02u-%02u", (unsigned)year % 10000u, (unsigned)month % 100u,
             (unsigned)of_month % 100u);
}

int day_weekday(int64_t day)
{
    return (int)(((day + 3) % 7 + 7) % 7) + 1; /* 1970 began on a Thursday */
}

bool day_is_odd(int64_t day)
{
    int64_t thursday = day - day_weekday(day) + 4; /* the year of a week is its Thursday's */
    int64_t year;
    int month, of_month;
    date_of(thursday, &year, &month, &of_month);
    return (thursday - day_number(year, 1, 1)) / 7 % 2 == 0;
}

#define WEEK 7
#define WEEKDAYS 0x7fu

rhythm rhythm_of(unsigned weekdays, enum weeks weeks)
{
    unsigned odd = weeks == WEEKS_EVEN ? 0 : weekdays & WEEKDAYS;
    unsigned even = weeks == WEEKS_ODD ? 0 : weekdays & WEEKDAYS;
    return (rhythm)(odd | even << WEEK);
}

unsigned rhythm_weekdays(rhythm r)
{
    return (r | (unsigned)r >> WEEK) & WEEKDAYS;
}

enum weeks rhythm_weeks(rhythm r)
{
    return (r & WEEKDAYS) == 0 ? WEEKS_EVEN : (unsigned)r >> WEEK == 0 ? WEEKS_ODD : WEEKS_ALL;
}

rhythm day_class(int64_t day)
{
    return (rhythm)(1u << (day_weekday(day) - 1 + (day_is_odd(day) ? 0 : WEEK)));
}

#define CYCLE (3 * WEEK) /* holds every class: a 53rd week and a first one are both odd */

bool days_none(const struct days *d)
{
    for (int64_t day = d->from; day <= d->until && day < d->from + CYCLE; day++)
        if (d->rhythm & day_class(day))
            return false;
    return true;
}

bool days_wanted(int64_t on, int64_t until, rhythm only, int64_t today, struct days *ret)
{
    bool spans = only != 0 || (until != DAY_NONE && until >= today);
    if ((on == DAY_NONE || on < today) && !spans)
        return false;
    struct days d = {on != DAY_NONE && on > today ? on : today, until, only ? only : RHYTHM_ALL};
    if (until == DAY_NONE || until < d.from)
        d.until = only ? d.from + DAYS_MOST : d.from;
    if (days_none(&d))
        return false;
    *ret = d;
    return true;
}
