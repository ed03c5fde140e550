/* SPDX-License-Identifier: EUPL-1.2 */
/* What a worker has to tell of itself. */
#ifndef DAEMON_FIGURES_H
#define DAEMON_FIGURES_H

#include "daemon/doors.h"
#include "daemon/scoreboard.h"

/* loop_lag: µs. */
void figures_take(const struct doors *d, bool ready, usec_t loop_lag, usec_t now,
                  struct figures *ret);

#endif
