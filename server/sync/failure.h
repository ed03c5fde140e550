/* SPDX-License-Identifier: EUPL-1.2 */
/* What a failed statement said, kept for the log, and whether it is worth another try. */
#ifndef SYNC_FAILURE_H
#define SYNC_FAILURE_H

#include <stdbool.h>

#include "base/statement.h"

#define FAILURE_SQLSTATE 6 /* five characters and the terminator */
#define FAILURE_MESSAGE 200

struct failure {
    char sqlstate[FAILURE_SQLSTATE]; /* "" when none, or when the connection ended */
    char message[FAILURE_MESSAGE];   /* cut to fit */
};

void failure_note(struct failure *f, const struct statement_result *result);

/* The same statement may succeed later: locks, deadlocks, serialisation, resources, shutdown,
 * cancellation, a server that takes no writes at the moment. */
bool failure_passing(const char *sqlstate);

#endif
