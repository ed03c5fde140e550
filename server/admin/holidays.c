/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/holidays.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Day of the year of Easter Sunday, from 0 (J. Meeus, "Astronomical Algorithms", chapter 8: the
 * Gregorian Easter). */
static int easter(int year)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int n = h + l - 7 * ((a + 11 * h + 22 * l) / 451) + 114;
    int month = n / 31, day = n % 31 + 1;

    return (month == 3 ? 59 : 90) + is_leap(year) + day - 1;
}

static void write_day(int year, int day, char ret[11])
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int month = 0;

    for (;; month++) {
        int length = lengths[month] + (month == 1 && is_leap(year));
        if (day < length)
            break;
        day -= length;
    }
    snprintf(ret, 11, "%04u-%02u-%02u", (unsigned)year % 10000u, (unsigned)(month + 1) % 100u,
             (unsigned)(day + 1) % 100u);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

void holidays_of_france(int year, char ret_dates[HOLIDAYS_PER_YEAR][11])
{
    static const char *const fixed[] = {"01-01", "05-01", "05-08", "07-14",
                                        "08-15", "11-01", "11-11", "12-25"};
    static const int after_easter[] = {1, 39, 50}; /* its Monday, Ascension, Whit Monday */
    int n = 0;

    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        snprintf(ret_dates[n++], 11, "%04u-%s", (unsigned)year % 10000u, fixed[i]);
    for (size_t i = 0; i < sizeof after_easter / sizeof after_easter[0]; i++)
        write_day(year, easter(year) + after_easter[i], ret_dates[n++]);
    qsort(ret_dates, HOLIDAYS_PER_YEAR, 11, by_text);
}
