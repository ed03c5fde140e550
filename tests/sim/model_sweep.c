/* SPDX-License-Identifier: EUPL-1.2 */
/* What the time brings by itself, before the first command of a batch: the earliest first, one
 * revision each, by `system`. */
#include <stdlib.h>
#include <string.h>

#include "sim/model_movements.h"
#include "sim/model_offers.h"

#define SWEEP_MAX 256
#define KEPT (48 * USEC_HOUR + 1) /* more than two days */

/* The next thing due, or to become due. */
struct due {
    usec_t at;
    enum table table;
    const char *id; /* NULL: nothing */
    const char *operation;
};

static void consider(struct due *d, usec_t at, enum table table, const char *id,
                     const char *operation)
{
    if (d->id == NULL || at < d->at || (at == d->at && strcmp(id, d->id) < 0))
        *d = (struct due){at, table, id, operation};
}

static bool escalates(const struct model *m, const json_t *hold)
{
    const char *end = column_text(row_find(m, TABLE_HOLD_POLICY, column_text(hold, "unit")), "end");
    return end != NULL && strcmp(end, "escalate") == 0 && !json_is_true(column(hold, "escalated"));
}

static void consider_hold(const struct model *m, struct due *d, const char *id, const json_t *hold)
{
    usec_t late = m->fault == FAULT_LATE ? 5 * USEC_S : 0;
    if (hold_is(hold, "held"))
        consider(d, column_int(hold, "held_until") + late, TABLE_HOLD, id,
                 escalates(m, hold) ? "hold.escalate" : "hold.expire");
    else if (!hold_is(hold, "accepted"))
        consider(d, column_int(hold, "ended_at") + KEPT, TABLE_HOLD, id, "hold.forget");
    else if (!json_is_true(column(hold, "overdue")))
        consider(d, column_int(hold, "arrive_by"), TABLE_HOLD, id, "hold.overdue");
}

static bool has_holds(const struct model *m, const char *request)
{
    const char *id;
    json_t *hold;
    json_object_foreach (m->tables[TABLE_HOLD], id, hold) {
        const char *of = column_text(hold, "request");
        if (of != NULL && strcmp(of, request) == 0)
            return true;
    }
    return false;
}

static struct due next_due(const struct model *m)
{
    struct due d = {0};
    const char *id;
    json_t *row;
    json_object_foreach (m->tables[TABLE_HOLD], id, row)
        consider_hold(m, &d, id, row);
    json_object_foreach (m->tables[TABLE_REQUEST], id, row) {
        usec_t at = column_int(row, "closed_at") + KEPT;
        if (!column_null(row, "closed_at") && (at > m->at || !has_holds(m, id)))
            consider(&d, at, TABLE_REQUEST, id, "request.forget");
    }
    json_object_foreach (m->tables[TABLE_MISSION], id, row)
        if (!column_null(row, "ended_at"))
            consider(&d, column_int(row, "ended_at") + KEPT, TABLE_MISSION, id, "mission.forget");
    json_object_foreach (m->tables[TABLE_MOVEMENT], id, row) {
        const char *operation;
        usec_t at = movement_due(row, &operation);
        if (at >= 0)
            consider(&d, at, TABLE_MOVEMENT, id, operation);
    }
    json_object_foreach (m->tables[TABLE_ROTA], id, row)
        consider(&d, column_int(row, "to_at") + KEPT, TABLE_ROTA, id, "rota.forget");
    json_object_foreach (m->tables[TABLE_OFFER], id, row)
        if (column_null(row, "ended_at"))
            consider(&d,
                     column_int(row, "offered_until") +
                         (m->fault == FAULT_OFFER_LATE ? 24 * USEC_HOUR : 0),
                     TABLE_OFFER, id, "offer.lapse");
        else
            consider(&d, column_int(row, "ended_at") + KEPT, TABLE_OFFER, id, "offer.forget");
    return d;
}

static void happen(struct work *k, const struct due *d)
{
    json_t *row = row_find(k->m, d->table, d->id);
    if (strcmp(d->operation, "hold.expire") == 0) {
        hold_end(k, d->id, "expired", NULL);
        return;
    }
    if (strcmp(d->operation, "offer.lapse") == 0) {
        offer_end(k, d->id, "lapsed", NULL);
        return;
    }
    if (d->table == TABLE_MOVEMENT) {
        movement_turn(k, d->id, d->operation);
        return;
    }
    if (strcmp(d->operation, "hold.escalate") == 0) {
        const json_t *policy = row_find(k->m, TABLE_HOLD_POLICY, column_text(row, "unit"));
        json_object_set_new(row, "escalated", json_true());
        set_int(row, "held_until",
                column_int(row, "held_until") + column_int(policy, "minutes") * USEC_MIN);
    } else if (strcmp(d->operation, "hold.overdue") == 0) {
        json_object_set_new(row, "overdue", json_true());
    } else {
        work_delete(k, d->table, d->id);
        return;
    }
    work_touch(k, d->table, d->id);
}

void sweep(struct model *m)
{
    if (m->at < m->nothing_due)
        return;
    struct due d = next_due(m);
    for (int n = 0; n < SWEEP_MAX && d.id != NULL && d.at <= m->at; n++, d = next_due(m)) {
        char *id = must_text(d.id); /* that of a row which may go */
        d.id = id;
        struct work k = work_begin(m, m->at, m->revision + 1);
        happen(&k, &d);
        json_t *parts = work_parts(&k);
        write_revision(m, "system", d.operation, parts);
        json_decref(parts);
        free(id);
    }
    m->nothing_due = d.id != NULL ? d.at : m->at + USEC_HOUR;
}
