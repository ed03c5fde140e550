/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "admin/holidays.h"

/* As published for these years: Easter early, late, in a leap year. */
static void the_holidays_of_known_years(void **state)
{
    (void)state;
    static const struct {
        int year;
        const char *dates[HOLIDAYS_PER_YEAR];
    } years[] = {
        {2024,
         {"2024-01-01", "2024-04-01", "2024-05-01", "2024-05-08", "2024-05-09", "2024-05-20",
          "2024-07-14", "2024-08-15", "2024-11-01", "2024-11-11", "2024-12-25"}},
        {2026,
         {"2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25",
          "2026-07-14", "2026-08-15", "2026-11-01", "2026-11-11", "2026-12-25"}},
        {2008, /* Ascension on the first of May */
         {"2008-01-01", "2008-03-24", "2008-05-01", "2008-05-01", "2008-05-08", "2008-05-12",
          "2008-07-14", "2008-08-15", "2008-11-01", "2008-11-11", "2008-12-25"}},
        {2038, /* Easter on 25 April, its latest */
         {"2038-01-01", "2038-04-26", "2038-05-01", "2038-05-08", "2038-06-03", "2038-06-14",
          "2038-07-14", "2038-08-15", "2038-11-01", "2038-11-11", "2038-12-25"}},
    };
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++) {
        char dates[HOLIDAYS_PER_YEAR][11];
        holidays_of_france(years[i].year, dates);
        for (int k = 0; k < HOLIDAYS_PER_YEAR; k++)
            assert_string_equal(dates[k], years[i].dates[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_holidays_of_known_years)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
