/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/time.h"

#include <stdbool.h>

/* Reads exactly n digits at the front of *text. */
static bool take_digits(span *text, size_t n, int *ret)
{
    int value = 0;
    if (text->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = text->p[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *text = (span){text->p + n, text->n - n};
    *ret = value;
    return true;
}

static bool take_char(span *text, char c)
{
    if (text->n == 0 || text->p[0] != c)
        return false;
    *text = (span){text->p + 1, text->n - 1};
    return true;
}

static int days_in_month(int year, int month)
{
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01, the inverse of instant_format: years begin on 1 March, so that the leap
 * day ends a year. */
static int32_t days_from_civil(int year, int month, int day)
{
    int y = month > 2 ? year : year - 1;
    int march_month = month > 2 ? month - 3 : month + 9;
    int era = (y >= 0 ? y : y - 399) / 400;
    int of_era = y - era * 400;
    int of_year = (153 * march_month + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool take_date(span *text, int32_t *ret_days)
{
    int year, month, day;
    if (!take_digits(text, 4, &year) || !take_char(text, '-') || !take_digits(text, 2, &month) ||
        !take_char(text, '-') || !take_digits(text, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    *ret_days = days_from_civil(year, month, day);
    return true;
}

static bool take_time(span *text, usec_t *ret)
{
    int hour, minute, second;
    if (!take_digits(text, 2, &hour) || !take_char(text, ':') || !take_digits(text, 2, &minute) ||
        !take_char(text, ':') || !take_digits(text, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    *ret = hour * USEC_HOUR + minute * USEC_MIN + second * USEC_S;
    return true;
}

/* "" or '.' and 1 to 9 digits, of which 6 count. */
static bool take_fraction(span *text, usec_t *ret)
{
    *ret = 0;
    if (!take_char(text, '.'))
        return true;
    int digit, n = 0;
    usec_t unit = USEC_S;
    while (n <= 9 && take_digits(text, 1, &digit)) {
        unit /= 10;
        *ret += digit * unit;
        n++;
    }
    return n >= 1 && n <= 9;
}

/* 'Z' or ±HH:MM. */
static bool take_offset(span *text, usec_t *ret)
{
    int hour, minute;
    *ret = 0;
    if (take_char(text, 'Z'))
        return true;
    bool west = take_char(text, '-');
    if (!west && !take_char(text, '+'))
        return false;
    if (!take_digits(text, 2, &hour) || !take_char(text, ':') || !take_digits(text, 2, &minute))
        return false;
    *ret = (hour * USEC_HOUR + minute * USEC_MIN) * (west ? -1 : 1);
    return hour <= 23 && minute <= 59;
}

int time_parse_instant(span text, usec_t *ret)
{
    int32_t days;
    usec_t of_day, fraction, offset;
    if (!take_date(&text, &days) || !take_char(&text, 'T') || !take_time(&text, &of_day) ||
        !take_fraction(&text, &fraction) || !take_offset(&text, &offset) || text.n != 0)
        return TIME_BAD;
    *ret = days * 24 * USEC_HOUR + of_day + fraction - offset;
    return 0;
}

int time_parse_date(span text, int32_t *ret_days)
{
    int32_t days;
    if (!take_date(&text, &days) || text.n != 0)
        return TIME_BAD;
    *ret_days = days;
    return 0;
}
