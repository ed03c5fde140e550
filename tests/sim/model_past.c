/* SPDX-License-Identifier: EUPL-1.2 */
/* Questions about the past: schema/0012_read.sql. */
#include <stdlib.h>
#include <string.h>

#include "sim/model_rows.h"
#include "sim/model_tables.h"

size_t changes_after(const struct model *m, int64_t revision)
{
    size_t low = 0, high = json_array_size(m->changes);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (column_int(json_array_get(m->changes, middle), "revision") <= revision)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first revision at or after a moment; the one after the last when there is none. */
static int64_t first_revision_at(const struct model *m, usec_t moment)
{
    size_t i;
    json_t *row;
    json_array_foreach (m->changes, i, row)
        if (column_int(row, "at") >= moment)
            return column_int(row, "revision");
    return m->revision + 1;
}

/* The one row that says that the history does not reach so far back. */
static void add_nulls(struct model_result *r, int n)
{
    for (int k = 0; k < n; k++)
        rows_add(r, NULL);
    rows_finish(r, n);
}

/* Whether an array literal of plain words holds a word. */
static bool in_literal(const char *literal, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = literal + 1; *p != '\0'; p += strcspn(p, ",}") + 1)
        if (strcspn(p, ",}") == n && memcmp(p, word, n) == 0)
            return true;
    return false;
}

/* Whether a page would have to show changes that were cut away. value: the parameters from the
 * third on. Without a bound it is of what is kept. */
static bool before_history(const struct model *m, const int64_t value[7])
{
    bool bounded = value[2] != 0 || value[4] != 0 || value[5] <= m->history_at;
    bool above = value[2] > m->floor || (value[2] == m->floor && value[3] >= INT32_MAX);
    return bounded && !above && value[4] <= m->history_at;
}

/* The ids of all that these establishments (a literal, or NULL) were ever asked, as an object; new,
 * or NULL: nothing. */
static json_t *asked_of(const struct model *m, const char *establishments)
{
    json_t *ids = must(json_object()), *row;
    size_t i;
    json_array_foreach (m->changes, i, row) {
        const char *host = column_text(row, "establishment");
        if (establishments != NULL && host != NULL && in_literal(establishments, host) &&
            word_in("hold mission movement", column_text(row, "kind")))
            json_object_set_new(ids, column_text(row, "id"), json_true());
    }
    if (json_object_size(ids) > 0)
        return ids;
    json_decref(ids);
    return NULL;
}

/* Whether a page is of a record: of those named and those asked; of all when it names neither. */
static bool is_of(const char *ids, const json_t *asked, const char *id)
{
    return (ids == NULL && asked == NULL) || (ids != NULL && in_literal(ids, id)) ||
           json_object_get(asked, id) != NULL;
}

void history_page(const struct model *m, const struct statement *st, struct model_result *r)
{
    static const char *const columns[] = {"revision",      "part",     "at", "actor",
                                          "operation",     "kind",     "id", "state",
                                          "establishment", "territory"};
    const char *ids = st->param[0], *kinds = st->param[1];
    int64_t value[7] = {0};
    for (int i = 2; i < 7; i++)
        value[i] = strtoll(st->param[i], NULL, 10);
    if (before_history(m, value)) {
        add_nulls(r, ARRAY_LENGTH(columns));
        return;
    }
    int64_t low = first_revision_at(m, value[4]);
    int64_t high = value[5] < INT64_MAX ? first_revision_at(m, value[5] + 1) - 1 : INT64_MAX;
    int64_t left = value[6];
    json_t *asked = asked_of(m, st->param[7]);
    for (size_t i = changes_after(m, value[2] - 1); i < json_array_size(m->changes); i++) {
        const json_t *row = json_array_get(m->changes, i);
        int64_t revision = column_int(row, "revision");
        bool seen = revision == value[2] && column_int(row, "part") <= value[3];
        if (left == 0 || seen || revision < low || revision > high ||
            !in_literal(kinds, column_text(row, "kind")) ||
            !is_of(ids, asked, column_text(row, "id")))
            continue;
        left--;
        for (size_t k = 0; k < ARRAY_LENGTH(columns); k++)
            rows_add_json(r, column(row, columns[k]));
    }
    json_decref(asked);
    rows_finish(r, ARRAY_LENGTH(columns));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Rows of id, revision, state by id. */
static void add_states(struct model_result *r, const json_t *states)
{
    size_t n = 0;
    const char **ids = calloc(json_object_size(states) + 1, sizeof *ids);
    const char *id;
    json_t *row;
    if (ids == NULL)
        out_of_memory();
    json_object_foreach ((json_t *)states, id, row)
        ids[n++] = id;
    qsort(ids, n, sizeof *ids, by_text);
    for (size_t i = 0; i < n; i++) {
        row = json_object_get(states, ids[i]);
        if (column_null(row, "state"))
            continue;
        rows_add_text(r, ids[i]);
        rows_add_json(r, column(row, "revision"));
        rows_add_json(r, column(row, "state"));
    }
    free(ids);
}

void units_at(const struct model *m, const struct statement *st, struct model_result *r)
{
    usec_t moment = strtoll(st->param[0], NULL, 10);
    int64_t last = first_revision_at(m, moment + 1) - 1;
    size_t i;
    json_t *row;
    if (moment < m->history_at) {
        add_nulls(r, 3);
        return;
    }
    json_t *states = must(json_copy(m->baseline));
    json_array_foreach (m->changes, i, row)
        if (column_int(row, "revision") <= last && strcmp(column_text(row, "kind"), "unit") == 0)
            json_object_set(states, column_text(row, "id"), row);
    add_states(r, states);
    json_decref(states);
    rows_finish(r, 3);
}
