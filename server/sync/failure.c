/* SPDX-License-Identifier: EUPL-1.2 */
#include "sync/failure.h"

#include <string.h>

static void copy(char *to, size_t room, const char *from)
{
    size_t n = from != NULL ? strnlen(from, room - 1) : 0;
    memcpy(to, n > 0 ? from : "", n);
    to[n] = '\0';
}

void failure_note(struct failure *f, const struct statement_result *result)
{
    copy(f->sqlstate, sizeof f->sqlstate,
         result->end == STATEMENT_FAILED ? result->sqlstate : NULL);
    copy(f->message, sizeof f->message, result->message);
}

bool failure_passing(const char *sqlstate)
{
    /* PostgreSQL, appendix A: whole classes (two characters) and single conditions. */
    static const char *const passing[] = {
        "08",    /* connection exception */
        "25006", /* read-only transaction: a standby, or a primary being demoted */
        "40",    /* transaction rollback: serialisation, deadlock */
        "53",    /* insufficient resources */
        "55P03", /* lock not available: lock_timeout */
        "57014", /* query cancelled */
        "57P01", /* shutdowns */
        "57P02", "57P03", "58030", /* input or output error */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(passing); i++)
        if (strncmp(sqlstate, passing[i], strlen(passing[i])) == 0)
            return true;
    return false;
}
