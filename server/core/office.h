/* SPDX-License-Identifier: EUPL-1.2 */
/* What a département's calendar and rota say of a moment. */
#ifndef CORE_OFFICE_H
#define CORE_OFFICE_H

#include "core/replica.h"

/* The calendar of a territory's département; NULL: it has none, or t is NULL. */
const struct calendar *office_calendar(const struct replica *r, const struct territory *t);

/* Whether the offices of a territory's département are open; false too when it has no calendar,
 * or t is NULL. */
bool office_is_open(const struct replica *r, const struct territory *t, usec_t at);

/* Who has a duty in the département of root, for how long; NULL: nobody. */
const struct rota *office_on_call(const struct replica *r, const struct territory *root,
                                  enum duty duty, usec_t at);

#endif
