/* SPDX-License-Identifier: EUPL-1.2 */
/* occupancy history, place-days, equipment, alert: what those who steer the offer read over and
 * over, as tables for them and as documents (--json) for their scripts; and the thresholds that
 * they set. */
#include <math.h>
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/decision_show.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/places.h"
#include "clients/ugo/table.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"

#define BACK (30 * 86400 * MOMENT_S)
#define WHOLE 1e-9 /* what rounding may leave of a number */

/* ── Cells ── */

static const char *text_of(const json_t *row, const char *member)
{
    const char *text = json_string_value(json_object_get(row, member));
    return text != NULL ? text : "";
}

/* "12", "8,1"; "-" of what is not known. */
static const char *number(struct screen *s, const json_t *row, const char *member)
{
    const json_t *value = json_object_get(row, member);
    double n = json_number_value(value);

    if (!json_is_number(value))
        return "-";
    bool whole = fabs(n - round(n)) < WHOLE;
    char *text = words_take(&s->words, 32);
    (void)snprintf(text, 32, whole ? "%.0f" : "%.1f", n);
    char *point = strchr(text, '.');
    if (point != NULL && s->language == LANGUAGE_FR)
        *point = ',';
    return text;
}

/* "97 %" of the open places are occupied; "-" when none is open. */
static const char *rate(struct screen *s, const json_t *row)
{
    double open = json_number_value(json_object_get(row, "open"));
    double occupied = json_number_value(json_object_get(row, "occupied"));
    return open > 0 ? words_printf(&s->words, "%.0f\u00A0%%", 100 * occupied / open) : "-";
}

/* The cells of a row from the n-th on: numbers of these members. */
static void numbers(struct screen *s, const json_t *row, const char *const *members, size_t count,
                    const char **cells)
{
    for (size_t i = 0; i < count; i++)
        cells[i] = number(s, row, members[i]);
}
#define NUMBERS(s, row, members, cells)                                                            \
    numbers((s), (row), (members), sizeof(members) / sizeof(members)[0], (cells))

/* ── Of which units ── */

/* The one value of a list of which the operation takes one. Takes the list, which may be NULL. */
static int only(struct session *x, json_t *params, enum option option, const char *member,
                json_t *list)
{
    size_t n = json_array_size(list);
    if (n == 1)
        json_object_set(params, member, json_array_get(list, 0));
    json_decref(list);
    return n <= 1 ? 0 : command_wrong(x->screen, x->command, option, MSG_WANT_ONE);
}

static int units_params(struct session *x, json_t *params)
{
    json_t *kinds = NULL, *modalities = NULL;
    int code =
        only(x, params, OPTION_TERRITORY, "territory", command_list(x->command, OPTION_TERRITORY));

    if (code == 0)
        code = ask_codes(x, OPTION_MODALITY, "modality", &modalities);
    if (code == 0)
        code = only(x, params, OPTION_MODALITY, "modality", modalities);
    if (code == 0)
        code = ask_kinds(x, &kinds);
    return code == 0 ? only(x, params, OPTION_KIND, "establishment_kind", kinds) : code;
}

/* Asks and shows. params is taken; `rows`: the array without which nothing was found. */
static int figures(struct session *x, int code, const char *method, json_t *params,
                   const char *rows, void (*show)(struct session *x, const json_t *answer))
{
    json_t *answer;

    if (code != 0) {
        json_decref(params);
        return code;
    }
    code = session_call(x, method, params, &answer);
    if (code != 0)
        return code;
    bool found = json_array_size(json_object_get(answer, rows)) > 0;
    if (x->screen->json) {
        screen_json(x->screen, answer);
    } else {
        stale_show(x->screen, answer);
        show(x, answer);
    }
    json_decref(answer);
    return found ? EXIT_FOUND : EXIT_NOTHING;
}

/* ── occupancy history ── */

static void series_show(struct session *x, const json_t *answer)
{
    static const char *const members[] = {"open", "occupied", "held", "units", "fresh"};
    struct screen *s = x->screen;
    const struct column columns[] = {
        {say(s, MSG_HEAD_WHEN), false, 0, 0},    {say(s, MSG_HEAD_FREE), true, 0, 0},
        {say(s, MSG_HEAD_RATE), true, 0, 0},     {say(s, MSG_HEAD_OPEN), true, 0, 3},
        {say(s, MSG_HEAD_OCCUPIED), true, 0, 2}, {say(s, MSG_HEAD_HELD), true, 0, 4},
        {say(s, MSG_HEAD_UNITS), true, 0, 5},    {say(s, MSG_HEAD_FRESH), true, 0, 1},
    };
    const json_t *row;
    struct table t;
    size_t i;

    table_begin(&t, s, columns, sizeof columns / sizeof columns[0]);
    json_array_foreach (json_object_get(answer, "series"), i, row) {
        const char *cells[sizeof columns / sizeof columns[0]];
        int64_t at = 0;
        moment_read(row, "at", &at);
        cells[0] = moment_full(s, at);
        cells[1] = number(s, row, "free");
        cells[2] = rate(s, row);
        NUMBERS(s, row, members, cells + 3);
        table_row(&t, cells);
    }
    table_print(&t);
    screen_line(s, 2, words_printf(&s->words, DIM "%s" PLAIN, say(s, MSG_OCCUPANCY_NOTE)));
}

int run_occupancy_history(struct session *x, const struct command *c)
{
    json_t *params = json_object();
    const char *step = "day";
    char instant[32];
    int code = units_params(x, params);

    if (code == 0)
        code = ask_instant(x, params, OPTION_FROM, "from", false);
    if (code == 0)
        code = ask_instant(x, params, OPTION_TO, "to", false);
    if (code == 0 && command_has(c, OPTION_STEP))
        code = ask_code(x, OPTION_STEP, "step", &step);
    json_object_set_new(params, "step", json_string(step));
    if (!command_has(c, OPTION_FROM)) {
        moment_write(x->screen->now - BACK, instant);
        json_object_set_new(params, "from", json_string(instant));
    }
    return figures(x, code, "occupancy.history", params, "series", series_show);
}

/* ── place-days ── */

static const struct by {
    const char *name; /* as --by takes it */
    const char *key;  /* of the operation, and of a row */
    enum message head;
} bys[] = {
    {"territory", "territory", MSG_HEAD_TERRITORY},
    {"kind", "establishment_kind", MSG_HEAD_KIND},
    {"modality", "modality", MSG_HEAD_MODALITY},
    {"establishment", "establishment", MSG_HEAD_ESTABLISHMENT},
};
#define N_BY (sizeof bys / sizeof bys[0])

/* --by into params, in the order of the table. */
static int by_params(struct session *x, json_t *params)
{
    json_t *given = command_list(x->command, OPTION_BY_DAYS), *keys = json_array(), *name;
    bool wanted[N_BY] = {false};
    size_t i, b;

    json_array_foreach (given, i, name) {
        for (b = 0; b < N_BY && strcmp(bys[b].name, json_string_value(name)) != 0; b++)
            ;
        if (b == N_BY) {
            json_decref(given);
            json_decref(keys);
            return command_wrong(x->screen, x->command, OPTION_BY_DAYS, MSG_WANT_BY_DAYS);
        }
        wanted[b] = true;
    }
    for (b = 0; b < N_BY; b++) {
        if (wanted[b])
            json_array_append_new(keys, json_string(bys[b].key));
    }
    if (json_array_size(keys) > 0)
        json_object_set(params, "by", keys);
    json_decref(given);
    json_decref(keys);
    return 0;
}

/* --from and --to, or this month so far. */
static int days_params(struct session *x, json_t *params)
{
    char today[11];
    int code = ask_date(x, params, OPTION_FROM_DAY, "from");

    if (code == 0)
        code = ask_date(x, params, OPTION_TO_DAY, "to");
    moment_today(x->screen, today);
    if (json_object_get(params, "to") == NULL)
        json_object_set_new(params, "to", json_string(today));
    if (json_object_get(params, "from") == NULL)
        json_object_set_new(
            params, "from",
            json_string(words_printf(&x->screen->words, "%.8s01", text_of(params, "to"))));
    return code;
}

/* What a row is of: "" of the total. */
static const char *days_key(const struct session *x, const json_t *row, size_t by)
{
    const char *code = text_of(row, bys[by].key);

    if (code[0] == 0)
        return "";
    if (strcmp(bys[by].key, "territory") == 0)
        return territory_name(x, code);
    if (strcmp(bys[by].key, "establishment") == 0) {
        const char *name = text_of(row, "establishment_name");
        return name[0] != 0 ? name : code;
    }
    return label(x->screen, by == 1 ? "kind" : "modality", code);
}

static void days_row(const struct session *x, struct table *t, const json_t *row, const bool *by)
{
    static const char *const members[] = {"open", "occupied", "vacant",
                                          "over", "closed",   "authorised"};
    struct screen *s = x->screen;
    const char *cells[TABLE_COLUMNS_MAX] = {NULL};
    size_t n = 0;
    bool total = true;

    for (size_t b = 0; b < N_BY; b++) {
        if (!by[b])
            continue;
        cells[n] = days_key(x, row, b);
        total = total && cells[n][0] == 0;
        n++;
    }
    if (total && n > 0)
        cells[0] = say(s, MSG_TOTAL);
    cells[n++] = rate(s, row);
    NUMBERS(s, row, members, cells + n);
    table_row(t, cells);
}

static void days_show(struct session *x, const json_t *answer)
{
    static const enum message heads[] = {MSG_HEAD_RATE,      MSG_HEAD_OPEN, MSG_HEAD_OCCUPIED,
                                         MSG_HEAD_VACANT,    MSG_HEAD_OVER, MSG_HEAD_CLOSED,
                                         MSG_HEAD_AUTHORISED};
    struct screen *s = x->screen;
    struct column columns[TABLE_COLUMNS_MAX];
    const json_t *rows = json_object_get(answer, "rows"), *row;
    bool by[N_BY];
    struct table t;
    size_t n = 0, i;

    for (size_t b = 0; b < N_BY; b++) {
        by[b] = json_object_get(json_array_get(rows, 0), bys[b].key) != NULL;
        if (by[b])
            columns[n++] = (struct column){say(s, bys[b].head), false, 8, 0};
    }
    for (i = 0; i < sizeof heads / sizeof heads[0]; i++)
        columns[n++] = (struct column){say(s, heads[i]), true, 0, i < 2 ? 0 : (int)i};
    territories_learn(x, rows);
    table_begin(&t, s, columns, n);
    json_array_foreach ((json_t *)rows, i, row)
        days_row(x, &t, row, by);
    days_row(x, &t, json_object_get(answer, "total"), by);
    table_print(&t);
}

/* "21,5 jours comptés" */
static const char *counted_text(struct screen *s, const json_t *answer)
{
    double days = json_number_value(json_object_get(answer, "days"));
    return say_n(s, MSG_DAYS_COUNTED, days < 2 ? 1 : 2, number(s, answer, "days"));
}

int run_place_days(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    json_t *params = json_object(), *answer;
    int code = units_params(x, params);

    (void)c;
    if (code == 0)
        code = by_params(x, params);
    if (code == 0)
        code = days_params(x, params);
    if (code != 0) {
        json_decref(params);
        return code;
    }
    const char *from = words_copy(&x->keep, text_of(params, "from"), 10);
    const char *to = words_copy(&x->keep, text_of(params, "to"), 10);
    code = ask_own_pages(x, "place_days", "rows", params, &answer);
    if (code != 0)
        return code;
    if (s->json) {
        screen_json(s, answer);
    } else {
        stale_show(s, answer);
        screen_line(s, 2,
                    say(s, MSG_PLACE_DAYS_OF, moment_date(s, from), moment_date(s, to),
                        counted_text(s, answer)));
        days_show(x, answer);
    }
    json_decref(answer);
    return EXIT_FOUND;
}

/* ── equipment ── */

static void equipment_show(struct session *x, const json_t *answer)
{
    static const char *const members[] = {"population",      "open_rate",  "open",
                                          "authorised_rate", "authorised", "units"};
    struct screen *s = x->screen;
    const struct column columns[] = {
        {say(s, MSG_HEAD_TERRITORY), false, 8, 0},      {say(s, MSG_HEAD_POPULATION), true, 0, 2},
        {say(s, MSG_HEAD_OPEN_RATE), true, 0, 0},       {say(s, MSG_HEAD_OPEN), true, 0, 0},
        {say(s, MSG_HEAD_AUTHORISED_RATE), true, 0, 1}, {say(s, MSG_HEAD_AUTHORISED), true, 0, 3},
        {say(s, MSG_HEAD_UNITS), true, 0, 4},
    };
    const json_t *rows = json_object_get(answer, "rows"), *row;
    struct table t;
    size_t i;

    if (json_array_size(rows) == 0) {
        screen_line(s, 0, say(s, MSG_EQUIPMENT_NONE));
        return;
    }
    territories_learn(x, rows);
    table_begin(&t, s, columns, sizeof columns / sizeof columns[0]);
    json_array_foreach ((json_t *)rows, i, row) {
        const char *cells[sizeof columns / sizeof columns[0]];
        cells[0] = territory_name(x, text_of(row, "territory"));
        NUMBERS(s, row, members, cells + 1);
        table_row(&t, cells);
    }
    table_print(&t);
    screen_line(s, 2, words_printf(&s->words, DIM "%s" PLAIN, say(s, MSG_EQUIPMENT_NOTE)));
}

int run_equipment(struct session *x, const struct command *c)
{
    json_t *params = json_object();
    int code = only(x, params, OPTION_TERRITORY, "territory", command_list(c, OPTION_TERRITORY));

    return figures(x, code, "equipment", params, "rows", equipment_show);
}

/* ── alert ── */

/* "franchi, depuis 3 jours" */
static const char *crossed_text(struct screen *s, const json_t *alert)
{
    int64_t since;

    if (!json_is_true(json_object_get(alert, "active")) ||
        !moment_read(alert, "active_since", &since))
        return say(s, MSG_ALERT_QUIET);
    const char *how_long = moment_duration(s, s->now > since ? s->now - since : 0);
    enum message text =
        json_is_true(json_object_get(alert, "or_earlier")) ? MSG_ALERT_EARLIER : MSG_ALERT_SINCE;
    return words_printf(&s->words, WARN "%s" PLAIN, say(s, text, how_long));
}

/* "MECS · internat · 0 à 3 ans", or "tout". */
static const char *meant_text(struct screen *s, const json_t *alert)
{
    struct words *w = &s->words;
    const char *kind = text_of(alert, "establishment_kind"), *modality = text_of(alert, "modality");
    const json_t *ages = json_object_get(alert, "ages");
    const char *text = kind[0] != 0 ? label(s, "kind", kind) : "";

    if (modality[0] != 0)
        text = words_join(w, text, DOT, label(s, "modality", modality));
    if (json_is_integer(json_object_get(ages, "min_months")) ||
        json_is_integer(json_object_get(ages, "max_months")))
        text = words_join(w, text, DOT, age_range(s, ages));
    return text[0] != 0 ? text : say(s, MSG_ALERT_ALL);
}

static void alerts_show(struct session *x, const json_t *answer)
{
    struct screen *s = x->screen;
    const struct column columns[] = {
        {say(s, MSG_HEAD_TERRITORY), false, 8, 0}, {say(s, MSG_HEAD_FOR), false, 12, 0},
        {say(s, MSG_HEAD_RATE), true, 0, 0},       {say(s, MSG_HEAD_THRESHOLD), true, 0, 0},
        {say(s, MSG_HEAD_CROSSED), false, 0, 0},   {say(s, MSG_HEAD_ID), false, 0, 1},
    };
    const json_t *alerts = json_object_get(answer, "alerts"), *alert;
    struct table t;
    size_t i;

    if (json_array_size(alerts) == 0) {
        screen_line(s, 0, say(s, MSG_ALERT_NONE));
        return;
    }
    territories_learn(x, alerts);
    table_begin(&t, s, columns, sizeof columns / sizeof columns[0]);
    json_array_foreach ((json_t *)alerts, i, alert) {
        const char *percent = words_printf(&s->words, "%s\u00A0%%", number(s, alert, "percent"));
        table_row(&t, (const char *const[]){territory_name(x, text_of(alert, "territory")),
                                            meant_text(s, alert), rate(s, alert), percent,
                                            crossed_text(s, alert), text_of(alert, "id")});
    }
    table_print(&t);
}

int run_alert(struct session *x, const struct command *c)
{
    (void)c;
    return figures(x, 0, "alert.list", json_object(), "alerts", alerts_show);
}

/* The id of a rule: a name is enough. */
static const char *alert_id(struct session *x, const char *name)
{
    return strncmp(name, "a-", 2) == 0 ? name : words_printf(&x->keep, "a-%s", name);
}

/* --ages as min_months and max_months. 0 or EXIT_USAGE, told. */
static int ages_params(struct session *x, json_t *params)
{
    const char *text = command_value(x->command, OPTION_AGES);
    const char *dash = text != NULL ? strchr(text, '-') : NULL;
    int min, max;

    if (text == NULL)
        return 0;
    if (dash == NULL ||
        !moment_parse_age(words_copy(&x->keep, text, (size_t)(dash - text)), &min) ||
        !moment_parse_age(dash + 1, &max) || min < 0 || min >= max)
        return command_wrong(x->screen, x->command, OPTION_AGES, MSG_WANT_AGES);
    json_object_set_new(params, "min_months", json_integer(min));
    json_object_set_new(params, "max_months", json_integer(max));
    return 0;
}

static int alert_params(struct session *x, const struct command *c, json_t *params)
{
    int code = units_params(x, params);

    if (code == 0)
        code = ages_params(x, params);
    if (code == 0 && json_object_get(params, "territory") == NULL)
        code = command_wrong(x->screen, c, OPTION_TERRITORY, MSG_WANT_TERRITORY);
    if (code == 0 && !command_has(c, OPTION_PERCENT))
        code = command_wrong(x->screen, c, OPTION_PERCENT, MSG_WANT_PERCENT);
    return code == 0 ? ask_count(x, params, OPTION_PERCENT, "percent", 999, MSG_WANT_PERCENT)
                     : code;
}

int run_alert_set(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    json_t *params = json_pack("{s:s}", "id", alert_id(x, c->operand)), *answer;
    int code = alert_params(x, c, params);

    if (code != 0) {
        json_decref(params);
        return code;
    }
    code = session_write(x, "alert.put", params, &answer);
    if (code != 0)
        return code;
    const json_t *alert = json_object_get(answer, "alert");
    if (s->json) {
        screen_json(s, answer);
    } else {
        json_t *rows = json_pack("[O]", alert);
        territories_learn(x, rows);
        json_decref(rows);
        screen_line(s, 0,
                    say(s, MSG_ALERT_IS_SET, territory_name(x, text_of(alert, "territory")),
                        meant_text(s, alert),
                        words_printf(&s->words, "%s\u00A0%%", number(s, alert, "percent")),
                        text_of(alert, "id")));
        go_on(s, MSG_GO_ALERT, "ugo alert");
    }
    json_decref(answer);
    return EXIT_FOUND;
}

int run_alert_delete(struct session *x, const struct command *c)
{
    const char *id = alert_id(x, c->operand);
    json_t *answer;
    int code = session_write(x, "alert.delete", json_pack("{s:s}", "id", id), &answer);

    if (code != 0)
        return code;
    if (x->screen->json)
        screen_json(x->screen, answer);
    else
        screen_line(x->screen, 0, say(x->screen, MSG_ALERT_IS_DELETED, id));
    json_decref(answer);
    return EXIT_FOUND;
}
