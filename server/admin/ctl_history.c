/* SPDX-License-Identifier: EUPL-1.2 */
/* history retain: years of history are kept, what is older is let go. The database does it in
 * steps, each a transaction of its own, so that declarations pass between them and an interrupted
 * run is simply run again. */
#include <stdlib.h>

#include "admin/ctl.h"
#include "admin/import.h"

#define YEARS_MAX 100
#define YEAR_S 31557600LL /* 365.25 days */

/* Where the history begins; what would be let go ($1: seconds to keep); how long it is. */
static const char sql_look[] =
    "SELECT history_floor,"
    " greatest(0, ugo.first_revision_at(at - $1::bigint * 1000000 + 1) - 1 - history_floor),"
    " to_char(to_timestamp(history_at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    " FROM ugo.ledger";
static const char sql_step[] = "SELECT ugo.retain_history($1::bigint)";

struct history {
    long long floor, older;
    char day[16]; /* of the last revision let go */
};

static int look(struct ctl *ctl, const char *keep_s, struct history *ret)
{
    PGresult *r CLEANUP(ctl_clear) = ctl_query(ctl, sql_look, 1, &keep_s);

    if (r == NULL || PQntuples(r) != 1)
        return CTL_REFUSED;
    ret->floor = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
    ret->older = strtoll(PQgetvalue(r, 0, 1), NULL, 10);
    snprintf(ret->day, sizeof ret->day, "%s", PQgetvalue(r, 0, 2));
    return 0;
}

/* Lets go until nothing older is left. CTL_DONE or CTL_REFUSED (said). */
static int let_go(struct ctl *ctl, const char *keep_s)
{
    for (bool more = true; more;) {
        PGresult *r CLEANUP(ctl_clear) = ctl_query(ctl, sql_step, 1, &keep_s);

        if (r == NULL || PQntuples(r) != 1)
            return CTL_REFUSED;
        more = PQgetvalue(r, 0, 0)[0] == 't';
    }
    return CTL_DONE;
}

int ctl_history_retain(struct ctl *ctl)
{
    const char *text = ctl_option(ctl, "--years", 0);
    bool dry = ctl_option(ctl, "--dry-run", 0) != NULL;
    struct history before = {0}, after = {0};
    int years = 0, done = CTL_DONE;

    if (import_number(span_of(text), &years) != 0 || years < 1 || years > YEARS_MAX) {
        ctl_complain(ctl, "history_years_invalid", text, ctl_number(YEARS_MAX), NULL);
        return CTL_USAGE;
    }
    char keep_s[24];
    snprintf(keep_s, sizeof keep_s, "%lld", years * YEAR_S);
    if (look(ctl, keep_s, &before) != 0)
        return CTL_REFUSED;
    if (dry || before.older == 0) {
        ctl_say(ctl, dry ? "history_would_go" : "history_nothing", ctl_number(years),
                ctl_number(before.older), ctl_number(before.floor), NULL);
        return CTL_DONE;
    }
    done = let_go(ctl, keep_s);
    if (look(ctl, keep_s, &after) != 0)
        return CTL_REFUSED;
    /* What went is said even when a later step failed: it is gone. */
    if (after.floor > before.floor) {
        ctl_say(ctl, "history_gone", ctl_number(after.floor - before.floor),
                ctl_number(after.floor), after.day, NULL);
        ctl_say(ctl, "history_verifiable", ctl_number(after.floor), NULL);
    }
    return done;
}
