/* SPDX-License-Identifier: EUPL-1.2 */
/* Every SQL text the daemon sends, as one table. A real connection sends the text; a model of the
 * database dispatches on the number. Column orders are part of the contract with schema/. */
#ifndef SYNC_SQL_H
#define SYNC_SQL_H

#include "base/statement.h"

enum query {
    /* the writer */
    QUERY_APPLY,   /* $1 batch (JSON array) → result (JSON object); simple */
    QUERY_UNBLOCK, /* → one row for each stuck holder of the writer lock that was ended; simple */

    /* reminders */
    QUERY_OUTBOX_TAKE, /* → id, try, account, unit, question, hold, address, unit_name,
                          establishment_name of what is to be sent */
    QUERY_OUTBOX_DONE, /* $1 id, $2 try, $3 whether it was sent → its state from now on */

    /* the follower, loading: one REPEATABLE READ transaction */
    QUERY_LISTEN,
    QUERY_BEGIN_READ,
    QUERY_LEDGER, /* → epoch, revision, at, floor_revision */
    QUERY_EPOCHS, /* → epoch, fork_revision; oldest first */
    QUERY_OPEN_RECORDS,
    QUERY_FETCH_RECORDS, /* → kind, id, revision, state; at most SQL_FETCH_ROWS */
    QUERY_OPEN_DEPARTED,
    QUERY_FETCH_DEPARTED, /* → revision, part, kind, id, scope; at most SQL_FETCH_ROWS */
    QUERY_COMMIT,
    QUERY_ROLLBACK,

    /* the follower, following: $1 revision → ledger epoch, revision, at; revision, part, parts, at,
     * actor, operation, kind, id, state of the changes after it, or NULLs; one snapshot */
    QUERY_FOLLOW,

    /* the reader */
    QUERY_LOG_ROW, /* $1 revision, $2 kind, $3 id → state (NULL: deleted) */
    /* $1 ids (array, NULL all), $2 kinds (array), after $3 revision and $4 part, $5 from and $6 to
     * logical time, $7 rows at most → revision, part, at, actor, operation, kind, id, state; one
     * row of NULLs: the history does not reach so far back */
    QUERY_HISTORY,
    QUERY_RETAIN, /* forgets what resuming and repeating need no more → whether there is more */
    QUERY_UNIT_SPANS, /* writes what was counted of the next revisions → whether there is more */
    QUERY_UNITS_AT,   /* $1 logical time → id, revision, state of units then; or a row of NULLs */
    QUERY_STATISTICS, /* $1 roots (array), from $2, before $3 logical time → JSON object; NULL: the
                         history does not reach so far back */
    /* $1 request → section (ledger, entry, known), for_hold, revision, part, at, actor, operation,
     * kind, id, state, head */
    QUERY_CERTIFICATE,
    QUERY_LOGIN, /* $1 account → scrypt, totp, totp_step, role, disabled, changed_at; no row: no
                    such account */
    /* $1 root or NULL, $2 territories (array), $3 kind or NULL, $4 modality or NULL, from $5 to $6
     * logical time, $7 step → zone, at, units, fresh, open, occupied, held, free; or a row of NULLs
     */
    QUERY_OCCUPANCY_HISTORY,
    /* $1 to $4 the same, from $5 to $6 days, until $7 logical time, $8 keys (array) → zone, until,
     * days, territory, establishment_kind, modality, establishment and its name, units,
     * never_declared, authorised, open, occupied, vacant, over, closed, the total first; or a row
     * of NULLs */
    QUERY_PLACE_DAYS,
    /* $1 territories (array), $2 after which one, or NULL → version, territory, path, lat, lon,
     * x_scale, y_scale, box (array); without any a row of NULLs but for version */
    QUERY_OUTLINES,
    /* $1 territories (array), $2 logical time, $3 how long before → id, territory,
     * establishment_kind, modality, min_months, max_months, percent, units, open, occupied,
     * active_since, looked_from */
    QUERY_ALERTS,
    QUERY_EQUIPMENT, /* $1 territories (array) → territory, population, units, authorised, open */
    /* $1 kind, $2 members wanted (object), $3 words or NULL, after $4 id or NULL, $5 rows at most →
     * id, revision, state */
    QUERY_ADMIN_PAGE,
    QUERY_ADMIN_RECORD, /* $1 kind, $2 id, $3 revision or NULL → revision, state */

    QUERY_COUNT
};

#define SQL_FETCH_ROWS 1000 /* one FETCH; bounds the memory of a result and a turn of the loop */
#define SQL_FOLLOW_REVISIONS 2000

struct sql_text {
    const char *name; /* for logs and counters */
    const char *sql;
    int n_params;
    bool simple; /* see struct statement */
};

extern const struct sql_text sql_texts[QUERY_COUNT];

/* A statement of query with its parameters still NULL. */
struct statement sql_statement(enum query query);

#endif
