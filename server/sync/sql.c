/* SPDX-License-Identifier: EUPL-1.2 */
#include "sync/sql.h"

#define TEXT_OF(number) TEXT_OF_(number)
#define TEXT_OF_(number) #number

/* The load's statements share one snapshot: REPEATABLE READ takes it at the first SELECT and keeps
 * it, also for both cursors. LISTEN was committed before, so a revision that the snapshot does not
 * show still notifies. Cursors keep a département's or a country's records out of one result.
 *
 * UNBLOCK ends sessions of our own role that hold the lock of apply_batch while they wait for their
 * client: no timeout of the server frees it from a client that stalled in the middle.
 *
 * FOLLOW must stay one statement: ledger and changes are of one snapshot, so every revision up to
 * the ledger's is there in full. */
const struct sql_text sql_texts[QUERY_COUNT] = {
    [QUERY_APPLY] = {"apply", "SELECT ugo.apply_batch($1::jsonb)", 1, true},
    [QUERY_UNBLOCK] = {"unblock",
                       "SELECT pg_terminate_backend(a.pid) FROM pg_locks k"
                       " JOIN pg_stat_activity a ON a.pid = k.pid"
                       " JOIN pg_database d ON d.oid = k.database"
                       " WHERE k.locktype = 'advisory' AND k.classid = 0 AND k.objid = 7694191"
                       " AND k.objsubid = 1 AND k.granted AND d.datname = current_database()"
                       " AND a.usename = session_user AND a.wait_event_type = 'Client'"
                       " AND a.state_change < clock_timestamp() - interval '5 seconds'",
                       0, true},
    [QUERY_OUTBOX_TAKE] = {"outbox_take", "SELECT * FROM ugo.outbox_take(20)", 0, false},
    [QUERY_OUTBOX_DONE] = {"outbox_done", "SELECT ugo.outbox_done($1, $2, $3)", 3, false},
    [QUERY_LISTEN] = {"listen", "LISTEN ugo", 0, false},
    [QUERY_BEGIN_READ] = {"begin_read", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", 0,
                          false},
    [QUERY_LEDGER] = {"ledger", "SELECT epoch, revision, at, floor_revision FROM ugo.ledger", 0,
                      false},
    [QUERY_EPOCHS] = {"epochs",
                      "SELECT epoch, fork_revision FROM ugo.epoch"
                      " ORDER BY opened_at, fork_revision, epoch",
                      0, false},
    [QUERY_OPEN_RECORDS] = {"open_records",
                            "DECLARE records NO SCROLL CURSOR FOR"
                            " SELECT kind, id, revision, state FROM ugo.record"
                            " ORDER BY revision, kind, id",
                            0, false},
    [QUERY_FETCH_RECORDS] = {"fetch_records", "FETCH " TEXT_OF(SQL_FETCH_ROWS) " FROM records", 0,
                             false},
    [QUERY_OPEN_DEPARTED] = {"open_departed",
                             "DECLARE departed NO SCROLL CURSOR FOR"
                             " SELECT revision, part, kind, id, scope FROM ugo.departed"
                             " ORDER BY revision, part",
                             0, false},
    [QUERY_FETCH_DEPARTED] = {"fetch_departed", "FETCH " TEXT_OF(SQL_FETCH_ROWS) " FROM departed",
                              0, false},
    [QUERY_COMMIT] = {"commit", "COMMIT", 0, false},
    [QUERY_ROLLBACK] = {"rollback", "ROLLBACK", 0, false},
    [QUERY_FOLLOW] = {"follow",
                      "SELECT l.epoch, l.revision, l.at, c.revision, c.part, c.parts, c.at,"
                      " c.actor, c.operation, c.kind, c.id, c.state"
                      " FROM ugo.ledger l LEFT JOIN ugo.change c"
                      " ON c.revision > $1::bigint AND c.revision <= $1::bigint + " TEXT_OF(
                          SQL_FOLLOW_REVISIONS) " ORDER BY c.revision, c.part",
                      1, false},
    [QUERY_LOG_ROW] = {"log_row",
                       "SELECT state FROM ugo.change"
                       " WHERE revision = $1::bigint AND kind = $2 AND id = $3",
                       3, false},
    [QUERY_HISTORY] = {"history",
                       "SELECT revision, part, at, actor, operation, kind, id, state,"
                       " establishment, territory"
                       " FROM ugo.history_page($1::text[] || ugo.asked_of($8::text[]),"
                       " $2::text[], $3::bigint, $4::integer, $5::bigint, $6::bigint, $7::integer)",
                       8, false},
    [QUERY_RETAIN] = {"retain", "SELECT ugo.retain_resume()", 0, false},
    [QUERY_UNIT_SPANS] = {"unit_spans", "SELECT ugo.write_unit_spans(2000)", 0, false},
    [QUERY_STATISTICS] = {"statistics",
                          "SELECT ugo.journal_statistics($1::text[], $2::bigint, $3::bigint)", 3,
                          false},
    [QUERY_CERTIFICATE] = {"certificate",
                           "SELECT section, for_hold, revision, part, at, actor, operation, kind,"
                           " id, state, head"
                           " FROM ugo.certificate_page($1, $2::bigint, $3::bigint, $4::integer)",
                           4, false},
    [QUERY_LOGIN] = {"login",
                     "SELECT scrypt, totp, totp_step, role, disabled, changed_at"
                     " FROM ugo.login_row($1)",
                     1, false},
    [QUERY_OCCUPANCY_HISTORY] =
        {"occupancy_history",
         "SELECT zone, at, units, fresh, open, occupied, held, free FROM ugo.occupancy_history($1,"
         " $2::text[], $3, $4, $5::bigint, $6::bigint, $7) ORDER BY at",
         7, false},
    [QUERY_PLACE_DAYS] =
        {"place_days",
         "SELECT zone, until, days, territory, establishment_kind, modality, establishment,"
         " establishment_name, units, never_declared, authorised, open, occupied, vacant, over,"
         " closed FROM ugo.place_days($1, $2::text[], $3, $4, $5::date, $6::date, $7::bigint,"
         " $8::text[])",
         8, false},
    [QUERY_OUTLINES] = {"outlines",
                        "SELECT version, territory, path, lat, lon, x_scale, y_scale, box"
                        " FROM ugo.outlines($1::text[], $2, 200)",
                        2, false},
    [QUERY_ALERTS] = {"alerts",
                      "SELECT id, territory, establishment_kind, modality, min_months, max_months,"
                      " percent, units, open, occupied, active_since, looked_from"
                      " FROM ugo.alerts_at($1::text[], $2::bigint, $3::bigint)",
                      3, false},
    [QUERY_EQUIPMENT] = {"equipment",
                         "SELECT territory, population, units, authorised, open"
                         " FROM ugo.equipment($1::text[])",
                         1, false},
    [QUERY_ADMIN_PAGE] = {"admin_page",
                          "SELECT id, revision, state FROM ugo.admin_page($1, $2::jsonb, $3, $4,"
                          " $5::integer) ORDER BY id COLLATE \"C\"",
                          5, false},
    [QUERY_ADMIN_RECORD] = {"admin_record",
                            "SELECT revision, state FROM ugo.admin_record($1, $2, $3::bigint)", 3,
                            false},
    [QUERY_UNITS_AT] =
        {"units_at",
         "SELECT id, revision, state FROM ugo.units_at($1::bigint) ORDER BY id COLLATE \"C\"", 1,
         false},
};

struct statement sql_statement(enum query query)
{
    const struct sql_text *text = &sql_texts[query];
    return (struct statement){
        .query = (int)query, .sql = text->sql, .simple = text->simple, .n_params = text->n_params};
}
