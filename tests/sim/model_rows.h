/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the model: how a result is made, cell by cell, row by row. */
#ifndef SIM_MODEL_ROWS_H
#define SIM_MODEL_ROWS_H

#include <jansson.h>

#include "sim/model.h"

void rows_add(struct model_result *r, char *owned); /* NULL: SQL NULL */
/* As PostgreSQL writes it: texts bare, the rest as JSON, null as SQL NULL. */
void rows_add_json(struct model_result *r, const json_t *value);
void rows_add_text(struct model_result *r, const char *text);
void rows_add_int(struct model_result *r, int64_t value);

void rows_finish(struct model_result *r, int n_cols); /* done; also without cells */
void rows_refuse(struct model_result *r, const char *sqlstate, const char *message);

/* The questions about the past: schema/0012_read.sql. */
void history_page(const struct model *m, const struct statement *st, struct model_result *r);
void units_at(const struct model *m, const struct statement *st, struct model_result *r);

/* The first row of the log above a revision. */
size_t changes_after(const struct model *m, int64_t revision);

#endif
