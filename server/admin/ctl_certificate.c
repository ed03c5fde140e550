/* SPDX-License-Identifier: EUPL-1.2 */
/* audit verify --certificate: what a certificate says is what the verified history holds. */
#include <stdlib.h>
#include <time.h>

#include "admin/ctl.h"
#include "admin/evidence.h"

static const char sql_rows[] =
    "SELECT section, for_hold, revision, part, at, actor, operation, kind, id, state, head"
    " FROM ugo.certificate_rows($1) WHERE revision <= $2::bigint OR section = 'known'";
static const char sql_end[] = "SELECT c.at, encode(c.head, 'hex'),"
                              " (SELECT n.at FROM ugo.change n WHERE n.revision = c.revision + 1"
                              " AND n.part = 1) FROM ugo.change c, ugo.epoch e"
                              " WHERE c.revision = $1::bigint AND c.part = 1 AND e.epoch = $2";

enum { SECTION, FOR_HOLD, REVISION, PART, AT, ACTOR, OPERATION, KIND, ID, STATE, HEAD };

static json_t *text_of(const PGresult *r, int row, int column)
{
    return PQgetisnull(r, row, column) ? json_null() : json_string(PQgetvalue(r, row, column));
}

static json_t *number_of(const PGresult *r, int row, int column)
{
    return json_integer(strtoll(PQgetvalue(r, row, column), NULL, 10));
}

static json_t *state_of(const PGresult *r, int row)
{
    return PQgetisnull(r, row, STATE) ? json_null()
                                      : json_loads(PQgetvalue(r, row, STATE), 0, NULL);
}

/* As the doors write instants: UTC, whole seconds. */
static void instant_of(long long at, char ret_text[32])
{
    time_t seconds = (time_t)(at / 1000000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    strftime(ret_text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static json_t *entry_of(const PGresult *r, int i)
{
    char at[32];
    instant_of(strtoll(PQgetvalue(r, i, AT), NULL, 10), at);
    return json_pack("{s:o,s:o,s:s,s:o,s:o,s:o,s:o,s:o,s:o}", "revision", number_of(r, i, REVISION),
                     "part", number_of(r, i, PART), "at", at, "actor", text_of(r, i, ACTOR),
                     "operation", text_of(r, i, OPERATION), "kind", text_of(r, i, KIND), "id",
                     text_of(r, i, ID), "head", text_of(r, i, HEAD), "record", state_of(r, i));
}

static bool is_asked(const json_t *entries, const char *hold)
{
    size_t i;
    json_t *e;
    json_array_foreach ((json_t *)entries, i, e)
        if (strcmp(json_string_value(json_object_get(e, "id")), hold) == 0)
            return true;
    return false;
}

/* What the history holds of the certificate's request up to its revision. */
static void held_of(const PGresult *r, json_t *entries, json_t *known)
{
    for (int i = 0; i < PQntuples(r); i++) {
        const char *section = PQgetvalue(r, i, SECTION);
        if (strcmp(section, "entry") == 0)
            json_array_append_new(entries, entry_of(r, i));
        else if (strcmp(section, "known") == 0 && is_asked(entries, PQgetvalue(r, i, FOR_HOLD)))
            json_array_append_new(known,
                                  json_pack("{s:o,s:o,s:o,s:o}", "hold", text_of(r, i, FOR_HOLD),
                                            "unit", text_of(r, i, ID), "revision",
                                            number_of(r, i, REVISION), "record", state_of(r, i)));
    }
}

/* Whether the history ended so at that revision, and the certificate was made then. */
static bool end_differs(struct ctl *ctl, const json_t *c, const char *revision, char *pointer)
{
    const char *const params[] = {revision, json_string_value(json_object_get(c, "epoch"))};
    const char *head = json_string_value(json_object_get(c, "head"));
    const char *made_at = json_string_value(json_object_get(c, "made_at"));
    PGresult *end CLEANUP(ctl_clear) = ctl_query(ctl, sql_end, 2, params);
    char after[32], before[32] = "9";
    snprintf(pointer, EVIDENCE_POINTER, "/epoch");
    if (end == NULL || PQntuples(end) != 1)
        return true;
    snprintf(pointer, EVIDENCE_POINTER, "/head");
    if (head == NULL || strcmp(head, PQgetvalue(end, 0, 1)) != 0)
        return true;
    instant_of(strtoll(PQgetvalue(end, 0, 0), NULL, 10), after);
    if (!PQgetisnull(end, 0, 2))
        instant_of(strtoll(PQgetvalue(end, 0, 2), NULL, 10), before);
    snprintf(pointer, EVIDENCE_POINTER, "/made_at");
    return made_at == NULL || strcmp(made_at, after) < 0 || strcmp(made_at, before) > 0;
}

/* Where it differs into pointer. */
static bool differs(struct ctl *ctl, const json_t *c, char *pointer)
{
    json_int_t last = json_integer_value(json_object_get(c, "revision"));
    const char *request = json_string_value(json_object_get(c, "request"));
    const char *revision = ctl_number((long long)last);
    const char *const params[] = {request, revision};
    bool wrong;

    if (end_differs(ctl, c, revision, pointer))
        return true;
    PGresult *rows CLEANUP(ctl_clear) = ctl_query(ctl, sql_rows, 2, params);
    json_t *entries = json_array(), *known = json_array();
    held_of(rows, entries, known);
    snprintf(pointer, EVIDENCE_POINTER, "/request");
    wrong = rows == NULL || json_array_size(entries) == 0;
    if (!wrong) {
        snprintf(pointer, EVIDENCE_POINTER, "/entries");
        wrong = evidence_entries_differ(json_object_get(c, "entries"), entries, pointer);
    }
    if (!wrong) {
        snprintf(pointer, EVIDENCE_POINTER, "/known");
        wrong = evidence_differs(json_object_get(c, "known"), known, pointer);
    }
    json_decref(entries);
    json_decref(known);
    return wrong;
}

int ctl_certificate_verify(struct ctl *ctl, const char *path)
{
    json_error_t error;
    char pointer[EVIDENCE_POINTER] = "";
    json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    const json_t *c = json_object_get(file, "certificate");
    int status = CTL_REFUSED;

    c = c != NULL ? c : file;
    if (file == NULL)
        ctl_complain(ctl, "certificate_unreadable", path, error.text, NULL);
    else if (!json_is_string(json_object_get(c, "request")) ||
             !json_is_integer(json_object_get(c, "revision")) ||
             !json_is_string(json_object_get(c, "epoch")))
        ctl_complain(ctl, "certificate_none", path, NULL);
    else if (differs(ctl, c, pointer))
        ctl_complain(ctl, "certificate_bad", pointer, NULL);
    else
        status = CTL_DONE;
    if (status == CTL_DONE)
        ctl_say(ctl, "certificate_good", json_string_value(json_object_get(c, "request")),
                ctl_number((long long)json_array_size(json_object_get(c, "entries"))), NULL);
    json_decref(file);
    return status;
}
