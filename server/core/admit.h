/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether one unit can be a result of a search: the question a standing filter asks at each change.
 * Time alone never changes the answer: freshness is not looked at. */
#ifndef CORE_ADMIT_H
#define CORE_ADMIT_H

#include "core/search.h"

/* Same rules as search_run, `allowed` excepted. */
bool search_admits(const struct search_request *q, const struct unit *u);

/* Great-circle distance on a sphere of 6371.0088 km (IUGG mean radius), haversine formula; km. */
double distance_km(struct point a, struct point b);

#endif
