/* SPDX-License-Identifier: EUPL-1.2 */
#include "sim/model.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/model_tables.h"

struct model *model_new(const char *epoch, usec_t now)
{
    struct model *m = calloc(1, sizeof *m);
    if (m == NULL)
        out_of_memory();
    for (int i = 0; i < TABLE_COUNT; i++)
        m->tables[i] = must(json_object());
    m->idempotency = must(json_object());
    m->changes = must(json_array());
    m->departed = must(json_array());
    m->baseline = must(json_object());
    m->journal = must(json_array());
    m->at = m->clock = now;
    snprintf(m->epoch, sizeof m->epoch, "%s", epoch);
    m->epochs = must(json_pack("[[sII]]", m->epoch, (json_int_t)0, (json_int_t)now));
    model_load_kinds(m);
    return m;
}

static void tables_free(struct model *m)
{
    for (int i = 0; i < TABLE_COUNT; i++)
        json_decref(m->tables[i]);
    json_decref(m->idempotency);
    json_decref(m->changes);
    json_decref(m->departed);
    json_decref(m->epochs);
    json_decref(m->baseline);
    json_decref(m->journal);
}

void model_free(struct model *m)
{
    if (m == NULL)
        return;
    tables_free(m);
    free(m);
}

void model_set_clock(struct model *m, usec_t now)
{
    m->clock = now;
}

const char *model_epoch(const struct model *m)
{
    return m->epoch;
}

int64_t model_revision(const struct model *m)
{
    return m->revision;
}

usec_t model_ledger_at(const struct model *m)
{
    return m->at;
}

const json_t *model_changes(const struct model *m)
{
    return m->changes;
}

const json_t *model_departed(const struct model *m)
{
    return m->departed;
}

static int by_revision(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    json_int_t rx = json_integer_value(json_array_get(x, 2));
    json_int_t ry = json_integer_value(json_array_get(y, 2));
    if (rx != ry)
        return rx < ry ? -1 : 1;
    for (size_t i = 0; i < 2; i++) {
        int order = strcmp(json_string_value(json_array_get(x, i)),
                           json_string_value(json_array_get(y, i)));
        if (order != 0)
            return order;
    }
    return 0;
}

static json_t *sorted(json_t *records)
{
    size_t n = json_array_size(records);
    json_t **order = calloc(n + 1, sizeof(json_t *));
    json_t *result = must(json_array());
    if (order == NULL)
        out_of_memory();
    for (size_t i = 0; i < n; i++)
        order[i] = json_array_get(records, i);
    qsort(order, n, sizeof(json_t *), by_revision);
    for (size_t i = 0; i < n; i++)
        json_array_append(result, order[i]);
    free(order);
    json_decref(records);
    return result;
}

json_t *model_records(const struct model *m)
{
    json_t *records = must(json_array());
    for (int table = 0; table < TABLE_COUNT; table++) {
        const char *id;
        json_t *row;
        json_object_foreach (m->tables[table], id, row) {
            json_t *part = must(record_part(m, (enum table)table, id));
            json_array_append_new(records,
                                  must(json_pack("[sOOO]", table_kinds[table], column(part, "id"),
                                                 column(row, "revision"), column(part, "state"))));
            json_decref(part);
        }
    }
    return sorted(records);
}

/* faults */

static void replay(struct model *m, const json_t *batch)
{
    const char *sqlstate;
    m->clock = column_int(batch, "at");
    m->timeline = (int)column_int(batch, "timeline");
    json_decref(must(apply_batch(m, column_text(batch, "batch"),
                                 json_is_true(column(batch, "owner")), &sqlstate)));
}

void model_fail_over(struct model *m, int lost_batches)
{
    const json_t *first = json_array_get(m->epochs, 0);
    struct model *standby = model_new(json_string_value(json_array_get(first, 0)),
                                      json_integer_value(json_array_get(first, 2)));
    standby->fault = m->fault;
    size_t n = json_array_size(m->journal);
    size_t kept = (size_t)lost_batches < n ? n - (size_t)lost_batches : 0;
    for (size_t i = json_array_size(standby->journal); i < kept; i++)
        replay(standby, json_array_get(m->journal, i));
    standby->clock = m->clock;
    standby->timeline = m->timeline + 1;
    standby->commits = m->commits; /* notifications do not survive, counting goes on */
    standby->floor = m->floor < standby->revision ? m->floor : standby->revision;
    if (standby->floor > 0)
        model_compact(standby, standby->floor);
    tables_free(m);
    *m = *standby;
    free(standby);
}

static json_t *cut(json_t *rows, int64_t floor)
{
    json_t *kept = must(json_array());
    size_t i;
    json_t *row;
    json_array_foreach (rows, i, row)
        if (column_int(row, "revision") > floor)
            json_array_append(kept, row);
    json_decref(rows);
    return kept;
}

static void keep_baseline(struct model *m, int64_t floor)
{
    size_t i;
    json_t *row;
    json_array_foreach (m->changes, i, row) {
        if (column_int(row, "revision") > floor)
            return;
        m->history_at = column_int(row, "at");
        if (strcmp(column_text(row, "kind"), "unit") == 0)
            json_object_set(m->baseline, column_text(row, "id"), row);
    }
}

void model_compact(struct model *m, int64_t floor)
{
    m->floor = floor;
    keep_baseline(m, floor);
    m->changes = cut(m->changes, floor);
    m->departed = cut(m->departed, floor);
}

void model_fail_next(struct model *m, const char *sqlstate)
{
    snprintf(m->fail_next, sizeof m->fail_next, "%s", sqlstate);
}

void model_plant(struct model *m, enum model_fault fault)
{
    m->fault = fault;
}
