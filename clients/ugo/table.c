/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/table.h"

#include <string.h>

#define GAP 2
#define SPARE 16 /* a column so much wider than its least still reads well */

/* In the second cell of a row: its first one is a heading. Known by its address. */
static const char heading[] = "heading";

void table_begin(struct table *t, struct screen *s, const struct column *columns, size_t n)
{
    *t = (struct table){.screen = s, .columns = columns, .n_columns = n};
}

void table_row(struct table *t, const char *const *cells)
{
    size_t n = t->n_columns;
    if (t->n_rows == t->room) {
        size_t room = t->room > 0 ? 2 * t->room : 32;
        const char **grown = words_take(&t->screen->words, room * n * sizeof *grown);
        if (t->n_rows > 0)
            memcpy(grown, t->cells, t->n_rows * n * sizeof *grown);
        t->cells = grown;
        t->room = room;
    }
    for (size_t i = 0; i < n; i++)
        t->cells[t->n_rows * n + i] = cells[i] != NULL ? cells[i] : "";
    t->n_rows++;
}

void table_heading(struct table *t, const char *text)
{
    const char *cells[TABLE_COLUMNS_MAX] = {text, heading};
    table_row(t, cells);
}

static bool is_heading(const struct table *t, size_t row)
{
    return t->cells[row * t->n_columns + 1] == heading;
}

static int total(const int *width, const bool *shown, size_t n)
{
    int sum = -GAP;
    for (size_t i = 0; i < n; i++)
        sum += shown[i] ? width[i] + GAP : 0;
    return sum;
}

/* Takes from the widest cuttable column, one at a time, so that they end up alike; none below its
 * least plus spare. True: it fits. */
static bool cut(const struct table *t, int *width, const bool *shown, int spare)
{
    while (total(width, shown, t->n_columns) > t->screen->width) {
        size_t widest = t->n_columns;
        for (size_t i = 0; i < t->n_columns; i++) {
            if (shown[i] && t->columns[i].least > 0 && width[i] > t->columns[i].least + spare &&
                (widest == t->n_columns || width[i] > width[widest]))
                widest = i;
        }
        if (widest == t->n_columns)
            return false;
        width[widest]--;
    }
    return true;
}

/* Leaves out the shown column that goes first, of those that may at this stage. False: none. */
static bool drop(const struct table *t, bool *shown, int from)
{
    size_t first = t->n_columns;
    for (size_t i = 0; i < t->n_columns; i++) {
        if (shown[i] && t->columns[i].drop >= from &&
            (first == t->n_columns || t->columns[i].drop > t->columns[first].drop))
            first = i;
    }
    if (first == t->n_columns)
        return false;
    shown[first] = false;
    return true;
}

static void measure(const struct table *t, int *natural, bool *shown)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        shown[i] = false;
        natural[i] = text_width(t->columns[i].head);
        for (size_t row = 0; row < t->n_rows; row++) {
            if (is_heading(t, row))
                continue;
            const char *cell = t->cells[row * t->n_columns + i];
            int w = text_width(cell);
            natural[i] = w > natural[i] ? w : natural[i];
            shown[i] = shown[i] || cell[0] != 0; /* a column with nothing in it says nothing */
        }
    }
}

/* Names are cut a little before details are left out, and severely only when nothing else helps. */
static void fit(const struct table *t, int *width, bool *shown)
{
    static const struct {
        int spare, drop_from;
    } stages[] = {{SPARE, 2}, {0, 1}};
    int natural[TABLE_COLUMNS_MAX];

    measure(t, natural, shown);
    for (size_t stage = 0; stage < 2; stage++) {
        do {
            memcpy(width, natural, sizeof natural);
            if (cut(t, width, shown, stages[stage].spare))
                return;
        } while (drop(t, shown, stages[stage].drop_from));
    }
}

static void print_row(const struct table *t, const char *const *cells, const int *width,
                      const bool *shown, const char *before, const char *after)
{
    struct words *w = &t->screen->words;
    const char *line = before;
    bool first = true;
    int pending = 0; /* blanks that are written only before something else */

    for (size_t i = 0; i < t->n_columns; i++) {
        if (!shown[i])
            continue;
        const char *cell = text_cut(w, cells[i], width[i]);
        int blank = width[i] - text_width(cell);
        pending += first ? 0 : GAP;
        if (cell[0] == 0) {
            pending += width[i];
        } else {
            pending += t->columns[i].right ? blank : 0;
            line = words_printf(w, "%s%*s%s", line, pending, "", cell);
            pending = t->columns[i].right ? 0 : blank;
        }
        first = false;
    }
    screen_row(t->screen, words_printf(w, "%s%s", line, after));
}

static void print_heading(const struct table *t, const char *text, int margin)
{
    struct words *w = &t->screen->words;
    text = text_cut(w, text, t->screen->width - margin);
    screen_row(t->screen, words_printf(w, "%*s" BOLD "%s" PLAIN, margin, "", text));
}

void table_print(const struct table *t)
{
    int width[TABLE_COLUMNS_MAX] = {0};
    bool shown[TABLE_COLUMNS_MAX];
    const char *heads[TABLE_COLUMNS_MAX];

    fit(t, width, shown);
    for (size_t i = 0; i < t->n_columns; i++)
        heads[i] = t->columns[i].head;
    print_row(t, heads, width, shown, DIM, PLAIN);
    for (size_t row = 0; row < t->n_rows; row++) {
        const char *const *cells = t->cells + row * t->n_columns;
        if (is_heading(t, row))
            print_heading(t, cells[0], width[0] + GAP);
        else
            print_row(t, cells, width, shown, "", "");
    }
}
