/* SPDX-License-Identifier: EUPL-1.2 */
/* Office hours, local days and who is on call: schema/0031_calendar.sql. */
#include "sim/model_calendar.h"

#include <stdlib.h>
#include <string.h>

#include "sim/model_decisions.h"

#define DAY_S 86400
#define YEARS 11

/* Local time */

/* Days since 1970 of a date (Howard Hinnant's algorithm). */
static int64_t day_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t day_parse(const char *text)
{
    return day_of(strtol(text, NULL, 10), (int)strtol(text + 5, NULL, 10),
                  (int)strtol(text + 8, NULL, 10));
}

static int64_t year_of(int64_t day)
{
    int64_t year = 1970 + day / 366;
    while (day_of(year + 1, 1, 1) <= day)
        year++;
    return year;
}

char *day_text(int64_t day, char ret_text[static DAY_TEXT])
{
    int64_t year = year_of(day);
    int month = 12;
    while (day_of(year, month, 1) > day)
        month--;
    snprintf(ret_text, DAY_TEXT, "%04d-%02d-%02d", (int)year, month,
             (int)(day - day_of(year, month, 1)) + 1);
    return ret_text;
}

/* The zones that this model has: one with a summer, with the rules of the European Union. */
static const struct zone {
    const char *name;
    int winter_s;
    bool has_summer;
} zones[] = {
    {"Europe/Paris", 3600, true}, {"UTC", 0, false}, {"America/Guadeloupe", -14400, false}};

static const struct zone *zone_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(zones); i++)
        if (strcmp(zones[i].name, name) == 0)
            return &zones[i];
    return NULL;
}

/* When clocks change in a month of 31 days: its last Sunday, 01:00 UTC. */
static usec_t change_in(int64_t year, int month)
{
    int64_t last = day_of(year, month, 31);
    return ((last - (last + 4) % 7) * DAY_S + 3600) * USEC_S; /* 1970 began on a Thursday */
}

static json_t *offsets_from(const struct zone *z, usec_t now)
{
    int64_t year = year_of(now / USEC_S / DAY_S);
    usec_t first = day_of(year, 1, 1) * DAY_S * USEC_S;
    json_t *offsets = must(json_pack("[[Ii]]", (json_int_t)first, z->winter_s));
    for (int i = 0; z->has_summer && i < YEARS; i++) {
        json_array_append_new(offsets, must(json_pack("[Ii]", (json_int_t)change_in(year + i, 3),
                                                      z->winter_s + 3600)));
        json_array_append_new(
            offsets, must(json_pack("[Ii]", (json_int_t)change_in(year + i, 10), z->winter_s)));
    }
    return offsets;
}

/* Seconds east of UTC at a moment; the first that are known before it. */
static int64_t offset_at(const json_t *calendar, usec_t moment)
{
    const json_t *offsets = column(calendar, "offsets");
    size_t i = json_array_size(offsets);
    while (i > 1 && json_integer_value(json_array_get(json_array_get(offsets, i - 1), 0)) > moment)
        i--;
    return i > 0 ? json_integer_value(json_array_get(json_array_get(offsets, i - 1), 1)) : 0;
}

static const json_t *calendar_of(const struct model *m, const char *territory)
{
    return row_find(m, TABLE_CALENDAR, root_of(m, territory));
}

int64_t local_day(const struct model *m, const char *territory, usec_t moment)
{
    return (moment / USEC_S + offset_at(calendar_of(m, territory), moment)) / DAY_S;
}

usec_t local_midnight(const struct model *m, const char *territory, int64_t day)
{
    const json_t *calendar = calendar_of(m, territory);
    usec_t midnight = day * DAY_S * USEC_S;
    usec_t about = midnight - offset_at(calendar, midnight) * USEC_S;
    return midnight - offset_at(calendar, about) * USEC_S;
}

enum office office_at(const struct model *m, const char *territory, usec_t moment)
{
    const json_t *calendar = calendar_of(m, territory);
    char date[DAY_TEXT], clock[16];
    size_t i;
    json_t *hours;
    if (calendar == NULL)
        return OFFICE_UNKNOWN;
    int64_t local = moment / USEC_S + offset_at(calendar, moment), day = local / DAY_S;
    snprintf(clock, sizeof clock, "%02d:%02d", (int)(local % DAY_S / 3600),
             (int)(local % 3600 / 60));
    if (has_text(column(calendar, "holidays"), day_text(day, date)))
        return OFFICE_CLOSED;
    json_array_foreach (column(calendar, "office"), i, hours)
        if (column_int(hours, "day") == (day + 3) % 7 + 1 &&
            strcmp(column_text(hours, "from"), clock) <= 0 &&
            strcmp(clock, column_text(hours, "to")) < 0)
            return OFFICE_OPEN;
    return OFFICE_CLOSED;
}

json_t *weekdays_of(const json_t *given)
{
    json_t *days = must(json_array());
    for (int day = 1; day <= 7; day++)
        for (size_t i = 0; i < json_array_size(given); i++)
            if (json_integer_value(json_array_get(given, i)) == day) {
                json_array_append_new(days, must(json_integer(day)));
                break;
            }
    return days;
}

struct verdict weekdays_error(const json_t *weekdays, const char *pointer)
{
    char element[40];
    size_t i;
    json_t *day;
    if (json_is_array(weekdays) && json_array_size(weekdays) == 0)
        return verdict_invalid(pointer, "out_of_range");
    json_array_foreach ((json_t *)weekdays, i, day)
        if (json_integer_value(day) == 0) {
            snprintf(element, sizeof element, "%s/%zu", pointer, i);
            return verdict_invalid(element, "out_of_range");
        }
    return (struct verdict){0};
}

/* calendar.put */

static int compare_hours(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    int64_t days = column_int(x, "day") - column_int(y, "day");
    if (days != 0)
        return days < 0 ? -1 : 1;
    int from = strcmp(column_text(x, "from"), column_text(y, "from"));
    return from != 0 ? from : strcmp(column_text(x, "to"), column_text(y, "to"));
}

/* As stored: sorted, each once. */
static json_t *hours_set(const json_t *given)
{
    json_t *sorted[21], *set = must(json_array());
    size_t n = json_is_array(given) ? json_array_size(given) : 0;
    for (size_t i = 0; i < n; i++)
        sorted[i] = json_array_get(given, i);
    qsort(sorted, n, sizeof(json_t *), compare_hours);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || compare_hours(&sorted[i - 1], &sorted[i]) != 0)
            json_array_append_new(
                set, must(json_pack("{sOsOsO}", "day", column(sorted[i], "day"), "from",
                                    column(sorted[i], "from"), "to", column(sorted[i], "to"))));
    return set;
}

static bool is_root(const struct model *m, const char *territory)
{
    return column_null(row_find(m, TABLE_TERRITORY, territory), "parent");
}

struct verdict calendar_put(struct model *m, const struct command *c)
{
    const json_t *p = c->params;
    const char *territory = column_text(p, "territory");
    const struct zone *zone = zone_find(column_text(p, "time_zone"));
    if (!is_root(m, territory))
        return verdict_invalid("/territory", "not_a_root");
    if (zone == NULL)
        return verdict_invalid("/time_zone", "unknown_code");
    return put_plain(
        m, TABLE_CALENDAR, territory,
        must(json_pack("{sOsosososI}", "time_zone", column(p, "time_zone"), "office",
                       hours_set(column(p, "office")), "holidays", text_set(column(p, "holidays")),
                       "offsets", offsets_from(zone, c->at), "revision", (json_int_t)c->revision)));
}

/* Who is on call */

bool is_team(const struct model *m, const char *account)
{
    const json_t *a = row_find(m, TABLE_ACCOUNT, account);
    const char *role = column_text(a, "role");
    return role != NULL && strcmp(role, "mobile") == 0 && !json_is_true(column(a, "disabled"));
}

const char *team_on_call(const struct model *m, const char *territory, usec_t moment)
{
    const char *root = root_of(m, territory), *id, *first = NULL;
    const json_t *best = NULL;
    json_t *shift;
    json_object_foreach (m->tables[TABLE_ROTA], id, shift) {
        usec_t from = column_int(shift, "from_at"), of_best = column_int(best, "from_at");
        if (strcmp(column_text(shift, "duty"), "mobile") != 0 ||
            strcmp(column_text(shift, "territory"), root) != 0 || from > moment ||
            column_int(shift, "to_at") <= moment)
            continue;
        if (best == NULL || from > of_best || (from == of_best && strcmp(id, first) < 0)) {
            best = shift;
            first = id;
        }
    }
    return column_text(best, "account");
}

struct verdict rota_put(struct model *m, const struct command *c)
{
    static const char *const names[] = {"duty", "territory", "account", "from_at", "to_at"};
    const json_t *p = c->params;
    const char *id = column_text(p, "id"), *territory = column_text(p, "territory");
    json_t *was = json_incref(row_find(m, TABLE_ROTA, id));
    struct verdict v = {0};
    if (!in_departement(m, c, territory) ||
        (was != NULL && !in_departement(m, c, column_text(was, "territory"))))
        v = verdict_refused("forbidden");
    else if (!is_root(m, territory))
        v = verdict_invalid("/territory", "not_a_root");
    else if (strcmp(column_text(p, "duty"), "mobile") == 0 &&
             !is_team(m, column_text(p, "account")))
        v = verdict_invalid("/account", "not_a_team");
    else if (column_int(p, "to_at") <= column_int(p, "from_at"))
        v = verdict_invalid("/to_at", "reversed");
    if (v.type == NULL) {
        json_t *row = must(json_object());
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
            json_object_set(row, names[i], column(p, names[i]));
        set_int(row, "revision", c->revision);
        v = put_plain(m, TABLE_ROTA, id, row);
    }
    if (was != NULL && json_array_size(v.parts) > 0 &&
        !json_equal(column(was, "territory"), column(p, "territory")))
        json_object_set_new(
            json_array_get(v.parts, 0), "departed",
            must(json_pack("{snsO}", "establishment", "territory", column(was, "territory"))));
    json_decref(was);
    return v;
}

struct verdict rota_delete(struct model *m, const struct command *c)
{
    const char *id = column_text(c->params, "id");
    const json_t *was = row_find(m, TABLE_ROTA, id);
    if (was == NULL && is_role(c, "admin"))
        return verdict_refused("not_found");
    if (was == NULL || !in_departement(m, c, column_text(was, "territory")))
        return verdict_refused("forbidden");
    struct work k = work_begin(m, c->at, c->revision);
    work_delete(&k, TABLE_ROTA, id);
    return verdict_done(work_parts(&k));
}
