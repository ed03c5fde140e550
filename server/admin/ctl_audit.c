/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>

#include "admin/audit.h"
#include "admin/ctl.h"

/* One snapshot for ledger and rows; rows come by pages, for the history may be long. */
static const char sql_begin[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
static const char sql_ledger[] = "SELECT revision, encode(head, 'hex'), history_floor,"
                                 " encode(history_head, 'hex') FROM ugo.ledger";
static const char sql_open[] =
    "DECLARE rows NO SCROLL CURSOR FOR SELECT revision, part, parts, at, actor, operation, kind,"
    " id, establishment, territory, state::text, encode(head, 'hex') FROM ugo.change"
    " WHERE revision > $1::bigint ORDER BY revision, part";
static const char sql_fetch[] = "FETCH 5000 FROM rows";

static const char *cell(const PGresult *r, int row, int column)
{
    return PQgetisnull(r, row, column) ? NULL : PQgetvalue(r, row, column);
}

static struct audit_row row_of(const PGresult *r, int i)
{
    return (struct audit_row){
        .revision = strtoll(PQgetvalue(r, i, 0), NULL, 10),
        .part = (int)strtol(PQgetvalue(r, i, 1), NULL, 10),
        .parts = (int)strtol(PQgetvalue(r, i, 2), NULL, 10),
        .at = cell(r, i, 3),
        .actor = cell(r, i, 4),
        .operation = cell(r, i, 5),
        .kind = cell(r, i, 6),
        .id = cell(r, i, 7),
        .establishment = cell(r, i, 8),
        .territory = cell(r, i, 9),
        .state = cell(r, i, 10),
        .head = cell(r, i, 11),
    };
}

/* Feeds every row. 0, AUDIT_*, or negative (said). */
static int feed_all(struct ctl *ctl, struct audit *a, long long *ret_revision)
{
    for (;;) {
        PGresult *rows CLEANUP(ctl_clear) = ctl_query(ctl, sql_fetch, 0, NULL);

        if (rows == NULL)
            return -EIO;
        if (PQntuples(rows) == 0)
            return 0;
        for (int i = 0; i < PQntuples(rows); i++) {
            struct audit_row row = row_of(rows, i);
            int r = audit_feed(a, &row, ret_revision);

            if (r != 0)
                return r;
        }
    }
}

/* The whole verification. 0, AUDIT_*, or negative (said). */
static int verify(struct ctl *ctl, struct audit *a, long long *ret_revision, long long *ret_floor)
{
    PGresult *begun CLEANUP(ctl_clear) = ctl_query(ctl, sql_begin, 0, NULL);
    PGresult *ledger CLEANUP(ctl_clear) =
        begun != NULL ? ctl_query(ctl, sql_ledger, 0, NULL) : NULL;
    PGresult *opened CLEANUP(ctl_clear) = NULL;
    const char *floor;
    int r;

    if (ledger == NULL || PQntuples(ledger) != 1)
        return -EIO;
    floor = PQgetvalue(ledger, 0, 2);
    *ret_floor = *ret_revision = strtoll(floor, NULL, 10);
    r = audit_begin(a, *ret_floor, PQgetvalue(ledger, 0, 3));
    if (r != 0)
        return r;
    opened = ctl_query(ctl, sql_open, 1, &floor);
    r = opened != NULL ? feed_all(ctl, a, ret_revision) : -EIO;
    if (r != 0)
        return r;
    return audit_end(a, strtoll(PQgetvalue(ledger, 0, 0), NULL, 10), PQgetvalue(ledger, 0, 1),
                     ret_revision);
}

int ctl_audit_verify(struct ctl *ctl)
{
    static const char *const codes[] = {
        [AUDIT_GAP] = "audit_gap",
        [AUDIT_PARTS] = "audit_parts",
        [AUDIT_HASH] = "audit_head",
        [AUDIT_LEDGER] = "audit_ledger",
    };
    struct audit a CLEANUP(audit_free) = {0};
    long long revision = 0, floor = 0;
    int r = verify(ctl, &a, &revision, &floor);

    if (r == -ENOMEM)
        ctl_complain(ctl, "out_of_memory", NULL);
    if (r > 0)
        ctl_complain(ctl, "audit_bad", ctl_number(revision), words_get(ctl->language, codes[r]),
                     NULL);
    if (r != 0)
        return CTL_REFUSED;
    ctl_say(ctl, "audit_good", ctl_number(a.revision - floor), ctl_number(floor),
            ctl_number(a.revision), NULL);
    if (ctl_option(ctl, "--certificate", 0) != NULL)
        return ctl_certificate_verify(ctl, ctl_option(ctl, "--certificate", 0));
    return CTL_DONE;
}
