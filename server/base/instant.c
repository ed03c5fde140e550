/* SPDX-License-Identifier: EUPL-1.2 */
/* Civil dates from day counts (proleptic Gregorian calendar, as ISO 8601 has it), without the C
 * library's time zone state. */
#include "base/instant.h"

#define DAY_S 86400
#define MIN_S (-62167219200LL) /* 0000-01-01T00:00:00Z */
#define MAX_S 253402300799LL   /* 9999-12-31T23:59:59Z */

static char *two_digits(char *p, unsigned number, char after)
{
    p[0] = (char)('0' + number / 10);
    p[1] = (char)('0' + number % 10);
    p[2] = after;
    return p + 3;
}

const char *instant_format(usec_t at, char ret_text[static INSTANT_TEXT])
{
    int64_t seconds = at / USEC_S - (at % USEC_S < 0);
    seconds = seconds < MIN_S ? MIN_S : seconds > MAX_S ? MAX_S : seconds;

    int64_t days = seconds / DAY_S - (seconds % DAY_S < 0);
    unsigned of_day = (unsigned)(seconds - days * DAY_S);

    /* Days are counted from 1 March of year 0, so that the leap day ends a year; an era is 400
     * years = 146 097 days. */
    days += 719468;
    int64_t era = days / 146097 - (days % 146097 < 0);
    unsigned of_era = (unsigned)(days - era * 146097);
    unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned march_month = (5 * of_year + 2) / 153;
    unsigned day = of_year - (153 * march_month + 2) / 5 + 1;
    unsigned month = march_month < 10 ? march_month + 3 : march_month - 9;
    unsigned year = (unsigned)(era * 400 + year_of_era) + (month <= 2);

    char *p = ret_text;
    *p++ = (char)('0' + year / 1000);
    *p++ = (char)('0' + year / 100 % 10);
    p = two_digits(p, year % 100, '-');
    p = two_digits(p, month, '-');
    p = two_digits(p, day, 'T');
    p = two_digits(p, of_day / 3600, ':');
    p = two_digits(p, of_day / 60 % 60, ':');
    p = two_digits(p, of_day % 60, 'Z');
    *p = 0;
    return ret_text;
}
