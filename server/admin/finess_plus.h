/* SPDX-License-Identifier: EUPL-1.2 */
/* One authorised activity of FINESS+ as a unit. Pure. */
#ifndef ADMIN_FINESS_PLUS_H
#define ADMIN_FINESS_PLUS_H

#include "admin/finess.h"

/* A member as text; empty when absent, null or no text. Borrowed from the object. */
span plus_text(const json_t *object, const char *name);

/* A member as a whole number, 0 to 99999; -1 when absent, null or none. */
int plus_number(const json_t *object, const char *name);

/* Emits unit.put for an open activity that lodges, unit.close for one that was closed; counts and
 * leaves out what lodges nobody. */
void finess_plus_unit(struct import *im, const struct finess_row *row, const struct kind *kind,
                      const json_t *activity);

/* Years as FINESS writes them → months. A highest age of 18 or 21 is the birthday that ends the
 * right to be placed; any other N is "until N included": N + 1 years, exclusive. Both limits 0 is
 * how the flow writes "not filled in". -1 unknown. */
void finess_plus_ages(int min_years, int max_years, int *ret_min_months, int *ret_max_months);

#endif
