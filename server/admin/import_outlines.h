/* SPDX-License-Identifier: EUPL-1.2 */
/* The planning of import_outlines and import_population (import.h): what is read of communes and
 * territories becomes one command for each territory. */
#ifndef ADMIN_IMPORT_OUTLINES_H
#define ADMIN_IMPORT_OUTLINES_H

#include "admin/import.h"

#define OUTLINE_TOLERANCE_M 150

/* known as for import_plan. Replaces im->commands by the commands to send: one outline.put for each
 * territory of which something is known. tolerance_m: how far a border may be drawn from where it
 * is, metres. 0 or -ENOMEM. */
int import_outlines_plan(struct import *im, const json_t *known, double tolerance_m) MUST_USE;

/* The same of the lines of a population table: one population.put for each territory. */
int import_population_plan(struct import *im, const json_t *known) MUST_USE;

#endif
