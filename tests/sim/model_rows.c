/* SPDX-License-Identifier: EUPL-1.2 */
#include "sim/model_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/model_tables.h"

static const char *cell(const void *source, int row, int col)
{
    const struct model_result *r = source;
    return r->cells[row * r->n_cols + col];
}

void rows_add(struct model_result *r, char *owned)
{
    char **cells = realloc(r->cells, (size_t)(r->n_cells + 1) * sizeof *cells);
    if (cells == NULL)
        out_of_memory();
    r->cells = cells;
    r->cells[r->n_cells++] = owned;
}

/* As PostgreSQL writes it: texts bare, the rest as JSON, null as SQL NULL. */
void rows_add_json(struct model_result *r, const json_t *value)
{
    char *text = NULL;
    if (json_is_string(value))
        text = strdup(json_string_value(value));
    else if (value != NULL && !json_is_null(value))
        text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    rows_add(r, text);
}

void rows_add_text(struct model_result *r, const char *text)
{
    rows_add(r, strdup(text));
}

void rows_add_int(struct model_result *r, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    rows_add_text(r, text);
}

void rows_finish(struct model_result *r, int n_cols)
{
    r->n_cols = n_cols;
    r->result.end = STATEMENT_DONE;
    r->result.rows = (struct rows){r->n_cells / n_cols, n_cols, r, cell};
}

void rows_refuse(struct model_result *r, const char *sqlstate, const char *message)
{
    snprintf(r->message, sizeof r->message, "%s", message);
    r->result = (struct statement_result){
        .end = STATEMENT_FAILED, .sqlstate = sqlstate, .message = r->message};
}

void model_result_clear(struct model_result *r)
{
    for (int i = 0; i < r->n_cells; i++)
        free(r->cells[i]);
    free(r->cells);
    *r = (struct model_result){0};
}
