/* SPDX-License-Identifier: EUPL-1.2 */
/* occupancy and history: figures for those who steer, and what happened. */
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/night_text.h"
#include "clients/ugo/places.h"
#include "clients/ugo/table.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"

/* ── occupancy ── */

static const struct by {
    const char *name;   /* as --by takes it */
    const char *member; /* of a row */
    const char *labels; /* kind of label; NULL: none */
    enum message head;
} bys[] = {
    {"territory", "territory", NULL, MSG_HEAD_TERRITORY},
    {"kind", "establishment_kind", "kind", MSG_HEAD_KIND},
    {"modality", "modality", "modality", MSG_HEAD_MODALITY},
    {"ages", "ages", NULL, MSG_HEAD_AGES},
};
#define N_BY (sizeof bys / sizeof bys[0])
#define BY_TERRITORY 0

/* Which of bys, in their own order; territory when nothing is said. */
static int by_read(struct session *x, bool *ret_by)
{
    json_t *list = command_list(x->command, OPTION_BY);
    const json_t *item;
    size_t i;
    int code = 0;

    memset(ret_by, 0, N_BY * sizeof *ret_by);
    ret_by[BY_TERRITORY] = list == NULL;
    json_array_foreach (list, i, item) {
        size_t b = 0;
        while (b < N_BY && strcmp(bys[b].name, json_string_value(item)) != 0)
            b++;
        if (b == N_BY)
            code = command_wrong(x->screen, x->command, OPTION_BY, MSG_WANT_BY);
        else
            ret_by[b] = true;
    }
    json_decref(list);
    return code;
}

static const char *row_key(struct screen *s, const json_t *row, size_t by)
{
    const json_t *value = json_object_get(row, bys[by].member);
    const char *code = json_string_value(value);
    return strcmp(bys[by].member, "ages") == 0 ? age_range(s, value) : code != NULL ? code : "?";
}

static const char *row_name(const struct session *x, const json_t *row, size_t by)
{
    const char *key = row_key(x->screen, row, by);
    if (strcmp(bys[by].member, "territory") == 0)
        return territory_name(x, key);
    return bys[by].labels != NULL ? label(x->screen, bys[by].labels, key) : key;
}

/* Adds the counts of a row to the sum with the same key. */
static void sum_row(struct screen *s, json_t *sums, const json_t *row, const bool *by)
{
    const char *key = "", *name;
    json_t *value;
    for (size_t b = 0; b < N_BY; b++) {
        if (by[b])
            key = words_printf(&s->words, "%s\x1F%s", key, row_key(s, row, b));
    }
    json_t *sum = json_object_get(sums, key);
    if (sum == NULL) {
        json_object_set_new(sums, key, json_copy((json_t *)row));
        return;
    }
    json_object_foreach ((json_t *)row, name, value) {
        if (json_is_integer(value))
            json_object_set_new(sum, name,
                                json_integer(json_integer_value(value) +
                                             json_integer_value(json_object_get(sum, name))));
    }
}

static const char *number(struct screen *s, const json_t *row, const char *member)
{
    return words_printf(&s->words, "%lld",
                        (long long)json_integer_value(json_object_get(row, member)));
}

/* name: of a row that is no group. */
static void occupancy_row(const struct session *x, struct table *t, const json_t *row,
                          const bool *by, const char *name)
{
    struct screen *s = t->screen;
    const char *cells[TABLE_COLUMNS_MAX] = {NULL};
    json_int_t open = json_integer_value(json_object_get(row, "open"));
    json_int_t occupied = json_integer_value(json_object_get(row, "occupied"));
    json_int_t doubtful = json_integer_value(json_object_get(row, "stale")) +
                          json_integer_value(json_object_get(row, "never_declared"));
    size_t n = 0;

    for (size_t b = 0; b < N_BY; b++) {
        if (!by[b])
            continue;
        cells[n] = name == NULL ? row_name(x, row, b) : n == 0 ? name : "";
        n++;
    }
    cells[n++] = number(s, row, "free");
    cells[n++] = open > 0 ? words_printf(&s->words, "%lld\u00A0%%",
                                         (long long)((200 * occupied + open) / (2 * open)))
                          : "-";
    cells[n++] = number(s, row, "open");
    cells[n++] = number(s, row, "occupied");
    cells[n++] = number(s, row, "units");
    cells[n++] = words_printf(&s->words, "%lld", (long long)doubtful);
    table_row(t, cells);
}

static void occupancy_show(struct session *x, const json_t *answer, const bool *by)
{
    struct screen *s = x->screen;
    struct column columns[TABLE_COLUMNS_MAX];
    const json_t *row;
    json_t *sums = json_object(), *sum;
    const char *key;
    struct table t;
    size_t n = 0, i;
    int64_t at;

    for (size_t b = 0; b < N_BY; b++) {
        if (by[b])
            columns[n++] = (struct column){say(s, bys[b].head), false, 8, 0};
    }
    columns[n++] = (struct column){say(s, MSG_HEAD_FREE), true, 0, 0};
    columns[n++] = (struct column){say(s, MSG_HEAD_RATE), true, 0, 0};
    columns[n++] = (struct column){say(s, MSG_HEAD_OPEN), true, 0, 2};
    columns[n++] = (struct column){say(s, MSG_HEAD_OCCUPIED), true, 0, 1};
    columns[n++] = (struct column){say(s, MSG_HEAD_UNITS), true, 0, 3};
    columns[n++] = (struct column){say(s, MSG_HEAD_DOUBTFUL), true, 0, 0};
    table_begin(&t, s, columns, n);
    if (by[BY_TERRITORY])
        territories_learn(x, json_object_get(answer, "rows"));
    json_array_foreach (json_object_get(answer, "rows"), i, row)
        sum_row(s, sums, row, by);
    json_object_foreach (sums, key, sum)
        occupancy_row(x, &t, sum, by, NULL);
    occupancy_row(x, &t, json_object_get(answer, "total"), by, say(s, MSG_TOTAL));
    if (moment_read(answer, "at", &at))
        screen_line(s, 2, say(s, MSG_OCCUPANCY_AT, moment_clock(s, at)));
    table_print(&t);
    json_decref(sums);
    screen_line(s, 2, words_printf(&s->words, DIM "%s" PLAIN, say(s, MSG_OCCUPANCY_NOTE)));
}

int run_occupancy(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    bool by[N_BY];
    json_t *params = json_pack("{s:o*}", "territories", command_list(c, OPTION_TERRITORY)), *answer;
    int code = by_read(x, by);

    if (code == 0)
        code = ask_instant(x, params, OPTION_AT, "at", false);
    if (code != 0) {
        json_decref(params);
        return code;
    }
    code = ask_pages(x, "occupancy", "rows", params, &answer);
    if (code != 0)
        return code;
    bool found = json_array_size(json_object_get(answer, "rows")) > 0;
    if (s->json) {
        screen_json(s, answer);
    } else {
        stale_show(s, answer);
        if (found)
            occupancy_show(x, answer, by);
        else
            screen_line(s, 0, say(s, MSG_NO_UNITS));
    }
    json_decref(answer);
    return found ? EXIT_FOUND : EXIT_NOTHING;
}

/* ── history ── */

#define HISTORY_SHOWN 20
#define HISTORY_BACK (24 * 3600 * MOMENT_S)           /* of everything */
#define HISTORY_BACK_UNIT (30 * 24 * 3600 * MOMENT_S) /* of one unit */

/* Ids and what they are called, as far as these changes say. */
static json_t *names_read(struct screen *s, const json_t *changes)
{
    json_t *names = json_object(), *change;
    size_t i;
    json_array_foreach ((json_t *)changes, i, change) {
        const json_t *record = json_object_get(change, "record");
        const char *id = json_string_value(json_object_get(change, "id"));
        const char *kind = json_string_value(json_object_get(change, "kind"));
        const char *name = json_string_value(json_object_get(record, "name"));
        if (id == NULL || kind == NULL || name == NULL)
            continue;
        if (strcmp(kind, "unit") == 0)
            name = unit_name(s, record);
        json_object_set_new(names, id, json_string(name));
    }
    return names;
}

static const char *record_name(const json_t *names, const json_t *change)
{
    const char *id = json_string_value(json_object_get(change, "id"));
    const char *name = id != NULL ? json_string_value(json_object_get(names, id)) : NULL;
    return name != NULL ? name : id != NULL ? id : "?";
}

static const char *change_counts(struct screen *s, const json_t *change)
{
    const json_t *record = json_object_get(change, "record");
    const char *kind = json_string_value(json_object_get(change, "kind"));
    if (kind == NULL || strcmp(kind, "unit") != 0 || !json_is_object(record) ||
        unit_count(record, "open") == COUNT_UNKNOWN)
        return "";
    return words_printf(&s->words, "%lld/%lld", (long long)unit_free(record, true),
                        (long long)unit_count(record, "open"));
}

/* Whether another record's end gave places of this unit back: what it promises went down, and
 * nobody said so of this unit. */
static bool gave_back(const json_t *before, const json_t *change)
{
    const char *operation = json_string_value(json_object_get(change, "operation"));
    const char *kind = json_string_value(json_object_get(change, "kind"));
    const json_t *then = json_object_get(before, "record"),
                 *now = json_object_get(change, "record");

    if (operation == NULL || kind == NULL || strcmp(kind, "unit") != 0 || then == NULL)
        return false;
    if (strcmp(operation, "hold.accept") != 0 && strncmp(operation, "request.", 8) != 0)
        return false;
    return unit_count(now, "held") < unit_count(then, "held");
}

/* The change before of the same record; NULL: not among these. */
static const json_t *change_before(const json_t *changes, size_t i)
{
    const json_t *change = json_array_get(changes, i);

    while (i-- > 0) {
        const json_t *before = json_array_get(changes, i);
        if (json_equal(json_object_get(before, "id"), json_object_get(change, "id")) &&
            json_equal(json_object_get(before, "kind"), json_object_get(change, "kind")))
            return before;
    }
    return NULL;
}

static const char *change_what(struct screen *s, const json_t *changes, size_t i)
{
    const json_t *change = json_array_get(changes, i);
    const char *kind = json_string_value(json_object_get(change, "kind"));
    const char *code = event_code(change);
    if (kind != NULL && strcmp(kind, "declaration") == 0)
        return say(s, MSG_LATE_DECLARATION);
    if (json_is_null(json_object_get(change, "record")))
        return say(s, MSG_DELETED);
    if (gave_back(change_before(changes, i), change))
        code = "hold.release";
    return label(s, code != NULL && label_known("operation", code) ? "operation" : "event", code);
}

/* of_one: of one unit, which is named above instead of in each line. */
static void history_show(struct screen *s, const json_t *changes, size_t shown, bool of_one)
{
    const struct column columns[] = {
        {say(s, MSG_HEAD_WHEN), false, 0, 0},        {say(s, MSG_HEAD_WHAT), false, 12, 0},
        {say(s, MSG_HEAD_FREE_OF_OPEN), true, 0, 0}, {say(s, MSG_HEAD_UNIT), false, 16, 0},
        {say(s, MSG_HEAD_WHO), false, 8, 2},
    };
    size_t n = json_array_size(changes), first = n > shown ? n - shown : 0;
    json_t *names = names_read(s, changes);
    struct table t;

    if (of_one)
        screen_line(s, 2,
                    words_printf(&s->words, BOLD "%s" PLAIN,
                                 record_name(names, json_array_get(changes, n - 1))));
    table_begin(&t, s, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = first; i < n; i++) {
        const json_t *change = json_array_get(changes, i);
        const char *actor = json_string_value(json_object_get(change, "actor"));
        if (actor != NULL && strcmp(actor, "daemon") == 0)
            actor = event_actor(s, change);
        int64_t at = 0;
        moment_read(change, "at", &at);
        table_row(&t, (const char *const[]){moment_clock(s, at), change_what(s, changes, i),
                                            change_counts(s, change),
                                            of_one ? NULL : record_name(names, change), actor});
    }
    table_print(&t);
    json_decref(names);
    if (first > 0)
        screen_line(
            s, 2,
            say_n(s, MSG_HISTORY_MORE, (int64_t)n, words_printf(&s->words, "%zu", n - first)));
}

static int history_params(struct session *x, const struct command *c, json_t *params)
{
    const char *id = NULL;
    char instant[32];
    int code = ask_instant(x, params, OPTION_FROM, "at_from", false);

    if (code == 0)
        code = ask_instant(x, params, OPTION_TO, "at_to", false);
    if (code == 0 && c->operand != NULL)
        code = ask_unit(x, c->operand, &id);
    if (id != NULL)
        json_object_set_new(params, "unit", json_string(id));
    if (code == 0 && !command_has(c, OPTION_FROM)) {
        moment_write(x->screen->now - (id != NULL ? HISTORY_BACK_UNIT : HISTORY_BACK), instant);
        json_object_set_new(params, "at_from", json_string(instant));
    }
    return code;
}

int run_history(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    json_t *params = json_object(), *answer;
    int64_t shown;
    int code = command_count(s, c, OPTION_LIMIT, HISTORY_SHOWN, &shown);

    if (code == 0)
        code = history_params(x, c, params);
    if (code != 0) {
        json_decref(params);
        return code;
    }
    code = ask_pages(x, "history", "changes", params, &answer);
    if (code != 0)
        return code;
    const json_t *changes = json_object_get(answer, "changes");
    bool found = json_array_size(changes) > 0;
    if (s->json) {
        screen_json(s, answer);
    } else {
        stale_show(s, answer);
        if (found)
            history_show(s, changes, (size_t)shown, c->operand != NULL);
        else
            screen_line(s, 0, say(s, MSG_NO_CHANGES));
    }
    json_decref(answer);
    return found ? EXIT_FOUND : EXIT_NOTHING;
}
