/* SPDX-License-Identifier: EUPL-1.2 */
/* Public holidays of France (Code du travail, article L3133-1): eleven a year, the same in every
 * département but those of Alsace-Moselle and overseas, which add theirs from a file. Pure. */
#ifndef ADMIN_HOLIDAYS_H
#define ADMIN_HOLIDAYS_H

#define HOLIDAYS_PER_YEAR 11

/* Dates of a year (1900 to 2999) as "YYYY-MM-DD", in their order. */
void holidays_of_france(int year, char ret_dates[HOLIDAYS_PER_YEAR][11]);

#endif
