/* SPDX-License-Identifier: EUPL-1.2 */
/* `calendar`: office hours and holidays of a département. `rota import`, `rota list`: who is on
 * call. The database checks what they say; here it is only read. */
#include <stdlib.h>

#include "admin/ctl.h"
#include "admin/files.h"
#include "admin/holidays.h"
#include "admin/import_csv.h"

#define FILE_MOST (1 << 20)
#define HOLIDAYS_MOST 400

/* ── calendar ─────────────────────────────────────────────────────────────────────────────── */

/* "1-5=08:30-17:30" or "6=09:00-12:00". False: not written so. */
static bool add_office(const char *text, json_t *office)
{
    char from[6], to[6];
    int first, last, end = 0;

    if (sscanf(text, "%1d-%1d=%5[0-9:]-%5[0-9:]%n", &first, &last, from, to, &end) != 4 ||
        text[end] != '\0') {
        end = 0;
        if (sscanf(text, "%1d=%5[0-9:]-%5[0-9:]%n", &first, from, to, &end) != 3 ||
            text[end] != '\0')
            return false;
        last = first;
    }
    for (int day = first; day <= last; day++)
        if (json_array_append_new(
                office, json_pack("{s:i, s:s, s:s}", "day", day, "from", from, "to", to)) != 0)
            return false;
    return first <= last;
}

/* "fr:2026" or "fr:2026-2030". False: not written so. */
static bool add_french(const char *text, json_t *holidays)
{
    char dates[HOLIDAYS_PER_YEAR][11];
    int first, last, end = 0;

    if (sscanf(text, "fr:%4d-%4d%n", &first, &last, &end) != 2 || text[end] != '\0') {
        end = 0;
        if (sscanf(text, "fr:%4d%n", &first, &end) != 1 || text[end] != '\0')
            return false;
        last = first;
    }
    for (int year = first; year <= last && year - first < 100; year++) {
        holidays_of_france(year, dates);
        for (int i = 0; i < HOLIDAYS_PER_YEAR; i++)
            if (json_array_append_new(holidays, json_string(dates[i])) != 0)
                return false;
    }
    return first <= last && first >= 1900 && last <= 2999;
}

/* A file of dates, one a line; what follows a blank or a # is a remark. CTL_DONE or CTL_REFUSED. */
static int add_dates(struct ctl *ctl, const char *path, json_t *holidays)
{
    struct buf text CLEANUP(buf_free) = {0};
    int r = files_read(path, FILE_MOST, &text);

    if (r == 0) {
        buf_char(&text, '\0');
        r = buf_check(&text);
    }
    if (r != 0) {
        ctl_complain(ctl, "file_unreadable", path, strerror(-r), NULL);
        return CTL_REFUSED;
    }
    char *rest = NULL;
    for (char *line = strtok_r(text.p, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
        size_t n = strcspn(line, " \t;#");
        if (n > 0 && json_array_append_new(holidays, json_stringn(line, n)) != 0)
            return CTL_REFUSED;
    }
    return CTL_DONE;
}

static int invalid(struct ctl *ctl, const char *option, const char *value)
{
    ctl_complain(ctl, "option_value_invalid", option, value, NULL);
    return CTL_USAGE;
}

static int read_options(struct ctl *ctl, json_t *office, json_t *holidays)
{
    const char *value;

    for (int i = 0; (value = ctl_option(ctl, "--office", i)) != NULL; i++)
        if (!add_office(value, office))
            return invalid(ctl, "--office", value);
    for (int i = 0; (value = ctl_option(ctl, "--holidays", i)) != NULL; i++) {
        if (strncmp(value, "fr:", 3) != 0) {
            int r = add_dates(ctl, value, holidays);
            if (r != CTL_DONE)
                return r;
        } else if (!add_french(value, holidays)) {
            return invalid(ctl, "--holidays", value);
        }
    }
    if (json_array_size(holidays) <= HOLIDAYS_MOST)
        return CTL_DONE;
    ctl_complain(ctl, "calendar_too_many", NULL);
    return CTL_USAGE;
}

int ctl_calendar(struct ctl *ctl)
{
    const char *territory = ctl_option(ctl, "--territory", 0), *zone = ctl_option(ctl, "--zone", 0);
    json_t *office = json_array(), *holidays = json_array();
    size_t n_office, n_holidays;
    int r = read_options(ctl, office, holidays);

    n_office = json_array_size(office);
    n_holidays = json_array_size(holidays);
    if (r == CTL_DONE)
        r = ctl_apply(ctl, json_pack("[o]", ctl_command("calendar.put", "{s:s, s:s, s:O, s:O}",
                                                        "territory", territory, "time_zone", zone,
                                                        "office", office, "holidays", holidays)));
    json_decref(office);
    json_decref(holidays);
    if (r == CTL_DONE)
        ctl_say(ctl, "calendar_put", territory, ctl_number((long long)n_office),
                ctl_number((long long)n_holidays), zone, NULL);
    return r;
}

json_t *ctl_calendar_demo(const char *territory, int year)
{
    json_t *office = json_array(), *holidays = json_array();
    char years[16];

    snprintf(years, sizeof years, "fr:%04d-%04d", year % 10000, (year + 4) % 10000);
    if (!add_office("1-5=08:30-17:30", office) || !add_french(years, holidays)) {
        json_decref(office);
        json_decref(holidays);
        return NULL;
    }
    return ctl_command("calendar.put", "{s:s, s:s, s:o, s:o}", "territory", territory, "time_zone",
                       "Europe/Paris", "office", office, "holidays", holidays);
}

/* ── rota import ──────────────────────────────────────────────────────────────────────────── */

enum { COLUMN_ID, COLUMN_DUTY, COLUMN_TERRITORY, COLUMN_ACCOUNT, COLUMN_FROM, COLUMN_TO, COLUMNS };
static const char *const columns[COLUMNS] = {"id",       "duty*", "territory*",
                                             "account*", "from*", "to*"};

#define FIELD_TEXT 64

struct import {
    struct ctl *ctl;
    const char *path;
    struct csv csv;
    int column[COLUMNS];
    json_t *commands;
};

static int row_wrong(const struct import *m, const char *why)
{
    ctl_complain(m->ctl, "rota_row", m->path, ctl_number(m->csv.line),
                 words_get(m->ctl->language, why), NULL);
    return CTL_REFUSED;
}

/* Both ends of a shift, µs: instants, or the local time of the territory's calendar. */
static int read_times(struct import *m, const char *territory, const char *const *texts,
                      long long *ret)
{
    static const char sql[] =
        "SELECT (extract(epoch FROM CASE WHEN t ~ '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$' AND t ~ ':'"
        " THEN t::timestamptz ELSE t::timestamp AT TIME ZONE (SELECT time_zone FROM ugo.calendar"
        " WHERE territory = $3) END) * 1000000)::bigint"
        " FROM unnest(ARRAY[$1, $2]::text[]) WITH ORDINALITY AS s (t, n) ORDER BY n";
    PGresult *r CLEANUP(ctl_clear) =
        ctl_query(m->ctl, sql, 3, (const char *const[]){texts[0], texts[1], territory});

    if (r == NULL || PQntuples(r) != 2 || PQgetisnull(r, 0, 0) || PQgetisnull(r, 1, 0))
        return row_wrong(m, "rota_row_time");
    for (int i = 0; i < 2; i++)
        ret[i] = strtoll(PQgetvalue(r, i, 0), NULL, 10);
    return CTL_DONE;
}

static int read_row(struct import *m)
{
    char fields[COLUMNS][FIELD_TEXT], id[FIELD_TEXT + 80];
    long long times[2];

    for (int i = 0; i < COLUMNS; i++) {
        span field = csv_field(&m->csv, m->column[i]);
        if (field.n >= FIELD_TEXT)
            return row_wrong(m, "rota_row_written");
        snprintf(fields[i], FIELD_TEXT, "%.*s", (int)field.n, field.n ? field.p : "");
    }
    int r = read_times(m, fields[COLUMN_TERRITORY],
                       (const char *const[]){fields[COLUMN_FROM], fields[COLUMN_TO]}, times);
    if (r != CTL_DONE)
        return r;
    /* The same shift in a corrected file replaces it. */
    snprintf(id, sizeof id, "t-%.31s-%.10s-%lld", fields[COLUMN_TERRITORY], fields[COLUMN_DUTY],
             times[0] / 1000000);
    json_t *command = ctl_command("rota.put", "{s:s, s:s, s:s, s:s, s:I, s:I}", "id",
                                  fields[COLUMN_ID][0] != '\0' ? fields[COLUMN_ID] : id, "duty",
                                  fields[COLUMN_DUTY], "territory", fields[COLUMN_TERRITORY],
                                  "account", fields[COLUMN_ACCOUNT], "from_at",
                                  (json_int_t)times[0], "to_at", (json_int_t)times[1]);
    return json_array_append_new(m->commands, command) == 0 ? CTL_DONE : CTL_REFUSED;
}

static int read_rows(struct import *m)
{
    span name;
    int r = csv_header(&m->csv, columns, COLUMNS, m->column, &name);

    if (r != 0)
        return row_wrong(m, "rota_row_written");
    while ((r = csv_next(&m->csv)) == 0) {
        int row = read_row(m);
        if (row != CTL_DONE)
            return row;
    }
    return r == CSV_END ? CTL_DONE : row_wrong(m, "rota_row_written");
}

int ctl_rota_import(struct ctl *ctl)
{
    struct buf text CLEANUP(buf_free) = {0};
    struct import m = {.ctl = ctl, .path = ctl->argument[0]};
    int r = files_read(m.path, FILE_MOST, &text);

    if (r != 0) {
        ctl_complain(ctl, "file_unreadable", m.path, strerror(-r), NULL);
        return CTL_REFUSED;
    }
    m.commands = json_array();
    csv_open(&m.csv, buf_span(&text));
    r = read_rows(&m);
    csv_close(&m.csv);
    size_t n = json_array_size(m.commands);
    if (r != CTL_DONE) {
        json_decref(m.commands);
        return r;
    }
    r = ctl_apply(ctl, m.commands);
    if (r == CTL_DONE)
        ctl_say(ctl, "rota_imported", ctl_number((long long)n), NULL);
    return r;
}

/* ── rota list ────────────────────────────────────────────────────────────────────────────── */

int ctl_rota_list(struct ctl *ctl)
{
    PGresult *r CLEANUP(ctl_clear) = ctl_query(
        ctl,
        "SELECT territory, duty, account,"
        " to_char(to_timestamp(from_at / 1000000) AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI'),"
        " to_char(to_timestamp(to_at / 1000000) AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI'),"
        " CASE WHEN id = (SELECT now.id FROM ugo.rota now WHERE now.territory = t.territory"
        "  AND now.duty = t.duty AND now.from_at <= moment AND moment < now.to_at"
        "  ORDER BY now.from_at DESC, now.id COLLATE \"C\" LIMIT 1) THEN '*' ELSE ' ' END, id"
        " FROM (SELECT rota.*, coalesce(time_zone, 'UTC') AS zone,"
        "  (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS moment"
        "  FROM ugo.rota LEFT JOIN ugo.calendar USING (territory)) t"
        " ORDER BY territory COLLATE \"C\", from_at, duty COLLATE \"C\", id COLLATE \"C\"",
        0, NULL);

    if (r == NULL)
        return CTL_REFUSED;
    for (int i = 0; i < PQntuples(r); i++)
        printf("%s %-10s %-10s %s → %s  %-24s %s\n", PQgetvalue(r, i, 5), PQgetvalue(r, i, 0),
               PQgetvalue(r, i, 1), PQgetvalue(r, i, 3), PQgetvalue(r, i, 4), PQgetvalue(r, i, 2),
               PQgetvalue(r, i, 6));
    if (PQntuples(r) == 0)
        ctl_say(ctl, "rota_none", NULL);
    return CTL_DONE;
}
